"""Receipts that are run again: read-only and through the guard, whoever wrote them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from workspace.artifact.model import NamedQuery
from workspace.artifact.reach import with_reach
from workspace.artifact.snapshot import Kept
from workspace.database.execute import run
from workspace.database.guard import allowed
from workspace.database.result import Limits, Query, Receipt, Result, Scalar, legible
from workspace.database.source import Source
from workspace.errors import NoAppError, QueryRefused
from workspace.export.finding import Finding
from workspace.question.plan import Plan

MOST_ROWS = 1_000_000  # run again of one receipt, whatever it says of itself


def rerun(kept: Kept, sources: Mapping[str, Source], limits: Limits) -> tuple[dict[str, Result], list[Finding]]:
    """The results of the receipts as of now, and those that could not be run.

    Args:
        kept: what was saved.
        sources: by the names in the receipts.
        limits: for each query; rows as many as the receipt has.
    """
    again: dict[str, Result] = {}
    failed = []
    asked = {query.name: query for query in kept.artifact.queries}
    for name, old in kept.results.items():
        try:
            again[name] = _run(asked[name], old, sources, limits)
        except NoAppError as problem:
            rows = f"{len(old.rows) or old.receipt.rows:,} rows"
            failed.append(Finding("failed", f"result of {name}", rows, str(problem)))
    return again, failed


def guarded(query: Query, name: str, sources: Mapping[str, Source], limits: Limits, planner: str) -> Result:
    """The result of a query out of a file.

    Args:
        query: what it says.
        name: of the source.
        sources, limits: as for `rerun`.
        planner: whom its receipt names.

    Raises:
        QueryError: the guard or the engine says no.
    """
    try:
        source = sources[name]
    except KeyError:
        raise QueryRefused(
            f"The source {name} is not known here.", hint="Name its database or file with --source PATH."
        ) from None
    return run(allowed(query, source), source, limits, planner=planner)


def same(old: Result, new: Result) -> bool:
    """Is it the same result, of data that goes as far, whenever it was run?"""
    one, other = old.receipt, new.receipt
    return (one.digest, one.reach, _wholes(one), old.columns, old.truncated) == (
        other.digest, other.reach, _wholes(other), new.columns, new.truncated,
    )  # fmt: skip


def _wholes(receipt: Receipt) -> dict[str, Scalar]:
    return {name: legible(value) for name, value in (receipt.wholes or {}).items()}


def _run(query: NamedQuery, old: Result, sources: Mapping[str, Source], limits: Limits) -> Result:
    receipt = old.receipt
    rows = receipt.rows if old.truncated else max(receipt.rows, limits.rows)
    most = replace(limits, rows=min(max(rows, 1), MOST_ROWS))

    def ask(asked: Query, limits: Limits = limits) -> Result:
        return guarded(asked, receipt.source, sources, limits, receipt.planner)

    result = ask(Query(receipt.sql, receipt.params, query.dialect), most)
    if receipt.reach is None:  # of a time when nobody looked, or of a query whose periods are not known
        return result
    plan = Plan.from_dict(query.plan) if query.plan else None
    return with_reach(plan, result, sources[receipt.source], ask)
