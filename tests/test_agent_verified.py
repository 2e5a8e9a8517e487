"""What a person says of an answer: right is recalled for the same question, wrong is asked back, both can be taken back."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from workspace.agent.reply import Answer, Clarify, Recalled, reply_from_dict
from workspace.api import Metric, Semantics, Workspace, open_workspace
from workspace.database.source import Source
from workspace.errors import NotFound


@pytest.fixture
def here(shop: Source, tmp_path: Path):
    place = shutil.copy(shop.path, tmp_path / "shop.sqlite")
    with open_workspace(place, folder=tmp_path / "kept", clock=lambda: datetime(2026, 11, 23, 12)) as workspace:
        yield workspace


def answered(workspace: Workspace, question: str, chat: str = "") -> tuple[str, Answer]:
    """The id of the answer's message, and the answer."""
    chat = chat or workspace.new_chat()
    workspace.ask(question, chat=chat)
    message = workspace.messages(chat)[-1]
    assert isinstance(message.reply, Answer), (question, message.reply)
    return message.id, message.reply


def test_right_is_recalled_in_other_words_with_other_values(here: Workspace) -> None:
    message, first = answered(here, "total in Germany in 2023")
    assert first.recalled is None and here.knowledge.verdict(message) == ""
    here.judge(message, "right")
    assert here.knowledge.verdict(message) == "right"
    _, again = answered(here, "in 2024 what was France's total")
    assert again.recalled is not None and again.recalled.question == "total in Germany in 2023"
    assert again.view.results["q1"].receipt.planner == "recalled"
    assert again.view.results["q1"].rows == ((100.0,),)
    assert "Recalled: the answer to “total in Germany in 2023” was marked right." in again.notes
    assert reply_from_dict(again.to_dict()) == again
    # Outside of a chat too, and what is pinned of it says so.
    alone = here.ask("what was the total in France in 2024")
    assert alone.view.artifact.query("q1").planner == "recalled"
    assert here.pin_answer(alone).version == 1


def test_a_near_miss_is_worked_out(here: Workspace) -> None:
    here.judge(answered(here, "total in Germany in 2023")[0], "right")
    for question in ("total in Germany", "total per month in Germany in 2023", "how many purchases in Germany in 2023"):
        assert here.ask(question).recalled is None, question


def test_what_was_right_can_be_forgotten(here: Workspace) -> None:
    message, _ = answered(here, "how many purchases in 2023")
    here.judge(message, "right")
    (known,) = here.knowledge.verified(here.source())
    assert (known.question, known.verdict, known.message) == ("how many purchases in 2023", "right", message)
    here.knowledge.forget(known.id)
    assert here.ask("how many purchases in 2024").recalled is None
    with pytest.raises(NotFound):
        here.knowledge.forget(known.id)
    here.judge(message, "right")
    here.judge(message, "")
    assert here.knowledge.verified(here.source()) == []


def test_wrong_takes_it_back_and_is_asked_about_next_time(here: Workspace) -> None:
    here.judge(answered(here, "how many purchases in 2023")[0], "right")
    message, again = answered(here, "how many purchases in 2024")
    assert again.recalled is not None
    here.judge(message, "wrong")
    assert [info.verdict for info in here.knowledge.verified(here.source())] == ["wrong"]
    chat = here.new_chat()
    reply = here.ask("number of purchases in 2023", chat=chat)
    assert isinstance(reply, Clarify) and "marked wrong" in reply.message
    *_, chosen = here.choose(chat, here.messages(chat)[-1].id, len(reply.choices) - 1)
    assert isinstance(chosen, Answer) and chosen.view.results["q1"].rows == ((2,),)
    # Taken after all: it is right, and no longer wrong.
    here.judge(here.messages(chat)[-1].id, "right")
    assert [info.verdict for info in here.knowledge.verified(here.source())] == ["right"]
    assert here.ask("how many purchases in 2024").recalled is not None


def test_what_was_said_of_a_follow_up_stands_for_its_whole_meaning(here: Workspace) -> None:
    chat = here.new_chat()
    answered(here, "how many purchases", chat)
    message, followed = answered(here, "only 2023", chat)
    here.judge(message, "right")
    (known,) = here.knowledge.verified(here.source())
    assert known.question == followed.explanation
    assert here.ask("only 2023").to_dict().get("recalled") is None
    assert here.ask(followed.explanation.replace("2023", "2024")).recalled is not None


