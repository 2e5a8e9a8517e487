"""Which queries a parameter may decide, told from how its table hangs together with theirs. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workspace.artifact.asked import decide
from workspace.artifact.format import words
from workspace.artifact.model import Bound, Param
from workspace.database.catalog import Catalog
from workspace.errors import PlanInvalid
from workspace.question import plan as p
from workspace.question.joins import Link, draw
from workspace.question.sql import check

DETOUR = 2  # joins, by which another way between two tables may be longer and still be meant


def astray(plan: p.Plan, bound: Bound, param: Param, catalog: Catalog) -> str:
    """Why a parameter must not decide a query; "" where it may.

    A row that can have several of the values ("an order has many categories") fulfils the condition when one of them
    does. Rows can be counted and listed so, but a sum of theirs is not a sum of what was chosen. And where the two
    tables hang together over different events (what customers bought, what they complained about), it would be left to
    the number of joins which of them is meant, for each query anew.

    Args:
        plan: of the query.
        bound: the condition that the parameter makes.
        param: says what kind of value it has.
        catalog: of the source.
    """
    probe = {"daterange": ("2001-01-01", "2001-01-31"), "number": 1, "bool": True, "text": "x"}.get(param.type, "x")
    asked, free = decide(plan, bound, probe), decide(plan, bound, None)
    try:
        check(asked, catalog)
        asked, free = _innermost(asked), _innermost(free)
        links = _new(free, asked, catalog)
    except PlanInvalid:
        return f"{words(bound.table)} and {words(_innermost(plan).root)} have nothing to do with each other"
    many = [link for link in links if link.many]
    if not many or free != _innermost(plan):  # the question has such a condition, and with it said what is meant
        return ""
    there, column = words(_innermost(plan).root), f"{words(bound.column)} of {words(bound.table)}"
    if any(_adds_up(node) for output in free.outputs for node in p.walk(output)):
        return f"a row of {there} can have more than one {column}, and its figures belong to all of them"
    for link in many:
        if _goes_round(asked, link.table, len(links) + DETOUR, free, catalog):
            return f"{column} and {there} hang together in more than one way, over {words(link.table)} and otherwise"
    return ""


def _innermost(plan: p.Plan) -> p.Plan:
    while plan.base is not None:
        plan = plan.base
    return plan


def _new(free: p.Plan, asked: p.Plan, catalog: Catalog) -> list[Link]:
    """The joins that the condition brings in."""
    known = draw(catalog, free).tables
    return [link for link in draw(catalog, asked).links if link.table not in known]


def _adds_up(node: Any) -> bool:
    return isinstance(node, p.Aggregate) and node.function in ("sum", "avg") and node.of is not None


def _goes_round(asked: p.Plan, table: str, most: int, free: p.Plan, catalog: Catalog) -> bool:
    """Is there a way to the condition's column without this table, of at most so many joins?

    Over what both sides merely point at (a sale and a complaint from the same country) nothing is said of the row.
    """
    less = replace(
        catalog,
        tables=tuple(one for one in catalog.tables if one.name.lower() != table.lower()),
        foreign_keys=tuple(
            key for key in catalog.foreign_keys if table.lower() not in (key.table.lower(), key.ref_table.lower())
        ),
    )
    try:
        links = _new(free, asked, less)
    except PlanInvalid:
        return False
    pointed = {link.table for link in links if not link.many}
    return len(links) <= most and not any(link.many and link.source in pointed for link in links)
