"""A question that a person settled, in other words and with other values: its plan again, with those values.

Careful rather than clever: every content word has to be there again, up to inflection, synonyms that the schema or the
lexicon knows, and word order where order says nothing; a value may be another one of the same column, a time another
time, a number another number. Anything else is another question.

    settled "revenue in Germany in 2023"    asked "in 2024 what was France's revenue"    the same, other values
                                                  "revenue per month in Germany in 2023"  another question
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from workspace.question import plan as form
from workspace.question.dates import Period
from workspace.question.lexicon import measure_words
from workspace.question.linking import Item, Linked, link
from workspace.question.plan import Plan
from workspace.question.reading import Values
from workspace.question.schema import Schema

# Cues that only open, join or place what follows; without them the question is the same.
_IDLE = frozenset(
    {"filler", "open", "of", "eq", "on", "during", "and", "comma", "named", "all", "table_view", "fraction_filler"}
)
# Cues whose place says nothing: "monthly revenue" and "revenue per month", "how many", "average".
_FREE = frozenset({"count", "avg", "sum", "distinct", "share", "max", "min"})
_ASKED = frozenset({"who", "whom", "when", "where"})
SAME = 0.8  # from this score on a name is what it is linked to, whatever word was said


@dataclass(frozen=True, slots=True)
class Word:
    """A content word: its lemmas, and what it names; ``leads`` when what follows hangs on it ("per", "without")."""

    text: str
    targets: frozenset[str] = frozenset()
    leads: bool = False

    def same(self, other: Word) -> bool:
        return (bool(self.text) and self.text == other.text) or bool(self.targets and self.targets == other.targets)


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for another value: ``kind`` is value, period or number; ``column`` that of a value.

    ``old`` is what stood there: a cell value, a `Period`, or a number. ``before`` is the word in front of it.
    """

    kind: str
    old: Any
    column: tuple[str, str] = ("", "")
    before: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """A settled question, taken apart once."""

    parts: tuple[Word | Slot, ...]
    plan: Plan | None

    @property
    def words(self) -> tuple[Word, ...]:
        return tuple(part for part in self.parts if isinstance(part, Word))

    @property
    def slots(self) -> tuple[Slot, ...]:
        return tuple(part for part in self.parts if isinstance(part, Slot))


def settle(question: str, plan: Plan | None, schema: Schema, values: Values | None, clock: datetime) -> Settled:
    """A question that was settled, as what has to be there again and what may be another value.

    Args:
        question: as the person asked it.
        plan: what it means; None for SQL without one, whose values cannot be changed.
        schema, values: of the source.
        clock: when it was asked, so that "last month" is found in the plan.
    """
    linked = link(question, schema, values, clock)
    parts: list[Word | Slot] = []
    for number, item in enumerate(linked.items):
        slot = _slot(item, plan, _before(linked.items, number)) if plan is not None else None
        part = slot or _word(item, first=not parts)
        if slot is None and item.period is not None and item.period.relative:
            part = Word("")  # a time that moves and is not in the plan: never the same again
        if part is not None:
            parts.append(part)
    return Settled(tuple(parts), plan)


def ask(question: str, schema: Schema, values: Values | None, clock: datetime) -> Linked:
    """A question as `fit` takes it; linked once for all settled ones."""
    return link(question, schema, values, clock)


def fit(settled: Settled, asked: Linked, *, least: int = 1) -> Plan | None:
    """The settled plan with the values of the asked question; None when it is another question.

    Args:
        settled: from `settle`.
        asked: from `ask`.
        least: how many words of content the question must have.
    """
    taken = _matched(settled, asked)
    if taken is None or len(settled.words) < least or not settled.words:
        return None
    plan = settled.plan
    if plan is None:
        return None
    for slot, item in taken:
        plan = _filled(plan, slot, item) if plan is not None else None
    return plan


def repeats(settled: Settled, asked: Linked) -> bool:
    """Is it the same question with the same values? For SQL that has no plan."""
    return bool(settled.words) and _matched(settled, asked) is not None


# --------------------------------------------------------------------------------------------------- taking apart
def _word(item: Item, *, first: bool) -> Word | None:
    """What of an item has to be there again; None when nothing does."""
    if item.measure is not None:
        return Word(f"= {item.measure.name}")
    strong = item.links[0].score if item.links else 0.0
    if strong < 0.97:
        business = next((m for m in measure_words() if item.lemma in m.said or item.lower in m.said), None)
        if business is not None:
            return Word(f"= {business.name}")
    if item.tags and strong < 0.9 and not item.matches:
        telling = frozenset() if first and item.has("open") and not item.has("count", "sum") else item.tags - _IDLE
        if not telling and not (first and item.lower in _ASKED):
            return None
        grain = any(tag.startswith("grain") for tag in telling)
        said = "per" if telling in ({"by"}, {"each"}) else "|".join(sorted(telling)) or item.lower
        return Word(said, leads=not grain and not telling <= _FREE and not said.startswith("chart"))
    if not item.content and not item.links and not item.matches and item.number is None and item.period is None:
        return None
    if item.adjective is not None:
        told = item.adjective
        return Word(f"{told.sign} {told.superlative} {' '.join(hint for hint, _ in told.hints)}")
    best = [link.target for link in item.links if strong >= SAME and link.score >= strong - 0.001]
    targets = frozenset(best)
    if not targets and item.nouns:
        targets = frozenset(f"verb {noun}" for noun in item.nouns)
    text = item.lemma if item.end - item.start == 1 and item.lemma else item.lower
    return Word(text, targets)


