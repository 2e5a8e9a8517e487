"""A person's own words in a real browser: defined on the data page, used by the next question, settled, forgotten."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.browser.serving import served
from tests.browser.test_main_job import AMBIGUOUS, ask, settled, sideways


@pytest.fixture(scope="module")
def own(database: Path, tmp_path_factory: pytest.TempPathFactory, browser: Any):
    """A server of this file's own, because what is defined holds for everybody."""
    with served(database, tmp_path_factory.mktemp("words") / "kept", "--ambiguous") as url:
        yield url


def press(page: Any, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).last.click()
    settled(page)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_metric_is_defined_asked_for_and_removed(
    own: str, database: Path, open_page: Callable[..., Any], shot: Any, width: int
) -> None:
    page = open_page(f"{own}/data", width=width)
    page.get_by_role("button", name="Add a metric").click()
    page.get_by_role("textbox", name="Name", exact=True).fill("takings")
    page.get_by_role("textbox", name="What it is").fill("sum(purchase.totl)")
    press(page, "Save")
    page.get_by_text("purchase has no column totl (is it total?).").wait_for()
    shot(page, f"words-wrong-{width}")
    page.get_by_role("textbox", name="What it is").fill("sum(purchase.total)")
    press(page, "Save")
    page.locator(".na-word", has_text="takings").wait_for()
    assert sideways(page) <= 0
    page.goto(own)
    card = ask(page, "takings")
    with closing(sqlite3.connect(database)) as connection:  # other tests of the session add purchases
        (total,) = connection.execute("SELECT sum(total) FROM purchase").fetchone()
    assert float(card.locator(".na-finding .fig").first.inner_text()) == total
    page.goto(f"{own}/data")
    page.locator(".na-word", has_text="takings").wait_for()
    press(page, "Remove")
    page.locator(".na-word", has_text="takings").wait_for(state="detached")


def test_an_answer_is_right_recalled_and_forgotten(own: str, open_page: Callable[..., Any], shot: Any) -> None:
    page = open_page(own)
    ask(page, "how many purchases in 2025")
    press(page, "Right")
    page.get_by_text("is answered this way from now on").wait_for()
    card = ask(page, "in 2026 number of purchases")
    card.get_by_text("Recalled: the answer to “how many purchases in 2025” was marked right.").wait_for()
    shot(page, "recalled-1280")
    press(page, "Forget this")
    page.get_by_role("button", name="Forget this").wait_for(state="detached")


def test_a_choice_is_remembered_on_a_yes(own: str, open_page: Callable[..., Any], shot: Any) -> None:
    page = open_page(own)
    ask(page, AMBIGUOUS)
    page.locator('[class*="st-key-choice-"] button').last.click()
    offer = page.get_by_role("button", name="Remember that “Berlin” means")
    offer.wait_for()
    shot(page, "remember-1280")
    offer.click()
    page.get_by_text("“Berlin” means").first.wait_for()
    page.goto(f"{own}/data")
    page.locator(".na-word", has_text="Berlin").wait_for()
