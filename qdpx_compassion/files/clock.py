"""The one date that does not come from the project: SOURCE_DATE_EPOCH. The clock is never asked."""

from __future__ import annotations

import datetime as dt
import os

from qdpx_compassion.errors import UsageError


def source_date() -> dt.datetime | None:
    """What SOURCE_DATE_EPOCH says, in UTC; None when it is not set.

    Raises:
        UsageError: it is set, but not to seconds since 1970.
    """
    written = os.environ.get("SOURCE_DATE_EPOCH", "").strip()
    if not written:
        return None
    try:
        return dt.datetime.fromtimestamp(int(written), dt.UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(
            f"The environment variable SOURCE_DATE_EPOCH is “{written}”, which is no date.",
            remedy="Set it to the seconds since 1970-01-01, or unset it.",
        ) from error
