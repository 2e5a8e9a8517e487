"""What the guard costs: check + run against the same query on a bare `sqlite3` connection, 1 row and 100,000 rows.

The bare side is an open connection and `execute(...).fetchall()`. "first sight" is a statement that was not checked
before; "receipt" also works out the result's digest, which otherwise waits until somebody reads it.
"""

from __future__ import annotations

import gc
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from itertools import count
from pathlib import Path

ROWS = 100_000
ONE = "SELECT name, amount FROM sale WHERE id = :id"
MANY = "SELECT id, name, amount, day, qty FROM sale"
GROUPED = "SELECT day, count(*), sum(amount) FROM sale GROUP BY day ORDER BY day"


def build(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE sale (id INTEGER PRIMARY KEY, name TEXT, amount REAL, day TEXT, qty INTEGER)")
        rows = (
            (n, f"customer {n % 997}", n * 7 % 1000 / 8, f"2024-{n % 12 + 1:02}-{n % 28 + 1:02}", n % 9)
            for n in range(ROWS)
        )
        connection.executemany("INSERT INTO sale VALUES (?, ?, ?, ?, ?)", rows)
        connection.commit()


def seconds(call: Callable[[], object], times: int) -> float:
    start = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - start) / times


def compare(calls: Mapping[str, Callable[[], object]], *, times: int, rounds: int) -> dict[str, float]:
    """Median seconds per call; the calls take turns, so that a busy moment hits all of them."""
    found: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            gc.collect()
            found[name].append(seconds(call, times))
    return {name: statistics.median(values) for name, values in found.items()}


def show(title: str, figures: dict[str, float]) -> None:
    base = figures["bare sqlite3"]
    print(title)
    for name, value in figures.items():
        print(f"  {name:34} {value * 1e6:12,.1f} µs   {value / base:7.3f}x")


def main() -> None:
    from workspace.database.execute import run
    from workspace.database.guard import Allow, check
    from workspace.database.result import Limits, Query, Result
    from workspace.database.source import open_source

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.sqlite"
        build(path)
        source = open_source(path)
        bare = sqlite3.connect(path)
        limits = Limits(rows=ROWS)
        number = count()

        def guarded(sql: str, params: dict | None = None) -> Callable[[], Result]:
            def call() -> Result:
                verdict = check(Query(sql, params or {}), source)
                assert isinstance(verdict, Allow)
                return run(verdict, source, limits)

            return call

        one = {
            "bare sqlite3": lambda: bare.execute(ONE, {"id": 5}).fetchall(),
            "check + run": guarded(ONE, {"id": 5}),
            "check + run, first sight": lambda: guarded(f"{ONE} AND {next(number)} >= 0", {"id": 5})(),
            "  of it: fingerprint": source.fingerprint,
        }
        show("1 row", compare(one, times=300, rounds=9))
        for title, sql in ((f"{ROWS:,} rows of 5 columns", MANY), (f"{ROWS:,} rows grouped to 84", GROUPED)):
            assert [tuple(row) for row in bare.execute(sql)] == list(guarded(sql)().rows)
            many = {
                "bare sqlite3": lambda sql=sql: bare.execute(sql).fetchall(),
                "check + run": guarded(sql),
                "check + run + receipt": lambda sql=sql: guarded(sql)().receipt.digest,
            }
            show(title, compare(many, times=1, rounds=15))
        bare.close()
        source.close()


if __name__ == "__main__":
    main()
