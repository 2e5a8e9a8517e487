"""Rules for what is asked: openings, aggregates, names, groups, charts."""

from __future__ import annotations

from dataclasses import replace

from workspace.question.frames import Exists, Term
from workspace.question.grammar_verb import among_columns, tells_when, verb_hint
from workspace.question.linking import Item
from workspace.question.operands import compared_next, operand_follows, untimed
from workspace.question.parse import DROPPED, FUNCTIONS, STRONG, Parser
from workspace.question.phrases import read_term
from workspace.question.plan import Function

_PERSON = frozenset({"who", "who 's", "whom"})


def rule_sentence(parser: Parser) -> bool:
    """A full stop or question mark ends what hung together."""
    item = parser.peek()
    if item is None or item.lower not in (".", "?", ";", "!") or item.quoted:
        return False
    parser.sentence()
    parser.take()
    following = parser.peek()
    if following is not None and following.has("open", "count", "everything") and not following.has("rel"):
        parser.zone = "select"
        parser.fired("sentence")
    return True


def rule_filler(parser: Parser) -> bool:
    """the, there, please: nothing that the structure needs."""
    item = parser.peek()
    if item is None or not parser.is_filler(item) or item.tags != {"filler"}:
        return False
    parser.take()
    return True


def rule_chart(parser: Parser) -> bool:
    """as a line chart · bar chart of"""
    item = parser.peek()
    if item is None:
        return False
    chart = next((tag for tag in sorted(item.tags) if tag.startswith("chart")), "")
    if not chart and not item.has("table_view"):
        return False
    if item.links and item.links[0].score >= STRONG:
        return False
    if chart:
        parser.frame.chart = chart.partition("_")[2] or parser.frame.chart or "auto"
    parser.take(1, "chart", "chart")
    return True


def rule_open(parser: Parser) -> bool:
    """which, show me, who, when"""
    item = parser.peek()
    if item is None or not item.has("open"):
        return False
    first = parser.position == parser.skip(0)
    _beside_things(parser, item)
    if item.has("count", "sum") and item.lower != "how much":
        return False
    if item.has("rel") and not first and not (parser.zone == "select" and parser.last is None):
        return False
    if not first and item.links and item.links[0].score >= STRONG:
        return False
    if item.lower in _PERSON and parser.frame.entity is None and not parser.frame.targets:
        parser.frame.person = True
        after = parser.at(parser.skip(parser.position + 1, "eq"))
        if not (parser.names(after) and parser.peek(1) is not after) and not parser.names(parser.peek(1)):
            parser.zone = "where"
    if item.lower == "when":
        parser.frame.when = True
    if item.lower == "where":
        parser.frame.where = True
    if first and item.lower in ("is there", "are there", "is there any", "are there any", "do we have", "do i have"):
        parser.frame.exists = True
    parser.take(1, "filler")
    return True


def _beside_things(parser: Parser, item: Item) -> bool:
    """ "customers *and what* they spent", "… *and how many* invoices they have": a figure of each, beside its name."""
    before, frame = parser.peek(-1), parser.frame
    joined = before is not None and before.has("and") and item.lower.startswith("how ")
    if frame.entity is None or frame.targets or frame.conditions or not (joined or item.lower.startswith("and ")):
        return False
    frame.label_entity = True
    return True


def rule_everything(parser: Parser) -> bool:
    """all the details of"""
    item = parser.peek()
    if item is None or not item.has("everything"):
        return False
    parser.frame.everything = True
    parser.take(1, "column", "everything")
    return True


def rule_degree(parser: Parser) -> bool:
    """how long are tracks on average · how old is each student: the column that the adjective speaks of"""
    item = parser.peek()
    if item is None or item.adjective is None or not item.lower.startswith("how ") or parser.zone != "select":
        return False
    averaged = parser.on_average(parser.position)
    term = Term(adjective=item.adjective, function="avg" if averaged else None, item=item)
    parser.frame.targets.append(term)
    parser.take(1, "column", "degree")
    parser.last = None
    return True


def rule_preposition(parser: Parser) -> bool:
    item = parser.peek()
    if item is None or not item.has("of") or item.links:
        return False
    parser.preposition = item.lower
    parser.take(1, "filler")
    return True


_ROWS = frozenset({"row", "rows", "record", "records", "entry", "entries"})


