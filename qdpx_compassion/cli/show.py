"""The command ``show``."""

# ruff: noqa: D301 - click reads the backspace character (not a backslash and a b) as "do not wrap this paragraph"

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qdpx_compassion.cli.output import (
    JSON,
    MEDIA_ROOT,
    PROJECT,
    READING,
    console,
    count,
    print_findings,
    print_json,
    progress,
    say,
)
from qdpx_compassion.refi.names import SOURCES

if TYPE_CHECKING:
    from qdpx_compassion.api import Overview


@click.command()
@PROJECT
@click.option("--findings", "every", is_flag=True, help="Show every finding, not the first few of each kind.")
@READING
@MEDIA_ROOT
@JSON
def show(project: Path, every: bool, reading: str | None, as_json: bool) -> None:
    """Show what is in a project or codebook (.qdc), and what was noticed while reading it.

    \b
    Example:
      qdpx-compassion show study.qdpx
    """
    from qdpx_compassion.api import describe

    if project.suffix.lower() == ".qdc":
        _show_codebook(project, every=every, as_json=as_json)
        return
    with progress(project, "Reading") as tell:
        overview = describe(project, reading=reading, progress=tell)
    if as_json:
        print_json(_as_json(overview))
        return
    print_overview(overview)
    if overview.findings:
        say(console(), "")
        print_findings(overview.findings, every=every, hint="; --findings shows them all")


def _show_codebook(path: Path, *, every: bool, as_json: bool) -> None:
    from qdpx_compassion.api import open_codebook
    from qdpx_compassion.code_tree import write_path

    codebook = open_codebook(path)
    members = Counter(row[0] for row in codebook.rows["set_members"])
    sets = [(row[1] or row[0] or "", members[number]) for number, row in enumerate(codebook.rows["sets"])]
    tree = codebook.tree
    if as_json:
        print_json({
            "file": codebook.name, "origin": codebook.origin, "program": codebook.dialect.program,
            "namespace": codebook.namespace,
            "codes": [{"guid": code.guid, "path": write_path(code.path), "codable": code.is_codable,
                       "color": code.color, "description": code.description} for code in tree],
            "sets": [{"name": name, "codes": number} for name, number in sets],
            "findings": [finding.as_dict() for finding in codebook.findings],
        })  # fmt: skip
        return
    out = console()
    say(out, (codebook.name, "bold"), " (codebook)")
    tops = sum(code.parent is None for code in tree)
    containers = sum(not code.is_codable for code in tree)
    facts = f"{len(tree):,}, {tops:,} at the top" + (f", {containers:,} not for coding" if containers else "")
    lines = [
        ("Written by", codebook.origin or "(does not say)"),
        ("Codes", facts),
        ("Sets", "; ".join(f"{name} ({count(number, 'code')})" for name, number in sets) or "none"),
    ]
    for label, value in lines:
        say(out, value, indent=12, first=(label, "bold"))
    say(out, "")
    for code in tree:
        say(out, code.name or code.guid, indent=2 * len(code.path))
    if codebook.findings:
        say(console(), "")
        print_findings(codebook.findings, every=every, hint="; --findings shows them all")


#: What is not printed as it is.
_OTHERWISE = ("dialect", "findings", "users", "positions")


def _as_json(overview: Overview) -> dict[str, object]:
    dialect = overview.dialect
    return {
        **{
            key: getattr(overview, key)
            for key in overview.__slots__
            if key not in ("dialect", "findings", "users", "positions")
        },
        "dialect": {"id": dialect.id, "program": dialect.program, "standing": dialect.standing},
        "reading": overview.positions,
        "users": [{"name": name, "codings": number} for name, number in overview.users],
        "findings": [finding.as_dict() for finding in overview.findings],
    }


def print_overview(overview: Overview) -> None:
    """What is in a project, a line for each kind of thing."""
    out = console()
    say(out, (overview.file, "bold"))
    for label, value in _lines(overview):
        say(out, value, indent=12, first=(label, "bold"))


