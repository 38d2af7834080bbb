"""From marks to judgements: a table of units by coders for each item, at each level."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from qdpx_compassion.agreement.tallies import (
    MISSING,
    Floats,
    Integers,
    Numbers,
    Tally,
    count_numbers,
    number_sets,
    tally,
)
from qdpx_compassion.agreement.unitising import Continuum, Unit, overlapping
from qdpx_compassion.teams.material import Mark, Material

YES_NO = ("no", "yes")


class Judging:
    """Judgements of some coders about the material, at every level.

    Args:
        material: what was marked.
        coders: numbers of the coders who are compared; sources that fewer than two of them worked on are left aside.
        unit: characters of a unit of text; 0: the single character.

    Attributes:
        sources: numbers of the sources that are compared.
        worked: (sources, coders) 1 where a coder worked on a source.
        clusters: (sources,) the cluster of each, numbered from 0 among those that these coders share.
        runs: the texts of these sources in pieces.
    """

    def __init__(self, material: Material, coders: Sequence[int], unit: int = 0) -> None:
        self.material, self.coders, self.unit = material, coders, unit
        chosen = set(coders)
        self.sources = [number for number, one in enumerate(material.sources) if len(one.coders & chosen) >= 2]
        known = set(self.sources)
        marks = [mark for mark in material.marks if mark.coder in chosen and mark.source in known]
        self._marks: dict[int, list[Mark]] = {}
        for mark in marks:
            self._marks.setdefault(mark.item, []).append(mark)
        at_work = [[coder in material.sources[number].coders for coder in coders] for number in self.sources]
        self.worked: Integers = np.array(at_work, dtype=np.int64).reshape(len(self.sources), len(coders))
        numbers = sorted({material.sources[one].cluster for one in self.sources})
        self._cluster = {number: at for at, number in enumerate(numbers)}
        self.clusters: Integers = np.array(
            [self._cluster[material.sources[one].cluster] for one in self.sources], dtype=np.int64
        )
        self.runs, self._stretches = _cut(self, marks, unit)
        self._marked_with: tuple[int, Integers] | None = None

    @property
    def layers(self) -> int:
        """How many clusters these coders share."""
        return len(self._cluster)

    def marks_of(self, item: int) -> list[Mark]:
        """The marks of an item by the coders who are compared."""
        return self._marks.get(item, [])

    # -- presence and frequency in a source ----------------------------------------------------------------------------

    def counts(self, item: int) -> Integers:
        """(sources, coders) how many places of a source a coder marked with an item; ``MISSING``: not worked on."""
        found: Integers = np.zeros(self.worked.shape, dtype=np.int64)
        stretches = self._stretches.get(item)
        if stretches is not None:
            np.add.at(found, (stretches.source, stretches.coder), 1)
        return np.where(self.worked == 1, found, MISSING)

    def presence(self, item: int) -> Tally:
        """Whether each coder marked the item anywhere in a source."""
        return self._tally(np.minimum(self.counts(item), 1))

    def frequency(self, item: int) -> Numbers:
        """How often each coder marked the item in a source."""
        return count_numbers(self.counts(item), self.clusters, self.layers)

    def presence_of_sets(self, items: Sequence[int]) -> tuple[Tally, list[frozenset[Hashable]]]:
        """Which of several items each coder marked in a source, as sets."""
        present = np.stack([self.counts(item) for item in items])
        rows: list[list[frozenset[Hashable] | None]] = [
            [
                frozenset(items[int(at)] for at in np.flatnonzero(present[:, source, coder] > 0))
                if self.worked[source, coder]
                else None
                for coder in range(len(self.coders))
            ]
            for source in range(len(self.sources))
        ]
        numbers, sets = number_sets(rows)
        return tally(
            numbers.reshape(-1, len(self.coders)),
            max(len(sets), 1),
            clusters=self.clusters,
            layers=self.layers,
        ), sets

    # -- characters or fixed units ------------------------------------------------------------------------------------

    def characters(self, item: int, *, all_text: bool) -> Tally:
        """Which characters (or units) each coder marked; in all of the text, or where anybody marked anything."""
        runs = self.runs
        weights = runs.lengths if all_text else runs.lengths * runs.touched
        return self._tally(self._marked(item), weights, runs)

    def marked_length(self, item: int) -> list[float]:
        """How many characters (or units) each coder marked with an item."""
        marked = self._marked(item)
        return [float(number) for number in np.maximum(marked, 0).T @ self.runs.lengths]

    def characters_of_sets(self, items: Sequence[int], *, all_text: bool) -> tuple[Tally, list[frozenset[Hashable]]]:
        """Which of several items each coder marked each character with, as sets."""
        runs = self.runs
        marked = np.stack([self._marked(item) for item in items])
        powers = 1 << np.arange(len(items), dtype=np.int64)
        keys = np.where(marked[0] == MISSING, MISSING, np.tensordot(powers, np.maximum(marked, 0), 1))
        used, numbers = np.unique(keys, return_inverse=True)
        shift = 1 if len(used) and used[0] == MISSING else 0
        sets: list[frozenset[Hashable]] = [
            frozenset(items[at] for at in range(len(items)) if int(key) >> at & 1) for key in used[shift:]
        ]
        weights = runs.lengths if all_text else runs.lengths * runs.touched
        judgements = numbers.reshape(keys.shape) - shift
        return tally(
            judgements, max(len(sets), 1), weights=weights, clusters=self._run_clusters(), layers=self.layers
        ), sets

    def _marked(self, item: int) -> Integers:
        """(runs, coders) 1 where a coder marked; ``MISSING`` where they did not work on the source."""
        if self._marked_with is None or self._marked_with[0] != item:
            runs, stretches = self.runs, self._stretches.get(item)
            steps: Integers = np.zeros((len(runs.lengths) + 1, len(self.coders)), dtype=np.int64)
            if stretches is not None:
                on_text = stretches.last > stretches.first
                coder = stretches.coder[on_text]
                np.add.at(steps, (stretches.first[on_text], coder), 1)
                np.add.at(steps, (stretches.last[on_text], coder), -1)
            marked = np.minimum(np.cumsum(steps, axis=0)[:-1], 1)
            self._marked_with = item, np.where(self.worked[runs.source] == 1, marked, MISSING)
        return self._marked_with[1]

    def _run_clusters(self) -> Integers:
        return self.clusters[self.runs.source]

    def _tally(self, judgements: Integers, weights: Floats | None = None, runs: Runs | None = None) -> Tally:
        clusters = self.clusters if runs is None else self._run_clusters()
        layers = self.layers
        return tally(judgements, 2, weights=weights, clusters=clusters, layers=layers, words=YES_NO)

    # -- units of coders' own making --------------------------------------------------------------------------------

    def continua(self, values: Sequence[Sequence[int]]) -> tuple[list[Continuum], list[int], list[int]]:
        """Each text as coders unitised it, for questions whose answers exclude each other.

        Args:
            values: for each answer the items that stand for it.

        Returns:
            The texts, the cluster of each, and the numbers of coders whose units overlap (then no texts).
        """
        value_of = {item: value for value, items in enumerate(values) for item in items}
        units: dict[tuple[int, int], list[Unit]] = {}
        for item, value in value_of.items():
            for mark in self.marks_of(item):
                if mark.text in self.material.lengths and mark.start is not None and mark.end is not None:
                    units.setdefault((mark.text, mark.coder), []).append((mark.start, mark.end, value))
        units = {key: _joined(found) for key, found in units.items()}
        bad = sorted({coder for (_, coder), found in units.items() if overlapping(found)})
        if bad:
            return [], [], bad
        known = set(self.sources)
        continua, clusters = [], []
        for text, length in self.material.lengths.items():
            source = self.material.sources[self.material.text_source[text]]
            if self.material.text_source[text] in known:
                at_work = [coder for coder in self.coders if coder in source.coders]
                continua.append(Continuum(length, [units.get((text, coder), []) for coder in at_work]))
                clusters.append(self._cluster[source.cluster])
        return continua, clusters, []


def _joined(units: list[Unit]) -> list[Unit]:
    """Units of one coder; those of one value that overlap are one."""
    found: list[Unit] = []
    for start, end, value in sorted(units, key=lambda unit: (unit[2], unit[0], unit[1])):
        if found and found[-1][2] == value and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]), value)
        elif end > start:
            found.append((start, end, value))
    return found


@dataclass(frozen=True)
class Runs:
    """The texts, cut so that nothing begins or ends inside a piece.

    Attributes:
        lengths: (runs,) characters of each piece, or 1 for fixed units.
        source: (runs,) at which place of ``Judging.sources`` its source stands.
        touched: (runs,) 1 where any coder marked anything.
    """

    lengths: Floats
    source: Integers
    touched: Floats


@dataclass(frozen=True)
class _Stretches:
    """The marks of an item.

    Attributes:
        source: (marks,) at which place of ``Judging.sources`` the source stands. coder: likewise of ``coders``.
        first, last: (marks,) pieces that a mark covers or touches, last exclusive; equal where it is on no text.
    """

    source: Integers
    coder: Integers
    first: Integers
    last: Integers


def _cut(judging: Judging, marks: Sequence[Mark], unit: int) -> tuple[Runs, dict[int, _Stretches]]:
    """Cut the texts, and find the pieces of every mark; all texts stand one behind the other for that."""
    material = judging.material
    at = {number: place for place, number in enumerate(judging.sources)}
    column = {coder: place for place, coder in enumerate(judging.coders)}
    texts = [text for text in material.lengths if material.text_source[text] in at]
    begins: dict[int, int] = {}
    end = 0
    for text in texts:
        begins[text] = end
        end += material.lengths[text]
    rows: Integers = np.array(
        [(mark.item, at[mark.source], column[mark.coder], *_on_axis(mark, begins, material.lengths)) for mark in marks],
        dtype=np.int64,
    ).reshape(-1, 5)
    item, source, coder, starts, ends = rows.T
    if unit:
        cuts = np.concatenate([np.arange(begins[text], begins[text] + material.lengths[text], unit) for text in texts]
                              or [np.zeros(0, dtype=np.int64)])  # fmt: skip
    else:
        cuts = np.unique(np.concatenate([np.array(list(begins.values()), dtype=np.int64), starts, ends]))
        cuts = cuts[cuts < end]
    lengths = np.diff(cuts, append=end).astype(np.float64)
    of_text = np.searchsorted(np.array(list(begins.values()), dtype=np.int64), cuts, side="right") - 1
    source_of_text: Integers = np.array([at[material.text_source[text]] for text in texts], dtype=np.int64)
    first = np.searchsorted(cuts, starts, side="right") - 1
    last = np.where(ends > starts, np.searchsorted(cuts, ends, side="left"), first)
    touched = np.zeros(len(cuts) + 1)
    np.add.at(touched, first[last > first], 1)
    np.add.at(touched, last[last > first], -1)
    runs = Runs(
        np.ones(len(cuts)) if unit else lengths,
        source_of_text[of_text],
        (np.cumsum(touched)[:-1] > 0).astype(np.float64),
    )
    order = np.argsort(item, kind="stable")
    stretches = {}
    for one in np.split(order, np.flatnonzero(np.diff(item[order])) + 1) if len(order) else []:
        stretches[int(item[one[0]])] = _Stretches(source[one], coder[one], first[one], last[one])
    return runs, stretches


def _on_axis(mark: Mark, begins: dict[int, int], lengths: dict[int, int]) -> tuple[int, int]:
    """Where a mark begins and ends when all texts stand one behind the other; twice the same where it is on no text."""
    begin = begins.get(mark.text)
    if begin is None or mark.start is None or mark.end is None or mark.end <= mark.start:
        return 0, 0
    length = lengths[mark.text]
    return begin + min(mark.start, length), begin + min(mark.end, length)
