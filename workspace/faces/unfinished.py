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
    if not any(place.endswith((SO_FAR, IN_PART)) for place in drawing.places):
        return {}
    ending = f"test(regexp('{SO_FAR}$'), datum.label) ? '{SO_FAR.strip()}' : '{IN_PART.strip()}'"
    return {
        "labelExpr": f"{_NAMED} ? [replace(datum.label, {_ENDING}, ''), {ending}] : datum.label",
        "labelColor": {"condition": {"test": _NAMED, "value": LIGHT.muted}, "value": LIGHT.ink},
    }


def longest(places: Iterable[str]) -> int:
    """Characters of the longest name along such an axis."""
    return max(len(place.removesuffix(SO_FAR).removesuffix(IN_PART)) for place in places)


def without(drawing: Drawing) -> Spec:
    """Without the marks of a period that is not over."""
    return {"transform": [{"filter": "!datum.u"}]} if any(mark.open for mark in drawing.marks) else {}


def strokes(drawing: Drawing, rows: Sequence[Spec], shape: Spec, y: Spec) -> list[Spec]:
    """The lines; dashed where they lead to or from a period that is no whole one, if they run along time."""
    marks, whole = drawing.marks, {"mark": shape, "encoding": {"y": y}}
    if not drawing.grain:
        return [whole]
    ends = [place for place, mark in enumerate(marks) if mark.open]
    dashed: list[Spec] = []
    for place in ends:
        whole_ones = [n for n, mark in enumerate(marks) if mark.c == marks[place].c and not mark.open]
        beside = min(whole_ones, key=lambda n: abs(n - place), default=None)
        dashed += [rows[n] | {"k": place} for n in sorted((beside, place))] if beside is not None else []
    apart = {"detail": {"field": "k"}} if len(ends) > 1 else {}
    lead = {"data": {"values": dashed}, "mark": shape | {"strokeDash": DASHES}, "encoding": {"y": y, **apart}}
    return [whole | without(drawing), *([lead] if dashed else [])]


def hollow(drawing: Drawing, y: Spec, *, several: bool) -> list[Spec]:
    """The points of a period that is not over."""
    if not any(mark.open for mark in drawing.marks):
        return []
    mark = {"type": "point", "size": 36, "fill": LIGHT.on_accent, "strokeWidth": 1.5, "opacity": 1}
    mark |= {} if several else {"stroke": LIGHT.series[0]}
    only = {"transform": [{"filter": "datum.u"}]}
    return [only | {"mark": mark, "encoding": {"y": y, "description": {"field": "d"}}}]


def said_above(drawing: Drawing, word: str, y: Spec, high: float, *, back: bool) -> Spec:
    """Which period is no whole one, above its points: the first of them, or the latest."""
    at = [mark.at for mark in drawing.marks if mark.open and mark.at is not None]
    first = word == drawing.begun
    row = {"t": min(at) if first else max(at), "end": high, "word": word}
    align = "left" if back != first else "right" if first else "center"
    mark = {"type": "text", "baseline": "bottom", "dy": -2, "fontSize": 12, "align": align}
    place = {"field": "end", "type": "quantitative", "scale": y["scale"], "axis": y["axis"], "title": None}
    encoding = {"y": place, "text": {"field": "word"}, "color": {"value": LIGHT.muted}}
    return {"data": {"values": [row]}, "mark": mark | {"aria": False}, "encoding": encoding}
