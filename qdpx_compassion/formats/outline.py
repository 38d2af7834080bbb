"""A plain outline of codes: a line each, indented below the code that it belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.errors import InputError
from qdpx_compassion.files.atomic import write_atomically
from qdpx_compassion.findings import Finding
from qdpx_compassion.formats.base import Content, FormatInfo, Loss, Progress, WriteOptions
from qdpx_compassion.formats.codes import (
    ListedCode,
    changed_names,
    content_of,
    losses_beside_codes,
    refuse_without_codes,
    repeated_paths,
)
from qdpx_compassion.refi.text import decode_text

_LINE = re.compile(r"(\s*)(?:[-*•]\s+|[-*•]$)?(.*)")
_SPACES = re.compile(r"\s+")
_LIMIT = 64 << 20


class Outline:
    """An outline of codes.

    Args:
        info: what is known of the format.
    """

    def __init__(self, info: FormatInfo) -> None:
        self.info = info

    def recognises(self, path: Path) -> bool:
        """Whether the file is called as a text; any text is an outline."""
        return path.is_file() and path.suffix.lower() in self.info.extensions

    def read(self, path: Path, progress: Progress | None = None) -> Content:  # noqa: ARG002 (outlines are small)
        """Read an outline: indented by spaces or tabs, with or without ``-`` before the names."""
        try:
            if path.stat().st_size > _LIMIT:
                raise InputError("The file is too large for an outline of codes.", where=str(path))
            text, _, encoding = decode_text(path.read_bytes())
        except OSError as error:
            raise InputError(f"The file cannot be read: {error.strerror or error}.", where=str(path)) from error
        findings: list[Finding] = []
        if encoding != "utf-8":
            message = f"The file is not UTF-8; it was read as {encoding}. Look at accents."
            findings.append(Finding("text-encoding", message, path.name))
        return content_of(_codes(text, path.name), path.name, findings)

    def losses(self, content: Content) -> list[Loss]:
        """All but names and hierarchy."""
        refuse_without_codes(content, self.info)
        tree = CodeTree.of(content.project)
        losses = changed_names(tree, [_clean(code.name) for code in tree], "A name is one line, with single spaces.")
        losses += repeated_paths(tuple(map(_clean, code.path)) for code in tree)
        return losses + losses_beside_codes(content, ("name",))

    def write(self, content: Content, target: Path, options: WriteOptions) -> list[Loss]:
        """Write the outline: UTF-8, two spaces a level, ``-`` before the names, so that it is Markdown too."""
        losses = self.losses(content)
        lines = (f"{'  ' * (len(code.path) - 1)}- {_clean(code.name)}\n" for code in CodeTree.of(content.project))
        write_atomically(target, "".join(lines).encode("utf-8", "replace"), force=options.force)
        return losses


def _clean(name: str) -> str:
    return _SPACES.sub(" ", name).strip() or "(no name)"


def _codes(text: str, where: str) -> Iterator[ListedCode]:
    levels: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        match = _LINE.fullmatch(line.expandtabs(4))
        name = match[2].strip() if match else ""
        if match is None or not name:
            continue
        while levels and levels[-1][0] >= len(match[1]):
            levels.pop()
        levels.append((len(match[1]), name))
        yield ListedCode(tuple(part for _, part in levels), f"{where}, line {number}")
