"""Conversations: what changes the answer in focus, and what is a question of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.test_question_corpus import CLOCKS, rows, source
from workspace.database.result import Query
from workspace.evaluate.comparing import compare
from workspace.question.followup import follow_ups
from workspace.question.plan import Plan
from workspace.question.read import read
from workspace.question.sql import to_query
from workspace.question.suggest import suggest

DIALOGUES = json.loads((Path(__file__).parent / "corpus" / "followups.json").read_text("utf-8"))


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda dialogue: dialogue["turns"][0]["say"])
def test_each_turn_gives_the_right_rows(dialogue: dict[str, Any]) -> None:
    opened = source(dialogue["source"])
    focus: Plan | None = None
    for turn in dialogue["turns"]:
        readings = read(turn["say"], opened.catalog(), opened.values(), CLOCKS[dialogue["source"]], focus=focus)
        assert readings.action == "answer" and readings.best is not None, (turn["say"], readings.message)
        changed = any(rule.startswith("follow-up") for rule in readings.best.rules)
        assert changed == turn["follows"], turn["say"]
        focus = readings.best.plan
        query = to_query(focus, opened.catalog())
        wanted, got = rows(opened, Query(turn["sql"])), rows(opened, query)
        if wanted and got and len(wanted[0]) < len(got[0]):  # the figure beside the name, shown but not asked for
            got = rows(opened, to_query(focus, opened.catalog(), strict=True))
        assert compare(got, wanted, ordered=turn.get("ordered", False)), (
            f"{turn['say']}\n{query.sql}\n{got[:4]}\n{wanted[:4]}"
        )


def test_what_points_at_nothing_that_can_be_told_is_not_answered() -> None:
    opened = source("northwind")
    catalog, values, clock = opened.catalog(), opened.values(), CLOCKS["northwind"]
    first = read("products in category Beverages", catalog, values, clock).best
    assert first is not None
    assert read("who supplies it", catalog, values, clock, focus=first.plan).action != "answer"


def test_a_chart_is_added_without_changing_the_rows() -> None:
    opened = source("chinook")
    first = read("revenue per year", opened.catalog(), opened.values(), CLOCKS["chinook"]).best
    assert first is not None
    second = read("as a bar chart", opened.catalog(), opened.values(), CLOCKS["chinook"], focus=first.plan).best
    assert second is not None and second.plan.chart == "bar"
    assert second.plan.outputs == first.plan.outputs


@pytest.mark.parametrize(
    "question", ["revenue per year", "customers from Germany", "invoices in 2023", "tracks per genre"]
)
def test_what_is_offered_next_runs(question: str) -> None:
    opened = source("chinook")
    best = read(question, opened.catalog(), opened.values(), CLOCKS["chinook"]).best
    assert best is not None
    options = follow_ups(best.plan, opened.catalog())
    assert 1 <= len(options) <= 3
    assert len({option.label for option in options}) == len(options)
    for option in options:
        assert option.plan != best.plan
        rows(opened, to_query(option.plan, opened.catalog()))


@pytest.mark.parametrize("name", ["chinook", "northwind", "sample"])
def test_suggestions_can_be_answered(name: str) -> None:
    opened = source(name)
    questions = suggest(opened.catalog(), opened.values(), CLOCKS[name])
    assert len(questions) >= 5 and len(set(questions)) == len(questions)
    for question in questions:
        readings = read(question, opened.catalog(), opened.values(), CLOCKS[name])
        assert readings.action == "answer" and readings.best is not None
        assert rows(opened, to_query(readings.best.plan, opened.catalog())), question
