"""How elements of copies are recognised when they are merged, and which of their values are settled where they differ.

Comparing (``kinds``) may take a guess, since it only tells; merging may not: a code is the same by GUID or by path, a
source by GUID or text, a coding by place, code and coder.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace

from qdpx_compassion.tables import TABLES, normalise_guid
from qdpx_compassion.teams.keys import all_of, by, coded, coding_code, guid_key, text_of, user
from qdpx_compassion.teams.kinds import KINDS, Kind
from qdpx_compassion.teams.matching import Key, Pass
from qdpx_compassion.teams.side import Side

_PLACE = tuple(
    f"{name}{written}"
    for name in (
        "start_position", "end_position", "page", "first_x", "first_y", "second_x", "second_y", "begin", "end",
    )
    for written in ("", "_written")
)  # fmt: skip
#: Columns of which a selection has one when it lies anywhere.
_WHERE = (*_PLACE, "from_sync_point", "to_sync_point", "start_index", "end_index")
#: kind → what is compared (its name in ``KINDS``) → the columns that hold it.
SETTLED: dict[str, dict[str, tuple[str, ...]]] = {
    "project": {"name": ("name",), "description": ("description",)},
    "users": {"name": ("name",), "id": ("id",)},
    "codes": {
        "name": ("name",),
        "parent": ("parent_row", "parent_guid"),
        "codable": ("is_codable", "is_codable_written"),
        "color": ("color",),
        "description": ("description",),
    },
    "variables": {"name": ("name",), "type": ("type_of_variable",), "description": ("description",)},
    "notes": {"name": ("name",), "description": ("description",)},
    "sources": {"name": ("name",), "description": ("description",)},
    "texts in sources": {"name": ("name",), "description": ("description",)},
    "selections": {
        "place": (*_PLACE, "from_sync_point", "to_sync_point", "start_index", "end_index", "quotation", "place"),
        "name": ("name",),
        "description": ("description",),
    },
    "cases": {"name": ("name",), "description": ("description",)},
    "variable values": {"value": ("value_kind", "value")},
    "sets": {"name": ("name",), "description": ("description",)},
    "links": {"name": ("name",), "direction": ("direction",), "color": ("color",)},
    "graphs": {"name": ("name",)},
    "vertices": {
        "name": ("name",),
        "place": tuple(
            f"{name}{written}"
            for name in ("first_x", "first_y", "second_x", "second_y")
            for written in ("", "_written")
        ),
        "shape": ("shape",),
        "color": ("color",),
    },
    "edges": {
        "name": ("name",),
        "direction": ("direction",),
        "line": ("line_style",),
        "color": ("color",),
    },
}

#: Those that stand in a source; the later entry of the name is of texts that stand in selections.
_TEXTS_OF_SOURCES = next(kind for kind in KINDS if kind.name == "texts in sources")

#: What a source stands for among all copies, by its row on a side; None: nothing that others have.
Same = Callable[[Side, int], "Hashable | None"]


def merging_kinds(first: Side, second: Side, same: Same, *, one_coding: bool) -> tuple[Kind, ...]:
    """The kinds with the passes by which copies are merged.

    Args:
        first: what was merged so far.
        second: the copy that comes to it.
        same: which source a row is (``SameSources``).
        one_coding: whether the program writes a selection for each coding (NVivo), so that two coders' selections
            of one place stay two.
    """
    path: Key = lambda side, row: tuple(name.strip() for name in side.tree.codes[row].path)  # noqa: E731
    by_codes: Key = lambda side, row: side.codes_of(row)  # noqa: E731
    description, coder = text_of("selections", "description"), user("codings", "creating_user")
    # One GUID at two places is a selection that was moved, unless other codings are on it: then it is two selections.
    places = [by(_place, by_codes, description), by(_place, by_codes)]
    if not one_coding:
        places.append(by(_place, description))
    passes = {
        "codes": (_codes_by_guid(first, second), Pass(path)),
        "notes": (Pass(same),),
        "sources": (Pass(same),),
        "selections": (Pass(all_of(guid_key("selections"), Side.place)), *places,
                       _moved(first)),
        "codings": (by(_owner, coding_code, coder), by(_coded_place, coding_code, coder)),
    }  # fmt: skip
    kinds = []
    for kind in KINDS:
        if kind is _TEXTS_OF_SOURCES:
            kinds.append(replace(kind, passes=(Pass(same),), has_guid=False))
        elif kind.name in passes:
            kinds.append(replace(kind, passes=passes[kind.name], has_guid=False))
        else:
            kinds.append(kind)
    return tuple(kinds)


def _place(side: Side, row: int) -> Hashable:
    """Where a selection lies; none where it does not say: two of those need not be at one place."""
    selection, position = side.rows["selections"][row], TABLES["selections"].position
    return side.place(row) if any(selection[position[column]] is not None for column in _WHERE) else None


def _coded_place(side: Side, row: int) -> Hashable:
    """What a coding is on, by place."""
    kind, owner = side.rows["codings"][row][:2]
    return None if kind == "selection" and _place(side, owner) is None else coded(side, row)


def _owner(side: Side, row: int) -> Hashable:
    """The selection or source that a coding is on, wherever that lies."""
    coding = side.rows["codings"][row]
    return side.owner(coding[0], coding[1])


def _moved(first: Side) -> Pass:
    """By GUID in one source, unless each has codings and none of them is the same."""
    plain = guid_key("selections")

    def where(side: Side, row: int) -> Hashable:
        selection = side.rows["selections"][row]
        return plain(side, row), selection[0], side.ids["sources"].get(selection[1])

    there = {where(first, row): first.codes_of(row) for row in range(len(first.rows["selections"]))}

    def key(side: Side, row: int) -> Hashable:
        found = where(side, row)
        codes, others = side.codes_of(row), there.get(found)
        same = others is not None and (not codes or not others or not codes.isdisjoint(others))
        return found if plain(side, row) is not None and (same or side is first) else None

    return Pass(key)


def _codes_by_guid(first: Side, second: Side) -> Pass:
    """By GUID, unless both sides have each other's code under another GUID: then one GUID is two codes."""
    paths = [{code.path: code.key for code in side.tree} for side in (first, second)]
    swapped = set()
    for code in second.tree:
        there = first.tree.by_key.get(code.key)
        if there is not None and there.path != code.path:
            ours, theirs = paths[0].get(code.path), paths[1].get(there.path)
            if ours not in (None, code.key) and theirs not in (None, code.key):
                swapped.add(code.key)
    plain = guid_key("codes")

    def key(side: Side, row: int) -> Hashable:
        found = plain(side, row)
        return None if normalise_guid(str(found)) in swapped else found

    return Pass(key)
