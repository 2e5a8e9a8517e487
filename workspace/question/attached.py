"""What a word means by the words right beside it, before the grammar runs: values, figures, a sole table's rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from workspace.question.linking import Item, Linked
from workspace.question.schema import Link, Schema

SURE = 0.9
ROWS = "rows"  # how a link came about: nothing else could be counted
FEW = 60


def settle(linked: Linked, schema: Schema) -> Linked:
    """The items with those meanings left that fit beside their neighbours."""
    items = list(linked.items)
    _described(items, schema)
    _figures(items, schema)
    _rows(items, schema)
    return replace(linked, items=tuple(items))


def _figures(items: list[Item], schema: Schema) -> None:
    """ "average tip" of a table called tips: a figure is taken of numbers."""
    for position in range(1, len(items)):
        item, before = items[position], items[position - 1]
        if not before.has("avg", "sum", "max", "min") or before.has("count") or item.table is None:
            continue
        numbers = tuple(x for x in item.columns if x.score >= 0.85 and schema.column(x).numeric)
        own = [x for x in numbers if x.table == item.table.table]
        if own:
            items[position] = replace(item, links=tuple(x for x in item.links if x.column))


def sole(schema: Schema) -> str:
    """The only table with rows, "" when there are several."""
    return schema.sole


def _rows(items: list[Item], schema: Schema) -> None:
    """ "trips per day" of a single table: things in the plural that nothing is called must be its rows."""
    table = sole(schema)
    if not table or any(item.table is not None and item.table.score >= 0.8 for item in items):
        return
    for position, item in enumerate(items):
        before = items[position - 1] if position else None
        plural = item.lower.endswith("s") and item.lemma != item.lower
        ranked = before is not None and bool(
            (before.adjective and before.adjective.superlative) or before.has("common")
        )
        if before is not None and before.number is not None:
            continue  # "30 degrees": a unit
        if item.unknown and item.text.isalpha() and item.text.islower() and (plural or ranked):
            items[position] = replace(item, links=(Link(table, "", SURE, ROWS),))
            return


def _thing(items: Sequence[Item], position: int) -> Link | None:
    """The table that is named at ``position``, or after values and columns of its own: "high priority *tasks*"."""
    for following in items[position : position + 3]:
        home = following.table
        if following.tags or not (following.links or following.matches):
            return None
        if home is not None and home.score >= max(link.score for link in following.links) - 0.04:
            return home
    return None


def _described(items: list[Item], schema: Schema) -> None:
    """ "open support tickets": what stands right before things and is a value of theirs is that value, not a name."""
    for position in range(len(items) - 2, -1, -1):
        item = items[position]
        home = _thing(items, position + 1) if item.links and item.matches and not item.quoted else None
        column = item.columns[0] if item.columns else None
        if home is None or (item.table is not None and item.table.score >= SURE):
            continue
        if column is not None and column.score >= 0.95 and column.table == home.table:
            continue
        if any(
            match.table == home.table
            and match.score >= 0.95
            and schema.catalog.column(match.table, match.column).profile.distinct <= FEW
            for match in item.matches
        ):
            items[position] = replace(item, links=(), nouns=frozenset())
