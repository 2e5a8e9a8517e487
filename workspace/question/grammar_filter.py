"""Rules that narrow down: comparisons, ranges, dates, values, text patterns, negation, existence."""

from __future__ import annotations

from dataclasses import replace

from workspace.question import lexicon
from workspace.question.frames import Condition, Exists, Operand, Sort, Term
from workspace.question.grammar_self import ABOVE, no_one_above
from workspace.question.grammar_state import stocked
from workspace.question.lexicon import Adjective
from workspace.question.linking import Item
from workspace.question.numbers import TIMES
from workspace.question.operands import (
    COMPARISONS,
    claim,
    counted_before,
    figure_between,
    figure_follows,
    filled_by,
    left_side,
    operand_follows,
    read_operand,
    same_again,
    timely,
    untimed,
)
from workspace.question.parse import STRONG, Parser
from workspace.question.phrases import UNITS, read_term

UNIT_FILLERS = frozenset({"dollar", "euro", "usd", "eur", "percent", "$", "old", "year", "buck", "pound", "point"})


def rule_comparative(parser: Parser) -> bool:
    """over 10 · more than 5 tracks · older than 30 · since 2022 · above the average total"""
    item = parser.peek()
    if item is None:
        return False
    op = next((COMPARISONS[tag] for tag in COMPARISONS if item.has(tag)), "")
    joined = not op and item.has("ormore", "orless") and figure_follows(parser)
    if joined:  # "above 80 or below 20"
        op = ">" if item.has("ormore") else "<"
        parser.either = bool(parser.frame.conditions)
    adjective = item.adjective if item.adjective and not item.adjective.superlative else None
    if adjective and not op:
        op = ">" if adjective.sign > 0 else "<"
    if item.has("average_of") and not item.has("avg", "gt", "lt") and " " in item.lower:
        return _versus_average(parser, item)
    if not op:
        return False
    turned = figure_between(parser, item)
    found = read_operand(parser, turned[1] if turned else parser.skip(parser.position + 1))
    if found is None:
        return False
    operand, after = found
    plain = operand.number is None and operand.period is None and not operand.average
    if adjective is not None and plain and not item.has(*COMPARISONS):
        return False
    term = turned[0] if turned else left_side(parser) or _spent(parser)
    following = parser.at(parser.skip(after)) if operand.number is not None and not operand.period else None
    if (term is not None and term.hint) or _done(parser, term, following) or timely(parser, term, item, operand):
        term = None
    if operand.period is not None and operand.number is not None and item.has("gt", "ge", "lt", "le"):
        following = parser.at(after)
    if operand.item is not None and (
        operand.item.lower in TIMES or (following is not None and following.lemma == "time")
    ):
        return _repeated(parser, op, operand, after + (operand.item.lower not in TIMES))
    stock = stocked(parser, parser.skip(after)) if operand.number is not None and term is None else None
    if stock is not None:
        return _column_condition(parser, stock[0], op, operand, stock[1])
    aged = aging(parser, after) if operand.number is not None else None
    if aged is not None and (term is None or term.item is None or parser.is_table(term.item)):
        return _column_condition(parser, Term(adjective=lexicon.adjectives()[("older",)]), op, operand, aged)
    if following is not None and following.lower not in (",",) and term is None and adjective is None:
        taken = counted(parser, op, operand, parser.skip(after))
        if taken:
            return True
    if term is None and _numbered(parser, op, operand, after):
        return True
    term, after = _in_units(parser, term, adjective, following, after)
    if item.has("after") and item.lower in ("after", "later than", "from after") and operand.period is None:
        op = ">"
    claim(parser, term)
    if term is None and adjective is not None:
        term = Term(adjective=adjective)
    if term is None and operand.number is not None and not operand.average:
        term = same_again(parser, item if joined else parser.peek(-1))
    strict = item.lower in ("after", "later than", "newer than", "more recent than", "over", "more than", "above")
    if operand.period is not None and item.has("after", "gt") and strict:
        op = ">"
    _compared(parser, Condition(term, op, [operand], adjective=adjective), after)
    return True


