"""Sources: what is said of a file that cannot be served, and what happens to one that changes while it is."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tests.database_fixture import build
from workspace.database.execute import query
from workspace.database.result import Limits, Query, Receipt, Result, digest
from workspace.database.source import Source, open_source, open_sources
from workspace.database.sqlite import SqliteSource
from workspace.errors import (
    NoAppError,
    QueryFailed,
    QueryStopped,
    QueryTimeout,
    SourceEmpty,
    SourceGone,
    SourceLocked,
    SourceMissing,
    SourceUnreadable,
    SourceUnsupported,
)

ENDLESS = "WITH RECURSIVE a(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM a) SELECT count(*) FROM a"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return build(tmp_path / "shop.sqlite")


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


# ------------------------------------------------------------------------------------------------------ opening
def test_opening_and_naming(shop: Path) -> None:
    source = open_source(shop)
    assert isinstance(source, Source)
    assert (source.name, source.dialect, source.location, source.path) == ("shop", "sqlite", str(shop), shop)
    assert open_source(str(shop), name="other").name == "other"
    odd = shutil.copy(shop, shop.parent / "my shop (2) #1 ü?.sqlite")
    assert open_source(odd).name == "my-shop-2-1-ü-.sqlite".removesuffix("-.sqlite")
    assert query(open_source(odd), "SELECT count(*) FROM item").rows == ((6,),)


def fails(target: object) -> NoAppError:
    with pytest.raises(NoAppError) as caught:
        open_source(target)  # ty: ignore[invalid-argument-type]
    assert caught.value.message.endswith(".") and caught.value.message.count("\n") == 0
    return caught.value


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    assert isinstance(fails(tmp_path / "none.db"), SourceMissing)
    assert isinstance(fails(tmp_path), SourceUnreadable)
    server = fails("postgresql://user:secret@host/db")
    assert isinstance(server, SourceUnsupported) and "server databases come later" in server.message
    assert "secret" not in str(server)
    assert isinstance(fails("https://example.org/a.csv"), SourceUnsupported)
    empty = tmp_path / "empty.db"
    empty.touch()
    assert isinstance(fails(empty), SourceEmpty) and "0 bytes" in fails(empty).message
    garbage = tmp_path / "garbage.db"
    garbage.write_bytes(os.urandom(8192))
    assert isinstance(fails(garbage), SourceUnreadable) and "encrypted" in fails(garbage).message
    bare = tmp_path / "bare.db"
    change(bare, "CREATE TABLE t (a)", "DROP TABLE t")
    assert isinstance(fails(bare), SourceEmpty) and "without tables" in fails(bare).message
    assert isinstance(fails([]), SourceMissing)


def test_a_truncated_database(shop: Path) -> None:
    shop.write_bytes(shop.read_bytes()[:5000])
    with pytest.raises(SourceUnreadable, match="damaged"):
        open_source(shop).catalog()


def test_several_targets(shop: Path, tmp_path: Path) -> None:
    table = tmp_path / "people.csv"
    table.write_text("name,age\nAnn,3\nBob,4\n")
    assert isinstance(fails([shop, table]), SourceUnsupported)
    first, second = open_sources([shop, table], folder=tmp_path / "state")
    assert (first.name, second.name) == ("shop", "people")


def test_a_plain_database_opens_without_heavy_imports(shop: Path) -> None:
    code = (
        "import sys; from workspace.database.source import open_source; from workspace.database.execute import query;"
        f"s = open_source({str(shop)!r}); s.catalog(); s.values(); query(s, 'select 1');"
        "print([m for m in ('pandas', 'sqlite_utils', 'pyarrow', 'openpyxl', 'sqlalchemy', 'numpy') if m in sys.modules])"
    )
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# ------------------------------------------------------------------------------------------------------- changes
@pytest.mark.parametrize("mode", ["DELETE", "WAL", "TRUNCATE", "PERSIST"])
def test_the_fingerprint_follows_every_commit(shop: Path, mode: str) -> None:
    change(shop, f"PRAGMA journal_mode = {mode}")
    source = open_source(shop)
    with closing(sqlite3.connect(shop, isolation_level=None)) as writer:
        writer.execute("PRAGMA wal_autocheckpoint = 5")
        writer.execute("INSERT INTO item (name) VALUES ('first')")
        seen = {source.fingerprint()}
        for n in range(300):  # faster than the file system's clock ticks
            writer.execute("UPDATE item SET price = ? WHERE id = 1", (n,))
            mark = source.fingerprint()
            assert mark not in seen
            assert query(source, "SELECT price FROM item WHERE id = 1").rows == ((float(n),),)
            assert source.fingerprint() == mark
            seen.add(mark)
        writer.execute("BEGIN")
        writer.execute("UPDATE item SET price = -1 WHERE id = 1")
        assert query(source, "SELECT price FROM item WHERE id = 1").rows == ((299.0,),)
        writer.execute("ROLLBACK")


def test_the_fingerprint_is_cheap(shop: Path) -> None:
    source = open_source(shop)
    source.fingerprint()
    best = min(_timed(source.fingerprint, 200) for _ in range(20))
    assert best < 100e-6  # 10 µs on an idle machine


def _timed(call, times: int) -> float:
    start = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - start) / times


def test_catalog_and_values_are_kept_until_the_data_changes(shop: Path) -> None:
    source = open_source(shop)
    catalog, values = source.catalog(), source.values()
    assert source.catalog() is catalog and source.values() is values
    change(shop, "INSERT INTO item (name) VALUES ('fennel')", "CREATE TABLE extra (a)", "INSERT INTO extra VALUES (1)")
    assert source.catalog() is not catalog
    assert source.catalog().table("item").rows == 7 and source.catalog().has("extra")
    assert source.values().find("fennel")


def test_many_at_once_build_the_catalog_once(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from workspace.database import reader

    built = []

    def slow(*arguments):
        built.append(1)
        time.sleep(0.05)
        return original(*arguments)

    original = reader.read_catalog
    monkeypatch.setattr(reader, "read_catalog", slow)
    source = open_source(shop)
    with ThreadPoolExecutor(10) as pool:
        found = list(pool.map(lambda _: source.catalog(), range(10)))
    assert len(built) == 1 and all(catalog is found[0] for catalog in found)


def test_a_replaced_file_is_read_anew(shop: Path, tmp_path: Path) -> None:
    source = open_source(shop)
    before = source.fingerprint()
    assert query(source, "SELECT count(*) FROM item").rows == ((6,),)
    other = build(tmp_path / "other.sqlite")
    change(other, "DELETE FROM item WHERE id > 2")
    other.replace(shop)
    assert source.fingerprint() != before
    assert query(source, "SELECT count(*) FROM item").rows == ((2,),)
    assert source.catalog().table("item").rows == 2


def test_a_dropped_table(shop: Path) -> None:
    source = open_source(shop)
    query(source, "SELECT label FROM code")
    change(shop, "DROP TABLE code")
    with pytest.raises(QueryFailed, match="There is no table code"):
        query(source, "SELECT label FROM code")


def test_a_deleted_file(shop: Path, tmp_path: Path) -> None:
    source = open_source(shop)
    query(source, "SELECT 1")
    shop.rename(tmp_path / "elsewhere")
    for call in (source.fingerprint, source.catalog, source.values, lambda: query(source, "SELECT count(*) FROM item")):
        with pytest.raises(SourceGone, match="deleted or moved") as told:
            call()
        assert str(shop.parent) not in str(told.value), "who reads a page learns nothing of the server's folders"
    (tmp_path / "elsewhere").rename(shop)
    assert query(source, "SELECT count(*) FROM item").rows == ((6,),)


def test_a_write_ahead_file_in_a_folder_that_cannot_be_written(shop: Path) -> None:
    if not hasattr(os, "seteuid") or os.geteuid() != 0:
        pytest.skip("Needs to be root, to become somebody who may not write.")
    change(shop, "PRAGMA journal_mode = WAL")
    folder = Path(tempfile.mkdtemp())
    copy = Path(shutil.copy(shop, folder))
    copy.chmod(0o444)
    folder.chmod(0o555)
    os.seteuid(65534)
    try:
        source = open_source(copy)
        assert query(source, "SELECT count(*) FROM item").rows == ((6,),)
        assert source.catalog().has("item")
        source.close()
    finally:
        os.seteuid(0)
        shutil.rmtree(folder)


def test_a_file_replaced_by_garbage(shop: Path) -> None:
    source = open_source(shop)
    shop.unlink()
    shop.write_bytes(os.urandom(9000))
    with pytest.raises(SourceUnreadable):
        query(source, "SELECT count(*) FROM item")


def test_a_locked_file(shop: Path) -> None:
    source = SqliteSource(shop, name="shop", busy=0.1)
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "c.execute('BEGIN EXCLUSIVE'); print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(shop)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout and holder.stdout.readline() == "held\n"
        for call in (lambda: query(source, "SELECT count(*) FROM item"), source.catalog, lambda: open_source(shop)):
            with pytest.raises(SourceLocked, match="locked by another program"):
                call()
    finally:
        holder.communicate()
    assert query(source, "SELECT count(*) FROM item").rows == ((6,),)


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_looking_at_the_file_leaves_the_locks_alone(shop: Path, mode: str) -> None:
    """Closing any descriptor of a file drops the process's locks on it, which a second writer would then get."""
    change(shop, f"PRAGMA journal_mode = {mode}")
    source = open_source(shop)
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None);"
        "c.execute('BEGIN IMMEDIATE'); print('got it')"
    )
    with closing(sqlite3.connect(shop, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM item")
        source.fingerprint()
        query(source, "SELECT count(*) FROM item")
        open_source(shop).close()
        other = subprocess.run([sys.executable, "-c", code, str(shop)], capture_output=True, text=True, check=False)
        assert "database is locked" in other.stderr and not other.stdout
        writer.execute("ROLLBACK")


def test_no_descriptor_is_left_open(shop: Path) -> None:
    folder = Path("/proc/self/fd")
    if not folder.exists():
        pytest.skip("The system does not list open files.")
    before = len(list(folder.iterdir()))
    for _ in range(20):
        source = open_source(shop)
        query(source, "SELECT 1")
        source.close()
    assert len(list(folder.iterdir())) <= before + 1


def test_ten_threads_read_while_one_writes(shop: Path) -> None:
    change(shop, "PRAGMA journal_mode = WAL")
    source = open_source(shop)
    stop = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(shop, isolation_level=None)) as connection:
            while not stop.is_set():
                connection.execute("INSERT INTO sale (day, item_id, qty) VALUES ('2024-05-05', 1, 1)")
                time.sleep(0.002)

    def read(_: int) -> list:
        return [query(source, "SELECT count(*) FROM sale").rows[0][0] for _ in range(40)]

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with ThreadPoolExecutor(10) as pool:
            counts = list(pool.map(read, range(10)))
    finally:
        stop.set()
        writer.join()
    assert all(seen == sorted(seen) for seen in counts)  # nobody sees the past


# ------------------------------------------------------------------------------------------------------ execution
def test_a_query_can_be_stopped(shop: Path) -> None:
    source = open_source(shop)
    gone = threading.Event()
    threading.Timer(0.1, gone.set).start()
    with pytest.raises(QueryStopped):  # and not QueryTimeout, which would be its deadline
        query(source, ENDLESS, cancelled=gone.is_set)
    assert query(source, "SELECT 1").rows == ((1,),)


def test_the_deadline_and_the_row_cap(shop: Path) -> None:
    source = open_source(shop)
    with pytest.raises(QueryTimeout, match=r"after 0\.2 seconds"):
        query(source, ENDLESS, limits=Limits(seconds=0.2))
    numbers = "WITH RECURSIVE a(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM a) SELECT x FROM a LIMIT 50"
    cut = query(source, numbers, limits=Limits(rows=10))
    assert cut.truncated and len(cut.rows) == 10 and cut.receipt.rows == 10
    assert not query(source, numbers, limits=Limits(rows=50)).truncated


def test_what_ends_one_statement_leaves_the_next_alone(shop: Path) -> None:
    source = open_source(shop)

    def ask(place: int) -> int:
        if place % 3 == 0:
            with pytest.raises(QueryTimeout):
                query(source, ENDLESS, limits=Limits(seconds=0.001 * place))
        return query(source, f"SELECT {place}").rows[0][0]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(60))) == list(range(60))
    (running,) = {thread for thread in threading.enumerate() if thread.name == "statements"}
    assert running.daemon


