"""What a question is about when no table is named as its subject."""

from __future__ import annotations

from collections.abc import Sequence

from workspace.question import plan as form
from workspace.question.attached import sole
from workspace.question.conditions import Fact
from workspace.question.definitions import Meaning
from workspace.question.frames import Condition, Frame, Term
from workspace.question.linking import Item
from workspace.question.measures import adds_up, revenue
from workspace.question.narrow import dealt_in
from workspace.question.resolve import ENTITY, Context, names_table
from workspace.question.schema import Link, TableInfo

KEYED = frozenset({"id", "identifier", "code", "key"})  # every table has one: it says nothing of whose


def infer_entity(context: Context) -> None:
    """Without a subject, the table of what is asked for; "who" is a person."""
    frame = context.frame
    if frame.hierarchy is not None and not context.entity:
        context.entity = frame.hierarchy.table
    if context.entity:
        return
    figure = next((t for t in (*frame.targets, *(s.term for s in frame.sorts if s.term)) if t.measure), None)
    if figure is not None and figure.measure is not None:
        groups = [t for g in frame.groups if g.item and names_table(g.item) and (t := context.table(g.item))]
        found = revenue(context, figure.measure, [*groups, *context.pull])
        if found is not None and all(t.measure or t.function for t in frame.targets):
            context.entity = found.table
            context.pull[found.table] = ENTITY
            return
    for term in sorted(frame.targets, key=lambda term: term.item is not None and term.item.lemma in KEYED):
        if term.item is None or term.measure is not None or term.unit:
            continue
        if names_table(term.item) and term.owner is None:
            context.entity = context.table(term.item) or ""
        elif (link := context.column(term)) is not None:
            context.entity = link.table
        if context.entity:
            return
    defined = defined_rows(context)
    if defined and not any(term.item is not None for term in frame.targets):
        context.entity = defined
        return
    if frame.person:
        context.entity = _person(context) or ""
    if not context.entity and (frame.conditions or frame.groups or frame.sorts or frame.targets):
        context.entity = sole(context.schema)
    if not context.entity and not frame.targets and frame.nouns and len(context.pull) == 1:
        context.entity = dealt_in(context, next(iter(context.pull))) or ""
        frame.distinct = bool(context.entity)
    if not context.entity and not frame.targets and context.pull and not frame.groups:
        context.entity = max(context.pull, key=lambda table: context.pull[table])


def defined_rows(context: Context) -> str:
    """ "how many VIPs", where a person defined them as customers of a tier: customers."""
    for condition in context.frame.conditions:
        for operand in condition.operands if isinstance(condition, Condition) else ():
            for match in operand.matches:
                if isinstance(match, Meaning):
                    return match.table
    return ""


def _person(context: Context) -> str | None:
    for hint in context.frame.hints:
        for link in hint.columns:
            for key in context.schema.tables[link.table].outgoing:
                if link.column in key.columns:
                    return key.ref_table
    tables = list(context.pull) + [t for t in context.schema.tables if t not in context.pull]
    people = [t for t in tables if context.schema.tables[t].person]
    return people[0] if people else next(iter(context.pull), None)


def each_row(context: Context, group: Term, expr: form.Expr) -> bool:
    """ "average price *per rental*", where a row is a rental and has one price: the mean of all of them is meant."""
    frame = context.frame
    said = group.hard and "each" in frame.rules and len(frame.targets) == 1 and not frame.sorts
    if not said or frame.targets[0].function != "avg" or not isinstance(expr, form.Column):
        return False
    averaged = context.column(frame.targets[0], "number")
    if averaged is None or averaged.table != expr.table:
        return False
    info = context.schema.tables[expr.table]
    return (expr.name,) in (info.label, info.key) or info.table.column(expr.name).profile.distinct == info.table.rows


_ASKING = frozenset({"what", "what's", "show", "give", "tell", "get", "calculate", "compute"})


def alone(context: Context, term: Term, facts: Sequence[Fact]) -> bool:
    """ "umsatz last month", "net amount in Germany": a figure is all that was said, so it is wanted gathered.

    Args:
        context: the question's tables. Of a single one any number is gathered, of several an amount of what happened:
            there "capacity in Germany" asks for that of each thing.
        term: the figure, a column of numbers.
        facts: its conditions; one that picks a row out asks for that row's own figure.
    """
    frame, schema = context.frame, context.schema
    link = context.column(term) if term.item is not None else None
    first = frame.targets[0].item if frame.targets else None
    if link is None or term.item is None or first is None or term.owner not in (None, frame.entity):
        return False
    info = schema.tables[link.table]
    added = adds_up(info, link.column)
    if not (schema.sole or added) or not (first.start == 0 or (added and _asked(frame, term.item))):
        return False
    said = next((item for item, role, _ in frame.roles if role != "filler" and not item.has("compare")), None)
    if said is not first or frame.sorts or frame.groups or frame.limit is not None or frame.distinct:
        return False
    if len(frame.targets) > 1 and not all(_added(context, other) for other in frame.targets):
        return False
    things = context.table(frame.entity) if frame.entity is not None else ""
    whose = added and things != link.table and bool(facts)  # "net amount of customers in Germany": of them together
    if things and not whose and (schema.tables[things].label or things != link.table):
        return False  # "prices of products": each has a name and a price
    return not any(_picks(info, fact, link.column) for fact in facts)


def _added(context: Context, term: Term) -> bool:
    link = context.column(term) if term.item is not None and not (term.function or term.measure) else None
    return link is not None and adds_up(context.schema.tables[link.table], link.column)


def _asked(frame: Frame, item: Item) -> bool:
    """ "what was the net amount": one figure, not "list the net amount" nor "what are the amounts"."""
    opened = [other for other, role, _ in frame.roles if role == "filler" and other.start < item.start]
    single = item.lower.split()[-1] == item.lemma.split()[-1]
    return single and all(not other.has("open") or other.lower.split()[0] in _ASKING for other in opened)


def _picks(info: TableInfo, fact: Fact, figure: str) -> bool:
    """Is a condition about the figure itself, or one that few rows fulfil since nearly each has its own value?"""
    _, name = fact.column
    equal = isinstance(fact.predicate, form.Compare) and fact.predicate.op == "="
    known = bool(name) and fact.column[0] == info.name
    return known and (name == figure or (equal and 2 * info.table.column(name).profile.distinct > info.table.rows))


def context_keys(context: Context, link: Link) -> list[str]:
    """The named things that a key column points at, where only it points there."""
    info = context.schema.tables[link.table]
    said = info.column_words[link.column][-1:] in (("id",), ("code",))
    targets = [key.ref_table for key in info.outgoing if key.columns == (link.column,)]
    return [
        t
        for t in targets
        if said
        and context.schema.tables[t].label
        and sum(key.ref_table == t for key in info.outgoing) == 1
        and t != link.table
    ]
