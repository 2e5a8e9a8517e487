"""What differs between two views of an artifact: its large figures, its sentences, and row by row what its tables hold.

A view is named by its `mark`: the version and the digests of its results, so that two views with equal marks show the
same and a change of the database that touches nothing of what is shown is no change. Rows are matched by what names
them (text, dates, years, codes), never by a figure; where that does not tell them apart, rows are compared whole and
are new or gone. The page itself may have been edited in between: only parts that both versions have are compared, and
`workspace.artifact.difference` says the rest.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from workspace.artifact.compose import title_for
from workspace.artifact.figures import Figures
from workspace.artifact.format import heading, is_label
from workspace.artifact.model import Artifact, BoundBlock, Metric, NamedQuery, Shows, Text, View
from workspace.artifact.phrase import join
from workspace.artifact.refresh import bind_blocks
from workspace.database.result import Result

NOTHING = "nothing that is shown here"
Write = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A large figure or a sentence that differs: where it stands ("" for a sentence), how it read before and after."""

    query: str
    place: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell of a row: its column's heading, and what it held."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that came, went or changed; ``name`` tells it from others, ``cells`` is what changed or what it has."""

    kind: Literal["new", "gone", "changed"]
    name: str
    cells: tuple[CellChange, ...]


@dataclass(frozen=True, slots=True)
class TableChange:
    """The rows of one query that differ; ``cut`` says that a result was longer than what is kept of it."""

    query: str
    title: str
    rows: tuple[RowChange, ...]
    cut: bool = False

    def count(self, kind: str) -> int:
        return sum(row.kind == kind for row in self.rows)


@dataclass(frozen=True, slots=True)
class Changes:
    """All that differs between two views; ``before`` and ``after`` are their times, UTC."""

    before: str
    after: str
    figures: tuple[FigureChange, ...] = ()
    tables: tuple[TableChange, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.figures or self.tables)


def mark(view: View) -> str:
    """The name of what a view shows: equal for equal results of the same version, on any machine.

    Two parts: before the dash the page, which changes when it is edited; behind it the results.

    Args:
        view: of any time; the time is not part of it.
    """
    page = hashlib.blake2b(f"{view.slug}@{view.version}".encode(), digest_size=5)
    text = hashlib.blake2b(digest_size=10)
    for query in view.artifact.queries:
        result, problem = view.results.get(query.name), view.problems.get(query.name)
        said = (query.name, result.receipt.digest if result else "", problem.code if problem else "")
        text.update("\0".join((*said, "\n")).encode())
    return f"{page.hexdigest()}-{text.hexdigest()}"


def summary(changes: Changes) -> str:
    """How much changed: "2 figures and 3 rows"; "nothing that is shown here" where only the data behind it did.

    Example:
        >>> summary(Changes("", "", (FigureChange("q1", "Orders", "1", "2"),)))
        '1 figure'
    """
    kinds = (
        ("figure", sum(bool(change.place) for change in changes.figures)),
        ("sentence", sum(not change.place for change in changes.figures)),
        ("row", sum(len(table.rows) for table in changes.tables)),
    )
    return join([f"{count:,} {word}{'s' if count > 1 else ''}" for word, count in kinds if count]) or NOTHING


def compare(before: View, after: View) -> Changes:
    """What differs between two views of the same artifact.

    Args:
        before, after: of any versions; figures that are only written otherwise now are no other figures.
    """
    before = _as_written(before, after.artifact)
    figures = tuple(_figures(before, after))
    tables = tuple(found for query in _rows_shown(before, after) if (found := _table(query, before, after)) is not None)
    return Changes(before.as_of, after.as_of, figures, tables)


# -------------------------------------------------------------------------------------------------------- figures
def _as_written(view: View, artifact: Artifact) -> View:
    """A view with its figures written as another version of its artifact writes them."""
    columns = {query.name: query.columns for query in artifact.queries}
    queries = tuple(
        query.model_copy(update={"columns": columns.get(query.name, query.columns)}) for query in view.artifact.queries
    )
    if queries == view.artifact.queries:
        return view
    made = view.artifact.model_copy(update={"queries": queries})
    return replace(view, artifact=made, blocks=bind_blocks(made, view.results, view.problems))


def _figures(before: View, after: View) -> list[FigureChange]:
    """Blocks that both have, in their order; the same block twice is matched in order."""
    old: dict[str, list[BoundBlock]] = {}
    for bound in before.blocks:
        old.setdefault(bound.block.model_dump_json(), []).append(bound)
    found = []
    for bound in after.blocks:
        same = old.get(bound.block.model_dump_json())
        if not same:
            continue
        was, now = _reads(same.pop(0), before), _reads(bound, after)
        if was and now and was[-1] != now[-1]:
            found.append(FigureChange(now[0], now[1], was[-1], now[-1]))
    return found


