"""Tokens, numbers, dates and names as words, and what is declined, corrected or asked back."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from tests.test_question_corpus import CLOCKS, source
from workspace.question import lexicon
from workspace.question.dates import read_period
from workspace.question.numbers import read_number
from workspace.question.read import read
from workspace.question.schema import name_words, schema_of
from workspace.question.tokens import lemma, tokenize
from workspace.question.wording import gathered

DATES = json.loads((Path(__file__).parent / "corpus" / "dates.json").read_text("utf-8"))
CLOCK = datetime.fromisoformat(DATES["clock"])


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [(text, case["low"], case["high"]) for case in DATES["periods"] for text in case["says"]],
)
def test_dates_as_people_say_them(text: str, low: str, high: str) -> None:
    tokens = tokenize(text)
    found = read_period(tokens, 0, CLOCK)
    assert found is not None
    period, taken = found
    assert (str(period.low), str(period.high), taken) == (low, high, len(tokens))


@pytest.mark.parametrize(
    ("function", "name", "called"),
    [
        ("sum", "freight", "total freight"), ("sum", "total", "total"), ("sum", "Total", "Total"),
        ("sum", "grand total", "grand total"), ("avg", "total", "average total"), ("avg", "average price", "average price"),
        ("count", "number of items", "number of items"), ("sum", "totality", "total totality"),
    ],
)  # fmt: skip
def test_no_heading_has_the_same_word_twice(function: str, name: str, called: str) -> None:
    assert gathered(function, name) == called


@pytest.mark.parametrize("text", DATES["nothing"])
def test_what_is_no_date(text: str) -> None:
    assert read_period(tokenize(text), 0, CLOCK) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5), ("1,250", 1250), ("$20", 20), ("3.5", 3.5), ("5k", 5000), ("2 million", 2_000_000), ("12%", 12),
        ("twenty five", 25), ("two hundred and five", 205), ("a dozen", 12), ("half a million", 500_000), ("twice", 2),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(text: str, value: float) -> None:
    tokens = tokenize(text)
    assert read_number(tokens, 0) == (value, len(tokens))


def test_numbers_are_not_read_out_of_words() -> None:
    assert read_number(tokenize("a customer"), 0) is None
    assert read_number(tokenize("and"), 0) is None


def test_tokens_keep_their_place() -> None:
    text = "Customers who haven't bought 'Black Album' by AC/DC in Q1-2024?"
    for token in tokenize(text):
        assert text[token.start : token.end] == token.text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("BillingCountry", ("billing", "country")), ("billing_country", ("billing", "country")), ("custFName", ("customer", "first", "name")),
        ("num_orders", ("number", "orders")), ("DOB", ("birth", "date")), ("birthplace", ("birth", "place")), ("qty", ("quantity",)),
    ],
)  # fmt: skip
def test_identifiers_as_words(name: str, words: tuple[str, ...]) -> None:
    assert name_words(name) == words


@pytest.mark.parametrize(
    ("word", "base"), [("countries", "country"), ("bought", "buy"), ("people", "people"), ("bus", "bus")]
)
def test_lemmas(word: str, base: str) -> None:
    assert lemma(word) == base


def test_the_word_lists_are_well_formed() -> None:
    assert lexicon.cues() and lexicon.adjectives() and lexicon.synonyms() and lexicon.verbs() and lexicon.aliases()
    assert all(0 < weight < 1 for others in lexicon.synonyms().values() for _, weight in others)


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("revenue of unicorns per year", "unicorns"),
        ("customers from Atlantis", "Atlantis"),
        ("wholesale revenue per country", "wholesale"),
    ],
)
def test_a_word_nothing_knows_is_named(question: str, word: str) -> None:
    opened = source("chinook")
    readings = read(question, opened.catalog(), opened.values(), CLOCKS["chinook"])
    assert word in readings.unused
    assert readings.best is None or readings.best.confidence < 0.85


@pytest.mark.parametrize("question", ["what is the meaning of life", "delete all customers", "tell me a joke", "hello"])
def test_what_is_no_question_to_this_data_is_declined(question: str) -> None:
    opened = source("chinook")
    readings = read(question, opened.catalog(), opened.values(), CLOCKS["chinook"])
    assert readings.action == "decline" and readings.message


@pytest.mark.parametrize(
    ("question", "taken"),
    [("custmers per country", "customer"), ("revenu per genre", "revenue"), ("albums by Aerosmih", "Aerosmith")],
)
def test_a_misspelling_is_corrected_and_said(question: str, taken: str) -> None:
    opened = source("chinook")
    readings = read(question, opened.catalog(), opened.values(), CLOCKS["chinook"])
    assert readings.action == "answer" and readings.best is not None
    assert any(taken in note for note in readings.best.notes)


def test_spans_cover_the_question_in_order() -> None:
    opened = source("chinook")
    text = "top 5 customers by revenue in 2023"
    best = read(text, opened.catalog(), opened.values(), CLOCKS["chinook"]).best
    assert best is not None
    assert [text[span.start : span.end] for span in best.spans] == [span.text for span in best.spans]
    assert {"limit", "date"} <= {span.role for span in best.spans}


def test_the_index_is_built_once_per_catalog() -> None:
    catalog = source("chinook").catalog()
    assert schema_of(catalog) is schema_of(catalog)


def test_readings_round_trip_as_json() -> None:
    from workspace.question.reading import Reading

    opened = source("chinook")
    best = read("revenue per year", opened.catalog(), opened.values(), CLOCKS["chinook"]).best
    assert best is not None
    assert Reading.from_dict(json.loads(json.dumps(best.to_dict()))) == best
