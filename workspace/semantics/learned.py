"""What a person's choice between readings says of a word, as a definition that could be kept, if they say so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workspace.database.catalog import Catalog
from workspace.question import lexicon
from workspace.question import plan as form
from workspace.question.linking import Item, link
from workspace.question.plan import Plan
from workspace.question.reading import Values
from workspace.question.schema import schema_of
from workspace.semantics.model import Metric, Semantics, Synonym

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
LEAST = 0.5  # of a link that a word may have been taken for


@dataclass(frozen=True, slots=True)
class Learned:
    """``said`` means ``means``: a table, a column, a value, or with ``figure`` an expression over ``table``."""

    said: str
    means: str
    figure: bool = False
    table: str = ""

    def added(self, model: Semantics) -> Semantics:
        """The definitions with this one."""
        if self.figure:
            return model.with_metric(Metric(self.said, self.means, table=self.table))
        return model.with_synonym(Synonym(self.said, self.means))

    def known(self, model: Semantics) -> bool:
        """Do the definitions say so already?"""
        return self.added(model) == model


def learned(
    question: str, chosen: Plan, others: Sequence[Plan], catalog: Catalog, values: Values | None, clock: datetime
) -> Learned | None:
    """The one word that the chosen reading takes for something no other reading does; None when there is no such word.

    Args:
        question: as the person asked it.
        chosen: the reading they took.
        others: the readings they did not take.
        catalog, values: of the source.
        clock: what "today" means.
    """
    if not others:
        return None
    own = _names(chosen) - set().union(*map(_names, others))
    found = [
        told
        for item in link(question, schema_of(catalog), values, clock).items
        if (told := _value(item, own) or _figure(item, chosen, others) or _named(item, own)) is not None
    ]
    return found[0] if len(found) == 1 else None


def written(expr: Any) -> str:
    """An expression as a person would write it into a file; raises `ValueError` for what cannot be written there.

    Example:
        >>> written(form.Aggregate("sum", form.Column("sale", "amount")))
        'sum(sale.amount)'
    """
    match expr:
        case form.Column(role=""):
            return f"{_quoted(expr.table)}.{_quoted(expr.name)}"
        case form.Literal() if isinstance(expr.value, int | float):
            return str(expr.value)
        case form.Aggregate(of=None, function="count"):
            return "count(*)"
        case form.Aggregate():
            return f"{expr.function}({'distinct ' if expr.distinct else ''}{written(expr.of)})"
        case form.Arithmetic():
            return f"{_inner(expr.left)} {expr.op} {_inner(expr.right)}"
    raise ValueError("This is not an expression that can be kept.")


def _inner(expr: Any) -> str:
    return f"({written(expr)})" if isinstance(expr, form.Arithmetic) else written(expr)


def _quoted(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else '"' + name.replace('"', '""') + '"'


def _names(plan: Plan) -> set[tuple[str, str]]:
    """The tables and columns a plan speaks of."""
    found: set[tuple[str, str]] = set()
    for node in form.walk(plan, subplans=True):
        if isinstance(node, form.Column) and node.table:
            found |= {(node.table, node.name), (node.table, "")}
        elif isinstance(node, form.Aggregate | form.Related) and node.table:
            found.add((node.table, ""))
        elif isinstance(node, Plan) and node.root:
            found.add((node.root, ""))
    return found


def _named(item: Item, own: set[tuple[str, str]]) -> Learned | None:
    """A name that means one of the things only the chosen reading speaks of."""
    if item.matches or item.measure is not None or item.quoted:
        return None
    targets = {(link.table, link.column) for link in item.links if link.score >= LEAST} & own
    columns = {target for target in targets if target[1]}
    targets = columns or targets
    if len(targets) != 1:
        return None
    table, column = next(iter(targets))
    return Learned(item.text, f"{_quoted(table)}.{_quoted(column)}" if column else _quoted(table))


def _value(item: Item, own: set[tuple[str, str]]) -> Learned | None:
    """A value that is meant in the column only the chosen reading speaks of."""
    places = {(match.table, match.column): match.value for match in item.matches if (match.table, match.column) in own}
    if len(places) != 1:
        return None
    ((table, column), value), *_ = places.items()
    quoted = "'" + value.replace("'", "''") + "'"
    return Learned(item.text, f"{_quoted(table)}.{_quoted(column)} = {quoted}")


def _figure(item: Item, chosen: Plan, others: Sequence[Plan]) -> Learned | None:
    """A business figure that the chosen reading works out in a way of its own."""
    said = [m for m in lexicon.measure_words() if item.lemma in m.said or item.lower in m.said]
    if not said or item.measure is not None or item.matches or (item.links and item.links[0].score >= 0.97):
        return None
    theirs = {output.expr for other in others for output in other.outputs}
    figures = [output.expr for output in chosen.outputs if form.aggregates(output.expr) and output.expr not in theirs]
    if len(figures) != 1:
        return None
    expr = figures[0].of if isinstance(figures[0], form.Share) else figures[0]
    counted = next((n.table for n in form.walk(expr) if isinstance(n, form.Aggregate) and n.of is None), "")
    try:
        return Learned(item.text, written(expr), figure=True, table=counted)
    except ValueError:
        return None
