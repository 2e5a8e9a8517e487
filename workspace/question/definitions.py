"""Definitions of a person's own, settled against a catalog: what words mean here, figures, default filters.

A catalog carries them (`Catalog.definitions`); whoever reads it for questions takes them from there. A catalog without
any costs nothing: every function here returns at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from workspace.database.catalog import Catalog
from workspace.errors import PlanInvalid
from workspace.question import plan as form
from workspace.question.joins import draw
from workspace.question.plan import Plan
from workspace.question.reading import Match, Values
from workspace.question.tokens import tokenize


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric: an expression that gathers rows of ``table``, under the name that a person gave it.

    Args:
        name: as it is shown.
        said: the ways to say it, as lemmas.
        expr: what it is.
        table: whose rows it gathers.
        where: what holds for the rows that count.
        format: as of `Output`.
        unit: said beside its name, "" for none.
        words: the definition as a person reads it.
    """

    name: str
    said: tuple[tuple[str, ...], ...]
    expr: form.Expr
    table: str
    where: tuple[form.Predicate, ...] = ()
    format: str = "decimal"
    unit: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Meaning:
    """Words that mean a value of a column; fulfils `Match`."""

    table: str
    column: str
    value: str
    score: float = 1.0
    rows: int = 1


@dataclass(frozen=True)
class Definitions:
    """See the module's docstring.

    Args:
        names: words (lemmas) that mean a table, or with a column a column.
        values: what is said, case-folded, to the values it means.
        figures: the metrics.
        filters: predicates that hold for a table's rows unless the question speaks of their columns.
        shown: the tables and columns that may be linked, in lower case; None for all.
        withheld: the words of hidden columns and of hidden tables, with what they name.
    """

    names: tuple[tuple[tuple[str, ...], str, str], ...] = ()
    values: dict[str, tuple[Meaning, ...]] = field(default_factory=dict)
    figures: tuple[Figure, ...] = ()
    filters: dict[str, tuple[form.Predicate, ...]] = field(default_factory=dict)
    shown: frozenset[tuple[str, str]] | None = None
    withheld: tuple[tuple[tuple[str, ...], str, str], ...] = ()


def lemmas(text: str) -> tuple[str, ...]:
    """Words as the planner compares them.

    Example:
        >>> lemmas("Gross margins")
        ('gross', 'margin')
    """
    return tuple(token.lemma for token in tokenize(text) if token.kind != "punct")


def defined(
    catalog: Catalog, phrases: dict[tuple[str, ...], dict[tuple[str, str], float]], vocabulary: set[str]
) -> dict[tuple[str, ...], Figure]:
    """The metrics by what is said; names are put into ``phrases``, where they mean that and nothing else.

    Args:
        catalog: with its definitions, if any.
        phrases: of a schema: words to the tables and columns they may mean.
        vocabulary: all words that mean something.
    """
    found = catalog.definitions
    if not isinstance(found, Definitions):
        return {}
    figures = {phrase: figure for figure in found.figures for phrase in figure.said}
    for phrase, table, column in found.names:
        phrases[phrase] = {(table, column): 1.0}
    vocabulary.update(word for phrase in (*figures, *(names[0] for names in found.names)) for word in phrase)
    return figures


class DefinedValues:
    """Lookup of cell values with what a person defined before what is found, and without what is hidden."""

    def __init__(self, values: Values | None, definitions: Definitions) -> None:
        self._values, self._defined, self._shown = values, definitions.values, definitions.shown

    def find(self, phrase: str) -> tuple[Match, ...]:
        defined = self._defined.get(" ".join(phrase.casefold().split()))
        if defined:
            return defined
        return self._kept(self._values.find(phrase)) if self._values is not None else ()

    def near(self, phrase: str, limit: int = 5) -> tuple[Match, ...]:
        return self._kept(self._values.near(phrase, limit)) if self._values is not None else ()

    def _kept(self, found: tuple[Match, ...]) -> tuple[Match, ...]:
        shown = self._shown
        if shown is None:
            return found
        return tuple(match for match in found if (match.table.lower(), match.column.lower()) in shown)


def known_values(catalog: Catalog, values: Values | None) -> Values | None:
    """The lookup of values as the catalog's definitions have it; the one given when they say nothing of values."""
    found = catalog.definitions
    if not isinstance(found, Definitions) or not (found.values or found.shown is not None):
        return values
    return DefinedValues(values, found)


