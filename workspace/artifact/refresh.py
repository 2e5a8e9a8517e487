"""An artifact as of now: its queries run, its prose bound, what is not fresh marked.

A result is kept under the state of its source, so that an unchanged database costs no query and a changed one is never
shown stale. One failing query marks its blocks and leaves the rest of the page alone.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from workspace.artifact.bind import bind, queries_in
from workspace.artifact.model import (
    Artifact,
    Block,
    BoundBlock,
    Chart,
    Metric,
    NamedQuery,
    Problem,
    Segment,
    Table,
    Text,
    View,
)
from workspace.database.execute import run
from workspace.database.guard import Allow, Refuse, check
from workspace.database.result import Limits, Result
from workspace.database.source import Source
from workspace.errors import NoAppError, QueryRefused
from workspace.question import plan as p
from workspace.question.dates import resolve

log = logging.getLogger(__name__)
Key = tuple[Any, ...]


class ResultCache:
    """Results by source, state of the source, SQL and parameters; the least recently used go first. Thread-safe.

    Args:
        entries: results kept at most.
        cells: values kept at most, over all results.

    Example:
        >>> len(ResultCache(entries=10))
        0
    """

    def __init__(self, entries: int = 512, cells: int = 5_000_000) -> None:
        self.entries = entries
        self.cells = cells
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, Result] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Key) -> Result | None:
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: Key, result: Result) -> None:
        size = _cells(result)
        if size > self.cells:
            return
        with self._lock:
            if (old := self._kept.pop(key, None)) is not None:
                self._size -= _cells(old)
            self._kept[key] = result
            self._size += size
            while len(self._kept) > self.entries or self._size > self.cells:
                _, gone = self._kept.popitem(last=False)
                self._size -= _cells(gone)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._size = 0


def refresh(
    artifact: Artifact,
    sources: Mapping[str, Source],
    *,
    cache: ResultCache | None = None,
    now: datetime | None = None,
    last_good: Mapping[str, Result] | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    slug: str = "",
    version: int = 0,
) -> View:
    """Runs the artifact's queries, read-only, and binds its blocks.

    Args:
        artifact: what to show.
        sources: the open sources by name.
        cache: where unchanged results are found again; none runs every query.
        now: the moment that "today" and "as of" mean, with a time zone; the machine's clock by default.
        last_good: per query name an older result, shown with its date where the query fails now.
        limits: for each query.
        slug, version: where the artifact is kept, for the page's addresses.
    """
    at = now or datetime.now(UTC)
    results: dict[str, Result] = {}
    problems: dict[str, Problem] = {}
    queries: list[NamedQuery] = []
    for query in artifact.queries:
        try:
            query, results[query.name] = _answer(query, sources, cache, at, limits)
        except NoAppError as problem:
            problems[query.name] = Problem(problem.code, problem.message, problem.hint)
        except Exception:
            log.exception("The query %s of “%s” failed", query.name, artifact.title)
            problems[query.name] = Problem("query_failed", "This query could not be run.", "Ask the question again.")
        if query.name in problems and last_good and query.name in last_good:
            results[query.name] = last_good[query.name]
        queries.append(query)
    shown = artifact if tuple(queries) == artifact.queries else artifact.model_copy(update={"queries": tuple(queries)})
    return View(
        artifact=shown,
        results=results,
        blocks=bind_blocks(shown, results, problems),
        as_of=at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z",
        problems=problems,
        slug=slug,
        version=version,
    )


def view_of(artifact: Artifact, results: Mapping[str, Result], as_of: str, *, slug: str = "", version: int = 0) -> View:
    """The view of results that are there already: an answer just computed, or a dated snapshot.

    Args:
        artifact: what to show.
        results: per query name its result.
        as_of: UTC time of the results, ISO 8601.
        slug, version: as in `refresh`.
    """
    return View(artifact, dict(results), bind_blocks(artifact, results, {}), as_of, slug=slug, version=version)


def moves_with_clock(artifact: Artifact) -> bool:
    """Does any of its queries mean another stretch of time tomorrow ("last month")?"""
    periods = {words for query in artifact.queries if query.plan is not None for words in _periods(query.plan)}
    return any(resolve(words, date(2001, 2, 3)) != resolve(words, date(2012, 11, 17)) for words in periods)


def bind_blocks(
    artifact: Artifact, results: Mapping[str, Result], problems: Mapping[str, Problem]
) -> tuple[BoundBlock, ...]:
    """The artifact's blocks over the given results; a block whose query has a problem carries it."""
    return tuple(_bind_block(block, artifact, results, problems) for block in artifact.blocks)


