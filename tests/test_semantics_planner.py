"""What definitions do to questions: figures, synonyms, filters that hold unless a question says otherwise, hidden things."""

from __future__ import annotations

from datetime import datetime

import pytest

from workspace.database import execute
from workspace.database.source import Source
from workspace.question.edit import chips
from workspace.question.explain import explain
from workspace.question.read import read
from workspace.question.reading import Readings
from workspace.question.sql import to_query
from workspace.question.suggest import suggest
from workspace.semantics.text import from_yaml

MODEL = from_yaml(
    """
metrics:
  turnover:
    expression: sum(item.quantity * item.price)
    synonyms: [gross sales]
    unit: EUR
  basket: sum(purchase.total) / count(distinct purchase.id)
  early sales:
    expression: sum(item.quantity * item.price)
    filter: purchase.year < 2024
  visits:
    expression: count(*)
    table: purchase
synonyms:
  clients: customer
  patron: customer
  land: country.name
  germans: country.name = Germany
  northerners: store.city = Kiel
filters:
  purchase: total >= 10
hidden:
  - customer.last_name
  - ticket
"""
)


def ask(shop: Source, text: str, clock: datetime, **given: object) -> Readings:
    return read(text, shop.catalog(), shop.values(), clock, semantics=MODEL, **given)


def rows(shop: Source, text: str, clock: datetime) -> list[tuple]:
    readings = ask(shop, text, clock)
    assert readings.action == "answer", (text, readings.message)
    query = to_query(readings.best.plan, MODEL.over(shop.catalog()), strict=True)
    return list(execute.query(shop, query.sql, params=query.params).rows)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("turnover", [(145.0,)]),  # no purchase is touched, so its filter says nothing
        ("gross sales by product", [("Big_Mug", None)]),
        ("how many clients are there", [(4,)]),
        ("how many patrons", [(4,)]),
        ("visits", [(3,)]),  # the purchase of 5.0 does not count
        ("how many purchases", [(3,)]),
        ("visits per year", [(2023, 2), (2024, 1)]),
        ("early sales", [(40.0,)]),
    ],
)
def test_figures_and_synonyms(shop: Source, clock: datetime, text: str, expected: list[tuple]) -> None:
    if expected[0][-1] is None:
        assert len(rows(shop, text, clock)) > 1
        return
    assert rows(shop, text, clock) == expected


def test_a_figure_keeps_its_name_and_is_explained(shop: Source, clock: datetime) -> None:
    best = ask(shop, "gross sales per category", clock).best
    catalog = MODEL.over(shop.catalog())
    assert explain(best.plan, catalog).startswith("Turnover per category")
    assert best.plan.outputs[1].label == "Gross sales (EUR)"
    assert "Turnover is sum(item.quantity * item.price)." in best.notes


def test_a_filter_is_said_and_is_a_chip_that_can_be_dropped(shop: Source, clock: datetime) -> None:
    best = ask(shop, "how many purchases", clock).best
    catalog = MODEL.over(shop.catalog())
    assert "total is at least 10" in explain(best.plan, catalog)
    assert best.notes == ("By definition only those where purchase total is at least 10.",)
    chip = next(chip for chip in chips(best.plan, catalog) if chip.kind == "filter")
    assert chip.without is not None and not chip.without.where
    # What was dropped stays dropped in the follow-up, and is back in a question of its own.
    after = ask(shop, "only 2024", clock, focus=chip.without)
    assert len(after.best.plan.where) == 1
    assert len(ask(shop, "how many purchases in 2024", clock).best.plan.where) == 2


@pytest.mark.parametrize("text", ["purchases with a total under 8", "number of purchases per total"])
def test_a_question_about_the_column_itself_means_what_it_says(shop: Source, clock: datetime, text: str) -> None:
    readings = ask(shop, text, clock)
    query = to_query(readings.best.plan, MODEL.over(shop.catalog()))
    assert ">= :" not in query.sql


def test_a_filter_holds_inside_a_condition(shop: Source, clock: datetime) -> None:
    assert sorted(rows(shop, "customers without purchases", clock)) == [
        (2,),
        (4,),
    ]  # by their keys: half a name names nobody


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("last names of customers", "customer.last_name is hidden here"),
        ("how many tickets are there", "ticket is hidden here"),
    ],
)
def test_what_is_hidden_is_said_to_be(shop: Source, clock: datetime, text: str, message: str) -> None:
    readings = ask(shop, text, clock)
    assert readings.action == "decline" and message in readings.message


def test_what_is_hidden_is_nowhere(shop: Source, clock: datetime) -> None:
    catalog = MODEL.over(shop.catalog())
    assert not catalog.has("ticket")
    assert "last_name" not in [column.name for column in catalog.table("customer").columns]
    shown = to_query(ask(shop, "everything about customers", clock).best.plan, catalog).sql
    assert "last_name" not in shown
    assert not any("ticket" in question or "hours" in question for question in suggest(catalog, shop.values(), clock))
    assert ask(shop, "how many Dupont", clock).action != "answer"  # a value of the hidden column


def test_values_that_words_mean(shop: Source, clock: datetime) -> None:
    plan = ask(shop, "how many purchases of northerners", clock).best.plan
    assert "Kiel" in str(plan)
    plan = ask(shop, "customers who are Germans", clock).best.plan
    assert "Germany" in str(plan)


def test_figures_with_different_conditions_are_not_mixed(shop: Source, clock: datetime) -> None:
    assert ask(shop, "early sales and turnover per category", clock).action != "answer"


def test_a_figure_is_not_gathered_in_a_way_it_cannot_be(shop: Source, clock: datetime) -> None:
    assert ask(shop, "average visits", clock).action != "answer"


def test_no_model_changes_nothing(shop: Source, clock: datetime) -> None:
    empty = from_yaml("")
    for text in ("how many purchases", "customers per country", "total by year"):
        assert read(text, shop.catalog(), shop.values(), clock, semantics=empty) == read(
            text, shop.catalog(), shop.values(), clock
        )


def test_a_follow_up_takes_the_conditions_of_its_own_figure(shop: Source, clock: datetime) -> None:
    catalog = MODEL.over(shop.catalog())
    early = ask(shop, "early sales per product", clock).best.plan
    assert len(early.where) == 2  # the figure's own, and the filter of the purchases it reaches for that
    swapped = ask(shop, "turnover instead", clock, focus=early)
    assert "early" not in explain(swapped.best.plan, catalog)
    assert not any("2024" in str(item) for item in swapped.best.plan.where)
    back = ask(shop, "early sales instead", clock, focus=swapped.best.plan)
    assert any("2024" in str(item) for item in back.best.plan.where)


def test_defined_figures_are_suggested(shop: Source, clock: datetime) -> None:
    assert suggest(MODEL.over(shop.catalog()), shop.values(), clock)[0].startswith("turnover")
