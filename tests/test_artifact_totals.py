"""Shares say of what they are: of the total where the groups add up to it, else of what has a partner."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from workspace.api import Workspace, open_workspace
from workspace.artifact.model import View
from workspace.artifact.snapshot import kept_from_dict, view_to_dict
from workspace.export.verify import verify
from workspace.faces.prose import plain

SETUP = """
create table store (id integer primary key, name text not null, region text);
create table customer (id integer primary key, name text not null, country text);
create table orders (id integer primary key, store_id integer references store(id),
    customer_id integer not null references customer(id), channel text, total real not null);
insert into store values (1, 'Ulm', 'South'), (2, 'Kiel', 'North'), (3, 'Bonn', 'West');
insert into customer values (1, 'Ada', 'France'), (2, 'Bob', 'Spain'), (3, 'Cleo', 'Peru');
insert into orders (store_id, customer_id, channel, total) values
    (1, 1, 'store', 40), (1, 1, 'store', 20), (2, 2, 'store', 30), (3, 3, 'store', 10), (null, 1, 'online', 300), (null, 2, 'online', 200);
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "shop.sqlite"
    change(file, SETUP)
    return file


@pytest.fixture
def shop(path: Path, tmp_path: Path) -> Iterator[Workspace]:
    with open_workspace(path, folder=tmp_path / "kept") as opened:
        yield opened


def change(path: Path, sql: str) -> None:
    with sqlite3.connect(path) as db:
        db.executescript(sql)


def view_of(shop: Workspace, question: str) -> View:
    reply = shop.ask(question)
    assert hasattr(reply, "view"), reply
    return reply.view


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("revenue per store", "(60% of revenue with a store)"),
        ("number of orders per store", "(50% of the orders with a store)"),
        ("revenue per store region", "(60% of revenue with a store)"),
        ("share of revenue per store", "leads with 60% of revenue with a store"),
        ("revenue per customer", "(60% of the total)"),  # 360 of 600
        ("revenue per channel", "(83.3% of the total)"),  # a row's own column: those without one are a row, too
        ("revenue per store where channel is store", "(60% of the total)"),
    ],
)
def test_a_share_says_of_what_it_is(shop: Workspace, question: str, said: str) -> None:
    text = plain(view_of(shop, question).blocks[0].text)
    assert said in text


def test_it_follows_the_data(shop: Workspace, path: Path) -> None:
    slug = shop.compose("an overview of sales with revenue per store and number of customers").slug
    text = " ".join(bound.plain for bound in shop.open(slug).blocks)
    assert "By store, Ulm leads with 60% of revenue with a store." in text
    assert "of the total" not in text
    change(path, "delete from orders where store_id is null")
    text = " ".join(bound.plain for bound in shop.open(slug).blocks)
    assert "By store, Ulm leads with 60% of revenue." in text and "60% of the total" in text
    change(path, "pragma foreign_keys = off; insert into orders values (9, 77, 1, 'store', 5.0)")  # no such store
    text = " ".join(bound.plain for bound in shop.open(slug).blocks)
    assert "of revenue with a store" in text and "of the total" not in text


def test_it_can_be_verified(shop: Workspace, path: Path) -> None:
    view = view_of(shop, "revenue per store")
    assert view.results["q1"].receipt.wholes == {"Revenue": 600.0}
    kept, source = kept_from_dict(view_to_dict(view)), shop.source()
    assert verify(kept, {source.name: source}, shop.limits).holds
    change(path, "delete from orders where store_id is null")
    changed = verify(kept, {source.name: source}, shop.limits)
    assert {finding.kind for finding in changed.findings} == {"changed"}


def test_what_nobody_looked_at_is_no_total(shop: Workspace) -> None:
    data = view_to_dict(view_of(shop, "revenue per customer"))
    data["results"]["q1"]["receipt"].pop("wholes")
    kept = kept_from_dict(data)
    assert "of revenue with a customer" in kept.view(kept.results).blocks[0].plain
