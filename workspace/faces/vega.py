"""A chart block and its result -> a Vega-Lite specification: themed, labelled in place, nothing it does not need.

Fields are renamed to ``x``, ``y`` and ``c`` and every label is written beforehand (`drawing.py`), so that no name or
value of the database is ever read as a Vega expression, and charts write figures as tables do.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from workspace.artifact.format import around
from workspace.artifact.model import Chart, NamedQuery
from workspace.database.result import Result
from workspace.faces.drawing import MOST_BARS, Drawing, Mark, apart, draw, stacks
from workspace.faces.theme import LIGHT, MOST_SERIES, vega_config
from workspace.faces.unfinished import hollow, lighter, longest, quieter, said_above, strokes, two_lines, without

WIDE, NARROW = 720, 342  # px: the text column, and a telephone's
MOST_SAID = 300  # marks that carry their own words; more would only make the page heavy
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_CHAR = 6.6  # px: mean width of a character at 12 px
Spec = dict[str, Any]


def spec(chart: Chart, query: NamedQuery, result: Result, *, width: int = WIDE, bars: int = MOST_BARS) -> Spec | None:
    """The Vega-Lite specification of a chart block; None when there is nothing to draw.

    Args:
        chart: which columns, which mark.
        query: says how the columns are shown.
        result: the rows.
        width: px, all in all.
        bars: of bars that lie, the most that are drawn.
    """
    drawing = draw(chart, query, result, bars=bars)
    if not drawing.marks:
        return None
    if chart.mark == "arc":
        body = _arc(drawing, width)
    elif chart.mark == "point":
        body = _points(chart, drawing, width)
    elif chart.mark in ("line", "area") and (drawing.grain or len({m.x for m in drawing.marks}) > 1):
        body = _lines(chart, drawing, width)
    elif chart.horizontal or _too_long(drawing, width):
        body = _flat_bars(chart, drawing, width)
    else:
        body = _columns(chart, drawing, width)
    return {
        "$schema": SCHEMA,
        "width": width,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": {"left": 0, "right": 4, "top": 4, "bottom": 4},
        "config": vega_config(),
        "usermeta": {"by": _by(body)},
        **body,
    }


def _by(body: Spec) -> str:
    """How the marks nearest to a pointer are told: by their place along ``x`` or ``y``, as a ``point``, a ``slice``."""
    encoding = body["encoding"]
    if "theta" in encoding:
        return "slice"
    if "layer" not in body and body["mark"]["type"] == "circle":
        return "point"
    return "y" if encoding.get("y", {}).get("type") == "nominal" else "x"


# ----------------------------------------------------------------------------------------------------------- marks
def _flat_bars(chart: Chart, drawing: Drawing, width: int) -> Spec:
    if any(mark.c for mark in drawing.marks):
        return _grouped(chart, drawing, width)
    order = [mark.x for mark in drawing.marks]
    names = min(max(len(name) for name in order) * _CHAR + 8, width * 0.36)
    room = max(len(mark.label) for mark in drawing.marks) * _CHAR + 12
    low, high = min(0.0, *(m.y for m in drawing.marks)), max(0.0, *(m.y for m in drawing.marks))
    plot = max(width - names - room * (2 if low < 0 else 1), width * 0.3)
    span = (high - low) or 1.0
    domain = [low - (span * room / plot if low < 0 else 0), high + span * room / plot]
    y = {
        "field": "x", "type": "nominal", "sort": order, "title": None,
        "axis": {
            "domain": False, "ticks": False, "labelLimit": int(names), "labelPadding": 8, "labelColor": LIGHT.ink,
        },
        "scale": {"paddingInner": 0.32, "paddingOuter": 0.1},
    }  # fmt: skip
    x = {"field": "y", "type": "quantitative", "axis": None, "scale": {"domain": domain, "nice": False}}
    bar = {"mark": {"type": "bar"}, "encoding": {"x": x, "description": {"field": "d"}} | lighter(drawing)}
    text = {
        "mark": {
            "type": "text", "baseline": "middle", "fontSize": 12, "fill": quieter(drawing), "aria": False,
            "align": {"expr": "datum.y < 0 ? 'right' : 'left'"}, "dx": {"expr": "datum.y < 0 ? -5 : 5"},
        },
        "encoding": {"x": x, "text": {"field": "l"}},
    }  # fmt: skip
    return {"data": _data(drawing), "height": {"step": 26}, "encoding": {"y": y}, "layer": [bar, text]}


def _columns(chart: Chart, drawing: Drawing, width: int) -> Spec:
    if any(mark.c for mark in drawing.marks):
        return _grouped(chart, drawing, width)
    order = [mark.x for mark in drawing.marks]
    labelled = max(len(mark.label) for mark in drawing.marks) * _CHAR + 6 <= (width - 8) / len(order)
    x = {
        "field": "x", "type": "nominal", "sort": order, "title": None,
        "axis": {
            "labelAngle": 0, "ticks": False, "labelOverlap": "parity", "labelColor": LIGHT.ink, **two_lines(drawing),
        },
        "scale": {"paddingInner": 0.28, "paddingOuter": 0.12},
    }  # fmt: skip
    y = _value_axis(drawing, zero=True, axis=not labelled)
    layers: list[Spec] = [
        {
            "mark": {"type": "bar", "width": {"band": 1}},
            "encoding": {"y": y, "description": {"field": "d"}} | lighter(drawing),
        }
    ]
    if labelled:
        text = {
            "type": "text",
            "baseline": {"expr": "datum.y < 0 ? 'top' : 'bottom'"},
            "fontSize": 12,
            "fill": quieter(drawing),
        }
        text |= {"dy": {"expr": "datum.y < 0 ? 4 : -4"}, "aria": False}
        layers.append({"mark": text, "encoding": {"y": y, "text": {"field": "l"}}})
    return {"data": _data(drawing), "height": _height(width), "encoding": {"x": x}, "layer": layers}


def _grouped(chart: Chart, drawing: Drawing, width: int) -> Spec:
    """Bars side by side or upon each other, one colour per series, with a legend above: too many ends for labels."""
    places = drawing.places
    series = list(dict.fromkeys(mark.c for mark in drawing.marks))
    flat = len(places) > 6 or longest(places) * _CHAR > width / len(places)
    along, across = ("y", "x") if flat else ("x", "y")
    axis: Spec = {"domain": not flat, "ticks": False, "labelColor": LIGHT.ink, "labelLimit": int(width * 0.36)}
    band = {
        "field": "x", "type": "nominal", "sort": places, "title": None,
        "axis": axis if flat else {**axis, "labelAngle": 0, "labelOverlap": "parity", **two_lines(drawing)},
        "scale": {"paddingInner": 0.25},
    }  # fmt: skip
    encoding = {along: band, "color": _series(series, legend=True, width=width), "description": {"field": "d"}}
    encoding |= lighter(drawing, encoding["color"])
    if chart.stacked:
        value = _value_axis(drawing, domain=_domain(stacks(drawing), zero=True))
        encoding |= {across: {**value, "stack": "zero"}, "order": {"field": "o", "type": "quantitative"}}
        order = {name: place for place, name in enumerate(series)}
        rows = [row | {"o": order[mark.c]} for row, mark in zip(_rows(drawing), drawing.marks, strict=True)]
        height: Any = {"step": 26} if flat else _height(width)
    else:
        encoding |= {f"{along}Offset": {"field": "c", "sort": series}, across: _value_axis(drawing, zero=True)}
        rows = _rows(drawing)
        height = {"step": 14 if len(series) > 1 else 24, "for": "offset"} if flat else _height(width)
    return {"data": {"values": rows}, "height": height, "mark": {"type": "bar"}, "encoding": encoding}


def _lines(chart: Chart, drawing: Drawing, width: int) -> Spec:
    series = list(dict.fromkeys(mark.c for mark in drawing.marks))
    several = len(series) > 1 or series[0] != ""
    direct = several and len(series) <= MOST_SERIES  # `draw` keeps no more than there are colours
    low, high = _domain([m.y for m in drawing.marks], zero=chart.mark == "area")
    back = chart.sort == "-x" and bool(drawing.grain)  # the latest on the left, where that was asked for
    last = [_last([m for m in drawing.marks if m.c == name], back=back) for name in series]
    texts = list(series) if direct else [mark.label for mark in last] if not several else []
    brief = "" if several or not last[0].open else drawing.brief  # said with the figure: below it or, low down, above
    if brief:
        texts = [f"{brief}\n{texts[0]}" if last[0].y - low < (high - low) / 8 else f"{texts[0]}\n{brief}"]
    room = min(
        max((len(line) for text in texts for line in text.split("\n")), default=0) * _CHAR + (24 if direct else 10),
        width * 0.34,
    )
    x = _time_axis(drawing, width, room, back=back) if drawing.grain else _place_axis(drawing)
    y = _value_axis(drawing, domain=(low, high))
    encoding: Spec = {"x": x}
    if several:
        encoding["color"] = _series(series, legend=not direct, width=width)
    shape = {"type": "line", "strokeJoin": "round", "strokeCap": "round", "aria": False}
    layers: list[Spec] = []
    if chart.mark == "area":
        fill = {} if several else {"fill": LIGHT.series[0]}
        layers.append(
            {"mark": {"type": "area", "opacity": 0.14, "aria": False, **fill}, "encoding": {"y": {**y, "stack": None}}}
        )
    layers += strokes(drawing, _rows(drawing), shape, y)
    few = len({mark.x for mark in drawing.marks}) <= 16
    dots = {"type": "circle", "size": 22 if few else 60, "opacity": 1 if few else 0}
    if len(drawing.marks) <= MOST_SAID:
        dots |= {} if several else {"fill": LIGHT.series[0]}
        layers.append({"mark": dots, "encoding": {"y": y, "description": {"field": "d"}}} | without(drawing))
    layers += hollow(drawing, y, several=several)
    height = _height(width)
    if texts:
        ends = _spread([mark.y for mark in last], (high - low) / height * 15, high)
        layers += _end_labels(drawing, last, texts, ends, y, keyed=direct, limit=int(room))
    for word in ("" if brief else drawing.brief, drawing.begun):
        layers += [said_above(drawing, word, y, high, back=back)] if word else []
    return {"data": _data(drawing), "height": height, "encoding": encoding, "layer": layers}


def _end_labels(
    drawing: Drawing,
    last: Sequence[Mark],
    texts: Sequence[str],
    ends: Sequence[float],
    y: Spec,
    *,
    keyed: bool,
    limit: int,
) -> list[Spec]:
    """The words at the right end of lines: in ink, each behind a dot of its line's colour where there are several."""
    rows = [
        {"t" if drawing.grain else "x": m.at if drawing.grain else m.x, "word": text, "c": m.c, "end": end}
        for m, text, end in zip(last, texts, ends, strict=True)
    ]
    end_y = {"field": "end", "type": "quantitative", "scale": y["scale"], "axis": y["axis"], "title": None}
    shared = {"type": "text", "align": "left", "baseline": "middle", "aria": False}
    words = shared | {"dx": 20 if keyed else 8, "fontSize": 12, "limit": limit}
    soft = drawing.brief != "" and "\n" in texts[0]
    words |= {} if keyed or soft else {"fontWeight": "bold"}
    words |= (
        {"lineBreak": "\n", "lineHeight": 15, "dy": -20 if texts[0].startswith(drawing.brief) else 0} if soft else {}
    )
    ink = {"color": {"value": LIGHT.muted if soft else LIGHT.ink}}
    labels = {"mark": words, "encoding": {"y": end_y, "text": {"field": "word"}} | ink}
    dots = {"mark": shared | {"dx": 8, "fontSize": 10}, "encoding": {"y": end_y, "text": {"value": "●"}}}
    return [{"data": {"values": rows}, **layer} for layer in ((dots, labels) if keyed else (labels,))]


