"""What speaks for and against a plan, as named numbers: the signals that the fitted weights are about.

Three families. *Places*: for every name in the question what became of it (shown, grouped by, compared, left out),
with the words beside it: "with *a book*" is seldom shown. *Shapes*: what the plan does, with the words that ask for
such a thing: DISTINCT without "different". *Links*: how surely names and values were found, and how far their tables
lie apart. The signals name neither tables nor columns nor values, so that what was learned on one database holds on
another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from workspace.question import plan as form
from workspace.question.conditions import Fact
from workspace.question.frames import Condition, Exists, Frame
from workspace.question.linking import Item
from workspace.question.resolve import names_table
from workspace.question.tokens import lemma

if TYPE_CHECKING:
    from workspace.question.build import Builder, Shown
    from workspace.question.schema import Schema

Signals = dict[str, float]

_CUES = (
    "count", "avg", "sum", "max", "min", "most", "fewest", "common", "uncommon", "distinct", "each", "by", "order",
    "alpha", "desc", "asc", "top", "bottom", "never", "without", "not", "both", "or", "between", "share", "everything",
    "all", "whose", "rel", "with", "gt", "ge", "lt", "le", "ne", "after", "before", "during", "named", "like", "starts",
    "ends", "eq", "and", "comma", "open", "of",
)  # fmt: skip
_TELLING = frozenset(
    {
        "count", "avg", "sum", "max", "min", "most", "fewest", "common", "distinct", "each", "by", "order", "top",
        "not", "never", "without", "both", "or", "all", "everything", "superlative", "with", "rel", "whose", "and",
    }
)  # fmt: skip
_JOINTS = frozenset(
    {"of", "in", "for", "from", "by", "on", "at", "and", ",", "or", "with", "that", "who", "is", "are"}
)  # fmt: skip
_LATE = ("with", "rel", "whose", "named", "not", "never", "without")


class Words:
    """A question's items as signs, looked at once and used for each of its plans."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = tuple(items)
        self.signs = [sign(item) for item in items]
        self.place = {id(item): n for n, item in enumerate(items)}
        self.starts = {item.start: n for n, item in enumerate(items)}
        late = next((n for n, item in enumerate(items) if n and item.has(*_LATE) and not item.has("open")), len(items))
        self.late = late
        self.cues = sorted(_telling(items))
        self.lemmas = {part for item in items for part in (item.lower, item.lemma, *item.lower.split())}
        self.lemmas |= {lemma(part) for item in items for part in item.lower.split()}
        self.named: dict[str, float] = {}  # how surely a table is named
        for item in items:
            for link in item.links:
                if not link.column:
                    self.named[link.table] = max(self.named.get(link.table, 0.0), link.score)

    def find(self, item: Item | None) -> int:
        """Where the item stands; changed copies of an item stand where it did; -1 for none."""
        if item is None:
            return -1
        return self.place.get(id(item), self.starts.get(item.start, -1))

    def before(self, place: int) -> str:
        place -= 1
        while place >= 0 and not self.signs[place]:
            place -= 1
        return self.signs[place] if place >= 0 else "^"

    def after(self, place: int) -> str:
        place += 1
        while place < len(self.signs) and not self.signs[place]:
            place += 1
        return self.signs[place] if place < len(self.signs) else "$"


def sign(item: Item) -> str:
    """What kind of thing an item is, "" for one that says nothing."""
    if item.quoted:
        return "Q"
    if item.period is not None or item.number is not None:
        return "N"
    if item.adjective is not None:
        return "SUP" if item.adjective.superlative else "CMP"
    tags = item.tags - {"filler"}
    if tags and not (item.links and item.links[0].score >= 0.9):
        if item.lower in _JOINTS:
            return item.lower
        return next((tag for tag in _CUES if tag in tags), "tag")
    if item.links:
        return "T" if names_table(item) else "C"
    if item.matches:
        return "V"
    if item.nouns:
        return "VB"
    if item.tags or not item.content:
        return "?" if item.lower in (".", "?", "!") else ""
    return "x"


