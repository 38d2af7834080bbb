"""The section *About*: how to read the page, and what it rests on. Its words are the workbook's."""

from __future__ import annotations

from collections.abc import Sequence

from qdpx_compassion.reports.page.model import Block, Section
from qdpx_compassion.reports.page.view import View
from qdpx_compassion.reports.workbook.about import TOLD, framework_lines, provenance
from qdpx_compassion.study.counts import RULES
from qdpx_compassion.study.labels import label_names


def about(view: View, missing: Sequence[tuple[str, str]]) -> Section:
    """Who the participants are, how things are counted, the framework, and where all this comes from.

    Args:
        view: what is shown.
        missing: sections that are left out, and why.
    """
    summary = view.summary
    labelled = label_names(summary.participants)
    blocks = [
        Block(
            heading="Who the participants are",
            terms=[("", labelled(sentence)) for sentence in summary.participants.explanation],
        )
    ]
    rules = [(TOLD[key], rule) for key, rule in RULES.items()]
    if summary.options.coders == "each":
        rules.append(("As asked for", "Here a coding counts once for each coder who made it."))
    blocks.append(Block(heading="How things are counted", terms=rules))
    if summary.framework:
        lines = framework_lines(summary)
        blocks.append(Block(heading=f"The framework: {summary.framework.title}", terms=lines))
    left_out = [(title, f"Left out: {why}") for title, why in missing]
    left_out += [("On this page", finding.message) for finding in view.findings]
    if left_out:
        blocks.append(Block(heading="What is not here", terms=left_out))
    blocks.append(Block(heading="Where this comes from", terms=provenance(summary)))
    return Section("about", "About", "How to read this page, and what it rests on.", blocks)
