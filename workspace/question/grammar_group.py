"""Rules for what things are gathered by: per month, for each genre, by country, compared."""

from __future__ import annotations

from dataclasses import replace

from workspace.question.frames import Condition, Operand, Sort, Term
from workspace.question.linking import Item
from workspace.question.operands import describes, operand_follows, speaks_of_another
from workspace.question.parse import STRONG, Parser
from workspace.question.phrases import GRAINS, WHICH, read_term, read_terms
from workspace.question.resolve import is_date


def rule_grain(parser: Parser) -> bool:
    """per month · monthly · in which year"""
    item = parser.peek()
    if item is None:
        return False
    tag = next((tag for tag in sorted(item.tags) if tag in GRAINS or tag in WHICH or tag == "overtime"), "")
    if not tag or (item.links and item.links[0].score >= STRONG and item.lower != "over time"):
        return False
    grain = "month" if tag == "overtime" else GRAINS.get(tag) or WHICH[tag]
    term = _called(parser, item, grain) or Term(grain=grain, item=item)
    parser.frame.groups.append(term)
    parser.take(1, "group", "grain")
    if item.lower.split()[0] in ("per", "by", "each", "every", "for"):
        _more_groups(parser)
    return True


def _called(parser: Parser, item: Item, grain: str) -> Term | None:
    """ "by day" of a table without dates that has a column called day."""
    links = [x for x in parser.schema.lookup((grain,)) if x.column and x.score >= STRONG]
    tables = {x.table for x in links}
    entity = parser.frame.entity.table if parser.frame.entity is not None else None
    named = {entity.table} if entity is not None else set()
    for target in parser.frame.targets:
        named |= {x.table for x in (target.item.links if target.item is not None else ())}
    own = [x for x in links if x.table in named and not parser.schema.tables[x.table].dates]
    if not own or len(tables & named) != 1:
        return None
    return Term(item=replace(item, text=grain, links=tuple(own), tags=frozenset(), lemma=grain))


def _more_groups(parser: Parser) -> None:
    """ "per month *and category*": what is joined to a group with "and" is one too."""
    joint = parser.peek()
    if joint is None or not joint.has("and"):
        return
    terms, after = read_terms(parser, parser.position + 1)
    plain = all(term.named and not term.measure and not term.function for term in terms)
    if not terms or not plain:
        return
    if operand_follows(parser, after) and not speaks_of_another(parser, terms[-1], after):
        return
    for term in terms:
        term.hard = True
    parser.frame.groups.extend(terms)
    for used in parser.items[parser.position : after]:
        parser.mark(used, "group")
    parser.position = after


def rule_each(parser: Parser) -> bool:
    """for each genre · per country and year · across regions"""
    item = parser.peek()
    if item is None or not item.has("each") or (item.links and item.links[0].score >= STRONG):
        return False
    position = parser.skip(parser.position + 1, "distinct", "of", "all")
    terms, after = read_terms(parser, position)
    following = parser.at(parser.position + 1)
    if item.lower == "across all" or (item.lower == "across" and following is not None and following.has("all")):
        things = terms[0].item if terms else None
        if things is not None and parser.frame.targets:  # of all of them together
            if parser.is_table(things):
                parser.frame.entity = parser.frame.entity or things
            for used in parser.items[parser.position : after]:
                parser.mark(used, "table")
            parser.position = after
            return True
        terms = []
    if not terms:
        parser.take(1, "filler")
        return True
    soft = item.lower in ("each", "every", "of each", "to each", "in each", "with each", "from each") or (
        item.lower in ("each of the",)
    )
    if parser.frame.outer_top and parser.peek(-1) is parser.frame.entity:
        soft = False  # "top 2 customers *in each country*"
    if len(terms) > 1 and item.lower.startswith("for") and parser.zone == "select" and not parser.frame.targets:
        # "for each country, show …": what follows the comma is asked, unless it was joined with "and".
        terms, after = _first_group(parser, position, terms, after)
    if operand_follows(parser, after) and not parser.is_table(terms[-1].item or item):
        soft = soft and len(terms) > 1
    for term in terms:
        term.soft = soft
        term.hard = item.lower in ("per", "by each") or item.lower.startswith(("grouped", "broken", "split"))
        for used in parser.items[parser.position : after]:
            parser.mark(used, "group")
    parser.frame.groups.extend(terms)
    parser.fired("each")
    parser.position = after
    parser.scope = None
    parser.last, parser.last_end = terms[-1], after
    if parser.zone == "where" and not soft:
        parser.zone = "select" if not parser.frame.targets else "tail"
    return True


def _first_group(parser: Parser, position: int, terms: list[Term], after: int) -> tuple[list[Term], int]:
    found = read_term(parser, position, aggregate=False)
    assert found is not None
    joint = parser.at(found[1])
    if joint is not None and joint.has("comma"):
        return [found[0]], found[1]
    return terms, after


