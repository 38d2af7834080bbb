"""Links from tables and charts to the quotations that they count: a filter of the browser as a fragment."""

from __future__ import annotations

from urllib.parse import urlencode

#: Filters of the browser beside those of the framework's dimensions.
VALUE, GROUP, PARTICIPANT = "value", "group", "participant"


def dimension_filter(identifier: str) -> str:
    """The name of a dimension's filter; its prefix keeps it apart from the others."""
    return f"in.{identifier}"


def to_quotations(**filters: object) -> str:
    """Where the browser shows what the filters let through; see ``leads_to`` for other names."""
    return leads_to(filters)


def leads_to(filters: dict[str, object]) -> str:
    """The fragment for filters by name → key of the option."""
    return f"#quotations?{urlencode({name: str(key) for name, key in filters.items()})}"
