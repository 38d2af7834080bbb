"""The command ``share``."""

# ruff: noqa: D301 - click reads the backspace character (not a backslash and a b) as "do not wrap this paragraph"

from __future__ import annotations

import sys
from pathlib import Path

import click

from qdpx_compassion.cli.output import (
    FORCE,
    JSON,
    PROJECT,
    READING,
    console,
    count,
    exit_code,
    output_option,
    print_findings,
    print_json,
    progress,
    say,
    shown,
)
from qdpx_compassion.cli.run_log import logged, record, will_write

_FILE = click.Path(path_type=Path)


@click.command()
@PROJECT
@output_option("the list of names (.xlsx) or the shared project (.qdpx)")
@click.option("--names", type=_FILE, metavar="FILE", help="The list of names that you completed (.xlsx or .csv).")
@click.option("--without", multiple=True, metavar="NAME", help="Take out a participant who withdrew; can be repeated.")
@click.option("--no-media", is_flag=True, help="Leave out pictures, PDFs, audio and video.")
@click.option("--new-guids", is_flag=True, help="Give everything another GUID, so that none links to the original.")
@click.option("--key", type=_FILE, metavar="FILE", help="Where to write the key; else beside the project, …-key.xlsx.")
@click.option("--check", type=_FILE, metavar="FILE", help="Where to write what to check; else beside it, …-check.xlsx.")
@READING
@FORCE
@JSON
@logged(writes=("output", "key", "check"), private=("without",))
def share(
    project: Path,
    output: Path,
    names: Path | None,
    without: tuple[str, ...],
    no_media: bool,
    new_guids: bool,
    key: Path | None,
    check: Path | None,
    reading: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """Write a copy for others, with pseudonyms for names and without traces of people.

    Works in two steps. First a list of the names in the project, which you complete; then the shared project, a key
    (pseudonym and name) and a workbook of all replacements to check. Both hold the real names: keep them to yourself.

    Names are replaced in texts, documents, names, notes and files, and every position moves with its text. Audio,
    video, pictures and PDFs cannot be changed. A person must still read what is shared: no program makes it anonymous.

    \b
    Examples:
      qdpx-compassion share study.qdpx -o names.xlsx
      qdpx-compassion share study.qdpx -o shared.qdpx --names names.xlsx
      qdpx-compassion share study.qdpx -o s.qdpx --names names.xlsx --without P07
    """
    if names is None:
        _propose(project, output, force=force, as_json=as_json)
        return
    from qdpx_compassion import api
    from qdpx_compassion.teams.share.workbooks import STILL_TO_READ, done

    key_path = key or output.with_name(f"{output.stem}-key.xlsx")
    check_path = check or output.with_name(f"{output.stem}-check.xlsx")
    will_write(key_path, check_path)
    with progress(project, "Sharing", passes=3) as tell:
        result = api.share(
            project, output, names, key=key, check=check, without=without, media=not no_media, new_guids=new_guids,
            reading=reading, force=force, progress=tell,
        )  # fmt: skip
    ledger = result.ledger
    counts = {"replacements": len(ledger.replacements), "near": len(ledger.near), "names": len(result.names)}
    record(counts, result.findings)
    if as_json:
        findings = [finding.as_dict() for finding in result.findings]
        print_json({"output": output, "key": key_path, "check": check_path, **counts, "findings": findings})
    else:
        out = console()
        print_findings(result.findings)
        for line in done(result):
            say(out, line)
        say(out, "What a person must still do:", first=("", ""))
        for line in STILL_TO_READ[:4]:
            say(out, line, indent=2, first=("- ", ""))
        say(out, f"Wrote {output}, the key {key_path.name} and {check_path.name}, which holds every replacement.")
    sys.exit(exit_code(result.findings))


def _propose(project: Path, output: Path, *, force: bool, as_json: bool) -> None:
    from qdpx_compassion import api

    with progress(project, "Reading") as tell:
        rows, findings = api.propose_names(project, output, force=force, progress=tell)
    replaced = sum(row.name.replaced for row in rows)
    record({"names": len(rows), "replaced": replaced}, findings)
    if as_json:
        print_json({"output": output, "names": len(rows), "replaced": replaced})
        return
    out = console()
    print_findings(findings)
    say(out, f"Wrote {output}: {count(len(rows), 'name')}, of which {replaced:,} will be replaced.")
    say(
        out,
        "Add the names that people say in the texts, and look at each row. Then: "
        f"qdpx-compassion share {shown(project)} -o shared.qdpx --names {shown(output)}",
    )
