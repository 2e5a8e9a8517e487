"""Names in SQL: identifiers quoted where they must be, parameters, aliases; shared by the SELECTs of one statement."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sqlglot import exp

from workspace.database.catalog import Catalog
from workspace.database.result import Scalar
from workspace.errors import PlanInvalid

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Words that SQLite or PostgreSQL may take for something else where a name is expected.
_RESERVED = frozenset(
    """abort action add after all alter always analyse analyze and any array as asc asymmetric attach autoincrement
    before begin between both by cascade case cast check collate column commit concurrently conflict constraint create
    cross current current_catalog current_date current_role current_schema current_time current_timestamp current_user
    database default deferrable deferred delete desc detach distinct do drop each else end escape except exclude
    exclusive exists explain fail false fetch filter first following for foreign freeze from full generated glob grant
    group groups having if ignore ilike immediate in index indexed initially inner insert instead intersect into is
    isnull join key last lateral leading left like limit localtime localtimestamp match materialized natural no not
    nothing notnull null nulls of offset on only or order others outer over overlaps partition placing plan pragma
    preceding primary query raise range recursive references regexp reindex release rename replace restrict returning
    right rollback row rows savepoint select session_user set similar some symmetric table tablesample temp temporary
    then ties to trailing transaction trigger true unbounded union unique update user using vacuum values variadic
    verbose view virtual when where window with without""".split()  # noqa: SIM905
)


class Statement:
    """One statement in the making: its catalog, its parameters, and the table aliases used where it is now.

    ``names`` are the names of parameters by the type and value that they stand for; others are called p1, p2, ….
    With ``once`` a row of a list is met once however many related rows fulfil a condition.
    """

    def __init__(
        self, catalog: Catalog, outer: Statement | None = None, names: Mapping[tuple[type, Scalar], str] | None = None,
        *, once: bool = False,
    ) -> None:  # fmt: skip
        self.catalog = catalog
        self.once: bool = outer.once if outer else once
        self._names: Mapping[tuple[type, Scalar], str] = outer._names if outer else names or {}
        self.dialect = catalog.dialect
        self.params: dict[str, Scalar] = outer.params if outer else {}
        self._bound: dict[tuple[type, Scalar], str] = outer._bound if outer else {}
        self._aliases: set[str] = set()

    def nested(self) -> Statement:
        """The same statement for a SELECT within it: the same parameters, table aliases of its own."""
        return Statement(self.catalog, self)

    def bind(self, value: object) -> exp.Placeholder:
        """A placeholder for ``value``; the same value has the same one."""
        if value is not None and not isinstance(value, str | int | float | bool):
            raise PlanInvalid(f"{value!r} cannot be compared with.")
        name = self._bound.get((type(value), value))
        if name is None:
            name = self._names.get((type(value), value)) or f"p{len(self.params) + 1}"
            self._bound[(type(value), value)] = name
            self.params[name] = value
        return exp.Placeholder(this=name)

    def identifier(self, name: str) -> exp.Identifier:
        """``name``, quoted only where it would be taken for something else, or folded to another case."""
        plain = _PLAIN.fullmatch(name) and name.lower() not in _RESERVED
        folded = self.dialect not in ("sqlite", "mysql") and name != name.lower()
        return exp.Identifier(this=name, quoted=not plain or folded)

    def column(self, name: str, table: str = "") -> exp.Column:
        qualifier = self.identifier(table) if table else None
        return exp.Column(this=self.identifier(name), table=qualifier)

    def release(self, alias: str) -> None:
        """Lets an alias be used again."""
        self._aliases.discard(alias.lower())

    def alias(self, wanted: str) -> str:
        """A table alias that this statement has not used; the name itself where it reads well without quotes."""
        plain = wanted if _PLAIN.fullmatch(wanted) else re.sub(r"\W+", "_", wanted).strip("_")
        if not plain or plain[0].isdigit() or not plain.isascii():
            plain = "t"
        name, number = plain, 1
        while name.lower() in self._aliases or name.lower() in _RESERVED:
            number += 1
            name = f"{plain}_{number}"
        self._aliases.add(name.lower())
        return name


def labels(wanted: Sequence[str]) -> list[str]:
    """Column headings, each different from the others."""
    found: list[str] = []
    seen: set[str] = set()
    for label in wanted:
        base = label.strip() or "value"
        name, number = base, 1
        while name.lower() in seen:
            number += 1
            name = f"{base} {number}"
        seen.add(name.lower())
        found.append(name)
    return found
