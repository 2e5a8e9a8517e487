"""Rules of order and rank: sorted by, top five, the longest, with the most, most common, best selling."""

from __future__ import annotations

from dataclasses import replace

from workspace.question import lexicon
from workspace.question.frames import Sort, Term
from workspace.question.lexicon import Adjective
from workspace.question.linking import Item
from workspace.question.operands import describes, operand_follows
from workspace.question.parse import STRONG, Parser
from workspace.question.phrases import read_term
from workspace.question.resolve import is_date

_DIRECTIONS = ("desc", "asc", "newfirst", "oldfirst", "alpha", "alphadesc")
_RANKS = ("most", "fewest", "common", "uncommon", "bestsell", "worstsell", "max", "min")


def rule_order(parser: Parser) -> bool:
    """sorted by X descending, Y · in alphabetical order of X · newest first"""
    item = parser.peek()
    if item is None or not item.has("order", *_DIRECTIONS):
        return False
    if item.has("order") and item.links and item.links[0].score >= STRONG and not item.has(*_DIRECTIONS):
        return False
    lead = item if item.has(*_DIRECTIONS) else None
    bare = item.end - item.start == 1
    if bare and parser.position == parser.skip(0) and lead is None and _ordered_later(parser):
        parser.take(1, "filler")  # "Sort the names in descending order of value": what is sorted comes first
        return True
    parser.scope = None
    parser.take(1, "order", "order")
    position = parser.skip(parser.position, "of", "by", "order", "eq")
    following = parser.at(position)
    if following is not None and following.has("with") and parser.at(position - 1) is not item:
        position = parser.skip(position + 1)  # "by the ones with the highest price"
        following = parser.at(position)
    while following is not None and following.has("order", *_DIRECTIONS) and not following.links:
        lead = following if following.has(*_DIRECTIONS) else lead
        parser.position = position + 1
        parser.mark(following, "order")
        position = parser.skip(parser.position, "of", "by", "order")
        following = parser.at(position)
    if following is not None and following.adjective is not None and following.adjective.superlative:
        _ranked(parser, position)  # "by those with the longest length first"
        return True
    bare = lead is item and not item.lower.endswith((" of", " by")) and not _said_of(parser)
    if bare and parser.frame.sorts and not parser.frame.sorts[-1].superlative:
        _direct(parser.frame.sorts[-1], lead)
        return True
    sorts = [] if bare and item.has("desc", "asc", "newfirst", "oldfirst") else _sort_list(parser, position, lead)
    if not sorts:
        sort = Sort(None, alphabetical=bool(lead and lead.has("alpha", "alphadesc")))
        _direct(sort, lead)
        sorts = [sort]
    parser.frame.sorts.extend(sorts)
    parser.zone = "tail"
    return True


def _ranked(parser: Parser, position: int) -> None:
    """Ordered from the end that a superlative names; "first" after it says no more than that."""
    adjective = parser.items[position].adjective
    assert adjective is not None
    found = read_term(parser, position + 1, aggregate=False)
    if found is not None and found[0].item is not None and not parser.is_table(found[0].item):
        sort, after = Sort(found[0], descending=adjective.sign >= 0), found[1]
    else:
        sort, after = Sort(Term(adjective=adjective), descending=True), position + 1
    following = parser.at(after)
    after += following is not None and following.lower == "first"
    for used in parser.items[parser.position : after]:
        parser.mark(used, "order")
    parser.position = after
    parser.frame.sorts.append(sort)
    parser.zone = "tail"


def _ordered_later(parser: Parser) -> bool:
    rest = parser.items[parser.position + 1 :]
    return any(item.has("order", "by", *_DIRECTIONS) and not item.links for item in rest)


def _said_of(parser: Parser) -> bool:
    item = parser.peek()
    return item is not None and item.lower in ("of", "by", "for")


def _sort_list(parser: Parser, position: int, lead: Item | None) -> list[Sort]:
    sorts: list[Sort] = []
    ones = parser.at(position - 1)
    while (found := read_term(parser, position)) is not None:
        term, after = found
        extreme = term.function if term.function in ("max", "min") and not parser.frame.groups else None
        if extreme and ones is not None and ones.has("with"):  # "sorted by those with the highest price first"
            term = replace(term, function=None)
        for used in parser.items[position:after]:
            parser.mark(used, "order")
        sort = Sort(term, descending=extreme == "max" and term.function is None)
        position = parser.position = after
        _direct(sort, lead)
        direction = parser.at(parser.skip(position, "order"))
        if direction is not None and direction.lower == "first":
            parser.mark(direction, "order")
            position = parser.position = parser.skip(position, "order") + 1
            direction = None
        if direction is not None and direction.has(*_DIRECTIONS) and direction is not lead:
            _direct(sort, direction)
            parser.mark(direction, "order")
            position = parser.position = parser.skip(position, "order") + 1
        sorts.append(sort)
        following = parser.at(position)
        if following is None or not following.has("and", "comma"):
            break
        step = parser.skip(position + 1, "and", "comma")
        ahead = parser.at(step)
        if ahead is None or ahead.has("open", "rel", "count"):
            break
        position = step
    return sorts


