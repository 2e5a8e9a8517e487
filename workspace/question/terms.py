"""Expressions of a plan as sqlglot trees, within the scope of one SELECT."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from workspace.database import catalog as schema
from workspace.errors import PlanInvalid
from workspace.question import periods
from workspace.question import plan as form
from workspace.question.joins import Draw, Link
from workspace.question.names import Statement
from workspace.question.plan import Plan

Tree = exp.Expression

COMPARISONS: dict[str, type[Tree]] = {
    "=": exp.EQ,
    "!=": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
    "like": exp.Like,
    "not like": exp.Like,
}
_ARITHMETIC: dict[str, type[Tree]] = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul, "/": exp.Div}
_FUNCTIONS: dict[str, type[Tree]] = {
    "count": exp.Count,
    "sum": exp.Sum,
    "avg": exp.Avg,
    "min": exp.Min,
    "max": exp.Max,
}


@dataclass
class Scope:
    """What names mean within one SELECT.

    Args:
        statement: the statement this belongs to.
        draw: its tables; None over a derived table.
        select: compiles a nested plan.
        aliases: the SQL alias of each key of the draw.
        qualified: write columns with their table.
        fanned: keys whose rows the joins repeat.
        known: expressions that are a column of a derived table already.
        first: for keys that a derived table has numbered, the column that is 1 at the first of equal rows.
        outer: the scope around a correlated subquery.
        base: (label, column of the catalog or None, name) of a derived base plan.
    """

    statement: Statement
    draw: Draw | None
    select: Callable[[Statement, Plan], exp.Query]
    aliases: dict[str, str] = field(default_factory=dict)
    qualified: bool = False
    fanned: frozenset[str] = frozenset()
    known: dict[Any, Tree] = field(default_factory=dict)
    first: dict[tuple[str, ...], str] = field(default_factory=dict)
    outer: Scope | None = None
    base: Mapping[str, tuple[schema.Column | None, str]] | None = None

    # ------------------------------------------------------------------------------------------------ columns
    def find(self, column: form.Column) -> tuple[Scope, str, schema.Column]:
        """The scope, the key and the catalog's column that ``column`` means."""
        if self.draw is not None:
            for key, table in self.draw.tables.items():
                if column.role and key == column.role and table.name.lower() == column.table.lower():
                    return self, key, table.column(column.name)
                if not column.role and key.lower() == column.table.lower():
                    return self, key, table.column(column.name)
        if self.outer is not None:
            return self.outer.find(column)
        self.statement.catalog.column(column.table, column.name)
        raise PlanInvalid(f"{column.table}.{column.name} is out of reach here.")

    def meta(self, node: Any) -> schema.Column | None:
        """What the catalog knows of a plain column, else None."""
        if not isinstance(node, form.Column):
            return None
        if self.base is not None and not node.table:
            return self._base(node)[0]
        if self.draw is None and self.outer is None:
            return self.statement.catalog.column(node.table, node.name)
        return self.find(node)[2]

    def _base(self, column: form.Column) -> tuple[schema.Column | None, str]:
        found = (self.base or {}).get(column.name.lower())
        if found is None:
            raise PlanInvalid(f"The inner result has no column {column.name}.")
        return found

    def column(self, column: form.Column, *, qualified: bool = False) -> Tree:
        if self.base is not None and not column.table:
            return self.statement.column(self._base(column)[1])
        scope, key, meta = self.find(column)
        alias = scope.aliases[key] if qualified or scope.qualified or scope is not self else ""
        return self.statement.column(meta.name, alias)

    # ------------------------------------------------------------------------------------------- expressions
    def expr(self, node: Any) -> Tree:
        """An expression; raises `PlanInvalid` for what the catalog does not have."""
        if node in self.known:
            return self.known[node].copy()
        match node:
            case form.Column():
                return self.column(node)
            case form.Literal():
                return self.statement.bind(node.value)
            case form.Aggregate():
                return self.aggregate(node)
            case form.Arithmetic():
                return self.arithmetic(node)
            case form.Bucket():
                return self.bucket(node)
            case form.Share():
                return self.share(node)
            case form.Joined():
                return self.joined(node)
            case form.Scalar():
                return self.subquery(node.plan)
        raise PlanInvalid("The plan has a part that is no expression.")

    def sized(self, node: Any, tree: Tree) -> Tree:
        """A column as SQLite is to compare it: numbers kept as text have the order of text, "9" after "165"."""
        meta = self.meta(node) if self.statement.dialect == "sqlite" else None
        if meta is None or not meta.numeric or meta.profile.encoding:
            return tree
        if not isinstance(meta.profile.minimum, str) or not isinstance(meta.profile.maximum, str):
            return tree
        return exp.Cast(this=tree, to=exp.DataType.build("INTEGER" if meta.kind == "integer" else "REAL"))

    def bucket(self, node: form.Bucket) -> Tree:
        meta = self.meta(node.of)
        if meta is None:
            raise PlanInvalid(f"{node.of.name} holds no dates.")
        return periods.bucket(self.column(node.of), meta, node.grain, self.statement.dialect)

    def arithmetic(self, node: form.Arithmetic) -> Tree:
        kind = _ARITHMETIC.get(node.op)
        if kind is None:
            raise PlanInvalid(f"{node.op!r} is no arithmetic.")
        left, right = node.left, node.right
        if node.op == "/" and isinstance(right, form.Literal) and type(right.value) is int:
            right = form.Literal(float(right.value))  # so that whole numbers divide into a fraction
        numerator, denominator = self._operand(left, node.op), self._operand(right, node.op, right=True)
        if node.op != "/":
            return kind(this=numerator, expression=denominator)
        if not (isinstance(right, form.Literal) and type(right.value) is float):
            numerator = _product(exp.Literal(this="1.0", is_string=False), numerator)
        if self.statement.dialect != "sqlite" and not isinstance(right, form.Literal):
            denominator = exp.Nullif(this=denominator, expression=exp.Literal(this="0", is_string=False))
        return exp.Div(this=numerator, expression=denominator, typed=True, safe=True)

    def _operand(self, node: Any, op: str, *, right: bool = False) -> Tree:
        tree = self.expr(node)
        if isinstance(tree, exp.Binary):
            weaker = op in "*/" and isinstance(tree, exp.Add | exp.Sub)
            if weaker or (right and op in "-/") or isinstance(tree, exp.DPipe):
                return exp.Paren(this=tree)
        return tree

    def joined(self, node: form.Joined) -> Tree:
        if not node.parts:
            raise PlanInvalid("There is nothing to join.")
        tree = None
        plain = True
        for part in node.parts:
            meta = self.meta(part)
            sure = meta is not None and not meta.nullable
            column = self.column(part)
            if tree is None:
                tree = column if sure else call("COALESCE", column, text(""))
            else:
                spaced = exp.DPipe(this=text(" "), expression=column)
                tree = exp.DPipe(this=tree, expression=spaced if sure else call("COALESCE", spaced, text("")))
            plain = plain and sure
        assert tree is not None
        return tree if plain else exp.Trim(this=tree)

    def subquery(self, plan: Plan) -> Tree:
        if len([output for output in plan.outputs if output.asked]) != 1 and len(plan.outputs) != 1:
            raise PlanInvalid("A value to compare with must be a single column.")
        return exp.Subquery(this=self.select(self.statement, plan))

    def share(self, node: form.Share) -> Tree:
        part = self.expr(node.of)
        whole = exp.Window(this=exp.Sum(this=part.copy()), over="OVER")
        ratio = _product(exp.Literal(this="1.0", is_string=False), part)
        if self.statement.dialect == "sqlite":
            return exp.Div(this=ratio, expression=whole, typed=True, safe=True)
        return exp.Div(this=ratio, expression=call("NULLIF", whole, number(0)), typed=True, safe=True)

    # -------------------------------------------------------------------------------------------- aggregates
    def grain(self, node: form.Aggregate) -> tuple[str, ...]:
        """Keys of the tables whose rows the aggregate gathers, when the joins repeat them; () when nothing is wrong."""
        if self.draw is None or node.distinct or node.function in ("min", "max"):
            return ()
        keys = self.keys(node)
        return keys if keys and all(key in self.fanned for key in keys) else ()

    def keys(self, node: form.Aggregate) -> tuple[str, ...]:
        """Keys of the tables that the aggregate speaks of."""
        assert self.draw is not None
        if node.of is None:
            return (self.table_key(node.table),)
        found = {}
        for part in form.walk(node.of):
            if isinstance(part, form.Column):
                scope, key, _ = self.find(part)
                if scope is self:
                    found[key] = None
        return tuple(sorted(found)) or (self.draw.root,)

    def table_key(self, table: str) -> str:
        assert self.draw is not None
        if not table:
            return self.draw.root
        for key in self.draw.tables:
            if key.lower() == table.lower():
                return key
        raise PlanInvalid(f"{table} is out of reach here.")

    def row_key(self, key: str) -> list[Tree]:
        """Columns that tell the rows of a table apart."""
        assert self.draw is not None
        return [
            self.statement.column(name, self.aliases[key])
            for name in row_key(self.draw.tables[key], self.statement.dialect)
        ]

    def aggregate(self, node: form.Aggregate) -> Tree:
        kind = _FUNCTIONS.get(node.function)
        if kind is None:
            raise PlanInvalid(f"{node.function!r} is no way to gather rows.")
        if node.of is None:
            if node.function != "count":
                raise PlanInvalid(f"{node.function} needs a column.")
            return self.count_rows(node)
        if form.aggregates(node.of):
            raise PlanInvalid("A figure over figures needs an inner plan.")
        value = self.expr(node.of)
        if node.distinct:
            return kind(this=exp.Distinct(expressions=[value]))
        if node.function in ("min", "max"):
            value = self.sized(node.of, value)
        grain = tuple(self.first_of(node))
        if grain:
            value = self.once(self.first[grain], value)
        elif node.function == "count" and isinstance(node.of, form.Column) and self.grain(node):
            value = exp.Distinct(expressions=[value])  # only a table's own key gets here: `lifts` took the others
        tree = kind(this=value)
        if node.function == "sum" and self.draw is not None and any(self.draw.optional(key) for key in self.keys(node)):
            return call("COALESCE", tree, number(0))
        return tree

    def first_of(self, node: form.Aggregate) -> tuple[str, ...]:
        if not self.first or self.draw is None or node.function in ("min", "max"):
            return ()
        keys = self.keys(node)
        return keys if keys in self.first else ()

    def once(self, flag: str, value: Tree) -> Tree:
        condition = exp.EQ(this=self.statement.column(flag), expression=number(1))
        return exp.Case(ifs=[exp.If(this=condition, true=value)])

    def count_rows(self, node: form.Aggregate) -> Tree:
        if self.draw is None:
            return exp.Count(this=exp.Star())
        key = self.table_key(node.table)
        if (key,) in self.first:
            return exp.Count(this=self.once(self.first[(key,)], number(1)))
        columns = self.row_key(key) if key in self.fanned or node.distinct or self.draw.optional(key) else []
        if key in self.known:  # a derived table carries the key
            columns = [self.known[key].copy()]
        if key in self.fanned:
            if len(columns) != 1:
                raise PlanInvalid(f"The rows of {key} cannot be told apart.")
            return exp.Count(this=exp.Distinct(expressions=columns))
        if self.draw.optional(key):
            return exp.Count(this=columns[0])
        return exp.Count(this=exp.Star())

    def lifts(self, node: form.Aggregate) -> bool:
        """Must equal rows be numbered in a derived table before this aggregate is right?"""
        grain = self.grain(node)
        if not grain:
            return False
        assert self.draw is not None
        names = row_key(self.draw.tables[grain[0]], self.statement.dialect)
        if node.function != "count" or len(names) != 1 or len(grain) != 1:
            return True
        return node.of is not None and not (
            isinstance(node.of, form.Column) and node.of.name.lower() == names[0].lower()
        )


