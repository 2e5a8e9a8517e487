"""A query as it is meant now: with the values of its parameters, and with its relative dates taken from today.

Values reach the database as bound parameters only, and "all" leaves the condition out instead of comparing with a wild
card, so that indexes stay of use:

- A query with a plan has the condition in its plan replaced or dropped (`Bound`), and the plan rendered anew. Its
  values are bound under the parameter's name.
- A query that a model or a person wrote names the parameter: ``region = :region``. Several values are a list,
  ``region in (:regions)``, that becomes as many placeholders as there are values; of days, ``:period_from`` is the
  first and ``:period_to`` the one after the last. Where there is no value, the whole condition falls away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from workspace.artifact.model import Bound, NamedQuery, Param, Setting
from workspace.database.catalog import Catalog
from workspace.database.source import Source
from workspace.errors import ArtifactInvalid
from workspace.question import plan as p
from workspace.question.dates import resolve
from workspace.question.preceding import widened


def as_asked(query: NamedQuery, settings: Sequence[Setting], source: Source, today: date) -> NamedQuery:
    """The query with the values of its parameters, and its relative dates ("last month") meant from ``today``.

    Args:
        query: with the plan it was made of, if there is one.
        settings: the parameters as of now.
        source: whose catalog the plan is rendered with.
        today: the reader's date.

    Returns:
        the same object when nothing about it moves.

    Raises:
        PlanInvalid: the plan no longer fits the source's tables.
        ArtifactInvalid: the SQL has a parameter where a value is needed and there is none.
    """
    if query.plan is None:
        return _in_sql(query, settings) if settings else query
    if not query.bound and not any(periods(query.plan)):
        return query
    plan = p.Plan.from_dict(query.plan)
    known = {setting.param.name: setting for setting in settings}
    asked = plan
    for bound in query.bound:
        if bound.param in known:
            asked = decide(asked, bound, known[bound.param].value)
    asked = _as_of(asked, today)
    if asked == plan:
        return query
    return _rendered(query, asked, source.catalog(), _named(query, settings), explained=bool(query.bound))


def periods(plan: Any) -> Iterator[str]:
    """The words for stretches of time in a plan's JSON, found without decoding it."""
    if isinstance(plan, dict):
        if plan.get("is") == "between" and plan.get("period"):
            yield plan["period"]
        for value in plan.values():
            yield from periods(value)
    elif isinstance(plan, list):
        for value in plan:
            yield from periods(value)


def uses(query: NamedQuery, param: Param) -> bool:
    """Does a parameter decide anything in a query?"""
    if query.plan is not None:
        return any(bound.param == param.name for bound in query.bound)
    return any(re.search(rf":{name}\b", query.sql) for name in param.sql_names)


# --------------------------------------------------------------------------------------------------------- plans
def decide(plan: p.Plan, bound: Bound, value: Any) -> p.Plan:
    """The plan under the condition that ``value`` makes of a parameter; None takes the condition out.

    Args:
        plan: with or without a condition of this kind; inner plans and combined ones are meant too.
        bound: which column, and how it is compared.
        value: as in `Setting`.
    """
    if plan.combine is not None:
        plan = replace(plan, combine=replace(plan.combine, plan=decide(plan.combine.plan, bound, value)))
    if plan.base is not None:
        return replace(plan, base=decide(plan.base, bound, value))
    wanted = condition(bound, value)
    kept: list[p.Predicate] = []
    placed = wanted is None
    for item in plan.where:
        if not decides(bound, item):
            kept.append(item)
        elif not placed and wanted is not None:
            kept.append(widened(wanted, item))
            placed = True
    if not placed and wanted is not None:
        kept.append(wanted)
    return replace(plan, where=tuple(kept))


def condition(bound: Bound, value: Any) -> p.Predicate | None:
    """What ``value`` asks of a column, None for nothing."""
    column = p.Column(bound.table, bound.column, bound.role)
    if value is None or value in ((), (None, None)):
        return None
    if bound.op == "between":
        first, last = value
        if first is None:
            return p.Compare(column, "<", p.Literal(_after(last)))
        if last is None:
            return p.Compare(column, ">=", p.Literal(first))
        return p.Between(column, p.Literal(first), p.Literal(_after(last)), period=_calendar(first, last))
    if isinstance(value, tuple):
        if len(value) == 1:
            return p.Compare(column, "=", p.Literal(value[0]))
        return p.Among(column, tuple(p.Literal(one) for one in value))
    if bound.op == "like":
        return p.Compare(column, "like", p.Literal(f"%{_escaped(str(value))}%"))
    return p.Compare(column, bound.op, p.Literal(int(value) if isinstance(value, bool) else value))


def decides(bound: Bound, item: Any) -> bool:
    """Is this condition the one that the parameter decides?"""
    match item:
        case p.Compare(left=p.Column() as column, op=op, right=p.Literal()):
            fits = op == bound.op or (bound.op == "between" and op in ("<", "<=", ">", ">="))
        case p.Between(of=p.Column() as column, low=p.Literal(), high=p.Literal()):
            fits = bound.op == "between"
        case p.Among(of=p.Column() as column, plan=None, negated=False):
            fits = bound.op == "="
        case p.Any_(items=items):
            return all(decides(bound, one) for one in items)
        case _:
            return False
    same = column.table.lower() == bound.table.lower() and column.name.lower() == bound.column.lower()
    return fits and same and column.role == bound.role


