"""Collecting the values of text columns for the index: small tables whole, large ones by a sample and what it missed.

Of a large table an even spread of rows is read, which gives the values and how common they are; then one pass in the
engine looks for values that the sample does not have, so that even a value of a single row is found. Columns of too
many values for that keep what the sample has, and `ValueIndex.partial` names them.
"""

# ruff: noqa: S608 - names are quoted by `quoted`, values are bound
from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from workspace.database.catalog import Catalog, Column, Table
from workspace.database.names import quoted
from workspace.database.reader import LARGE
from workspace.database.values import ValueIndex

COLUMN_VALUES = 50_000
ALL_VALUES = 400_000
LONGEST_VALUE = 120
LONGEST_MEAN = 80
WHOLE = 400_000  # rows of a table that is read whole
BLOCKS, BLOCK = 2_000, 100  # of a larger one: places, and rows at each
FIRST = 1_000_000  # rows, where a table has no numbers to spread by
# Values of a column, and of all columns of a table, that a pass for others may exclude; rows × columns of all passes.
EXCLUDED, ALL_EXCLUDED = 1_000, 5_000
CELLS = 30_000_000
MISSED = 100_000  # rows with other values that are looked at
_OPAQUE = re.compile(r"(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-|[0-9a-f]{24,}$|[a-z0-9+/_-]{32,}={0,2}$")


@dataclass(slots=True)
class _Collected:
    """What was found in a column; ``whole`` when that is all there is."""

    name: str
    counts: Counter
    whole: bool


def indexed(table: Table, column: Column) -> bool:
    """Is this a column whose values a person would name?"""
    profile = column.profile
    if table.view or column.kind not in ("text", "boolean", "time") or profile.mean_length > LONGEST_MEAN:
        return False
    most = COLUMN_VALUES if profile.exact else 2 * COLUMN_VALUES  # an estimate may be off
    if profile.encoding or profile.distinct > most:
        return False
    texts = [value for value, _ in profile.common if isinstance(value, str)]
    return bool(texts) and not all(_OPAQUE.match(text) for text in texts)


def read_values(
    connection: sqlite3.Connection, catalog: Catalog, progress: Callable[[str], object] | None = None
) -> ValueIndex:
    """The index over the text columns of ``catalog``.

    Args:
        connection: read-only, without an authorizer.
        catalog: its tables, profiled.
        progress: told which table is read; what it raises ends the reading.
    """
    columns: list[tuple[str, str]] = []
    counts: list[dict[str, int]] = []
    partial: list[tuple[str, str]] = []
    total, cells = 0, CELLS
    for table in sorted(catalog.tables, key=lambda table: table.rows):
        wanted = [column.name for column in table.columns if indexed(table, column)]
        if not wanted:
            continue
        if progress is not None and table.rows > LARGE:
            progress(f"Looking at the words in {table.name}, {table.rows:,} rows")
        if table.rows <= WHOLE:
            collected = _scan(connection, table, wanted)
        else:
            collected, cells = _sampled(connection, table, wanted, cells)
        for column in collected:
            found = {v: n for v, n in column.counts.items() if isinstance(v, str) and len(v) <= LONGEST_VALUE}
            if len(found) <= COLUMN_VALUES and total + len(found) <= ALL_VALUES:
                total += len(found)
                columns.append((table.name, column.name))
                counts.append(found)
                if not column.whole:
                    partial.append((table.name, column.name))
    return ValueIndex(columns, counts, partial)


def _scan(connection: sqlite3.Connection, table: Table, wanted: list[str], most: int | None = None) -> list[_Collected]:
    names = ", ".join(map(quoted, wanted))
    limit = f" LIMIT {most}" if most else ""
    return _counted(connection, f"SELECT {names} FROM {quoted(table.name)}{limit}", (), wanted, whole=not most)


