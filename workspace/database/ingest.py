"""Data files into tables of a SQLite file: each file is read whole and stored in one transaction, or not at all.

Written with `sqlite3` alone: `sqlite-utils` would import pandas, which costs more (0.6 s) than storing a file of ten
thousand rows (0.1 s), at each start of the workspace on a changed file.
"""

# ruff: noqa: S608 - names are quoted by `quoted`, values are bound
from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workspace.database.clean import clean_column, uses_decimal_comma
from workspace.database.names import quoted
from workspace.database.source import FILE_KINDS
from workspace.database.tabular import Tabular, read_file
from workspace.errors import SourceError, SourceLocked, SourceMissing, SourceUnreadable, SourceUnsupported

LARGEST = 500_000_000
# Remembers which tables came from which file; `reader` leaves it out of the catalog.
MEMORY = "_noapp_files"
# What was odd in the file of a table, and which files could not be read.
REMARKS, REFUSED = "_noapp_remarks", "_noapp_refused"
# How values are read; files that were stored by an older reading are stored anew, though they have not changed.
READING = 3


@dataclass(frozen=True, slots=True)
class Ingested:
    """A table that was made.

    Args:
        table: its name.
        rows: how many it has.
        columns: their names.
        notes: sentences on what was odd in the file.
    """

    table: str
    rows: int
    columns: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence on what was odd in a file.

    Args:
        file: its name.
        table: the one that it became.
        text: the sentence.
    """

    file: str
    table: str
    text: str

    def __str__(self) -> str:
        one = self.table == _table_name(Path(self.file).stem, "", alone=True)
        return f"{self.file}{'' if one else f', table {self.table}'}: {self.text}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that could not be read as it is now: where it is, why, what to do."""

    path: Path
    message: str
    hint: str


def ingest(files: Sequence[str | Path], into: Path, *, progress: Callable[[str], None] | None = None) -> list[Ingested]:
    """Stores data files as tables; a file that was stored before and has not changed is left as it is.

    Args:
        files: paths of CSV, TSV, JSON, XLSX or Parquet files.
        into: the SQLite file, made if it is not there.
        progress: called with a short sentence before each file.

    Returns:
        The tables that were made now.

    Raises:
        SourceError: which file cannot be read, and why; the files before it are stored.
    """
    made: list[Ingested] = []
    with closing(_opened(into)) as connection:
        if connection.execute("PRAGMA user_version").fetchone()[0] != READING:
            connection.execute(f"UPDATE {MEMORY} SET changed = 0")
            connection.execute(f"PRAGMA user_version = {READING}")
        for path in map(Path, files):
            mark = stamp(path)
            key = str(path.resolve())
            if _remembered(connection).get(key, ((0, 0), []))[0] == mark:
                continue
            if progress:
                progress(f"Reading {path.name}")
            content = _content(path)
            try:
                tables = _parsed(path.name, content)
            except SourceError as problem:
                said = (key, *mark, problem.message, problem.hint)
                connection.execute(f"INSERT OR REPLACE INTO {REFUSED} VALUES (?, ?, ?, ?, ?)", said)
                raise
            made += _stored(connection, path.name, tables, key=key, mark=mark)
    return made


def ingest_bytes(filename: str, data: bytes, into: Path) -> list[Ingested]:
    """Stores a file that a person handed over as bytes; raises as `ingest` does.

    Args:
        filename: its name, which decides how it is read and what the table is called.
        data: its content.
        into: the SQLite file, made if it is not there.
    """
    name = Path(filename.replace("\\", "/")).name
    tables = _parsed(name, data)
    with closing(_opened(into)) as connection:
        return _stored(connection, name, tables)


def remarks(into: Path) -> list[Remark]:
    """What was odd in the files of a database, none where it is not one that `ingest` made."""
    return [Remark(*row) for row in _looked(into, f"SELECT file, name, text FROM {REMARKS} ORDER BY rowid")]


def refusals(into: Path) -> list[Refusal]:
    """Those files of a database that could not be read when they were looked at last, and have not changed since."""
    found = []
    for path, size, changed, message, hint in _looked(into, f"SELECT * FROM {REFUSED} ORDER BY path"):
        try:
            if stamp(Path(path)) == (size, changed):
                found.append(Refusal(Path(path), message, hint))
        except SourceMissing:
            continue
    return found


def forget(kept: Sequence[str], into: Path) -> None:
    """Drops the tables of files that are not among ``kept`` (resolved paths)."""
    with closing(_opened(into)) as connection:
        gone = [key for (key,) in connection.execute(f"SELECT path FROM {REFUSED}") if key not in kept]
        connection.executemany(f"DELETE FROM {REFUSED} WHERE path = ?", [(key,) for key in gone])
        for key, (_, tables) in _remembered(connection).items():
            if key not in kept:
                connection.execute("BEGIN IMMEDIATE")
                _drop(connection, key, tables)
                connection.execute("COMMIT")


def stamp(path: Path) -> tuple[int, int]:
    """Size and time of change of a file, by which a change is noticed."""
    try:
        info = path.stat()
    except OSError:
        raise SourceMissing(f"There is no file at {path}.", hint="Check the path.") from None
    return info.st_size, info.st_mtime_ns


def made_here(path: Path) -> bool:
    """Is this database one that `ingest` made (so that it may add to it)?"""
    return bool(_looked(path, f"SELECT 1 FROM sqlite_master WHERE name = '{MEMORY}'"))


