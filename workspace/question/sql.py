"""Plan + Catalog -> Query, built as a sqlglot tree; no text is pasted together and every value of a person is bound.

What the SQL promises beyond what the plan says:

- A figure is never inflated by joins. Where one row of a table would be met several times within a group, its rows are
  counted by their key, or numbered in a derived table and taken once.
- Rows that an optional table lacks stay, with 0 for counts and sums; conditions on an optional table only choose which
  of its rows are met.
- No hidden tie-breaker: rows that are equal under the plan's order come as the engine gives them, so that the SQL says
  exactly what the sentence says. Where a limit follows an ascending order, missing values come last.
- ``!=`` is SQL's: rows without a value fulfil no comparison.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp

from workspace.database.catalog import Catalog
from workspace.database.result import Query, Scalar
from workspace.errors import PlanInvalid
from workspace.question import plan as form
from workspace.question.joins import Draw, draw, fixed, multiplied, outside
from workspace.question.names import Statement, labels
from workspace.question.once import gathers, number_rows, repeats, set_aside
from workspace.question.plan import Order, Output, Plan
from workspace.question.predicates import predicate
from workspace.question.related import Reach, keys_among, speaks_outward
from workspace.question.terms import Scope, Tree, add_from, join_condition


def to_query(
    plan: Plan,
    catalog: Catalog,
    *,
    strict: bool = False,
    names: Mapping[tuple[type, Scalar], str] | None = None,
    once: bool = False,
) -> Query:
    """The SQL of a plan in the catalog's dialect, with its parameters.

    Args:
        plan: what was understood.
        catalog: the tables it speaks of; every name in the plan must be there.
        strict: keep only the columns that were asked for, not those that help to read the answer.
        names: what the placeholders of some values are called, by the value's type and the value.
        once: a row of a list is listed once, however many related rows fulfil a condition on them.

    Raises:
        PlanInvalid: when the plan names what the catalog does not have, or says what cannot be computed.

    Example:
        >>> from workspace.database.catalog import Catalog, Column, Table
        >>> from workspace.question.plan import Aggregate, Output, Plan
        >>> catalog = Catalog("x", (Table("artist", (Column("id", "integer"),), ("id",)),))
        >>> " ".join(to_query(Plan("artist", (Output(Aggregate("count"), "artists"),)), catalog).sql.split())
        'SELECT COUNT(*) AS artists FROM artist'
    """
    statement = Statement(catalog, names=names, once=once)
    tree = _tree(statement, plan, strict)
    return Query(tree.sql(dialect=catalog.dialect, pretty=True, copy=False), statement.params, catalog.dialect)


def to_text(plan: Plan, catalog: Catalog, *, strict: bool = False, pretty: bool = False) -> str:
    """The SQL of a plan as one text with its values written in: for measuring and for copying, never for running here.

    Args:
        plan, catalog, strict: as for `to_query`.
        pretty: over several lines.
    """
    statement = Statement(catalog)
    tree = _tree(statement, plan, strict)
    for place in list(tree.find_all(exp.Placeholder)):
        place.replace(_written(statement.params[place.name]))
    return tree.sql(dialect=catalog.dialect, pretty=pretty, copy=False)


def _written(value: object) -> Tree:
    if value is None:
        return exp.Null()
    if isinstance(value, int | float):
        number = exp.Literal(this=repr(abs(value) if not isinstance(value, bool) else int(value)), is_string=False)
        return exp.Neg(this=number) if value < 0 else number
    return exp.Literal(this=str(value), is_string=True)


def _tree(statement: Statement, plan: Plan, strict: bool) -> exp.Query:
    try:
        return _select(statement, plan if strict else once_each(plan), strict=strict)
    except (AttributeError, TypeError, KeyError, RecursionError) as problem:
        raise PlanInvalid("The plan is malformed.") from problem


def once_each(plan: Plan) -> Plan:
    """The plan of a list with each thing once, where joined rows repeat it ("customers who ordered last month")."""
    listed = not (plan.distinct or plan.grouped or plan.group or plan.base or plan.combine or plan.top)
    shown = [output.expr for output in plan.outputs]
    columns = [node for expr in shown for node in form.walk(expr) if isinstance(node, form.Column)]
    repeats = bool(columns) and all(column.table != plan.root and not column.role for column in columns)
    fixed = plan.limit is None and all(order.expr in shown for order in plan.order)
    return replace(plan, distinct=True) if listed and repeats and fixed else plan


def check(plan: Plan, catalog: Catalog) -> None:
    """Raises `PlanInvalid` where `to_query` would, in less time than it takes."""
    _tree(Statement(catalog), plan, strict=False)


def column_names(plan: Plan, *, strict: bool = False) -> tuple[str, ...]:
    """The headings of the plan's result, as `to_query` writes them."""
    return tuple(labels([output.label for output in _shown(plan, strict)]))


