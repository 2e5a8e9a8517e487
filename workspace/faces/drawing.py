"""What a chart draws: its marks in their order, every name and figure already written as a person reads it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from workspace.artifact.figures import Figures
from workspace.artifact.format import MONTHS, Formatter, heading, number, show
from workspace.artifact.model import Chart, NamedQuery
from workspace.artifact.phrase import prose_name
from workspace.database.result import Result
from workspace.faces.theme import MOST_SERIES

MOST_BARS = 30
MOST_POINTS = 2_000
MOST_SLICES = 8
SO_FAR, IN_PART = " so far", " in part"  # behind the name of a period that is not over, or that the data covers in part
CUT = "\u2063"  # unseen, between the place, the series and the value of a mark that tells them apart (`apart`)
_SHAPES = (
    ("year", re.compile(r"\d{4}\Z")),
    ("quarter", re.compile(r"(\d{4})-?Q([1-4])\Z")),
    ("month", re.compile(r"(\d{4})-(\d{2})\Z")),
    ("week", re.compile(r"(\d{4})-W(\d{2})\Z")),
    ("day", re.compile(r"\d{4}-\d{2}-\d{2}([ T]00:00(:00)?(\.0+)?Z?)?\Z")),
    ("time", re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}")),
)


@dataclass(frozen=True, slots=True)
class Mark:
    """One drawn value: its place ``x`` as text, ``at`` as time in ms if it has one, value, series, and how it reads.

    ``open`` is one whose period was not over when the query ran; it is told from the others wherever it is drawn.
    """

    x: str
    y: float
    c: str
    label: str
    at: float | None
    number: float | None
    open: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn: the marks, what the axes are called, how values are written, in which unit; what was left out.

    ``places`` are the places along x in their order: marks of several series are kept together by series. ``warning``
    is a sentence on each period that is no whole one, for those who do not see how it is drawn, ``brief`` what is said
    of the latest where there is little room, "Nov so far", ``begun`` of the first, "Jan in part".
    """

    marks: tuple[Mark, ...]
    x_title: str
    y_title: str
    write: Formatter
    percent: bool
    unit: str
    grain: str
    note: str = ""
    places: tuple[str, ...] = ()
    warning: str = ""
    brief: str = ""
    begun: str = ""


def draw(chart: Chart, query: NamedQuery, result: Result, *, bars: int = MOST_BARS) -> Drawing:
    """The marks of a chart, in the order they are drawn; of bars that lie, ``bars`` at most."""
    x, y = result.index(chart.x), result.index(chart.y)
    c = result.index(chart.color) if chart.color else None
    names = _Names.of(query, result, x, timed=chart.x_type == "temporal")
    series = _Names.of(query, result, c) if c is not None else None
    write_y = _writer(query, result, y)
    rows: list[Any] = [row for row in result.rows if _finite(row[y])]
    timed = chart.x_type == "temporal" or chart.mark in ("line", "area")
    by_figure = chart.sort in ("y", "-y")  # a line that runs from its lowest to its highest has no axis of time
    grain = _grain([row[x] for row in rows]) if timed and not by_figure else ""
    # Where a year is a series of months, only some of them are not over: its name says so, its bars do not.
    through = series if chart.mark == "bar" and query.shown(chart.x).format != "period" else None
    marks = [
        Mark(
            names.name(row[x]),
            number(row[y]) or 0.0,
            series.name(row[c]) if series and c is not None else "",
            write_y(row[y]),
            _moment(row[x], grain) if grain else None,
            number(row[x]),
            names.going_on(row[x]) or (through is not None and c is not None and through.going_on(row[c])),
        )
        for row in rows
    ]
    marks = _sorted(marks, chart)
    kept, note = _capped(marks, chart, bars, write_y)
    shown = query.shown(chart.y)
    percent, unit = shown.format == "percent", "" if shown.format == "percent" else shown.unit
    unique = kept if chart.color or chart.mark == "point" else _unique(kept)
    left = {mark.x for mark in unique}
    places = tuple(place for place in _places(marks if chart.color else unique, chart) if place in left)
    warning = next((of.warning for of in (names, series) if of is not None and of.warning), "")
    heads = heading(chart.x), heading(chart.y)
    briefs = (_brief(unique, grain, names.latest), _brief(unique, grain, names.first))
    return Drawing(tuple(unique), *heads, write_y, percent, unit, grain, note, places, warning, *briefs)


