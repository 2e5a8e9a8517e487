"""What is nowhere in a database is declined by its name, or asked about; never answered by what stands beside it."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import data_folder
from tests.test_question_corpus import CLOCKS, source
from workspace.api import open_workspace
from workspace.database.source import Source, open_source
from workspace.question.read import read

CORPUS = json.loads((Path(__file__).parent / "corpus" / "absent.json").read_text("utf-8"))
NOW = datetime(2026, 6, 30, 12)


@cache
def opened(name: str) -> Source:
    if name in CLOCKS:
        return source(name)
    folder = data_folder()
    path = folder / "spider_train" / "database" / name / f"{name}.sqlite" if folder is not None else None
    if path is None or not path.exists():
        pytest.skip(f"{name}.sqlite is not here; set NOAPP_DATA to the folder that has spider_train/database.")
    return open_source(path)


@pytest.mark.parametrize(
    ("name", "question", "word"),
    [(name, *case) for name, cases in CORPUS.items() for case in cases["absent"].items()],
)
def test_what_is_not_there_is_no_answer(name: str, question: str, word: str) -> None:
    readings = read(question, opened(name).catalog(), opened(name).values(), NOW, nearby=False)
    assert readings.action in ("decline", "clarify"), readings.best
    assert readings.message
    assert word in readings.message, readings.message


@pytest.mark.parametrize(
    ("name", "question"), [(name, question) for name, cases in CORPUS.items() for question in cases["kept"]]
)
def test_what_is_there_is_still_answered(name: str, question: str) -> None:
    readings = read(question, opened(name).catalog(), opened(name).values(), NOW, nearby=False)
    assert readings.action == "answer", readings.message


@pytest.mark.parametrize(
    ("name", "wish", "shown", "missing"),
    [
        (
            "chinook", "a one-page overview of sales with revenue per month, top customers and returns",
            ["revenue per month", "top customers"], ["returns"],
        ),
        ("chinook", "an overview of sales with returns", ["sales", "sales per month"], ["returns"]),
        ("chinook", "an overview of sales with churn and refunds", ["sales"], ["churn", "refunds"]),
        ("northwind", "a report on orders with orders per month, refunds and visitors", ["orders per month"],
         ["refunds", "visitors"]),
        ("sample", "an overview of sales with revenue per month, returns and churn", ["revenue per month", "returns"],
         ["churn"]),
    ],
)  # fmt: skip
def test_a_document_names_what_it_has_not(
    tmp_path: Path, name: str, wish: str, shown: list[str], missing: list[str]
) -> None:
    with open_workspace(Path(opened(name).path or ""), folder=tmp_path / "kept") as shop:
        made: Any = shop.compose(wish)
    said = {section.said: section for section in made.sections}
    assert made.slug
    assert [said[part].status for part in shown] == ["answered"] * len(shown)
    for part in missing:
        assert said[part].status == "declined"
        assert f"“{part}” is not in it: There is nothing called “{part}” here." in made.message
