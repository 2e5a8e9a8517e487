"""Verbs: relations that tables hold, dates that columns are named after, and that something happened at all."""

from __future__ import annotations

from dataclasses import replace

from workspace.question.frames import Exists, Term
from workspace.question.linking import Item
from workspace.question.operands import date_of
from workspace.question.parse import Parser
from workspace.question.schema import Link


def rule_verb(parser: Parser) -> bool:
    """bought, sold, ordered: a relation that tables hold"""
    item = parser.peek()
    if item is None or not item.nouns:
        return False
    parser.frame.nouns = parser.frame.nouns | item.nouns
    parser.mark(item, "table")
    parser.preposition = "verb"
    if parser.frame.entity is not None:
        parser.narrow()
    parser.take()
    return True


def verb_hint(parser: Parser, item: Item) -> bool:
    """ "released", "founded": says how things hang together rather than what to show."""
    parser.frame.nouns = parser.frame.nouns | item.nouns
    dated = date_of(parser, item)
    named = replace(item, links=(dated,)) if dated is not None else item
    parser.frame.hints.append(item)
    parser.frame.happened += (dated,) if dated is not None else ()
    parser.mark(item, "table")
    told = dated is not None or bool(item.matches)
    parser.last, parser.last_end = (Term(item=named), parser.position + 1) if told else (None, -1)
    if dated is None and item.columns and item.columns[0].score >= 0.5:
        parser.last, parser.last_end = Term(item=item, hint=True), parser.position + 1
    parser.take()
    if item.columns and all(_only_alike(parser, link) for link in item.links) and not item.nouns and not item.matches:
        parser.frame.unused.append(item)  # "tickets *closed* this month", where only promotions end
    following = parser.at(parser.skip(parser.position))
    if item.nouns and following is not None and following.lower in ("nothing", "none"):
        exists = Exists(None, nouns=item.nouns, negated=True, anything=True)
        parser.add(exists)
        parser.scope = exists  # "customers who bought nothing *in 2026*"
        parser.position = parser.skip(parser.position) + 1
        return True
    alone = (dated or (item.nouns and not told)) and parser.frame.entity is not None and not parser.negate
    if alone and _said_alone(parser):
        parser.add(Exists(Term(item=named) if dated else None, nouns=item.nouns, hint=True))  # "that were returned"
    return True


def tells_when(parser: Parser, item: Item) -> bool:
    """ "how many *joined*": is it a verb of which a column holds the date?"""
    return parser.is_verb(item) and date_of(parser, item) is not None


def among_columns(parser: Parser, item: Item) -> bool:
    """ "name, *joined* and birthday": a column's own name in a list of columns is one of them, not a verb."""
    before, after = parser.at(parser.position - 1), parser.at(parser.position + 1)
    if not item.columns or item.columns[0].score < 0.99 or before is None or not before.has("and", "comma"):
        return False
    known = parser.at(parser.position - 2)
    listed = known is not None and bool(known.columns) and not parser.is_table(known)
    return listed and (after is None or after.has("and", "comma", "of", "by", "order") or after.lower in (".", "?"))


def _only_alike(parser: Parser, link: Link) -> bool:
    """Is a name of other things than those asked for, and found as a synonym only?"""
    return link.how == "synonym" and parser.home not in ("", link.table)


_SOMETHING = frozenset({"something", "anything", "ever", "before", "yet", "already", "so far", "at all", "once"})


def _said_alone(parser: Parser) -> bool:
    """Is nothing more said of what happened: by whom, when, how often?"""
    rest = parser.items[parser.position :]
    step = next((item for item in rest if not (parser.is_filler(item) or item.lower in _SOMETHING | {".", "?"})), None)
    return step is None or step.has("by", "order")