def _numbered(parser: Parser, op: str, operand: Operand, after: int) -> bool:
    """ "artists with a number of albums *over 3*": their rows are counted."""
    rows = counted_before(parser) if operand.number is not None and not operand.average else None
    if rows is None:
        return False
    _count_exists(parser, Exists(rows, op=op, count=operand.number), after)
    return True


def _compared(parser: Parser, condition: Condition, after: int) -> None:
    """Takes a comparison that ends before ``after``."""
    for used in parser.items[parser.position : after]:
        parser.mark(used, "compare")
    parser.position = after
    parser.fired("compare")
    parser.add(condition)
    operand = condition.operands[0]
    if operand.average and (operand.term is not None or operand.inner):
        parser.scope = operand  # "above the average price *of Rock tracks*"


def _in_units(
    parser: Parser, term: Term | None, adjective: Adjective | None, following: Item | None, after: int
) -> tuple[Term | None, int]:
    """ "longer than 5 *minutes*", "over 10 *dollars*": the unit that is said after the number."""
    if following is None:
        return term, after
    if following.lemma in UNIT_FILLERS and not parser.names(following, 0.75):
        return term, parser.skip(after) + 1
    if following.lemma not in UNITS:
        return term, after
    if term is None and adjective is None:
        term = Term(item=following, unit=following.lemma)
    else:
        term = replace(term, unit=following.lemma) if term else Term(adjective=adjective, unit=following.lemma)
    return term, parser.skip(after) + 1


def _done(parser: Parser, term: Term | None, following: Item | None) -> bool:
    """ "hosted more than one *competition*", "in which cities do 2 *customers* live": what follows is counted."""
    if term is None or term.item is None or following is None:
        return False
    if not parser.names(following, STRONG) or not parser.is_table(following):
        return False
    verb = term.item.lower.endswith("ed") and term.item.lower != term.item.lemma
    return verb or (bool(term.item.columns) and parser.schema.column(term.item.columns[0]).kind == "text")


def _spent(parser: Parser) -> Term | None:
    """ "customers who *spent* more than 45": a verb that is a business figure."""
    before = parser.peek(-1)
    measure = parser.measure(before) if before is not None else None
    return Term(item=before, measure=measure) if measure is not None else None


def aging(parser: Parser, position: int) -> int | None:
    """The position after "years old" or "years of age" at ``position``: the number before is an age."""
    first = parser.at(parser.skip(position))
    if first is None:
        return None
    words = [token.lower for token in parser.linked.tokens[first.start : first.start + 3]]
    length = 2 if words[:2] in (["years", "old"], ["year", "old"]) else 3 if words == ["years", "of", "age"] else 0
    if not length:
        return None
    end = first.start + length
    return next((n for n, item in enumerate(parser.items) if item.start >= end), len(parser.items))


def _repeated(parser: Parser, op: str, operand: Operand, after: int) -> bool:
    """won a match at least twice: rows of what was just spoken of are counted"""
    for used in parser.items[parser.position : after]:
        parser.mark(used, "compare")
    parser.position = after
    parser.fired("count-compare")
    scope = parser.scope
    if isinstance(scope, Exists) and not scope.negated and scope.count is None:
        scope.op, scope.count = op, operand.number
        return True
    exists = Exists(None, nouns=parser.frame.nouns, op=op, count=operand.number)
    parser.add(exists)
    parser.scope = exists
    return True


def _versus_average(parser: Parser, item: Item) -> bool:
    """above average · below average, with what is averaged before or after it"""
    op = "<" if item.lower.startswith("below") else ">"
    term = left_side(parser)
    found = read_term(parser, parser.position + 1, aggregate=False)
    after = parser.position + 1
    averaged: Term | None = None
    if found and found[0].item is not None and not parser.is_table(found[0].item):
        averaged, after = found
    claim(parser, term)
    for used in parser.items[parser.position : after]:
        parser.mark(used, "compare")
    parser.position = after
    parser.fired("average")
    parser.add(Condition(term or averaged, op, [Operand(average="avg", term=averaged, item=item)]))
    return True


