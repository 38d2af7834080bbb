"""The command ``formats``."""

# ruff: noqa: D301 - click reads the backspace character (not a backslash and a b) as "do not wrap this paragraph"

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from qdpx_compassion.cli.output import JSON, console, print_json, say

if TYPE_CHECKING:
    from qdpx_compassion.formats import FormatInfo


@click.command()
@JSON
def formats(as_json: bool) -> None:
    """List the formats that `convert` reads and writes, and what they can hold.

    \b
    Example:
      qdpx-compassion formats
    """
    from qdpx_compassion.formats.registry import infos

    known = infos()
    if as_json:
        print_json([_as_json(info) for info in known])
        return
    out = console()
    width = max(len(info.id) for info in known) + 2
    say(out, "read, write, and what is kept", indent=width, first=("format", "bold"))
    for info in known:
        say(out, describe(info), indent=width, first=(info.id, "bold"))


def describe(info: FormatInfo) -> str:
    """A format in a line."""
    does = " and ".join(word for word, can in (("read", info.reads), ("written", info.writes)) if can)
    ends = ", ".join(info.extensions) or "a folder"
    keeps = "keeps everything" if info.lossless else f"keeps {info.holds}"
    doubt = "" if info.verified else "; not verified with the program's own files"
    return f"{info.name} ({ends}): {does}; {keeps}{doubt}"


def _as_json(info: FormatInfo) -> dict[str, object]:
    return {
        "id": info.id,
        "name": info.name,
        "extensions": list(info.extensions),
        "folder": info.folder,
        "reads": info.reads,
        "writes": info.writes,
        "lossless": info.lossless,
        "holds": info.holds or "everything",
        "verified": info.verified,
    }