def _direct(sort: Sort, cue: Item | None) -> None:
    if cue is None:
        return
    if cue.has("alpha", "alphadesc"):
        sort.alphabetical = sort.term is None
    if cue.has("newfirst", "oldfirst") and sort.term is None:
        people = "young" in cue.lower  # "from the oldest to the youngest"
        sort.term = Term(adjective=lexicon.adjectives()[("oldest" if people else "newest",)])
        # A sort by adjective runs from the named end: "oldest first" is the reverse of "newest".
        sort.descending = cue.has("newfirst") != people
        return
    sort.descending = cue.has("desc", "newfirst", "alphadesc")


def rule_top(parser: Parser) -> bool:
    """top 5 · the first three · bottom 10 · 3 most expensive · five customers with the most …"""
    item, following, rest = parser.peek(), parser.peek(1), parser.items[parser.position + 2 :]
    if item is None:
        return False
    if item.has("top", "bottom") and not item.links and following is not None:
        if isinstance(following.number, int) and not (following.period and following.number > 1000):
            parser.frame.outer_top = True
            parser.pending_limit = following.number
            parser.grouping = item.has("bottom")  # read by rule_by
            parser.take(1, "limit", "top")
            plain = item.lower == "first" and not any(later.has("by", "order", "alphabetical") for later in rest)
            earliest = _earliest(parser, item) if plain else None
            parser.take(1, "limit", "top")
            if plain:  # "the first 5 invoices" are the earliest ones, "the first 5 tracks" any
                parser.frame.outer_top = False
                _limit(parser)
            if earliest is not None:
                parser.frame.sorts.append(Sort(Term(adjective=earliest), descending=True))
            return True
        if item.lower in ("top", "leading", "bottom") and parser.names(following) and parser.zone == "select":
            parser.frame.outer_top = True
            parser.pending_limit = 10
            parser.grouping = item.has("bottom")
            parser.take(1, "limit", "top")
            return True
        return False
    if isinstance(item.number, int) and 0 < item.number <= 1000 and following is not None and not item.matches:
        step = parser.at(parser.skip(parser.position + 1))
        ranked = step is not None and (step.has(*_RANKS) or (step.adjective and step.adjective.superlative))
        first = parser.zone == "select" and not parser.frame.targets and parser.frame.entity is None
        later = not first and not item.period and _ranked_later(parser)  # "names of the 5 customers with the most …"
        things = (first or later) and parser.names(following, STRONG) and following.number is None and not item.period
        if ranked or things:
            parser.pending_limit = item.number
            parser.take(1, "limit", "limit")
            return True
    return False


def _ranked_later(parser: Parser) -> bool:
    before, following = parser.peek(-1), parser.peek(1)
    told = before is None or not before.has("gt", "ge", "lt", "le", "eq", "between", "with")
    plural = following is not None and parser.is_table(following) and following.lower != following.lemma
    rest = parser.items[parser.position + 2 :]
    ranks = any(item.has(*_RANKS) or (item.adjective is not None and item.adjective.superlative) for item in rest)
    return told and plural and ranks


def _limit(parser: Parser) -> None:
    if parser.pending_limit is not None:
        parser.frame.limit, parser.pending_limit = parser.pending_limit, None


