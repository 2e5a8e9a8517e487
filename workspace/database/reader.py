"""Reading a SQLite file's catalog: what it declares, what its content shows, and the keys between its tables."""

# ruff: noqa: S608 - names are quoted by `quoted`, values are bound
from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from workspace.database.catalog import Catalog, Column, ForeignKey, Table
from workspace.database.keys import infer_keys
from workspace.database.names import quoted
from workspace.database.profile import Sample, bounded, column_of
from workspace.database.stopping import Time

# Values fetched over all tables together, and per table; 0.3 µs each in SQLite and Python together.
CELLS = 600_000
TABLE_CELLS = 60_000
SAMPLE_ROWS = 10_000
LARGE = 200_000  # rows, from which on a table is worth mentioning
# Seconds that a count of one table, the ends of its dates, and those of its numbers may take before an estimate or the
# sample has to do: counts are shown as figures, and dates say up to when the data goes.
COUNT_PATIENCE = 5.0
DATE_PATIENCE = 3.0
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
    indexed: frozenset[str] = frozenset()  # columns that an index of all rows begins with

    @property
    def primary_key(self) -> tuple[str, ...]:
        placed = sorted((place, name) for name, _, _, place in self.columns if place)
        return tuple(name for _, name in placed)


def read_catalog(
    connection: sqlite3.Connection, source: str, progress: Callable[[str], object] | None = None
) -> Catalog:
    """The catalog of an open database.

    Args:
        connection: read-only, without an authorizer.
        source: name of the source.
        progress: told which large table is read; what it raises ends the reading.

    Raises:
        sqlite3.Error: the file cannot be read; a single broken view or table is left out instead.
    """
    listed = (_declared(connection, *entry) for entry in _names(connection))
    declared = [table for table in listed if table is not None]
    counts, guessed = {}, set()
    for table in declared:
        counts[table.name], exact = _count(connection, table)
        if not exact:
            guessed.add(table.name)
    known = {table.name.lower(): table for table in declared}
    wanted = sum(min(counts[t.name] or 0, SAMPLE_ROWS) * len(t.columns) for t in declared)
    share = min(1.0, CELLS / wanted) if wanted else 1.0
    tables = []
    for table in declared:
        rows = counts[table.name]
        if rows is None:  # a view or virtual table that cannot be read
            continue
        if progress is not None and rows > LARGE:
            progress(f"Looking at {table.name}, {rows:,} rows")
        cells = int(TABLE_CELLS * share) if share < 1 else TABLE_CELLS
        profiled = _profiled(connection, table, rows, max(cells // max(len(table.columns), 1), 300))
        tables.append(replace(profiled, counted=table.name not in guessed))
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


def text_columns(connection: sqlite3.Connection) -> frozenset[tuple[str, str]]:
    """The columns of tables whose affinity is TEXT (https://sqlite.org/datatype3.html), in lower case."""
    found = set()
    for table in (name for name, kind, _ in _names(connection) if kind == "table"):
        for _, column, declared, *_ in connection.execute(f"PRAGMA table_xinfo({quoted(table)})").fetchall():
            if "INT" not in declared.upper() and re.search("CHAR|CLOB|TEXT", declared.upper()):
                found.add((table.lower(), column.lower()))
    return frozenset(found)


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
    unique, indexed = set(), set()
    for index in connection.execute(f"PRAGMA index_list({quoted(name)})").fetchall():
        if index[4]:  # not of all rows
            continue
        parts = connection.execute(f"PRAGMA index_info({quoted(index[1])})").fetchall()
        if parts and parts[0][2]:
            indexed.add(parts[0][2])
            if index[2] and len(parts) == 1:
                unique.add(parts[0][2])
    if rowid and [row[2].upper() for row in rows if row[5]] == ["INTEGER"]:
        indexed.add(next(row[1] for row in rows if row[5]))  # another name of the row number
    keys: dict[int, list[tuple]] = {}
    for row in connection.execute(f"PRAGMA foreign_key_list({quoted(name)})").fetchall():
        keys.setdefault(row[0], []).append(row)
    found = tuple(
        ForeignKey(name, tuple(r[3] for r in parts), parts[0][2], tuple(r[4] or "" for r in parts))
        for _, parts in sorted(keys.items(), reverse=True)  # SQLite lists the last one first
    )
    return Declared(name, kind, columns, frozenset(unique), found, rowid, frozenset(indexed))


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
    if seconds <= 0:
        return None
    try:
        with Time(seconds).over(connection):
            return connection.execute(sql, params).fetchall()
    except (sqlite3.Error, MemoryError) as problem:
        if re.search(r"locked|busy|malformed|not a database|disk I/O", str(problem)):
            raise
        return None


def _count(connection: sqlite3.Connection, table: Declared) -> tuple[int | None, bool]:
    """Rows of the table, and whether they were counted: an estimate where that takes too long, None where it cannot
    be read at all.
    """
    name = quoted(table.name)
    patience = COUNT_PATIENCE if table.kind == "table" else VIEW_PATIENCE
    found = within(connection, patience, f"SELECT count(*) FROM {name}")
    if found is not None:
        return found[0][0], True
    if table.kind == "table" and table.rowid:
        low, high = _ends(connection, table.name)
        if low is not None and high is not None:
            return high - low + 1, False
    found = within(connection, VIEW_PATIENCE, f"SELECT 1 FROM {name} LIMIT 1000")
    return (len(found) if found is not None else None), False


def _ends(connection: sqlite3.Connection, table: str) -> tuple[int | None, int | None]:
    """The first and the last row number. Two questions, because SQLite reads the whole table for both in one."""
    name = quoted(table)
    return connection.execute(f"SELECT (SELECT min(_rowid_) FROM {name}), (SELECT max(_rowid_) FROM {name})").fetchone()


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
    low, high = _ends(connection, table.name)
    if low is None or high is None:
        return [], False
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


Bounds = dict[str, tuple[int, object, object]]


def _bounds(connection: sqlite3.Connection, table: Declared, rows: int, columns: Sequence[Column]) -> Bounds:
    """Exact ``(values, smallest, largest)`` of columns of a sampled table, none where that takes too long.

    An index gives them at once. Otherwise the table is read through: for dates, which say up to when the data goes,
    with more patience than for numbers.
    """
    name, bounds = quoted(table.name), Bounds()
    ranged = [column for column in columns if column.kind not in ("text", "blob", "boolean")]
    for column in ranged if table.kind == "table" else ():
        if column.name in table.indexed:
            of = quoted(column.name)
            ends = f"SELECT (SELECT min({of}) FROM {name}), (SELECT max({of}) FROM {name}),"
            found = within(connection, PATIENCE, f"{ends} (SELECT count(*) FROM {name} WHERE {of} IS NULL)")
            if found is not None:
                low, high, nulls = found[0]
                bounds[column.name] = rows - nulls, low, high
    for temporal, patience in ((True, DATE_PATIENCE), (False, PATIENCE)):
        wanted = [c.name for c in ranged if c.name not in bounds and c.temporal is temporal]
        for start in range(0, len(wanted), 8):
            part = wanted[start : start + 8]
            figures = ", ".join(f"count({quoted(n)}), min({quoted(n)}), max({quoted(n)})" for n in part)
            found = within(connection, patience, f"SELECT {figures} FROM {name}")
            if found is None:
                break
            for place, column_name in enumerate(part):
                bounds[column_name] = found[0][place * 3 : place * 3 + 3]
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
        bounds = _bounds(connection, table, rows, columns)
        columns = [
            bounded(column, rows, bounds[column.name]) if column.name in bounds else column for column in columns
        ]
    return Table(table.name, tuple(columns), key, rows, view=table.kind == "view")


def _referring(table: Declared, name: str) -> bool:
    return any(name.lower() in (column.lower() for column in key.columns) for key in table.keys)
