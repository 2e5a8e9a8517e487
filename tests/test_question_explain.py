"""What a plan says of itself, and the words for names, values and periods."""

from __future__ import annotations

from typing import Any

import pytest

from workspace.database.source import Source
from workspace.question.explain import explain, names_rows, phrase
from workspace.question.plan import (
    Aggregate,
    All_,
    Among,
    Any_,
    Arithmetic,
    Between,
    Bucket,
    Column,
    Combine,
    Compare,
    Joined,
    Literal,
    Missing,
    Not_,
    Order,
    Output,
    Plan,
    Related,
    Scalar,
    Share,
    Top,
)
from workspace.question.wording import listed, moment, number, plural, singular, span, title


def col(name: str, role: str = "") -> Column:
    table, _, column = name.rpartition(".")
    return Column(table, column, role)


def show(*exprs: Any, asked: bool = True) -> tuple[Output, ...]:
    return tuple(Output(expr, "x", asked) for expr in exprs)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("InvoiceDate", "invoice date"), ("customer_id", "customer"), ("CustomerID", "customer"), ("ID", "id"), ("id", "id"),
        ("Order Details", "order details"), ("HTTPStatus", "HTTP status"), ("first_name", "first name"), ("CITY", "city"),
        ("tbl2", "tbl2"), ("größe", "größe"), ("UnitPrice", "unit price"), ("employeeid", "employeeid"), ("%", "%"),
        ("GNP", "gnp"), ("Q1Total", "q1 total"),
    ],
)  # fmt: skip
def test_titles(name: str, words: str) -> None:
    assert title(name).lower() == words.lower()


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("customer", "customers"), ("category", "categories"), ("invoice line", "invoice lines"), ("person", "people"),
        ("box", "boxes"), ("address", "addresses"), ("status", "statuses"), ("day", "days"), ("series", "series"),
        ("match", "matches"), ("movie", "movies"), ("country", "countries"), ("bus", "buses"), ("class", "classes"),
    ],
)  # fmt: skip
def test_plurals_go_both_ways(one: str, many: str) -> None:
    assert plural(one) == many
    assert plural(many) == many
    assert singular(many) == one
    assert singular(one) == one


@pytest.mark.parametrize(
    ("value", "words"),
    [(1234567, "1,234,567"), (1234.5, "1,234.5"), (0.1, "0.1"), (3.0, "3"), (-1500, "-1,500"), (True, "yes"), (1e12 + 0.5, "1,000,000,000,000.50")],
)  # fmt: skip
def test_numbers(value: float, words: str) -> None:
    assert number(value) == words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        ("2023-01-01", "2024-01-01", "in 2023"),
        ("2022-01-01", "2024-01-01", "from 2022 to 2023"),
        ("2024-03-01", "2024-04-01", "in March 2024"),
        ("2024-04-01", "2024-07-01", "in Q2 2024"),
        ("2024-02-01", "2024-07-01", "from Feb 2024 to Jun 2024"),
        ("2024-03-01", "2024-03-11", "from 1 to 10 Mar 2024"),
        ("2024-03-30", "2024-04-02", "from 30 Mar to 1 Apr 2024"),
        ("2023-12-30", "2024-01-02", "from 30 Dec 2023 to 1 Jan 2024"),
        ("2024-03-05", "2024-03-06", "on 5 Mar 2024"),
        ("2024-03-05 08:00", "2024-03-05 09:30", "from 5 Mar 2024 08:00 to 5 Mar 2024 09:30"),
    ],
)  # fmt: skip
def test_periods(low: str, high: str, words: str) -> None:
    assert span(low, high) == words


def test_moments_and_lists() -> None:
    assert moment("2024-03-05") == "5 Mar 2024"
    assert moment("2024-03-05T08:30:00") == "5 Mar 2024 08:30"
    assert moment("2024-13-05") == "2024-13-05"
    assert moment("AC/DC") == "AC/DC"
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"], "or") == "a, b or c"
    assert listed([]) == ""


