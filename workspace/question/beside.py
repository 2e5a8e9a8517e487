"""What helps to read an answer that would be numbers of rows alone: whose number it is, and what the row is about."""

from __future__ import annotations

from dataclasses import replace

from workspace.database.catalog import Catalog
from workspace.question import plan as form
from workspace.question.build import heading, words
from workspace.question.joins import own_nodes
from workspace.question.plan import Output, Plan
from workspace.question.schema import Schema, schema_of
from workspace.question.wording import singular

MOST = 3  # columns put beside a key


def legible(plan: Plan, catalog: Catalog) -> Plan:
    """The plan with columns that nobody asked for but that make its rows readable (``asked`` is False).

    Args:
        plan: what was understood; its rows, groups and order stay as they are.
        catalog: its tables.
    """
    if plan.base is not None or plan.combine is not None or plan.distinct or plan.top is not None:
        return plan
    schema = schema_of(catalog)
    return _whose(plan, schema) if plan.grouped else _about(_whose(plan, schema), schema)


def _whose(plan: Plan, schema: Schema) -> Plan:
    """ "which support rep has the most customers": the employee's name beside the number in the customers' table."""
    known = {node.table for node in own_nodes(plan) if isinstance(node, form.Column)}
    for place, output in enumerate(plan.outputs):
        column = output.expr
        if not isinstance(column, form.Column) or not column.table or column.role or plan.joins:
            continue
        keys = [key for key in schema.tables[column.table].outgoing if key.columns == (column.name,)]
        if len(keys) != 1 or keys[0].ref_table in known:
            continue
        info = schema.tables[keys[0].ref_table]
        again = [key for key in schema.tables[column.table].outgoing if key.ref_table == info.name]
        if not info.label or len(again) != 1 or info.name == column.table or output.label == "":
            continue
        parts = tuple(form.Column(info.name, name) for name in info.label)
        expr: form.Expr = form.Joined(parts) if len(parts) > 1 else parts[0]
        own = heading(words(column.name))
        said = output.label if output.label.lower() != own.lower() else heading(singular(words(info.name)))
        pair = Output(expr, said, asked=False), replace(output, label=own)
        outputs = (*plan.outputs[:place], *pair, *plan.outputs[place + 1 :])
        group = (*plan.group, expr) if plan.grouped else ()
        # A row whose number leads nowhere stays.
        return replace(plan, outputs=outputs, group=group, optional=(*plan.optional, info.name))
    return plan


def _about(plan: Plan, schema: Schema) -> Plan:
    """ "invoices over 10 from Germany", told by their numbers: their date and total beside it."""
    info = schema.tables.get(plan.root)
    asked = [output.expr for output in plan.outputs]
    keys = {form.Column(plan.root, name) for name in info.key} if info is not None else set()
    if info is None or info.label or not asked or not set(asked) <= keys:
        return plan
    fixed = {p.left for p in plan.where if isinstance(p, form.Compare) and p.op == "="}
    spoken = [node for p in plan.where for node in form.walk(p) if isinstance(node, form.Column)]
    spoken += [node for order in plan.order for node in form.walk(order.expr) if isinstance(node, form.Column)]
    usual = [*info.dates[:1], *([info.amount] if info.amount else [])]
    wanted = [*spoken, *(form.Column(plan.root, name) for name in usual)]
    places = {column.name: place for place, column in enumerate(info.table.columns)}
    own = [column for column in dict.fromkeys(wanted) if column.table == plan.root and not column.role]
    found = [column for column in own if column not in keys | fixed and column.name not in info.foreign][:MOST]
    found.sort(key=lambda column: places[column.name])
    shown = tuple(Output(column, heading(column.name), asked=False) for column in found)
    return replace(plan, outputs=(*plan.outputs, *shown))
