"""The sheet *About*: what the workbook is, how to read it, what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qdpx_compassion.reports.workbook.layout import Layout
from qdpx_compassion.reports.workbook.looks import LEADS, MUTED_TEXT, STRONG, TEXT, plain_columns
from qdpx_compassion.reports.workbook.plan import Planned
from qdpx_compassion.spreadsheets import Link, Sheet, Style, Styled
from qdpx_compassion.spreadsheets.writing import fixed_moment
from qdpx_compassion.study.counts import RULES
from qdpx_compassion.study.labels import label_names
from qdpx_compassion.study.summary import Summary
from qdpx_compassion.version import __version__

_NUMBER = Style(number_format="#,##0", horizontal="left", indent=1)
#: What each rule of counting is about.
TOLD = {
    "participants": "Participants", "share": "Percentages", "codings": "Codings", "quotations": "Quotations",
    "values": "Values", "sources": "Sources", "characters": "Coded characters", "text_share": "Share of the text",
    "overlap": "Overlap", "saturation": "Saturation", "agreement": "Agreement", "notes": "Notes",
    "left_out": "Left out",
}  # fmt: skip


def write_about(layout: Layout, title: str, plan: Sequence[Planned]) -> None:
    """Write the sheet."""
    summary = layout.summary
    columns = plain_columns([28, 105], [STRONG, TEXT])
    sheet = layout.book.sheet(title, columns, headings=False, max_lines=0, landscape=False, tab_color="2B5C6B")
    sheet.append([Styled(f"Summary of {summary.project_name}", "title")], height=26)
    sheet.append([Styled(subtitle(summary), "note")], height=18)
    _section(sheet, "In numbers")
    for label, number in summary.facts:
        sheet.append([label, Styled(number, _NUMBER)])
        if label == "Participants":
            _groups(sheet, summary)
    _section(sheet, "The sheets")
    for one in plan:
        if one.missing:
            sheet.append([Styled(one.title, MUTED_TEXT), Styled(f"Left out: {one.missing}", MUTED_TEXT)])
        else:
            sheet.append([Styled(Link(one.title, one.title), LEADS), one.told])
    labelled = label_names(summary.participants)
    _section(sheet, "Who the participants are")
    _texts(sheet, [("", labelled(sentence)) for sentence in summary.participants.explanation])
    _section(sheet, "How things are counted")
    _texts(sheet, [(TOLD[key], rule) for key, rule in RULES.items()])
    if summary.options.coders == "each":
        _texts(sheet, [("As asked for", "Here a coding counts once for each coder who made it.")])
    if summary.framework:
        _section(sheet, f"The framework: {summary.framework.title}")
        _texts(sheet, framework_lines(summary))
    _section(sheet, "Where this comes from")
    _texts(sheet, provenance(summary))


def subtitle(summary: Summary) -> str:
    """What the values are related to."""
    if summary.framework is None:
        return "Without a mapping: values are counted, but not related to a framework."
    return f"Values related to the framework “{summary.framework.title}”"


def _groups(sheet: Sheet, summary: Summary) -> None:
    sizes = summary.participants.sizes
    shown = summary.participants.groups
    if shown:
        text = ", ".join(f"{group}: {sizes[group]}" for group in shown[:30]) + (" …" if len(shown) > 30 else "")
        name = summary.participants.group_name or "Groups"
        sheet.append([Styled(f"   {name}", Style(wrap=True)), text])


def _section(sheet: Sheet, title: str) -> None:
    sheet.append([])
    sheet.append([Styled(title, "section")], height=20)


def _texts(sheet: Sheet, lines: Sequence[tuple[str, Any]]) -> None:
    for label, text in lines:
        sheet.append([label, text])


def framework_lines(summary: Summary) -> list[tuple[str, str]]:
    """What the framework is: label and text."""
    framework = summary.framework
    if framework is None:
        return []
    lines = [("", framework.description), ("Citation", framework.citation)]
    lines += [(dimension.title, dimension.question) for dimension in framework.dimensions]
    return [(label, text) for label, text in lines if text]


def provenance(summary: Summary) -> list[tuple[str, str]]:
    """What the numbers rest on: label and text."""
    framework = summary.framework
    lines = [("Project", f"{summary.project_name} ({summary.project_file})")]
    lines.append(("Written by", summary.program or "not said in the file"))
    if summary.positions:
        lines.append(("Places in texts", summary.positions))
    if summary.moment:
        lines.append(("Last changed", f"{fixed_moment(summary.moment):%Y-%m-%d %H:%M} UTC"))
    if framework:
        lines.append(("Framework", f"{framework.title} ({framework.id}), version {framework.version}"))
    lines.append(("Mapping", summary.mapping_name or "none"))
    lines.append(("Made with", f"qdpx-compassion {__version__}"))
    return lines