def hidden_name(text: str, entity: str, catalog: Catalog) -> str:
    """What the text names that a person hid: a table, or a column of ``entity``; "" when it names none."""
    found = catalog.definitions
    if not isinstance(found, Definitions) or not found.withheld:
        return ""
    said, defined = lemmas(text), {phrase for phrase, _, _ in found.names}
    for phrase, table, column in found.withheld:
        if phrase in defined:
            continue
        if column and table != entity:
            continue
        if any(said[at : at + len(phrase)] == phrase for at in range(len(said))):
            return f"{table}.{column}" if column else table
    return ""


def figure_of(catalog: Catalog, expr: Any) -> Figure | None:
    """The metric that ``expr`` is, None when it is none; a bare number of rows is said as it is."""
    if isinstance(expr, form.Aggregate) and expr.of is None:
        return None
    found = catalog.definitions
    if not isinstance(found, Definitions):
        return None
    return next((figure for figure in found.figures if figure.expr == expr), None)


# ------------------------------------------------------------------------------------------------------ filters
def applied(
    plan: Plan, catalog: Catalog, said: tuple[Figure, ...] = (), *, known: frozenset[str] = frozenset()
) -> tuple[Plan, tuple[form.Predicate, ...]]:
    """A plan with the filters that hold by definition, and which those are.

    A filter of a table holds wherever rows of the table are used, unless the plan speaks of the filter's columns
    itself: "cancelled orders" and "orders per status" mean what they say.

    Args:
        plan: what was understood.
        catalog: with its definitions.
        said: metrics that the question names; their own conditions are added too.
        known: tables that the answer before used already: what was dropped there stays dropped.

    Raises:
        PlanInvalid: a metric's condition is out of reach of the plan's rows.
    """
    found = catalog.definitions
    if not isinstance(found, Definitions) or not (found.filters or any(figure.where for figure in said)):
        return plan, ()
    added: list[form.Predicate] = []
    changed = _filtered(plan, catalog, found, said, known, added)
    return changed, tuple(dict.fromkeys(added))


def figures_in(plan: Plan, catalog: Catalog) -> tuple[Figure, ...]:
    """The metrics with conditions of their own that a plan shows, orders by or compares."""
    found = catalog.definitions
    figures = found.figures if isinstance(found, Definitions) else ()
    return tuple(figure for figure in figures if figure.where and _uses(plan, figure))


def without_gone(plan: Plan, before: Plan, catalog: Catalog, said: tuple[Figure, ...]) -> Plan:
    """A plan that was changed, without the conditions of metrics that it no longer has."""

    def stays(figure: Figure) -> bool:  # one of the same expression that is named takes its place
        return _uses(plan, figure) and all(o.expr != figure.expr or o.name == figure.name for o in said)

    kept = {item for figure in (*filter(stays, figures_in(plan, catalog)), *said) for item in figure.where}
    found = catalog.definitions
    kept |= {item for items in found.filters.values() for item in items} if isinstance(found, Definitions) else set()
    gone = {item for figure in figures_in(before, catalog) if not stays(figure) for item in figure.where} - kept
    return replace(plan, where=tuple(item for item in plan.where if item not in gone)) if gone else plan


def tables_of(plan: Plan, catalog: Catalog) -> frozenset[str]:
    """All tables that a plan uses, those on the way between them included."""
    found: set[str] = set()
    for node in form.walk(plan, subplans=True):
        if isinstance(node, Plan) and node.root:
            found |= {table.name for table in draw(catalog, node).tables.values()}
        elif isinstance(node, form.Related):
            found.add(catalog.table(node.table).name)
    return frozenset(found)


