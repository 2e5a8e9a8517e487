"""Golden plans: each survives JSON, compiles to the SQL beside it, runs on Chinook, and says itself in its sentence."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from workspace.database.execute import query
from workspace.database.source import Source
from workspace.errors import PlanInvalid
from workspace.question import plan as form
from workspace.question.explain import explain
from workspace.question.plan import Plan, aggregates, decode, encode, replace_nodes, walk
from workspace.question.sql import to_query

GOLDENS = sorted((Path(__file__).parent / "goldens" / "plans").glob("*.json"))


def load(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", GOLDENS, ids=lambda path: path.stem)
def test_golden_plan(path: Path, music: Source) -> None:
    golden = load(path)
    plan = Plan.from_dict(golden["plan"])
    assert plan.to_dict() == golden["plan"]
    written = to_query(plan, music.catalog())
    assert written.sql.split("\n") == golden["sql"]
    assert dict(written.params) == golden["params"]
    assert len(query(music, written.sql, written.params).rows) == golden["rows"]
    assert explain(plan, music.catalog()) == golden["sentence"]


def test_a_plan_is_compiled_in_about_a_millisecond(music: Source) -> None:
    catalog = music.catalog()
    plans = [Plan.from_dict(load(path)["plan"]) for path in GOLDENS]
    for plan in plans:
        to_query(plan, catalog)
    start = time.perf_counter()
    for plan in plans:
        to_query(plan, catalog)
    assert (time.perf_counter() - start) / len(plans) < 0.015  # ten times what it takes on an idle machine


@pytest.mark.parametrize("path", GOLDENS, ids=lambda path: path.stem)
def test_every_node_round_trips(path: Path) -> None:
    plan = Plan.from_dict(load(path)["plan"])
    for node in walk(plan, subplans=True):
        assert decode(json.loads(json.dumps(encode(node)))) == node


def test_nested_plans_are_walked_only_when_asked() -> None:
    inner = Plan("b", (form.Output(form.Aggregate("avg", form.Column("b", "x")), "average"),))
    outer = Plan(
        "a",
        (form.Output(form.Column("a", "y"), "y"),),
        where=(form.Compare(form.Column("a", "y"), ">", form.Scalar(inner)),),
    )
    assert form.Column("b", "x") not in list(walk(outer))
    assert form.Column("b", "x") in list(walk(outer, subplans=True))
    assert not aggregates(form.Scalar(inner))
    assert not outer.grouped


def test_nodes_are_replaced_innermost_first() -> None:
    plan = Plan("a", (form.Output(form.Aggregate("sum", form.Column("a", "x")), "sum"),))
    changed = replace_nodes(plan, lambda node: form.Column("a", "z") if node == form.Column("a", "x") else node)
    assert changed.outputs[0].expr == form.Aggregate("sum", form.Column("a", "z"))
    assert changed.measures == changed.outputs


@pytest.mark.parametrize(
    "data",
    [
        {"is": "column", "table": "a", "name": "b"},
        {"is": "plan"},
        {"is": "nothing"},
        {"root": "a"},
        {"is": "plan", "root": "a", "outputs": [], "colour": "red"},
        [],
        None,
        "plan",
    ],
)  # fmt: skip
def test_what_is_no_plan_is_refused(data: object) -> None:
    with pytest.raises(PlanInvalid):
        Plan.from_dict(data)
