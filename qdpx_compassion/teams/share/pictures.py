"""Pictures without what cameras and programs write into them; the picture itself is not touched."""

from __future__ import annotations

import struct
import zlib

from qdpx_compassion.teams.share.ledger import Ledger
from qdpx_compassion.teams.share.refused import CannotShareError

_JPEG, _PNG, _GIF = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", (b"GIF87a", b"GIF89a")
#: Segments that a JPEG needs to look as it does: JFIF, colour profile, Adobe's colour transform.
_NEEDED_SEGMENTS = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
#: Chunks of a PNG that say how it looks.
_NEEDED_CHUNKS = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD hIST pHYs sPLT acTL fcTL fdAT".split()
)
_ORIENTATION = 0x0112
_WHAT = "what cameras and programs wrote into pictures (EXIF and the like)"


def is_picture(data: bytes) -> bool:
    """Whether these bytes are a picture that can be cleaned."""
    return data.startswith((_JPEG, _PNG, *_GIF))


def clean_picture(data: bytes, ledger: Ledger) -> bytes | None:
    """A JPEG, PNG or GIF without EXIF, comments and the like; None where there was nothing of it.

    Raises:
        CannotShareError: it is damaged.
    """
    try:
        if data.startswith(_JPEG):
            new = _clean_jpeg(data)
        elif data.startswith(_PNG):
            new = _clean_png(data)
        else:
            new = _clean_gif(data)
    except (IndexError, struct.error) as error:
        raise CannotShareError("the picture is damaged, so what else it holds cannot be told") from error
    if new == data:
        return None
    ledger.removed[_WHAT] += 1
    return new


def _clean_jpeg(data: bytes) -> bytes:
    """A JPEG up to its end, without application segments and comments but those that it needs."""
    kept, at, orientation = [data[:2]], 2, 0
    while True:
        if data[at] != 0xFF:
            raise IndexError
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xD9:
            kept.append(data[at : at + 2])
            break
        (length,) = struct.unpack_from(">H", data, at + 2)
        segment = data[at : at + 2 + length]
        if marker == 0xE1 and segment[4:10] == b"Exif\0\0":
            orientation = orientation or _orientation(segment[10:])
        named = _NEEDED_SEGMENTS.get(marker)
        if (named is not None and segment[4:].startswith(named)) or not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            kept.append(segment)
        at += 2 + length
        if marker == 0xDA:  # the picture itself follows; within it FF is followed by 00 or a restart marker
            end = _end_of_scan(data, at)
            kept.append(data[at:end])
            at = end
    if orientation > 1:
        kept.insert(2 if kept[1].startswith(b"\xff\xe0") else 1, _orientation_segment(orientation))
    return b"".join(kept)


def _end_of_scan(data: bytes, at: int) -> int:
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            raise IndexError
        if data[at + 1] != 0 and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 2


def _orientation(tiff: bytes) -> int:
    """Which way up a picture is shown, from its EXIF; 0: not said."""
    order = "<" if tiff[:2] == b"II" else ">"
    try:
        (first,) = struct.unpack_from(order + "L", tiff, 4)
        (number,) = struct.unpack_from(order + "H", tiff, first)
        for entry in range(min(number, 200)):
            tag, kind, _, value = struct.unpack_from(order + "HHLH", tiff, first + 2 + 12 * entry)
            if tag == _ORIENTATION and kind == 3:
                return int(value) if value <= 8 else 0
    except struct.error:
        return 0
    return 0


def _orientation_segment(orientation: int) -> bytes:
    """EXIF that says nothing but which way up the picture is."""
    tiff = struct.pack(">2sHLHHHLHHL", b"MM", 42, 8, 1, _ORIENTATION, 3, 1, orientation, 0, 0)
    body = b"Exif\0\0" + tiff
    return struct.pack(">BBH", 0xFF, 0xE1, len(body) + 2) + body


def _clean_png(data: bytes) -> bytes:
    kept, at = [data[:8]], 8
    while True:
        length, kind = struct.unpack_from(">L4s", data, at)
        chunk = data[at : at + 12 + length]
        if len(chunk) < 12 + length or zlib.crc32(chunk[4:-4]) != struct.unpack(">L", chunk[-4:])[0]:
            raise IndexError
        if kind in _NEEDED_CHUNKS:
            kept.append(chunk)
        at += 12 + length
        if kind == b"IEND":
            return b"".join(kept)


def _clean_gif(data: bytes) -> bytes:
    """A GIF without comments and application blocks, but for the one that says how often it runs."""
    flags = data[10]
    at = 13 + (3 << ((flags & 7) + 1) if flags & 0x80 else 0)
    kept = [data[:at]]
    while True:
        start, kind = at, data[at]
        if kind == 0x3B:
            kept.append(data[at : at + 1])
            return b"".join(kept)
        if kind == 0x21:
            label = data[at + 1]
            at = _after_blocks(data, at + 2)
            runs = label == 0xFF and data[start + 3 : start + 14] in (b"NETSCAPE2.0", b"ANIMEXTS1.0")
            if label in (0xF9, 0x01) or runs:
                kept.append(data[start:at])
        elif kind == 0x2C:
            local = data[at + 9]
            at = _after_blocks(data, at + 11 + (3 << ((local & 7) + 1) if local & 0x80 else 0))
            kept.append(data[start:at])
        else:
            raise IndexError


def _after_blocks(data: bytes, at: int) -> int:
    while data[at]:
        at += 1 + data[at]
    return at + 1
