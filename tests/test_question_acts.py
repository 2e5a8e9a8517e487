"""What people say beside questions is not taken for one, and does not get in the way of one."""

from __future__ import annotations

import pytest

from tests.test_question_corpus import CLOCKS, source
from workspace.question.acts import affirms, opening, without_courtesies
from workspace.question.read import read


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("Thanks!", "thanks"),
        ("thank you so much for your help", "thanks"),
        ("No, that's all. Thanks! Have a great day :)", "goodbye"),
        ("Hello there", "greeting"),
        ("What can you do?", "about"),
        ("which one do you like best?", "opinion"),
        ("you choose", "choose"),
        ("ok", "hesitation"),
        ("Bye", "goodbye"),
        ("Yes, exactly!", "yes"),
    ],
)
def test_a_turn_without_a_question_is_answered_in_kind(text: str, act: str) -> None:
    assert act in opening(text).acts and opening(text).length == len(text)
    opened = source("chinook")
    focus = read("revenue per year", opened.catalog(), opened.values(), CLOCKS["chinook"]).best
    assert focus is not None
    for before in (None, focus.plan):
        readings = read(text, opened.catalog(), opened.values(), CLOCKS["chinook"], focus=before)
        assert (readings.action, readings.readings, readings.question) == ("decline", (), text)
        assert readings.message and "do not know" not in readings.message


@pytest.mark.parametrize(
    "text",
    ["good customers", "no filter", "exactly 3 orders", "now per year", "also show the city", "top 3", "help desk tickets",
     "Great Lakes", "right answers per student", "ok Go albums"],
)  # fmt: skip
def test_words_of_a_question_are_no_courtesy(text: str) -> None:
    assert opening(text).length == 0


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Great! Can you list the albums?", "Can you list the albums?"),
        ("Thank you very much for that! How many albums are there?", "How many albums are there?"),
        ("Hmm, how many albums are there?", "how many albums are there?"),
        ("Hi, can you show the albums", "can you show the albums"),
    ],
)
def test_a_courtesy_before_a_question_is_set_aside(text: str, asked: str) -> None:
    blanked = without_courtesies(text)
    assert blanked.strip() == asked and len(blanked) == len(text), "words keep their places"
    opened = source("chinook")
    polite = read(text, opened.catalog(), opened.values(), CLOCKS["chinook"])
    plain = read(asked, opened.catalog(), opened.values(), CLOCKS["chinook"])
    assert polite.action == plain.action == "answer" and polite.question == text
    assert polite.best is not None and plain.best is not None and polite.best.plan == plain.best.plan


def test_a_bare_yes() -> None:
    assert affirms("yes, please") and not affirms("yes, the names") and not affirms("no")
