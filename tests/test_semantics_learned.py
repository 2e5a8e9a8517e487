"""A choice between readings says what a word means; it is offered to be kept, and kept only on a person's yes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.agent_shop import AMBIGUOUS, in_berlin, make, make_ambiguous
from workspace.agent.reply import Answer, Clarify, reply_from_dict
from workspace.api import Semantics, Workspace, open_workspace
from workspace.database.source import Source
from workspace.question import plan as form
from workspace.question.plan import Aggregate, Arithmetic, Column, Literal, Output, Plan
from workspace.semantics.expressions import Names, expression
from workspace.semantics.learned import Learned, learned, written


def total(column: str, root: str = "purchase") -> Plan:
    return Plan(root, (Output(Aggregate("sum", Column(root, column)), "x"),))


LINES = Plan(
    "item",
    (Output(Aggregate("sum", Arithmetic("*", Column("item", "quantity"), Column("item", "price"))), "sales"),),
)


@pytest.mark.parametrize(
    ("question", "chosen", "other", "expected"),
    [
        ("sales by store", LINES, total("total"), Learned("sales", "sum(item.quantity * item.price)", figure=True)),
        ("sales", total("total"), LINES, Learned("sales", "sum(purchase.total)", figure=True)),
        (
            "names",
            Plan("store", (Output(Column("store", "name"), "names"),)),
            Plan("product", (Output(Column("product", "name"), "names"),)),
            Learned("names", "store.name"),
        ),
    ],
)
def test_what_a_choice_says_of_a_word(
    shop: Source, clock: datetime, question: str, chosen: Plan, other: Plan, expected: Learned
) -> None:
    assert learned(question, chosen, [other], shop.catalog(), shop.values(), clock) == expected
    model = expected.added(Semantics())
    assert expected.known(model) and not expected.known(Semantics())
    model.over(shop.catalog())


def test_nothing_is_learned_where_no_single_word_tells_them_apart(shop: Source, clock: datetime) -> None:
    catalog, values = shop.catalog(), shop.values()
    assert learned("sales", LINES, [], catalog, values, clock) is None
    assert learned("sales", LINES, [LINES], catalog, values, clock) is None
    assert learned("show me it", LINES, [total("total")], catalog, values, clock) is None


def test_what_is_written_is_read_back_the_same(shop: Source) -> None:
    for expr in (
        Aggregate(
            "sum", Arithmetic("*", Column("item", "quantity"), Arithmetic("-", Literal(1), Column("item", "price")))
        ),
        Arithmetic(
            "/", Aggregate("sum", Column("purchase", "total")), Aggregate("count", Column("purchase", "id"), True)
        ),
        Aggregate("max", Column("odd table", "order")),
    ):
        assert expression(written(expr), Names(shop.catalog())) == expr
    with pytest.raises(ValueError):
        written(form.Scalar(LINES))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    make_ambiguous(monkeypatch)
    with open_workspace(make(tmp_path / "shop.sqlite"), folder=tmp_path / "kept") as workspace:
        yield workspace


def test_it_is_offered_after_the_choice_and_kept_on_a_yes(here: Workspace) -> None:
    chat = here.new_chat()
    asked = here.ask(AMBIGUOUS, chat=chat)
    assert isinstance(asked, Clarify)
    index = next(n for n, choice in enumerate(asked.choices) if choice.plan == in_berlin("home_city"))
    *_, answer = here.choose(chat, here.messages(chat)[-1].id, index)
    assert isinstance(answer, Answer)
    assert answer.learned == Learned("Berlin", "customer.home_city = 'Berlin'")
    assert reply_from_dict(answer.to_dict()) == answer
    source = here.source()
    assert not here.knowledge.semantics(source), "nothing is remembered without a yes"
    here.knowledge.define(source, answer.learned.added(here.knowledge.semantics(source)))
    again = here.ask("how many customers in Berlin")
    assert isinstance(again, Answer) and "home_city" in again.view.artifact.query("q1").sql