def rule_superlative(parser: Parser) -> bool:
    """the longest track · oldest customer · the latest order date"""
    item = parser.peek()
    adjective = item.adjective or _earliest(parser, item) if item is not None else None
    if item is None or adjective is None or not adjective.superlative:
        if item is not None and item.lower == "first" and not item.links and parser.is_table(parser.peek(1) or item):
            parser.frame.unused.append(item)  # of things without a date none is the first
        return False
    if item.lower == "last" and _last_of_name(parser, parser.peek(1)):
        return False
    position = parser.skip(parser.position + 1)
    following = parser.at(position)
    if following is not None and isinstance(following.number, int) and following.number <= 100:
        parser.pending_limit = following.number
        parser.mark(following, "limit")
        position = parser.skip(position + 1)
        following = parser.at(position)
        parser.position = position - 1
    if adjective.word in ("best", "worst") and any(later.has("by") for later in parser.items[position:]):
        parser.frame.outer_top = True
        parser.grouping = adjective.word == "worst"
        parser.pending_limit = parser.pending_limit or 10
        parser.take(1, "order", "top")
        return True
    _limit(parser)
    parser.take(1, "order", "superlative")
    parser.mark(item, "order")
    if following is not None and parser.names(following) and not parser.is_table(following):
        found = read_term(parser, position) if not describes(parser, position) else None
        hinted = found and found[0].item and _measurable(parser, found[0])
        if found and hinted and _untimely(parser, found[0], adjective):
            parser.frame.targets.append(found[0])
            parser.frame.sorts.append(Sort(Term(adjective=adjective), descending=True, superlative=True))
            parser.position = found[1]
            return True
        if found and hinted:
            term, up = replace(found[0], function=None), _upwards(parser, found[0], adjective)
            for used in parser.items[position : found[1]]:
                parser.mark(used, "column")
            parser.position = found[1]
            if parser.zone == "select" and not parser.frame.targets and parser.frame.entity is None:
                term.function = "max" if up else "min"
                parser.frame.targets.append(term)
            else:
                parser.frame.sorts.append(Sort(term, descending=up, superlative=True))
            return True
    last = parser.items[-1] if parser.items[-1].lower not in (".", "?", "!") else parser.items[-2]
    listed = last.lower == "first" and last is not item
    if listed:
        parser.frame.listed = True
    plural = following is not None and parser.is_table(following) and following.lemma != following.lower
    fresh = parser.zone == "select" or (parser.frame.person and parser.frame.entity is None)
    if plural and not listed and parser.frame.limit is None and fresh and not parser.frame.targets:
        parser.frame.limit = 10
    term = Term(adjective=adjective, function="avg" if parser.on_average(position) else None)
    parser.frame.sorts.append(Sort(term, descending=True, superlative=not listed))
    return True


def _upwards(parser: Parser, term: Term, adjective: Adjective) -> bool:
    """Is the highest value meant? Of dates the oldest is the lowest."""
    dated = term.item is not None and term.item.columns and is_date(parser.schema.column(term.item.columns[0]))
    sign = next((sign for hint, sign in adjective.hints if hint == "date"), 0) if dated else 0
    return (sign or adjective.sign) >= 0


def _last_of_name(parser: Parser, item: Item | None) -> bool:
    """ "last name", against "last check-in": is it the last of a name's parts?"""
    if item is None or not parser.names(item) or parser.is_table(item):
        return False
    return not (item.columns and is_date(parser.schema.column(item.columns[0])))


def _earliest(parser: Parser, item: Item) -> Adjective | None:
    """ "the *first* invoice", of things that are dated: the earliest."""
    things = parser.at(parser.skip(parser.position + 1))
    if things is None or things.table is None or not parser.is_table(things) or item.lower != "first" or item.links:
        return None
    return lexicon.adjectives()["earliest",] if parser.schema.tables[things.table.table].dates else None


def _untimely(parser: Parser, term: Term, adjective: Adjective) -> bool:
    """ "the hottest day": a day is not hot by its date."""
    assert term.item is not None
    dated = is_date(parser.schema.column(term.item.columns[0]))
    hints = {hint for hint, _ in adjective.hints}
    return dated and not hints & {"date", "time", "year", "age"} and parser.zone == "select"


def _several(parser: Parser) -> None:
    """ "best selling products": of things in the plural, a list; "which product sells best" is one."""
    following = parser.at(parser.skip(parser.position + 1))
    plural = following is not None and parser.is_table(following) and following.lemma != following.lower
    fresh = parser.zone == "select" and not parser.frame.targets and parser.frame.entity is None
    if plural and fresh and parser.frame.limit is None and parser.pending_limit is None:
        parser.frame.limit = 10


def _measurable(parser: Parser, term: Term) -> bool:
    assert term.item is not None
    link = term.item.columns[0] if term.item.columns else None
    if link is None:
        return False
    column = parser.schema.column(link)
    return column.numeric or column.temporal or bool(column.profile.encoding)


def rule_named_extreme(parser: Parser) -> bool:
    """with the maximum occupancy, where a column is called just that: the row with the largest of it"""
    item = parser.peek()
    if item is None or parser.zone != "where" or item.end - item.start < 2 or parser.is_table(item) or not item.links:
        return False
    first = parser.linked.tokens[item.start].lower
    tags = lexicon.cues().get((first,), ())
    if not ({"max", "min"} & set(tags)) or operand_follows(parser, parser.position + 1):
        return False
    _limit(parser)
    parser.take(1, "order", "extreme")
    parser.frame.sorts.append(Sort(Term(item=item), descending="max" in tags, superlative=True))
    return True


