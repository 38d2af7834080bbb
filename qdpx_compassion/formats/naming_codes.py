"""Codings that a person added in a spreadsheet and that name their code by its path, as it stands in other rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qdpx_compassion.code_tree import read_path
from qdpx_compassion.findings import Finding
from qdpx_compassion.refi.guids import derive
from qdpx_compassion.tables import TABLES

if TYPE_CHECKING:
    from qdpx_compassion.formats.assembling import Entry

_CODE, _CODING = TABLES["codes"].position, TABLES["codings"].position


def name_codes(codings: list[Entry], codes: list[Entry], findings: list[Finding]) -> None:
    """Give codings without ``code_guid`` the GUID of the code whose path their column ``code`` holds.

    Args:
        codings: rows of the table; changed.
        codes: every parent before its children.
        findings: paths that no code has, or several; added rows that name none.
    """
    guid = _CODING["code_guid"]
    unnamed = [coding for coding in codings if coding.values[guid] is None]
    by_path = _by_path(codes) if any(coding.code for coding in unnamed) else {}
    for coding in unnamed:
        if coding.code:
            found = by_path.get(_plain(read_path(coding.code)), [])
            if len(found) == 1:
                coding.values[guid] = _guid_of(found[0])
                continue
            many = "No code has" if not found else f"{len(found)} codes have"
            message = f"{many} the path “{coding.code}”. Write the code's GUID into code_guid."
            findings.append(Finding("table-reference", message, coding.at("code")))
        elif coding.key is None:
            message = "The coding names no code: write its GUID here, or its path into the column code."
            findings.append(Finding("table-cell", message, coding.at("code_guid")))


def _by_path(codes: list[Entry]) -> dict[tuple[str, ...], list[Entry]]:
    paths: dict[int | None, tuple[str, ...]] = {None: ()}
    found: dict[tuple[str, ...], list[Entry]] = {}
    for code in codes:
        path = (*paths.get(code.values[_CODE["parent_row"]], ()), code.values[_CODE["name"]] or "")
        if code.key is not None:
            paths[code.key] = path
        found.setdefault(_plain(path), []).append(code)
    return found


def _plain(path: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.strip() for name in path)


def _guid_of(code: Entry) -> str:
    """The GUID of a code; one that a person numbered but gave none gets one."""
    at = _CODE["guid"]
    if code.values[at] is None:
        code.values[at] = derive("added row", "codes", str(code.key))
    return str(code.values[at])
