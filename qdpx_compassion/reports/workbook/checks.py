"""The sheet *Checks*: what was noticed."""

from __future__ import annotations

from qdpx_compassion.findings import CODES, Severity
from qdpx_compassion.reports.workbook.layout import Layout
from qdpx_compassion.reports.workbook.looks import MUTED_TEXT, SMALL, STRONG, column
from qdpx_compassion.spreadsheets import Style, Styled

_ORDER = [Severity.ERROR, Severity.WARNING, Severity.NOTE]
_LOOK = {Severity.ERROR: Style(bold=True, color="A33A2C"), Severity.WARNING: Style(bold=True, color="9A6A12")}


def write_checks(layout: Layout, title: str) -> None:
    """Write the sheet, what is wrong first; last of all, so that it also says what the other sheets could not hold."""
    columns = [
        column("Severity", 12, STRONG),
        column("What was noticed", 78),
        column("Where", 40, MUTED_TEXT),
        column("What this kind means", 56, MUTED_TEXT),
        column("Code", 28, SMALL),
    ]
    found = [*layout.summary.findings, *layout.book.finish()]
    sheet = layout.book.sheet(title, columns, max_lines=0, tab_color="B5697A")
    findings = sorted(found, key=lambda one: _ORDER.index(one.severity or Severity.NOTE))
    for finding in findings:
        severity = finding.severity or Severity.NOTE
        sheet.append(
            [
                Styled(str(severity), _LOOK.get(severity, MUTED_TEXT)),
                finding.message,
                finding.where,
                CODES[finding.code][1],
                finding.code,
            ]
        )
    if not findings:
        sheet.append(["", "Nothing was noticed."])
