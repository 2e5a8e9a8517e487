"""Which picture, if any, carries a result: the mark and what goes where. How it looks is the faces' business."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from workspace.question import plan as form
from workspace.question.plan import Output, Plan
from workspace.question.sql import column_names

Mark = Literal["line", "bar", "area", "point", "arc"]
Scale = Literal["temporal", "ordinal", "nominal", "quantitative"]

MOST_BARS = 30
MOST_SERIES = 8
MOST_POINTS = 2_000
FEW_TIMES = 3
NUMBERS = ("integer", "real")
_ASKED: dict[str, Mark] = {
    "line": "line", "bar": "bar", "stacked": "bar", "area": "area", "scatter": "point", "pie": "arc",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """A chart of a result's columns.

    Args:
        mark: line, bar, area, point or arc.
        x: the column along the axis of categories or time; the slices of an arc.
        y: the column of the figure.
        color: the column that tells series apart, "" for one series.
        horizontal: bars lie, so that long names can be read; ``x`` is then the vertical axis.
        sort: ``-y`` or ``y`` for the order of the figure, ``-x`` or ``x`` for that of the axis, "" as the rows are.
        x_type, y_type: temporal, ordinal, nominal or quantitative.
        stacked: the bars of one place stand upon each other instead of side by side.
    """

    mark: Mark
    x: str
    y: str
    color: str = ""
    horizontal: bool = False
    sort: str = ""
    x_type: Scale = "nominal"
    y_type: Scale = "quantitative"
    stacked: bool = False

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> ChartSpec:
        return cls(**data)


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    kind: str
    output: Output
    scale: Scale


def choose(
    plan: Plan,
    result_columns: Sequence[tuple[str, str]],
    row_count: int,
    *,
    distinct: Mapping[str, int] | None = None,
) -> ChartSpec | None:
    """The chart for a result, or None where a figure or a table says it better.

    A series over time is a line, a ranking lies as bars, two ways of telling apart are colours, two numbers are points.
    What the person asked for (``plan.chart``) wins wherever the columns can be drawn that way, in the order they are
    shown: x, the figure, the colour.

    Args:
        plan: the plan that was run.
        result_columns: (name, kind) of each column of the result, kinds as in `ResultColumn`.
        row_count: rows of the result.
        distinct: how many different values a column of the result has, where known; series are told apart by the
            column that has few enough.

    Example:
        >>> from workspace.question.plan import Aggregate, Bucket, Column, Output, Plan
        >>> day = Bucket(Column("invoice", "date"), "month")
        >>> plan = Plan("invoice", (Output(day, "month"), Output(Aggregate("count"), "n")), group=(day,))
        >>> choose(plan, [("month", "text"), ("n", "integer")], 12).mark
        'line'
    """
    fields = _fields(plan, result_columns)
    if plan.chart in _ASKED:
        return _as_asked(plan, fields, row_count)
    figures = [field for field in fields if field.scale == "quantitative" and field.kind in NUMBERS]
    others = [field for field in fields if field not in figures]
    if row_count < 2:
        return None
    if not others and len(figures) >= 2 and not plan.grouped:
        return _points(figures, row_count)
    if not figures or not (plan.grouped or plan.base is not None or plan.order):
        return None
    if not others:
        return None
    figure = _main_figure(plan, figures)
    times = [field for field in others if field.scale in ("temporal", "ordinal")]
    names = _shortest_names([field for field in others if field.scale == "nominal"])
    if not plan.grouped:  # each row is one bar, called by what it is a row of
        names = sorted(names, key=lambda field: not _of_table(field, plan.root))[:1]
    if len(times) + len(names) > 2:
        return None
    spec = _over_time(plan, times, names, figure, row_count) if times else _categories(plan, names, figure, row_count)
    return _told_apart(spec, distinct or {})


# ------------------------------------------------------------------------------------------------- as it was asked
def _as_asked(plan: Plan, fields: Sequence[_Field], rows: int) -> ChartSpec | None:
    """The mark that was asked for: x is what is shown first, then the figure, then the colour."""
    asked = [field for field in fields if field.output.asked] or list(fields)
    numbers = [field for field in asked if field.kind in NUMBERS]
    if not rows or not numbers or len(fields) < 2:
        return None
    mark = _ASKED[plan.chart]
    shown = asked if len(asked) > 1 else list(fields)  # "the best selling genre": the figure is not asked, but drawn
    numbers = [field for field in shown if field.kind in NUMBERS]
    x, y = _asked_points(shown, numbers) if mark == "point" else _asked_axes(plan, shown, numbers, mark)
    if x is None or y is None or x is y:
        return None
    rest = [field for field in shown if field not in (x, y) and not form.aggregates(field.output.expr)]
    told = (plan.grouped or len(shown) == 3) and mark != "arc"
    color = rest[0].name if told and rest and not _same_thing(rest[0], x, plan) else ""
    x_type: Scale = "quantitative" if mark == "point" and x.kind in NUMBERS else x.scale
    if mark != "point" and x_type == "quantitative":
        x_type = "ordinal"
    if mark in ("line", "area") and x_type == "nominal":
        x_type = "ordinal"
    lying = mark == "bar" and x_type in ("nominal", "quantitative")
    stacked = plan.chart == "stacked" and bool(color)
    return ChartSpec(mark, x.name, y.name, color, lying, _sorted_by(plan, x, y), x_type, stacked=stacked)


def _asked_points(shown: Sequence[_Field], numbers: Sequence[_Field]) -> tuple[_Field | None, _Field | None]:
    """Two numbers, in the order they were named; one number stands above whatever else there is."""
    if len(numbers) >= 2:
        return numbers[0], numbers[1]
    return next((field for field in shown if field not in numbers), None), numbers[0]


def _asked_axes(
    plan: Plan, shown: Sequence[_Field], numbers: Sequence[_Field], mark: Mark
) -> tuple[_Field | None, _Field | None]:
    gathered = [field for field in numbers if form.aggregates(field.output.expr)]
    if gathered:
        y = _main_figure(plan, gathered)
    else:
        y = next((field for field in numbers if field is not shown[0]), numbers[0])
    others = [field for field in shown if field is not y]
    times = [field for field in others if field.scale in ("temporal", "ordinal")]
    x = times[0] if times and mark in ("line", "area") else others[0] if others else None
    return x, y


def _same_thing(one: _Field, other: _Field, plan: Plan) -> bool:
    """Do two columns name the same row, so that the colours would tell nothing apart?"""
    first, second = one.output.expr, other.output.expr
    if not (isinstance(first, form.Column) and isinstance(second, form.Column)) or first.table != second.table:
        return False
    return plan.grouped and _is_id(one) != _is_id(other)


def _sorted_by(plan: Plan, x: _Field, y: _Field) -> str:
    """The axis that the plan orders by first."""
    for order in plan.order:
        for axis, field in (("x", x), ("y", y)):
            if field.output.expr == order.expr:
                return f"-{axis}" if order.descending else axis
        return ""
    return ""


def _told_apart(spec: ChartSpec | None, distinct: Mapping[str, int]) -> ChartSpec | None:
    """More series than colours can tell apart change places with the axis, or there is no chart."""
    if spec is None or not spec.color or distinct.get(spec.color, 0) <= MOST_SERIES:
        return spec
    if spec.x_type == "nominal" and distinct.get(spec.x, MOST_SERIES + 1) <= MOST_SERIES:
        return replace(spec, x=spec.color, color=spec.x)
    return None


def _fields(plan: Plan, columns: Sequence[tuple[str, str]]) -> list[_Field]:
    """Columns of the result with the outputs they show; those that the plan does not know are left out."""
    by_name = dict(zip(column_names(plan), plan.outputs, strict=True))
    fields = []
    for name, kind in columns:
        output = by_name.get(name)
        if output is not None and kind not in ("blob", "null"):
            fields.append(_Field(name, kind, output, _scale(output, kind)))
    return fields


def _scale(output: Output, kind: str) -> Scale:
    expr = output.expr
    if isinstance(expr, form.Bucket):
        return "ordinal" if expr.grain in ("month_of_year", "weekday", "hour", "quarter", "week") else "temporal"
    if form.aggregates(expr) or isinstance(expr, form.Arithmetic):
        return "quantitative" if kind in NUMBERS else "nominal"
    if kind in ("date", "datetime"):
        return "temporal"
    if isinstance(expr, form.Column) and kind in NUMBERS:
        name = expr.name.lower()
        if name == "year" or name.endswith("_year"):
            return "temporal"
        return "nominal" if name == "id" or expr.name.endswith(("Id", "ID", "_id")) else "quantitative"
    return "quantitative" if kind in NUMBERS else "nominal"


def _main_figure(plan: Plan, figures: Sequence[_Field]) -> _Field:
    """The figure the rows are ordered by, else the first."""
    for order in plan.order:
        for field in figures:
            if field.output.expr == order.expr:
                return field
    gathered = [field for field in figures if form.aggregates(field.output.expr)]
    return (gathered or list(figures))[0]


def _shortest_names(names: Sequence[_Field]) -> list[_Field]:
    """Of several columns that name the same thing (an id and a name) one is enough."""
    kept: dict[Any, _Field] = {}
    for field in names:
        tables = {(node.table, node.role) for node in form.walk(field.output.expr) if isinstance(node, form.Column)}
        owner = frozenset(tables) or field.name
        if owner not in kept or _is_id(kept[owner]):
            kept[owner] = field
    return list(kept.values())


def _of_table(field: _Field, table: str) -> bool:
    columns = [node for node in form.walk(field.output.expr) if isinstance(node, form.Column)]
    return bool(columns) and all(column.table == table and not column.role for column in columns)


def _is_id(field: _Field) -> bool:
    return field.name.lower() == "id" or field.name.lower().endswith((" id", "_id")) or field.kind in NUMBERS


def _over_time(
    plan: Plan, times: Sequence[_Field], names: Sequence[_Field], figure: _Field, rows: int
) -> ChartSpec | None:
    axis = times[0]
    series = [*names, *times[1:]]
    if len(series) > 1 or (series and rows > MOST_POINTS):
        return None
    mark: Mark = "bar" if rows <= FEW_TIMES else "line"
    expr = axis.output.expr
    if isinstance(expr, form.Bucket) and expr.grain in ("month_of_year", "weekday", "hour"):
        mark = "bar"
    color = series[0].name if series else ""
    return ChartSpec(mark, axis.name, figure.name, color, sort=_sorted_by(plan, axis, figure), x_type=axis.scale)


def _categories(plan: Plan, names: Sequence[_Field], figure: _Field, rows: int) -> ChartSpec | None:
    axis = names[0]
    sort = _sorted_by(plan, axis, figure) if plan.order else "-y"
    if len(names) == 2:
        if rows > MOST_BARS * 2:
            return None
        return ChartSpec("bar", axis.name, figure.name, names[1].name, horizontal=True, sort=sort)
    if rows > MOST_BARS:
        return None
    return ChartSpec("bar", axis.name, figure.name, horizontal=True, sort=sort)


def _points(figures: Sequence[_Field], rows: int) -> ChartSpec | None:
    if rows > MOST_POINTS:
        return None
    return ChartSpec("point", figures[0].name, figures[1].name, x_type="quantitative")
