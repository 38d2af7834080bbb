"""Several coders' copies of one project as one project: nothing doubled, nothing lost in silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.errors import InputError, UsageError
from qdpx_compassion.files.atomic import atomic_output, refuse_existing
from qdpx_compassion.files.progress import Progress
from qdpx_compassion.files.project_files import Member
from qdpx_compassion.files.stores import zip_output
from qdpx_compassion.findings import Finding
from qdpx_compassion.refi.merged_copies import VERSIONS_NAME, is_versions_note
from qdpx_compassion.refi.quoting import short
from qdpx_compassion.refi.writer import write_document
from qdpx_compassion.tables import TABLES, Project, ReadRows
from qdpx_compassion.teams.conflicts import Conflict
from qdpx_compassion.teams.copies import Copy, open_copies
from qdpx_compassion.teams.held_texts import HeldTexts
from qdpx_compassion.teams.labels import code_of, user_name
from qdpx_compassion.teams.same_coders import Coders
from qdpx_compassion.teams.same_sources import SameSources
from qdpx_compassion.teams.side import Side
from qdpx_compassion.teams.uniting import United
from qdpx_compassion.teams.versions import in_earlier_merge, keep_versions

_PATHS = ("plain_text_path", "rich_text_path", "path")
#: About how many bytes a row takes in the document; only to know beforehand which documents are very large.
_ROW_BYTES = 600
_NOTED = Finding(
    "merge-versions",
    f"The note “{VERSIONS_NAME}” keeps what was made of what, so that a copy that is merged again adds nothing. "
    "It holds no words of the copies.",
)
#: Characters of a value in a message; the workbook has it whole.
_MESSAGE = 120


@dataclass(frozen=True, slots=True)
class LostPlace:
    """A coding whose passage is not in the text that holds.

    Attributes:
        project: name of the copy. code: path of the code. coder: name.
        where: source and place in the copy's text. quotation: what was marked.
    """

    project: str
    code: str
    coder: str
    where: str
    quotation: str

    def as_dict(self) -> dict[str, str]:
        """The coding as plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass
