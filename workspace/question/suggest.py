"""Questions to begin with, made from what the catalog holds; each is read back before it is offered."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from workspace.database.catalog import Catalog
from workspace.database.names import invariable
from workspace.question.build import words
from workspace.question.offers import dimension_name, dimensions, singular
from workspace.question.rank import Candidate
from workspace.question.read import read
from workspace.question.reading import Values
from workspace.question.resolve import is_date, is_year
from workspace.question.schema import Schema, TableInfo, schema_of


def suggest(catalog: Catalog, values: Values | None, clock: datetime, n: int = 6) -> tuple[str, ...]:
    """Up to ``n`` questions that this source can answer, each of another kind.

    Args:
        catalog: its tables.
        values: lookup of cell values.
        clock: the moment that "this year" means.
        n: how many at most.
    """
    schema = schema_of(catalog)
    found: list[str] = []
    kinds = (
        _defined,
        _figure_over_time,
        _top,
        _count_per,
        _average_per,
        _never,
        _share,
        _with_value,
        _how_many,
        _longest,
    )
    known = subjects(schema)
    for kind in kinds:
        for question in kind(schema, known):
            if question in found:
                continue
            readings = read(question, catalog, values, clock, nearby=False)
            if readings.action == "answer" and not readings.unused:
                found.append(question)
                break
        if len(found) >= n:
            break
    return tuple(found[:n])


def near_to(candidate: Candidate | None, catalog: Catalog, values: Values | None, clock: datetime) -> tuple[str, ...]:
    """Up to three questions about the tables and columns that a question which cannot be answered does name.

    Args:
        candidate: what was made of that question, None for nothing.
        catalog: its tables.
        values: lookup of cell values.
        clock: the moment that "this year" means.
    """
    schema = schema_of(catalog)
    items = candidate.linked.items if candidate is not None else ()
    scores: dict[str, float] = {}
    for item in items:
        for link in item.links[:6]:
            if link.score >= 0.7:
                scores[link.table] = scores.get(link.table, 0.0) + link.score * (1.5 if not link.column else 0.5)
        for match in item.matches[:3]:
            scores[match.table] = scores.get(match.table, 0.0) + 0.4 * match.score
    named = [schema.tables[name] for name in sorted(scores, key=lambda name: (-scores[name], name))]
    named = [info for info in named if info.table.rows and len(info.table.columns) > 1][:3]
    found: list[str] = []
    kinds = (_count_per, _average_per, _how_many)
    for kind in kinds if named else ():
        for tried, question in enumerate(kind(schema, named)):
            readings = read(question, catalog, values, clock, nearby=False) if question not in found else None
            if readings is not None and readings.action == "answer" and not readings.unused:
                found.append(question)
                break
            if tried > 2:
                break
        if len(found) == 3:
            return tuple(found)
    others = _beginnings(catalog, values, clock)
    return tuple(dict.fromkeys([*found, *others]))[:3]


def _beginnings(catalog: Catalog, values: Values | None, clock: datetime) -> tuple[str, ...]:
    """`suggest`, worked out once for a catalog."""
    known = _begun.get(id(catalog))
    if known is None or known[0]() is not catalog:
        number = id(catalog)
        reference = weakref.ref(catalog, lambda _, kept=_begun: kept.pop(number, None))
        known = _begun[number] = reference, suggest(catalog, values, clock, 3)
    return known[1]


_begun: dict[int, tuple[weakref.ref[Catalog], tuple[str, ...]]] = {}


def subjects(schema: Schema) -> list[TableInfo]:
    """Tables worth asking about, the busiest first."""
    tables = [info for info in schema.tables.values() if info.table.rows and not info.table.view and not info.bridge]
    tables = [info for info in tables if len(info.table.columns) > 1]
    degree = {info.name: len(schema.catalog.keys_of(info.name)) for info in tables}
    return sorted(tables, key=lambda info: (-degree[info.name] - (bool(info.label)), -info.table.rows, info.name))


def plural(name: str) -> str:
    """A table's name as several things: "media type" is "media types"."""
    base = singular(words(name))
    if invariable(base):
        return base
    if base.endswith("y") and base[-2:-1] not in "aeiou":
        return base[:-1] + "ies"
    if base.endswith(("s", "x", "ch", "sh")):
        return base + "es"
    return base + "s"


