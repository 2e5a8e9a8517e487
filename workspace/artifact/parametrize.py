"""A column as a parameter of an artifact: "Germany" in a question becomes a choice over the countries. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from workspace.artifact.asked import decide, decides
from workspace.artifact.following import astray
from workspace.artifact.format import heading, words
from workspace.artifact.model import Artifact, Bound, Filter, NamedQuery, Param, Shown, Text, Value
from workspace.artifact.phrase import where
from workspace.database.catalog import Catalog, Column
from workspace.errors import ArtifactInvalid, PlanInvalid
from workspace.question import plan as p
from workspace.question.explain import explain, per

MOST_OFFERED = 1_000  # different values of a choice; more are searched by their text
_MANNER = re.compile(r"(, (highest|lowest|oldest|newest|latest|earliest) first|, as an? [a-z ]+)+\Z")


@dataclass(frozen=True, slots=True)
class Target:
    """The column that a parameter is over, in the spelling of the catalog."""

    table: str
    column: Column
    role: str = ""


def parametrize(
    artifact: Artifact, queries: Sequence[str], column: str, catalog: Catalog, *, several: bool = False
) -> Artifact:
    """The artifact with a parameter over a column.

    A condition that the queries have on the column gives the default; without one everything is shown until the reader
    chooses. Titles and headings that name the value which can now be changed are written without it.

    Args:
        artifact: what is to get the parameter.
        queries: the names of those that it decides; every one of the catalog's source that it fits when empty.
        column: ``customer.country``, or ``country`` where that names one column.
        catalog: of the source.
        several: may several values be chosen?

    Raises:
        ArtifactInvalid: no such column, or no query that it could decide.
    """
    unknown = [name for name in queries if name not in {q.name for q in artifact.queries}]
    chosen = [q for q in artifact.queries if q.source == catalog.source and (not queries or q.name in queries)]
    if unknown or not chosen:
        named = f" {', '.join(unknown or queries)}" if queries else ""
        raise ArtifactInvalid(f"“{artifact.title}” has no query{named} of {catalog.source}.")
    plans = {q.name: p.Plan.from_dict(q.plan) for q in chosen if q.plan is not None}
    if not plans:
        raise ArtifactInvalid(
            "A query without a plan takes parameters in its SQL only.", hint="Write the condition as column = :name."
        )
    target = _target(column, list(plans.values()), catalog)
    present = [item for plan in plans.values() for item in _conditions(plan, target)]
    param, op = param_over(artifact, target, present, several, catalog)
    edited = {
        q.name: made
        for q in chosen
        if q.name in plans and (made := under(q, plans[q.name], Bound(
            param=param.name, table=target.table, column=target.column.name, role=target.role, op=op
        ), param, catalog)) is not None
    }  # fmt: skip
    if not edited:
        bound = Bound(param=param.name, table=target.table, column=target.column.name, role=target.role, op=op)
        reason = next((said for plan in plans.values() if (said := astray(plan, bound, param, catalog))), "")
        raise ArtifactInvalid(
            f"{target.table}.{target.column.name} cannot decide what this query shows"
            + (f": {reason}." if reason else ".")
        )
    param = param.model_copy(update={"query": _offers(param, target, catalog)})
    made = tuple(edited.get(q.name, q) for q in artifact.queries)
    renamed = {q.question: edited[q.name].question for q in artifact.queries if q.name in edited}
    return artifact.model_copy(
        update={
            "title": _renamed(artifact.title, renamed),
            "queries": made,
            "blocks": tuple(_neutral(block, renamed) for block in artifact.blocks),
            "params": (*artifact.params, param),
        }
    )


def without_param(artifact: Artifact, name: str) -> Artifact:
    """The artifact without a parameter; its queries stay as they are at its default.

    Raises:
        ArtifactInvalid: there is no such parameter.
    """
    if name not in {param.name for param in artifact.params}:
        raise ArtifactInvalid(f"“{artifact.title}” has no parameter {name}.")
    queries = tuple(
        query.model_copy(update={"bound": tuple(bound for bound in query.bound if bound.param != name)})
        for query in artifact.queries
    )
    blocks = tuple(b for b in artifact.blocks if not (isinstance(b, Filter) and b.param == name))
    params = tuple(param for param in artifact.params if param.name != name)
    return artifact.model_copy(update={"queries": queries, "blocks": blocks, "params": params})


def rebound(answer: Artifact, before: NamedQuery, params: Sequence[Param], catalog: Catalog) -> Artifact:
    """An answer that was asked anew, under the parameters of the one it takes the place of.

    A condition that is another one now was asked for: it stays, and no parameter decides it.

    Args:
        answer: an artifact of one query.
        before: the query it takes the place of.
        params: of the artifact that has both.
        catalog: of the source.
    """
    query, title = answer.queries[0], answer.title
    known = {param.name: param for param in params}
    for bound in before.bound:
        plan = p.Plan.from_dict(query.plan) if query.plan is not None else None
        if plan is None or before.plan is None or _held(plan, bound) != _held(p.Plan.from_dict(before.plan), bound):
            continue
        made = under(query, plan, bound, known[bound.param], catalog)
        if made is not None:
            title = made.question[:200] if made.question != query.question else title
            query = made
    kept = tuple(known[bound.param] for bound in query.bound)
    return answer.model_copy(update={"title": title, "queries": (query,), "params": kept})


def _held(plan: p.Plan, bound: Bound) -> list[Any]:
    """The conditions of a plan that a parameter decides."""
    while plan.base is not None:
        plan = plan.base
    return [item for item in plan.where if decides(bound, item)]


# ------------------------------------------------------------------------------------------------------ the column
def _target(text: str, plans: Sequence[p.Plan], catalog: Catalog) -> Target:
    table, _, name = text.rpartition(".")
    found = [
        (entry.name, column)
        for entry in catalog.tables
        for column in entry.columns
        if column.name.lower() == name.lower() and (not table or entry.name.lower() == table.lower())
    ]
    used = {
        (node.table.lower(), node.name.lower())
        for plan in plans
        for node in p.walk(plan, subplans=True)
        if isinstance(node, p.Column)
    }
    spoken = [entry for entry in found if (entry[0].lower(), entry[1].name.lower()) in used]
    found = spoken if len(found) > 1 and spoken else found
    if not found:
        raise ArtifactInvalid(f"There is no column {text}.", hint="Write it as table.column.")
    if len(found) > 1:
        several = ", ".join(f"{entry}.{column.name}" for entry, column in found[:4])
        raise ArtifactInvalid(f"Several columns are called {text}: {several}.", hint="Write it as table.column.")
    owner, column = found[0]
    roles = {
        node.role
        for plan in plans
        for node in p.walk(plan, subplans=True)
        if isinstance(node, p.Column)
        and (node.table.lower(), node.name.lower()) == (owner.lower(), column.name.lower())
    }
    return Target(owner, column, min(roles) if roles and "" not in roles else "")


def _conditions(plan: p.Plan, target: Target) -> Iterator[Any]:
    inner = plan
    while inner.base is not None:
        inner = inner.base
    for op in ("=", "between", ">", ">=", "<", "<=", "like"):
        bound = Bound(param="x", table=target.table, column=target.column.name, role=target.role, op=op)
        yield from (item for item in inner.where if decides(bound, item))


# ---------------------------------------------------------------------------------------------------- the parameter
def param_over(
    artifact: Artifact, target: Target, present: Sequence[Any], several: bool, catalog: Catalog
) -> tuple[Param, Any]:
    column = target.column
    first = present[0] if present else None
    label = _label(target, catalog)
    if column.temporal or column.profile.encoding:
        return _made(artifact, target, label, "daterange", _days_of(first)), "between"
    if column.kind == "boolean":
        return _made(artifact, target, label, "bool", _value_of(first)), "="
    if isinstance(first, p.Compare) and first.op != "=" and column.numeric and isinstance(first.right, p.Literal):
        word = {">": "above", ">=": "at least", "<": "below", "<=": "at most"}[first.op]
        return _made(artifact, target, f"{label} {word}", "number", first.right.value), first.op
    measured = column.kind == "real" and first is None  # an amount: nobody chooses one of a list of them
    if measured or column.profile.distinct > MOST_OFFERED:
        if column.numeric:
            return _made(artifact, target, f"{label} at least", "number", None), ">="
        return _made(artifact, target, f"{label} contains", "text", None), "like"
    values = _value_of(first)
    kind = "multi" if several or isinstance(values, tuple) else "choice"
    if kind == "multi" and values is not None and not isinstance(values, tuple):
        values = (values,)
    return _made(artifact, target, label, kind, values), "="


def _label(target: Target, catalog: Catalog) -> str:
    """A column that names the rows of its table is called by the table: the name of a genre is the genre."""
    column = p.Column(target.table, target.column.name)
    said = per(column, catalog, p.Plan(target.table, (p.Output(column, ""),)))
    return heading(said if said != words(target.column.name) else target.column.name)


def _made(artifact: Artifact, target: Target, label: str, kind: Any, default: Value) -> Param:
    taken = {name for param in artifact.params for name in (param.name, *param.sql_names)}
    said = label if label.isascii() and not label.endswith((" above", " below", " contains")) else target.column.name
    base = re.sub(r"[^a-z0-9]+", "_", words(said.removesuffix(" at least"))).strip("_")[:30] or "value"
    if not base[0].isalpha() or re.fullmatch(r"p[0-9]+", base):
        base = f"by_{base}"
    name, number = base, 1
    while name in taken or f"{name}_from" in taken or f"{name}_to" in taken:
        number += 1
        name = f"{base}_{number}"
    return Param(name=name, label=label[:80], type=kind, default=default)


def _value_of(item: Any) -> Any:
    match item:
        case p.Compare(op="=", right=p.Literal(value=value)):
            return value
        case p.Among(values=values):
            return tuple(literal.value for literal in values)
        case p.Any_(items=items):
            return tuple(dict.fromkeys(_value_of(one) for one in items))
    return None


def _days_of(item: Any) -> str | None:
    """The days of a condition as a default: its own words where they move with the clock, else first and last day."""
    match item:
        case p.Between(low=p.Literal(value=low), high=p.Literal(value=high), period=period, closed=closed):
            return period if period and not period[:4].isdigit() else f"{_day(low)}/{_day(high, 0 if closed else -1)}"
        case p.Compare(op=op, right=p.Literal(value=value)):
            if op in (">", ">="):
                return f"{_day(value, 1 if op == '>' else 0)}/"
            return f"/{_day(value, -1 if op == '<' else 0)}" if op in ("<", "<=") else f"{_day(value)}/{_day(value)}"
    return None


def _day(value: Any, days: int = 0) -> str:
    text = str(value)[:10]
    try:
        return (date.fromisoformat(text) + timedelta(days=days)).isoformat()
    except ValueError:
        return ""


def _offers(param: Param, target: Target, catalog: Catalog) -> NamedQuery | None:
    """The query that reads what is offered."""
    if param.type not in ("choice", "multi"):
        return None
    from workspace.question.sql import to_query

    column = p.Column(target.table, target.column.name)
    shown = p.Output(column, heading(target.column.name))
    plan = p.Plan(target.table, (shown,), (p.Missing(column, negated=True),), order=(p.Order(column),), distinct=True)
    made = to_query(plan, catalog)
    return NamedQuery(
        name="offered", source=catalog.source, sql=made.sql, dialect=made.dialect, plan=plan.to_dict(),
        question=f"{heading(target.column.name)} of {words(target.table)}", columns=(Shown(name=shown.label),),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------------- the queries
def under(query: NamedQuery, plan: p.Plan, bound: Bound, param: Param, catalog: Catalog) -> NamedQuery | None:
    """The query with its condition in the parameter's hands, None where the column is out of its reach."""
    from workspace.question.sql import to_query

    if astray(plan, bound, param, catalog):
        return None
    free = decide(plan, bound, None)
    try:
        # A query that had no such condition, beside one that had, is shown under the same default from now on.
        usual = plan if free != plan or param.type == "daterange" else decide(plan, bound, param.default)
        made = to_query(usual, catalog, once=True)
        explained = explain(usual, catalog)
    except PlanInvalid:
        return None
    changes: dict[str, Any] = {"bound": (*query.bound, bound), "sql": made.sql, "plan": usual.to_dict()}
    changes["params"] = {name: value for name, value in made.params.items() if not isinstance(value, bytes)}
    changes["explanation"] = explained
    if free != plan:
        changes["question"] = _title(free, catalog)
    return query.model_copy(update=changes)


# ------------------------------------------------------------------------------------------------------------ words
def _title(plan: p.Plan, catalog: Catalog) -> str:
    """What a plan is about, as a title."""
    if plan.measures and plan.dimensions and plan.limit is None and plan.top is None and plan.base is None:
        said = " and ".join(output.label[:1].lower() + output.label[1:] for output in plan.dimensions)
        return f"{heading(plan.measures[0].label)} per {said}{where(plan)}"
    return _MANNER.sub("", explain(plan, catalog))


def _renamed(text: str, renamed: dict[str, str]) -> str:
    """A title that is the words of a question whose value can now be changed, in words without it."""
    from workspace.artifact.compose import title_for

    for before, after in renamed.items():
        if before != after and title_for(before).casefold() == text.strip().casefold():
            return after
    return text


def _neutral(block: Any, renamed: dict[str, str]) -> Any:
    if not isinstance(block, Text) or not block.template.startswith("#"):
        return block
    line, cut, rest = block.template.partition("\n")
    marks, _, title = line.partition(" ")
    after = _renamed(re.sub(r"\\(.)", r"\1", title), renamed)
    return block if after == title else block.model_copy(update={"template": f"{marks} {after}{cut}{rest}"})