def test_text_that_cannot_be_decoded(shop: Path) -> None:
    change(shop, "CREATE TABLE bad (a TEXT)", "INSERT INTO bad VALUES (CAST(x'48e96c' AS TEXT)), ('fine')")
    source = open_source(shop)
    assert query(source, "SELECT a FROM bad").rows == (("H�l",), ("fine",))
    assert source.catalog().table("bad").rows == 2


def test_large_values_come_whole(shop: Path) -> None:
    change(shop, "CREATE TABLE big (a TEXT)", "INSERT INTO big VALUES (hex(zeroblob(400000))), ('small')")
    source = open_source(shop)
    assert [len(str(a)) for (a,) in query(source, "SELECT a FROM big").rows] == [800_000, 5]
    assert query(source, "SELECT printf('%s!', a) = a || '!' FROM big").rows == ((1,), (1,))


def test_kinds_of_result_columns(shop: Path) -> None:
    source = open_source(shop)
    sql = (
        "SELECT 1 AS a, 1.5 AS b, 'x' AS c, date('2024-01-01') AS d, datetime('2024-01-01') AS e, x'00' AS f, NULL AS g"
        " UNION ALL SELECT 2, 2, 'y', '2024-02-02', '2024-02-02 10:00', x'01', NULL"
    )
    result = query(source, sql)
    assert [column.kind for column in result.columns] == ["integer", "real", "text", "date", "datetime", "blob", "null"]