def _reads(bound: BoundBlock, view: View) -> tuple[str, str, str] | None:
    """Query, place and words of a block; None for one that has none or whose figures are not of that time."""
    block = bound.block
    if bound.problem is not None:
        return None
    if isinstance(block, Text):
        query = next((segment.query for segment in bound.text if segment.query), "")
        return (query, "", " ".join(bound.plain.split()).lstrip("# ").replace("**", "")) if query else None
    if isinstance(block, Metric) and (result := view.results.get(block.query)) and result.rows:
        figure = Figures(view.artifact.query(block.query), result).value(block.column).text
        return block.query, block.label or heading(block.column), figure
    return None


# ----------------------------------------------------------------------------------------------------------- rows
def _rows_shown(before: View, after: View) -> list[NamedQuery]:
    """Queries of tables and charts whose rows are of the time of their view, in both."""
    shown = dict.fromkeys(
        b.block.query for b in after.blocks if isinstance(b.block, Shows) and not isinstance(b.block, Metric)
    )
    usable = [name for name in shown if all(name in v.results and name not in v.problems for v in (before, after))]
    return [after.artifact.query(name) for name in usable]


def _table(query: NamedQuery, before: View, after: View) -> TableChange | None:
    old, new = before.results[query.name], after.results[query.name]
    if old.receipt.digest == new.receipt.digest or old.names != new.names:
        return None
    writers = _writers(query, old, new)
    key = _key(query, old, new)
    rows = _by_key(key, old, new, writers) if key is not None else _whole(old, new, writers)
    if not rows:
        return None
    title = title_for(query.question) if query.question else query.explanation or query.name
    return TableChange(query.name, title, tuple(rows), old.truncated or new.truncated)


def _writers(query: NamedQuery, old: Result, new: Result) -> list[Write]:
    """How each column is written, the same for both."""
    return [
        query.writer(column, [row[at] for result in (old, new) for row in result.rows])
        for at, column in enumerate(new.columns)
    ]


def _key(query: NamedQuery, old: Result, new: Result) -> tuple[int, ...] | None:
    """The columns that name a row, as few as tell all rows apart in both results; None where none do."""
    if len(old.rows) <= 1 and len(new.rows) <= 1:
        return ()
    labels = []
    for at, column in enumerate(new.columns):
        figures = column.kind in ("integer", "real") and not is_label(column.name)
        if not figures or query.shown(column.name).format in ("date", "period", "text"):
            labels.append(at)
    tries = [(at,) for at in labels] + [tuple(labels[:count]) for count in range(2, len(labels) + 1)]
    return next((key for key in tries if _apart(key, old) and _apart(key, new)), None)


def _apart(key: tuple[int, ...], result: Result) -> bool:
    return len({tuple(row[at] for at in key) for row in result.rows}) == len(result.rows)


def _by_key(key: tuple[int, ...], old: Result, new: Result, writers: Sequence[Write]) -> list[RowChange]:
    names = [heading(name) for name in new.names]
    was = {tuple(row[at] for at in key): row for row in old.rows}
    now = {tuple(row[at] for at in key): row for row in new.rows}
    rest = [at for at in range(len(names)) if at not in key]

    def called(row: Sequence[Any]) -> str:
        return ", ".join(writers[at](row[at]) for at in key)

    found = []
    for name, row in now.items():
        if name not in was:
            cells = tuple(CellChange(names[at], "", writers[at](row[at])) for at in rest)
            found.append(RowChange("new", called(row), cells))
            continue
        texts = [(names[at], writers[at](was[name][at]), writers[at](row[at])) for at in rest]
        if cells := tuple(CellChange(*text) for text in texts if text[1] != text[2]):
            found.append(RowChange("changed", called(row), cells))
    for name, row in was.items():
        if name not in now:
            cells = tuple(CellChange(names[at], writers[at](row[at]), "") for at in rest)
            found.append(RowChange("gone", called(row), cells))
    return found


def _whole(old: Result, new: Result, writers: Sequence[Write]) -> list[RowChange]:
    """Rows that nothing names: each as a whole, so many times as it is there."""
    was, now = Counter(old.rows), Counter(new.rows)

    def rows(kind: Literal["new", "gone"], more: Counter[Any]) -> list[RowChange]:
        texts = (", ".join(write(v) for write, v in zip(writers, row, strict=True)) for row in more.elements())
        return [RowChange(kind, text, ()) for text in texts]

    return rows("new", now - was) + rows("gone", was - now)
