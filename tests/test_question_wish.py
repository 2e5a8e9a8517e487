"""Words that ask to be sent or told something, and those that do not: a question stays a question."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workspace.question.threshold import threshold_in
from workspace.question.wish import LONGEST, Wish, wish_in

# words, act, what is sent, when
SENT = [
    ("send me this every Monday", "", "every Monday at 9:00"),
    ("Send me this every Monday at 9.", "", "every Monday at 9:00"),
    ("send this every weekday", "", "every weekday at 9:00"),
    ("Could you please send me this report monthly on the 1st?", "", "monthly on the 1st at 9:00"),
    ("every Monday at 9 send me this", "", "every Monday at 9:00"),
    ("each weekday at 8:30, send me the chart", "", "every weekday at 8:30"),
    ("forward it to me daily at 7", "", "every day at 7:00"),
    ("remind me of this every Monday", "", "every Monday at 9:00"),
    ("I want to get this every Monday", "", "every Monday at 9:00"),
    ("I'd like to receive this weekly, please", "", "every Monday at 9:00"),
    ("schedule this for every Monday at 9", "", "every Monday at 9:00"),
    ("subscribe me to this weekly", "", "every Monday at 9:00"),
    ("send me a copy of this on the first Monday of each month", "", "monthly on the first Monday at 9:00"),
    ("send me the revenue per country every Friday at 5pm", "the revenue per country", "every Friday at 17:00"),
    ("send me top 5 customers by revenue every morning", "top 5 customers by revenue", "every day at 9:00"),
    (
        "tell me every morning how many orders there were yesterday",
        "how many orders there were yesterday",
        "every day at 9:00",
    ),
    ("show me this every Monday at 9", "", "every Monday at 9:00"),
]
# words, subject, comparison, number, whether in percent
WATCHED = [
    ("tell me when returns exceed 5 %", "returns", ">", 5, True),
    ("Let me know when returns are above 5%", "returns", ">", 5, True),
    ("tell me if returns go over 5 percent", "returns", ">", 5, True),
    ("when returns exceed 5 %, tell me", "returns", ">", 5, True),
    ("let me know when revenue this month is above 200,000", "revenue this month", ">", 200_000, False),
    ("alert me when revenue in Germany this month > 20k", "revenue in Germany this month", ">", 20_000, False),
    ("notify me as soon as revenue reaches 1.5 million", "revenue", ">=", 1_500_000, False),
    ("warn us once the number of open tickets hits 50", "number of open tickets", ">=", 50, False),
    ("ping me when revenue falls below 10000 EUR", "revenue", "<", 10_000, False),
    ("I want to know when orders today drop under twenty", "orders today", "<", 20, False),
    ("alert me whenever orders exceed 100 today", "orders today", ">", 100, False),
    ("notify me if stock of any product falls below 10", "stock per product", "<", 10, False),
    ("alert me when any product's stock is under 10", "stock per product", "<", 10, False),
    ("tell me when stock of any product runs out", "stock per product", "<=", 0, False),
    ("tell me when orders today hit zero", "orders today", "<=", 0, False),
    ("warn me when an order exceeds 5,000", "orders over 5,000", "exists", None, False),
    ("tell me when any product has stock under 10", "products with stock under 10", "exists", None, False),
    ("tell me when there is an open ticket", "open ticket", "exists", None, False),
    ("let me know when this changes", "this", "changes", None, False),
    ("tell me when the number of customers changes", "number of customers", "changes", None, False),
    ("tell me when it's above 300", "it", ">", 300, False),
    ("ping us whenever revenue per month falls by 10%", "revenue per month", "<=", -10, True),
    ("tell me when revenue per month rises by more than 5 %", "revenue per month", ">", 5, True),
    ("give me a heads-up when sales are at least 5", "sales", ">=", 5, False),
]
KEPT = [
    ("stop sending this", "stop", ""),
    ("stop sending me this every Monday", "stop", ""),
    ("please don't send me this any more", "stop", ""),
    ("stop telling me when returns exceed 5 %", "stop", "when returns exceed 5 %"),
    ("stop sending revenue per country", "stop", "revenue per country"),
    ("unsubscribe me from this", "stop", ""),
    ("cancel this schedule", "stop", ""),
    ("pause sending this", "pause", ""),
    ("resume sending this", "resume", ""),
    ("start sending me this again", "resume", ""),
    ("what do I get sent", "list", ""),
    ("What do I get sent?", "list", ""),
    ("what am I sent", "list", ""),
    ("list my schedules", "list", ""),
    ("which alerts do I have", "list", ""),
    ("what is scheduled", "list", ""),
]
QUESTIONS = [
    "orders every Monday",
    "revenue per month",
    "customers who ordered every month",
    "which customers ordered every month",
    "number of orders every weekday",
    "average orders every Monday at 9",
    "tell me the number of orders every month",
    "show me revenue every month",
    "give me sales every week",
    "tell me about revenue every year",
    "daily revenue",
    "weekly orders on Mondays",
    "monthly report on sales",
    "send me the list of customers",
    "send me revenue per month",
    "send me the customers who ordered every month",
    "email addresses of customers",
    "mail sent every Monday",
    "products that were sent every Monday",
    "schedule changes every month",
    "post views every day",
    "push notifications every Monday",
    "deliveries every week",
    "orders sent on Mondays",
    "what was sent in May",
    "what is sent to Germany",
    "which customers were sent a mail every week",
    "how often do we send orders",
    "tell me when Ada ordered",
    "tell me when the last order was placed",
    "tell me when returns exceeded 5 %",
    "tell me if returns were above 5 %",
    "let me know how many customers there are",
    "when does revenue exceed 5000",
    "when did stock fall below 10",
    "which months exceed 200,000 revenue",
    "revenue above 200,000",
    "customers with more than 5 orders",
    "products whose stock is below 10",
    "is revenue above 200,000",
    "let me know if there are any stations that opened before 2013",
    "tell me if there is an open ticket",
    "show the day of transactions if the share count is bigger than 100",
    "give me the day of claim for all claims whose amount is larger than 5",
    "number of alerts per day",
    "stop words per text",
    "cancelled orders every month",
    "remove the second table",
    "pin this",
    "share this with the team",
    "make slides of this",
    "thanks, that's all",
    "send",
    "tell me when",
    "",
]


@pytest.mark.parametrize(("words", "of", "when"), SENT, ids=[row[0] for row in SENT])
def test_what_is_to_be_sent(words: str, of: str, when: str) -> None:
    wish = wish_in(words)
    assert wish is not None and wish.act == "send" and wish.recurrence is not None and not wish.problem
    assert (wish.of, wish.recurrence.said()) == (of, when)
    assert Wish.from_dict(wish.to_dict()) == wish


@pytest.mark.parametrize(("words", "subject", "op", "number", "percent"), WATCHED, ids=[row[0] for row in WATCHED])
def test_what_is_to_be_told(words: str, subject: str, op: str, number: float | None, percent: bool) -> None:
    wish = wish_in(words)
    assert wish is not None and wish.act == "watch" and wish.threshold is not None
    found = wish.threshold
    assert (found.subject, found.op, found.number, found.percent, found.problem) == (subject, op, number, percent, "")
    assert Wish.from_dict(wish.to_dict()) == wish


@pytest.mark.parametrize(("words", "act", "of"), KEPT, ids=[row[0] for row in KEPT])
def test_what_is_to_become_of_it(words: str, act: str, of: str) -> None:
    wish = wish_in(words)
    assert wish is not None and (wish.act, wish.of) == (act, of)


@pytest.mark.parametrize("words", QUESTIONS)
def test_a_question_stays_a_question(words: str) -> None:
    assert wish_in(words) is None


def test_places_are_read() -> None:
    assert wish_in("send this to ops@example.org every Monday").to == ("ops@example.org",)
    assert wish_in("send me this to https://hooks.example.org/x daily at 8").to == ("https://hooks.example.org/x",)
    assert wish_in("email me this every Monday").to == ("mail",)
    assert wish_in("send me this by mail every Monday").to == ("mail",)
    assert wish_in("send this to the board every Monday").name == "the board"
    told = wish_in("tell me by mail when returns exceed 5 %")
    assert told.to == ("mail",) and told.threshold.subject == "returns"


def test_how_often_a_condition_is_looked_at() -> None:
    wish = wish_in("tell me when any product has stock under 10, check every hour")
    assert wish.threshold.subject == "products with stock under 10" and wish.recurrence.said() == "every hour"
    both = wish_in("send me this every Monday if returns exceed 5 %")
    assert both.act == "send" and both.threshold.op == ">" and both.recurrence.said() == "every Monday at 9:00"


def test_what_is_missing_is_said() -> None:
    assert "how often" in wish_in("subscribe me to this").problem
    assert "no number" in wish_in("tell me when revenue exceeds the target").threshold.problem


def test_a_table_of_that_name_is_meant_first() -> None:
    assert wish_in("list the alerts", taken={"alert"}) is None
    assert wish_in("list the alerts", taken={"order"}).act == "list"
    assert wish_in("list my alerts", taken={"alert"}).act == "list"


def test_an_endless_text_costs_nothing() -> None:
    assert wish_in("send me this " * LONGEST) is None
    assert threshold_in("a " * 200 + "exceeds") is None


def test_no_question_of_the_corpora_is_taken_for_a_wish() -> None:
    asked: set[str] = set()

    def walk(found: object, words: bool = False) -> None:
        if isinstance(found, str) and words:
            asked.add(found)
        elif isinstance(found, dict):
            for key, part in found.items():
                walk(part, key in ("questions", "question", "say", "says", "text", "said"))
        elif isinstance(found, list):
            for part in found:
                walk(part, words)

    for path in (Path(__file__).parent / "corpus").glob("*.json"):
        walk(json.loads(path.read_text(encoding="utf-8")))
    assert len(asked) > 500
    assert [text for text in sorted(asked) if wish_in(text) is not None] == []
