"""Conversions: read one format, write another, list what was left behind."""

from __future__ import annotations

import contextlib
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from qdpx_compassion.errors import OutputError, UsageError
from qdpx_compassion.files.atomic import SUFFIX, refuse_existing
from qdpx_compassion.files.stores import refuse_folder
from qdpx_compassion.findings import Finding
from qdpx_compassion.formats.base import Content, Format, Loss, Progress, TakesTexts, WriteOptions
from qdpx_compassion.formats.new_document import forget_styled_texts
from qdpx_compassion.formats.registry import by_id, for_input, for_output
from qdpx_compassion.refi.names import SOURCES
from qdpx_compassion.tables import TABLES, Project

_SOURCE = TABLES["sources"].position


@dataclass
class Conversion:
    """What a conversion did.

    Attributes:
        source: what was read. target: what was written; None after a dry run.
        read_as: id of the format that was read. written_as: of the one that was written.
        rows: table → number of rows read; tables without rows are left out.
        elements: what was read, for people: ``sources`` without the ``notes``, nor what stands inside a source.
        files: how many files of sources came along.
        losses: what was left behind.
        findings: what was noticed on the way.
    """

    source: Path
    target: Path | None
    read_as: str
    written_as: str
    rows: dict[str, int]
    elements: dict[str, int]
    files: int
    losses: list[Loss]
    findings: list[Finding] = field(default_factory=list)


