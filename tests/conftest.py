"""Shared fixtures: the public sample data where it is there, and a clock that stands still."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from workspace.database.source import Source, open_source

ROOT = Path(__file__).resolve().parent.parent
os.environ["NOAPP_CACHE"] = "off"  # tests leave the person's cache alone
os.environ.pop("NOAPP_URL", None)  # and make links of their own


def data_folder() -> Path | None:
    """The folder of public databases, or None: `$NOAPP_DATA`, else ``shared/data`` beside the repository."""
    for place in (os.environ.get("NOAPP_DATA"), ROOT.parent / "shared" / "data"):
        if place and (Path(place) / "samples").is_dir():
            return Path(place)
    return None


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of public databases; skips where it is absent."""
    folder = data_folder()
    if folder is None:
        pytest.skip("The public sample data is not here; set NOAPP_DATA to the folder that has samples/chinook.sqlite.")
    return folder


def _copy(source: Path, folder: Path) -> Path:
    if not source.exists():
        pytest.skip(f"{source.name} is not among the public sample data.")
    return Path(shutil.copy(source, folder / source.name))


@pytest.fixture
def chinook(data: Path, tmp_path: Path) -> Path:
    """A copy of Chinook that the test may write to."""
    return _copy(data / "samples" / "chinook.sqlite", tmp_path)


@pytest.fixture
def northwind(data: Path, tmp_path: Path) -> Path:
    """A copy of Northwind that the test may write to."""
    return _copy(data / "samples" / "northwind.sqlite", tmp_path)


@pytest.fixture
def clock() -> datetime:
    """Noon of 23 November 2026."""
    return datetime(2026, 11, 23, 12)


SHOP = """
create table country (code text primary key, name text not null);
create table customer (
    id integer primary key, first_name text not null, last_name text, country text references country(code),
    friend_id integer references customer(id), joined date);
create table store (id integer primary key, name text, city text);
create table purchase (
    id integer primary key, customer_id integer not null references customer(id),
    store_id integer references store(id), gift_for integer references customer(id),
    placed datetime not null, paid_epoch integer, year integer, total real not null);
create table item (
    purchase_id integer not null references purchase(id), line integer not null, product_id integer references product(id),
    quantity integer not null, price real not null, primary key (purchase_id, line));
create table product (id integer primary key, name text not null, category_id integer references category(id));
create table category (id integer primary key, name text not null);
create table ticket (id integer primary key, customer_id integer references customer(id), hours real);
create table "odd table" ("order" integer primary key, "two words" text, "Group" text);
insert into country values ('DE', 'Germany'), ('FR', 'France'), ('IT', 'Italy');
insert into customer values
    (1, 'Ada', 'Ahrens', 'DE', null, '2022-01-05'), (2, 'Ben', null, 'DE', 1, '2022-03-01'),
    (3, 'Cleo', 'Curie', 'FR', 1, '2023-07-14'), (4, 'Dan', 'Dupont', 'FR', 3, '2024-02-29');
insert into store values (1, 'North', 'Kiel'), (2, 'South', 'Ulm');
insert into purchase values
    (1, 1, 1, 2, '2023-01-01 00:00:00', 1672531200, 2023, 30.0), (2, 1, 2, null, '2023-12-31 23:59:00', 1704067140, 2023, 10.0),
    (3, 2, 1, 3, '2024-01-01 08:30:00', 1704097800, 2024, 5.0), (4, 3, null, null, '2024-03-10 12:00:00', 1710072000, 2024, 100.0);
insert into category values (1, 'Tea'), (2, 'Cups'), (3, 'Spoons');
insert into product values (1, 'Assam', 1), (2, 'Darjeeling', 1), (3, 'Mug 100%', 2), (4, 'Big_Mug', 2);
insert into item values
    (1, 1, 1, 2, 10.0), (1, 2, 2, 1, 5.0), (1, 3, 3, 1, 5.0), (2, 1, 1, 1, 10.0), (3, 1, 3, 1, 5.0), (4, 1, 2, 10, 10.0);
insert into ticket values (1, 1, 2.0), (2, 1, 3.0), (3, 3, 1.0);
insert into "odd table" values (1, 'x', 'a'), (2, 'y', 'b');
"""


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Source:
    """A small shop with every kind of key and date, small enough to work answers out by hand."""
    path = tmp_path_factory.mktemp("shop") / "shop.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SHOP)
    return open_source(path)


@pytest.fixture(scope="session")
def music(data: Path) -> Source:
    """Chinook, opened once for tests that only read."""
    path = data / "samples" / "chinook.sqlite"
    if not path.exists():
        pytest.skip("chinook.sqlite is not among the public sample data.")
    return open_source(path)
