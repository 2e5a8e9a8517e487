"""A result as a table to be written: headings, aligned cells as text, totals. Shared by the faces."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from workspace.artifact.format import heading, is_label
from workspace.artifact.model import NamedQuery, Shown
from workspace.database.result import Result, ResultColumn

SHORT = 24  # characters that stay on one line
_STARTS = {
    (False, False): Markup("<td>"),
    (False, True): Markup('<td class="s">'),
    (True, False): Markup('<td class="n">'),
    (True, True): Markup('<td class="n">'),
}
_BARRED = Markup('<td class="n b">')
LONGEST = 400  # characters of one cell; the CSV has all of it


@dataclass(frozen=True, slots=True)
class Heading:
    """``number`` columns are right-aligned, ``short`` ones never wrapped; ``helps``: only there to read the answer."""

    text: str
    number: bool
    helps: bool = False
    short: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of text. ``totals`` is empty or has one text per column; ``count`` is the number of rows of the result.

    ``barred`` is the column that has ``bars``, one per row, and ``ranks`` are the places in front of the rows, "" for a
    row without; -1 and none where nothing is said of them (see `workspace.faces.glance`).
    """

    headings: tuple[Heading, ...]
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[str, ...]
    count: int
    truncated: bool
    barred: int = -1
    bars: tuple[Markup, ...] = ()
    ranks: tuple[str, ...] = ()

    @property
    def starts(self) -> tuple[Markup, ...]:
        """Per column the tag that begins its cells."""
        return tuple(map(self._start, range(len(self.headings))))

    def first(self, row: int) -> Markup:
        """The tag that begins the first cell of a row; it carries the row's place, which so moves with the row."""
        rank = self.ranks[row] if self.ranks else ""
        return Markup(f'{self._start(0)[:-1]} data-rank="{rank}">') if rank else self._start(0)

    def _start(self, at: int) -> Markup:
        head = self.headings[at]
        return _BARRED if at == self.barred else _STARTS[head.number, head.short]

    @property
    def left_out(self) -> int:
        return self.count - len(self.rows)


def grid(
    query: NamedQuery,
    result: Result,
    *,
    columns: Sequence[str] = (),
    most: int = 10_000,
    rows: Sequence[int] | None = None,
) -> Grid:
    """The result as text.

    Args:
        query: says how its columns are shown.
        result: the rows.
        columns: which, in which order; all when empty.
        most: rows at most.
        rows: which of them, in which order; all when None. Figures are written as among all rows.
    """
    places = [result.index(name) for name in columns] if columns else list(range(len(result.columns)))
    headings, written, totals = [], [], []
    chosen = result.rows if rows is None else [result.rows[row] for row in rows]
    kept = chosen[:most]
    for place in places:
        column, shown = result.columns[place], query.shown(result.columns[place].name)
        values = [row[place] for row in result.rows]
        write = query.writer(column, values)
        number = is_number(column, shown)
        cells = [_cut(write(row[place])) for row in kept]
        short = max(map(len, cells), default=0) <= SHORT
        headings.append(Heading(heading(column.name), number, not shown.asked, short))
        written.append(cells)
        numbers = [value for row in chosen if isinstance(value := row[place], int | float)]
        may = shown.total and number and len(kept) > 1 and not result.truncated and numbers
        total = math.fsum(numbers) if any(isinstance(value, float) for value in numbers) else sum(numbers)
        totals.append(write(total) if may else "")
    return Grid(
        tuple(headings),
        tuple(zip(*written, strict=True)) if written else (),
        tuple(totals) if any(totals) else (),
        len(chosen),
        result.truncated,
    )


def is_number(column: ResultColumn, shown: Shown) -> bool:
    """Has the column figures, rather than numbers that name a thing or a time?"""
    numbers = column.kind in ("integer", "real") and shown.format not in ("period", "date", "text")
    return numbers and not is_label(column.name)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
