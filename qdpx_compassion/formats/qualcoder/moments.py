"""Dates: an xsd:dateTime, and what QualCoder writes (``2024-01-31 12:30:00``, without a zone)."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

#: QualCoder fails on a row without a date; this one stands for none.
UNKNOWN = "1970-01-01 00:00:00"


@lru_cache(maxsize=1 << 12)
def to_qualcoder(written: str | None) -> tuple[str, bool]:
    """A date as QualCoder has it, in UTC.

    Args:
        written: an xsd:dateTime.

    Returns:
        The date, and whether the same moment can be read from it again.
    """
    if not written or not written.strip():
        return UNKNOWN, True
    try:
        read = dt.datetime.fromisoformat(written.strip())
        moment = read.astimezone(dt.UTC) if read.tzinfo else read
    except (ValueError, OverflowError):
        return UNKNOWN, False
    # Without a zone it is another moment once it is read as UTC.
    return moment.replace(tzinfo=None).isoformat(" "), read.tzinfo is not None


@lru_cache(maxsize=1 << 12)
def from_qualcoder(written: object) -> str | None:
    """A date of QualCoder as xsd:dateTime; None where there is none.

    QualCoder writes the time of the computer without its zone, and calls it UTC when it exports REFI-QDA. So do we.
    """
    if not isinstance(written, str) or not written.strip() or written == UNKNOWN:
        return None
    try:
        # some versions wrote an underscore where the space should be
        read = dt.datetime.fromisoformat(written.strip().replace("_", "T", 1))
        moment = read.astimezone(dt.UTC) if read.tzinfo else read
    except (ValueError, OverflowError):
        return None
    return moment.replace(tzinfo=None).isoformat() + "Z"
