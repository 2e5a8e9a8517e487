"""Reading the catalog and the value index of a SQLite file of 1 GB: the first time, and from the cache.

The file is made from a seed: a shop of five million sales with customers, products, stores, reviews with long texts,
and a log without a declared key, as files grow in real life. It is made anew unless `NOAPP_LARGE` names where to keep it.

    NOAPP_LARGE=/tmp/large.sqlite uv run python -m tests.bench large
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

from tests.bench.wide import CITIES, COUNTRIES, FIRST_NAMES, LAST_NAMES, WORDS, listed

SALES = 5_000_000
SEED = 17
PEER_TABLE = "visits"
STREETS = listed("""Main Station Church Garden Mill Park River School Bridge Market Castle Forest Hill Lake Meadow""")
KINDS = listed("""lamp table chair shelf sofa bed mirror carpet curtain vase clock frame desk stool bench cabinet""")
REMARKS = [
    "please ring twice at the side door",
    "gift, do not include the invoice in the parcel",
    "call before the delivery, second floor without a lift",
    "leave with the neighbour if nobody is at home",
    "replacement for the damaged item of the last order, to be exchanged at the door",
]
LONG = (
    "It arrived on time and well packed. The colour is a little darker than on the picture, the material feels solid, "
    "and putting it together took half an hour. "
)
SCHEMA = """
CREATE TABLE stores (store_id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT, country TEXT, opened_on DATE, size REAL);
CREATE TABLE products (product_id INTEGER PRIMARY KEY, name TEXT NOT NULL, category TEXT, brand TEXT, price REAL,
    introduced_on DATE, weight REAL);
CREATE TABLE customers (customer_id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, email TEXT, street TEXT,
    city TEXT, country TEXT, birth_date DATE, registered_at DATETIME, newsletter BOOLEAN);
CREATE TABLE sales (sale_id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers, product_id INTEGER
    REFERENCES products, store_id INTEGER, sold_at DATETIME, quantity INTEGER, unit_price REAL, discount REAL, channel TEXT,
    status TEXT, reference TEXT, remark TEXT, delivery_address TEXT);
CREATE TABLE reviews (review_id INTEGER PRIMARY KEY, product_id INTEGER REFERENCES products, customer_id INTEGER, stars
    INTEGER, written_on DATE, text TEXT);
