"""From what a mapping says to what holds for each code of a project. Needs no pandas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from qdpx_compassion.code_tree import Code, CodeTree, write_path
from qdpx_compassion.errors import MappingError
from qdpx_compassion.findings import Finding, Severity, count
from qdpx_compassion.frameworks.framework import Dimension, Framework
from qdpx_compassion.mapping.model import Decisions, MappingRow, SelectionException
from qdpx_compassion.mapping.model import Mapping as CodeMapping
from qdpx_compassion.tables import normalise_guid


def offered(tree: CodeTree, framework: Framework, own: frozenset[str] = frozenset()) -> list[Code]:
    """The codes that researchers decide about, in document order.

    Args:
        tree: the project's codes.
        framework: its own codes in the project, and what stands below them, are left out.
        own: GUIDs of further codes to leave out with all below them (other frameworks'), as compared.

    Returns:
        All codes but cases (participants) and framework codes; folders too, since a mark on them covers what is below.
    """
    skipped = _own_rows(tree, framework, own)
    return [code for code in tree if not code.is_case and code.row not in skipped]


@dataclass
class Matches:
    """Which row of a mapping is about which code.

    Attributes:
        rows: code key → its row.
        gone: rows whose code the project does not have.
        findings: what was wrong or notable about rows.
    """

    rows: dict[str, MappingRow] = field(default_factory=dict)
    gone: list[MappingRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def match_rows(
    mapping: CodeMapping, framework: Framework, tree: CodeTree, own: frozenset[str] = frozenset()
) -> Matches:
    """Find the code of each row, by GUID and path; cases and framework codes are refused.

    A row whose GUID the project has is about that code, also when the code was renamed since. A row whose GUID is
    unknown (some programs give new ones with each export) is about the code of its path.
    """
    matches = Matches()
    skipped = _own_rows(tree, framework, own)
    by_path: list[MappingRow] = []
    for row in mapping.rows:
        code = _find(row, tree, matches, by_path)
        if code is None:
            continue
        if code.is_case and decides(row):
            message = f"“{write_path(code.path)}” is a case: it stands for participants and cannot be mapped."
            matches.findings.append(Finding("mapping-case-code", message, row.where))
        elif code.row in skipped and decides(row):
            message = f"“{write_path(code.path)}” is a code of a framework itself and cannot be mapped."
            matches.findings.append(Finding("mapping-own-code", message, row.where))
        elif code.key in matches.rows:
            first = matches.rows[code.key].where
            message = f"“{write_path(code.path)}” stands in another row already ({first}); this row was not used."
            matches.findings.append(Finding("mapping-code-twice", message, row.where))
        elif not code.is_case and code.row not in skipped:
            matches.rows[code.key] = row
    if by_path:
        many = "1 row was" if len(by_path) == 1 else f"{len(by_path)} rows were"
        message = f"{many} found by path, because the project does not have their GUIDs."
        matches.findings.append(Finding("mapping-code-disagrees", message, by_path[0].where, Severity.WARNING))
    return matches


def resolve(
    mapping: CodeMapping, framework: Framework, tree: CodeTree, own: frozenset[str] = frozenset()
) -> tuple[Decisions, list[Finding]]:
    """What holds for each code, inheritance resolved for each dimension by itself.

    A mark covers the descendants of its code, unless a descendant has a mark of its own in that dimension (an explicit
    no and ``no element`` are marks too) or the row says that it does not cover sub-codes.

    Args:
        mapping: as read.
        framework: what its construct ids belong to.
        tree: the project's codes.
        own: GUIDs of further codes that are never mapped (other frameworks').

    Returns:
        The decisions, and a finding for everything that could not be used.
    """
    matches = match_rows(mapping, framework, tree, own)
    findings = matches.findings
    decided = {key: _Decided.of(row, framework, findings) for key, row in matches.rows.items()}
    constructs: dict[str, tuple[str, ...]] = {}
    themes: dict[tuple[str, str], str] = {}
    none: set[tuple[str, str]] = set()
    undecided: list[str] = []
    for code in offered(tree, framework, own):
        if tree.by_key[code.key] is not code:
            continue  # a second code of the same GUID: references name the first
        held: list[str] = []
        any_decision = False
        for dimension in framework.dimensions:
            marks = _in_force(code, dimension, decided, tree)
            if marks is None:
                continue
            any_decision = True
            yes = [construct.id for construct in dimension.constructs if marks.get(construct.id)]
            held.extend(yes)
            if not yes:
                none.add((code.key, dimension.id))
            elif dimension.themes:
                themes[code.key, dimension.id] = _theme(code, dimension, decided, tree)
        if held:
            constructs[code.key] = tuple(held)
        if not any_decision:
            undecided.append(code.key)
    findings.extend(_idle_themes(matches.rows, framework, themes))
    exceptions = _exceptions(mapping.exceptions, framework, findings)
    return Decisions(framework.id, constructs, themes, frozenset(none), tuple(undecided), exceptions), findings


def _own_rows(tree: CodeTree, framework: Framework, own: frozenset[str]) -> set[int]:
    """The rows of framework codes and of all that stands below them."""
    guids = framework.code_guids | own
    rows: set[int] = set()
    for code in tree:
        if code.key in guids or code.parent in rows:
            rows.add(code.row)
    return rows


def decides(row: MappingRow) -> bool:
    """Whether a row says anything about its code."""
    return bool(row.marks or row.no_element or row.themes)


@dataclass(frozen=True, slots=True)
class _Decided:
    """A row's own marks by dimension; a dimension without any is absent."""

    marks: Mapping[str, Mapping[str, bool]]
    themes: Mapping[str, str]
    covers: bool

    @classmethod
    def of(cls, row: MappingRow, framework: Framework, findings: list[Finding]) -> _Decided:
        for unknown in sorted(set(row.marks) - {construct.id for construct in framework.constructs}):
            findings.append(_unknown_construct(unknown, framework, row.where))
        known = {dimension.id for dimension in framework.dimensions}
        for unknown in sorted((row.no_element | set(row.themes)) - known):
            findings.append(_unknown_construct(unknown, framework, row.where))
        marks: dict[str, Mapping[str, bool]] = {}
        for dimension in framework.dimensions:
            own = {one.id: row.marks[one.id] for one in dimension.constructs if one.id in row.marks}
            problem = _contradiction(dimension, own, none=dimension.id in row.no_element)
            if problem:
                findings.append(Finding("mapping-contradiction", problem, row.where))
            elif own or dimension.id in row.no_element:
                marks[dimension.id] = own
        themes = {key: theme for key, theme in row.themes.items() if theme and key in known}
        return cls(marks, themes, row.sub_codes)


def _contradiction(dimension: Dimension, own: Mapping[str, bool], *, none: bool) -> str:
    yes = [construct.name for construct in dimension.constructs if own.get(construct.id)]
    if none and yes:
        return f"{dimension.title}: marked as {', '.join(yes)} and also as none. Neither was used."
    if len(yes) > 1 and not dimension.several:
        return f"{dimension.title}: only one of {', '.join(yes)} can hold. None was used."
    return ""


def _in_force(
    code: Code, dimension: Dimension, decided: Mapping[str, _Decided], tree: CodeTree
) -> Mapping[str, bool] | None:
    """The marks that hold for a code in a dimension: its own, or those of the nearest code above that covers it."""
    for place, row in _rows_above(code, decided, tree):
        if dimension.id in row.marks and (place is code or row.covers):
            return row.marks[dimension.id]
    return None


def _theme(code: Code, dimension: Dimension, decided: Mapping[str, _Decided], tree: CodeTree) -> str:
    """The theme of a code: its own, one from where its mark comes, else its name."""
    for place, row in _rows_above(code, decided, tree):
        if dimension.id in row.themes and (place is code or row.covers):
            return row.themes[dimension.id]
        if dimension.id in row.marks and (place is code or row.covers):
            break
    return code.name


def _rows_above(code: Code, decided: Mapping[str, _Decided], tree: CodeTree) -> Iterator[tuple[Code, _Decided]]:
    for place in (code, *tree.ancestors(code)):
        row = decided.get(place.key)
        if row is not None:
            yield place, row


def _idle_themes(
    rows: Mapping[str, MappingRow], framework: Framework, themes: Mapping[tuple[str, str], str]
) -> Iterator[Finding]:
    for key, row in rows.items():
        for dimension in framework.dimensions:
            if row.themes.get(dimension.id) and (key, dimension.id) not in themes:
                message = f"The theme “{row.themes[dimension.id]}” has no mark for {dimension.title}; it was not used."
                yield Finding("mapping-contradiction", message, row.where, Severity.WARNING)


def _exceptions(
    exceptions: tuple[SelectionException, ...], framework: Framework, findings: list[Finding]
) -> dict[str, dict[str, bool]]:
    result: dict[str, dict[str, bool]] = {}
    for exception in exceptions:
        if exception.construct_id and framework.construct(exception.construct_id) is None:
            findings.append(_unknown_construct(exception.construct_id, framework, exception.where))
            continue
        if not (exception.selection_guid and exception.construct_id) or exception.include is None:
            continue  # reading said so
        held = result.setdefault(normalise_guid(exception.selection_guid), {})
        if held.setdefault(exception.construct_id, exception.include) != exception.include:
            message = f"An earlier exception says the opposite about {exception.construct_id} here; that one was used."
            findings.append(Finding("mapping-contradiction", message, exception.where))
    return result


def _unknown_construct(written: str, framework: Framework, where: str) -> Finding:
    message = f"The framework “{framework.title}” has no “{written}”. It has: " + ", ".join(
        construct.id for construct in framework.constructs
    )
    return Finding("mapping-construct-unknown", message + ".", where)


def _alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two paths are the same but for what a cell or a text file cannot hold."""
    return _visible("\0".join(one)) == _visible("\0".join(other))


def _visible(text: str) -> str:
    return "".join(
        character
        for character in text
        if character.isprintable()
        and not character.isspace()
        and not "\u2400" <= character <= "\u2421"
        and character != "\ufffd"
    )


def _find(row: MappingRow, tree: CodeTree, matches: Matches, by_path: list[MappingRow]) -> Code | None:
    """The code of a row; what is wrong with the row goes to the findings."""
    path = tuple(name.strip() for name in row.path)
    there = tree.by_path.get(path, []) if path else []
    code = tree.by_key.get(normalise_guid(row.guid)) if row.guid.strip() else None
    if code is None and not row.guid and len(path) == 1 and not there:
        code = tree.by_key.get(normalise_guid(path[0]))  # an id that has not the form of a GUID
        path = ()
    written = write_path(row.path) or row.guid
    if code is not None:
        if not path or code in there or _alike(path, code.path):
            return code
        now = write_path(code.path)
        if there:
            message = f"The GUID is that of “{now}”, the path is that of another code, “{written}”."
            matches.findings.append(Finding("mapping-code-disagrees", message, row.where))
            return None
        message = f"The code was called “{written}” and is now “{now}”; the GUID was followed."
        matches.findings.append(Finding("mapping-code-disagrees", message, row.where, Severity.WARNING))
        return code
    if len(there) > 1:
        message = f"{len(there)} codes have the path “{written}”; write the GUID of the one that is meant."
        matches.findings.append(Finding("mapping-code-ambiguous", message, row.where))
        return None
    if there:
        if row.guid:
            by_path.append(row)
        return there[0]
    message = f"The project has no code “{written}”." if written else "The row names no code (no path and no GUID)."
    severity = None if decides(row) else Severity.WARNING
    matches.findings.append(Finding("mapping-code-gone", message, row.where, severity))
    matches.gone.append(row)
    return None


def refuse_errors(findings: Sequence[Finding], mapping: CodeMapping) -> None:
    """Raise when a mapping cannot be used as it is.

    Args:
        findings: of reading and resolving it.
        mapping: for its name.

    Raises:
        MappingError: names the first error and its cell, and how many more there are.
    """
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors:
        rest = len(errors) - 1
        more = f" There {'is' if rest == 1 else 'are'} {count(rest, 'more error')}." if rest else ""
        raise MappingError(
            f"{errors[0].message}{more}",
            where=errors[0].where or mapping.name,
            remedy="Run 'qdpx-compassion mapping check' to see them all; nothing was written.",
        )
