"""What is in a source, in one line for a person who sees it for the first time."""

from __future__ import annotations

from datetime import date

from workspace.artifact.phrase import noun
from workspace.database.catalog import Catalog, Column, Table


def outline(catalog: Catalog, today: date) -> str:
    """Tables, rows and the stretch of time of the table that most happens in.

    Example:
        >>> outline(Catalog("shop", (Table("Customer", (), rows=1250),)), date(2026, 1, 1))
        '1 table, 1,250 rows'
    """
    tables = [table for table in catalog.tables if not table.view]
    parts = [_count(len(tables), "table"), ("" if catalog.counted else "about ") + _count(catalog.rows, "row")]
    stretches = [
        (table.rows * (1 + len(catalog.keys_of(table.name))), table, column, edges)
        for table in tables
        for column in table.columns
        if (edges := _edges(column)) is not None
    ]
    if stretches:
        _, table, _, (low, high) = max(stretches, key=lambda found: (found[0], found[3][1]))
        parts.append(_span(table, low, high, today))
    return ", ".join(parts)


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _edges(column: Column) -> tuple[date, date] | None:
    if not column.temporal or column.profile.encoding not in ("", "iso"):
        return None
    try:
        low, high = (date.fromisoformat(str(edge)[:10]) for edge in (column.profile.minimum, column.profile.maximum))
    except ValueError:
        return None
    return low, high


def _span(table: Table, low: date, high: date, today: date) -> str:
    begin, end = f"{low:%b %Y}", "today" if high == today else f"{high:%b %Y}"
    return f"{noun(table.name)[1]} {f'from {begin} to {end}' if begin != end else f'in {begin}'}"
