"""Getting rows out of SQLite quickly, and not more of them than memory bears.

The rows go from the engine into a list in batches, with no Python code per row. Memory is watched between batches: a
batch cannot grow past `BATCH_CELLS` values of `SMALL` bytes, because a statement that makes a larger value is started
again under a limit on length that suits its number of columns.
"""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import chain

from workspace.database.result import Limits, Query, Row
from workspace.errors import QueryTooLarge

try:
    import resource
except ImportError:  # Windows
    resource = None

BATCH_CELLS = 4_096
SMALL = 65_536
# Bytes of one whole result, and of one row of large values.
RESULT_BYTES = 256 * 2**20
ROW_BYTES = 128 * 2**20
# These give NULL instead of an error where the text they make is over the limit, so they always get the full one.
_SILENT = re.compile(r"(?i)\b(printf|format)\b")
# These look for one text in another in a single step of the engine, in the product of the two lengths: 98 s for a
# 2 MB text in a 4 MB one. So in statements that name them no value is longer than this.
_SEARCHING = re.compile(r"(?i)\b(instr|replace|[lr]?trim)\b")
SEARCHED = 200_000


def replaced(data: bytes) -> str:
    """Text that is not valid UTF-8, with a mark for what cannot be read."""
    return data.decode("utf-8", "replace")


def fetch(
    connection: sqlite3.Connection,
    query: Query,
    limits: Limits,
    limit_length: Callable[[int], None],
    over: Callable[[], bool],
) -> tuple[tuple[str, ...], list[Row], bool]:
    """Runs ``query``; gives column names, at most ``limits.rows`` rows, and whether there were more.

    Args:
        connection: guarded; whoever calls this ends what takes too long.
        query, limits: what to run, and how far.
        limit_length: sets the connection's limit on the length of a value.
        over: is the time up? Asked between batches, because what ended in the engine can still take long to be read.

    Raises:
        sqlite3.Error: as the engine says it.
        QueryTooLarge: the rows together are larger than `RESULT_BYTES`.
    """
    if _SEARCHING.search(query.sql):
        limits = replace(limits, length=min(limits.length, SEARCHED))
    small = min(SMALL, limits.length)
    if not _SILENT.search(query.sql):
        try:
            limit_length(max(small, len(query.sql) * 4, 1_000))
            return _attempt(connection, query, limits, over, careful=False)
        except (sqlite3.DataError, sqlite3.OperationalError) as problem:
            undecodable = "decode to UTF-8" in str(problem)
            if not undecodable and "too big" not in str(problem):
                raise
    # Rare: a value over 64 KB, or text in another encoding. Once more, with care.
    connection.text_factory = replaced
    most = limits.length
    try:
        most = max(min(most, ROW_BYTES // _width(connection, query)), small)
        limit_length(most)
        return _attempt(connection, query, limits, over, careful=True)
    except sqlite3.DataError as problem:
        if "too big" not in str(problem):
            raise
        raise QueryTooLarge(
            f"The query makes a single value larger than {most / 1e6:g} MB, so it was stopped.",
            hint="Leave that column out, or shorten it.",
        ) from problem
    finally:
        connection.text_factory = str


def _width(connection: sqlite3.Connection, query: Query) -> int:
    """Columns of the result, out of the engine's program for it, before it runs."""
    program = connection.execute("EXPLAIN " + query.sql, query.params).fetchall()
    return max((row[3] for row in program if row[1] == "ResultRow"), default=1) or 1


def _attempt(
    connection: sqlite3.Connection, query: Query, limits: Limits, over: Callable[[], bool], *, careful: bool
) -> tuple[tuple[str, ...], list[Row], bool]:
    cursor = connection.execute(query.sql, query.params)
    try:
        if cursor.description is None:  # a comment, or nothing at all
            raise sqlite3.ProgrammingError("the statement gives no rows")
        names = tuple(column[0] for column in cursor.description)
        wanted = limits.rows + 1
        batch = 1 if careful else max(BATCH_CELLS // len(names), 1)
        rows: list[Row] = []
        known, size = _peak(), 0
        while len(rows) < wanted:
            more = cursor.fetchmany(min(batch, wanted - len(rows)))
            if not more:
                break
            rows += more
            if over():
                raise sqlite3.OperationalError("interrupted")
            if careful or resource is None:
                size += weigh(more)
            elif _peak() - known > RESULT_BYTES // 4:
                known, size = _peak(), weigh(rows)  # exact, but only where memory has visibly grown
            if size > RESULT_BYTES:
                raise QueryTooLarge(
                    f"The result is larger than {RESULT_BYTES >> 20} MB, so it was stopped.",
                    hint="Ask for fewer columns or rows, or for a total.",
                )
        truncated = len(rows) > limits.rows
        del rows[limits.rows :]
        return names, rows, truncated
    finally:
        cursor.close()


def weigh(rows: list[Row]) -> int:
    """Bytes the values of these rows take in memory."""
    return sum(map(sys.getsizeof, chain.from_iterable(rows)))


def _peak() -> int:
    """The most memory this process has ever had, in bytes (0 where the system does not say)."""
    if resource is None:
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