def counted(parser: Parser, op: str, operand: Operand, position: int) -> bool:
    """more than 5 tracks: rows are counted; more than 100 pages: a column is compared"""
    found = read_term(parser, position, aggregate=False)
    verb = parser.at(position)
    if found is None or found[0].item is None:
        if verb is not None and (verb.nouns or verb.lemma == "time") and parser.preposition != "of":
            nouns = verb.nouns or parser.frame.nouns
            if not nouns:
                return False
            _count_exists(parser, Exists(None, nouns=nouns, op=op, count=operand.number), position + 1)
            return True
        return False
    term, after = found
    assert term.item is not None
    if term.unit or term.measure or term.item.lower in UNIT_FILLERS:
        if term.measure:
            return _column_condition(parser, term, op, operand, after)
        return False
    if parser.is_table(term.item) and term.owner is None:
        from workspace.question.grammar_order import number_of

        kept = number_of(parser, term)
        if kept is not None:
            return _column_condition(parser, kept, op, operand, after)
        _count_exists(parser, Exists(term, op=op, count=operand.number), after)
        return True
    link = term.item.columns[0] if term.item.columns else None
    if link is None:
        return False
    column = parser.schema.column(link)
    if column.numeric and link.column not in parser.schema.tables[link.table].foreign:
        return _column_condition(parser, term, op, operand, after)
    term.distinct = True
    _count_exists(parser, Exists(term, op=op, count=operand.number), after)
    return True


def _column_condition(parser: Parser, term: Term, op: str, operand: Operand, after: int) -> bool:
    for used in parser.items[parser.position : after]:
        parser.mark(used, "compare")
    parser.position = after
    parser.fired("compare")
    parser.add(Condition(term, op, [operand]))
    return True


def _count_exists(parser: Parser, exists: Exists, after: int) -> None:
    for used in parser.items[parser.position : after]:
        parser.mark(used, "compare")
    parser.position = after
    parser.fired("count-compare")
    parser.scope = None
    if parser.negate:
        flipped = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "=": "!=", "!=": "="}
        exists.op, parser.negate = flipped[exists.op], False
    parser.add(exists)
    parser.scope = exists
    parser.zone = "where"


def rule_between(parser: Parser) -> bool:
    """between 10 and 20 · between March and June 2023 · from 2010 to 2012"""
    item = parser.peek()
    if item is None or not (item.has("between") or item.lower == "from"):
        return False
    low = read_operand(parser, parser.position + 1)
    if low is None or (low[0].number is None and low[0].period is None and not low[0].text):
        return False
    middle = parser.at(low[1])
    if middle is None or middle.lower not in ("and", "to", "until", "till", "-", "through", "up to"):
        return False
    high = read_operand(parser, low[1] + 1)
    if high is None or (high[0].number is None and high[0].period is None and not high[0].text):
        return False
    if item.lower == "from" and low[0].period is None:
        return False
    first, second = _same_year(parser, low[0], high[0])
    term = left_side(parser)
    shown = parser.zone == "select" and term in parser.frame.targets  # "net amount between 2024 and 2025"
    if (item.lower == "from" or shown) and first.period and second.period and untimed(parser, term):
        term = None
    claim(parser, term)
    after = high[1]
    following = parser.at(after)
    if following is not None and following.lemma in UNIT_FILLERS and not parser.names(following, 0.75):
        after += 1
    elif following is not None and term is None and first.period is None:
        found = read_term(parser, after, aggregate=False)
        if found and found[0].item is not None:
            if parser.is_table(found[0].item):
                _count_exists(parser, Exists(found[0], op=">=", count=first.number), found[1])
                parser.scope = None
                parser.add(Exists(found[0], op="<=", count=second.number))
                return True
            term, after = found
    for used in parser.items[parser.position : after]:
        parser.mark(used, "compare")
    parser.position = after
    parser.fired("between")
    parser.add(Condition(term, "between", [first, second]))
    return True


