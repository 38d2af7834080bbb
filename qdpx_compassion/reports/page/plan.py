"""Which sections the page has, in which order, and why some are missing."""

from __future__ import annotations

from qdpx_compassion.reports.page.model import Section
from qdpx_compassion.reports.page.sections.about import about
from qdpx_compassion.reports.page.sections.elements import elements
from qdpx_compassion.reports.page.sections.further import agreement, checks, memos, saturation
from qdpx_compassion.reports.page.sections.meeting import cooccurrence
from qdpx_compassion.reports.page.sections.overview import overview
from qdpx_compassion.reports.page.sections.people import matrix, participants
from qdpx_compassion.reports.page.sections.questions import effects, themes
from qdpx_compassion.reports.page.sections.values import codebook, not_mapped, values
from qdpx_compassion.reports.page.view import View
from qdpx_compassion.reports.workbook.plan import NAMES, plan_sheets


def sections(view: View) -> list[Section]:
    """All sections, those about the framework only where there is a mapping."""
    summary = view.summary
    mapped = summary.framework is not None
    named = any(one.id == "element" for one in summary.main_dimensions)
    found = [overview(view), Section("quotations", "Quotations", browser=True), values(view)]
    if mapped:
        found += [elements(view, NAMES["element"] if named else "Constructs"), participants(view), matrix(view)]
        for dimension in summary.other_dimensions:
            make = themes if dimension.themes else effects
            found.append(make(view, dimension, NAMES.get(dimension.id, dimension.title)))
    found += [cooccurrence(view), memos(view), saturation(view), codebook(view)]
    found += [not_mapped(view)] if mapped else []
    found += [agreement(view)] if summary.agreement else []
    missing = [(sheet.title, sheet.missing) for sheet in plan_sheets(summary) if sheet.missing]
    return [*found, checks(view), about(view, missing)]
