"""A chart block as PowerPoint's own chart: marks, words and colours of the page, open to editing."""

from __future__ import annotations

from typing import Any

from workspace.export.cells import axis_code
from workspace.export.outline import Picture, legal
from workspace.faces.drawing import Mark
from workspace.faces.theme import LIGHT, MOST_SERIES, OFFICE_FONT

LABELLED = 16  # marks that carry their own figures
PALE = 0.75  # of the way to white


def draw_native(page: Any, part: Picture, code: str, box: tuple[float, float, float, float]) -> Any:
    """Put the chart on a slide; its frame.

    Args:
        page: the slide.
        part: what is drawn.
        code: number format of its figures.
        box: left, top, width, height in inches.
    """
    from pptx.util import Inches

    scatter = part.chart.mark == "point" and part.chart.x_type == "quantitative"
    data = _scatter(part, code) if scatter else _categories(part, code)
    frame = page.shapes.add_chart(_kind(part), *map(Inches, box), data)
    chart = frame.chart
    several = len({mark.c for mark in part.drawing.marks}) > 1
    labelled = part.chart.mark == "bar" and not several and len(part.drawing.marks) <= LABELLED
    _dress(chart, several)
    if part.chart.mark == "arc":
        _slices(chart)
    else:
        _axes(chart, part, code, labelled)
        named = list(_named(part).values())
        for place, series in enumerate(chart.plots[0].series):
            colour = LIGHT.series[place % MOST_SERIES]
            _series(series, part.chart.mark, colour)
            for mark in named[place] if not scatter else ():
                if mark.open:
                    _unfinished(series.points[_places(part).index(mark.x)], part.chart.mark, colour)
    if labelled:
        _labels(chart, code)
    return frame


def _kind(part: Picture) -> Any:
    from pptx.enum.chart import XL_CHART_TYPE as X

    chart = part.chart
    stacked = chart.stacked and chart.color
    if chart.mark == "bar":
        flat = (X.BAR_STACKED, X.BAR_CLUSTERED)
        upright = (X.COLUMN_STACKED, X.COLUMN_CLUSTERED)
        return (flat if chart.horizontal else upright)[0 if stacked else 1]
    if chart.mark == "point":
        return X.XY_SCATTER if chart.x_type == "quantitative" else X.LINE_MARKERS
    return {"line": X.LINE, "area": X.AREA, "arc": X.PIE}[chart.mark]


def _named(part: Picture) -> dict[str, list[Mark]]:
    found: dict[str, list[Mark]] = {}
    for mark in part.drawing.marks:
        found.setdefault(legal(mark.c or part.drawing.y_title), []).append(mark)
    return found


def _categories(part: Picture, code: str) -> Any:
    from pptx.chart.data import CategoryChartData

    data = CategoryChartData(number_format=code)
    places = _places(part)
    data.categories = [legal(place).replace("\u200b", "") for place in places]
    for name, marks in _named(part).items():
        known = {mark.x: mark.y for mark in marks}
        data.add_series(name, [known.get(place) for place in places])
    return data


def _places(part: Picture) -> tuple[str, ...]:
    return part.drawing.places or tuple(dict.fromkeys(mark.x for mark in part.drawing.marks))


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
def _dress(chart: Any, several: bool) -> None:
    from pptx.enum.chart import XL_LEGEND_POSITION
    from pptx.util import Pt

    chart.has_title = False
    chart.font.size, chart.font.name = Pt(12), OFFICE_FONT
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
    from pptx.enum.chart import XL_TICK_MARK

    names, figures = chart.category_axis, chart.value_axis
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
    if part.chart.mark == "bar" and part.chart.horizontal:
        names.reverse_order = True
    if part.chart.mark == "point":
        for axis, title in ((names, part.drawing.x_title), (figures, part.drawing.y_title)):
            axis.has_title = True
            axis.axis_title.text_frame.text = legal(title)


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


def _paler(colour: str) -> str:
    parts = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{round(part + (255 - part) * PALE):02x}" for part in parts)


def _labels(chart: Any, code: str) -> None:
    plot = chart.plots[0]
    plot.gap_width = 45
    plot.has_data_labels = True
    plot.data_labels.number_format, plot.data_labels.number_format_is_linked = code, False
    plot.data_labels.show_value = True
