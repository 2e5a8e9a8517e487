"""How far the data behind the periods of a result goes, and which of them it covers whole.

Orders that end on 6 May make no whole May, however long ago that was. Where the data ends is asked of the table itself,
without the question's conditions: that Germany had no order since does not mean that none was recorded. A condition on
the time itself counts as well: "since 15 March" leaves half of March.

Data has a rhythm: nothing on weekends, a row a week, one at the first of each month. So a period still is whole when no
more days are missing at its end than usually lie between two days of data: than 19 of 20 of the 60 gaps nearest to the
end. With fewer than three gaps there is no rhythm, and only the calendar says what is over.

A join leaves out what has no partner: orders without a promotion are in no group of "revenue per promotion". So the
figure over all rows is asked for as well, and a share is one of the total only where the groups add up to it.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from weakref import WeakKeyDictionary

from workspace.artifact.calendar import LINEAR, span
from workspace.artifact.totals import additive, partners, whole
from workspace.database.result import Query, Reach, Result, Scalar
from workspace.database.source import Source
from workspace.errors import NoAppError, PlanInvalid
from workspace.question import plan as p

log = logging.getLogger(__name__)
NEAR, USUAL, RHYTHM = 60, 0.95, 3  # gaps that are looked at; how many of them are usual; how many make a rhythm
Days = Callable[[Query], Result]
KNOWN = 500  # queries that are remembered of a source
_queries: WeakKeyDictionary[Source, dict[Hashable, Query | None]] = WeakKeyDictionary()


def with_reach(plan: p.Plan | None, result: Result, source: Source, ask: Days) -> Result:
    """The result with how far its data goes in its receipt; where that cannot be found out, nothing is said of it.

    Args:
        plan: of the result; without one, its columns of periods are not known.
        result: as it came.
        source: what was asked.
        ask: runs a query that lists the days with data, the latest first; through the guard, as any other.
    """
    if plan is None:
        return result
    wholes = dict(_wholes(plan, result, source, ask))
    return replace(result, receipt=result.receipt.reaching(tuple(_reaches(plan, result, source, ask)), wholes))


def _wholes(plan: p.Plan, result: Result, source: Source, ask: Days) -> Iterator[tuple[str, Scalar]]:
    """The figures over all rows, of columns whose groups need a partner that a row may not have."""
    if len(plan.outputs) != len(result.columns):
        return
    for column, output in zip(result.columns, plan.outputs, strict=True):
        try:
            query = _whole(plan, output.expr, source) if partners(plan, output.expr) else None
            if query is not None:
                yield column.name, ask(query).rows[0][0]
        except NoAppError as problem:
            log.info("What %s is part of is not known: %s", column.name, problem)


def _whole(plan: p.Plan, expr: p.Expr, source: Source) -> Query | None:
    """The query of a figure over all rows; None where the groups do not add up to it anyway."""
    return _made(source, (plan, expr), lambda: whole(plan, expr) if _adds_up(plan, expr, source) else None)


def _adds_up(plan: p.Plan, expr: p.Expr, source: Source) -> bool:
    return isinstance(expr, p.Aggregate) and additive(plan, expr, source.catalog())


def _made(source: Source, key: Hashable, plan_of: Callable[[], p.Plan | None]) -> Query | None:
    """A query, made once for each schema, because a catalog takes longer than the query; None where none can be."""
    from workspace.question.sql import to_query

    known, key = _queries.setdefault(source, {}), (source.schema_version(), key)
    if key not in known:
        if len(known) >= KNOWN:
            known.clear()
        try:
            plan = plan_of()
            known[key] = to_query(plan, source.catalog()) if plan is not None else None
        except PlanInvalid:  # a column of years has no days
            known[key] = None
    return known[key]


def _reaches(plan: p.Plan, result: Result, source: Source, ask: Days) -> Iterator[Reach]:
    for place, bucket in _courses(plan, result):
        name = result.columns[place].name
        try:
            days = _listed(bucket.of, source, ask)
        except NoAppError as problem:
            log.info("How far %s.%s goes is not known: %s", bucket.of.table, bucket.of.name, problem)
            continue
        if days is not None:
            yield _within(plan, bucket.of, Reach(name, *days))


# ----------------------------------------------------------------------------------------------------------- parts
def _courses(plan: p.Plan, result: Result) -> Iterator[tuple[int, p.Bucket]]:
    """The columns of periods, with what they are cut from."""
    if len(plan.outputs) != len(result.columns) or not result.rows:
        return
    for place, output in enumerate(plan.outputs):
        bucket = output.expr
        if isinstance(bucket, p.Bucket) and bucket.grain in LINEAR and bucket.grain != "day" and bucket.of.table:
            yield place, bucket


def _listed(column: p.Column, source: Source, ask: Days) -> tuple[str, str, int, int] | None:
    """First and last day with data, and the usual gap at both ends."""
    query = _query(column, source)
    if query is None:
        return None
    result = ask(query)
    days = sorted(date.fromisoformat(str(row[0])) for row in result.rows if span(row[0]) is not None)
    if len(days) <= RHYTHM:
        return None
    gaps = [(other - one).days for one, other in pairwise(days)]
    first = (days[0].isoformat(), _usual(gaps[:NEAR])) if not result.truncated else (date.min.isoformat(), 0)
    return first[0], days[-1].isoformat(), first[1], _usual(gaps[-NEAR:])


def _usual(gaps: Sequence[int]) -> int:
    return sorted(gaps)[math.ceil(USUAL * len(gaps)) - 1]


def _query(column: p.Column, source: Source) -> Query | None:
    """The days with data in a column, the latest first."""
    day = p.Bucket(p.Column(column.table, column.name), "day")
    plan = p.Plan(column.table, (p.Output(day, "day"),), group=(day,), order=(p.Order(day, descending=True),))
    return _made(source, plan, lambda: plan)


def _within(plan: p.Plan, column: p.Column, reach: Reach) -> Reach:
    """No further than the question's own condition on the time."""
    first, last = reach.first, reach.last
    for item in plan.where:
        low, high = _bounds(item, column)
        if low is not None and low > first:
            first, reach = low, Reach(reach.column, low, last, 0, reach.after)
        if high is not None and high < last:
            last, reach = high, Reach(reach.column, first, high, reach.before, 0)
    return reach


def _bounds(item: p.Predicate, column: p.Column) -> tuple[str | None, str | None]:
    """The first and the last day that a condition lets through, None for no such bound."""
    if isinstance(item, p.Between) and item.of == column and not item.closed:
        return _day(item.low), _day(item.high, before=True)
    if not isinstance(item, p.Compare) or item.left != column:
        return None, None
    match item.op:
        case ">=":
            return _day(item.right), None
        case ">":
            return _day(item.right, after=True), None
        case "<":
            return None, _day(item.right, before=True)
        case "<=":
            return None, _day(item.right)
    return None, None


def _day(value: p.Expr, *, before: bool = False, after: bool = False) -> str | None:
    text = str(value.value) if isinstance(value, p.Literal) else ""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return None
    whole = len(text) == 10 or text[11:] in ("00:00", "00:00:00")
    return (day - timedelta(days=before and whole) + timedelta(days=after)).isoformat()