def row_key(table: schema.Table, dialect: str) -> tuple[str, ...]:
    """Names of the columns that tell the rows of a table apart."""
    if table.primary_key:
        return table.primary_key
    for column in table.columns:
        if column.unique and not column.nullable:
            return (column.name,)
    if dialect == "sqlite" and not table.view:
        return ("rowid",)
    return tuple(column.name for column in table.columns)


def add_from(query: exp.Select, scope: Scope, extra: Mapping[str, list[Tree]]) -> exp.Select:
    """FROM and JOINs of a scope; ``extra`` are further conditions of a key's join."""
    assert scope.draw is not None
    query = query.from_(_table(scope, scope.draw.root), copy=False)
    for link in scope.draw.links:
        on = join_condition(scope, link, extra.get(link.table, []))
        kind = "left" if link.optional else ""
        query = query.join(_table(scope, link.table), on=on, join_type=kind, copy=False)
    return query


def join_condition(scope: Scope, link: Link, extra: list[Tree]) -> Tree:
    column, alias = scope.statement.column, scope.aliases
    pairs = zip(link.columns, link.source_columns, strict=True)
    on: list[Tree] = [
        exp.EQ(this=column(one, alias[link.table]), expression=column(other, alias[link.source]))
        for one, other in pairs
    ]
    tree, *others = *on, *extra
    for other in others:
        tree = exp.And(this=tree, expression=exp.Paren(this=other) if isinstance(other, exp.Or) else other)
    return tree


def _table(scope: Scope, key: str) -> exp.Table:
    assert scope.draw is not None
    name, alias = scope.draw.tables[key].name, scope.aliases[key]
    table = exp.Table(this=scope.statement.identifier(name))
    if alias != name:
        table.set("alias", exp.TableAlias(this=scope.statement.identifier(alias)))
    return table


def _product(one: Tree, other: Tree) -> Tree:
    return exp.Mul(this=one, expression=exp.Paren(this=other) if isinstance(other, exp.Add | exp.Sub) else other)


def call(name: str, *arguments: Tree) -> Tree:
    return exp.Anonymous(this=name, expressions=list(arguments))


def number(value: int) -> Tree:
    return exp.Literal(this=str(value), is_string=False)


def text(value: str) -> Tree:
    return exp.Literal(this=value, is_string=True)
