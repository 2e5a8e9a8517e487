"""The guard: every attack of the corpus is refused or stopped with a plain reason, and nothing is left behind."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.database_fixture import build
from workspace.database.execute import query, run
from workspace.database.guard import Allow, Ask, Refuse, check, read_accesses, read_tree
from workspace.database.result import Limits, Query
from workspace.database.source import Source, open_source
from workspace.errors import NoAppError, QueryFailed, QueryRefused, QueryTimeout, QueryTooLarge

CORPUS = json.loads((Path(__file__).parent / "corpus" / "attacks.json").read_text(encoding="utf-8"))
ATTACKS, LEGITIMATE = CORPUS["attacks"], CORPUS["legitimate"]
LIMITS = Limits(seconds=0.4)
# What only one of the two views sees. Everything else that must not run is stopped by either of them alone.
TREE_ALONE_LETS_BY = {
    "csv module",
    "fsdir module",
    "homoglyph table",
    "zero width in a name",
    "fullwidth sqlite_master",
    "settings in a membership test",
    "schema in a membership test",
}
ENGINE_ALONE_LETS_BY = {
    "unclosed comment", "explain query plan", "huge printf width", "huge printf precision", "huge printf by expression",
    "huge format", "huge printf in mixed case", "parts that double", "parts that double as values",
}  # fmt: skip


def text_of(sql: Any) -> str:
    """The statement itself; long ones are written as head, repeated part, middle and repeated tail."""
    if isinstance(sql, str):
        return sql
    head, part, count, middle, tail, tails = sql["repeat"]
    return head + part * count + middle + tail * tails


def named(entries: list[dict]) -> list[Any]:
    return [pytest.param(entry, id=entry["name"]) for entry in entries]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("guard")


@pytest.fixture(scope="module")
def source(place: Path) -> Source:
    return open_source(build(place / "shop.sqlite"))


@pytest.fixture
def untouched(place: Path, source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Checks that the database is the same byte for byte, and that no file appeared beside it or where we are."""
    monkeypatch.chdir(tmp_path)
    before = hashlib.sha256((place / "shop.sqlite").read_bytes()).digest()
    yield
    assert hashlib.sha256((place / "shop.sqlite").read_bytes()).digest() == before
    assert [path.name for path in place.iterdir()] == ["shop.sqlite"]
    assert list(tmp_path.iterdir()) == []


def plain(reason: str) -> bool:
    """One sentence for a person, without the engine's words."""
    return bool(re.match(r"[A-Z“].*\.$", reason, re.DOTALL)) and "Error" not in reason and "sqlite3" not in reason


@pytest.mark.parametrize("attack", named(ATTACKS))
def test_each_attack_is_refused_or_stopped(attack: dict, source: Source, untouched: None) -> None:
    verdict = check(Query(text_of(attack["sql"])), source)
    wanted = {"refused": Refuse, "ask": Ask, "stopped": Allow, "bounded": Allow}[attack["must"]]
    assert isinstance(verdict, wanted), verdict
    start = time.monotonic()
    if isinstance(verdict, Refuse | Ask):
        assert plain(verdict.reason), verdict.reason
        with pytest.raises(QueryRefused):
            run(verdict, source)  # ty: ignore[invalid-argument-type]
        return
    try:
        result = run(verdict, source, LIMITS)
    except (QueryTimeout, QueryTooLarge, QueryFailed) as problem:
        assert plain(problem.message), problem.message
    else:
        assert attack["must"] == "bounded"
        assert len(result.rows) == 1
    assert time.monotonic() - start < 15  # stopped at all: alone it runs for minutes; a busy machine takes its time


@pytest.mark.parametrize("attack", named([a for a in ATTACKS if a["must"] in ("refused", "ask")]))
def test_the_tree_alone(attack: dict) -> None:
    reading = read_tree(text_of(attack["sql"]))
    if attack["name"] in TREE_ALONE_LETS_BY:
        assert reading.kind == "read"
    elif attack["must"] == "ask":
        assert reading.kind == "write"
    else:
        assert reading.kind == "refused" or attack["name"] == "stacked empty first"
        assert not reading.reason or plain(reading.reason)