def stacks(drawing: Drawing) -> list[float]:
    """How far the bars of each place reach, upwards and below nought."""
    ends: dict[tuple[str, bool], float] = {}
    for mark in drawing.marks:
        ends[mark.x, mark.y < 0] = ends.get((mark.x, mark.y < 0), 0.0) + mark.y
    return list(ends.values())


def summary(chart: Chart, drawing: Drawing) -> str:
    """What the chart shows, in words, for those who do not see it."""
    kind = {"line": "Line chart", "bar": "Bar chart", "area": "Area chart", "point": "Scatter plot", "arc": "Pie chart"}
    kind["bar"] = "Stacked bar chart" if chart.stacked else kind["bar"]
    head = f"{kind[chart.mark]} of {drawing.y_title} by {drawing.x_title}"
    values = "; ".join(reads(mark) for mark in drawing.marks[:12])
    more = len(drawing.marks) - 12
    return f"{head}: {values}{f'; and {more} more' if more > 0 else ''}. {drawing.warning}".rstrip()


def reads(mark: Mark) -> str:
    """One mark in words."""
    return _said(mark.x, mark.c, mark.label)


def apart(mark: Mark) -> str:
    """One mark in the same words, cut where a script finds its place, its series and its value."""
    return CUT.join(part.replace(CUT, "") for part in (mark.x, mark.c, mark.label))


def spoken(words: str) -> str:
    """Words that are cut by `apart`, as `reads` has them; any other as they are."""
    if words.count(CUT) != 2:
        return words
    x, c, label = words.split(CUT)
    return _said(x, c, label)


# ------------------------------------------------------------------------------------------------------- parts
def _said(x: str, c: str, label: str) -> str:
    return f"{x}{f', {c}' if c else ''}: {label}".replace("\u200b", "")


@dataclass(frozen=True, slots=True)
class _Names:
    """How the places along an axis, or the series, are called, and the outermost of them that are no whole periods.

    ``latest`` and ``first`` are their values as the result has them, "" where they are whole; ``ending`` is that of the
    name of the latest.
    """

    write: Formatter
    column: str
    latest: str = ""
    ending: str = ""
    first: str = ""
    warning: str = ""

    @classmethod
    def of(cls, query: NamedQuery, result: Result, position: int, *, timed: bool = False) -> _Names:
        write, column = _writer(query, result, position), result.columns[position].name
        values: set[Any] = {row[position] for row in result.rows if row[position] is not None}
        periods = (timed or query.shown(column).format == "period") and len(set(map(type, values))) == 1
        if not periods:
            return cls(write, column)
        figures, first, latest, ending, said = Figures(query, result), "", str(max(values)), "", []
        reach = next((reach for reach in result.receipt.reach or () if reach.column == column), None)
        if len(values) > 1 and reach is not None and min(values) in figures.unfinished(column):
            first = str(min(values))
            began = show(reach.first, kind="date")
            said.append(f"{_flat(write(min(values)), first, column)} is counted only from {began} on.")
        name = _flat(write(max(values)), max(values), column)
        if figures.partial(column):
            ending = SO_FAR
            said.append(f"{name} is not over yet.")
        elif figures.cut(column):
            ending = IN_PART
            said.append(f"{name} is counted only up to {figures.reached(column).text}.")
        return cls(write, column, latest if ending else "", ending, first, " ".join(said))

    def name(self, value: Any) -> str:
        return _flat(self.write(value), value, self.column) + self._ending(value)

    def going_on(self, value: Any) -> bool:
        return self._ending(value) != ""

    def _ending(self, value: Any) -> str:
        if self.latest != "" and str(value) == self.latest:
            return self.ending
        return IN_PART if self.first != "" and str(value) == self.first else ""


def _brief(marks: Sequence[Mark], grain: str, period: str) -> str:
    """What is said beside the marks of a period that is no whole one; "" where there are none along time."""
    at = next((mark.at for mark in marks if mark.open and period and _moment(period, grain) == mark.at), None)
    if at is None:
        return ""
    ending = SO_FAR if any(mark.x.endswith(SO_FAR) for mark in marks if mark.at == at) else IN_PART
    return f"{said}{ending}" if (said := _short(at, grain)) else ""


def _short(at: float, grain: str) -> str:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)
    said = {
        "year": f"{moment.year}", "quarter": f"Q{(moment.month + 2) // 3}", "month": MONTHS[moment.month - 1],
        "week": f"week {moment.isocalendar().week}", "day": f"{moment.day} {MONTHS[moment.month - 1]}",
    }  # fmt: skip
    return said.get(grain, "")


