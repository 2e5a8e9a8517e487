"""Measuring: comparison of results, classes of hardness, questions and conversations played end to end."""

from __future__ import annotations

import json
import random
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SHOP
from workspace.errors import SourceMissing, SourceUnreadable
from workspace.evaluate import Summary, compare, comparing, dialogues, evaluate, hardness, orders


@pytest.mark.parametrize(
    ("pred", "gold", "ordered", "same"),
    [
        ([], [], False, True),
        ([(1,)], [], False, False),
        ([(1, "a")], [("a", 1)], False, True),
        ([(1,), (2,)], [(2,), (1,)], False, True),
        ([(1,), (2,)], [(2,), (1,)], True, False),
        ([(1.0,)], [(1,)], True, True),
        ([(0.1 + 0.2,)], [(0.3,)], True, True),
        ([(1e-12,)], [(0,)], False, True),
        ([(100.0000001,)], [(100,)], False, True),
        ([(100.1,)], [(100,)], False, False),
        ([("3",)], [(3,)], False, False),
        ([("a",)], [("A",)], False, False),
        ([(None,)], [(0,)], False, False),
        ([(None,)], [(None,)], True, True),
        ([(1,), (1,)], [(1,), (2,)], False, False),
        ([(1,), (1,), (2,)], [(1,), (2,), (2,)], False, False),
        ([(1, 1)], [(1,)], False, False),
        ([(1, 1), (2, 2)], [(1, 1), (2, 3)], False, False),
        ([(True,)], [(1,)], False, True),
        ([(b"x",)], [("x",)], False, False),
        ([(float("nan"),)], [(float("nan"),)], False, True),
        ([(float("inf"),)], [(float("inf"),)], True, True),
        ([(2, "b", 1.5), (1, "a", 2.5)], [("a", 2.5, 1), ("b", 1.5, 2)], False, True),
        ([(1, 2), (2, 1)], [(2, 1), (1, 2)], True, True),  # the columns swapped
    ],
)  # fmt: skip
def test_comparison(pred: Any, gold: Any, ordered: bool, same: bool) -> None:
    assert compare(pred, gold, ordered) is same


def test_equal_columns_do_not_take_for_ever() -> None:
    rows = [tuple([1] * 12)] * 3
    other = [*rows[:2], tuple([1] * 11 + [2])]
    assert not compare(rows, other, ordered=False)


@pytest.mark.parametrize(
    ("sql", "ordered"),
    [
        ("select a from t order by a", True),
        ("SELECT a FROM t WHERE b IN (SELECT b FROM u ORDER BY b LIMIT 1)", False),
        ("select 'order by' from t", False),
        ("select a from t -- order by a", False),
        ("select a from t union select b from u order by 1", True),
        ("select `order` from t", False),
    ],
)  # fmt: skip
def test_order_counts_at_the_top_level_only(sql: str, ordered: bool) -> None:
    assert orders(sql) is ordered


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT count(*) FROM t", "easy"),
        ("SELECT a FROM t WHERE b = 1", "easy"),
        ("SELECT a, b FROM t", "medium"),
        ("SELECT a FROM t JOIN u ON t.id = u.id WHERE b = 'x'", "medium"),
        ("SELECT a FROM t WHERE b = 1 ORDER BY c LIMIT 1", "hard"),
        ("SELECT a FROM t WHERE b > (SELECT avg(b) FROM t)", "hard"),
        ("SELECT a FROM t EXCEPT SELECT a FROM u", "hard"),
        ("SELECT a, count(*) FROM t JOIN u ON t.i = u.i WHERE b = 1 OR c = 2 GROUP BY a ORDER BY count(*) DESC LIMIT 3", "extra"),
        ("SELECT a FROM t WHERE b BETWEEN 1 AND 2", "easy"),
        ("SELECT a FROM t WHERE b LIKE '%x%'", "medium"),
        ("insert into t values (1)", "unparsed"),
        ("", "unparsed"),
    ],
)  # fmt: skip
def test_hardness(sql: str, expected: str) -> None:
    assert hardness(sql) == expected


def test_comparison_is_blind_to_columns_and_rows_but_not_to_values() -> None:
    rng = random.Random(5)
    for _ in range(200):
        width, height = rng.randint(1, 4), rng.randint(1, 12)
        gold = [tuple(rng.choice([1, 2, 2.5, "x", "y", None]) for _ in range(width)) for _ in range(height)]
        order = rng.sample(range(width), width)
        pred = [tuple(row[place] for place in order) for row in rng.sample(gold, height)]
        assert compare(pred, gold, ordered=False)
        row, place = rng.randrange(height), rng.randrange(width)
        changed = list(pred)
        changed[row] = (*pred[row][:place], "other", *pred[row][place + 1 :])
        assert not compare(changed, gold, ordered=False)


def test_tokens_keep_what_is_quoted() -> None:
    assert comparing.tokens("SELECT 'It''s' FROM \"T\" -- x") == ["select", "'It''s'", "from", '"T"']


