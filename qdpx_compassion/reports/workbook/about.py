"""The sheet *About*: what the workbook is, how to read it, what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qdpx_compassion import __version__
from qdpx_compassion.reports.workbook.layout import Layout
from qdpx_compassion.reports.workbook.looks import LEADS, MUTED_TEXT, STRONG, TEXT, plain_columns
from qdpx_compassion.spreadsheets import Link, Sheet, Style, Styled
from qdpx_compassion.spreadsheets.writing import fixed_moment
from qdpx_compassion.study.counts import RULES
from qdpx_compassion.study.summary import Summary

_SHEETS = (
    ("Overview", "How many participants, of each group, hold values of each element; the values held by most."),
    ("Values", "Each value: participants by group, codings, elements, definition, example quotations."),
    ("Elements", "Each element: its definition, its values, participants by group, example quotations."),
    ("Quotations", "Every coded segment; the quotations of one value stand together. Sort by No. for document order."),
    ("Codebook", "The codes of the project with definitions and counts, with and without their sub-codes."),
    ("Not mapped", "Codes with codings that express nothing of the framework, and what was decided about them."),
    ("Checks", "What was noticed in the project and the mapping, and what is not counted."),
)
_NUMBER = Style(number_format="#,##0", horizontal="left", indent=1)
_MAPPED_ONLY = ("Elements", "Not mapped")
_TOLD = {
    "participants": "Participants", "share": "Percentages", "codings": "Codings", "quotations": "Quotations",
    "values": "Values", "sources": "Sources", "characters": "Coded characters", "text_share": "Share of the text",
    "notes": "Notes", "left_out": "Left out",
}  # fmt: skip


def write_about(layout: Layout) -> None:
    """Write the sheet."""
    summary = layout.summary
    columns = plain_columns([26, 105], [STRONG, TEXT])
    sheet = layout.book.sheet("About", columns, headings=False, max_lines=0, landscape=False, tab_color="2B5C6B")
    sheet.append([Styled(f"Summary of {summary.project_name}", "title")], height=26)
    sheet.append([Styled(_subtitle(summary), "note")])
    _section(sheet, "In numbers")
    for label, number in summary.facts:
        sheet.append([label, Styled(number, _NUMBER)])
    for group in summary.participants.groups:
        sheet.append([Styled(f"of these: {group}", TEXT), Styled(summary.participants.sizes[group], _NUMBER)])
    _section(sheet, "The sheets")
    for name, told in _SHEETS:
        if name in _MAPPED_ONLY and not summary.framework:
            sheet.append([Styled(name, "muted"), Styled("Left out: it needs a mapping.", MUTED_TEXT)])
        else:
            sheet.append([Styled(Link(name, name), LEADS), told])
    _section(sheet, "Who the participants are")
    _texts(sheet, [("", sentence) for sentence in summary.participants.explanation])
    _section(sheet, "How things are counted")
    _texts(sheet, [(_TOLD[key], rule) for key, rule in RULES.items()])
    if summary.framework:
        _section(sheet, f"The framework: {summary.framework.title}")
        _texts(sheet, _framework(summary))
    _section(sheet, "Where this comes from")
    _texts(sheet, _provenance(summary))


def _subtitle(summary: Summary) -> str:
    if summary.framework is None:
        return "Without a mapping: values are counted, but not related to a framework."
    return f"Values related to the framework “{summary.framework.title}”"


def _section(sheet: Sheet, title: str) -> None:
    sheet.append([])
    sheet.append([Styled(title, "section")], height=20)


def _texts(sheet: Sheet, lines: Sequence[tuple[str, Any]]) -> None:
    for label, text in lines:
        sheet.append([label, text])


def _framework(summary: Summary) -> list[tuple[str, str]]:
    framework = summary.framework
    if framework is None:
        return []
    lines = [("", framework.description), ("Citation", framework.citation)]
    lines += [(dimension.title, dimension.question) for dimension in framework.dimensions]
    return [(label, text) for label, text in lines if text]


def _provenance(summary: Summary) -> list[tuple[str, str]]:
    framework = summary.framework
    lines = [("Project", f"{summary.project_name} ({summary.project_file})")]
    lines.append(("Written by", summary.program or "not said in the file"))
    if summary.moment:
        lines.append(("Last changed", f"{fixed_moment(summary.moment):%Y-%m-%d %H:%M} UTC"))
    if framework:
        lines.append(("Framework", f"{framework.title} ({framework.id}), version {framework.version}"))
    lines.append(("Mapping", summary.mapping_name or "none"))
    lines.append(("Made with", f"qdpx-compassion {__version__}"))
    return lines
