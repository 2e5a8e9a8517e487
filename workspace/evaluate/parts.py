"""In which parts do two statements differ? Predicted and gold SQL compared as sqlglot trees; pure functions.

Names are compared as ``table.column`` whatever the aliases, columns that either statement joins on count as the same
one, and ``IN (SELECT …)`` that only chooses rows counts as the join it stands for, so that what is left is a difference
in what was understood.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

Schema = Mapping[str, frozenset[str]]
Sources = dict[str, str | exp.Query]
Filter = tuple[str, str, str]

_SIGNS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.Like: "like",
    exp.Is: "is",
}
_TURNED = {"=": "=", "<>": "<>", ">": "<", ">=": "<=", "<": ">", "<=": ">="}
_NEGATED = {"=": "<>", "<>": "=", ">": "<=", "<=": ">", "<": ">=", ">=": "<"}


@dataclass(slots=True)
class Parts:
    """What one SELECT says; texts are lower case and name columns as ``table.column``."""

    shown: list[str] = field(default_factory=list)
    distinct: bool = False
    tables: Counter[str] = field(default_factory=Counter)
    filters: list[Filter] = field(default_factory=list)
    ors: int = 0
    groups: set[str] = field(default_factory=set)
    having: list[Filter] = field(default_factory=list)
    order: list[tuple[str, bool]] = field(default_factory=list)
    limit: str = ""
    nested: list[tuple[str, exp.Query]] = field(default_factory=list)
    chosen: int = 0  # conditions that choose rows where a join would repeat them
    joins: set[tuple[str, str]] = field(default_factory=set)
    combined: str = ""
    other: exp.Query | None = None


def differences(predicted: str, gold: str, schema: Schema, dialect: str = "sqlite") -> tuple[str, ...]:
    """The parts in which a predicted statement differs from the gold, as words, sorted.

    Args:
        predicted, gold: two statements.
        schema: columns of each table, all in lower case.
        dialect: sqlglot's name of it.

    Example:
        >>> schema = {"t": frozenset({"a", "b"})}
        >>> differences("SELECT a FROM t", "SELECT T1.a FROM t AS T1 WHERE T1.b = 1", schema)
        ('filter missing',)
    """
    try:
        one, two = (_parsed(sql, dialect) for sql in (predicted, gold))
    except (SqlglotError, ValueError):
        return ("not comparable as trees",)
    joined = _Joined()
    for tree in (one, two):
        _note_joins(tree, schema, joined)
    reader = _Reader(schema, joined)
    found = tuple(sorted(set(_compare(reader, one, two))))
    return found or tuple(_finer(reader.parts(one), reader.parts(two))) or ("same parts, other rows",)


def schema_of(tables: Mapping[str, Sequence[str]]) -> Schema:
    """Columns by table in lower case, as `differences` takes them."""
    return {table.lower(): frozenset(name.lower() for name in names) for table, names in tables.items()}


def _parsed(sql: str, dialect: str) -> exp.Query:
    tree = sqlglot.parse_one(sql.strip().rstrip(";"), dialect=dialect)
    while isinstance(tree, exp.Subquery):
        tree = tree.this
    if not isinstance(tree, exp.Query):
        raise ValueError(sql)
    return tree


# -------------------------------------------------------------------------------------------------------- comparison
def _compare(reader: _Reader, one: exp.Query, two: exp.Query) -> Iterator[str]:
    found, wanted = reader.parts(one), reader.parts(two)
    if found.combined != wanted.combined:
        yield _label("set operation", found.combined, wanted.combined)
    elif found.other is not None and wanted.other is not None and list(_compare(reader, found.other, wanted.other)):
        yield "second part of a set operation other"
    yield from _compare_shown(found, wanted)
    if found.distinct != wanted.distinct:
        yield "distinct missing" if wanted.distinct else "distinct extra"
    if wanted.tables - found.tables:
        yield "table missing"
    if found.tables - wanted.tables:
        yield "table extra"
    yield from _compare_filters("filter", found.filters, wanted.filters)
    if found.ors != wanted.ors and sorted(found.filters) == sorted(wanted.filters):
        yield "filter linked otherwise (and, or)"
    # The key beside the name changes no group, so more of the same is no difference.
    if not (found.groups <= wanted.groups or wanted.groups <= found.groups) or bool(found.groups) != bool(
        wanted.groups
    ):
        yield _label("grouping", found.groups, wanted.groups)
    yield from _compare_filters("having", found.having, wanted.having)
    yield from _compare_order(found, wanted)
    yield from _compare_nested(reader, found, wanted)


def _finer(found: Parts, wanted: Parts) -> Iterator[str]:
    """Differences that matter only where there is no other: most often they leave the rows as they are."""
    if found.groups != wanted.groups:
        yield "grouped finer or coarser"
    if found.chosen != wanted.chosen:
        yield "rows chosen instead of joined" if found.chosen > wanted.chosen else "rows joined instead of chosen"
    elif found.joins != wanted.joins:
        yield "joined on other columns"


def _label(what: str, found: object, wanted: object) -> str:
    return f"{what} other" if found and wanted else f"{what} missing" if wanted else f"{what} extra"


def _compare_shown(found: Parts, wanted: Parts) -> Iterator[str]:
    missing = list((Counter(wanted.shown) - Counter(found.shown)).elements())
    extra = list((Counter(found.shown) - Counter(wanted.shown)).elements())
    if not missing and not extra:
        return
    if len(missing) == len(extra):
        operands = [sorted(text[text.find("(") + 1 :].rstrip(")") for text in side) for side in (missing, extra)]
        if operands[0] == operands[1]:
            yield "aggregate function other"
        else:
            yield f"shown other ({'figure' if all(map(_figures, missing)) else 'column'})"
        return
    if missing:
        yield f"shown missing ({'figure' if all(map(_figures, missing)) else 'column'})"
    if extra:
        yield f"shown extra ({'figure' if all(map(_figures, extra)) else 'column'})"


def _figures(text: str) -> bool:
    return text.startswith(("count(", "sum(", "avg(", "min(", "max("))


def _compare_filters(what: str, found: Sequence[Filter], wanted: Sequence[Filter]) -> Iterator[str]:
    missing = list((Counter(wanted) - Counter(found)).elements())
    extra = list((Counter(found) - Counter(wanted)).elements())
    for said, places in (
        ("other value in another case", (0, 1)),
        ("other value", (0, 1)),
        ("other operator", (0, 2)),
        ("other column", (1, 2)),
    ):
        for lost in list(missing):
            for place, other in enumerate(extra):
                if any(lost[part] != other[part] for part in places):
                    continue
                if said.endswith("case") and lost[2].lower() != other[2].lower():
                    continue
                missing.remove(lost)
                del extra[place]
                yield f"{what} {said}"
                break
    if missing:
        yield f"{what} missing"
    if extra:
        yield f"{what} extra"


def _compare_order(found: Parts, wanted: Parts) -> Iterator[str]:
    if found.limit != wanted.limit:
        yield _label("limit", found.limit, wanted.limit)
    # An order that nobody asked for changes no answer unless it decides which rows are cut off.
    if found.order == wanted.order or (not wanted.order and not found.limit):
        return
    if not found.order or not wanted.order:
        yield _label("order", found.order, wanted.order)
        return
    keys, others = ([key for key, _ in side] for side in (found.order, wanted.order))
    if keys[: len(others)] != others:
        yield "order key other"
    elif any(one[1] != other[1] for one, other in zip(found.order, wanted.order, strict=False)):
        yield "order direction other"


def _compare_nested(reader: _Reader, found: Parts, wanted: Parts) -> Iterator[str]:
    kinds, others = (Counter(kind for kind, _ in side.nested) for side in (found, wanted))
    if kinds != others:
        yield _label("nesting", kinds, others)
    elif any(
        list(_compare(reader, one, two))
        for (_, one), (_, two) in zip(
            sorted(found.nested, key=lambda pair: pair[0]), sorted(wanted.nested, key=lambda pair: pair[0]), strict=True
        )
    ):
        yield "nested query other"


# ----------------------------------------------------------------------------------------------------------- reading
class _Joined:
    """Columns that a join makes equal, under one name."""

    def __init__(self) -> None:
        self._of: dict[str, str] = {}

    def name(self, column: str) -> str:
        while column in self._of:
            column = self._of[column]
        return column

    def equate(self, one: str, other: str) -> None:
        low, high = sorted((self.name(one), self.name(other)))
        if low != high:
            self._of[high] = low


def _note_joins(tree: exp.Query, schema: Schema, joined: _Joined) -> None:
    for select in tree.find_all(exp.Select):
        sources = _sources(select)
        for test in select.find_all(exp.EQ):
            one, other = test.this, test.expression
            if isinstance(one, exp.Column) and isinstance(other, exp.Column) and test.parent_select is select:
                joined.equate(_column(one, sources, schema), _column(other, sources, schema))
        for test in select.find_all(exp.In):
            inner = _query(test.args.get("query"))
            if not isinstance(inner, exp.Select) or not isinstance(test.this, exp.Column) or not _chooses(test, inner):
                continue
            shown = inner.selects[0].unalias()
            if isinstance(shown, exp.Column) and test.parent_select is select:
                joined.equate(_column(test.this, sources, schema), _column(shown, _sources(inner), schema))


def _query(node: object) -> exp.Query | None:
    while isinstance(node, exp.Subquery):
        node = node.this
    return node if isinstance(node, exp.Query) else None


def _chooses(test: exp.In | exp.Exists, inner: exp.Select) -> bool:
    """Does the inner query only choose rows, as a join would?"""
    bare = not any(inner.args.get(name) for name in ("group", "having", "limit")) and not isinstance(
        test.parent, exp.Not
    )
    return bare and (isinstance(test, exp.Exists) or not inner.selects[0].find(exp.AggFunc))


def _sources(select: exp.Select) -> Sources:
    found: Sources = {}
    start = select.args.get("from_") or select.args.get("from")
    for clause in [start, *(select.args.get("joins") or [])]:
        node = clause.this if clause is not None else None
        if isinstance(node, exp.Table):
            found[node.alias_or_name.lower()] = node.name.lower()
        elif (inner := _query(node)) is not None:
            found[(node.alias if isinstance(node, exp.Subquery) else "").lower()] = inner
    return found


def _column(column: exp.Column, sources: Sources, schema: Schema) -> str:
    name = column.name.lower()
    owner: str | exp.Query | None = sources.get(column.table.lower()) if column.table else None
    if owner is None and not column.table:
        owner = next((t for t in sources.values() if isinstance(t, str) and name in schema.get(t, ())), None)
    if owner is None:  # of the statement around this one
        around = column.parent_select
        outer = around.parent_select if around is not None else None
        if isinstance(outer, exp.Select) and (column.table or len(sources) > 0):
            further = _sources(outer)
            owner = further.get(column.table.lower()) if column.table else None
    return f"{owner}.{name}" if isinstance(owner, str) else name


class _Reader:
    def __init__(self, schema: Schema, joined: _Joined) -> None:
        self.schema = schema
        self.joined = joined

    def parts(self, query: exp.Query) -> Parts:
        """The parts of a statement; of a set operation those of its first SELECT."""
        if isinstance(query, exp.SetOperation):
            first, second = _query(query.this), _query(query.expression)
            found = self.parts(first) if first is not None else Parts()
            found.combined, found.other = query.key, second
            self._end(found, query, {}, {})
            return found
        if not isinstance(query, exp.Select):
            return Parts()
        sources = _sources(query)
        found = Parts(distinct=bool(query.args.get("distinct")))
        named = {item.alias.lower(): item.this for item in query.selects if isinstance(item, exp.Alias)}
        found.shown = [self.text(item.unalias(), sources) for item in query.selects]
        self._rows(found, query, sources)
        group = query.args.get("group")
        for key in group.expressions if group is not None else ():
            found.groups.add(self.text(named.get(key.name.lower(), key), sources))
        having = query.args.get("having")
        if having is not None:
            self._tests(having.this, sources, found, found.having)
        self._end(found, query, sources, named)
        return found

    def _end(self, found: Parts, query: exp.Query, sources: Sources, named: Mapping[str, exp.Expr]) -> None:
        order, limit = query.args.get("order"), query.args.get("limit")
        for item in order.expressions if order is not None else ():
            key = item.this
            if isinstance(key, exp.Column) and not key.table:
                key = named.get(key.name.lower(), key)
            found.order.append((self.text(key, sources), bool(item.args.get("desc"))))
        if limit is not None:
            found.limit = limit.expression.sql()

    def _rows(self, found: Parts, select: exp.Select, sources: Sources) -> None:
        """Tables and conditions, those of queries that only choose rows among them."""
        for source in sources.values():
            if isinstance(source, str):
                found.tables[source] += 1
            else:
                found.nested.append(("from", source))
        for join in select.args.get("joins") or ():
            if join.args.get("on") is not None:
                self._tests(join.args["on"], sources, found, found.filters)
        where = select.args.get("where")
        if where is not None:
            self._tests(where.this, sources, found, found.filters)

    def text(self, node: exp.Expr, sources: Sources) -> str:
        """An expression with its columns named in full."""
        if isinstance(node, exp.Literal):
            return str(node.this)
        copy = node.copy()
        wrapper = exp.Paren(this=copy)
        for column in list(wrapper.find_all(exp.Column)):
            if isinstance(column.this, exp.Star):
                continue
            name = self.joined.name(_column(column, sources, self.schema))
            column.replace(exp.Identifier(this=name, quoted=False))
        for count in list(wrapper.find_all(exp.Count)):
            if not isinstance(count.this, exp.Distinct):
                count.set("this", exp.Star())
        return wrapper.this.sql(dialect="sqlite", normalize_functions="lower").lower()

    # ------------------------------------------------------------------------------------------------ conditions
    def _tests(self, node: exp.Expr, sources: Sources, found: Parts, into: list[Filter], negated: bool = False) -> None:
        if isinstance(node, exp.Paren):
            self._tests(node.this, sources, found, into, negated)
        elif isinstance(node, exp.And | exp.Or):
            found.ors += isinstance(node, exp.Or)
            for side in (node.this, node.expression):
                self._tests(side, sources, found, into, negated)
        elif isinstance(node, exp.Not):
            self._tests(node.this, sources, found, into, not negated)
        elif isinstance(node, exp.In | exp.Exists):
            self._among(node, sources, found, into, negated)
        elif isinstance(node, exp.Between):
            ends = " and ".join(self.text(node.args[name], sources) for name in ("low", "high"))
            into.append((self.text(node.this, sources), "not between" if negated else "between", ends))
        elif type(node) in _SIGNS:
            self._comparison(node, sources, found, into, negated)
        else:
            into.append((self.text(node, sources), "not" if negated else "is true", ""))

    def _comparison(self, node: exp.Expr, sources: Sources, found: Parts, into: list[Filter], negated: bool) -> None:
        one, other, sign = node.this, node.expression, _SIGNS[type(node)]
        if isinstance(one, exp.Column) and isinstance(other, exp.Column) and sign == "=":
            names = sorted(_column(side, sources, self.schema) for side in (one, other))
            found.joins.add((names[0], names[1]))
            return
        if _query(one) is not None or (isinstance(one, exp.Literal) and not isinstance(other, exp.Literal)):
            one, other, sign = other, one, _TURNED.get(sign, sign)
        if negated:
            sign = _NEGATED.get(sign, f"not {sign}")
        inner = _query(other)
        if inner is not None:
            found.nested.append(("figure", inner))
        into.append((self.text(one, sources), sign, "(query)" if inner is not None else self.text(other, sources)))

    def _among(
        self, node: exp.In | exp.Exists, sources: Sources, found: Parts, into: list[Filter], negated: bool
    ) -> None:
        inner = _query(node.args.get("query") if isinstance(node, exp.In) else node.this)
        if inner is None:
            subject, sign = self.text(node.this, sources), "<>" if negated else "="
            into += [(subject, sign, self.text(item, sources)) for item in node.expressions]
            found.ors += 0 if negated else max(len(node.expressions) - 1, 0)
        elif not negated and isinstance(inner, exp.Select) and _chooses(node, inner):
            found.chosen += 1
            self._rows(found, inner, _sources(inner))
        else:
            found.nested.append(("not in" if negated else "in", inner))