def _same_year(parser: Parser, low: Operand, high: Operand) -> tuple[Operand, Operand]:
    """ "between March and June 2023": the year said last holds for both."""
    if low.period and high.period and low.item and low.period.low and high.period.low:
        said = any(ch.isdigit() for ch in low.item.text)
        if not said and not low.period.relative and low.period.low.year != high.period.low.year:
            start = low.period.low.replace(year=high.period.low.year)
            end = low.period.high.replace(year=high.period.low.year) if low.period.high else None
            if low.period.high and end and end < start:
                end = end.replace(year=end.year + 1)
            return replace(low, period=replace(low.period, low=start, high=end)), high
    return low, high


def rule_like(parser: Parser) -> bool:
    """whose name contains "ham" · starting with B"""
    item = parser.peek()
    kind = next((tag for tag in ("starts", "ends", "like") if item is not None and item.has(tag)), "")
    if not kind or item is None:
        return False
    position = parser.skip(parser.position + 1, "eq")
    letter = parser.peek(1)
    if letter is not None and len(letter.text) == 1 and letter.text.isalpha() and "letter" in item.lower:
        position = parser.position + 1  # "the letter a", which is a word of its own elsewhere
    following = parser.at(position)
    if following is None:
        return False
    if kind == "starts" and not following.quoted and following.adjective and following.adjective.superlative:
        for used in parser.items[parser.position : position + 1]:  # "clubs starting with the oldest"
            parser.mark(used, "order")
        parser.position = position + 1
        parser.fired("order")
        parser.frame.sorts.append(Sort(Term(adjective=following.adjective), descending=True))
        return True
    literal = following.quoted or (kind != "like" and len(following.text) <= 12 and not following.has("open"))
    worded = any(word in item.lower for word in ("letter", "word", "string", "text"))
    literal = literal or (kind == "like" and left_side(parser) is not None and not following.has("open"))
    if not literal and not (worded and (following.content or len(following.text) == 1)):
        return False
    if kind == "like" and item.has("with") and following.matches and not worded and left_side(parser) is None:
        return False
    term = left_side(parser)
    claim(parser, term)
    after = position + 1
    tail = [parser.at(after), parser.at(after + 1), parser.at(after + 2)]
    if term is None and tail[0] is not None and tail[0].lower == "in":
        found = read_term(parser, after + 1, aggregate=False)
        if found and found[0].item is not None and not parser.is_table(found[0].item):
            term, after = found
    parser.mark(item, "compare")
    parser.mark(following, "value")
    parser.position = after
    parser.fired(kind)
    parser.add(Condition(term, kind, [Operand(text=following.text, item=following)]))
    return True


def rule_not(parser: Parser) -> bool:
    """no albums · never bought anything · not in Germany · without a supervisor · except France"""
    item = parser.peek()
    if item is None or not item.has("not", "never", "without"):
        return False
    parser.narrow()
    parser.mark(item, "negation")
    parser.fired("not")
    position = parser.skip(
        parser.position + 1, "with", "of", "eq", "all", "each", "rel", "whose", "by", "open", "on", "not"
    )
    nouns = parser.frame.nouns if item.has("never") else frozenset()
    verb: Item | None = None
    for _ in range(3):  # the verb, known or not, and its fillers
        following = parser.at(position)
        if following is not None and following.lemma in ABOVE:
            break
        if following is None or (
            parser.names(following, 0.75) and not following.nouns and not parser.is_verb(following)
        ):
            break
        if following.has(*COMPARISONS, "between", "like", "starts", "ends") or following.number is not None:
            break
        if following.matches or following.quoted or following.period or not (following.content or following.nouns):
            break
        if following.adjective is not None:
            break
        if not following.nouns and not parser.is_verb(following) and parser.names(following, 0.5):
            break
        nouns, verb = nouns | following.nouns, following
        parser.mark(following, "negation")
        position = parser.skip(position + 1, "with", "of", "all", "by", "eq", "on")
    if no_one_above(parser, position):
        return True
    return _negated(parser, item, position, nouns, verb)


