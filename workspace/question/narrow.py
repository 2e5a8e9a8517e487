"""The conditions of a question as facts about columns and presences of related rows, before the root is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from workspace.question import plan as form
from workspace.question.conditions import Fact, fact, negate
from workspace.question.frames import Condition, Exists
from workspace.question.measures import adds_up, quantity, revenue, worth
from workspace.question.resolve import Context, names_table, truth
from workspace.question.schema import Link


@dataclass(frozen=True, slots=True)
class Presence:
    """Rows of ``table`` that must (not) be there, ``op count`` many when said, each fulfilling ``facts``."""

    table: str
    facts: tuple[Fact, ...] = ()
    negated: bool = False
    op: str = ""
    count: int | float | None = None
    column: Link | None = None  # what is counted when it is not rows
    either: bool = False


@dataclass
class Narrowing:
    """Everything that narrows a question down."""

    facts: list[Fact] = field(default_factory=list)
    presences: list[Presence] = field(default_factory=list)


def narrowing(context: Context) -> Narrowing:
    """The frame's conditions with names settled."""
    result = Narrowing()
    for condition in context.frame.conditions:
        if isinstance(condition, Condition):
            dated = condition.term is None and condition.operands[0].period is not None
            _add_fact(context, result, condition, _event(context) if dated else context.entity)
        else:
            _add_presence(context, result, condition)
    return result


def _event(context: Context) -> str:
    """Whose date a bare "last year" is: that of the figure or of what happened, not of the things themselves."""
    frame, entity = context.frame, context.entity
    needed = {entity} if entity else set()
    compared = [one.term for one in frame.conditions if isinstance(one, Condition) and one.term is not None]
    for term in (*frame.targets, *(sort.term for sort in frame.sorts if sort.term), *compared):
        if term.measure is not None and (found := revenue(context, term.measure, needed)) is not None:
            return found.table
        link = context.column(term) if term.item is not None and term.item.columns and not term.grain else None
        if link is not None and adds_up(context.schema.tables[link.table], link.column):
            return link.table  # "which country had the highest net amount in 2025"
    if any(sort.selling for sort in frame.sorts) and (sold := quantity(context, needed)) is not None:
        return sold.table
    for sort in frame.sorts:
        term = sort.term
        if term is not None and term.function == "count" and term.item is not None and names_table(term.item):
            return context.table(term.item) or entity
        if term is not None and term.adjective is not None and sort.superlative and entity:
            own = context.by_adjective(term, [entity])
            if own is None and (found := worth(context, term.adjective, needed)) is not None:
                return found.table  # "best customer in 2024"
    ranked = frame.outer_top and not frame.sorts and not frame.targets  # "top 10 customers in 2024"
    if ranked and (found := worth(context, None, needed)) is not None:
        return found.table
    if entity and frame.nouns and not frame.nouns & context.schema.tables[entity].nouns:
        table = related_table(context, frame.nouns, [entity])
        reach = context.schema.reach(table) if table is not None else {}
        if table is not None and entity in reach and _dated_apart(context, reach, entity):
            return table  # "products sold in 2025"
    return entity


def _dated_apart(context: Context, reach: Mapping[str, int], entity: str) -> bool:
    """Are there dates among the tables of ``reach`` that are not the things' own?"""
    own = context.schema.reach(entity)
    return any(context.schema.tables[table].dates for table in reach if table not in own)


def _add_fact(context: Context, result: Narrowing, condition: Condition, home: str) -> None:
    made = fact(context, condition, home)
    if made is None:
        context.penalize("a condition was not understood", 0.4)
        return
    if condition.role:
        predicate = form.replace_nodes(
            made.predicate, lambda node: replace(node, role=condition.role) if isinstance(node, form.Column) else node
        )
        made = replace(made, predicate=predicate)
    result.facts.append(made)


def _add_presence(context: Context, result: Narrowing, exists: Exists) -> None:
    term = exists.term
    table: str | None = None
    column: Link | None = None
    if exists.hint:
        table = _happened(context, result, exists)
        if table is None:
            return
    elif term is not None and term.item is not None:
        if names_table(term.item) and term.owner is None:
            table = context.table(term.item)
        else:
            column = context.column(term)
            if column is not None and not exists.op and exists.negated and not exists.inner:
                result.facts.append(_missing(context, column))
                return
            table = column.table if column is not None else None
            if column is not None and not exists.op and not exists.negated:
                table = column.table
    elif exists.nouns:
        starts = [context.entity, *context.pull]
        table = related_table(context, exists.nouns, starts)
    if table is None:
        table = _nearest_fact(context)
        context.penalize("what it has was not named", 0.2)
    inner = [item for item in exists.inner if isinstance(item, Condition)]
    if table is None:
        for condition in inner:
            _add_fact(context, result, condition, context.entity)
        return
    facts = [made for item in inner if (made := fact(context, item, table)) is not None]
    deeper = [item for item in exists.inner if isinstance(item, Exists)]
    for item in deeper:
        inside = Narrowing()
        _add_presence(context, inside, item)
        for presence in inside.presences:
            if not presence.count and not presence.negated:
                facts.extend(presence.facts)
            elif presence.table != table:
                result.presences.append(presence)
    own, above = _split(context, table, facts, exists)
    result.facts.extend(above)
    result.presences.append(Presence(table, tuple(own), exists.negated, exists.op, exists.count, column, exists.either))


