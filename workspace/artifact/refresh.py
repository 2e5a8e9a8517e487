"""An artifact as of now: its queries run, its prose bound, what is not fresh marked.

A result is kept under the state of its source, so that an unchanged database costs no query and a changed one is never
shown stale. One failing query marks its blocks and leaves the rest of the page alone.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from workspace.artifact.asked import as_asked, periods, uses
from workspace.artifact.bind import bind, queries_in
from workspace.artifact.model import (
    Artifact,
    Block,
    BoundBlock,
    Chart,
    Metric,
    NamedQuery,
    Param,
    Problem,
    Segment,
    Setting,
    Shows,
    Table,
    View,
    template_of,
)
from workspace.artifact.reach import with_reach
from workspace.artifact.running import Runner, Waiting
from workspace.artifact.settings import Given, settle
from workspace.database.execute import run
from workspace.database.guard import allowed
from workspace.database.result import Limits, Query, Result
from workspace.database.source import Source
from workspace.errors import NoAppError, QueryPending, QueryRefused
from workspace.question.dates import resolve
from workspace.question.plan import Plan
from workspace.question.written import computed, misread_text

log = logging.getLogger(__name__)
OFFERS = 0.5  # of the patience with a page: the values that are offered, which queries may wait for
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
    given: Given = (),
    runner: Runner | None = None,
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
        given: values of its parameters, from `workspace.artifact.settings.given`; what is not there is at its default.
        runner: runs queries; without one each is waited for, one after the other.
    """
    at = now or datetime.now(UTC)
    run = runner or Waiting()
    settings = _settings(artifact, given, sources, cache, at, limits, run)
    last_good = None if any(setting.given for setting in settings) else last_good  # those are of the default values
    results: dict[str, Result] = {}
    problems: dict[str, Problem] = {}
    queries: list[NamedQuery] = []
    waiting: list[tuple[NamedQuery, Callable[[], Result]]] = []
    for query in artifact.queries:
        try:
            query, outcome = _answer(query, settings, sources, cache, at, limits, run)
            waiting.append((query, outcome))
        except Exception as fault:
            problems[query.name] = _problem(fault, query, artifact.title)
        queries.append(query)
    for query, outcome in waiting:
        try:
            results[query.name] = outcome()
        except Exception as fault:
            problems[query.name] = _problem(fault, query, artifact.title)
    results |= {name: last_good[name] for name in problems if last_good and name in last_good}
    shown = artifact if tuple(queries) == artifact.queries else artifact.model_copy(update={"queries": tuple(queries)})
    return View(
        artifact=shown,
        results=results,
        blocks=bind_blocks(shown, results, problems),
        as_of=at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z",
        problems=problems,
        slug=slug,
        version=version,
        settings=settings,
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
    words = {text for query in artifact.queries if query.plan is not None for text in periods(query.plan)}
    words |= {p.default for p in artifact.params if p.type == "daterange" and isinstance(p.default, str)}
    return any(resolve(text, date(2001, 2, 3)) != resolve(text, date(2012, 11, 17)) for text in words)


def bind_blocks(
    artifact: Artifact, results: Mapping[str, Result], problems: Mapping[str, Problem]
) -> tuple[BoundBlock, ...]:
    """The artifact's blocks over the given results; a block whose query has a problem carries it."""
    return tuple(_bind_block(block, artifact, results, problems) for block in artifact.blocks)


# ------------------------------------------------------------------------------------------------------- queries
def _answer(
    query: NamedQuery,
    settings: Sequence[Setting],
    sources: Mapping[str, Source],
    cache: ResultCache | None,
    now: datetime,
    limits: Limits,
    runner: Runner,
    share: float = 1.0,
) -> tuple[NamedQuery, Callable[[], Result]]:
    """The query as it is meant now, and what gives its result: at once where it is known already."""
    source = sources.get(query.source)
    if source is None:
        raise QueryRefused(
            f"The source {query.source} is not open here.",
            hint="Open the workspace together with that database or file.",
        )
    if any(setting.waiting == "value" and uses(query, setting.param) for setting in settings):
        raise QueryPending("What it follows is still being read.")
    query = as_asked(query, settings, source, now.date())
    ask = _Asking(source, cache, now, limits)
    plan = Plan.from_dict(query.plan) if query.plan is not None else None
    # What goes on today is over tomorrow, though the data be the same.
    parts = (*ask.parts(query.query, query.planner), now.date() if plan is not None and plan.group else None)
    state = source.fingerprint()
    if cache is not None and (found := cache.get((state, *parts))) is not None:
        return query, lambda: found

    def work() -> Result:
        if plan is not None:
            _refuse_text(plan, source)
        result = with_reach(plan, ask.run(query.query, query.planner), source, ask)
        if cache is not None:
            cache.put((result.receipt.fingerprint, *parts), result)
        return result

    return query, runner.begin((state, *parts), work, share)


def _refuse_text(plan: Plan, source: Source) -> None:
    """Refuses to compute with what has become text since the question was understood: one cell of a file does that.

    The catalog, which costs a reading of the data, is asked only where a column is declared so.
    """
    if computed(plan) & source.texts() and (wrong := misread_text(plan, source.catalog())):
        raise QueryRefused(wrong, hint="Put the cells right that are no numbers, or ask the question again.")


@dataclass(frozen=True)
class _Asking:
    """Runs queries through the guard; called, it finds again what it ran in this state of the source."""

    source: Source
    cache: ResultCache | None
    now: datetime
    limits: Limits

    def parts(self, query: Query, planner: str) -> Key:
        return self.source.name, query.dialect, query.sql, tuple(sorted(query.params.items())), planner, self.limits

    def run(self, query: Query, planner: str) -> Result:
        return run(allowed(query, self.source), self.source, self.limits, planner=planner, now=lambda: self.now)

    def __call__(self, query: Query) -> Result:
        key = (self.source.fingerprint(), *self.parts(query, "rule"))
        found = self.cache.get(key) if self.cache is not None else None
        if found is None:
            found = self.run(query, "rule")
            if self.cache is not None:
                self.cache.put((found.receipt.fingerprint, *key[1:]), found)
        return found


def _settings(
    artifact: Artifact,
    given: Given,
    sources: Mapping[str, Source],
    cache: ResultCache | None,
    now: datetime,
    limits: Limits,
    runner: Runner,
) -> tuple[Setting, ...]:
    """The parameters as of now; where the offered values cannot be read, none are offered and the default holds."""
    offered: dict[str, Result] = {}
    begun: list[tuple[Param, NamedQuery, Callable[[], Result]]] = []
    for param in artifact.params:
        if param.query is not None:
            try:
                begun.append((param, *_answer(param.query, (), sources, cache, now, limits, runner, OFFERS)))
            except Exception as fault:
                _problem(fault, param.query, artifact.title)
    waiting: set[str] = set()
    for param, query, outcome in begun:
        try:
            offered[param.name] = outcome()
        except QueryPending:
            waiting.add(param.name)
        except Exception as fault:
            _problem(fault, query, artifact.title)
    return settle(artifact, given, offered, now.date(), waiting)


def _problem(fault: Exception, query: NamedQuery, title: str) -> Problem:
    if isinstance(fault, NoAppError):
        return Problem(fault.code, fault.message, fault.hint)
    log.error("The query %s of “%s” failed", query.name, title, exc_info=fault)
    return Problem("query_failed", "This query could not be run.", "Ask the question again.")


# -------------------------------------------------------------------------------------------------------- blocks
def _bind_block(
    block: Block, artifact: Artifact, results: Mapping[str, Result], problems: Mapping[str, Problem]
) -> BoundBlock:
    text: tuple[Segment, ...] = ()
    problem = None
    names: tuple[str, ...] = (block.query,) if isinstance(block, Shows) else ()
    template = template_of(block)
    try:
        if isinstance(block, Metric) and any(name in problems or name not in results for name in queries_in(template)):
            template = ""  # the figure stands without what is said beneath it
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
    if not isinstance(block, Shows):
        return
    gone = [name for name in needed if name not in results[block.query].names]
    if gone:
        raise QueryRefused(
            f"The column {gone[0]} is no longer in the result.", hint="Ask the question again to renew it."
        )


def _cells(result: Result) -> int:
    return max(1, len(result.rows) * len(result.columns))
