"""A project as Arrow tables: the rows of the data model, and what a corpus says of the whole."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qdpx_compassion.code_tree import CodeTree, write_path
from qdpx_compassion.corpus.places import Place
from qdpx_compassion.corpus.schema import ADDED, CORPUS_TABLES, COUNTED, TEXTS, arrow_schema
from qdpx_compassion.enrich import own_guids
from qdpx_compassion.files.media_root import OutsideFile
from qdpx_compassion.files.project_files import Member, ProjectFiles
from qdpx_compassion.findings import Finding, Severity
from qdpx_compassion.tables import TABLES, Project, normalise_guid
from qdpx_compassion.version import __version__

if TYPE_CHECKING:
    import pyarrow as pa


def project_tables(
    project: Project, place: Place, fingerprint: tuple[str, str], *, texts: bool, licence: str
) -> dict[str, pa.Table]:
    """The tables of one project as a corpus has them; tables without rows are left out.

    Args:
        project: as read.
        place: where it lies.
        fingerprint: see ``fingerprint_of``.
        texts: whether words of interviews and memos are kept.
        licence: a note.
    """
    import numpy as np
    import pyarrow as pa

    about = _about(project, place, fingerprint, licence)
    tables = {"projects": arrow_table("projects", [about], texts=True)}
    if project.findings:
        tables["findings"] = arrow_table("findings", [_finding(place, one) for one in project.findings], texts=texts)
    added = {"codes": _code_columns(project)}
    for name in TABLES:
        rows = project.rows[name]
        if rows:
            keys = pa.repeat(place.project_id, len(rows)), pa.array(np.arange(len(rows)))
            columns = [*keys, *zip(*rows, strict=True), *added.get(name, ())]
            tables[name] = _table(name, columns, texts=texts)
    return tables


def failure_table(place: Place, finding: Finding, *, remedy: str = "", again: bool = False) -> pa.Table:
    """The row that stands for a project that cannot be read."""
    row = {
        "project_id": place.project_id,
        "location": place.location,
        "file": place.file,
        "code": finding.code,
        "message": finding.message,
        "place": finding.where,
        "remedy": remedy,
        "again": again,
        "size": place.size,
        "modified": place.modified,
        "program_version": __version__,
    }
    return arrow_table("failures", [row], texts=True)


def arrow_table(name: str, rows: Sequence[dict[str, Any]], *, texts: bool) -> pa.Table:
    """Rows as dictionaries as a table of the corpus."""
    columns = [[row[column.name] for row in rows] for column in CORPUS_TABLES[name].columns]
    return _table(name, columns, texts=texts)


def fingerprint_of(files: ProjectFiles, document_sha256: str) -> tuple[str, str]:
    """What tells whether the content of a project changed: of its document, and of all other files.

    The other files are known by name, size and the check sum that an archive holds of each (in a folder: the date), so
    that none is read.
    """
    told = sorted((one.name, one.size, _state(one)) for one in files.members if one is not files.document)
    return document_sha256, _sha256(repr(told))


def _state(member: Member) -> int:
    key = member.key.path if isinstance(member.key, OutsideFile) else member.key
    return key.stat().st_mtime_ns if isinstance(key, Path) else key.CRC


def _table(name: str, columns: Iterable[Sequence[Any] | pa.Array], *, texts: bool) -> pa.Table:
    import pyarrow as pa

    left_out = () if texts else TEXTS.get(name, ())
    arrays = []
    schema = arrow_schema(name)
    for values, column in zip(columns, schema, strict=True):
        if column.name in left_out:
            arrays.append(pa.nulls(len(values), column.type))
            continue
        if isinstance(values, pa.Array):
            arrays.append(values)
            continue
        try:
            arrays.append(pa.array(values, column.type))
        except UnicodeEncodeError:  # half of a character, which no file of UTF-8 can hold
            whole = [value and value.encode("utf-8", "replace").decode() for value in values]
            arrays.append(pa.array(whole, column.type))
    return pa.Table.from_arrays(arrays, schema=schema)


def _about(project: Project, place: Place, fingerprint: tuple[str, str], licence: str) -> dict[str, Any]:
    first = next(project.records("project"), {})
    severities = Counter(finding.severity for finding in project.findings)
    kinds = Counter(project.column("sources", "kind"))
    guids = sorted(normalise_guid(guid or "") for guid in project.column("sources", "guid"))
    lengths = (length or 0 for length in project.column("sources", "text_length"))
    return {
        "project_id": place.project_id,
        "location": place.location,
        "file": place.file,
        "name": first.get("name"),
        "origin": first.get("origin"),
        "dialect": project.dialect,
        "creation_date_time": first.get("creation_date_time"),
        "modified_date_time": first.get("modified_date_time"),
        "licence": licence or None,
        **{name: len(project.rows[name]) for name in COUNTED},
        "notes": kinds["Note"],
        "characters": sum(lengths),
        "errors": severities[Severity.ERROR],
        "warnings": severities[Severity.WARNING],
        "positions": str(project.positions.get("description", "")) or None,
        "document_sha256": fingerprint[0],
        "files_sha256": fingerprint[1],
        "sources_sha256": _sha256("\n".join(guids)) if any(guids) else None,
        "size": place.size,
        "modified": place.modified,
        "program_version": __version__,
    }


def _finding(place: Place, finding: Finding) -> dict[str, Any]:
    return {
        "project_id": place.project_id,
        "code": finding.code,
        "severity": str(finding.severity),
        "message": finding.message,
        "place": finding.where,
    }


def _code_columns(project: Project) -> list[list[Any]]:
    """What ``ADDED`` says of codes."""
    tree = CodeTree.of(project)
    own = own_guids(project, tree)
    rows = [(write_path(code.path), code.is_case, code.key in own) for code in tree.codes]
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in ADDED["codes"]]


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
