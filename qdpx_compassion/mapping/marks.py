"""Marks: what people write into a cell for yes, no and not yet decided."""

from __future__ import annotations

from qdpx_compassion.frameworks.framework import Construct, Dimension, Framework

YES = frozenset({"x", "1", "1.0", "true", "yes", "y", "ja", "j", "✓", "✔", "☑", "√", "☒", "waar", "wahr"})
NO = frozenset({"0", "0.0", "false", "no", "n", "nee", "nein", "–", "-", "—", "−", "‐", "onwaar", "falsch"})
#: What is written for each.
WRITTEN = {True: "x", False: "no"}
#: What is written for an exception; None: nothing that was understood.
INCLUDE_WORDS: dict[bool | None, str] = {True: "include", False: "exclude", None: ""}


class UnknownMark(ValueError):
    """A mark that is neither yes, no nor empty."""


def fold(text: str) -> str:
    """A name as it is compared: without regard to letter case, white space, hyphens and underscores."""
    return "".join(character for character in text.casefold() if not character.isspace() and character not in "-_‐‑")


def read_mark(written: str) -> bool | None:
    """True for yes, False for an explicit no, None for nothing.

    Raises:
        UnknownMark: it is none of them.
    """
    text = written.strip().casefold()
    if not text:
        return None
    if text in YES:
        return True
    if text in NO:
        return False
    raise UnknownMark(written)


def find_construct(framework: Framework, written: str, dimension: Dimension | None = None) -> Construct | None:
    """The construct of this id or, where only one has it, of this name; in one dimension or in all."""
    wanted = fold(written)
    constructs = dimension.constructs if dimension is not None else framework.constructs
    by_id = [construct for construct in constructs if fold(construct.id) == wanted]
    by_name = [construct for construct in constructs if fold(construct.name) == wanted]
    found = by_id or by_name
    return found[0] if len(found) == 1 else None


def find_dimension(framework: Framework, written: str) -> Dimension | None:
    """The dimension of this id or title, or None."""
    wanted = fold(written)
    found = [one for one in framework.dimensions if wanted in (fold(one.id), fold(one.title))]
    return found[0] if len(found) == 1 else None


def none_heading(dimension: Dimension) -> str:
    """How a dimension decided to be none is called: ``no element``."""
    return "no " + dimension.id.replace("-", " ").replace("_", " ")


def find_none(framework: Framework, written: str) -> Dimension | None:
    """The dimension that ``no element`` or ``no <title>`` is about, or None."""
    wanted = fold(written)
    for dimension in framework.dimensions:
        if wanted in (fold(none_heading(dimension)), fold("no " + dimension.title)):
            return dimension
    return None


def write_choice(dimension: Dimension, marks: dict[str, bool], *, none: bool) -> str:
    """What stands in the one cell of a single-choice dimension: a name, ``none``, rarely several with ``;``."""
    parts = [
        construct.name if marks[construct.id] else f"no {construct.name}"
        for construct in dimension.constructs
        if construct.id in marks
    ]
    return "; ".join([*parts, *(["none"] if none else [])])


def read_choice(framework: Framework, dimension: Dimension, written: str) -> tuple[dict[str, bool], bool]:
    """The inverse of ``write_choice``: the marks, and whether the dimension is decided to be none.

    Raises:
        UnknownMark: a part names no construct of the dimension.
    """
    marks: dict[str, bool] = {}
    none = False
    whole = find_construct(framework, written, dimension)
    parts = [written] if whole is not None else written.split(";")
    for part in (part.strip() for part in parts):
        construct = find_construct(framework, part, dimension)
        denied = find_construct(framework, part[3:], dimension) if part.casefold().startswith("no ") else None
        if construct is not None:
            marks[construct.id] = True
        elif denied is not None:
            marks[denied.id] = False
        elif part.casefold() in NO or part.casefold() == "none" or find_none(framework, part) is dimension:
            none = True
        elif part:
            raise UnknownMark(part)
    return marks, none
