"""Which of several keys is meant, which way two equal ways go, and what is put beside numbers of rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime

import pytest

from workspace.database.source import Source, open_source
from workspace.question import rank
from workspace.question.beside import legible
from workspace.question.explain import explain
from workspace.question.joins import connect
from workspace.question.plan import Aggregate, Column, Compare, Literal, Order, Output, Plan
from workspace.question.schema import schema_of
from workspace.question.sql import to_query

CLOCK = datetime(2026, 6, 30, 12)
TABLES = """
CREATE TABLE station (id INTEGER PRIMARY KEY, name TEXT, docks INTEGER);
CREATE TABLE trip (id INTEGER PRIMARY KEY, start_station_id INTEGER REFERENCES station(id),
    end_station_id INTEGER REFERENCES station(id), day TEXT, distance REAL);
CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT, age INTEGER);
CREATE TABLE swimmer (id INTEGER PRIMARY KEY REFERENCES person(id), best REAL);
CREATE TABLE department (id INTEGER PRIMARY KEY, title TEXT, head_id INTEGER REFERENCES person(id));
CREATE TABLE professor (person_id INTEGER PRIMARY KEY REFERENCES person(id),
    department_id INTEGER REFERENCES department(id), office TEXT);
INSERT INTO station VALUES (1, 'Harbour', 10), (2, 'Market', 20), (3, 'Airport', 30);
INSERT INTO trip VALUES (1, 1, 2, '2026-01-05', 2.5), (2, 1, 3, '2026-01-06', 9), (3, 2, 3, '2026-02-07', 8),
    (4, NULL, 3, '2026-02-08', 12);
INSERT INTO person VALUES (1, 'Ada', 30), (2, 'Bob', 40), (3, 'Cleo', 50), (4, 'Dan', 60);
INSERT INTO swimmer VALUES (1, 51.5), (2, 52.5);
INSERT INTO department VALUES (1, 'Biology', 4);
INSERT INTO professor VALUES (3, 1, 'B1');
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    path = tmp_path_factory.mktemp("keys") / "travel.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(TABLES)
    with closing(open_source(path)) as opened:
        yield opened


def rows(source: Source, plan: Plan) -> list[tuple]:
    from workspace.database.result import Limits

    return list(source.execute(to_query(plan, source.catalog()), Limits()).rows)


def best(source: Source, question: str) -> Plan:
    return rank.candidates(question, schema_of(source.catalog()), source.values(), CLOCK)[0].plan


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("number of trips that started at each station", {("Harbour", 2), ("Market", 1)}),
        ("number of trips that ended at each station", {("Market", 1), ("Airport", 3)}),
        ("stations where at least 2 trips ended", {("Airport",)}),
        ("stations from which at least 2 trips started", {("Harbour",)}),
        ("average age of swimmers", {(35.0,)}),
    ],
)
def test_the_words_say_which_key(source: Source, question: str, expected: set[tuple]) -> None:
    assert set(rows(source, best(source, question))) == expected


def test_of_two_equal_ways_the_rows_own_key_is_taken(source: Source) -> None:
    links = connect(source.catalog(), "professor", ["department", "person"])
    assert {(link.source, link.table) for link in links} == {("professor", "department"), ("professor", "person")}


def test_a_plan_that_cannot_be_meant_has_no_chance(source: Source) -> None:
    schema = schema_of(source.catalog())
    both = tuple(Compare(Column("trip", "distance"), "=", Literal(value)) for value in (3, 4))
    assert rank.senseless(Plan("trip", (Output(Column("trip", "id"), "id"),), both), schema)
    added = Plan("station", (Output(Aggregate("sum", Column("station", "name")), "names"),))
    assert rank.senseless(added, schema)


def test_a_number_of_a_row_is_told_by_whose_it_is(source: Source) -> None:
    count = Aggregate("count", table="trip")
    key = Column("trip", "start_station_id")
    plan = Plan("trip", (Output(key, "Start"), Output(count, "Trips")), group=(key,), order=(Order(count, True),))
    assert legible(plan, source.catalog()) == plan, "two keys lead there: whose name it would be is not known"
    head = Column("department", "head_id")
    plan = Plan("department", (Output(head, "Head"),))
    shown = legible(plan, source.catalog())
    assert [(output.label, output.asked) for output in shown.outputs] == [("Head", False), ("Head id", True)]
    assert rows(source, shown) == [("Dan", 4)]
    assert explain(shown, source.catalog()) == explain(plan, source.catalog())


def test_rows_without_a_name_show_what_was_said_of_them(source: Source) -> None:
    where = (Compare(Column("trip", "distance"), ">", Literal(8)),)
    plan = Plan("trip", (Output(Column("trip", "id"), "Trip"),), where)
    shown = legible(plan, source.catalog())
    assert [output.label for output in shown.outputs] == ["Trip", "Day", "Distance"]
    assert rows(source, shown) == [(2, "2026-01-06", 9.0), (4, "2026-02-08", 12.0)]


def test_the_lead_says_in_what_the_readings_agree() -> None:
    found = rank.lead([2.0, 2.0, 0.0], [("a", 1), ("a", 2), ("b", 1)], own=True)
    assert found["agree shown"] > 0.9
    assert 0.5 < found["agree tables"] < 0.6
    assert found["lead margin"] == 0.0