def rule_rows(parser: Parser) -> bool:
    """number of rows per region · how many entries by category: rows are counted, not what they are gathered by"""
    item = parser.peek()
    if item is None or not item.has("count") or item.links:
        return False
    position = parser.position + 1
    while (following := parser.at(position)) is not None and following.lower not in _ROWS and following.has("all"):
        position += 1
    after = parser.at(parser.skip(position + 1))
    if following is None or following.lower not in _ROWS or following.links:
        return False
    if after is not None and not (after.has("each", "by") or any(tag.startswith("grain") for tag in after.tags)):
        return False
    parser.frame.targets.append(Term(function="count"))
    parser.mark(item, "aggregate")
    parser.position = position
    parser.take(1, "aggregate", "count")
    return True


def rule_term(parser: Parser) -> bool:
    """A name: something asked for, the things themselves, the left side of a condition, or context."""
    item = parser.peek()
    if item is None:
        return False
    verbal = parser.is_verb(item) or (item.nouns and not parser.names(item, STRONG) and not _articled(parser))
    told = parser.frame.entity or parser.frame.targets or parser.frame.person
    if verbal and told and not among_columns(parser, item):
        return verb_hint(parser, item)
    found = read_term(parser, parser.position)
    if found is None:
        if item.has("count") and not item.has("filler"):
            return _bare_count(parser)
        return False
    term, after = found
    if term.item is None and not term.star and term.grain is None:
        return False
    if term.function == "count" and term.item is not None and not term.distinct and tells_when(parser, term.item):
        parser.frame.targets.append(Term(function="count"))  # "how many *joined* in 2025": of those rows, not days
        parser.position = parser.items.index(term.item)
        return verb_hint(parser, term.item)
    term.beside = _beside_things(parser, item)
    for used in parser.items[parser.position : after]:
        parser.mark(
            used, "aggregate" if used.has("count", "avg", "sum", "max", "min") and used is not term.item else ""
        )
    parser.position = after
    parser.last, parser.last_end = term, after
    if term.star:
        parser.frame.everything = True
        return True
    if term.grain is not None and term.item is None:
        return _grain_word(parser, term)
    assert term.item is not None
    table = parser.is_table(term.item) and term.owner is None and term.measure is None
    parser.mark(term.item, "table" if table else "column")
    if parser.zone == "where" or (parser.zone == "tail" and operand_follows(parser, after)):
        return _narrowing(parser, term, table)
    if parser.zone == "tail" and parser.frame.targets and not table and parser.last is None:
        return True
    _select(parser, term, table)
    if term.function and term.function != "count" and not table:
        _also_figures(parser, term)
    return True


def rule_functions(parser: Parser) -> bool:
    """the minimum, maximum and average age: several functions of what comes after the last of them"""
    first = parser.peek()
    if first is None or parser.zone == "tail" or _function_of(parser, first) is None:
        return False
    functions, position = [], parser.position
    while (item := parser.at(position)) is not None:
        function = _function_of(parser, item)
        if function is not None:
            functions.append(function)
        elif not (item.has("and", "comma") or parser.is_filler(item)):
            break
        position += 1
    if len(functions) < 2 or functions == ["avg", "sum"]:
        return False
    joined = any(item.has("and", "comma") for item in parser.items[parser.position : position])
    found = read_term(parser, parser.skip(position, "of"), aggregate=False)
    if not joined or found is None or found[0].item is None:
        return False
    for used in parser.items[parser.position : found[1]]:
        parser.mark(used, "aggregate" if _function_of(parser, used) else "column")
    parser.position = found[1]
    parser.last, parser.last_end = None, -1
    for function in functions:
        parser.frame.targets.append(replace(found[0], function=function))
    _also_figures(parser, found[0])
    parser.fired("functions")
    return True


def _function_of(parser: Parser, item: Item) -> Function | None:
    if parser.names(item, STRONG):
        return None
    return next((FUNCTIONS[tag] for tag in ("avg", "sum", "max", "min") if item.has(tag)), None)


def _also_figures(parser: Parser, term: Term) -> None:
    """the average price and quantity: the function holds for numbers that follow without an article"""
    while (joint := parser.peek()) is not None and joint.has("and", "comma"):
        found = read_term(parser, parser.position + 1, aggregate=False)
        following = parser.peek(1)
        if found is None or following is None or parser.is_filler(following) or found[0].item is not following:
            return
        links = following.columns
        if not links or parser.is_table(following) or not parser.schema.column(links[0]).numeric:
            return
        if links[0].column in parser.schema.tables[links[0].table].foreign or links[0].score < 0.6:
            return
        same = [target for target in parser.frame.targets if target.item is term.item and target.function]
        for target in same:
            parser.frame.targets.append(replace(found[0], function=target.function))
        parser.mark(following, "column")
        parser.position = found[1]


