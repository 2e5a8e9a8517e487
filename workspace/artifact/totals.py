"""May the figures of a column be added up? Decided from the plan and the keys, never from the numbers."""

from __future__ import annotations

from typing import Any

from workspace.database.catalog import Catalog
from workspace.errors import PlanInvalid
from workspace.question import plan as p


def additive(plan: p.Plan, expr: Any, catalog: Catalog) -> bool:
    """Is the sum of ``expr`` over the result's rows the figure for all of them?

    Counts of rows and sums are, as long as each counted row falls into exactly one group (the groups are reached from
    it along keys, towards the parents) and no group was left out. Averages, distinct counts and extremes are not; nor
    is "customers per genre", where one customer stands under several genres.

    Args:
        plan: the whole plan.
        expr: of one of its outputs.
        catalog: its tables.
    """
    if plan.limit is not None or plan.having or plan.top or plan.base or plan.combine or not plan.group or plan.roles:
        return False
    if isinstance(expr, p.Share):
        return True
    if not isinstance(expr, p.Aggregate) or expr.function not in ("count", "sum") or expr.distinct:
        return False
    groups = {node.table for key in plan.group for node in p.walk(key) if isinstance(node, p.Column)}
    try:
        return all(groups <= _above(table, catalog) for table in _own(plan, expr))
    except PlanInvalid:
        return False


def partners(plan: p.Plan, expr: Any) -> tuple[str, ...]:
    """The tables that group a figure without being its own: rows of it that have no partner there are in no group.

    Example:
        >>> store, total = p.Column("stores", "name"), p.Aggregate("sum", p.Column("orders", "total"))
        >>> partners(p.Plan("orders", (p.Output(store, "Store"), p.Output(total, "Revenue")), group=(store,)), total)
        ('stores',)
    """
    figure = expr.of if isinstance(expr, p.Share) else expr
    if not isinstance(figure, p.Aggregate):
        return ()
    groups = [node.table for key in plan.group for node in p.walk(key) if isinstance(node, p.Column)]
    optional = {name.lower() for name in plan.optional}
    return tuple(dict.fromkeys(t for t in groups if t not in _own(plan, figure) and t.lower() not in optional))


def whole(plan: p.Plan, expr: Any) -> p.Plan:
    """The plan of a figure over all rows, whether they fall into a group or not."""
    spoken = {node.table for item in plan.where for node in p.walk(item) if isinstance(node, p.Column)}
    joins = tuple(step for step in plan.joins if step.table in spoken)
    return p.Plan(plan.root, (p.Output(expr, "whole"),), where=plan.where, joins=joins)


def _own(plan: p.Plan, expr: p.Aggregate) -> set[str]:
    own = {node.table for node in p.walk(expr.of) if isinstance(node, p.Column)} if expr.of is not None else set()
    own |= {expr.table} if expr.table else set()
    return own or {plan.root}


def _above(table: str, catalog: Catalog) -> set[str]:
    """The table and all that it points at, directly or not: for each of its rows at most one row of those."""
    found, waiting = {catalog.table(table).name}, [catalog.table(table).name]
    while waiting:
        current = waiting.pop()
        for key in catalog.keys_of(current):
            if key.table == current and key.ref_table not in found:
                found.add(key.ref_table)
                waiting.append(key.ref_table)
    return found
