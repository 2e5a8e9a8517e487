"""A chart block as PowerPoint's own chart: marks, words and colours of the page, open to editing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from workspace.export.cells import axis_code
from workspace.export.outline import Picture, legal
from workspace.faces.drawing import Mark, stacks
from workspace.faces.theme import LIGHT, MOST_SERIES, OFFICE_FONT

LABELLED = 16  # columns that carry their own figures; bars that lie always do
LARGEST, SMALLEST = 12, 8  # pt, of names and figures
PITCH = 1.15  # lines of text that one name needs
LETTER = 0.5  # of the size of a text; the mean width of its letters
STEPS = (1, 2, 3, 6, 12, 24, 60, 120)  # periods from one name to the next
PALE = 0.75  # of the way to white


def draw_native(
    page: Any, part: Picture, code: str, box: tuple[float, float, float, float], rows: tuple[int, int] = (0, 0)
) -> Any:
    """Put the chart on a slide; its frame.

    Args:
        page: the slide.
        part: what is drawn.
        code: number format of its figures.
        box: left, top, width, height in inches.
        rows: the first of its places that is drawn, and the one after the last; (0, 0) for all of them.
    """
    from pptx.util import Inches

    scatter = part.chart.mark == "point" and part.chart.x_type == "quantitative"
    places = part.places[rows[0] : rows[1] or None]
    data = _scatter(part, code) if scatter else _categories(part, code, places)
    frame = page.shapes.add_chart(_kind(part), *map(Inches, box), data)
    chart = frame.chart
    several = len({mark.c for mark in part.drawing.marks}) > 1
    labelled = part.chart.mark == "bar" and not several and (part.lies or len(places) <= LABELLED)
    _dress(chart, several, _size(part, places, box[3]))
    if part.chart.mark == "arc":
        _slices(chart)
    else:
        _axes(chart, part, code, labelled)
        if not scatter:
            _named_places(chart, part, places, box)
        if len(places) < len(part.places) or (labelled and any(mark.y < 0 for mark in part.drawing.marks)):
            _scale(chart, part)
        _marks(chart, part, places, scatter=scatter)
    if labelled:
        _labels(chart, code)
    return frame


def _marks(chart: Any, part: Picture, places: Sequence[str], *, scatter: bool) -> None:
    named = list(_named(part).values())
    for place, series in enumerate(chart.plots[0].series):
        colour = LIGHT.series[place % MOST_SERIES]
        _series(series, part.chart.mark, colour)
        for mark in named[place] if not scatter else ():
            if mark.open and mark.x in places:
                _unfinished(series.points[places.index(mark.x)], part.chart.mark, colour)
    if part.chart.mark in ("line", "area") and len(named) == 1 and named[0][-1].x == places[-1]:
        _end(chart.plots[0].series[0].points[len(places) - 1], named[0])


def _kind(part: Picture) -> Any:
    from pptx.enum.chart import XL_CHART_TYPE as X

    chart = part.chart
    stacked = chart.stacked and chart.color
    if chart.mark == "bar":
        flat = (X.BAR_STACKED, X.BAR_CLUSTERED)
        upright = (X.COLUMN_STACKED, X.COLUMN_CLUSTERED)
        return (flat if part.lies else upright)[0 if stacked else 1]
    if chart.mark == "point":
        return X.XY_SCATTER if chart.x_type == "quantitative" else X.LINE_MARKERS
    return {"line": X.LINE, "area": X.AREA, "arc": X.PIE}[chart.mark]


def _named(part: Picture) -> dict[str, list[Mark]]:
    found: dict[str, list[Mark]] = {}
    for mark in part.drawing.marks:
        found.setdefault(legal(mark.c or part.drawing.y_title), []).append(mark)
    return found


def _categories(part: Picture, code: str, places: Sequence[str]) -> Any:
    from pptx.chart.data import CategoryChartData

    data = CategoryChartData(number_format=code)
    data.categories = [legal(place).replace("\u200b", "") for place in places]
    for name, marks in _named(part).items():
        known = {mark.x: mark.y for mark in marks}
        data.add_series(name, [known.get(place) for place in places])
    return data


def _scatter(part: Picture, code: str) -> Any:
    from pptx.chart.data import XyChartData

    data = XyChartData(number_format=code)
    for name, marks in _named(part).items():
        series = data.add_series(name)
        for mark in marks:
            if mark.number is not None:
                series.add_data_point(mark.number, mark.y)
    return data


# ------------------------------------------------------------------------------------------------------------ look
def _size(part: Picture, places: Sequence[str], height: float) -> float:
    """Of the text, pt: as large as leaves each bar that lies its name."""
    if not part.lies:
        return LARGEST
    return max(SMALLEST, min(LARGEST, math.floor(height * 72 * 0.95 / len(places) / PITCH)))


def _dress(chart: Any, several: bool, size: float) -> None:
    from pptx.enum.chart import XL_LEGEND_POSITION
    from pptx.util import Pt

    chart.has_title = False
    chart.font.size, chart.font.name = Pt(size), OFFICE_FONT
    _colour(chart.font.color, LIGHT.ink)
    chart.has_legend = several
    if several:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False


def _colour(colour: Any, value: str) -> None:
    from pptx.dml.color import RGBColor

    colour.rgb = RGBColor.from_string(value.lstrip("#"))


def _slices(chart: Any) -> None:
    from pptx.enum.chart import XL_LABEL_POSITION

    plot = chart.plots[0]
    for place, _ in enumerate(plot.categories):
        point = plot.series[0].points[place]
        point.format.fill.solid()
        _colour(point.format.fill.fore_color, LIGHT.series[place % MOST_SERIES])
    plot.has_data_labels = True
    labels = plot.data_labels
    labels.show_percentage = labels.show_category_name = True
    labels.show_value, labels.number_format, labels.number_format_is_linked = False, "0%", False
    labels.position = XL_LABEL_POSITION.OUTSIDE_END


def _axes(chart: Any, part: Picture, code: str, labelled: bool) -> None:
    from pptx.enum.chart import XL_TICK_LABEL_POSITION, XL_TICK_MARK
    from pptx.oxml.ns import qn

    names, figures = chart.category_axis, chart.value_axis
    if any(mark.y < 0 for mark in part.drawing.marks):
        names.tick_label_position = XL_TICK_LABEL_POSITION.LOW  # else over the bars that lead the other way
    for axis in (names, figures):
        axis.major_tick_mark = XL_TICK_MARK.NONE
        _colour(axis.format.line.color, LIGHT.line)
        _colour(axis.tick_labels.font.color, LIGHT.muted)
    names.has_major_gridlines = False
    figures.has_major_gridlines = not labelled
    if not labelled:
        _colour(figures.major_gridlines.format.line.color, LIGHT.grid)
    figures.format.line.fill.background()
    largest = max(abs(mark.y) for mark in part.drawing.marks)
    figures.tick_labels.number_format, figures.tick_labels.number_format_is_linked = axis_code(code, largest), False
    figures.visible = not labelled
    if part.chart.mark in ("bar", "area") and all(mark.y >= 0 for mark in part.drawing.marks):
        figures.minimum_scale = 0
    if part.lies:
        names.reverse_order = True  # from the top; the figures stay below
        figures._element.find(qn("c:crosses")).set("val", "max")
    if part.chart.mark == "point":
        for axis, title in ((names, part.drawing.x_title), (figures, part.drawing.y_title)):
            axis.has_title = True
            axis.axis_title.text_frame.text = legal(title)


def _named_places(chart: Any, part: Picture, places: Sequence[str], box: tuple[float, float, float, float]) -> None:
    """Every place has its name; of periods that stand too close, each second, third, sixth … has it."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls, qn

    room = (box[2] - 1) * 72 / (max(map(len, places)) * LETTER * LARGEST + 8)
    ways = [step for step in STEPS if len(places) / step <= room] or [math.ceil(len(places) / room)]
    if not part.lies and not part.drawing.grain and ways[0] > 1:
        return  # names that are no periods and have no room beside each other: the program turns them
    axis = chart.category_axis._element
    skip = parse_xml(f'<c:tickLblSkip {nsdecls("c")} val="{1 if part.lies else ways[0]}"/>')
    last = axis.find(qn("c:noMultiLvlLbl"))
    last.addprevious(skip) if last is not None else axis.append(skip)


