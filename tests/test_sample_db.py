"""The sample database: the same for the same day, sound, and with its stories in it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from sample_db.build import SCHEMA, SampleError, build, built_on, main
from sample_db.window import CARRIER_SLOWS, CUSTOMER_GONE, LINE_FAILS, NEW_STORE, TICKETS_RISE, Window, poisson, season

TODAY = date(2026, 11, 23)
WINDOW = Window(TODAY)
DATES = {
    "orders": "order_date", "customers": "signed_up_on", "shipments": "shipped_on delivered_on", "returns": "returned_on",
    "support_tickets": "opened_on resolved_on", "tasks": "created_on completed_on", "targets": "month", "stores": "opened_on",
    "employees": "hired_on left_on", "products": "launched_on discontinued_on", "promotions": "starts_on",
}  # fmt: skip
# what the past is made of; states and dates that were not yet known yesterday are left out
PAST = {
    "customers": "*", "order_items": "*", "targets": "*", "stores": "*", "employees": "*", "products": "*", "promotions": "*",
    "orders": "order_id, customer_id, store_id, employee_id, promotion_id, order_date, channel, total",
    "shipments": "shipment_id, order_id, carrier, shipping_cost", "tasks": "task_id, title, employee_id, created_on, due_on",
    "support_tickets": "ticket_id, customer_id, product_id, employee_id, topic, subject, priority, opened_on",
}  # fmt: skip


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    started = time.perf_counter()
    path = build(tmp_path_factory.mktemp("sample") / "sample.sqlite", today=TODAY)
    print(f"built in {time.perf_counter() - started:.2f} s, {path.stat().st_size / 1e6:.1f} MB")
    return path


@pytest.fixture(scope="module")
def db(sample: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{sample}?mode=ro", uri=True)) as connection:
        yield connection


def rows(db: sqlite3.Connection, sql: str, *params: Any) -> list[tuple[Any, ...]]:
    return db.execute(sql, params).fetchall()


def value(db: sqlite3.Connection, sql: str, *params: Any) -> Any:
    return db.execute(sql, params).fetchone()[0]


def from_month(number: int) -> str:
    return WINDOW.month(number).isoformat()


# ------------------------------------------------------------------------------------------------ sameness
def test_same_day_and_seed_give_the_same_rows_in_another_process(sample: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.sqlite"
    command = [sys.executable, "-m", "sample_db.build", str(again), "--today", TODAY.isoformat()]
    done = subprocess.run(
        command,
        env={**os.environ, "PYTHONHASHSEED": "4711"},
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "built up to 2026-11-23" in done.stdout
    assert again.read_bytes() == sample.read_bytes()


def test_tomorrows_sample_keeps_todays_history(sample: Path, tmp_path: Path) -> None:
    tomorrow = TODAY + timedelta(1)
    with (
        closing(sqlite3.connect(sample)) as now,
        closing(sqlite3.connect(build(tmp_path / "b", today=tomorrow))) as then,
    ):
        for table, columns in PAST.items():
            before = rows(now, f"SELECT {columns} FROM {table} ORDER BY 1")
            after = rows(then, f"SELECT {columns} FROM {table} ORDER BY 1 LIMIT ?", len(before))
            assert after == before, table
        assert value(then, "SELECT max(order_date) FROM orders") == tomorrow.isoformat()


@pytest.mark.parametrize("today", [date(2027, 1, 1), date(2028, 2, 29), date(2026, 12, 31)])
def test_another_day_and_another_seed(today: date, tmp_path: Path) -> None:
    with closing(sqlite3.connect(build(tmp_path / "other.sqlite", today=today, seed=99))) as db:
        assert not rows(db, "PRAGMA foreign_key_check")
        first, last = rows(db, "SELECT min(order_date), max(order_date) FROM orders")[0]
        assert (first, last) == (Window(today).first.isoformat(), today.isoformat())
        full = {f"{today.year - 2}", f"{today.year - 1}"}
        months = rows(
            db, "SELECT substr(order_date, 1, 4), count(DISTINCT substr(order_date, 1, 7)) FROM orders GROUP BY 1"
        )
        assert full <= {year for year, count in months if count == 12}
        total = sum(value(db, f"SELECT count(*) FROM {table}") for table in SCHEMA)
        assert 80_000 < total < 115_000


def test_window_moves_twice_a_year() -> None:
    assert Window(date(2026, 7, 1)).first == Window(date(2026, 12, 31)).first == date(2024, 1, 1)
    assert Window(date(2026, 6, 30)).first == Window(date(2026, 1, 1)).first == date(2023, 7, 1)
    assert WINDOW.month(0) == WINDOW.first and WINDOW.month(13) == date(2025, 2, 1)
    assert list(WINDOW.days())[-1] == TODAY and list(WINDOW.months())[-1] == date(2026, 11, 1)


def test_chance_has_the_mean_it_is_asked_for() -> None:
    chance = WINDOW.chance("test")
    assert sum(poisson(chance, 1.7) for _ in range(20_000)) / 20_000 == pytest.approx(1.7, rel=0.03)
    assert sum(season(day) for day in WINDOW.days()) / len(list(WINDOW.days())) == pytest.approx(1.0, abs=0.03)


# --------------------------------------------------------------------------------------------- soundness
def test_tables_rows_and_keys(db: sqlite3.Connection) -> None:
    names = {name for (name,) in rows(db, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert names == set(SCHEMA) and len(names) == 15
    counts = {name: value(db, f"SELECT count(*) FROM {name}") for name in SCHEMA}
    assert 90_000 < sum(counts.values()) < 110_000 and min(counts.values()) >= 6
    assert not rows(db, "PRAGMA foreign_key_check") and value(db, "PRAGMA integrity_check") == "ok"
    for name, (columns, references, *_) in SCHEMA.items():
        declared = {(key[3], key[2], key[4]) for key in rows(db, f"PRAGMA foreign_key_list({name})")}
        assert declared == {(column, other, next(iter(SCHEMA[other][0]))) for column, other in references.items()}
        assert [info[1] for info in rows(db, f"PRAGMA table_info({name})") if info[5]] == [next(iter(columns))]
    # every way along a foreign key into a large table has its index
    indexed = {
        sql.split(" ON ")[1].replace("\n", " ")
        for (sql,) in rows(db, "SELECT sql FROM sqlite_master WHERE type = 'index'")
    }
    assert any("orders" in sql and "order_date" in sql for sql in indexed) and len(indexed) >= 18


def test_dates_are_iso_and_end_today(db: sqlite3.Connection) -> None:
    for table, columns in DATES.items():
        for column in columns.split():
            wrong = f"SELECT count(*) FROM {table} WHERE {column} IS NOT NULL AND (date({column}) IS NOT {column} OR {column} > ?)"
            assert value(db, wrong, TODAY.isoformat()) == 0, (table, column)
    for back in range(60):  # no day without an order, so "yesterday" and "last week" have answers
        assert value(db, "SELECT count(*) FROM orders WHERE order_date = ?", (TODAY - timedelta(back)).isoformat())
    assert value(db, "SELECT count(*) FROM tasks WHERE due_on > ? AND completed_on IS NULL", TODAY.isoformat()) > 5
    assert value(db, "SELECT max(month) FROM targets") == "2026-11-01"


def test_totals_are_exact_to_the_cent(db: sqlite3.Connection) -> None:
    off = """
        SELECT o.order_id FROM orders o LEFT JOIN order_items i USING (order_id) GROUP BY o.order_id
        HAVING count(i.order_id) = 0 OR abs(o.total - sum(i.quantity * i.unit_price * (1 - i.discount))) > 1e-6
        OR o.total <> round(sum(round(i.quantity * i.unit_price * (1 - i.discount), 2)), 2)"""
    assert rows(db, off) == []
    cents = (
        "SELECT count(*) FROM order_items WHERE round(unit_price, 2) <> unit_price OR quantity < 1 OR discount > 0.3"
    )
    assert value(db, cents) == 0


def test_events_come_in_their_order(db: sqlite3.Connection) -> None:
    never = {
        "ordered before signing up": "SELECT count(*) FROM orders JOIN customers USING (customer_id) WHERE order_date < signed_up_on",
        "sold before opening": "SELECT count(*) FROM orders JOIN stores USING (store_id) WHERE order_date < opened_on",
        "sold by nobody there": """SELECT count(*) FROM orders JOIN employees USING (employee_id)
            WHERE order_date < hired_on OR order_date > left_on OR employees.store_id <> orders.store_id""",
        "no seller": "SELECT count(*) FROM orders WHERE (employee_id IS NULL) <> (channel = 'online')",
        "shipped early": "SELECT count(*) FROM shipments JOIN orders USING (order_id) WHERE shipped_on < order_date",
        "arrived early": "SELECT count(*) FROM shipments WHERE delivered_on <= shipped_on OR (delivered_on > '' AND shipped_on IS NULL)",
        "wrong status": """SELECT count(*) FROM orders JOIN shipments s USING (order_id) WHERE orders.status <>
            CASE WHEN delivered_on > '' THEN 'completed' WHEN shipped_on > '' THEN 'shipped' ELSE 'processing' END""",
        "cancelled but sent": "SELECT count(*) FROM orders JOIN shipments USING (order_id) WHERE orders.status = 'cancelled'",
        "returned unsent": """SELECT count(*) FROM returns r JOIN order_items i USING (order_item_id) JOIN orders o USING (order_id)
            WHERE o.status <> 'completed' OR r.returned_on <= o.order_date OR r.quantity > i.quantity
            OR r.refund_amount > i.quantity * i.unit_price + 0.001""",
        "resolved early": "SELECT count(*) FROM support_tickets WHERE resolved_on < opened_on OR (status = 'resolved') <> (resolved_on > '')",
        "done early": "SELECT count(*) FROM tasks WHERE completed_on < created_on OR (status = 'done') <> (completed_on IS NOT NULL)",
        "sold too early": "SELECT count(*) FROM order_items JOIN orders USING (order_id) JOIN products USING (product_id) WHERE order_date < launched_on",
    }  # fmt: skip
    assert {what: count for what, sql in never.items() if (count := value(db, sql))} == {}


def test_gaps_are_where_they_are_in_life(db: sqlite3.Connection) -> None:
    assert (
        40 < value(db, "SELECT count(*) FROM customers WHERE customer_id NOT IN (SELECT customer_id FROM orders)") < 400
    )
    assert (
        5
        <= value(db, "SELECT count(*) FROM products WHERE product_id NOT IN (SELECT product_id FROM order_items)")
        <= 12
    )
    for table, (_, _, nullable, _) in SCHEMA.items():
        for column in nullable.split():
            if (table, column) != ("suppliers", "phone"):
                assert value(db, f"SELECT count(*) FROM {table} WHERE {column} IS NULL"), (table, column)
            assert value(db, f"SELECT count(*) FROM {table} WHERE {column} IS NOT NULL"), (table, column)
    assert value(db, "SELECT count(*) FROM employees WHERE reports_to IS NULL") == 1
    for table in ("customers", "products", "suppliers", "promotions"):
        assert value(db, f"SELECT count(*) - count(DISTINCT name) FROM {table}") == 0
    for table, states in {"orders": 4, "shipments": 4, "returns": 3, "support_tickets": 3, "tasks": 4}.items():
        assert value(db, f"SELECT count(DISTINCT status) FROM {table}") == states


# ----------------------------------------------------------------------------------------------- stories
def test_the_south_declines_while_the_others_grow(db: sqlite3.Connection) -> None:
    sql = """
        SELECT r.name, sum(CASE WHEN order_date >= '2026' THEN total END) / sum(CASE WHEN order_date < '2025' THEN total END)
        FROM orders JOIN stores USING (store_id) JOIN regions r USING (region_id)
        WHERE strftime('%m-%d', order_date) <= '11-23' GROUP BY r.name"""
    change = dict(rows(db, sql))
    assert change.pop("Southern Europe") < 0.6
    assert min(change.values()) > 1.0
    reached = """
        SELECT r.name = 'Southern Europe', avg(sold >= target_amount) FROM regions r JOIN stores USING (region_id) JOIN targets t
        USING (store_id) JOIN (SELECT store_id, substr(order_date, 1, 7) || '-01' AS month, sum(total) AS sold FROM orders
        GROUP BY 1, 2) o ON o.store_id = t.store_id AND o.month = t.month WHERE t.month >= '2026' GROUP BY 1"""
    targets = dict(rows(db, reached))
    assert targets[1] < 0.1 and 0.3 < targets[0] < 0.8


def test_a_store_opened_and_grew(db: sqlite3.Connection) -> None:
    first = value(db, "SELECT min(order_date) FROM orders JOIN stores USING (store_id) WHERE name = 'Vienna Neubau'")
    assert from_month(NEW_STORE) <= first < from_month(NEW_STORE + 1)
    sql = "SELECT total(total) FROM orders JOIN stores USING (store_id) WHERE name = 'Vienna Neubau' AND order_date LIKE ?"
    assert value(db, sql, "2026%") > value(db, sql, "2025%") > 0 == value(db, sql, "2024%")


def test_the_largest_customer_left(db: sqlite3.Connection) -> None:
    top = "SELECT name, sum(total), max(order_date) FROM orders JOIN customers USING (customer_id) GROUP BY customer_id ORDER BY 2 DESC"
    (name, spent, last), (_, second, _) = rows(db, top)[:2]
    assert name == "Calloway Hotels" and spent > 1.3 * second
    assert from_month(CUSTOMER_GONE - 1) <= last < from_month(CUSTOMER_GONE)


def test_a_carrier_got_slow(db: sqlite3.Connection) -> None:
    sql = """
        SELECT carrier, avg(CASE WHEN order_date >= ?1 THEN julianday(delivered_on) - julianday(shipped_on) END)
        - avg(CASE WHEN order_date < ?1 THEN julianday(delivered_on) - julianday(shipped_on) END)
        FROM shipments JOIN orders USING (order_id) GROUP BY carrier"""
    change = dict(rows(db, sql, from_month(CARRIER_SLOWS)))
    assert change.pop("BlueVan") > 4
    assert max(map(abs, change.values())) < 0.5


def test_one_line_of_one_supplier_comes_back(db: sqlite3.Connection) -> None:
    sql = """
        SELECT s.name || ': ' || p.brand, avg(return_id IS NOT NULL) FROM order_items i JOIN orders USING (order_id)
        JOIN products p USING (product_id) JOIN suppliers s USING (supplier_id) LEFT JOIN returns USING (order_item_id)
        WHERE order_date {} ? GROUP BY p.brand ORDER BY 2 DESC"""
    since = rows(db, sql.format(">="), from_month(LINE_FAILS))
    assert since[0][0] == "Pearl River Lighting: Lumo" and since[0][1] > 0.18 > 3 * since[1][1]
    assert dict(rows(db, sql.format("<"), from_month(LINE_FAILS)))["Pearl River Lighting: Lumo"] < 0.07
    reason = """SELECT reason FROM returns JOIN order_items USING (order_item_id) JOIN products USING (product_id)
        WHERE brand = 'Lumo' AND returned_on >= ? GROUP BY 1 ORDER BY count(*) DESC"""
    assert value(db, reason, from_month(LINE_FAILS)) == "defective"


def test_furniture_tickets_rise_and_displease(db: sqlite3.Connection) -> None:
    sql = """
        SELECT c.name, sum(opened_on >= ?1) * 1.0 / sum(opened_on < ?1), avg(CASE WHEN opened_on >= ?1 THEN satisfaction END)
        FROM support_tickets JOIN products USING (product_id) JOIN categories c USING (category_id) GROUP BY c.name ORDER BY 2 DESC"""
    (name, growth, rating), *others = rows(db, sql, from_month(TICKETS_RISE))
    assert name == "Furniture" and growth > 3 * others[0][1] and rating < min(other[2] for other in others) - 0.4


def test_one_seller_is_outstanding(db: sqlite3.Connection) -> None:
    sql = """SELECT first_name || ' ' || last_name, sum(total) FROM orders JOIN employees USING (employee_id)
        GROUP BY employee_id ORDER BY 2 DESC LIMIT 2"""
    (name, sold), (_, second) = rows(db, sql)
    assert name == "Amara Okafor" and sold > 1.8 * second


def test_the_year_has_its_seasons(db: sqlite3.Connection) -> None:
    weekday = dict(rows(db, "SELECT strftime('%w', order_date), count(*) FROM orders GROUP BY 1"))
    assert max(weekday, key=weekday.__getitem__) == "6" and min(weekday, key=weekday.__getitem__) == "0"
    month = dict(
        rows(db, "SELECT strftime('%m', order_date), count(*) FROM orders WHERE order_date < '2026' GROUP BY 1")
    )
    assert set(sorted(month, key=month.__getitem__)[-2:]) == {"11", "12"}
    sql = """SELECT strftime('%m', order_date) IN ('04', '05', '06'), count(*) FROM order_items JOIN orders USING (order_id)
        JOIN products USING (product_id) JOIN categories c USING (category_id)
        WHERE c.name = ? AND strftime('%m', order_date) IN ('04', '05', '06', '10', '11', '12') GROUP BY 1"""
    garden, lighting = dict(rows(db, sql, "Garden")), dict(rows(db, sql, "Lighting"))
    assert garden[1] > 1.5 * garden[0] and lighting[0] > 1.5 * lighting[1]
    share = "SELECT avg(channel = 'online') FROM orders WHERE order_date LIKE ?"
    assert value(db, share, "2026%") > value(db, share, "2024%") + 0.05


# ------------------------------------------------------------------------------------------------- the file
def test_built_on(sample: Path, tmp_path: Path) -> None:
    assert built_on(sample) == TODAY
    with closing(sqlite3.connect(sample)) as db:
        assert value(db, "PRAGMA user_version") == 20261123
    other = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(other)) as db:
        db.execute("CREATE TABLE t (a)")
    assert built_on(other) is None
    (tmp_path / "text").write_text("20261123")
    assert built_on(tmp_path / "text") is None
    assert built_on(tmp_path / "absent") is None
    assert built_on(tmp_path) is None


def test_a_failed_build_leaves_the_former_file(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "sample.sqlite"
    path.write_bytes(sample.read_bytes())
    monkeypatch.setitem(SCHEMA, "tasks", (SCHEMA["tasks"][0], {}, "", ""))  # notes may not be NULL: the insert fails
    with pytest.raises(SampleError, match="NOT NULL"):
        build(path, today=TODAY)
    assert [file.name for file in tmp_path.iterdir()] == ["sample.sqlite"]
    assert path.read_bytes() == sample.read_bytes()


def test_an_older_sample_is_replaced_with_its_leftovers(sample: Path, tmp_path: Path) -> None:
    path = tmp_path / "sample.sqlite"
    path.write_bytes(sample.read_bytes())
    path.with_name("sample.sqlite-wal").write_bytes(b"left behind")
    assert main([str(path), "--today", "2026-07-01"]) == 0
    assert [file.name for file in tmp_path.iterdir()] == ["sample.sqlite"]
    assert built_on(path) == date(2026, 7, 1)


def test_somebody_elses_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "mine.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE diary (entry)")
    before = path.read_bytes()
    with pytest.raises(SampleError, match="left as it is"):
        build(path, today=TODAY)
    assert path.read_bytes() == before and len(list(tmp_path.iterdir())) == 1


def test_unwritable_targets_say_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SampleError, match="it is a folder"):
        build(tmp_path, today=TODAY)
    (tmp_path / "file").write_text("")
    with pytest.raises(SampleError, match="cannot be written"):
        build(tmp_path / "file" / "sample.sqlite", today=TODAY)
    assert main([str(tmp_path)]) == 1 and "folder" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([str(tmp_path / "x"), "--today", "someday"])
    assert "is not a day like" in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_says_so(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(SampleError, match="Permission denied"):
        build(tmp_path / "sample.sqlite", today=TODAY)