def _points(chart: Chart, drawing: Drawing, width: int) -> Spec:
    series = list(dict.fromkeys(mark.c for mark in drawing.marks))
    x = _number_axis(drawing) if chart.x_type == "quantitative" else {**_place_axis(drawing), "title": drawing.x_title}
    y = _value_axis(drawing, domain=_domain([m.y for m in drawing.marks])) | {"title": drawing.y_title}
    encoding: Spec = {"x": x, "y": y, "description": {"field": "d"}}
    if len(series) > 1:
        encoding["color"] = _series(series, legend=True, width=width)
    fill = {} if len(series) > 1 else {"fill": LIGHT.series[0]}
    mark = {"type": "circle", "size": 30, "opacity": 0.6, **fill}
    return {"data": _data(drawing), "height": _height(width) + 60, "mark": mark, "encoding": encoding}


def _arc(drawing: Drawing, width: int) -> Spec:
    order = [mark.x for mark in drawing.marks]
    total = sum(mark.y for mark in drawing.marks) or 1.0
    radius = 96 if width >= 500 else 72
    encoding = {
        "theta": {"field": "y", "type": "quantitative", "stack": True},
        "order": {"field": "o", "type": "quantitative"},
        "color": {**_series(order, legend=False), "field": "x"},
    }
    values, before = [], 0.0
    for place, (row, mark) in enumerate(zip(_rows(drawing), drawing.marks, strict=True)):
        side = "left" if before + mark.y / 2 < total / 2 else "right"
        word = _label(mark, total) if mark.y >= total * 0.03 else ""  # no room beside thinner slices
        values.append({**row, "o": place, "word": word, "side": side})
        before += mark.y
    slices = {
        "mark": {"type": "arc", "outerRadius": radius, "stroke": LIGHT.on_accent},
        "encoding": {"description": {"field": "d"}},
    }
    text = {
        "mark": {
            "type": "text", "radius": radius + 14, "fontSize": 12, "fill": LIGHT.ink, "aria": False,
            "limit": int(width / 2 - radius), "align": {"expr": "datum.side"},
        },
        "encoding": {"text": {"field": "word"}, "color": {"value": LIGHT.ink}},
    }  # fmt: skip
    return {"data": {"values": values}, "height": 2 * radius + 56, "encoding": encoding, "layer": [slices, text]}


