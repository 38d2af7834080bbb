"""How far coders agree: at three levels, for every code and construct, all coders together and pair by pair."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any

from qdpx_compassion.agreement.coefficients import (
    Coefficient,
    Resamples,
    brennan_prediger_of,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    interval_alpha,
    krippendorff_alpha,
    percent_agreement,
    set_alpha,
)
from qdpx_compassion.agreement.tallies import Numbers, Tally
from qdpx_compassion.agreement.unitising import unitising_alpha
from qdpx_compassion.findings import Finding
from qdpx_compassion.frameworks import Framework
from qdpx_compassion.teams.judging import Judging
from qdpx_compassion.teams.material import Item, Material
from qdpx_compassion.teams.segments import Disagreement, Overlaps, compare_segments

if TYPE_CHECKING:
    import pandas as pd

#: The levels, in the order in which they are told, and what a unit is in each.
LEVELS = {
    "presence": "a source: was it marked in it at all",
    "frequency": "a source: how often was it marked in it",
    "text": "a character, or a fixed unit of text: was it marked; all of the text",
    "marked text": "the same, without the text that nobody marked with anything",
    "overlap": "a marked segment: did the other coder mark about the same",
}
#: What all codes together, or all constructs, are called.
TOGETHER = {"code": "All codes together", "construct": "All constructs together"}


@dataclass(frozen=True, slots=True)
class Row:
    """The agreement of some coders about one item at one level.

    Attributes:
        item: None for all items of the kind together: each item in each unit is judged for itself, and all count alike.
        kind: ``code`` or ``construct``.
        coders: names.
        level: a key of ``LEVELS``.
        units: how many units two coders judged (sources, characters, segments).
        used: in how many units each coder said yes; for ``frequency`` how many places each marked.
        coefficients: the first is percent agreement.
        confusion: both, only the first, only the second, neither; None where it is not two coders' yes and no.
    """

    item: Item | None
    kind: str
    coders: tuple[str, ...]
    level: str
    units: float
    used: tuple[float, ...]
    coefficients: tuple[Coefficient, ...]
    confusion: tuple[float, float, float, float] | None = None

    @property
    def label(self) -> str:
        """What it is about, for people."""
        return TOGETHER[self.kind] if self.item is None else self.item.label


@dataclass(frozen=True, slots=True)
class DimensionRow:
    """The agreement of some coders about a whole dimension of the framework.

    Attributes:
        dimension: its title; for Cu, the titles of all dimensions that are compared.
        about: what is compared, for people.
    """

    dimension: str
    about: str
    coders: tuple[str, ...]
    coefficient: Coefficient


@dataclass
class Agreement:
    """Everything about how far coders agree.

    Attributes:
        material: what was compared.
        unit: characters of a unit of text; 0: single characters. overlap: from which share segments agree, 0 to 1.
        seed: of the intervals. draws: how many resamples.
        rows: by level, kind, item; all coders together, then pairs where there are more than two coders.
        dimensions: sets and unitising; empty without a mapping.
        disagreements: segments that one marked and another did not, by item.
        findings: what could not be compared, and what was noticed.
    """

    material: Material
    unit: int
    overlap: float
    seed: int
    draws: int
    rows: list[Row] = field(default_factory=list)
    dimensions: list[DimensionRow] = field(default_factory=list)
    disagreements: list[Disagreement] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def compared(self) -> tuple[str, ...]:
        """Names of the coders who are compared."""
        return tuple(self.material.coders[number] for number in compared_coders(self.material))

    def frame(self) -> pd.DataFrame:
        """A row for each coefficient: kind, item, key, level, coders, units, coefficient, value, low, high, reason.

        ``value`` is missing where the coefficient is not defined; ``reason`` says why.
        """
        import pandas as pd

        rows = [
            (row.kind, row.label, row.item.key if row.item else "", row.level, ", ".join(row.coders), row.units,
             one.name, one.value, one.low, one.high, one.reason)
            for row in self.rows
            for one in row.coefficients
        ] + [
            ("dimension", row.dimension, "", row.about, ", ".join(row.coders), None, one.name, one.value, one.low,
             one.high, one.reason)
            for row in self.dimensions
            for one in (row.coefficient,)
        ]  # fmt: skip
        columns = ["kind", "item", "key", "level", "coders", "units", "coefficient", "value", "low", "high", "reason"]
        return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(("units", "value", "low", "high"), float))

    def as_dict(self) -> dict[str, Any]:
        """The result as plain values, for ``--json``."""
        return {
            "coders": [
                {"name": name, "codings": codings}
                for name, codings in zip(self.material.coders, self.material.codings, strict=True)
            ],
            "sources": [source.name for source in self.material.sources],
            "overlap": self.overlap,
            "unit": self.unit,
            "intervals": {"over": self.material.cluster_name, "draws": self.draws, "seed": self.seed, "level": 0.95},
            "agreement": [_row_as_dict(row) for row in self.rows],
            "dimensions": [
                {"dimension": row.dimension, "about": row.about, "coders": row.coders, **_told(row.coefficient)}
                for row in self.dimensions
            ],
            "disagreements": [one.as_dict(self.material) for one in self.disagreements],
            "findings": [finding.as_dict() for finding in self.findings],
        }


def _row_as_dict(row: Row) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "key": row.item.key if row.item else None,
        "label": row.label,
        "level": row.level,
        "coders": row.coders,
        "units": row.units,
        "used": row.used,
        "confusion": row.confusion,
        "coefficients": [_told(one) for one in row.coefficients],
    }


def _told(one: Coefficient) -> dict[str, Any]:
    return {"coefficient": one.name, "value": one.value, "reason": one.reason, "low": one.low, "high": one.high}


def compared_coders(material: Material) -> list[int]:
    """Numbers of the coders who worked on a source that somebody else worked on too."""
    return [number for number in range(len(material.coders)) if any(number in one.coders for one in material.sources)]


def measure(
    material: Material,
    framework: Framework | None = None,
    *,
    unit: int = 0,
    overlap: float = 0.8,
    draws: int = 1000,
    seed: int = 1,
) -> Agreement:
    """Measure how far coders agree.

    Args:
        material: what they marked (``gather``).
        framework: for its dimensions; None: codes alone.
        unit: characters of a unit of text; 0: single characters.
        overlap: share (0 to 1] of the text of two segments together that both hold, from which they agree.
        draws: resamples of each interval; 0: no intervals.
        seed: the same seed gives the same intervals.
    """
    result = Agreement(material, unit, overlap, seed, draws, findings=list(material.findings))
    coders = compared_coders(material)
    groups: list[Sequence[int]] = [coders, *(combinations(coders, 2) if len(coders) > 2 else ())]
    for group in groups:
        judging = Judging(material, group, unit)
        if judging.sources:
            resamples = Resamples(judging.layers, draws=draws, seed=seed) if draws else None
            overlaps = compare_segments(judging, overlap)
            result.rows += _rows(judging, overlaps, resamples)
            result.dimensions += _dimensions(judging, framework, resamples)
            if group is coders:
                result.disagreements = overlaps.disagreements
        elif len(group) == 2:
            names = " and ".join(material.coders[number] for number in group)
            result.findings.append(Finding("agreement-one-coder", f"{names} coded no source in common."))
    order = {level: number for number, level in enumerate(LEVELS)}
    result.rows.sort(key=lambda row: order[row.level])
    result.findings += _never_used(result)
    return result


def _rows(judging: Judging, overlaps: Overlaps, resamples: Resamples | None) -> Iterator[Row]:
    names = tuple(judging.material.coders[number] for number in judging.coders)
    levels = [level for level in LEVELS if level != "overlap"]
    if not judging.runs.lengths.size:
        levels = [level for level in levels if level not in ("text", "marked text")]
    for kind in TOGETHER:
        items = [number for number, item in enumerate(judging.material.items) if item.kind == kind]
        together: dict[str, Tally | Numbers] = {}
        for item in items:
            for level in levels:
                one = _judged(judging, item, level)
                before = together.get(level)
                together[level] = one if before is None else before.plus(one)  # type: ignore[arg-type] # one level
                used = _used(judging, item, level)
                yield _row(names, judging.material.items[item], kind, level, one, resamples, used)
        for level, counted in together.items() if len(items) > 1 else ():
            yield _row(names, None, kind, level, counted, resamples, ())
    yield from _overlap_rows(judging, overlaps)


def _judged(judging: Judging, item: int, level: str) -> Tally | Numbers:
    if level == "presence":
        return judging.presence(item)
    if level == "frequency":
        return judging.frequency(item)
    return judging.characters(item, all_text=level == "text")


def _row(
    coders: tuple[str, ...], item: Item | None, kind: str, level: str, counted: Tally | Numbers,
    resamples: Resamples | None, used: tuple[float, ...],
) -> Row:  # fmt: skip
    found = [percent_agreement(counted, resamples)]
    confusion = None
    if isinstance(counted, Numbers):
        found.append(interval_alpha(counted, resamples))
    else:
        if len(coders) == 2:
            found.append(cohen_kappa(counted, resamples))
            table = counted.table.sum(axis=0)
            confusion = (float(table[1, 1]), float(table[1, 0]), float(table[0, 1]), float(table[0, 0]))
        found += [fleiss_kappa(counted, resamples), gwet_ac1(counted, resamples)]
        found.append(krippendorff_alpha(counted, None, resamples))
    return Row(item, kind, coders, level, counted.units, used, tuple(found), confusion)


def _used(judging: Judging, item: int, level: str) -> tuple[float, ...]:
    """How much of it each coder marked."""
    if level == "frequency":
        return tuple(float(number) for number in judging.counts(item).clip(min=0).sum(axis=0))
    if level == "presence":
        return tuple(float(number) for number in (judging.counts(item) > 0).sum(axis=0))
    return tuple(judging.marked_length(item))


def _overlap_rows(judging: Judging, overlaps: Overlaps) -> Iterator[Row]:
    names = tuple(judging.material.coders[number] for number in judging.coders)
    for kind in TOGETHER:
        items = [number for number, item in enumerate(judging.material.items) if item.kind == kind]
        categories = {True: 2, False: len(items) + 1}
        for item in [*items, None] if len(items) > 1 else items:
            chosen = items if item is None else [item]
            matched = sum(overlaps.matched.get(one, 0) for one in chosen)
            segments = sum(overlaps.segments.get(one, 0) for one in chosen)
            share = matched / segments if segments else None
            reason = "" if segments else "undefined: nobody marked a segment"
            agreement = Coefficient("percent agreement", share, reason)
            chance = None if share is None else brennan_prediger_of(share, categories[item is not None])
            used = tuple(
                float(sum(mark.coder == coder for one in chosen for mark in judging.marks_of(one)))
                for coder in judging.coders
            )
            shown = None if item is None else judging.material.items[item]
            found = (agreement, Coefficient("Brennan–Prediger", chance, reason))
            yield Row(shown, kind, names, "overlap", float(segments), used, found)


def _dimensions(judging: Judging, framework: Framework | None, resamples: Resamples | None) -> Iterator[DimensionRow]:
    names = tuple(judging.material.coders[number] for number in judging.coders)
    exclusive: list[tuple[str, list[int]]] = []
    for dimension in framework.dimensions if framework else ():
        items = [number for number, item in enumerate(judging.material.items) if item.dimension == dimension.id]
        if not items:
            continue
        if dimension.several:
            for about, counted, sets in _sets(judging, items):
                yield DimensionRow(dimension.title, about, names, set_alpha(counted, sets, resamples))
        elif judging.runs.lengths.size:
            exclusive.append((dimension.title, items))
            yield from _unitising(judging, dimension.title, [[item] for item in items], names, resamples)
    if len(exclusive) > 1:
        title = ", ".join(title for title, _ in exclusive)
        values = [items for _, items in exclusive]
        yield from list(_unitising(judging, title, values, names, resamples))[2:3]


def _sets(judging: Judging, items: Sequence[int]) -> Iterator[tuple[str, Tally, Sequence[frozenset[Any]]]]:
    yield "which of them a source holds", *judging.presence_of_sets(items)
    if judging.runs.lengths.size:
        yield "which of them each character holds, all text", *judging.characters_of_sets(items, all_text=True)
        yield "the same, without text that nobody marked", *judging.characters_of_sets(items, all_text=False)


def _unitising(
    judging: Judging, title: str, values: Sequence[Sequence[int]], names: tuple[str, ...], resamples: Resamples | None
) -> Iterator[DimensionRow]:
    """u, |u and cu of a dimension whose constructs exclude each other."""
    several = any(len(items) > 1 for items in values)
    told = (
        ("u-alpha", "where units lie and what they are"),
        ("|u-alpha", "what is marked at all"),
        ("Cu-alpha", "which dimension, where two coders marked")
        if several or ", " in title
        else ("cu-alpha", "which construct, where two coders marked"),
    )
    continua, clusters, bad = judging.continua(values)
    if bad:
        who = " and ".join(judging.material.coders[number] for number in bad)
        reason = f"undefined: {who} marked passages that overlap with different answers, which exclude each other here"
        for name, about in told:
            yield DimensionRow(title, about, names, Coefficient(name, None, reason))
        return
    found = unitising_alpha(continua, len(values), clusters=clusters, resamples=resamples)
    for (name, about), one in zip(told, (found.whole, found.relevance, found.coding), strict=True):
        yield DimensionRow(title, about, names, Coefficient(name, one.value, one.reason, one.low, one.high))


def _never_used(result: Agreement) -> Iterator[Finding]:
    """Codes that one coder never used, told together."""
    everybody = result.compared
    for number, name in enumerate(everybody):
        idle = [
            row.label
            for row in result.rows
            if row.level == "presence" and row.coders == everybody and row.kind == "code" and row.item
            and not row.used[number]
        ]  # fmt: skip
        if idle:
            shown = ", ".join(idle[:5]) + (f" and {len(idle) - 5} more" if len(idle) > 5 else "")
            message = f"{name} never used {len(idle)} of the codes that others used in these sources: {shown}."
            yield Finding("agreement-never-used", message)
