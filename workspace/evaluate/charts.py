"""Measuring the charts that a question is answered with, on data in nvBench's format (`noapp eval`).

An entry asks for one chart in several wordings; its gold is SQL, perhaps with dates to cut down (``BIN … BY …``), and
the mark. Each wording is read as the product reads it; the plan runs, and the chart is the one that the answer's page
shows.

Two charts are the same when

- the **mark** is: bar, line, pie, scatter, each with or without a colour channel (``stacked bar``, ``grouping line``,
  ``grouping scatter``); whether the bars of one place stand upon or beside each other is not told apart;
- the **points** are: the multiset of (x, y[, colour]) values, found by running both. Columns can be named in two ways
  and figures written in several, so that names prove little. x is never taken for y. Points without an x or without a
  y are not drawn and not compared. The points hold filter, joins, columns, aggregate and binning to account;
- the **order** is, where one was asked for by an axis: which axis, which direction. None asked means any; one by a
  column on neither axis cannot be seen in the chart and means any, and so does an ``ORDER BY`` without a direction,
  which is there in the SQL that a chart was made of but in few of its wordings.

Where the gold says less than one chart, each of its readings counts: ``BIN BY MONTH`` is the month of one year or of
all; an aggregate without ``GROUP BY`` is gathered by x; plain values beside a ``GROUP BY`` are each row's own or any
one of the group's. A gold that cannot be drawn (it does not run, or asks for the weekday of a year) is left out and
counted.

The parts are told apart for whoever looks for what went wrong: mark, axes (the values along x, and those of the
colour), aggregate (the function of y), binning (the grain, or the same points without one), order; ``points`` is all of
it together.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from workspace.artifact.model import Chart
from workspace.database.catalog import Catalog
from workspace.database.execute import kind_of
from workspace.database.result import Limits, Query, Receipt, Result, ResultColumn
from workspace.database.source import RawResult, Source, open_source
from workspace.errors import NoAppError, PlanInvalid, QuestionError, SourceError, SourceUnreadable
from workspace.evaluate.comparing import same_rows
from workspace.question import plan as form
from workspace.question.plan import Plan

PARTS = ("mark", "axes", "aggregate", "binning", "order", "points")
MARKS = {"point": "scatter", "arc": "pie"}
COLOURED = {"bar": "stacked bar", "line": "grouping line", "point": "grouping scatter"}
BINS: dict[str, tuple[str, ...]] = {"MONTH": ("month", "month_of_year"), "ZERO": ("",)}
FUNCTIONS: dict[type, str] = {exp.Count: "count", exp.Sum: "sum", exp.Avg: "avg", exp.Min: "min", exp.Max: "max"}
LIMITS = Limits(seconds=20.0, rows=200_000, length=100_000_000)
Points = list[tuple[Any, ...]]


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
    aggregate: str
    grains: tuple[str, ...]
    order: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Predicted:
    """The chart of an answer: what is written to the predictions, and its points."""

    chart: dict[str, Any] = field(default_factory=dict)
    points: Points | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One wording asked; ``parts`` is empty where the gold cannot be drawn."""

    line: dict[str, Any]
    mark: str
    parts: Mapping[str, bool] = field(default_factory=dict)
    broken: str = ""

    @property
    def right(self) -> bool:
        return all(self.parts[part] for part in ("mark", "points", "order"))


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
    readings = tuple(_drawn(rows.rows) for rows in found if rows is not None and not rows.truncated)
    readings = tuple(points for points in readings if points)
    if not readings:
        return None
    return Drawable(readings, _function(y), grains, _order(tree, gold.sql, x, y))


def _quoted(sql: str) -> str:
    return sql.strip().rstrip(";")


def _statements(
    tree: exp.Select, x: exp.Expression, y: exp.Expression, gold: Gold, grains: Sequence[str], catalog: Catalog
) -> Iterator[str]:
    """The SQL of each reading: x, y and the colour, gathered and cut down as the gold has it."""
    said = tree.args.get("group")
    group = list(said.expressions) if said is not None else []
    colour = next((part for part in group if _bare(part) != _bare(x)), None)
    if colour is None and len(group) > 1:
        colour = group[0] if group[0] != x else group[1]
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
    for table in tree.find_all(exp.Table):
        known = catalog.has(table.name) and catalog.table(table.name).has(x.name)
        if known and x.table.lower() in ("", table.alias_or_name.lower()):
            try:
                return bucket(x.copy(), catalog.column(table.name, x.name), grain, catalog.dialect)
            except PlanInvalid:
                return None
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


