"""The two sides of a condition: what stands before the cursor as its left side, and what is read as its right side."""

from __future__ import annotations

from dataclasses import replace

from workspace.question.frames import Condition, Operand, Term
from workspace.question.linking import Item
from workspace.question.parse import LINKING_VERBS, STRONG, Parser
from workspace.question.phrases import read_term
from workspace.question.resolve import is_date
from workspace.question.schema import Link

COMPARISONS = {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "ne": "!=", "after": ">=", "before": "<"}


def operand_follows(parser: Parser, position: int) -> bool:
    """Does a comparison or a value come next, so that what was just named is its left side?"""
    position = _past_be(parser, position)
    item = parser.at(position)
    if item is None or item.lower in (".", "?", ";"):
        return False
    if item.has("not") and (ahead := parser.at(_past_be(parser, position + 1))) is not None:
        item = ahead if not parser.names(ahead) or ahead.matches else item
    if item.has(*COMPARISONS, "between", "like", "starts", "ends") and not item.has("with", "top"):
        return True
    if item.has("like"):
        return bool((after := parser.at(parser.skip(position + 1))) and (after.quoted or after.matches))
    if item.adjective and not item.adjective.superlative:
        return True
    if item.has("average_of") and not item.has("avg"):
        return True
    if item.quoted or (item.matches and not parser.names(item, STRONG)):
        return True
    if item.number is not None or item.period is not None:
        following = parser.at(position + 1)
        return not (following is not None and parser.names(following) and item.number is not None and not item.period)
    return False


def speaks_of_another(parser: Parser, term: Term, position: int) -> bool:
    """Is what comes next no value of the column just named: "channel *in 2025*", "channel *in Germany*"?"""
    item, after = (parser.at(_past_be(parser, at)) for at in (position, position + 1))
    if item is not None and item.period is None and item.has(*COMPARISONS) and after is not None and after.period:
        item = after  # "channel *since March*"
    if item is None or item.quoted:
        return False
    return value_of_another(term, item) if item.period is None else not _dated(parser, term)


def value_of_another(term: Term, item: Item) -> bool:
    """Is it a value, and of none of the columns that a term may be?"""
    own = {(link.table, link.column) for link in (term.item.columns if term.item is not None else ())}
    return bool(item.matches) and own.isdisjoint((match.table, match.column) for match in item.matches)


def _dated(parser: Parser, term: Term) -> bool:
    """Is one of the columns that a term may be a date?"""
    return any(is_date(parser.schema.column(link)) for link in (term.item.columns if term.item is not None else ()))


def _past_be(parser: Parser, position: int) -> int:
    """Skips "is", "was", "of exactly" and the like."""
    while True:
        position = parser.skip(position)
        item = parser.at(position)
        if item is None or not (
            item.has("eq") or item.lower in LINKING_VERBS or item.lower in ("of", "in", "on", "at")
        ):
            return position
        if item.links and item.links[0].score >= STRONG:
            return position
        position += 1


def counted_before(parser: Parser) -> Term | None:
    """ "with a *number of albums* over 3": the counted things right before the cursor, whose number is compared."""
    term, last = parser.last, parser.last_end
    if term is None or term.function != "count" or term.item is None or term.owner is not None or last < 0:
        return None
    if any(term is target for target in parser.frame.targets) or term.item is parser.frame.entity:
        return None  # "how many tracks are longer than 5 minutes"
    linking = all(
        item.lower in LINKING_VERBS or item.lower == "of" or parser.is_filler(item) or item.has("eq")
        for item in parser.items[last : parser.position]
    )
    return replace(term, function=None) if linking and parser.is_table(term.item) else None


def compared_next(parser: Parser, position: int) -> bool:
    """Does a comparison come next ("over", "at least"), rather than a value?"""
    item = parser.at(_past_be(parser, position))
    return item is not None and item.has(*COMPARISONS) and not item.has("with", "top", "after", "before")


def left_side(parser: Parser) -> Term | None:
    """The term that stands right before the cursor, if it is a column rather than the things themselves."""
    if parser.last is None or parser.last_end < 0:
        return None
    between = parser.items[parser.last_end : parser.position]
    here = parser.peek()
    compared = here is not None and here.has(*COMPARISONS)
    happened = here is not None and here.period is not None and _says_when(parser, parser.last)
    for item in between:
        linking = item.lower in LINKING_VERBS or (compared and item.lower == "of")  # "a price *of* over 1000"
        linking = linking or (happened and item.has("of", "on", "during"))  # "shipped *in* 2025"
        if not (linking or parser.is_filler(item) or item.has("eq", "rel", "not")):
            return None
    term = parser.last
    if any(item.has("rel") for item in between) and term in parser.frame.targets:
        return None
    if term.item is not None and parser.is_table(term.item) and term.owner is None and term.function in (None, "count"):
        return None
    return term


def _says_when(parser: Parser, term: Term) -> bool:
    """Is it a verb of which a column holds the date ("shipped")?"""
    columns = term.item.columns if term.item is not None and parser.is_verb(term.item) else ()
    return bool(columns) and is_date(parser.schema.column(columns[0]))