def _before(items: Sequence[Item], number: int) -> str:
    return items[number - 1].lower if number else ""


def _slot(item: Item, plan: Plan, before: str) -> Slot | None:
    """The place of the plan that an item fills, when it fills one and no other."""
    literals = list(_literals(plan))
    for match in item.matches:
        place = (match.table.lower(), match.column.lower())
        if any(column == place and literal.value == match.value for column, literal in literals):
            return Slot("value", match.value, (match.table, match.column), before)
    if item.period is not None:
        period = _said(item.period, plan)
        if period is not None:
            return Slot("period", period, before=before)
    if item.number is not None and _numbers(plan).count(item.number) == 1:
        return Slot("number", item.number, before=before)
    return None


def _said(period: Period, plan: Plan) -> Period | None:
    """The time of the plan that these words were taken for, also when they were said on another day."""
    for node in form.walk(plan, subplans=True):
        if isinstance(node, form.Between) and node.period == period.words and not node.closed:
            ends = [_day(side.value) for side in (node.low, node.high) if isinstance(side, form.Literal)]
            if len(ends) == 2:
                return replace(period, low=ends[0], high=ends[1])
        if _moves(node, period, period) is not None:
            return period
    return None


def _day(value: Any) -> date | datetime | None:
    if value is None:
        return None
    text = str(value)
    return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)


def _literals(plan: Plan):
    """Every value that a column is compared with, with the column."""
    for node in form.walk(plan, subplans=True):
        if isinstance(node, form.Compare) and isinstance(node.left, form.Column):
            if isinstance(node.right, form.Literal):
                yield (node.left.table.lower(), node.left.name.lower()), node.right
        elif isinstance(node, form.Among) and isinstance(node.of, form.Column):
            for value in node.values:
                yield (node.of.table.lower(), node.of.name.lower()), value


def _numbers(plan: Plan) -> list[int | float]:
    """Every number that a question may have said: what is compared, counted, and how many rows are kept."""
    found: list[int | float] = []
    for node in form.walk(plan, subplans=True):
        if isinstance(node, form.Plan):
            found += [node.limit] if node.limit is not None else []
        elif isinstance(node, form.Top):
            found.append(node.n)
        elif isinstance(node, form.Related) and node.count is not None:
            found.append(node.count)
        elif isinstance(node, form.Compare | form.Between | form.Among):
            sides = (node.right,) if isinstance(node, form.Compare) else ()
            sides = (node.low, node.high) if isinstance(node, form.Between) else sides
            sides = node.values if isinstance(node, form.Among) else sides
            found += [
                side.value
                for side in sides
                if isinstance(side, form.Literal) and isinstance(side.value, int | float) and side.value is not True
            ]
    return found


def _moves(node: Any, old: Period, new: Period) -> Any:
    """``node`` with its time moved from ``old`` to ``new``; None when it does not speak of ``old``, or cannot move."""
    if (old.low is None) != (new.low is None) or (old.high is None) != (new.high is None):
        return None
    days = {_iso(old.low): _iso(new.low), _iso(old.high): _iso(new.high)}
    days.pop(None, None)
    if isinstance(node, form.Compare) and isinstance(node.right, form.Literal) and isinstance(node.left, form.Column):
        value = node.right.value
        if isinstance(value, str) and value in days:
            return replace(node, right=form.Literal(days[value]))
        if old.low is not None and str(value) == str(old.low.year) and old.grain == new.grain == "year":
            assert new.low is not None
            return replace(node, right=form.Literal(type(value)(new.low.year)))
        return None
    if isinstance(node, form.Between) and isinstance(node.low, form.Literal) and isinstance(node.high, form.Literal):
        ends = (node.low.value, node.high.value)
        if ends == (_iso(old.low), _iso(old.high)):
            low, high = form.Literal(_iso(new.low)), form.Literal(_iso(new.high))
            return replace(node, low=low, high=high, period=new.words)
    return None


def _iso(day: date | datetime | None) -> str | None:
    if isinstance(day, datetime):
        return day.isoformat(sep=" ")
    return day.isoformat() if day is not None else None


