"""Rules for states: out of stock, discontinued, not yet delivered, acting; kept as a number, a date or a flag."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from workspace.question import lexicon
from workspace.question.frames import Condition, Operand, Term
from workspace.question.linking import Item
from workspace.question.parse import STRONG, Parser
from workspace.question.resolve import is_date, truth
from workspace.question.schema import Link
from workspace.question.tokens import lemma


@cache
def _states() -> dict[tuple[str, ...], tuple[tuple[str, ...], str]]:
    table: dict[tuple[str, ...], tuple[tuple[str, ...], str]] = {}
    for line in lexicon.lines("states.txt"):
        phrases, columns, test = (part.strip() for part in line.split("|"))
        for phrase in phrases.split(";"):
            table[tuple(phrase.split())] = tuple(lemma(word) for word in columns.split()), test
    return table


def rule_state(parser: Parser) -> bool:
    """products that are out of stock · discontinued products · tasks not yet completed"""
    item = parser.peek()
    if item is None:
        return False
    tokens = parser.linked.tokens
    for length in range(4, 0, -1):
        words = tuple(token.lower for token in tokens[item.start : item.start + length])
        found = _states().get(words)
        end = next(
            (n for n in range(parser.position, len(parser.items)) if parser.items[n].end == item.start + length), -1
        )
        if found is None or end < 0 or len(words) < length:
            continue
        before, after = parser.at(parser.position - 1), parser.at(parser.skip(end + 1))
        plain = length == 1 and not (_described(parser, before) or (after is not None and parser.is_table(after)))
        if plain or (length == 1 and item.matches):
            continue
        link = _column(parser, found[0], found[1], after)
        if link is not None:
            _take(parser, end, link, found[1])
            return True
    return _flag(parser, item) or _done(parser, item)


def rule_counted(parser: Parser) -> bool:
    """how many *unpaid* invoices · number of cancelled bookings: a state of what is counted, which narrows it"""
    item = parser.peek()
    if item is None or not item.has("count") or item.links:
        return False
    start = parser.position
    parser.position = parser.skip(start + 1, "of")
    things = parser.at(parser.position + 1)
    if things is None or things.table is None or not parser.is_table(things) or not rule_state(parser):
        parser.position = start
        return False
    if parser.peek() is not things:
        return True
    parser.frame.entity = parser.frame.entity or things
    parser.frame.targets.append(Term(item=things, function="count"))
    parser.mark(item, "aggregate")
    parser.take(1, "table")
    return True


def _done(parser: Parser, item: Item) -> bool:
    """ "*cancelled* members", whose date of it is empty until then."""
    things = parser.at(parser.position + 1)
    if things is None or things.table is None or not parser.is_table(things) or item.matches or parser.is_table(item):
        return False
    link = next((link for link in item.columns if link.table == things.table.table and link.score >= STRONG), None)
    if link is None or not parser.is_verb(item) or not parser.schema.column(link).profile.nulls:
        return False
    if not is_date(parser.schema.column(link)):
        return False
    _take(parser, parser.position, link, "present")
    return True


def stocked(parser: Parser, position: int) -> tuple[Term, int] | None:
    """(less than 10) in stock: the stock of the things in question, and the position after the words."""
    first = parser.at(position)
    if first is None:
        return None
    tokens = parser.linked.tokens
    for length in (2, 1):
        words = tuple(token.lower for token in tokens[first.start : first.start + length])
        found = _states().get(words)
        end = next((n for n in range(position, len(parser.items)) if parser.items[n].end == first.start + length), -1)
        if found is not None and found[1] == "some" and end >= 0:
            link = _column(parser, found[0], "some", None)
            if link is not None:
                return Term(item=_named(first, link)), end + 1
    return None


def _described(parser: Parser, before: Item | None) -> bool:
    return before is not None and (
        before.has("eq", "rel", "not") or before.lower in ("have been", "yet", "still", "been")
    )


def _column(parser: Parser, words: tuple[str, ...], test: str, after: Item | None) -> Link | None:
    """The column of the things in question that keeps the state."""
    homes = [item for item in (parser.frame.entity, after) if item is not None and item.table is not None]
    for home in homes:
        assert home.table is not None
        info = parser.schema.tables[home.table.table]
        for name, named in info.column_words.items():
            column = info.table.column(name)
            fits = (
                column.numeric
                if test in ("zero", "some")
                else is_date(column) or truth(parser.schema, Link(info.name, name, 1)) is not None
            )
            if fits and set(words) & set(named) and name not in info.foreign:
                return Link(info.name, name, 0.9, "state")
    return None


def _take(parser: Parser, end: int, link: Link, test: str) -> None:
    item = parser.items[parser.position]
    term = Term(item=_named(item, link))
    for used in parser.items[parser.position : end + 1]:
        parser.mark(used, "compare", link.target)
    taken = parser.items[parser.position : end + 1]
    parser.frame.unused = [word for word in parser.frame.unused if word not in taken]
    parser.position = end + 1
    parser.fired("state")
    flag = truth(parser.schema, link)
    if test in ("zero", "some"):
        parser.add(Condition(term, "=" if test == "zero" else ">", [Operand(number=0, item=item)]))
    elif flag is not None:
        value = flag[0] if test == "present" else flag[1]
        parser.add(Condition(term, "is", [Operand(text=value, item=item)]))
    else:
        parser.add(Condition(term, "missing", [Operand(item=item)], negated=test == "present"))


def _named(item: Item, link: Link) -> Item:
    return replace(item, links=(link,), matches=(), number=None)


def _flag(parser: Parser, item: Item) -> bool:
    """A yes/no column used as a property: "acting heads", "customers who are subscribed"."""
    before = parser.at(parser.position - 1)
    said = before is not None and before.has("eq") and not item.tags  # "heads who are acting"
    if not item.columns or parser.is_table(item) or item.matches or item.columns[0].score < (0.5 if said else 0.72):
        return False
    link = item.columns[0]
    flag = truth(parser.schema, link)
    if flag is None:
        return False
    before, after = parser.at(parser.position - 1), parser.at(parser.position + 1)
    if item.lower != item.lemma and (item.lower.endswith("s") or _subject(parser, before)):
        return _holds(parser, item, link, flag[0])
    described = before is not None and before.has("eq", "rel", "not")
    attached = after is not None and parser.names(after, STRONG) and parser.is_table(after)
    if not (described or attached) or (
        after is not None and (after.quoted or after.matches or after.number is not None)
    ):
        return False
    parser.mark(item, "compare", link.target)
    parser.position += 1
    parser.fired("flag")
    parser.add(Condition(Term(item=_named(item, link)), "is", [Operand(text=flag[0], item=item)]))
    return True


def _subject(parser: Parser, before: Item | None) -> bool:
    """ "passengers *survived*", "how many women *survived*": said of what came before."""
    return before is not None and (parser.is_table(before) or bool(before.matches)) and parser.peek(1) is None


def _holds(parser: Parser, item: Item, link: Link, yes: str) -> bool:
    """survivors, smokers: the rows that have the property; "smokers vs non smokers" tells them apart."""
    frame = parser.frame
    joint, other = parser.peek(1), parser.at(parser.position + 3)
    if joint is not None and joint.has("versus", "and") and other is not None and other.columns[:1]:
        negated = parser.at(parser.position + 2)
        if negated is not None and negated.has("not") and other.columns[0].column == link.column:
            frame.entity = frame.entity or replace(item, links=(Link(link.table, "", 0.9, "state"),), matches=())
            frame.groups.append(Term(item=_named(item, link)))
            parser.take(4, "group", "compare")
            return True
    if parser.preposition == "by" or (joint is not None and joint.has("eq")):
        return False
    if frame.entity is None and not frame.targets:
        frame.entity = replace(item, links=(Link(link.table, "", 0.9, "state"),), matches=())
    parser.mark(item, "compare", link.target)
    parser.position += 1
    parser.fired("flag")
    parser.add(Condition(Term(item=_named(item, link)), "is", [Operand(text=yes, item=item)]))
    return True