def _rendered(
    query: NamedQuery, plan: p.Plan, catalog: Catalog, names: Mapping[Any, str], *, explained: bool
) -> NamedQuery:
    from workspace.question.explain import explain
    from workspace.question.sql import to_query

    made = to_query(plan, catalog, names=names, once=explained)
    params = {name: value for name, value in made.params.items() if not isinstance(value, bytes)}
    changes = {"sql": made.sql, "params": params, "plan": plan.to_dict()}
    if explained:
        changes["explanation"] = explain(plan, catalog)
    return query.model_copy(update=changes)


def _named(query: NamedQuery, settings: Sequence[Setting]) -> dict[Any, str]:
    """The names under which values are bound; the same value twice has the name of the first."""
    names: dict[Any, str] = {}
    used = {bound.param for bound in query.bound}
    for setting in settings:
        if setting.param.name in used:
            for name, value in _values(setting).items():
                if value is not None:
                    names.setdefault((type(value), value), name)
    return names


def _as_of(plan: p.Plan, today: date) -> p.Plan:
    def move(node: Any) -> Any:
        if not isinstance(node, p.Between) or not node.period or node.closed:  # closed: numbers of years, not days
            return node
        stretch = resolve(node.period, today)
        if stretch is None:
            return node
        sides = (node.low, node.high)
        moved = tuple(
            p.Literal(str(edge)) if edge is not None and isinstance(side, p.Literal) else side
            for edge, side in zip(stretch, sides, strict=True)
        )
        return node if moved == sides else replace(node, low=moved[0], high=moved[1])

    return p.replace_nodes(plan, move)


def _calendar(first: str, last: str) -> str:
    """The plain name of a stretch that is a whole year or month: sentences say "in 2024" rather than two days."""
    start, end = date.fromisoformat(first), date.fromisoformat(last) + timedelta(days=1)
    if (start.month, start.day, end.month, end.day, end.year - start.year) == (1, 1, 1, 1, 1):
        return str(start.year)
    if start.day == end.day == 1 and (end.year - start.year) * 12 + end.month - start.month == 1:
        return f"{start:%B %Y}"
    return ""


def _after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat() if day < "9999-12-31" else day


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


# ----------------------------------------------------------------------------------------------------------- SQL
def _values(setting: Setting) -> dict[str, Any]:
    """The values of a parameter by the names of their placeholders; a tuple stands for a list."""
    value, name = setting.value, setting.param.name
    if setting.param.type == "daterange":
        first, last = value or (None, None)
        return {f"{name}_from": first, f"{name}_to": _after(last) if last else None}
    if setting.param.type == "multi":
        return {f"{name}_{place}": one for place, one in enumerate(value or (), start=1)}
    return {name: int(value) if isinstance(value, bool) else value}


def _in_sql(query: NamedQuery, settings: Sequence[Setting]) -> NamedQuery:
    known: dict[str, Any] = {}
    for setting in settings:
        several = setting.param.type == "multi"
        known |= {setting.param.name: setting.value or ()} if several else _values(setting)
    if not any(f":{name}" in query.sql for name in known):
        return query
    import sqlglot
    from sqlglot import exp

    tree = sqlglot.parse_one(query.sql, dialect=query.dialect)
    params: dict[str, Any] = dict(query.params)
    edited = False
    for place in list(tree.find_all(exp.Placeholder)):
        if place.name not in known:
            continue
        value = known[place.name]
        if value is None or value == ():
            edited = _fall_away(place) or edited
        elif isinstance(value, tuple):
            names = [f"{place.name}_{number}" for number in range(1, len(value) + 1)]
            params |= dict(zip(names, value, strict=True))
            _spread(place, names)
            edited = True
        else:
            params[place.name] = value
    sql = tree.sql(dialect=query.dialect, pretty=True) if edited else query.sql
    return query.model_copy(update={"sql": sql, "params": params})


def _fall_away(place: Any) -> bool:
    """Takes out the condition that the placeholder stands in."""
    from sqlglot import exp

    node = place
    while not isinstance(node.parent, exp.And | exp.Or | exp.Where | exp.Having | exp.Join):
        node = node.parent
        if node is None or isinstance(node, exp.Query | exp.Limit):
            raise ArtifactInvalid(f"The parameter {place.name} needs a value here.", hint="Choose one.")
    node.replace(exp.true())
    return True


def _spread(place: Any, names: Sequence[str]) -> None:
    """One placeholder in a list becomes as many as there are values."""
    from sqlglot import exp

    if not isinstance(place.parent, exp.In):
        raise ArtifactInvalid(f"The parameter {place.name} has several values; its SQL must say “in (:{place.name})”.")
    others = [item for item in place.parent.expressions if item is not place]
    place.parent.set("expressions", [*others, *(exp.Placeholder(this=name) for name in names)])
