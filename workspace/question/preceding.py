"""The period before: the figures of a plan over its own period and the one before it, a row for each. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from workspace.question import plan as p
from workspace.question.dates import AND_BEFORE, resolve, shift, whole

_LATER = (1, 40, 200)  # days after its own at which the words of a period are read once more


def beside_before(plan: p.Plan) -> p.Plan | None:
    """The plan of the same figures per period, over its period and the one before; None where it has none.

    Args:
        plan: of one row of figures, over one whole year, quarter, month, week or day: "revenue in 2025".

    Example:
        >>> total = p.Output(p.Aggregate("sum", p.Column("sale", "total")), "revenue")
        >>> year = p.Between(p.Column("sale", "day"), p.Literal("2025-01-01"), p.Literal("2026-01-01"), period="2025")
        >>> both = beside_before(p.Plan("sale", (total,), where=(year,)))
        >>> both.where[0].low.value, both.where[0].period, both.group[0].grain
        ('2024-01-01', '2025 and the one before', 'year')
    """
    if not _one_row(plan):
        return None
    stretches = [item for item in plan.where if isinstance(item, p.Between) and not item.closed]
    if len(stretches) != 1:
        return None
    (stretch,) = stretches
    grain = _grain(stretch)
    if grain is None or not stretch.period or any(output.label.casefold() == grain for output in plan.outputs):
        return None
    of, low = stretch.of, stretch.low
    assert isinstance(of, p.Column) and isinstance(low, p.Literal)
    before = shift(date.fromisoformat(str(low.value)), grain, -1)
    both = replace(stretch, low=p.Literal(before.isoformat()), period=stretch.period + AND_BEFORE)
    bucket = p.Bucket(of, grain)
    return replace(
        plan,
        outputs=(p.Output(bucket, grain, format="period"), *plan.outputs),
        where=tuple(both if item is stretch else item for item in plan.where),
        group=(bucket,),
        order=(p.Order(bucket),),
        chart="",
    )


def pairs(plan: p.Plan) -> bool:
    """Does a plan still ask for a period and the one before, a row for each, as `beside_before` made it?"""
    bucket = plan.group[0] if len(plan.group) == 1 else None
    stretches = [item for item in plan.where if isinstance(item, p.Between) and item.period.endswith(AND_BEFORE)]
    if not isinstance(bucket, p.Bucket) or len(stretches) != 1 or (days := _days(stretches[0])) is None:
        return False
    return shift(days[1], bucket.grain, -2) == days[0]


def widened(wanted: p.Predicate, was: p.Predicate) -> p.Predicate:
    """What a reader chose, and the period before it where ``was`` had the one before, too.

    Where it is no whole period it stays as it is: `pairs` says so.
    """
    if not (isinstance(was, p.Between) and was.period.endswith(AND_BEFORE) and isinstance(wanted, p.Between)):
        return wanted
    days = _days(wanted)
    grain = whole(*days) if days is not None else None
    if days is None or grain is None or not wanted.period:
        return wanted
    return replace(wanted, low=p.Literal(shift(days[0], grain, -1).isoformat()), period=wanted.period + AND_BEFORE)


def _one_row(plan: p.Plan) -> bool:
    """Are its outputs figures of all rows together, each a figure of these rows alone?"""
    nested = any(isinstance(node, p.Plan | p.Scalar) for node in p.walk(plan)[1:])
    more = plan.group or plan.having or plan.order or plan.limit or plan.top or plan.base or plan.combine
    return not nested and not more and bool(plan.outputs) and len(plan.measures) == len(plan.outputs)


def _grain(stretch: p.Between) -> p.Grain | None:
    """The kind of period that a stretch is exactly one of, whenever its words are read; None where it is none."""
    days = _days(stretch) if isinstance(stretch.of, p.Column) else None
    if days is None:
        return None
    grain = whole(*days)
    # "year to date" is a day on the first of January, "last 30 days" a month now and then.
    read = [resolve(stretch.period, days[0] + timedelta(days=later)) for later in _LATER]
    return grain if all(found is not None and whole(*found) == grain for found in read) else None


def _days(stretch: p.Between) -> tuple[date, date] | None:
    """The first day of a stretch and the one after its last; None where its edges are no days."""
    edges = [edge.value for edge in (stretch.low, stretch.high) if isinstance(edge, p.Literal)]
    try:
        low, high = (date.fromisoformat(str(edge)) for edge in edges)
    except ValueError:
        return None
    return low, high
