"""Reading a SQLite file's catalog: what it declares, what its content shows, and the keys between its tables."""

# ruff: noqa: S608 - names are quoted by `quoted`, values are bound
from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass

from workspace.database.catalog import Catalog, Column, ForeignKey, Table
from workspace.database.keys import infer_keys
from workspace.database.names import quoted
from workspace.database.profile import Sample, bounded, column_of

# Values fetched over all tables together, and per table; 0.3 µs each in SQLite and Python together.
CELLS = 600_000
TABLE_CELLS = 60_000
SAMPLE_ROWS = 10_000
# Seconds a count, or the smallest and largest values, of one large table may take before the sample has to do.
PATIENCE = 0.15
VIEW_PATIENCE = 0.1


@dataclass(frozen=True, slots=True)
class Declared:
    """A table as it is declared: its columns as ``(name, type, nullable, place in the primary key)``."""

    name: str
    kind: str
    columns: tuple[tuple[str, str, bool, int], ...]
    unique: frozenset[str] = frozenset()
    keys: tuple[ForeignKey, ...] = ()
    rowid: bool = True

    @property
    def primary_key(self) -> tuple[str, ...]:
        placed = sorted((place, name) for name, _, _, place in self.columns if place)
        return tuple(name for _, name in placed)


def read_catalog(connection: sqlite3.Connection, source: str) -> Catalog:
    """The catalog of an open database.

    Args:
        connection: read-only, without an authorizer.
        source: name of the source.

    Raises:
        sqlite3.Error: the file cannot be read; a single broken view or table is left out instead.
    """
    listed = (_declared(connection, *entry) for entry in _names(connection))
    declared = [table for table in listed if table is not None]
    counts = {table.name: _count(connection, table) for table in declared}
    known = {table.name.lower(): table for table in declared}
    wanted = sum(min(counts[t.name] or 0, SAMPLE_ROWS) * len(t.columns) for t in declared)
    share = min(1.0, CELLS / wanted) if wanted else 1.0
    tables = []
    for table in declared:
        rows = counts[table.name]
        if rows is None:  # a view or virtual table that cannot be read
            continue
        cells = int(TABLE_CELLS * share) if share < 1 else TABLE_CELLS
        tables.append(_profiled(connection, table, rows, max(cells // max(len(table.columns), 1), 300)))
    tables.sort(key=lambda table: table.view)
    declared_keys = [key for table in declared for raw in table.keys if (key := _resolved(raw, known))]
    names = {table.name for table in tables}
    keys = [key for key in dict.fromkeys(declared_keys) if key.table in names and key.ref_table in names]
    inferred = infer_keys(connection, tables, keys)
    return Catalog(source, tuple(tables), (*keys, *inferred), "sqlite")


# ----------------------------------------------------------------------------------------------------- declarations
def _names(connection: sqlite3.Connection) -> list[tuple[str, str, bool]]:
    """Tables and views in declared order as ``(name, kind, has rowid)``, without the engine's own and shadow tables."""
    listed = "FROM sqlite_master WHERE type IN ('table', 'view')"
    order = {name: place for place, (name,) in enumerate(connection.execute(f"SELECT name {listed}"))}
    try:
        rows = [
            (name, kind, not bare)
            for schema, name, kind, _, bare, _ in connection.execute("PRAGMA table_list")
            if schema == "main" and kind in ("table", "view", "virtual") and name in order
        ]
    except (sqlite3.Error, ValueError):  # an engine before 3.37, or a module that is missing
        rows = []
    if not rows:
        for name, kind, sql in connection.execute(f"SELECT name, type, coalesce(sql, '') {listed}").fetchall():
            virtual = sql.upper().startswith("CREATE VIRTUAL")
            rows.append((name, "virtual" if virtual else kind, not re.search(r"(?i)without\s+rowid", sql)))
    return sorted(
        (row for row in rows if not row[0].lower().startswith(("sqlite_", "_noapp_"))), key=lambda row: order[row[0]]
    )


def _declared(connection: sqlite3.Connection, name: str, kind: str, rowid: bool) -> Declared | None:
    try:
        rows = connection.execute(f"PRAGMA table_xinfo({quoted(name)})").fetchall()
    except sqlite3.Error:
        return None  # a view on something that is gone
    # hidden = 1 marks the arguments of virtual tables; 2 and 3 are generated columns, which read like others.
    columns = tuple((row[1], row[2] or "", not row[3] and not row[5], row[5]) for row in rows if row[6] != 1)
    if not columns:
        return None
    if kind != "table":
        return Declared(name, kind, columns, rowid=False)
    unique = set()
    for index in connection.execute(f"PRAGMA index_list({quoted(name)})").fetchall():
        if index[2] and not index[4]:  # unique, and of all rows
            parts = connection.execute(f"PRAGMA index_info({quoted(index[1])})").fetchall()
            if len(parts) == 1 and parts[0][2]:
                unique.add(parts[0][2])
    keys: dict[int, list[tuple]] = {}
    for row in connection.execute(f"PRAGMA foreign_key_list({quoted(name)})").fetchall():
        keys.setdefault(row[0], []).append(row)
    found = tuple(
        ForeignKey(name, tuple(r[3] for r in parts), parts[0][2], tuple(r[4] or "" for r in parts))
        for _, parts in sorted(keys.items(), reverse=True)  # SQLite lists the last one first
    )
    return Declared(name, kind, columns, frozenset(unique), found, rowid)


def _resolved(key: ForeignKey, known: dict[str, Declared]) -> ForeignKey | None:
    """The key in the catalog's spelling, with a reference that was left out filled in; None where it points nowhere."""
    table, target = known.get(key.table.lower()), known.get(key.ref_table.lower())
    if table is None or target is None:
        return None
    refs = key.ref_columns if all(key.ref_columns) else target.primary_key
    here = {name.lower(): name for name, *_ in table.columns}
    there = {name.lower(): name for name, *_ in target.columns}
    if len(refs) != len(key.columns) or not refs:
        return None
    if any(ref.lower() not in there for ref in refs) or any(column.lower() not in here for column in key.columns):
        return None
    return ForeignKey(
        table.name, tuple(here[c.lower()] for c in key.columns), target.name, tuple(there[r.lower()] for r in refs)
    )


# ----------------------------------------------------------------------------------------------------------- content
def within(connection: sqlite3.Connection, seconds: float, sql: str, params: Sequence = ()) -> list[tuple] | None:
    """All rows of a statement, or None when it takes longer than ``seconds`` or fails.

    Raises:
        sqlite3.Error: what is wrong is not the statement but the file (locked, damaged).
    """
    end = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() > end, 20_000)
    try:
        return connection.execute(sql, params).fetchall()
    except (sqlite3.Error, MemoryError) as problem:
        if re.search(r"locked|busy|malformed|not a database|disk I/O", str(problem)):
            raise
        return None
    finally:
        connection.set_progress_handler(None, 0)


def _count(connection: sqlite3.Connection, table: Declared) -> int | None:
    """Rows of the table; an estimate where counting takes too long, None where it cannot be read at all."""
    name = quoted(table.name)
    patience = PATIENCE if table.kind == "table" else VIEW_PATIENCE
    found = within(connection, patience, f"SELECT count(*) FROM {name}")
    if found is not None:
        return found[0][0]
    if table.rowid and table.kind == "table":
        found = within(connection, patience, f"SELECT max(_rowid_) - min(_rowid_) + 1 FROM {name}")
        if found and found[0][0] is not None:
            return int(found[0][0])
    found = within(connection, patience, f"SELECT 1 FROM {name} LIMIT 1000")
    return len(found) if found is not None else None


def _expression(name: str, declared: str) -> str:
    """How a column is fetched for its profile: long text and blobs cut, so that a sample stays small."""
    column = quoted(name)
    if re.search(r"(?i)int|real|floa|doub|num|dec|date|time|bool", declared):
        return column
    return f"CASE typeof({column}) WHEN 'blob' THEN x'00' WHEN 'text' THEN substr({column}, 1, 400) ELSE {column} END"


def _rows(connection: sqlite3.Connection, table: Declared, rows: int, most: int) -> tuple[list[tuple], bool]:
    """Rows to look at, and whether they are all there are: an even spread over the table where it is large."""
    most = min(most, SAMPLE_ROWS)
    columns = ", ".join(_expression(name, kind) for name, kind, *_ in table.columns)
    name = quoted(table.name)
    patience = 1.0 if table.kind == "table" else VIEW_PATIENCE
    if rows <= most or not table.rowid:
        found = within(connection, patience, f"SELECT {columns} FROM {name} LIMIT {most}")
        return found or [], rows <= most and found is not None
    low, high = connection.execute(f"SELECT min(_rowid_), max(_rowid_) FROM {name}").fetchone()
    spread = (
        f"WITH RECURSIVE pick(at) AS (SELECT ? UNION ALL SELECT at + ? FROM pick WHERE at + ? <= ?)"
        f" SELECT {columns} FROM {name} WHERE _rowid_ IN"
        f" (SELECT (SELECT min(_rowid_) FROM {name} WHERE _rowid_ >= at) FROM pick)"
    )
    step = max((high - low) // most, 1)
    found = within(connection, patience, spread, (low, step, step, high))
    if found is None or len(found) < most // 10:  # row numbers far apart
        found = within(connection, patience, f"SELECT {columns} FROM {name} LIMIT {most}") or []
    return found, False


def _bounds(connection: sqlite3.Connection, table: str, wanted: list[str]) -> dict[str, tuple[int, object, object]]:
    """Exact ``(values, smallest, largest)`` of columns of a sampled table, none where that takes too long."""
    bounds: dict[str, tuple[int, object, object]] = {}
    for start in range(0, len(wanted), 8):
        part = wanted[start : start + 8]
        columns = ", ".join(f"count({quoted(n)}), min({quoted(n)}), max({quoted(n)})" for n in part)
        found = within(connection, PATIENCE, f"SELECT {columns} FROM {quoted(table)}")
        if found is None:
            break
        for place, name in enumerate(part):
            bounds[name] = found[0][place * 3 : place * 3 + 3]
    return bounds


def _profiled(connection: sqlite3.Connection, table: Declared, rows: int, most: int) -> Table:
    sample, exact = _rows(connection, table, rows, most)
    values = list(zip(*sample, strict=True)) or [()] * len(table.columns)
    key = table.primary_key
    columns: list[Column] = []
    for place, (name, declared, nullable, keyed) in enumerate(table.columns):
        column = Column(
            name, "text", declared, nullable, primary=bool(keyed), unique=name in table.unique or key == (name,)
        )
        columns.append(column_of(column, Sample(values[place], rows, exact), referring=_referring(table, name)))
    if not exact and table.kind == "table":  # the ends of a range are asked for, so they are never an estimate
        ranged = [column.name for column in columns if column.kind not in ("text", "blob", "boolean")]
        bounds = _bounds(connection, table.name, ranged)
        columns = [
            bounded(column, rows, bounds[column.name]) if column.name in bounds else column for column in columns
        ]
    return Table(table.name, tuple(columns), key, rows, view=table.kind == "view")


def _referring(table: Declared, name: str) -> bool:
    return any(name.lower() in (column.lower() for column in key.columns) for key in table.keys)
