"""Items to a frame: one pass over the question with an ordered table of rules, each of which takes what it understands.

A rule looks at the item under the cursor and either takes it (and what belongs to it) or leaves it to the next rule.
What no rule takes and carries meaning is unused, and lowers the confidence of the reading.
"""

from __future__ import annotations

from collections.abc import Callable

from workspace.question import lexicon
from workspace.question.attached import settle
from workspace.question.frames import Condition, Exists, Frame, Operand, Term
from workspace.question.linking import Item, Linked
from workspace.question.plan import Function
from workspace.question.resolve import is_date
from workspace.question.schema import Schema
from workspace.question.tokens import IRREGULAR

FUNCTIONS: dict[str, Function] = {"avg": "avg", "sum": "sum", "max": "max", "min": "min", "count": "count"}
LINKING_VERBS = frozenset({"be", "is", "are", "was", "were", "do", "does", "did", "been", "being"})
DROPPED = (
    "max",
    "min",
    "most",
    "fewest",
    "avg",
    "sum",
    "gt",
    "ge",
    "lt",
    "le",
    "not",
    "never",
    "without",
    "share",
    "between",
    "starts",
    "ends",
)
STRONG = 0.9


class Parser:
    """The cursor and what has been understood so far.

    ``zone`` is ``select`` while things asked for are named and ``where`` once they are narrowed down. ``scope`` is
    the open "has (not) …" that further conditions belong to.
    """

    def __init__(self, linked: Linked, schema: Schema) -> None:
        self.linked, self.schema = linked, schema
        self.items = linked.items
        self.position = 0
        self.frame = Frame()
        self.zone = "select"
        self.scope: Exists | Operand | None = None
        self.negate = False
        self.either = False
        self.both = False
        self.preposition = ""
        self.last: Term | None = None  # the term just read, for "age *over 30*"
        self.last_end = -1
        self.pending_limit: int | None = None
        self.grouping = False
        self.role = ""
        self.with_side = False  # after "with their": what follows is shown

    # --------------------------------------------------------------------------------------------- looking
    def peek(self, offset: int = 0) -> Item | None:
        position = self.position + offset
        return self.items[position] if 0 <= position < len(self.items) else None

    def skip(self, position: int, *tags: str) -> int:
        """The first position from ``position`` that is neither filler nor carries one of ``tags``."""
        while position < len(self.items):
            item = self.items[position]
            if item.lower in (".", "?", ";") or not (self.is_filler(item) or item.has(*tags)):
                break
            position += 1
        return position

    def is_filler(self, item: Item) -> bool:
        return item.has("filler") and not item.links and not item.matches and item.number is None

    def at(self, position: int) -> Item | None:
        return self.items[position] if 0 <= position < len(self.items) else None

    def names(self, item: Item | None, floor: float = 0.36) -> bool:
        """May the item name something of the schema, or a business figure?"""
        if item is None or item.quoted:
            return False
        return bool(item.links and item.links[0].score >= floor) or self.measure(item) is not None

    def is_verb(self, item: Item) -> bool:
        """A past tense or participle that no name is spelled like: "produced", "registered"."""
        verbal = item.lower.endswith(("ed", "en")) and item.lemma != item.lower and " " not in item.lower
        asked = any(before.lower == "did" for before in self.items[: self.position])
        if item.lower in IRREGULAR and item.columns and item.columns[0].score >= STRONG:
            return is_date(self.schema.column(item.columns[0]))
        verbal = verbal or (asked and item.lower == item.lemma and not self.is_table(item))  # "did Ann *close*"
        if not verbal or not self.names(item, STRONG):
            return verbal
        if self.is_table(item):
            return bool(item.nouns)  # "ordered", where a table is called orders
        # "hired", where a column is called hired_on: it says when, not what to show.
        return bool(item.columns) and not self.is_table(item) and is_date(self.schema.column(item.columns[0]))

    @property
    def home(self) -> str:
        """The table of the things that are asked for, "" while none is named."""
        entity = self.frame.entity
        return entity.table.table if entity is not None and entity.table is not None else ""

    def measure(self, item: Item) -> lexicon.MeasureWord | None:
        if item.measure is not None:
            return item.measure
        if item.links and item.links[0].score >= 0.97:
            return None
        return next((m for m in lexicon.measure_words() if item.lemma in m.said or item.lower in m.said), None)

    def is_table(self, item: Item) -> bool:
        """Does the item name a table rather than a column?"""
        if not item.links:
            return False
        table = item.table
        columns = item.columns
        return table is not None and (not columns or table.score >= columns[0].score - 0.04)

    # ---------------------------------------------------------------------------------------------- taking
    def take(self, count: int = 1, role: str = "", rule: str = "") -> None:
        """Moves on by ``count`` items, noting their role."""
        for item in self.items[self.position : self.position + count]:
            if role:
                self.mark(item, role)
        self.position += count
        if rule:
            self.fired(rule)

    def mark(self, item: Item, role: str, target: str = "") -> None:
        self.frame.roles.append((item, role, target))
        known = item.lemma in lexicon.figure_words() or item.lower in lexicon.figure_words()
        if role and role != "value" and item.unknown and not known and item not in self.frame.unused:
            self.frame.unused.append(item)

    def on_average(self, position: int) -> bool:
        """Is what is said from ``position`` on meant on average ("which genre has the longest tracks *on average*")?"""
        said = next((item for item in self.items[position:] if item.lower in ("on average", "in average")), None)
        if said is not None:
            self.mark(said, "aggregate")
        return said is not None

    def fired(self, rule: str) -> None:
        if rule not in self.frame.rules:
            self.frame.rules.append(rule)

    def add(self, condition: Condition | Exists) -> None:
        """Adds a condition where it belongs: to the open scope, else to the question."""
        if isinstance(condition, Condition):
            condition.either = condition.either or self.either
            condition.both = condition.both or self.both
            condition.role = self.role
            if self.negate:
                condition.negated = not condition.negated
        self.either = False
        self.negate = False
        if self.scope is not None and condition is not self.scope:
            self.scope.inner.append(condition)
        else:
            self.frame.conditions.append(condition)

    def narrow(self) -> None:
        """From here on the question narrows down."""
        self.zone = "where"
        self.with_side = False

    def sentence(self) -> None:
        """A new sentence or clause."""
        self.scope = None
        self.negate = self.both = self.either = False
        self.preposition = ""
        self.last = None


Rule = Callable[[Parser], bool]


def parse(linked: Linked, schema: Schema) -> Frame:
    """The frame of a question."""
    from workspace.question import grammar  # the rules use the parser

    parser = Parser(settle(linked, schema), schema)
    while parser.position < len(parser.items):
        before = parser.position
        for rule in grammar.RULES:
            if rule(parser):
                break
        else:
            parser.take()
        if parser.position <= before:
            parser.position = before + 1
    grammar.finish(parser)
    return parser.frame