def _telling(items: Sequence[Item]) -> set[str]:
    found: set[str] = set()
    for item in items:
        found |= item.tags & _TELLING
        if item.adjective is not None and item.adjective.superlative:
            found.add("superlative")
    return found


def evidence(plan: form.Plan, builder: Builder, words: Words, change: tuple[tuple[str, Item | None], ...]) -> Signals:
    """The signals of one plan.

    Args:
        plan: what was built.
        builder: what it was built with.
        words: of the question.
        change: the changes that led to it from the grammar's reading, each with the words it is about.

    Returns:
        signal to value, most of them 1.
    """
    found: Signals = {}
    for name in (*_changes(change, words), *_places(plan, builder, words), *_shapes(plan, builder, words)):
        found[name] = found.get(name, 0.0) + 1.0
    for name, value in (*_links(builder, words), *_tables(plan, builder, words), *_said(plan, builder, words)):
        if value:
            found[name] = found.get(name, 0.0) + value
    return found


def _changes(change: tuple[tuple[str, Item | None], ...], words: Words) -> Iterator[str]:
    for name, about in change:
        yield f"e {name}"
        place = words.find(about)
        if place >= 0:
            yield f"e {name} {words.before(place)} {words.signs[place]}"
            yield f"e {name} {words.signs[place]} {words.after(place)}"


# --------------------------------------------------------------------------------------------------- places
def _places(plan: form.Plan, builder: Builder, words: Words) -> Iterator[str]:
    """What became of each name."""
    became = _became(builder, words)
    for place, item in enumerate(words.items):
        mark = words.signs[place]
        role = became.get(place)
        if role is None:
            if mark not in ("T", "C", "V", "Q", "N"):
                continue
            role = "left"
        late = "late" if place > words.late else "early"
        before, after = words.before(place), words.after(place)
        yield f"p {role} {mark} {late}"
        yield f"p {role} {mark} <{before}"
        yield f"p {role} {mark} >{after}"
        yield f"p {role} {before} {after}"
        if item.lower.endswith("s") and item.lemma != item.lower:
            yield f"p {role} {mark} plural"
        if before in ("and", ","):
            above = next((became[n] for n in range(place - 1, -1, -1) if n in became), "-")
            yield f"p {role} {before} {above}"


def _became(builder: Builder, words: Words) -> dict[int, str]:
    frame = builder.frame
    became: dict[int, str] = {}

    def note(item: Item | None, role: str) -> None:
        place = words.find(item)
        if place >= 0:
            became.setdefault(place, role)

    for shown in (*builder.groups, *builder.shown):
        if shown.asked:
            note(shown.item, f"{shown.source}:{_kind(shown, builder.context.schema)}")
    for term in (*frame.targets, *frame.groups):
        note(term.owner, "owner")
    for sort in frame.sorts:
        if sort.term is not None:
            note(sort.term.item, "sort:" + (sort.term.function or ("sup" if sort.superlative else "plain")))
    _note_conditions(frame, note)
    note(frame.entity, "things")
    for item in frame.mentioned:
        note(item, "mention")
    for item in frame.hints:
        note(item, "hint")
    return became


def _note_conditions(frame: Frame, note) -> None:
    def visit(conditions: Sequence[Condition | Exists], inside: str) -> None:
        for condition in conditions:
            if condition.term is not None:
                note(condition.term.item, f"{inside}{'has' if isinstance(condition, Exists) else 'side'}")
                note(condition.term.owner, f"{inside}owner")
            if isinstance(condition, Exists):
                visit(condition.inner, inside + ("no-" if condition.negated else "in-"))
            else:
                for operand in condition.operands:
                    note(operand.item, f"{inside}{condition.op}")

    visit(frame.conditions, "")


def _kind(shown: Shown, schema: Schema) -> str:
    expr = shown.expr
    if isinstance(expr, form.Aggregate):
        return expr.function + ("!" if expr.distinct else "") + ("" if expr.of is not None else "*")
    if isinstance(expr, form.Column):
        info = schema.tables[expr.table]
        if (expr.name,) == info.label:
            return "label"
        if expr.name in info.key:
            return "key"
        if expr.name in info.foreign:
            return "foreign"
        return "column"
    return type(expr).__name__.lower()