# ------------------------------------------------------------------------------------------------------------ axes
# Long ticks are shortened as people write them: 20k, 1.5M, 2bn (d3 would write 2G).
def _short(of: str = "datum.value") -> str:
    return f"abs({of}) >= 10000 ? replace(format({of}, '~s'), 'G', 'bn') : format({of}, ',~r')"


_TIME_LABEL = {
    "year": ("%Y", 4),
    "quarter": ("Q%q %Y", 7),
    "month": ("%b %Y", 8),
    "week": ("%-d %b %Y", 11),
    "day": ("%-d %b %Y", 11),
    "time": ("%-d %b %H:%M", 12),
}  # with the width in characters


def _value_axis(
    drawing: Drawing, *, zero: bool = False, axis: bool = True, domain: tuple[float, float] | None = None
) -> Spec:
    label = {"format": ".0%" if (domain or (0, 1))[1] > 0.05 else ".1%"} if drawing.percent else _ticks(drawing.unit)
    shown = {"domain": False, "ticks": False, "tickCount": 5, **label}
    low, high = domain or _domain([mark.y for mark in drawing.marks], zero=zero)
    if not axis:
        high += (high - low) * 0.08  # room for the labels on the columns
    scale = {"domain": [low, high], "nice": False, "zero": False}
    return {"field": "y", "type": "quantitative", "title": None, "axis": shown if axis else None, "scale": scale}


