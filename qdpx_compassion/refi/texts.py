"""The plain texts of a project's sources, one at a time, as quotations were taken from them."""

from __future__ import annotations

from collections import OrderedDict

from qdpx_compassion.files.media_root import current_media_root
from qdpx_compassion.files.project_files import ProjectFiles
from qdpx_compassion.refi.names import TEXT_KINDS
from qdpx_compassion.refi.paths import SourcePaths
from qdpx_compassion.refi.text import decode_text
from qdpx_compassion.tables import TABLES, Project

_SOURCE = TABLES["sources"].position
#: Texts kept ready; quotations come in document order, so few are needed.
_KEPT = 4


class SourceTexts:
    """Gives the text of a source by its row; ``start_index`` and ``end_index`` of selections count in it.

    Args:
        files: the project's files, open as long as texts are asked for.
        project: the project that was read from them.
    """

    def __init__(self, files: ProjectFiles, project: Project) -> None:
        self._files, self._sources = files, project.rows["sources"]
        self._paths = SourcePaths(files, current_media_root())
        self._ready: OrderedDict[int, str | None] = OrderedDict()

    def __call__(self, row: int) -> str | None:
        """The text of the source in this row of the table ``sources``; None when it has none in the project."""
        if row not in self._ready:
            self._ready[row] = self._read(row)
            if len(self._ready) > _KEPT:
                self._ready.popitem(last=False)
        return self._ready[row]

    def _read(self, row: int) -> str | None:
        source = self._sources[row]
        if source[0] not in TEXT_KINDS:
            return None
        inline: str | None = source[_SOURCE["plain_text_content"]]
        path = source[_SOURCE["plain_text_path"]]
        if inline or not path:
            return inline
        member = self._paths.find(path, source[_SOURCE["name"]] or "")
        return None if member is None else decode_text(self._files.read(member))[0]
