"""Mappings as CSV or TOML: one entry for each code and construct, with the same keys."""

from __future__ import annotations

import csv
import io
import itertools
import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qdpx_compassion.code_tree import read_path, write_path
from qdpx_compassion.errors import InputError, MappingError
from qdpx_compassion.files.recognise import cannot_read
from qdpx_compassion.findings import Finding
from qdpx_compassion.frameworks.framework import Dimension, Framework
from qdpx_compassion.mapping.marks import (
    INCLUDE_WORDS,
    WRITTEN,
    UnknownMark,
    find_construct,
    find_dimension,
    find_none,
    fold,
    none_heading,
    read_mark,
)
from qdpx_compassion.mapping.model import Mapping as CodeMapping
from qdpx_compassion.mapping.model import MappingRow, ParticipantRow, SelectionException
from qdpx_compassion.refi.guids import is_guid
from qdpx_compassion.tables import normalise_guid

#: The keys of an entry. ``code`` is a GUID or a path; ``guid`` may say both, ``theme`` is for dimensions with themes.
KEYS = ("code", "construct", "mark", "sub_codes", "rationale", "decided_by", "theme", "guid")
_HEADINGS = {fold(key): key for key in KEYS} | {"path": "code", "subcodestoo": "sub_codes"}
_PARTICIPANT_KEYS = ("guid", "name", "label", "group", "include", "sources")
_EXCEPTION_KEYS = ("selection", "construct", "include", "why")
_TABLES = {"mapping": KEYS, "participant": _PARTICIPANT_KEYS, "exception": _EXCEPTION_KEYS}

#: No mapping as a text is longer, in bytes.
_LARGEST = 64 << 20

Entry = Mapping[str, str]


def read_mapping_csv(path: Path, framework: Framework) -> tuple[CodeMapping, list[Finding]]:
    """Read a CSV with the keys as headings; comma, semicolon or tab; UTF-8, UTF-16 with its mark, or Windows-1252.

    Raises:
        InputError: the file cannot be read.
        MappingError: there is no column *code*.
    """
    findings: list[Finding] = []
    text = _decode(path, findings)
    lines = io.StringIO(text, newline="")
    first, skipped, separator = lines.readline(), 0, ""
    if first.lower().startswith("sep=") and len(first.rstrip("\r\n")) == 5:  # Excel's way to say the separator
        first, skipped, separator = lines.readline(), 1, first[4]
    separator = separator or max(",;\t", key=lambda one: len(_known(first.split(one))))
    reader = csv.reader(itertools.chain([first], lines), delimiter=separator)
    try:
        headings = next(reader, [])
        keys = [_HEADINGS.get(fold(heading)) for heading in headings]
        if not {"code", "guid"} & set(keys):
            raise MappingError(
                "The table has no column “code”.",
                where=path.name,
                remedy="Its headings are " + ", ".join(KEYS[:6]) + ".",
            )
        for heading, key in zip(headings, keys, strict=True):
            if key is None and heading.strip():
                message = f"The column “{heading.strip()}” is not known; it was not read."
                findings.append(Finding("mapping-column-unknown", message, f"{path.name}, line {1 + skipped}"))
        entries = []
        for cells in reader:
            entry = {key: cell.strip() for key, cell in zip(keys, cells, strict=False) if key and cell.strip()}
            if entry:
                entries.append((f"{path.name}, line {reader.line_num + skipped}", entry))
    except csv.Error as error:
        raise InputError(f"The table cannot be read: {error}.", where=f"{path.name}, line {reader.line_num}") from error
    return CodeMapping(tuple(_rows(entries, framework, findings)), name=path.name), findings


