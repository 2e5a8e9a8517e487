"""The workspace's own state: schema steps, broken files, many writers at once."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from workspace.errors import NotFound, StoreUnusable
from workspace.store import artifacts, chats, sources, tables
from workspace.store.migrations import STEPS, upgrade
from workspace.store.presence import Presence, alive
from workspace.store.store import FILE, Store

# A store as version 1 of the schema wrote it, frozen: it must open for ever.
VERSION_1 = """
CREATE TABLE chat (id TEXT NOT NULL PRIMARY KEY, title TEXT NOT NULL, named BOOLEAN NOT NULL, source TEXT NOT NULL,
    created TEXT NOT NULL, updated TEXT NOT NULL);
CREATE INDEX ix_chat_updated ON chat (updated);
CREATE TABLE message (position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    chat TEXT NOT NULL REFERENCES chat (id) ON DELETE CASCADE, role TEXT NOT NULL, text TEXT NOT NULL, reply JSON,
    kind TEXT NOT NULL, answers TEXT NOT NULL, verb TEXT NOT NULL, worker TEXT NOT NULL, at TEXT NOT NULL);
CREATE INDEX ix_message_chat ON message (chat);
CREATE TABLE artifact (slug TEXT NOT NULL PRIMARY KEY, title TEXT NOT NULL, head INTEGER NOT NULL, source TEXT NOT NULL,
    question TEXT NOT NULL, kinds TEXT NOT NULL, origin TEXT NOT NULL, created TEXT NOT NULL, updated TEXT NOT NULL,
    deleted TEXT NOT NULL);
CREATE INDEX ix_artifact_origin ON artifact (origin);
CREATE INDEX ix_artifact_updated ON artifact (updated);
CREATE TABLE version (slug TEXT NOT NULL REFERENCES artifact (slug), number INTEGER NOT NULL, title TEXT NOT NULL,
    created TEXT NOT NULL, body JSON NOT NULL, PRIMARY KEY (slug, number));
INSERT INTO chat VALUES ('c1', 'Old talk', 0, 'shop', '2026-01-02T03:04:05.000000+00:00', '2026-01-02T03:04:06.000000+00:00');
INSERT INTO message VALUES (1, 'm1', 'c1', 'person', 'how many customers', NULL, '', '', '', '', '2026-01-02T03:04:05.000000+00:00');
INSERT INTO message VALUES (2, 'm2', 'c1', 'workspace', 'Pinned.', '{"kind": "said", "text": "Pinned."}', 'said', 'm1', 'pin', '',
    '2026-01-02T03:04:06.000000+00:00');
INSERT INTO artifact VALUES ('customers', 'Customers', 1, 'shop', 'how many customers', 'metric', 'm1',
    '2026-01-02T03:04:06.000000+00:00', '2026-01-02T03:04:06.000000+00:00', '');
INSERT INTO version VALUES ('customers', 1, 'Customers', '2026-01-02T03:04:06.000000+00:00',
    '{"title": "Customers", "queries": [{"name": "q1", "source": "shop", "sql": "select 1 as n"}],
      "blocks": [{"kind": "metric", "query": "q1", "column": "n"}], "format_version": 1}');
