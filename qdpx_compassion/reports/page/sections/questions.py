"""The sections *Technology* and *Organisational fit*, and their like for other frameworks."""

from __future__ import annotations

from qdpx_compassion.frameworks import Dimension
from qdpx_compassion.reports.page.charts import count_chart, unlike
from qdpx_compassion.reports.page.leads import VALUE, dimension_filter, leads_to
from qdpx_compassion.reports.page.model import Block, Card, Cell, Column, Quote, Section, Table
from qdpx_compassion.reports.page.view import View, quote
from qdpx_compassion.reports.workbook.effects import NOTE as MEETING
from qdpx_compassion.study.effects import NONE, Effect, tally_effects
from qdpx_compassion.study.examples import GOOD_LENGTH

#: Quotations listed under an answer or theme, and how long they may be; the browser has all.
_LISTED, _LONGEST = 12, 600


def effects(view: View, dimension: Dimension, title: str) -> Section:
    """What meets what, its chart, and the quotations of each answer."""
    found = view.summary.effects[dimension.id]
    blocks = [_meetings(view, dimension, found)]
    cards = []
    for construct in dimension.constructs:
        mine = [one for one in found if one.construct == construct.id]
        cards.append(
            Card(
                construct.name,
                view.swatch_of(construct.id),
                quotes=[_effect(view, one) for one in mine[:_LISTED]],
                note="" if mine else "Nothing is coded so.",
                to=leads_to({dimension_filter(dimension.id): construct.id}) if mine else "",
                more=f"All {len(mine):,} quotations" if len(mine) != 1 else "The quotation",
            )
        )
    blocks.append(Block(cards=cards, heading="The examples"))
    return Section(f"question-{dimension.id}", title, f"{dimension.question} {MEETING}", blocks)


def _meetings(view: View, dimension: Dimension, found: list[Effect]) -> Block:
    tallies = tally_effects(found)
    main = [(one.id, one.name) for each in view.summary.main_dimensions for one in each.constructs]
    columns = [Column("Element", "name")]
    for kind in ("quotations", "participants"):
        columns += [Column(construct.name, "number", kind) for construct in dimension.constructs]
    columns.append(Column("Example", "quotes"))
    cells, bars = [], []
    for identifier, name in [*main, (NONE, "No element")]:
        entries = [tallies.get((construct.id, identifier)) for construct in dimension.constructs]
        counts = [len(entry.places) if entry else 0 for entry in entries]
        people = [len(entry.people) if entry else 0 for entry in entries]
        numbers = [Cell(number) for number in (*counts, *people)]
        cells.append(
            [Cell(name, swatch=view.swatch_of(identifier)), *numbers, Cell(quotes=_example(found, identifier))]
        )
        for construct, number in zip(dimension.constructs, counts, strict=True):
            bars.append((name, construct.name, number, leads_to({dimension_filter(dimension.id): construct.id})))
    table = Table("Which elements the examples meet", columns, cells)
    names = [construct.name for construct in dimension.constructs]
    return Block(table, count_chart("Examples by element (quotations)", bars, names) if found else None)


def _example(found: list[Effect], identifier: str) -> tuple[Quote, ...]:
    """The first example of readable length that meets a construct, or none of them."""
    for effect in found:
        text = " ".join((effect.coding.quotation or "").split())
        if identifier in (effect.met or (NONE,)) and GOOD_LENGTH[0] <= len(text) <= GOOD_LENGTH[1]:
            return (quote(effect.coding, GOOD_LENGTH[1]),)
    return ()


def _effect(view: View, effect: Effect) -> Quote:
    notes = [", ".join(effect.codes)]
    if effect.met:
        notes.append("Meets " + ", ".join(view.name(one) for one in effect.met))
    return quote(effect.coding, _LONGEST, *notes)


def themes(view: View, dimension: Dimension, title: str) -> Section:
    """Themes with participants and a chart, then the quotations of each theme."""
    summary = view.summary
    table = summary.themes
    rows = table[table["dimension"] == dimension.id].to_dict("records")
    names = {one.id: one.name for one in dimension.constructs}
    columns = [
        Column("Theme", "name"), Column(dimension.title), *view.people_columns(), Column("Quotations", "number"),
        Column("Codings", "number"),
    ]  # fmt: skip
    cells, cards = [], []
    labels = unlike([f"{names[row['construct']]}: {row['theme']}" for row in rows])
    bars = []
    groups = view.groups if len(view.groups) <= 6 else []  # as many as there are colours
    for label, row in zip(labels, rows, strict=True):
        to = leads_to({dimension_filter(dimension.id): row["construct"], VALUE: row["codes"][0]})
        to = to if len(row["codes"]) == 1 else ""
        answer = Cell(names[row["construct"]], swatch=view.swatch_of(row["construct"]))
        counts = [Cell(row["quotations"]), Cell(row["codings"])]
        cells.append([Cell(row["theme"], to=to), answer, *view.people_cells(row), *counts])
        bars += [(label, group, int(row[f"participants: {group}"]), to) for group in groups]
        bars += [] if groups else [(label, "All participants", int(row["participants"]), to)]
        quotes = _theme_quotes(view, set(row["codes"]), row["construct"])
        number = row["quotations"]
        more = f"All {number:,} quotations" if number > len(quotes) else ""
        cards.append(Card(label, view.swatch_of(row["construct"]), quotes=quotes, to=to if more else "", more=more))
    chart = count_chart("Participants by theme", bars, groups or ["All participants"])
    blocks = [Block(Table("Themes", columns, cells, empty="Nothing is coded so."), chart)]
    blocks += [Block(cards=cards, heading="What was said")] if cards else []
    lead = f"{dimension.question} A coded reason is a theme inside one of the answers."
    return Section(f"question-{dimension.id}", title, lead, blocks)


def _theme_quotes(view: View, codes: set[int], construct: str) -> list[Quote]:
    seen: dict[int, Quote] = {}
    for row in view.summary.codings:
        if row.counted and row.code_row in codes and construct in row.constructs and row.place_id not in seen:
            seen[row.place_id] = quote(row, _LONGEST)
            if len(seen) == _LISTED:
                break
    return list(seen.values())