# ------------------------------------------------------------------------------------------------------- matching
def _matched(settled: Settled, asked: Linked) -> list[tuple[Slot, Item]] | None:
    """Which item of the asked question fills which slot; None when it is another question."""
    words, slots = list(settled.words), list(settled.slots)
    taken: list[tuple[Slot, Item]] = []
    order: list[Word | Slot] = []  # of the asked question, in terms of the settled one
    before: dict[int, str] = {}
    for number, item in enumerate(asked.items):
        word = _word(item, first=not order)
        known = next((other for other in words if word is not None and word.same(other)), None)
        if known is not None:
            words.remove(known)
            order.append(known)
            continue
        fitting = [slot for slot in slots if _fills(item, slot)]
        timely = [slot for slot in fitting if slot.kind == "period"]  # 2024 is a time before it is a number
        slot = next(iter([*timely, *fitting]), None)
        if slot is not None:
            slots.remove(slot)
            taken.append((slot, item))
            before[len(order)] = _before(asked.items, number)
            order.append(slot)
        elif word is not None:
            return None
    if words or slots:
        return None
    if _alike(taken):
        same = [part is other for part, other in zip(settled.parts, order, strict=True)]
        placed = all(before[n] == part.before for n, part in enumerate(order) if isinstance(part, Slot))
        return taken if all(same) and placed else None
    return taken if _chunks_agree(settled.parts, order) else None


def _fills(item: Item, slot: Slot) -> bool:
    if slot.kind == "value":
        return any((match.table, match.column) == slot.column for match in item.matches)
    if slot.kind == "period":
        return item.period is not None
    return item.number is not None


def _alike(taken: list[tuple[Slot, Item]]) -> bool:
    """Could two items stand in each other's slots? Then only their order tells them apart."""
    return any(
        _fills(item, other) and _fills(rival, slot)
        for place, (slot, item) in enumerate(taken)
        for other, rival in taken[place + 1 :]
    )


def _chunks_agree(settled: Sequence[Word | Slot], asked: Sequence[Word | Slot]) -> bool:
    """Do the words hang together in the same way: "orders per customer" is not "customers per order"."""
    left, right = _chunks(settled), _chunks(asked)
    for chunk in left:
        if chunk not in right:
            return False
        right.remove(chunk)
    return not right


def _chunks(parts: Sequence[Word | Slot]) -> list[tuple[Word, ...]]:
    """Stretches of words, each begun by a word that leads; without such a word order says nothing."""
    words = [part for part in parts if isinstance(part, Word)]
    if not any(word.leads for word in words):
        return [(word,) for word in words]
    chunks: list[list[Word]] = [[]]
    for word in words:
        if word.leads:
            chunks.append([])
        chunks[-1].append(word)
    return [tuple(chunk) for chunk in chunks if chunk]


# -------------------------------------------------------------------------------------------------------- filling
def _filled(plan: Plan, slot: Slot, item: Item) -> Plan | None:
    """The plan with what the item says in the place of the slot; None when it does not fit there."""
    if slot.kind == "value":
        match = next(match for match in item.matches if (match.table, match.column) == slot.column)
        return _deep(plan, lambda node: _revalued(node, slot, match.value))
    if slot.kind == "period":
        new = item.period
        assert new is not None
        changed = _deep(plan, lambda node: _moves(node, slot.old, new) or node)
        left = any(_moves(node, slot.old, slot.old) is not None for node in form.walk(changed, subplans=True))
        moved = _iso(new.low) == _iso(slot.old.low) and _iso(new.high) == _iso(slot.old.high)
        return changed if moved or not left else None
    assert item.number is not None
    return _deep(plan, lambda node: _renumbered(node, slot.old, item.number))


def _revalued(node: Any, slot: Slot, value: str) -> Any:
    place = (slot.column[0].lower(), slot.column[1].lower())

    def here(of: Any) -> bool:
        return isinstance(of, form.Column) and (of.table.lower(), of.name.lower()) == place

    old, new = form.Literal(slot.old), form.Literal(value)
    if isinstance(node, form.Compare) and here(node.left) and node.right == old:
        return replace(node, right=new)
    if isinstance(node, form.Among) and here(node.of) and old in node.values:
        return replace(node, values=tuple(new if item == old else item for item in node.values))
    return node


def _renumbered(node: Any, old: Any, new: Any) -> Any:
    def other(side: Any) -> Any:
        plain = isinstance(side, form.Literal) and isinstance(side.value, int | float)
        return form.Literal(new) if plain and side.value == old else side

    if isinstance(node, form.Compare):
        return replace(node, right=other(node.right))
    if isinstance(node, form.Between):
        return replace(node, low=other(node.low), high=other(node.high))
    if isinstance(node, form.Among):
        return replace(node, values=tuple(map(other, node.values)))
    if isinstance(node, form.Related) and node.count == old:
        return replace(node, count=int(new))
    if isinstance(node, form.Top) and node.n == old:
        return replace(node, n=int(new))
    if isinstance(node, form.Plan) and node.limit == old:
        return replace(node, limit=int(new))
    return node


def _deep(plan: Plan, change: Any) -> Any:
    """`replace_nodes` that also goes into nested plans."""
    return form.replace_nodes(plan, change)