def rule_most(parser: Parser) -> bool:
    """with the most tracks · the fewest orders · who ordered most often"""
    item = parser.peek()
    if item is None or not item.has("most", "fewest") or (item.has("min", "max") and not _counts(parser, item)):
        return False
    descending = item.has("most")
    found = read_term(parser, parser.position + 1)
    _limit(parser)
    if found is None or found[0].item is None:
        verb = parser.at(parser.skip(parser.position + 1))
        nouns = verb.nouns if verb is not None and verb.nouns else parser.frame.nouns
        parser.take(1, "order", "most")
        spent = parser.frame.targets[-1] if parser.frame.targets else None
        if spent is not None and spent.measure is not None and parser.frame.entity is not None:
            parser.frame.targets.pop()
            parser.frame.sorts.append(Sort(replace(spent, function="sum"), descending, superlative=True))
            return True
        parser.frame.sorts.append(Sort(None, descending, superlative=True, nouns=nouns, common=not nouns))
        return True
    term, after = found
    for used in parser.items[parser.position : after]:
        parser.mark(used, "order")
    parser.position = after
    kept = number_of(parser, term)
    if kept is not None:
        term = kept
    elif (
        term.function is None
        and not term.unit
        and not term.measure
        and (term.item is None or parser.is_table(term.item) or not _measurable(parser, term))
    ):
        term.function = "count"
    parser.fired("most")
    parser.frame.sorts.append(Sort(term, descending, superlative=True))
    return True


def number_of(parser: Parser, term: Term) -> Term | None:
    """ "the most hosts", where the things in question have a column number_of_hosts."""
    home = parser.frame.entity.table if parser.frame.entity is not None else None
    if home is None or term.item is None or term.function not in (None, "count") or not parser.is_table(term.item):
        return None
    for first in ("number", "count", "total"):
        for phrase in ((first, term.item.lemma), (term.item.lemma, first)):
            for link in parser.schema.lookup(phrase):
                if link.column and link.table == home.table and link.score >= 0.93:
                    return Term(item=replace(term.item, links=(link,), matches=()))
    return None


def _counts(parser: Parser, item: Item) -> bool:
    """ "the least" before a table counts; before a column it is the smallest."""
    if " " in item.lower and not item.lower.startswith("the "):
        return True
    following = parser.at(parser.skip(parser.position + 1))
    return following is not None and (parser.is_table(following) or bool(following.nouns))


def rule_common(parser: Parser) -> bool:
    """the most common genre · which genre is the most popular"""
    item = parser.peek()
    if item is None or not item.has("common", "uncommon"):
        return False
    if item.has("most", "fewest") and parser.zone != "select":
        return False
    _limit(parser)
    parser.take(1, "order", "common")
    parser.frame.sorts.append(Sort(None, descending=item.has("common"), superlative=True, common=True))
    return True


def rule_selling(parser: Parser) -> bool:
    """best selling · worst selling"""
    item = parser.peek()
    if item is None or not item.has("bestsell", "worstsell"):
        return False
    _limit(parser)
    _several(parser)
    parser.take(1, "order", "selling")
    parser.frame.sorts.append(Sort(None, descending=item.has("bestsell"), superlative=True, selling=True))
    return True


def rule_extreme(parser: Parser) -> bool:
    """with the highest salary · the largest city; "the highest salary" itself is a target (see rule_term)"""
    item = parser.peek()
    if item is None or not item.has("max", "min"):
        return False
    position = parser.position
    found = read_term(parser, position)
    if found is None or found[0].item is None:
        return False
    term, after = found
    highest = item.has("max")
    assert term.item is not None
    table = parser.is_table(term.item) and term.owner is None and term.function in ("max", "min")
    asked = parser.zone == "select" and not (parser.preposition and parser.frame.targets)
    following = parser.at(parser.skip(after))
    if table:
        word = "largest" if highest else "smallest"
        _limit(parser)
        parser.take(1, "order", "extreme")
        parser.frame.sorts.append(Sort(Term(adjective=lexicon.adjectives()[(word,)]), True, superlative=True))
        return True
    if asked and not (following is not None and parser.is_table(following) and not parser.frame.targets):
        return False
    participle = term.item.lower.endswith("ing")  # "highest grossing movie"
    if asked and parser.pending_limit is None and not participle:
        return False
    _limit(parser)
    inner = term.function if term.function not in ("max", "min") else None
    if asked and not participle and parser.frame.entity is None and not parser.frame.targets:
        parser.frame.targets.append(replace(term, function=inner, outer=None))
    sort_term = replace(term, function=inner, outer=None)
    for used in parser.items[position:after]:
        parser.mark(used, "order")
    parser.position = after
    parser.fired("extreme")
    parser.frame.sorts.append(Sort(sort_term, descending=highest, superlative=True))
    return True
