"""Noun phrases: how a term is read from items ("the average track length", "number of different cities")."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from workspace.question import lexicon
from workspace.question.frames import Term
from workspace.question.linking import Item
from workspace.question.parse import FUNCTIONS, STRONG, Parser
from workspace.question.plan import Function, Grain

GRAINS: dict[str, Grain] = {f"grain_{grain}": grain for grain in get_args(Grain)}
WHICH: dict[str, Grain] = {
    "which_day": "day", "which_month": "month", "which_year": "year", "which_quarter": "quarter",
}  # fmt: skip
GRAIN_NOUNS: dict[str, Grain] = {
    "day": "day", "date": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year",
    "weekday": "weekday", "hour": "hour",
}  # fmt: skip
UNITS = frozenset(want for _, want in lexicon.units())


def read_term(parser: Parser, position: int, *, aggregate: bool = True) -> tuple[Term, int] | None:
    """The term that starts at ``position`` and the position after it, or None.

    Args:
        parser: for its items; nothing is taken.
        position: where to look.
        aggregate: whether functions ("average …") may lead.
    """
    term = Term()
    position = parser.skip(position, "all")
    while (item := parser.at(position)) is not None:
        function = _function(parser, item, position) if aggregate else None
        if function == "sum" and term.function == "avg" and item.columns and item.columns[0].score >= STRONG:
            break
        if function:
            if term.function == "avg" and function == "sum":
                function = "avg"
            if term.function and function == "count":
                term.outer = term.function
            elif term.function == "count" and function in ("sum",):
                function = "count"
            elif term.function in ("max", "min") and function in ("avg", "sum"):
                term.outer = term.function
            term.function = function
        elif item.has("distinct"):
            term.distinct = True
        elif item.has("share") and aggregate and not parser.names(item, STRONG):
            term.share = True
        elif item.has("all") or parser.is_filler(item) or _passed(parser, term, item, position):
            pass
        else:
            break
        position = parser.skip(position + 1)
    item = parser.at(position)
    if item is None:
        return None
    found = _named(parser, term, item, position)
    return _tallied(parser, *found) if found is not None and aggregate else found


def _tallied(parser: Parser, term: Term, after: int) -> tuple[Term, int]:
    """ "track *count*": the number of tracks."""
    following = parser.at(after)
    rows = term.item is not None and parser.is_table(term.item) and not (term.function or term.owner or term.measure)
    if rows and following is not None and following.lower in ("count", "counts") and not parser.names(following):
        term.function = "count"
        return term, after + 1
    return term, after


def _passed(parser: Parser, term: Term, item: Item, position: int) -> bool:
    """Words between a function and what it is of: "of", "each", an adjective nothing knows."""
    if item.has("of"):
        return bool(term.function or term.share or term.distinct)
    if not term.function:
        return False
    if item.has("each"):
        return not item.links
    return item.unknown and parser.names(parser.at(position + 1), 0.8)


def _function(parser: Parser, item: Item, position: int) -> Function | None:
    for tag, function in FUNCTIONS.items():
        if item.has(tag):
            if item.links and item.links[0].score >= STRONG and not _mention_follows(parser, position):
                return None
            if tag == "count" and item.lower == "number" and item.links:
                return None
            following = parser.at(parser.skip(position + 1))
            things = following is not None and parser.names(following, STRONG) and parser.is_table(following)
            own = things and following is not None and parser.measure(following) is None  # not "total sales"
            plural = own and following is not None and following.lower != following.lemma
            if tag == "sum" and item.lower == "total" and plural:
                return "count"  # "total tracks"
            if following is not None and following.columns and following.columns[0].score < STRONG:
                link = following.columns[0]
                if item.lower in parser.schema.tables[link.table].column_words[link.column]:
                    return None  # "typical price", of a column typical_buying_price
            return function
    return None


def _mention_follows(parser: Parser, position: int) -> bool:
    """Is the next thing a name? ("*total* minutes" against "the average *total*")"""
    after = parser.skip(position + 1, "of", "all", "distinct", *FUNCTIONS)
    item = parser.at(after)
    if item is None or (parser.at(position + 1) is not None and item.has("and", "comma", "rel", "with")):
        return False
    return parser.names(item) or item.lemma in UNITS


def _named(parser: Parser, term: Term, item: Item, position: int) -> tuple[Term, int] | None:
    if item.has("everything"):
        term.star = True
        return term, position + 1
    if item.tags & GRAINS.keys() and term.function is None:
        term.grain = GRAINS[next(iter(sorted(item.tags & GRAINS.keys())))]
        return term, position + 1
    measure = parser.measure(item)
    if measure is not None:
        term.item, term.measure = item, measure
        return term, position + 1
    if item.lemma in UNITS and not _exact(item) and _unit_column(parser, item):
        term.item, term.unit = item, item.lemma
        after = parser.skip(position + 1, "of")
        following = parser.at(after)
        if following is not None and parser.names(following) and parser.is_table(following):
            term.owner = following
            return term, after + 1
        return term, position + 1
    if not parser.names(item):
        if item.lemma in GRAIN_NOUNS and term.function is None:
            term.grain = GRAIN_NOUNS[item.lemma]
            return term, position + 1
        return None
    return _compound(parser, term, item, position)


def _yes_no(parser: Parser, item: Item) -> bool:
    profile = parser.schema.column(item.columns[0]).profile if item.columns else None
    return profile is not None and (profile.minimum, profile.maximum) == (0, 1) and profile.distinct == 2


def _exact(item: Item) -> bool:
    return bool(item.links and item.links[0].score >= STRONG)


def _unit_column(parser: Parser, item: Item) -> bool:
    return any((have,) in parser.schema.phrases for have, want in lexicon.units() if want == item.lemma)


def _compound(parser: Parser, term: Term, item: Item, position: int) -> tuple[Term, int]:
    """ "customer names", "customer's name", "track length": a table, then a column of it."""
    term.item = item
    after = position + 1
    following = parser.at(after)
    if following is not None and following.lemma == "rate" and _yes_no(parser, item) and not term.function:
        term.function = "avg"  # "survival rate"
        return term, after + 1
    if following is not None and following.lower in ("'s", "'") and parser.at(after + 1) is not None:
        after += 1
        following = parser.at(after)
    if (
        item.table is None
        or following is None
        or not parser.names(following)
        or following.number is not None
        or (parser.is_verb(following) and after == position + 1)
        or (following.lower.endswith("ed") and _yes_no(parser, following))
    ):
        return term, position + 1
    table = item.table
    own = [link for link in following.links if link.column and link.table == table.table and link.score >= 0.5]
    better = max((link.score for link in following.links if not link.column), default=0.0)
    possessive = after > position + 1
    if following.lower in ("name", "names", "id", "ids") and parser.is_table(item) and not own:
        term.owner, term.item = item, following
        return term, after + 1
    measure = parser.measure(following)
    if measure is not None and parser.is_table(item):
        term.owner, term.item, term.measure = item, following, measure
        return term, after + 1
    if own and (own[0].score >= better - 0.05 or possessive) and table.score >= 0.5:
        inside = tuple(link for link in following.links if link in own) + tuple(
            replace(link, score=link.score * 0.8) for link in following.links if link not in own
        )
        term.owner, term.item = item, replace(following, links=inside)
        return term, after + 1
    if possessive and following.columns:
        term.owner, term.item = item, following
        return term, after + 1
    return term, position + 1


def read_terms(parser: Parser, position: int, *, aggregate: bool = False) -> tuple[list[Term], int]:
    """Terms joined with commas and "and", as many as there are."""
    terms: list[Term] = []
    while True:
        found = read_term(parser, position, aggregate=aggregate)
        if found is None:
            return terms, position
        terms.append(found[0])
        position = found[1]
        following = parser.at(position)
        after = position
        while following is not None and following.has("and", "comma") and not following.links:
            after += 1
            following = parser.at(after)
        if after == position:
            return terms, position
        if following is None or read_term(parser, after, aggregate=aggregate) is None:
            return terms, position
        position = after