def _happened(context: Context, result: Narrowing, exists: Exists) -> str | None:
    """The table of what a verb alone says happened; where the things' own column dates it, that it is filled."""
    entity = context.entity
    if not entity:
        return None
    term, own = exists.term, context.schema.tables[entity]
    column = context.column(term, "date") if term is not None else None
    if column is not None and column.table == entity:
        if own.table.column(column.column).profile.nulls:  # "orders that were shipped"
            known = form.Missing(form.Column(entity, column.column), negated=True)
            result.facts.append(Fact(entity, known, column=(entity, column.column)))
        return None
    table = related_table(context, exists.nouns, [entity]) if exists.nouns else column.table if column else None
    return table if table is not None and table not in context.schema.reach(entity) else None


def _split(context: Context, table: str, facts: list[Fact], exists: Exists) -> tuple[list[Fact], list[Fact]]:
    """Facts about the related rows, and facts about the things themselves that were said after them."""
    entity = context.entity
    if not entity or entity == table:
        return facts, []
    mine = [made for made in facts if made.table == entity]
    return [made for made in facts if made.table != entity], mine


def _missing(context: Context, column: Link) -> Fact:
    predicate: form.Predicate = form.Missing(form.Column(column.table, column.column))
    meta = context.schema.column(column)
    flag = truth(context.schema, column)
    said = next((v for v, _ in meta.profile.common if str(v).lower() in ("no", "none")), None)
    if said is not None and meta.kind == "text":
        predicate = form.Compare(form.Column(column.table, column.column), "=", form.Literal(said))
    elif flag is not None:  # "models that do not have wifi", where a column says yes or no
        value = int(flag[1]) if meta.numeric else flag[1]
        predicate = form.Compare(form.Column(column.table, column.column), "=", form.Literal(value))
    elif meta.numeric and not meta.profile.nulls and meta.profile.minimum == 0:
        predicate = form.Compare(form.Column(column.table, column.column), "=", form.Literal(0))
    return Fact(column.table, predicate, column=(column.table, column.column))


def _nearest_fact(context: Context) -> str | None:
    """The table of events that hangs on the entity, for "never did anything"."""
    if not context.entity:
        return None
    near = context.schema.near(context.entity)
    options = [t for t in near if t != context.entity and context.entity in context.schema.reach(t)]
    return min(options, key=lambda t: (near[t], -context.schema.tables[t].table.rows), default=None)


def related_table(context: Context, nouns: Iterable[str], start: Iterable[str]) -> str | None:
    """The nearest table whose name says one of ``nouns``."""
    wanted, best = set(nouns), None
    first = next((table for table in start if table), "")
    near = context.schema.near(first) if first else dict.fromkeys(context.schema.tables, 0)
    for table, distance in near.items():
        info = context.schema.tables[table]
        hits = len(wanted & info.nouns)
        if hits and table != first:
            score = (distance, -hits, info.table.view, table)
            best = min(best, (score, table)) if best else (score, table)
    return best[1] if best else None


def dealt_in(context: Context, whose: str) -> str | None:
    """ "what did X buy": the named things that the rows of the verb's table point at, seen from the table of X."""
    schema, best = context.schema, None
    for name, info in schema.tables.items():
        hits = len(context.frame.nouns & info.nouns)
        reach = schema.reach(name)
        if not hits or whose not in reach or name == whose:
            continue
        for key in info.outgoing:
            thing = schema.tables[key.ref_table]
            aside = thing.name == whose or thing.person or whose in schema.reach(thing.name)
            if thing.label and not aside and thing.name not in schema.reach(whose):
                rank = (-hits, reach[whose], thing.name)
                best = min(best, (rank, thing.name)) if best else (rank, thing.name)
    return best[1] if best else None


def settled(made: Fact) -> form.Predicate:
    """The predicate with its negation."""
    return negate(made.predicate) if made.negated else made.predicate


def each_value(made: Fact) -> list[Fact]:
    """ "bought Rock and Jazz": of related rows, each value needs one."""
    predicate = made.predicate
    if not made.every or made.negated or not isinstance(predicate, form.Among) or predicate.negated:
        return [made]
    return [
        replace(made, predicate=form.Compare(predicate.of, "=", value), every=False, both=True)
        for value in predicate.values
    ]


def compatible(facts: Sequence[Fact]) -> list[list[Fact]]:
    """Facts that one row can fulfil together; a second value of the same column needs a row of its own."""
    groups: list[list[Fact]] = []
    for made in facts:
        for group in groups:
            if not any(rules_out(made, other) for other in group):
                group.append(made)
                break
        else:
            groups.append([made])
    return groups


def rules_out(one: Fact, other: Fact) -> bool:
    """Can no single row fulfil both?"""
    first, second = one.predicate, other.predicate
    if one.column != other.column or not (isinstance(first, form.Compare) and isinstance(second, form.Compare)):
        return False
    if (
        one.negated
        or other.negated
        or not (isinstance(first.right, form.Literal) and isinstance(second.right, form.Literal))
    ):
        return False
    if first.op == second.op == "=":
        return first.right != second.right
    pair = sorted(((first.op, first.right.value), (second.op, second.right.value)))
    if pair[0][0] in ("<", "<=") and pair[1][0] in (">", ">="):
        low, high = pair[1][1], pair[0][1]
        return isinstance(low, int | float) and isinstance(high, int | float) and low >= high
    return False