def _counted(
    connection: sqlite3.Connection, sql: str, params: Sequence, wanted: list[str], *, whole: bool
) -> list[_Collected]:
    """How often each value comes, per column; nothing where the statement fails."""
    lenient = connection.text_factory
    for factory in (str, lenient):  # the engine's own decoding is four times as fast, but takes valid text only
        counters: list[Counter] = [Counter() for _ in wanted]
        connection.text_factory = factory
        try:
            for rows in _batches(connection.execute(sql, params)):
                for counter, values in zip(counters, zip(*rows, strict=True), strict=True):
                    counter.update(values)
        except sqlite3.Error as problem:
            if factory is lenient or "decode" not in str(problem):
                return []
        else:
            return [_Collected(name, counter, whole) for name, counter in zip(wanted, counters, strict=True)]
        finally:
            connection.text_factory = lenient
    return []


def _batches(cursor: sqlite3.Cursor) -> Iterator[list[tuple]]:
    while rows := cursor.fetchmany(20_000):
        yield rows


# ----------------------------------------------------------------------------------------------------- large tables
def _sampled(
    connection: sqlite3.Connection, table: Table, wanted: list[str], cells: int
) -> tuple[list[_Collected], int]:
    """Columns of a large table, their counts scaled to all its rows; and what is left of ``cells``."""
    collected = _spread(connection, table, wanted)
    collected = [column for column in collected if len(column.counts) <= COLUMN_VALUES]
    for column in collected:
        seen = sum(column.counts.values())
        column.counts = Counter({value: max(round(n * table.rows / seen), 1) for value, n in column.counts.items()})
    few: list[_Collected] = []
    for column in sorted(collected, key=lambda column: len(column.counts)):
        known = sum(len(other.counts) for other in few) + len(column.counts)
        if len(column.counts) <= EXCLUDED and known <= ALL_EXCLUDED and table.rows * (len(few) + 1) <= cells:
            few.append(column)
    if few and _add_missed(connection, table, few):
        for column in few:
            column.whole = True
    return collected, cells - table.rows * len(few)


def _spread(connection: sqlite3.Connection, table: Table, wanted: list[str]) -> list[_Collected]:
    """Blocks of rows, evenly spread over the table; its first rows where it has no row numbers, or with wide gaps."""
    name = quoted(table.name)
    names = ", ".join(f"t.{quoted(column)}" for column in wanted)
    try:
        low, high = connection.execute(
            f"SELECT (SELECT min(_rowid_) FROM {name}), (SELECT max(_rowid_) FROM {name})"
        ).fetchone()
        step = max((high - low) // BLOCKS, BLOCK)
    except (sqlite3.Error, TypeError):
        return _scan(connection, table, wanted, FIRST)
    spread = (
        f"WITH RECURSIVE pick(at) AS (SELECT ? UNION ALL SELECT at + ? FROM pick WHERE at + ? <= ?)"
        f" SELECT {names} FROM pick CROSS JOIN {name} AS t WHERE t._rowid_ BETWEEN pick.at AND pick.at + {BLOCK - 1}"
    )
    found = _counted(connection, spread, (low, step, step, high), wanted, whole=False)
    if not found or sum(found[0].counts.values()) < BLOCKS * BLOCK // 10:
        return _scan(connection, table, wanted, FIRST)
    return found


def _add_missed(connection: sqlite3.Connection, table: Table, columns: list[_Collected]) -> bool:
    """Adds values that the sample does not have, counted in one pass over the table; False when there are too many."""
    known = [[value for value in column.counts if value is not None] for column in columns]
    tests = [f"{quoted(c.name)} NOT IN ({', '.join('?' * len(k))})" for c, k in zip(columns, known, strict=True)]
    names = ", ".join(quoted(column.name) for column in columns)
    sql = f"SELECT {names} FROM {quoted(table.name)} WHERE {' OR '.join(tests)} LIMIT {MISSED}"
    seen = [set(values) for values in known]
    count = 0
    try:
        for rows in _batches(connection.execute(sql, [value for values in known for value in values])):
            count += len(rows)
            for row in rows:
                for column, before, value in zip(columns, seen, row, strict=True):
                    if value is not None and value not in before:
                        column.counts[value] += 1
    except sqlite3.Error:
        return False
    return count < MISSED