def _ticks(unit: str) -> Spec:
    """Ticks with their unit: €20k, −€5k, 40 kg."""
    if not unit:
        return {"labelExpr": _short()}
    before, after = map(json.dumps, around(unit))
    return {"labelExpr": f"(datum.value < 0 ? '−' : '') + {before} + ({_short('abs(datum.value)')}) + {after}"}


def _number_axis(drawing: Drawing) -> Spec:
    low, high = _domain([mark.number or 0.0 for mark in drawing.marks])
    return {
        "field": "n", "type": "quantitative", "title": drawing.x_title, "scale": {"domain": [low, high], "nice": False},
        "axis": {"grid": False, "tickCount": 6, "labelExpr": _short()},
    }  # fmt: skip


def _time_axis(drawing: Drawing, width: int, room: float, *, back: bool = False) -> Spec:
    moments = sorted({mark.at for mark in drawing.marks if mark.at is not None})
    pad = room / max(width - room - 48, 1) * (moments[-1] - moments[0])
    domain = [moments[0] - pad, moments[-1]] if back else [moments[0], moments[-1] + pad]
    return {
        "field": "t", "type": "temporal", "title": None,
        "scale": {"type": "utc", "domain": domain, "nice": False, "reverse": back},
        "axis": {
            "grid": False, "ticks": True, "tickSize": 4, "labelFlush": False, "labelOverlap": "greedy",
            "labelSeparation": 4, **_time_labels(drawing, moments, width - room - 40),
        },
    }  # fmt: skip


