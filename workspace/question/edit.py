"""The chips of a reading: each part of a plan, with the plans that a change of it in place would give.

The pure changes themselves are in `alter` and can be had from here too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from workspace.database.catalog import Catalog, Column, Table
from workspace.errors import PlanInvalid
from workspace.question import plan as form
from workspace.question.alter import (
    Dimension,
    add_output,
    dimensions,
    subject,
    with_chart,
    with_dimension,
    with_filter,
    with_grain,
    with_limit,
    with_measure,
    with_order,
    without_dimension,
    without_filter,
    without_output,
)
from workspace.question.explain import names_rows, per, phrase
from workspace.question.joins import draw, fans_out, neighbours, own_nodes
from workspace.question.plan import Order, Plan
from workspace.question.reading import Chip, Option
from workspace.question.speech import GRAINS
from workspace.question.sql import check
from workspace.question.wording import number, span

__all__ = [
    "Dimension", "add_output", "chips", "dimensions", "subject", "with_chart", "with_dimension", "with_filter",
    "with_grain", "with_limit", "with_measure", "with_order", "without_dimension", "without_filter", "without_output",
]  # fmt: skip

LIMITS = (3, 5, 10, 20)
MOST = 8
FEW_VALUES = 60
_FUNCTIONS: tuple[form.Function, ...] = ("sum", "avg", "min", "max")
_NOT_GROUPED = ("address", "postal", "zip", "phone", "fax", "email", "mail", "url", "street", "comment", "note")
_NOT_MEASURED = ("year", "zip", "postal", "code", "phone", "number", "latitude", "longitude", "lat", "lng", "lon")


def chips(plan: Plan, catalog: Catalog) -> tuple[Chip, ...]:
    """The parts of a plan as chips, in the order figure, dimension, filter, order, limit, chart.

    Every plan that a chip offers compiles against the catalog; what does not is left out.

    Args:
        plan: the plan that was answered.
        catalog: the tables it speaks of.
    """
    maker = Maker(plan, catalog)
    if plan.combine is not None or plan.base is not None:
        return tuple(maker.filters()) + tuple(maker.limits())
    return (
        *maker.measures(),
        *maker.dimensions(),
        *maker.filters(),
        *maker.orders(),
        *maker.limits(),
        *maker.charts(),
    )


@dataclass
class Maker:
    plan: Plan
    catalog: Catalog

    def words(self, node: Any) -> str:
        return phrase(node, self.catalog, self.plan)

    def valid(self, plan: Plan) -> bool:
        try:
            check(plan, self.catalog)
        except PlanInvalid:
            return False
        return True

    def options(
        self, offered: Iterable[tuple[str, Plan | None]], most: int = MOST, *, sure: bool = False
    ) -> tuple[Option, ...]:
        """Those offers that can be computed, each plan and each label once; ``sure`` ones need no look."""
        found: dict[str, Option] = {}
        plans = {self.plan}
        for label, plan in offered:
            if len(found) >= most:
                break
            if label not in found and plan is not None and plan not in plans and (sure or self.valid(plan)):
                found[label] = Option(label, plan)
                plans.add(plan)
        return tuple(found.values())

    def checked(self, plan: Plan | None) -> Plan | None:
        return plan if plan is not None and plan != self.plan and self.valid(plan) else None

    # ------------------------------------------------------------------------------------------------ measures
    def measures(self) -> Iterator[Chip]:
        measures = self.plan.measures
        for output in measures:
            offered = self.remeasured(output.expr)
            without = without_output(self.plan, output.expr) if len(measures) > 1 else None
            yield Chip("measure", self.words(output.expr), self.options(offered), self.checked(without))

    def remeasured(self, old: form.Expr) -> Iterator[tuple[str, Plan]]:
        repeated = self.inflated(self.plan)
        for new in self.other_measures(old):
            changed = with_measure(self.plan, new, label=self.words(new), old=old)
            if self.inflated(changed) <= repeated:
                yield self.words(new), changed

    def other_measures(self, expr: form.Expr) -> Iterator[form.Expr]:
        """Other ways to gather the same column, then other columns of its table, then the number of rows."""
        if isinstance(expr, form.Share):
            yield expr.of
        core = next((node for node in form.walk(expr) if isinstance(node, form.Aggregate)), None)
        if core is None:
            return
        if core.of is not None and core.function != "count":
            for function in _FUNCTIONS:
                if function != core.function:
                    yield form.Aggregate(function, core.of)
        table = self.measured_table(core)
        if table is not None:
            function = core.function if core.function != "count" else "sum"
            taken = core.of.name if isinstance(core.of, form.Column) else ""
            for column in measurable(self.catalog, table):
                if column.name != taken:
                    yield form.Aggregate(function, form.Column(table.name, column.name))
            if core.of is not None or core.distinct:
                yield form.Aggregate("count", table="" if table.name == self.plan.root else table.name)
            else:
                yield from self.measures_below(table)
        if core == expr and core.function in ("sum", "count") and self.plan.dimensions:
            yield form.Share(core)

    def measures_below(self, table: Table) -> Iterator[form.Expr]:
        """What hangs on the counted rows: a customer's invoices and their total."""
        for link in neighbours(self.catalog, table.name):
            if link.many and not self.plan.optional:
                below = self.catalog.table(link.table)
                yield form.Aggregate("count", table=below.name)
                for column in measurable(self.catalog, below)[:2]:
                    yield form.Aggregate("sum", form.Column(below.name, column.name))

    def measured_table(self, core: form.Aggregate) -> Table | None:
        column = next((node for node in form.walk(core) if isinstance(node, form.Column)), None)
        if column is not None and column.role:
            return None
        name = column.table if column is not None else core.table or self.plan.root
        return self.catalog.table(name) if self.catalog.has(name) else None

    # ---------------------------------------------------------------------------------------------- dimensions
    def dimensions(self) -> Iterator[Chip]:
        if not self.plan.grouped:
            return
        present = dimensions(self.plan)
        for dimension in present:
            offered = self.other_dimensions(dimension, present)
            without = self.checked(without_dimension(self.plan, dimension))
            yield Chip("dimension", f"per {self.dimension_words(dimension)}", self.options(offered), without)

    def dimension_words(self, dimension: Dimension) -> str:
        keys = dimension.keys or (dimension.expr,)
        return per(keys[0], self.catalog, self.plan)

    def other_dimensions(self, old: Dimension, present: tuple[Dimension, ...]) -> Iterator[tuple[str, Plan]]:
        taken = {expr for dimension in present for expr in (*dimension.keys, *(o.expr for o in dimension.outputs))}
        if isinstance(old.expr, form.Bucket):
            for grain in grains(self.catalog, old.expr.of):
                new = form.Bucket(old.expr.of, grain)
                if new not in taken:
                    yield f"per {GRAINS[grain]}", with_grain(self.plan, grain, old.expr.of)
        repeated = self.inflated(self.plan)
        for column in self.groupable():
            if column in taken:
                continue
            changed = with_dimension(self.plan, column, label=self.words(column), old=old)
            if self.inflated(changed) <= repeated:
                yield f"per {self.words(column)}", changed
        if not isinstance(old.expr, form.Bucket):
            for when in self.dates():
                for grain in ("year", "month"):
                    if grain in grains(self.catalog, when):
                        label = f"per {grain}"
                        yield label, with_dimension(self.plan, form.Bucket(when, grain), label=grain, old=old)

    def inflated(self, plan: Plan) -> frozenset[str]:
        """Tables of the plan's figures whose rows its joins repeat: an invoice's total per genre, say."""
        measured = set()
        for output in plan.measures:
            for node in form.walk(output.expr):
                if isinstance(node, form.Aggregate):
                    columns = [part.table for part in form.walk(node) if isinstance(part, form.Column)]
                    measured.update(name.lower() for name in columns or [node.table or plan.root])
        try:
            return frozenset(name for name in fans_out(self.catalog, plan) if name.lower() in measured)
        except PlanInvalid:
            return frozenset({"?"})

    def tables(self) -> list[Table]:
        """Tables that a dimension may come from: those of the plan, and what they point at."""
        names = dict.fromkeys(name for name in draw(self.catalog, self.plan).tables if self.catalog.has(name))
        for name in list(names):
            for link in neighbours(self.catalog, name):
                if not link.many:
                    names[link.table] = None
        return [self.catalog.table(name) for name in names]

    def groupable(self) -> list[form.Column]:
        """Columns with few values: those of the plan's own tables before others, fewest first."""
        found = []
        own = {node.table.lower() for node in own_nodes(self.plan) if isinstance(node, form.Column)}
        own.add(self.plan.root.lower())
        for table in self.tables():
            far = table.name.lower() not in own
            for column in table.columns:
                values, filled = column.profile.distinct, table.rows - column.profile.nulls
                plain = column.kind in ("text", "boolean") and not column.profile.encoding
                if (
                    not plain
                    or not 2 <= values <= FEW_VALUES
                    or any(word in column.name.lower() for word in _NOT_GROUPED)
                ):
                    continue
                expr = form.Column(table.name, column.name)
                if values * 2 <= filled or names_rows(expr, self.catalog):
                    found.append((far, values, len(found), expr))
        return [expr for *_, expr in sorted(found, key=lambda item: item[:3])]

    def dates(self) -> list[form.Column]:
        drawn = draw(self.catalog, self.plan).tables
        return [
            form.Column(name, column.name)
            for name in drawn
            if self.catalog.has(name)
            for column in self.catalog.table(name).columns
            if column.temporal
        ]

    # ------------------------------------------------------------------------------------------------- filters
    def filters(self) -> Iterator[Chip]:
        for item in (*self.plan.where, *self.plan.having):
            text = self.words(item)
            for word in ("in ", "on "):
                text = text.removeprefix(word)
            offered = self.other_filters(item) if self.plan.base is None else iter(())
            yield Chip("filter", text, self.options(offered, sure=True), self.checked(without_filter(self.plan, item)))

    def swapped(self, old: Any, new: Any) -> Plan:
        where = tuple(new if item == old else item for item in self.plan.where)
        having = tuple(new if item == old else item for item in self.plan.having)
        return replace(self.plan, where=where, having=having)

    def other_filters(self, item: Any) -> Iterator[tuple[str, Plan]]:
        match item:
            case form.Between(of=form.Column() as column) if not item.closed:
                for new in beside(self.catalog, column, item):
                    yield self.words(new).removeprefix("in ").removeprefix("on "), self.swapped(item, new)
            case form.Compare():
                for words, other in self.other_values(item):
                    yield words, self.swapped(item, other)
            case form.Among(of=form.Column() as column, plan=None):
                for value in item.values:
                    yield self.words(value), self.swapped(item, form.Compare(column, "=", value))
            case form.Related(count=None):
                if len(item.where) == 1:
                    for inner, other in self.other_values(item.where[0]):
                        yield inner, self.swapped(item, replace(item, where=(other,)))
                new = replace(item, negated=not item.negated)
                yield self.words(new), self.swapped(item, new)
            case form.Missing():
                new = replace(item, negated=not item.negated)
                yield self.words(new), self.swapped(item, new)

    def other_values(self, item: Any) -> Iterator[tuple[str, form.Compare]]:
        match item:
            case form.Compare(left=form.Column() as column, op="=" | "!=", right=form.Literal(value=value)):
                for other in self.common(column, value):
                    yield self.words(form.Literal(other)), replace(item, right=form.Literal(other))

    def common(self, column: form.Column, value: Any) -> list[Any]:
        if not column.table:
            return []
        profile = self.catalog.column(column.table, column.name).profile
        return [other for other, _ in profile.common if other != value and isinstance(other, str | int | float)]

    # ------------------------------------------------------------------------------------- order, limit, chart
    def orders(self) -> Iterator[Chip]:
        plan = self.plan
        if plan.grouped and not plan.dimensions:
            return
        offered = []
        if plan.order:
            turned = _turned(plan.order[0])
            offered.append((self.order_words(turned), with_order(plan, turned, *plan.order[1:])))
        for output in sorted(plan.outputs, key=lambda output: not form.aggregates(output.expr)):
            named = not plan.order or output.expr != plan.order[0].expr
            if named and not isinstance(output.expr, form.Literal | form.Scalar):
                order = Order(output.expr, descending=form.aggregates(output.expr))
                offered.append((self.order_words(order), with_order(plan, order)))
        text = self.order_words(plan.order[0]) if plan.order else "unsorted"
        without = with_order(plan) if plan.order and plan.limit is None else None
        yield Chip("order", text, self.options(offered, sure=True), without)

    def order_words(self, order: Order) -> str:
        if isinstance(order.expr, form.Bucket) or self.is_date(order.expr):
            return "newest first" if order.descending else "oldest first"
        figures = form.aggregates(order.expr)
        if figures and len(self.plan.measures) == 1 and order.expr == self.plan.measures[0].expr:
            return "highest first" if order.descending else "lowest first"
        if figures or self.is_number(order.expr):
            return f"{'highest' if order.descending else 'lowest'} {self.words(order.expr)} first"
        return f"by {self.words(order.expr)}" + (", Z to A" if order.descending else "")

    def is_date(self, expr: Any) -> bool:
        meta = self.meta(expr)
        return meta is not None and (meta.temporal or bool(meta.profile.encoding))

    def is_number(self, expr: Any) -> bool:
        meta = self.meta(expr)
        return isinstance(expr, form.Arithmetic) or (meta is not None and meta.numeric)

    def meta(self, expr: Any) -> Column | None:
        if isinstance(expr, form.Column) and expr.table:
            return self.catalog.column(expr.table, expr.name)
        return None

    def limits(self) -> Iterator[Chip]:
        plan = self.plan
        if plan.top is not None:
            several = ((f"top {n} of each", replace(plan, top=replace(plan.top, n=n))) for n in (1, *LIMITS))
            yield Chip("limit", f"top {number(plan.top.n)} of each", self.options(several, sure=True))
            return
        over_time = any(isinstance(output.expr, form.Bucket) for output in plan.dimensions)
        rankable = bool(plan.measures and plan.dimensions and not over_time)
        if plan.limit is None and not rankable and (not plan.order or plan.grouped):
            return
        first = plan.order[0] if plan.order else None
        ranked = rankable if first is None else first.descending and form.aggregates(first.expr)
        word = "top" if ranked else "first"
        offered: list[tuple[str, Plan]] = [(f"{word} {n}", with_limit(plan, n)) for n in LIMITS]
        offered.append(("all", with_limit(plan, None)))
        text = "all" if plan.limit is None else f"{word} {number(plan.limit)}"
        without = with_limit(plan, None) if plan.limit is not None else None
        yield Chip("limit", text, self.options(offered, sure=True), without)

    def charts(self) -> Iterator[Chip]:
        plan = self.plan
        if not plan.measures or not plan.dimensions:
            return
        over_time = any(isinstance(output.expr, form.Bucket) for output in plan.dimensions)
        marks = ["line", "bar", "area"] if over_time else ["bar", "pie"]
        if len(plan.measures) > 1:
            marks.append("scatter")
        if len(plan.dimensions) > 1:
            marks.append("stacked")
        if plan.chart and plan.chart not in marks:
            marks.append(plan.chart)
        offered = [(MARKS.get(mark, f"{mark} chart"), with_chart(plan, mark)) for mark in marks]
        without = with_chart(plan, "") if plan.chart else None
        text = MARKS.get(plan.chart, f"{plan.chart} chart") if plan.chart else "chart"
        yield Chip("chart", text, self.options(offered, sure=True), without)