@pytest.mark.parametrize("attack", named([a for a in ATTACKS if a["must"] in ("refused", "ask")]))
def test_the_engine_alone(attack: dict, source: Source, untouched: None) -> None:
    """Once by looking; and once by really running it without the guard, where the authorizer is all there is."""
    statement = Query(text_of(attack["sql"]))
    try:
        kind = read_accesses(source.inspect(statement)).kind
    except NoAppError:
        kind = "refused"
    if attack["name"] in ENGINE_ALONE_LETS_BY:
        return
    # REPLACE is a write to the engine, which only the tree cannot read.
    assert kind == ("write" if attack["must"] == "ask" or attack["name"] == "insert or replace" else "refused")
    with pytest.raises((QueryRefused, QueryFailed)) as caught:
        source.execute(statement, LIMITS)
    assert plain(caught.value.message), caught.value.message


@pytest.mark.parametrize("entry", named(LEGITIMATE))
def test_legitimate_queries_run(entry: dict, source: Source, untouched: None) -> None:
    result = query(source, entry["sql"], entry.get("params"))
    assert [list(row) for row in result.rows] == entry["rows"]


def test_the_corpus_is_as_large_as_it_claims() -> None:
    assert len({attack["name"] for attack in ATTACKS}) == len(ATTACKS) >= 140
    kinds = Counter(attack["must"] for attack in ATTACKS)
    assert kinds["stopped"] >= 20 and kinds["ask"] >= 7
    assert len(LEGITIMATE) >= 60


def test_looking_twice_sees_the_same(source: Source) -> None:
    """A statement the engine has kept prepared would not ask its authorizer again."""
    for sql in ("DELETE FROM item", "SELECT name FROM item"):
        assert source.inspect(Query(sql)) == source.inspect(Query(sql)) != ()


def test_a_refused_name_says_which(source: Source) -> None:
    for sql, word in (
        ("SELECT gone FROM item", "gone"),
        ("SELECT * FROM nothing", "nothing"),
        ("SELECT foo(1)", "foo"),
    ):
        verdict = check(Query(sql), source)
        assert isinstance(verdict, Refuse) and word in verdict.reason
    with pytest.raises(QueryFailed, match="There is no column gone"):
        query(source, "SELECT gone FROM item")
    with pytest.raises(QueryFailed, match="There is no value for :id"):
        query(source, "SELECT * FROM item WHERE id = :id")


def test_what_is_allowed_names_its_tables(source: Source) -> None:
    verdict = check(Query("SELECT * FROM cheap JOIN sale ON item_id = id"), source)
    assert isinstance(verdict, Allow)
    assert set(verdict.tables) == {"cheap", "sale", "item"}


def test_disagreement_is_refused(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should the tree be fooled about a table, the engine's word counts."""
    from workspace.database import guard

    def fooled(_sql: str, _dialect: str) -> guard.Reading:
        return guard.Reading("read", tables=frozenset({"sale"}))

    monkeypatch.setattr(guard, "read_tree", fooled)
    verdict = guard.check(Query("SELECT name FROM item WHERE 77 = 77"), source)
    assert isinstance(verdict, Refuse) and "item" in verdict.reason
    verdict = guard.check(Query("DELETE FROM item WHERE 77 = 77"), source)
    assert isinstance(verdict, Refuse)


def test_a_verdict_does_not_outlive_the_schema(tmp_path: Path) -> None:
    import sqlite3

    path = build(tmp_path / "shop.sqlite")
    source = open_source(path)
    sql = "SELECT label FROM code"
    assert isinstance(check(Query(sql), source), Allow)
    with sqlite3.connect(path) as connection:
        connection.execute("DROP VIEW broken")
        connection.execute("ALTER TABLE code RENAME COLUMN label TO title")
    connection.close()
    verdict = check(Query(sql), source)
    assert isinstance(verdict, Refuse) and "label" in verdict.reason


def test_half_a_character(source: Source) -> None:
    verdict = check(Query("SELECT '\ud800'"), source)
    assert isinstance(verdict, Refuse)
    assert verdict.reason == "The SQL contains half a character."
