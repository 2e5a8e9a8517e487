"""Rules for values: dates, numbers and words of the data, alone or in a list."""

from __future__ import annotations

from dataclasses import replace

from workspace.question import lexicon
from workspace.question.frames import Condition, Operand, Term
from workspace.question.grammar_filter import UNIT_FILLERS, aging, counted
from workspace.question.linking import Item
from workspace.question.operands import (
    COMPARISONS,
    claim,
    date_of,
    describes,
    left_side,
    operand_follows,
    value_of_another,
)  # fmt: skip
from workspace.question.parse import STRONG, Parser
from workspace.question.phrases import UNITS, read_term
from workspace.question.resolve import WAYS, is_date
from workspace.question.schema import Link


def rule_period(parser: Parser) -> bool:
    """in 2023 · last month · 2022 and 2023"""
    item = parser.peek()
    if item is None or item.period is None:
        return False
    term = left_side(parser)
    since = _since(parser, term)
    if term is not None and (term.hint or term.measure or (term.function and not since)):
        term = None
    if term is not None and term.item is not None and term.item.matches and not term.item.columns:
        said, term = term.item, None  # "orders cancelled last month": a state, and when
        if not said.nouns:  # "shipped" is dated by its shipment
            parser.add(Condition(None, "=", [Operand(matches=said.matches, text=said.text, item=said)]))
    operands = [Operand(number=item.number, period=item.period, matches=item.matches, item=item)]
    position = parser.position + 1
    either = False
    while (joint := parser.at(position)) is not None and joint.has("and", "or", "comma", "versus"):
        following = parser.at(parser.skip(position + 1, "of", "eq", "or", "and"))
        if following is None or following.period is None:
            break
        either = True
        parser.frame.compare = parser.frame.compare or joint.has("versus")
        operands.append(Operand(number=following.number, period=following.period, item=following))
        position = parser.skip(position + 1, "of", "eq", "or", "and") + 1
    op = since or "in"
    tail = parser.at(position)
    if tail is not None and tail.has("ormore", "orless") and not either and not _compared(parser, position + 1):
        op = ">=" if tail.has("ormore") else "<="
        position += 1
    claim(parser, term)
    _happened(parser, term)
    term = replace(term, function=None) if term is not None and term.function else term
    for used in parser.items[parser.position : position]:
        parser.mark(used, "date")
    parser.position = position
    parser.fired("period")
    if parser.both and either:
        for operand in operands:
            parser.add(Condition(term, "in", [operand], both=True))
    else:
        parser.add(Condition(term, op, operands))
    parser.both = False
    return True


def _since(parser: Parser, term: Term | None) -> str:
    """ "customers *since* 2023", of a column customer_since: the word is said of the date as well; "" for none."""
    before = parser.peek(-1)
    if term is None or term.item is not before or before is None or len(before.lower.split()) < 2 or not before.columns:
        return ""
    tags = lexicon.cues().get((before.lower.split()[-1],), ())
    dated = is_date(parser.schema.column(before.columns[0]))
    return next((COMPARISONS[tag] for tag in ("after", "before") if tag in tags), "") if dated else ""


def _happened(parser: Parser, term: Term | None) -> None:
    """ "tasks due this week", "tickets opened today": the things are asked for, not their dates."""
    if term is None or parser.frame.targets != [term] or term.item is None or not term.item.columns:
        return
    if term.function not in (None, "count"):
        return
    link, said = term.item.columns[0], term.item.text.split()
    if term.item.lemma in ("date", "day", "time", "year") or not is_date(parser.schema.column(link)):
        return
    owner = term.owner
    if (
        owner is None
        and len(said) > 1
        and parser.linked.tokens[term.item.start].lemma in parser.schema.tables[link.table].words
    ):
        things = Link(link.table, "", STRONG)
        owner = replace(term.item, text=" ".join(said[:-1]), links=(things,))
    if owner is not None:
        parser.frame.targets = [Term(item=owner, function="count")] if term.function else []
        parser.frame.entity = parser.frame.entity or owner


