"""MkDocs hook: fills the reference pages from the code when the site is built, so that they cannot go stale.

A line ``<!-- from the code: NAME -->`` in a page, and the remark in italics below it for those who read the page
unbuilt, is replaced by what the function of that name in ``MAKERS`` returns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from inspect import cleandoc
from pathlib import Path
from typing import Any

import click

_MARK = re.compile(r"^<!-- from the code: ([a-z-]+) -->(?:\n\*\(.*\)\*)?$", re.MULTILINE)
_PROGRAM = "qdpx-compassion"
_SAMPLE = Path(__file__).resolve().parents[1] / "sample_projects" / "first-steps"


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Called by MkDocs for each page."""
    return _MARK.sub(lambda match: MAKERS[match.group(1)](), markdown)


# -- commands -------------------------------------------------------------------------------------------------------


def commands() -> str:
    """Every command with its help as it is printed in 80 columns."""
    from qdpx_compassion.cli.main import cli

    parts = []
    settings = {**cli.context_settings, "terminal_width": 80, "max_content_width": 80}
    for path, command in _walk(cli, (_PROGRAM,)):
        context = click.Context(command, info_name=" ".join(path), **settings)
        level = "##" if len(path) < 3 else "###"
        title = " ".join(path[1:]) or _PROGRAM
        parts.append(f"{level} {title}\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


def _walk(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None and not child.hidden:
                yield from _walk(child, (*path, name))


# -- tables of the reference ----------------------------------------------------------------------------------------


def _table(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [headings, tuple("---" for _ in headings), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def findings() -> str:
    """Every finding code, its severity and meaning."""
    from qdpx_compassion.findings import CODES

    return _table(
        ("Code", "Severity", "Meaning"),
        [(f"`{code}`", str(severity), meaning) for code, (severity, meaning) in CODES.items()],
    )


def tables() -> str:
    """Every table with its columns."""
    from qdpx_compassion.tables import TABLES

    parts = []
    for table in TABLES.values():
        rows = []
        for column in table.columns:
            standing = "derived" if column.derived else f"`{column.attribute}`" if column.attribute else ""
            rows.append((f"`{column.name}`", f"`{column.dtype}`", column.meaning, standing))
        parts.append(f"## {table.name}\n\n" + _table(("Column", "Type", "What it holds", "XML attribute"), rows))
    return "\n".join(parts)


def corpus_tables() -> str:
    """What a corpus has beside the tables of projects, and its views."""
    from qdpx_compassion.corpus.mapped import MAPPED_TABLES
    from qdpx_compassion.corpus.schema import FAILURES, FINDINGS, PROJECTS
    from qdpx_compassion.corpus.views import MAPPED_VIEWS, VIEWS

    parts = []
    for table in (PROJECTS, FAILURES, FINDINGS):
        rows = [(f"`{one.name}`", f"`{one.dtype}`", one.meaning) for one in table.columns]
        parts.append(f"## {table.name}\n\n" + _table(("Column", "Type", "What it holds"), rows))
    for title, views in (("Views", VIEWS), ("Views of a mapped corpus", MAPPED_VIEWS)):
        shown = [(f"`{name}`", meaning) for name, (meaning, _) in views.items()]
        parts.append(f"## {title}\n\n" + _table(("View", "What it shows"), shown))
    said = "; ".join(f"`{name}` ({', '.join(columns)})" for name, columns in MAPPED_TABLES.items())
    return "\n".join(parts) + f"\nThe tables of a mapped corpus are those of its corpus, and: {said}.\n"


def limits() -> str:
    """Every limit with its value and what it is about."""
    from qdpx_compassion.files.limits import DEFAULT_LIMITS, Limits

    names = [field.name for field in fields(Limits)]
    meaning = {"ratio_from": "the size from which `ratio` counts"}
    last = ""
    for line in cleandoc(Limits.__doc__ or "").partition("Attributes:")[2].strip().splitlines():
        name, colon, text = line.strip().partition(":")
        if colon and name in names:
            last, meaning[name] = name, text.strip()
        else:
            meaning[last] += f" {line.strip()}"
    rows = []
    for name in names:
        number = getattr(DEFAULT_LIMITS, name)
        in_bytes = name.endswith("_bytes") or name == "ratio_from"
        shown = f"{number >> 30:,} GB" if number >= 1 << 30 else f"{number >> 20:,} MB"
        size = shown if in_bytes else f"{number:,}"
        rows.append((f"`{name}`", size, meaning[name]))
    return _table(("Limit", "Value", "What it is"), rows)


def programs() -> str:
    """What is known of each program, from the profiles that the program itself uses."""
    from qdpx_compassion.refi.dialects import dialects

    units = {"utf16": "UTF-16 units", "code_point": "characters (code points)"}
    said = {
        "verified": "measured in its files",
        "said": "by its maker or by reading code; not measured",
        "unknown": "not verified",
    }
    rows = []
    for profile in dialects():
        if profile.id == "unknown":
            continue
        counting = f"{units[profile.unit]}, CR LF as {profile.crlf}"
        carries = "yes" if profile.reads_graphs and profile.reads_links else "no"
        drops = "; ".join(profile.drops) or "not known"
        rows.append((profile.program, counting, said[profile.standing], carries, drops))
    headings = (
        "Program",
        "How positions are read",
        "How we know",
        "Links and graph added",
        "Its import is known to drop or change",
    )
    return _table(headings, rows)


def dialects() -> str:
    """All that is known of each program's files."""
    from qdpx_compassion.refi.dialects import STANDINGS, habits
    from qdpx_compassion.refi.dialects import dialects as profiles

    parts = []
    for profile in profiles():
        if profile.id == "unknown":
            continue
        origin = " or ".join(f"`{pattern}`" for pattern in profile.origin.split("|"))
        rows = [
            ("recognised by", f"an origin that fits {origin}", ""),
            ("positions", profile.reading.describe(), STANDINGS[profile.standing]),
            *((claim.about, claim.says, STANDINGS[claim.standing]) for claim in profile.claims),
            *(("dropped on import", what, STANDINGS["said"]) for what in profile.drops),
        ]
        versions = f"Versions: {profile.versions}." if profile.versions else "No project file of it was found."
        known = habits()
        seen = "; ".join(known[name].says for name in profile.habits)
        parts.append(
            f"## {profile.program}\n\n{versions}\n\n" + _table(("About", "What is known", "How we know"), rows)
        )
        parts.append(f"Habits: {seen}.\n" if seen else "No habits are known to recognise it by.\n")
    return "\n".join(parts)


def targets() -> str:
    """How a project is written for each program, and what the program is known to do with it."""
    from qdpx_compassion.refi.targets.facts import describe
    from qdpx_compassion.refi.targets.profiles import STANDINGS
    from qdpx_compassion.refi.targets.profiles import targets as profiles

    parts = []
    for target in profiles():
        parts.append(f"## {target.program}\n\n`--for {target.id}`\n")
        if not target.imports:
            parts.append("Imports codebooks, no projects: nothing is written for it.\n")
            continue
        rules = [
            (says, STANDINGS[standing], source)
            for rule, says in target.written().items()
            for standing, source in [target.rules.get(rule, ("unknown", "the standard, and what all programs read"))]
        ]
        parts.append(_table(("Written so", "How we know", "From where"), rules))
        claims = [
            (
                ", ".join(describe(fact, 2) for fact in claim.of),
                "mended" if claim.cured else claim.effect,
                claim.says,
                STANDINGS[claim.standing],
                claim.source,
            )
            for claim in target.claims
        ]
        if claims:
            parts.append(_table(("Of", "What becomes of it", "How", "How we know", "From where"), claims))
        else:
            parts.append("Nobody says what it does with a project.\n")
    return "\n".join(parts)


def drops() -> str:
    """What each program's import refuses, drops and changes, in few words."""
    from qdpx_compassion.refi.targets.facts import describe
    from qdpx_compassion.refi.targets.profiles import STANDINGS
    from qdpx_compassion.refi.targets.profiles import targets as profiles

    said = {"refused": "Refuses the whole file for", "lost": "Drops", "changed": "Changes"}
    parts, silent = [], []
    for target in profiles():
        lines = []
        for effect, words in said.items():
            claims = [claim for claim in target.claims if claim.effect == effect]
            for standing in dict.fromkeys(claim.standing for claim in claims):
                of = [describe(fact, 2) for claim in claims if claim.standing == standing for fact in claim.of]
                lines.append(f"- {words}: {'; '.join(dict.fromkeys(of))}. *({STANDINGS[standing]})*")
        if lines:
            parts.append(f"### {target.program}\n\n" + "\n".join(lines) + "\n")
        elif target.imports:
            silent.append(target.program)
    if silent:
        parts.append(f"Of {', '.join(silent)} nobody says what is lost. That is no promise that all arrives.\n")
    return "\n".join(parts)


def habits() -> str:
    """What programs are recognised by, and how much it tells."""
    from qdpx_compassion.refi.dialects import dialects as profiles
    from qdpx_compassion.refi.dialects import habits as known

    rows = []
    for habit in known().values():
        of = ", ".join(profile.program for profile in profiles() if habit.id in profile.habits)
        rows.append((f"`{habit.id}`", habit.says, str(habit.weight), of))
    return _table(("Habit", "What is seen", "Weight", "Programs"), rows)


def framework() -> str:
    """The constructs of the built-in framework."""
    from qdpx_compassion.frameworks import load_framework

    parts = []
    for dimension in load_framework().dimensions:
        rows = [(f"**{one.name}**", f"`{one.id}`", one.definition) for one in dimension.constructs]
        table = _table(("Construct", "Identifier", "Definition"), rows)
        parts.append(f"### {dimension.title}\n\n{dimension.question}\n\n{table}\n{dimension.citation}\n")
    return "\n".join(parts)


def framework_keys() -> str:
    """The keys of a framework file."""
    from qdpx_compassion.frameworks.form import FORM

    meaning = {
        ("framework", "id"): "identifier of the framework; the GUIDs of its codes follow from it",
        ("framework", "title"): "name of the top code",
        ("framework", "version"): 'in quotation marks, e.g. `"1.0"`',
        ("framework", "description"): "goes into the description of the top code",
        ("framework", "citation"): "where the framework comes from",
        ("framework", "dimension"): "one `[[dimension]]` for each question",
        ("dimension", "id"): "identifier, unique in the framework",
        ("dimension", "title"): "name of the dimension's code",
        ("dimension", "question"): "what is asked of each code",
        ("dimension", "citation"): "stands in the description of the dimension and its constructs",
        ("dimension", "several"): "whether a code may get several constructs of this dimension",
        ("dimension", "themes"): "whether codes are themes inside a construct",
        ("dimension", "construct"): "one `[[dimension.construct]]` for each answer",
        ("construct", "id"): "identifier, unique in the framework; the construct's GUID follows from it",
        ("construct", "name"): "name of the construct's code",
        ("construct", "definition"): "goes into the code's description, and into the workbooks",
        ("construct", "color"): "`#RRGGBB`; without it one of nine that are easily told apart",
    }
    parts = []
    for table, keys in FORM.items():
        rows = [
            (f"`{name}`", key.kind.value, "yes" if key.required else "no", meaning[table, name])
            for name, key in keys.items()
        ]
        parts.append(f"### {table.capitalize()}\n\n" + _table(("Key", "Value", "Required", "Meaning"), rows))
    return "\n".join(parts)


def marks() -> str:
    """What counts as yes and as no in a mapping."""
    from qdpx_compassion.mapping.marks import NO, YES

    def shown(values: frozenset[str]) -> str:
        return ", ".join(f"`{value}`" for value in sorted(values, key=lambda value: (not value.isalpha(), value)))

    return _table(("Means", "Written as (upper or lower case)"), [("yes", shown(YES)), ("decided: no", shown(NO))])


def mapping_keys() -> str:
    """The headings of a mapping as CSV."""
    from qdpx_compassion.mapping.text import KEYS

    return ", ".join(f"`{key}`" for key in KEYS)


def formats() -> str:
    """Every built-in format, what it can hold, and whether that was tried with files of its program."""
    from qdpx_compassion.formats.registry import built_in

    rows = []
    for info in built_in():
        ends = ", ".join(f"`{extension}`" for extension in info.extensions) or "a folder"
        doubt = "" if info.verified else " (not verified)"
        can = ("yes" if info.reads else "no", "yes" if info.writes else "no")
        rows.append((f"`{info.id}`", f"{info.name}{doubt}", ends, *can, info.holds or "everything"))
    return _table(("`--from`, `--to`", "Format", "Extension", "Read", "Written", "What is kept"), rows)


def counting() -> str:
    """The rules by which the summary workbook counts."""
    from qdpx_compassion.study.counts import RULES

    return "\n".join(f"- {rule}" for rule in RULES.values()) + "\n"


def coefficients() -> str:
    """Which coefficient of agreement holds where, and why."""
    from qdpx_compassion.teams.agreement_workbook import WHICH

    return _table(("Coefficient", "Where", "Why"), WHICH)


def python() -> str:
    """Directives for mkdocstrings: all public names of the package, then those that only the facade has."""
    import qdpx_compassion
    from qdpx_compassion import api

    def directives(names: Iterable[str]) -> str:
        found = [getattr(api, name, None) or getattr(qdpx_compassion, name) for name in names if name[0] != "_"]
        found = [one for one in dict.fromkeys(found) if hasattr(one, "__qualname__")]
        found.sort(key=lambda one: (isinstance(one, type), one.__name__.casefold()))
        return "\n".join(f"::: {one.__module__}.{one.__qualname__}\n" for one in found)

    own = qdpx_compassion.__all__
    more = [name for name in api.__all__ if name not in own]
    return f"## In `qdpx_compassion`\n\n{directives(own)}\n## In `qdpx_compassion.api`\n\n{directives(more)}"


def paper_table() -> str:
    """The table of elements that `summarise -o tables.md` writes of the sample of the first steps."""
    from tempfile import TemporaryDirectory

    from qdpx_compassion import api

    with TemporaryDirectory() as folder:
        tables = Path(folder) / "tables.md"
        api.summarise(_SAMPLE / "first-steps.qdpx", tables, mapping=_SAMPLE / "mapping.csv")
        return tables.read_text(encoding="utf-8").split("## Table ")[2].partition("\n")[2].strip()


def notebook() -> str:
    """The notebook, with what its cells give."""
    from tools.notebooks import FOLDER, as_markdown

    return as_markdown(FOLDER / "from-export-to-paper.ipynb")


#: What a page can ask for.
MAKERS: dict[str, Callable[[], str]] = {
    "commands": commands,
    "findings": findings,
    "tables": tables,
    "corpus-tables": corpus_tables,
    "limits": limits,
    "programs": programs,
    "dialects": dialects,
    "targets": targets,
    "drops": drops,
    "habits": habits,
    "framework": framework,
    "framework-keys": framework_keys,
    "marks": marks,
    "mapping-keys": mapping_keys,
    "counting": counting,
    "coefficients": coefficients,
    "formats": formats,
    "notebook": notebook,
    "paper-table": paper_table,
    "python": python,
}