PRAGMA user_version = 1;
"""


def old_store(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(folder / FILE) as connection:
        connection.executescript(VERSION_1)
    connection.close()
    return folder


def test_a_store_of_version_1_opens_with_all_that_was_in_it(tmp_path: Path) -> None:
    store = Store(old_store(tmp_path))
    assert [m.text for m in chats.messages(store, "c1")] == ["how many customers", "Pinned."]
    assert chats.messages(store, "c1")[1].reply == {"kind": "said", "text": "Pinned."}
    artifact, number = artifacts.load_version(store, "customers")
    assert (artifact.title, number) == ("Customers", 1)
    assert artifacts.kept_results(store, "customers", 1) == {}
    assert sources.remember(store, "shop", "/data/shop.sqlite") == "shop"
    with store.read() as session:
        assert session.connection().exec_driver_sql("PRAGMA user_version").scalar() == len(STEPS)


@pytest.mark.parametrize("fresh", [True, False])
def test_the_steps_build_what_the_tables_declare(tmp_path: Path, fresh: bool) -> None:
    store = Store(tmp_path if fresh else old_store(tmp_path))
    declared = {
        table.name: [(c.name, bool(c.primary_key), bool(c.nullable) and not c.primary_key) for c in table.columns]
        for table in SQLModel.metadata.tables.values()
    }
    assert set(declared) == {
        tables.SourceRow.__tablename__, tables.ChatRow.__tablename__, tables.MessageRow.__tablename__,
        tables.ArtifactRow.__tablename__, tables.VersionRow.__tablename__, tables.LastGood.__tablename__,
        tables.VerifiedRow.__tablename__, tables.SnapshotRow.__tablename__, tables.ShareRow.__tablename__,
        tables.ScheduleRow.__tablename__, tables.OccasionRow.__tablename__, tables.DeliveryRow.__tablename__,
            tables.GuessRow.__tablename__,
    }  # fmt: skip
    with sqlite3.connect(store.path) as connection:
        for name, columns in declared.items():
            there = connection.execute(f"PRAGMA table_info({name})").fetchall()
            built = [(row[1], bool(row[5]), not row[3] and not row[5]) for row in there]
            assert sorted(built) == sorted(columns), name
            indexes = {row[1] for row in connection.execute(f"PRAGMA index_list({name})")}
            wanted = {index.name for index in SQLModel.metadata.tables[name].indexes}
            assert wanted <= indexes, name
    connection.close()


def test_a_failing_step_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    old_store(tmp_path)
    connection = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    broken = (STEPS[0], ("CREATE TABLE half (x)", "CREATE TABLE chat (again)"))
    with pytest.raises(sqlite3.OperationalError):
        upgrade(connection, broken)
    assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'half'").fetchone() == (0,)
    assert upgrade(connection) == len(STEPS) - 1
    connection.close()


def test_a_store_of_a_newer_version_is_left_alone_with_a_clear_sentence(tmp_path: Path) -> None:
    Store(tmp_path).close()
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreUnusable, match="newer version") as caught:
        Store(tmp_path)
    assert "--workspace" in caught.value.hint


def test_eight_processes_may_open_an_old_store_at_once(tmp_path: Path) -> None:
    old_store(tmp_path)
    code = (
        f"from pathlib import Path; from workspace.store.migrations import upgrade; import sqlite3\n"
        f"c = sqlite3.connect({str(tmp_path / FILE)!r}, isolation_level=None, timeout=20); print(upgrade(c))"
    )
    running = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(8)]
    taken = [int(process.communicate(timeout=60)[0]) for process in running]
    assert sum(taken) == len(STEPS) - 1


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"this is not a database, it only has the name of one" * 50)
    with pytest.raises(StoreUnusable, match="damaged or not a workspace file") as caught:
        Store(tmp_path)
    assert str(tmp_path) in caught.value.message


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("x")
    with pytest.raises(StoreUnusable, match="notes"):
        Store(tmp_path / "notes" / "inside")


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere; the next test covers a read-only file by other means")
    tmp_path.chmod(0o500)
    with pytest.raises(StoreUnusable, match="cannot be written"):
        Store(tmp_path)


def test_a_store_locked_by_another_program_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path)
    holder = sqlite3.connect(store.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr("workspace.store.store.BUSY_MS", 100)
    with pytest.raises(StoreUnusable, match="held by another program"):
        Store(tmp_path)
    holder.execute("ROLLBACK")
    assert chats.create(store, "shop").source == "shop"
    holder.close()


def test_ten_threads_write_and_read_without_losing_a_message(tmp_path: Path) -> None:
    store = Store(tmp_path)
    rooms = [chats.create(store, "shop").id for _ in range(3)]
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(10):
                said = chats.say(store, rooms[number % 3], f"question {number}/{turn}", "w")
                assert chats.answer(store, said.id, {"kind": "said", "text": "ok"}, text="ok") is not None
                chats.messages(store, rooms[number % 3])
        except BaseException as problem:
            failures.append(problem)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert sum(len(chats.messages(store, room)) for room in rooms) == 200
    assert chats.unanswered(store) == []


def test_a_write_that_raises_leaves_nothing_behind(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with pytest.raises(NotFound):
        chats.say(store, "nowhere", "hello", "w")
    with pytest.raises(RuntimeError, match="on purpose"), store.write() as session:
        session.add(tables.SourceRow(name="a", target="b", added="c"))
        session.flush()
        raise RuntimeError("on purpose")
    assert sources.whereabouts(store, "a") is None


def test_a_source_keeps_its_name_and_another_one_gets_another(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert sources.remember(store, "shop", "/a/shop.sqlite") == "shop"
    assert sources.remember(store, "shop", "/b/shop.sqlite") == "shop-2"
    assert sources.remember(store, "shop", "/a/shop.sqlite") == "shop"
    assert sources.whereabouts(store, "shop-2") == "/b/shop.sqlite"


def test_a_dead_process_is_not_present(tmp_path: Path) -> None:
    code = (
        f"from pathlib import Path; from workspace.store.presence import Presence\n"
        f"here = Presence(Path({str(tmp_path)!r})); print(here.token, flush=True); input()"
    )
    other = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    token = other.stdout.readline().strip()
    here = Presence(tmp_path)
    assert alive(tmp_path, token) and alive(tmp_path, here.token)
    other.kill()
    other.wait(timeout=20)
    assert not alive(tmp_path, token)
    assert alive(tmp_path, here.token)
    here.close()
    assert not alive(tmp_path, here.token)