# ------------------------------------------------------------------------------------------------------- queries
def _answer(
    query: NamedQuery, sources: Mapping[str, Source], cache: ResultCache | None, now: datetime, limits: Limits
) -> tuple[NamedQuery, Result]:
    source = sources.get(query.source)
    if source is None:
        raise QueryRefused(
            f"The source {query.source} is not open here.",
            hint="Open the workspace together with that database or file.",
        )
    query = as_of_today(query, source, now.date())
    parts = (source.name, query.dialect, query.sql, tuple(sorted(query.params.items())), query.planner, limits)
    if cache is not None and (found := cache.get((source.fingerprint(), *parts))) is not None:
        return query, found
    verdict = check(query.query, source)
    if not isinstance(verdict, Allow):
        raise verdict.error() if isinstance(verdict, Refuse) else QueryRefused(verdict.reason)
    result = run(verdict, source, limits, planner=query.planner, now=lambda: now)
    if cache is not None:
        cache.put((result.receipt.fingerprint, *parts), result)
    return query, result


def as_of_today(query: NamedQuery, source: Source, today: date) -> NamedQuery:
    """The query with its relative dates ("last month") meant from ``today``; the same object when it has none.

    Args:
        query: with the plan it was made of.
        source: whose catalog the plan is rendered with.
        today: the reader's date.

    Raises:
        PlanInvalid: the plan no longer fits the source's tables.
    """
    if query.plan is None or not any(_periods(query.plan)):
        return query
    from workspace.question.sql import to_query

    def move(node: Any) -> Any:
        if not isinstance(node, p.Between) or not node.period or node.closed:  # closed: numbers of years, not days
            return node
        stretch = resolve(node.period, today)
        if stretch is None:
            return node
        sides = (node.low, node.high)
        moved = tuple(
            p.Literal(str(edge)) if edge is not None and isinstance(side, p.Literal) else side
            for edge, side in zip(stretch, sides, strict=True)
        )
        return node if moved == sides else replace(node, low=moved[0], high=moved[1])

    plan = p.Plan.from_dict(query.plan)
    now = p.replace_nodes(plan, move)
    if now == plan:
        return query
    rendered = to_query(now, source.catalog())
    params = {name: value for name, value in rendered.params.items() if not isinstance(value, bytes)}
    return query.model_copy(update={"sql": rendered.sql, "params": params, "plan": now.to_dict()})


def _periods(plan: Any) -> Iterator[str]:
    """The words for stretches of time in a plan's JSON, found without decoding it."""
    if isinstance(plan, dict):
        if plan.get("is") == "between" and plan.get("period"):
            yield plan["period"]
        for value in plan.values():
            yield from _periods(value)
    elif isinstance(plan, list):
        for value in plan:
            yield from _periods(value)


# -------------------------------------------------------------------------------------------------------- blocks
def _bind_block(
    block: Block, artifact: Artifact, results: Mapping[str, Result], problems: Mapping[str, Problem]
) -> BoundBlock:
    text: tuple[Segment, ...] = ()
    problem = None
    names: tuple[str, ...] = () if isinstance(block, Text) else (block.query,)
    template = block.template if isinstance(block, Text) else block.caption if isinstance(block, Chart) else ""
    try:
        names = tuple(dict.fromkeys((*names, *queries_in(template))))
        problem = next((problems[name] for name in names if name in problems), None)
        missing = [name for name in names if name not in results]
        if missing:
            problem = problem or Problem("query_failed", f"There is no result for {missing[0]}.")
        else:
            text = bind(template, results, artifact) if template else ()
            _check_columns(block, results)
    except NoAppError as fault:
        problem = problem or Problem(fault.code, fault.message, fault.hint)
    stale = [results[name].receipt.ran_at for name in names if name in problems and name in results]
    return BoundBlock(block, text, problem, min(stale, default=""))


def _check_columns(block: Block, results: Mapping[str, Result]) -> None:
    needed: tuple[str, ...] = ()
    if isinstance(block, Metric):
        needed = (block.column,)
    elif isinstance(block, Table):
        needed = block.columns
    elif isinstance(block, Chart):
        needed = tuple(name for name in (block.x, block.y, block.color) if name)
    if isinstance(block, Text):
        return
    gone = [name for name in needed if name not in results[block.query].names]
    if gone:
        raise QueryRefused(
            f"The column {gone[0]} is no longer in the result.", hint="Ask the question again to renew it."
        )


def _cells(result: Result) -> int:
    return max(1, len(result.rows) * len(result.columns))