# ----------------------------------------------------------------------------------------------------- end to end
@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Databases at <folder>/<id>/<id>.sqlite: the shop, and one with text that is not UTF-8."""
    import sqlite3
    from contextlib import closing

    for name in ("shop", "old"):
        (tmp_path / name).mkdir()
    with closing(sqlite3.connect(tmp_path / "shop" / "shop.sqlite")) as connection:
        connection.executescript(SHOP)
    with closing(sqlite3.connect(tmp_path / "old" / "old.sqlite")) as connection:
        connection.executescript(
            "create table city (id integer primary key, name text);"
            "insert into city values (1, cast(x'4de46c61676120' as text)), (2, 'Rome'), (3, cast(x'ff' as text));"
        )
    return tmp_path


QUESTIONS = [
    {"db_id": "shop", "question": "How many customers are there?", "query": "SELECT count(*) FROM customer"},
    {"db_id": "shop", "question": "How many stores are there?", "query": "SELECT count(*) + 1 FROM store"},
    {"db_id": "shop", "question": "How many customers are there?", "query": "SELECT nothing FROM nowhere"},
    {"db_id": "old", "question": "What are the names of all cities?", "query": "SELECT name FROM city"},
    {"db_id": "gone", "question": "How many?", "query": "SELECT 1"},
]


def ask(folder: Path, questions: Any, **options: Any) -> tuple[Summary, list[dict], list[str]]:
    path, predictions = folder / "questions.json", folder / "predictions.jsonl"
    path.write_text(json.dumps(questions), encoding="utf-8")
    said: list[str] = []
    summary = evaluate(
        path, folder, predictions=predictions, out=said.append, clock=datetime(2026, 11, 23, 12), **options
    )
    return summary, [json.loads(line) for line in predictions.read_text(encoding="utf-8").splitlines()], said


def test_questions_are_measured_by_execution(folder: Path) -> None:
    summary, lines, said = ask(folder, QUESTIONS)
    assert (summary.questions, summary.measured, summary.gold_failed) == (5, 3, 2)
    assert summary.correct == 2 and summary.by_hardness["easy"][0] >= 2
    assert [line["index"] for line in lines] == [0, 1, 2, 3, 4]
    assert set(lines[0]) == {"index", "db_id", "question", "sql", "action", "confidence", "seconds"}
    assert lines[0]["action"] == "answer" and "COUNT(*)" in lines[0]["sql"] and "\n" not in lines[0]["sql"]
    assert (lines[4]["sql"], lines[4]["action"]) == ("", "decline")
    assert sum(summary.actions.values()) == 5
    assert said[0] == "accuracy 66.7% (2 of 3 questions)"
    assert any(line.startswith("would answer") for line in said)
    assert any(line.startswith("accuracy of the answered") for line in said)
    assert any("p50" in line and "p99" in line for line in said)
    assert summary.to_dict()["accuracy"] == pytest.approx(2 / 3)


def test_predictions_have_their_values_written_in(folder: Path) -> None:
    question = {
        "db_id": "shop",
        "question": "How many stores are in Kiel?",
        "query": "SELECT count(*) FROM store WHERE city = 'Kiel'",
    }
    summary, lines, _ = ask(folder, [question])
    assert summary.correct == 1
    assert "'Kiel'" in lines[0]["sql"] and ":p" not in lines[0]["sql"]


def test_workers_find_the_same(folder: Path) -> None:
    alone, lines, _ = ask(folder, QUESTIONS)
    together, others, _ = ask(folder, QUESTIONS, workers=2)
    assert [line["sql"] for line in lines] == [line["sql"] for line in others]
    assert (alone.correct, alone.measured, alone.actions) == (together.correct, together.measured, together.actions)


def test_conversations_are_played_in_their_order(folder: Path) -> None:
    turns = [
        {"utterance": "How many customers are there?", "query": "SELECT count(*) FROM customer"},
        {"utterance": "How many stores are there?", "query": "SELECT count(*) FROM store"},
    ]
    summary, lines, said = ask(folder, [{"db_id": "shop", "turns": turns}, QUESTIONS[0]])
    assert [(line["index"], line.get("turn")) for line in lines] == [(0, 0), (0, 1), (1, None)]
    assert [line["question"] for line in lines[:2]] == [turn["utterance"] for turn in turns]
    assert summary.questions == 3 and summary.conversations == (1, 1)
    assert any("conversations right in every turn" in line for line in said)


def test_conversations_come_in_several_forms(folder: Path) -> None:
    question, gold = "How many customers are there?", "SELECT count(*) FROM customer"
    interaction = {"database_id": "shop", "interaction": [{"utterance": question, "query": gold}]}
    said = [
        {"isUser": True, "text": question, "type": "INFORM_SQL"},
        {"isUser": False, "text": "There are 3.", "query": gold, "label": "CONFIRM_SQL"},
        {"isUser": True, "text": "What is the flombiness of the frobs?", "type": "CANNOT_ANSWER"},
        {"isUser": False, "text": "Sorry.", "query": "", "label": "REJECT"},
        {"isUser": True, "text": "Thanks!", "type": "IMPROPER"},
    ]
    summary, lines, printed = ask(folder, [interaction, {"db_name": "shop", "turns": said}])
    assert (summary.questions, summary.measured, summary.correct, summary.gold_failed) == (4, 2, 2, 0)
    assert [line.get("act") for line in lines] == [None, "INFORM_SQL", "CANNOT_ANSWER", "IMPROPER"]
    assert summary.acts["INFORM_SQL"] == dialogues.Act(turns=1, answered=1, measured=1, right=1)
    assert summary.acts["IMPROPER"] == summary.acts["CANNOT_ANSWER"] == dialogues.Act(turns=1, answered=0)
    assert "AMBIGUOUS, CANNOT_ANSWER, IMPROPER not answered as if clear 100.0% of 2" in printed
    assert json.loads(json.dumps(summary.to_dict()))["acts"]["IMPROPER"]["turns"] == 1


def test_a_turn_that_was_asked_back_about_is_what_was_said_in_the_end(folder: Path) -> None:
    count, names = "SELECT count(*) FROM customer", "SELECT count(*) FROM store"
    turns = [
        {"utterance": "How many customers are there? | All of them? | Yes!", "query": count},
        {"utterance": "Show me all customers | Do you want their names? | How many stores are there", "query": names},
    ]
    summary, lines, _ = ask(folder, [{"db_id": "shop", "turns": turns}])
    assert (summary.questions, summary.correct) == (2, 2)
    assert lines[0]["question"] == turns[0]["utterance"]


def test_only_so_many(folder: Path) -> None:
    assert ask(folder, QUESTIONS, limit=2)[0].questions == 2


def test_a_planner_that_fails_is_counted_and_does_not_end_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("of the planner")

    monkeypatch.setattr("workspace.question.read.read", broken)
    summary, lines, said = ask(folder, QUESTIONS[:2])
    assert (summary.broken, summary.correct) == (2, 0)
    assert {line["action"] for line in lines} == {"decline"}
    assert any("ZeroDivisionError: of the planner" in line for line in said)


def test_what_cannot_be_measured_says_so(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceMissing):
        evaluate(tmp_path / "nothing.json", folder)
    path = tmp_path / "q.json"
    path.write_text("[", encoding="utf-8")
    with pytest.raises(SourceUnreadable, match="cannot be read as JSON"):
        evaluate(path, folder)
    path.write_text('[{"question": "x"}]', encoding="utf-8")
    with pytest.raises(SourceUnreadable, match="Spider's format"):
        evaluate(path, folder)
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(SourceMissing, match="no folder"):
        evaluate(path, tmp_path / "nowhere")
    assert evaluate(path, folder, out=lambda _: None) == Summary(
        0, 0, 0, actions={"answer": 0, "clarify": 0, "decline": 0}
    )


def test_gold_agrees_with_itself_on_spider(data: Path) -> None:
    questions = data / "spider_train" / "train.json"
    if not questions.exists():
        pytest.skip("spider_train is not among the public sample data.")
    from workspace.database.source import open_source
    from workspace.evaluate import is_right

    entries = json.loads(questions.read_text(encoding="utf-8"))
    small = [e for e in entries if e["db_id"] in ("department_management", "farm", "college_2", "allergy_1")][::25]
    sources: dict[str, Any] = {}
    for entry in small:
        name = entry["db_id"]
        source = sources.setdefault(name, open_source(data / "spider_train" / "database" / name / f"{name}.sqlite"))
        assert is_right(source, entry["query"], entry["query"]) is True


def _readings(count: int) -> list[Any]:
    """Questions with two readings each; the right one shows "good" and, by chance, "noise"."""
    import random

    from workspace.evaluate.fitting import Example, Reading

    chance = random.Random(7)
    found = []
    for number in range(count):
        noisy = [{"noise": 1.0} if chance.random() < 0.5 else {} for _ in range(2)]
        right = Reading({"good": 1.0, **noisy[0]}, {"sure": 1.0}, False, True)
        wrong = Reading({"bad": 1.0, **noisy[1]}, {"sure": 0.0}, True, False)
        found.append(Example(f"db{number % 9}", (right, wrong)))
    return found


def test_the_ranker_finds_what_tells_right_from_wrong() -> None:
    from workspace.evaluate.fitting import best_of, fit_ranker, vocabulary

    found = _readings(200)
    names = vocabulary(found)
    weights = fit_ranker(found, names)
    assert weights[names["good"]] > 1 > abs(weights[names["noise"]]) * 3
    assert weights[names["bad"]] < -1
    assert all(one.right for one in best_of(found, names, weights))


def test_the_confidence_is_a_forest_that_runs_without_its_maker() -> None:
    from workspace.evaluate.fitting import Best, fit_confidence
    from workspace.question.forest import Forest

    seen = [Best("a", n % 10 < 8, {"sure": 1.0, "also": float(n % 3)}) for n in range(300)]
    seen += [Best("b", n % 10 < 2, {"also": float(n % 3)}) for n in range(300)]
    forest = fit_confidence(seen)
    assert abs(forest.chance({"sure": 1.0}) - 0.8) < 0.06
    assert abs(forest.chance({}) - 0.2) < 0.06
    assert Forest.from_dict(json.loads(json.dumps(forest.to_dict()))) == forest