# --------------------------------------------------------------------------------------------------- shapes
def _shapes(plan: form.Plan, builder: Builder, words: Words) -> Iterator[str]:
    """What the plan does, alone and with the words of the question that ask for something."""
    shapes = list(_traits(plan, builder))
    for shape in shapes:
        yield f"s {shape}"
    for cue in words.cues:
        for shape in shapes:
            yield f"s {shape} & {cue}"


def _traits(plan: form.Plan, builder: Builder) -> Iterator[str]:
    asked = [output for output in plan.outputs if output.asked]
    figures = [output for output in asked if form.aggregates(output.expr)]
    schema = builder.context.schema
    yield f"shows {min(len(asked), 5)}"
    yield f"figures {min(len(figures), 3)}"
    if figures:
        expr = figures[0].expr
        yield f"figure {expr.function if isinstance(expr, form.Aggregate) else type(expr).__name__}"
    yield "grouped" if plan.group else "not grouped"
    if plan.distinct:
        yield "distinct"
    elif not plan.grouped:
        tables = {o.expr.table for o in asked if isinstance(o.expr, form.Column)}
        fine = bool(tables) and all(table == plan.root for table in tables)
        unique = any(
            isinstance(o.expr, form.Column)
            and (o.expr.name,) in (schema.tables[o.expr.table].key, schema.tables[o.expr.table].label)
            for o in asked
        )
        yield f"repeats {'own' if fine else 'joined'} {'label' if unique else 'plain'}"
    if plan.order:
        yield f"ordered {'down' if plan.order[0].descending else 'up'}"
    yield f"limit {min(plan.limit, 2)}" if plan.limit is not None else "no limit"
    nodes = list(form.walk(plan))
    related = [node for node in nodes if isinstance(node, form.Related)]
    if related:
        yield "related" + (" none" if any(node.negated for node in related) else "")
    if plan.having:
        yield "having"
    if plan.top is not None:
        yield "top"
    if plan.combine is not None:
        yield plan.combine.kind
    if plan.base is not None:
        yield "over groups"
    if any(isinstance(node, form.Scalar) for node in nodes):
        yield "scalar"
    yield f"conditions {min(3, len(plan.where) + len(plan.having))}"


# ---------------------------------------------------------------------------------------------------- links
def _links(builder: Builder, words: Words) -> Iterator[tuple[str, float]]:
    context = builder.context
    for decision in context.decisions.values():
        link, options = decision.link, decision.options
        kind = "v" if decision.item.matches and link.how == "value" else "c" if link.column else "t"
        yield f"l {kind} {link.how}", 1.0
        yield f"l {kind} weak", 1.0 - min(1.0, link.score)
        yield f"l {kind} behind", options[0][1] - options[decision.taken][1]
        if decision.taken:
            yield f"l {kind} other", 1.0
    for why, amount in context.penalties.items():
        yield f"h {why}", amount
    yield "h unused", float(len(builder.frame.unused))
    yield "h dropped", float(len(builder.frame.dropped))