def _scale(chart: Any, part: Picture) -> None:
    """One scale for all slides over which a chart is split, with room for the figures at both ends."""
    stacked = part.chart.stacked and part.chart.color
    ends = stacks(part.drawing) if stacked else [mark.y for mark in part.drawing.marks]
    low, high = min(0.0, *ends), max(0.0, *ends)
    spare = (high - low) * 0.1  # for the figures at the ends
    chart.value_axis.minimum_scale = low - spare if low < 0 else 0
    chart.value_axis.maximum_scale = high + spare


def _series(series: Any, mark: str, colour: str) -> None:
    from pptx.enum.chart import XL_MARKER_STYLE
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls, qn
    from pptx.util import Pt

    if mark == "line":
        series.smooth = False
        series.format.line.width = Pt(2.25)
        _colour(series.format.line.color, colour)
        series.marker.style = XL_MARKER_STYLE.NONE
    elif mark == "point":
        series.format.line.fill.background()
        series.marker.style, series.marker.size = XL_MARKER_STYLE.CIRCLE, 7
        series.marker.format.fill.solid()
        _colour(series.marker.format.fill.fore_color, colour)
        series.marker.format.line.fill.background()
    else:
        series.format.fill.solid()
        _colour(series.format.fill.fore_color, colour)
        if mark == "area":  # as on the page: a line over a thin tint of it
            series.format.line.width = Pt(2.25)
            _colour(series.format.line.color, colour)
            tint = series.format.fill._fill._solidFill.find(f".//{qn('a:srgbClr')}")
            tint.append(parse_xml(f'<a:alpha {nsdecls("a")} val="20000"/>'))


def _unfinished(point: Any, mark: str, colour: str) -> None:
    """The bar of a period that is not over is pale with a dashed edge; a line leads to it dashed."""
    from pptx.enum.dml import MSO_LINE
    from pptx.util import Pt

    if mark == "bar":
        point.format.fill.solid()
        _colour(point.format.fill.fore_color, _paler(colour))
    if mark in ("bar", "line"):
        point.format.line.width = Pt(2.25 if mark == "line" else 1)
        _colour(point.format.line.color, colour)
        point.format.line.dash_style = MSO_LINE.SQUARE_DOT


def _end(point: Any, marks: Sequence[Mark]) -> None:
    """The last figure of a line, on the side that the line does not come from; with its period if that is not over."""
    from pptx.enum.chart import XL_LABEL_POSITION
    from pptx.oxml.ns import qn

    falls = len(marks) > 1 and marks[-1].y < marks[-2].y
    point.data_label.position = XL_LABEL_POSITION.BELOW if falls else XL_LABEL_POSITION.ABOVE
    if marks[-1].open:
        point.data_label._dLbl.find(qn("c:showCatName")).set("val", "1")


def _paler(colour: str) -> str:
    parts = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{round(part + (255 - part) * PALE):02x}" for part in parts)


def _labels(chart: Any, code: str) -> None:
    plot = chart.plots[0]
    plot.gap_width = 45
    plot.has_data_labels = True
    plot.data_labels.number_format, plot.data_labels.number_format_is_linked = code, False
    plot.data_labels.show_value = True