def _writer(query: NamedQuery, result: Result, position: int) -> Formatter:
    column = result.columns[position]
    return query.writer(column, tuple(row[position] for row in result.rows))


def _sorted(marks: list[Mark], chart: Chart) -> list[Mark]:
    if chart.mark in ("line", "area") and all(mark.at is not None for mark in marks):
        return sorted(marks, key=lambda mark: mark.at or 0.0)
    if chart.color and chart.mark != "point":
        return marks  # the order of their places is that of the totals (`_places`)
    if chart.mark == "arc" or chart.sort == "-y":
        return sorted(marks, key=lambda mark: -mark.y)
    if chart.sort == "y":
        return sorted(marks, key=lambda mark: mark.y)
    return marks


def _places(marks: Sequence[Mark], chart: Chart) -> list[str]:
    """The places along x: as the rows have them, or by the figure, several series together."""
    total: dict[str, float] = {}
    for mark in marks:
        total[mark.x] = total.get(mark.x, 0.0) + mark.y
    if chart.color and chart.sort in ("y", "-y"):
        return sorted(total, key=lambda place: total[place], reverse=chart.sort == "-y")
    return list(total)


def _capped(marks: list[Mark], chart: Chart, bars: int, write: Formatter) -> tuple[list[Mark], str]:
    """As many marks as can be read, and what is said of the others."""
    if chart.mark == "arc":
        marks = [mark for mark in marks if mark.y > 0]
        rest = marks[MOST_SLICES - 1 :]
        if len(rest) > 1:
            other = sum(mark.y for mark in rest)
            return [*marks[: MOST_SLICES - 1], Mark(f"{len(rest)} others", other, "", write(other), None, None)], ""
        return marks, ""
    if chart.color:
        size: dict[str, float] = {}
        for mark in marks:
            size[mark.c] = size.get(mark.c, 0.0) + abs(mark.y)
        largest = sorted(size, key=lambda name: -size[name])[:MOST_SERIES]
        kept = sorted((mark for mark in marks if mark.c in largest), key=lambda mark: largest.index(mark.c))[
            :MOST_POINTS
        ]
        return kept, f"The {len(largest)} largest of {len(size):,}." if len(size) > len(largest) else ""
    many = bars if chart.horizontal else MOST_BARS
    most = many if chart.mark == "bar" and (chart.horizontal or len(marks) > 2 * MOST_BARS) else MOST_POINTS
    return marks[:most], f"The first {most:,} of {len(marks):,}." if len(marks) > most else ""


def _unique(marks: Sequence[Mark]) -> list[Mark]:
    """Two rows with the same name stay two bars: an invisible mark tells the names apart."""
    seen: dict[str, int] = {}
    unique = []
    for mark in marks:
        count = seen.get(mark.x, 0)
        seen[mark.x] = count + 1
        unique.append(mark if not count else replace(mark, x=mark.x + "\u200b" * count))
    return unique


def _flat(text: str, value: Any, name: str) -> str:
    flat = re.sub(r"\s+", " ", text).strip()
    return flat if flat and value is not None else f"Without {prose_name(name)}"


def _grain(values: Sequence[Any]) -> str:
    """The grain that all values share, "" when they are not moments of time or there is only one of them."""
    texts = {str(value) for value in values if value is not None}
    if len(texts) < 2 or any(value is None for value in values):
        return ""
    for name, shape in _SHAPES:
        if all(shape.match(text) for text in texts):
            return name if all(_moment(text, name) is not None for text in texts) else ""
    return ""


def _moment(value: Any, grain: str) -> float | None:
    """Milliseconds since 1970 of the beginning of a period."""
    text = str(value)
    try:
        if grain == "year":
            at = datetime(int(text), 1, 1, tzinfo=UTC)
        elif grain == "quarter":
            at = datetime(int(text[:4]), 3 * int(text[-1]) - 2, 1, tzinfo=UTC)
        elif grain == "month":
            at = datetime(int(text[:4]), int(text[5:7]), 1, tzinfo=UTC)
        elif grain == "week":
            at = datetime.fromisocalendar(int(text[:4]), int(text[6:8]), 1).replace(tzinfo=UTC)
        else:
            at = datetime.fromisoformat(text[:10] if grain == "day" else text[:16]).replace(tzinfo=UTC)
    except ValueError:
        return None
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1)


def _finite(value: Any) -> bool:
    """Can it be drawn? Figures near the end of the floating point have no axis."""
    figure = number(value)
    return figure is not None and math.isfinite(figure) and abs(figure) < 1e300