CREATE TABLE visits (visitor TEXT, page TEXT, visited_at TEXT, seconds INTEGER, country TEXT, device TEXT);
"""


def build(path: Path, sales: int = SALES, seed: int = SEED) -> None:
    """Writes the database, by arithmetic in SQLite itself; about 200 bytes for each sale.

    Args:
        path: a file that does not exist yet.
        sales: rows of the fact table; the others follow from it.
        seed: of all that is made up.
    """
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("PRAGMA journal_mode=off; PRAGMA synchronous=off;" + SCHEMA)
        lists = {
            "city": CITIES, "land": COUNTRIES, "given": FIRST_NAMES, "family": LAST_NAMES, "word": WORDS,
            "street": STREETS, "kind": KINDS, "remark": REMARKS, "channel": ["shop", "online", "phone"],
            "status": ["delivered", "delivered", "delivered", "open", "returned", "cancelled"],
            "device": ["phone", "tablet", "computer"],
        }  # fmt: skip
        for name, values in lists.items():
            connection.execute(f"CREATE TEMP TABLE {name} (n INTEGER PRIMARY KEY, v TEXT)")
            connection.executemany(f"INSERT INTO {name} VALUES (?, ?)", enumerate(values))
        products, customers, reviews, visits = sales // 250 + 10, sales // 20 + 10, sales // 20, sales // 10

        def rnd(salt: int, most: int) -> str:
            """A number from 0 to ``most`` - 1 that depends on the row."""
            mixed = f"((((r.n + {seed}) * {2654435761 + 2 * salt}) >> 7) & 2147483647) * {1103515245 + 4 * salt}"
            return f"(((({mixed}) >> 9) & 2147483647) % {most})"

        def one(name: str, salt: int) -> str:
            return f"(SELECT v FROM {name} WHERE {name}.n = {rnd(salt, len(lists[name]))})"

        def fill(table: str, count: int, *columns: str) -> None:
            connection.execute(
                f"WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < {count})"
                f" INSERT INTO {table} SELECT {', '.join(columns)} FROM r"
            )

        day = "date('2015-01-01', '+' || ({}) || ' days')".format
        moment = "datetime('2015-01-01', '+' || ({}) || ' seconds')".format
        fill("stores", 400, "n", f"{one('city', 1)} || ' ' || {one('street', 2)}", one("city", 1), one("land", 1),
             day(rnd(3, 3000)), rnd(4, 4000))  # fmt: skip
        fill("products", products, "n", f"{one('word', 1)} || ' ' || {one('word', 2)} || ' ' || {one('kind', 3)} || ' ' || n",
             one("kind", 3), one("word", 4), f"{rnd(5, 90000)} / 100.0", day(rnd(6, 3000)), f"{rnd(7, 500)} / 10.0")  # fmt: skip
        fill("customers", customers, "n", one("given", 1), one("family", 2), "'user' || n || '@example.org'",
             f"{one('street', 3)} || ' street ' || {rnd(4, 200)}", one("city", 5), one("land", 6),
             f"date('1940-01-01', '+' || {rnd(7, 24000)} || ' days')", moment(rnd(8, 300_000_000)), rnd(9, 2))  # fmt: skip
        fill("sales", sales, "n", f"1 + {rnd(1, customers)}", f"1 + {rnd(2, products)}", f"1 + {rnd(3, 400)}",
             moment(f"n * {300_000_000 // sales} + {rnd(4, 4000)}"), f"1 + {rnd(5, 6)}", f"{rnd(6, 90000)} / 100.0",
             f"{rnd(7, 4)} / 10.0", one("channel", 8), one("status", 9), f"printf('R-%08d-%04x', n, {rnd(10, 65536)})",
             f"CASE WHEN {rnd(11, 3)} > 0 THEN {one('remark', 12)} END",
             f"{one('street', 13)} || ' street ' || {rnd(14, 200)} || ', ' || (10000 + {rnd(15, 80_000)}) || ' ' || {one('city', 16)}")  # fmt: skip
        fill("reviews", reviews, "n", f"1 + {rnd(1, products)}", f"1 + {rnd(2, customers)}", f"1 + {rnd(3, 5)}", day(rnd(4, 3000)),
             f"substr('{LONG * 4}', 1 + {rnd(5, 100)}, 100 + {rnd(6, 400)})")  # fmt: skip
        fill("visits", visits, f"printf('%08x%08x', {rnd(1, 2**31)}, {rnd(2, 2**31)})",
             f"'/' || {one('kind', 3)} || '/' || {rnd(4, products)}", moment(rnd(5, 300_000_000)), rnd(6, 600), one("land", 7),
             one("device", 8))  # fmt: skip
        connection.executescript(
            "CREATE INDEX sales_customer ON sales (customer_id); CREATE INDEX sales_day ON sales (sold_at);"
            "CREATE UNIQUE INDEX customers_email ON customers (email);"
        )
        connection.commit()


def main() -> None:
    """Prints the figures; the file is read once before, so that it is the reading that is measured and not the disk."""
    kept = os.environ.get("NOAPP_LARGE")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(kept) if kept else Path(folder) / "large.sqlite"
        if not path.exists():
            start = time.perf_counter()
            build(path)
            print(f"made in {time.perf_counter() - start:.0f} s")
        measure(path, Path(folder))


def measure(path: Path, folder: Path) -> None:
    from workspace.database.source import open_source

    os.environ["NOAPP_CACHE"] = str(folder / "cache")
    with path.open("rb") as file:
        while file.read(1 << 24):
            pass
    for which, aim in (("first time", "aim 10 s, floor 20 s"), ("from cache", "aim 0.2 s, floor 0.5 s")):
        start, spent = time.perf_counter(), time.process_time()
        source = open_source(path)
        catalog = source.catalog()
        looked = time.perf_counter()
        values = source.values()
        done, spent = time.perf_counter(), time.process_time() - spent
        if which == "first time":
            print(f"{path.stat().st_size / 1e9:.2f} GB, {catalog.rows:,} rows, {len(values):,} values")
        parts = f"catalog {looked - start:.2f} s, values {done - looked:.2f} s, processor {spent:.2f} s"
        print(f"{which}   {done - start:6.2f} s   ({parts})   {aim}")
        if which == "first time":
            first = done - start
        source.close()
    peer = analysed(path, PEER_TABLE)
    share = next(t.rows for t in catalog.tables if t.name == PEER_TABLE) / catalog.rows
    print(f"sqlite-utils {peer:6.2f} s   (analyze-tables of {PEER_TABLE} alone, {share:.0%} of the rows)")
    print(f"ratio        {peer / share / first:6.1f}x  (by rows)")


def analysed(path: Path, table: str) -> float:
    """Seconds that sqlite-utils takes to profile one table: rows, blanks, different and most common values."""
    from sqlite_utils import Database

    start = time.perf_counter()
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        found = Database(connection).table(table)
        for column in found.columns:
            found.analyze_column(column.name)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
