"""A view as a workbook: a summary that reads like the page, a sheet per query, the receipts.

Numbers and dates are numbers and dates, shown as the page shows them; what a cell of the database holds is text and
never a formula. Charts are the program's own. What `noapp verify` needs stands in a sheet that is kept out of sight.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from workspace.artifact.compose import title_for
from workspace.artifact.model import NamedQuery, View
from workspace.artifact.snapshot import fixed, receipts_to_dict
from workspace.database.result import Result, legible
from workspace.export.cells import Cells, cells, code_of, fitting
from workspace.export.file import Exported, filename
from workspace.export.outline import Outline, outline, receipt_lines
from workspace.faces.glance import measure
from workspace.faces.grid import grid
from workspace.faces.theme import LIGHT, OFFICE_BAR, OFFICE_CODE_FONT, OFFICE_FONT

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SUMMARY, RECEIPTS, CHARTED, KEPT = "Summary", "Receipts", "Chart data", "noapp"
MOST_ROWS = 1_048_000  # of a sheet
PIECE = 30_000  # characters of a cell of the sheet that verification reads
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_WIDEST, _NARROWEST = 60, 8  # characters


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet with the rows of a query: its name, its columns, the row of its headings and the number of its rows."""

    sheet: str
    columns: tuple[Cells, ...]
    top: int
    rows: int

    def place(self, column: str) -> int:
        return [entry.name for entry in self.columns].index(column)


class Formats:
    """The workbook's formats, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def __call__(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            base = {"font_name": OFFICE_FONT, "font_size": 10, "font_color": LIGHT.ink, "valign": "top"}
            self._made[key] = self._book.add_format(base | properties)
        return self._made[key]


def write(view: View, *, zone: tzinfo | None = None) -> Exported:
    """The view as a workbook.

    Args:
        view: what is shown.
        zone: for its times; the machine's by default.
    """
    import xlsxwriter

    from workspace.export.xlsx_summary import write_summary

    zone = fixed(view, zone)
    made = outline(view, rows=0, zone=zone)
    out = io.BytesIO()
    # Nothing that looks like a formula, a number or an address is taken for one.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    try:
        at = datetime.fromisoformat(view.as_of).replace(tzinfo=None)
        book.set_properties({"title": fitting(made.title)[:250], "comments": made.about[:250], "created": at})
        formats = Formats(book)
        summary = book.add_worksheet(SUMMARY)
        names = sheet_names(view)
        tables = {name: _table(book, formats, view, name, sheet, made) for name, sheet in names.items()}
        write_summary(book, summary, formats, made, tables)
        _receipts(book, formats, made, names)
        _keep(book, view, zone)
    finally:
        book.close()
    return Exported(filename(view, "xlsx"), MEDIA_TYPE, out.getvalue())


def sheet_names(view: View) -> dict[str, str]:
    """A valid name for the sheet of each query that has a result; no two differ only in case.

    Args:
        view: whose queries are named.
    """
    taken = {SUMMARY.casefold(), RECEIPTS.casefold(), CHARTED.casefold(), KEPT, "history"}
    found = {}
    for query in view.artifact.queries:
        result = view.results.get(query.name)
        if result is None or not result.columns:
            continue
        wanted = title_for(query.question) if query.question else query.explanation or query.name
        base = " ".join(_FORBIDDEN.sub(" ", fitting(wanted)).split()).strip("' ")[:31].strip("' ") or query.name
        name, count = base, 1
        while name.casefold() in taken:
            count += 1
            name = f"{base[: 31 - len(str(count)) - 1].rstrip()} {count}"
        taken.add(name.casefold())
        found[query.name] = name
    return found


# --------------------------------------------------------------------------------------------------------- queries
def _table(book: Any, formats: Formats, view: View, name: str, sheet: str, made: Outline) -> Table:
    query, result = view.artifact.query(name), view.results[name]
    page = book.add_worksheet(sheet)
    page.hide_gridlines(2)
    columns = tuple(cells(query, result, place) for place in range(len(result.columns)))
    shown = grid(query, result, most=2)
    heads = shown.headings
    problem = next((entry["problem"] for entry in made.receipts if entry["name"] == name), None)
    top = 0
    if problem is not None:
        page.write_string(0, 0, fitting(_old(made, name)), formats(font_color=LIGHT.wrong, bold=True))
        page.set_tab_color(LIGHT.wrong)
        top = 1
    count = min(len(result.rows), MOST_ROWS)
    for place, column in enumerate(columns):
        right = heads[place].number
        style = formats(align="right" if right else "left", **({"num_format": column.code} if column.code else {}))
        page.set_column(place, place, width_of(column, heads[place].text), style)
        head = formats(
            bold=True, bottom=1, bottom_color=LIGHT.muted, align="right" if right else "left", text_wrap=False
        )
        page.write_string(top, place, fitting(heads[place].text), head)
        _column(page, formats, column, place, top + 1, count, style)
    page.freeze_panes(top + 1, 1 if len(columns) > 4 else 0)
    if count:
        page.autofilter(top, 0, top + count, len(columns) - 1)
        _bars(page, query, result, top + 1, count)
    foot = top + count + 1
    if count and _totals(page, formats, shown.totals, columns, top, count):
        foot += 1
    if result.truncated or count < len(result.rows):
        page.write_string(foot + 1, 0, f"The result was cut at {count:,} rows.", formats(font_color=LIGHT.muted))
    _print(page, sheet, top)
    return Table(sheet, columns, top, count)


def _bars(page: Any, query: NamedQuery, result: Result, top: int, count: int) -> None:
    """The program's own bars in the column that has them on the page, from nought; they follow what is typed."""
    place = measure(query, result)
    if place is None or count < len(result.rows):
        return
    numbers = [value for row in result.rows if isinstance(value := row[place], int | float)]
    end = "min" if min(numbers) >= 0 else "max" if max(numbers) <= 0 else ""
    nought = {f"{end}_type": "num", f"{end}_value": 0} if end else {}
    colours = {"bar_color": OFFICE_BAR, "bar_negative_color": OFFICE_BAR, "bar_axis_color": LIGHT.edge}
    bars = {"type": "data_bar", "data_bar_2010": True, "bar_solid": True, "bar_no_border": True}
    page.conditional_format(top, place, top + count - 1, place, bars | colours | nought)


