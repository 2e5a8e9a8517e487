"""What a word means by the words right beside it, before the grammar runs: values, figures, a sole table's rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from workspace.question import lexicon
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
    _kind(items, schema)
    _doing(items, schema)
    _turned(items, schema)
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


def _turned(items: list[Item], schema: Schema) -> None:
    """ "average *mortgage amount*", "average *business loan*": the amount, of mortgages; the loan, for business."""
    for position in range(1, len(items) - 1):
        before, item = items[position - 1 : position + 1]
        gathered = before.has("avg", "sum", "max", "min") and not before.has("count") and not before.adjective
        if not gathered or not item.matches or item.links or item.tags:
            continue
        end = position + 1
        home = items[end].table
        end += home is not None and home.score >= SURE
        end += end < len(items) and any(x.score >= 0.7 and schema.column(x).numeric for x in items[end].columns)
        items.insert(end - 1, items.pop(position))


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


def _kind(items: list[Item], schema: Schema) -> None:
    """ "biggest mortgage", where mortgages are a kind of loan and nothing else is named: the value, and its rows."""
    end = next((n for n in range(1, len(items)) if _further(items, n)), len(items))
    if any(item.table is not None and item.table.score >= 0.8 for item in items[:end]):
        return
    for position, item in enumerate(items[:end]):
        homes = {match.table for match in item.matches if match.score >= 0.95}
        before = items[position - 1] if position else None
        after = items[position + 1] if position + 1 < len(items) else None
        named = item.links or item.tags or item.quoted or not item.text.replace(" ", "").isalpha() or len(homes) != 1
        whole = after is None or not after.content or after.lower.endswith(("ed", "ing"))  # not "mortgage amount"
        if named or not whole or (item.start > 0 and not item.text.islower()):
            continue
        if before is not None and not (before.adjective or before.number is not None or before.has(*_HEADED)):
            continue
        kinds = (
            schema.catalog.column(m.table, m.column).profile.distinct <= FEW
            and m.column not in schema.tables[m.table].label  # the name of one row says of what it is the name
            for m in item.matches
        )
        if all(kinds):
            rows = Link(homes.pop(), "", SURE, "kind")
            thing = replace(item, start=item.end, links=(rows,), matches=(), nouns=frozenset())
            items.insert(position + 1, thing)
            return


def _doing(items: list[Item], schema: Schema) -> None:
    """ "employees *earning* over 4000": who earn over 4000, not their earnings."""
    for position in range(len(items) - 2, 0, -1):
        before, item, after = items[position - 1 : position + 2]
        doing = item.lower.endswith("ing") and not item.matches and not item.text[:1].isupper()
        if doing and before.table is not None and before.table.score >= SURE and after.has("gt", "ge", "lt", "le"):
            verb = item.lemma if item.lemma != item.lower else _verb(item.lower.removesuffix("ing"))
            links = item.links or tuple(link for link in schema.lookup((verb,)) if link.score >= 0.5)
            nouns = item.nouns or lexicon.verbs().get(verb, frozenset())
            items[position] = replace(item, lower=verb, lemma=verb, links=links, nouns=nouns)
            items.insert(position, Item(item.start, item.start, "", "who", tags=frozenset({"rel"}), lemma="who"))


def _verb(stem: str) -> str:
    """The verb of a stem: cost, us(e), run(n)."""
    ways = (stem, f"{stem}e", stem[:-1] if stem[-1:] == stem[-2:-1] else stem)
    return next((way for way in ways if way in lexicon.verbs()), stem)


def _further(items: Sequence[Item], position: int) -> bool:
    """Do groups or other things follow: per, who, without, and their?"""
    shared = items[position].has("and") and position + 1 < len(items) and items[position + 1].lower == "their"
    return shared or items[position].has("each", "by", "rel", "with", "without", "not")


_HEADED = ("open", "count", "avg", "sum", "max", "min", "top", "bottom", "common", "each", "all")  # things come next


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
