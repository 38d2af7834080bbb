"""Tables → a QualCoder project."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from qdpx_compassion.errors import UsageError
from qdpx_compassion.files.atomic import cannot_write
from qdpx_compassion.files.stores import FolderWriter, folder_output, member_names
from qdpx_compassion.formats.base import Content
from qdpx_compassion.formats.qualcoder.draft import COLUMNS, Draft
from qdpx_compassion.formats.qualcoder.identities import FILE
from qdpx_compassion.formats.qualcoder.schema import DATABASE, FOLDERS, create
from qdpx_compassion.formats.qualcoder.texts import Texts
from qdpx_compassion.formats.qualcoder.writing_cases import Cases, write_attributes, write_rest
from qdpx_compassion.formats.qualcoder.writing_codes import Codes, write_journals, write_project, write_users
from qdpx_compassion.formats.qualcoder.writing_codings import Codings
from qdpx_compassion.formats.qualcoder.writing_sources import Sources


def draft_of(content: Content) -> Draft:
    """The database that a project becomes, and what of it is left behind."""
    draft = Draft(content)
    texts = Texts(content)
    write_users(draft)
    write_project(draft)
    codes = Codes(draft)
    journals = write_journals(draft, texts)
    sources = Sources(draft, texts)
    codings = Codings(draft, texts, codes, sources)
    cases = Cases(draft, sources, codings)
    write_attributes(draft, cases, sources, journals)
    write_rest(draft)
    return draft


def save(draft: Draft, target: Path, *, force: bool) -> None:
    """Write the project's folder.

    Raises:
        UsageError: its name is none that QualCoder opens.
        OutputError: it may not or cannot be written.
    """
    if target.suffix != ".qda":
        raise UsageError(
            "QualCoder opens folders whose name ends in .qda.",
            where=str(target),
            remedy=f"Call it {target.name}.qda.",
        )
    with folder_output(target, force=force, ours=is_ours) as store:
        for name in FOLDERS:
            (store.folder / name).mkdir()
        _save_database(draft, store, target)
        for name, file in draft.files.items():
            store.add_chunks(name, file.chunks(), size=file.size)
        store.add(FILE, lambda file: file.write(draft.identities.to_bytes()))


def _save_database(draft: Draft, store: FolderWriter, target: Path) -> None:
    try:
        with contextlib.closing(sqlite3.connect(store.folder / DATABASE, isolation_level=None)) as database:
            # It is a new file that is thrown away when anything fails.
            database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN")
            create(database)
            for name, rows in draft.tables.items():
                marks = ", ".join("?" * len(COLUMNS[name]))
                database.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608 (own names)
            database.execute("COMMIT")
    except (sqlite3.Error, OverflowError) as error:
        raise cannot_write(target, str(error)) from error


def is_ours(folder: Path) -> bool:
    """Whether a folder is a project that was written here and holds nothing else."""
    names = member_names(folder)
    return FILE in names and names <= {DATABASE, FILE, *FOLDERS}
