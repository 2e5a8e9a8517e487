"""Definitions through the workspace's verbs: answers, pinned pages, a broken file, two sources of one name, a model's SQL."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from workspace.agent.reply import Answer, Decline, Failed
from workspace.api import Metric, Semantics, Synonym, Workspace, open_workspace
from workspace.cli import main
from workspace.database.source import Source
from workspace.errors import SemanticsInvalid

TURNOVER = Metric("turnover", "sum(item.quantity * item.price)")


@pytest.fixture
def place(shop: Source, tmp_path: Path) -> Path:
    return Path(shutil.copy(shop.path, tmp_path / "shop.sqlite"))


@pytest.fixture
def here(place: Path, tmp_path: Path):
    with open_workspace(place, folder=tmp_path / "kept", clock=lambda: datetime(2026, 11, 23, 12)) as workspace:
        yield workspace


def test_a_definition_holds_from_the_next_question_on(here: Workspace) -> None:
    assert not isinstance(here.ask("turnover"), Answer) or "Turnover" not in here.ask("turnover").explanation
    here.knowledge.define(here.source(), Semantics(metrics=(TURNOVER,)))
    answer = here.ask("turnover")
    assert isinstance(answer, Answer) and answer.view.results["q1"].rows == ((145.0,),)
    assert answer.explanation == "Turnover"
    here.knowledge.path(here.source()).write_text("metrics:\n  turnover: sum(purchase.total)\n", encoding="utf-8")
    assert here.ask("turnover").view.results["q1"].rows == ((145.0,),)
    assert "SUM(total)" in here.ask("turnover").view.artifact.query("q1").sql


def test_what_is_pinned_keeps_the_figures_as_they_were_defined(here: Workspace) -> None:
    here.knowledge.define(here.source(), Semantics(metrics=(TURNOVER,)))
    pinned = here.pin_answer(here.ask("turnover per product"))
    before = here.open(pinned.slug).results["q1"].rows
    here.knowledge.define(here.source(), Semantics(metrics=(Metric("turnover", "count(purchase.id)"),)))
    assert here.open(pinned.slug).results["q1"].rows == before
    here.knowledge.path(here.source()).write_text("nonsense: [", encoding="utf-8")
    assert here.open(pinned.slug).results["q1"].rows == before


def test_a_mistake_in_the_file_is_the_answer(here: Workspace, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = here.knowledge.path(here.source())
    path.parent.mkdir(parents=True)
    path.write_text("hidden:\n  - customer.emial\n", encoding="utf-8")
    reply = here.ask("how many customers")
    assert isinstance(reply, Failed)
    assert reply.message == "shop.yaml, line 2, hidden.customer.emial: customer has no column emial."
    assert main(["ask", str(place), "how many customers", "--workspace", str(here.folder)]) == 1
    assert "line 2, hidden.customer.emial" in capsys.readouterr().err
    path.write_text("hidden: [\n", encoding="utf-8")
    main(["doctor", "--workspace", str(here.folder)])
    assert "WRONG  Definitions" in capsys.readouterr().out


def test_what_cannot_be_is_not_kept(here: Workspace) -> None:
    with pytest.raises(SemanticsInvalid, match="no table has a column nothing"):
        here.knowledge.define(here.source(), Semantics(metrics=(Metric("x", "sum(nothing)"),)))
    assert not here.knowledge.path(here.source()).exists()


def test_a_chat_knows_them_too(here: Workspace) -> None:
    here.knowledge.define(here.source(), Semantics((TURNOVER,), (Synonym("clients", "customer"),)))
    chat = here.new_chat()
    assert isinstance(here.ask("how many clients", chat=chat), Answer)
    followed = here.ask("per country", chat=chat)
    assert isinstance(followed, Answer) and len(followed.view.results["q1"].rows) == 2


def test_definitions_belong_to_one_file_not_to_a_name(here: Workspace, shop: Source, tmp_path: Path) -> None:
    here.knowledge.define(here.source(), Semantics(synonyms=(Synonym("clients", "customer"),)))
    here.new_chat()  # the folder knows the first shop by now
    other = tmp_path / "other"
    other.mkdir()
    with open_workspace(shutil.copy(shop.path, other / "shop.sqlite"), folder=here.folder) as second:
        assert not second.knowledge.semantics(second.source())


def test_hidden_things_stay_hidden_from_samples_and_models(here: Workspace) -> None:
    from workspace.agent import nodes
    from workspace.agent.prompt import excerpt
    from workspace.agent.tools import Run
    from workspace.server.sample import first_rows

    here.knowledge.define(here.source(), Semantics(hidden=("customer.last_name", "ticket"), metrics=(TURNOVER,)))
    catalog = here.catalog()
    told = excerpt(catalog, "customers")
    assert "last_name" not in told and "ticket" not in told and "turnover = sum(item.quantity" in told
    assert "last_name" not in first_rows(here, "shop", "customer", 3).names
    run = Run(here.source(), here._clock, knowledge=here.knowledge)
    for sql in ("select * from customer", "select last_name from customer", "select count(*) from ticket"):
        state = {"planner": "model:x", "query": {"sql": sql, "params": {}, "dialect": "sqlite"}}
        assert nodes.check(state, run)["problem"]["message"] == "It reads something that is hidden here.", sql
    state = {
        "planner": "model:x",
        "query": {"sql": "select first_name from customer", "params": {}, "dialect": "sqlite"},
    }
    assert nodes.check(state, run) == {"problem": None}
    assert isinstance(here.ask("how many tickets"), Decline)


def test_a_value_that_a_column_lacks_is_asked_about_when_it_is_written(here: Workspace) -> None:
    wrong = Semantics(synonyms=(Synonym("easterners", "store.city = Keil"),))
    with pytest.raises(SemanticsInvalid, match=r"store\.city has no value Keil \(is it Kiel\?\)"):
        here.knowledge.define(here.source(), wrong)
    # By hand it stays possible, and what is in the file already does not stand in the way of more.
    here.knowledge._file(here.source()).write("synonyms:\n  easterners: store.city = Dresden\n")
    here.knowledge.define(here.source(), here.knowledge.semantics(here.source()).with_metric(TURNOVER))
    assert here.ask("turnover").view.results["q1"].rows == ((145.0,),)


def test_text_is_kept_with_its_comments(here: Workspace) -> None:
    text = "# mine\nsynonyms:\n  clients: customer\n"
    here.knowledge.define_text(here.source(), text)
    assert here.knowledge.text(here.source()) == text
    with pytest.raises(SemanticsInvalid, match="line 2, synonyms"):
        here.knowledge.define_text(here.source(), "# mine\nsynonyms: 5\n")
    assert here.knowledge.text(here.source()) == text
