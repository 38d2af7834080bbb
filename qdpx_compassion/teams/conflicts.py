"""What copies say differently of one element."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Conflict:
    """Copies say different things of one element.

    Attributes:
        kind: e.g. ``codes``. label: what the element is called.
        attribute: what differs.
        sides: name of a copy and what it says, at least two.
        chosen: name of the copy whose value holds.
        why: how that was settled.
        passages: where texts differ, in order: what the first side has, what the second.
    """

    kind: str
    label: str
    attribute: str
    sides: tuple[tuple[str, str], ...]
    chosen: str
    why: str
    passages: tuple[tuple[str, str], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The conflict as plain values."""
        return {
            "kind": self.kind,
            "label": self.label,
            "attribute": self.attribute,
            "sides": [{"project": name, "says": says} for name, says in self.sides],
            "chosen": self.chosen,
            "why": self.why,
            "passages": [list(passage) for passage in self.passages],
        }
