"""REFI-QDA codebooks (.qdc): codes and sets of codes."""

from __future__ import annotations

import re
from pathlib import Path

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.errors import UsageError
from qdpx_compassion.files.atomic import write_atomically
from qdpx_compassion.formats.base import Content, FormatInfo, Loss, Progress, WriteOptions
from qdpx_compassion.formats.codes import code_sets, losses_beside_codes, project_of, refuse_without_codes
from qdpx_compassion.formats.refi import head
from qdpx_compassion.refi.codebook import CodebookCode, CodebookSet, write_codebook
from qdpx_compassion.refi.codebook_reading import read_codebook
from qdpx_compassion.refi.guids import derive, is_guid
from qdpx_compassion.refi.names import CODEBOOK_NAMESPACE
from qdpx_compassion.tables import normalise_guid
from qdpx_compassion.version import __version__

#: What programs write, and some expect, in place of the standard's namespace.
NAMESPACES = {
    "standard": CODEBOOK_NAMESPACE,
    "atlasti": "urn:QDA-XML:codebook:0:4",
    "maxqda": "urn:QDA-XML:codebook:0:4",
}
_COLOR = re.compile("#(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})")
_COLUMNS = ("guid", "name", "is_codable", "color", "description")


class Codebook:
    """A codebook.

    Args:
        info: what is known of the format.
    """

    def __init__(self, info: FormatInfo) -> None:
        self.info = info

    def recognises(self, path: Path) -> bool:
        """Whether the file is XML that begins as a codebook."""
        start = head(path) if path.is_file() else b""
        return (
            b"<" in start and (b"urn:QDA-XML:codebook" in start or b"<CodeBook" in start) and b"<Project" not in start
        )

    def read(self, path: Path, progress: Progress | None = None) -> Content:  # noqa: ARG002 (codebooks are small)
        """Read a codebook of any program."""
        codebook = read_codebook(path)
        return Content(project_of(codebook.rows, codebook.name, codebook.origin, codebook.findings))

    def losses(self, content: Content) -> list[Loss]:
        """All but codes and their sets; identifiers and colours that a codebook may not hold."""
        refuse_without_codes(content, self.info)
        codes = CodeTree.of(content.project)
        kept, members = code_sets(content.project.rows)
        losses = losses_beside_codes(content, _COLUMNS, sets=len(kept), members=len(members), origin=True)
        colors = sum(bool(code.color) and not _COLOR.fullmatch(code.color or "") for code in codes)
        if colors:
            losses.append(Loss("codes.color", colors, "A colour is #RRGGBB in a codebook."))
        guids = [code.guid for code in codes] + [content.project.rows["sets"][row][0] or "" for row in kept]
        bad = sum(not is_guid(guid) for guid in guids)
        if bad:
            losses.append(
                Loss("codes.guid", bad, "Identifiers that are no GUIDs; such that follow from them are written.")
            )
        return losses

    def write(self, content: Content, target: Path, options: WriteOptions) -> list[Loss]:
        """Write the codes and their sets."""
        losses = self.losses(content)
        namespace = NAMESPACES.get(options.namespace or "standard")
        if namespace is None:
            raise UsageError(
                f"The namespace “{options.namespace}” is not known.", remedy=f"Say one of: {', '.join(NAMESPACES)}."
            )
        tree = CodeTree.of(content.project)
        origin = next(content.project.column("project", "origin"), None) or f"qdpx-compassion {__version__}"
        document = write_codebook(_codes(tree), sets=_sets(content), origin=origin, namespace=namespace)
        write_atomically(target, document, force=options.force)
        return losses


def _codes(tree: CodeTree) -> list[CodebookCode]:
    """The codes as a tree, made from the last to the first so that children are there before their parents."""
    made: dict[int, CodebookCode] = {}
    for code in reversed(tree.codes):
        color = code.color if code.color and _COLOR.fullmatch(code.color) else None
        children = tuple(made.pop(child) for child in tree.children[code.row])
        made[code.row] = CodebookCode(_guid(code.guid), code.name, code.is_codable, code.description, color, children)
    return [made[row] for row in tree.children[None]]


def _sets(content: Content) -> list[CodebookSet]:
    rows = content.project.rows
    kept, members = code_sets(rows)
    of_set: dict[int, list[str]] = {}
    for number in members:
        of_set.setdefault(rows["set_members"][number][0], []).append(_guid(rows["set_members"][number][2]))
    return [
        CodebookSet(
            _guid(rows["sets"][row][0] or ""),
            rows["sets"][row][1] or "",
            tuple(of_set.get(row, ())),
            rows["sets"][row][2],
        )
        for row in kept
    ]


def _guid(written: str) -> str:
    return written.strip().strip("{}") if is_guid(written) else derive("identifier", normalise_guid(written))
