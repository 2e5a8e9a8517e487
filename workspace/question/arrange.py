"""How a follow-up arranges an answer: what it is sorted by, how many rows are kept, the highest or the lowest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from workspace.question import plan as form
from workspace.question.frames import Frame, Sort
from workspace.question.linking import Item, Linked
from workspace.question.plan import Order, Plan
from workspace.question.wording import singular

_LOWEST = ("min", "fewest", "bottom")
_EXTREMES = ("max", "min", "most", "fewest", "top", "bottom")


@dataclass(frozen=True, slots=True)
class Cut:
    """So many rows are kept, the last ones in the order of the figure where ``lowest``."""

    rows: int
    lowest: bool = False


def cut(linked: Linked, frame: Frame, tags: frozenset[str], plan: Plan) -> Cut | None:
    """How many rows a text asks for: "top 3", "make it 10", "and the lowest 3", "which one is the highest"."""
    if frame.limit is not None:
        return Cut(frame.limit, any(item.has("bottom") and not item.has("filler") for item in linked.items))
    items = [item for item in linked.items if not item.has("filler") and item.text.strip()]
    for place, item in enumerate(items):
        number = item.number
        before = items[place - 1] if place else None
        if not isinstance(number, int) or number < 1 or item.links:
            continue
        if before is not None and before.has(*_EXTREMES) and place + 1 >= len(items) - 1:
            return Cut(number, before.has(*_LOWEST))
        if len(items) <= 2 and "instead" in tags and plan.limit is not None:
            return Cut(number)
    last = items[-1] if items else None
    asked = any(item.lower.startswith(("which", "who")) for item in items[:1])
    if asked and last is not None and last.has(*_EXTREMES) and not last.links and plan.measures and plan.dimensions:
        return Cut(1, last.has(*_LOWEST))
    return None


def kept(plan: Plan, rows: Cut, frame: Frame, items: Sequence[Item]) -> Plan:
    """The plan with so many rows; what is in the order of time, or in none, is put in that of its figure."""
    order = plan.order
    if all(isinstance(item.expr, form.Bucket) for item in order) and not frame.sorts:
        figure = next((output.expr for output in plan.outputs if form.aggregates(output.expr)), None)
        order = (Order(figure, descending=True),) if figure is not None else order
    figures = any(form.aggregates(item.expr) for item in order)
    highest = any(item.lower == "top" or item.has("max", "most") for item in items) and figures
    if rows.lowest or highest:
        order = tuple(replace(item, descending=not rows.lowest) for item in order)
    return replace(plan, limit=rows.rows, order=order)


def as_shown(plan: Plan, sort: Sort) -> form.Expr | None:
    """What is sorted by, where a column that is shown goes by that name."""
    item = sort.term.item if sort.term is not None else None
    if item is None:
        return None
    links = {(link.table, link.column) for link in item.links}
    for output in plan.outputs:
        if item.lower in (output.label.lower(), singular(output.label.lower())):
            return output.expr
    for output in plan.outputs:
        column = output.expr
        if isinstance(column, form.Column) and (column.table, column.name) in links:
            return column
    named = next((output.expr for output in plan.outputs if not form.aggregates(output.expr)), None)
    return named if item.lemma == "name" and plan.grouped else None
