"""What could be asked next: three plans near to the one that was answered, each of another kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from workspace.database.catalog import Catalog
from workspace.errors import PlanInvalid
from workspace.question.alter import with_dimension, with_limit
from workspace.question.edit import Maker, beside, chips
from workspace.question.plan import Between, Bucket, Column, Output, Plan
from workspace.question.reading import Option
from workspace.question.speech import GRAINS
from workspace.question.sql import check

_FINER = {"year": "quarter", "quarter": "month", "month": "week", "week": "day"}
_MANY = 10


def follow_ups(plan: Plan, catalog: Catalog, n: int = 3) -> tuple[Option, ...]:
    """Up to ``n`` next steps: a finer grain, a split, the largest few, the period before, a share.

    Args:
        plan: the plan that was answered.
        catalog: the tables it speaks of.
        n: how many to offer.
    """
    found: list[Option] = []
    kinds = list(_kinds(plan, catalog))
    while kinds and len(found) < n:
        for kind in list(kinds):
            option = next(kind, None)
            if option is None:
                kinds.remove(kind)
                continue
            fresh = option.plan != plan and all(option.plan != other.plan for other in found)
            if fresh and _compiles(option.plan, catalog) and len(found) < n:
                found.append(option)
    return tuple(found)


def _kinds(plan: Plan, catalog: Catalog) -> Iterator[Iterator[Option]]:
    """One stream of options per kind of step; they take turns."""
    if plan.combine is not None or plan.base is not None:
        return
    maker = Maker(plan, catalog)
    yield _finer(plan, catalog)
    if plan.measures and not plan.dimensions:
        yield _split(plan, maker)
    yield _before(plan, catalog)
    if plan.dimensions and plan.measures:
        yield _other_split(plan, catalog)
        if plan.limit is None and plan.top is None and not any(isinstance(o.expr, Bucket) for o in plan.dimensions):
            yield iter((Option("only the top 5", with_limit(plan, 5)),))
        yield _share(plan, catalog)
    if not plan.grouped:
        yield _counted(plan, maker)


def _finer(plan: Plan, catalog: Catalog) -> Iterator[Option]:
    """Per quarter after per year."""
    for chip in chips(plan, catalog):
        for bucket in (output.expr for output in plan.dimensions if isinstance(output.expr, Bucket)):
            wanted = f"per {GRAINS[_FINER[bucket.grain]]}" if bucket.grain in _FINER else ""
            yield from (option for option in chip.options if chip.kind == "dimension" and option.label == wanted)


def _split(plan: Plan, maker: Maker) -> Iterator[Option]:
    """A single figure over time, and per something with few values."""
    before = maker.inflated(plan)
    dates = maker.dates()
    columns = maker.groupable()
    if dates:
        grain = "month" if any(isinstance(item, Between) and item.period for item in plan.where) else "year"
        yield Option(f"per {grain}", with_dimension(plan, Bucket(dates[0], grain), label=grain))
    for column in columns:
        changed = with_dimension(plan, column, label=maker.words(column))
        if maker.inflated(changed) <= before:
            yield Option(f"per {maker.words(column)}", changed)


def _before(plan: Plan, catalog: Catalog) -> Iterator[Option]:
    """The same for the period before."""
    for item in plan.where:
        if isinstance(item, Between) and isinstance(item.of, Column) and item.period:
            earlier = [other for other in beside(catalog, item.of, item) if str(other.low) < str(item.low)]
            for other in earlier[:1]:
                where = tuple(other if part == item else part for part in plan.where)
                yield Option(f"the same for {other.period}", replace(plan, where=where))


def _other_split(plan: Plan, catalog: Catalog) -> Iterator[Option]:
    """Per something else than now."""
    for chip in chips(plan, catalog):
        if chip.kind == "dimension":
            yield from (option for option in chip.options[:12] if not _same_kind(option.plan, plan))


def _same_kind(changed: Plan, plan: Plan) -> bool:
    def is_time(some: Plan) -> bool:
        return any(isinstance(output.expr, Bucket) for output in some.dimensions)

    return is_time(changed) and is_time(plan)


def _share(plan: Plan, catalog: Catalog) -> Iterator[Option]:
    for chip in chips(plan, catalog):
        if chip.kind == "measure":
            yield from (option for option in chip.options if option.label.startswith("share of"))


def _counted(plan: Plan, maker: Maker) -> Iterator[Option]:
    """A list, counted per something."""
    for column in maker.groupable()[:_MANY]:
        if all(not isinstance(o.expr, Column) or o.expr != column for o in plan.outputs):
            rows = replace(plan, outputs=tuple(Output(o.expr, o.label) for o in plan.outputs))
            yield Option(f"how many per {maker.words(column)}", with_dimension(rows, column, label=maker.words(column)))


def _compiles(plan: Plan, catalog: Catalog) -> bool:
    try:
        check(plan, catalog)
    except PlanInvalid:
        return False
    return True
