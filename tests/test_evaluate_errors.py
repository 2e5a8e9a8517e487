"""What differs between two statements, and the page that groups failures by it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from workspace.database.source import Source
from workspace.evaluate import evaluate
from workspace.evaluate.errors import Failure, Rows, grouped, lines, page
from workspace.evaluate.parts import differences, schema_of

SCHEMA = schema_of(
    {
        "Shop": ["id", "name", "city", "size"],
        "Sale": ["id", "shop_id", "day", "amount"],
        "Staff": ["id", "shop_id", "name"],
    }
)


@pytest.mark.parametrize(
    ("predicted", "gold", "parts"),
    [
        ("SELECT name FROM Shop", "select T1.NAME from shop as T1 where T1.city = 'Kiel'", "filter missing"),
        ("SELECT name FROM Shop WHERE city = 'kiel'", "SELECT name FROM Shop WHERE city = 'Kiel'", "filter other value in another case"),
        ("SELECT name FROM Shop WHERE size > 3", "SELECT name FROM Shop WHERE size > 4", "filter other value"),
        ("SELECT name FROM Shop WHERE size > 3", "SELECT name FROM Shop WHERE NOT size <= 3", "same parts, other rows"),
        ("SELECT name FROM Shop WHERE 3 < size", "SELECT name FROM Shop WHERE size >= 3", "filter other operator"),
        ("SELECT name FROM Shop WHERE name = 'x'", "SELECT name FROM Shop WHERE city = 'x'", "filter other column"),
        ("SELECT name FROM Shop WHERE city IN ('a', 'b')", "SELECT name FROM Shop WHERE city = 'a' OR city = 'b'", "same parts, other rows"),
        ("SELECT name FROM Shop WHERE city = 'a' AND size = 1", "SELECT name FROM Shop WHERE city = 'a' OR size = 1", "filter linked otherwise (and, or)"),
        ("SELECT name, city FROM Shop", "SELECT name FROM Shop", "shown extra (column)"),
        ("SELECT name FROM Shop", "SELECT name, size FROM Shop", "shown missing (column)"),
        ("SELECT city FROM Shop", "SELECT name FROM Shop", "shown other (column)"),
        ("SELECT max(size) FROM Shop", "SELECT min(size) FROM Shop", "aggregate function other"),
        ("SELECT count(*) FROM Shop", "SELECT count(id) FROM Shop", "same parts, other rows"),
        ("SELECT city FROM Shop", "SELECT DISTINCT city FROM Shop", "distinct missing"),
        ("SELECT name FROM Shop ORDER BY size LIMIT 1", "SELECT name FROM Shop ORDER BY size DESC LIMIT 1", "order direction other"),
        ("SELECT name FROM Shop ORDER BY size LIMIT 3", "SELECT name FROM Shop ORDER BY size LIMIT 1", "limit other"),
        ("SELECT city, count(*) AS n FROM Shop GROUP BY city ORDER BY n", "SELECT city, count(*) FROM Shop GROUP BY city ORDER BY count(*)", "same parts, other rows"),
        ("SELECT city FROM Shop GROUP BY city", "SELECT city FROM Shop GROUP BY city HAVING count(*) > 2", "having missing"),
        ("SELECT name FROM Shop", "SELECT name FROM Shop EXCEPT SELECT name FROM Shop WHERE size = 1", "set operation missing"),
        (
            "SELECT name FROM Shop WHERE id IN (SELECT shop_id FROM Sale WHERE day = '2024-01-01')",
            "SELECT T1.name FROM Shop AS T1 JOIN Sale AS T2 ON T1.id = T2.shop_id WHERE T2.day = '2024-01-01'",
            "rows chosen instead of joined",
        ),
        (
            "SELECT name FROM Shop WHERE id NOT IN (SELECT shop_id FROM Sale)",
            "SELECT name FROM Shop WHERE id NOT IN (SELECT shop_id FROM Sale WHERE amount > 9)",
            "nested query other",
        ),
        (
            "SELECT Shop.name FROM Shop JOIN Staff ON Staff.shop_id = Shop.id",
            "SELECT T1.name FROM Shop AS T1 JOIN Sale AS T2 ON T1.id = T2.shop_id",
            "table extra, table missing",
        ),
        (
            "SELECT name FROM Shop WHERE size > (SELECT avg(size) FROM Shop)",
            "SELECT name FROM Shop WHERE size > 3",
            "filter other value, nesting extra",
        ),
        ("this is no SQL", "SELECT 1", "not comparable as trees"),
    ],
)  # fmt: skip
def test_what_differs(predicted: str, gold: str, parts: str) -> None:
    assert ", ".join(differences(predicted, gold, SCHEMA)) == parts


def failure(index: int, db: str, *parts: str, action: str = "answer", question: str = "q") -> Failure:
    return Failure(
        index, None, db, question, "easy", parts, "All shops", ("red",), (), "SELECT 1", "SELECT 2", action=action
    )


def test_the_largest_group_comes_first_and_within_it_the_database_with_most() -> None:
    groups = grouped(
        [
            failure(0, "a", "x"),
            failure(1, "b", "x", "y"),
            failure(2, "c", "x", "y"),
            failure(3, "c", "x", "y", action="clarify"),
        ]
    )
    assert [(group.name, len(group.failures), group.answered) for group in groups] == [("x + y", 3, 2), ("x", 1, 1)]
    assert list(groups[0].by_database()) == ["c", "b"]
    said = list(lines(groups, 40))
    assert said[0] == "4 failures in 2 groups, the largest:"
    assert said[2].split() == ["3", "7.5%", "2", "x", "+", "y"]
    assert said[-2].split() == ["4", "10.0%", "x", "(alone", "1)"]


def test_whatever_the_data_holds_the_page_shows_as_text() -> None:
    evil = "<script>alert(1)</script>"
    one = Failure(
        0, 1, evil, evil, "easy", ("x",), evil, (evil,), ((evil, "value", evil),), evil, evil,
        Rows((evil,), ((evil,), (None,), (b"\xff",), ("x" * 500,)), 4), Rows(problem=evil),
    )  # fmt: skip
    text = "".join(page(grouped([one]), [evil], 1, evil))
    assert "<script" not in text and "&lt;script&gt;" in text
    assert "NULL" in text and "turn 2" in text and "4 rows" in text and "x" * 100 not in text


def test_failures_are_written_beside_the_figures(shop: Source, tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    assert shop.path is not None
    (tmp_path / "shop" / "shop.sqlite").write_bytes(shop.path.read_bytes())
    questions = tmp_path / "questions.json"
    entries = [
        {"db_id": "shop", "question": "How many customers are there?", "query": "SELECT count(*) FROM customer"},
        {
            "db_id": "shop",
            "question": "How many stores are there?",
            "query": "SELECT count(*) FROM store WHERE city = 'Kiel'",
        },
        {"db_id": "shop", "question": "glorp the frobnitz", "query": "SELECT 1"},
        {"db_id": "shop", "question": "How many?", "query": "SELECT nothing FROM nowhere"},
    ]
    questions.write_text(json.dumps(entries), encoding="utf-8")
    said: list[str] = []
    path = tmp_path / "errors.html"
    summary = evaluate(questions, tmp_path, errors=path, out=said.append, clock=datetime(2026, 11, 23, 12))
    text = path.read_text(encoding="utf-8")
    assert summary.measured - summary.correct == 2
    assert "filter missing" in text and "How many stores are there?" in text and "Number of stores" in text
    assert "How many customers are there?" not in text
    assert any(line.startswith("2 failures in") for line in said) and any("filter missing" in line for line in said)
