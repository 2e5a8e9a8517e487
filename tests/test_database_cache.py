"""What is kept of a large database between runs: used when it is the same, and only then."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import SHOP
from workspace.database import cache, collect, reader
from workspace.database.catalog import Catalog
from workspace.database.source import open_source
from workspace.database.values import ValueIndex


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache folder, with everything slow enough to be kept."""
    monkeypatch.setenv("NOAPP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(cache, "SLOW", -1.0)
    return tmp_path / "cache"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / "shop.sqlite")) as connection:
        connection.executescript(SHOP)
    return tmp_path / "shop.sqlite"


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was really read, in order."""
    done: list[str] = []
    for module, name in ((reader, "read_catalog"), (collect, "read_values")):
        real = getattr(module, name)

        def read(*args: object, name: str = name, real: object = real) -> object:
            done.append(name)
            assert callable(real)
            return real(*args)

        monkeypatch.setattr(module, name, read)
    return done


def test_what_was_kept_is_what_was_read(kept: Path, path: Path, reads: list[str]) -> None:
    first = open_source(path)
    catalog, values = first.catalog(), first.values()
    again = open_source(path, name="other")
    assert reads == ["read_catalog", "read_values"]
    assert (again.catalog().tables, again.catalog().foreign_keys) == (catalog.tables, catalog.foreign_keys)
    assert again.catalog().source == "other"
    assert len(again.values()) == len(values) > 0
    for phrase in ("Kiel", "kiel", "ada", "nothing like it"):
        assert again.values().find(phrase) == values.find(phrase)
        assert again.values().near(phrase) == values.near(phrase)
    assert again.values().longest_phrase == values.longest_phrase
    assert reads == ["read_catalog", "read_values"]


def test_a_changed_database_is_read_anew(kept: Path, path: Path, reads: list[str]) -> None:
    open_source(path).values()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE fresh (name TEXT)")
        connection.execute("INSERT INTO fresh VALUES ('Zanzibar')")
        connection.commit()
    again = open_source(path)
    assert again.catalog().has("fresh") and again.values().find("zanzibar")
    assert reads == ["read_catalog", "read_values"] * 2


def test_another_file_at_the_same_path_is_read_anew(kept: Path, path: Path, reads: list[str]) -> None:
    open_source(path).catalog()
    copy = path.with_name("copy.sqlite")
    copy.write_bytes(path.read_bytes())
    os.utime(copy, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    copy.replace(path)
    open_source(path).catalog()
    assert reads == ["read_catalog"] * 2


@pytest.mark.parametrize("damage", [b"", b"{", b"\x00" * 50, b'{"a": 1}\n[]'])
def test_a_broken_file_is_made_again(kept: Path, path: Path, reads: list[str], damage: bytes) -> None:
    catalog = open_source(path).catalog()
    (file,) = kept.iterdir()
    whole = file.read_bytes()
    file.write_bytes(damage)
    assert open_source(path).catalog() == catalog
    assert file.read_bytes() == whole
    file.write_bytes(whole[:-20] + b"x" * 20)
    assert open_source(path).catalog() == catalog
    assert reads == ["read_catalog"] * 3


def test_older_code_left_something_else(
    kept: Path, path: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_source(path).catalog()
    monkeypatch.setattr(cache, "_code", lambda: "another")
    open_source(path).catalog()
    assert reads == ["read_catalog"] * 2


def test_only_the_owner_may_read_it_and_nothing_lies_beside_the_database(kept: Path, path: Path) -> None:
    open_source(path).values()
    assert {stat.S_IMODE(file.stat().st_mode) for file in kept.iterdir()} == {0o600}
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    assert {file.name for file in path.parent.iterdir()} == {"cache", "shop.sqlite"}


def test_quick_reading_is_not_kept_and_off_means_off(kept: Path, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "SLOW", 60.0)
    open_source(path).values()
    assert not kept.exists()
    monkeypatch.setattr(cache, "SLOW", -1.0)
    monkeypatch.setenv("NOAPP_CACHE", "off")
    open_source(path).values()
    assert not kept.exists() and cache.folder() is None


def test_a_folder_that_cannot_be_written_is_no_problem(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("NOAPP_CACHE", str(tmp_path / "file" / "cache"))
    monkeypatch.setattr(cache, "SLOW", -1.0)
    assert open_source(path).catalog().tables


def test_the_oldest_files_go(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "FILES", 3)
    for number in range(5):
        cache.save("catalog", f"/data/{number}", "mark", [number])
        newest = max(kept.iterdir(), key=lambda file: file.stat().st_mtime_ns)
        os.utime(newest, (number, number))
    assert len(list(kept.iterdir())) == 3
    assert cache.load("catalog", "/data/4", "mark", list) == [4]
    assert cache.load("catalog", "/data/4", "other mark", list) is None
    assert cache.load("catalog", "/data/0", "mark", list) is None


def test_data_of_every_kind_comes_back() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(
            "CREATE TABLE t (a INTEGER PRIMARY KEY, b, c REAL, d TEXT);"
            "INSERT INTO t VALUES (1, 'x', 1e999, 'é'), (2, 9223372036854775807, -0.5, NULL), (3, NULL, 2, 'ß');"
        )
        import json

        catalog = reader.read_catalog(connection, "t")
        values = collect.read_values(connection, catalog)
    assert Catalog.from_data(json.loads(json.dumps(catalog.to_data()))) == catalog
    assert ValueIndex.from_data(json.loads(json.dumps(values.to_data()))).find("SS") == values.find("SS")


# --------------------------------------------------------------------------------------------------- large tables
@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> sqlite3.Connection:
    """A table of 3,000 rows that counts as large, with values that a sample of 100 rows hardly meets."""
    for name, value in (("WHOLE", 500), ("BLOCKS", 20), ("BLOCK", 5)):
        monkeypatch.setattr(collect, name, value)
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE sale (id INTEGER PRIMARY KEY, channel TEXT, status TEXT, day DATE)")
    rows = [
        (n, ("web", "shop")[n % 2], "rare" if n == 1777 else "open", f"2024-01-{n % 28 + 1:02}") for n in range(3000)
    ]
    connection.executemany("INSERT INTO sale VALUES (?, ?, ?, ?)", rows)
    return connection


def test_a_value_of_a_single_row_of_a_large_table_is_found(large: sqlite3.Connection) -> None:
    values = collect.read_values(large, reader.read_catalog(large, "x"))
    assert [match.rows for match in values.find("rare")] == [1]
    assert 2500 <= values.find("open")[0].rows <= 3000 and 1200 <= values.find("web")[0].rows <= 1800
    assert values.partial == ()


def test_what_was_only_sampled_says_so(large: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collect, "CELLS", 100)
    values = collect.read_values(large, reader.read_catalog(large, "x"))
    assert values.partial == (("sale", "channel"), ("sale", "status"))
    assert values.find("open") and not values.find("rare")


def test_text_that_is_not_utf8_is_read_all_the_same(large: sqlite3.Connection) -> None:
    large.text_factory = lambda data: data.decode("utf-8", "replace")
    large.execute("UPDATE sale SET status = CAST(x'4de46c' AS TEXT) WHERE id % 3 = 0")
    values = collect.read_values(large, reader.read_catalog(large, "x"))
    assert values.find("M\ufffdl") and values.find("rare")


def test_counts_are_exact_or_say_that_they_are_not(large: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    large.execute("DELETE FROM sale WHERE id % 10 = 5")
    catalog = reader.read_catalog(large, "x")
    assert catalog.counted and catalog.rows == 2700
    monkeypatch.setattr(reader, "COUNT_PATIENCE", 0.0)
    catalog = reader.read_catalog(large, "x")
    assert not catalog.counted and catalog.rows == 3000


def test_the_ends_of_dates_are_those_of_all_rows(large: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "SAMPLE_ROWS", 50)
    large.execute("UPDATE sale SET day = '2031-05-05' WHERE id = 1777")
    table = reader.read_catalog(large, "x").table("sale")
    day, key = table.column("day").profile, table.column("id").profile
    assert (day.minimum, day.maximum, day.exact, day.bounded) == ("2024-01-01", "2031-05-05", False, True)
    assert (key.minimum, key.maximum, key.nulls, key.bounded) == (0, 2999, 0, True)


def test_the_reading_of_large_tables_is_told_and_can_be_ended(
    large: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "LARGE", 1000)
    monkeypatch.setattr(collect, "LARGE", 1000)
    said: list[str] = []
    catalog = reader.read_catalog(large, "x", said.append)
    collect.read_values(large, catalog, said.append)
    assert said == ["Looking at sale, 3,000 rows", "Looking at the words in sale, 3,000 rows"]

    def stop(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reader.read_catalog(large, "x", stop)