def test_the_receipt(shop: Path, clock) -> None:
    source = open_source(shop)
    sql = "SELECT name FROM item WHERE id = :id"
    result = query(source, sql, {"id": 1}, planner="person", now=lambda: clock)
    receipt = result.receipt
    assert (receipt.source, receipt.sql, dict(receipt.params), receipt.planner) == ("shop", sql, {"id": 1}, "person")
    assert receipt.fingerprint == source.fingerprint() and receipt.rows == 1
    assert receipt.digest == digest(1, [("apple",)])
    assert Receipt.from_dict(receipt.to_dict()) == receipt
    assert Result.from_dict(result.to_dict()) == result


def test_the_digest_tells_results_apart() -> None:
    rows = [(1, "a", None, 2.5, b"x"), (2, "b", 3, -0.0, b"")]
    assert digest(5, rows) == digest(5, tuple(map(list, rows))) == digest(5, [rows[0], (2.0, "b", 3.0, 0, b"")])
    others = [
        [rows[0]],
        [rows[1], rows[0]],
        [rows[0], (2, "b", 3, 0, "")],
        [rows[0], (2, "b", "3", 0, b"")],
        [rows[0], (2, "b", 3, 0.1, b"")],
        [(1, "a", None, 2.5, b"x"), (2, "b", None, 0, b"")],
    ]
    assert len({digest(5, rows), *(digest(5, other) for other in others)}) == 7
    assert digest(1, [("ab",), ("c",)]) != digest(1, [("a",), ("bc",)])
    assert digest(1, [(2**53,)]) != digest(1, [(2**53 + 1,)])
    assert digest(1, [(float("inf"),)]) != digest(1, [(float("-inf"),)])
    assert digest(0, []) != digest(1, [])
    # Pinned: the same on any machine and in any later version.
    assert digest(2, [(1, "é"), (2.5, "b")]) == "aa3a215cefe522525a9aadf3164a8899df57376f38760e524150d155cecd7409"


def test_a_query_object_round_trips() -> None:
    asked = Query("SELECT :a", {"a": 1})
    assert Query.from_dict(asked.to_dict()) == asked
