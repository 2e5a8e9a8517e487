"""Rules for tables that point at themselves: who reports to whom, employees and their managers."""

from __future__ import annotations

from dataclasses import replace

from workspace.database.catalog import ForeignKey
from workspace.question.frames import Condition, Hierarchy, Operand, Term
from workspace.question.linking import Item
from workspace.question.parse import STRONG, Parser
from workspace.question.schema import Link

ABOVE = frozenset({"manager", "boss", "supervisor", "superior", "parent", "chief"})

NOBODY = frozenset({"nobody", "no one", "noone", "none"})


def rule_hierarchy(parser: Parser) -> bool:
    """who reports to whom · who reports to Nancy Edwards · employees and their managers"""
    item = parser.peek()
    if item is None or parser.frame.hierarchy is not None:
        return False
    key = _key(parser, item)
    if key is None:
        return False
    nobody = parser.at(parser.skip(parser.position + 1, "of"))
    if nobody is not None and nobody.lower in NOBODY:
        return _missing_above(parser, item, key, parser.items.index(nobody) + 1)
    said = item.lemma in ABOVE
    position = parser.skip(parser.position + 1, "of", "eq")
    following = parser.at(position)
    named = following is not None and bool(following.matches or following.quoted)
    mutual = any({"whom", "who"} & set(other.lower.split()) for other in parser.items[parser.position + 1 :])
    if not said and not named and not mutual:
        return False
    if said and not named and (before := parser.peek(-1)) is not None and before.has("not", "max", "min"):
        return False
    parser.mark(item, "table", f"{key.table}.{key.columns[0]}")
    parser.position = position if named or not mutual else len(parser.items)
    parser.position = max(parser.position, parser.items.index(item) + 1)
    above = said and named
    parser.frame.hierarchy = Hierarchy(
        key.table, key.columns[0], shown=not named or above, above=above, everyone=said and not named
    )
    parser.role = "manager" if named and not above else ""
    parser.fired("hierarchy")
    if named:
        parser.narrow()
    return True


def no_one_above(parser: Parser, position: int) -> bool:
    """without a manager: the key that points at the row above is empty"""
    item = parser.at(position)
    if item is None or item.lemma not in ABOVE:
        return False
    key = _key(parser, item)
    if key is None:
        return False
    return _missing_above(parser, item, key, position + 1)


def _missing_above(parser: Parser, item: Item, key: ForeignKey, after: int) -> bool:
    named = replace(item, links=(Link(key.table, key.columns[0], 0.95, "key"),), matches=())
    parser.mark(item, "negation", named.links[0].target)
    parser.negate = False
    parser.scope = None
    parser.add(Condition(Term(item=named), "missing", [Operand(item=item)]))
    parser.position = after
    return True


def _key(parser: Parser, item: Item) -> ForeignKey | None:
    """The self-reference that the item speaks of."""
    loops = parser.schema.loops
    if not loops:
        return None
    for link in item.links:
        for key in loops:
            if link.column == key.columns[0] and link.table == key.table and link.score >= STRONG:
                return key
    titled = item.matches and item.end - item.start > 1  # "store managers", where it is a job
    if item.lemma in ABOVE and not titled and not (item.links and item.links[0].score >= STRONG):
        return loops[0]
    return None
