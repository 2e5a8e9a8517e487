"""Questions to begin with, made from the catalog, each of another kind, each checked to be answerable."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from workspace.database.catalog import Catalog, Column, Table
from workspace.question.edit import FEW_VALUES, measurable
from workspace.question.joins import neighbours
from workspace.question.read import read
from workspace.question.reading import Values
from workspace.question.wording import plural, singular, title

_TRIES = 4
_TABLES = 6


def suggest(catalog: Catalog, values: Values, clock: datetime, n: int = 6) -> tuple[str, ...]:
    """Up to ``n`` questions that `read` answers without asking back.

    The kinds take turns: a figure over time, the largest few, a count per category, a share, an average, what never
    happened, a plain count.

    Args:
        catalog, values: of the source.
        clock: what "last month" is seen from.
        n: how many.
    """
    schema = _Shape(catalog, clock)
    found: list[str] = []
    kinds = [_over_time, _largest, _per_category, _never, _share, _average, _recent, _count]
    streams = [kind(schema) for kind in kinds]
    while streams and len(found) < n:
        for stream in list(streams):
            question = next(
                (
                    text
                    for _, text in zip(range(_TRIES), stream, strict=False)
                    if text not in found and _sure(text, catalog, values, clock)
                ),
                None,
            )
            if question is None:
                streams.remove(stream)
            elif len(found) < n:
                found.append(question)
    return tuple(found)


def _sure(question: str, catalog: Catalog, values: Values, clock: datetime) -> bool:
    readings = read(question, catalog, values, clock)
    return readings.action == "answer" and not readings.unused


class _Shape:
    """What of a catalog makes good questions: tables that something happens in, before lists and bridges."""

    def __init__(self, catalog: Catalog, clock: datetime) -> None:
        self.catalog = catalog
        self.clock = clock
        tables = [table for table in catalog.tables if not table.view and table.rows and len(table.columns) > 2]
        self.tables = sorted(tables, key=self._interest, reverse=True)[:_TABLES]
        self.entities = sorted(tables, key=self._pointed_at, reverse=True)[:_TABLES]

    def _interest(self, table: Table) -> tuple[bool, bool, int]:
        return (self.date(table) is not None, bool(self.amounts(table)), table.rows)

    def _pointed_at(self, table: Table) -> tuple[bool, int]:
        named = any(word in column.name.lower() for column in table.columns for word in ("name", "title"))
        return (named, sum(link.many for link in neighbours(self.catalog, table.name)))

    def date(self, table: Table) -> Column | None:
        dated = [column for column in table.columns if column.temporal and column.profile.distinct > 3]
        return max(dated, key=lambda column: -column.profile.nulls, default=None)

    def amounts(self, table: Table) -> list[Column]:
        return measurable(self.catalog, table)

    def categories(self, table: Table) -> list[Column]:
        """Columns with few values that come again, most telling first."""
        plain = [c for c in table.columns if c.kind == "text" and 2 <= c.profile.distinct <= FEW_VALUES]
        telling = [
            c for c in plain if c.profile.distinct * 2 <= table.rows - c.profile.nulls and c.profile.mean_length < 25
        ]
        return sorted(telling, key=lambda c: abs(c.profile.distinct - 8))

    def parents(self, table: Table) -> list[Table]:
        """What the table's rows belong to: an order's customer."""
        names = [
            link.table for link in neighbours(self.catalog, table.name) if not link.many and link.table != table.name
        ]
        return [self.catalog.table(name) for name in dict.fromkeys(names)]

    def children(self, table: Table) -> list[Table]:
        names = [link.table for link in neighbours(self.catalog, table.name) if link.many and link.table != table.name]
        found = [self.catalog.table(name) for name in dict.fromkeys(names)]
        return [child for child in found if child.rows]


def _many(table: Table) -> str:
    return plural(title(table.name))


def _over_time(shape: _Shape) -> Iterator[str]:
    yield "revenue per month"
    for table in shape.tables:
        date = shape.date(table)
        if date is None:
            continue
        for amount in shape.amounts(table)[:1]:
            yield f"average {title(amount.name)} per month"
        yield f"number of {_many(table)} per month"
        yield f"number of {_many(table)} per year"


def _largest(shape: _Shape) -> Iterator[str]:
    for table in shape.entities:
        yield f"top 5 {_many(table)} by revenue"
    for table in shape.entities:
        for child in shape.children(table)[:2]:
            yield f"top 5 {_many(table)} by number of {_many(child)}"
    for table in shape.tables:
        for amount in shape.amounts(table)[:2]:
            yield f"the 5 {_many(table)} with the highest {title(amount.name)}"


def _per_category(shape: _Shape) -> Iterator[str]:
    for table in shape.entities + shape.tables:
        for category in shape.categories(table)[:1]:
            yield f"{_many(table)} per {singular(title(category.name))}"


def _never(shape: _Shape) -> Iterator[str]:
    for table in shape.entities:
        for child in sorted(shape.children(table), key=lambda child: -child.rows)[:2]:
            yield f"which {_many(table)} have no {_many(child)}"


def _share(shape: _Shape) -> Iterator[str]:
    few = [table for table in shape.catalog.tables if 3 <= table.rows <= FEW_VALUES and not table.view]
    for table in sorted(few, key=lambda table: abs(table.rows - 8)):
        yield f"share of revenue per {singular(title(table.name))}"
    for table in shape.tables:
        for category in shape.categories(table)[:1]:
            yield f"share of {_many(table)} per {singular(title(category.name))}"


def _average(shape: _Shape) -> Iterator[str]:
    for table in shape.tables:
        for amount in shape.amounts(table)[:1]:
            for category in shape.categories(table)[:1]:
                yield f"average {title(amount.name)} per {singular(title(category.name))}"
            for parent in shape.parents(table)[:1]:
                yield f"average {title(amount.name)} of {_many(table)} per {singular(title(parent.name))}"


def _recent(shape: _Shape) -> Iterator[str]:
    """Last month where the data reaches today, else the last year that it has."""
    for table in shape.tables:
        date = shape.date(table)
        last = str(date.profile.maximum)[:10] if date is not None and date.profile.encoding == "iso" else ""
        if not last[:4].isdigit():
            continue
        if last >= (shape.clock - timedelta(days=31)).date().isoformat():
            yield f"how many {_many(table)} last month"
        else:
            yield f"how many {_many(table)} in {last[:4]}"


def _count(shape: _Shape) -> Iterator[str]:
    for table in shape.entities:
        yield f"how many {_many(table)} are there"
