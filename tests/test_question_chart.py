"""Which picture fits a result."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from workspace.question.chart import ChartSpec, choose
from workspace.question.plan import Aggregate, Bucket, Column, Grain, Joined, Order, Output, Plan, Share

COUNT, SUM = Aggregate("count"), Aggregate("sum", Column("sale", "total"))
CITY, KIND = Output(Column("shop", "city"), "city"), Output(Column("kind", "name"), "kind")
FIGURE, OTHER = Output(SUM, "revenue"), Output(COUNT, "sales")


def when(grain: Grain) -> Output:
    return Output(Bucket(Column("sale", "date"), grain), grain)


def draw(
    *outputs: Output, rows: int, kinds: dict[str, str] | None = None, distinct: Any = None, **more: Any
) -> ChartSpec | None:
    group = tuple(output.expr for output in outputs if output not in (FIGURE, OTHER))
    plan = Plan("sale", outputs, group=group, **more)
    columns = [
        (o.label, (kinds or {}).get(o.label) or ("real" if o == FIGURE else "integer" if o == OTHER else "text"))
        for o in outputs
    ]
    return choose(plan, columns, rows, distinct=distinct)


def test_a_series_is_a_line_unless_it_is_very_short() -> None:
    assert draw(when("month"), FIGURE, rows=12) == ChartSpec("line", "month", "revenue", x_type="temporal")
    spec = draw(when("year"), FIGURE, rows=3, kinds={"year": "integer"})
    assert spec is not None and (spec.mark, spec.x_type, spec.x) == ("bar", "temporal", "year")


def test_parts_of_a_cycle_are_bars() -> None:
    spec = draw(when("weekday"), FIGURE, rows=7, kinds={"weekday": "integer"})
    assert spec is not None and (spec.mark, spec.x_type, spec.horizontal) == ("bar", "ordinal", False)


def test_quarters_and_weeks_are_steps_on_an_axis_in_order() -> None:
    spec = draw(when("quarter"), FIGURE, rows=20)
    assert spec is not None and (spec.mark, spec.x_type) == ("line", "ordinal")


def test_a_ranking_lies_as_bars_in_its_order() -> None:
    spec = draw(CITY, FIGURE, rows=10, order=(Order(SUM, True),))
    assert spec == ChartSpec("bar", "city", "revenue", horizontal=True, sort="-y")
    lowest = draw(CITY, FIGURE, rows=10, order=(Order(SUM),))
    assert lowest is not None and lowest.sort == "y"
    by_name = draw(CITY, FIGURE, rows=10, order=(Order(CITY.expr),))
    assert by_name is not None and by_name.sort == "x"


def test_bars_without_an_order_are_put_in_one() -> None:
    spec = draw(CITY, FIGURE, rows=10)
    assert spec is not None and spec.sort == "-y"


def test_a_row_of_a_list_is_one_bar_called_by_what_it_is() -> None:
    total = Column("sale", "total")
    outputs = (
        Output(Column("customer", "name"), "who"),
        Output(Column("sale", "code"), "sale"),
        Output(total, "total"),
    )
    plan = Plan("sale", outputs, order=(Order(total, True),), limit=3)
    spec = choose(plan, [("who", "text"), ("sale", "text"), ("total", "real")], 3)
    assert spec == ChartSpec("bar", "sale", "total", horizontal=True, sort="-y")


def test_too_many_bars_are_a_table() -> None:
    assert draw(CITY, FIGURE, rows=31) is None
    assert draw(CITY, FIGURE, rows=30) is not None
    asked = draw(CITY, FIGURE, rows=60, chart="bar")
    assert asked is not None and asked.mark == "bar", "what a person asks for wins"


def test_two_dimensions_are_told_apart_by_colour() -> None:
    spec = draw(when("month"), CITY, FIGURE, rows=60)
    assert spec == ChartSpec("line", "month", "revenue", "city", x_type="temporal")
    spec = draw(CITY, KIND, FIGURE, rows=24)
    assert spec is not None and (spec.mark, spec.x, spec.color) == ("bar", "city", "kind")
    years = draw(
        when("month_of_year"), when("year"), FIGURE, rows=24, kinds={"month_of_year": "integer", "year": "integer"}
    )
    assert years is not None and (years.x, years.color) == ("month_of_year", "year")


def test_no_more_series_than_colours() -> None:
    assert draw(when("month"), CITY, FIGURE, rows=200, distinct={"city": 9}) is None
    swapped = draw(CITY, KIND, FIGURE, rows=24, distinct={"kind": 12, "city": 2})
    assert swapped is not None and (swapped.x, swapped.color) == ("kind", "city")
    assert draw(CITY, KIND, FIGURE, rows=50, distinct={"kind": 12, "city": 12}) is None


def test_three_dimensions_are_a_table() -> None:
    assert draw(when("month"), CITY, KIND, FIGURE, rows=20) is None


def test_one_figure_is_a_figure() -> None:
    assert draw(FIGURE, rows=1) is None
    assert draw(CITY, FIGURE, rows=1) is None


def test_an_id_beside_a_name_is_no_second_dimension() -> None:
    customer = Output(Joined((Column("customer", "first"), Column("customer", "last"))), "customer")
    number = Output(Column("customer", "CustomerId"), "customer id")
    spec = draw(number, customer, FIGURE, rows=5, kinds={"customer id": "integer"})
    assert spec is not None and spec.x == "customer"


def test_the_figure_it_is_ordered_by_is_drawn() -> None:
    spec = draw(CITY, FIGURE, OTHER, rows=5, order=(Order(COUNT, True),))
    assert spec is not None and spec.y == "sales"


def test_two_numbers_of_each_row_are_points() -> None:
    outputs = (Output(Column("track", "bytes"), "bytes"), Output(Column("track", "length"), "length"))
    plan = Plan("track", outputs)
    columns = [("bytes", "integer"), ("length", "integer")]
    assert choose(plan, columns, 300) == ChartSpec("point", "bytes", "length", x_type="quantitative")
    assert choose(plan, columns, 5000) is None


def test_a_list_is_a_table() -> None:
    plan = Plan("track", (Output(Column("track", "name"), "name"), Output(Column("album", "title"), "album")))
    assert choose(plan, [("name", "text"), ("album", "text")], 20) is None
    plain = Plan("track", (Output(Column("track", "name"), "name"), Output(Column("track", "length"), "length")))
    assert choose(plain, [("name", "text"), ("length", "integer")], 20) is None


def test_a_ranked_list_is_bars() -> None:
    length = Column("track", "length")
    plan = Plan(
        "track",
        (Output(Column("track", "name"), "name"), Output(length, "length")),
        order=(Order(length, True),),
        limit=5,
    )
    spec = choose(plan, [("name", "text"), ("length", "integer")], 5)
    assert spec is not None and (spec.mark, spec.sort) == ("bar", "-y")


@pytest.mark.parametrize(
    ("asked", "mark"), [("line", "line"), ("bar", "bar"), ("area", "area"), ("pie", "arc"), ("scatter", "point")]
)
def test_what_a_person_asks_for_wins_where_it_can_be_drawn(asked: str, mark: str) -> None:
    spec = draw(when("month"), FIGURE, rows=6, chart=asked)
    assert spec is not None and spec.mark == mark
    spec = draw(CITY, FIGURE, rows=6, chart=asked)
    assert spec is not None and spec.mark == mark
    assert draw(FIGURE, rows=2, chart=asked) is None


def test_a_pie_of_many_slices_stays_one_when_it_was_asked_for() -> None:
    spec = draw(CITY, Output(Share(SUM), "share"), rows=20, kinds={"share": "real"}, chart="pie")
    assert spec is not None and (spec.mark, spec.x, spec.y) == ("arc", "city", "share")


def test_a_chart_that_was_asked_for_is_laid_out_as_it_is_shown() -> None:
    spec = draw(KIND, FIGURE, CITY, rows=90, chart="stacked", order=(Order(KIND.expr, True),))
    assert spec is not None and (spec.x, spec.y, spec.color, spec.stacked) == ("kind", "revenue", "city", True)
    assert (spec.mark, spec.sort, spec.horizontal) == ("bar", "-x", True)
    spec = draw(CITY, when("month"), FIGURE, rows=90, chart="line")
    assert spec is not None and (spec.x, spec.color, spec.x_type) == ("month", "city", "temporal")


def test_points_stand_by_their_first_two_numbers_in_the_colour_of_what_is_left() -> None:
    shown = [Output(Column("sale", name), name) for name in ("size", "price", "kind")]
    plan = Plan("sale", tuple(shown), chart="scatter")
    spec = choose(plan, [("size", "integer"), ("price", "real"), ("kind", "text")], 300)
    assert spec == ChartSpec("point", "size", "price", "kind", x_type="quantitative")
    spec = choose(replace(plan, outputs=(shown[2], shown[1])), [("kind", "text"), ("price", "real")], 300)
    assert spec is not None and (spec.x, spec.y, spec.x_type) == ("kind", "price", "nominal")


def test_plain_rows_are_drawn_when_asked_even_where_the_figure_is_a_number_of_something() -> None:
    shown = (Output(Column("sale", "number"), "number"), Output(Column("sale", "name"), "name"))
    spec = choose(Plan("sale", shown, chart="bar"), [("number", "integer"), ("name", "text")], 12)
    assert spec is not None and (spec.x, spec.y) == ("name", "number")


def test_columns_that_cannot_be_drawn_are_left_out() -> None:
    plan = Plan("shop", (CITY, FIGURE), group=(CITY.expr,))
    assert choose(plan, [("city", "null"), ("revenue", "null")], 5) is None
    assert choose(plan, [("city", "text"), ("revenue", "text")], 5) is None
    assert choose(plan, [("something", "text"), ("else", "real")], 5) is None


def test_a_strict_result_has_fewer_columns() -> None:
    plan = Plan("shop", (CITY, replace(FIGURE, asked=False)), group=(CITY.expr,))
    assert choose(plan, [("city", "text")], 5) is None


def test_round_trip() -> None:
    spec = ChartSpec("bar", "city", "revenue", "kind", horizontal=True, sort="-y")
    assert ChartSpec.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec
