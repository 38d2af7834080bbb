"""RTF with its names replaced, however formatting and encoding cut them, and without its properties."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field, replace

from qdpx_compassion.teams.share.ledger import Ledger
from qdpx_compassion.teams.share.refused import CannotShareError

_TOKEN = re.compile(
    r"\\'(?P<byte>[0-9a-fA-F]{2})|\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?|\\(?P<sign>[^a-zA-Z'])"
    r"|(?P<open>\{)|(?P<close>\})|(?P<line>[\r\n]+)|(?P<text>[^\\{}\r\n])",
    re.DOTALL,
)
#: Groups that go with all in them: properties, who revised, on which template.
_GONE = frozenset(
    [
        "info",
        "rsidtbl",
        "userprops",
        "template",
        "company",
        "operator",
        "author",
        "title",
        "passwordhash",
        "xmlnstbl",
        "generator",
    ]
)
#: Groups without words of the document.
_SILENT = frozenset(
    [
        "fonttbl",
        "colortbl",
        "stylesheet",
        "listtable",
        "listoverridetable",
        "pict",
        "objdata",
        "themedata",
        "colorschememapping",
        "datastore",
        "latentstyles",
        "filetbl",
        "pgptbl",
        "mmathPr",
        "nonshppict",
    ]
)
#: Groups whose text is an author.
_AUTHORS = frozenset(("atnauthor", "revtbl"))
_INITIALS = frozenset(("atnid",))
#: Groups whose words stand for themselves, not in the sentence around them.
_APART = frozenset(
    [
        "footnote",
        "annotation",
        "header",
        "headerl",
        "headerr",
        "headerf",
        "footer",
        "footerl",
        "footerr",
        "footerf",
        "fldinst",
        "shptxt",
        "bkmkstart",
        "bkmkend",
        "atnref",
    ]
)
_SIGNS = {"tab": "\t", "line": "\n", "par": "\n", "cell": "\n", "row": "\n", "page": "\n", "sect": "\n",
          "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
          "emspace": " ", "enspace": " ", "bullet": "•"}  # fmt: skip
#: What \\fcharset says of a font: its code page (RTF specification 1.9.1, font table).
_CHARSETS = {
    0: "cp1252", 77: "mac-roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030", 136: "cp950",
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251",
    222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
_SPECIAL = {"~": "\u00a0", "-": "\u00ad", "_": "\u2011", "\\": "\\", "{": "{", "}": "}", "\n": "\n", "\r": "\n"}


def is_rich_text(data: bytes) -> bool:
    """Whether a file is RTF."""
    return data.lstrip()[:5].lower() == b"{\\rtf"


@dataclass
class _Run:
    """Characters that are read one after the other, each with its place in the file."""

    kind: str = ""
    text: list[str] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)

    def add(self, sign: str, start: int, end: int) -> None:
        self.text.append(sign)
        self.places.append((start, end))


@dataclass
class _Group:
    """What holds inside the braces."""

    start: int
    run: _Run
    silent: bool = False
    gone: bool = False
    fallback: int = 1  # characters behind a \u that stand for it in old programs
    encoding: str = ""  # of the font; empty: the document's
    is_fonts: bool = False


class _Reader:
    """Reads RTF into runs, and notes what goes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.runs = [_Run()]
        self.gone: list[tuple[int, int]] = []
        self._groups = [_Group(0, self.runs[0])]
        self._encoding = "cp1252"
        self._skip = 0  # characters of a fallback that are still to come
        self._fonts: dict[int, str] = {}  # number → encoding
        self._font = 0  # of the font table's entry that is open
        self._default: int | None = None
        self._lead = b""  # the first bytes of a character that has several
        self._lead_at = 0

    def read(self) -> None:
        """Read all of it."""
        at = 0
        while at < len(self.text):
            match = _TOKEN.match(self.text, at)
            if match is None:
                raise CannotShareError("the RTF is damaged")
            at = match.end()
            self._token(match)

    def _token(self, match: re.Match[str]) -> None:
        kind = match.lastgroup
        if kind == "number" or kind == "word":
            self._word(match)
        elif kind == "open":
            self._skip = 0
            self._groups.append(replace(self._groups[-1], start=match.start()))
        elif kind == "close":
            self._close(match.end())
        elif kind == "byte":
            self._byte(bytes.fromhex(match["byte"]), match)
        elif kind == "sign":
            if match["sign"] == "*":
                return
            self._sign(_SPECIAL.get(match["sign"], ""), match)
        elif kind == "text":
            self._byte(match["text"].encode("latin-1"), match)

    def _encoding_now(self) -> str:
        return self._groups[-1].encoding or self._fonts.get(self._default or 0, "") or self._encoding

    def _byte(self, byte: bytes, match: re.Match[str]) -> None:
        """A byte of a text; a character can have several."""
        if self._skip:
            self._sign("?", match)
            return
        start = self._lead_at if self._lead else match.start()
        data, self._lead = self._lead + byte, b""
        try:
            self._sign(data.decode(self._encoding_now()), match, start)
        except UnicodeDecodeError as error:
            if "incomplete" in error.reason or "unexpected end" in error.reason:
                self._lead, self._lead_at = data, start
            else:
                self._sign("\ufffd", match, start)

    def _sign(self, sign: str, match: re.Match[str], start: int = -1) -> None:
        group = self._groups[-1]
        if self._skip:
            self._skip -= 1
            if group.run.places:  # it goes with the character that it stands for
                group.run.places[-1] = (group.run.places[-1][0], match.end())
            return
        if sign and not group.silent:
            group.run.add(sign, match.start() if start < 0 else start, match.end())

    def _word(self, match: re.Match[str]) -> None:
        word, number = match["word"], match["number"]
        group = self._groups[-1]
        if word == "u" and number is not None:
            if not group.silent:
                group.run.add(chr(int(number) % 65536), *match.span())
            self._skip = group.fallback
        elif word == "deff":
            self._default = int(number or 0)
        elif word == "f" and number is not None:
            self._font = int(number)
            if not group.is_fonts:
                group.encoding = self._fonts.get(self._font, "")
        elif word == "plain":
            group.encoding = ""
        elif word in ("fcharset", "cpg") and number and group.is_fonts:
            self._fonts[self._font] = _CHARSETS.get(int(number), "") if word == "fcharset" else _code_page(int(number))
        elif word == "uc":
            group.fallback = max(0, int(number or 1))
        elif word == "ansicpg" and number:
            self._encoding = _code_page(int(number))
        elif word == "mac":
            self._encoding = "mac-roman"
        elif word == "bin":
            raise CannotShareError("it holds binary data")
        elif word in _SIGNS:
            self._sign(_SIGNS[word], match)
        elif word.endswith("rsid") or word in ("rsid", "rsidroot"):
            if not group.gone:  # else it goes with the group
                self.gone.append(match.span())
        else:
            self._destination(word, group)

    def _destination(self, word: str, group: _Group) -> None:
        begins = self.text[group.start : group.start + 8]
        first = begins.startswith(("{\\" + word[:5], "{\\*\\" + word[:3]))
        if not first:
            return
        if word in _GONE:
            group.gone = group.silent = True
        elif word in _SILENT:
            group.silent = True
            group.is_fonts = word == "fonttbl"
        elif word in _AUTHORS | _INITIALS | _APART:
            group.run = _Run("author" if word in _AUTHORS else "initials" if word in _INITIALS else "")
            self.runs.append(group.run)

    def _close(self, end: int) -> None:
        self._skip = 0
        if len(self._groups) < 2:
            return
        group = self._groups.pop()
        if group.gone and not self._groups[-1].gone:
            self.gone.append((group.start, end))


