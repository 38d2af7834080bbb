"""The workbook of agreement: a code a row, pairs of coders, confusion, and the passages to talk over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qdpx_compassion.agreement.coefficients import FEWEST_CLUSTERS, Coefficient
from qdpx_compassion.findings import Finding, count
from qdpx_compassion.spreadsheets import Column, Sheet, Style, Styled, Workbook
from qdpx_compassion.teams.agreement import LEVELS, Agreement, Row
from qdpx_compassion.version import __version__

#: Level → title of its sheet, what its units are called, and what coders' numbers in it are.
_SHEETS = {
    "presence": ("Sources", "Sources", "sources in which marked"),
    "frequency": ("Frequency", "Sources", "places marked"),
    "text": ("Text", "Characters", "characters marked"),
    "marked text": ("Marked text", "Characters", "characters marked"),
    "overlap": ("Segments", "Segments", "segments marked"),
}
_CODE = Style(bold=True, wrap=True)
_NUMBER = Style(number_format="0.00", horizontal="right", indent=1)
_COUNT = Style(number_format="#,##0", horizontal="right", indent=1)
_PERCENT = Style(number_format="0%", horizontal="right", indent=1)
_QUIET = Style(color="6B7A83", wrap=True)
_PATH = Style(color="6B7A83", wrap=True, horizontal="left", indent=1)
_RANGE = Style(color="6B7A83", indent=1)
_KINDS = {"code": "code", "construct": "framework"}

#: Which coefficient holds where, and why: on the sheet About and in the documentation.
WHICH = (
    ("percent agreement", "everywhere", "It says how often coders agree; a rare code agrees often by being rare."),
    (
        "Cohen's kappa",
        "sources, text; two coders",
        "Chance is what each coder's own habits would give. Not defined where both always say the same.",
    ),
    (
        "Fleiss' kappa",
        "sources, text; any number of coders",
        "Chance is what all coders' habits together would give. Not defined where all always say the same.",
    ),
    (
        "Gwet's AC1",
        "sources, text; any number of coders",
        "Stays near percent agreement where a code is rare, when the kappas fall; defined where all say the same.",
    ),
    (
        "Krippendorff's alpha",
        "sources, text, frequency; any number of coders",
        "Takes sources that some coders did not work on. For frequencies it weighs how far the numbers lie apart.",
    ),
    (
        "Brennan–Prediger",
        "segments",
        "Nobody can count the segments that neither coder marked, so the kappas are not defined here. Chance is one in "
        "the number of answers: 2 for one code, the codes and one for all together.",
    ),
    (
        "alpha of sets (MASI)",
        "dimensions in which several constructs may hold",
        "Constructs that do not exclude each other are one answer, a set; sets that share some agree in part.",
    ),
    (
        "u, |u, cu, Cu alpha",
        "dimensions whose constructs exclude each other",
        "Where units lie and what they are (u), what is marked at all (|u), which construct where two coders marked "
        "(cu), which dimension (Cu).",
    ),
)


def write_agreement(
    path: Path, result: Agreement, *, about: Sequence[tuple[str, str]], moment: dt.datetime | None, force: bool = False
) -> list[Finding]:
    """Write the workbook, atomically.

    Args:
        path: the .xlsx to write.
        result: what was measured.
        about: what was compared, label and text.
        moment: the date that the file carries.
        force: whether an existing file may be replaced.

    Returns:
        What had to be changed to fit into a spreadsheet.

    Raises:
        OutputError: the file exists or cannot be written.
    """
    book = Workbook("Agreement between coders", moment=moment, folder=path.parent)
    _write_about(book, result, about)
    _write_codes(book, result)
    for level in LEVELS:
        rows = [row for row in result.rows if row.level == level]
        if rows:
            _write_level(book, result, level, rows)
    if result.dimensions:
        _write_dimensions(book, result)
    _write_disagreements(book, result)
    _write_checks(book, result)
    return book.save(path, force=force)


# -- cells -------------------------------------------------------------------------------------------------------------


def _value(one: Coefficient) -> Styled:
    """The coefficient, or in words why there is none."""
    if one.value is None:
        return Styled(one.reason, _QUIET)
    return Styled(one.value, _PERCENT if one.name == "percent agreement" else _NUMBER)


def _interval(one: Coefficient) -> str | None:
    if one.low is None or one.high is None:
        return None
    if one.name == "percent agreement":
        return f"{one.low:.0%} to {one.high:.0%}"
    return f"{one.low:.2f} to {one.high:.2f}"


def _title(name: str) -> str:
    return name[0].upper() + name[1:]


# -- sheets ------------------------------------------------------------------------------------------------------------


def _write_about(book: Workbook, result: Agreement, about: Sequence[tuple[str, str]]) -> None:
    columns = [Column("", 30, "strong"), Column("", 42, "text"), Column("", 80, "text")]
    sheet = book.sheet("About", columns, headings=False, max_lines=0, tab_color="2B5C6B")
    sheet.append([Styled("Agreement between coders", "title")], height=26)
    sheet.append([Styled(" and ".join(result.compared), "note")])
    _section(sheet, "What was compared")
    for label, text in about:
        sheet.append([label, None, text] if len(text) > 60 else [label, text])
    material = result.material
    for name, number in zip(material.coders, material.codings, strict=True):
        sheet.append([name, f"{count(number, 'coding')} in the project"])
    sheet.append(["Sources compared", f"{len(material.sources):,} that two coders or more worked on"])
    unit = f"units of {result.unit:,} characters; one is marked when any of it is" if result.unit else "characters"
    sheet.append(["Text is compared in", unit])
    sheet.append(["Segments agree", f"from {result.overlap:.0%} on of the text of both together"])
    sheet.append(["Intervals", _intervals(result)])
    _section(sheet, "The sheets")
    for level, (title, _, _) in _SHEETS.items():
        sheet.append([title, Styled(_title(LEVELS[level]) + "?", "line")], height=16)
    sheet.append(
        ["Disagreements", Styled("Every segment that one coder marked and another did not, to talk over.", "line")],
        height=16,
    )
    _section(sheet, "Which coefficient holds where")
    for name, where, why in WHICH:
        sheet.append([_title(name), where, why])
    _section(sheet, "How to read it")
    for text in _READING:
        sheet.append([None, Styled(text, "line")], height=16)
    sheet.append(["Made with", f"qdpx-compassion {__version__}"])


_READING = (
    "1 is perfect agreement, 0 what chance would give, less than 0 worse than chance.",
    "“Together” rows count every code in every unit as one judgement; they are no averages of the rows above.",
    "A coder worked on a source when they coded anything in it. Who read it and marked nothing is not seen.",
    "A code is compared for itself: codings of its sub-codes count for those.",
)


def _intervals(result: Agreement) -> str:
    if not result.draws:
        return "none"
    what = result.material.cluster_name
    if result.material.clusters < FEWEST_CLUSTERS:
        return f"none: fewer than {FEWEST_CLUSTERS} {what}s say too little about how they vary"
    return f"95 %, {result.draws:,} bootstrap draws of {what}s, seed {result.seed}"


def _section(sheet: Sheet, title: str) -> None:
    sheet.append([])
    sheet.append([Styled(title, "section")], height=20)


def _write_codes(book: Workbook, result: Agreement) -> None:
    """A code a row: agreement and the coefficient that holds at each level, all coders together."""
    levels = [level for level in LEVELS if any(row.level == level for row in result.rows)]
    columns = [Column("Code", 34, _CODE), Column("Kind", 11, _QUIET)]
    for level in levels:
        title = _SHEETS[level][0]
        columns.append(Column(f"{title}: agreement", 13, _PERCENT))
        columns.append(Column(f"{title}: {'Brennan–Prediger' if level == 'overlap' else 'alpha'}", 17, _NUMBER))
    columns.append(Column("Path", 50, _PATH))
    sheet = book.sheet("Codes", columns, freeze_columns=1, tab_color="4C8C9A")
    found: dict[tuple[str, str], dict[str, Row]] = {}
    for row in result.rows:
        if row.coders == result.compared:
            found.setdefault((row.kind, row.item.key if row.item else ""), {})[row.level] = row
    for (kind, key), by_level in found.items():
        cells: list[Any] = [next(iter(by_level.values())).label, _KINDS[kind]]
        for level in levels:
            one = by_level.get(level)
            cells += [_value(one.coefficients[0]), _value(one.coefficients[-1])] if one else [None, None]
        cells.append(key)
        sheet.append(cells, style=None)


def _write_level(book: Workbook, result: Agreement, level: str, rows: Sequence[Row]) -> None:
    title, units, told = _SHEETS[level]
    if result.unit and level in ("text", "marked text"):
        units, told = "Units of text", "units marked"
    pair = len(result.compared) == 2
    names = list(dict.fromkeys(one.name for row in rows for one in row.coefficients))
    columns = [Column("Code", 34, _CODE), Column("Kind", 11, _QUIET)]
    columns += [] if pair else [Column("Coders", 24)]
    columns.append(Column(units, 12, _COUNT))
    columns += [Column(f"{name}: {told}", 14, _COUNT) for name in result.compared]
    with_confusion = any(row.confusion for row in rows)
    if with_confusion:
        first, second = result.compared[:2] if pair else ("first", "second")
        columns += [Column(heading, 12, _COUNT) for heading in ("Both", f"Only {first}", f"Only {second}", "Neither")]
    found = [one for row in rows for one in row.coefficients]
    with_interval = {name for name in names if any(one.name == name and one.low is not None for one in found)}
    for name in names:
        columns.append(Column(_title(name), 15, _NUMBER))
        columns += [Column("95 %", 15, _RANGE)] if name in with_interval else []
    sheet = book.sheet(title, columns, freeze_columns=1, intro=[[Styled(_title(LEVELS[level]) + "?", "note")], []])
    for row in rows:
        cells: list[Any] = [row.label, _KINDS[row.kind]]
        cells += [] if pair else ["all" if row.coders == result.compared else " – ".join(row.coders)]
        cells.append(row.units)
        by_name = dict(zip(row.coders, row.used, strict=False))
        cells += [by_name.get(name) for name in result.compared]
        if with_confusion:
            cells += row.confusion or (None,) * 4
        by_coefficient = {one.name: one for one in row.coefficients}
        for name in names:
            one = by_coefficient.get(name)
            cells.append(_value(one) if one else None)
            if name in with_interval:
                cells.append(_interval(one) if one else None)
        sheet.append(cells)


def _write_dimensions(book: Workbook, result: Agreement) -> None:
    columns = [
        Column("Dimension", 32, _CODE), Column("What is compared", 44), Column("Coders", 24),
        Column("Coefficient", 22), Column("Value", 22, _NUMBER), Column("95 %", 15, _RANGE),
    ]  # fmt: skip
    sheet = book.sheet("Dimensions", columns, freeze_columns=1)
    for row in result.dimensions:
        who = "all" if row.coders == result.compared else " – ".join(row.coders)
        one = row.coefficient
        sheet.append([row.dimension, _title(row.about), who, one.name, _value(one), _interval(one)])


def _write_disagreements(book: Workbook, result: Agreement) -> None:
    """Side by side: what one coder marked, and what the other has there."""
    pair = result.compared if len(result.compared) == 2 else None
    columns = [Column("Code", 28, _CODE), Column("Kind", 11, _QUIET), Column("Source", 24), Column("Where", 23, _QUIET)]
    if pair:
        columns += [Column(pair[0], 50), Column(pair[1], 50)]
    else:
        columns += [Column("Marked by", 16), Column("Words", 46), Column("Not by", 16), Column("Words of that one", 46)]
    columns += [Column("Shared", 9, _PERCENT), Column("The other coder has there", 34), Column("Agreed", 20)]
    sheet = book.sheet("Disagreements", columns, freeze_columns=1, large_paper=True, tab_color="E0A458")
    for one in result.disagreements:
        material = result.material
        item, mark = material.items[one.item], one.first
        words = mark.quotation or mark.where
        theirs = (one.second.quotation or one.second.where) if one.second else None
        cells: list[Any] = [item.label, _KINDS[item.kind], material.sources[mark.source].name, mark.where]
        by, other = material.coders[mark.coder], material.coders[one.other]
        if pair:
            cells += [words, theirs] if by == pair[0] else [theirs, words]
        else:
            cells += [by, words, other, theirs]
        sheet.append([*cells, one.share, "\n".join(one.instead) or None, None])
    if not result.disagreements:
        sheet.append([Styled("There are none: what one marked, the others marked too.", "line")])


def _write_checks(book: Workbook, result: Agreement) -> None:
    sheet = book.sheet("Checks", [Column("Weight", 12, "strong"), Column("What was noticed", 110)])
    for finding in result.findings:
        sheet.append([str(finding.severity), (f"{finding.where}: " if finding.where else "") + finding.message])
    if not result.findings:
        sheet.append(["", "Nothing."])
