"""Measuring charts: what makes two of them the same, and entries in nvBench's format played end to end."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SHOP
from workspace.errors import SourceUnreadable
from workspace.evaluate import charts, evaluate, nvbench

PER_CATEGORY = (
    "SELECT T2.name , COUNT(*) FROM product AS T1 JOIN category AS T2 ON T1.category_id = T2.id GROUP BY T2.name"
)
ASKED = "number of products per category as a bar chart"


def entry(question: str, mark: str, sql: str, y: str, binning: str = "") -> dict[str, Any]:
    vega = {"encoding": {"x": {"title": "x"}, "y": {"title": y}}}
    return {
        "db_id": "shop", "nl_queries": [question], "chart": mark, "sql_part": sql, "binning": binning, "vega": vega,
    }  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("databases")
    (folder / "shop").mkdir()
    with sqlite3.connect(folder / "shop" / "shop.sqlite") as connection:
        connection.executescript(SHOP)
    connection.close()
    return folder


def measure(folder: Path, entries: Any) -> tuple[charts.Summary, list[dict[str, Any]], list[str]]:
    path, predictions = folder / "charts.json", folder / "predictions.jsonl"
    path.write_text(json.dumps(entries), encoding="utf-8")
    said: list[str] = []
    summary = evaluate(path, folder, predictions=predictions, out=said.append, clock=datetime(2026, 11, 23, 12))
    assert isinstance(summary, charts.Summary)
    return summary, [json.loads(line) for line in predictions.read_text(encoding="utf-8").splitlines()], said


def test_charts_are_compared_by_their_points(folder: Path) -> None:
    entries = [
        entry(ASKED, "Bar", PER_CATEGORY, "COUNT(*)"),
        entry(ASKED, "Pie", PER_CATEGORY, "COUNT(*)"),
        entry(ASKED, "Bar", f"{PER_CATEGORY} ORDER BY T2.name DESC", "COUNT(*)"),
        entry(ASKED, "Bar", f"{PER_CATEGORY} HAVING T2.name = 'x'", "COUNT(*)"),
        entry(ASKED, "Bar", "SELECT name , nothing FROM category", "nothing"),
    ]
    summary, lines, said = measure(folder, entries)
    assert (summary.wordings, summary.measured, summary.correct) == (5, 3, 1)
    assert summary.by_part["points"] == (3, 3)
    assert summary.by_part["mark"] == (3, 2)
    assert summary.by_part["order"] == (3, 2)
    assert (lines[0]["chart"]["mark"], lines[0]["chart"]["aggregate"]) == ("bar", "count")
    assert set(lines[0]) >= {"index", "db_id", "question", "chart", "sql", "seconds"}
    assert "left out: 2 whose gold cannot be drawn" in said


def test_dates_of_a_gold_chart_are_cut_down(folder: Path) -> None:
    gold = "SELECT placed , COUNT(placed) FROM purchase"
    entries = [
        entry("purchases per month as a bar chart", "Bar", gold, "COUNT(placed)", "BIN placed BY MONTH"),
        entry("purchases per month as a bar chart", "Bar", gold, "COUNT(placed)", "BIN placed BY YEAR"),
    ]
    summary, lines, _ = measure(folder, entries)
    assert summary.by_part["binning"] == (2, 1)
    assert summary.correct == 1
    assert lines[0]["chart"]["bin"] == "month"


def test_the_aggregate_may_stand_in_the_heading_only(folder: Path) -> None:
    gold = nvbench.read_entry(
        0, entry("", "Bar", "SELECT store_id , total FROM purchase GROUP BY store_id", "AVG(total)")
    )
    assert gold.gold == nvbench.Gold("bar", "SELECT store_id , total FROM purchase GROUP BY store_id", "AVG(total)")
    wanted = _drawable(folder, gold.gold)
    assert wanted is not None
    assert (wanted.aggregate, sorted(wanted.readings[0])) == ("avg", [(1, 17.5), (2, 10.0)])


def test_a_colour_is_what_is_gathered_by_beside_x(folder: Path) -> None:
    sql = "SELECT year , SUM(total) FROM purchase GROUP BY customer_id , year ORDER BY SUM(total) DESC"
    wanted = _drawable(folder, nvbench.Gold("stacked bar", sql, "SUM(total)"))
    assert wanted is not None
    assert sorted(wanted.readings[0]) == [(2023, 40.0, 1), (2024, 5.0, 2), (2024, 100.0, 3)]
    assert wanted.order == ("y", "descending")


def test_the_weekday_of_a_year_cannot_be_drawn(folder: Path) -> None:
    assert (
        _drawable(folder, nvbench.Gold("bar", "SELECT year , COUNT(year) FROM purchase", "COUNT(year)", "WEEKDAY"))
        is None
    )


def test_a_file_of_something_else_says_so(folder: Path) -> None:
    with pytest.raises(SourceUnreadable, match="nvBench"):
        measure(folder, [{"db_id": "shop", "nl_queries": ["?"]}])


def _drawable(folder: Path, gold: nvbench.Gold) -> nvbench.Drawable | None:
    from workspace.database.source import open_source

    source = open_source(folder / "shop" / "shop.sqlite")
    try:
        return nvbench.drawable(gold, source)
    finally:
        source.close()
