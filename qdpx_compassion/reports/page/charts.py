"""The charts, in Vega-Lite. What a project says stands in the data alone, never in a field's name or an expression."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qdpx_compassion.reports.page.model import Chart
from qdpx_compassion.reports.page.view import View, plain
from qdpx_compassion.study.saturation import Step

#: Colours of series, defined in the style sheet for light and dark.
SERIES = tuple(f"var(--series-{number})" for number in range(1, 7))
#: Interviews that a chart can show, as in the workbook.
CHARTED = 150


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a chart: its name, its numbers, where a click leads."""

    name: str
    row: Mapping[Hashable, Any]
    to: str = ""


def share_chart(view: View, title: str, bars: Sequence[Bar]) -> Chart | None:
    """Percentages of participants: of each group, or of all where there are none or too many groups."""
    groups = view.groups if len(view.groups) <= len(SERIES) else []
    series = [(group, f"share: {group}") for group in groups] or [("All participants", "share")]
    rows = [
        {"label": name, "series": group, "value": plain(bar.row[key]) or 0.0, "to": bar.to}
        for name, bar in zip(unlike([bar.name for bar in bars]), bars, strict=True)
        for group, key in series
    ]
    title += " of each group" if groups else ""
    axis = {"format": ".0%", "tickCount": 5}
    return _bars(title, rows, [name for name, _ in series], axis, {"domain": [0, 1]}, ".0%")


def count_chart(title: str, rows: Sequence[tuple[str, str, int, str]], series: Sequence[str]) -> Chart | None:
    """Counts: rows of label, series, number and where a click leads."""
    shown = [{"label": label, "series": name, "value": number, "to": to} for label, name, number, to in rows]
    return _bars(title, shown, series, {"format": "d", "tickMinStep": 1}, {"domainMin": 0}, "d")


def _bars(
    title: str,
    rows: list[dict[str, Any]],
    series: Sequence[str],
    axis: dict[str, Any],
    scale: dict[str, Any],
    number: str,
) -> Chart | None:
    if not rows:
        return None
    several = len(series) > 1
    color = {"domain": list(series), "range": list(SERIES[: len(series)])}
    y = {"axis": {"title": None}, "scale": {"paddingInner": 0.3}}
    encoding: dict[str, Any] = {
        "y": {"field": "label", "type": "nominal", "sort": None, **y},
        "x": {"field": "value", "type": "quantitative", "scale": scale, "axis": {"title": None, **axis}},
        "color": {
            "field": "series",
            "type": "nominal",
            "scale": color,
            "legend": {"title": None, "orient": "top"} if several else None,
        },
        "tooltip": [
            {"field": "label", "type": "nominal", "title": "Row"},
            {"field": "series", "type": "nominal", "title": "Of"},
            {"field": "value", "type": "quantitative", "format": number, "title": "Value"},
        ],
    }
    if several:  # in the order of the legend, whatever comes first in the data
        encoding["yOffset"] = {"field": "series", "type": "nominal", "scale": {"domain": list(series)}}
    names = list(dict.fromkeys(row["label"] for row in rows))
    spec = {
        "data": {"values": rows},
        "height": {"step": 13 if several else 20},
        "mark": {"type": "bar", "cornerRadiusEnd": 2, "cursor": "pointer"},
        "encoding": encoding,
    }
    told = f"{title}. A bar chart with {len(names)} rows; the numbers stand in the table beside it."
    return Chart(title, told, spec)


def saturation_chart(steps: Sequence[Step], labels: Sequence[str]) -> Chart | None:
    """New values by interview, and the values so far as a line."""
    if not steps or not steps[-1].so_far or len(steps) > CHARTED:
        return None
    rows = [
        {"interview": number, "label": label, "new": len(step.new), "so_far": step.so_far}
        for number, (step, label) in enumerate(zip(steps, labels, strict=True), start=1)
    ]
    names = ["New values", "Values so far"]
    color = {
        "type": "nominal", "scale": {"domain": names, "range": list(SERIES[:2])},
        "legend": {"title": None, "orient": "top"},
    }  # fmt: skip
    every = max(1, len(steps) // 20)
    ticks = [number for number in range(1, len(steps) + 1) if (number - 1) % every == 0]
    x = {"field": "interview", "type": "ordinal", "axis": {"title": "Interview", "labelAngle": 0, "values": ticks}}

    def layer(mark: dict[str, Any], field: str, name: str) -> dict[str, Any]:
        y = {"field": field, "type": "quantitative", "axis": {"title": None, "tickMinStep": 1, "format": "d"}}
        shown = [{"field": "label", "type": "nominal"}, {"field": field, "type": "quantitative"}]
        return {"mark": mark, "encoding": {"x": x, "y": y, "color": {"datum": name, **color}, "tooltip": shown}}

    title = "New values by interview"
    spec = {
        "data": {"values": rows},
        "height": 240,
        "layer": [
            layer({"type": "bar", "cornerRadiusEnd": 2}, "new", names[0]),
            layer({"type": "line", "strokeWidth": 2.5, "point": {"size": 30}}, "so_far", names[1]),
        ],
    }
    told = f"{title}, as bars, and the values so far, as a line; the numbers stand in the table beside it."
    return Chart(title, told, spec)


def unlike(names: Sequence[str]) -> list[str]:
    """The names, each unlike the others: what bears a name for the second time gets a number."""
    seen: Counter[str] = Counter()
    shown = []
    for name in names:
        seen[name] += 1
        shown.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return shown