def rule_by(parser: Parser) -> bool:
    """revenue by country (group) · top 5 by revenue (order) · albums by AC/DC (value) · customers by name (order)"""
    item = parser.peek()
    if item is None or not item.has("by"):
        return False
    position = parser.skip(parser.position + 1)
    value, ranked = parser.at(position), parser.frame.outer_top or parser.pending_limit is not None
    if value is not None and ranked and describes(parser, position):  # "top 3 agents by *closed* tickets"
        parser.add(Condition(None, "=", [Operand(matches=value.matches, text=value.text, item=value)]))
        parser.mark(value, "value")
        position += 1
    following = parser.at(position)
    parser.preposition = "by"
    if following is None or (following.matches and not parser.names(following, STRONG)) or following.quoted:
        parser.take()
        return True
    frame = parser.frame
    gathered = any(term.function or term.measure or term.share for term in frame.targets) or _figures(parser)
    found = read_term(parser, position)
    if found is None or not found[0].named:
        parser.take()
        return True
    term = found[0]
    if not ranked and _narrows(parser, term, found[1], gathered):
        parser.take()
        return True
    if ranked and not gathered and not frame.sorts:
        for used in parser.items[parser.position : found[1]]:
            parser.mark(used, "order")
        frame.sorts.append(Sort(term, descending=not parser.grouping, superlative=True))
        parser.position = found[1]
        parser.fired("rank-by")
        return True
    if term.function or (term.measure and not gathered):
        frame.sorts.append(Sort(term, descending=True))
    elif not gathered and _many_each(parser, term):
        frame.sorts.append(Sort(replace(term, function="count"), descending=True))
    elif not gathered and _tells_apart(parser, term, found[1]):
        frame.sorts.append(Sort(term))
    elif gathered or frame.share or frame.chart or _aggregable(parser):
        terms, after = read_terms(parser, position)
        for one in terms:
            one.hard = True
        frame.groups.extend(terms)
        found = terms[-1], after
    elif parser.zone == "select" or parser.zone == "tail":
        frame.sorts.append(Sort(term))
    else:
        parser.take()
        return True
    for used in parser.items[parser.position : found[1]]:
        parser.mark(used, "group")
    parser.position = found[1]
    parser.fired("by")
    return True


def _narrows(parser: Parser, term: Term, after: int, gathered: bool) -> bool:
    """ "sold by country Germany", "orders shipped by Speedy": what follows "by" is compared, or says who did it."""
    aside = (gathered or _aggregable(parser)) and _aside(parser, term, after)
    if operand_follows(parser, after) and not aside and not term.function and not term.measure:
        return True
    passive = parser.peek(-1)
    named = passive is not None and parser.is_table(passive) and parser.names(passive, STRONG)  # "orders by store"
    return passive is not None and bool(passive.nouns) and not named and not gathered


def _figures(parser: Parser) -> bool:
    """ "net amount by channel", "quantity and weight by product": are bare numbers all that is asked for?"""
    columns = [term.item.columns for term in parser.frame.targets if term.item is not None and not term.grain]
    if not columns or len(columns) < len(parser.frame.targets) or parser.frame.entity is not None:
        return False
    schema = parser.schema
    infos = [(schema.tables[links[0].table], links[0].column) if links else None for links in columns]
    return all(found is not None and found[0].table.column(found[1]) in found[0].numeric() for found in infos)


def _aside(parser: Parser, term: Term, after: int) -> bool:
    """ "sales by category in 1997", "… by channel in Germany": neither the date nor the country is a category."""
    following = parser.at(parser.skip(after, "of", "during", "after", "before"))
    said = parser.at(after)
    if following is None or term.item is None:
        return False
    dated = bool(term.item.columns) and is_date(parser.schema.column(term.item.columns[0]))
    placed = said is not None and said.has("of", "on", "during", "after", "before", "between")
    own = {(link.table, link.column) for link in term.item.columns}
    elsewhere = placed and bool(following.matches) and not own & {(m.table, m.column) for m in following.matches}
    return not dated and (following.period is not None or (parser.is_table(term.item) and placed) or elsewhere)


def _many_each(parser: Parser, term: Term) -> bool:
    """ "customers by orders": a customer has several, so that nobody is gathered by them; who has most comes first."""
    if term.item is None or term.item.table is None or not parser.is_table(term.item) or not parser.home:
        return False
    there, reach = term.item.table.table, parser.schema.reach
    return parser.home in reach(there) and there not in reach(parser.home)


def _tells_apart(parser: Parser, term: Term, after: int) -> bool:
    """ "employees by hire date": a column that nearly every row has its own value of is an order, not a group."""
    if term.item is None or parser.is_table(term.item) or not term.item.columns:
        return False
    following = parser.at(parser.skip(after + 1))
    counts = following is not None and following.lower in ("most first", "fewest first", "least first")
    if following is not None and following.has("asc", "desc", "newfirst", "oldfirst") and not counts:
        return True
    entity = parser.frame.entity.table if parser.frame.entity is not None else None
    own = [link for link in term.item.columns if entity is None or link.table == entity.table]
    link = (own or list(term.item.columns))[0]
    table = parser.schema.catalog.table(link.table)
    return table.rows > 5 and table.column(link.column).profile.distinct > 0.7 * table.rows


def _aggregable(parser: Parser) -> bool:
    """ "customers by country": counting things by one of their properties is meant, unless columns were named."""
    frame = parser.frame
    return parser.zone == "select" and frame.entity is not None and not frame.targets


def rule_compare(parser: Parser) -> bool:
    """compare revenue of USA and Canada · 2022 vs 2023"""
    item = parser.peek()
    if item is None or not item.has("compare", "versus"):
        return False
    parser.frame.compare = True
    parser.take(1, "group", "compare")
    return True
