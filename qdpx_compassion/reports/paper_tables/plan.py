"""Which tables a paper gets, and what stands in them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

from qdpx_compassion.frameworks import Dimension
from qdpx_compassion.reports.paper_tables.table import Cell, Column, PaperTable, Part, Row
from qdpx_compassion.spreadsheets.text import cut_at_word
from qdpx_compassion.study.counts import RULES, Tally, tally
from qdpx_compassion.study.effects import NONE, tally_effects
from qdpx_compassion.study.summary import Summary

#: Groups that have columns: more do not fit on a page.
GROUPS = 6
#: Pairs of values in the table of those that meet most often.
PAIRS = 25
#: Longest example, in characters.
EXAMPLE = 240


def plan_tables(summary: Summary) -> list[PaperTable]:
    """The tables of a summary in the order in which a paper needs them; those without rows are left out."""
    return [table for table in _Planner(summary).tables() if table.rows]


class _Planner:
    def __init__(self, summary: Summary) -> None:
        self._summary = summary
        self._people = summary.participants
        self._sizes = self._people.sizes
        groups = self._people.groups if len(self._people.groups) > 1 else []
        largest = sorted(groups, key=lambda group: -self._sizes[group])[:GROUPS]
        self._groups = [group for group in groups if group in largest]
        main = summary.main_dimensions
        #: What a construct of the main dimensions is called.
        self._element = "element" if all(one.id == "element" for one in main) else "construct"
        self._coded = summary.values[summary.values["codings"] > 0].to_dict("records")
        self._note = f"{RULES['participants']} {RULES['share']}"
        if len(self._groups) < len(groups):
            self._note += f" The {len(self._groups)} largest of {len(groups)} groups are shown."

    def tables(self) -> Iterator[PaperTable]:
        summary = self._summary
        yield self._participants()
        for dimension in summary.main_dimensions:
            yield self._overview(dimension)
        yield self._values()
        for dimension in summary.main_dimensions:
            yield self._definitions(dimension)
        for dimension in summary.other_dimensions:
            yield self._themes(dimension) if dimension.themes else self._effects(dimension)
        yield self._with_constructs()
        yield self._pairs()

    # -- who ---------------------------------------------------------------------------------------------------------

    def _participants(self) -> PaperTable:
        """How many participants, sources, quotations and values each group has."""
        group_of = self._people.group_of
        by_group = tally(
            self._summary.codings,
            lambda row: ("",) if row.participant_row is None else ("", group_of[row.participant_row] or "all"),
        )
        table = self._people.table
        sources: dict[str, set[int]] = {}
        for person, (rows, include) in enumerate(zip(table["source_rows"], table["include"], strict=True)):
            for group in ("", group_of[person]) if include else ():
                sources.setdefault(group, set()).update(rows)
        codes = set(self._summary.values["code_row"])

        def row(name: str, group: str) -> Row:
            entry = by_group.get(group) or Tally()
            numbers = (len(sources.get(group, ())), len(entry.places), entry.codings, len(entry.codes & codes))
            return Row((name, self._sizes[group], *numbers), head=not group)

        columns = ("Participants", "Sources", "Quotations", "Codings", "Values")
        groups = self._people.groups if self._groups else []
        return PaperTable(
            "participants",
            "Participants, their texts and what was coded",
            (Column(self._people.group_name or "Group", number=False), *map(Column, columns)),
            (*(row(group, group) for group in groups), row("All", "")),
            f"{RULES['quotations']} {RULES['codings']}",
        )

    # -- who holds what ----------------------------------------------------------------------------------------------

    def _columns(self) -> list[Column]:
        """Participants: all, and each group."""
        named = [f"{group} (n = {self._sizes[group]})" for group in self._groups]
        return [Column(heading) for heading in (f"All (n = {self._sizes['']})", *named)]

    def _parts(self, row: Mapping[Hashable, Any]) -> list[Cell]:
        held = [Part(int(row[f"participants: {group}"]), self._sizes[group]) for group in self._groups]
        return [Part(int(row["participants"]), self._sizes[""]), *held]

    def _constructs(self, dimension: Dimension) -> list[dict[Hashable, Any]]:
        table = self._summary.constructs
        return table[table["dimension"] == dimension.id].to_dict("records")

    def _overview(self, dimension: Dimension) -> PaperTable:
        numbers = ("values", "quotations", "codings")
        rows = [
            Row((row["name"], *self._parts(row), *(int(row[name]) for name in numbers)))
            for row in self._constructs(dimension)
        ]
        return PaperTable(
            f"overview-{dimension.id}",
            f"{dimension.title}: participants who hold such values, n (%)",
            (Column(_one(dimension), number=False), *self._columns(), *(Column(name.capitalize()) for name in numbers)),
            tuple(rows),
            f"{self._note} {RULES['values']}",
        )

    def _values(self) -> PaperTable:
        """Each value below the constructs that it expresses; last, those that express none."""
        rows: list[Row] = []
        main = [row for dimension in self._summary.main_dimensions for row in self._constructs(dimension)]
        codebook = {row["code_row"]: row for row in self._summary.codebook.to_dict("records")}
        shown: set[int] = set()
        for construct in main:
            values = [codebook[code] for code in construct["codes"] if codebook[code]["codings"]]
            values.sort(key=lambda row: (-row["participants"], -row["codings"]))
            shown.update(row["code_row"] for row in values)
            rows += [self._value(construct["name"], construct, head=True)]
            rows += [self._value(row["value"], row, below=True) for row in values]
        rest = [row for row in self._coded if row["code_row"] not in shown]
        if main and rest:
            rows.append(Row((f"No {self._element}", *(None for _ in self._columns()), None, None), head=True))
        rows += [self._value(row["value"], row, below=bool(main)) for row in rest]
        by = (
            f"Values by {' and '.join(one.title.lower() for one in self._summary.main_dimensions)}"
            if main
            else "Values"
        )
        return PaperTable(
            "values",
            f"{by}: participants who hold them, n (%)",
            (Column("Value", number=False), *self._columns(), Column("Quotations"), Column("Codings")),
            tuple(rows),
            self._note,
        )

    def _value(self, name: str, row: Mapping[Hashable, Any], *, head: bool = False, below: bool = False) -> Row:
        cells = (name, *self._parts(row), int(row["quotations"]), int(row["codings"]))
        return Row(cells, head=head, below=below)

    def _definitions(self, dimension: Dimension) -> PaperTable:
        rows = []
        for row in self._constructs(dimension):
            found = self._summary.construct_examples.get(row["construct"], ())
            example = f"“{cut_at_word(found[0].text, EXAMPLE)}” ({found[0].participant})" if found else None
            rows.append(Row((row["name"], row["definition"], example)))
        headings = (_one(dimension), "Definition", "Example")
        return PaperTable(
            f"definitions-{dimension.id}",
            f"{dimension.title}: definitions and examples",
            tuple(Column(heading, number=False) for heading in headings),
            tuple(rows),
            dimension.citation,
        )

    # -- the other questions -----------------------------------------------------------------------------------------

    def _effects(self, dimension: Dimension) -> PaperTable:
        """Examples, for instance of technology, by the constructs that they meet."""
        found = self._summary.effects.get(dimension.id, [])
        tallies = tally_effects(found)
        main = [construct for one in self._summary.main_dimensions for construct in one.constructs]
        rows = []
        for identifier, name in [*((one.id, one.name) for one in main), (NONE, f"No {self._element}")]:
            entries = [tallies.get((construct.id, identifier)) or Tally() for construct in dimension.constructs]
            rows.append(Row((name, *(number for one in entries for number in (len(one.places), len(one.people))))))
        totals: list[Cell] = []
        for construct in dimension.constructs:
            mine = [effect.coding for effect in found if effect.construct == construct.id]
            people = {coding.participant_row for coding in mine}
            totals += [len({coding.place_id for coding in mine}), len(people)]
        columns = [
            Column(f"{construct.name}: {kind}")
            for construct in dimension.constructs
            for kind in ("quotations", "participants")
        ]
        return PaperTable(
            f"effects-{dimension.id}",
            f"{dimension.title}: examples by what they meet",
            (Column(self._element.capitalize(), number=False), *columns),
            (*rows, Row(("All", *totals), head=True)) if found else (),
            f"{RULES['overlap']} An example that meets several {self._element}s counts for each.",
        )

    def _themes(self, dimension: Dimension) -> PaperTable:
        """The answers with their themes."""
        table = self._summary.themes
        rows: list[Row] = []
        for construct in self._constructs(dimension):
            mine = table[(table["dimension"] == dimension.id) & (table["construct"] == construct["construct"])]
            rows.append(self._value(construct["name"], construct, head=True))
            rows += [self._value(row["theme"], row, below=True) for row in mine.to_dict("records")]
        return PaperTable(
            f"themes-{dimension.id}",
            f"{dimension.title}: themes, participants n (%)",
            (Column("Theme", number=False), *self._columns(), Column("Quotations"), Column("Codings")),
            tuple(rows) if len(rows) > len(dimension.constructs) else (),
            self._note,
        )

    # -- what meets --------------------------------------------------------------------------------------------------

    def _with_constructs(self) -> PaperTable:
        """Values by constructs: quotations that overlap."""
        constructs = [one for dimension in self._summary.main_dimensions for one in dimension.constructs]
        found = self._summary.cooccurrence.with_constructs
        rows = [Row((row["value"], *(found[row["code_row"], one.id] for one in constructs))) for row in self._coded]
        return PaperTable(
            "cooccurrence-elements",
            f"Values by {self._element}s: quotations of the value that meet one that expresses the {self._element}",
            (Column("Value", number=False), *(Column(one.name) for one in constructs)),
            tuple(rows) if constructs else (),
            RULES["overlap"],
        )

    def _pairs(self) -> PaperTable:
        """The pairs of values that meet most often."""
        found = self._summary.cooccurrence
        names = {row["code_row"]: row["value"] for row in self._coded}
        pairs = [(number, one, two) for (one, two), number in found.pairs.items() if one in names and two in names]
        pairs.sort(key=lambda pair: (-pair[0], names[pair[1]], names[pair[2]]))
        rows = [Row((names[one], names[two], number, found.jaccard(one, two))) for number, one, two in pairs[:PAIRS]]
        most = f"The {PAIRS} of {len(pairs):,} pairs that" if len(pairs) > PAIRS else "Pairs of values that"
        return PaperTable(
            "cooccurrence-values",
            f"{most} meet most often" if len(pairs) > PAIRS else f"{most} meet",
            (
                Column("Value", number=False),
                Column("With", number=False),
                Column("Pairs of quotations"),
                Column("Jaccard"),
            ),
            tuple(rows),
            f"{RULES['overlap']} Jaccard: the text that both values cover, of what either covers.",
        )


def _one(dimension: Dimension) -> str:
    return "Element" if dimension.id == "element" else dimension.title
