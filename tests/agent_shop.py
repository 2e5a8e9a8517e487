"""A small shop for the tests of conversations, verbs and command line; and a question that has two readings."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from workspace.question.plan import Aggregate, Column, Compare, Literal, Order, Output, Plan
from workspace.question.reading import Option, Reading, Readings

SQL = """
create table customer (id integer primary key, name text not null, city text, home_city text);
create table product (id integer primary key, name text not null, price real);
create table purchase (id integer primary key, customer_id integer references customer (id),
    product_id integer references product (id), total real, purchased_on text);
insert into customer values (1, 'Ada', 'Berlin', 'Paris'), (2, 'Bob', 'Paris', 'Berlin'), (3, 'Cleo', 'Berlin', 'Rome'),
    (4, 'Dan', 'Rome', 'Rome');
insert into product values (1, 'Lamp', 20), (2, 'Chair', 45.5), (3, 'Table', 120);
insert into purchase values (1, 1, 1, 20, '2025-01-10'), (2, 1, 2, 45.5, '2025-02-11'), (3, 2, 3, 120, '2025-02-12'),
    (4, 3, 1, 40, '2026-03-13'), (5, 3, 3, 120, '2026-03-14');
"""
AMBIGUOUS = "customers of Berlin, whichever way"


def make(path: Path) -> Path:
    with sqlite3.connect(path) as connection:
        connection.executescript(SQL)
    connection.close()
    return path


def change(path: Path, sql: str) -> None:
    """What another program does to the database."""
    with sqlite3.connect(path) as connection:
        connection.executescript(sql)
    connection.close()


def in_berlin(column: str) -> Plan:
    place = Compare(Column("customer", column), "=", Literal("Berlin"))
    return Plan("customer", (Output(Column("customer", "name"), "name"),), where=(place,))


PER_CITY = Plan(
    "customer",
    (Output(Column("customer", "city"), "city"), Output(Aggregate("count"), "customers")),
    group=(Column("customer", "city"),),
    order=(Order(Aggregate("count"), descending=True),),
)


def make_ambiguous(patch: pytest.MonkeyPatch) -> None:
    """Let one question have two readings that are equally close, whatever the planner makes of it."""
    from workspace.question import read as module

    genuine = module.read

    def read(text: str, *args: Any, **kwargs: Any) -> Readings:
        if text != AMBIGUOUS:
            return genuine(text, *args, **kwargs)
        plans = in_berlin("city"), in_berlin("home_city")
        choices = (Option("who live in Berlin", plans[0]), Option("who come from Berlin", plans[1]))
        readings = tuple(Reading(plan, 0.6) for plan in plans)
        return Readings(text, "clarify", readings, message="Which city do you mean?", choices=choices)

    patch.setattr(module, "read", read)