def rule_number(parser: Parser) -> bool:
    """exactly 3 tracks · 5 or more albums · room 12 · age 20"""
    item = parser.peek()
    if item is None or item.number is None:
        return False
    operand = Operand(number=item.number, matches=item.matches, item=item)
    position = parser.position + 1
    following = parser.at(position)
    op = "="
    if following is not None and following.has("ormore", "orless") and not _compared(parser, position + 1):
        op = ">=" if following.has("ormore") else "<="
        position += 1
    term = left_side(parser) or _numbered(parser, op)
    if term is None and parser.zone != "select" and counted(parser, op, operand, parser.skip(position)):
        return True
    if op == "=" and term is None and item.matches:
        return rule_value(parser)
    aged = aging(parser, position)
    if aged is not None:
        term, position = Term(adjective=lexicon.adjectives()[("older",)]), aged
    unit = parser.at(parser.skip(position))
    if unit is not None and term is not None and unit.lemma in UNITS | UNIT_FILLERS and not parser.names(unit, 0.75):
        term = replace(term, unit=unit.lemma) if unit.lemma in UNITS else term
        position = parser.skip(position) + 1
    tail = parser.at(position)
    if tail is not None and tail.has("ormore", "orless") and not _compared(parser, position + 1):
        op = ">=" if tail.has("ormore") else "<="
        position += 1
    operands = [operand]
    while (joint := parser.at(position)) is not None and joint.has("or", "and", "comma") and op == "=":
        after = parser.at(position + 1)
        if after is None or after.number is None or parser.names(parser.at(position + 2)):
            break
        operands.append(Operand(number=after.number, matches=after.matches, item=after))
        position += 2
    if term is None and parser.last is None and parser.zone == "select":
        return False
    claim(parser, term)
    for used in parser.items[parser.position : position]:
        parser.mark(used, "number")
    parser.position = position
    parser.fired("number")
    parser.add(Condition(term, op, operands))
    return True


def _compared(parser: Parser, position: int) -> bool:
    """Is "or after" followed by what it compares with, rather than said of the number before?"""
    following = parser.at(parser.skip(position))
    return following is not None and (following.number is not None or following.period is not None)


def _numbered(parser: Parser, op: str) -> Term | None:
    """ "store 1": the things right before a bare number are told apart by it."""
    before, following = parser.peek(-1), parser.at(parser.skip(parser.position + 1))
    if op != "=" or before is None or not parser.names(before, STRONG) or not parser.is_table(before):
        return None
    if (following is not None and parser.names(following, 0.7)) or before.lower != before.lemma:
        return None
    return Term(item=before)


def rule_value(parser: Parser) -> bool:
    """from Germany · Rock and Jazz · named "Foo" · the USA customers"""
    item = parser.peek()
    if item is None or not (item.matches or item.quoted):
        return False
    before = parser.peek(-1)
    if not item.quoted and parser.names(item, STRONG) and not _value_wins(parser, item):
        return False
    if _inside(parser, item):
        return True
    term = left_side(parser)
    if term is not None and term.item is not None and before is not None and term.function and not before.has("eq"):
        term = None
    if term is not None and _of_another(parser, term, item):
        term = None
    first = parser.position
    operands, position = _value_list(parser, item)
    following = parser.at(position)
    if term is None and following is not None and following.columns and not operand_follows(parser, position + 1):
        columns = {(match.table, match.column) for match in item.matches}
        own = [link for link in following.columns if (link.table, link.column) in columns]
        best_table = following.table.score if following.table else 0.0
        if own and own[0].score >= 0.6 and own[0].score > best_table:
            term = Term(item=replace(following, links=tuple(own)))
            parser.mark(following, "column", own[0].target)
            position += 1
    claim(parser, term)
    for used in parser.items[parser.position : position]:
        parser.mark(used, "value")
    parser.position = position
    parser.fired("value")
    if parser.both and len(operands) > 1:
        for operand in operands:
            parser.add(Condition(term, "=", [operand], both=True))
        parser.both = False
    else:
        joined = [part for part in parser.items[first:position] if part.has("or", "versus")]
        parser.add(Condition(term, "=", operands, every=len(operands) > 1 and not joined))
    if parser.zone == "select" and parser.frame.targets:
        parser.narrow()
    return True


