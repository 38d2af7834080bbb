"""Zip archives whose bytes follow from their content: every member carries one date, and none says who wrote it."""

from __future__ import annotations

import datetime as dt
import shutil
import zipfile
from pathlib import Path
from typing import IO, Any

from qdpx_compassion.files.clock import source_date

#: The earliest date that a member can have.
EARLIEST = dt.datetime(1980, 1, 1)


def fixed_moment(moment: dt.datetime | None = None) -> dt.datetime:
    """The date that a file carries, in UTC without zone: SOURCE_DATE_EPOCH, else ``moment``, else 1980-01-01."""
    moment = source_date() or moment
    if moment is None:
        return EARLIEST
    if moment.tzinfo is not None:
        moment = moment.astimezone(dt.UTC).replace(tzinfo=None)
    return max(moment.replace(microsecond=0), EARLIEST)


class DatedZip(zipfile.ZipFile):
    """A new archive.

    Args:
        path: the file to write.
        moment: the date of its members, in UTC without zone; not before ``EARLIEST``.
    """

    def __init__(self, path: Path, moment: dt.datetime) -> None:
        super().__init__(path, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self._date = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second // 2 * 2)

    def dated(self, name: str) -> zipfile.ZipInfo:
        """What the archive says of a member."""
        info = zipfile.ZipInfo(name, self._date)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.create_system = 3
        info.external_attr = 0o600 << 16
        return info

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any, **__: Any) -> None:
        """Write a member; of what is given with its name only the name is taken."""
        name = getattr(zinfo_or_arcname, "filename", zinfo_or_arcname)
        super().writestr(self.dated(name), data)


def redate(archive: IO[bytes], target: Path, moment: dt.datetime) -> None:
    """Write the members of an archive, in their order, into another whose members carry one date."""
    with zipfile.ZipFile(archive) as source, DatedZip(target, moment) as written:
        for info in source.infolist():
            with source.open(info) as member, written.open(_sized(written.dated(info.filename), info), "w") as copy:
                shutil.copyfileobj(member, copy, 1 << 16)


def _sized(info: zipfile.ZipInfo, original: zipfile.ZipInfo) -> zipfile.ZipInfo:
    info.file_size = original.file_size  # known beforehand, so ZIP64 is used only where it must be
    return info
