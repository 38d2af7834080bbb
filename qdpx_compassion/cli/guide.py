"""The steps of the guided job, and what is said at each."""

from __future__ import annotations

from pathlib import Path

import click

from qdpx_compassion.api.guiding import GuidedFiles, MappingState
from qdpx_compassion.cli.asking import Asking
from qdpx_compassion.cli.everywhere import be_quiet
from qdpx_compassion.cli.output import console, count, print_findings, print_json, progress, say, shown
from qdpx_compassion.cli.run_log import record, will_write
from qdpx_compassion.errors import InputError
from qdpx_compassion.findings import Finding
from qdpx_compassion.frameworks import Framework

_PROJECTS = (".qdpx", ".qde")
_TO_DO = {"fill-in": "Fill it in", "mend": "Mend that"}


def find_project(folder: Path, asking: Asking) -> Path:
    """The project that is meant where none was named: one of those in the folder.

    Raises:
        InputError: there is none.
    """
    found = sorted(
        path for path in folder.iterdir() if path.suffix.lower() in _PROJECTS and not path.stem.endswith("-enriched")
    )
    if not found:
        raise InputError(
            "There is no project (.qdpx) in this folder.",
            remedy="Export one from your program (REFI-QDA) and say where it is: qdpx-compassion start PROJECT. "
            "To try the program out with invented interviews: qdpx-compassion start --sample",
        )
    if len(found) == 1:
        return found[0]
    say(console(), "Projects in this folder:")
    return found[asking.choose("Which one?", [path.name for path in found])]


def put_sample(folder: Path) -> Path:
    """Write the sample into a folder, where it is not there yet."""
    from qdpx_compassion.files.atomic import write_atomically
    from qdpx_compassion.files.package_data import SAMPLE, sample_file

    path = folder / SAMPLE
    if not path.exists():
        write_atomically(path, sample_file(SAMPLE))
        say(console(), f"Wrote {path}: three invented interviews; nobody in them exists.")
    return path


