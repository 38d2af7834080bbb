"""The tables of values, constructs, themes and codes: who holds what, in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pandas as pd

from qdpx_compassion.code_tree import Code, CodeTree, write_path
from qdpx_compassion.findings import Finding, count
from qdpx_compassion.frameworks import Dimension, Framework
from qdpx_compassion.study.codings import Coding, counted
from qdpx_compassion.study.counts import Tally, numbers, tally, text_total
from qdpx_compassion.study.given import DecisionsLike, Texts
from qdpx_compassion.study.participants import Participants
from qdpx_compassion.study.places import Places
from qdpx_compassion.study.quotations import IN_NOTE, LEFT_OUT, NOBODY, REPEATS, value_codes
from qdpx_compassion.study.spans import line_ends
from qdpx_compassion.tables import Project, normalise_guid


def main_dimensions(framework: Framework | None) -> tuple[Dimension, ...]:
    """The dimensions that allow several constructs a code; all where there is none such.

    What is marked in another dimension only (an example of technology, a match with the organisation) is no value.
    """
    if framework is None:
        return ()
    return tuple(dimension for dimension in framework.dimensions if dimension.several) or framework.dimensions


class Tables:
    """The tables of a summary, made from one pass over the codings.

    Args:
        project: the project.
        framework: what values are related to; None without a mapping.
        decisions: what each code expresses.
        people: the participants.
        rows: the codings.
        own: GUIDs of what other frameworks added.
        texts: the plain text of a source by its row, to count line ends alike in all programs' texts.
    """

    def __init__(
        self,
        project: Project,
        framework: Framework | None,
        decisions: DecisionsLike | None,
        people: Participants,
        rows: list[Coding],
        own: frozenset[str],
        texts: Texts | None = None,
    ) -> None:
        self._project, self._framework, self._decisions = project, framework, decisions
        self._people, self._rows = people, rows
        self._tree = CodeTree.of(project)
        self._codes = value_codes(self._tree, framework, own) - people.speaker_codes
        places = Places(project)
        lengths = places.text_lengths()
        self.line_ends = line_ends(lengths, texts)
        self.text_total = text_total(lengths, places.top, people, self.line_ends)
        self._by_code = tally(rows, lambda row: (row.code_row,))
        self._shown: dict[int, dict[str, Any]] = {}
        above = {code.row: (code.row, *(up.row for up in self._tree.ancestors(code))) for code in self._tree}
        self._with_sub_codes = tally(rows, lambda row: above[row.code_row])

    def _numbers(self, entry: Tally | None) -> dict[str, Any]:
        return numbers(entry or Tally(), self._people, self.text_total, self.line_ends)

    def _numbers_of(self, code: Code) -> dict[str, Any]:
        """The numbers of a code by itself, which several tables show."""
        if code.row not in self._shown:
            self._shown[code.row] = self._numbers(self._by_code.get(code.row))
        return self._shown[code.row]

    def _held(self, code: Code) -> tuple[str, ...]:
        return self._decisions.constructs.get(code.key, ()) if self._decisions else ()

    def _is_value(self, code: Code) -> bool:
        """A code that can hold codings and is not only about another question, such as an example of technology."""
        if self._tree.children[code.row] and code.row not in self._by_code:
            return False  # a heading for the codes below it
        held = self._held(code)
        main = {one.id for dimension in main_dimensions(self._framework) for one in dimension.constructs}
        return not held or any(one in main for one in held)

    def values(self) -> pd.DataFrame:
        """A row a value, most participants first."""
        rows = [
            self._about(code) | self._numbers_of(code)
            for code in self._tree
            if code.row in self._codes and self._is_value(code)
        ]
        frame = _frame(rows, [*_ABOUT, *self._numbers(None)])
        return frame.sort_values(["participants", "codings"], ascending=False, kind="stable", ignore_index=True)

    def constructs(self) -> pd.DataFrame:
        """A row a construct, in the framework's order; ``codes`` are those mapped to it."""
        entries = tally(self._rows, lambda row: row.constructs)
        rows = []
        for dimension in self._framework.dimensions if self._framework else ():
            for one in dimension.constructs:
                codes = [code for code in self._tree if code.row in self._codes and one.id in self._held(code)]
                rows.append(
                    {
                        "dimension": dimension.id,
                        "construct": one.id,
                        "name": one.name,
                        "definition": one.definition,
                        "citation": dimension.citation,
                        "color": one.color,
                        "codes": tuple(code.row for code in codes),
                    }
                    | self._numbers(entries.get(one.id))
                )
        columns = ["dimension", "construct", "name", "definition", "citation", "color", "codes"]
        return _frame(rows, [*columns, *self._numbers(None)])

    def codebook(self) -> pd.DataFrame:
        """A row a code, in the order of the project; also with what is coded below it."""
        rows = []
        for code in self._tree:
            if code.row in self._codes:
                below = self._with_sub_codes.get(code.row, Tally())
                extra = {"participants_below": len(below.people), "codings_below": below.codings}
                rows.append(self._about(code) | self._numbers_of(code) | extra)
        return _frame(rows, [*_ABOUT, *self._numbers(None), "participants_below", "codings_below"])

    def not_mapped(self) -> pd.DataFrame:
        """Codes with codings that express nothing, most codings first."""
        rows = []
        for code in self._tree:
            if code.row not in self._codes or code.row not in self._by_code or self._held(code):
                continue
            rows.append(self._about(code) | {"decision": self._decision(code)} | self._numbers_of(code))
        frame = _frame(rows, [*_ABOUT, "decision", *self._numbers(None)])
        return frame.sort_values(["codings"], ascending=False, kind="stable", ignore_index=True)

    def _decision(self, code: Code) -> str:
        if self._decisions is None or self._framework is None:
            return "no mapping"
        none = [d.title for d in self._framework.dimensions if (code.key, d.id) in self._decisions.none]
        return f"decided: none of {', '.join(none)}" if none else "not decided"

    def _about(self, code: Code) -> dict[str, Any]:
        return {
            "code_row": code.row,
            "value": code.name,
            "path": write_path(code.path),
            "level": len(code.path) - 1,
            "definition": code.description or "",
            "color": code.color or "",
            "codable": code.is_codable,
            "guid": code.guid,
            "constructs": self._held(code),
        }

    def theme_of(self) -> dict[tuple[int, str], str]:
        """(row of a code, id of a dimension) → its theme there, in dimensions with themes."""
        themes = self._decisions.themes if self._decisions else {}
        found = {}
        for dimension in self._framework.dimensions if self._framework else ():
            for code in self._tree if dimension.themes else ():
                if code.row in self._codes and set(self._held(code)) & {one.id for one in dimension.constructs}:
                    found[code.row, dimension.id] = themes.get((code.key, dimension.id)) or code.name
        return found

    def themes(self) -> pd.DataFrame:
        """A row a theme of a construct, for dimensions with themes; most participants first."""
        named = self.theme_of()
        dimensions = [one for one in self._framework.dimensions if one.themes] if self._framework else []
        of_construct = {one.id: dimension.id for dimension in dimensions for one in dimension.constructs}

        def keys(row: Coding) -> list[tuple[str, str, str]]:
            held = [(of_construct[construct], construct) for construct in row.constructs if construct in of_construct]
            return [(dim, construct, named.get((row.code_row, dim), row.value)) for dim, construct in held]

        order = {one.id: rank for rank, one in enumerate(self._framework.constructs)} if self._framework else {}
        rows = []
        for (dimension, construct, theme), entry in tally(self._rows, keys).items():
            about = {
                "dimension": dimension,
                "construct": construct,
                "theme": theme,
                "codes": tuple(sorted(entry.codes)),
            }
            rows.append(about | self._numbers(entry))
        rows.sort(key=lambda row: (order[row["construct"]], -row["participants"], -row["codings"]))
        return _frame(rows, ["dimension", "construct", "theme", "codes", *self._numbers(None)])

    def facts(self) -> list[tuple[str, int]]:
        """What was counted in all."""
        valid = counted(self._rows)
        return [
            ("Participants", self._people.sizes[""]),
            ("Sources", sum(len(rows) for rows in self._included_sources())),
            ("Codes with codings", len(self._by_code)),
            ("Quotations", len({row.place_id for row in valid})),
            ("Codings", len(valid)),
            ("Coders", len({row.coder for row in self._rows if row.coder})),
            ("Characters of text", self.text_total),
        ]

    def _included_sources(self) -> Sequence[tuple[int, ...]]:
        table = self._people.table
        return [rows for rows, include in zip(table["source_rows"], table["include"], strict=True) if include]

    def findings(self) -> list[Finding]:
        """What is not counted, and what is counted for nobody."""
        found = []
        dangling = [
            row["code_guid"]
            for row in self._project.records("codings")
            if row["code_row"] is None and normalise_guid(row["code_guid"] or "")
        ]
        if dangling:
            said = count(len(dangling), "coding names", "codings name")
            message = f"{said} a code that the project does not have; nothing was counted for that."
            found.append(Finding("reference-dangling", message, str(dangling[0])))
        reasons = Counter(row.not_counted for row in self._rows)
        for reason, code in (
            (REPEATS, "study-repeated"),
            (IN_NOTE, "study-in-note"),
            (LEFT_OUT, "study-left-out"),
            (NOBODY, "study-nobody"),
        ):
            number = reasons[reason]
            if number:
                found.append(Finding(code, f"{count(number, 'coding is', 'codings are')} not counted: {reason}."))
        found += self._never_coded()
        if not self._by_code:
            found.append(Finding("study-nothing", "No coding of the project counts, so there is nothing to show."))
        return found

    def _never_coded(self) -> list[Finding]:
        """The codes that nobody used, by name: in the tables of values they are rows of zeros."""
        unused = (one for one in self._tree if one.row in self._codes and one.row not in self._with_sub_codes)
        names = [one.name for one in unused if one.is_codable]
        if not names or not self._by_code:
            return []
        listed = ", ".join(f"“{name}”" for name in names[:5]) + (" …" if len(names) > 5 else "")
        message = f"{count(len(names), 'code has', 'codes have')} no codings that count: {listed}."
        return [Finding("study-never-coded", message)]


_ABOUT = ("code_row", "value", "path", "level", "definition", "color", "codable", "guid", "constructs")


def _frame(rows: list[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype=_dtype(name)) for name in columns})


def _dtype(column: str) -> str:
    if column in ("constructs", "codes"):
        return "object"
    if column == "text_share" or column.startswith("share"):
        return "Float64"
    if column in ("codable",):
        return "boolean"
    texts = {
        "value",
        "path",
        "definition",
        "color",
        "guid",
        "dimension",
        "construct",
        "name",
        "citation",
        "decision",
        "theme",
    }
    return "string" if column in texts else "Int64"