MARKS = {"stacked": "stacked bars"}


def _turned(order: Order) -> Order:
    return replace(order, descending=not order.descending)


def measurable(catalog: Catalog, table: Table) -> list[Column]:
    """Numeric columns that can be added up or averaged: no keys, years or codes."""
    keys = {name.lower() for key in catalog.keys_of(table.name) if key.table == table.name for name in key.columns}
    keys |= {name.lower() for name in table.primary_key}
    return [
        column
        for column in table.columns
        if column.numeric
        and column.name.lower() not in keys
        and not column.primary
        and not column.profile.encoding
        and not column.name.lower().endswith(("_id", "id"))
        and not any(word in column.name.lower() for word in _NOT_MEASURED)
    ]


def grains(catalog: Catalog, column: form.Column) -> list[form.Grain]:
    """Grains to which a date column can be cut; hours only where it holds times of day."""
    if not column.table:
        return []
    meta = catalog.column(column.table, column.name)
    if meta.profile.encoding == "year":
        return ["year"]
    found: list[form.Grain] = ["year", "quarter", "month", "week", "day", "weekday", "month_of_year"]
    midnight = str(meta.profile.maximum or "").endswith("00:00:00")
    if meta.kind == "datetime" and not midnight:
        found.append("hour")
    return found


def beside(catalog: Catalog, column: form.Column, item: form.Between) -> list[form.Between]:
    """The stretches of time before and after one, of the same length, as far as there is data."""
    low, high = item.low, item.high
    if not (isinstance(low, form.Literal) and isinstance(high, form.Literal) and column.table):
        return []
    try:
        start, end = date.fromisoformat(str(low.value)[:10]), date.fromisoformat(str(high.value)[:10])
    except ValueError:
        return []
    if end <= start:
        return []
    found = []
    for steps in (-1, 1, -2, 2, -3):
        moved = _moved(start, end, steps)
        if moved is not None and _holds(catalog.column(column.table, column.name), *moved):
            first, last = (form.Literal(day.isoformat()) for day in moved)
            words = span(moved[0].isoformat(), moved[1].isoformat()).removeprefix("in ").removeprefix("on ")
            found.append(form.Between(column, first, last, period=words))
    return sorted(found, key=lambda between: str(between.low), reverse=True)


def _moved(start: date, end: date, steps: int) -> tuple[date, date] | None:
    """A stretch of whole months moves by months, any other by its days."""
    try:
        if start.day == 1 and end.day == 1:
            months = (end.year - start.year) * 12 + end.month - start.month
            return _shift(start, months * steps), _shift(end, months * steps)
        days = timedelta(days=(end - start).days * steps)
        return start + days, end + days
    except (ValueError, OverflowError):
        return None


def _shift(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _holds(meta: Column, start: date, end: date) -> bool:
    """Do the column's smallest and largest value leave room for data between? Unknown ones do."""
    low, high = str(meta.profile.minimum or "")[:10], str(meta.profile.maximum or "")[:10]
    if meta.profile.encoding == "year":
        low, high = low and f"{low[:4]}-01-01", high and f"{high[:4]}-12-31"
    elif len(low) != 10 or low[4:5] != "-" or len(high) != 10:
        return True
    return start.isoformat() <= high and end.isoformat() > low
