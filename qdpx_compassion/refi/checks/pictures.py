"""How large a PNG or JPEG picture is, by its first bytes."""

from __future__ import annotations

import struct

_PNG = b"\x89PNG\r\n\x1a\n"
_ORIENTATION = 0x0112
#: Markers of JPEG segments that say the size: SOF0 to SOF15 without DHT, JPG and DAC.
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
#: Markers without a length: TEM, and the restart markers.
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})


def picture_size(head: bytes) -> tuple[int, int] | None:
    """Width and height in pixels, as the picture is shown (its own rotation applied, section 9.1.5).

    Args:
        head: the first bytes of the file; 256 KB are enough unless large metadata come first.

    Returns:
        None where the bytes are no PNG or JPEG, or break off before the size.
    """
    if head.startswith(_PNG) and len(head) >= 24 and head[12:16] == b"IHDR":
        width, height = struct.unpack_from(">II", head, 16)
        return width, height
    return _jpeg_size(head) if head.startswith(b"\xff\xd8\xff") else None


def _jpeg_size(head: bytes) -> tuple[int, int] | None:
    at, turned = 2, False
    while at + 4 <= len(head) and head[at] == 0xFF:
        marker = head[at + 1]
        if marker == 0xFF or marker in _BARE:  # fill bytes and markers without a segment
            at += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(head[at + 2 : at + 4], "big")
        segment = head[at + 4 : at + 2 + length]
        if marker == 0xE1 and segment.startswith(b"Exif\0\0"):
            turned = _is_turned(segment[6:])
        if marker in _FRAMES and len(segment) >= 5:
            height, width = struct.unpack_from(">HH", segment, 1)
            return (height, width) if turned else (width, height)
        if marker == 0xDA or length < 2:
            return None
        at += 2 + length
    return None


def _is_turned(tiff: bytes) -> bool:
    """Whether the Exif data say that the picture is shown on its side."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return False
    (start,) = struct.unpack_from(f"{order}I", tiff, 4)
    if start + 2 > len(tiff):
        return False
    (count,) = struct.unpack_from(f"{order}H", tiff, start)
    for number in range(count):
        at = start + 2 + 12 * number
        if at + 12 > len(tiff):
            return False
        tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, at)
        if tag == _ORIENTATION:
            return value in (5, 6, 7, 8)
    return False
