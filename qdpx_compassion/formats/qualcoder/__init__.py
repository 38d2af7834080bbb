"""QualCoder projects: a folder ``.qda`` with a SQLite database ``data.qda`` and the folders of its files."""

from __future__ import annotations

from pathlib import Path

from qdpx_compassion.errors import InputError
from qdpx_compassion.formats.base import Content, FormatInfo, Loss, Progress, WriteOptions
from qdpx_compassion.formats.qualcoder.database import is_project, project_folder
from qdpx_compassion.formats.qualcoder.reading import read_content
from qdpx_compassion.formats.qualcoder.schema import DATABASE
from qdpx_compassion.formats.qualcoder.writing import draft_of, save


class QualCoder:
    """A QualCoder project.

    Args:
        info: what is known of the format.
    """

    def __init__(self, info: FormatInfo) -> None:
        self.info = info

    def recognises(self, path: Path) -> bool:
        """Whether this is a project's folder, or a file in one."""
        folder = project_folder(path)
        return folder is not None and is_project(folder)

    def read(self, path: Path, progress: Progress | None = None) -> Content:  # noqa: ARG002 (quick enough)
        """Read a project, by its folder or its database."""
        folder = project_folder(path)
        if folder is None:
            raise InputError(
                f"This is no QualCoder project: there is no {DATABASE} in it.",
                where=str(path),
                remedy="Give the folder whose name ends in .qda.",
            )
        if path.resolve() not in (folder.resolve(), (folder / DATABASE).resolve()):
            raise InputError(
                "This is one part of a QualCoder project.",
                where=str(path),
                remedy=f"Give the project's folder: {folder}",
            )
        return read_content(folder)

    def losses(self, content: Content) -> list[Loss]:
        """What QualCoder has no place for."""
        return draft_of(content).losses()

    def write(self, content: Content, target: Path, options: WriteOptions) -> list[Loss]:
        """Write the folder."""
        draft = draft_of(content)
        save(draft, target, force=options.force)
        return draft.losses()
