"""What an archive would ask for, found out before it gets it: members, and memory to unpack one."""

from __future__ import annotations

import os
import struct
import zipfile
from pathlib import Path
from typing import BinaryIO

from qdpx_compassion.errors import InputError
from qdpx_compassion.files.limits import current_limits, how_to_raise

_END, _LOCATOR, _END64, _RECORD = b"PK\x05\x06", b"PK\x06\x07", b"PK\x06\x06", b"PK\x01\x02"


def count_members(path: Path, most: int) -> int:
    """The number of members: what the end of the archive says, or what its directory holds, whichever is more.

    Args:
        path: a zip archive.
        most: counting stops above this.

    Returns:
        The number, or some number above ``most``; 0 where there is no directory to be found.
    """
    with path.open("rb") as file:
        stated, start, end = _directory(file)
        return max(stated, _count(file, start, end, most)) if stated <= most else stated


def _directory(file: BinaryIO) -> tuple[int, int, int]:
    """The stated number of members, and where the directory begins and ends, in bytes."""
    size = file.seek(0, os.SEEK_END)
    begin = max(0, size - (22 + 20 + 65_535))
    file.seek(begin)
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        return 0, 0, 0
    (count,), (length,), end = struct.unpack_from("<H", tail, at + 10), struct.unpack_from("<L", tail, at + 12), at
    locator = tail.rfind(_LOCATOR, 0, at)
    if locator >= 0 and len(tail) >= locator + 20:
        place = min(struct.unpack_from("<Q", tail, locator + 8)[0], size)
        for candidate in (place, begin + locator - 56):  # as stated, and where it is when something stands in front
            file.seek(max(candidate, 0))
            record = file.read(56)
            if record.startswith(_END64) and len(record) == 56:
                count = max(count, struct.unpack_from("<Q", record, 32)[0])
                length, end = struct.unpack_from("<Q", record, 40)[0], max(candidate, 0) - begin
                break
    return count, max(0, begin + end - length), begin + end


def _count(file: BinaryIO, start: int, end: int, most: int) -> int:
    count, at = 0, start
    file.seek(at)
    while at < end and count <= most:
        record = file.read(46)
        if len(record) < 46 or not record.startswith(_RECORD):
            break
        more = sum(struct.unpack_from("<3H", record, 28))
        file.seek(more, os.SEEK_CUR)
        at += 46 + more
        count += 1
    return count


def refuse_large_dictionary(file: BinaryIO, member: zipfile.ZipInfo, where: str) -> None:
    """Raise where a member packed with LZMA asks for more memory than it may; the other methods need next to none.

    Args:
        file: the archive.
        member: one of its members.
        where: for messages.

    Raises:
        InputError: names the member and the limit.
    """
    if member.compress_type != zipfile.ZIP_LZMA:
        return
    file.seek(member.header_offset + 26)
    lengths = file.read(4)
    if len(lengths) == 4:
        file.seek(sum(struct.unpack("<2H", lengths)), os.SEEK_CUR)
    head = file.read(9)  # version, length of what follows, how it was packed, size of the dictionary
    size = int.from_bytes(head[5:9], "little")
    most = current_limits().dictionary_bytes
    if size > most:
        raise InputError(
            f"The file is packed so that unpacking it takes {size:,} bytes of memory; it may take {most:,}.",
            where=where,
            remedy=f"Pack it again as a usual zip archive. {how_to_raise('dictionary_bytes', size)}",
        )
