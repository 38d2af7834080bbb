"""The commands ``frameworks list``, ``frameworks show`` and ``frameworks export``."""

# ruff: noqa: D301 - click reads the backspace character (not a backslash and a b) as "do not wrap this paragraph"

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qdpx_compassion.cli.output import FORCE, JSON, Group, console, say
from qdpx_compassion.cli.run_log import logged, record
from qdpx_compassion.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from qdpx_compassion.frameworks import Construct, Dimension, Framework

_FILE_OPTION = click.option(
    "--framework", "file", metavar="FILE", help="A framework file of your own (TOML), in place of NAME."
)


@click.group(cls=Group)
def frameworks() -> None:
    """List, show and export the frameworks that codes are linked to.

    \b
    Example:
      qdpx-compassion frameworks show
    """


@frameworks.command("list")
@click.option("--framework", "file", metavar="FILE", help="List this framework file (TOML) too, and check it.")
@JSON
def list_frameworks(file: str | None, as_json: bool) -> None:
    """List the frameworks that are built in.

    \b
    Example:
      qdpx-compassion frameworks list
    """
    from qdpx_compassion.frameworks import builtin_frameworks, load_framework

    rows = [(name, load_framework(name)) for name in (*builtin_frameworks(), *([file] if file else []))]
    if as_json:
        _print_json([{"name": name, **_summary(framework)} for name, framework in rows])
        return
    out = console()
    for name, framework in rows:
        counts = f"{len(framework.dimensions)} dimensions, {len(framework.constructs)} constructs"
        say(out, (name, "bold"), (f"  {framework.title}, version {framework.version}: {counts}", ""))


@frameworks.command("show", short_help="Show the constructs and definitions of a framework.")
@click.argument("name", required=False)
@_FILE_OPTION
@JSON
def show_framework(name: str | None, file: str | None, as_json: bool) -> None:
    """Show a framework: its questions, constructs and definitions.

    NAME is a built-in framework or a framework file (default: compassion).

    \b
    Examples:
      qdpx-compassion frameworks show
      qdpx-compassion frameworks show my-framework.toml
    """
    from qdpx_compassion.frameworks import load_framework

    framework = load_framework(_chosen(name, file))
    if as_json:
        _print_json(asdict(framework))
    else:
        _show(console(), framework)


@frameworks.command("export", short_help="Write a framework as a codebook (.qdc).")
@click.argument("name", required=False)
@_FILE_OPTION
@click.option(
    "-o", "--output", required=True, metavar="FILE.qdc", type=click.Path(path_type=Path), help="The codebook to write."
)
@FORCE
@JSON
@logged()
def export_framework(name: str | None, file: str | None, output: Path, force: bool, as_json: bool) -> None:
    """Write a framework as a codebook (.qdc) that your program imports.

    NAME is a built-in framework or a framework file (default: compassion).

    \b
    Example:
      qdpx-compassion frameworks export compassion -o framework.qdc
    """
    from qdpx_compassion.files.atomic import refuse_existing, write_atomically
    from qdpx_compassion.frameworks import load_framework
    from qdpx_compassion.frameworks.codebook import framework_codebook

    chosen = _chosen(name, file)
    refuse_existing(output, force=force, inputs=(Path(chosen),), suffixes=(".qdc",))
    framework = load_framework(chosen)
    write_atomically(output, framework_codebook(framework), force=force)
    codes = len(framework.code_guids)
    record({"codes": codes})
    if as_json:
        _print_json({"output": str(output), "codes": codes, **_summary(framework)})
        return
    say(console(), f"Wrote {output}: {codes} codes of “{framework.title}”, version {framework.version}.")


def _chosen(name: str | None, file: str | None) -> str:
    """The framework that was asked for, by name or by file."""
    if name is not None and file is not None:
        raise UsageError(
            f"Two frameworks were given: “{name}” and --framework “{file}”.", remedy="Give one of them only."
        )
    return file or name or "compassion"


def _summary(framework: Framework) -> dict[str, object]:
    return {
        "id": framework.id,
        "title": framework.title,
        "version": framework.version,
        "guid": framework.guid,
        "dimensions": [dimension.id for dimension in framework.dimensions],
        "constructs": [construct.id for construct in framework.constructs],
    }


def _print_json(value: object) -> None:
    # ASCII only: the same bytes whatever encoding the terminal or pipe has.
    click.echo(json.dumps(value, indent=2))


def _swatch(out: Console) -> str:
    """The sign that shows a colour, in what the terminal's encoding can hold."""
    try:
        "■".encode(out.encoding)
    except (UnicodeEncodeError, LookupError):
        return "* "
    return "■ "


def _show(out: Console, framework: Framework) -> None:
    say(out, (framework.title, "bold"), (f"  {framework.id}, version {framework.version}", "dim"))
    if framework.description:
        say(out, (framework.description, ""), indent=2)
    shared = framework.citation
    if shared:
        say(out, (f"Source: {shared}", "dim"), indent=2)
    for dimension in framework.dimensions:
        out.print()
        _show_dimension(out, dimension, shared)


def _show_dimension(out: Console, dimension: Dimension, shared: str) -> None:
    how_many = "none, one or several constructs" if dimension.several else "one construct at most"
    if dimension.themes:
        how_many += ", with a theme"
    say(out, (dimension.title, "bold underline"), (f"  {dimension.id}", "dim"))
    say(out, (dimension.question, "italic"), (f" ({how_many})", "dim"), indent=2)
    for construct in dimension.constructs:
        _show_construct(out, construct)
    if dimension.citation and dimension.citation != shared:
        say(out, (f"Source: {dimension.citation}", "dim"), indent=2)


def _show_construct(out: Console, construct: Construct) -> None:
    say(out, (_swatch(out), construct.color), (construct.name, "bold"), (f"  {construct.id}", "dim"), indent=2)
    say(out, (construct.definition, ""), indent=4)
