"""A QualCoder project → tables."""

from __future__ import annotations

import contextlib
from pathlib import Path

from qdpx_compassion.findings import Finding, count
from qdpx_compassion.formats.base import Content
from qdpx_compassion.formats.qualcoder.database import Database
from qdpx_compassion.formats.qualcoder.identities import Identities
from qdpx_compassion.formats.qualcoder.moments import from_qualcoder
from qdpx_compassion.formats.qualcoder.reading_cases import read_attributes, read_cases
from qdpx_compassion.formats.qualcoder.reading_codes import read_codes, read_journals
from qdpx_compassion.formats.qualcoder.reading_codings import Marks
from qdpx_compassion.formats.qualcoder.reading_sources import read_sources
from qdpx_compassion.formats.qualcoder.reading_state import Reading
from qdpx_compassion.formats.qualcoder.schema import PROGRAM
from qdpx_compassion.refi.dialects import recognise
from qdpx_compassion.tables import Project

#: What a project may hold beside what is read: table, condition, words.
_LEFT = (
    ("graph", "1", "graph", ""),
    ("stored_sql", "1", "stored query", "stored queries"),
    ("ris", "1", "line of bibliographic references", "lines of bibliographic references"),
    ("code_text", "important = 1", "mark of importance on a coded text", "marks of importance on coded texts"),
    ("code_image", "important = 1", "mark of importance on an area", "marks of importance on areas"),
    ("code_av", "important = 1", "mark of importance on a recording", "marks of importance on recordings"),
    ("case_text", "length(memo) > 0", "memo on a passage of a case", "memos on passages of cases"),
)


def read_content(folder: Path) -> Content:
    """Read a project.

    Args:
        folder: the project's folder.

    Returns:
        Its tables and files; the database stays open until it is closed.

    Raises:
        InputError: the database cannot be read.
    """
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(Database(folder))
        row = next(database.rows("project"))
        reading = Reading(database, Identities.read(folder, row.text("date")), findings=database.findings)
        reading.read_users()
        origin = row.text("about").strip() or PROGRAM
        reading.add(
            "project",
            name=folder.resolve().name.removesuffix(".qda"),
            origin=origin if origin.startswith(PROGRAM) else f"{PROGRAM} ({origin})",
            creation_date_time=from_qualcoder(row["date"]),
            modifying_user_guid=reading.user(row.text("codername")),
            description=row.text("memo") or None,
        )
        read_codes(reading)
        read_sources(reading)
        read_journals(reading)
        marks = Marks(reading)
        read_cases(reading, marks)
        read_attributes(reading)
        _say_left(reading)
        project = Project(reading.rows, recognise(f"{PROGRAM} ").id, reading.findings, folder.name)
        return Content(project, reading.media, stack.pop_all().close)


def _say_left(reading: Reading) -> None:
    where = reading.database.folder.name
    left = [
        count(number, one, several)
        for table, condition, one, several in _LEFT
        if (number := reading.database.count(table, condition))
    ]
    if left:
        reading.findings.append(Finding("qualcoder-left", f"Not read: {', '.join(left)}.", where))
    if reading.orphans:
        said = ", ".join(f"{what} ({number:,})" for what, number in reading.orphans.items())
        message = f"The database names what it does not hold; this was left out: {said}."
        reading.findings.append(Finding("qualcoder-orphan", message, where))
