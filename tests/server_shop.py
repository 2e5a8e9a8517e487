"""A small shop and a clock that moves, for the tests of the server."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

NOW = datetime.fromisoformat("2026-11-23T12:00:00+00:00")


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def on(self, **span: float) -> None:
        self.now += timedelta(**span)


def make(path: Path) -> Path:
    """A database of three customers."""
    with sqlite3.connect(path) as db:
        db.executescript(
            "create table customer (id integer primary key, name text, country text);"
            "insert into customer (name, country) values ('Ada', 'France'), ('Bob', 'Germany'), ('Cleo', 'Germany');"
        )
    return path