def _shown(plan: Plan, strict: bool) -> tuple[Output, ...]:
    if not plan.outputs:
        raise PlanInvalid("The plan shows nothing.")
    asked = tuple(output for output in plan.outputs if output.asked)
    return tuple(part for output in asked for part in _apart(output)) if strict and asked else plan.outputs


def _apart(output: Output) -> tuple[Output, ...]:
    """A name put together for reading, as the columns that were asked for."""
    if not isinstance(output.expr, form.Joined):
        return (output,)
    return tuple(replace(output, expr=part, label=part.name) for part in output.expr.parts)


def _nested(statement: Statement, plan: Plan) -> exp.Query:
    return _select(statement, plan, strict=True)


def _select(statement: Statement, plan: Plan, *, strict: bool) -> exp.Query:
    if plan.limit is not None and (type(plan.limit) is not int or plan.limit < 0):
        raise PlanInvalid("The number of rows to show must be a whole number.")
    statement = statement.nested()
    if plan.combine is not None:
        return _combined(statement, plan)
    if plan.top is not None or any(_shares(item) for item in plan.having):
        return _wrapped(statement, plan, strict)
    return _plain(statement, plan, strict)


def _shares(node: Any) -> bool:
    return any(isinstance(part, form.Share) for part in form.walk(node))


# -------------------------------------------------------------------------------------------------- one SELECT
@dataclass
class _Body:
    """A SELECT without its columns: the scope that they are written in, and the tree so far."""

    scope: Scope
    query: exp.Select


def _plain(statement: Statement, plan: Plan, strict: bool) -> exp.Select:
    outputs = _shown(plan, strict)
    names = labels([output.label for output in outputs])
    body = _body(statement, plan, names)
    query = body.query
    query.set("expressions", [_heading(body.scope, output, name) for output, name in zip(outputs, names, strict=True)])
    if plan.distinct:
        query.set("distinct", exp.Distinct())
    _finish(body, plan, outputs, names)
    return query


def _heading(scope: Scope, output: Output, name: str) -> Tree:
    tree = scope.expr(output.expr)
    if isinstance(tree, exp.Column) and tree.name == name:
        return tree
    return exp.Alias(this=tree, alias=scope.statement.identifier(name))


def _finish(body: _Body, plan: Plan, outputs: Sequence[Output], names: Sequence[str]) -> None:
    """ORDER BY and LIMIT; a column that is shown is ordered by its heading."""
    terms = []
    headings = {output.expr: name for output, name in zip(outputs, names, strict=True)}
    taken = {name.lower() for name in names}
    for order in plan.order:
        tree = _order_term(body.scope, order.expr, headings.get(order.expr), taken)
        terms.append(_ordered(body.scope, order, tree, cut=plan.limit is not None))
    if terms:
        body.query.set("order", exp.Order(expressions=terms))
    if plan.limit is not None:
        body.query.set("limit", exp.Limit(expression=exp.Literal(this=str(plan.limit), is_string=False)))


def _order_term(scope: Scope, expr: form.Expr, heading: str | None, taken: set[str]) -> Tree:
    tree = scope.expr(expr)
    if not isinstance(expr, form.Column) or not isinstance(tree, exp.Column):
        return tree if heading is None else scope.statement.column(heading)
    if heading is not None:  # a heading that is the column's own name is no alias, and may be in several tables
        return scope.sized(expr, tree if tree.name == heading else scope.statement.column(heading))
    if tree.name.lower() in taken and expr not in scope.known:
        return scope.sized(expr, scope.column(expr, qualified=True))  # the name alone would mean the heading
    return scope.sized(expr, tree)


