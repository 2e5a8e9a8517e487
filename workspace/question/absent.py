"""Things that a question asks for and that are nowhere here: no reading that goes around them is an answer to it.

A noun that happens to be a verb elsewhere ("returns", "visits"), a noun that the reading goes around ("customer
*complaints*", read as customers), and one that is known only because another word for it is part of a longer name
("refunds", where rentals have a return date).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from workspace.question import lexicon
from workspace.question.linking import Item
from workspace.question.plan import Aggregate, Column, Plan, Related, walk
from workspace.question.rank import Candidate
from workspace.question.schema import Link, Schema, name_words
from workspace.question.tokens import lemma

_OPENING = ("count", "with", "of", "and", "comma", "each", "by", "avg", "sum", "top", "most", "all", "or")
_RELATIVE = frozenset({"who", "that", "which", "whom", "whose", "where", "when", "how many", "what", "how much"})
_NAMING = frozenset({"name", "title", "id", "code"})
# Heads of names that add nothing to what stands before them: a stock quantity is the stock, a return date no refund.
_MEASURING = frozenset({"number", "count", "total", "quantity", "amount", "size", "value", "level", "sum", "name"})

VAGUE = 0.65  # the score up to which another word for a name says too little


def absent(candidate: Candidate) -> tuple[Item, ...]:
    """The words that ask for a thing that the plan has nothing of."""
    places = _places(candidate)
    found = [item for item in _verbs(candidate) if not _held(item, places) and not _met(item, places)]
    found += [item for item in (*_left(candidate), *_heads(candidate)) if not _met(item, places)]
    return tuple(dict.fromkeys(found))


def guessed(candidate: Candidate) -> tuple[Item, ...]:
    """The things asked for that are known by another word for a part of a longer name only."""
    schema, frame = candidate.context.schema, candidate.frame
    asked = [frame.entity, *(term.item for term in frame.targets)]
    found = []
    for decision in candidate.context.decisions.values():
        item, link = decision.item, decision.link
        if (
            link.how != "synonym"
            or " " in item.lower
            or item.lemma in _MEASURING
            or all(item is not other for other in asked)
        ):
            continue
        if link.score < VAGUE or not _covers(item, link, schema):
            found.append(item)
    return tuple(dict.fromkeys(found))


def _covers(item: Item, link: Link, schema: Schema) -> bool:
    """Is the head of the name among the words that may stand for the item?"""
    info = schema.tables[link.table]
    words = info.column_words[link.column] if link.column else info.words
    words = tuple(lemma(word) for word in words)
    said = {item.lemma, *(other for other, _ in lexicon.synonyms().get(item.lemma, ()))}
    while len(words) > 1 and words[-1] in _MEASURING:
        words = words[:-1]
    return bool(words) and words[-1] in said


def _places(candidate: Candidate) -> set[str]:
    """Names of the tables and columns that the plan speaks of."""
    found = {candidate.plan.root}
    for node in walk(candidate.plan, subplans=True):
        if isinstance(node, Column):
            found |= {node.table, f"{node.table}.{node.name}"}
        elif isinstance(node, Aggregate | Related):
            found.add(node.table)
        elif isinstance(node, Plan):
            found.add(node.root)
    return found - {""}


def _met(item: Item, places: set[str]) -> bool:
    return any((link.target if link.column else link.table) in places for link in item.links)


def _held(item: Item, places: set[str]) -> bool:
    words = {lemma(word) for place in places for part in place.split(".") for word in name_words(part)}
    return bool({lemma(noun) for noun in item.nouns} & words)


def _verbs(candidate: Candidate) -> Iterator[Item]:
    """Words of the verbs that stand where a noun does."""
    items = [item for item in candidate.linked.items if item.tags != {"filler"} or item.links]
    if len(items) > 1 and _named_so(items):
        yield items[0]
    for place, item in enumerate(items):
        if not item.nouns or item.tags or item.matches or item.quoted or not item.content:
            continue
        before = items[place - 1] if place else None
        after = items[place + 1] if place + 1 < len(items) else None
        if _nominal(item, before, after, items[:place]):
            yield item


def _named_so(items: list[Item]) -> bool:
    """Does a word that may ask for something begin a name instead: "*return* rate", where rates are none of returns?"""
    verb, head, after = items[0], items[1], items[2] if len(items) > 2 else None
    single = head.lower == head.lemma and " " not in head.lower and not head.tags and not head.matches
    known = bool(head.links) and head.links[0].score >= 0.9
    return verb.has("open") and bool(verb.nouns) and single and _ends(after) and not known and head.start == verb.end


def _ends(after: Item | None) -> bool:
    """Does a name end before ``after``?"""
    return after is None or bool(after.tags) or after.period is not None


def _nominal(item: Item, before: Item | None, after: Item | None, earlier: list[Item]) -> bool:
    if item.lower not in (item.lemma, f"{item.lemma}s"):
        return False  # "returned", "spent"
    if not _ends(after):
        return False
    plural = item.lower != item.lemma and item.lower.endswith("s")
    if before is None or before.has(*_OPENING) or (before.adjective is not None and not before.links):
        return True
    clause = any(other.lower in _RELATIVE for other in earlier)
    several = before.lower.endswith("s") and before.lower != before.lemma
    return plural and several and not clause


def _left(candidate: Candidate) -> Iterator[Item]:
    """Nouns that a change of the reading left out of what is shown."""
    for name, item in candidate.changes:
        if name != "drop target" or item is None or item.tags or item.measure is not None:
            continue
        if item.lemma not in lexicon.figure_words():
            yield item


def _heads(candidate: Candidate) -> Iterator[Item]:
    """Last nouns of names made of several: "product *returns*", "customer *complaints*"."""
    items = candidate.linked.items
    for place, (one, head) in enumerate(pairwise(items)):
        named = bool(one.links or one.lemma in lexicon.figure_words()) and not one.tags and one.end == head.start
        if not named or head.tags or head.matches or head.measure is not None or head.quoted or head.adjective:
            continue
        after = items[place + 2] if place + 2 < len(items) else None
        told = bool(head.links) and head.links[0].score >= 0.6 and head.lemma not in _NAMING
        several = one.lower != one.lemma
        verbal = bool(head.nouns) and (head.lower != head.lemma or not several)  # "the customers *live*"
        if _ends(after) and (told or verbal) and _plain(head, items[:place]):
            yield head


def _plain(head: Item, earlier: tuple[Item, ...]) -> bool:
    """Is the word no verb of a clause ("the products that a customer *orders*")?"""
    return not any(item.lower in _RELATIVE for item in earlier) and head.lower in (head.lemma, f"{head.lemma}s")