def _tables(plan: form.Plan, builder: Builder, words: Words) -> Iterator[tuple[str, float]]:
    context = builder.context
    nodes = list(form.walk(plan, subplans=True))
    tables = {node.table for node in nodes if isinstance(node, form.Column) and node.table}
    tables |= {node.table for node in nodes if isinstance(node, form.Related | form.Aggregate) and node.table}
    yield f"t {min(5, len(tables | {plan.root}))}", 1.0
    yield "t count", float(len(tables))
    if context.entity:
        yield f"t root {'things' if plan.root == context.entity else 'other'}", 1.0
    near = context.schema.near(plan.root) if plan.root in context.schema.tables else {}
    apart = [near.get(table, 9) for table in tables]
    yield "t far", float(sum(min(4, steps) for steps in apart))
    yield "t unreached", float(sum(steps == 9 for steps in apart))
    unnamed = [table for table in tables | {plan.root} if words.named.get(table, 0.0) < 0.7]
    bridges = sum(context.schema.tables[table].bridge for table in unnamed if table in context.schema.tables)
    yield "t unnamed", float(len(unnamed) - bridges)
    yield "t unnamed bridge", float(bridges)
    yield "t sure", sum(words.named.get(table, 0.0) >= 0.9 for table in tables | {plan.root})
    if len(tables | {plan.root}) > 1:
        yield f"t root {'named' if words.named.get(plan.root, 0.0) >= 0.7 else 'unnamed'}", 1.0
    elif unnamed:
        yield "t alone unnamed", 1.0
    named = {link.table for item in builder.frame.mentioned for link in item.links[:1] if link.score >= 0.9}
    yield "t named, not used", float(len(named - tables - {plan.root}))
    for made in builder.narrow.facts:
        yield from _fact(made, plan.root, near, context.entity, context.schema)
    for presence in builder.narrow.presences:
        steps = min(3, near.get(presence.table, 4))
        yield f"w has {'none' if presence.negated else 'some'} {'n' if presence.count is not None else ''} {steps}", 1.0


def _said(plan: form.Plan, builder: Builder, words: Words) -> Iterator[tuple[str, float]]:
    """How much of the columns' names is said in the question."""
    schema = builder.context.schema

    def missing(column: form.Column) -> float:
        info = schema.tables.get(column.table)
        if info is None or column.name not in info.column_words:
            return 0.0
        named = info.column_words[column.name]
        own = [word for word in named if word not in info.words] or list(named)
        return sum(word not in words.lemmas for word in own) / len(own)

    for output in plan.outputs:
        if output.asked:
            columns = [node for node in form.walk(output.expr) if isinstance(node, form.Column)]
            if columns:
                yield "u shown unsaid", sum(map(missing, columns)) / len(columns)
                yield "u shown apart", float(words.named.get(columns[0].table, 0.0) < 0.7)
    for order in plan.order[:1]:
        for node in form.walk(order.expr):
            if isinstance(node, form.Column):
                yield "u order unsaid", missing(node)
    for made in builder.narrow.facts:
        if made.column[1]:
            unsaid = missing(form.Column(*made.column))
            kind = "value" if made.predicate and isinstance(made.predicate, form.Compare | form.Among) else "other"
            yield f"u {kind} unsaid", unsaid
            yield f"u {kind} apart", float(words.named.get(made.column[0], 0.0) < 0.7)
    for condition in builder.frame.conditions:
        item = condition.operands[0].item if isinstance(condition, Condition) and condition.operands else None
        if item is not None and item.matches and not item.quoted and item.number is None:
            place = words.find(item)
            shape = "capital" if item.text[:1].isupper() else "participle" if item.lower.endswith("ed") else "plain"
            yield f"u value {shape} {'named' if condition.term is not None else 'bare'}", 1.0
            yield f"u value {shape} >{words.after(place)}", 1.0
            if item.links:
                yield f"u value {shape} is a name", item.links[0].score


def _fact(made: Fact, root: str, near: dict[str, int], entity: str, schema: Schema) -> Iterator[tuple[str, float]]:
    steps = min(3, near.get(made.table, 4))
    of = "things" if made.table == entity else "root" if made.table == root else f"far{steps}"
    predicate = made.predicate
    op = predicate.op if isinstance(predicate, form.Compare) else type(predicate).__name__.lower()
    yield f"w {op} {of}{' not' if made.negated else ''}", 1.0
    if made.column[1] and isinstance(predicate, form.Compare) and isinstance(predicate.right, form.Literal):
        info = schema.tables[made.column[0]]
        meta = info.table.column(made.column[1])
        kind = (
            "label"
            if (meta.name,) == info.label
            else "key"
            if meta.name in info.key
            else "foreign"
            if meta.name in info.foreign
            else meta.kind
        )
        value = "text" if isinstance(predicate.right.value, str) else "number"
        yield f"w {op} {kind} {value} {of}", 1.0
