"""The first sheet of a workbook: the prose, the large figures and the charts, in the page's order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workspace.database.result import legible
from workspace.export.cells import axis_code, code_of, fitting
from workspace.export.outline import Large, Outline, Picture, Sheet, Trouble, Words
from workspace.export.xlsx import CHARTED, Formats, Table, charted
from workspace.faces.theme import LIGHT, MOST_SERIES, OFFICE_FONT

ACROSS = 8  # columns that the prose runs over
WIDTH = 12  # characters of each
CHART = (760, 320)  # px
ROW = 20  # px of a row that nothing else is said of
LABELLED = 16  # columns that carry their own figures; bars that lie always do
PAGE = 1_150  # px that stand on one sheet of A4 as wide as a chart
_SIZES = {"h2": 14, "h3": 12, "h4": 11}


def write_summary(book: Any, page: Any, formats: Formats, made: Outline, tables: Mapping[str, Table]) -> None:
    """Write the summary.

    Args:
        book: the workbook.
        page: its first sheet.
        formats: of the workbook.
        made: what is said.
        tables: per query the sheet with its rows, for the charts and the links.
    """
    page.hide_gridlines(2)
    page.set_column(0, ACROSS - 1, WIDTH)
    page.set_portrait()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    line = _Lines(page, formats)
    line.say(made.title, 33, font_size=20, bold=True)
    line.say(made.about, 0, font_color=LIGHT.muted)
    line.skip()
    data = _Data(book)
    for part in made.parts:
        if isinstance(part, Trouble):
            line.say(part.text, 0, font_color=LIGHT.wrong, bold=True)
            line.skip()
        elif isinstance(part, Words):
            _words(line, part)
        elif isinstance(part, Large):
            _large(line, part)
        elif isinstance(part, Picture):
            _picture(book, line, part, tables[part.query], data)
        elif isinstance(part, Sheet):
            _link(line, part, tables[part.query])
        if not isinstance(part, Words):
            line.whole()
    page.set_h_pagebreaks(line.breaks)


class _Lines:
    """Rows of the summary, written from the top, and before which of them a new sheet of paper begins."""

    def __init__(self, page: Any, formats: Formats) -> None:
        self.page, self.formats, self.row = page, formats, 0
        self.breaks: list[int] = []
        self._heights: dict[int, float] = {}  # px, of rows that are not as all others
        self._head = 0  # where what leads to the next part begins

    def height(self, row: int, points: float) -> None:
        """Make a row as high as it needs."""
        self.page.set_row(row, points)
        self._heights[row] = points / 0.75

    def whole(self) -> None:
        """What was written since the last part, and what led to it, is not parted on paper."""
        top = self.breaks[-1] if self.breaks else 0
        if self._head > top and sum(self._heights.get(row, ROW) for row in range(top, self.row)) > PAGE:
            self.breaks.append(self._head)
        self._head = self.row

    def say(self, text: str, height: float = 0, **properties: Any) -> None:
        """One text over the whole width, as high as it needs."""
        size = properties.get("font_size", 10)
        style = self.formats(text_wrap=True, **properties)
        self.page.merge_range(self.row, 0, self.row, ACROSS - 1, "", style)
        self.page.write_string(self.row, 0, fitting(text), style)
        fits = ACROSS * WIDTH * 10 / size
        lines = sum(max(1, -(-len(piece) // int(fits))) for piece in text.split("\n"))
        self.height(self.row, min(400, max(height, lines * size * 1.45 + 2)))
        self.row += 1

    def skip(self, rows: int = 1) -> None:
        self.row += rows


def _words(line: _Lines, part: Words) -> None:
    for paragraph in part.paragraphs:
        size = _SIZES.get(paragraph.kind)
        mark = "• " if paragraph.kind == "bullet" else f"{paragraph.mark} " if paragraph.mark else ""
        if size:
            line.skip()
            line.say(paragraph.text, 0, bold=True, font_size=size)
        else:
            line.say(mark + paragraph.text, 0, font_size=11, **({"font_color": LIGHT.muted} if part.stale else {}))
    line.skip()


def _large(line: _Lines, part: Large) -> None:
    """Label and figure side by side; the figure is a number where it is one."""
    for figure in part.figures:
        page, row = line.page, line.row
        label = figure.label or figure.column
        style = line.formats(font_color=LIGHT.muted, font_size=11, valign="vcenter")
        page.merge_range(row, 0, row, 3, "", style)
        page.write_string(
            row, 0, fitting(f"{label} (not refreshed since {figure.stale})" if figure.stale else label), style
        )
        code = code_of(figure.text, unit=figure.unit)
        big: dict[str, Any] = {"font_size": 18, "bold": True, "align": "left", "valign": "vcenter"}
        number = code and isinstance(figure.value, int | float) and abs(figure.value) < 10**15
        style = line.formats(**big, **({"num_format": code} if number else {}))
        page.merge_range(row, 4, row, ACROSS - 1, "", style)
        if number:
            page.write_number(row, 4, figure.value, style)
        else:
            page.write_string(row, 4, fitting(figure.text), style)
        line.height(row, 28)
        line.row += 1
        if figure.note:
            line.say(figure.said, 0, font_size=11, font_color=LIGHT.muted)
    line.skip()


def _link(line: _Lines, part: Sheet, table: Table) -> None:
    """Where the rows of a table are."""
    rows = f"{part.grid.count:,} {'row' if part.grid.count == 1 else 'rows'}"
    name = table.sheet.replace("'", "''")
    said = f"{part.caption or table.sheet}: {rows} in the sheet “{table.sheet}”"
    style = line.formats(font_color=LIGHT.accent, underline=1)
    line.page.write_url(line.row, 0, f"internal:'{name}'!A1", style, fitting(said)[:250])
    line.skip(2)


# ---------------------------------------------------------------------------------------------------------- charts
class _Data:
    """The sheet for what a chart draws that no sheet of a query has in that order: sorted, shortened, series apart."""

    def __init__(self, book: Any) -> None:
        self._book, self._page, self._row = book, None, 0

    def put(self, part: Picture) -> tuple[str, int, int, list[str]]:
        """Writes a chart's marks; its sheet, first row, number of rows, and the names of its series."""
        if self._page is None:
            self._page = self._book.add_worksheet(CHARTED)
            self._page.set_column(0, 0, 24)
            self._page.set_column(1, 20, 14)
        page, top = self._page, self._row
        drawing = part.drawing
        series = list(dict.fromkeys(mark.c for mark in drawing.marks))
        scatter = part.chart.mark == "point" and part.chart.x_type == "quantitative"
        page.write_string(top, 0, fitting(part.said or part.title)[:250])
        page.write_string(top + 1, 0, fitting(drawing.x_title))
        for place, name in enumerate(series, start=1):
            page.write_string(top + 1, place, fitting(name or drawing.y_title))
        if scatter:
            lines: Sequence[tuple[Any, dict[str, float]]] = [(mark.number, {mark.c: mark.y}) for mark in drawing.marks]
        else:
            found: dict[str, dict[str, float]] = {place: {} for place in drawing.places}
            for mark in drawing.marks:
                found.setdefault(mark.x, {})[mark.c] = mark.y
            lines = list(found.items())
        for row, (place, figures) in enumerate(lines, start=top + 2):
            if isinstance(place, str):
                page.write_string(row, 0, fitting(place).replace("\u200b", ""))
            elif place is not None:
                page.write_number(row, 0, place)
            for column, name in enumerate(series, start=1):
                if name in figures:
                    page.write_number(row, column, legible(figures[name]))
        self._row = top + 2 + len(lines) + 1
        return CHARTED, top + 2, len(lines), series


