"""A question about what the answer in focus showed: "what are their names", "which of those is the largest".

The question is read on its own, with the rows of the focus as its subject where it names none; then it is narrowed down
to those rows. How the focus picked them decides how: by conditions, by the first of an order, by a figure of groups.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from workspace.errors import PlanInvalid
from workspace.question import plan as form
from workspace.question.alter import subject
from workspace.question.assemble import finest
from workspace.question.build import Builder, heading
from workspace.question.frames import Frame
from workspace.question.linking import Linked
from workspace.question.plan import Plan
from workspace.question.rank import Candidate
from workspace.question.resolve import NAMED, Context, with_links
from workspace.question.schema import Link, Schema
from workspace.question.sql import check

OWN_ROWS = 0.24  # how much the rows in focus pull names towards their table


@dataclass(frozen=True, slots=True)
class Referent:
    """What the focus showed: rows of ``table``, or with ``key`` values of that expression."""

    table: str
    key: form.Expr | None = None


def referent(focus: Plan, schema: Schema) -> Referent | None:
    """The rows or values that the answer in focus is about; None where nothing tells."""
    plan = focus.base if focus.base is not None else focus
    if not plan.grouped or not plan.group:
        counted = next((n.table for o in plan.outputs for n in form.walk(o.expr) if _counts(n) and n.table), "")
        return Referent(counted or plan.root)
    for output in plan.outputs:
        if form.aggregates(output.expr):
            continue
        table = next((n.table for n in form.walk(output.expr) if isinstance(n, form.Column) and n.table), "")
        if not table or not schema.catalog.has(table):
            continue
        key = tuple(form.Column(table, name) for name in schema.tables[table].key)
        if len(key) == 1 and key[0] in plan.group:
            return Referent(table, key[0])
        return Referent(table, output.expr)
    return Referent(plan.root)


def _counts(node: object) -> bool:
    return isinstance(node, form.Aggregate) and node.function == "count" and node.of is None


def refer(linked: Linked, frame: Frame, schema: Schema, focus: Plan, *, points: bool = False) -> Candidate | None:
    """The text as a question about what the focus showed; None when it cannot be one.

    Args:
        linked: the text without its pointing words.
        frame: the same, taken apart.
        schema: of the catalog.
        focus: the plan of the answer before.
        points: whether the text points back in so many words, so that what the focus showed stays as it is.
    """
    about = referent(focus, schema)
    empty = not (frame.targets or frame.conditions or frame.groups or frame.sorts or frame.everything or frame.entity)
    if about is None or not schema.catalog.has(about.table) or (empty and frame.limit is None and not points):
        return None
    context = Context(schema, frame)
    context.entity = about.table
    if frame.entity is None:
        context.pull[about.table] = OWN_ROWS
        _own_key(frame, about.table, schema)
    for node in form.walk(focus):
        if isinstance(node, form.Column) and node.table and schema.catalog.has(node.table):
            context.favoured.add((node.table, node.name))
            context.pull.setdefault(node.table, NAMED)
    implied = not frame.targets and not frame.groups and not frame.everything
    asked = Builder(context).build()
    if asked is None or not asked.root:
        return None
    same = asked.root == focus.root and not asked.grouped
    if implied and same and not focus.grouped and focus.combine is None and _named_alike(context, about):
        asked = replace(asked, outputs=focus.outputs, distinct=focus.distinct)
    elif implied and about.key is not None and not asked.grouped and not _keys_rows(about, schema):
        shown = tuple(output for output in focus.outputs if not form.aggregates(output.expr))
        asked = replace(asked, outputs=shown)
    counted = _counted_values(focus)
    if counted is not None and (empty or [output.expr for output in asked.outputs] == [counted]):
        label = heading(counted.name)
        asked = Plan(focus.root, (form.Output(counted, label),), distinct=True)
    plan = narrowed(asked, focus, schema, points=points)
    if plan is None or not _valid(plan, schema):
        return None
    candidate = Candidate(plan, linked, frame, context)
    candidate.features = dict(context.penalties)
    return candidate


def _keys_rows(about: Referent, schema: Schema) -> bool:
    return isinstance(about.key, form.Column) and (about.key.name,) == schema.tables[about.table].key


def _own_key(frame: Frame, table: str, schema: Schema) -> None:
    """ "what is its *id*" asks for the key of that very row, whatever else is called so."""
    key = schema.tables[table].key
    for term in frame.targets:
        item = term.item
        plain = item is not None and item.end - item.start == 1 and term.owner is None and term.function is None
        if len(key) == 1 and item is not None and plain and item.lemma in ("id", "identifier", "key"):
            term.item = with_links(item, [Link(table, key[0], 1.0, "label")])


def _counted_values(focus: Plan) -> form.Column | None:
    """The column whose different values the focus counted: "what are they" asks for those."""
    if len(focus.outputs) != 1 or focus.group:
        return None
    figure = focus.outputs[0].expr
    values = isinstance(figure, form.Aggregate) and figure.function == "count" and figure.distinct
    return figure.of if values and isinstance(figure.of, form.Column) else None


def _named_alike(context: Context, about: Referent) -> bool:
    return context.entity == about.table


def _valid(plan: Plan, schema: Schema) -> bool:
    try:
        check(plan, schema.catalog)
    except PlanInvalid:
        return False
    return True


# ------------------------------------------------------------------------------------------------------ narrowing
def narrowed(asked: Plan, focus: Plan, schema: Schema, *, points: bool = True) -> Plan | None:
    """``asked`` for the rows that ``focus`` showed; None where they cannot be told.

    Args:
        asked: what is asked of them.
        focus: what picked them.
        schema: of the catalog.
        points: whether those very rows are meant; otherwise another condition on the same takes the place of theirs.
    """
    if focus.base is not None or asked.base is not None or asked.combine is not None:
        return None
    if focus.combine is not None or focus.top is not None:
        return _by_key(asked, focus, schema)
    picked = focus.limit is not None or bool(focus.having)
    if picked and not points and (asked.where or asked.order or asked.having):
        return _under(asked, focus, schema, points=points)  # another pick out of the same rows
    if not picked:
        return _ordered(_extreme(_under(asked, focus, schema, points=points), focus), focus)
    if focus.group:
        return _by_group(asked, focus, schema)
    plain = not asked.grouped and not asked.order and asked.limit is None and asked.top is None
    if plain and asked.root == focus.root and focus.limit is not None:
        kept = _under(asked, focus, schema, points=points)
        return replace(kept, order=focus.order, limit=focus.limit)
    return _by_key(asked, focus, schema)


def narrows(focus: Plan) -> bool:
    """Did the focus pick some rows out of all?"""
    return bool(focus.where or focus.having or focus.limit is not None or focus.combine or focus.top or focus.base)


def _ordered(asked: Plan, focus: Plan) -> Plan:
    """The rows stay in the order they were shown in."""
    gathered = asked.grouped or focus.grouped or asked.distinct
    return asked if gathered or asked.order or asked.root != focus.root else replace(asked, order=focus.order)


def _under(asked: Plan, focus: Plan, schema: Schema, *, points: bool) -> Plan:
    """Under the conditions of the focus, unless the text says another value for the same column."""
    said = {subject(item) for item in asked.where if _pins(item)} - {None}
    kept = tuple(
        item for item in focus.where if not (subject(item) in said and _pins(item)) and item not in asked.where
    )
    if not kept:
        return asked
    moved = _moved(tuple(kept), asked, focus.root, schema)
    roles, joins, optional = asked.roles, asked.joins, asked.optional
    if asked.root == focus.root:
        roles, joins = roles or focus.roles, joins or focus.joins
    return replace(asked, where=(*moved, *asked.where), roles=roles, joins=joins, optional=optional)


def _pins(item: form.Predicate) -> bool:
    """Does the condition name its values, so that another value of the column replaces it?"""
    return (isinstance(item, form.Compare) and item.op == "=") or (isinstance(item, form.Among) and item.plan is None)


def _moved(items: tuple[form.Predicate, ...], asked: Plan, root: str, schema: Schema) -> tuple[form.Predicate, ...]:
    """Conditions on rows of ``root`` as conditions on rows that hang together with them."""
    if asked.root == root:
        return items
    reach = schema.reach(asked.root)
    placed = tuple(_from(item, root) for item in items)
    if root in reach:
        return placed
    tables = {table for item in placed for table in _tables(item)}
    if tables <= reach.keys():
        return placed
    return (form.Related(root, placed),)


def _from(item: form.Predicate, root: str) -> form.Predicate:
    """The condition with its related rows hanging on ``root``."""

    def anchor(node: object) -> object:
        return replace(node, source=root) if isinstance(node, form.Related) and not node.source else node

    if isinstance(item, form.Related):
        return replace(item, source=item.source or root)
    return form.replace_nodes(item, anchor)


def _extreme(asked: Plan, focus: Plan) -> Plan:
    """After "the lowest price": the row that has it."""
    if len(focus.outputs) != 1 or focus.group or asked.grouped or asked.order:
        return asked
    figure = focus.outputs[0].expr
    if not (isinstance(figure, form.Aggregate) and figure.function in ("min", "max") and figure.of is not None):
        return asked
    found = form.Scalar(replace(focus, chart="", order=(), limit=None))
    return replace(asked, where=(*asked.where, form.Compare(figure.of, "=", found)))


def _by_group(asked: Plan, focus: Plan, schema: Schema) -> Plan | None:
    """Groups that a figure picked: the text is asked of those groups."""
    about = referent(focus, schema)
    if about is None or about.key is None:
        return None
    return _among(asked, about.key, replace(focus, outputs=(form.Output(about.key, "key"),), chart=""), schema)


def _by_key(asked: Plan, focus: Plan, schema: Schema) -> Plan | None:
    """Rows that no condition tells: they are looked up by their key."""
    if focus.grouped and focus.group:
        return _by_group(asked, focus, schema)
    key = schema.tables[focus.root].key if focus.root in schema.tables else ()
    if len(key) != 1 or focus.grouped:
        return None
    column = form.Column(focus.root, key[0])
    return _among(asked, column, _keys(focus, column), schema)


def _keys(focus: Plan, key: form.Column) -> Plan:
    combine = focus.combine
    if combine is not None:
        combine = replace(combine, plan=_keys(combine.plan, key))
    return replace(focus, outputs=(form.Output(key, "key"),), combine=combine, chart="", distinct=False)


def _among(asked: Plan, key: form.Expr, picked: Plan, schema: Schema) -> Plan | None:
    """``asked`` where ``key`` is among those that ``picked`` gives."""
    table = next((n.table for n in form.walk(key) if isinstance(n, form.Column)), "")
    one = picked.limit == 1
    test: form.Predicate = form.Compare(key, "=", form.Scalar(picked)) if one else form.Among(key, plan=picked)
    used = {table for output in asked.outputs for table in _tables(output.expr)}
    if table == asked.root or table in schema.reach(asked.root) or table in used:
        return replace(asked, where=(test, *asked.where))
    if finest(schema, {table, asked.root}) is None and table not in schema.near(asked.root):
        return None
    return replace(asked, where=(form.Related(table, (test,)), *asked.where))


def _tables(node: object) -> Iterable[str]:
    return {part.table for part in form.walk(node) if isinstance(part, form.Column) and part.table}
