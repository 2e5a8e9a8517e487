"""Questions about the data itself: answered out of the catalog and the definitions, or by a query with its receipt."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from workspace.agent.reply import Answer, Clarify, Told, reply_from_dict
from workspace.api import Metric, Semantics, Synonym, Workspace, open_workspace
from workspace.database.source import Source
from workspace.question.about import inquiry
from workspace.question.schema import schema_of


@pytest.fixture
def here(shop: Source, tmp_path: Path):
    place = shutil.copy(shop.path, tmp_path / "shop.sqlite")
    with open_workspace(place, folder=tmp_path / "kept", clock=lambda: datetime(2026, 11, 23, 12)) as workspace:
        yield workspace


@pytest.mark.parametrize(
    ("text", "kind", "target"),
    [
        ("What tables are there?", "tables", ""),
        ("list all tables", "tables", ""),
        ("what data do you have", "tables", ""),
        ("what's in this database?", "tables", ""),
        ("what is in the purchase table", "table", "purchase"),
        ("which columns does customer have", "table", "customer"),
        ("describe the store table", "table", "store"),
        ("what does the column joined mean", "meaning", "customer.joined"),
        ("what does joined in customer mean?", "meaning", "customer.joined"),
        ("explain the column gift_for", "meaning", "purchase.gift_for"),
        ("what values does city have", "values", "store.city"),
        ("what are the possible values of store.city", "values", "store.city"),
        ("values of city in store", "values", "store.city"),
        ("how fresh is the data", "fresh", ""),
        ("when was it last updated?", "fresh", ""),
        ("how up to date are the purchases", "fresh", "purchase"),
        ("what can I ask?", "help", ""),
        ("help", "help", ""),
    ],
)
def test_what_is_asked_about_the_data_itself(shop: Source, text: str, kind: str, target: str) -> None:
    found = inquiry(text, schema_of(shop.catalog()))
    assert found is not None and found.kind == kind
    assert (found.links[0].target if found.links else "") == target


@pytest.mark.parametrize(
    "text",
    [
        "how many purchases", "what is in stock", "which customers have purchases", "how old are customers",
        "what is the total of purchases", "list all customers", "what does Ada buy", "describe the weather",
        "what is the average total", "what values", "when was the first purchase", "which stores are in Kiel",
    ],
)  # fmt: skip
def test_questions_of_the_data_stay_questions_of_the_data(shop: Source, text: str) -> None:
    assert inquiry(text, schema_of(shop.catalog())) is None


def test_tables_that_are_called_tables_are_asked_about() -> None:
    from workspace.database.catalog import Catalog, Column, Table

    inn = Catalog("inn", (Table("tables", (Column("id", "integer"), Column("seats", "integer")), ("id",)),))
    assert inquiry("what tables are there", schema_of(inn)) is None


def test_the_tables_and_one_of_them(here: Workspace) -> None:
    here.knowledge.define(here.source(), Semantics().with_description("store", "where we sell").with_hidden("ticket"))
    reply = here.ask("what tables are there")
    assert isinstance(reply, Told) and reply_from_dict(reply.to_dict()) == reply
    rows = {row[0]: row[1:] for row in reply.rows}
    assert rows["store"] == ("2", "where we sell") and "ticket" not in rows
    reply = here.ask("what is in the customer table")
    assert "customer is a table of 4 rows." in reply.message and "purchase" in reply.message
    assert ("joined", "date", "2022-01-05 to 2024-02-29") in reply.rows


def test_what_a_word_means(here: Workspace) -> None:
    model = Semantics(
        (Metric("turnover", "sum(item.quantity * item.price)", unit="EUR"),), (Synonym("patrons", "customer"),)
    ).with_description("customer.joined", "the day of the first visit")
    here.knowledge.define(here.source(), model)
    assert "the day of the first visit" in here.ask("what does joined mean").message
    assert here.ask("how is turnover calculated").message.startswith("Turnover is sum(item.quantity * item.price)")
    assert here.ask("what does patrons mean").message.startswith("“patrons” means customer here.")
    several = here.ask("what does the column name mean")
    assert isinstance(several, Told) and ("store.name", "text", "North, South") in several.rows
    assert "Nobody has described it yet" in here.ask("what does the column total mean").message


def test_values_are_queried(here: Workspace) -> None:
    answer = here.ask("what values does city have")
    assert isinstance(answer, Answer)
    assert sorted(answer.view.results["q1"].rows) == [("Kiel", 1), ("Ulm", 1)]
    assert answer.view.results["q1"].receipt.sql
    several = here.ask("what values does name have")
    assert isinstance(several, Clarify) and "values of name in store" in [choice.label for choice in several.choices]
    assert isinstance(here.ask("values of name in store"), Answer)
    chat = here.new_chat()
    here.ask("what values does name have", chat=chat)
    *_, chosen = here.choose(chat, here.messages(chat)[-1].id, 0)
    assert isinstance(chosen, Answer)


def test_how_fresh_it_is_is_queried(here: Workspace) -> None:
    answer = here.ask("how fresh is the data?")
    assert isinstance(answer, Answer) and answer.view.results["q1"].rows[0][0].startswith("2024-03-10")
    assert any(note.startswith("The file was last changed on ") for note in answer.notes)


def test_what_can_be_asked_is_answered_and_can_be(here: Workspace) -> None:
    reply = here.ask("what can I ask?")
    assert isinstance(reply, Told) and reply.suggestions
    for question in reply.suggestions:
        assert isinstance(here.ask(question), Answer), question


def test_in_a_chat_after_an_answer(here: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    from workspace.cli import main

    chat = here.new_chat()
    assert isinstance(here.ask("how many purchases per store", chat=chat), Answer)
    assert isinstance(here.ask("what is in the store table?", chat=chat), Told)
    assert isinstance(here.ask("only 2023", chat=chat), Answer)  # what was told is not what a follow-up follows
    assert main(["ask", str(here.source().path), "what tables are there", "--workspace", str(here.folder)]) == 0
    assert "customer" in capsys.readouterr().out
