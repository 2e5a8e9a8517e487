"""A small database with one of everything that SQLite has, which the tests of the ground truth share."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

SCRIPT = '''
CREATE TABLE item (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, price REAL, kind TEXT);
INSERT INTO item VALUES (1, 'apple', 1.0, 'fruit'), (2, 'banana', 0.5, 'fruit'), (3, 'cherry', 4.0, 'fruit'),
    (4, 'dill', 2.0, 'herb'), (5, 'elder flower', 9.5, 'herb'), (6, 'élan vital', 3.0, NULL);
CREATE TABLE code (code TEXT PRIMARY KEY, label TEXT) WITHOUT ROWID;
INSERT INTO code VALUES ('a', 'alpha'), ('b', 'beta');
CREATE TABLE sale (day TEXT, item_id INTEGER, qty INTEGER, code TEXT, gross INTEGER GENERATED ALWAYS AS (qty * 2));
INSERT INTO sale (day, item_id, qty, code) VALUES ('2023-05-01', 1, 1, 'a'), ('2023-06-01', 2, 2, 'b'),
    ('2024-01-01', 1, 2, 'a'), ('2024-02-01', 3, 4, 'b');
CREATE INDEX sale_item ON sale (item_id);
CREATE VIEW cheap AS SELECT * FROM item WHERE price < 3;
CREATE VIEW "cheap fruit" AS SELECT name FROM cheap WHERE kind = 'fruit';
CREATE VIEW broken AS SELECT gone FROM missing;
CREATE TABLE "order" ("select" TEXT, "group by" TEXT, "say ""hi""" TEXT);
INSERT INTO "order" VALUES ('a', 'b', 'c');
CREATE TABLE "Bestellungen – 2024" ("größe" INTEGER);
INSERT INTO "Bestellungen – 2024" VALUES (3);
CREATE VIRTUAL TABLE note USING fts5(title);
INSERT INTO note VALUES ('hello world'), ('good night');
CREATE VIRTUAL TABLE memo USING fts4(body);
INSERT INTO memo VALUES ('foo bar');
CREATE VIRTUAL TABLE box USING rtree(id, x0, x1);
INSERT INTO box VALUES (1, 2, 3);
'''


def build(path: Path) -> Path:
    """Makes the database at ``path``."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SCRIPT)
    return path
