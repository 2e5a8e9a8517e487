"""A percentage of things: the share that is on the page, else one that can be worked out, else said of what it could be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_question_corpus import source
from workspace.api import Workspace, open_workspace
from workspace.errors import ScheduleInvalid


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workspace]:
    path = source("sample").path
    assert path is not None
    with open_workspace(path, folder=tmp_path / "kept") as opened:
        yield opened


def pinned(shop: Workspace, question: str) -> str:
    return shop.pin_answer(shop.ask(question)).slug


@pytest.mark.parametrize("words", ["returns exceed 5 %", "the return rate exceeds 5 %", "refunds exceed 5%"])
@pytest.mark.parametrize("page", ["number of returns", "number of returns per month"])
def test_a_share_is_worked_out_where_the_page_has_only_the_number(shop: Workspace, page: str, words: str) -> None:
    made = shop.schedule(pinned(shop, page), condition=words)
    assert made.figure.startswith("Share of order items with at least one return")
    assert "%" in made.now


def test_the_share_of_the_page_comes_first(shop: Workspace) -> None:
    found = shop.condition("returns exceed 5 %", pinned(shop, "share of order items with returns"))
    assert found.answer is None and found.condition.percent
    assert found.condition.threshold == pytest.approx(0.05)


def test_where_several_shares_could_be_meant_they_are_named(shop: Workspace) -> None:
    with pytest.raises(ScheduleInvalid) as caught:
        shop.schedule(pinned(shop, "number of support tickets"), condition="support tickets exceed 5 %")
    assert "5 % of what is not clear" in str(caught.value)
    assert "“share of customers with support tickets” or “share of products with support tickets”" in str(caught.value)


def test_a_plain_number_is_still_the_number(shop: Workspace) -> None:
    found = shop.condition("returns exceed 500", pinned(shop, "number of returns"))
    assert found.answer is None and found.condition.threshold == 500
