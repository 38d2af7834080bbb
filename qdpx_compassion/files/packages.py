"""Office packages (.docx, .odt, .xlsx, …): zip archives inside a project, small enough to be held in memory."""

from __future__ import annotations

import io
import struct
import zipfile

from qdpx_compassion.errors import InputError
from qdpx_compassion.files.directory import refuse_large_dictionary
from qdpx_compassion.files.limits import current_limits
from qdpx_compassion.files.project_files import DAMAGED

_FIXED_DATE = (1980, 1, 1, 0, 0, 0)
_PROBLEMS = (*DAMAGED, struct.error, OSError)


def is_package(data: bytes) -> bool:
    """Whether bytes begin as a zip archive does."""
    return data.startswith(b"PK\x03\x04")


def read_package(data: bytes, where: str) -> dict[str, bytes]:
    """The parts of a package by name, in order.

    Args:
        data: the package.
        where: for messages.

    Raises:
        InputError: it is damaged, encrypted, or inflates to more than it may.
    """
    parts: dict[str, bytes] = {}
    left = current_limits().text_bytes
    try:
        with zipfile.ZipFile(packed := io.BytesIO(data)) as archive:
            for info in archive.infolist():
                refuse_large_dictionary(packed, info, f"{where}, {info.filename}")
                with archive.open(info) as file:
                    part = file.read(left + 1)
                left -= len(part)
                if left < 0 or info.filename in parts:
                    raise InputError("The document inflates to more than it may, or holds a part twice.", where=where)
                parts[info.filename] = part
    except _PROBLEMS as error:
        raise InputError("The document is damaged or protected by a password.", where=where) from error
    return parts


def write_package(parts: dict[str, bytes]) -> bytes:
    """A package of these parts, without any trace of who packed it; what must be first and stored is."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name, _FIXED_DATE)
            info.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            info.create_system, info.external_attr = 3, 0o600 << 16
            archive.writestr(info, data)
    return out.getvalue()
