"""What a project holds that a program may keep, change or drop: counted by name, with the first names of each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

#: What is counted: name → (one, several). The first block is content; the second only matters where a program minds it.
CONTENT: dict[str, tuple[str, str]] = {
    "texts": ("text", "texts"),
    "styled-texts": ("text with a styled version (Word)", "texts with a styled version (Word)"),
    "pdfs": ("PDF", "PDFs"),
    "pictures": ("picture", "pictures"),
    "recordings": ("audio or video recording", "audio and video recordings"),
    "transcripts": ("transcript", "transcripts"),
    "codes": ("code", "codes"),
    "sub-codes": ("code below another", "codes below others"),
    "heading-codes": ("code that cannot be coded with", "codes that cannot be coded with"),
    "code-colours": ("code with a colour", "codes with a colour"),
    "code-descriptions": ("code with a description", "codes with a description"),
    "text-codings": ("coding of text", "codings of text"),
    "pdf-text-codings": ("coding of the text of a PDF", "codings of the text of PDFs"),
    "pdf-area-codings": ("coding of an area of a PDF", "codings of areas of PDFs"),
    "picture-codings": ("coding of a part of a picture", "codings of parts of pictures"),
    "recording-codings": ("coding of a stretch of a recording", "codings of stretches of recordings"),
    "transcript-codings": ("coding of a transcript by its times", "codings of transcripts by their times"),
    "source-codings": ("coding of a whole source", "codings of whole sources"),
    "note-codings": ("coding in a note", "codings in notes"),
    "coders": ("person who coded", "people who coded"),
    "marks": ("passage marked without a code", "passages marked without a code"),
    "passage-comments": ("passage with a comment", "passages with a comment"),
    "cases": ("case", "cases"),
    "case-sources": ("source assigned to a case", "sources assigned to cases"),
    "case-values": ("value of a variable on a case", "values of variables on cases"),
    "source-values": ("value of a variable on a source", "values of variables on sources"),
    "notes": ("note", "notes"),
    "source-notes": ("note attached to a source", "notes attached to sources"),
    "passage-notes": ("note attached to a passage", "notes attached to passages"),
    "coding-notes": ("note attached to a coding", "notes attached to codings"),
    "code-notes": ("note attached to a code", "notes attached to codes"),
    "code-sets": ("set of codes", "sets of codes"),
    "source-sets": ("set of sources", "sets of sources"),
    "note-sets": ("set of notes", "sets of notes"),
    "links": ("link", "links"),
    "graphs": ("graph", "graphs"),
}
FORM: dict[str, tuple[str, str]] = {
    "equal-guids": ("element with the GUID of another", "elements with the GUID of another"),
    "several-codings": ("passage with several codings", "passages with several codings"),
    "same-code-twice": ("passage coded twice with one code", "passages coded twice with one code"),
    "equal-names": ("name that another of its kind has too", "names that another of their kind has too"),
    "long-variable-names": ("variable name over 30 characters", "variable names over 30 characters"),
    "no-is-codable": ("code that does not say whether it is codable", "codes that do not say whether they are codable"),
    "broken-places": ("place with decimals", "places with decimals"),
    "disordered": ("element with children out of order", "elements with children out of order"),
    "timeless-sync-points": ("sync point without a time", "sync points without a time"),
    "inline-texts": ("text inside the document", "texts inside the document"),
    "inline-notes": ("note inside the document", "notes inside the document"),
    "outside-files": ("file outside the project", "files outside the project"),
    "dateless-notes": ("note without a date", "notes without a date"),
    "vertices-alone": ("vertex that represents nothing", "vertices that represent nothing"),
    "edges-alone": ("edge that represents nothing", "edges that represent nothing"),
}
FACTS = {**CONTENT, **FORM}

#: Without any of these nothing of a study arrives.
SUBSTANCE = frozenset(name for name in CONTENT if name.endswith("codings")) | {
    "texts", "pdfs", "pictures", "recordings", "transcripts", "codes", "notes", "cases",
}  # fmt: skip

_EXAMPLES = 3
_LONG = 60


@dataclass
class Facts:
    """Counts and first names.

    Attributes:
        counts: name of the fact → how often.
        examples: name of the fact → the first different names that it was met with.
    """

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, fact: str, name: str | None = "", number: int = 1) -> None:
        """Count something, under the name by which people know it."""
        self.counts[fact] += number
        if name:
            names = self.examples.setdefault(fact, [])
            shown = name if len(name) <= _LONG else name[: _LONG - 1] + "…"
            if len(names) < _EXAMPLES and shown not in names:
                names.append(shown)


def describe(fact: str, number: int) -> str:
    """A fact in words, without its number."""
    one, several = FACTS[fact]
    return one if number == 1 else several
