"""Taguette's SQLite database: one project read from it, or written as a new one."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path
from typing import Any

from qdpx_compassion.errors import InputError
from qdpx_compassion.files.atomic import atomic_output, cannot_write
from qdpx_compassion.files.databases import application_of, open_database
from qdpx_compassion.findings import Finding
from qdpx_compassion.formats.base import Content, FormatInfo, Loss, Progress, WriteOptions
from qdpx_compassion.formats.taguette.building import Built, build
from qdpx_compassion.formats.taguette.losses import losses_of
from qdpx_compassion.formats.taguette.model import NO_DATE, Command, Document, Highlight, Tag, TaguetteProject
from qdpx_compassion.formats.taguette.reading import read
from qdpx_compassion.formats.taguette.schema import ADMIN, APPLICATION, NEEDED, OLDER, REVISION, TABLES_SQL

_EXPORT = "Export the project from Taguette again: Project info, Export project."


class Taguette:
    """A project in a database of Taguette.

    Args:
        info: what is known of the format.
    """

    def __init__(self, info: FormatInfo) -> None:
        self.info = info

    def recognises(self, path: Path) -> bool:
        """Whether the file is a SQLite database that Taguette marked, or with its tables."""
        application = application_of(path)
        if application is None or application == APPLICATION:
            return application is not None
        try:
            with contextlib.closing(open_database(path)) as database:
                return {"projects", "highlights", "highlight_tags"} <= _columns(database).keys()
        except (sqlite3.Error, UnicodeDecodeError):
            return False

    def read(self, path: Path, progress: Progress | None = None) -> Content:  # noqa: ARG002 (quick enough)
        """Read the project of a database.

        Raises:
            InputError: the database is damaged, in use, none of Taguette's, or holds several projects.
        """
        findings: list[Finding] = []
        try:
            with contextlib.closing(_open(path)) as database:
                _check(database, path, findings)
                taguette = load(database, _choose(database, path), findings)
        except (sqlite3.Error, OverflowError, UnicodeDecodeError) as error:
            raise _damaged(path, str(error)) from error
        content, _ = read(taguette, path.name)
        content.project.findings[:0] = findings
        return content

    def losses(self, content: Content) -> list[Loss]:
        """What Taguette has no place for."""
        return losses_of(content, build(content))

    def write(self, content: Content, target: Path, options: WriteOptions) -> list[Loss]:
        """Write a new database with this one project."""
        built = build(content)
        losses = losses_of(content, built)
        with atomic_output(target, force=options.force) as temporary:
            try:
                with contextlib.closing(sqlite3.connect(temporary, isolation_level=None)) as database:
                    save(database, built)
            except sqlite3.Error as error:
                raise cannot_write(target, str(error)) from error
        return losses


# -- writing -----------------------------------------------------------------------------------------------------------


def save(database: sqlite3.Connection, built: Built) -> None:
    """Write a project into an empty database, as Taguette of ``REVISION`` would have it."""
    project = built.project
    # The file is a new one that is thrown away when anything fails: no journal is needed beside it.
    database.executescript(
        f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA auto_vacuum = 1; "
        f"PRAGMA application_id = {APPLICATION}; BEGIN; {TABLES_SQL}"
    )
    database.execute("INSERT INTO alembic_version VALUES (?)", (REVISION,))
    users = dict.fromkeys((ADMIN, *project.members))
    database.executemany(
        "INSERT INTO users (login, created, disabled) VALUES (?, ?, 0)", [(user, project.created) for user in users]
    )
    database.execute("INSERT INTO projects VALUES (1, ?, ?, ?)", (project.name, project.description, project.created))
    members = [(user, "ADMIN" if user == ADMIN else "TAG") for user in users]
    database.executemany("INSERT INTO project_members VALUES (1, ?, ?)", members)
    database.executemany(
        "INSERT INTO documents VALUES (?, ?, ?, ?, ?, 1, ?, ?)",
        [
            (one.id, one.name, one.description, one.filename, one.created, _direction(one), one.contents)
            for one in project.documents
        ],
    )
    database.executemany(
        "INSERT INTO tags VALUES (?, 1, ?, ?)", [(tag.id, tag.path, tag.description) for tag in project.tags]
    )
    database.executemany(
        "INSERT INTO highlights VALUES (?, ?, ?, ?, ?)",
        [(one.id, one.document, one.start, one.end, one.snippet) for one in project.highlights],
    )
    database.executemany(
        "INSERT INTO highlight_tags VALUES (?, ?)", [(one.id, tag) for one in project.highlights for tag in one.tags]
    )
    database.executemany(
        "INSERT INTO commands (date, user_login, project_id, document_id, payload) VALUES (?, ?, 1, ?, ?)",
        [(one.date, one.user, one.document, json.dumps(one.payload, sort_keys=True)) for one in project.commands],
    )
    database.execute("COMMIT")


def _direction(document: Document) -> str:
    return "RIGHT_TO_LEFT" if document.right_to_left else "LEFT_TO_RIGHT"


# -- reading -----------------------------------------------------------------------------------------------------------


def _open(path: Path) -> sqlite3.Connection:
    for suffix in ("-journal", "-wal"):
        beside = path.with_name(path.name + suffix)
        if beside.exists() and beside.stat().st_size:
            raise InputError(
                f"The database is in use, or was not closed: {beside.name} lies beside it with what is not in it yet.",
                where=str(path),
                remedy="Close Taguette, open the project in it once more and close it again; or export it from there.",
            )
    return open_database(path)


def _columns(database: sqlite3.Connection) -> dict[str, set[str]]:
    names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {
        name: {row[0] for row in database.execute("SELECT name FROM pragma_table_info(?)", (name,))} for name in names
    }


def _check(database: sqlite3.Connection, path: Path, findings: list[Finding]) -> None:
    [(said,)] = database.execute("PRAGMA quick_check(1)").fetchall()
    if said != "ok":
        raise _damaged(path, str(said).strip().splitlines()[-1])
    columns = _columns(database)
    for table, needed in NEEDED.items():
        if missing := set(needed) - columns.get(table, set()):
            raise InputError(
                f"This is no whole database of Taguette: the table {table} "
                + (f"has no {', '.join(sorted(missing))}." if table in columns else "is missing."),
                where=str(path),
                remedy=_EXPORT,
            )
    revisions = database.execute("SELECT version_num FROM alembic_version") if "alembic_version" in columns else ()
    revision = next((row[0] for row in revisions), "none")
    if revision in OLDER:
        message = f"The database is of an older Taguette (revision {revision}); it was read as it is."
        findings.append(Finding("database-version", message, path.name))
    elif revision != REVISION:
        message = f"The database's version is not known here (revision {revision}); look whether all of it was read."
        findings.append(Finding("database-version", message, path.name))


def _choose(database: sqlite3.Connection, path: Path) -> int:
    """The only project, or the only one with documents or tags."""
    projects = database.execute("SELECT id, name FROM projects ORDER BY id").fetchall()
    filled = database.execute(
        "SELECT id, name FROM projects WHERE id IN (SELECT project_id FROM documents) OR id IN "
        "(SELECT project_id FROM tags) ORDER BY id"
    ).fetchall()
    candidates = projects if len(projects) == 1 else filled
    if len(candidates) == 1:
        return int(candidates[0][0])
    if not candidates:
        raise InputError("The database holds no project.", where=str(path), remedy=_EXPORT)
    names = ", ".join(f"“{name}”" for _, name in candidates[:10])
    raise InputError(
        f"The database holds {len(candidates)} projects: {names}.",
        where=str(path),
        remedy="Export the one that you mean from Taguette: Project info, Export project.",
    )


def load(database: sqlite3.Connection, number: int, findings: list[Finding]) -> TaguetteProject:
    """Read one project; rows that refer to what is not there are left out with a finding."""
    columns = _columns(database)

    def rows(table: str, names: str, where: str) -> list[tuple[Any, ...]]:
        shown = ", ".join(name if name in columns[table] else "NULL" for name in names.split())
        return database.execute(f"SELECT {shown} FROM {table} WHERE {where}", (number,)).fetchall()  # noqa: S608 (own names)

    [(name, description, created)] = rows("projects", "name description created", "id = ?")
    project = TaguetteProject(_text(name) or "project", _text(description), _text(created) or NO_DATE)
    if "project_members" in columns:
        project.members = [_text(user) for (user,) in rows("project_members", "user_login", "project_id = ?")]
    project.tags = [
        Tag(tag, _text(path), _text(about))
        for tag, path, about in rows("tags", "id path description", "project_id = ? ORDER BY id")
    ]
    names = "id name description filename created contents text_direction"
    for key, title, about, file, made, contents, direction in rows("documents", names, "project_id = ? ORDER BY id"):
        project.documents.append(
            Document(
                key, _text(title), _text(about), _text(file), _text(made) or NO_DATE, _text(contents),
                direction == "RIGHT_TO_LEFT",
            )
        )  # fmt: skip
    of_documents = "document_id IN (SELECT id FROM documents WHERE project_id = ?) ORDER BY document_id, id"
    for key, document, start, end, snippet in rows(
        "highlights", "id document_id start_offset end_offset snippet", of_documents
    ):
        if not isinstance(start, int) or not isinstance(end, int):
            message = f"Highlight {key} has no place that is a number; it was left out."
            findings.append(Finding("value-unreadable", message, "highlights"))
            continue
        project.highlights.append(Highlight(key, document, start, end, _text(snippet)))
    _tag_highlights(database, project, findings)
    [(lost,)] = database.execute(
        "SELECT COUNT(*) FROM highlights WHERE document_id NOT IN (SELECT id FROM documents)"
    ).fetchall()
    if lost:
        message = f"Highlights lie in documents that are not there any more, and were left out: {lost:,}."
        findings.append(Finding("text-missing", message, "highlights"))
    if "commands" in columns:
        names = "date user_login document_id payload"
        for date, user, document, payload in rows("commands", names, "project_id = ? ORDER BY id"):
            if (said := _payload(payload)) is not None:
                project.commands.append(Command(_text(date), _text(user), document, said))
    used = {command.user for command in project.commands}
    if project.members == [ADMIN] or (ADMIN in project.members and ADMIN not in used):
        project.members = [user for user in project.members if user != ADMIN or user in used]
    return project


def _tag_highlights(database: sqlite3.Connection, project: TaguetteProject, findings: list[Finding]) -> None:
    highlights = {highlight.id: highlight for highlight in project.highlights}
    tags = {tag.id for tag in project.tags}
    lost = 0
    for highlight, tag in database.execute("SELECT highlight_id, tag_id FROM highlight_tags ORDER BY rowid"):
        if highlight in highlights and tag in tags:
            highlights[highlight].tags.append(tag)
        elif highlight in highlights:
            lost += 1
    if lost:
        findings.append(
            Finding(
                "reference-dangling", f"Highlights have tags that are not there any more: {lost:,}.", "highlight_tags"
            )
        )


def _payload(written: object) -> dict[str, object] | None:
    """A command's payload, with the keys of today; None where it is none."""
    try:
        said = json.loads(_text(written))
    except ValueError:
        return None
    if not isinstance(said, dict):
        return None
    kind = str(said.get("type")).partition("_")[0]
    if "id" in said and kind in ("highlight", "tag"):
        said[f"{kind}_id"] = said.pop("id")
    for old, new in (("src", "src_tag_id"), ("dest", "dest_tag_id")):
        if old in said:
            said[new] = said.pop(old)
    return said


def _text(value: object) -> str:
    if value is None:
        return ""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _damaged(path: Path, error: str) -> InputError:
    return InputError(f"The database cannot be read: {error}.", where=str(path), remedy=_EXPORT)
