"""Which columns could become parameters, and changing one: its label, its default, which queries follow it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from workspace.artifact.asked import condition, decide
from workspace.artifact.following import astray
from workspace.artifact.format import words
from workspace.artifact.model import Artifact, Bound, NamedQuery, Option, Param
from workspace.artifact.parametrize import MOST_OFFERED, Target, param_over, under
from workspace.artifact.settings import default_of, settle
from workspace.database.catalog import Catalog, Column, Table
from workspace.errors import ArtifactInvalid
from workspace.question import plan as p
from workspace.question.sql import to_query

MOST_TABLES = 12  # whose columns are looked at, the nearest first
MOST_REFUSED = 60  # tables whose columns are looked at for a reason why not
Unset = type("Unset", (), {"__repr__": lambda self: "UNSET"})
UNSET: Any = Unset()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A column that could become a parameter: ``table.column``, its label, its table in words, its type, for what."""

    column: str
    label: str
    place: str
    type: str
    queries: tuple[str, ...]


def candidates(artifact: Artifact, catalog: Catalog) -> tuple[Candidate, ...]:
    """The columns that could become parameters: of the tables that its queries read, then of those these point at.

    Keys, columns with one value, and those that are parameters already are left out.
    """
    near = _near(list(_plans(artifact, catalog).values()), catalog)
    return tuple(one for one in _columns(artifact, catalog, near) if one.queries)


def refused(artifact: Artifact, catalog: Catalog) -> tuple[Candidate, ...]:
    """The columns of the whole source that none of the queries may follow; `astray` says why."""
    return tuple(one for one in _columns(artifact, catalog, catalog.tables[:MOST_REFUSED]) if not one.queries)


def _plans(artifact: Artifact, catalog: Catalog) -> dict[str, p.Plan]:
    return {
        query.name: p.Plan.from_dict(query.plan)
        for query in artifact.queries
        if query.plan is not None and query.source == catalog.source
    }


def _columns(artifact: Artifact, catalog: Catalog, tables: Sequence[Table]) -> list[Candidate]:
    plans = _plans(artifact, catalog)
    taken = {(bound.table, bound.column) for query in artifact.queries for bound in query.bound}
    found: list[Candidate] = []
    for table in tables:
        keys = {name for key in catalog.foreign_keys if key.table == table.name for name in key.columns}
        keys |= set(table.primary_key)
        for column in table.columns:
            if (table.name, column.name) in taken or column.name in keys or not _steers(column):
                continue
            target = Target(table.name, column)
            param, op = param_over(artifact, target, (), False, catalog)
            bound = Bound(param=param.name, table=table.name, column=column.name, op=op)
            fits = tuple(name for name, plan in plans.items() if not astray(plan, bound, param, catalog))
            label = param.label if param.label.lower() != "name" else f"Name of {words(table.name)}"
            found.append(Candidate(f"{table.name}.{column.name}", label, words(table.name), param.type, fits))
    return found


def changed(
    artifact: Artifact,
    name: str,
    *,
    label: str | None = None,
    default: Any = UNSET,
    several: bool | None = None,
    required: bool | None = None,
    queries: Sequence[str] | None = None,
    offered: Sequence[Option] = (),
    catalog: Catalog | None = None,
    today: date,
) -> Artifact:
    """The artifact with a parameter changed; what is not given stays.

    Args:
        artifact: which has it.
        name: of the parameter.
        label: over its control.
        default: a value as its type has it, or the text that an address would have; None or "" for all.
        several: may several of the offered values be chosen?
        required: must a value be set?
        queries: which follow it; the others stay at its default.
        offered: the values that are offered now.
        catalog: of the source that its queries read; needed where these change.
        today: what a relative default means it from.

    Raises:
        ArtifactInvalid: no such parameter, a default that is not offered or malformed, a query that it does not fit.
    """
    param = _of(artifact, name)
    changes: dict[str, Any] = {}
    if label is not None:
        if not label.strip():
            raise ArtifactInvalid("A parameter needs a name that its readers see.")
        changes["label"] = " ".join(label.split())[:80]
    if several is not None and several != (param.type == "multi"):
        if param.type not in ("choice", "multi"):
            raise ArtifactInvalid(f"{param.label or name} is a {param.type}: it has one value.")
        changes["type"] = "multi" if several else "choice"
        if default is UNSET:
            held = param.default if isinstance(param.default, tuple) else (param.default,)
            default = (held if several else held[0]) if param.default not in (None, ()) else None
    made = param.model_copy(update=changes)
    if required is not None:
        made = made.model_copy(update={"required": required})
    if default is not UNSET:
        made = made.model_copy(update={"default": default_of(made, default, offered, today)})
    artifact = artifact.model_copy(
        update={"params": tuple(made if one.name == name else one for one in artifact.params)}
    )
    if catalog is not None and (queries is not None or made.default != param.default):
        artifact = _at_default(artifact, made, queries, catalog, today)
    return artifact