def _lines(overview: Overview) -> list[tuple[str, str]]:
    dialect = overview.dialect
    extra = [f"{number:,} {what}" for number, what in ((overview.case_codes, "of them cases"),
                                                       (overview.own_codes, "of a framework")) if number]  # fmt: skip
    lines = [
        ("Project", overview.name or "(no name)"),
        ("Written by", overview.origin or "(does not say)"),
        ("Read as", f"{dialect.program} (how it counts: {_STANDING[dialect.standing]})"),
        ("Positions", str(overview.positions.get("description", ""))),
        ("Changed", _date(overview.modified)),
        ("Users", _users(overview.users)),
        ("Codes", f"{overview.codes:,}" + (f" ({', '.join(extra)})" if extra else "")),
        ("Sources", _sources(overview.sources)),
        ("Selections", _kinds(overview.selections)),
        ("Codings", _kinds(overview.codings)),
        ("Cases", f"{overview.cases:,}"),
        ("Variables", f"{overview.variables:,}"),
        ("Notes", f"{overview.notes:,}"),
        ("Sets", f"{overview.sets:,}"),
        ("Links", f"{overview.links:,}" if overview.links else ""),
        ("Graphs", f"{overview.graphs:,}" if overview.graphs else ""),
    ]
    return [(label, value) for label, value in lines if value]


_STANDING = {"verified": "verified in files", "said": "said by others", "unknown": "not known"}

#: The standard's names as people say them: one, several.
_NAMES = {
    "TextSource": ("text", "texts"),
    "PictureSource": ("picture", "pictures"),
    "PDFSource": ("PDF", "PDFs"),
    "AudioSource": ("audio", "audios"),
    "VideoSource": ("video", "videos"),
    "Transcript": ("transcript", "transcripts"),
    "Representation": ("text of a PDF", "texts of PDFs"),
    "TextDescription": ("description of a picture", "descriptions of pictures"),
    "PlainTextSelection": ("in a text", "in texts"),
    "TranscriptSelection": ("in a transcript", "in transcripts"),
    "PictureSelection": ("in a picture", "in pictures"),
    "PDFSelection": ("area of a PDF", "areas of PDFs"),
    "AudioSelection": ("in an audio", "in audios"),
    "VideoSelection": ("in a video", "in videos"),
    "selection": ("of a selection", "of selections"),
    "source": ("of a whole source", "of whole sources"),
    "note": ("of a whole note", "of whole notes"),
}
_MANY = 12


def _kinds(numbers: dict[str, int]) -> str:
    if not numbers:
        return "none"
    return _list(numbers) if len(numbers) == 1 else f"{sum(numbers.values()):,}: {_list(numbers)}"


def _sources(numbers: dict[str, int]) -> str:
    """The sources, and apart from them the texts that belong to one: a transcript is no source of its own."""
    within = {kind: number for kind, number in numbers.items() if kind not in SOURCES}
    text = _kinds({kind: number for kind, number in numbers.items() if kind in SOURCES})
    return f"{text}; with {_list(within)}" if within else text


def _list(numbers: dict[str, int]) -> str:
    return ", ".join(count(number, *_NAMES.get(kind, (kind, kind))) for kind, number in numbers.items())


def _users(users: list[tuple[str, int]]) -> str:
    """Who coded, the busiest first, then who did not; a dozen of each at most."""
    coders = sorted((user for user in users if user[1]), key=lambda user: -user[1])
    parts = []
    if coders:
        parts.append(_few([f"{name} ({count(number, 'coding')})" for name, number in coders]))
    if idle := [name for name, number in users if not number]:
        parts.append(f"without codings: {_few(idle)}")
    return "; ".join(parts) or "none"


def _few(names: list[str]) -> str:
    if len(names) <= _MANY + 1:
        return ", ".join(names)
    return f"{', '.join(names[:_MANY])} and {len(names) - _MANY:,} more"


def _date(written: str) -> str:
    """A date and time of the standard as people write it; as it stands where it is not one."""
    try:
        moment = dt.datetime.fromisoformat(written)
    except ValueError:
        return written
    return f"{moment:%Y-%m-%d %H:%M}" + (f" {moment.tzname()}" if moment.tzinfo else "")
