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
    own = {node.table for node in p.walk(expr.of) if isinstance(node, p.Column)} if expr.of is not None else set()
    own |= {expr.table} if expr.table else set()
    own = own or {plan.root}
    groups = {node.table for key in plan.group for node in p.walk(key) if isinstance(node, p.Column)}
    try:
        return all(groups <= _above(table, catalog) for table in own)
    except PlanInvalid:
        return False


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
