"""Other ways to take a question: one change of its frame, or of one choice among names, at a time.

The grammar reads a question one way. Where it may be wrong is known: what is shown and what only places it, which of
several tables a name belongs to, whether a row counts once or as often as it is met. Each such doubt is a variant;
which of them is right is decided over the plans (`evidence.py`), by weights that are fitted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from workspace.question.frames import Condition, Exists, Frame, Operand, Term, copied
from workspace.question.linking import Item
from workspace.question.measures import adds_up
from workspace.question.resolve import Context, names_table
from workspace.question.schema import Link

Forced = dict[tuple[int, int], int]


@dataclass(frozen=True, slots=True)
class Variant:
    """A frame to build a plan from.

    Args:
        name: which change was made, "" for the grammar's own reading.
        frame: of its own, free to be changed.
        forced: which option of a choice among names to take, by the choice's key.
        about: the words that the change is about.
    """

    name: str
    frame: Frame
    forced: Forced = field(default_factory=dict)
    about: Item | None = None


def variants(frame: Frame, context: Context, items: tuple[Item, ...], forced: Forced) -> Iterator[Variant]:
    """The variants one step away.

    Args:
        frame: as it was before a plan was built of it.
        context: the names as they were settled for it.
        items: of the question, as the grammar saw them.
        forced: the choices that led to it.
    """
    ranked = _so_many_each(frame, items)
    yield from (v for v in _choices(frame, context, forced) if not (ranked and v.about is frame.entity))
    for made in _edits(frame, items):
        if ranked and made.name == "show":
            continue  # they are what is shown
        if made.name in ("add up", "as it is") and _worded(made.about, context):
            continue  # "how many cities": a number of them, not their names
        if made.name == "drop target" and any(term.hard for term in frame.groups) and _counts(made.about, context):
            continue  # "net amount by channel": a figure that is gathered expressly
        if made.name == "take avg" and _adds_up(made.about, context):
            continue  # the mean of amounts is asked for as such
        yield replace(made, forced=forced)


def _worded(item: Item | None, context: Context) -> bool:
    links = item.columns if item is not None else ()
    return bool(links) and context.schema.column(links[0]).kind == "text"


def _counts(item: Item | None, context: Context) -> bool:
    links = item.columns if item is not None else ()
    return bool(links) and context.schema.column(links[0]).numeric


def _adds_up(item: Item | None, context: Context) -> bool:
    links = item.columns if item is not None else ()
    return bool(links) and adds_up(context.schema.tables[links[0].table], links[0].column)


def _choices(frame: Frame, context: Context, forced: Forced) -> Iterator[Variant]:
    """Another table or column for the same words."""
    for key, decision in context.decisions.items():
        best = decision.options[decision.taken][1]
        for place, (link, score) in enumerate(decision.options[:4]):
            if place != decision.taken and best - score < 0.75 and link.score >= 0.4:
                kind = ("table", "column", "value")[key[0] % 4]
                yield Variant(f"other {kind}", copied(frame), {**forced, key: place}, decision.item)


def _edits(frame: Frame, items: tuple[Item, ...]) -> Iterator[Variant]:
    for make in (_targets, _entities, _groups, _conditions, _sorts, _flags):
        yield from make(frame, items)


def _changed(name: str, frame: Frame, change: Callable[[Frame], object], about: Item | None = None) -> Variant:
    made = copied(frame)
    change(made)
    return Variant(name, made, {}, about)


# ------------------------------------------------------------------------------------------------ what is shown
def _targets(frame: Frame, items: tuple[Item, ...]) -> Iterator[Variant]:
    for place, term in enumerate(frame.targets):
        # Said in words that mean nothing else.
        owned = term.measure or term.grain or term.unit or term.share or term.beside or term.outer
        if not owned and (len(frame.targets) > 1 or frame.entity is not None or frame.groups):
            yield _changed("drop target", frame, lambda made, place=place: made.targets.pop(place), term.item)
        yield from _functions(frame, place, term)
    shown = {id(term.item) for term in frame.targets} | {id(term.item) for term in frame.groups}
    for item in items:
        if id(item) in shown or item.quoted or not item.links or item.links[0].score < 0.7:
            continue
        if item is frame.entity and not names_table(item):
            continue

        def show(made: Frame, item: Item = item) -> None:
            made.mentioned = [other for other in made.mentioned if other is not item]
            made.targets.append(Term(item=item))
            made.targets.sort(key=lambda term: term.item.start if term.item is not None else 0)

        if item is frame.entity:
            if frame.targets and not frame.label_entity:
                yield _changed("show the things", frame, lambda made: setattr(made, "label_entity", True), item)
            if item.columns and item.columns[0].score >= 0.85:
                yield _changed("show the column", frame, lambda made, item=item: _as_column(made, item), item)
            continue
        yield _changed("show", frame, show, item)


def _as_column(made: Frame, item: Item) -> None:
    """A word that names both a table and a column: the column."""
    columns = replace(item, links=item.columns)
    made.targets.append(Term(item=columns))
    made.targets.sort(key=lambda term: term.item.start if term.item is not None else 0)
    made.entity = None


def _functions(frame: Frame, place: int, term: Term) -> Iterator[Variant]:
    """Counting rows, counting different values, adding up what is counted already, showing it as it is."""

    def change(made: Frame, **values: object) -> None:
        for name, value in values.items():
            setattr(made.targets[place], name, value)

    if term.function == "count" and term.item is not None:
        if not term.distinct:
            yield _changed("count different", frame, lambda made: change(made, distinct=True), term.item)
        else:
            yield _changed("count all", frame, lambda made: change(made, distinct=False), term.item)
        if term.item.columns and term.item.columns[0].score >= 0.6:
            yield _changed("add up", frame, lambda made: _column_figure(made, place, "sum"), term.item)
            yield _changed("as it is", frame, lambda made: _column_figure(made, place, None), term.item)
    elif term.function in ("sum", "max", "min") and term.item is not None and not term.measure:
        yield _changed("as it is", frame, lambda made: change(made, function=None), term.item)
    elif term.function is None and term.item is not None and term.item.columns and not term.measure:
        for function in ("sum", "avg"):
            if frame.groups:
                yield _changed(f"take {function}", frame, lambda made, f=function: change(made, function=f), term.item)


def _column_figure(made: Frame, place: int, function: object) -> None:
    term = made.targets[place]
    assert term.item is not None
    made.targets[place] = replace(
        term, item=replace(term.item, links=term.item.columns), function=function, distinct=False
    )


# ------------------------------------------------------------------------------------------ what it is about
def _entities(frame: Frame, items: tuple[Item, ...]) -> Iterator[Variant]:
    kept = frame.label_entity and any(term.beside for term in frame.targets)
    kept = kept or _so_many_each(frame, items)
    for item in items:
        if item is frame.entity or item.quoted or item.table is None or item.table.score < 0.7 or kept:
            continue

        def turn(made: Frame, item: Item = item) -> None:
            made.mentioned = [other for other in made.mentioned if other is not item]
            if made.entity is not None:
                made.mentioned.append(made.entity)
            made.entity = item

        yield _changed("other things", frame, turn, item)
    yield from _told(frame)
    if frame.entity is not None and not kept:
        yield _changed("no things", frame, lambda made: _let_go(made), frame.entity)


def _so_many_each(frame: Frame, items: tuple[Item, ...]) -> bool:
    """ "top 3 *tracks* per genre": it is said of what there are so many."""
    if not frame.groups or frame.limit is None:
        return False
    return any(before.number == frame.limit and item is frame.entity for before, item in pairwise(items))


def _told(frame: Frame) -> Iterator[Variant]:
    """ "players from each country", where seasons have a column called player: the rows that have it."""
    item = frame.entity
    if item is None or item.table is None:
        return
    tables: list[str] = []
    for link in item.columns:
        if link.score >= 0.9 and link.table != item.table.table and link.table not in tables:
            tables.append(link.table)
    for table in tables[:2]:
        things = replace(item, links=(Link(table, "", 0.9, "column"),), matches=())

        def turn(made: Frame, things: Item = things) -> None:
            for term in made.targets:
                term.item = things if term.item is item else term.item
            made.entity = things

        yield _changed("rows of the column", frame, turn, item)


def _let_go(made: Frame) -> None:
    if made.entity is not None:
        made.mentioned.append(made.entity)
    made.entity = None


# --------------------------------------------------------------------------------------------------- groups
def _groups(frame: Frame, items: tuple[Item, ...]) -> Iterator[Variant]:
    gathered = any(term.function or term.measure or term.share for term in frame.targets)
    ranked = any(sort.superlative for sort in frame.sorts)
    for place, term in enumerate(frame.groups):
        if term.grain is not None or term.hard or ranked or (gathered and not term.soft):
            continue  # "revenue by region", "the cheapest of each category": said expressly
        yield _changed("drop group", frame, lambda made, place=place: made.groups.pop(place), term.item)

        def show(made: Frame, place: int = place) -> None:
            made.targets.insert(0, made.groups.pop(place))

        yield _changed("show group", frame, show, term.item)
    if len(frame.targets) > 1:
        for place, term in enumerate(frame.targets):
            gathers = any(other.function or other.measure for other in frame.targets if other is not term)
            if term.function is None and term.item is not None and gathers and not term.measure:

                def gather(made: Frame, place: int = place) -> None:
                    made.groups.append(made.targets.pop(place))

                yield _changed("group", frame, gather, term.item)


# ----------------------------------------------------------------------------------------------- conditions
def _conditions(frame: Frame, items: tuple[Item, ...]) -> Iterator[Variant]:
    for place, condition in enumerate(frame.conditions):
        about = _about(condition)
        if about is None or not (about.period or about.quoted or about.number is not None):
            yield _changed("drop condition", frame, lambda made, place=place: made.conditions.pop(place), about)
        if place and not condition.either:

            def join(made: Frame, place: int = place) -> None:
                made.conditions[place].either = True

            yield _changed("or", frame, join, about)
        if isinstance(condition, Condition):
            numbered = condition.operands and condition.operands[0].number is not None
            dated = condition.operands and condition.operands[0].period is not None
            if condition.term is not None and condition.term.item is not None and (dated or not numbered):

                def unname(made: Frame, place: int = place) -> None:
                    first = made.conditions[place]
                    assert isinstance(first, Condition)
                    first.term = None

                yield _changed("condition without its name", frame, unname, about)
            continue
        yield from _exists(frame, place, condition, about)
    yield from _subsets(frame)
    yield from _unread(frame, items)
    yield from _had(frame, items)


def _had(frame: Frame, items: tuple[Item, ...]) -> Iterator[Variant]:
    """ "students who have *treasurer votes*", where votes have a column called that: rows that have one."""
    used = {id(term.item) for term in (*frame.targets, *frame.groups)}
    used |= {id(condition.term.item) for condition in frame.conditions if condition.term is not None}
    used |= {id(sort.term.item) for sort in frame.sorts if sort.term is not None}
    for place, item in enumerate(items):
        before = next((other for other in reversed(items[:place]) if other.tags != {"filler"}), None)
        plain = not item.tags and not item.matches and not names_table(item) and id(item) not in used
        if before is None or not before.has("with") or not plain or not item.columns or item.columns[0].score < 0.9:
            continue

        def have(made: Frame, item: Item = item) -> None:
            made.mentioned = [other for other in made.mentioned if other is not item]
            made.conditions.append(Exists(Term(item=item)))

        yield _changed("has", frame, have, item)


def _subsets(frame: Frame) -> Iterator[Variant]:
    """ "above the average price of Rock tracks": are the tracks asked for Rock as well, or only those averaged?"""
    for place, condition in enumerate(frame.conditions):
        if not isinstance(condition, Condition) or condition.operands[0].average is None:
            continue
        if condition.operands[0].inner:

            def widen(made: Frame, place: int = place) -> None:
                known = made.conditions[place]
                assert isinstance(known, Condition)
                made.conditions += known.operands[0].inner
                known.operands[0].inner = []

            yield _changed("of all", frame, widen, condition.operands[0].item)
        elif place + 1 < len(frame.conditions):

            def narrow(made: Frame, place: int = place) -> None:
                known = made.conditions[place]
                assert isinstance(known, Condition)
                known.operands[0].inner = made.conditions[place + 1 :]
                del made.conditions[place + 1 :]

            yield _changed("of those", frame, narrow, condition.operands[0].item)


def _exists(frame: Frame, place: int, condition: Exists, about: Item | None) -> Iterator[Variant]:
    """ "not owned by CCTV": said of the thing itself rather than of related rows."""
    inner = [one for one in condition.inner if isinstance(one, Condition)]
    whole = condition.negated and condition.anything  # "bought nothing in 2026": said of the rows, not of the buyer
    if inner and len(inner) == len(condition.inner) and condition.count is None and not whole:

        def flatten(made: Frame) -> None:
            taken = made.conditions[place]
            assert isinstance(taken, Exists)
            parts = [one for one in taken.inner if isinstance(one, Condition)]
            for one in parts:
                one.negated = one.negated != taken.negated
            made.conditions[place : place + 1] = parts

        yield _changed("of itself", frame, flatten, about)
    if condition.negated:

        def turn(made: Frame) -> None:
            taken = made.conditions[place]
            assert isinstance(taken, Exists)
            taken.negated = False

        yield _changed("not negated", frame, turn, about)


def _about(condition: Condition | Exists) -> Item | None:
    if isinstance(condition, Condition):
        return condition.operands[0].item if condition.operands else None
    return condition.term.item if condition.term is not None else None


def _unread(frame: Frame, items: tuple[Item, ...]) -> Iterator[Variant]:
    """A value that no condition took."""
    taken = {id(operand.item) for condition in _all_conditions(frame.conditions) for operand in condition.operands}
    for item in items:
        if not item.matches or id(item) in taken or item.matches[0].score < 0.95:
            continue
        if item is frame.entity and item.table is not None and item.table.score >= 0.95:
            continue
        if item is not frame.entity and any(term.item is item for term in (*frame.targets, *frame.groups)):
            continue

        def narrow(made: Frame, item: Item = item) -> None:
            operand = Operand(matches=item.matches, text=item.text, item=item)
            made.conditions.append(Condition(None, "=", [operand]))
            made.mentioned = [other for other in made.mentioned if other is not item]

        yield _changed("value", frame, narrow, item)


def _all_conditions(conditions: list[Condition | Exists]) -> Iterator[Condition]:
    for condition in conditions:
        if isinstance(condition, Condition):
            yield condition
            for operand in condition.operands:
                yield from _all_conditions(operand.inner)
        else:
            yield from _all_conditions(condition.inner)


# ---------------------------------------------------------------------------------------- order and the rest
def _sorts(frame: Frame, items: tuple[Item, ...]) -> Iterator[Variant]:
    for place, sort in enumerate(frame.sorts):
        about = sort.term.item if sort.term is not None else None
        if not sort.superlative or sort.common:
            yield _changed("drop order", frame, lambda made, place=place: made.sorts.pop(place), about)

        def turn(made: Frame, place: int = place) -> None:
            made.sorts[place].descending = not made.sorts[place].descending

        if sort.term is not None and sort.term.adjective is not None:
            yield _changed("turn order", frame, turn, about)
        if sort.term is not None and sort.term.item is not None and sort.superlative:
            if sort.term.function is None:

                def add(made: Frame, place: int = place) -> None:
                    term = made.sorts[place].term
                    assert term is not None
                    term.function = "sum"

                yield _changed("order by sum", frame, add, about)
            elif sort.term.function == "count" and sort.term.item.columns:

                def plain(made: Frame, place: int = place) -> None:
                    term = made.sorts[place].term
                    assert term is not None
                    term.function = None

                yield _changed("order by value", frame, plain, about)


def _flags(frame: Frame, items: tuple[Item, ...]) -> Iterator[Variant]:
    for name in ("distinct", "joined", "everything", "keyed"):
        if name == "everything" and (frame.everything or frame.targets or frame.groups):
            continue
        if name == "joined" and not frame.joined and any(_several(one) for one in frame.conditions):
            continue  # "ordered Chai as well as Tofu": no single row is both
        value = not getattr(frame, name)
        yield _changed(name if value else f"not {name}", frame, lambda made, n=name, v=value: _set(made, n, v))
    if not frame.groups:
        several = any(isinstance(c, Condition) and len(c.operands) > 1 for c in frame.conditions)
        if any(condition.negated for condition in frame.conditions):
            yield _changed("except", frame, lambda made: setattr(made, "setwise", "except"))
        if several and not frame.compare and any(term.function or term.measure for term in frame.targets):
            yield _changed("tell apart", frame, lambda made: setattr(made, "compare", True))
        if several or len(frame.conditions) > 1:
            yield _changed("intersect", frame, lambda made: setattr(made, "setwise", "intersect"))


def _several(condition: Condition | Exists) -> bool:
    inner = condition.inner if isinstance(condition, Exists) else []
    own = isinstance(condition, Condition) and (condition.every or condition.both)
    return own or any(map(_several, inner))


def _set(made: Frame, name: str, value: bool) -> None:
    setattr(made, name, value)
    if name == "distinct" and not value:
        for term in made.targets:
            term.distinct = term.distinct and bool(term.function)
