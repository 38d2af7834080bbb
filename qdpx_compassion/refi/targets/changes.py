"""What was changed in a project for a program, in words."""

from __future__ import annotations

from qdpx_compassion.findings import Finding, count
from qdpx_compassion.refi.targets.losses import named
from qdpx_compassion.refi.targets.profiles import STANDINGS, Target
from qdpx_compassion.refi.targets.tag_writer import Changed

#: Kind of change → the rule that asks for it, and what was done, of one and of several.
CHANGES: dict[str, tuple[str, str, str]] = {
    "guids": ("guids", "GUID is in another form", "GUIDs are in another form"),
    "equal": ("equal_guids", "element has a GUID of its own now", "elements have a GUID of their own now"),
    "selections": ("codings", "coding is in a selection of its own", "codings are in selections of their own"),
    "joined": ("places", "passage is one with another at its place", "passages are one with another at their place"),
    "coders": ("coder", "selection says who coded, and when", "selections say who coded, and when"),
    "passages": ("passages", "passage is called as its text now", "passages are called as their texts now"),
    "names": ("unique", "name is another", "names are others"),
    "added-cases": ("values", "case holds values of a source, too", "cases hold values of sources, too"),
    "added-sets": ("values", "set holds a value of a variable, too", "sets hold values of variables, too"),
    "files": ("texts", "text inside the document is a file now", "texts inside the document are files now"),
    "dates": ("dates", "note got the project's date", "notes got the project's date"),
    "texts": ("lines", "text is UTF-8 with LF now", "texts are UTF-8 with LF now"),
    "positions": ("positions", "position moved with its text", "positions moved with their texts"),
    "origin": ("positions", "origin is another now, because it tells how positions are counted", ""),
    "paths": ("folder", "path is written as the standard has it", "paths are written as the standard has them"),
    "folder": ("folder", "file has another place or name", "files have other places or names"),
    "left-out": ("folder", "file that a Mac added was left out", "files that a Mac added were left out"),
    "packed": ("folder", "file is compressed now", "files are compressed now"),
    "base-path": ("folder", "folder of a user is no longer named as the project's", ""),
    "document": ("folder", "document is called project.qde now", ""),
    "codable": ("codable", "code says whether it is codable", "codes say whether they are codable"),
    "places": ("whole", "number is a whole one now", "numbers are whole ones now"),
}
_STANDARD = "the standard, and what all programs read"


def change_findings(changed: Changed, target: Target) -> list[Finding]:
    """A finding for each kind of change, with how we know that the program wants it."""
    found = []
    for kind, (rule, one, several) in CHANGES.items():
        number = changed.counts[kind]
        if not number:
            continue
        shown = changed.examples.get(kind, [])
        names = f" ({named(shown, number)})" if shown else ""
        why = f"{STANDINGS[target.rules[rule][0]]}: {target.rules[rule][1]}" if rule in target.rules else _STANDARD
        found.append(Finding("target-written", f"{count(number, one, several or one)}{names} [{why}]"))
    return found