def test_a_short_follow_up_is_not_taken_for_a_settled_question(here: Workspace) -> None:
    here.judge(answered(here, "customers")[0], "right")
    assert here.ask("customers").recalled == Recalled(here.knowledge.verified(here.source())[0].id, "customers")
    chat = here.new_chat()
    answered(here, "how many purchases per store", chat)
    reply = here.ask("customers", chat=chat)
    assert not isinstance(reply, Answer) or reply.recalled is None


def test_a_definition_that_changed_is_not_recalled_as_it_was(here: Workspace) -> None:
    source = here.source()
    here.knowledge.define(source, Semantics(metrics=(Metric("turnover", "sum(item.quantity * item.price)"),)))
    here.judge(answered(here, "turnover per product")[0], "right")
    assert here.ask("turnover per product").recalled is not None
    here.knowledge.define(source, Semantics(metrics=(Metric("turnover", "sum(item.quantity)"),)))
    again = here.ask("turnover per product")
    assert again.recalled is None and "price" not in again.view.artifact.query("q1").sql
    here.knowledge.define(source, Semantics())
    here.judge(answered(here, "last names of customers")[0], "right")
    here.knowledge.define(source, Semantics(hidden=("customer.last_name",)))
    reply = here.ask("last names of customers")
    assert not isinstance(reply, Answer)


def test_the_sql_of_a_model_is_recalled_as_it_was_asked_only(here: Workspace) -> None:
    from dataclasses import replace

    answer = here.ask("how many purchases in 2023")
    named = answer.view.artifact.query("q1").model_copy(update={"plan": None, "planner": "model:x"})
    written = replace(
        answer, plan=None, reading=None, question="purchases that matter in 2023",
        view=replace(answer.view, artifact=answer.view.artifact.model_copy(update={"queries": (named,)})),
    )  # fmt: skip
    here.knowledge.judge(
        here.source(), written, "right", said=written.question, message="m", clock=datetime(2026, 11, 23, 12)
    )
    again = here.ask("Which purchases that matter in 2023?")
    assert isinstance(again, Answer) and again.recalled is not None and again.plan is None
    assert again.view.results["q1"].receipt.planner == "recalled"
    assert "marked right" in again.explanation
    other = here.ask("purchases that matter in 2024")
    assert not isinstance(other, Answer) or other.recalled is None


def test_nothing_is_said_of_what_is_no_answer(here: Workspace) -> None:
    chat = here.new_chat()
    here.ask("zorgle the frobnitz", chat=chat)
    with pytest.raises(NotFound, match="no answer in that message"):
        here.judge(here.messages(chat)[-1].id, "right")


def test_nobody_pays_for_it_without_a_store(shop: Source, tmp_path: Path) -> None:
    with open_workspace(shop.path, folder=tmp_path / "none") as workspace:
        assert workspace.ask("how many customers").recalled is None
    assert not (tmp_path / "none").exists()


def test_the_command_line_lists_and_forgets(here: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    from workspace.cli import main

    folder = ["--workspace", str(here.folder)]
    assert main(["verified", *folder]) == 0 and "Nothing was said" in capsys.readouterr().out
    here.judge(answered(here, "how many purchases in 2023")[0], "right")
    (known,) = here.knowledge.verified(here.source())
    assert main(["verified", *folder]) == 0
    assert capsys.readouterr().out == f"{known.id}  right  shop: how many purchases in 2023\n"
    assert main(["doctor", *folder]) == 0 and "settled questions 1" in capsys.readouterr().out
    assert main(["ask", str(here.source().path), "purchases in 2024, how many", *folder]) in (0, 3)
    capsys.readouterr()
    assert main(["ask", str(here.source().path), "number of purchases in 2024", *folder]) == 0
    assert "Recalled: the answer to" in capsys.readouterr().out
    assert main(["verified", "--forget", known.id, *folder]) == 0
    assert main(["verified", "--forget", known.id, *folder]) == 1
