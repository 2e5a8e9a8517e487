"""Which of several keys between two tables is meant: the words of the question say ("trips that *started* at …")."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from workspace.database.catalog import ForeignKey
from workspace.errors import PlanInvalid
from workspace.question import plan as form
from workspace.question.joins import draw
from workspace.question.plan import Plan, Step
from workspace.question.related import way
from workspace.question.resolve import WAYS
from workspace.question.routes import Edge, graph_of
from workspace.question.schema import Schema

_SILENT = frozenset({"id", "code", "key", "no", "number"})


Keys = dict[tuple[str, str], ForeignKey]


def keys_said(schema: Schema, said: Collection[str]) -> Keys:
    """Of the pairs of tables with several keys between them those where the words name another than the usual one.

    Args:
        schema: tables and keys.
        said: the words of the question, as they stand and as lemmas.
    """
    pairs = graph_of(schema.catalog).parallel
    return {pair: edge.key for pair, edges in pairs.items() if (edge := _said(edges, schema, said)) is not None}


def pin(plan: Plan, schema: Schema, chosen: Keys) -> Plan:
    """The plan with the keys that were named; joins that are pinned already stay.

    Args:
        plan: as it was built.
        schema: tables and keys.
        chosen: from `keys_said`.
    """
    if not chosen:
        return plan
    nodes = form.walk(plan, subplans=True)
    tables = {node.table for node in nodes if isinstance(node, form.Column | form.Aggregate | form.Related)}
    near = {pair: key for pair, key in chosen.items() if not tables.isdisjoint(pair)}
    return _pinned(plan, schema, near) if near else plan


def _said(edges: list[Edge], schema: Schema, said: Collection[str]) -> Edge | None:
    """The one key that the words speak of more than of the others; None when that is the usual one."""
    found = [(_words_said(edge.key, schema, said), edge) for edge in edges]
    most = max(count for count, _ in found)
    best = [edge for count, edge in found if count == most]
    return best[0] if most and len(best) == 1 and best[0] is not edges[0] else None


def _words_said(key: ForeignKey, schema: Schema, said: Collection[str]) -> int:
    info, other = schema.tables[key.table], schema.tables[key.ref_table]
    words = {word for name in key.columns for word in info.column_words[name]}
    ends = sum(bool(words & end) and bool(end.intersection(said)) for end in WAYS.values())
    return max(len(words.intersection(said) - {*info.words, *other.words} - _SILENT), ends)


def _pinned(plan: Plan, schema: Schema, chosen: Keys) -> Plan:
    def related(node: object) -> object:
        if not isinstance(node, form.Related) or node.key:
            return node
        start = node.source or plan.root
        if not start or not (schema.catalog.has(start) and schema.catalog.has(node.table)):
            return node
        try:
            pairs = [(link.source, link.table) for link in way(schema.catalog, start, node)]
        except PlanInvalid:
            return node
        key = next((chosen[pair] for pair in pairs if pair in chosen), None)
        return node if key is None else replace(node, key=f"{key.table}.{key.columns[0]}")

    where = tuple(form.replace_nodes(item, related) for item in plan.where)
    plan = replace(plan, where=where)
    if plan.combine is not None:
        plan = replace(plan, combine=replace(plan.combine, plan=_pinned(plan.combine.plan, schema, chosen)))
    if plan.base is not None:
        return replace(plan, base=_pinned(plan.base, schema, chosen))
    if plan.joins or plan.roles:
        return plan
    try:
        links = draw(schema.catalog, plan).links
    except PlanInvalid:
        return plan
    if not any((link.source, link.table) in chosen for link in links):
        return plan
    graph = graph_of(schema.catalog)
    steps = []
    for link in links:
        pair = link.source, link.table
        key = chosen.get(pair) or graph.pairs[pair][0].key
        steps.append(Step(link.table, key.table, key.columns[0]))
    return replace(plan, joins=tuple(steps))