def _time_labels(drawing: Drawing, moments: Sequence[float], room: float) -> Spec:
    """Where the labels of a time axis stand and what they say; months a round number apart, a January as its year."""
    label, length = _TIME_LABEL[drawing.grain]
    if drawing.grain != "month":
        most = max(2, int(room / (length * _CHAR + 18)))
        step = math.ceil(len(moments) / most)
        return {"values": moments[::step], "labelExpr": f"utcFormat(datum.value, '{label}')"}
    most = max(2, int(room / (4 * _CHAR + 18)))
    months = [(at, _moment(at).year * 12 + _moment(at).month - 1) for at in moments]
    ways = ([at for at, month in months if month % step == 0] for step in (1, 2, 3, 6, 12, 24, 60, 120))
    values = next((way for way in ways if len(way) <= most), moments[:1]) or moments[:1]
    if all(_moment(at).month != 1 for at in values):
        return {"values": values, "labelExpr": f"utcFormat(datum.value, '{label}')"}
    january = "utcmonth(datum.value) === 0"
    return {
        "values": values, "labelExpr": f"{january} ? utcFormat(datum.value, '%Y') : utcFormat(datum.value, '%b')",
        "labelFontWeight": {"condition": {"test": january, "value": "bold"}, "value": "normal"},
    }  # fmt: skip


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def _place_axis(drawing: Drawing) -> Spec:
    order = drawing.places
    axis = {"grid": False, "labelAngle": 0, "labelOverlap": "parity", "ticks": False}
    return {"field": "x", "type": "ordinal", "sort": order, "title": None, "axis": axis}


def _series(names: Sequence[str], *, legend: bool, width: int = WIDE) -> Spec:
    columns = max(1, min(4, int(width / (max(map(len, names)) * _CHAR + 36))))
    shown = {
        "orient": "top",
        "title": None,
        "symbolType": "square",
        "symbolSize": 90,
        "columns": columns,
        "labelLimit": 160,
    }
    return {
        "field": "c",
        "type": "nominal",
        "scale": {"domain": list(names), "range": [LIGHT.series[place % MOST_SERIES] for place in range(len(names))]},
        "legend": shown if legend else None,
    }


def _domain(values: Sequence[float], *, zero: bool = False) -> tuple[float, float]:
    """From nought wherever that still shows the shape; with round ends."""
    low, high = min(values), max(values)
    if zero or low < 0 or low <= 0.8 * high or low == high:
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        return 0.0, 1.0
    step = 10.0 ** math.floor(math.log10((high - low) / 4))
    step *= next(factor for factor in (1, 2, 2.5, 5, 10) if step * factor * 5 >= (high - low))
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step


# ----------------------------------------------------------------------------------------------------------- parts
def _data(drawing: Drawing) -> Spec:
    return {"values": _rows(drawing)}


def _rows(drawing: Drawing) -> list[Spec]:
    silent = len(drawing.marks) > MOST_SAID
    return [
        {"x": m.x, "y": m.y, "c": m.c, "l": m.label, "d": "" if silent else apart(m)}
        | ({"t": m.at} if m.at is not None else {})
        | ({"n": m.number} if m.number is not None else {})
        | ({"u": 1} if m.open else {})
        for m in drawing.marks
    ]


def _label(mark: Mark, total: float) -> str:
    return f"{mark.x} {mark.y / total:.0%}"


def _spread(values: Sequence[float], gap: float, top: float) -> list[float]:
    """The values moved apart, so that no two labels at them overlap; upwards, and from the top down again."""
    order = sorted(range(len(values)), key=lambda place: values[place])
    placed = list(values)
    for below, above in pairwise(order):
        placed[above] = max(placed[above], placed[below] + gap)
    ceiling = top
    for place in reversed(order):
        placed[place] = min(placed[place], ceiling)
        ceiling = placed[place] - gap
    return placed


def _last(marks: Sequence[Mark], *, back: bool = False) -> Mark:
    """The mark at the right end of a line."""
    if not all(mark.at is not None for mark in marks):
        return marks[-1]
    return (min if back else max)(marks, key=lambda mark: mark.at)


def _too_long(drawing: Drawing, width: int) -> bool:
    places = dict.fromkeys(mark.x for mark in drawing.marks)
    return longest(places) * _CHAR + 10 > width / len(places) and len(places) <= MOST_BARS


def _height(width: int) -> int:
    return 220 if width >= 500 else 180
