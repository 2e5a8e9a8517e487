"""Bars beside figures and places in front of rows: which tables have them, and that they say what the rows say."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from typing import Any

import openpyxl
import pytest

from tests.test_faces_pages import AS_OF, GOING, Reader, luminance, make
from workspace.artifact.model import Artifact, Chart, NamedQuery, Shown, Table, View
from workspace.artifact.refresh import view_of
from workspace.database.result import Result
from workspace.export import EXPORTS
from workspace.faces import FACES, theme
from workspace.faces.glance import measure, ranks
from workspace.question.plan import (
    Aggregate,
    Arithmetic,
    Bucket,
    Column,
    Expr,
    Order,
    Output,
    Plan,
    Share,
    Top,
)  # fmt: skip

NAME, TOTAL, MADE = Column("sale", "name"), Column("sale", "total"), Column("sale", "made")
SUM, COUNT = Aggregate("sum", TOTAL), Aggregate("count")
ROWS = [("a", 30.0, 7), ("b", 20.0, 9), ("c", 20.0, 8), ("d", 10.0, 1)]


def planned(*outputs: Expr, order: Expr | None = None, columns: tuple[Shown, ...] = (), **fields: Any) -> NamedQuery:
    shown = tuple(Output(expr, f"o{place}") for place, expr in enumerate(outputs))
    orders = (Order(order, descending=True),) if order is not None else ()
    plan = Plan("sale", shown, group=(NAME,), order=orders, **fields)
    return NamedQuery(name="q1", source="shop", sql="select 1", plan=plan.to_dict(), columns=columns)


def written(sql: str, *columns: Shown) -> NamedQuery:
    return NamedQuery(name="q1", source="shop", sql=sql, planner="person", columns=columns)


def result(rows: list[tuple] = ROWS, names: str = "name revenue orders", **fields: Any) -> Result:
    kinds = {str: "text", float: "real", int: "integer"}
    width = len(rows[0])
    first = [next((row[place] for row in rows if row[place] is not None), "") for place in range(width)]
    return make(dict(zip(names.split(), (kinds[type(value)] for value in first), strict=True)), rows, **fields)


def view(query: NamedQuery, found: Result, *before: Chart, **fields: Any) -> View:
    return view_of(
        Artifact(title="T", queries=(query,), blocks=(*before, Table(query="q1", **fields))), {"q1": found}, AS_OF
    )


def bars(page: str) -> list[tuple[str, str]]:
    """Per barred cell its text and its rectangle."""
    return re.findall(r'<td class="n b">([^<]*)<svg aria-hidden="true"[^>]*>(.*?)</svg></td>', page)


# ---------------------------------------------------------------------------------------------------- which column
@pytest.mark.parametrize(
    ("query", "place"),
    [
        (planned(NAME, SUM, COUNT), 1),
        (planned(NAME, SUM, COUNT, order=COUNT), 2),
        (planned(NAME, SUM, COUNT, order=NAME), 1),
        (planned(NAME, TOTAL, MADE), None),  # a list: nobody asked to have them compared
        (planned(NAME, TOTAL, MADE, order=TOTAL), 1),
        (planned(NAME, TOTAL, COUNT, order=SUM), 2),  # ordered by what is not shown
        (planned(NAME, Share(SUM), COUNT, columns=(Shown(name="revenue", format="percent"),)), 1),
        (planned(NAME, Arithmetic("/", SUM, COUNT), COUNT, columns=(Shown(name="revenue", format="percent"),)), 2),
        (planned(NAME, SUM, COUNT, columns=(Shown(name="revenue", unit="°C"),)), 2),
        (planned(NAME, SUM, COUNT, columns=(Shown(name="revenue", unit="€"),)), 1),
        (planned(Bucket(MADE, "month"), SUM, COUNT), 1),
        (planned(NAME, SUM, TOTAL, top=Top((NAME,), (Order(TOTAL, descending=True),))), 2),
        (planned(NAME, SUM), None),  # not the columns of the result
        (written("select name, sum(total) as revenue, count(*) from sale group by 1"), 1),
        (written("select name, sum(total) as revenue, count(*) n from sale group by 1 order by 3 desc"), 2),
        (written("select name, sum(total) as revenue, count(*) n from sale group by 1 order by N desc"), 2),
        (written("select name, sum(total), count(*) from sale group by 1 order by count(*)"), 2),
        (written("select name, total, made from sale order by total"), 1),
        (written("select name, total, made from sale order by name"), None),
        (written("select * from sale order by total"), None),
        (written("select name, sum(total as"), None),
    ],
)  # fmt: skip
def test_bars_are_of_what_the_rows_are_ordered_by_or_of_the_first_figure(query: NamedQuery, place: int | None) -> None:
    assert measure(query, result()) == place


def test_a_figure_of_the_plan_beneath_is_one() -> None:
    beneath = Plan("sale", (Output(NAME, "o0"), Output(SUM, "in all")), group=(NAME,))
    plan = Plan("", (Output(Column("", "o0"), "o0"), Output(Column("", "in all"), "in all")), base=beneath)
    query = NamedQuery(name="q1", source="shop", sql="select 1", plan=plan.to_dict())
    assert measure(query, result([row[:2] for row in ROWS], "name revenue")) == 1


@pytest.mark.parametrize(
    "name", ["order_id", "year", "Rank", "latitude", "conversion_rate", "percent", "average temperature", "zip_code"]
)
def test_numbers_that_are_no_amounts_have_no_bars(name: str) -> None:
    query, kinds = planned(NAME, SUM, order=SUM), {"name": "text", name: "real"}
    assert measure(query, make(kinds, [row[:2] for row in ROWS])) is None


@pytest.mark.parametrize(
    ("rows", "fields"),
    [
        (ROWS[:2], {}),
        ([("a", 5.0, 5), ("b", 5.0, 5), ("c", 5.0, 5)], {}),
        ([("a", 1.0, 1), ("b", 0.0, 0), ("c", 1.0, 1)], {}),
        ([("a", float("inf"), 1), ("b", 2.0, 1), ("c", 1.0, 1)], {}),
        ([("a", 1e308, 1), ("b", -1e308, 1), ("c", 1.0, 1)], {}),
        (ROWS, {"truncated": True}),
    ],
    ids=["few", "equal", "yes or no", "without end", "beyond", "cut"],
)  # fmt: skip
def test_where_they_would_say_nothing_there_are_none(rows: list[tuple], fields: dict) -> None:
    assert measure(planned(NAME, SUM, order=SUM), result([row[:2] for row in rows], "name revenue", **fields)) is None


# ------------------------------------------------------------------------------------------------------------- bars
@pytest.mark.parametrize(
    ("values", "drawn"),
    [
        ([40.0, 20.0, 0.1, 0.0, None], ['width="100%"', 'width="50%"', 'width="1%"', "", ""]),
        ([-40.0, -10.0, -5.0], ['width="100%"', 'x="75%" width="25%"', 'x="88%" width="12%"']),
        ([30.0, 10.0, -10.0], ['x="25%" width="75%"', 'x="25%" width="25%"', 'width="25%"']),
    ],
)
def test_a_bar_is_as_long_as_its_figure_is_large(values: list[Any], drawn: list[str]) -> None:
    rows = [(f"n{place}", value) for place, value in enumerate(values)]
    page = FACES["document"](view(planned(NAME, SUM, order=SUM), result(rows, "name revenue")))
    assert [rectangle for _, rectangle in bars(page)] == [f"<rect {size}/>" if size else "" for size in drawn]
    read = Reader(page)
    assert read.open == []
    assert not any("style" in attrs for _, attrs in read.tags), "the policy of a page lets no style through"


def test_the_figure_stays_text_and_a_chart_makes_them_needless() -> None:
    found, query = result([row[:2] for row in ROWS], "name revenue"), planned(NAME, SUM, order=SUM)
    for face in ("document", "app"):
        assert [text for text, _ in bars(FACES[face](view(query, found)))] == ["30", "20", "20", "10"]
    chart = Chart(query="q1", mark="bar", x="name", y="revenue")
    assert "<td" in FACES["document"](view(query, found, chart))
    assert not bars(FACES["document"](view(query, found, chart)))
    assert not bars(FACES["table"](view(query, found)))


def test_a_table_that_is_not_shown_whole_or_has_no_room_has_none() -> None:
    query = planned(NAME, SUM, order=SUM)
    long = result([(f"n{place}", 100.0 - place) for place in range(60)], "name revenue")
    assert len(bars(FACES["app"](view(query, long)))) == 60
    assert not bars(FACES["document"](view(query, long)))
    wide = planned(NAME, SUM, *(Aggregate("max", Column("sale", f"c{n}")) for n in range(5)), order=SUM)
    found = result([(*row[:2], 1, 2, 3, 4, 5) for row in ROWS], "name revenue a b c d e")
    assert not bars(FACES["document"](view(wide, found)))
    assert bars(FACES["document"](view(wide, found, columns=("revenue", "name")))), "what is shown has room"


def test_a_period_that_is_not_over_is_pale() -> None:
    month = Shown(name="month", format="period")
    page = FACES["document"](view(planned(NAME, SUM, columns=(month,)), result(GOING, "month revenue")))
    assert page.count('<svg aria-hidden="true"><rect') == len(GOING) - 1
    assert re.search(r'40<svg aria-hidden="true" class="u"><rect width="36%"/>', page)


# ----------------------------------------------------------------------------------------------------------- places
@pytest.mark.parametrize(
    ("rows", "places"),
    [
        (ROWS, "1 2 2 4"),
        ([("a", 9.0, 1), (None, 8.0, 1), ("", 8.0, 1), ("d", 8.0, 1)], "1 - - 2"),
        ([("a", 9.0, 1), ("b", 37.62, 1), ("c", 37.62 + 7e-15, 1), ("d", None, 1)], "1 2 2 -"),
        ([("a", 9.0, 1), ("b", 9.0, 1), ("c", 9.0, 1)], ""),
        (ROWS[:2], ""),
        ([(f"n{place}", 2000.0 - place, 1) for place in range(1000)], ""),
    ],
    ids=["tied", "nameless", "noise of adding up", "all the same", "few", "a long list"],
)
def test_equal_figures_share_a_place(rows: list[tuple], places: str) -> None:
    found = ranks(planned(NAME, SUM, COUNT, order=SUM, limit=5), result(rows))
    assert " ".join(place or "-" for place in found) == places


@pytest.mark.parametrize(
    ("query", "ranked"),
    [
        (planned(NAME, SUM, COUNT, order=SUM, limit=5), True),
        (planned(NAME, SUM, COUNT, order=SUM), False),
        (planned(NAME, SUM, COUNT, limit=5), False),
        (planned(NAME, SUM, COUNT, order=NAME, limit=5), False),  # "the first five by name"
        (planned(NAME, SUM, COUNT, order=Aggregate("max", MADE), limit=5), False),  # by what is not shown
        (written("select name, sum(total), count(*) from sale group by 1 order by 2 desc limit 5"), True),
        (written("select name, sum(total), count(*) from sale group by 1 order by 2 desc"), False),
        (written("select name, sum(total), count(*) from sale group by 1 order by name limit 5"), False),
    ],
)
def test_places_are_for_rankings_with_a_limit(query: NamedQuery, ranked: bool) -> None:
    assert bool(ranks(query, result())) == ranked


def test_a_place_goes_where_its_row_goes_and_is_no_text() -> None:
    query = planned(NAME, SUM, COUNT, order=SUM, limit=5)
    here = replace(view(query, result()), slug="ranked")
    for face in FACES:
        page = FACES[face](here)
        cells = re.findall(r'<td class="s" data-rank="(\d+)">(\w)</td>', page)
        assert cells == [("1", "a"), ("2", "b"), ("2", "c"), ("4", "d")], face
        assert '<table class="r">' in page
    page = FACES["table"](here, asked=(("q1.sort", "orders"),))
    assert re.findall(r'data-rank="(\d+)">(\w)<', page) == [("4", "d"), ("1", "a"), ("2", "c"), ("2", "b")]
    page = FACES["table"](here, asked=(("q1.find", "c"),))
    assert re.findall(r'data-rank="(\d+)">(\w)<', page) == [("2", "c")]
    assert EXPORTS["csv"](here).body.decode().splitlines()[1].startswith("a,30")


# ------------------------------------------------------------------------------------------------------------ files
@pytest.mark.parametrize(
    ("values", "ends"),
    [
        ([40.0, 20.0, 5.0], [("num", "0"), ("max", None)]),
        ([-40.0, -20.0, -5.0], [("min", None), ("num", "0")]),
        ([40.0, 20.0, -5.0], [("min", None), ("max", None)]),
    ],
)
@pytest.mark.filterwarnings("ignore:.*xtension is not supported")
def test_a_workbook_has_bars_of_its_own_in_the_same_column(values: list[float], ends: list[tuple]) -> None:
    found = result([(f"n{place}", 7, value) for place, value in enumerate(values)], "name orders revenue")
    body = EXPORTS["xlsx"](view(planned(NAME, COUNT, SUM, order=SUM), found)).body
    sheet = openpyxl.load_workbook(io.BytesIO(body)).worksheets[1]
    (area,) = sheet.conditional_formatting
    assert str(area.sqref) == "C2:C4"
    (rule,) = area.rules
    assert [(end.type, end.val if end.type == "num" else None) for end in rule.dataBar.cfvo] == [
        (kind, float(value) if value is not None else None) for kind, value in ends
    ]
    assert rule.dataBar.color.rgb == f"FF{theme.OFFICE_BAR[1:].upper()}"
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        assert 'gradient="0"' in packed.read("xl/worksheets/sheet2.xml").decode()
    lightness = luminance(theme.OFFICE_BAR)
    assert (lightness + 0.05) / (luminance(theme.LIGHT.ink) + 0.05) >= 4.5, "figures are read upon it"


def test_a_workbook_has_none_where_the_page_has_none() -> None:
    body = EXPORTS["xlsx"](view(planned(NAME, TOTAL, MADE), result())).body
    assert not openpyxl.load_workbook(io.BytesIO(body)).worksheets[1].conditional_formatting