def date_of(parser: Parser, item: Item) -> Link | None:
    """The column that says when what the verb says happened ("shipped": ShippedDate); the things' own one first."""
    known = [link for link in item.columns if link.score >= (0.7 if parser.home in ("", link.table) else 0.9)]
    dates = [link for link in known if is_date(parser.schema.column(link))]
    return min(dates, key=lambda link: (link.table != parser.home, -link.score), default=None)


def describes(parser: Parser, position: int) -> bool:
    """Is the word a value of the things named right after it ("*open* tickets"), whatever column is called so?"""
    item, things = parser.at(position), parser.at(position + 1)
    if item is None or things is None or things.table is None or not parser.is_table(things) or parser.is_table(item):
        return False
    return any(match.table == things.table.table for match in item.matches)


def filled_by(parser: Parser, item: Item) -> Link | None:
    """The things' own date that is empty until what the verb says has happened ("not *returned* yet": return_date)."""
    dated = date_of(parser, item)
    if dated is None or dated.table != parser.home:
        return None
    return dated if parser.schema.column(dated).profile.nulls else None


def claim(parser: Parser, term: Term | None) -> None:
    """The term turned out to be the left side of a condition, not something asked for."""
    if term is not None and term in parser.frame.targets and parser.zone != "select":
        parser.frame.targets.remove(term)


def read_operand(parser: Parser, position: int) -> tuple[Operand, int] | None:
    """A number, date, value, average or other column, and the position after it."""
    position = parser.skip(position, "eq")
    item = parser.at(position)
    if item is None:
        return None
    if item.has("average_of", "avg", "max", "min") and not item.quoted and not item.matches:
        function = "max" if item.has("max") else "min" if item.has("min") else "avg"
        found = read_term(parser, position)
        if found and found[0].item is not None and found[0].function:
            return Operand(average=function, term=replace(found[0], function=None), item=item), found[1]
        found = read_term(parser, parser.skip(position + 1, "of"), aggregate=False)
        if found and found[0].item is not None and not parser.is_table(found[0].item):
            return Operand(average=function, term=found[0], item=item), found[1]
        return Operand(average=function, item=item), position + 1
    before = parser.at(position - 1)
    passed = before is not None and before.lower in ("any", "all", "every", "each") and parser.is_filler(before)
    if passed or item.has("all", "each") or item.lower == "any":
        after = position if passed else parser.skip(position + 1, "of", "all")
        found = read_term(parser, after, aggregate=False)
        some = parser.at(after)
        if some is not None and some.matches and not parser.names(some, STRONG):
            inner = Condition(None, "=", [Operand(matches=some.matches, text=some.text, item=some)])
            return Operand(average="max", item=item, inner=[inner]), after + 1
        if found and found[0].item is not None:
            # "older than any engineer": than the extreme of them, which the comparison turns to the right end
            return Operand(average="max", term=found[0], item=item), found[1]
    if item.period is not None or item.number is not None:
        return Operand(number=item.number, period=item.period, matches=item.matches, item=item), position + 1
    if item.quoted or item.matches:
        return Operand(matches=item.matches, text=item.text, item=item), position + 1
    found = read_term(parser, position)
    if found and found[0].item is not None and not parser.is_table(found[0].item):
        return Operand(term=found[0], item=item), found[1]
    return None


def timely(parser: Parser, term: Term | None, item: Item, operand: Operand) -> bool:
    """ "net amount *since 2026*": a word that says when, after what has no date of its own; no amount is meant."""
    said = item.has("after", "before") and not item.has("gt", "ge", "lt", "le") and item.adjective is None
    return said and operand.period is not None and untimed(parser, term)


def untimed(parser: Parser, term: Term | None) -> bool:
    """Is it a figure, rather than a date?"""
    if term is None or term.item is None or parser.is_table(term.item):
        return False
    if term.measure is not None:
        return True
    return bool(term.item.columns) and not _dated(parser, term)


def figure_between(parser: Parser, item: Item) -> tuple[Term, int] | None:
    """ "a higher *salary* than …": the figure, and where what it is compared with begins."""
    if item.lower.endswith("than") or not item.has("gt", "lt"):
        return None
    found = read_term(parser, parser.skip(parser.position + 1), aggregate=False)
    if found is None or found[0].item is None or parser.is_table(found[0].item):
        return None
    than = parser.at(found[1])
    if than is None or than.lower not in ("than", "then", "of"):
        return None
    return found[0], found[1] + 1


def figure_follows(parser: Parser) -> bool:
    following = parser.at(parser.skip(parser.position + 1))
    return following is not None and (following.number is not None or following.period is not None)


def same_again(parser: Parser, joint: Item | None) -> Term | None:
    """ "above 80 or *below 20*": a comparison joined to the one before is about the same figure."""
    if joint is None or not joint.has("and", "or", "comma", "ormore", "orless") or not parser.frame.conditions:
        return None
    known = parser.frame.conditions[-1]
    compared = isinstance(known, Condition) and known.op in COMPARISONS.values() and len(known.operands) == 1
    if not compared or known.operands[0].number is None or known.operands[0].item is None:
        return None
    return known.term if known.operands[0].item.end == joint.start else None
