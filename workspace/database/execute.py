"""The one place where a query runs: what the guard allowed, under limits, with a receipt."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from workspace.database.guard import Allow, allowed
from workspace.database.result import Limits, Query, Receipt, Result, ResultColumn, Row, Scalar
from workspace.database.source import Source
from workspace.errors import QueryRefused

_DATE = re.compile(r"\d{4}-\d\d-\d\d$")
_DATETIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$")
# Values looked at to name a column's kind: the first ones and some from all over.
LOOKED_AT = 200


def run(
    allow: Allow,
    source: Source,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    *,
    planner: str = "rule",
    now: Callable[[], datetime] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Result:
    """Runs an allowed query.

    Args:
        allow: the guard's verdict (`guard.check`); anything else is refused.
        source: where to run it.
        limits: seconds, rows and bytes it may take.
        planner: who wrote it: ``rule``, ``recalled``, ``person`` or ``model:<name>``.
        now: the clock for the receipt.
        cancelled: asked now and then while it runs; True stops it.

    Raises:
        QueryRefused, QueryFailed, QueryTimeout, QueryTooLarge, QueryStopped, SourceLocked, SourceGone.
    """
    if not isinstance(allow, Allow):
        raise QueryRefused(getattr(allow, "reason", "Only a query that was checked is run."))
    query = allow.query
    raw = source.execute(query, limits, cancelled)
    at = (now() if now else datetime.now(UTC)).astimezone(UTC)
    receipt = Receipt.of(
        len(raw.names),
        raw.rows,
        source=source.name,
        fingerprint=raw.fingerprint,
        sql=query.sql,
        params=query.params,
        planner=planner,
        ran_at=at.replace(microsecond=0, tzinfo=None).isoformat() + "Z",
    )
    columns = tuple(ResultColumn(name, kind_of(raw.rows, place)) for place, name in enumerate(raw.names))
    return Result(columns, tuple(raw.rows), raw.truncated, raw.elapsed, receipt)


def query(source: Source, sql: str, params: Mapping[str, Scalar] | None = None, **options: Any) -> Result:
    """Checks and runs SQL in one go.

    Args:
        source: where to run it.
        sql: one statement with ``:name`` placeholders.
        params: a value for each placeholder.
        options: as for `run`.

    Raises:
        QueryRefused: the guard said no; and whatever `run` raises.

    Example:
        >>> query(source, "select count(*) from customer").rows  # doctest: +SKIP
        ((59,),)
    """
    return run(allowed(Query(sql, params or {}, source.dialect), source), source, **options)


def kind_of(rows: Sequence[Row], place: int) -> str:
    """The kind of the values in one column of a result, by looking at some of them (at all where those are empty)."""
    step = max(len(rows) // LOOKED_AT, 1)
    seen = [row[place] for row in (*rows[:LOOKED_AT], *rows[LOOKED_AT::step])]
    kinds = set(map(type, seen)) - {type(None)}
    if not kinds:
        kinds = set(map(type, [row[place] for row in rows])) - {type(None)}
        seen = [row[place] for row in rows] if kinds else []
    if not kinds:
        return "null"
    if kinds <= {int, bool}:
        return "integer"
    if kinds <= {int, float, bool}:
        return "real"
    if kinds == {bytes}:
        return "blob"
    if kinds == {str}:
        return _kind_of_text([value for value in seen if isinstance(value, str)])
    return "text"


def _kind_of_text(values: Sequence[str]) -> str:
    if all(map(_DATE.match, values)):
        return "date"
    if all(_DATETIME.match(value) or _DATE.match(value) for value in values):
        return "datetime"
    return "text"
