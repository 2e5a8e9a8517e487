"""What the grammar makes of a question before names are settled: targets, conditions, groups and sorts over items."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from workspace.question.dates import Period
from workspace.question.lexicon import Adjective, MeasureWord
from workspace.question.linking import Item
from workspace.question.plan import Function, Grain
from workspace.question.reading import Match
from workspace.question.schema import Link


@dataclass
class Term:
    """Something named: a column, a table, a business figure, perhaps under an aggregate.

    Args:
        item: where it is named; None for "rows" ("how many are there").
        owner: the table it is said to belong to ("name of the *customer*", "*customer* name").
        function: aggregate, "" for none.
        distinct: each value once.
        grain: a date cut down ("per month").
        measure: a business figure ("revenue").
        unit: the unit asked for ("minute").
        share: as a fraction of all groups.
        star: everything there is to know of the owner.
        adjective: the column is named by an adjective only ("the *longest* track").
        beside: said to stand beside the things ("tracks *with their genre*").
    """

    item: Item | None = None
    owner: Item | None = None
    function: Function | None = None
    distinct: bool = False
    grain: Grain | None = None
    measure: MeasureWord | None = None
    unit: str = ""
    share: bool = False
    star: bool = False
    adjective: Adjective | None = None
    soft: bool = False
    hard: bool = False  # a group said with "by" or "per": never only a way to name things
    hint: bool = False  # a verb that a column may be named after
    outer: Function | None = None  # "average number of": an aggregate over the groups
    beside: bool = False

    @property
    def named(self) -> bool:
        return bool(self.item or self.measure or self.grain or self.adjective or self.star)


@dataclass
class Operand:
    """The right side of a condition: exactly one of these."""

    number: int | float | None = None
    matches: tuple[Match, ...] = ()
    text: str = ""
    period: Period | None = None
    term: Term | None = None  # another column, or with ``average`` what is averaged
    average: Function | None = None
    item: Item | None = None
    preposition: str = ""
    inner: list[Condition | Exists] = field(default_factory=list)  # which rows ``average`` is over; none: all


@dataclass
class Condition:
    """``term op operands``; without a term the entity's own figure, date or label is meant, as the operand has it.

    ``op`` is one of ``= != < <= > >= between like starts ends missing``.
    """

    term: Term | None
    op: str
    operands: list[Operand]
    negated: bool = False
    either: bool = False  # joined to the condition before with "or"
    every: bool = False  # values joined with "and"
    both: bool = False  # one of several that must each hold for some related row
    adjective: Adjective | None = None
    role: str = ""  # about the row above in a hierarchy


@dataclass
class Exists:
    """Has (not) a row of what ``term`` or the verb's ``nouns`` name, fulfilling ``inner``."""

    term: Term | None
    nouns: frozenset[str] = frozenset()
    negated: bool = False
    op: str = ""
    count: int | float | None = None
    inner: list[Condition | Exists] = field(default_factory=list)
    either: bool = False
    total: Function | None = None
    anything: bool = False
    hint: bool = False  # said by a verb alone ("products that were returned"): nothing where no table is called so


@dataclass
class Hierarchy:
    """Rows of ``table`` with the row of the same table that ``key`` points at."""

    table: str
    key: str
    shown: bool = True
    above: bool = False  # "the boss of X": the row above is asked for
    everyone: bool = False  # also those without one above them


@dataclass
class Sort:
    """``term=None`` sorts by what is shown first; ``superlative`` keeps the first row unless a limit is said."""

    term: Term | None
    descending: bool = False
    superlative: bool = False
    alphabetical: bool = False
    nouns: frozenset[str] = frozenset()
    common: bool = False
    selling: bool = False


@dataclass
class Frame:
    """A question, taken apart."""

    entity: Item | None = None
    targets: list[Term] = field(default_factory=list)
    groups: list[Term] = field(default_factory=list)
    conditions: list[Condition | Exists] = field(default_factory=list)
    sorts: list[Sort] = field(default_factory=list)
    limit: int | None = None
    distinct: bool = False
    share: bool = False
    compare: bool = False
    exists: bool = False  # a yes/no question
    person: bool = False  # asked with "who"
    when: bool = False
    where: bool = False
    chart: str = ""
    roles: list[tuple[Item, str, str]] = field(default_factory=list)
    unused: list[Item] = field(default_factory=list)
    dropped: list[Item] = field(default_factory=list)  # structure that found no place
    rules: list[str] = field(default_factory=list)
    mentioned: list[Item] = field(default_factory=list)  # tables named as context
    nouns: frozenset[str] = frozenset()
    hierarchy: Hierarchy | None = None
    hints: list[Item] = field(default_factory=list)  # verbs that columns are named after
    happened: tuple[Link, ...] = ()  # columns that hold when what a verb says happened
    everything: bool = False
    label_entity: bool = False  # the things themselves are shown beside what was named
    outer_top: bool = False
    listed: bool = False  # "newest employees first": an order, not a choice
    keyed: bool = False  # things are told by their keys rather than by their names
    setwise: str = ""  # "except", "intersect": over what is shown rather than row by row
    joined: bool = False  # what narrows is met row by row: a thing shows as often as it has such rows


Part = Term | Operand | Condition | Exists | Sort


def copied(frame: Frame) -> Frame:
    """A copy that can be changed without touching the frame; what is one part there is one part here."""
    known: dict[int, Any] = {}

    def copy(part: Part) -> Any:
        if id(part) not in known:
            made = known[id(part)] = object.__new__(type(part))  # as `replace` does, at a fifth of its cost
            made.__dict__.update(part.__dict__)
            for name in _INNER[type(part)]:
                value = getattr(part, name)
                if isinstance(value, list):
                    setattr(made, name, [copy(one) for one in value])
                elif value is not None:
                    setattr(made, name, copy(value))
        return known[id(part)]

    whole = object.__new__(Frame)
    whole.__dict__.update(frame.__dict__)
    for name in _LISTED:
        setattr(whole, name, [copy(part) for part in getattr(frame, name)])
    for name in _NAMED:
        setattr(whole, name, list(getattr(frame, name)))
    whole.hierarchy = replace(frame.hierarchy) if frame.hierarchy else None
    return whole


_LISTED = ("targets", "groups", "conditions", "sorts")  # parts that are changed in place
_NAMED = ("roles", "unused", "dropped", "rules", "mentioned", "hints")  # and what is only listed
_INNER: dict[type, tuple[str, ...]] = {
    Term: (), Operand: ("term", "inner"), Condition: ("term", "operands"), Exists: ("term", "inner"), Sort: ("term",),
}  # fmt: skip
