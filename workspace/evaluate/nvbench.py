"""Gold charts in nvBench's format: entries read, their SQL completed and run for the points that are drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from workspace.database.catalog import Catalog
from workspace.database.result import Limits, Query
from workspace.database.source import RawResult, Source
from workspace.errors import NoAppError, PlanInvalid, SourceUnreadable

BINS: dict[str, tuple[str, ...]] = {"MONTH": ("month", "month_of_year"), "ZERO": ("",)}
FUNCTIONS: dict[type, str] = {exp.Count: "count", exp.Sum: "sum", exp.Avg: "avg", exp.Min: "min", exp.Max: "max"}
LIMITS = Limits(seconds=20.0, rows=200_000, length=100_000_000)
Points = list[tuple[Any, ...]]
Axes = tuple[str, str, str]  # the columns of x, y and the colour, as table.column in lower case; "" for none


@dataclass(frozen=True, slots=True)
class Gold:
    """The chart an entry asks for.

    Args:
        mark: as in the module's docstring.
        sql: the statement with x and y.
        y: how the figure is headed, which may hold the aggregate that ``sql`` leaves out.
        bin: WEEKDAY, MONTH, YEAR, …, "" for none.
    """

    mark: str
    sql: str
    y: str
    bin: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: the wordings, and the chart that each of them asks for."""

    index: int
    db: str
    wordings: tuple[str, ...]
    gold: Gold


@dataclass(frozen=True, slots=True)
class Drawable:
    """A gold that can be compared with: its points in each reading, and what is told apart of it."""

    readings: tuple[Points, ...]
    axes: Axes
    aggregate: str
    grains: tuple[str, ...]
    order: tuple[str, str] | None


# ------------------------------------------------------------------------------------------------------- reading
def is_chart(item: Any) -> bool:
    """Is an entry of a questions file one that asks for a chart?"""
    return isinstance(item, Mapping) and "nl_queries" in item


def read_entry(index: int, item: Mapping[str, Any]) -> Entry:
    """An entry of the file; raises KeyError or TypeError for what is none."""
    encoding = item["vega"]["encoding"]
    y = encoding.get("y") or encoding["theta"]
    bin = str(item.get("binning") or "").rpartition(" BY ")[2].strip().upper()
    gold = Gold(str(item["chart"]).lower(), str(item["sql_part"]), str(y["title"]), bin)
    return Entry(index, str(item["db_id"]), tuple(map(str, item["nl_queries"])), gold)


def load(data: Sequence[Any], path: Path) -> list[Entry]:
    """The entries of a file; ``path`` is named where they are none.

    Raises:
        SourceUnreadable: the data is in another format.
    """
    try:
        return [read_entry(index, item) for index, item in enumerate(data)]
    except (AttributeError, KeyError, TypeError):
        hint = 'Each entry is {"db_id", "nl_queries", "chart", "sql_part", "binning", "vega"}.'
        raise SourceUnreadable(f"{path} does not hold charts in nvBench's format.", hint=hint) from None


# ---------------------------------------------------------------------------------------------------------- gold
def drawable(gold: Gold, source: Source) -> Drawable | None:
    """The gold's points; None where it cannot be drawn."""
    try:
        tree = sqlglot.parse_one(_quoted(gold.sql), read="sqlite")
    except SqlglotError:
        return None
    if not isinstance(tree, exp.Select) or len(tree.expressions) != 2:
        return None
    x, y = (column.unalias() for column in tree.expressions)
    y = _gathered(y, gold.y)
    grains = BINS.get(gold.bin, (gold.bin.lower(),)) if gold.bin else ("",)
    found = [_rows(source, statement) for statement in _statements(tree, x, y, gold, grains, source.catalog())]
    readings = tuple(drawn(rows.rows) for rows in found if rows is not None and not rows.truncated)
    readings = tuple(points for points in readings if points)
    if not readings:
        return None
    colour = _colour(tree, x) if gold.mark.startswith(("stacked", "grouping")) else None
    catalog = source.catalog()
    axes = _name(x, tree, catalog), _name(y, tree, catalog), _name(colour, tree, catalog) if colour else ""
    return Drawable(readings, axes, _function(y), grains, _order(tree, gold.sql, x, y))


def _quoted(sql: str) -> str:
    return sql.strip().rstrip(";")


