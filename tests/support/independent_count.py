"""The study's numbers, counted from the XML and the mapping's CSV alone: nothing of the program takes part."""

import csv
import tomllib
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

#: Source, first and last position as written.
Place = tuple[str, int, int]
FRAMEWORK = Path(__file__).resolve().parents[2] / "qdpx_compassion" / "frameworks" / "compassion.toml"


@dataclass
class Counted:
    """A project whose texts are coded, each by one participant.

    Attributes:
        groups: source → its group. codes: GUID → path. codings: what is coded, each code at a place once.
        constructs: GUID of a code → what it expresses. names: id of a construct → its name.
        dimensions: id of a dimension → ids of its constructs.
    """

    groups: dict[str, str]
    codes: dict[str, tuple[str, ...]]
    codings: set[tuple[Place, str]]
    constructs: dict[str, set[str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    dimensions: dict[str, list[str]] = field(default_factory=dict)

    @property
    def group_names(self) -> list[str]:
        return sorted(set(self.groups.values()))

    def size(self, group: str = "") -> int:
        return sum(one == group for one in self.groups.values()) if group else len(self.groups)

    def numbers(self, codings: Iterable[tuple[Place, str]], *, values: bool = False) -> tuple[int, ...]:
        """Participants of all and of each group, values if asked for, quotations, codings."""
        chosen = set(codings)
        people = {source for (source, _, _), _ in chosen}
        by_group = [sum(self.groups[one] == group for one in people) for group in self.group_names]
        codes = [len({code for _, code in chosen})] if values else []
        return (len(people), *by_group, *codes, len({place for place, _ in chosen}), len(chosen))

    def held(self, construct: str) -> set[tuple[Place, str]]:
        return {one for one in self.codings if construct in self.constructs.get(one[1], ())}

    @property
    def elements(self) -> list[str]:
        return self.dimensions.get("element", [])

    def overview(self) -> dict[str, set[tuple[int, ...]]]:
        """Name of an element → its numbers."""
        return {self.names[one]: {self.numbers(self.held(one), values=True)} for one in self.elements}

    def value_codes(self) -> list[str]:
        """Codes that are coded, but for those that say something of other questions only."""
        coded = {code for _, code in self.codings}
        return [code for code in coded if not self.constructs.get(code) or self.constructs[code] & set(self.elements)]

    def values(self) -> dict[str, set[tuple[int, ...]]]:
        """Name of a value → its numbers, several where values have one name."""
        found: dict[str, set[tuple[int, ...]]] = defaultdict(set)
        for code in self.value_codes():
            found[self.codes[code][-1]].add(self.numbers(one for one in self.codings if one[1] == code))
        return dict(found)

    def themes(self, dimension: str) -> dict[str, set[tuple[int, ...]]]:
        """Name of a theme → its numbers."""
        coded = {code for _, code in self.codings}
        return {
            self.codes[code][-1]: {self.numbers(one for one in self.codings if one[1] == code)}
            for code in coded
            if self.constructs.get(code, set()) & set(self.dimensions[dimension])
        }

    def _expressed_around(self, place: Place) -> set[str]:
        source, start, end = place
        return {
            construct
            for (other, first, last), code in self.codings
            if other == source and ((first, last) == (start, end) or (first < end and start < last))
            for construct in self.constructs.get(code, ())
        }

    def effects(self, dimension: str) -> dict[str, set[tuple[int, ...]]]:
        """Element (or “No element”) → quotations by construct, then participants by construct."""
        table: dict[str, list[set[Place]]] = {}
        kinds = self.dimensions[dimension]
        for name in [*(self.names[one] for one in self.elements), "No element"]:
            table[name] = [set() for _ in kinds]
        for number, kind in enumerate(kinds):
            for place in {place for place, _ in self.held(kind)}:
                met = self._expressed_around(place) & set(self.elements)
                for name in [self.names[one] for one in met] or ["No element"]:
                    table[name][number].add(place)
        return {
            name: {(*map(len, places), *(len({place[0] for place in one}) for one in places))}
            for name, places in table.items()
        }

    def meetings(self) -> dict[str, set[tuple[int, ...]]]:
        """Name of a value → of its quotations, how many meet each element."""
        found: dict[str, set[tuple[int, ...]]] = defaultdict(set)
        for code in self.value_codes():
            around = [self._expressed_around(place) for place, other in self.codings if other == code]
            found[self.codes[code][-1]].add(tuple(sum(one in here for here in around) for one in self.elements))
        return dict(found)


def count_project(path: Path, variable: str, mapping: Path | None = None) -> Counted:
    """Count a project.

    Args:
        path: its archive.
        variable: of sources, or the first part of names of sets of sources, that says their groups.
        mapping: a CSV.
    """
    with zipfile.ZipFile(path) as archive:
        root = etree.fromstring(archive.read(next(name for name in archive.namelist() if name.endswith(".qde"))))
    cases = {_guid(one) for one in _all(root, "Case")}
    codes = {_guid(one): _path(one) for one in _all(root, "Code") if _guid(one) not in cases}
    codings = set()
    for selection in _all(root, "PlainTextSelection"):
        source = selection.getparent()
        assert source is not None
        if _local(source) != "TextSource":
            continue
        place = (_guid(source), int(str(selection.get("startPosition"))), int(str(selection.get("endPosition"))))
        for reference in _all(selection, "CodeRef"):
            if _guid(reference, "targetGUID") in codes:
                codings.add((place, _guid(reference, "targetGUID")))
    counted = Counted(_groups(root, variable), codes, codings)
    if mapping is not None:
        _decide(counted, mapping)
    return counted


def _groups(root: etree._Element, variable: str) -> dict[str, str]:
    names = {_guid(one): str(one.get("name")) for one in _all(root, "Variable")}
    groups = {}
    for source in _all(root, "TextSource"):
        for value in _all(source, "VariableValue"):
            reference, said = (*value,)
            if names[_guid(reference, "targetGUID")].endswith(variable):
                groups[_guid(source)] = str(said.text)
    for one in _all(root, "Set"):
        if str(one.get("name")).startswith(f"{variable}: "):
            for member in _all(one, "MemberSource"):
                groups[_guid(member, "targetGUID")] = str(one.get("name")).removeprefix(f"{variable}: ")
    assert set(groups) == {_guid(one) for one in _all(root, "TextSource")}
    return groups


def _decide(counted: Counted, mapping: Path) -> None:
    framework = tomllib.loads(FRAMEWORK.read_text(encoding="utf-8"))
    for dimension in framework["dimension"]:
        counted.dimensions[dimension["id"]] = [one["id"] for one in dimension["construct"]]
        counted.names |= {one["id"]: one["name"] for one in dimension["construct"]}
    dimension_of = {one: name for name, constructs in counted.dimensions.items() for one in constructs}
    dimension_of["no element"] = "element"
    said: dict[tuple[tuple[str, ...], str], set[str]] = {}
    with mapping.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            assert row["sub_codes"] == "yes"
            here = said.setdefault((tuple(row["code"].split(" > ")), dimension_of[row["construct"]]), set())
            here |= {row["construct"]} if row["mark"] == "yes" else set()
    for guid, path in counted.codes.items():
        held: set[str] = set()
        for dimension in counted.dimensions:
            above = (path[:length] for length in range(len(path), 0, -1))
            held |= next((said[one, dimension] for one in above if (one, dimension) in said), set())
        counted.constructs[guid] = held - {"no element"}


def _all(element: etree._Element, name: str) -> list[etree._Element]:
    return [one for one in element.iter(etree.Element) if _local(one) == name]


def _local(element: etree._Element) -> str:
    return str(etree.QName(element).localname)


def _guid(element: etree._Element, attribute: str = "guid") -> str:
    return str(element.get(attribute)).lower()


def _path(code: etree._Element) -> tuple[str, ...]:
    parent = code.getparent()
    above = _path(parent) if parent is not None and _local(parent) == "Code" else ()
    return (*above, str(code.get("name")))