def _picture(book: Any, line: _Lines, part: Picture, table: Table, data: _Data) -> None:
    chart = book.add_chart(_kind(part))
    code = charted(table.columns, part.chart.y)
    drawing = part.drawing
    labelled = part.chart.mark in ("bar", "arc") and not part.chart.color
    labelled = labelled and (part.lies or len(drawing.marks) <= LABELLED)
    if _in_order(part, table):
        x, y = table.place(part.chart.x), table.place(part.chart.y)
        sheet, first, rows, columns = table.sheet, table.top + 1, table.rows, [(drawing.y_title, x, y)]
    else:
        sheet, first, rows, series = data.put(part)
        columns = [(name or drawing.y_title, 0, place) for place, name in enumerate(series, start=1)]
    for place, (name, x, y) in enumerate(columns):
        chart.add_series(_series(part, place, fitting(name), (sheet, first, rows, x, y), code, labelled))
    places = charted(table.columns, part.chart.x)
    _axes(chart, part, (places, code), labelled, several=len(columns) > 1)
    line.say(part.said or part.title, 0, bold=True, font_color=LIGHT.wrong if part.stale else LIGHT.ink)
    if part.stale:
        line.say(f"Not refreshed since {part.stale}", 0, font_color=LIGHT.wrong)
    height = CHART[1] + max(0, len(drawing.places) - 12) * 20 * part.lies
    chart.set_size({"width": CHART[0], "height": height})
    chart.set_chartarea({"border": {"none": True}})
    line.page.insert_chart(line.row, 0, chart, {"description": fitting(part.alt)[:2000], "object_position": 1})
    line.skip(-(-height // ROW) + 1)
    for note in filter(None, (drawing.note, drawing.warning)):
        line.say(note, 0, font_color=LIGHT.muted)
        line.skip()


def _in_order(part: Picture, table: Table) -> bool:
    """Does the sheet of the query hold just what is drawn, in that order?"""
    drawing, chart = part.drawing, part.chart
    if chart.color or drawing.note or len(drawing.marks) != table.rows:
        return False
    x, y = table.columns[table.place(chart.x)], table.columns[table.place(chart.y)]
    if chart.mark == "point" and any(not isinstance(value, int | float) for value in x.values):
        return False
    if None in x.values:  # an empty cell, which the drawing calls "Without region"
        return False
    return all(legible(mark.y) == value for mark, value in zip(drawing.marks, y.values, strict=True))


def _kind(part: Picture) -> dict[str, str]:
    chart = part.chart
    if chart.mark == "bar":
        kind = {"type": "bar" if part.lies else "column"}
        return kind | {"subtype": "stacked"} if chart.stacked and chart.color else kind
    if chart.mark == "point":
        return {"type": "scatter" if chart.x_type == "quantitative" else "line"}
    return {"type": {"line": "line", "area": "area", "arc": "pie"}[chart.mark]}


def _series(
    part: Picture, place: int, name: str, cells: tuple[str, int, int, int, int], code: str, labelled: bool
) -> dict[str, Any]:
    sheet, first, rows, x, y = cells
    last = first + rows - 1
    colour = LIGHT.series[place % MOST_SERIES]
    found: dict[str, Any] = {
        "name": name,
        "categories": [sheet, first, x, last, x],
        "values": [sheet, first, y, last, y],
    }
    mark = part.chart.mark
    if mark == "arc":
        found["points"] = [{"fill": {"color": LIGHT.series[n % MOST_SERIES]}} for n in range(rows)]
        found["data_labels"] = {"category": True, "percentage": True, "position": "outside_end", "leader_lines": True}
    elif mark == "line":
        found |= {"line": {"color": colour, "width": 2.0}, "marker": {"type": "none"}}
    elif mark == "point":
        marker = {"type": "circle", "size": 6, "fill": {"color": colour}, "border": {"none": True}}
        found |= {"line": {"none": True}, "marker": marker}
    else:
        found |= {"fill": {"color": colour, "transparency": 80 if mark == "area" else 0}}
        found |= {"line": {"color": colour, "width": 2.0}} if mark == "area" else {}
        found |= {"gap": 45, "overlap": 100 if part.chart.stacked and part.chart.color else 0} if mark == "bar" else {}
        if mark == "bar" and any(one.open for one in part.drawing.marks):
            found["points"] = _unfinished(part, name, colour)
    if labelled and mark == "bar":
        font = {"name": OFFICE_FONT, "size": 9, "color": LIGHT.ink}
        found["data_labels"] = {"value": True, "num_format": code, "font": font}
    return found


def _unfinished(part: Picture, name: str, colour: str) -> list[dict[str, Any] | None]:
    """Bars of a period that is not over are pale, with a dashed edge."""
    drawing = part.drawing
    pale = {"fill": {"color": colour, "transparency": 75}, "border": {"color": colour, "dash_type": "square_dot"}}
    going = {mark.x for mark in drawing.marks if mark.open and fitting(mark.c or drawing.y_title) == name}
    return [pale if place in going else None for place in drawing.places]


def _axes(chart: Any, part: Picture, codes: tuple[str, str], labelled: bool, *, several: bool) -> None:
    font = {"name": OFFICE_FONT, "size": 9, "color": LIGHT.muted}
    quiet: dict[str, Any] = {"num_font": font, "line": {"color": LIGHT.line}, "major_tick_mark": "none"}
    flat = part.lies
    largest = max(abs(mark.y) for mark in part.drawing.marks)
    names: dict[str, Any] = quiet | {"major_gridlines": {"visible": False}, "num_format": codes[0]}
    names |= {"reverse": True, "crossing": "max", "interval_unit": 1} if flat else {}
    names |= {"label_position": "low"} if any(mark.y < 0 for mark in part.drawing.marks) else {}
    if part.chart.mark == "point" and part.chart.x_type == "quantitative":
        names |= {"name": part.drawing.x_title, "name_font": font | {"bold": False}}
    else:
        names |= {"text_axis": True}
    figures: dict[str, Any] = quiet | {
        "num_format": axis_code(codes[1], largest),
        "major_gridlines": {"visible": True, "line": {"color": LIGHT.grid}},
    }
    figures |= {"line": {"none": True}}
    if part.chart.mark in ("bar", "area"):
        figures |= {"min": 0} if all(mark.y >= 0 for mark in part.drawing.marks) else {}
    if labelled:
        figures |= {"visible": False, "major_gridlines": {"visible": False}}
    if part.chart.mark == "point":
        figures |= {"name": part.drawing.y_title, "name_font": font | {"bold": False}}
    along, up = (figures, names) if flat else (names, figures)
    chart.set_x_axis(along)
    chart.set_y_axis(up)
    chart.set_legend({"position": "top", "font": font} if several else {"none": True})
    chart.set_title({"none": True})