def _statements(
    tree: exp.Select, x: exp.Expression, y: exp.Expression, gold: Gold, grains: Sequence[str], catalog: Catalog
) -> Iterator[str]:
    """The SQL of each reading: x, y and the colour, gathered and cut down as the gold has it."""
    group = _group(tree)
    colour = _colour(tree, x)
    coloured = gold.mark.startswith(("stacked", "grouping"))
    if coloured and colour is None:
        return
    shown = [colour] if coloured and colour is not None else []
    for grain in grains:
        place = _cut(x, tree, grain, catalog) if grain else x
        if place is None:
            continue
        body = tree.copy()
        body.set("expressions", [exp.alias_(part.copy(), f"c{n}") for n, part in enumerate((place, y, *shown))])
        if grain or (not group and _function(y)):
            by = [place, *group] if grain else [x]
            body.set("group", exp.Group(expressions=[part.copy() for part in dict.fromkeys(by) if not _function(part)]))
        elif group and not _function(y) and not _function(x):
            rows = body.copy()
            rows.set("group", None)
            yield rows.sql("sqlite")
        body.set("order", None if tree.args.get("limit") is None else body.args.get("order"))
        yield body.sql("sqlite")


def _group(tree: exp.Select) -> list[exp.Expression]:
    said = tree.args.get("group")
    return list(said.expressions) if said is not None else []


def _colour(tree: exp.Select, x: exp.Expression) -> exp.Expression | None:
    """What is gathered by beside x; of two columns of x's name, the other one."""
    group = _group(tree)
    other = next((part for part in group if _bare(part) != _bare(x)), None)
    if other is None and len(group) > 1:
        other = group[0] if group[0] != x else group[1]
    return other


def _name(expr: exp.Expression, tree: exp.Select, catalog: Catalog) -> str:
    """The column, with the table it is of; "" for what counts."""
    column = expr.find(exp.Column)
    if column is None or isinstance(expr, exp.Count):
        return ""
    return ".".join((_owner(column, tree, catalog) or "", column.name)).lower()


def _owner(column: exp.Column, tree: exp.Select, catalog: Catalog) -> str | None:
    for table in tree.find_all(exp.Table):
        known = catalog.has(table.name) and catalog.table(table.name).has(column.name)
        if known and column.table.lower() in ("", table.alias_or_name.lower()):
            return table.name
    return None


def _gathered(y: exp.Expression, title: str) -> exp.Expression:
    """The figure under the aggregate that only its heading names."""
    name = title.partition("(")[0].strip().lower()
    kind = next((kind for kind, known in FUNCTIONS.items() if known == name), None)
    return kind(this=y.copy()) if kind is not None and "(" in title and not _function(y) else y


def _function(expr: exp.Expression) -> str:
    return FUNCTIONS.get(type(expr), "")


def _bare(expr: exp.Expression) -> str:
    return (expr.name if isinstance(expr, exp.Column) else expr.sql()).lower()


def _cut(x: exp.Expression, tree: exp.Select, grain: str, catalog: Catalog) -> exp.Expression | None:
    """A date cut down to its grain, however it is stored; None for what is no date."""
    from workspace.question.periods import bucket

    if not isinstance(x, exp.Column):
        return None
    table = _owner(x, tree, catalog)
    try:
        return bucket(x.copy(), catalog.column(table, x.name), grain, catalog.dialect) if table else None
    except PlanInvalid:
        return None


def _order(tree: exp.Select, said: str, x: exp.Expression, y: exp.Expression) -> tuple[str, str] | None:
    """The axis and the direction that were asked for; an ``ORDER BY`` without a direction belongs to the SQL only."""
    order = tree.args.get("order")
    if order is None or not re.search(r"\b(?:asc|desc)\b", said, re.I):
        return None
    first = order.expressions[0]
    by, way = _bare(first.this), "descending" if first.args.get("desc") else "ascending"
    if by == _bare(x):
        return "x", way
    inner = {_bare(column) for column in y.find_all(exp.Column)}
    return ("y", way) if by == _bare(y) or by in inner or _function(first.this) else None


def drawn(rows: Sequence[Sequence[Any]]) -> Points:
    return [tuple(row) for row in rows if row[0] is not None and row[1] is not None]


def _rows(source: Source, sql: str) -> RawResult | None:
    try:
        return source.execute(Query(sql, {}, source.dialect), LIMITS)
    except NoAppError:
        return None