class Merged:
    """What merging gave.

    Attributes:
        project: the tables; positions are counted as in the first copy.
        copies: names, in the order in which they were merged.
        conflicts: what copies said differently, and which holds.
        unplaced: codings that could not be placed, and are not in the project.
        counts: table → rows of all copies, rows of the merged project.
        findings: everything noticed.
        members: name in the folder ``sources`` → number of the copy and its file there.
    """

    project: Project
    copies: list[str]
    conflicts: list[Conflict] = field(default_factory=list)
    unplaced: list[LostPlace] = field(default_factory=list)
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    members: dict[str, tuple[int, Member]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The result as plain values, for ``--json``."""
        return {
            "projects": self.copies,
            "conflicts": [conflict.as_dict() for conflict in self.conflicts],
            "unplaced": [one.as_dict() for one in self.unplaced],
            "counts": {name: {"before": before, "after": after} for name, (before, after) in self.counts.items()},
            "findings": [finding.as_dict() for finding in self.findings],
        }


def merge_projects(
    paths: Sequence[str | Path],
    target: str | Path | None,
    *,
    prefer: str | Path | None = None,
    settle: Mapping[str, str] | None = None,
    coders: Coders = "auto",
    conflicts: str | Path | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> Merged:
    """Merge copies of one project into a new one.

    The same sources are recognised by GUID, else by text; codes by GUID, else by path; codings by place, code and
    coder. What copies say differently holds as in the preferred one, else as in the newest; each such conflict is in
    the result. The order of the copies does not matter, and merging again changes nothing.

    Args:
        paths: two copies or more.
        target: the .qdpx to write (.qde where no copy has files); None: nothing is written.
        prefer: the copy that settles conflicts.
        settle: label of a conflict, or ``label, attribute`` → file name of the copy that settles this one.
        coders: users of one name, but other GUIDs: ``same``, ``apart``, or ``auto``: apart where copies have GUIDs in
            common and the name is what programs call everybody (Admin, User).
        conflicts: a workbook (.xlsx) to write, with what copies say differently and what could not be placed.
        force: replace existing files.
        progress: told how many bytes of a document were read just now.

    Raises:
        InputError: a copy cannot be read, or they have nothing in common.
        OutputError: the target may not or cannot be written.
        UsageError: fewer than two copies, or a choice that fits no conflict.
    """
    files = [Path(path) for path in paths]
    if len(files) < 2:
        raise UsageError("One project cannot be merged.", remedy="Give two copies or more.")
    out = None if target is None else Path(target)
    if out is not None:
        refuse_existing(out, force=force, inputs=tuple(files), suffixes=(".qdpx", ".qde"))
    book = None if conflicts is None else Path(conflicts)
    if book is not None:
        refuse_existing(book, force=force, inputs=tuple(files), suffixes=(".xlsx",))
    with open_copies(files, None if prefer is None else Path(prefer), progress) as copies:
        same = SameSources(copies)
        known = {copies[one]: copies[other].name for one, other in _known(copies, same, settle or {}).items()}
        if known:
            copies = [copy for copy in copies if copy not in known]
            same = SameSources(copies)
        merged = merge_copies(copies, settle, coders, same)
        for copy, other in known.items():
            message = f"It is in {other} already, so nothing more is taken from it."
            merged.findings.insert(0, Finding("merge-known", message, copy.name))
            for table, (before, after) in merged.counts.items():
                merged.counts[table] = before + _count(copy.project.rows, table), after
        if out is not None:
            _write(merged, copies, out, force=force)
    if book is not None:
        from qdpx_compassion.teams.merge_workbook import write_conflicts

        merged.findings += write_conflicts(book, merged, force=force)
    return merged


def merge_copies(
    copies: Sequence[Copy],
    settle: Mapping[str, str] | None = None,
    coders: Coders = "auto",
    same: SameSources | None = None,
) -> Merged:
    """Merge copies that are open; see ``merge_projects``. Their tables are changed.

    Args:
        copies: in their order.
        settle: as for projects.
        coders: likewise.
        same: which sources are one, if that is known already.

    Raises:
        InputError: they have nothing in common.
        UsageError: a choice that fits no conflict.
    """
    settle = _named_copies(copies, settle or {})
    before = {name: sum(_count(copy.project.rows, name) for copy in copies) for name in TABLES}
    findings = [_of(copy, finding) for copy in copies for finding in copy.project.findings]
    same = same or SameSources(copies)
    _refuse_strangers(copies, same)
    held = HeldTexts(same, copies[0].reading, settle)
    lost = _lost_places(copies, held)
    united = United(copies, same, settle, coders)
    conflicts = [*_of_texts(copies, held), *united.conflicts]
    noted = keep_versions(
        united.rows["sources"], united.provider, same, united.other_guids(),
        copies=bool(conflicts or lost or held.moved)
        or any(finding.code != "merge-one-coder" for finding in united.findings),
    )  # fmt: skip
    if unknown := [label for label in united.unknown if label not in held.used]:
        raise UsageError(
            f"Nothing conflicts under the name “{unknown[0]}”, or not in the project given for it.",
            remedy="Merge without that choice first; conflicts are listed with their names.",
        )
    result = Merged(united.project, [copy.name for copy in copies], conflicts, lost)
    result.counts = {name: (before[name], _count(united.rows, name)) for name in TABLES if before[name]}
    result.findings = [
        *findings,
        *_apart(copies, same),
        *same.findings,
        *united.findings,
        *_findings(result, held, united),
        *([_NOTED] if noted and len(copies) > 1 else []),
    ]
    result.project.findings = []
    result.members = _members(copies, united)
    return result


def _known(copies: Sequence[Copy], same: SameSources, settle: Mapping[str, str]) -> dict[int, int]:
    """Copies that are in another already, and not asked for by name → that other."""
    asked = {Path(project).name for project in settle.values()}
    return {
        number: other
        for number, other in in_earlier_merge(same).items()
        if not copies[number].preferred and Path(copies[number].name).name not in asked
    }


def _count(rows: Mapping[str, ReadRows], table: str) -> int:
    """The rows of a table, but for the note that merging makes."""
    return len(rows[table]) - (sum(map(is_versions_note, rows[table])) if table == "sources" else 0)


def _named_copies(copies: Sequence[Copy], settle: Mapping[str, str]) -> dict[str, str]:
    """The choices, each with the name of a copy; a copy may be given with or without its folder."""
    names = {copy.name for copy in copies}
    found = {}
    for label, project in settle.items():
        name = project if project in names else Path(project).name
        if name not in names:
            raise UsageError(
                f"“{project}” is none of the projects that are merged: {', '.join(sorted(names))}.",
                remedy="Settle with the file name of one of them.",
            )
        found[label] = name
    return found


def _of(copy: Copy, finding: Finding) -> Finding:
    where = f"{copy.name}, {finding.where}" if finding.where else copy.name
    return Finding(finding.code, finding.message, where, finding.severity)


def _refuse_strangers(copies: Sequence[Copy], same: SameSources) -> None:
    """Projects that share no source and no code are not copies of one project."""
    related = {0}
    links = [set(group.rows) for group in same.pairs()]
    names: dict[Any, set[int]] = {}
    for number, copy in enumerate(copies):
        for code in CodeTree.of(copy.project):
            for key in (code.key, code.path):
                names.setdefault(key, set()).add(number)
    links += [numbers for numbers in names.values() if len(numbers) > 1]
    changed = True
    while changed:
        grown = related.union(*(link for link in links if link & related))
        changed, related = grown != related, grown
    strangers = [copy.name for number, copy in enumerate(copies) if number not in related]
    if strangers:
        raise InputError(
            f"It has nothing in common with {copies[0].name}: no source and no code.",
            where=", ".join(strangers),
            remedy="Give copies of one project.",
        )


def _apart(copies: Sequence[Copy], same: SameSources) -> list[Finding]:
    """Copies without a source that another has: perhaps another study with the same codebook."""
    shared = {number for group in same.pairs() for number in group.rows}
    message = "It shares codes with the other projects, but no source. Is it a copy of the same study?"
    return [
        Finding("merge-apart", message, copy.name)
        for number, copy in enumerate(copies)
        if number not in shared and copy.project.rows["sources"] and len(copies) > 1
    ]


def _lost_places(copies: Sequence[Copy], held: HeldTexts) -> list[LostPlace]:
    found = []
    position = TABLES["codings"].position
    on: dict[tuple[int, int], list[int]] = {}
    for number in {one.copy for one in held.unplaced}:
        for row, coding in enumerate(copies[number].project.rows["codings"]):
            if coding[0] == "selection" and coding[1] in copies[number].dropped:
                on.setdefault((number, coding[1]), []).append(row)
    sides = {number: Side(copies[number].project) for number in {one.copy for one in held.unplaced}}
    for one in held.unplaced:
        copy, side = copies[one.copy], sides[one.copy]
        codings = on.get((one.copy, one.row), [])
        for row in codings:
            user = user_name(side, copy.project.rows["codings"][row][position["creating_user"]]) or ""
            found.append(LostPlace(copy.name, code_of(side, row), user, one.where, one.quotation))
        if not codings:
            found.append(LostPlace(copy.name, "", "", one.where, one.quotation))
    return found


def _of_texts(copies: Sequence[Copy], held: HeldTexts) -> list[Conflict]:
    return [
        Conflict(
            choice.kind,
            choice.source,
            "file" if choice.files else "text",
            tuple((copies[number].name, says) for number, says in (choice.chosen, choice.other)),
            copies[choice.chosen[0]].name,
            choice.why,
            choice.passages,
        )
        for choice in held.choices
    ]


def _findings(result: Merged, held: HeldTexts, united: United) -> list[Finding]:
    found = []
    for one in result.conflicts:
        sides = "; ".join(f"{name}: “{short(says, _MESSAGE)}”" for name, says in one.sides)
        places = f" in {len(one.passages):,} places, first" if len(one.passages) > 1 else ""
        message = f"{one.attribute} differs{places}: {sides}. {one.chosen} holds ({one.why})."
        found.append(Finding("merge-conflict", message, f"{one.kind}, {one.label}"))
    for lost in result.unplaced:
        by = f" by {lost.coder}" if lost.coder else ""
        message = f"“{lost.code}”{by} is not in the merged text, so it could not be placed: “{lost.quotation}”."
        found.append(Finding("merge-unplaced", message, f"{lost.project}, {lost.where}"))
    if held.moved:
        many = "1 selection marks" if held.moved == 1 else f"{held.moved} selections mark"
        found.append(Finding("merge-moved", f"{many} other words than before, since the text was edited."))
    if united.cut_off:
        many = "1 link or member" if united.cut_off == 1 else f"{united.cut_off:,} links or members"
        message = f"{many} of a case named a selection that could not be placed, and went with it."
        found.append(Finding("merge-unplaced", message))
    if united.reused:
        many = "1 GUID" if united.reused == 1 else f"{united.reused:,} GUIDs"
        message = f"{many} stood for different things in two projects; the later got a new one."
        found.append(Finding("merge-guid-reused", message))
    return found


# -- writing -----------------------------------------------------------------------------------------------------------


def _members(copies: Sequence[Copy], united: United) -> dict[str, tuple[int, Member]]:
    """The files of the merged project, and their paths in its table; those outside of projects stay as written."""
    position = TABLES["sources"].position
    named: dict[tuple[int, str], str] = {}
    taken: dict[str, tuple[int, Member]] = {}
    for row, (number, _) in united.provider.items():
        for column in _PATHS:
            values = united.rows["sources"][row]
            written = values[position[column]]
            member = copies[number].paths.find(written, "") if written else None
            if member is None:
                continue
            key = (number, member.name)
            if key not in named:
                named[key] = _free_name(PurePosixPath(member.name).name, copies[number].digest, taken)
                taken[named[key]] = (number, member)
            values[position[column]] = f"internal://{named[key]}"
    return taken


def _free_name(name: str, digest: str, taken: Mapping[str, object]) -> str:
    folded = {one.casefold() for one in taken}
    if name.casefold() not in folded:
        return name
    path = PurePosixPath(name)
    for length in range(8, len(digest) + 1):
        other = f"{path.stem}-{digest[:length]}{path.suffix}"
        if other.casefold() not in folded:
            return other
    return f"{path.stem}-{digest}-{len(taken)}{path.suffix}"


def _write(merged: Merged, copies: Sequence[Copy], target: Path, *, force: bool) -> None:
    if target.suffix.lower() == ".qde":
        if merged.members:
            raise UsageError(
                "The merged project has files beside its document, so it is an archive.",
                where=str(target),
                remedy=f"Call it {target.with_suffix('.qdpx').name}.",
            )
        with atomic_output(target, force=force) as temporary, temporary.open("wb") as file:
            write_document(merged.project, partial(file.write))
        return
    size = _ROW_BYTES * sum(map(len, merged.project.rows.values()))
    with zip_output(target, force=force) as store:
        store.add("project.qde", lambda file: write_document(merged.project, file.write), size=size)
        for name, (number, member) in sorted(merged.members.items()):
            chunks = copies[number].files.chunks(member, limit=member.size)
            store.add_chunks(f"sources/{name}", chunks, size=member.size)