def _ordered(scope: Scope, order: Order, tree: Tree, *, cut: bool) -> exp.Ordered:
    """One ORDER BY term. Where rows are cut off, missing values must not take the place of the smallest."""
    small_nulls = scope.statement.dialect in ("sqlite", "mysql", "spark")
    nulls_first = not order.descending if small_nulls else order.descending
    if cut and not order.descending and small_nulls:
        inner = order.expr.of if isinstance(order.expr, form.Aggregate | form.Bucket) else order.expr
        meta = scope.meta(inner) if isinstance(inner, form.Column) else None
        nulls_first = not (meta is not None and meta.profile.nulls > 0)
    return exp.Ordered(this=tree, desc=order.descending or None, nulls_first=nulls_first)


def _body(statement: Statement, plan: Plan, names: Sequence[str]) -> _Body:
    if plan.base is not None:
        return _over_base(statement, plan, plan.base)
    drawn = draw(statement.catalog, plan)
    aliases = {key: statement.alias(key) for key in drawn.tables}
    alone = len(drawn.tables) == 1 and not _correlates(statement.catalog, drawn, plan)
    scope = Scope(statement, drawn, _nested, aliases, qualified=not alone)
    grouping = gathers(plan)
    branches: list[Reach] = []
    if grouping:
        scope.fanned = multiplied(drawn, fixed(plan))
        if repeats(scope, plan):
            branches, plan = set_aside(scope, plan)
    elif statement.once and not plan.distinct:
        branches, plan = set_aside(scope, plan)
    rest, query = _from(exp.Select(), scope, plan)
    conditions = [predicate(scope, item) for item in rest]
    conditions += [keys_among(scope, branch, predicate) for branch in branches]
    if conditions:
        query = query.where(*conditions, copy=False)
    if grouping and repeats(scope, plan):
        scope, columns = number_rows(scope, plan)
        query.set("expressions", columns)
        query = exp.Select().from_(_derived(statement, query, "met_once"), copy=False)
    _gather(scope, query, plan, grouping)
    return _Body(scope, query)


def _correlates(catalog: Catalog, drawn: Draw, plan: Plan) -> bool:
    """Does a condition need the names of the row it is about within another SELECT?"""
    nodes = [node for item in plan.where for node in outside(item) if isinstance(node, form.Related)]
    return any(speaks_outward(catalog, drawn, node) for node in nodes)


def _gather(scope: Scope, query: exp.Select, plan: Plan, grouping: bool) -> None:
    """GROUP BY and HAVING. Without a group of its own, a plan is gathered by what it shows beside its figures."""
    group: Sequence[Any] = plan.group
    if not group and grouping:
        group = tuple(output.expr for output in plan.outputs if not form.aggregates(output.expr))
        group = tuple(expr for expr in group if not isinstance(expr, form.Literal | form.Scalar))
    if group:
        query.set("group", exp.Group(expressions=[scope.expr(expr) for expr in dict.fromkeys(group)]))
    having = [predicate(scope, item) for item in plan.having if not _shares(item)]
    if having:
        query.having(*having, copy=False)


def _over_base(statement: Statement, plan: Plan, base: Plan) -> _Body:
    if plan.root or plan.joins or plan.roles or plan.optional:
        raise PlanInvalid("A plan over an inner result has no tables of its own.")
    inner = _select(statement, base, strict=False)
    columns = {}
    for output, name in zip(base.outputs, column_names(base), strict=True):
        meta = None
        if isinstance(output.expr, form.Column) and base.base is None:
            meta = statement.catalog.column(output.expr.table, output.expr.name)
        columns.setdefault(output.label.lower(), (meta, name))
    scope = Scope(statement, None, _nested, base=columns)
    query = exp.Select().from_(_derived(statement, inner, "inner_result"), copy=False)
    conditions = [predicate(scope, item) for item in plan.where]
    if conditions:
        query = query.where(*conditions, copy=False)
    _gather(scope, query, plan, gathers(plan))
    return _Body(scope, query)


