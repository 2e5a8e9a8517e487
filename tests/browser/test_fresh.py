"""An open page in a real browser: it notices new data, shows it as its reader chose, and says what changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.serving import kept_pages, served
from workspace.api import open_workspace


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fresh") / "shop.sqlite"


@pytest.fixture(scope="module")
def folder(shop: Path) -> Path:
    return kept_pages(shop, {"Purchases": "how many purchases are there", "Cities": "number of customers per city"})


@pytest.fixture(scope="module")
def place(shop: Path, folder: Path, browser: Any) -> Iterator[str]:
    with served(shop, folder) as url:
        yield url


def buy(shop: Path, times: int = 1) -> None:
    with sqlite3.connect(shop) as db:
        for _ in range(times):
            db.execute(
                "insert into purchase (customer_id, product_id, total, purchased_on) values (4, 2, 45.5, '2026-04-01')"
            )


def move(shop: Path, city: str) -> None:
    with sqlite3.connect(shop) as db:
        db.execute("insert into customer (name, city) values ('Eve', ?)", (city,))


def ask_now(page: Any) -> None:
    """Have the page ask at once, as it does when it comes into sight."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


@pytest.mark.parametrize("face", ["document", "app", "slides", "table"])
def test_new_data_is_said_and_shown_in_place(
    place: str, folder: Path, shop: Path, open_page: Callable[..., Any], shot: Any, face: str
) -> None:
    page = open_page(f"{place}/a/purchases/{face}")
    before = page.locator("main").text_content()
    page.evaluate("window.here = true")
    buy(shop)
    ask_now(page)
    bar = page.locator("#fresh")
    bar.get_by_text("The data changed at").wait_for()
    shot(page, f"fresh-{face}-1280")
    assert page.locator("main").text_content() == before  # nothing moves under the reader's eyes
    bar.get_by_role("button", name="Show it").click()
    bar.wait_for(state="detached")
    assert page.locator("main").text_content() != before
    assert page.evaluate("window.here") is True  # in place
    page.locator("#since").get_by_text("Since you last looked").wait_for()
    shot(page, f"since-{face}-1280")


def test_a_reader_may_have_it_shown_at_once(
    place: str, folder: Path, shop: Path, open_page: Callable[..., Any]
) -> None:
    page = open_page(f"{place}/a/purchases")
    buy(shop)
    ask_now(page)
    page.get_by_role("button", name="Always show at once").click()
    page.get_by_text("New data is shown.").wait_for()
    before = page.locator("main").inner_text()
    page.reload()  # the choice is remembered
    buy(shop)
    ask_now(page)
    page.get_by_text("New data is shown.").wait_for()
    assert page.locator("main").inner_text() != before
    page.get_by_role("button", name="Ask me first").click()
    buy(shop)
    ask_now(page)
    page.get_by_role("button", name="Show it").wait_for()


def test_who_comes_back_is_told_what_changed(
    place: str, folder: Path, shop: Path, open_page: Callable[..., Any], shot: Any
) -> None:
    page = open_page(f"{place}/a/cities", width=390)
    page.wait_for_timeout(3_200)  # long enough to have been seen
    page.goto("about:blank")
    page.evaluate("0")
    move(shop, "Oslo"), move(shop, "Berlin")
    again = page.context.new_page()  # another visit: a tab of its own
    again.set_default_timeout(20_000)
    again.goto(f"{place}/a/cities")
    told = again.locator("#since")
    told.wait_for()
    assert "2 rows changed" in told.inner_text() and "1 new, 1 changed" in told.inner_text()
    shot(again, "told-390")
    assert again.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    again.reload()  # a reload is the same visit
    told.wait_for()
    told.get_by_role("link", name="All changes").click()
    again.get_by_role("heading", name="What changed").wait_for()
    assert "Oslo" in again.locator("main").inner_text()
    shot(again, "changes-390")
    again.go_back()
    told.get_by_role("button", name="Seen").click()
    again.reload()
    again.wait_for_timeout(700)
    assert told.count() == 0


def test_a_share_is_fresh_too_and_says_when_it_is_taken_back(
    place: str, folder: Path, shop: Path, open_page: Callable[..., Any]
) -> None:
    with open_workspace(folder=folder) as workspace:
        made = workspace.share("purchases")
        page = open_page(f"{place}/s/{made.url.rpartition('/')[2]}")
        buy(shop)
        ask_now(page)
        page.get_by_role("button", name="Show it").click()
        page.locator("#since").wait_for()
        workspace.revoke(made.info.id)
        ask_now(page)
        page.get_by_text("This page is not here any more.").wait_for()


def test_a_page_out_of_sight_asks_nothing(place: str, folder: Path, open_page: Callable[..., Any]) -> None:
    page = open_page(f"{place}/a/purchases")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate(
        "Object.defineProperty(document, 'hidden', { get: () => true });"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    page.wait_for_timeout(12_000)
    assert asked == []


def test_versions_are_restored_and_copied_in_the_ui(
    place: str, folder: Path, open_page: Callable[..., Any], shot: Any
) -> None:
    with open_workspace(folder=folder) as workspace:
        workspace.rename_artifact("cities", "Towns")
    page = open_page(f"{place}/artifact?id=cities")
    page.get_by_role("heading", name="Towns", exact=True).wait_for()
    page.get_by_role("button", name="History").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Title changed from “Cities” to “Towns”").wait_for()
    dialog.get_by_role("button", name="Freeze what it shows now").click()
    dialog.get_by_text("What changed since").wait_for()
    shot(page, "history-1280")
    dialog.get_by_role("button", name="Restore").click()
    page.get_by_role("heading", name="Cities", exact=True).wait_for()
    page.get_by_role("button", name="History").click()
    dialog.get_by_text("Title changed from “Towns” to “Cities”").wait_for()
    dialog.get_by_role("button", name="Make a copy").click()
    page.get_by_role("heading", name="Cities (copy)", exact=True).wait_for()
    other = open_page(f"{place}/a/cities/history")
    other.get_by_role("link", name="What changed since").wait_for()
    shot(other, "history-page-1280")