def _facts(schema: Schema, subjects: list[TableInfo]) -> list[TableInfo]:
    """Tables of events with an amount and a date."""
    events = [info for info in subjects if info.amount and any(not _yearly(info, name) for name in info.dates)]
    return sorted(events, key=lambda info: (-len(info.foreign), -info.table.rows))


def _yearly(info: TableInfo, name: str) -> bool:
    column = info.table.column(name)
    return is_year(column) or not column.temporal


def _figure(info: TableInfo) -> str:
    return (
        words(info.amount)
        if info.amount.lower() not in ("total", "amount")
        else f"{singular(words(info.name))} {words(info.amount)}"
    )


def _defined(schema: Schema, subjects: list[TableInfo]) -> Iterator[str]:
    """A figure that a person defined."""
    for figure in dict.fromkeys(schema.figures.values()):
        yield f"{figure.name} per month"
        yield figure.name


def _figure_over_time(schema: Schema, subjects: list[TableInfo]) -> Iterator[str]:
    for info in _facts(schema, subjects):
        if info.amount.lower() in ("total", "amount", "total_amount", "order_total"):
            yield "revenue per year"
        yield f"total {_figure(info)} per year"
    for info in subjects:
        if info.dates:
            yield f"number of {plural(info.name)} per year"


def _top(schema: Schema, subjects: list[TableInfo]) -> Iterator[str]:
    facts = [info.name for info in _facts(schema, subjects)]
    for info in subjects:
        if info.label and any(info.name in schema.reach(fact) and fact != info.name for fact in facts):
            yield f"top 5 {plural(info.name)} by revenue"
    for info in subjects:
        owners = [
            key.ref_table for key in info.outgoing if key.ref_table != info.name and schema.tables[key.ref_table].label
        ]
        for owner in owners:
            yield f"top 5 {plural(owner)} by number of {plural(info.name)}"


def _count_per(schema: Schema, subjects: list[TableInfo]) -> Iterator[str]:
    for info in subjects:
        for column in islice(dimensions(schema, info.name), 2):
            yield f"{plural(info.name)} per {dimension_name(schema, column).lower()}"


def _average_per(schema: Schema, subjects: list[TableInfo]) -> Iterator[str]:
    for info in subjects:
        measured = [c.name for c in info.numeric() if c.profile.distinct > 5 and not is_date(c)]
        for name in measured[:2]:
            for column in islice(dimensions(schema, info.name), 2):
                yield f"average {words(name)} of {plural(info.name)} per {dimension_name(schema, column).lower()}"


def _never(schema: Schema, subjects: list[TableInfo]) -> Iterator[str]:
    for info in subjects:
        for key in info.outgoing:
            owner = schema.tables[key.ref_table]
            if owner.name == info.name or not owner.label:
                continue
            used = info.table.column(key.columns[0]).profile.distinct
            if len(key.columns) == 1 and used < owner.table.rows:
                yield f"{plural(owner.name)} without {plural(info.name)}"


def _share(schema: Schema, subjects: list[TableInfo]) -> Iterator[str]:
    for info in _facts(schema, subjects):
        for column in islice(dimensions(schema, info.name), 3):
            yield f"share of revenue per {dimension_name(schema, column).lower()}"
    for info in subjects:
        for column in islice(dimensions(schema, info.name), 2):
            yield f"share of {plural(info.name)} per {dimension_name(schema, column).lower()}"


def _with_value(schema: Schema, subjects: list[TableInfo]) -> Iterator[str]:
    for info in subjects:
        for column in islice(dimensions(schema, info.name), 3):
            common = schema.catalog.column(column.table, column.name).profile.common
            if common and isinstance(common[0][0], str) and info.label:
                yield f"{plural(info.name)} with {dimension_name(schema, column).lower()} {common[0][0]}"


def _how_many(schema: Schema, subjects: list[TableInfo]) -> Iterator[str]:
    for info in subjects:
        yield f"how many {plural(info.name)} are there"


def _longest(schema: Schema, subjects: list[TableInfo]) -> Iterator[str]:
    for info in subjects:
        for column in info.numeric():
            if info.label and column.profile.distinct > 10:
                yield f"{singular(words(info.name))} with the highest {words(column.name)}"