def convert(
    source: Path,
    target: Path,
    *,
    read_as: str | None = None,
    write_as: str | None = None,
    texts: Path | None = None,
    media: bool = True,
    options: WriteOptions | None = None,
    fail_on_loss: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Conversion:
    """Convert a file or folder.

    Args:
        source: what is read; never changed.
        target: what is written.
        read_as: id of the format to read; None: known by content and extension.
        write_as: id of the format to write; None: known by extension.
        texts: a folder or archive of plain texts, for a source that holds passages of texts alone.
        media: whether pictures, PDFs, recordings and styled texts come along; plain texts always do.
        options: how to write.
        fail_on_loss: write nothing when anything would be left behind.
        dry_run: write nothing, only count.
        progress: told how many bytes of a document were read just now.

    Raises:
        QdpxError: a format is not known, the source cannot be read, or the target cannot be written.
    """
    options = options or WriteOptions()
    writer = for_output(target, write_as)
    reader = for_input(source, read_as)
    if texts is not None:
        reader = _with_texts(reader, texts)
    if options.namespace and writer.info.id != "qdc":
        raise UsageError("Only codebooks (.qdc) have a namespace to choose.", remedy="Leave --namespace out.")
    if not dry_run:
        refuse_target(writer, target, force=options.force, inputs=(source, *([texts] if texts else [])))
    with reader.read(source, progress) as content:
        done = Conversion(
            source,
            None if dry_run else target,
            reader.info.id,
            writer.info.id,
            {name: len(rows) for name, rows in content.project.rows.items() if rows},
            _elements(content.project),
            0,
            [] if media else leave_media(content),
            content.project.findings,
        )
        done.files = len(content.files())
        if dry_run or fail_on_loss:
            done.losses += writer.losses(content)
            if dry_run:
                return done
            refuse_losses(done.losses)
            writer.write(content, target, options)
        else:
            done.losses += _write(writer, content, target, options)
        return done


def _with_texts(reader: Format, texts: Path) -> Format:
    if not isinstance(reader, TakesTexts):
        raise UsageError(
            f"{reader.info.name} has its texts itself.",
            where=str(texts),
            remedy="Leave --texts out; it is for spreadsheets of coded segments.",
        )
    return reader.with_texts(texts)


def _elements(project: Project) -> dict[str, int]:
    kinds = Counter(project.column("sources", "kind"))
    tables = ("codes", "cases", "selections", "codings", "sets", "links", "graphs")
    counts = {name: len(project.rows[name]) for name in tables}
    return counts | {"sources": sum(kinds[kind] for kind in SOURCES), "notes": kinds["Note"]}


@contextlib.contextmanager
def as_projects(*sources: tuple[Path, str | None], progress: Progress | None = None) -> Iterator[list[Path]]:
    """Files of any format as REFI-QDA projects: those that are stay where they are, the others are written for a while.

    Args:
        sources: each file with the id of its format; None: known by content and extension.
        progress: told how many bytes of a document were read just now.

    Yields:
        A project for each source. The temporary ones lie in a private folder beside their source, so that confidential
        text never stands in a shared place, and are removed in the end.
    """
    with contextlib.ExitStack() as stack:
        found = []
        for number, (source, read_as) in enumerate(sources):
            reader = for_input(source, read_as)
            if reader.info.id in ("qdpx", "qdpx-folder", "qde"):
                found.append(source)
                continue
            try:
                folder = stack.enter_context(
                    tempfile.TemporaryDirectory(prefix=".compare.", suffix=SUFFIX, dir=source.resolve().parent)
                )
            except OSError as error:
                raise OutputError(
                    f"No temporary folder can be made beside the file: {error.strerror or error}.",
                    where=str(source),
                    remedy="Copy it to a folder that you may write to.",
                ) from error
            found.append(Path(folder) / f"{number}.qdpx")
            with reader.read(source, progress) as content:
                by_id("qdpx").write(content, found[-1], WriteOptions())
        yield found


def _write(writer: Format, content: Content, target: Path, options: WriteOptions) -> list[Loss]:
    try:
        return writer.write(content, target, options)
    except UnicodeEncodeError as error:
        raise OutputError(
            "The project holds half a character (a lone surrogate), which this format cannot hold.",
            where=str(target),
            remedy="Correct the text in the program that it comes from.",
        ) from error


def refuse_target(writer: Format, target: Path, *, force: bool, inputs: tuple[Path, ...]) -> None:
    """Raise before any work is done when the target may not be written.

    Raises:
        OutputError: it exists, is an input, or lies in a folder that does not exist.
        UsageError: its extension belongs to another format.
    """
    if writer.info.folder:
        # Whether an existing folder is one of ours, the format itself knows, and says so before it writes.
        refuse_folder(target, force=force, ours=lambda _: True, inputs=inputs)
        return
    if writer.info.extensions and target.suffix.lower() not in writer.info.extensions and not target.is_dir():
        raise UsageError(
            f"The name of a file of this kind ends in {' or '.join(writer.info.extensions)}.",
            where=str(target),
            remedy=f"Call it {target.with_suffix(writer.info.extensions[0]).name}.",
        )
    refuse_existing(target, force=force, inputs=inputs)


def refuse_losses(losses: list[Loss]) -> None:
    """Raise when anything would be left behind.

    Raises:
        OutputError: says what, and how much of it.
    """
    if losses:
        what = ", ".join(f"{loss.kind} ({loss.count:,})" for loss in losses)
        raise OutputError(
            f"Something would be lost: {what}.", remedy="Nothing was written. Choose another format, or allow losses."
        )


def leave_media(content: Content) -> list[Loss]:
    """Leave pictures, PDFs, recordings and styled texts behind; plain texts stay, quotations need them."""
    kept = {source[_SOURCE["plain_text_path"]] for source in content.project.rows["sources"]}
    kept_files = {id(file) for path, file in content.media.items() if path in kept}
    left = {path for path, file in content.media.items() if id(file) not in kept_files}
    forget_styled_texts(content.project.rows_to_change()["sources"], left)
    kinds: Counter[str] = Counter()
    seen: set[int] = set()
    size = 0
    for path in sorted(left):
        file = content.media.pop(path)
        if id(file) not in seen:
            seen.add(id(file))
            kinds[Path(file.name).suffix.lower() or "without extension"] += 1
            size += file.size
    if not seen:
        return []
    what = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items()))
    return [Loss("files", len(seen), f"Left out as --no-media says: {what}; {_megabytes(size)}.")]


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size >= 100_000 else f"{size:,} bytes"
