"""Asking for a document: which words do, what they ask for, and which parts it has."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from workspace.database.source import Source
from workspace.question.overview import topics
from workspace.question.request import Request, bare, request_in, split
from workspace.question.request_parts import wanted

CORPUS = json.loads((Path(__file__).parent / "corpus" / "compose.json").read_text(encoding="utf-8"))
NOON = datetime(2026, 11, 23, 12)


@pytest.mark.parametrize("case", CORPUS["requests"], ids=lambda case: case["text"])
def test_words_that_ask_for_a_document(case: dict) -> None:
    found = request_in(case["text"])
    assert found is not None
    given = {name: value for name, value in found.to_dict().items() if name in case}
    assert given == {name: value for name, value in case.items() if name != "text"}
    assert Request.from_dict(json.loads(json.dumps(found.to_dict()))) == found


@pytest.mark.parametrize("text", CORPUS["questions"])
def test_a_question_asks_for_no_document(text: str) -> None:
    assert request_in(text) is None


@pytest.mark.parametrize("text", CORPUS["questions where documents and reports are tables"])
def test_what_the_data_calls_so_is_no_document(text: str) -> None:
    assert request_in(text, frozenset({"document", "report", "page", "app"})) is None


def test_a_list_is_split_at_its_separators() -> None:
    assert split("- revenue per month\n- top customers\n2. returns") == (
        "revenue per month",
        "top customers",
        "returns",
    )
    assert split("revenue of 1,000, or more; returns") == ("revenue of 1,000", "or more", "returns")
    assert bare("Thanks, could you please undo that?") == "undo that"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a report on purchases with purchases per store, top customers and tickets",
         ["purchases per store", "top customers by purchases", "tickets"]),
        ("an overview of purchases: by store, by year", ["purchases by store", "purchases by year"]),
        ("a report with purchases per store and year", ["purchases per store and year"]),
        ("a report with number of purchases per store in 2024 and tickets", None),
        ("an overview of customers with more than 1 purchase", ["customers with more than 1 purchase"]),
    ],
)  # fmt: skip
def test_parts_are_questions_of_their_own(shop: Source, text: str, expected: list[str] | None) -> None:
    found = request_in(text)
    assert found is not None
    parts = [part.question for part in wanted(found, shop.catalog(), shop.values(), NOON)]
    assert parts == (expected or ["number of purchases per store in 2024", "tickets"])


def test_a_condition_holds_for_every_part(shop: Source) -> None:
    found = request_in("a report on purchases in 2024 with purchases per store and number of purchases")
    assert found is not None
    parts = wanted(found, shop.catalog(), shop.values(), NOON)
    assert [part.question for part in parts] == ["purchases per store in 2024", "number of purchases in 2024"]
    assert [part.title for part in parts] == ["purchases per store", "number of purchases"]


def test_an_overview_has_a_total_a_course_a_ranking(music: Source) -> None:
    found = topics("sales", music.catalog(), music.values(), NOON)
    assert found[:2] == ("sales", "sales per month")
    assert any(question.startswith("top 10 ") for question in found)
    assert len(found) >= 4
    assert topics("bananas", music.catalog(), music.values(), NOON) == ()
    assert topics("invoices per country", music.catalog(), music.values(), NOON) == ("invoices per country",)


def test_a_large_table_is_shown_by_its_course(music: Source) -> None:
    found = request_in("a report with invoices and genres")
    assert found is not None
    parts = [part.question for part in wanted(found, music.catalog(), music.values(), NOON)]
    assert parts == ["number of invoices per month", "genres"]
