"""Which sheets a summary has, in which order, under which names, and why some are missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from qdpx_compassion.frameworks import Dimension
from qdpx_compassion.reports.workbook.agreement import write_agreement
from qdpx_compassion.reports.workbook.checks import write_checks
from qdpx_compassion.reports.workbook.codebook import write_codebook
from qdpx_compassion.reports.workbook.cooccurrence import write_cooccurrence
from qdpx_compassion.reports.workbook.effects import write_effects
from qdpx_compassion.reports.workbook.elements import write_elements
from qdpx_compassion.reports.workbook.layout import QUOTATIONS, Layout
from qdpx_compassion.reports.workbook.matrices import write_matrix, write_participants
from qdpx_compassion.reports.workbook.memos import write_memos
from qdpx_compassion.reports.workbook.not_mapped import write_not_mapped
from qdpx_compassion.reports.workbook.overview import write_overview
from qdpx_compassion.reports.workbook.saturation import write_saturation
from qdpx_compassion.reports.workbook.themes import write_themes
from qdpx_compassion.reports.workbook.values import write_values
from qdpx_compassion.spreadsheets import safe_sheet_name
from qdpx_compassion.study.summary import Summary

ABOUT = "About"
_MAPPING = "it needs a mapping."
#: Names of sheets for dimensions of the built-in framework; others bear the dimension's title.
NAMES = {"element": "Elements", "technology-effect": "Technology", "organisational-fit": "Organisational fit"}


@dataclass
class Planned:
    """A sheet.

    Attributes:
        title: its name, safe and unlike the others.
        told: what it holds, for the sheet About.
        write: writes it; None for the sheet Quotations, which needs its rows.
        missing: why it is left out; empty when it is not.
    """

    title: str
    told: str
    write: Callable[[Layout, str], None] | None = None
    missing: str = ""


def plan_sheets(summary: Summary) -> list[Planned]:
    """All sheets but *About*, in order."""
    mapped = "" if summary.framework else _MAPPING
    main = summary.main_dimensions
    elements = NAMES["element"] if not main or any(one.id == "element" for one in main) else "Constructs"
    sheets = [
        Planned("Overview", f"{elements} by group, and the values that most participants hold.", write_overview),
        Planned(
            "Values",
            "Each value: participants by group, codings, elements, definition, examples. A click leads to quotations.",
            write_values,
        ),
        Planned(elements, "Each with definition, values, participants by group and examples.", write_elements, mapped),
        Planned(
            "Participants × elements",
            "How many quotations of each participant express what.",
            write_participants,
            mapped,
        ),
        Planned(
            "Framework matrix",
            "A row a participant, a column an element, in the cells the quotations.",
            write_matrix,
            mapped,
        ),
        *_other_dimensions(summary, mapped),
        Planned(
            "Co-occurrence",
            "Values by elements and values by values: whose quotations overlap.",
            write_cooccurrence,
        ),
        Planned(QUOTATIONS, _told_quotations(summary)),
        Planned("Memos", "Every note and comment, and what it is about.", write_memos),
        Planned("Saturation", "New values by interview, in order.", write_saturation),
        Planned(
            "Codebook",
            "The codes of the project with definitions and counts, with and without their sub-codes.",
            write_codebook,
        ),
        Planned(
            "Not mapped",
            "Codes with codings that express nothing of the framework, and what was decided about them.",
            write_not_mapped,
            mapped,
        ),
        Planned(
            "Agreement",
            "How far coders agree about which values stand in which source.",
            write_agreement,
            "" if summary.agreement else "no two coders coded the same source.",
        ),
        Planned("Checks", "What was noticed in the project and the mapping, and what is not counted.", write_checks),
    ]
    taken = {ABOUT, QUOTATIONS}
    for sheet in sheets:
        if sheet.write is not None:
            sheet.title = safe_sheet_name(sheet.title, taken)
            taken.add(sheet.title)
    return sheets


def _told_quotations(summary: Summary) -> str:
    if summary.options.rows == "quotation":
        return "Every quotation with all its codes, in document order."
    return "Every coded segment; those of one value stand together. Sort by No. for document order."


def _other_dimensions(summary: Summary, mapped: str) -> list[Planned]:
    if summary.framework is None:
        told = {"technology-effect": "Examples and the elements they meet.", "organisational-fit": "Themes."}
        return [Planned(NAMES[key], text, write_checks, mapped) for key, text in told.items()]
    return [_dimension(one) for one in summary.other_dimensions]


def _dimension(dimension: Dimension) -> Planned:
    name = NAMES.get(dimension.id, dimension.title)
    if dimension.themes:
        return Planned(
            name,
            "The answers and their themes: participants by group, quotations.",
            lambda layout, title: write_themes(layout, title, dimension),
        )
    answers = " and ".join(construct.name for construct in dimension.constructs[:4])
    return Planned(
        name,
        f"{answers}: the examples, and the elements that they meet.",
        lambda layout, title: write_effects(layout, title, dimension),
    )