def _code_page(number: int) -> str:
    if number == 65001:
        return "utf-8"
    try:
        return codecs.lookup("mac-roman" if number == 10000 else f"cp{number}").name
    except LookupError as error:
        raise CannotShareError(f"its encoding, code page {number}, is not known") from error


def shared_rich_text(data: bytes, ledger: Ledger, where: str) -> bytes | None:
    """RTF with its names replaced and its properties taken out; None where nothing changed.

    Raises:
        CannotShareError: it cannot be read.
    """
    text = data.decode("latin-1")
    reader = _Reader(text)
    reader.read()
    changes = [(start, end, "") for start, end in reader.gone]
    if changes:
        ledger.removed["properties and revision ids in RTF"] += 1
    for run in reader.runs:
        changes += _changes(run, ledger, where)
    if not changes:
        return None
    for start, end, new in sorted(changes, reverse=True):
        text = text[:start] + new + text[end:]
    return text.encode("latin-1")


def _changes(run: _Run, ledger: Ledger, where: str) -> list[tuple[int, int, str]]:
    joined = "".join(run.text)
    if not joined.strip():
        return []
    if run.kind == "initials":
        return [(start, end, "") for start, end in run.places]
    if run.kind == "author":
        names = [(match.start(), match.end()) for match in re.finditer(r"[^;\n]*[^;\s]", joined)]
        found = [(start, end, ledger.author(joined[start:end], f"{where}, author")) for start, end in names]
    else:
        edits = ledger.edits(joined, where)
        found = [(edit.start, edit.end, "".join(edit.new.splitlines())) for edit in edits]
    changes = []
    for start, end, new in found:
        if new == joined[start:end]:
            continue
        for number in range(start, end):
            put = _written(new) if number == start else ""
            changes.append((*run.places[number], put))
    return changes


def _written(text: str) -> str:
    """A text as RTF."""
    out = []
    for sign in text:
        if sign in "\\{}":
            out.append("\\" + sign)
        elif sign.isascii():
            out.append(sign)
        else:
            units = sign.encode("utf-16-le")
            for at in range(0, len(units), 2):
                unit = int.from_bytes(units[at : at + 2], "little", signed=True)
                out.append(f"\\uc1\\u{unit}?")
    return "".join(out)
