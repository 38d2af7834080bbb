"""Read a codebook (.qdc): codes and sets alone, of any program, whatever its namespace (section 6 of the standard)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.errors import InputError
from qdpx_compassion.files.limits import Limits, current_limits
from qdpx_compassion.files.recognise import no_such_file
from qdpx_compassion.findings import Finding, count
from qdpx_compassion.refi.dialects import Dialect, recognise
from qdpx_compassion.refi.guids import is_guid, normalise_guid
from qdpx_compassion.refi.names import CODEBOOK_NAMESPACE, XSI_NAMESPACE
from qdpx_compassion.refi.scanner import Scanner, shown_name
from qdpx_compassion.tables import TABLES, Rows

_CHUNK = 1 << 18
_CODE, _SET = TABLES["codes"].position, TABLES["sets"].position
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}

_CHILDREN = {
    "CodeBook": ("Codes", "Sets"),
    "Codes": ("Code",),
    "Code": ("Description", "Code"),
    "Sets": ("Set",),
    "Set": ("Description", "MemberCode"),
    "MemberCode": (),
    "Description": (),
}
_ATTRIBUTES = {
    "CodeBook": ("origin",),
    "Code": ("guid", "name", "isCodable", "color"),
    "Set": ("guid", "name"),
    "MemberCode": ("guid",),
}


@dataclass
class Codebook:
    """The codes of a study without its texts.

    Attributes:
        name: file name.
        origin: the program that wrote it, as it says; empty when it does not.
        namespace: of the document; empty when it has none.
        rows: the tables ``codes``, ``sets`` and ``set_members``, with the columns that a project's have.
        findings: what was noticed while reading.
    """

    name: str
    origin: str = ""
    namespace: str = ""
    rows: dict[str, Rows] = field(default_factory=lambda: {"codes": [], "sets": [], "set_members": []})
    findings: list[Finding] = field(default_factory=list)

    @property
    def dialect(self) -> Dialect:
        """The profile of the program that wrote it."""
        return recognise(self.origin)

    @property
    def tree(self) -> CodeTree:
        """Its codes as a tree."""
        return CodeTree(self.rows["codes"])


def read_codebook(path: Path, *, limits: Limits | None = None) -> Codebook:
    """Read a codebook.

    Args:
        path: a .qdc.
        limits: see ``files/limits.py``; None: those that hold at the moment.

    Raises:
        InputError: the file cannot be read as a codebook.
    """
    limits = limits or current_limits()
    codebook = Codebook(path.name)
    reading = _Reading(codebook)
    scanner = Scanner(reading.start, reading.end, where=path.name, limits=limits)
    reading.scanner = scanner
    scanner.scan(_chunks(path, limits.document_bytes))
    codebook.namespace = scanner.namespace
    codebook.findings += [*scanner.findings, *reading.findings()]
    return codebook


def _chunks(path: Path, limit: int) -> Iterator[bytes]:
    total = 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                if not total and chunk.startswith(b"PK\x03\x04"):
                    raise InputError(
                        "This is an archive, not a codebook.",
                        where=str(path),
                        remedy="A project (.qdpx) holds its codebook inside: give it as a project.",
                    )
                total += len(chunk)
                if total > limit:
                    raise InputError("The codebook is larger than it may be.", where=str(path))
                yield chunk
    except FileNotFoundError as error:
        raise no_such_file(path) from error
    except OSError as error:
        raise InputError(f"The file cannot be read: {error.strerror or error}.", where=str(path)) from error


class _Reading:
    """The handlers of one scan."""

    scanner: Scanner

    def __init__(self, codebook: Codebook) -> None:
        self._codebook, self._rows = codebook, codebook.rows
        self._stack: list[tuple[str, int]] = []  # (element, row)
        self._wrappers: list[bool] = []
        self._skipped = 0
        self._text: list[str] = []
        self._unknown: Counter[tuple[str, str]] = Counter()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        parent, row = self._stack[-1] if self._stack else ("", -1)
        if self._skipped or name[0] == "{":
            self._note_once(name)
            self._skipped += 1
            return
        if parent and name not in _CHILDREN[parent]:
            # a wrapper such as SubCodes: what is in it is read as if it were not there
            self._unknown["xml-unknown-element", f"{name} in {parent}"] += 1
            self._wrappers.append(True)
            return
        if not parent and name != "CodeBook":
            raise self._no_codebook(name)
        self._wrappers.append(False)
        self._note_attributes(name, attributes)
        self._stack.append((name, self._element(name, attributes, parent, row)))

    def end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
        elif not self._wrappers.pop():
            _, row = self._stack.pop()
            if name == "Description":
                self.scanner.collect_text(None)
                parent, _ = self._stack[-1]
                table, at = ("codes", _CODE) if parent == "Code" else ("sets", _SET)
                self._rows[table][row][at["description"]] = "".join(self._text)

    def _note_once(self, name: str) -> None:
        if not self._skipped:
            self._unknown["xml-unknown-element", name] += 1

    def _note_attributes(self, name: str, attributes: dict[str, str]) -> None:
        for attribute in attributes:
            if attribute not in _ATTRIBUTES.get(name, ()) and XSI_NAMESPACE not in attribute:
                self._unknown["xml-unknown-attribute", f"{shown_name(attribute)} on {name}"] += 1
        if name in ("Code", "Set") and not is_guid(attributes.get("guid", "")):
            self._unknown["guid-form", name] += 1

    def _element(self, name: str, attributes: dict[str, str], parent: str, row: int) -> int:
        """Make the row of an element; the number of its row."""
        if name == "CodeBook":
            self._codebook.origin = attributes.get("origin", "")
        elif name == "Code":
            return self._code(attributes, row if parent == "Code" else None)
        elif name == "Set":
            made = [attributes.get("guid"), attributes.get("name"), None]
            self._rows["sets"].append(made)
            return len(self._rows["sets"]) - 1
        elif name == "MemberCode":
            # codebooks have guid here, projects targetGUID; some programs write the one for the other
            member = attributes.get("guid", attributes.get("targetGUID"))
            if member is not None:
                self._rows["set_members"].append([row, "MemberCode", member])
        elif name == "Description":
            self._text.clear()
            self.scanner.collect_text(self._text.append)
        return row

    def _code(self, attributes: dict[str, str], parent: int | None) -> int:
        codes = self._rows["codes"]
        made: list[Any] = [None] * len(_CODE)
        made[_CODE["guid"]], made[_CODE["name"]] = attributes.get("guid"), attributes.get("name")
        made[_CODE["color"]] = attributes.get("color")
        written = attributes.get("isCodable")
        if written is not None:
            made[_CODE["is_codable"]] = typed = _BOOLEANS.get(written.strip())
            if written not in ("true", "false"):
                made[_CODE["is_codable_written"]] = written
            if typed is None:
                self._unknown["value-unreadable", "isCodable on Code"] += 1
        if parent is not None:
            made[_CODE["parent_row"]], made[_CODE["parent_guid"]] = parent, codes[parent][_CODE["guid"]]
        codes.append(made)
        return len(codes) - 1

    def _no_codebook(self, name: str) -> InputError:
        if name == "Project":
            return InputError(
                "This is a whole project, not a codebook.",
                where=self._codebook.name,
                remedy="Rename it so that it ends in .qde, or give the .qdpx.",
            )
        return InputError(
            f"The document's first element is {name}, not CodeBook.",
            where=self._codebook.name,
            remedy="Export a REFI-QDA codebook (.qdc) from your program and give that file.",
        )

    def findings(self) -> list[Finding]:
        """What was met that the standard does not know, one finding a kind."""
        where, namespace = self._codebook.name, self.scanner.namespace
        found = []
        if namespace != CODEBOOK_NAMESPACE:
            has = f"The document's namespace is “{namespace}”" if namespace else "The document has no namespace"
            message = f"{has}, not {CODEBOOK_NAMESPACE}."
            found.append(Finding("xml-namespace", message, where))
        said = {
            "xml-unknown-element": "{}: the standard does not know it; it was left aside ({:,}×).",
            "xml-unknown-attribute": "{}: the standard does not know it; it was left aside ({:,}×).",
            "guid-form": "The guid of {} is not a GUID ({:,}×).",
            "value-unreadable": "{} is no number or boolean that can be used; it is kept as written ({:,}×).",
        }
        if number := self._unknown.pop(("xml-unknown-attribute", "targetGUID on MemberCode"), 0):
            message = f"targetGUID on MemberCode: in a codebook it is called guid; it was read so ({number:,}×)."
            found.append(Finding("xml-unknown-attribute", message, where))
        found += [
            Finding(code, said[code].format(what, number), where) for (code, what), number in self._unknown.items()
        ]
        known = {normalise_guid(code[_CODE["guid"]] or "") for code in self._rows["codes"]}
        missing = [member[2] for member in self._rows["set_members"] if normalise_guid(member[2]) not in known]
        if missing:
            message = count(len(missing), "member of a set is no code", "members of sets are no codes")
            message += f" of this codebook: {', '.join(missing[:3])}."
            found.append(Finding("reference-dangling", message, where))
        return found