def rule_share(parser: Parser) -> bool:
    """revenue share: said after what it is a share of"""
    item = parser.peek()
    if item is not None and item.has("share") and not parser.names(item, STRONG) and not parser.frame.targets:
        described = parser.at(parser.skip(parser.position + 1, "of"))
        if described is not None and described.matches and not parser.names(described):
            parser.frame.share = True  # "share of online orders"
            parser.take(1, "aggregate", "share")
            return True
    if item is None or not item.has("share") or not parser.frame.targets or " " in item.lower:
        return False
    last = parser.frame.targets[-1]
    if not (last.function or last.measure) or parser.last is not last or parser.names(item, STRONG):
        return False
    last.share = True
    parser.take(1, "aggregate", "share")
    return True


def _articled(parser: Parser) -> bool:
    before = parser.peek(-1)
    return before is not None and before.lower in (
        "the",
        "a",
        "an",
        "of",
        "by",
        "and",
        ",",
        "per",
        "each",
        "their",
        "its",
        "for each",
    )


def _bare_count(parser: Parser) -> bool:
    item = parser.peek()
    if item is None or item.lower in ("number",):
        return False
    parser.frame.targets.append(Term(function="count", item=None))
    parser.take(1, "aggregate", "count")
    return True


def _grain_word(parser: Parser, term: Term) -> bool:
    """ "the year", where no column is called that: a part of the date."""
    item = parser.peek(-1)
    if item is not None and parser.zone == "select":
        parser.frame.targets.append(term)
        parser.mark(item, "group")
    return True


def _select(parser: Parser, term: Term, table: bool) -> None:
    frame = parser.frame
    item = term.item
    assert item is not None
    if table and term.share and not term.function:
        term.function = "count"
    if table and term.function is None:
        frame.distinct = frame.distinct or term.distinct  # "the names of all distinct wines"
        if frame.entity is None:
            frame.entity = item
            for target in frame.targets:
                target.owner = target.owner or item
        elif frame.entity is item or _same_table(frame.entity, item):
            pass
        elif parser.preposition and frame.targets:
            frame.mentioned.append(item)
            if frame.targets[-1].owner is None:
                frame.targets[-1].owner = item
        elif parser.preposition:
            frame.mentioned.append(item)
        elif _listed(parser) and not operand_follows(parser, parser.position):
            frame.targets.append(term)
        else:
            frame.mentioned.append(item)
        parser.preposition = ""
        return
    compared = operand_follows(parser, parser.position) and not _whose(parser, item) and not _timed(parser, term)
    if compared and not term.function and (frame.targets or frame.entity):
        after = parser.at(parser.skip(parser.position, "eq"))
        if (after is not None and not after.has("like", "with")) or (after is not None and after.quoted):
            return  # the left side of a condition that the next rule reads
    if parser.preposition and not table and not term.function and _renames(parser, item):
        frame.targets.pop()
    if table and frame.entity is None and term.function == "count":
        frame.entity = item
    if (
        frame.entity is not None
        and not frame.targets
        and not term.function
        and term.owner is not None
        and _listed_term(parser, term)
    ):
        frame.label_entity = True
    if term.owner is not None and frame.entity is None and not term.function:
        frame.entity = term.owner
    frame.targets.append(term)
    if parser.preposition and len(frame.targets) > 1 and frame.targets[-2].function and not term.function:
        # "the average price of rooms": handled by owner; "number of cities of countries" keeps both.
        pass
    parser.preposition = ""


def _whose(parser: Parser, item: Item) -> bool:
    """ "hire date *of Nancy Edwards*": a name says whose it is; only a value of that column could be compared."""
    position = parser.skip(parser.position)
    joint, value = parser.at(position), parser.at(parser.skip(position + 1))
    if joint is None or value is None or joint.lower not in ("of", "for") or not value.matches or value.period:
        return False
    own = {(link.table, link.column) for link in item.columns if link.score >= 0.6}
    return not own & {(match.table, match.column) for match in value.matches}


def _timed(parser: Parser, term: Term) -> bool:
    """ "customers and their net amount *in 2025*": of a figure it is said when, and nothing is compared with it."""
    said, following = parser.at(parser.position), parser.at(parser.skip(parser.position + 1))
    if said is None or following is None or following.period is None or not untimed(parser, term):
        return False
    return said.has("during", "after", "before") or said.lower in ("in", "on", "for")


def _listed_term(parser: Parser, term: Term) -> bool:
    position = parser.items.index(term.owner) if term.owner in parser.items else -1
    while position > 0 and (parser.is_filler(parser.items[position - 1]) or parser.items[position - 1].has("all")):
        position -= 1
    before = parser.at(position - 1)
    return before is not None and before.has("and", "comma", "with")


