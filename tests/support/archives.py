"""Small archives for tests: well made, odd, and damaged."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

DOCUMENT = b'<?xml version="1.0" encoding="utf-8"?>\n<Project name="p" xmlns="urn:QDA-XML:project:1.0"/>\n'
TEXT = "I felt heard. 🙂\r\n".encode() * 20


def zipped(
    path: Path, members: Iterable[tuple[str, bytes]], *, method: int = zipfile.ZIP_DEFLATED, comment: bytes = b""
) -> Path:
    """An archive of these members, in this order."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members:
            info = zipfile.ZipInfo(name, (2024, 2, 29, 13, 45, 30))
            info.compress_type = method
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)
        archive.comment = comment
    return path


@dataclass
class Entry:
    """A member as it is laid into an archive by hand, so that every field can lie.

    Attributes:
        size: the stated size when inflated; None: the true one.
        offset: the stated place of its local header; None: the true one.
        name_bytes: name in an encoding of its own.
        extra_local, extra_central: extra fields of the local header and of the directory.
        descriptor: whether sizes stand after the data only.
    """

    name: str
    data: bytes
    size: int | None = None
    offset: int | None = None
    flags: int = 0
    method: int = zipfile.ZIP_DEFLATED
    name_bytes: bytes | None = None
    extra_local: bytes = b""
    extra_central: bytes = b""
    descriptor: bool = False


def laid_by_hand(path: Path, entries: Iterable[Entry], *, prefix: bytes = b"") -> Path:
    """An archive written field by field."""
    out, directory, count = io.BytesIO(), b"", 0
    for entry in entries:
        name = entry.name.encode() if entry.name_bytes is None else entry.name_bytes
        deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = entry.data if entry.method == 0 else deflater.compress(entry.data) + deflater.flush()
        size, checksum = len(entry.data) if entry.size is None else entry.size, zlib.crc32(entry.data)
        flags = entry.flags | (0x08 if entry.descriptor else 0)
        offset = out.tell() if entry.offset is None else entry.offset
        known = (0, 0, 0) if entry.descriptor else (checksum, len(packed), size)
        header = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, flags, entry.method, 0x6DBE, 0x585D, *known,
                             len(name), len(entry.extra_local))  # fmt: skip
        out.write(header + name + entry.extra_local + packed)
        if entry.descriptor:
            out.write(struct.pack("<4s3L", b"PK\x07\x08", checksum, len(packed), size))
        directory += struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, flags, entry.method, 0x6DBE, 0x585D,
                                 checksum, len(packed), size, len(name), len(entry.extra_central), 0, 0, 0, 0,
                                 offset) + name + entry.extra_central  # fmt: skip
        count += 1
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), out.tell(), 0)
    path.write_bytes(prefix + out.getvalue() + directory + end)
    return path


def deflated_bytes(path: Path) -> dict[str, bytes]:
    """What lies in the archive for each member, not inflated."""
    found = {}
    data = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            names, extras = struct.unpack_from("<2H", data, info.header_offset + 26)
            start = info.header_offset + 30 + names + extras
            found[info.filename] = data[start : start + info.compress_size]
    return found
