"""The figures of a period beside those of the one before: which plans have them, and what becomes of them later."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from workspace.question import plan as p
from workspace.question.dates import resolve
from workspace.question.preceding import beside_before, pairs, widened

DAY = p.Column("sale", "day")
TOTAL = p.Output(p.Aggregate("sum", p.Column("sale", "total")), "revenue")


def over(low: str, high: str, words: str) -> p.Between:
    return p.Between(DAY, p.Literal(low), p.Literal(high), period=words)


YEAR = over("2025-01-01", "2026-01-01", "2025")
PLAN = p.Plan("sale", (TOTAL,), where=(YEAR,))


@pytest.mark.parametrize(
    ("stretch", "grain", "low"),
    [
        (YEAR, "year", "2024-01-01"),
        (over("2025-07-01", "2025-10-01", "Q3 2025"), "quarter", "2025-04-01"),
        (over("2026-01-01", "2026-02-01", "last month"), "month", "2025-12-01"),
        (over("2026-11-16", "2026-11-23", "last week"), "week", "2026-11-09"),
        (over("2026-03-01", "2026-03-02", "yesterday"), "day", "2026-02-28"),
        (over("2026-10-28", "2026-11-27", "last 30 days"), None, ""),
        (over("2026-11-01", "2026-12-01", "last 30 days"), None, ""),  # a whole month on one day of many
        (over("2026-01-01", "2026-01-02", "year to date"), None, ""),
        (over("2024-01-01", "2026-01-01", "2024 to 2025"), None, ""),
        (over("2025-01-01", "2026-01-01", ""), None, ""),
        (replace(YEAR, closed=True), None, ""),
        (replace(YEAR, low=p.Literal(2025)), None, ""),
    ],
)
def test_a_whole_period_has_one_before(stretch: p.Between, grain: str | None, low: str) -> None:
    both = beside_before(replace(PLAN, where=(stretch,)))
    if grain is None:
        assert both is None
        return
    assert both is not None
    (found,) = both.where
    assert isinstance(found, p.Between) and isinstance(found.low, p.Literal)
    assert (found.low.value, found.high) == (low, stretch.high)
    assert both.outputs == (p.Output(p.Bucket(DAY, grain), grain, format="period"), TOTAL)  # type: ignore[arg-type]
    assert both.order == (p.Order(p.Bucket(DAY, grain)),)  # type: ignore[arg-type]
    assert pairs(both) and not pairs(replace(PLAN, where=(stretch,)))


@pytest.mark.parametrize(
    "plan",
    [
        replace(PLAN, where=()),
        replace(PLAN, where=(YEAR, replace(YEAR, of=p.Column("sale", "paid")))),
        replace(PLAN, group=(DAY,)),
        replace(PLAN, limit=1),
        replace(PLAN, outputs=(p.Output(DAY, "day"),)),
        replace(PLAN, outputs=(replace(TOTAL, label="Year"),)),  # two columns of one name
        replace(PLAN, outputs=(p.Output(p.Arithmetic("/", TOTAL.expr, p.Scalar(PLAN)), "share"),)),
        replace(PLAN, base=PLAN, root=""),
    ],
)
def test_other_plans_have_none(plan: p.Plan) -> None:
    assert beside_before(plan) is None


def test_the_words_for_both_move_with_the_clock() -> None:
    words = "last month and the one before"
    assert resolve(words, date(2026, 1, 9)) == (date(2025, 11, 1), date(2026, 1, 1))
    assert resolve("last 30 days and the one before", date(2026, 1, 9)) is None
    assert resolve("nothing and the one before", date(2026, 1, 9)) is None


@pytest.mark.parametrize(
    ("chosen", "kept"),
    [
        (over("2023-01-01", "2024-01-01", "2023"), True),
        (over("2023-03-01", "2023-04-01", "March 2023"), False),  # the rows are years
        (over("2023-01-01", "2023-03-01", ""), False),
        (p.Compare(DAY, ">=", p.Literal("2023-01-01")), False),
    ],
)
def test_what_a_reader_chooses_has_the_one_before_beside_it(chosen: p.Predicate, kept: bool) -> None:
    both = beside_before(PLAN)
    assert both is not None
    assert pairs(replace(both, where=(widened(chosen, both.where[0]),))) is kept
    assert widened(chosen, YEAR) == chosen, "a plan of one period stays one"
