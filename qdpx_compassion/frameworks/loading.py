"""Read a framework file and check it; each message names the file, the line and what to write instead."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qdpx_compassion.errors import FrameworkError
from qdpx_compassion.files.package_data import package_data
from qdpx_compassion.files.toml_places import Place, Places, parse_toml
from qdpx_compassion.frameworks.form import COLOR_PATTERN, FORM, ID_PATTERN, PALETTE, Key, Kind
from qdpx_compassion.frameworks.framework import (
    Construct,
    Dimension,
    Framework,
    construct_guid,
    dimension_guid,
    framework_guid,
)

#: A framework is a page or two of text; a file beyond this many bytes is something else.
MAX_BYTES = 2_000_000

_DEFAULT = "compassion"
#: The .toml files beside this module, the default first.
_BUILTIN = (_DEFAULT,)
_ANOTHER = "Another framework is a file of your own: my-framework.toml."
_AS_UTF8 = "Save it as UTF-8 (in most editors: Save as, encoding UTF-8)."


def builtin_frameworks() -> tuple[str, ...]:
    """The names of the frameworks that come with the program, the default first."""
    return _BUILTIN


def load_framework(name_or_path: str | Path = _DEFAULT) -> Framework:
    """Load a built-in framework by its name, or a framework file.

    Args:
        name_or_path: a name of ``builtin_frameworks()``, or the path of a TOML file.

    Raises:
        FrameworkError: there is no such framework, or the file does not say what a framework must say.
    """
    name = str(name_or_path)
    if name in builtin_frameworks():
        return _builtin(name)
    return read_framework(_bytes_of(name), name)


def _builtin(name: str) -> Framework:
    data = package_data("qdpx_compassion.frameworks", f"{name}.toml")
    return _read(data, f"{name}.toml")[0]


def read_framework(data: bytes, name: str) -> Framework:
    """A framework from the bytes of its file.

    Args:
        data: TOML in UTF-8, with or without byte order mark.
        name: what messages call the file.

    Raises:
        FrameworkError: naming the first problem, its line and the remedy. One of them is the id of a built-in framework
            with other content: GUIDs follow from ids, so in a project nobody could tell the two apart.
    """
    framework, places = _read(data, name)
    if framework.id in builtin_frameworks() and framework != _builtin(framework.id):
        raise FrameworkError(
            f"The id “{framework.id}” is that of a built-in framework, and this file says something else.",
            where=f"{name}, line {places.line(('id',))}",
            remedy=f"Choose another id, for example “my-{framework.id}”: what is in a project is told apart by it.",
        )
    return framework


def _read(data: bytes, name: str) -> tuple[Framework, Places]:
    text = _decoded(data, name)
    document, places = _parsed(text, name)
    return _Reader(name, places).framework(document), places


def _bytes_of(name: str) -> bytes:
    path = Path(name)
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise _missing(name) from None
    except IsADirectoryError:
        raise FrameworkError("This is a folder, not a framework file.", where=name, remedy=_ANOTHER) from None
    except (OSError, ValueError) as error:
        if path.name and _is_folder(path):  # Windows says "permission denied" of folders
            raise FrameworkError("This is a folder, not a framework file.", where=name, remedy=_ANOTHER) from None
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise FrameworkError(
            f"The framework file cannot be read ({reason}).", where=name, remedy="Check its name and permissions."
        ) from None
    if len(data) > MAX_BYTES:
        raise FrameworkError(
            f"The file has more than {MAX_BYTES // 1_000_000} MB, so it is hardly a framework.",
            where=name,
            remedy="Give a TOML file of the form that the documentation shows.",
        )
    return data


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _missing(name: str) -> FrameworkError:
    known = builtin_frameworks()
    if "/" in name or "\\" in name or name.lower().endswith(".toml"):
        return FrameworkError(
            "There is no such file.", where=name, remedy=f"Check the path, or use a built-in framework: {_list(known)}."
        )
    return FrameworkError(
        f"There is no framework called “{name}”.",
        remedy=f"{_near(name, known)}Built in: {_list(known)}. {_ANOTHER}",
    )


def _list(names: Sequence[str]) -> str:
    return ", ".join(names)


def _near(written: str, known: Sequence[str]) -> str:
    """``Did you mean “…”? `` when a known name is near what was written; otherwise nothing."""
    folded = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(written.casefold(), folded, n=1, cutoff=0.6)
    return f"Did you mean “{folded[found[0]]}”? " if found else ""


def _decoded(data: bytes, name: str) -> str:
    start = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"PK\x03\x04", b"<")):
        raise FrameworkError(
            "This is no framework file: a framework is TOML text, and this is an archive or XML.",
            where=f"{name}, line 1",
            remedy="Give a .toml file; a project or codebook is given elsewhere.",
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
        what = "it seems to be UTF-16" if utf16 else f"byte 0x{data[error.start]:02X} looks like Windows-1252"
        raise FrameworkError(
            f"The file is not in UTF-8 ({what}).", where=f"{name}, line {line}", remedy=_AS_UTF8
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise FrameworkError(
            "The file holds zero bytes; it seems to be UTF-16.", where=f"{name}, line {line}", remedy=_AS_UTF8
        )
    return text


def _parsed(text: str, name: str) -> tuple[dict[str, Any], Places]:
    try:
        return parse_toml(text), Places(text)
    except RecursionError:
        raise FrameworkError(
            "Lists or tables are nested far too deeply.", where=name, remedy="A framework needs no nested lists."
        ) from None
    except ValueError as error:
        message = str(error)
        found = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)", message)
        line = int(found[1]) if found and found[1] else text.rstrip().count("\n") + 1
        told = message[: found.start()] if found else "a number has too many digits"
        raise FrameworkError(
            f"The file is not valid TOML: {told}.",
            where=f"{name}, line {line}" if found else name,
            remedy='Texts stand in quotation marks: key = "text"; a new table begins with [[dimension]].',
        ) from None


@dataclass(frozen=True, slots=True)
class _Reader:
    """Turns the parsed document into a Framework; knows where each key stands."""

    name: str
    places: Places

    def framework(self, document: Mapping[str, Any]) -> Framework:
        values = self._table("framework", document, ())
        identifier: str = values["id"]
        citation: str = values.get("citation", "")
        dimensions: list[Dimension] = []
        taken: dict[str, Place] = {}
        first = 0
        for number, raw in enumerate(values["dimension"]):
            dimension = self._dimension(raw, ("dimension", number), identifier, citation, taken, first)
            first += len(dimension.constructs)
            dimensions.append(dimension)
        places: list[Place] = [("dimension", number) for number in range(len(dimensions))]
        self._all_differ([d.id for d in dimensions], [(*place, "id") for place in places], "Two dimensions have the id")
        titles = [(*place, "title") for place in places]
        self._all_differ([d.title for d in dimensions], titles, "Two dimensions have the title")
        return Framework(
            id=identifier,
            title=values["title"],
            version=values["version"],
            description=values.get("description", ""),
            citation=citation,
            dimensions=tuple(dimensions),
            guid=framework_guid(identifier),
        )

    def _dimension(
        self, raw: Mapping[str, Any], place: Place, framework: str, citation: str, taken: dict[str, Place], first: int
    ) -> Dimension:
        values = self._table("dimension", raw, place)
        constructs: list[Construct] = []
        for number, table in enumerate(values["construct"]):
            at = (*place, "construct", number)
            read = self._table("construct", table, at)
            if read["id"] in taken:
                raise self._twice("Two constructs have the id", read["id"], (*at, "id"), taken[read["id"]])
            taken[read["id"]] = (*at, "id")
            constructs.append(
                Construct(
                    id=read["id"],
                    name=read["name"],
                    definition=read["definition"],
                    color=read.get("color", PALETTE[(first + number) % len(PALETTE)]).upper(),
                    dimension_id=values["id"],
                    guid=construct_guid(framework, read["id"]),
                )
            )
        names: list[Place] = [(*place, "construct", number, "name") for number in range(len(constructs))]
        self._all_differ([c.name for c in constructs], names, "Two constructs of this dimension have the name")
        return Dimension(
            id=values["id"],
            title=values["title"],
            question=values["question"],
            citation=values.get("citation", citation),
            several=values.get("several", True),
            themes=values.get("themes", False),
            constructs=tuple(constructs),
            guid=dimension_guid(framework, values["id"]),
        )

    def _table(self, kind: str, table: Mapping[str, Any], place: Place) -> dict[str, Any]:
        """The checked values of one table; what is not there and not required is absent."""
        form = FORM[kind]
        what = self._called(kind, table)
        for key in table:
            if key not in form:
                known = f"{_near(key, tuple(form))}A {kind} has: {_list(tuple(form))}."
                raise self._error(f"The key “{key}” is not known in {what}.", (*place, key), known)
        for key, rule in form.items():
            if rule.required and key not in table:
                raise self._error(f"The key “{key}” is missing in {what}.", place, f"Add {_example(key, rule)}")
        return {key: self._value(key, rule, table[key], (*place, key)) for key, rule in form.items() if key in table}

    @staticmethod
    def _called(kind: str, table: Mapping[str, Any]) -> str:
        """How messages call a table: by its id when it has one."""
        identifier = table.get("id")
        if kind == "framework":
            return "the framework"
        return f"the {kind} “{identifier}”" if isinstance(identifier, str) and identifier else f"this {kind}"

    def _value(self, key: str, rule: Key, value: object, place: Place) -> object:
        if rule.kind is Kind.TABLES:
            return self._tables(key, value, place)
        wanted = bool if rule.kind is Kind.BOOLEAN else str
        if not isinstance(value, wanted):
            raise self._error(
                f"“{key}” must be {rule.kind.value}, and {_type_name(value)} stands there.",
                place,
                f"Write {_example(key, rule)}",
            )
        return value if isinstance(value, bool) else self._text(key, rule, str(value), place)

    def _tables(self, key: str, value: object, place: Place) -> list[Any]:
        header = "[[dimension]]" if key == "dimension" else "[[dimension.construct]]"
        remedy = f"Begin each {key} with a line {header}."
        if not isinstance(value, list):
            raise self._error(f"“{key}” must be a list of tables, and {_type_name(value)} stands there.", place, remedy)
        if not value:
            raise self._error(f"There is no {key}: the list is empty.", place, remedy)
        for number, item in enumerate(value):
            if not isinstance(item, dict):
                what = f"Each {key} must be a table, and {_type_name(item)} stands there."
                raise self._error(what, (*place, number), remedy)
        return value

    def _text(self, key: str, rule: Key, value: str, place: Place) -> str:
        text = value.replace("\r\n", "\n").strip()
        if not any(character.isprintable() and not character.isspace() for character in text):
            if rule.required or rule.kind is Kind.COLOR:
                raise self._error(f"“{key}” is empty.", place, f"Write {_example(key, rule)}")
            return ""
        if rule.kind is Kind.ID and not re.fullmatch(ID_PATTERN, value):
            remedy = "Use lower-case letters a to z, digits and single hyphens between them"
            proposal = _as_id(value)
            remedy += f", for example “{proposal}”." if proposal else "."
            raise self._error(f"The id “{value}” has not the form of an id.", place, remedy)
        if rule.kind is Kind.COLOR and not re.fullmatch(COLOR_PATTERN, value):
            remedy = "Write # and six digits 0 to 9 or A to F, for example “#44AA99”, or leave the key out."
            raise self._error(f"The colour “{value}” is not #RRGGBB.", place, remedy)
        if rule.kind is Kind.LINE and any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in text):
            raise self._error(
                f"“{key}” holds a line break, a tab or a control character.", place, "Write it on one line."
            )
        return text

    def _all_differ(self, values: Sequence[str], places: Sequence[Place], what: str) -> None:
        """Names that differ in nothing but letter case or composition count as equal: programs mix them up."""
        seen: dict[str, Place] = {}
        for value, place in zip(values, places, strict=True):
            key = " ".join(unicodedata.normalize("NFKC", value).casefold().split())
            if key in seen:
                raise self._twice(what, value, place, seen[key])
            seen[key] = place

    def _twice(self, what: str, value: str, place: Place, earlier: Place) -> FrameworkError:
        line = self.places.line(earlier)
        return self._error(f"{what} “{value}” (the other is in line {line}).", place, "Rename one of them.")

    def _error(self, what: str, place: Place, remedy: str) -> FrameworkError:
        return FrameworkError(what, where=f"{self.name}, line {self.places.line(place)}", remedy=remedy)


def _type_name(value: object) -> str:
    if isinstance(value, bool):
        return "true or false"
    names = {str: "text", int: "a number", float: "a number", list: "a list", dict: "a table"}
    return names.get(type(value), "a date or time")


def _example(key: str, rule: Key) -> str:
    examples = {
        "id": 'id = "my-id" (it never changes: the GUIDs follow from it).',
        "version": 'version = "1.0", in quotation marks.',
        "color": 'color = "#44AA99".',
        "dimension": "at least one table [[dimension]].",
        "construct": "at least one table [[dimension.construct]] below it.",
    }
    if rule.kind is Kind.BOOLEAN:
        return f"{key} = true or {key} = false, without quotation marks."
    return examples.get(key, f'{key} = "…", in quotation marks.')


def _as_id(written: str) -> str:
    """An id near what was written; empty when nothing of it can stand in one."""
    plain = unicodedata.normalize("NFKD", written).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall("[a-z0-9]+", plain))
