"""Chips: whatever they offer compiles, runs, differs, and stays consistent; and the pure changes beneath them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from workspace.database.execute import query
from workspace.database.source import Source
from workspace.errors import PlanInvalid
from workspace.question import plan as form
from workspace.question.edit import (
    add_output,
    chips,
    dimensions,
    with_chart,
    with_dimension,
    with_filter,
    with_grain,
    with_limit,
    with_measure,
    with_order,
    without_dimension,
    without_filter,
    without_output,
)
from workspace.question.plan import (
    Aggregate,
    Among,
    Between,
    Bucket,
    Column,
    Compare,
    Joined,
    Literal,
    Order,
    Output,
    Plan,
    Related,
    Share,
    Top,
    aggregates,
)
from workspace.question.reading import Chip
from workspace.question.sql import to_query

GOLDENS = sorted((Path(__file__).parent / "goldens" / "plans").glob("*.json"))


def col(name: str) -> Column:
    table, _, column = name.rpartition(".")
    return Column(table, column)


COUNT = Aggregate("count")
SPENT, MEAN = Aggregate("sum", col("purchase.total")), Aggregate("avg", col("purchase.total"))
PLACED = col("purchase.placed")
MONTH, YEAR = Bucket(PLACED, "month"), Bucket(PLACED, "year")
CITY = col("store.city")
FULL = Joined((col("customer.first_name"), col("customer.last_name")))
PER_CITY = Plan(
    "purchase", (Output(CITY, "city"), Output(SPENT, "revenue")), group=(CITY,), order=(Order(SPENT, True),), limit=5
)
PER_MONTH = Plan("purchase", (Output(MONTH, "month"), Output(SPENT, "revenue")), group=(MONTH,), order=(Order(MONTH),))
BEST = Plan(
    "customer", (Output(FULL, "customer"), Output(SPENT, "revenue", asked=False)), group=(col("customer.id"),),
    order=(Order(SPENT, True),), limit=3,
)  # fmt: skip


def of(kind: str, plan: Plan, source: Source) -> list[Chip]:
    return [chip for chip in chips(plan, source.catalog()) if chip.kind == kind]


def option(chip: Chip, label: str) -> Plan:
    return next(option.plan for option in chip.options if option.label == label)


# ------------------------------------------------------------------------------------------------------- chips
@pytest.mark.parametrize("path", GOLDENS, ids=lambda path: path.stem)
def test_everything_offered_runs_and_is_another_plan(path: Path, music: Source) -> None:
    plan = Plan.from_dict(json.loads(path.read_text(encoding="utf-8"))["plan"])
    catalog = music.catalog()
    for chip in chips(plan, catalog):
        assert Chip.from_dict(json.loads(json.dumps(chip.to_dict()))) == chip
        assert chip.text.strip() == chip.text != ""
        labels = [option.label for option in chip.options]
        assert len(set(labels)) == len(labels) <= 8
        offered = [option.plan for option in chip.options] + ([chip.without] if chip.without else [])
        assert plan not in offered
        assert len(set(offered)) == len(offered) or chip.kind == "limit"
        for other in offered:
            written = to_query(other, catalog)
            query(music, written.sql, written.params)
            consistent(other)


def consistent(plan: Plan) -> None:
    """What a plan orders and ranks by is there to be ordered by: shown, or gathered by."""
    if not plan.grouped or plan.base is not None:
        return
    shown = {output.expr for output in plan.outputs} | set(plan.group)
    for order in (*plan.order, *(plan.top.order if plan.top else ())):
        assert order.expr in shown or aggregates(order.expr), order
    for part in plan.top.partition if plan.top else ():
        assert part in shown, part
    for output in plan.dimensions:
        owner = {node.table for node in form.walk(output.expr) if isinstance(node, Column)}
        keys = {node.table for key in plan.group for node in form.walk(key) if isinstance(node, Column)}
        assert owner <= keys, output


def test_the_measure_chip_offers_other_ways_to_gather_and_other_figures(shop: Source) -> None:
    (chip,) = of("measure", PER_CITY, shop)
    assert chip.text == "sum of purchase total"
    labels = [option.label for option in chip.options]
    assert labels[:3] == ["average purchase total", "lowest purchase total", "highest purchase total"]
    assert "number of purchases" in labels
    assert not any("customer" in label or "id" in label.split() for label in labels), "keys are no figures"
    average = option(chip, "average purchase total")
    assert average.order == (Order(MEAN, True),)
    assert average.outputs[1] == Output(MEAN, "average purchase total")
    assert chip.without is None


def test_a_count_may_become_what_hangs_on_the_counted(shop: Source) -> None:
    plan = Plan(
        "customer",
        (Output(col("customer.country"), "country"), Output(COUNT, "customers")),
        group=(col("customer.country"),),
    )
    (chip,) = of("measure", plan, shop)
    changed = option(chip, "sum of purchase total")
    written = to_query(changed, shop.catalog())
    assert sorted(query(shop, written.sql, written.params).rows) == [("DE", 45.0), ("FR", 100.0)]


def test_one_of_several_figures_can_be_dropped(shop: Source) -> None:
    plan = add_output(PER_CITY, Output(COUNT, "purchases"))
    first, second = of("measure", plan, shop)
    assert first.without is not None and [o.label for o in first.without.outputs] == ["city", "purchases"]
    assert first.without.order == () and first.without.limit is None, "the order went with its figure"
    assert second.without is not None and second.without.order == PER_CITY.order


def test_the_dimension_chip_of_a_time_offers_grains_then_others(shop: Source) -> None:
    (chip,) = of("dimension", PER_MONTH, shop)
    assert chip.text == "per month"
    assert [option.label for option in chip.options][:5] == [
        "per year",
        "per quarter",
        "per week",
        "per day",
        "per day of the week",
    ]
    yearly = option(chip, "per year")
    assert (yearly.group, yearly.order, yearly.outputs[0]) == ((YEAR,), (Order(YEAR),), Output(YEAR, "year"))
    assert chip.without is not None
    assert (chip.without.outputs, chip.without.order, chip.without.group) == ((Output(SPENT, "revenue"),), (), ())


def test_a_figure_is_never_offered_per_something_that_inflates_it(shop: Source) -> None:
    (chip,) = of("dimension", PER_CITY, shop)
    tables = {
        column.table for option in chip.options for column in form.walk(option.plan) if isinstance(column, Column)
    }
    assert not tables & {"item", "product", "category"}


def test_a_customer_is_one_dimension(shop: Source) -> None:
    (chip,) = of("dimension", BEST, shop)
    assert chip.text == "per customer"
    for each in chip.options:
        assert col("customer.id") not in each.plan.group
        assert FULL not in [output.expr for output in each.plan.outputs]
        assert each.plan.limit == 3 and each.plan.order == (Order(SPENT, True),), "still the best three"


def test_filter_chips_offer_neighbours_and_can_be_dropped(music: Source) -> None:
    date = Column("Invoice", "InvoiceDate")
    when = Between(date, Literal("2023-01-01"), Literal("2024-01-01"), period="2023")
    where = Compare(Column("Invoice", "BillingCountry"), "=", Literal("Germany"))
    plan = Plan("Invoice", (Output(COUNT, "invoices"),), where=(when, where))
    first, second = of("filter", plan, music)
    assert (first.text, second.text) == ("2023", "billing country is Germany")
    assert [option.label for option in first.options] == ["2025", "2024", "2022", "2021"], "only where there is data"
    assert option(first, "2024").where[0] == Between(date, Literal("2024-01-01"), Literal("2025-01-01"), period="2024")
    assert "USA" in [option.label for option in second.options] and len(second.options) == 8
    assert first.without == replace(plan, where=(where,))
    march = replace(when, low=Literal("2023-03-01"), high=Literal("2023-04-01"))
    (chip,) = of("filter", replace(plan, where=(march,)), music)
    assert {"February 2023", "April 2023"} <= {option.label for option in chip.options}


def test_a_related_filter_offers_other_values_and_its_opposite(shop: Source) -> None:
    tea = Related("item", (Compare(col("category.name"), "=", Literal("Tea")),))
    (chip,) = of("filter", Plan("customer", (Output(FULL, "customer"),), where=(tea,)), shop)
    labels = [option.label for option in chip.options]
    assert "Cups" in labels and "without any item where category is Tea" in labels


def test_an_among_filter_narrows_to_one(shop: Source) -> None:
    plan = replace(PER_CITY, where=(Among(CITY, (Literal("Kiel"), Literal("Ulm"))),))
    (chip,) = of("filter", plan, shop)
    assert option(chip, "Kiel").where == (Compare(CITY, "=", Literal("Kiel")),)


def test_order_and_limit_chips(shop: Source) -> None:
    (order,), (limit,) = of("order", PER_CITY, shop), of("limit", PER_CITY, shop)
    assert (order.text, limit.text) == ("highest first", "top 5")
    assert option(order, "lowest first").order == (Order(SPENT, False),)
    assert option(order, "by city").order == (Order(CITY),)
    assert order.without is None, "the first five need an order"
    assert [option.label for option in limit.options] == ["top 3", "top 10", "top 20", "all"]
    assert limit.without is not None and limit.without.limit is None
    assert of("limit", PER_MONTH, shop) == []
    ranked = replace(PER_CITY, order=(), limit=None, top=Top((CITY,), (Order(SPENT, True),)))
    (limit,) = of("limit", ranked, shop)
    assert limit.text == "top 1 of each"


def test_an_order_can_be_given_where_there_is_none(shop: Source) -> None:
    plan = replace(PER_CITY, order=(), limit=None)
    (order,), (limit,) = of("order", plan, shop), of("limit", plan, shop)
    assert (order.text, limit.text, order.without) == ("unsorted", "all", None)
    assert option(order, "highest first").order == (Order(SPENT, True),)
    assert option(limit, "top 3") == replace(plan, order=(Order(SPENT, True),), limit=3)
    assert of("order", Plan("purchase", (Output(COUNT, "n"),)), shop) == []
    listed = Plan("store", (Output(col("store.name"), "store"),))
    assert [o.label for o in of("order", listed, shop)[0].options] == ["by store name"]
    assert of("limit", listed, shop) == []


def test_the_chart_chip_offers_what_can_be_drawn(shop: Source) -> None:
    (chip,) = of("chart", PER_MONTH, shop)
    assert [option.label for option in chip.options] == ["line chart", "bar chart", "area chart"]
    (chip,) = of("chart", replace(PER_CITY, chart="pie"), shop)
    assert (chip.text, chip.without) == ("pie chart", PER_CITY)
    assert of("chart", Plan("purchase", (Output(COUNT, "n"),)), shop) == []


# ------------------------------------------------------------------------------------------------ pure changes
def test_a_share_stays_a_share_when_it_can() -> None:
    shares = Plan(
        "purchase",
        (Output(CITY, "city"), Output(Share(SPENT), "share", format="percent")),
        order=(Order(Share(SPENT), True),),
    )
    assert with_measure(shares, COUNT, label="n").outputs[1] == Output(Share(COUNT), "n", format="percent")
    assert with_measure(shares, COUNT).order == (Order(Share(COUNT), True),)
    assert with_measure(shares, MEAN).outputs[1].expr == MEAN
    assert with_measure(shares, MEAN).outputs[1].format == ""


def test_a_measure_changes_in_the_first_of_each_and_leaves_conditions() -> None:
    plan = replace(PER_CITY, top=Top((CITY,), (Order(SPENT, True),)), having=(Compare(SPENT, ">", Literal(10)),))
    changed = with_measure(plan, MEAN, label="mean")
    assert changed.top is not None and changed.top.order == (Order(MEAN, True),)
    assert changed.having == plan.having
    assert with_measure(Plan("purchase", (Output(CITY, "city"),)), COUNT, label="n").group == (CITY,)


def test_dimensions_are_found_with_their_keys() -> None:
    assert [d.keys for d in dimensions(BEST)] == [(col("customer.id"),)]
    assert [o.label for o in dimensions(BEST)[0].outputs] == ["customer"]
    two = replace(
        PER_MONTH, outputs=(PER_MONTH.outputs[0], Output(CITY, "city"), PER_MONTH.outputs[1]), group=(MONTH, CITY)
    )
    assert [d.expr for d in dimensions(two)] == [MONTH, CITY]


def test_another_dimension_takes_group_order_and_partition_along() -> None:
    plan = replace(PER_CITY, order=(Order(CITY),), limit=None, top=Top((CITY,), (Order(SPENT, True),)))
    changed = with_dimension(plan, col("store.name"), label="store")
    assert changed.group == (col("store.name"),) and changed.order == (Order(col("store.name")),)
    assert changed.top is not None and changed.top.partition == (col("store.name"),)
    assert changed.outputs[0] == Output(col("store.name"), "store")


def test_a_time_runs_forward_and_other_things_by_their_figure() -> None:
    unlimited = replace(PER_CITY, limit=None)
    assert with_dimension(unlimited, MONTH).order == (Order(MONTH),)
    assert with_dimension(PER_CITY, MONTH).order == (Order(SPENT, True),), "the top five stay the top five"
    assert with_dimension(PER_MONTH, CITY).order == (Order(SPENT, True),)


def test_a_list_becomes_a_count_and_a_figure_gets_a_dimension() -> None:
    listed = with_dimension(Plan("purchase", (Output(col("purchase.id"), "id"),), limit=3), CITY)
    assert [output.expr for output in listed.outputs] == [CITY, COUNT] and listed.limit is None
    split = with_dimension(Plan("purchase", (Output(SPENT, "revenue"),)), CITY)
    assert [output.expr for output in split.outputs] == [CITY, SPENT] and split.group == (CITY,)


def test_the_root_moves_to_what_is_measured_when_nothing_else_needs_it() -> None:
    assert with_dimension(BEST, CITY).root == "purchase"
    counted = add_output(BEST, Output(COUNT, "customers"))
    assert with_dimension(counted, CITY).root == "customer"


def test_grains() -> None:
    assert with_grain(PER_MONTH, "year") == replace(
        PER_MONTH, outputs=(Output(YEAR, "year"), PER_MONTH.outputs[1]), group=(YEAR,), order=(Order(YEAR),)
    )
    newest = replace(PER_MONTH, order=(Order(MONTH, True),))
    assert with_grain(newest, "year").order == (Order(YEAR, True),), "newest first stays"
    assert with_grain(PER_CITY, "month", PLACED).group == (MONTH,)
    with pytest.raises(PlanInvalid, match="no date"):
        with_grain(PER_CITY, "month")
    with pytest.raises(PlanInvalid):
        with_grain(PER_MONTH, "decade")  # type: ignore[arg-type]


def test_filters_give_way_on_the_same_column() -> None:
    kiel, ulm = Compare(CITY, "=", Literal("Kiel")), Compare(CITY, "=", Literal("Ulm"))
    dear = Compare(col("purchase.total"), ">", Literal(5))
    plan = with_filter(with_filter(PER_CITY, kiel), dear)
    assert plan.where == (kiel, dear)
    assert with_filter(plan, ulm).where == (ulm, dear)
    assert without_filter(plan, kiel).where == (dear,)
    by_year = Compare(YEAR, "=", Literal(2023))
    when = Between(PLACED, Literal("2024-01-01"), Literal("2025-01-01"))
    assert with_filter(with_filter(PER_CITY, by_year), when).where == (when,)
    many = Compare(COUNT, ">", Literal(2))
    assert with_filter(PER_CITY, many).having == (many,)
    assert without_filter(with_filter(PER_CITY, many), many) == PER_CITY
    rock, jazz = (Related("item", (Compare(col("category.name"), "=", Literal(name)),)) for name in ("Tea", "Cups"))
    assert with_filter(replace(PER_CITY, where=(rock,)), jazz).where == (jazz,)


def test_order_limit_and_chart() -> None:
    assert with_order(PER_CITY, Order(CITY)).order == (Order(CITY),)
    assert with_limit(replace(PER_CITY, order=(), limit=None), 3).order == (Order(SPENT, True),)
    assert with_limit(PER_CITY, None).limit is None
    assert with_chart(PER_CITY, "pie").chart == "pie"
    for wrong in (lambda: with_limit(PER_CITY, 0), lambda: with_chart(PER_CITY, "radar")):
        with pytest.raises(PlanInvalid):
            wrong()


def test_columns_come_and_go() -> None:
    assert add_output(PER_CITY, Output(SPENT, "again")) == PER_CITY
    wider: Any = add_output(PER_CITY, Output(col("store.name"), "store"))
    assert [o.label for o in wider.outputs] == ["city", "store", "revenue"] and wider.group == (CITY, col("store.name"))
    assert without_output(Plan("purchase", (Output(SPENT, "revenue"),)), SPENT) is None
    assert without_dimension(Plan("purchase", (Output(CITY, "city"),)), dimensions(PER_CITY)[0]) is None