def _negated(parser: Parser, item: Item, position: int, nouns: frozenset[str], verb: Item | None) -> bool:
    following = parser.at(position)
    found = read_term(parser, position, aggregate=False) if following is not None else None
    plain = following is not None and (
        following.matches or following.quoted or following.period or following.number is not None
        or following.has(*COMPARISONS, "between", "like", "starts", "ends")
    )  # fmt: skip
    after = parser.at(parser.skip(position + 1))
    if plain and (nouns or verb) and following is not None and following.has("after", "before") and after is not None:
        found = found if after.period is None else None  # "have not ordered *since June*", of a column customer_since
    if found and found[0].item is not None and not (plain and not parser.names(found[0].item, STRONG)):
        term, after = found
        assert term.item is not None
        if operand_follows(parser, after) and not parser.is_table(term.item):
            parser.negate = True
            parser.position = position
            return True
        for used in parser.items[parser.position : after]:
            parser.mark(used, "negation")
        parser.position = after
        exists = Exists(term, nouns=nouns, negated=True)
        parser.scope = None
        parser.add(exists)
        parser.scope = exists
        return True
    if plain and not nouns:
        parser.negate = True
        parser.position = max(position, parser.position + 1)
        return True
    rest = parser.items[position:]
    silent = not any(word.content or word.links or word.matches for word in rest)
    unsaid = silent and parser.frame.entity is not None and item.has("never")  # "services that have never been used"
    if nouns or verb is not None or unsaid:
        dated = filled_by(parser, verb) if verb is not None and not plain else None
        named = Term(item=replace(verb, links=(dated,))) if verb is not None and dated is not None else None
        exists = Exists(named, nouns=nouns, negated=True, anything=not plain)
        parser.scope = None
        parser.negate = False
        parser.add(exists)
        parser.scope = exists
        parser.position = max(position, parser.position + 1)
        return True
    parser.negate = True
    parser.take()
    return True


_BESIDE = frozenset(
    {"with", "along with", "together with", "including", "with their", "with its", "with his", "with her"}
)


def rule_narrow(parser: Parser) -> bool:
    """with, who, whose, where: from here on the question narrows down"""
    item = parser.peek()
    if item is None or not item.has("with", "rel", "whose", "named") or (item.links and item.links[0].score >= STRONG):
        return False
    if parser.position == 0 and item.lower.startswith("who") and parser.frame.entity is None:
        parser.frame.person = True
    leading = parser.position == parser.skip(0)
    if item.has("open") and leading:
        return False
    if leading and item.lower.endswith(" which"):  # "in which cities do … live"
        parser.take(1, "filler")
        return True
    following = parser.peek(1)
    parser.with_side = item.lower in _BESIDE
    side = parser.with_side
    if parser.zone == "tail":
        parser.take()
        return True
    parser.narrow()
    parser.with_side = side and not (following is not None and following.has("max", "min", "most", "fewest"))
    if item.has("named"):
        following = parser.peek(1)
        if following is not None:
            parser.last, parser.last_end = Term(item=None, star=False), parser.position + 1
    parser.preposition = "have" if item.has("with") and not item.has("rel") else ""
    parser.take(1, "filler")
    return True


def rule_join_words(parser: Parser) -> bool:
    """and, or, both, but: how what follows hangs together with what came before"""
    item = parser.peek()
    if item is None or not (item.has("and", "or", "both", "comma") or item.lower in ("but",)):
        return False
    following = parser.at(parser.skip(parser.position + 1))
    if item.has("both"):
        parser.both = True
    if item.has("or"):
        parser.either = bool(parser.frame.conditions)
    if following is not None and following.has("rel", "whose", "with", "not", "never", "open", "without"):
        parser.scope = None
    if item.lower == "but":
        parser.scope = None
    parser.take(1, "filler")
    return True
