"""Questions about the data itself: what tables there are, what a column means or holds, how fresh, what can be asked.

Each pattern (`data/about.txt`) covers the whole text, and its names have to be names of the schema, so that "what is in
stock" and "which tables are free" (where a restaurant keeps its tables) stay questions for the data.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from workspace.question import lexicon
from workspace.question import plan as form
from workspace.question.build import heading, words
from workspace.question.definitions import Definitions, Figure, lemmas
from workspace.question.plan import Plan
from workspace.question.resolve import is_year
from workspace.question.schema import Link, Schema
from workspace.question.wording import plural

Kind = Literal["tables", "table", "meaning", "values", "fresh", "help"]
NAMED = 0.85  # from this score on words are the name of something
MOST_VALUES = 200


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What is asked about the data itself.

    Args:
        kind: what is asked.
        said: the words for what it is asked about, "" for all of it.
        links: what these words name: tables, or columns; more than one where several are called so.
        figure: the metric they name.
    """

    kind: Kind
    said: str = ""
    links: tuple[Link, ...] = ()
    figure: Figure | None = None


_MACROS = {
    "<data>": r"(?:data ?base|data|data ?set|source|file|information)",
    "<the>": r"(?:the |this |that |our |my |your |all |all the |any )?",
    "<in>": r"(?: (?:in|of|from|inside|on) (?:the )?(?P<table>.+?)(?: table)?)?",
    "<name>": r"(?P<name>.+?)",
    "<other>": r"(?P<other>.+?)",
}
_EDGES = re.compile(
    r"^(?:please|can you|could you|would you|hi|hello|ok|tell me|i want to know|and|so)[,\s]+", re.IGNORECASE
)


@cache
def _patterns() -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    found: list[tuple[Kind, re.Pattern[str]]] = []
    for line in lexicon.lines("about.txt"):
        kind, _, pattern = line.partition(": ")
        for macro, meaning in _MACROS.items():
            pattern = pattern.replace(macro, meaning)
        found.append((kind, re.compile(pattern, re.IGNORECASE)))  # ty: ignore[invalid-argument-type]
    return tuple(found)


def inquiry(text: str, schema: Schema) -> Inquiry | None:
    """What a text asks about the data itself, None for a question of the data.

    Example:
        >>> from workspace.database.catalog import Catalog, Column, Table
        >>> from workspace.question.schema import schema_of
        >>> shop = Catalog("shop", (Table("orders", (Column("status", "text"),)),))
        >>> inquiry("What values does status have?", schema_of(shop)).links[0].target
        'orders.status'
        >>> inquiry("how many orders", schema_of(shop)) is None
        True
    """
    plain = " ".join(text.replace("’", "'").split()).rstrip(" ?!.")
    plain = _EDGES.sub("", plain.replace('"', "").replace("“", "").replace("”", "").replace("`", ""))
    for kind, pattern in _patterns():
        match = pattern.fullmatch(plain)
        if match is None:
            continue
        names = match.groupdict()
        found = _settled(kind, names.get("name") or names.get("other") or "", names.get("table") or "", schema)
        if found is not None:
            return found
    return None


def _settled(kind: Kind, name: str, table: str, schema: Schema) -> Inquiry | None:
    """The inquiry with its names settled; None when they name nothing of the kind."""
    if kind == "help":
        return Inquiry(kind)
    if kind == "tables":
        return Inquiry(kind) if not _named("table", schema, tables=True) else None
    if kind == "fresh" and not name:
        return Inquiry(kind)
    tables = _named(table, schema, tables=True) if table else []
    if table and not tables:
        return None
    if kind in ("fresh", "table"):
        links = _named(name, schema, tables=True)
        return Inquiry(kind, name, tuple(links)) if links else None
    figure = schema.figures.get(lemmas(name)) if kind == "meaning" else None
    if figure is not None:
        return Inquiry(kind, name, figure=figure)
    places = {link.table for link in tables}
    links = [link for link in _named(name, schema, tables=False) if not places or link.table in places]
    if not links and kind == "meaning":
        links = _named(name, schema, tables=True)
    return Inquiry(kind, name, tuple(links)) if links else None


def _named(text: str, schema: Schema, *, tables: bool) -> list[Link]:
    """The tables, or the columns, that are called so: all that are equally well."""
    for table in schema.tables.values():
        if tables and table.name.lower() == text.lower():
            return [Link(table.name, "", 1.0)]
    owner, _, column = text.rpartition(".")
    exact = [
        Link(table.name, own.name, 1.0)
        for table in schema.tables.values()
        for own in (() if tables else table.table.columns)
        if own.name.lower() == column.lower() and owner.lower() in ("", table.name.lower())
    ]
    if exact:
        return exact
    found = [link for link in schema.lookup(lemmas(column.replace("_", " "))) if bool(link.column) is not tables]
    if owner:
        found = [link for link in found if link.table.lower() == owner.lower()]
    best = max((link.score for link in found), default=0.0)
    return [link for link in found if link.score >= max(NAMED, best - 0.03)]


# ---------------------------------------------------------------------------------------------------------- plans
def values_plan(schema: Schema, link: Link) -> Plan:
    """What a column holds: each value with its rows, or from where to where it goes when there are many."""
    column, info = schema.column(link), schema.tables[link.table]
    of = form.Column(link.table, link.column)
    label = heading(words(link.column))
    many = column.profile.distinct > MOST_VALUES
    if many and (column.numeric or column.temporal):
        outputs = tuple(
            form.Output(form.Aggregate(function, of), heading(f"{said} {words(link.column)}"))
            for function, said in (("min", "lowest"), ("max", "highest"))
        )
        return Plan(link.table, outputs)
    count = form.Aggregate("count")
    return Plan(
        link.table,
        (form.Output(of, label), form.Output(count, heading(f"number of {plural(words(info.name))}"))),
        group=(of,),
        order=(form.Order(count, descending=True),),
        limit=MOST_VALUES if many else None,
    )


def fresh_plan(schema: Schema, table: str = "") -> Plan | None:
    """The newest day of a table, or of the one that most happens in; None where nothing is dated."""
    dated = [
        (info.table.rows * (1 + len(info.outgoing)), info.name, name)
        for info in schema.tables.values()
        if (not table or info.name == table) and not info.table.view
        for name in info.dates[:1]
        if not is_year(info.table.column(name))
    ]
    if not dated:
        return None
    _, home, name = max(dated)
    latest = form.Aggregate("max", form.Column(home, name))
    label = f"latest {words(name)}" if "date" in words(name).split() else f"latest day of {words(home)}"
    return Plan(home, (form.Output(latest, heading(label), format="date"),))


def meanings(schema: Schema, said: str) -> list[tuple[str, str]]:
    """What a person defined these words to mean: (words, meaning)."""
    found = schema.catalog.definitions
    if not isinstance(found, Definitions):
        return []
    phrase = lemmas(said)
    told = [
        (said, f"{table}.{column}" if column else table) for words_, table, column in found.names if words_ == phrase
    ]
    for value in found.values.get(" ".join(said.casefold().split()), ()):
        told.append((said, f"{value.table}.{value.column} = {value.value}"))
    return told
