"""Rows that have, or have not, rows of another table: ``key IN (SELECT …)``, or EXISTS where that speaks of the row.

IN is preferred because it is found once: EXISTS without an index looks through the other table for every row (measured:
67,000 rows for each of 7,000 takes over 5 s, against 6 ms).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp

from workspace.database import catalog as schema
from workspace.database.catalog import Catalog
from workspace.errors import PlanInvalid
from workspace.question import plan as form
from workspace.question.joins import Draw, Link, between, connect, loops, multiplied, outside
from workspace.question.terms import COMPARISONS, Scope, Tree, add_from, number

Say = Callable[[Scope, Any], Tree]

_HOLDS: dict[str, Callable[[int, int], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_OPPOSITE: dict[str, form.Operator] = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


@dataclass(frozen=True, slots=True)
class Reach:
    """How a row's related rows are found.

    Args:
        first: the link from the row to the first table.
        links: the joins from there on.
        target: key of the related table.
        where: what the related rows fulfil.
        start: the row's table.
    """

    first: Link
    links: tuple[Link, ...]
    target: str
    where: tuple[form.Predicate, ...]
    start: str

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.first.table, *(link.table for link in self.links))

    @property
    def correlated(self) -> bool:
        """Must the inside speak of the row outside: in a condition, or in a key of several columns?"""
        if len(self.first.columns) != 1:
            return True
        inside = {key.lower() for key in self.keys}
        own = [node for item in self.where for node in outside(item) if isinstance(node, form.Column)]
        deep = [node for item in self.where for node in form.walk(item) if isinstance(node, form.Column)]
        if any(column.role or column.table.lower() not in inside for column in own):
            return True
        return self.start.lower() not in inside and any(column.table.lower() == self.start.lower() for column in deep)


def reach(catalog: Catalog, draw: Draw, node: form.Related) -> Reach:
    """The joins from the row of ``node.source`` to its related rows; raises `PlanInvalid` when there are none."""
    source = _key(draw, node.source)
    path = _path(catalog, draw, node, source)
    start, target = draw.tables[source].name, catalog.table(node.table).name
    inside = set()
    for item in node.where:
        for part in outside(item):
            if isinstance(part, form.Column) and not part.role and part.table:
                inside.add(catalog.table(part.table).name)
            elif isinstance(part, form.Related) and part.source:
                inside.add(catalog.table(part.source).name)
    inside -= {link.table for link in path} | ({start} if start != target else set())
    further = connect(catalog, target, sorted(inside)) if inside else ()
    further = tuple(link for link in further if link.table not in {step.table for step in path})
    return Reach(path[0], path[1:] + further, target, node.where, start)


def speaks_outward(catalog: Catalog, draw: Draw, node: form.Related) -> bool:
    """Will the condition need the names of the row outside, so that they must be written with their table?"""
    return reach(catalog, draw, node).correlated


def related(scope: Scope, node: form.Related, say: Say) -> Tree:
    """The condition that a row has (has not) related rows, or so many of them.

    Args:
        scope: of the row.
        node: the condition.
        say: writes a predicate within a scope.
    """
    if scope.draw is None:
        raise PlanInvalid("An inner result has no related rows.")
    if node.op is not None and node.op not in _HOLDS:
        raise PlanInvalid(f"{node.op!r} does not compare a number of rows.")
    found = reach(scope.statement.catalog, scope.draw, node)
    if found.correlated:
        return _exists(scope, found, node, say)
    op, count, negated = node.op or ">=", node.count, node.negated
    if count is None:
        return keys_among(scope, found, say, negated=negated)
    if _HOLDS[op](0, count):  # none at all would do as well: leave out those with another number
        op, negated = _OPPOSITE[op], not negated
    return keys_among(scope, found, say, negated=negated, op=op, count=count)


def keys_among(
    scope: Scope, found: Reach, say: Say, *, negated: bool = False, op: form.Operator = ">=", count: int = 1
) -> Tree:
    """The row's key is (is not) among the keys of the related rows, at least one or ``op count`` of each."""
    statement = scope.statement.nested()
    inner = _within(scope, found, statement=statement)
    head, (column,), (own,) = found.first.table, found.first.columns, found.first.source_columns
    key = form.Column(inner.draw.tables[head].name if inner.draw else head, column)
    conditions = [say(inner, item) for item in found.where]
    if negated and _may_lack(inner, key):  # NOT IN is never true once the list holds a NULL
        conditions.append(say(inner, form.Missing(key, negated=True)))
    query = add_from(exp.Select(expressions=[inner.column(key)]), inner, {})
    if conditions:
        query = query.where(*conditions, copy=False)
    if not (_HOLDS[op](1, count) and op in (">=", ">", "!=")):
        assert inner.draw is not None
        inner.fanned = multiplied(inner.draw, {(head.lower(), column.lower())})
        counted = inner.aggregate(form.Aggregate("count", table=found.target))
        query.set("group", exp.Group(expressions=[inner.column(key)]))
        query.having(COMPARISONS[op](this=counted, expression=scope.statement.bind(count)), copy=False)
    left = _own_key(scope, found.first.source, own)
    tree: Tree = exp.In(this=left, query=exp.Subquery(this=query))
    if not negated:
        return tree
    assert scope.draw is not None
    meta = scope.draw.tables[found.first.source].column(own)
    if (meta.profile.nulls == 0 and meta.profile.exact) or not meta.nullable:
        return exp.Not(this=tree)
    return exp.Or(this=exp.Is(this=left.copy(), expression=exp.Null()), expression=exp.Not(this=tree))


