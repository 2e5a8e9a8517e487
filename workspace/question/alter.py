"""Pure changes of a plan: another measure, another grain, one filter less. Chips and follow-ups are made of these.

Each gives a new plan in which everything that hung on the changed part follows: the order, the first-of-each, the
grouping, the heading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from workspace.errors import PlanInvalid
from workspace.question import plan as form
from workspace.question.plan import Grain, Order, Output, Plan

CHARTS = ("", "bar", "stacked", "line", "area", "scatter", "pie")


@dataclass(frozen=True, slots=True)
class Dimension:
    """One thing that figures are per: the outputs that show it and the keys it is grouped by."""

    outputs: tuple[Output, ...]
    keys: tuple[form.Expr, ...]

    @property
    def expr(self) -> form.Expr:
        return self.outputs[0].expr if self.outputs else self.keys[0]


def dimensions(plan: Plan) -> tuple[Dimension, ...]:
    """What the plan's figures are per, in order; a customer's key and name are one dimension.

    Example:
        >>> country = form.Column("customer", "country")
        >>> shown = Output(country, "country"), Output(form.Aggregate("count"), "customers")
        >>> figures = Plan("customer", shown, group=(country,))
        >>> [dimension.expr.name for dimension in dimensions(figures)]
        ['country']
    """
    outputs = list(plan.dimensions)
    found: list[Dimension] = []
    used: set[Any] = set()
    shown = {output.expr for output in outputs}
    for key in plan.group:
        if key in shown or not isinstance(key, form.Column):
            continue
        owned = tuple(o for o in outputs if o.expr not in used and _owner(o.expr) == _owner(key))
        owned_keys = tuple(k for k in plan.group if isinstance(k, form.Column) and _owner(k) == _owner(key))
        if any(key in dimension.keys for dimension in found):
            continue
        used.update(o.expr for o in owned)
        used.update(owned_keys)
        found.append(Dimension(owned, owned_keys))
    for output in outputs:
        if output.expr not in used and not isinstance(output.expr, form.Literal | form.Scalar):
            used.add(output.expr)
            found.append(Dimension((output,), tuple(k for k in plan.group if k == output.expr)))
    for key in plan.group:
        if key not in used and not any(key in dimension.keys for dimension in found):
            found.append(Dimension((), (key,)))
    place = {output.expr: position for position, output in enumerate(plan.outputs)}
    return tuple(sorted(found, key=lambda dimension: place.get(dimension.expr, len(place))))


def _owner(expr: Any) -> tuple[str, str] | None:
    columns = [node for node in form.walk(expr) if isinstance(node, form.Column)]
    if isinstance(expr, form.Bucket) or not columns:
        return None
    owners = {(column.table.lower(), column.role) for column in columns}
    return owners.pop() if len(owners) == 1 else None


# ------------------------------------------------------------------------------------------------------- measures
def with_measure(plan: Plan, measure: form.Expr, *, label: str = "", old: form.Expr | None = None) -> Plan:
    """The plan with another figure; order and first-of-each follow it.

    Args:
        plan: a plan; one without a figure gets it as a further column.
        measure: the new figure; where the old one is a share, the new one becomes a share too.
        label: its heading, "" for none of its own.
        old: the figure that gives way; the first if None.

    Example:
        >>> total, count = form.Aggregate("sum", form.Column("invoice", "total")), form.Aggregate("count")
        >>> figures = Plan("invoice", (Output(count, "invoices"),), order=(Order(count),))
        >>> with_measure(figures, total, label="revenue").order == (Order(total),)
        True
    """
    target = old if old is not None else next((output.expr for output in plan.measures), None)
    if target is None:
        return add_output(plan, Output(measure, label or "figure"))
    if isinstance(target, form.Share) and not isinstance(measure, form.Share) and _summable(measure):
        measure = form.Share(measure)
    outputs = tuple(
        Output(measure, label or output.label, output.asked, "percent" if isinstance(measure, form.Share) else "")
        if output.expr == target
        else output
        for output in plan.outputs
    )
    changed = replace(plan, outputs=_without_twins(outputs), order=_swapped(plan.order, target, measure))
    if plan.top is not None:
        changed = replace(changed, top=replace(plan.top, order=_swapped(plan.top.order, target, measure)))
    return changed


def _summable(measure: form.Expr) -> bool:
    return isinstance(measure, form.Aggregate) and measure.function in ("sum", "count")


def _without_twins(outputs: Sequence[Output]) -> tuple[Output, ...]:
    kept: dict[Any, Output] = {}
    for output in outputs:
        kept.setdefault(output.expr, output)
    return tuple(kept.values())


def _swapped(orders: Sequence[Order], old: form.Expr, new: form.Expr) -> tuple[Order, ...]:
    return tuple(replace(order, expr=new) if order.expr == old else order for order in orders)


def without_output(plan: Plan, expr: form.Expr) -> Plan | None:
    """The plan without a column, or None when nothing would be left to show."""
    outputs = tuple(output for output in plan.outputs if output.expr != expr)
    if not any(output.asked for output in outputs):
        return None
    order = tuple(o for o in plan.order if o.expr != expr)
    limit = plan.limit if order or not plan.order else None
    return replace(plan, outputs=outputs, order=order, limit=limit)


def add_output(plan: Plan, output: Output) -> Plan:
    """The plan with one column more; in a grouped plan a plain column also groups."""
    if any(known.expr == output.expr for known in plan.outputs):
        return plan
    figure = form.aggregates(output.expr)
    if figure and not plan.grouped:
        group = tuple(known.expr for known in plan.outputs if not isinstance(known.expr, form.Literal | form.Scalar))
        return replace(plan, outputs=(*plan.outputs, output), group=group, distinct=False)
    group = plan.group
    if plan.grouped and not figure:
        group = (*(plan.group or tuple(known.expr for known in plan.dimensions)), output.expr)
        place = len(plan.dimensions)
        return replace(plan, outputs=(*plan.outputs[:place], output, *plan.outputs[place:]), group=group)
    return replace(plan, outputs=(*plan.outputs, output))


# ----------------------------------------------------------------------------------------------------- dimensions
def with_dimension(plan: Plan, expr: form.Expr, *, label: str = "", old: Dimension | None = None) -> Plan:
    """The plan per something else; a list becomes a count per ``expr``.

    A time is put in its own order; anything else keeps the order by the figure, or gets it where the order was time's.

    Args:
        plan: a plan.
        expr: the new dimension: a column, or a `Bucket` of one.
        label: its heading.
        old: the dimension that gives way; the first if None. A plan without one gets it in addition.
    """
    heading = Output(expr, label or _heading(expr))
    if not plan.grouped:
        count = form.Aggregate("count")
        counted = replace(
            plan, outputs=(heading, Output(count, "count")), group=(expr,), order=(), limit=None, top=None
        )
        return replace(_in_order(counted, expr), distinct=False)
    present = dimensions(plan)
    old = old if old is not None else (present[0] if present else None)
    if old is None:
        added = replace(plan, outputs=(heading, *plan.outputs), group=(*plan.group, expr))
        return _in_order(added, expr)
    gone = {output.expr for output in old.outputs} | set(old.keys)
    first = next((place for place, output in enumerate(plan.outputs) if output.expr in gone), 0)
    outputs = [output for output in plan.outputs if output.expr not in gone and output.expr != expr]
    outputs.insert(min(first, len(outputs)), heading)
    group = _placed(plan.group or tuple(output.expr for output in plan.dimensions), gone, expr)
    order = tuple(dict.fromkeys(replace(o, expr=expr) if o.expr in gone else o for o in plan.order))
    changed = replace(plan, outputs=tuple(outputs), group=group, order=order)
    if plan.top is not None:
        partition = _placed(plan.top.partition, gone, expr) if gone & set(plan.top.partition) else plan.top.partition
        changed = replace(changed, top=replace(plan.top, partition=partition))
    return _in_order(_rooted(changed), expr)


def _rooted(plan: Plan) -> Plan:
    """A table that was there for the dimension that is gone gives way to the one the figure is about."""
    measured = next(
        (node for output in plan.measures for node in form.walk(output.expr) if isinstance(node, form.Column)), None
    )
    if measured is None or measured.role or measured.table == plan.root or plan.roles or plan.joins or plan.optional:
        return plan
    for part in (
        *plan.outputs,
        *plan.group,
        *plan.where,
        *plan.having,
        *plan.order,
        *((plan.top,) if plan.top else ()),
    ):
        for node in form.walk(part):
            own = isinstance(node, form.Column) and node.table.lower() == plan.root.lower()
            counts = (
                isinstance(node, form.Aggregate) and node.of is None and node.table.lower() in ("", plan.root.lower())
            )
            if own or counts or (isinstance(node, form.Related) and not node.source):
                return plan
    return replace(plan, root=measured.table)


def _placed(exprs: Sequence[Any], gone: set[Any], new: Any) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(new if expr in gone else expr for expr in exprs)) or (new,)


def _heading(expr: form.Expr) -> str:
    if isinstance(expr, form.Bucket):
        return {"month_of_year": "month", "weekday": "weekday"}.get(expr.grain, expr.grain)
    return expr.name if isinstance(expr, form.Column) else "part"


def _in_order(plan: Plan, expr: form.Expr) -> Plan:
    """Times run forward unless rows are cut off; other things are not left in an order of times."""
    if plan.limit is not None or plan.top is not None or plan.combine is not None:
        return plan
    if isinstance(expr, form.Bucket):
        descending = any(order.descending for order in plan.order if order.expr == expr)
        return replace(plan, order=(Order(expr, descending),))
    figure = next((output.expr for output in plan.measures), None)
    if figure is not None and (not plan.order or plan.order[0].expr == expr):
        return replace(plan, order=(Order(figure, descending=True),))
    return plan


def without_dimension(plan: Plan, old: Dimension) -> Plan | None:
    """The plan not told apart by this dimension; None when it has no figures to add up."""
    if not plan.measures or not dimensions(plan):
        return None
    gone = {output.expr for output in old.outputs} | set(old.keys)
    outputs = tuple(output for output in plan.outputs if output.expr not in gone)
    outputs = tuple(replace(o, asked=True) if form.aggregates(o.expr) else o for o in outputs)
    group = tuple(expr for expr in plan.group if expr not in gone)
    changed = replace(plan, outputs=outputs, group=group)
    if not dimensions(changed):
        return replace(changed, group=(), order=(), limit=None, having=(), top=None, distinct=False, optional=())
    order = tuple(o for o in plan.order if o.expr not in gone)
    top = plan.top
    if top is not None:
        partition = tuple(expr for expr in top.partition if expr not in gone)
        top = replace(top, partition=partition) if partition else None
    return replace(changed, order=order, top=top)


def with_grain(plan: Plan, grain: Grain, column: form.Column | None = None) -> Plan:
    """The plan with its time cut to another grain.

    Args:
        plan: a plan.
        grain: the new grain.
        column: the date to use where the plan is not per a time yet.

    Raises:
        PlanInvalid: when there is neither a time in the plan nor a ``column``.
    """
    if grain not in get_args(Grain):
        raise PlanInvalid(f"Dates cannot be grouped by {grain}.")
    present = dimensions(plan) if plan.grouped else ()
    for dimension in present:
        expr = dimension.expr
        if isinstance(expr, form.Bucket) and (column is None or expr.of == column):
            return with_dimension(plan, form.Bucket(expr.of, grain), old=dimension)
    if column is None:
        raise PlanInvalid("There is no date to group by.")
    new = form.Bucket(column, grain)
    same = next((dimension for dimension in present if dimension.expr == column), None)
    return with_dimension(plan, new, old=same)


# -------------------------------------------------------------------------------------------------------- filters
def subject(predicate: Any) -> Any:
    """What a condition is about: its column or figure, a related table's name; None for a compound one."""
    match predicate:
        case form.Compare():
            return predicate.left.of if isinstance(predicate.left, form.Bucket) else predicate.left
        case form.Between() | form.Among() | form.Missing():
            return predicate.of
        case form.Related():
            return ("related", predicate.table.lower(), predicate.where and subject(predicate.where[0]))
        case form.Not_():
            return subject(predicate.item)
        case form.Any_():
            subjects = {subject(item) for item in predicate.items}
            return subjects.pop() if len(subjects) == 1 else None
    return None