def _of_another(parser: Parser, term: Term, item: Item) -> bool:
    """ "net amount without *cancelled* orders": a word of another column is compared with no number."""
    if term.item is None or item.quoted or item.number is not None or not item.matches:
        return False
    if term.measure is not None or not term.item.columns:
        return term.measure is not None
    return value_of_another(term, item) and all(parser.schema.column(link).numeric for link in term.item.columns)


def _inside(parser: Parser, item: Item) -> bool:
    """with love in the name: a word within a text"""
    joint = parser.peek(1)
    if joint is None or joint.lower != "in":
        return False
    found = read_term(parser, parser.position + 2, aggregate=False)
    if found is None or found[0].item is None or parser.is_table(found[0].item) or found[0].item.matches:
        return False
    column = found[0].item.columns[0] if found[0].item.columns else None
    if (
        column is None
        or parser.schema.column(column).kind != "text"
        or found[0].item.lemma not in ("name", "title", "description")
    ):
        return False
    for used in parser.items[parser.position : found[1]]:
        parser.mark(used, "value")
    parser.frame.unused = [word for word in parser.frame.unused if word is not item]
    parser.position = found[1]
    parser.fired("like")
    parser.add(Condition(found[0], "like", [Operand(text=item.text, item=item)]))
    return True


def rule_inside(parser: Parser) -> bool:
    """a word that nothing knows, within a text"""
    item = parser.peek()
    return item is not None and item.unknown and _inside(parser, item)


def _value_wins(parser: Parser, item: Item) -> bool:
    """A word that is both a name and a value: after "is" or a preposition, or capitalised in the middle, a value."""
    before = parser.peek(-1)
    best = item.matches[0]
    if describes(parser, parser.position):
        return True
    if before is not None and before.has("eq") and _told_when(parser, item):
        return False
    middle = parser.position > 0 and item.text[:1].isupper()
    prepared = before is not None and (before.has("eq", "named") or parser.preposition in ("by",))
    return best.score >= 0.95 and (middle or prepared)


def _told_when(parser: Parser, item: Item) -> bool:
    """ "were *closed in October*": of a date that is called so, when it was; not that the state is "closed"."""
    dated = date_of(parser, item) if parser.is_verb(item) else None
    following = parser.at(parser.skip(parser.position + 1, "of", "on", "during", "after", "before", "between"))
    return dated is not None and following is not None and following.period is not None


def _value_list(parser: Parser, item: Item) -> tuple[list[Operand], int]:
    before = parser.peek(-1)
    way = before.lower if before is not None and before.lower in WAYS else ""
    operands = [Operand(matches=item.matches, text=item.text, item=item, preposition=way)]
    columns = {(match.table, match.column) for match in item.matches}
    position = parser.position + 1
    while (joint := parser.at(position)) is not None and (
        joint.has("and", "or", "comma", "versus") or (parser.frame.compare and joint.has("with", "of"))
    ):
        step = position + 1
        while (
            (more := parser.at(step)) is not None
            and (more.has("and", "or", "comma", "of", "both", "versus") or parser.is_filler(more))
            and not more.matches
        ):
            step += 1
        following = parser.at(step)
        if following is None or not (following.matches or following.quoted):
            break
        shared = {(match.table, match.column) for match in following.matches} & columns
        if not shared and not (following.quoted and (not columns or not following.matches)):
            break
        if joint.has("versus"):
            parser.frame.compare = True
        columns = shared or columns
        operands.append(Operand(matches=following.matches, text=following.text, item=following))
        position = step + 1
    return operands, position
