"""Figures over tables whose rows the joins repeat: each row is taken once.

Tables that only filter are moved into ``key IN (SELECT …)``, where they cannot repeat anything. What is left is joined
in a derived table that numbers equal rows within each group, and the figures take the first of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlglot import exp

from workspace.question import plan as form
from workspace.question.joins import Draw, Link, fixed, multiplied, outside
from workspace.question.plan import Plan
from workspace.question.related import Reach
from workspace.question.terms import Scope, Tree


def gathered(plan: Plan) -> Iterator[Any]:
    """Nodes of the parts that speak of groups."""
    for part in (*plan.outputs, *plan.having, *plan.order, *((plan.top,) if plan.top else ())):
        yield from form.walk(part)


def gathers(plan: Plan) -> bool:
    """Does the plan gather rows into figures?"""
    return any(isinstance(node, form.Aggregate) for node in gathered(plan))


def repeats(scope: Scope, plan: Plan) -> bool:
    """Would a figure of the plan be wrong over the joined rows as they are?"""
    return any(scope.lifts(node) for node in gathered(plan) if isinstance(node, form.Aggregate))


# ----------------------------------------------------------------------------------------------- tables that filter
def set_aside(scope: Scope, plan: Plan) -> tuple[list[Reach], Plan]:
    """Takes the branches that only filter, and repeat rows by it, out of the scope's joins.

    Returns:
        The branches, whose keys are to be looked for instead, and the plan without their conditions.
    """
    assert scope.draw is not None
    branches = _branches(scope, scope.draw, plan)
    if not branches:
        return [], plan
    gone = {link.table for branch in branches for link in (branch.first, *branch.links)}
    for key in gone:
        scope.statement.release(scope.aliases.pop(key))
    links = tuple(link for link in scope.draw.links if link.table not in gone)
    tables = {key: table for key, table in scope.draw.tables.items() if key not in gone}
    scope.draw = Draw(scope.draw.root, tables, links)
    scope.qualified = len(tables) > 1
    placed = {item for branch in branches for item in branch.where}
    plan = replace(plan, where=tuple(item for item in plan.where if item not in placed))
    scope.fanned = multiplied(scope.draw, fixed(plan))
    return branches, plan


def _branches(scope: Scope, draw: Draw, plan: Plan) -> list[Reach]:
    shown = {_key(scope, node) for part in _parts(plan) for node in outside(part) if isinstance(node, form.Column)}
    counted = [node for node in gathered(plan) if isinstance(node, form.Aggregate) and node.of is None]
    shown |= {scope.table_key(node.table) for node in counted}
    conditions = {item: {_key(scope, n) for n in outside(item) if isinstance(n, form.Column)} for item in plan.where}
    found: list[Reach] = []
    taken: set[str] = set()
    for link in draw.links:
        if link.source in taken or link.table in taken:
            taken.add(link.table)
            continue
        members = _below(draw, link)
        keys = {link.table, *(member.table for member in members)}
        inside = tuple(item for item, used in conditions.items() if used and used <= keys)
        across = any(used & keys and not used <= keys for used in conditions.values())
        related = any(isinstance(n, form.Related) and n.source in keys for item in plan.where for n in outside(item))
        roles = any(not scope.statement.catalog.has(key) for key in keys)
        many = link.many or any(member.many for member in members)
        joint = len(link.columns) > 1
        if keys & shown or across or related or roles or link.optional or joint or not many or not inside:
            continue
        found.append(Reach(link, members, link.table, inside, link.source))
        taken |= keys
    return found


def _parts(plan: Plan) -> tuple[Any, ...]:
    return (*plan.outputs, *plan.group, *plan.having, *plan.order, *((plan.top,) if plan.top else ()))


def _key(scope: Scope, column: form.Column) -> str:
    return scope.find(column)[1]


def _below(draw: Draw, first: Link) -> tuple[Link, ...]:
    keys = {first.table}
    members = []
    for link in draw.links:
        if link.source in keys and link is not first:
            keys.add(link.table)
            members.append(link)
    return tuple(members)


# ------------------------------------------------------------------------------------------------ rows taken once
def number_rows(scope: Scope, plan: Plan) -> tuple[Scope, list[Tree]]:
    """The columns of a derived table in which the first of equal rows is numbered 1, and a scope over it."""
    assert scope.draw is not None
    statement = scope.statement
    outer = Scope(statement, scope.draw, scope.select, scope.aliases, fanned=scope.fanned)
    columns: list[Tree] = []
    used: set[str] = set()

    def carry(expr: Any, tree: Tree, wanted: str) -> None:
        name, number = wanted, 1
        while name.lower() in used:
            number += 1
            name = f"{wanted}_{number}"
        used.add(name.lower())
        columns.append(exp.Alias(this=tree, alias=statement.identifier(name)))
        outer.known[expr] = statement.column(name)

    labelled = {output.expr: output.label for output in plan.outputs}
    keys = [expr for expr in _carried(plan, scope) if not isinstance(expr, form.Aggregate)]
    for expr in keys:
        carry(expr, scope.expr(expr), labelled.get(expr, expr.name if isinstance(expr, form.Column) else "part"))
    group = plan.group or tuple(o.expr for o in plan.outputs if not form.aggregates(o.expr))
    for node in dict.fromkeys(part for part in gathered(plan) if isinstance(part, form.Aggregate)):
        if node.of is not None and node.of not in outer.known:
            carry(node.of, scope.expr(node.of), node.of.name if isinstance(node.of, form.Column) else "figure")
        grain = scope.grain(node)
        if grain and grain not in outer.first:
            name = "first_" + "_".join(scope.aliases[key] for key in grain)
            columns.append(exp.Alias(this=_numbered(scope, grain, group), alias=statement.identifier(name)))
            outer.first[grain] = name
        elif node.of is None and not grain and scope.draw.optional(scope.table_key(node.table)):
            key = scope.table_key(node.table)
            carry(key, scope.row_key(key)[0], f"{scope.aliases[key]}_key")
    return outer, columns


def _numbered(scope: Scope, grain: tuple[str, ...], group: Sequence[Any]) -> Tree:
    """ROW_NUMBER over equal rows of the group; NULL where an optional table has no row."""
    assert scope.draw is not None
    partition = [scope.expr(expr) for expr in group]
    keys = [column for key in grain for column in scope.row_key(key)]
    window = exp.Window(this=exp.RowNumber(), partition_by=[*partition, *keys], over="OVER")
    if not any(scope.draw.optional(key) for key in grain):
        return window
    there = exp.Not(this=exp.Is(this=keys[0].copy(), expression=exp.Null()))
    return exp.Case(ifs=[exp.If(this=there, true=window)])


def _carried(plan: Plan, scope: Scope) -> list[Any]:
    """Expressions that are needed outside of the derived table, figures apart."""
    found: dict[Any, None] = dict.fromkeys(plan.group)

    def descend(node: Any) -> None:
        if node in found or isinstance(node, form.Aggregate | form.Literal | form.Scalar | Plan):
            return
        if isinstance(node, form.Column | form.Bucket | form.Joined):
            found[node] = None
            return
        for child in form.children(node):
            descend(child)

    for part in (*plan.outputs, *plan.having, *plan.order, *((plan.top,) if plan.top else ())):
        descend(part)
    return list(found)
