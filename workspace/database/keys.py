"""Foreign keys that nobody declared: found by name, kind, and by whether the values are really there."""

# ruff: noqa: S608 - names are quoted by `quoted`, values are bound
from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from workspace.database.catalog import Column, ForeignKey, Table
from workspace.database.names import quoted, singular, words_of

# Distinct values of the referring column that are looked up, and the share of them that must be found.
LOOKED_UP = 300
FOUND = 0.95
_ENDINGS = ("id", "code", "key", "no", "nr", "number", "ref", "fk", "uuid")
_UPWARDS = {"parent", "manager", "supervisor", "boss", "head", "lead", "superior"}
_UPWARD_NAMES = {"reports to", "report to", "managed by", "supervised by"}


@dataclass(frozen=True, slots=True)
class _Target:
    """A column that identifies the rows of its table."""

    table: Table
    column: Column
    names: frozenset[str]


def infer_keys(
    connection: sqlite3.Connection, tables: Sequence[Table], declared: Sequence[ForeignKey]
) -> list[ForeignKey]:
    """Keys between ``tables`` beyond the declared ones.

    A column refers to another table when its name says so (``customer_id`` to customers, ``CustomerID`` to the table
    whose key has that name), it is of the same kind, and its values are there.
    """
    targets = _Targets([target for table in tables if not table.view and (target := _target(table))])
    keys = {target.column.name.lower(): target.table.name for target in targets.all}
    taken = {
        (key.table, column)
        for key in declared
        for column in key.columns
        # A column called like the key of one table that is declared to point at its own: a slip of the declaration.
        if not (key.table == key.ref_table != keys.get(column.lower(), key.table))
    }
    found: list[ForeignKey] = []
    for table in tables:
        if table.view:
            continue
        for column in table.columns:
            if (table.name, column.name) in taken or column.kind in ("blob", "real", "boolean", "date", "datetime"):
                continue
            ranked = sorted(
                (
                    (score, target)
                    for target in targets.like(table, column)
                    if (score := _evidence(table, column, target))
                ),
                key=lambda pair: (-pair[0], pair[1].table.name),
            )
            for score, target in ranked[:3]:
                if _holds(connection, table, column, target, score):
                    refs = (target.column.name,)
                    found.append(ForeignKey(table.name, (column.name,), target.table.name, refs, declared=False))
                    break
    return found


class _Targets:
    """Targets by their names, so that each column is held against the few that its name could mean: a schema of 1,000
    tables has 15 million pairs of a column and a target.
    """

    def __init__(self, targets: Sequence[_Target]) -> None:
        self.all = targets
        self._named: dict[str, set[int]] = {}
        self._tables: dict[str, int] = {}
        for place, target in enumerate(targets):
            self._tables[target.table.name] = place
            for name in (*target.names, f".{target.column.name.lower()}"):
                self._named.setdefault(name, set()).add(place)

    def like(self, table: Table, column: Column) -> list[_Target]:
        """Targets that `_evidence` may find something for, in their order."""
        stem = _stem(words_of(column.name))
        names = [" ".join(stem[size:]) for size in range(max(len(stem), 1))]
        places = set().union(*(self._named.get(name, ()) for name in (*names, f".{column.name.lower()}")))
        if table.name in self._tables:
            places.add(self._tables[table.name])
        return [self.all[place] for place in sorted(places)]


def _stem(words: Sequence[str]) -> list[str]:
    """The words of a column's name without an ending like "id", in the singular."""
    return [singular(word) for word in (words[:-1] if len(words) > 1 and words[-1] in _ENDINGS else words)]


def _target(table: Table) -> _Target | None:
    """The column by which other tables would refer to ``table``."""
    column: Column | None = None
    if len(table.primary_key) == 1:
        column = table.column(table.primary_key[0])
    elif not table.primary_key:
        column = next((c for c in table.columns if _identifies(table, c)), None)
    if column is None or column.kind in ("blob", "real", "boolean", "date", "datetime"):
        return None
    words = [singular(word) for word in words_of(table.name)]
    names = {" ".join(words), "".join(words)}
    if len(words) > 1 and words[0] in ("tbl", "dim", "t", "the"):
        names.add(" ".join(words[1:]))
    return _Target(table, column, frozenset(names))


def _identifies(table: Table, column: Column) -> bool:
    """Without a declared key: unique, without gaps, and named like an identifier."""
    profile = column.profile
    counted = profile.exact and table.rows > 0 and profile.distinct == table.rows and not profile.nulls
    return (column.unique or counted) and words_of(column.name)[-1:] != [] and words_of(column.name)[-1] in _ENDINGS


def _evidence(table: Table, column: Column, target: _Target) -> float:
    """How strongly the name of ``column`` points at ``target``: 0 for not at all."""
    if (column.kind == "text") != (target.column.kind == "text"):
        return 0.0
    same_table = table.name == target.table.name
    if same_table and column.name == target.column.name:
        return 0.0
    words = words_of(column.name)
    stem = _stem(words)
    ended = len(words) > 1 and words[-1] in _ENDINGS
    if same_table:
        upward = (ended and stem[-1:] and stem[-1] in _UPWARDS) or " ".join(words) in _UPWARD_NAMES
        return 0.8 if upward or (stem[:1] and stem[0] in _UPWARDS) else 0.0
    key_words = words_of(target.column.name)
    key_stem = " ".join(singular(w) for w in (key_words[:-1] if key_words[-1] in _ENDINGS else key_words))
    own_key = table.primary_key == (column.name,)
    if ended and " ".join(stem) in target.names:
        return 1.0
    if column.name.lower() == target.column.name.lower() and ended:
        # The same name in both; it must be the name of the target's rows, not one that both tables happen to use.
        return 0.9 if key_stem in target.names else 0.5 if not own_key else 0.0
    if own_key:
        return 0.0
    for size in range(1, len(stem)):  # billing_customer_id
        if ended and " ".join(stem[size:]) in target.names:
            return 0.7
    if len(words) == 1 and " ".join(stem) in target.names and column.name.lower() == target.column.name.lower():
        return 0.7  # a table of codes: sale.code is code.code
    if not ended and len(words) == 1 and " ".join(stem) in target.names and target.column.kind != "text":
        return 0.6  # a column called "customer" that holds numbers
    return 0.0


def _holds(connection: sqlite3.Connection, table: Table, column: Column, target: _Target, score: float) -> bool:
    """Are the values of ``column`` there in ``target``? With no rows to tell, only a full name counts."""
    if not table.rows or not target.table.rows:
        return score >= 0.9
    source, wanted = quoted(table.name), quoted(column.name)
    try:
        rows = connection.execute(
            f"SELECT DISTINCT {wanted} FROM (SELECT {wanted} FROM {source} WHERE {wanted} IS NOT NULL LIMIT 20000)"
            f" LIMIT {LOOKED_UP}"
        ).fetchall()
        values = [value for (value,) in rows if isinstance(value, int | str)]
        if not values:
            return score >= 0.9
        there = connection.execute(
            f"SELECT count(*) FROM json_each(?) AS v WHERE v.value IN (SELECT {quoted(target.column.name)}"
            f" FROM {quoted(target.table.name)})",
            (json.dumps(values),),
        ).fetchone()[0]
    except sqlite3.Error:
        return False
    # Small numbers are found in every table that counts from 1, so a weak name needs every value, and more than two.
    return there >= FOUND * len(values) if score >= 0.7 else there == len(values) > 2