# ------------------------------------------------------------------------------------------------------ predicted
def chart_of(question: str, plan: Plan, source: Source) -> Predicted:
    """The chart on the page of the answer, and its points; without points where the answer has none.

    Raises:
        QuestionError, QueryError: the plan cannot be written, or does not run.
    """
    from workspace.artifact.compose import compose_answer
    from workspace.question.sql import to_query

    catalog = source.catalog()
    query = to_query(plan, catalog)
    raw = source.execute(query, LIMITS)
    columns = tuple(ResultColumn(name, kind_of(raw.rows, place)) for place, name in enumerate(raw.names))
    receipt = Receipt.of(len(raw.names), raw.rows, source="", fingerprint="", sql="", params={}, planner="", ran_at="")
    result = Result(columns, tuple(raw.rows), raw.truncated, raw.elapsed, receipt)
    artifact = compose_answer(question, plan, catalog, result, source=source.name, query=query)
    block = next((block for block in artifact.blocks if isinstance(block, Chart)), None)
    if block is None:
        return Predicted()
    places = [result.index(name) for name in (block.x, block.y, block.color) if name]
    points = _drawn([tuple(row[place] for place in places) for row in result.rows])
    return Predicted(_described(block, plan), points)


def _described(block: Chart, plan: Plan) -> dict[str, Any]:
    from workspace.question.sql import column_names

    shown = dict(zip(column_names(plan), (output.expr for output in plan.outputs), strict=True))
    x, y = shown.get(block.x), shown.get(block.y)
    figure = y.of if isinstance(y, form.Share) else y
    order = {"": "", "x": "x ascending", "-x": "x descending", "y": "y ascending", "-y": "y descending"}[block.sort]
    mark = COLOURED.get(block.mark, MARKS.get(block.mark, block.mark)) if block.color else None
    return {
        "mark": mark or MARKS.get(block.mark, block.mark),
        "x": block.x,
        "y": block.y,
        "colour": block.color,
        "aggregate": figure.function if isinstance(figure, form.Aggregate) else "",
        "bin": x.grain if isinstance(x, form.Bucket) else "",
        "order": order or ("x ascending" if block.x_type == "temporal" else ""),
    }


def judge(predicted: Predicted, gold: Gold, wanted: Drawable) -> dict[str, bool]:
    """Which parts of the chart are right."""
    chart, points = predicted.chart, predicted.points
    if not chart or points is None:
        return dict.fromkeys(PARTS, False)
    same = any(_same(points, reading) for reading in wanted.readings)
    axes = any(_values(points, 0) == _values(reading, 0) and _values(points, 2) == _values(reading, 2)
               for reading in wanted.readings)  # fmt: skip
    return {
        "mark": chart["mark"] == gold.mark,
        "axes": same or axes,
        "aggregate": same or chart["aggregate"] == wanted.aggregate,
        "binning": same or chart["bin"] in wanted.grains,
        "order": wanted.order is None or chart["order"] == " ".join(wanted.order),
        "points": same,
    }


def _drawn(rows: Sequence[Sequence[Any]]) -> Points:
    return [tuple(row) for row in rows if row[0] is not None and row[1] is not None]


def _same(points: Points, reading: Points) -> bool:
    same_width = len(points) == len(reading) and (not points or len(points[0]) == len(reading[0]))
    return same_width and same_rows(points, reading)


def _values(points: Points, place: int) -> set[Any]:
    return {point[place] for point in points if len(point) > place}


def _rows(source: Source, sql: str) -> RawResult | None:
    try:
        return source.execute(Query(sql, {}, source.dialect), LIMITS)
    except NoAppError:
        return None


# -------------------------------------------------------------------------------------------------------- playing
Job = tuple[Path, Sequence[Entry], datetime]