def _column(page: Any, formats: Formats, column: Cells, place: int, top: int, count: int, style: Any) -> None:
    number, text = page.write_number, page.write_string
    values = column.values if count == len(column.values) else column.values[:count]
    if not any(isinstance(value, str) for value in values):
        for row, value in enumerate(values, start=top):
            if value is not None:
                number(row, place, value, style)
    else:
        for row, value in enumerate(values, start=top):
            if value is not None:
                (text if isinstance(value, str) else number)(row, place, value, style)
    for row, code in column.odd.items():
        if row < count:
            number(top + row, place, column.values[row], formats(align="right", num_format=code))


def _totals(
    page: Any, formats: Formats, totals: Sequence[str], columns: tuple[Cells, ...], top: int, count: int
) -> bool:
    """The totals of the page, as sums that follow the filter."""
    from xlsxwriter.utility import xl_col_to_name

    row = top + count + 1
    for place, total in enumerate(totals):
        style = formats(bold=True, top=1, top_color=LIGHT.muted, align="right" if total else "left")
        if total:
            letter = xl_col_to_name(place)
            numbers = [value for value in columns[place].values if isinstance(value, int | float)]
            style = formats(
                bold=True,
                top=1,
                top_color=LIGHT.muted,
                align="right",
                num_format=code_of(total, grouped=True, unit=columns[place].unit) or "General",
            )
            formula = f"=SUBTOTAL(109,{letter}{top + 2}:{letter}{top + count + 1})"
            page.write_formula(row, place, formula, style, _sum(numbers))
        elif place == 0:
            page.write_string(row, place, "Total", style)
        else:
            page.write_blank(row, place, None, style)
    return bool(totals)


def _sum(numbers: list[Any]) -> Any:
    import math

    return legible(math.fsum(numbers)) if any(isinstance(number, float) for number in numbers) else sum(numbers)


def width_of(column: Cells, head: str) -> float:
    """How wide a column is, in characters: as its heading with the filter's button, or its cells, within reason."""
    longest = max((max(map(len, text.splitlines()), default=0) for text in column.texts if text), default=0)
    return max(_NARROWEST, min(_WIDEST, max(len(head) + 4, longest + 2)))


def _old(made: Outline, name: str) -> str:
    entry = next(entry for entry in made.receipts if entry["name"] == name)
    return f"Not refreshed: these rows are the last good result, of {entry['ran_at']}. {entry['problem'].message}"


def _print(page: Any, sheet: str, top: int) -> None:
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(top)
    page.set_footer(f"&L&8{sheet.replace('&', '&&')}&R&8&P / &N")


# -------------------------------------------------------------------------------------------------------- receipts
_IN_CODE = ("SQL", "Receipt (SHA-256)", "State of the source")
_CODE = {"font_name": OFFICE_CODE_FONT, "font_size": 9}


def _receipts(book: Any, formats: Formats, made: Outline, names: Mapping[str, str]) -> None:
    """Per query one block of lines: what a person needs to check it."""
    page = book.add_worksheet(RECEIPTS)
    page.hide_gridlines(2)
    page.set_column(0, 0, 22)
    page.set_column(1, 1, 100)
    row = 0
    for entry in made.receipts:
        page.write_string(row, 0, fitting(entry["question"] or entry["name"]), formats(bold=True, font_size=12))
        row += 1
        sheet = [("Sheet", names[entry["name"]])] if entry["name"] in names else []
        for key, text in [*sheet, *receipt_lines(entry), ("SQL", entry["sql"])]:
            page.write_string(row, 0, key, formats(font_color=LIGHT.muted))
            code = _CODE if key in _IN_CODE else {}
            page.write_string(row, 1, fitting(text), formats(text_wrap=True, **code))
            page.set_row(row, min(400, 14 * sum(1 + len(line) // 110 for line in text.split("\n")) + 2))
            row += 1
        row += 1
    _print(page, RECEIPTS, 0)


def _keep(book: Any, view: View, zone: tzinfo) -> None:
    """What the figures follow from, for `noapp verify`; the rows themselves stand in the sheets."""
    page = book.add_worksheet(KEPT)
    text = json.dumps(receipts_to_dict(view, zone), ensure_ascii=True)
    for row, start in enumerate(range(0, len(text), PIECE)):
        page.write_string(row, 0, text[start : start + PIECE])
    page.very_hidden()


def charted(columns: tuple[Cells, ...], column: str) -> str:
    """The number format of a column, for the axis of a chart over it."""
    code = next((entry.code for entry in columns if entry.name == column), "")
    return code or "General"
