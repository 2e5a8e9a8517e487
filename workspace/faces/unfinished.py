"""How a chart tells a period that is not over from the others: bars pale, lines dashed, points hollow, and in words.

So is one told that the data covers in part, however long ago it ended. Where all periods are whole, each is nothing, so
that such a chart is drawn as if there were no such thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from workspace.faces.drawing import IN_PART, SO_FAR, Drawing
from workspace.faces.theme import LIGHT

DASHES = [3, 3]  # px
_ENDING = f"regexp('({SO_FAR}|{IN_PART})$')"
_NAMED = f"test({_ENDING}, datum.label)"
Spec = dict[str, Any]


def lighter(drawing: Drawing, colour: Spec | None = None) -> Spec:
    """Encodings by which bars of a period that is not over are pale, with an edge; none where all are over."""
    if not any(mark.open for mark in drawing.marks):
        return {}
    edge = colour | {"legend": None} if colour else {"value": LIGHT.series[0]}
    return {
        "fillOpacity": {"condition": {"test": "datum.u", "value": 0.25}, "value": 1},
        "stroke": {"condition": {"test": "datum.u", **edge}, "value": None},
        "strokeDash": {"condition": {"test": "datum.u", "value": DASHES}, "value": [1, 0]},
    }


def quieter(drawing: Drawing) -> Any:
    """The colour of the figures at bars: muted where the period is not over."""
    if not any(mark.open for mark in drawing.marks):
        return LIGHT.ink
    return {"expr": f"datum.u ? '{LIGHT.muted}' : '{LIGHT.ink}'"}


def two_lines(drawing: Drawing) -> Spec:
    """Of an axis of names: "so far" below the name of a period, since there is little room beside it."""
    ending = next((end for end in (SO_FAR, IN_PART) if any(place.endswith(end) for place in drawing.places)), "")
    if not ending:
        return {}
    return {
        "labelExpr": f"{_NAMED} ? [replace(datum.label, {_ENDING}, ''), '{ending.strip()}'] : datum.label",
        "labelColor": {"condition": {"test": _NAMED, "value": LIGHT.muted}, "value": LIGHT.ink},
    }


def longest(places: Iterable[str]) -> int:
    """Characters of the longest name along such an axis."""
    return max(len(place.removesuffix(SO_FAR).removesuffix(IN_PART)) for place in places)


def without(drawing: Drawing) -> Spec:
    """Without the marks of a period that is not over."""
    return {"transform": [{"filter": "!datum.u"}]} if any(mark.open for mark in drawing.marks) else {}


def strokes(drawing: Drawing, rows: Sequence[Spec], shape: Spec, y: Spec) -> list[Spec]:
    """The lines; dashed where they lead to a period that is not over, if they run along time."""
    marks, whole = drawing.marks, {"mark": shape, "encoding": {"y": y}}
    if not drawing.grain:
        return [whole]
    ends = [place for place, mark in enumerate(marks) if mark.open]
    dashed: list[Spec] = []
    for place in ends:
        before = [n for n, mark in enumerate(marks) if mark.c == marks[place].c and not mark.open]
        dashed += [rows[before[-1]], rows[place]] if before else []
    lead = {"data": {"values": dashed}, "mark": shape | {"strokeDash": DASHES}, "encoding": {"y": y}}
    return [whole | without(drawing), *([lead] if dashed else [])]


def hollow(drawing: Drawing, y: Spec, *, several: bool) -> list[Spec]:
    """The points of a period that is not over."""
    if not any(mark.open for mark in drawing.marks):
        return []
    mark = {"type": "point", "size": 36, "fill": LIGHT.on_accent, "strokeWidth": 1.5, "opacity": 1}
    mark |= {} if several else {"stroke": LIGHT.series[0]}
    only = {"transform": [{"filter": "datum.u"}]}
    return [only | {"mark": mark, "encoding": {"y": y, "description": {"field": "d"}}}]


def said_above(drawing: Drawing, y: Spec, high: float, *, back: bool) -> Spec:
    """Which period is not over, above its points."""
    row = {"t": next(mark.at for mark in drawing.marks if mark.open), "end": high, "word": drawing.brief}
    mark = {"type": "text", "baseline": "bottom", "dy": -2, "fontSize": 12, "align": "left" if back else "center"}
    at = {"field": "end", "type": "quantitative", "scale": y["scale"], "axis": y["axis"], "title": None}
    encoding = {"y": at, "text": {"field": "word"}, "color": {"value": LIGHT.muted}}
    return {"data": {"values": [row]}, "mark": mark | {"aria": False}, "encoding": encoding}
