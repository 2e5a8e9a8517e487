"""What is not understood is asked about or declined, never left out in silence; single tables of rows without a name."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.test_question_corpus import CLOCKS, rows, source
from workspace.database.result import Query
from workspace.database.source import Source, open_source
from workspace.question.read import read
from workspace.question.reading import Readings
from workspace.question.sql import to_query


def ask(opened: Source, question: str, clock: datetime = CLOCKS["sample"]) -> Readings:
    return read(question, opened.catalog(), opened.values(), clock)


@pytest.mark.parametrize(
    ("question", "word", "label"),
    [
        ("overdue tasks", "overdue", "Tasks"),
        ("late shipments per carrier", "late", "Number of shipments per carrier, highest first"),
        ("delayed shipments in 2025", "delayed", "Shipments where shipped on in 2025"),
        ("median order value", "median", "Orders"),
    ],
)
def test_a_word_that_nothing_explains_is_asked_about(question: str, word: str, label: str) -> None:
    readings = ask(source("sample"), question)
    assert readings.action == "clarify"
    assert readings.message == f"I do not know what “{word}” means here. Show this without it?"
    assert [choice.label for choice in readings.choices] == [label]


@pytest.mark.parametrize(
    "question",
    ["average rating of support tickets", "churn per month", "hello", "gross margin by product", "low stock products",
     "average days to resolve tickets", "stores above their target"],
)  # fmt: skip
def test_declines_with_questions_near_to_it(question: str) -> None:
    opened = source("sample")
    readings = ask(opened, question)
    assert readings.action == "decline" and readings.message
    assert 1 <= len(readings.suggestions) <= 3
    for other in readings.suggestions:
        assert ask(opened, other).action == "answer", other


def test_suggestions_are_about_what_was_named() -> None:
    readings = ask(source("sample"), "average rating of support tickets")
    assert "support tickets" in readings.suggestions[0]


@pytest.mark.parametrize(
    ("question", "choices"),
    [
        ("revenue per year and top products", ["Revenue per year", "Top products"]),
        ("Revenue per month and returns per month?", ["Revenue per month", "Returns per month"]),
        (
            "revenue per month, top 5 customers and best products",
            ["Revenue per month", "Top 5 customers", "Best products"],
        ),
    ],
)
def test_two_questions_in_one_are_asked_one_after_the_other(question: str, choices: list[str]) -> None:
    readings = ask(source("sample"), question)
    assert (readings.action, [choice.label for choice in readings.choices]) == ("clarify", choices)
    assert "questions. Which one first?" in readings.message
    for choice in readings.choices:
        alone = ask(source("sample"), choice.label).best
        assert alone is not None
        assert choice.plan == alone.plan


@pytest.mark.parametrize(
    "question",
    [
        "revenue and number of orders per month", "revenue per category and year", "revenue per month and per store",
        "average salary and number of employees per store", "revenue of USA and Canada by year", "orders in 2024 and 2025 by month",
        "average salary per store and number of employees per store", "top 5 customers and their revenue",
    ],
)  # fmt: skip
def test_figures_of_the_same_things_are_one_question(question: str) -> None:
    assert "questions" not in ask(source("sample"), question).message


def test_a_figure_whose_name_was_left_out_is_not_answered() -> None:
    assert ask(source("sample"), "average delivery time per carrier").action != "answer", "not the cost"


def test_choices_are_distinct() -> None:
    question = "three most expensive invoices from 2024 with the names of the customers"
    readings = ask(source("chinook"), question, CLOCKS["chinook"])
    labels = [choice.label for choice in readings.choices]
    assert readings.action == "clarify" and len(labels) == len(set(labels)) >= 2


def test_a_phone_number_of_someone_found_in_one_table() -> None:
    opened = source("sample")
    found = rows(opened, Query("SELECT name, phone FROM customers WHERE phone IS NOT NULL LIMIT 1"))
    name, phone = found[0]
    readings = ask(opened, f"phone number of {name}")
    assert readings.best is not None and readings.action == "answer"
    assert (phone,) in rows(opened, to_query(readings.best.plan, opened.catalog(), strict=True))


TRIPS = """pickup,dropoff,passengers,tip,day,from_borough,to_borough,shared
2024-03-04 16:11:55,2024-03-04 16:19:00,1,0.0,Mon,Queens,Bronx,0
2024-03-05 09:00:00,2024-03-05 09:30:00,5,2.5,Tue,Bronx,Queens,1
2024-03-05 10:00:00,2024-03-05 10:30:00,2,1.5,Tue,Bronx,Bronx,1
2024-03-06 11:00:00,2024-03-06 11:20:00,1,4.0,Wed,Queens,Bronx,0
"""


@pytest.fixture
def trips(tmp_path: Path) -> Source:
    path = tmp_path / "rides.csv"
    path.write_text(TRIPS, encoding="utf-8")
    return open_source(path)


def answer(opened: Source, question: str) -> list[tuple[object, ...]]:
    readings = ask(opened, question, datetime(2024, 4, 1))
    assert readings.best is not None and readings.action == "answer", (question, readings.action, readings.message)
    return rows(opened, to_query(readings.best.plan, opened.catalog(), strict=True))


def test_a_sole_table(trips: Source) -> None:
    assert answer(trips, "average tip of rides") == [(2.0,)]
    assert len(answer(trips, "rides from Bronx to Queens")) == 1
    assert len(answer(trips, "rides without tip")) == 1


def test_rows_of_a_sole_table_are_asked_about(trips: Source) -> None:
    readings = ask(trips, "bookings per month", datetime(2024, 4, 1))
    assert readings.action == "clarify" and readings.message == "Are “bookings” the rows of rides?"


@pytest.mark.parametrize("question", ["average tip per day", "only gnax", "by flurb", "average rating per store"])
def test_a_follow_up_never_swallows_a_word(question: str) -> None:
    opened = source("sample")
    first = ask(opened, "top 5 products by revenue").best
    assert first is not None
    clock = CLOCKS["sample"]
    readings = read(question, opened.catalog(), opened.values(), clock, focus=first.plan)
    assert readings.action != "answer"
    assert readings.unused


@pytest.mark.parametrize("first", ["top 5 products by revenue", "revenue per category"])
def test_a_period_added_later_is_that_of_the_figure(first: str) -> None:
    opened, clock = source("sample"), CLOCKS["sample"]
    focus = ask(opened, first).best
    whole = ask(opened, f"{first} in 2025").best
    assert focus is not None and whole is not None
    added = read("only 2025", opened.catalog(), opened.values(), clock, focus=focus.plan).best
    assert added is not None
    catalog = opened.catalog()
    assert sorted(rows(opened, to_query(added.plan, catalog))) == sorted(rows(opened, to_query(whole.plan, catalog)))


@pytest.mark.parametrize(
    ("question", "word"), [("share of returns", "share of"), ("tickets closed this month", "closed")]
)
def test_a_share_of_nothing_said_and_a_verb_of_other_things_are_asked_about(question: str, word: str) -> None:
    readings = ask(source("sample"), question)
    assert readings.action == "clarify" and f"“{word}”" in readings.message


def test_misspelt_names_and_values_are_mended_and_the_mending_is_said() -> None:
    opened = source("chinook")
    readings = ask(opened, "custmers per contry", CLOCKS["chinook"])
    assert readings.best is not None and readings.action == "answer"
    assert [output.label for output in readings.best.plan.outputs] == ["Country", "Number of customers"]
    assert readings.best.notes == ("I took “custmers” as customer.", "I took “contry” as country.")
    assert [span.text for span in readings.best.spans] == ["custmers", "per", "contry"]
    readings = ask(opened, "revnue per genre", CLOCKS["chinook"])
    assert readings.best is not None and readings.best.plan.outputs[1].label == "Revenue"
    assert [span.text for span in readings.best.spans] == ["revnue", "per", "genre"]
    readings = ask(opened, "albums by Iron Madien", CLOCKS["chinook"])
    assert readings.best is not None and readings.best.notes == ("I took “Iron Madien” as Iron Maiden.",)


@pytest.mark.parametrize("before", ["how many suppliers are there", "customers per country", "tickets by priority"])
def test_a_figure_with_its_groups_is_a_question_of_its_own(before: str) -> None:
    opened = source("sample")
    focus, alone = ask(opened, before).best, ask(opened, "revenue per month this year").best
    assert focus is not None and alone is not None
    text = "revenue per month this year"
    found = read(text, opened.catalog(), opened.values(), CLOCKS["sample"], focus=focus.plan)
    assert found.best is not None and found.best.plan == alone.plan


@pytest.fixture
def written(tmp_path: Path) -> Source:
    """Amounts as an office wrote them, kept as text."""
    import sqlite3

    with sqlite3.connect(tmp_path / "written.sqlite") as connection:
        connection.execute(
            "CREATE TABLE sale (id INTEGER PRIMARY KEY, seller TEXT, discount TEXT, price TEXT, power TEXT)"
        )
        rows = [
            ("Ann", "9,9 %", "1.234,56 €", "130"),
            ("O'Brien", "29,9 %", "99,00 €", "165"),
            ("Bob", "3 %", "8 €", "9"),
        ]
        connection.executemany("INSERT INTO sale (seller, discount, price, power) VALUES (?, ?, ?, ?)", rows * 4)
    return open_source(tmp_path / "written.sqlite")


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("maximum discount", "discount is kept as text, such as “9,9 %”, so its highest is not known."),
        ("lowest discount", "discount is kept as text, such as “9,9 %”, so its"),
        ("average discount", "discount is kept as text, such as “9,9 %”, so its average cannot be worked out."),
        ("average discount for O'Brien", "so its average cannot be worked out."),
        ("total price per seller", "price is kept as text, such as “1.234,56 €”, so its total cannot be worked out."),
        ("top 3 sellers by price", "price is kept as text, such as “1.234,56 €”, so its"),
        ("sales with discount over 10", "discount is kept as text, such as “9,9 %”, so its values cannot be compared"),
        ("average seller", "seller is kept as text, so its average cannot be worked out."),
    ],
)
def test_text_is_never_computed_with(written: Source, question: str, why: str) -> None:
    readings = ask(written, question)
    assert readings.action == "decline" and why in readings.message, readings


def test_text_of_plain_numbers_is_computed_with(written: Source) -> None:
    assert answer(written, "maximum power") == [(165,)]
    assert answer(written, "how many sales have power above 100") == [(8,)]
    assert [row[0] for row in answer(written, "top 5 sales by power")][:4] == [2, 5, 8, 11]
    assert ask(written, "number of sales per discount").action == "answer"