def _looked(path: Path, sql: str) -> list[Any]:
    """Rows of a database that is not written; none where there is no such table."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute(sql).fetchall()
    except sqlite3.Error:
        return []


# ----------------------------------------------------------------------------------------------------------- reading
def _content(path: Path) -> bytes:
    if path.stat().st_size > LARGEST:
        raise SourceUnsupported(
            f"{path.name} is larger than {LARGEST // 10**6} MB.", hint="Load it into a SQLite database and open that."
        )
    try:
        return path.read_bytes()
    except OSError as problem:
        raise SourceUnreadable(f"{path} cannot be read: {(problem.strerror or 'no access').lower()}.") from None


def _parsed(filename: str, data: bytes) -> list[Tabular]:
    suffix = Path(filename).suffix.lower()
    kind = FILE_KINDS.get(suffix)
    if data.startswith(b"PK\x03\x04") and kind in ("csv", "json"):
        raise SourceUnreadable(
            f"{filename} is a workbook or archive, not text.", hint="Give it its right ending (.xlsx)."
        )
    if kind is None:
        hint = "Save it as .xlsx first." if suffix in (".xls", ".ods") else "Give CSV, TSV, JSON, XLSX or Parquet."
        raise SourceUnsupported(f"Files like {filename} cannot be read as a table.", hint=hint)
    return read_file(filename, data, kind)


# ----------------------------------------------------------------------------------------------------------- storing
def _opened(into: Path) -> sqlite3.Connection:
    try:
        into.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(into, timeout=10, isolation_level=None)
        for name, columns in (
            (MEMORY, "path TEXT PRIMARY KEY, size INTEGER, changed INTEGER, tables TEXT"),
            (REMARKS, "name TEXT, file TEXT, text TEXT"),
            (REFUSED, "path TEXT PRIMARY KEY, size INTEGER, changed INTEGER, message TEXT, hint TEXT"),
        ):
            connection.execute(f"CREATE TABLE IF NOT EXISTS {name} ({columns})")
    except (OSError, sqlite3.Error) as problem:
        raise _translated(problem, into) from problem
    return connection


def _translated(problem: Exception, into: Path) -> SourceError:
    if "locked" in str(problem):
        return SourceLocked(f"{into.name} is being written by another program.", hint="Try again in a moment.")
    return SourceUnreadable(f"{into} cannot be written: {str(problem).rstrip('.')}.", hint="Check the folder's rights.")


def _remembered(connection: sqlite3.Connection) -> dict[str, tuple[tuple[int, int], list[str]]]:
    rows = connection.execute(f"SELECT path, size, changed, tables FROM {MEMORY}")
    return {path: ((size, changed), json.loads(tables)) for path, size, changed, tables in rows}


def _drop(connection: sqlite3.Connection, key: str, tables: Sequence[str]) -> None:
    for table in tables:
        connection.execute(f"DROP TABLE IF EXISTS {quoted(table)}")
        connection.execute(f"DELETE FROM {REMARKS} WHERE name = ?", (table,))
    connection.execute(f"DELETE FROM {MEMORY} WHERE path = ?", (key,))


def _stored(
    connection: sqlite3.Connection,
    filename: str,
    tables: Sequence[Tabular],
    *,
    key: str = "",
    mark: tuple[int, int] = (0, 0),
) -> list[Ingested]:
    """Makes the tables in one transaction; those that came from the same file before go."""
    made: list[Ingested] = []
    stem = Path(filename).stem
    try:
        connection.execute("BEGIN IMMEDIATE")
        if key:
            _drop(connection, key, _remembered(connection).get(key, ((0, 0), []))[1])
        taken = {name.lower() for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        for table in tables:
            name = _free(_table_name(stem, table.name, alone=len(tables) == 1), taken)
            taken.add(name.lower())
            made.append(_make(connection, name, table))
            said = [(name, filename, note) for note in made[-1].notes]
            connection.executemany(f"INSERT INTO {REMARKS} VALUES (?, ?, ?)", said)
        connection.execute(f"DELETE FROM {REFUSED} WHERE path = ?", (key,))
        if key:
            names = json.dumps([item.table for item in made])
            connection.execute(f"INSERT INTO {MEMORY} VALUES (?, ?, ?, ?)", (key, *mark, names))
        connection.execute("COMMIT")
    except BaseException as problem:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if isinstance(problem, sqlite3.Error):
            raise SourceUnreadable(f"{stem} could not be stored: {str(problem).rstrip('.')}.") from problem
        raise
    return made


def _table_name(stem: str, own: str, *, alone: bool) -> str:
    generic = not own or re.match(r"(?i)(sheet|tabelle|feuil|hoja|blatt)\s*\d*$", own)
    base = stem if generic and alone else own if not generic or own else stem
    if generic and not alone and own:
        base = f"{stem}_{own}"
    if not generic and alone:
        base = stem
    name = re.sub(r"\W+", "_", unicodedata.normalize("NFC", base)).strip("_")[:60] or "data"
    return f"t_{name}" if name.lower().startswith("sqlite") or name[0].isdigit() else name


def _free(name: str, taken: set[str]) -> str:
    free, number = name, 2
    while free.lower() in taken:
        free, number = f"{name}_{number}", number + 1
    return free


def _make(connection: sqlite3.Connection, name: str, table: Tabular) -> Ingested:
    comma = uses_decimal_comma(table.columns)
    cleaned = [
        clean_column(title, column, decimal_comma=comma)
        for title, column in zip(table.names, table.columns, strict=True)
    ]
    columns = ", ".join(
        f"{quoted(title)} {column.declared}" for title, column in zip(table.names, cleaned, strict=True)
    )
    connection.execute(f"CREATE TABLE {quoted(name)} ({columns})")
    places = ", ".join("?" * len(cleaned))
    rows = zip(*(column.values for column in cleaned), strict=True)
    connection.executemany(f"INSERT INTO {quoted(name)} VALUES ({places})", rows)
    notes = [*table.notes, *(column.note for column in cleaned if column.note)]
    return Ingested(name, table.rows, tuple(table.names), tuple(notes))