def read_mapping_toml(path: Path, framework: Framework) -> tuple[CodeMapping, list[Finding]]:
    """Read a TOML file of ``[[mapping]]`` tables, and ``[[participant]]`` and ``[[exception]]`` ones where there are.

    Raises:
        InputError: the file is not TOML.
        MappingError: there is no ``[[mapping]]`` table.
    """
    from qdpx_compassion.files.toml_places import Places, parse_toml

    findings: list[Finding] = []
    text = _decode(path, findings)
    try:
        document = parse_toml(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        remedy = "Texts stand in quotation marks; each code begins with a line [[mapping]]."
        raise InputError(f"This is not TOML: {error}.", where=path.name, remedy=remedy) from error
    places = Places(text)
    found: dict[str, list[tuple[str, Entry]]] = {name: [] for name in _TABLES}
    for name, value in document.items():
        table = name.removesuffix("s")
        if table not in _TABLES or not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            message = f"“{name}” is not known; it was not read."
            findings.append(Finding("mapping-column-unknown", message, f"{path.name}, line {places.line((name,))}"))
            continue
        for number, one in enumerate(value):
            where = f"{path.name}, line {places.line((name, number))}"
            for key in sorted(set(one) - set(_TABLES[table])):
                findings.append(Finding("mapping-column-unknown", f"“{key}” is not known; it was not read.", where))
            found[table].append((where, {key: _plain(item) for key, item in one.items() if _plain(item)}))
    if not found["mapping"] and "mapping" not in document and "mappings" not in document:
        raise MappingError("The file has no [[mapping]] table.", where=path.name, remedy="Each code needs one.")
    return CodeMapping(
        tuple(_rows(found["mapping"], framework, findings)),
        tuple(_participants(found["participant"], findings)),
        tuple(_exceptions(found["exception"], framework, findings)),
        path.name,
    ), findings


def write_mapping_csv(path: Path, mapping: CodeMapping, framework: Framework, *, force: bool = False) -> None:
    """Write the rows of a mapping as CSV (UTF-8 with its mark, so that Excel reads it); participants are left out.

    Raises:
        OutputError: the file exists or cannot be written.
    """
    from qdpx_compassion.files.atomic import write_atomically

    text = io.StringIO()
    writer = csv.DictWriter(text, KEYS, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(_entries(mapping, framework))
    write_atomically(path, text.getvalue().encode("utf-8-sig", "replace"), force=force)


def write_mapping_toml(path: Path, mapping: CodeMapping, framework: Framework, *, force: bool = False) -> None:
    """Write all of a mapping as TOML.

    Raises:
        OutputError: the file exists or cannot be written.
    """
    from qdpx_compassion.files.atomic import write_atomically

    tables: list[tuple[str, Entry]] = [("mapping", entry) for entry in _entries(mapping, framework)]
    for one in mapping.participants:
        entry = {"guid": one.key, "name": one.name, "label": one.label, "group": one.group}
        entry |= {"include": "yes" if one.include else "no", "sources": "\n".join(one.sources)}
        tables.append(("participant", entry))
    for each in mapping.exceptions:
        word = INCLUDE_WORDS[each.include]
        entry = {"selection": each.selection_guid, "construct": each.construct_id, "include": word, "why": each.why}
        tables.append(("exception", entry))
    parts = []
    for name, table in tables:
        lines = [f"{key} = {_toml_string(value)}" for key, value in table.items() if value]
        parts.append("\n".join([f"[[{name}]]", *lines]))
    text = "\n\n".join(parts) if parts else "mapping = []"
    write_atomically(path, (text + "\n").encode("utf-8", "replace"), force=force)


def _decode(path: Path, findings: list[Finding]) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise cannot_read(path, error) from error
    if len(data) > _LARGEST:
        raise InputError(
            f"The file has more than {_LARGEST >> 20} MB, so it is hardly a mapping.",
            where=str(path),
            remedy="Make one with `qdpx-compassion mapping new`.",
        )
    try:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        findings.append(Finding("text-encoding", "The file is not UTF-8; it was read as Windows-1252.", path.name))
        return data.decode("cp1252", "replace")


def _known(headings: Iterable[str]) -> list[str]:
    return [heading for heading in headings if fold(heading.strip().strip('"')) in _HEADINGS]


def _plain(value: Any) -> str:
    """A TOML value as it would stand in a cell."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "\n".join(_plain(one) for one in value)
    return str(value).strip()


@dataclass
class _Draft:
    """A row that grows with each entry of its code."""

    guid: str
    path: tuple[str, ...]
    where: str
    marks: dict[str, bool] = field(default_factory=dict)
    none: set[str] = field(default_factory=set)
    themes: dict[str, str] = field(default_factory=dict)
    sub_codes: dict[bool, str] = field(default_factory=dict)
    rationale: list[str] = field(default_factory=list)
    decided_by: list[str] = field(default_factory=list)

    def row(self) -> MappingRow:
        return MappingRow(
            self.guid,
            self.path,
            self.marks,
            frozenset(self.none),
            self.themes,
            False not in self.sub_codes,
            "; ".join(self.rationale),
            "; ".join(self.decided_by),
            self.where,
        )


def _rows(entries: Sequence[tuple[str, Entry]], framework: Framework, findings: list[Finding]) -> Iterator[MappingRow]:
    """Entries put together by code, in the order in which codes first appear."""
    drafts: dict[tuple[str, tuple[str, ...]], _Draft] = {}
    for where, entry in entries:
        code, guid = entry.get("code", ""), entry.get("guid", "")
        if not guid and is_guid(code):
            code, guid = "", code
        path = read_path(code) if code else ()
        if guid and code and normalise_guid(code) == normalise_guid(guid):
            path = ()
        draft = drafts.setdefault((normalise_guid(guid), path), _Draft(guid, path, where))
        _take(draft, entry, where, framework, findings)
    for draft in drafts.values():
        yield draft.row()


def _take(draft: _Draft, entry: Entry, where: str, framework: Framework, findings: list[Finding]) -> None:
    """Add one entry to its code's row, or note what cannot be understood."""
    for key, texts in (("rationale", draft.rationale), ("decided_by", draft.decided_by)):
        if entry.get(key) and entry[key] not in texts:
            texts.append(entry[key])
    try:
        covers = read_mark(entry.get("sub_codes", ""))
        if covers is not None:
            draft.sub_codes[covers] = where
            if len(draft.sub_codes) == 2:
                message = "Entries of one code disagree about sub_codes; “no” was used."
                findings.append(Finding("mapping-contradiction", message, where))
        dimension = _take_mark(draft, entry, where, framework, findings)
    except UnknownMark as error:
        message = f"“{error}” is neither yes (x, 1, yes, …) nor no (0, no, –, …)."
        findings.append(Finding("mapping-mark-unknown", message, where))
        return
    if entry.get("theme"):
        with_themes = [one for one in framework.dimensions if one.themes]
        about = dimension or (with_themes[0] if len(with_themes) == 1 else None)
        if about is not None and about.themes:
            draft.themes[about.id] = entry["theme"]
        else:
            message = f"The theme “{entry['theme']}” stands beside a construct that has no themes; it was not used."
            findings.append(Finding("mapping-contradiction", message, where))


def _take_mark(
    draft: _Draft, entry: Entry, where: str, framework: Framework, findings: list[Finding]
) -> Dimension | None:
    """Add an entry's mark. Returns the dimension that it is about.

    Raises:
        UnknownMark: the mark is neither yes nor no.
    """
    name, written = entry.get("construct", ""), entry.get("mark", "")
    if not name:
        if written:
            findings.append(Finding("mapping-construct-unknown", "The entry names no construct.", where))
        return None
    construct = find_construct(framework, name)
    if construct is not None:
        mark = read_mark(written)
        if mark is not None and draft.marks.setdefault(construct.id, mark) != mark:
            message = f"Another entry of this code says the opposite about {construct.id}; the first was used."
            findings.append(Finding("mapping-contradiction", message, where))
        return framework.dimension(construct.dimension_id)
    none = find_none(framework, name)
    if none is not None:
        draft.none.update({none.id} if read_mark(written) else ())
        return none
    dimension = find_dimension(framework, name)
    if dimension is None:
        known = ", ".join(one.id for one in framework.constructs)
        message = f"The framework “{framework.title}” has no “{name}”. It has: {known}."
        findings.append(Finding("mapping-construct-unknown", message, where))
        return None
    chosen = find_construct(framework, written, dimension)
    if chosen is not None:  # a dimension with the name of its construct as mark
        draft.marks[chosen.id] = True
    elif fold(written) == "none" or read_mark(written) is False:
        draft.none.add(dimension.id)
    elif written:
        raise UnknownMark(written)
    return dimension


def _participants(entries: Iterable[tuple[str, Entry]], findings: list[Finding]) -> Iterator[ParticipantRow]:
    for where, entry in entries:
        if "guid" not in entry:
            findings.append(Finding("mapping-participant", "The entry has no guid: it says nothing of whom.", where))
            continue
        try:
            include = read_mark(entry.get("include", "")) is not False
        except UnknownMark as error:
            message = f"“{error}” is neither yes nor no; the participant is included."
            findings.append(Finding("mapping-mark-unknown", message, where))
            include = True
        sources = tuple(entry.get("sources", "").splitlines())
        name, label, group = (entry.get(key, "") for key in ("name", "label", "group"))
        yield ParticipantRow(entry["guid"], name, label, sources, group, include, where)


def _exceptions(
    entries: Iterable[tuple[str, Entry]], framework: Framework, findings: list[Finding]
) -> Iterator[SelectionException]:
    for where, entry in entries:
        missing = [key for key in _EXCEPTION_KEYS[:3] if key not in entry]
        if missing:
            message = "The exception does not say " + " and ".join(missing) + "."
            findings.append(Finding("mapping-exception-incomplete", message, where))
        written = entry.get("include", "")
        try:
            include = {"include": True, "exclude": False}.get(fold(written))
            include = read_mark(written) if include is None else include
        except UnknownMark as error:
            include = None
            findings.append(Finding("mapping-mark-unknown", f"“{error}” is neither include nor exclude.", where))
        said = entry.get("construct", "")
        construct = find_construct(framework, said)
        # An incomplete one too: what else is wrong with it is named with the rest.
        held = construct.id if construct else said
        yield SelectionException(entry.get("selection", ""), held, include, entry.get("why", ""), where)


def _entries(mapping: CodeMapping, framework: Framework) -> Iterator[dict[str, str]]:
    """The entries of all rows: one a mark, a dimension decided to be none, or a theme alone; else an empty one."""
    for row in mapping.rows:
        said: list[dict[str, str]] = []
        themed: set[str] = set()
        for identifier, mark in row.marks.items():
            construct = framework.construct(identifier)
            about = construct.dimension_id if construct else ""
            entry = {"construct": identifier, "mark": WRITTEN[mark]}
            if row.themes.get(about) and about not in themed:
                themed.add(about)
                entry["theme"] = row.themes[about]
            said.append(entry)
        for dimension in framework.dimensions:
            if dimension.id in row.no_element:
                said.append({"construct": none_heading(dimension), "mark": "x"})
            if row.themes.get(dimension.id) and dimension.id not in themed:
                said.append({"construct": dimension.id, "theme": row.themes[dimension.id]})
        common = {
            "code": write_path(row.path) if row.path else row.guid,
            "guid": row.guid,
            "sub_codes": "yes" if row.sub_codes else "no",
            "rationale": row.rationale,
            "decided_by": row.decided_by,
        }
        for entry in said or [{}]:
            yield {key: (entry | common)[key] for key in KEYS if key in entry or key in common}


def _toml_string(text: str) -> str:
    """A TOML basic string; JSON's escapes are a part of TOML's, but for DEL, which TOML wants escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
