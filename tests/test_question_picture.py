"""Words about pictures: taken out of the question, and laid out on its plan."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from workspace.database.source import Source
from workspace.question.chart_words import Field, ask_of, field_of
from workspace.question.layout import column_of
from workspace.question.plan import Aggregate, Bucket, Column, Order, Plan
from workspace.question.read import read
from workspace.question.schema import schema_of

CLOCK = datetime(2024, 5, 1, 12)


def plan_of(text: str, source: Source) -> Plan:
    best = read(text, source.catalog(), source.values(), CLOCK).best
    assert best is not None, text
    return best.plan


@pytest.mark.parametrize(
    ("text", "mark", "left"),
    [
        ("Show the names of all stores in a bar chart.", "bar", "Show the names of all stores ."),
        ("Return a pie on how many customers each country has?", "pie", "how many customers each country has?"),
        ("How many customers are there per country? Visualize the result with a stacked bar graph.", "stacked",
         "How many customers are there per country? ."),
        ("plot the total per year as a line chart", "line", "plot the total per year"),
        ("a scatter plot that shows price and quantity", "scatter", "price and quantity"),
        ("Count the orders of each shop and show the proportion.", "pie", "Count the orders of each shop ."),
        ("How did revenue develop per month? Show the trend.", "line", "How did revenue develop per month? ."),
        ("histogram of hours", "bar", "hours"),
    ],
)  # fmt: skip
def test_the_mark_is_taken_out(text: str, mark: str, left: str) -> None:
    ask = ask_of(text)
    assert ask is not None and ask.mark == mark
    assert " ".join(ask.text.split()) == left
    assert len(ask.text) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "names of all bars in Kiel that serve pie",
        "customers who ordered a pie and a scatter cushion",
        "what share of customers is from Germany",
        "proportion of orders that were returned",
        "who has the longest relationship with us",
        "list all names in descending order",
        "customers sorted by the number of orders in descending order",
    ],
)
def test_other_questions_say_nothing_of_pictures(text: str) -> None:
    ask = ask_of(text, known=lambda word: word == "relationship")
    assert ask is None, ask


def test_the_persons_own_names_are_no_words_about_pictures() -> None:
    assert ask_of("show the trend") is not None
    assert ask_of("show the trend", known=lambda word: word == "trend") is None


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("as a bar chart, rank by the y-axis from high to low", ("y", True)),
        ("as a bar chart, could you show X in asc order please?", ("x", False)),
        ("as a bar chart, and I want to list bars in descending order.", ("x", True)),
        ("as a bar chart, display in ascending by the total price", ("the total price", False)),
        ("as a bar chart, x-axis in descending order", ("x", True)),
    ],
)
def test_the_order_of_a_picture(text: str, order: tuple[str, bool]) -> None:
    ask = ask_of(f"price of each product {text}")
    assert ask is not None and ask.order == order
    assert ask.text.split()[:4] == ["price", "of", "each", "product"]


@pytest.mark.parametrize(
    ("text", "x", "y", "apart"),
    [
        ("bar chart about the distribution of name and the average of price , and group by attribute name",
         Field("name"), Field("price", "avg"), ("name",)),
        ("give me the comparison about the sum of price over the city by a bar chart", Field("city"),
         Field("price", "sum"), ()),
        ("a line chart shows the trend of hours over the joined date", Field("joined date"), Field("hours"), ()),
        ("What is the relationship between price and quantity, and group by attribute line?", Field("price"),
         Field("quantity"), ("line",)),
        ("Bar chart x axis city y axis how many city", Field("city"), Field("city", "count"), ()),
        ("Scatterplot of price vs quantity by line", Field("price"), Field("quantity"), ("line",)),
        ("show me average price by category in a histogram", Field("category"), Field("price", "avg"), ()),
    ],
)  # fmt: skip
def test_both_axes_named(text: str, x: Field, y: Field, apart: tuple[str, ...]) -> None:
    ask = ask_of(text)
    assert ask is not None
    assert (ask.x, ask.y, ask.apart) == (x, y, apart)


def test_periods() -> None:
    ask = ask_of("Bin all payment dates into the YEAR interval and count them with a line chart")
    assert ask is not None and ask.bin == ("payment dates", "year")


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("avg(stu gpa)", Field("stu gpa", "avg")),
        ("the total number of age", Field("age", "total")),
        ("count(*)", Field("*", "count")),
        ("minimal weight", Field("weight", "min")),
    ],
)
def test_fields(text: str, field: Field) -> None:
    assert field_of(text) == field


def test_columns_by_their_names(shop: Source) -> None:
    schema = schema_of(shop.catalog())
    assert column_of("PLACED", schema) == Column("purchase", "placed")
    assert column_of("paid epoch", schema) == Column("purchase", "paid_epoch")
    assert column_of("name", schema, ["category"]) == Column("category", "name")
    assert column_of("name of the store", schema) == Column("store", "name")
    assert column_of("nothing at all", schema) is None


@pytest.mark.parametrize(
    ("text", "chart", "shown", "order"),
    [
        ("a bar chart of the distribution of store id and the average of total, rank by the y-axis from high to low",
         "bar", (Column("purchase", "store_id"), Aggregate("avg", Column("purchase", "total"))),
         Order(Aggregate("avg", Column("purchase", "total")), True)),
        ("number of purchases bin placed by weekday in a bar chart, x-axis in ascending order", "bar",
         (Bucket(Column("purchase", "placed"), "weekday"), Aggregate("count", table="purchase")),
         Order(Bucket(Column("purchase", "placed"), "weekday"))),
        ("draw a scatter chart about the correlation between total and customer_id, and group by attribute store_id",
         "scatter", (Column("purchase", "total"), Column("purchase", "customer_id"), Column("purchase", "store_id")), None),
        ("Visualize the cities of all stores with a pie chart", "pie",
         (Column("store", "city"), Aggregate("count", table="store")), None),
    ],
)  # fmt: skip
def test_pictures_are_laid_out_on_the_plan(
    text: str, chart: str, shown: Any, order: Order | None, shop: Source
) -> None:
    plan = plan_of(text, shop)
    assert plan.chart == chart
    assert tuple(output.expr for output in plan.outputs) == shown
    assert plan.order[:1] == ((order,) if order else plan.order[:1])


def test_what_is_stacked_is_shown_last(shop: Source) -> None:
    plan = plan_of("number of purchases per year in a stacked bar chart, and group by store id", shop)
    assert plan.chart == "stacked"
    assert plan.outputs[-1].expr == Column("purchase", "store_id") and len(plan.group) == 2


def test_the_reading_says_which_words_were_about_the_picture(shop: Source) -> None:
    text = "number of customers per country as a bar chart, rank by the y-axis from high to low"
    best = read(text, shop.catalog(), shop.values(), CLOCK).best
    assert best is not None
    said = {span.text for span in best.spans if span.role == "chart"}
    assert said == {"as a bar chart", "rank by the y-axis from high to low"}
    assert all(text[span.start : span.end].strip(" ,") == span.text for span in best.spans if span.role == "chart")
