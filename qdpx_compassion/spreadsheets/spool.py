"""Where the sheets of a workbook wait until it is put together: files without a name, which nobody else can open."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from openpyxl.worksheet._writer import WorksheetWriter

from qdpx_compassion.errors import OutputError
from qdpx_compassion.spreadsheets.rows import raw_rows

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer


class Spool:
    """A temporary file without a name, gone with the program however it ends.

    openpyxl's own temporary files have names in a shared folder, and stay there when the program is killed.

    Args:
        folder: where it lies; None: the system's folder for temporary files.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or Path(tempfile.gettempdir())
        try:
            self._file: IO[bytes] = tempfile.TemporaryFile(buffering=1 << 16, dir=self._folder)  # noqa: SIM115 (it lives on)
        except OSError as error:
            raise self._full(error) from error
        self._failed = False

    def write(self, data: Buffer, /) -> int:
        """Write, as lxml asks for.

        Raises:
            OutputError: there is no room; asked again, nothing more is said (lxml still wants to end the document).
        """
        if self._failed:
            return memoryview(data).nbytes
        try:
            return self._file.write(data)
        except OSError as error:
            raise self._full(error) from error

    def finish(self) -> int:
        """The size of what was written; reading begins at the start.

        Raises:
            OutputError: there is no room.
        """
        try:
            size = self._file.tell()
            self._file.seek(0)
        except OSError as error:
            raise self._full(error) from error
        return size

    def read(self, size: int = -1) -> bytes:
        """What comes next."""
        return self._file.read(size)

    def close(self) -> None:
        """Give the room back."""
        with contextlib.suppress(OSError, AttributeError):  # what was not written is not wanted; or it never was
            self._file.close()

    def __del__(self) -> None:
        """A workbook that was not saved leaves nothing either."""
        self.close()

    def _full(self, error: OSError) -> OutputError:
        self._failed = True
        if isinstance(error, PermissionError):
            return OutputError(
                "You may not write into this folder.",
                where=str(self._folder),
                remedy="Choose another one for the output.",
            )
        return OutputError(
            f"Temporary files cannot be written: {error.strerror or error}.",
            where=str(self._folder),
            remedy="Free some space there, or choose another folder for the output.",
        )


class SpooledWriter(WorksheetWriter):
    """openpyxl's writer of a sheet, into a spool."""

    def __init__(self, worksheet: Any, folder: Path | None) -> None:
        self.spool = Spool(folder)
        super().__init__(worksheet, self.spool)

    def cleanup(self) -> None:
        """The sheet stands in the archive."""
        self.spool.close()


def spooled(worksheet: Any, folder: Path | None = None) -> Any:
    """A write-only worksheet that writes into a spool from its first row on, and takes rows as XML (``append_xml``)."""

    def writer() -> None:
        if worksheet._writer is None:
            worksheet._writer = SpooledWriter(worksheet, folder)
            worksheet._writer.write_top()

    def append_xml(row: str) -> None:
        writer()
        if worksheet._rows is None:
            worksheet._rows = raw_rows(worksheet)
            next(worksheet._rows)
        worksheet._rows.send(row)

    worksheet._get_writer, worksheet.append_xml = writer, append_xml
    return worksheet


__all__ = ["Spool", "spooled"]
