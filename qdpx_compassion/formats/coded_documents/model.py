"""The texts of a project with what is coded in them, as readers see them; HTML and Markdown write the same."""

from __future__ import annotations

from dataclasses import dataclass, field

from qdpx_compassion.code_tree import Code


@dataclass(frozen=True, slots=True)
class Remark:
    """A memo or comment.

    Attributes:
        title: of a note; empty for a comment, which is the description of something.
        text: as it stands. author: name; empty where it is not said.
    """

    title: str
    text: str
    author: str = ""


@dataclass(slots=True)
class Coded:
    """A code at a place, and who put it there.

    Attributes:
        code: None where the project does not have the code that is named.
        coders: names, each once, in document order.
    """

    code: Code | None
    coders: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The code's name, for people."""
        return (self.code.name.strip() if self.code else "(unknown code)") or "(no name)"


@dataclass(slots=True, eq=False)
class Quotation:
    """A place with what is said of it; selections at the same place are one quotation.

    Attributes:
        number: in the file, from 1; 0 until all are known.
        first, last: code points of the text, exclusive; None for areas, times, and where the text is missing.
        place: where in the source, for people; of marked text only where it stands on a page.
        words: the quotation, where it is not marked in a text.
    """

    first: int | None
    last: int | None
    number: int = 0
    place: str = ""
    words: str = ""
    codes: list[Coded] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


@dataclass(slots=True)
class Document:
    """A source, or a text inside one: a transcript, the text of a PDF.

    Attributes:
        title, kind: for people.
        text: without byte order mark; None where it has none.
        missing: whether it should have a text.
        inside: whether it is a text inside the document before it.
        whole: what is coded as a whole, by its own coding or a quotation of all the text.
        marked: quotations in the text, by their beginning. elsewhere: all other places.
    """

    title: str
    kind: str
    text: str | None
    missing: bool = False
    inside: bool = False
    number: int = 0
    whole: list[Coded] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    marked: list[Quotation] = field(default_factory=list)
    elsewhere: list[Quotation] = field(default_factory=list)

    @property
    def quotations(self) -> list[Quotation]:
        """All that have a number."""
        return [*self.marked, *self.elsewhere]


@dataclass(slots=True)
class CodeEntry:
    """A code in the list of codes.

    Attributes:
        count: places at which it stands, whole documents too.
    """

    code: Code
    count: int
    remarks: list[Remark]


@dataclass(slots=True)
class CodedProject:
    """What is written.

    Attributes:
        memos: notes that stand at no quotation, document or code, or are coded themselves.
        refs: references to notes that are shown. links: links that are shown, since they join a note to something.
    """

    name: str
    file: str
    program: str
    remarks: list[Remark]
    codes: list[CodeEntry]
    documents: list[Document]
    memos: list[Document]
    refs: int = 0
    links: int = 0
