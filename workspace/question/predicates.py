"""Conditions of a plan as sqlglot trees, within the scope of one SELECT."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlglot import exp

from workspace.database import catalog as schema
from workspace.errors import PlanInvalid
from workspace.question import periods
from workspace.question import plan as form
from workspace.question.plan import Plan
from workspace.question.related import related
from workspace.question.terms import COMPARISONS, Scope, Tree, text


def predicate(scope: Scope, node: Any) -> Tree:
    """A condition; raises `PlanInvalid` for what the catalog does not have."""
    match node:
        case form.Compare():
            return _compare(scope, node)
        case form.Between():
            return _between(scope, node)
        case form.Among():
            return _among(scope, node)
        case form.Missing():
            null = exp.Not(this=exp.Null()) if node.negated else exp.Null()
            return exp.Is(this=scope.expr(node.of), expression=null)
        case form.Related():
            return related(scope, node, predicate)
        case form.Any_() | form.All_():
            return _connective(scope, node)
        case form.Not_():
            inner = predicate(scope, node.item)
            return exp.Not(this=_grouped(inner))
    raise PlanInvalid("The plan has a part that is no condition.")


def _connective(scope: Scope, node: form.Any_ | form.All_) -> Tree:
    kind = exp.Or if isinstance(node, form.Any_) else exp.And
    if not node.items:
        raise PlanInvalid("A condition is empty.")
    trees = [predicate(scope, item) for item in node.items]
    if len(trees) == 1:
        return trees[0]
    tree = _grouped(trees[0])
    for other in trees[1:]:
        tree = kind(this=tree, expression=_grouped(other))
    return tree


def _compare(scope: Scope, node: form.Compare) -> Tree:
    kind = COMPARISONS.get(node.op)
    if kind is None:
        raise PlanInvalid(f"{node.op!r} is no comparison.")
    if isinstance(node.right, form.Literal) and node.right.value is None:
        return predicate(scope, form.Missing(node.left, negated=node.op != "="))
    if node.op in ("like", "not like"):
        return _like(scope, node)
    meta = scope.meta(node.left)
    if meta is not None and isinstance(node.right, form.Literal):
        value = node.right.value
        if _dated(meta) and isinstance(value, str) and periods.ISO.fullmatch(value):
            return _compare_date(scope, node, meta, value)
        if meta.profile.encoding == "year" and isinstance(value, str | int) and str(value)[:4].isdigit():
            return kind(this=scope.expr(node.left), expression=scope.statement.bind(periods.adapt(meta, str(value))))
    right = node.right
    if isinstance(node.left, form.Bucket) and isinstance(right, form.Literal) and _counted(node.left.grain):
        right = form.Literal(int(str(right.value))) if str(right.value).isdigit() else right
    left = _side(scope, node.left)
    if node.op in ("<", "<=", ">", ">=") and isinstance(right, form.Literal) and isinstance(right.value, int | float):
        left = scope.sized(node.left, left)
    return kind(this=left, expression=_side(scope, right))


def _side(scope: Scope, node: Any) -> Tree:
    tree = scope.expr(node)
    return exp.Paren(this=tree) if isinstance(tree, exp.Predicate) else tree


def _like(scope: Scope, node: form.Compare) -> Tree:
    """The right side is a pattern: ``%`` and ``_`` are wildcards unless a backslash precedes them."""
    tree: Tree = exp.Like(this=scope.expr(node.left), expression=scope.expr(node.right))
    if isinstance(node.right, form.Literal) and "\\" in str(node.right.value):
        tree = exp.Escape(this=tree, expression=text("\\"))
    return exp.Not(this=tree) if node.op == "not like" else tree


def _compare_date(scope: Scope, node: form.Compare, meta: schema.Column, value: str) -> Tree:
    """Against a day, a column of moments means the stretch from its midnight to the next."""
    left = periods.moment(scope.expr(node.left), meta)
    bind = scope.statement.bind
    if not (periods.has_times(meta) and len(value) == 10):
        return COMPARISONS[node.op](this=left, expression=bind(periods.adapt(meta, value)))
    start, end = periods.adapt(meta, value), periods.adapt(meta, periods.day_after(value))
    match node.op:
        case "<" | ">=":
            return COMPARISONS[node.op](this=left, expression=bind(start))
        case "<=":
            return exp.LT(this=left, expression=bind(end))
        case ">":
            return exp.GTE(this=left, expression=bind(end))
        case "=":
            return exp.And(
                this=exp.GTE(this=left, expression=bind(start)),
                expression=exp.LT(this=left.copy(), expression=bind(end)),
            )
    return exp.Or(
        this=exp.LT(this=left, expression=bind(start)), expression=exp.GTE(this=left.copy(), expression=bind(end))
    )


def _between(scope: Scope, node: form.Between) -> Tree:
    meta = scope.meta(node.of)
    low, high, closed = node.low, node.high, node.closed
    bounds = [bound.value for bound in (low, high) if isinstance(bound, form.Literal)]
    tree = scope.expr(node.of)
    tree = scope.sized(node.of, tree) if any(isinstance(bound, int | float) for bound in bounds) else tree
    if meta is not None and _dated(meta) and all(isinstance(b, str) and periods.ISO.fullmatch(b) for b in bounds):
        first, last = (str(bound) for bound in bounds)
        if meta.profile.encoding == "year":
            return _between_years(scope, tree, meta, first, last, closed)
        if closed and periods.has_times(meta) and len(last) == 10:
            last, closed = periods.day_after(last), False
        tree = periods.moment(tree, meta)
        low, high = form.Literal(periods.adapt(meta, first)), form.Literal(periods.adapt(meta, last))
    if closed:
        return exp.Between(this=tree, low=scope.expr(low), high=scope.expr(high))
    above = exp.GTE(this=tree, expression=scope.expr(low))
    return exp.And(this=above, expression=exp.LT(this=tree.copy(), expression=scope.expr(high)))


def _between_years(scope: Scope, tree: Tree, meta: schema.Column, low: str, high: str, closed: bool) -> Tree:
    """Years are all the column has: a year counts when the stretch touches it."""
    first, last = int(low[:4]), int(high[:4])
    if not closed and high[4:10] == "-01-01":
        last -= 1
    start, end = (scope.statement.bind(periods.adapt(meta, f"{year:04d}")) for year in (first, max(first, last)))
    if first >= last:
        return exp.EQ(this=tree, expression=start)
    return exp.Between(this=tree, low=start, high=end)


def _among(scope: Scope, node: form.Among) -> Tree:
    if node.plan is not None:
        plan = node.plan
        if node.negated:
            plan = _without_nulls(plan)  # NOT IN is never true once the list holds a NULL
        query = exp.Subquery(this=scope.select(scope.statement, plan))
        tree: Tree = exp.In(this=scope.expr(node.of), query=query)
    else:
        if not node.values:
            raise PlanInvalid("There is no value to compare with.")
        meta = scope.meta(node.of)
        if meta is not None and _dated(meta):
            return predicate(scope, _any_date(node))
        tree = exp.In(this=scope.expr(node.of), expressions=[scope.expr(value) for value in node.values])
    return exp.Not(this=tree) if node.negated else tree


def _dated(meta: schema.Column) -> bool:
    return meta.temporal or bool(meta.profile.encoding)


def _counted(grain: str) -> bool:
    return grain in ("year", "month_of_year", "weekday", "hour")


def _any_date(node: form.Among) -> form.Predicate:
    test = form.Any_(tuple(form.Compare(node.of, "=", value) for value in node.values))
    return form.Not_(test) if node.negated else test


def _without_nulls(plan: Plan) -> Plan:
    shown = [output for output in plan.outputs if output.asked] or list(plan.outputs)
    if not shown or form.aggregates(shown[0].expr):
        return plan
    return replace(plan, where=(*plan.where, form.Missing(shown[0].expr, negated=True)))


def _grouped(tree: Tree) -> Tree:
    return exp.Paren(this=tree) if isinstance(tree, exp.And | exp.Or) else tree