SPENT = Aggregate("sum", col("purchase.total"))
PLACED = col("purchase.placed")
FULL = Joined((col("customer.first_name"), col("customer.last_name")))


@pytest.mark.parametrize(
    ("node", "words"),
    [
        (Aggregate("count"), "number of purchases"),
        (Aggregate("count", table="item"), "number of items"),
        (Aggregate("count", col("purchase.customer_id"), distinct=True), "number of different customers"),
        (SPENT, "sum of purchase total"),
        (Aggregate("avg", col("purchase.total")), "average purchase total"),
        (Aggregate("min", PLACED), "earliest placed"),
        (Aggregate("max", PLACED), "latest placed"),
        (Aggregate("max", col("item.price")), "highest item price"),
        (Share(SPENT), "share of sum of purchase total"),
        (Arithmetic("/", SPENT, Aggregate("count")), "sum of purchase total per number of purchases"),
        (Arithmetic("*", col("item.price"), col("item.quantity")), "item price × quantity"),
        (Arithmetic("*", Arithmetic("-", col("item.price"), Literal(1)), Literal(2)), "(item price − 1) × 2"),
        (Bucket(PLACED, "month_of_year"), "month of the year"),
        (FULL, "customer name"),
        (Joined((col("store.city"), col("store.name"))), "city and store name"),
        (Scalar(Plan("purchase", show(Aggregate("avg", col("purchase.total"))))), "the average purchase total"),
        (col("customer.first_name", "friend"), "friend first name"),
        (col("purchase.id"), "purchase id"),
        (Literal(""), "“”"),
        (Literal(None), "nothing"),
        (Compare(col("purchase.total"), ">=", Literal(1000)), "purchase total is at least 1,000"),
        (Compare(col("purchase.total"), "!=", Literal(5)), "purchase total is not 5"),
        (Compare(col("store.name"), "=", Literal("North")), "store is North"),
        (Compare(col("store.city"), "like", Literal("%ie%")), "city contains ie"),
        (Compare(col("store.city"), "not like", Literal("K%")), "city does not start with K"),
        (Compare(col("store.city"), "like", Literal("%l")), "city ends with l"),
        (Compare(col("store.city"), "like", Literal("100\\%")), "city is 100%"),
        (Compare(PLACED, ">", Literal("2024-01-31")), "placed after 31 Jan 2024"),
        (Compare(col("customer.joined"), "=", Literal("2024-01-31")), "on 31 Jan 2024"),
        (Compare(col("purchase.year"), ">", Literal(2020)), "year after 2020"),
        (Compare(Bucket(PLACED, "weekday"), "=", Literal(1)), "day of the week is Monday"),
        (Compare(Bucket(PLACED, "year"), "=", Literal(2024)), "in 2024"),
        (Compare(Share(SPENT), ">", Literal(0.25)), "share of sum of purchase total is over 25%"),
        (Compare(Aggregate("count"), ">", Literal(1)), "more than 1 purchase"),
        (Compare(Aggregate("count", table="item"), "<", Literal(1200)), "fewer than 1,200 items"),
        (Between(PLACED, Literal("2024-01-01"), Literal("2025-01-01"), period="2024"), "placed in 2024"),
        (Between(PLACED, Literal("2024-03-01"), Literal("2024-04-01"), period="last month"), "placed last month (March 2024)"),
        (Between(col("purchase.total"), Literal(5), Literal(10), closed=True), "purchase total is between 5 and 10"),
        (Among(col("store.city"), (Literal("Kiel"), Literal("Ulm"))), "city is Kiel or Ulm"),
        (Among(col("store.city"), (Literal("Kiel"), Literal("Ulm")), negated=True), "city is not Kiel or Ulm"),
        (Among(col("store.city"), plan=Plan("store", show(col("store.city")))), "city is among the cities of stores"),
        (Missing(col("customer.last_name")), "last name is missing"),
        (Missing(col("customer.last_name"), negated=True), "last name is known"),
        (Related("item", negated=True), "without any item"),
        (Related("item", op=">=", count=2), "with at least 2 items"),
        (Related("item", op="=", count=1), "with exactly 1 item"),
        (Related("item", (Compare(col("item.price"), ">", Literal(5)),)), "with at least one item where item price is over 5"),
        (Not_(Related("item")), "without any item"),
        (Not_(Compare(col("store.city"), "=", Literal("Ulm"))), "city is not Ulm"),
        (Not_(Compare(col("purchase.total"), ">", Literal(5))), "not (purchase total is over 5)"),
        (
            Any_((Compare(col("store.city"), "=", Literal("Ulm")), Compare(col("store.city"), "=", Literal("Kiel")))),
            "city is Ulm or Kiel",
        ),
        (
            Any_((Missing(col("store.city")), All_((Related("item"), Compare(col("purchase.total"), ">", Literal(5)))))),
            "city is missing or (with at least one item and purchase total is over 5)",
        ),
    ],
)  # fmt: skip
def test_phrases(shop: Source, node: Any, words: str) -> None:
    plan = Plan("purchase", ())
    if any(isinstance(part, Column) and part.name == "joined" for part in [getattr(node, "left", None)]):
        plan = Plan("customer", ())
    assert phrase(node, shop.catalog(), plan) == words


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        (Plan("customer", show(FULL), where=(Related("purchase", negated=True),)), "Customers without any purchase"),
        (
            Plan("purchase", show(Aggregate("count"), Bucket(PLACED, "month")), where=(Between(col("purchase.year"), Literal("2024-01-01"), Literal("2025-01-01")),), order=(Order(Bucket(PLACED, "month"), True),)),
            "Number of purchases per month where year in 2024, newest first",
        ),
        (
            Plan("customer", show(FULL, SPENT), group=(col("customer.id"),), order=(Order(SPENT, True),), limit=1),
            "The customer with the highest sum of purchase total",
        ),
        (
            Plan("customer", show(FULL, SPENT), group=(col("customer.id"),), order=(Order(SPENT),), limit=3),
            "The 3 customers with the lowest sum of purchase total",
        ),
        (Plan("purchase", show(PLACED), order=(Order(PLACED, True),), limit=1), "The placed of the purchase with the latest placed"),
        (
            Plan("customer", show(FULL, Aggregate("count", table="purchase")), group=(col("customer.id"),), optional=("purchase",)),
            "Number of purchases per customer, also those without purchases",
        ),
        (Plan("store", show(col("store.city")), distinct=True), "Different cities of stores"),
        (Plan("store", show(col("store.name"), col("store.city")), order=(Order(col("store.name"), True),)), "Stores, showing store name and city, by store name from Z to A"),
        (
            Plan("purchase", show(col("purchase.id")), top=Top((col("store.id"),), (Order(col("purchase.total"), True),), n=2)),
            "For each store, the 2 purchases with the highest purchase total",
        ),
        (
            Plan("store", show(col("store.name")), combine=Combine("intersect", Plan("store", show(col("store.name")), where=(Related("purchase"),)))),
            "Stores, but only those that are also among stores with at least one purchase",
        ),
        (
            Plan("", (Output(Aggregate("max", Column("", "spent")), "most"),), base=Plan("purchase", (Output(col("store.name"), "store"), Output(SPENT, "spent")), group=(col("store.name"),))),
            "Highest spent, over this result: sum of purchase total per store",
        ),
        (Plan("purchase", show(Aggregate("count")), chart="bar"), "Number of purchases, as a bar chart"),
    ],
)  # fmt: skip
def test_sentences(shop: Source, plan: Plan, sentence: str) -> None:
    assert explain(plan, shop.catalog()) == sentence


def test_a_sentence_has_no_full_stop_and_no_sql(shop: Source) -> None:
    sentence = explain(Plan("odd table", show(col("odd table.two words"))), shop.catalog())
    assert sentence == "Two words of odd tables"


def test_what_rows_are_known_by(shop: Source) -> None:
    catalog = shop.catalog()
    assert names_rows(col("store.name"), catalog)
    assert names_rows(FULL, catalog)
    assert not names_rows(col("store.city"), catalog)
    assert not names_rows(col("store.id"), catalog)
