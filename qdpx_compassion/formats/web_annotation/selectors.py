"""Where a selection lies, in the model's words: columns of ``selections`` as selectors, and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from qdpx_compassion.formats.web_annotation.terms import MEDIA_FRAGMENTS, PDF_FRAGMENTS

#: Characters before and behind a quotation by which it is found again.
_AROUND = 32
_TIME = re.compile(r"t=(?:npt:)?(\d+(?:\.\d+)?)?(?:,(\d+(?:\.\d+)?))?")
_AREA = re.compile(r"xywh=(?:pixel:)?(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?),(\d+(?:\.\d+)?),(\d+(?:\.\d+)?)")
_PAGE = re.compile(r"page=(\d+)")


def text_selectors(text: str, first: int, last: int) -> list[dict[str, Any]]:
    """A passage by its place, in code points, and by its words with those around it."""
    return [
        {"type": "TextPositionSelector", "start": first, "end": last},
        {
            "type": "TextQuoteSelector",
            "exact": text[first:last],
            "prefix": text[max(0, first - _AROUND) : first],
            "suffix": text[last : last + _AROUND],
        },
    ]


def fragment_selectors(selection: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A time, an area of a picture, or a page and area of a PDF.

    Pages count from 1, as in the fragment's definition. Areas are left, top, width and height in pixels for pictures;
    in PDFs left, bottom, width and height in points from the lower left corner, as REFI-QDA has them.
    """
    parts = []
    if selection["page"] is not None:
        parts.append(f"page={selection['page'] + 1}")
    corners = [selection[name] for name in ("first_x", "first_y", "second_x", "second_y")]
    if None not in corners:
        left, top, right, bottom = corners
        parts.append(f"xywh={min(left, right)},{min(top, bottom)},{abs(right - left)},{abs(bottom - top)}")
    if selection["begin"] is not None and selection["end"] is not None:
        parts.append(f"t={_seconds(selection['begin'])},{_seconds(selection['end'])}")
    if not parts:
        return []
    conforms = PDF_FRAGMENTS if selection["page"] is not None else MEDIA_FRAGMENTS
    return [{"type": "FragmentSelector", "conformsTo": conforms, "value": "&".join(parts)}]


def fragment_columns(selectors: Iterable[Any]) -> dict[str, int]:
    """What fragments say, as columns of ``selections``; the inverse of ``fragment_selectors``."""
    columns: dict[str, int] = {}
    for selector in selectors:
        if not isinstance(selector, dict) or selector.get("type") != "FragmentSelector":
            continue
        value = str(selector.get("value", "")).lstrip("#")
        if page := _PAGE.search(value):
            columns["page"] = int(page[1][:18]) - 1
        if area := _AREA.search(value):
            x, y, width, height = (round(float(number)) for number in area.groups())
            columns |= {"first_x": x, "first_y": y, "second_x": x + width, "second_y": y + height}
        if (time := _TIME.search(value)) and (time[1] or time[2]):
            columns["begin"] = round(float(time[1] or 0) * 1000)
            if time[2]:
                columns["end"] = round(float(time[2]) * 1000)
        columns |= fragment_columns([selector.get("refinedBy")])
    return columns


def of_type(selectors: Iterable[Any], kind: str) -> dict[str, Any] | None:
    """The first selector of a type, also where it refines another or is refined."""
    for selector in selectors:
        while isinstance(selector, dict):
            if selector.get("type") == kind:
                return selector
            selector = selector.get("refinedBy")
    return None


def _seconds(milliseconds: int) -> str:
    sign = "-" if milliseconds < 0 else ""
    seconds, rest = divmod(abs(milliseconds), 1000)
    return f"{sign}{seconds}.{rest:03}".rstrip("0").rstrip(".")
