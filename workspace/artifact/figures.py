"""What prose may say of a query's result: `Figures`, the only things an expression can reach.

Each verb gives a `Said` (text as a person reads it, with the value behind it) or a truth for a word that depends on the
data. They are listed in `VERBS` and `ATTRIBUTES`; nothing else of Python is reachable from a template.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from workspace.artifact import phrase
from workspace.artifact.calendar import apart, covered, going_on
from workspace.artifact.format import Formatter, Said, show
from workspace.artifact.model import NamedQuery
from workspace.artifact.sizes import PORTIONS, blank, growth, rise, same, times
from workspace.database.result import Reach, Result
from workspace.errors import ArtifactInvalid
from workspace.question.plan import Column, Plan
from workspace.question.preceding import pairs

Rows = list[tuple[Any, ...]]
LISTED = 50  # values of a list in prose at most


class Figures:
    """A result, as prose may speak of it.

    Args:
        query: the named query.
        result: its rows.
    """

    def __init__(self, query: NamedQuery, result: Result) -> None:
        self.query = query
        self.result = result
        self._formatters: dict[int, Formatter] = {}
        self._whole: dict[str, Rows] = {}

    # ------------------------------------------------------------------------------------------------- figures
    def value(self, column: str = "", row: int = 0, among: str = "") -> Said:
        """The value of ``column`` (the first by default) in ``row``; negative rows count from the end.

        Here and below, with ``among`` only the rows count that have a value in that column, if any has one: a ranking
        of places is led by a place, not by what has none.
        """
        at, rows = self._position(column), self._among(among)
        return self._said(at, rows[row][at] if -len(rows) <= row < len(rows) else None)

    def first(self, column: str = "") -> Said:
        return self.value(column, 0)

    def last(self, column: str = "") -> Said:
        return self.value(column, -1)

    def rows(self) -> Said:
        count = len(self.result.rows)
        return Said(f"more than {count:,}" if self.result.truncated else f"{count:,}", count)

    def sum(self, column: str) -> Said:
        return self._figure(column, sum)

    def min(self, column: str, among: str = "") -> Said:
        return self._figure(column, min, among)

    def max(self, column: str, among: str = "") -> Said:
        return self._figure(column, max, among)

    def mean(self, column: str) -> Said:
        numbers = self._numbers(column)
        value = sum(numbers) / len(numbers) if numbers else None
        return Said(self.query.writer(self.result.columns[self._position(column)], (value,))(value), value)

    def share(self, column: str, row: int = 0) -> Said:
        """The part of the column's sum that is in ``row``."""
        total, value = sum(self._numbers(column)), self._cell(self._position(column), row)
        part = value / total if total and isinstance(value, int | float) else None
        return Said(show(part, "percent"), part)

    def share_of_first(self, column: str) -> Said:
        return self.share(column, 0)

    def share_of_max(self, column: str, among: str = "") -> Said:
        """The part of the column's sum that its largest value makes."""
        numbers, total = self._numbers(column, among), sum(self._numbers(column))
        part = max(numbers) / total if numbers and total else None
        return Said(show(part, "percent"), part)

    def change(self, column: str, row_before: int = 0, row_after: int = -1) -> Said:
        """How much the column grew between two rows, as a fraction; a fall is negative."""
        at = self._position(column)
        return _growth(self._cell(at, row_before), self._cell(at, row_after))

    def growth(self, x: str, column: str) -> Said:
        """As `change`, between the earliest and the latest ``x``."""
        return _growth(self._at(x, column, min).value, self._at(x, column, max).value)

    def ratio(self, column: str) -> Said:
        """The largest value over the smallest."""
        numbers = self._numbers(column)
        value = max(numbers) / min(numbers) if numbers and min(numbers) > 0 else None
        return Said(times(value), value)

    def at_max(self, label: str, column: str, among: str = "") -> Said:
        return self._at(column, label, max, among)

    def at_min(self, label: str, column: str, among: str = "") -> Said:
        return self._at(column, label, min, among)

    def earliest(self, x: str, column: str) -> Said:
        return self._at(x, column, min)

    def latest(self, x: str, column: str) -> Said:
        return self._at(x, column, max)

    def list(self, column: str = "", most: int = 8, last_name: str = "") -> Said:
        """The column's values in a sentence: "A, B and C", or "A, B and 12 more"; a second column holds last names."""
        places = [self._position(column), *([self._position(last_name)] if last_name else [])]
        rows = [row for row in self.result.rows if row[places[0]] is not None]
        most = max(1, min(int(most), LISTED))
        shown = [" ".join(self._formatter(at)(row[at]) for at in places if row[at] is not None) for row in rows[:most]]
        if len(rows) > most:
            shown.append(f"{len(rows) - most:,} more")
        return Said(phrase.join(shown), tuple(shown))

    def leaders(self, label: str, column: str, most: int = 5, among: str = "") -> Said:
        """The labels that share the largest value of ``column``."""
        at, name = self._position(column), self._position(label)
        top, most = max(self._numbers(column, among), default=None), max(1, min(most, LISTED))
        rows = self._among(among) if top is not None else ()
        tied = [self._said(name, row[name]).text for row in rows if same(row[at], top)]
        more = [f"{len(tied) - most:,} more"] if len(tied) > most else []
        return Said(phrase.join(tied[:most] + more), tied)

    def count_min(self, column: str, among: str = "") -> Said:
        """How many rows share the smallest value of ``column``."""
        numbers = self._numbers(column, among)
        count = sum(same(number, min(numbers)) for number in numbers)
        return Said(f"{count:,}", count)

    def leading(self, label: str, column: str, most: int = 3, among: str = "") -> Said:
        """The labels of the ``most`` largest values of ``column``, the largest first."""
        at = self._position(label)
        names = [self._said(at, row[at]).text for row in self._ranked(column, among)[: max(1, min(most, LISTED))]]
        return Said(phrase.join(names), tuple(names))

    def share_of_leading(self, column: str, most: int = 3, among: str = "") -> Said:
        """The part of the column's sum that its ``most`` largest values make."""
        at, total = self._position(column), sum(self._numbers(column))
        part = sum(row[at] for row in self._ranked(column, among)[: max(1, most)]) / total if total else None
        return Said(show(part, "percent"), part)

    def portion(self, column: str, most: int = 1, among: str = "") -> Said:
        """The part that the ``most`` largest values make, in words: "more than half"."""
        part = self.share_of_leading(column, most, among).value
        return Said(next((said for least, said in PORTIONS if part is not None and part >= least), show(None)), part)

    def unnamed(self, label: str, column: str) -> Said:
        """``column`` of the rows that have nothing in ``label``, while others have."""
        at = self._position(column)
        return self._said(at, max((row[at] for row in self._without(label) if row[at] is not None), default=None))

    def share_of_unnamed(self, label: str, column: str) -> Said:
        """The part of the column's sum that the rows without a ``label`` make."""
        part, total = self.unnamed(label, column).value, sum(self._numbers(column))
        part = part / total if total and isinstance(part, int | float) else None
        return Said(show(part, "percent"), part)

    def lead(self, column: str, among: str = "") -> Said:
        """How many times the second largest value the largest is."""
        numbers = sorted(self._numbers(column, among), reverse=True)
        value = numbers[0] / numbers[1] if len(numbers) > 1 and numbers[1] > 0 else None
        return Said(times(value), value)

    # -------------------------------------------------------------------------------- along time, finished periods only
    def initial(self, x: str, column: str) -> Said:
        """``column`` in the earliest finished period of ``x``."""
        rows, at = self._periods(x), self._position(column)
        return self._said(at, rows[0][at]) if rows else Said(show(None))

    def reached(self, x: str) -> Said:
        """The last day that is counted in the latest period of ``x``, where that is no whole one; see `cut`."""
        reach = self._reach(x)
        return Said(show(reach.last, kind="date"), reach.last) if reach is not None else Said(show(None))

    def settled(self, x: str, column: str, back: int = 0) -> Said:
        """``column`` in the latest finished period of ``x``, or in the one ``back`` periods of the result before."""
        row, at = self._finished(x, back), self._position(column)
        return self._said(at, row[at]) if row is not None else Said(show(None))

    def moved(self, x: str, column: str, back: int = 1) -> Said:
        """How much ``column`` grew up to the latest finished period, from ``back`` periods before; as a fraction."""
        return _growth(self.settled(x, column, back).value, self.settled(x, column).value)

    def high(self, x: str, column: str) -> Said:
        """The largest value of ``column`` among the finished periods of ``x``; `high_at` is that period."""
        return self._extreme(x, column, column, max)

    def high_at(self, x: str, column: str) -> Said:
        return self._extreme(x, column, x, max)

    def low(self, x: str, column: str) -> Said:
        return self._extreme(x, column, column, min)

    def low_at(self, x: str, column: str) -> Said:
        return self._extreme(x, column, x, min)

    def settled_leader(self, x: str, label: str, column: str) -> Said:
        """Who has the largest ``column`` in the latest finished period of ``x``; `settled_most` is how much."""
        return self._at_latest(x, column, label)

    def settled_most(self, x: str, column: str) -> Said:
        return self._at_latest(x, column, column)

    def year_ago(self, x: str, column: str) -> Said:
        """``column`` a year before the latest finished period: March for March, a quarter for the same quarter."""
        row, at = self._year_ago(x), self._position(column)
        return self._said(at, row[at]) if row is not None else Said(show(None))

    def year_moved(self, x: str, column: str) -> Said:
        return _growth(self.year_ago(x, column).value, self.settled(x, column).value)

    def sum_to(self, x: str, column: str, periods: int, back: int = 0) -> Said:
        """The sum over ``periods`` finished periods, the last of them ``back`` periods before the latest."""
        rows, at = self._periods(x), self._position(column)
        rows = rows[len(rows) - back - periods : len(rows) - back]
        numbers = [row[at] for row in rows if isinstance(row[at], int | float)]
        return self._said(at, sum(numbers) if periods > 0 and len(rows) == periods else None)

    def sum_moved(self, x: str, column: str, periods: int) -> Said:
        """How much the sum over ``periods`` periods grew from the same number of periods before them."""
        return _growth(*self._sums(x, column, periods))

    # ------------------------------------------------------------------------- words out of the question, not figures
    def label(self, text: str) -> Said:
        """A name out of the question or the database that holds what plain prose may not; `bind.check` looks at it."""
        return Said(text, bound=False)

    def param(self, name: str) -> Said:
        if name not in self.query.params:
            raise ArtifactInvalid(f"The query {self.query.name} has no parameter {name}.")
        return Said(show(self.query.params[name]), bound=False)

    def where(self) -> Said:
        return Said(phrase.where(self._plan) if self._plan else "", bound=False)

    def within(self) -> Said:
        """As `where`, without the stretch of time that the periods of its rows lie in."""
        return Said(phrase.where(self._plan, timed=False) if self._plan else "", bound=False)

    def noun(self) -> Said:
        return Said(phrase.subject(self._plan)[0] if self._plan else "row", bound=False)

    def nouns(self) -> Said:
        return Said(phrase.subject(self._plan)[1] if self._plan else "rows", bound=False)

    # ---------------------------------------------------------------------------------------------- predicates
    def empty(self) -> bool:
        return not self.result.rows

    def one(self) -> bool:
        return len(self.result.rows) == 1

    def paired(self) -> bool:
        return self._plan is not None and pairs(self._plan)

    def missing(self, column: str, row: int = 0) -> bool:
        return not self.result.rows or self._cell(self._position(column), row) is None

    def rising(self, column: str) -> bool:
        return rise(self.first(column).value, self.last(column).value) > 0

    def falling(self, column: str) -> bool:
        return rise(self.first(column).value, self.last(column).value) < 0

    def grew(self, x: str, column: str) -> bool:
        return rise(self._at(x, column, min).value, self._at(x, column, max).value) > 0

    def fell(self, x: str, column: str) -> bool:
        return rise(self._at(x, column, min).value, self._at(x, column, max).value) < 0

    def unnamed_leads(self, label: str, column: str) -> bool:
        """Do the rows that have nothing in ``label`` have as large a ``column`` as any other, or a larger one?"""
        top, rest = self.max(column, label).value, self.unnamed(label, column).value
        return isinstance(rest, int | float) and (top is None or same(rest, top) or rest > top)

    def tied(self, column: str, among: str = "") -> bool:
        """Do several rows share the largest value?"""
        numbers = self._numbers(column, among)
        return len(numbers) > 1 and sum(same(number, max(numbers)) for number in numbers) > 1

    def tied_min(self, column: str, among: str = "") -> bool:
        """Do several rows share the smallest value?"""
        return (self.count_min(column, among).value or 0) > 1

    def equal(self, column: str) -> bool:
        """Do all rows have the same value?"""
        values = self.result.column(self.result.names[self._position(column)])
        return all(same(value, values[0]) for value in values)

    def missing_ratio(self, column: str) -> bool:
        return self.ratio(column).value is None

    def entire(self, column: str) -> bool:
        """Is the column's sum the figure over all rows, none of them left out by a join (see `reach`)?"""
        wholes = self.result.receipt.wholes or {}
        return column in wholes and same(sum(self._numbers(column)), wholes[column] or 0)

    def partial(self, x: str) -> bool:
        """Is the latest period the one that was still going on when the query ran?"""
        return str(self._latest(x)) in self._going_on

    def cut(self, x: str) -> bool:
        """Is the latest period over, but the data ends within it, or the question does?"""
        latest, reach = self._latest(x), self._reach(x)
        return reach is not None and not self.partial(x) and not covered(latest, reach)[1]

    def finished(self, x: str, periods: int = 1) -> bool:
        """Are there at least that many finished periods: over by the calendar, and whole in the data (see `reach`)?"""
        return len(self._periods(x)) >= periods

    def complete(self, x: str) -> bool:
        """Are all periods finished?"""
        return not self.unfinished(x)

    def unfinished(self, x: str) -> frozenset[Any]:
        """The periods that are not over, or of which the data has only a part, as the result has them."""
        at = self._position(x)
        whole = {row[at] for row in self._periods(x)}
        return frozenset(row[at] for row in self.result.rows if row[at] is not None and row[at] not in whole)

    def unbroken(self, x: str, periods: int) -> bool:
        """Do the latest finished periods follow each other, so that ``periods`` of them are what they say?"""
        latest = self.settled(x, x).value
        earliest = self.settled(x, x, periods - 1).value
        steps = apart(str(earliest), str(latest)) if latest is not None and earliest is not None else None
        return steps == periods - 1

    def rose_over_all(self, x: str, column: str) -> bool:
        """Is ``column`` larger in the latest finished period than in the earliest one?"""
        return rise(self.initial(x, column).value, self.settled(x, column).value) > 0

    def dropped_over_all(self, x: str, column: str) -> bool:
        return rise(self.initial(x, column).value, self.settled(x, column).value) < 0

    def rose(self, x: str, column: str, back: int = 1) -> bool:
        return rise(self.settled(x, column, back).value, self.settled(x, column).value) > 0

    def dropped(self, x: str, column: str, back: int = 1) -> bool:
        return rise(self.settled(x, column, back).value, self.settled(x, column).value) < 0

    def year_known(self, x: str, column: str) -> bool:
        """Is there a figure of a year before, to compare with?"""
        return isinstance(self.year_ago(x, column).value, int | float)

    def year_rose(self, x: str, column: str) -> bool:
        return rise(self.year_ago(x, column).value, self.settled(x, column).value) > 0

    def year_dropped(self, x: str, column: str) -> bool:
        return rise(self.year_ago(x, column).value, self.settled(x, column).value) < 0

    def sum_rose(self, x: str, column: str, periods: int) -> bool:
        return rise(*self._sums(x, column, periods)) > 0

    def sum_dropped(self, x: str, column: str, periods: int) -> bool:
        return rise(*self._sums(x, column, periods)) < 0

    # -------------------------------------------------------------------------------------------------- parts
    def _among(self, label: str) -> Sequence[tuple[Any, ...]]:
        """The rows that have a value in ``label``; all where none has, or none is named."""
        if not label:
            return self.result.rows
        at = self._position(label)
        return [row for row in self.result.rows if not blank(row[at])] or self.result.rows

    def _without(self, label: str) -> Rows:
        at = self._position(label)
        rows = [row for row in self.result.rows if blank(row[at])]
        return rows if len(rows) < len(self.result.rows) else []

    def _ranked(self, column: str, among: str = "") -> Rows:
        """The rows with a figure in ``column``, the largest first."""
        at = self._position(column)
        rows = [row for row in self._among(among) if isinstance(row[at], int | float)]
        return sorted(rows, key=lambda row: row[at], reverse=True)

    def _periods(self, x: str) -> Rows:
        """The rows of finished periods, the earliest first."""
        if x not in self._whole:
            at, reach, going_on = self._position(x), self._reach(x), self._going_on
            periods = {row[at] for row in self.result.rows if row[at] is not None and str(row[at]) not in going_on}
            whole = periods if reach is None else {period for period in periods if all(covered(period, reach))}
            rows = [row for row in self.result.rows if row[at] in whole]
            self._whole[x] = sorted(rows, key=lambda row: (not isinstance(row[at], int | float), row[at]))
        return self._whole[x]

    def _latest(self, x: str) -> Any:
        values = [value for value in self.result.column(x) if value is not None]
        return max(values, key=lambda value: (not isinstance(value, int | float), value), default="")

    def _reach(self, x: str) -> Reach | None:
        """How far the data behind the periods of ``x`` goes, where somebody looked."""
        return next((reach for reach in self.result.receipt.reach or () if reach.column == x), None)

    def _at_latest(self, x: str, column: str, wanted: str) -> Said:
        period, by, at = self._position(x), self._position(column), self._position(wanted)
        rows = self._periods(x)
        rows = [row for row in rows if row[period] == rows[-1][period] and isinstance(row[by], int | float)]
        return self._said(at, max(rows, key=lambda row: row[by])[at]) if rows else Said(show(None))

    def _extreme(self, x: str, column: str, wanted: str, choose: Callable[..., Any]) -> Said:
        by, at = self._position(column), self._position(wanted)
        rows = [row for row in self._periods(x) if isinstance(row[by], int | float)]
        return self._said(at, choose(rows, key=lambda row: row[by])[at]) if rows else Said(show(None))

    def _finished(self, x: str, back: int) -> tuple[Any, ...] | None:
        rows = self._periods(x)
        return rows[-1 - back] if 0 <= back < len(rows) else None

    def _year_ago(self, x: str) -> tuple[Any, ...] | None:
        latest, at = str(self.settled(x, x).value), self._position(x)
        if not re.match(r"\d{4}-", latest):
            return None
        wanted = f"{int(latest[:4]) - 1}{latest[4:]}"
        return next((row for row in self._periods(x) if str(row[at]) == wanted), None)

    def _sums(self, x: str, column: str, periods: int) -> tuple[Any, Any]:
        return self.sum_to(x, column, periods, periods).value, self.sum_to(x, column, periods).value

    @cached_property
    def _going_on(self) -> frozenset[str]:
        """How the periods that had not ended when the query ran are written."""
        return going_on(self.result.receipt.ran_at)

    @cached_property
    def _plan(self) -> Plan | None:
        return Plan.from_dict(self.query.plan) if self.query.plan else None

    def _position(self, column: str) -> int:
        if not column and self.result.columns:
            return 0
        try:
            return self.result.index(column)
        except KeyError:
            raise ArtifactInvalid(
                f"The result of {self.query.name} has no column {column}.", hint="Ask the question again to renew it."
            ) from None

    def _cell(self, at: int, row: int) -> Any:
        rows = self.result.rows
        return rows[row][at] if -len(rows) <= row < len(rows) else None

    def _formatter(self, at: int) -> Formatter:
        if at not in self._formatters:
            column = self.result.columns[at]
            self._formatters[at] = self.query.writer(column, tuple(row[at] for row in self.result.rows))
        return self._formatters[at]

    def _said(self, at: int, value: Any) -> Said:
        if blank(value) and self._groups(at):
            return Said(f"the group without {phrase.prose_name(self.result.columns[at].name)}", value)
        if isinstance(value, int | float) and isinstance(self._groups(at), Column):  # "class 3 leads", not "3 leads"
            return Said(f"{phrase.prose_name(self.result.columns[at].name)} {self._formatter(at)(value)}", value)
        return Said(self._formatter(at)(value), value)

    def _groups(self, at: int) -> Any:
        """What the rows are gathered by, where the column shows that."""
        plan = self._plan
        if plan is None or not plan.group or len(plan.outputs) != len(self.result.columns):
            return None
        return plan.outputs[at].expr if plan.outputs[at].expr in plan.group else None

    def _numbers(self, column: str, among: str = "") -> Sequence[Any]:
        at = self._position(column)
        return [row[at] for row in self._among(among) if isinstance(row[at], int | float)]

    def _figure(self, column: str, gather: Callable[..., Any], among: str = "") -> Said:
        numbers = self._numbers(column, among)
        return self._said(self._position(column), gather(numbers) if numbers else None)

    def _at(self, key: str, wanted: str, choose: Callable[..., Any], among: str = "") -> Said:
        """``wanted`` in the row where ``key`` is smallest or largest; the first such row."""
        by, at = self._position(key), self._position(wanted)
        rows = [row for row in self._among(among) if row[by] is not None]
        if not rows:
            return Said(show(None))
        # Mixed kinds in one SQLite column sort numbers before text, as SQLite itself does.
        best = choose(rows, key=lambda row: (not isinstance(row[by], int | float), row[by]))
        return self._said(at, best[at])


def _growth(before: Any, after: Any) -> Said:
    return Said(show(value := growth(before, after), "percent"), value)
