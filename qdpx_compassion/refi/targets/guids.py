"""GUIDs in the letter case that a program writes, and different ones where it refuses equal ones."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from qdpx_compassion.refi.guids import derive, normalise_guid
from qdpx_compassion.refi.repair.rules import NAMES_WHAT, REFERENCES
from qdpx_compassion.refi.targets.survey import TWIN, guid_hash, kind_of


class Guids:
    """Writes GUIDs; references follow the elements that they name.

    Args:
        case: the letter case; keep: as it is.
        equal: GUIDs that several elements have (``ProjectSurvey.equal_guids``); empty: they may stay equal.
    """

    def __init__(self, case: Literal["upper", "lower", "keep"], equal: dict[int, list[str]]) -> None:
        self._case, self._equal = case, equal
        self._met: Counter[int] = Counter()
        self.renewed: Counter[str] = Counter()

    def of_element(self, name: str, written: str) -> str:
        """The GUID of an element that begins; each is asked for once, in document order.

        Args:
            name: of the element.
            written: its GUID.
        """
        if not self._equal:
            return self.formed(written)
        key = guid_hash(written)
        kinds = self._equal.get(key)
        if kinds is None:
            return self.formed(written)
        number = self._met[key]
        self._met[key] += 1
        kind = kinds[number]
        if number == 0 or kind == TWIN:
            return self.formed(written)
        self.renewed[kind_of(name)] += 1
        return self.formed(_renewed(kind, kinds[:number].count(kind), written))

    def of_reference(self, name: str, attribute: str, written: str) -> str:
        """The GUID of what an attribute names.

        Args:
            name: of the element that has the attribute.
            attribute: e.g. ``targetGUID``.
            written: its value.
        """
        if not self._equal:
            return self.formed(written)
        kinds = self._equal.get(guid_hash(written))
        kind = REFERENCES.get(name) if attribute in ("targetGUID", "guid") else NAMES_WHAT.get(attribute)
        if kinds and kind is not None and kind in kinds and kind != kinds[0]:
            return self.formed(_renewed(kind, 0, written))
        return self.formed(written)

    def renewed_guid(self, kind: str, written: str) -> str:
        """The new GUID of the first element of a kind that had another's."""
        return self.formed(_renewed(kind, 0, written))

    def formed(self, written: str) -> str:
        """A GUID without braces, in the letter case of the program."""
        bare = written.strip().strip("{}")
        return bare.upper() if self._case == "upper" else bare.lower() if self._case == "lower" else bare


def _renewed(kind: str, number: int, written: str) -> str:
    return derive("other element", kind, str(number), normalise_guid(written))
