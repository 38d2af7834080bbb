"""Projects as Arrow tables: the rows of the data model, and what a corpus says of the whole."""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qdpx_compassion.code_tree import CodeTree, write_path
from qdpx_compassion.columns import ColumnRows
from qdpx_compassion.corpus.places import Place
from qdpx_compassion.corpus.schema import CORPUS_TABLES, COUNTED, TEXTS, arrow_schema
from qdpx_compassion.enrich.own import own_guids
from qdpx_compassion.files.media_root import OutsideFile
from qdpx_compassion.files.project_files import Member, ProjectFiles
from qdpx_compassion.findings import Finding, Severity
from qdpx_compassion.tables import TABLES, Project, ReadRows, normalise_guid
from qdpx_compassion.version import __version__

if TYPE_CHECKING:
    import pyarrow as pa


#: So many rows become columns at once: more would not be near the processor any more when they are looked at again.
SLICE = 8192


@dataclass(frozen=True, slots=True)
class ProjectRows:
    """All that a corpus says of a project, as plain rows.

    Attributes:
        place: where the project lies.
        rows: table → rows in the order of ``CORPUS_TABLES``' columns, those of the data model without ``KEYS``.
    """

    place: Place
    rows: Mapping[str, ReadRows]

    @property
    def number(self) -> int:
        """Of rows in all tables."""
        return sum(map(len, self.rows.values()))


def rows_of_project(project: Project, place: Place, fingerprint: tuple[str, str], *, licence: str) -> ProjectRows:
    """The rows of a project.

    Args:
        project: as read.
        place: where it lies.
        fingerprint: see ``fingerprint_of``.
        licence: a note.
    """
    tree = CodeTree.of(project)
    own = own_guids(project, tree)
    codes = [
        [*row, write_path(code.path), code.is_case, code.key in own]
        for row, code in zip(project.rows["codes"], tree.codes, strict=True)
    ]
    return ProjectRows(
        place,
        {
            "projects": [_row("projects", _about(project, own, place, fingerprint, licence))],
            "findings": [_row("findings", _finding(place, one)) for one in project.findings],
            **{name: project.rows[name] for name in TABLES},
            "codes": codes,
        },
    )


def rows_of_failure(place: Place, finding: Finding, *, remedy: str = "", again: bool = False) -> ProjectRows:
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
    return ProjectRows(place, {"failures": [_row("failures", row)]})


def arrow_tables(projects: Sequence[ProjectRows], *, texts: bool) -> Iterator[tuple[str, pa.Table]]:
    """The rows of some projects as tables of a corpus, each with its name, some rows at a time.

    Args:
        projects: whose rows; in each table one project comes after the other.
        texts: whether words of interviews and memos are kept.
    """
    for name in CORPUS_TABLES:
        parts = [(one.place.project_id, one.rows[name]) for one in projects if one.rows.get(name)]
        if parts:
            for table in _tables(name, parts, () if texts else TEXTS.get(name, ())):
                yield name, table


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


def _tables(name: str, parts: Sequence[tuple[str, ReadRows]], left_out: Sequence[str]) -> Iterator[pa.Table]:
    """Rows of one table, with the ids of the projects that they are of."""
    import pyarrow as pa

    keys = _keys(parts) if name in TABLES else ()
    schema = arrow_schema(name)
    types = [(column.type, column.name in left_out) for column in schema][len(keys) :]
    done = 0
    for number, columns in _columns([rows for _, rows in parts], len(types)):
        arrays = [key.slice(done, number) for key in keys]
        for values, (kind, is_left_out) in zip(columns, types, strict=True):
            arrays.append(pa.nulls(number, kind) if is_left_out or values is None else _array(values, kind))
        done += number
        yield pa.Table.from_arrays(arrays, schema=schema)


def _columns(parts: Sequence[ReadRows], width: int) -> Iterator[tuple[int, Sequence[Sequence[Any] | pa.Array | None]]]:
    """The columns of rows, some rows at a time, and how many; None for a column without values."""
    by_column = [one for one in parts if isinstance(one, ColumnRows) and one.is_settled]
    if len(by_column) < len(parts):
        together = list(chain.from_iterable(parts))
        for start in range(0, len(together), SLICE):
            part = together[start : start + SLICE]
            nothing = (None,) * len(part)
            yield len(part), [None if values == nothing else values for values in zip(*part, strict=True)]
        return
    columns: list[Sequence[Any] | pa.Array | None] = [None] * width
    filled = [position for position in range(width) if not all(one.is_empty(position) for one in by_column)]
    packed = {position: joined for position in filled if (joined := _packed(by_column, position)) is not None}
    left = {
        position: chain.from_iterable([one.values(position) for one in by_column])
        for position in filled
        if position not in packed
    }
    number = sum(map(len, by_column))
    for start in range(0, number, SLICE):
        for position, values in left.items():
            columns[position] = list(islice(values, SLICE))
        for position, joined in packed.items():
            columns[position] = joined.slice(start, SLICE)
        yield min(SLICE, number - start), columns


def _packed(parts: Sequence[ColumnRows], position: int) -> pa.Array | None:
    """A column that is packed strings of one length, as Arrow has them: the very bytes."""
    import pyarrow as pa

    packed = [joined for one in parts if (joined := one.joined(position)) is not None]
    if len(packed) < len(parts) or len({width for _, width in packed}) > 1:
        return None
    number, width = sum(map(len, parts)), packed[0][1]
    if number * width >= 2**31:  # Arrow counts bytes in 32 bits
        return None
    data = pa.py_buffer(packed[0][0] if len(packed) == 1 else b"".join(one for one, _ in packed))
    offsets = pa.py_buffer(array("i", range(0, number * width + 1, width)))
    return pa.StringArray.from_buffers(number, offsets, data)


def _keys(parts: Sequence[tuple[str, ReadRows]]) -> tuple[pa.Array, pa.Array]:
    """What stands before the columns of the data model, see ``KEYS``."""
    import pyarrow as pa

    ids = pa.concat_arrays([pa.repeat(project_id, len(rows)) for project_id, rows in parts])
    # not numpy: pyarrow would import its masked arrays, too
    return ids, pa.array([number for _, rows in parts for number in range(len(rows))], pa.int64())


def _array(values: Sequence[Any] | pa.Array, kind: pa.DataType) -> pa.Array:
    import pyarrow as pa

    if isinstance(values, pa.Array):
        return values
    try:
        return pa.array(values, kind)
    except UnicodeEncodeError:  # half of a character, which no file of UTF-8 can hold
        return pa.array([value and value.encode("utf-8", "replace").decode() for value in values], kind)


def _row(name: str, said: dict[str, Any]) -> list[Any]:
    return [said[column.name] for column in CORPUS_TABLES[name].columns]


def _about(
    project: Project, own: frozenset[str], place: Place, fingerprint: tuple[str, str], licence: str
) -> dict[str, Any]:
    first = next(project.records("project"), {})
    severities = Counter(finding.severity for finding in project.findings)
    kinds = Counter(project.column("sources", "kind"))
    every = (normalise_guid(guid or "") for guid in project.column("sources", "guid"))
    guids = sorted(guid for guid in every if guid not in own)  # an enriched copy is a copy
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


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
