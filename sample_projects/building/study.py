"""A sample study as it stands in its folder: project.toml, codebook.toml, codings.csv, interviews/, memos/."""

from __future__ import annotations

import csv
import tomllib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

#: The root of the GUIDs of all sample projects.
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://example.org/qdpx-compassion/samples")

#: Stands for the middle of a long quotation.
ELLIPSIS = " [...] "

CodePath = tuple[str, ...]


@dataclass(frozen=True)
class User:
    """Someone who coded."""

    name: str


@dataclass(frozen=True)
class CodeEntry:
    """A code of the codebook."""

    path: CodePath
    definition: str
    color: str
    codable: bool


@dataclass(frozen=True)
class Interview:
    """An interview: ``text`` has LF; ``variables`` maps a name to a value; ``case`` is the participant's name."""

    id: str
    name: str
    case: str
    text: str
    variables: dict[str, str]
    by: str
    when: datetime


@dataclass(frozen=True)
class Coded:
    """One coding: a code given by one coder to characters ``start`` to ``end`` (exclusive, code points, LF) of a text.

    Attributes:
        comment: what the coder wrote beside the quotation.
    """

    interview: str
    start: int
    end: int
    code: CodePath
    coder: str
    comment: str
    when: datetime


@dataclass(frozen=True)
class Memo:
    """A memo, attached to a code (its name), to an interview (its id) or to the project (neither)."""

    name: str
    by: str
    text: str
    code: CodePath | None
    interview: str | None
    when: datetime


@dataclass(frozen=True)
class Study:
    """All of a sample study."""

    id: str
    name: str
    description: str
    created: datetime
    modified: datetime
    users: list[User]
    codes: list[CodeEntry]
    interviews: list[Interview]
    codings: list[Coded]
    memos: list[Memo]
    code_sets: dict[str, list[CodePath]]
    classification: str
    case_folder: str

    def guid(self, kind: str, *parts: object) -> str:
        """The GUID of something in the study, in lower case; it follows from its readable name alone."""
        return str(uuid.uuid5(_NAMESPACE, "\n".join([self.id, kind, *map(str, parts)])))

    def text_of(self, coded: Coded) -> str:
        """The quotation of a coding."""
        return next(i.text for i in self.interviews if i.id == coded.interview)[coded.start : coded.end]


def stamp(moment: datetime) -> str:
    """A moment as all programs write it: UTC, whole seconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def locate(text: str, quotation: str, occurrence: int | None = None) -> tuple[int, int]:
    """Start and end of a quotation in a text.

    Args:
        text: the interview.
        quotation: its words; ``first words [...] last words`` stands for all from the first to the last.
        occurrence: which one, from 1, where the words stand several times in the text.

    Raises:
        ValueError: the words are not in the text, or stand there several times and no occurrence says which.
    """
    first, gap, last = quotation.partition(ELLIPSIS)
    starts = [index for index in range(len(text)) if text.startswith(first, index)]
    if not starts:
        raise ValueError(f"not in the interview: {first!r}")
    if occurrence is None and len(starts) > 1:
        raise ValueError(f"{len(starts)} times in the interview, say which in the column occurrence: {first!r}")
    start = starts[(occurrence or 1) - 1]
    if not gap:
        return start, start + len(first)
    end = text.find(last, start + len(first))
    if end < 0:
        raise ValueError(f"not in the interview after {first!r}: {last!r}")
    return start, end + len(last)


def read_study(folder: Path) -> Study:
    """The study that a folder holds.

    Raises:
        ValueError: all quotations, codes and coders of codings.csv that cannot be found, a line each.
    """
    project = _toml(folder / "project.toml")
    codebook = _toml(folder / "codebook.toml")
    created = project["created"].astimezone(UTC)
    users = [User(name) for name in project["coders"]]
    codes = _codes(codebook["code"], ())
    by_name = {code.path[-1]: code.path for code in codes}
    interviews = [_interview(folder, entry, project, created) for entry in project["interview"]]
    codings = _codings(folder / "codings.csv", interviews, by_name, [user.name for user in users], created)
    memos = [
        Memo(
            entry["name"],
            entry["by"],
            (folder / "memos" / entry["file"]).read_text(encoding="utf-8"),
            by_name[entry["code"]] if "code" in entry else None,
            entry.get("interview"),
            created + timedelta(days=20, hours=number),
        )
        for number, entry in enumerate(project.get("memo", ()))
    ]
    return Study(
        id=project["id"],
        name=project["name"],
        description=project["description"],
        created=created,
        modified=project["modified"].astimezone(UTC),
        users=users,
        codes=codes,
        interviews=interviews,
        codings=codings,
        memos=memos,
        code_sets={name: [by_name[code] for code in members] for name, members in project["code_sets"].items()},
        classification=project["classification"],
        case_folder=project["case_folder"],
    )


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _codes(entries: list[dict[str, Any]], above: CodePath) -> list[CodeEntry]:
    codes = []
    for entry in entries:
        path = (*above, entry["name"])
        definition = " ".join(entry.get("definition", "").split())
        codes.append(CodeEntry(path, definition, entry.get("color", ""), entry.get("codable", True)))
        codes.extend(_codes(entry.get("code", []), path))
    return codes


def _interview(folder: Path, entry: dict[str, Any], project: dict[str, Any], created: datetime) -> Interview:
    number = project["interview"].index(entry)
    return Interview(
        entry["id"],
        entry["name"],
        entry["participant"],
        # Universal line ends: a checkout on Windows may hold CRLF.
        (folder / "interviews" / entry["file"]).read_text(encoding="utf-8"),
        {name: str(value) for name, value in entry["variables"].items()},
        project["coders"][0],
        created + timedelta(minutes=10 * number),
    )


def _codings(
    path: Path, interviews: list[Interview], codes: dict[str, CodePath], coders: list[str], created: datetime
) -> list[Coded]:
    texts = {interview.id: interview.text for interview in interviews}
    codings: list[Coded] = []
    problems = []
    with path.open(encoding="utf-8", newline="") as stream:
        for number, row in enumerate(csv.DictReader(stream), start=2):
            try:
                occurrence = int(row["occurrence"]) if row["occurrence"] else None
                start, end = locate(texts[row["interview"]], row["quotation"], occurrence)
                named = coders if row["coders"] == "all" else [_known(c, coders) for c in row["coders"].split(";")]
                for code in (codes[_known(name, codes)] for name in row["codes"].split(";")):
                    for coder in named:
                        when = created + timedelta(days=1 + coders.index(coder), seconds=97 * len(codings))
                        comment = row.get("comment") or ""
                        codings.append(Coded(row["interview"], start, end, code, coder, comment, when))
            except (KeyError, ValueError) as problem:
                problems.append(f"{path.name}, row {number} ({row['interview']}): {problem}")
    if problems:
        raise ValueError("\n".join(problems))
    return codings


def _known(written: str, names: Any) -> str:
    name = written.strip()
    if name not in names:
        raise ValueError(f"unknown: {name!r}")
    return name