def with_filter(plan: Plan, predicate: form.Predicate) -> Plan:
    """The plan under a condition; one on the same column gives way to it, one on a figure goes to the groups."""
    about = subject(predicate)
    figures = any(isinstance(node, form.Aggregate | form.Share) for node in form.walk(predicate))
    present = plan.having if figures else plan.where
    kept: list[Any] = []
    placed = False
    for item in present:
        if about is not None and subject(item) == about:
            if not placed:
                kept.append(predicate)
            placed = True
        else:
            kept.append(item)
    if not placed:
        kept.append(predicate)
    return replace(plan, having=tuple(kept)) if figures else replace(plan, where=tuple(kept))


def without_filter(plan: Plan, predicate: form.Predicate) -> Plan:
    """The plan without a condition of its rows or groups."""
    where = tuple(item for item in plan.where if item != predicate)
    return replace(plan, where=where, having=tuple(item for item in plan.having if item != predicate))


# --------------------------------------------------------------------------------------------- order, limit, chart
def with_order(plan: Plan, *orders: Order) -> Plan:
    """The plan in another order; none for the order of the data."""
    return replace(plan, order=tuple(orders))


def with_limit(plan: Plan, limit: int | None) -> Plan:
    """The plan with the first ``limit`` rows only, None for all; figures that are cut off are put highest first."""
    if limit is not None and limit < 1:
        raise PlanInvalid("At least one row must be shown.")
    changed = replace(plan, limit=limit)
    if limit is not None and not plan.order and plan.measures and plan.dimensions:
        changed = replace(changed, order=(Order(plan.measures[0].expr, descending=True),))
    return changed


def with_chart(plan: Plan, mark: str) -> Plan:
    """The plan with the mark a person asked for: bar, line, area, scatter, pie, or "" for the one that fits."""
    if mark not in CHARTS:
        raise PlanInvalid(f"There is no {mark} chart.")
    return replace(plan, chart=mark)
