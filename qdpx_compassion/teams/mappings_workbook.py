"""The workbook of two mappings compared: agreement a construct, and the codes to talk over."""

from __future__ import annotations

from pathlib import Path

from qdpx_compassion.agreement.coefficients import Coefficient
from qdpx_compassion.code_tree import write_path
from qdpx_compassion.findings import Finding
from qdpx_compassion.spreadsheets import Column, Style, Styled, Workbook
from qdpx_compassion.teams.mappings import ComparedMappings

_NAME = Style(bold=True, wrap=True)
_COUNT = Style(number_format="#,##0", horizontal="right", indent=1)
_NUMBER = Style(number_format="0.00", horizontal="right", indent=1)
_PERCENT = Style(number_format="0%", horizontal="right", indent=1)


def write_comparison(path: Path, compared: ComparedMappings, *, force: bool = False) -> list[Finding]:
    """Write the workbook, atomically.

    Args:
        path: the .xlsx to write.
        compared: what to show.
        force: whether an existing file may be replaced.

    Raises:
        OutputError: the file exists or cannot be written.
    """
    book = Workbook(f"{compared.names[0]} and {compared.names[1]} compared", folder=path.parent)
    _write_constructs(book, compared)
    _write_dimensions(book, compared)
    _write_differences(book, compared)
    return book.save(path, force=force)


def _value(one: Coefficient) -> Styled:
    if one.value is None:
        return Styled(one.reason, "muted")
    return Styled(one.value, _PERCENT if one.name == "percent agreement" else _NUMBER)


def _write_constructs(book: Workbook, compared: ComparedMappings) -> None:
    first, second = compared.names
    columns = [
        Column("Construct", 32, _NAME), Column("Codes both decided", 14, _COUNT), Column("Both say yes", 11, _COUNT),
        Column(f"Only {first}", 16, _COUNT), Column(f"Only {second}", 16, _COUNT), Column("Neither", 11, _COUNT),
        Column("Percent agreement", 14, _PERCENT), Column("Cohen's kappa", 22, _NUMBER),
        Column("Gwet's AC1", 14, _NUMBER), Column("Krippendorff's alpha", 22, _NUMBER),
    ]  # fmt: skip
    sheet = book.sheet("Constructs", columns, freeze_columns=1)
    names = {one.id: one.name for one in compared.framework.constructs}
    for one in compared.comparison.constructs:
        cells = [names[one.construct_id], one.codes, one.both, one.only_first, one.only_second, one.neither]
        sheet.append([*cells, *(_value(coefficient) for coefficient in one.coefficients)])


def _write_dimensions(book: Workbook, compared: ComparedMappings) -> None:
    columns = [
        Column("Dimension", 32, _NAME), Column("Codes both decided", 14, _COUNT),
        Column("Decided alike", 14, _COUNT), Column("Coefficient", 24), Column("Value", 30, _NUMBER),
    ]  # fmt: skip
    sheet = book.sheet("Dimensions", columns)
    titles = {one.id: one.title for one in compared.framework.dimensions}
    for one in compared.comparison.dimensions:
        cells = [titles[one.dimension_id], one.codes, one.same, one.coefficient.name]
        sheet.append([*cells, _value(one.coefficient)])


def _write_differences(book: Workbook, compared: ComparedMappings) -> None:
    """The codes decided differently, with room for what was agreed."""
    columns = [
        Column("Code", 34, _NAME), Column("Dimension", 26), Column(compared.names[0], 34),
        Column(compared.names[1], 34), Column("Agreed", 30), Column("Path", 50, "muted"),
    ]  # fmt: skip
    sheet = book.sheet("Decided differently", columns, freeze_columns=1, tab_color="E0A458")
    titles = {one.id: one.title for one in compared.framework.dimensions}
    for one in compared.comparison.differences:
        says = (compared.says(one.first), compared.says(one.second))
        sheet.append([one.code.name, titles[one.dimension_id], *says, None, write_path(one.code.path)])
    if not compared.comparison.differences:
        sheet.append([Styled("None: every code is decided alike.", "line")])
