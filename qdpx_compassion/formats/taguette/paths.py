"""Codes as tags: a tag's name holds the codes above it, parted by dots, as Taguette's users write a hierarchy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.formats.taguette.schema import TAG_PATH

SEPARATOR = "."


def tag_paths(tree: CodeTree) -> list[str]:
    """A tag for each code: names from the top, joined by dots; unique, not empty, at most 200 characters."""
    taken: set[str] = set()
    paths: list[str] = []
    for code in tree:
        above = paths[code.parent] + SEPARATOR if code.parent is not None else ""
        paths.append(unique(f"{above}{' '.join(code.name.splitlines()).strip() or 'unnamed'}", taken, TAG_PATH))
    return paths


def unique(name: str, taken: set[str], limit: int) -> str:
    """The name, cut where it is too long, with a number behind it where another has it already."""
    candidate, number = cut(name, limit), 1
    while candidate in taken:
        number += 1
        candidate = f"{cut(name, limit - len(str(number)) - 3)} ({number})"
    taken.add(candidate)
    return candidate


def cut(name: str, limit: int) -> str:
    """The name, with an ellipsis at its end where it had to be cut."""
    return name if len(name) <= limit else f"{name[: limit - 1].rstrip()}…"


def parents(paths: Sequence[str]) -> list[int | None]:
    """For each tag the one above it: the longest of which it is the continuation after a dot.

    ``Dr. Smith`` is a name, not a hierarchy: there is no tag ``Dr``.
    """
    at = {path: number for number, path in enumerate(paths)}
    found: list[int | None] = []
    for path in paths:
        above = next((at[head] for head in _heads(path) if head in at), None)
        found.append(above)
    return found


def own_name(path: str, above: str | None) -> str:
    """The part of a tag's name that is the code's own."""
    return path if above is None else path[len(above) + len(SEPARATOR) :]


def _heads(path: str) -> Iterable[str]:
    """What stands before each dot, the longest first; the rest after the dot is not empty."""
    end = len(path.rstrip(SEPARATOR))
    while (end := path.rfind(SEPARATOR, 1, end)) > 0:
        yield path[:end]
