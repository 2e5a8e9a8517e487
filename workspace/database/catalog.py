"""The catalog: tables, columns, keys and profiles of a source, as plain frozen data.

Built by an engine's module (`sqlite.py`) from what the database declares and from what its content shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property
from typing import Any, Literal

from workspace.errors import PlanInvalid

Kind = Literal["integer", "real", "boolean", "date", "datetime", "time", "text", "blob"]


@dataclass(frozen=True, slots=True)
class Profile:
    """What the content of a column looks like.

    Args:
        nulls: rows without a value.
        distinct: distinct values (exact up to the profiling limit, then an estimate).
        minimum, maximum: smallest and largest value, as stored.
        common: up to 12 most common values with their counts, most common first.
        mean_length: mean length of the text form.
        encoding: how a date is stored: ``iso`` text, ``year`` integer, ``epoch`` seconds, ``epoch_ms``, ``julian``,
            or ``other:<strptime format>``; "" for no date.
        exact: False when sampled.
        bounded: are ``minimum``, ``maximum`` and ``nulls`` those of all rows, though the rest may be sampled?
    """

    nulls: int = 0
    distinct: int = 0
    minimum: Any = None
    maximum: Any = None
    common: tuple[tuple[Any, int], ...] = ()
    mean_length: float = 0.0
    encoding: str = ""
    exact: bool = True
    bounded: bool = True


@dataclass(frozen=True, slots=True)
class Column:
    """A column; ``kind`` comes from declaration and content, ``declared`` is the type as written."""

    name: str
    kind: Kind
    declared: str = ""
    nullable: bool = True
    primary: bool = False
    unique: bool = False
    profile: Profile = field(default_factory=Profile)
    description: str = ""

    @property
    def numeric(self) -> bool:
        return self.kind in ("integer", "real")

    @property
    def temporal(self) -> bool:
        return self.kind in ("date", "datetime")


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """``table.columns`` points at ``ref_table.ref_columns``; ``declared`` is False when inferred from content."""

    table: str
    columns: tuple[str, ...]
    ref_table: str
    ref_columns: tuple[str, ...]
    declared: bool = True


@dataclass(frozen=True)
class Table:
    """A table or view, its columns in declared order.

    ``rows`` is the row count, an estimate where not ``counted``; ``hidden`` are columns that are there (keys may need
    them) and that nothing lists: a person hid them.
    """

    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    rows: int = 0
    view: bool = False
    description: str = ""
    counted: bool = True
    hidden: tuple[Column, ...] = ()

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name.lower(): column for column in (*self.columns, *self.hidden)}

    def column(self, name: str) -> Column:
        """The column called ``name``, whatever the case; raises `PlanInvalid` when there is none."""
        try:
            return self._by_name[name.lower()]
        except KeyError:
            raise PlanInvalid(f"The table {self.name} has no column {name}.") from None

    def has(self, name: str) -> bool:
        return name.lower() in self._by_name


@dataclass(frozen=True)
class Catalog:
    """All tables of a source with the keys between them.

    Args:
        source: name of the source.
        tables: tables, then views.
        foreign_keys: declared ones, then inferred ones.
        dialect: sqlglot dialect name.
        definitions: what a person defined over these tables (`question.definitions.Definitions`), None for nothing.
    """

    source: str
    tables: tuple[Table, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()
    dialect: str = "sqlite"
    definitions: Any = field(default=None, compare=False)

    @cached_property
    def _by_name(self) -> Mapping[str, Table]:
        return {table.name.lower(): table for table in self.tables}

    def table(self, name: str) -> Table:
        """The table called ``name``, whatever the case; raises `PlanInvalid` when there is none."""
        try:
            return self._by_name[name.lower()]
        except KeyError:
            raise PlanInvalid(f"There is no table {name} in {self.source}.") from None

    def has(self, name: str) -> bool:
        return name.lower() in self._by_name

    def column(self, table: str, name: str) -> Column:
        return self.table(table).column(name)

    @cached_property
    def _keys_by_table(self) -> dict[str, tuple[ForeignKey, ...]]:
        found: dict[str, list[ForeignKey]] = {table.name: [] for table in self.tables}
        for key in self.foreign_keys:
            found[key.table].append(key)
            if key.ref_table != key.table:
                found[key.ref_table].append(key)
        return {name: tuple(keys) for name, keys in found.items()}

    def keys_of(self, table: str) -> tuple[ForeignKey, ...]:
        """Foreign keys that leave from or arrive at ``table``."""
        return self._keys_by_table[self.table(table).name]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables if not table.view)

    def to_data(self) -> list[Any]:
        """The catalog as lists that JSON can hold; values of columns must be numbers, texts or None."""
        return [
            self.source,
            [_listed(table) for table in self.tables],
            [_listed(k) for k in self.foreign_keys],
            self.dialect,
        ]

    @classmethod
    def from_data(cls, data: list[Any]) -> Catalog:
        source, tables, keys, dialect = data
        found = tuple(_table(*table) for table in tables)
        references = tuple(
            ForeignKey(table, tuple(of), to, tuple(at), declared) for table, of, to, at, declared in keys
        )
        return cls(source, found, references, dialect)

    @property
    def counted(self) -> bool:
        """Is `rows` exact?"""
        return all(table.counted for table in self.tables if not table.view)


def _listed(thing: Any) -> Any:
    """A dataclass as the list of its fields, whatever is inside likewise."""
    if isinstance(thing, tuple):
        return [_listed(item) for item in thing]
    if is_dataclass(thing):
        return [_listed(getattr(thing, item.name)) for item in fields(thing)]
    return thing


def _table(name: str, columns: list[Any], key: list[str], *rest: Any) -> Table:
    *before, hidden = rest
    return Table(name, _columns(columns), tuple(key), *before, hidden=_columns(hidden))


def _columns(data: list[Any]) -> tuple[Column, ...]:
    return tuple(_column(*column) for column in data)


def _column(*parts: Any) -> Column:
    *before, profile, description = parts
    nulls, distinct, low, high, common, *rest = profile
    return Column(
        *before, Profile(nulls, distinct, low, high, tuple((value, n) for value, n in common), *rest), description
    )
