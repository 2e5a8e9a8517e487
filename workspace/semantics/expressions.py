"""Expressions and conditions as a person writes them, to nodes of a plan; read with sqlglot, never handed on as SQL."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

import sqlglot
from sqlglot import exp

from workspace.database.catalog import Catalog, Column, Table
from workspace.question import plan as form

_FUNCTIONS: dict[type[exp.Expression], form.Function] = {
    exp.Sum: "sum", exp.Avg: "avg", exp.Min: "min", exp.Max: "max", exp.Count: "count",
}  # fmt: skip
_SIGNS: dict[type[exp.Expression], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}
_COMPARISONS: dict[type[exp.Expression], form.Operator] = {
    exp.EQ: "=", exp.NEQ: "!=", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=", exp.Like: "like",
}  # fmt: skip
ALLOWED = "sum, avg, min, max, count, + - * /, columns and numbers"


class Wrong(Exception):
    """What cannot be so, as the end of a sentence; who knows the place in the file says it."""


class Names:
    """The tables and columns that text may name.

    Args:
        catalog: all of them.
        home: the table whose columns are meant where none is said.
        hidden: whether hidden columns may be used.
    """

    def __init__(self, catalog: Catalog, home: str = "", *, hidden: bool = True) -> None:
        self.catalog, self.home, self.hidden = catalog, home, hidden

    def table(self, name: str) -> Table:
        if self.catalog.has(name):
            return self.catalog.table(name)
        raise Wrong(f"there is no table {name}{near(name, (table.name for table in self.catalog.tables))}.")

    def columns(self, table: Table) -> tuple[Column, ...]:
        return (*table.columns, *table.hidden) if self.hidden else table.columns

    def column(self, name: str, table: str = "") -> form.Column:
        if table or self.home:
            found = self.table(table or self.home)
            for column in self.columns(found):
                if column.name.lower() == name.lower():
                    return form.Column(found.name, column.name)
            guess = near(name, (column.name for column in self.columns(found)))
            raise Wrong(f"{found.name} has no column {name}{guess}.")
        homes = [t for t in self.catalog.tables if any(c.name.lower() == name.lower() for c in self.columns(t))]
        if len(homes) > 1:
            listed = " and ".join(table.name for table in homes[:3])
            raise Wrong(f"{name} is a column of {listed}: write {homes[0].name}.{name}.")
        if not homes:
            guess = near(name, {column.name for table in self.catalog.tables for column in self.columns(table)})
            raise Wrong(f"no table has a column {name}{guess}.")
        return form.Column(homes[0].name, homes[0].column(name).name)

    def target(self, text: str) -> tuple[str, str]:
        """``table`` or ``table.column`` as the catalog spells them; the column is "" for a table."""
        if self.catalog.has(text):
            return self.catalog.table(text).name, ""
        try:
            tree = sqlglot.parse_one(text, dialect="sqlite")
        except sqlglot.errors.SqlglotError:
            raise Wrong(f"{text} is no table and no table.column.") from None
        if not isinstance(tree, exp.Column) or tree.args.get("db"):
            raise Wrong(f"{text} is no table and no table.column.")
        if tree.table:
            found = self.column(tree.name, tree.table)
        elif self.catalog.has(tree.name):
            return self.catalog.table(tree.name).name, ""
        else:
            try:
                found = self.column(tree.name)
            except Wrong as problem:
                tables = near(tree.name, (table.name for table in self.catalog.tables))
                raise Wrong(f"there is no table {tree.name}{tables}." if tables else str(problem)) from None
        return found.table, found.name


def expression(text: str, names: Names) -> form.Expr:
    """A metric's expression; raises `Wrong` for what is none, names nothing, or gathers no rows.

    Example:
        >>> from workspace.database.catalog import Catalog, Column, Table
        >>> shop = Catalog("shop", (Table("sale", (Column("amount", "real"),)),))
        >>> expression("sum(amount)", Names(shop))
        Aggregate(function='sum', of=Column(table='sale', name='amount', role=''), distinct=False, table='')
    """
    found = _expr(_tree(text), names)
    if not form.aggregates(found):
        raise Wrong(f"{text} gathers no rows: put sum(…), avg(…), min(…), max(…) or count(…) around it.")
    if _loose(found):
        raise Wrong(
            f"{text} mixes a gathered figure with a plain column: put sum(…) or another one around each column."
        )
    return found


def condition(text: str, names: Names) -> tuple[form.Predicate, ...]:
    """A condition as predicates that all hold; raises `Wrong`.

    Example:
        >>> from workspace.database.catalog import Catalog, Column, Table
        >>> shop = Catalog("shop", (Table("sale", (Column("state", "text"),)),))
        >>> [predicate.op for predicate in condition("state != 'void' and state is not null", Names(shop))[:1]]
        ['!=']
    """
    return tuple(_predicate(part, names) for part in _parts(_tree(text)))


# ---------------------------------------------------------------------------------------------------------- reading
def _tree(text: str) -> exp.Expression:
    try:
        tree: Any = sqlglot.parse_one(text, dialect="sqlite")
    except (sqlglot.errors.SqlglotError, RecursionError):
        raise Wrong(f"{text} cannot be read.") from None
    return tree


def _expr(tree: exp.Expression, names: Names, inside: bool = False) -> form.Expr:
    if isinstance(tree, exp.Paren):
        return _expr(tree.this, names, inside)
    if type(tree) in _FUNCTIONS:
        if inside:
            raise Wrong("a figure cannot be gathered over gathered figures.")
        return _gathered(tree, names)
    if type(tree) in _SIGNS:
        left, right = _expr(tree.this, names, inside), _expr(tree.expression, names, inside)
        return form.Arithmetic(_SIGNS[type(tree)], left, right)  # ty: ignore[invalid-argument-type]
    if isinstance(tree, exp.Neg) and isinstance(tree.this, exp.Literal):
        return form.Literal(-_number(tree.this))
    if isinstance(tree, exp.Literal) and not tree.is_string:
        return form.Literal(_number(tree))
    if isinstance(tree, exp.Column) and not tree.args.get("db"):
        return names.column(tree.name, tree.table)
    raise Wrong(f"{tree.sql(dialect='sqlite')[:80]} is no part of an expression, which is made of {ALLOWED}.")


def _gathered(tree: exp.Expression, names: Names) -> form.Expr:
    function, inner, distinct = _FUNCTIONS[type(tree)], tree.this, False
    if tree.args.get("expressions"):
        raise Wrong(f"{function} takes one thing.")
    if isinstance(inner, exp.Distinct):
        if len(inner.expressions) != 1:
            raise Wrong(f"{function}(distinct …) takes one column.")
        inner, distinct = inner.expressions[0], True
    if function == "count" and (inner is None or isinstance(inner, exp.Star)):
        if not names.home:
            raise Wrong("count(*) needs to know whose rows: add a line like table: orders.")
        return form.Aggregate("count", table=names.table(names.home).name)
    if inner is None:
        raise Wrong(f"{function} needs a column.")
    return form.Aggregate(function, _expr(inner, names, inside=True), distinct)


def _parts(tree: exp.Expression) -> Iterable[exp.Expression]:
    if isinstance(tree, exp.Paren):
        yield from _parts(tree.this)
    elif isinstance(tree, exp.And):
        yield from _parts(tree.this)
        yield from _parts(tree.expression)
    else:
        yield tree


def _predicate(tree: exp.Expression, names: Names) -> form.Predicate:
    if isinstance(tree, exp.Paren):
        return _predicate(tree.this, names)
    if isinstance(tree, exp.And):
        return form.All_(tuple(_predicate(part, names) for part in _parts(tree)))
    if isinstance(tree, exp.Or):
        return form.Any_((_predicate(tree.this, names), _predicate(tree.expression, names)))
    if isinstance(tree, exp.Not):
        inner = _predicate(tree.this, names)
        if isinstance(inner, form.Missing):
            return form.Missing(inner.of, negated=not inner.negated)
        if isinstance(inner, form.Among):
            return form.Among(inner.of, inner.values, negated=not inner.negated)
        return form.Not_(inner)
    if isinstance(tree, exp.Is) and isinstance(tree.expression, exp.Null):
        return form.Missing(_plain(tree.this, names))
    if isinstance(tree, exp.In) and not tree.args.get("query"):
        return form.Among(_plain(tree.this, names), tuple(_literal(item) for item in tree.expressions))
    if isinstance(tree, exp.Between):
        low, high = _literal(tree.args["low"]), _literal(tree.args["high"])
        return form.Between(_plain(tree.this, names), low, high, closed=True)
    if type(tree) in _COMPARISONS:
        left, right = _plain(tree.this, names), _side(tree.expression, names)
        return form.Compare(left, _COMPARISONS[type(tree)], right)
    raise Wrong(f"{tree.sql(dialect='sqlite')[:80]} is no condition, like status != 'cancelled'.")


def _plain(tree: exp.Expression, names: Names) -> form.Expr:
    found = _expr(tree, names)
    if form.aggregates(found):
        raise Wrong("a condition is about rows, not about gathered figures.")
    if not any(isinstance(node, form.Column) for node in form.walk(found)):
        raise Wrong(f"{tree.sql(dialect='sqlite')[:80]} is no column.")
    return found


def _side(tree: exp.Expression, names: Names) -> form.Expr:
    if isinstance(tree, exp.Literal | exp.Boolean | exp.Neg):
        return _literal(tree)
    return _plain(tree, names)


def _literal(tree: exp.Expression) -> form.Literal:
    if isinstance(tree, exp.Literal):
        return form.Literal(tree.this if tree.is_string else _number(tree))
    if isinstance(tree, exp.Neg) and isinstance(tree.this, exp.Literal) and not tree.this.is_string:
        return form.Literal(-_number(tree.this))
    if isinstance(tree, exp.Boolean):
        return form.Literal(int(bool(tree.this)))
    raise Wrong(f"{tree.sql(dialect='sqlite')[:80]} is no value: text goes in single quotes.")


def _number(tree: exp.Expression) -> int | float:
    if tree.is_string:
        raise Wrong(f"'{tree.this}' is no number.")
    text = str(tree.this)
    return int(text) if text.isdigit() else float(text)


def _loose(expr: form.Expr) -> bool:
    """Is there a column outside of every gathered figure?"""
    if isinstance(expr, form.Aggregate):
        return False
    return isinstance(expr, form.Column) or any(_loose(child) for child in form.children(expr))


def near(name: str, among: Iterable[str]) -> str:
    """What was probably meant, as the end of a sentence; "" when nothing is like it."""
    known = {other.lower(): other for other in among}
    found = get_close_matches(name.lower(), known, n=1, cutoff=0.6)
    return f" (is it {known[found[0]]}?)" if found else ""
