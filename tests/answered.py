"""Questions whose answers are compared with SQL that was worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from workspace.api import Workspace
from workspace.database.result import Limits, Query
from workspace.question.read import read
from workspace.question.sql import to_query


def answered(workspace: Workspace, question: str, sql: str, now: datetime) -> None:
    """Is the question answered, with the very rows of ``sql``, in any order?"""
    source = workspace.source(None)
    readings = read(question, source.catalog(), source.values(), now)
    assert readings.action == "answer" and readings.best is not None, readings.message
    plan = readings.best.plan
    query = to_query(replace(plan, outputs=tuple(one for one in plan.outputs if one.asked)), source.catalog())
    got, expected = (source.execute(one, Limits()).rows for one in (query, Query(sql)))
    assert sorted(map(rounded, got)) == sorted(map(rounded, expected)), query.sql


def rounded(row: tuple) -> tuple:
    return tuple(f"{value:.6f}" if isinstance(value, int | float) else str(value) for value in row)