class Guide:
    """One guided job; ``run`` goes as far as it can and says what comes next.

    Args:
        project: of the person. folder: where to write; None: beside the project. mapping: of another name or place.
        asking: asks, or takes the proposed answers.
        framework: that codes are mapped to.
        program: that will read the enriched project; None: it is asked for.
        group: by what people are grouped; None: worked out.
        sample: whether it is the sample, which has decisions of its own.
        force: replace results of an earlier run.
        as_json: print what was done as JSON alone.
        again: the command that goes on with this job.
    """

    def __init__(
        self, project: Path, folder: Path | None, mapping: Path | None, asking: Asking, *, framework: Framework,
        program: str | None, group: str | None, sample: bool, force: bool, as_json: bool, again: str,
    ) -> None:  # fmt: skip
        self._project, self._asking, self._framework, self._group = project, asking, framework, group
        self._program, self._force, self._as_json = program, force, as_json
        self._folder, self._given, self._sample, self._again = folder, mapping, sample, again
        self._files = GuidedFiles.of(project, folder, mapping)
        self._findings: list[Finding] = []
        if as_json:
            be_quiet()
        self._out = console()

    def run(self) -> int:
        """Do the steps that can be done now.

        Returns:
            0 where the job is done or waits for the person, 1 where the mapping keeps it from being done, or where the
            person has interrupted it.
        """
        try:
            return self._run()
        except click.Abort:  # Ctrl and C, or the end of the input
            say(self._out, "Stopped. What is written stays. To go on, run this again:")
            self._out.print(f"  {self._again}", soft_wrap=True)
            return 1

    def _run(self) -> int:
        files = self._files
        will_write(files.mapping, files.next_mapping, *files.results)
        self._look()
        if self._given is None and not self._files.mapping.exists():
            self._make_mapping()
            if self._sample and self._asking.confirm("Use the decisions that come with the sample?"):
                self._take_sample_decisions()
            elif not self._asking.wait("Fill it in and save it. Done?"):
                return self._stop("fill-in", 0)
        while (lacks := self._lacks()) is not None:
            if not self._asking.wait(f"{_TO_DO[lacks]} and save it. Done?"):
                return self._stop(lacks, int(self._asking.yes))
        if self._files.are_newer and not self._force:
            say(self._out, "Everything is written, and nothing was decided since.")
            if not self._asking.confirm("Write it again?", proposed=False):
                return self._stop("done", 0)
        self._write()
        return self._stop("done", 0)

    # -- 1 ----------------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        from qdpx_compassion.api import describe
        from qdpx_compassion.cli.show import print_overview

        self._heading(1, "What is in the project")
        with progress(self._project, "Reading") as tell:
            overview = describe(self._project, progress=tell)
        print_overview(overview)
        if overview.findings:
            more = f"qdpx-compassion show {shown(self._project)}"
            say(self._out, f"{count(len(overview.findings), 'remark')} on the file; to read them: {more}")
        self._writer = overview.dialect.program if overview.dialect.id != "unknown" else ""

    # -- 2 ----------------------------------------------------------------------------------------------------------

    def _make_mapping(self) -> None:
        from qdpx_compassion.api import new_mapping

        self._heading(2, "Decide what your codes express")
        with progress(self._project, "Reading") as tell:
            new_mapping(self._project, self._files.mapping, framework=self._framework, progress=tell)
        say(self._out, f"Wrote {self._files.mapping}, a row for each of your codes. Open it in Excel or LibreOffice.")
        for line in (
            "Sheet Mapping: mark in the coloured cells what each code expresses. Where it expresses none of them, say "
            "so in the column “No …”: an empty row counts as not decided.",
            "Sheet Participants: labels instead of names, groups to compare, who is left out.",
            "Sheet Read me: what else there is.",
        ):
            say(self._out, line, indent=2, first=("- ", ""))

    def _take_sample_decisions(self) -> None:
        """Fill the workbook with the decisions that come with the sample."""
        import tempfile

        from qdpx_compassion.api import update_mapping
        from qdpx_compassion.files.package_data import SAMPLE_MAPPING, sample_file

        with tempfile.TemporaryDirectory() as folder:
            ready = Path(folder) / SAMPLE_MAPPING
            ready.write_bytes(sample_file(SAMPLE_MAPPING))
            update_mapping(self._project, ready, self._files.mapping, framework=self._framework, force=True)
        say(self._out, f"Wrote {self._files.mapping} with ready decisions. Look at it in Excel or LibreOffice.")

    # -- 3 ----------------------------------------------------------------------------------------------------------

    def _lacks(self) -> str | None:
        """What keeps the mapping from being used, said to the person; None: it can be used."""
        from qdpx_compassion.api import check_mapping

        self._heading(3, "Check what you decided")
        mapping = self._files.mapping
        with progress(self._project, "Checking") as tell:
            state = MappingState.of(
                check_mapping(self._project, mapping, framework=self._framework, progress=tell), mapping
            )
        self._findings = state.findings
        if state.outdated and self._offer_update(state):
            return "fill-in"
        if state.errors:
            print_findings([finding for finding in state.findings if finding.code != "mapping-undecided"], every=True)
            say(self._out, f"{mapping.name}: {count(state.errors, 'cell or row', 'cells or rows')} to mend.")
            return "mend"
        if state.empty:
            say(self._out, f"{mapping.name}: no code is marked yet.")
            return "fill-in"
        print_findings(state.findings)
        if state.undecided:
            say(self._out, f"{count(state.undecided, 'code is', 'codes are')} not decided yet.")
            if not self._asking.confirm("Go on with what is decided?", proposed=self._asking.yes):
                return "fill-in"
        else:
            say(self._out, f"{mapping.name}: every code is decided.")
        return None

    def _offer_update(self, state: MappingState) -> bool:
        """Bring the workbook up to date with a project that has changed; whether it was done."""
        from qdpx_compassion.api import update_mapping

        target = self._files.next_mapping
        print_findings([finding for finding in state.findings if finding.code.startswith("mapping-code-")])
        say(self._out, "The project has other codes than the workbook: it has changed since, or is another one.")
        question = f"Write {target.name} with all its codes? What you decided is kept."
        if self._given is not None or not self._asking.confirm(question, proposed=not self._asking.yes):
            return False
        update_mapping(self._project, self._files.mapping, target, framework=self._framework)
        say(self._out, f"Wrote {target}. From now on this one is used; the earlier one stays as it is.")
        self._files = GuidedFiles.of(self._project, self._folder)
        return True

    # -- 4 ----------------------------------------------------------------------------------------------------------

    def _write(self) -> None:
        from qdpx_compassion import api
        from qdpx_compassion.api.reporting import summarise_as
        from qdpx_compassion.api.targets import destination
        from qdpx_compassion.cli.enrich import report
        from qdpx_compassion.refi.targets.profiles import find_target

        self._heading(4, "Put it into the project")
        mapping, inputs = self._files.mapping, (self._project, self._files.mapping)
        force = self._may_replace()
        for target in self._files.results:
            api.refuse_existing(target, force=force, inputs=inputs)
        if self._program is None:
            usual = self._writer or "the program it comes from"
            question = f"Which program will import it? (Enter: {usual}; or nvivo, atlasti, maxqda, …)"
            self._program = self._asking.text(question, find_target)
        made = destination(self._files.enriched, self._program, force=force, inputs=inputs)
        with made as place, progress(self._project, "Enriching", passes=2) as tell:
            result = api.enrich(
                self._project, mapping, place.path, framework=self._framework, reader=self._program, force=force,
                progress=tell,
            )  # fmt: skip
        report(result, self._framework, self._files.enriched, place)
        self._findings = [*self._findings, *result.findings, *place.findings]
        self._heading(5, "The tables")
        with progress(self._project, "Summarising") as tell:
            noticed, people = summarise_as(
                self._project, (self._files.workbook, self._files.page), mapping=mapping,
                framework=self._framework, group=self._group, force=force, progress=tell,
            )  # fmt: skip
        self._findings += [finding for finding in noticed if finding not in self._findings]
        for sentence in people:
            say(self._out, sentence)
        say(self._out, f"Wrote {self._files.workbook} and {self._files.page}.")

    def _may_replace(self) -> bool:
        """Whether results of an earlier run may be replaced; where nothing is asked, --force says so."""
        there = [path.name for path in self._files.results if path.exists()]
        if not there or self._force or self._asking.yes:
            return self._force
        if self._asking.confirm(f"Replace {', '.join(there)} of an earlier run?"):
            return True
        raise InputError("Nothing was written.", remedy="Move the earlier results, or choose another --folder.")

    # -- the end ------------------------------------------------------------------------------------------------------

    def _stop(self, step: str, code: int) -> int:
        """Say what comes next.

        Args:
            step: ``fill-in``, ``mend`` or ``done``.
            code: the exit code.
        """
        files = self._files
        record({}, self._findings)
        if self._as_json:
            named = {name: getattr(files, name) for name in ("mapping", "enriched", "workbook", "page")}
            written = {name: path if path.exists() else None for name, path in named.items()}
            print_json({"step": step, **written, "findings": [one.as_dict() for one in self._findings]})
            return code
        if step == "done":
            say(
                self._out,
                f"Next: import {files.enriched.name} into your program as a new project, and open {files.page.name} in "
                f"a browser. If you decide otherwise, change {files.mapping.name} and run this again:",
            )
        else:
            say(self._out, f"When {files.mapping.name} is filled in and saved, run this again:")
        self._out.print(f"  {self._again}", soft_wrap=True)
        return code

    def _heading(self, number: int, what: str) -> None:
        say(self._out, "")
        say(self._out, (f"Step {number} of 5: {what}", "bold"))
