"""Labels in place of names: names may be real, and reports go to others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from qdpx_compassion.findings import Finding
from qdpx_compassion.study.participants import Participants

#: Shorter names would be found inside other words.
_SHORTEST = 3


def label_names(participants: Participants) -> Callable[[str], str]:
    """A function that puts labels where the names of labelled participants, and of their sources, stand in a text."""
    table = participants.table
    labels: dict[str, str] = {}
    for name, label, labelled, sources in zip(
        table["name"], table["label"], table["labelled"], table["sources"], strict=True
    ):
        if labelled:
            for known in (*sources, str(name)):
                if len(known) >= _SHORTEST:
                    labels.setdefault(known, str(label))
    order = sorted(labels, key=len, reverse=True)  # the longest first: a name may begin with another

    def labelled_text(text: str) -> str:
        for name in order:
            if name in text:
                text = text.replace(name, labels[name])
        return text

    return labelled_text


def label_findings(findings: Iterable[Finding], participants: Participants) -> list[Finding]:
    """Findings with labels in place of names."""
    labelled = label_names(participants)
    return [replace(one, message=labelled(one.message), where=labelled(one.where)) for one in findings]