def _derived(statement: Statement, query: exp.Query, wanted: str) -> exp.Subquery:
    return exp.Subquery(this=query, alias=exp.TableAlias(this=statement.identifier(wanted)))


# ------------------------------------------------------------------------------------------------ optional tables
def _from(query: exp.Select, scope: Scope, plan: Plan) -> tuple[list[Any], exp.Select]:
    """FROM with all joins, and the conditions that are left for WHERE.

    A condition on optional tables belongs to their join, or it would throw out the rows that the plan keeps. When it is
    on a table further along than the branch's first, the whole branch is joined within brackets.
    """
    assert scope.draw is not None
    branches = _branches(scope)
    if not branches:
        return list(plan.where), add_from(query, scope, {})
    extra: dict[str, list[Tree]] = {}
    bracketed: set[str] = set()
    rest = []
    for item in plan.where:
        keys = _keys(scope, item)
        home = next((first for first, members in branches.items() if keys and keys <= members), None)
        if home is None or any(isinstance(part, form.Missing | form.Related) for part in form.walk(item)):
            rest.append(item)
            continue
        extra.setdefault(home, []).append(predicate(scope, item))
        if keys != {home}:
            bracketed.add(home)
    if not bracketed:
        return rest, add_from(query, scope, extra)
    return rest, _bracketed(query, scope, branches, bracketed, extra)


def _branches(scope: Scope) -> dict[str, set[str]]:
    """The keys of each optional branch, by the key it begins with."""
    assert scope.draw is not None
    home: dict[str, str] = {}
    branches: dict[str, set[str]] = {}
    for link in scope.draw.links:
        if link.optional:
            first = home.get(link.source, link.table)
            home[link.table] = first
            branches.setdefault(first, set()).add(link.table)
    return branches


def _keys(scope: Scope, item: Any) -> set[str]:
    return {scope.find(part)[1] for part in outside(item) if isinstance(part, form.Column)}


def _bracketed(
    query: exp.Select, scope: Scope, branches: dict[str, set[str]], bracketed: set[str], extra: dict[str, list[Tree]]
) -> exp.Select:
    assert scope.draw is not None
    inside = {key: first for first in bracketed for key in branches[first]}
    outer = replace(scope.draw, links=tuple(link for link in scope.draw.links if link.table not in inside))
    query = add_from(query, replace(scope, draw=outer), extra)
    for first in sorted(bracketed):
        links = [link for link in scope.draw.links if inside.get(link.table) == first]
        head = exp.Table(this=scope.statement.identifier(scope.draw.tables[first].name))
        _rename(head, scope, first)
        joins = []
        for link in links[1:]:
            table = exp.Table(this=scope.statement.identifier(scope.draw.tables[link.table].name))
            _rename(table, scope, link.table)
            joins.append(exp.Join(this=table, on=join_condition(scope, link, [])))
        head.set("joins", joins)
        on = join_condition(scope, links[0], extra[first])
        query = query.join(exp.Subquery(this=head), on=on, join_type="left", copy=False)
    return query


def _rename(table: exp.Table, scope: Scope, key: str) -> None:
    assert scope.draw is not None
    if scope.aliases[key] != scope.draw.tables[key].name:
        table.set("alias", exp.TableAlias(this=scope.statement.identifier(scope.aliases[key])))


