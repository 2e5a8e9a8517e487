"""The unit of an answer's figures, from the columns that they are worked out of. Pure."""

from __future__ import annotations

from typing import Any

from workspace.database.catalog import Catalog
from workspace.database.units import unit_of
from workspace.errors import PlanInvalid
from workspace.question import plan as p


def unit_in(expr: Any, plan: p.Plan, catalog: Catalog) -> str:
    """The unit of an expression's values, "" where there is none or the sum of units is not a plain one.

    A total, a mean, an extreme has the unit of its column; so has an amount times or by a number without one, such as
    a price times a quantity. A count and a share have none, and one that a number was divided by is another.

    Args:
        expr: of one of the plan's outputs.
        plan: the whole plan.
        catalog: its tables.

    Example:
        >>> from workspace.database.catalog import Column, Table
        >>> sale = Table("sale", (Column("price (€)", "real"), Column("quantity", "integer")))
        >>> price, quantity = p.Column("sale", "price (€)"), p.Column("sale", "quantity")
        >>> unit_in(p.Aggregate("sum", p.Arithmetic("*", price, quantity)), p.Plan("sale", ()), Catalog("x", (sale,)))
        '€'
    """
    match expr:
        case p.Column(table=""):
            inner = next((o for o in plan.base.outputs if o.label == expr.name), None) if plan.base else None
            return unit_in(inner.expr, plan.base, catalog) if inner is not None and plan.base is not None else ""
        case p.Column():
            return _of_column(expr, catalog)
        case p.Aggregate(function="count"):
            return ""
        case p.Aggregate():
            return unit_in(expr.of, plan, catalog)
        case p.Scalar():
            outputs = expr.plan.outputs
            return unit_in(outputs[0].expr, expr.plan, catalog) if len(outputs) == 1 else ""
        case p.Arithmetic():
            left, right = unit_in(expr.left, plan, catalog), unit_in(expr.right, plan, catalog)
            return _of_two(expr, left, right)
    return ""


def _of_two(expr: p.Arithmetic, left: str, right: str) -> str:
    if expr.op in ("+", "-"):
        return left if left == right else ""
    if expr.op == "/":
        return left if not right and not isinstance(expr.right, p.Literal) else ""
    return "" if (left and right) or "%" in (left, right) else left or right


def _of_column(column: p.Column, catalog: Catalog) -> str:
    try:
        return unit_of(catalog.column(column.table, column.name))
    except PlanInvalid:
        return ""