def _filtered(
    plan: Plan,
    catalog: Catalog,
    definitions: Definitions,
    said: tuple[Figure, ...],
    known: frozenset[str],
    added: list[form.Predicate],
) -> Plan:
    def inner(node: Any) -> Any:
        return _filtered(node, catalog, definitions, said, known, added) if isinstance(node, Plan) else node

    spoken = {_name(node) for node in form.walk(plan) if isinstance(node, form.Column)}

    def fresh(table: str) -> Iterator[form.Predicate]:
        for predicate in definitions.filters.get(table, ()) if table not in known else ():
            columns = {_name(node) for node in form.walk(predicate) if isinstance(node, form.Column)}
            if not columns & spoken:
                yield predicate

    def change(node: Any) -> Any:
        if isinstance(node, form.Related):
            more = tuple(fresh(catalog.table(node.table).name))
            added.extend(more)
            return replace(node, where=(*node.where, *more)) if more else node
        return node

    where = tuple(form.replace_nodes(_deeper(item, inner), change) for item in plan.where)
    own = dict.fromkeys(item for figure in said if _uses(plan, figure) for item in figure.where if item not in where)
    more: list[form.Predicate] = list(own)
    if plan.root:  # a metric's own conditions may bring in tables, and speak of columns
        spoken |= {_name(node) for item in own for node in form.walk(item) if isinstance(node, form.Column)}
        for table in draw(catalog, replace(plan, where=(*where, *own))).tables.values():
            more += fresh(table.name)
    added.extend(item for item in more if item not in own)
    return replace(
        plan,
        where=(*where, *more),
        having=tuple(_deeper(item, inner) for item in plan.having),
        outputs=tuple(_deeper(item, inner) for item in plan.outputs),
        base=inner(plan.base),
        combine=replace(plan.combine, plan=inner(plan.combine.plan)) if plan.combine is not None else None,
    )


def _deeper(node: Any, inner: Callable[[Any], Any]) -> Any:
    """A copy of ``node`` with ``inner`` applied to the plans directly within it."""
    values = {}
    for name in type(node).__dataclass_fields__:
        value = getattr(node, name)
        if isinstance(value, Plan):
            value = inner(value)
        elif isinstance(value, tuple):
            value = tuple(_deeper(item, inner) if hasattr(item, "__dataclass_fields__") else item for item in value)
        elif hasattr(value, "__dataclass_fields__"):
            value = _deeper(value, inner)
        values[name] = value
    return type(node)(**values)


def _uses(plan: Plan, figure: Figure) -> bool:
    parts = (*plan.outputs, *plan.having, *plan.order, *((plan.top,) if plan.top else ()))
    return any(node == figure.expr for part in parts for node in form.walk(part))


def _name(column: form.Column) -> tuple[str, str]:
    return column.table.lower(), column.name.lower()


def mixed(plan: Plan, catalog: Catalog, said: tuple[Figure, ...]) -> bool:
    """Does a metric's own condition hold for figures that it does not belong to?"""
    conditions = [figure for figure in said if figure.where and _uses(plan, figure)]
    if not conditions:
        return False
    anyway = applied(plan, catalog)[0].where
    if all(item in anyway for figure in conditions for item in figure.where):
        return False
    for part in (*plan.outputs, *plan.order):
        if form.aggregates(part.expr):
            inside = [figure for figure in said if any(node == figure.expr for node in form.walk(part.expr))]
            if not inside or any(figure.where != conditions[0].where for figure in inside):
                return True
    return False


def reachable(plan: Plan, catalog: Catalog) -> bool:
    """Do the tables of the plan hang together?"""
    try:
        tables_of(plan, catalog)
    except PlanInvalid:
        return False
    return True


def digest(plan: Plan, catalog: Catalog) -> str:
    """A short text that changes when a definition that the plan stands on does; "" for a plan on none."""
    found = catalog.definitions
    if not isinstance(found, Definitions):
        return ""
    nodes = list(form.walk(plan, subplans=True))
    used = [(figure.name, repr(figure.expr), repr(figure.where)) for figure in found.figures if figure.expr in nodes]
    filters = [
        (table, repr(found.filters[table])) for table in sorted(tables_of(plan, catalog)) if table in found.filters
    ]
    return hashlib.sha256(repr((used, filters)).encode()).hexdigest()[:16] if used or filters else ""


def shows_hidden(plan: Plan, catalog: Catalog) -> bool:
    """Does a plan show what a person hid since, as it is or as a group?"""
    for node in form.walk(plan, subplans=True):
        table = node.table if isinstance(node, form.Column | form.Related | form.Aggregate) else ""
        if (table and not catalog.has(table)) or (isinstance(node, Plan) and node.root and not catalog.has(node.root)):
            return True
    shown = [part for output in plan.outputs if not form.aggregates(output.expr) for part in form.walk(output.expr)]
    return any(
        isinstance(part, form.Column) and part.table and part.name in [c.name for c in catalog.table(part.table).hidden]
        for part in shown
    )