def jobs(entries: Sequence[Entry], databases: Path, clock: datetime) -> list[Job]:
    """What `play` takes, one for each database."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.db, []).append(entry)
    return [(databases / db / f"{db}.sqlite", group, clock) for db, group in groups.items()]


def play(job: Job) -> list[Outcome]:
    """Every wording of every entry over one database; none of them can be drawn when it cannot be opened.

    Args:
        job: the database's file, its entries, the moment that "today" means.
    """
    path, entries, clock = job
    try:
        source = open_source(path)
    except SourceError as problem:
        return [_unasked(entry, wording, str(problem)) for entry in entries for wording in entry.wordings]
    found = []
    with closing(source):
        for entry in entries:
            wanted = drawable(entry.gold, source)
            found += [_ask(source, entry, wording, wanted, clock) for wording in entry.wordings]
    return found


def _unasked(entry: Entry, wording: str, broken: str) -> Outcome:
    line = {"index": entry.index, "db_id": entry.db, "question": wording, "chart": {}, "sql": "", "action": "decline"}
    return Outcome(line | {"seconds": 0.0}, entry.gold.mark, {}, broken)


def _ask(source: Source, entry: Entry, wording: str, wanted: Drawable | None, clock: datetime) -> Outcome:
    from workspace.question.read import read
    from workspace.question.sql import to_text

    catalog, values = source.catalog(), source.values()
    predicted, sql, action, broken = Predicted(), "", "decline", ""
    start = time.perf_counter()
    seconds = 0.0
    try:
        readings = read(wording, catalog, values, clock, nearby=False)
        seconds, action = time.perf_counter() - start, readings.action
        if readings.best is not None:
            sql = to_text(readings.best.plan, catalog)
            predicted = chart_of(wording, readings.best.plan, source)
    except QuestionError as problem:
        broken = problem.message
    except Exception as problem:
        broken = f"{type(problem).__name__}: {problem}"
    line = {
        "index": entry.index,
        "db_id": entry.db,
        "question": wording,
        "chart": predicted.chart,
        "sql": sql,
        "action": action,
        "seconds": round(seconds, 6),
    }
    parts = judge(predicted, entry.gold, wanted) if wanted is not None else {}
    return Outcome(line, entry.gold.mark, parts, broken)


# -------------------------------------------------------------------------------------------------------- figures
@dataclass(frozen=True, slots=True)
class Summary:
    """What a measurement of charts came to; shares are (measured, right)."""

    wordings: int
    measured: int
    correct: int
    by_mark: Mapping[str, tuple[int, int]]
    by_part: Mapping[str, tuple[int, int]]
    by_fold: Mapping[str, tuple[int, int]]
    actions: Mapping[str, int]
    broken: int
    p50: float
    p99: float

    def lines(self) -> Iterator[str]:
        """The figures as a person reads them."""
        yield f"charts {_share(self.correct, self.measured)} ({self.correct:,} of {self.measured:,} wordings)"
        for title, shares in (("mark", self.by_mark), ("part", self.by_part), ("fold", self.by_fold)):
            yield f"  by {title}"
            for name, (asked, right) in shares.items():
                yield f"    {name:<17}{_share(right, asked)} ({right:,} of {asked:,})"
        yield "would " + ", ".join(f"{name} {_share(count, self.wordings)}" for name, count in self.actions.items())
        yield f"time per question p50 {self.p50 * 1000:.1f} ms, p99 {self.p99 * 1000:.1f} ms"
        if self.wordings > self.measured:
            yield f"left out: {self.wordings - self.measured:,} whose gold cannot be drawn"
        if self.broken:
            yield f"the planner failed on {self.broken:,}"


def sum_up(outcomes: Sequence[Outcome], fold_of: Callable[[str], int]) -> Summary:
    """The figures of a measurement."""
    measured = [outcome for outcome in outcomes if outcome.parts]
    times = sorted(outcome.line["seconds"] for outcome in outcomes)
    return Summary(
        wordings=len(outcomes),
        measured=len(measured),
        correct=sum(outcome.right for outcome in measured),
        by_mark=_shares([(outcome.mark, outcome.right) for outcome in measured]),
        by_part={part: (len(measured), sum(outcome.parts[part] for outcome in measured)) for part in PARTS},
        by_fold=_shares([(str(fold_of(outcome.line["db_id"])), outcome.right) for outcome in measured]),
        actions=Counter(outcome.line["action"] for outcome in outcomes),
        broken=sum(bool(outcome.broken) for outcome in outcomes),
        p50=times[len(times) // 2] if times else 0.0,
        p99=times[min(int(len(times) * 0.99), len(times) - 1)] if times else 0.0,
    )


def _shares(found: Sequence[tuple[str, bool]]) -> dict[str, tuple[int, int]]:
    asked, right = Counter(name for name, _ in found), Counter(name for name, is_right in found if is_right)
    return {name: (asked[name], right[name]) for name in sorted(asked)}


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "–"


def report(played: Iterable[Sequence[Outcome]], predictions: Path | None, out: Callable[[str], object]) -> Summary:
    """Prints the figures, writes the predictions, one JSON line per wording."""
    from workspace.evaluate.fitting import fold_of

    outcomes = sorted((outcome for found in played for outcome in found), key=lambda outcome: outcome.line["index"])
    if predictions is not None:
        text = "".join(json.dumps(outcome.line, ensure_ascii=False, default=str) + "\n" for outcome in outcomes)
        predictions.write_text(text, encoding="utf-8")
    summary = sum_up(outcomes, fold_of)
    for line in summary.lines():
        out(line)
    return summary