def _listed(parser: Parser) -> bool:
    """Is the name just read joined to another with "and", a comma or "with"?"""
    position = parser.position - 2
    while (before := parser.at(position)) is not None and parser.is_filler(before) and before.lower != ",":
        position -= 1
    return before is not None and before.has("and", "comma", "with", "each", "or", "open")


def _renames(parser: Parser, item: Item) -> bool:
    """ "the names of the directors", where a column holds directors: the name is that column."""
    targets = parser.frame.targets
    if not targets or targets[-1].item is None or targets[-1].owner is not None or targets[-1].function:
        return False
    name = targets[-1].item
    return name.lower in ("name", "names") and parser.frame.entity is None and bool(item.columns)


def _same_table(one: Item, other: Item) -> bool:
    return bool(one.links and other.links and one.table and other.table and one.table.table == other.table.table)


def _narrowing(parser: Parser, term: Term, table: bool) -> bool:
    frame = parser.frame
    item = term.item
    assert item is not None
    if operand_follows(parser, parser.position) and not table:
        return True  # the next rule reads the condition
    if table and term.function == "count" and compared_next(parser, parser.position):
        return True
    before = parser.items[parser.position - 2] if parser.position >= 2 else None
    if not table and (parser.with_side or term.function) and not (frame.person and not frame.targets):
        term.beside = parser.with_side and _ends(parser)
        frame.label_entity = frame.label_entity or (
            frame.entity is not None and not frame.targets and (term.beside or not term.function)
        )
        frame.targets.append(term)
        return True
    if not table:
        if before is not None and before.has("and", "comma") and frame.targets and parser.with_side:
            frame.targets.append(term)
        elif frame.person and frame.entity is None:
            frame.mentioned.append(item)
        return True
    if frame.entity is None and (not frame.person or _right_after_who(parser)):
        frame.entity = item
        if frame.targets and parser.with_side and term.function == "count":  # "countries with number of customers"
            frame.targets.append(term)
            frame.targets[-2].beside = term.beside = True
        return True
    if frame.entity is not None and _same_table(frame.entity, item):
        return True
    target = frame.targets[-1] if frame.targets else None
    if parser.with_side and target is not None and target.owner is None and parser.preposition in ("of", "for"):
        target.owner = item
        return True
    if _told_beside(parser, term, item):
        term.beside = True
        frame.label_entity = frame.label_entity or (frame.entity is not None and not frame.targets)
        frame.targets.append(term)
        return True
    exists, either = Exists(term, nouns=frozenset()), parser.either
    parser.add(exists)
    parser.scope, parser.either = exists, either  # "genre Rock or genre *Jazz*"
    return True


def _told_beside(parser: Parser, term: Term, item: Item) -> bool:
    """ "tracks *with their genre*", "invoices *with customer*": of things each has one of, which one it is.

    "Artists *with number of albums*": a figure of each. "Artists with albums" and "employees with a manager" are those
    that have some.
    """
    before = parser.at(parser.position - 2)
    if not parser.home or item.table is None or not parser.with_side:
        return False
    if term.function == "count":
        return True
    if not _ends(parser) or before is None or before.has("without", "not", "or"):
        return False
    if before.has("whose"):
        return True
    if before.has("and", "comma"):
        return bool(parser.frame.targets) and not parser.frame.conditions
    return before.has("with") and item.table.table in parser.schema.reach(parser.home)


def _ends(parser: Parser) -> bool:
    """Is nothing more said of what was just named?"""
    following = parser.at(parser.skip(parser.position))
    return following is None or following.has("and", "comma", "by", "order")


def _right_after_who(parser: Parser) -> bool:
    """ "who are our best customers": the customers are asked for."""
    before = parser.items[: parser.position - 1]
    return all(
        parser.is_filler(item) or item.has("open", "eq", "top", "all") or item.number is not None or item.adjective
        for item in before
    )


def rule_unknown(parser: Parser) -> bool:
    """A word that carries meaning and that nothing took."""
    item = parser.peek()
    if item is None:
        return False
    used = any(known is item and role == "aggregate" for known, role, _ in parser.frame.roles)
    if item.has(*DROPPED) and not parser.is_filler(item) and not used:
        parser.frame.dropped.append(item)
    structural = item.tags - {"filler"}
    if item.content and not structural and not parser.is_filler(item):
        parser.frame.unused.append(item)
        parser.mark(item, "unknown")
    parser.take()
    return True
