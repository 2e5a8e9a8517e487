"""Questions over three databases, each with rewordings, against rows worked out by hand in SQL."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import data_folder
from workspace.database.result import Limits, Query
from workspace.database.source import Source, open_source
from workspace.evaluate.comparing import compare
from workspace.question.read import read
from workspace.question.sql import to_query

CORPUS = Path(__file__).parent / "corpus"
CLOCKS = {
    "chinook": datetime(2025, 3, 15, 12),
    "northwind": datetime(1998, 5, 6, 12),
    "sample": datetime(2026, 6, 30, 12),
}


def cases() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (name, question, case)
        for name in CLOCKS
        for case in json.loads((CORPUS / f"{name}.json").read_text("utf-8"))
        for question in case["questions"]
    ]


@cache
def _built() -> Path:
    import tempfile

    from sample_db.build import build

    path = Path(tempfile.mkdtemp(prefix="noapp-sample-")) / "sample.sqlite"
    build(path, today=date(2026, 6, 30))
    return path


@cache
def source(name: str) -> Source:
    if name == "sample":
        return open_source(_built())
    folder = data_folder()
    if folder is None or not (folder / "samples" / f"{name}.sqlite").exists():
        pytest.skip(f"{name}.sqlite is not here; set NOAPP_DATA to the folder that has samples/{name}.sqlite.")
    return open_source(folder / "samples" / f"{name}.sqlite")


def rows(opened: Source, query: Query) -> list[tuple[Any, ...]]:
    return list(opened.execute(query, Limits(seconds=20.0, rows=100_000)).rows)


@pytest.mark.parametrize(
    ("name", "question", "case"), cases(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_answers_with_the_right_rows(name: str, question: str, case: dict[str, Any]) -> None:
    opened = source(name)
    readings = read(question, opened.catalog(), opened.values(), CLOCKS[name])
    assert readings.best is not None, readings.message
    asked = tuple(output for output in readings.best.plan.outputs if output.asked)
    query = to_query(replace(readings.best.plan, outputs=asked), opened.catalog())
    wanted, got = rows(opened, Query(case["sql"])), rows(opened, query)
    if wanted and len(wanted[0]) > len(asked):  # the figure beside the name, shown but not asked for
        got = rows(opened, to_query(readings.best.plan, opened.catalog()))
    elif wanted and len(asked) > len(wanted[0]):
        pytest.fail(f"shows {[output.label for output in asked]}: {query.sql}")
    assert compare(got, wanted, ordered=case.get("ordered", False)), f"{query.sql}\n{got[:5]}\n{wanted[:5]}"
    if question in case.get("asked_back", ()):  # read right, but not surely enough: the first choice is it
        assert readings.action == "clarify" and readings.choices[0].plan == readings.best.plan
    else:
        assert readings.action == "answer", (readings.action, readings.unused, readings.message)
    if "chart" in case:
        assert readings.best.plan.chart == case["chart"]
