"""What formats that are written and never read have in common."""

from __future__ import annotations

from pathlib import Path

from qdpx_compassion.errors import UsageError
from qdpx_compassion.formats.base import Content, FormatInfo, Progress


class WrittenOnly:
    """A format that is written and never read.

    Args:
        info: what is known of the format.

    Attributes:
        mark: a text near the beginning of each file, by which it is known.
    """

    mark: str

    def __init__(self, info: FormatInfo) -> None:
        self.info = info

    def recognises(self, path: Path) -> bool:
        """Whether a file begins as ours do."""
        try:
            with path.open("rb") as file:
                return self.mark.encode() in file.read(400)
        except OSError:
            return False

    def read(self, path: Path, progress: Progress | None = None) -> Content:  # noqa: ARG002 (nothing is read)
        """Refuse.

        Raises:
            UsageError: always.
        """
        raise UsageError(
            f"{self.info.name} is written, not read.",
            where=str(path),
            remedy="Give the file that it was made from.",
        )