def _of(artifact: Artifact, name: str) -> Param:
    try:
        return artifact.param(name)
    except KeyError:
        raise ArtifactInvalid(f"“{artifact.title}” has no parameter {name}.") from None


def _at_default(
    artifact: Artifact, param: Param, wanted: Sequence[str] | None, catalog: Catalog, today: date
) -> Artifact:
    """The queries that follow a parameter, at its default; those that no longer do stay at the one it has now."""
    following = [query.name for query in artifact.queries if any(b.param == param.name for b in query.bound)]
    wanted = following if wanted is None else wanted
    if wanted and not following:
        raise ArtifactInvalid(
            "It is named in SQL that somebody wrote.", hint="Change the SQL to change what follows it."
        )
    if not wanted and following:
        raise ArtifactInvalid("A parameter that nothing follows does nothing.", hint="Remove it instead.")
    pattern = next((b for q in artifact.queries for b in q.bound if b.param == param.name), None)
    made: list[NamedQuery] = []
    for query in artifact.queries:
        bound = next((b for b in query.bound if b.param == param.name), None)
        if bound is not None:
            query = _rendered(query, bound, param, catalog, today)
        if query.name in wanted and bound is None:
            plan = p.Plan.from_dict(query.plan) if query.plan is not None else None
            taken = under(query, plan, pattern, param, catalog) if plan is not None and pattern is not None else None
            if taken is None:
                raise ArtifactInvalid(f"“{query.question or query.name}” cannot follow {param.label or param.name}.")
            query = taken
        elif query.name not in wanted and bound is not None:
            query = query.model_copy(update={"bound": tuple(b for b in query.bound if b.param != param.name)})
        made.append(query)
    return artifact.model_copy(update={"queries": tuple(made)})


def _rendered(query: NamedQuery, bound: Bound, param: Param, catalog: Catalog, today: date) -> NamedQuery:
    """A query with the default of its parameter as its condition."""
    from workspace.question.explain import explain

    if query.plan is None:
        return query
    plan = p.Plan.from_dict(query.plan)
    value = settle(Artifact(title="x", params=(param,)), (), {}, today)[0].value
    usual = decide(plan, bound, value)
    words_ = param.default if param.type == "daterange" and isinstance(param.default, str) else ""
    if words_ and "/" not in words_:  # it moves with the clock
        fixed, moving = condition(bound, value), None
        if isinstance(fixed, p.Between):
            moving = replace(fixed, period=words_)
        usual = p.replace_nodes(usual, lambda node: moving if moving is not None and node == fixed else node)
    if usual == plan:
        return query
    rendered = to_query(usual, catalog, once=True)
    bare = {name: one for name, one in rendered.params.items() if not isinstance(one, bytes)}
    return query.model_copy(
        update={"sql": rendered.sql, "params": bare, "plan": usual.to_dict(), "explanation": explain(usual, catalog)}
    )


# ------------------------------------------------------------------------------------------------------ candidates
def _near(plans: Sequence[p.Plan], catalog: Catalog) -> list[Table]:
    """The tables that plans read, then those that these point at, then those these do."""
    read: dict[str, None] = {}
    for plan in plans:
        for node in p.walk(plan, subplans=True):
            name = node.root if isinstance(node, p.Plan) else node.table if isinstance(node, p.Column) else ""
            if name:
                read.setdefault(name.lower())
    ring = list(read)
    for _ in range(2):
        ring = [k.ref_table.lower() for k in catalog.foreign_keys if k.table.lower() in ring]
        read |= dict.fromkeys(name for name in ring if name not in read)
    known = {table.name.lower(): table for table in catalog.tables}
    return [known[name] for name in read if name in known][:MOST_TABLES]


def _steers(column: Column) -> bool:
    """Does a column tell rows apart in a way that a person would choose by?"""
    names_rows = column.unique and column.profile.distinct > MOST_OFFERED
    return column.kind not in ("blob", "time") and column.profile.distinct != 1 and not names_rows
