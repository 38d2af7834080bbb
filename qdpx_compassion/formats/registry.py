"""The formats by name: built-in ones as data, imported when used; others by entry point."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from qdpx_compassion.errors import UsageError
from qdpx_compassion.files.recognise import native_program, no_such_file, not_a_project
from qdpx_compassion.formats.base import Format, FormatInfo

#: The entry point group under which other packages offer formats.
GROUP = "qdpx_compassion.formats"

_CODES = "codes: names, hierarchy"


@dataclass(frozen=True, slots=True)
class _BuiltIn:
    """A built-in format: what is known of it, and the function that makes it, as ``module:name``."""

    info: FormatInfo
    maker: str


_REFI = "qdpx_compassion.formats.refi"
_TAGUETTE = "qdpx_compassion.formats.taguette.exports"
_LISTS = "qdpx_compassion.formats.code_lists"
_CODED = "qdpx_compassion.formats.coded_documents"

#: In the order in which a file is tried, and in which the documentation lists them.
_BUILT_IN = (
    _BuiltIn(FormatInfo("qdpx", "REFI-QDA project", (".qdpx",)), f"{_REFI}:archive"),
    _BuiltIn(FormatInfo("qdpx-folder", "REFI-QDA project, unpacked", (), folder=True), f"{_REFI}:folder"),
    _BuiltIn(
        FormatInfo("qde", "REFI-QDA project document alone", (".qde",), holds="all but files; plain texts inside"),
        f"{_REFI}:document",
    ),
    _BuiltIn(FormatInfo("xlsx", "Tables as Excel workbook", (".xlsx",)), "qdpx_compassion.formats.excel:Excel"),
    _BuiltIn(FormatInfo("csv", "Tables as CSV, folder", (), folder=True), "qdpx_compassion.formats.csv_tables:folder"),
    _BuiltIn(FormatInfo("csv-zip", "Tables as CSV, archive", (".zip",)), "qdpx_compassion.formats.csv_tables:archive"),
    _BuiltIn(FormatInfo("json", "Tables as JSON", (".json",)), "qdpx_compassion.formats.json_tables:Json"),
    _BuiltIn(
        FormatInfo("sqlite", "Tables as SQLite database", (".db", ".sqlite", ".sqlite3")),
        "qdpx_compassion.formats.sqlite_tables:Sqlite",
    ),
    _BuiltIn(
        FormatInfo("parquet", "Tables as Parquet, folder", (), folder=True),
        "qdpx_compassion.formats.parquet_tables:Parquet",
    ),
    _BuiltIn(
        FormatInfo("web-annotation", "W3C Web Annotations, JSON-LD", (".jsonld",)),
        "qdpx_compassion.formats.web_annotation.jsonld:WebAnnotations",
    ),
    _BuiltIn(
        FormatInfo("taguette", "Taguette project", (".sqlite3",), holds="texts, codes, coded passages, coders"),
        "qdpx_compassion.formats.taguette.database:Taguette",
    ),
    _BuiltIn(
        FormatInfo(
            "qualcoder",
            "QualCoder project, folder",
            (".qda",),
            holds="all but graphs, links, sync points, sets; who changed what",
            folder=True,
        ),
        "qdpx_compassion.formats.qualcoder:QualCoder",
    ),
    _BuiltIn(
        FormatInfo("qdc", "REFI-QDA codebook", (".qdc",), holds=f"{_CODES}, definitions, colours, code sets"),
        "qdpx_compassion.formats.codebook:Codebook",
    ),
    *(
        _BuiltIn(
            FormatInfo(
                program,
                name,
                (".xlsx", ".csv"),
                writes=False,
                holds="coded segments, comments, coders; texts where they are given",
                verified=False,
            ),
            f"qdpx_compassion.formats.segments.reading:{maker}",
        )
        for program, name, maker in (
            ("maxqda-segments", "MAXQDA's coded segments", "maxqda"),
            ("atlasti-quotations", "ATLAS.ti's quotations", "atlasti"),
            ("nvivo-references", "NVivo's coded references", "nvivo"),
        )
    ),
    _BuiltIn(
        FormatInfo(
            "maxqda-codes",
            "MAXQDA code system in Excel",
            (".xlsx", ".csv"),
            holds=f"{_CODES}, definitions",
            verified=False,
        ),
        f"{_LISTS}:maxqda",
    ),
    _BuiltIn(
        FormatInfo(
            "atlasti-codes",
            "ATLAS.ti codebook in Excel",
            (".xlsx", ".csv"),
            holds=f"{_CODES}, definitions, colours, code sets",
            verified=False,
        ),
        f"{_LISTS}:atlasti",
    ),
    _BuiltIn(
        FormatInfo(
            "nvivo-codes",
            "NVivo codebook in Excel",
            (".xlsx", ".csv"),
            holds=f"{_CODES}, definitions",
            verified=False,
        ),
        f"{_LISTS}:nvivo",
    ),
    _BuiltIn(
        FormatInfo("taguette-highlights", "Taguette's highlights", (".csv", ".xlsx"), holds="coded passages of texts"),
        f"{_TAGUETTE}:Highlights",
    ),
    _BuiltIn(
        FormatInfo("taguette-tags", "Taguette's tags (codebook)", (".csv", ".xlsx"), holds=f"{_CODES}, definitions"),
        f"{_TAGUETTE}:Tags",
    ),
    _BuiltIn(
        FormatInfo(
            "coded-html",
            "Coded documents as a page",
            (".html", ".htm"),
            reads=False,
            holds="texts with their quotations, codes, memos",
        ),
        f"{_CODED}.html:html",
    ),
    _BuiltIn(
        FormatInfo(
            "coded-markdown",
            "Coded documents as Markdown",
            (".md",),
            reads=False,
            holds="texts with their quotations, codes, memos",
        ),
        f"{_CODED}.markdown:markdown",
    ),
    _BuiltIn(
        FormatInfo(
            "graphml",
            "Network of codes, GraphML",
            (".graphml",),
            reads=False,
            holds=f"{_CODES}, definitions, colours; what they were mapped to; counts of what stands together",
        ),
        "qdpx_compassion.formats.graphml:GraphMl",
    ),
    _BuiltIn(
        FormatInfo("outline", "Outline of codes, indented text", (".txt", ".md"), holds=_CODES),
        "qdpx_compassion.formats.outline:Outline",
    ),
)


@cache
def _plugins() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=GROUP)}


@cache
def _made(maker: str, info: FormatInfo) -> Format:
    module, _, name = maker.partition(":")
    make: Callable[[FormatInfo], Format] = getattr(import_module(module), name)
    return make(info)


@cache
def _plugin(name: str) -> Format:
    entry = _plugins()[name]
    try:
        loaded: Format = entry.load()
    except (ImportError, AttributeError) as error:
        raise UsageError(
            f"The format “{name}” of {entry.value} cannot be loaded: {error}.",
            remedy="Update or remove the package that offers it.",
        ) from error
    if not isinstance(getattr(loaded, "info", None), FormatInfo):
        raise UsageError(
            f"What {entry.value} offers as format “{name}” is none.",
            remedy="Its object must have what qdpx_compassion.formats.Format says.",
        )
    return loaded


def built_in() -> list[FormatInfo]:
    """What is known of every built-in format."""
    return [entry.info for entry in _BUILT_IN]


def infos() -> list[FormatInfo]:
    """What is known of every format; those of other packages, as far as they can be loaded, after the built-in ones."""
    found = built_in()
    for name in sorted(_plugins()):
        with contextlib.suppress(UsageError):  # said when it is asked for by name
            found.append(_plugin(name).info)
    return found


def by_id(identifier: str) -> Format:
    """The format of this id.

    Raises:
        UsageError: there is none, or the package that offers it cannot be loaded.
    """
    for entry in _BUILT_IN:
        if entry.info.id == identifier:
            return _made(entry.maker, entry.info)
    if identifier in _plugins():
        return _plugin(identifier)
    raise UsageError(f"There is no format “{identifier}”.", remedy=f"The formats are: {_known(infos())}.")


def for_input(path: Path, identifier: str | None = None) -> Format:
    """The format of a file or folder that is to be read.

    Args:
        path: judged by its content, then by its extension.
        identifier: the format where a person says which it is.

    Raises:
        InputError: there is no such file.
        UsageError: the format is not known, or does not read.
    """
    if identifier:
        chosen = by_id(identifier)
        if not chosen.info.reads:
            raise UsageError(f"{chosen.info.name} is written, not read.", remedy="Choose another format with --from.")
        return chosen
    if not path.exists():
        raise no_such_file(path)
    for info in infos():
        if (one := by_id(info.id)).recognises(path):
            if not info.reads:
                raise _only_written(info, path)
            return one
    if native_program(path)[0]:
        raise not_a_project(path, b"")
    readable = [info for info in infos() if info.reads]
    for info in readable:
        if path.suffix.lower() in info.extensions and path.is_file():
            return by_id(info.id)  # its reader says best what is wrong with the file
    for info in infos():
        if not info.reads and path.suffix.lower() in info.extensions:
            raise _only_written(info, path)
    raise UsageError(
        "It is not known what this is.",
        where=str(path),
        remedy=f"Say so with --from; the formats that are read: {_known(readable)}.",
    )


def _only_written(info: FormatInfo, path: Path) -> UsageError:
    return UsageError(
        f"{info.name} is written, not read.", where=str(path), remedy="Give the file that it was made from."
    )


def for_output(path: Path, identifier: str | None = None) -> Format:
    """The format of a file or folder that is to be written.

    Args:
        path: judged by its extension.
        identifier: the format where a person says which it is.

    Raises:
        UsageError: the format is not known, does not write, or cannot be told from the name.
    """
    if identifier:
        chosen = by_id(identifier)
        if not chosen.info.writes:
            raise UsageError(f"{chosen.info.name} is read, not written.", remedy="Choose another format with --to.")
        return chosen
    writable = [info for info in infos() if info.writes]
    if chosen_info := _by_extension(path, writable):
        return by_id(chosen_info.id)
    if not path.suffix:
        folders = ", ".join(info.id for info in writable if info.folder)
        raise UsageError(
            "The name has no extension, so it would be a folder, and there are several kinds.",
            where=str(path),
            remedy=f"Say which with --to: {folders}.",
        )
    raise UsageError(
        f"No format is written to a file whose name ends in {path.suffix}.",
        where=str(path),
        remedy=f"Choose another extension, or say the format with --to: {_known(writable)}.",
    )


def _by_extension(path: Path, writable: list[FormatInfo]) -> FormatInfo | None:
    """The format that a file's name asks for: one that keeps everything, else the one whose usual extension it is.

    Raises:
        UsageError: several formats are usually called so, and each keeps something else.
    """
    extension = path.suffix.lower()
    claims = [info for info in writable if extension in info.extensions]
    usual = [info for info in claims if info.extensions[0] == extension]
    whole = [info for info in claims if info.lossless]
    if not whole and len(usual) > 1:
        several = ", ".join(f"{info.id} ({info.holds})" for info in usual)
        also = "; csv writes all tables, into a folder" if extension == ".csv" else ""
        raise UsageError(
            f"Several formats are written to files whose name ends in {extension}.",
            where=str(path),
            remedy=f"Say which with --to: {several}{also}.",
        )
    return next(iter([*whole, *usual, *claims]), None)


def _known(known: list[FormatInfo]) -> str:
    return ", ".join(f"{info.id} ({info.extensions[0]})" if info.extensions else info.id for info in known)