# ---------------------------------------------------------------------------------- the first of each, and shares
def _wrapped(statement: Statement, plan: Plan, strict: bool) -> exp.Select:
    """A SELECT around the plan's: for the first n of each partition, and for conditions on shares."""
    outputs = _shown(plan, strict)
    names = labels([output.label for output in outputs])
    inside = replace(plan, order=(), limit=None, top=None, distinct=False)
    body = _body(statement, _with_order_of(inside, plan), names)
    columns = [_heading(body.scope, output, name) for output, name in zip(outputs, names, strict=True)]
    outer = Scope(statement, None, _nested, base={})
    outer.known = {output.expr: statement.column(name) for output, name in zip(outputs, names, strict=True)}
    shares = [item for item in plan.having if _shares(item)]
    wanted = [order.expr for order in plan.order]
    wanted += [part for item in shares for part in form.walk(item) if isinstance(part, form.Share)]
    for number, expr in enumerate(dict.fromkeys(wanted), start=1):
        if expr not in outer.known:
            name = f"part_{number}"
            columns.append(exp.Alias(this=body.scope.expr(expr), alias=statement.identifier(name)))
            outer.known[expr] = statement.column(name)
    conditions = [predicate(outer, item) for item in shares]
    if plan.top is not None:
        columns.append(exp.Alias(this=_place(body.scope, plan.top), alias=statement.identifier("place")))
        place = exp.LTE(this=statement.column("place"), expression=statement.bind(plan.top.n))
        conditions.append(exp.EQ(this=place.this, expression=place.expression) if plan.top.n == 1 else place)
    body.query.set("expressions", columns)
    query = exp.Select(expressions=[statement.column(name) for name in names])
    if plan.distinct:
        query.set("distinct", exp.Distinct())
    query = query.from_(_derived(statement, body.query, "ranked"), copy=False).where(*conditions, copy=False)
    _finish(_Body(outer, query), plan, outputs, names)
    return query


def _with_order_of(inside: Plan, plan: Plan) -> Plan:
    """The inner plan must reach, and gather, what the outer one orders by and ranks by."""
    further = tuple(Order(order.expr) for order in plan.order)
    return replace(inside, order=further, top=plan.top)


def _place(scope: Scope, top: form.Top) -> Tree:
    terms = []
    for order in top.order:
        if isinstance(order.expr, form.Share):  # a window cannot rank by a window; shares rank like what they are of
            order = replace(order, expr=order.expr.of)
        if _shares(order.expr):
            raise PlanInvalid("The first of each cannot be found by a figure made of shares.")
        terms.append(_ordered(scope, order, scope.sized(order.expr, scope.expr(order.expr)), cut=True))
    if not terms:
        raise PlanInvalid("The first of each needs an order.")
    return exp.Window(
        this=exp.Rank() if top.ties else exp.RowNumber(),
        partition_by=[scope.expr(expr) for expr in top.partition],
        order=exp.Order(expressions=terms),
        over="OVER",
    )


# ------------------------------------------------------------------------------------------------ set operations
def _combined(statement: Statement, plan: Plan) -> exp.Query:
    """A set operation. Columns that only help to read the answer would make equal rows differ: they stay out."""
    assert plan.combine is not None
    kinds: dict[str, type[exp.SetOperation]] = {"union": exp.Union, "intersect": exp.Intersect, "except": exp.Except}
    kind = kinds.get(plan.combine.kind)
    if kind is None:
        raise PlanInvalid(f"{plan.combine.kind!r} does not combine two results.")
    outputs = _shown(plan, strict=True)
    names = labels([output.label for output in outputs])
    left = _select(statement, replace(plan, order=(), limit=None, combine=None), strict=True)
    other = plan.combine.plan
    right = _select(statement, other, strict=True)
    if len(_shown(other, strict=True)) != len(outputs):
        raise PlanInvalid("The two results have different columns.")
    if other.limit is not None or other.combine is not None:
        right = exp.Select(expressions=[exp.Star()]).from_(_derived(statement, right, "other"), copy=False)
    tree = kind(this=left, expression=right, distinct=True)
    if not plan.order and plan.limit is None:
        return tree
    headings = {output.expr: name for output, name in zip(outputs, names, strict=True)}
    terms = []
    scope = Scope(statement, None, _nested)
    for order in plan.order:
        if order.expr not in headings:
            raise PlanInvalid("A combined result can be ordered by its own columns only.")
        terms.append(_ordered(scope, order, statement.column(headings[order.expr]), cut=False))
    if terms:
        tree.set("order", exp.Order(expressions=terms))
    if plan.limit is not None:
        tree.set("limit", exp.Limit(expression=exp.Literal(this=str(plan.limit), is_string=False)))
    return tree
