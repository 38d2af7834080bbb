"""Files that are read whole: never more of them than a limit allows."""

from __future__ import annotations

from pathlib import Path

from qdpx_compassion.errors import InputError
from qdpx_compassion.files.limits import current_limits, how_to_raise


def read_whole(path: Path, limit: str = "text_bytes") -> bytes:
    """All bytes of a file.

    Args:
        path: the file.
        limit: the name of the limit for it (``Limits``); what is longer is not read to its end.

    Raises:
        InputError: it is beyond the limit.
        OSError: it cannot be read.
    """
    most: int = getattr(current_limits(), limit)
    with path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise InputError(
            f"The file has more than {most:,} bytes.",
            where=str(path),
            remedy=how_to_raise(limit, max(path.stat().st_size, most)),
        )
    return data
