"""Measuring the charts that a question is answered with, on data in nvBench's format (`noapp eval`).

An entry asks for one chart in several wordings; its gold is SQL, perhaps with dates to cut down (``BIN … BY …``), and
the mark. Each wording is read as the product reads it; the plan runs, and the chart is the one that the answer's page
shows.

A chart is right when its parts are:

- the **mark**: bar, line, pie, scatter, each with or without a colour channel (``stacked bar``, ``grouping line``,
  ``grouping scatter``); whether the bars of one place stand upon or beside each other is not told apart;
- the **axes**: the columns along x and y and of the colour. x is never taken for y. Where columns differ the values
  decide, since one thing may be named in two ways; what counts has no column;
- the **aggregate**: the function of y;
- the **binning**: the grain that a date is cut down to;
- the **order**, where one was asked for by an axis: which axis, which direction. None asked means any; one by a column
  on neither axis cannot be seen in the chart and means any, and so does an ``ORDER BY`` without a direction, which is
  there in the SQL that a chart was made of but in few of its wordings.

Beside it stands the stricter measure: the **points** are the same as well, the multiset of (x, y[, colour]) values
found by running both, which holds filter and joins to account. Points without an x or without a y are not drawn and
not compared. The same points have the same axes, aggregate and binning, whatever these are called.

Where the gold says less than one chart, each of its readings counts: ``BIN BY MONTH`` is the month of one year or of
all; an aggregate without ``GROUP BY`` is gathered by x; plain values beside a ``GROUP BY`` are each row's own or any
one of the group's. A gold that cannot be drawn (it does not run, or asks for the weekday of a year) is left out and
counted.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from workspace.artifact.model import Chart
from workspace.database.execute import kind_of
from workspace.database.result import Receipt, Result, ResultColumn
from workspace.database.source import Source, open_source
from workspace.errors import QuestionError, SourceError
from workspace.evaluate.comparing import same_rows
from workspace.evaluate.nvbench import LIMITS, Axes, Drawable, Entry, Gold, Points, drawable, drawn
from workspace.question import plan as form
from workspace.question.plan import Plan

PARTS = ("mark", "axes", "aggregate", "binning", "order")
POINTS = "points"
MARKS = {"point": "scatter", "arc": "pie"}
COLOURED = {"bar": "stacked bar", "line": "grouping line", "point": "grouping scatter"}


@dataclass(frozen=True, slots=True)
class Predicted:
    """The chart of an answer: what is written to the predictions, and its points."""

    chart: dict[str, Any] = field(default_factory=dict)
    points: Points | None = None
    axes: Axes = ("", "", "")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One wording asked; ``parts`` is empty where the gold cannot be drawn."""

    line: dict[str, Any]
    mark: str
    parts: Mapping[str, bool] = field(default_factory=dict)
    broken: str = ""

    @property
    def right(self) -> bool:
        return all(self.parts[part] for part in PARTS)


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
    points = drawn([tuple(row[place] for place in places) for row in result.rows])
    return Predicted(_described(block, plan), points, _axes(block, plan))


def _axes(block: Chart, plan: Plan) -> Axes:
    from workspace.question.sql import column_names

    shown = dict(zip(column_names(plan), (output.expr for output in plan.outputs), strict=True))
    names = []
    for name in (block.x, block.y, block.color):
        nodes = list(form.walk(shown[name])) if name in shown else []
        counts = any(isinstance(node, form.Aggregate) and node.function == "count" for node in nodes)
        columns = [node for node in nodes if isinstance(node, form.Column)]
        names.append(f"{columns[0].table}.{columns[0].name}".lower() if columns and not counts else "")
    return names[0], names[1], names[2]


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
        return dict.fromkeys((*PARTS, POINTS), False)
    same = any(_same(points, reading) for reading in wanted.readings)
    axes = all(
        one == other or any(_values(points, place) == _values(reading, place) for reading in wanted.readings)
        for place, (one, other) in enumerate(zip(predicted.axes, wanted.axes, strict=True))
    )
    return {
        "mark": chart["mark"] == gold.mark,
        "axes": same or axes,
        "aggregate": same or chart["aggregate"] == wanted.aggregate,
        "binning": same or chart["bin"] in wanted.grains,
        "order": wanted.order is None or chart["order"] == " ".join(wanted.order),
        POINTS: same,
    }


def _same(points: Points, reading: Points) -> bool:
    same_width = len(points) == len(reading) and (not points or len(points[0]) == len(reading[0]))
    return same_width and same_rows(points, reading)


def _values(points: Points, place: int) -> set[Any]:
    return {point[place] for point in points if len(point) > place}


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
    """What a measurement of charts came to; shares are (measured, right).

    ``exact`` are those of the ``correct`` that have the same points as well.
    """

    wordings: int
    measured: int
    correct: int
    exact: int
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
        yield f"and the same points {_share(self.exact, self.measured)} ({self.exact:,})"
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
        exact=sum(outcome.right and outcome.parts[POINTS] for outcome in measured),
        by_mark=_shares([(outcome.mark, outcome.right) for outcome in measured]),
        by_part={part: (len(measured), sum(outcome.parts[part] for outcome in measured)) for part in (*PARTS, POINTS)},
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
