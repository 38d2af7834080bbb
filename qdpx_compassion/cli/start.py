"""The command ``start``: the main job, step by step."""

# ruff: noqa: D301 - click reads the backspace character (not a backslash and a b) as "do not wrap this paragraph"

from __future__ import annotations

import sys
from pathlib import Path

import click

from qdpx_compassion.cli.output import FORCE, FRAMEWORK, JSON, load, shown
from qdpx_compassion.cli.run_log import logged
from qdpx_compassion.cli.written_for import FOR
from qdpx_compassion.errors import UsageError

_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("project", type=_FILE, required=False)
@click.option("--sample", is_flag=True, help="Begin with invented interviews, to try the program out.")
@click.option("--yes", is_flag=True, help="Ask nothing: take what would be proposed.")
@click.option("--folder", type=_FILE, metavar="FOLDER", help="Where to write; beside the project unless said.")
@click.option("--mapping", type=_FILE, metavar="FILE", help="Your mapping, where it has a name of its own.")
@click.option("--group", metavar="WHAT", help="By what people are grouped: a variable, sets or cases, or none.")
@FRAMEWORK
@FOR
@FORCE
@JSON
@logged(writes=(), into=("folder",))
def start(
    project: Path | None, sample: bool, yes: bool, folder: Path | None, mapping: Path | None, group: str | None,
    framework: str, program: str | None, force: bool, as_json: bool,
) -> None:  # fmt: skip
    """Do the main job step by step: from your project to the enriched one and the tables.

    Shows what is in the project, writes the workbook in which you decide what each code expresses, checks it when you
    have filled it in, and writes the enriched project, the summary workbook and the report page. Stop whenever you
    like and run it again: it goes on where you are. Without PROJECT it looks for projects in this folder.

    \b
    Examples:
      qdpx-compassion start study.qdpx
      qdpx-compassion start --sample
      qdpx-compassion start study.qdpx --yes --group Role
    """
    from qdpx_compassion.cli.asking import Asking
    from qdpx_compassion.cli.guide import Guide, find_project, put_sample

    if as_json and not yes:
        raise UsageError("--json goes together with --yes: questions are for people.")
    if sample and project is not None:
        raise UsageError("--sample brings its own project.", remedy="Leave --sample or PROJECT out.")
    if not yes and not (sys.stdin and sys.stdin.isatty()):
        raise UsageError(
            "Nobody can answer questions here: the input is no terminal.", remedy="Add --yes to do it without them."
        )
    asking = Asking(yes=yes)
    if folder is not None and not folder.is_dir():
        raise UsageError("There is no such folder.", where=str(folder), remedy="Make it first, or leave --folder out.")
    chosen = put_sample(folder or Path()) if sample else project or find_project(Path(), asking)
    guide = Guide(
        chosen, folder, mapping, asking, framework=load(framework), program=program, group=group, sample=sample,
        force=force, as_json=as_json,
        again=_again(chosen, folder=folder, mapping=mapping, group=group, framework=framework, program=program),
    )  # fmt: skip
    sys.exit(guide.run())


def _again(project: Path, **options: Path | str | None) -> str:
    """The command that goes on with the job."""
    words = ["qdpx-compassion start", shown(project)]
    options = {**options, "framework": None if options["framework"] == "compassion" else options["framework"]}
    for name, value in options.items():
        if value is not None:
            words += [f"--{'for' if name == 'program' else name}", shown(Path(value))]
    return " ".join(words)