def _own_key(scope: Scope, key: str, column: str) -> Tree:
    return scope.statement.column(column, scope.aliases[key] if scope.qualified else "")


def _may_lack(scope: Scope, key: form.Column) -> bool:
    meta: schema.Column = scope.find(key)[2]
    return meta.nullable and not meta.primary


def _exists(scope: Scope, found: Reach, node: form.Related, say: Say) -> Tree:
    inner = _within(scope, found, outer=scope)
    conditions: list[Tree] = []
    for one, other in zip(found.first.columns, found.first.source_columns, strict=True):
        theirs = inner.statement.column(one, inner.aliases[found.first.table])
        conditions.append(
            exp.EQ(this=theirs, expression=scope.statement.column(other, scope.aliases[found.first.source]))
        )
    conditions += [say(inner, item) for item in found.where]
    query = add_from(exp.Select(expressions=[number(1)]), inner, {}).where(*conditions, copy=False)
    tree: Tree = exp.Exists(this=query)
    if node.count is not None:
        assert inner.draw is not None
        inner.fanned = multiplied(inner.draw)
        query.set("expressions", [inner.aggregate(form.Aggregate("count", table=found.target))])
        tree = COMPARISONS[node.op or ">="](this=exp.Subquery(this=query), expression=scope.statement.bind(node.count))
    return exp.Not(this=tree) if node.negated else tree


def _within(scope: Scope, found: Reach, *, statement: Any = None, outer: Scope | None = None) -> Scope:
    """The scope of the related rows."""
    catalog = scope.statement.catalog
    draw = Draw(found.first.table, {key: catalog.table(key) for key in found.keys}, found.links)
    statement = statement or scope.statement
    aliases = {key: statement.alias(key) for key in draw.tables}
    nested = any(isinstance(part, form.Related) for item in found.where for part in form.walk(item))
    qualified = outer is not None or len(draw.tables) > 1 or nested
    return Scope(statement, draw, scope.select, aliases, qualified=qualified, outer=outer)


# ------------------------------------------------------------------------------------------------------- the way
def _key(draw: Draw, table: str) -> str:
    for key in draw.tables:
        if key.lower() == table.lower():
            return key
    if table:
        raise PlanInvalid(f"{table} is out of reach here.")
    return draw.root


def _path(catalog: Catalog, draw: Draw, node: form.Related, source: str) -> tuple[Link, ...]:
    """Links from the source to the related table, the source's own first."""
    links = way(catalog, draw.tables[source].name, node)
    # The first link starts from the key that the source has in this scope, which may be a role's.
    return (replace(links[0], source=source), *links[1:])


def way(catalog: Catalog, start: str, node: form.Related) -> list[Link]:
    """Links from the table ``start`` to the related table, that of ``start`` first; raises `PlanInvalid`."""
    start, target = catalog.table(start).name, catalog.table(node.table).name
    links: list[Link] = []
    here, before = start, ""
    for stop in [*node.via, target]:
        stop = catalog.table(stop).name
        if stop == here:
            own = loops(catalog, here)
            if not own:
                raise PlanInvalid(f"{here} does not refer to itself.")
            links.append(Link(here, here, own[0].ref_columns, own[0].columns, True))
        elif stop == before:  # back by another key: a person's friends are persons
            back = between(catalog, here, stop)
            links.append(back[1] if len(back) > 1 else back[0])
        else:
            links += _line(connect(catalog, here, [stop]), stop)
        before, here = here, stop
    return [_by_key(catalog, link, node.key) for link in links] if node.key else links


def _by_key(catalog: Catalog, link: Link, key: str) -> Link:
    """The link by the key that was named, where it is between the link's tables."""
    for other in between(catalog, link.source, link.table):
        ends = {f"{link.source}.{other.source_columns[0]}", f"{link.table}.{other.columns[0]}"}
        if key in ends and len(other.columns) == 1:
            return other
    return link


def _line(links: Sequence[Link], target: str) -> list[Link]:
    """Of a tree's links those on the way to ``target``."""
    by_table = {link.table: link for link in links}
    line: list[Link] = []
    while target in by_table:
        line.insert(0, by_table[target])
        target = by_table[target].source
    return line
