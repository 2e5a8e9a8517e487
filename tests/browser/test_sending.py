"""Sending in a real browser: said in words beside a page, listed, failing in sight, held and removed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.browser.serving import free_port, kept_pages, served
from tests.browser.test_main_job import settled
from workspace.api import open_workspace
from workspace.question.recurrence import Recurrence
from workspace.store import schedules


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sent") / "shop.sqlite"


@pytest.fixture(scope="module")
def folder(shop: Path) -> Path:
    """A workspace folder in which two pages are kept; one goes to somebody who does not answer."""
    kept = kept_pages(shop, {"Purchases": "how many purchases are there", "Products": "total per product"})
    with open_workspace(shop, folder=kept) as workspace:
        schedules.create(
            workspace.store, "products", Recurrence("hour"), condition=None, held=None, label="for the board",
            places=[f"http://127.0.0.1:{free_port()}/secret", "feed"], at=datetime.now(UTC) - timedelta(hours=2),
        )  # fmt: skip
    return kept


@pytest.fixture(scope="module")
def place(shop: Path, folder: Path, browser: Any) -> Iterator[str]:
    with served(shop, folder, NOAPP_SEND_TO="mailto:ada@example.org") as url:
        yield url


@pytest.mark.parametrize("width", [1280, 390])
def test_it_is_said_in_words_listed_held_and_removed(
    place: str, open_page: Callable[..., Any], shot: Any, width: int
) -> None:
    page = open_page(f"{place}/artifact?id=purchases", width=width, timezone_id="Europe/Berlin")
    page.get_by_role("button", name="Send", exact=True).click()
    dialog = page.get_by_role("dialog")
    often = dialog.get_by_label("How often")
    often.fill("sometimes")
    often.press("Tab")
    dialog.get_by_text("does not say how often").wait_for()
    often.fill("weekdays at 8:30")
    often.press("Tab")
    dialog.get_by_text("Every weekday at 8:30 (Europe/Berlin), first").wait_for()
    shot(page, f"send-form-{width}")
    dialog.get_by_role("button", name="Send it").click()
    dialog.get_by_text("is sent every weekday at 8:30 (Europe/Berlin) to the feed.").wait_for()
    shot(page, f"send-made-{width}")
    dialog.get_by_role("button", name="Make another one").click()
    dialog.get_by_text("When something comes true").click()
    dialog.get_by_label("What has to come true").fill("happiness exceeds 5")
    dialog.get_by_label("What has to come true").press("Tab")
    dialog.get_by_role("button", name="Send it").click()
    dialog.get_by_text("names no figure here").wait_for()
    dialog.get_by_label("What has to come true").fill("it exceeds 100")
    dialog.get_by_label("What has to come true").press("Tab")
    dialog.get_by_role("button", name="Send it").click()
    dialog.get_by_text("is 5 now").wait_for()
    shot(page, f"send-condition-{width}")
    dialog.get_by_role("button", name="Pause").first.click()
    dialog.get_by_role("button", name="Resume").first.wait_for()
    for entry in ("When it exceeds 100, looked", "Every weekday at 8:30 (Europe/Berlin), to"):
        settled(page)  # a click while the page is made anew is nobody's
        dialog.get_by_role("button", name="Remove").first.click()
        dialog.get_by_text(entry).wait_for(state="detached")
    assert dialog.get_by_role("button", name="Remove").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("width", [1280, 390])
def test_what_failed_is_in_sight_with_its_reason_and_what_came_too(
    place: str, folder: Path, open_page: Callable[..., Any], shot: Any, width: int
) -> None:
    page = open_page(f"{place}/deliveries", width=width)
    deadline = time.monotonic() + 30
    while not page.get_by_role("heading", name="Not sent").count():  # the server looks every few seconds
        assert time.monotonic() < deadline
        page.wait_for_timeout(500)
        page.reload()
        page.get_by_role("heading", name="Deliveries").wait_for()
        page.get_by_text("As a feed").wait_for()
    page.get_by_text("could not be reached (connection refused)").first.wait_for()
    page.get_by_role("heading", name="To come").wait_for()
    assert "secret" not in page.content()
    assert page.get_by_role("button", name="Try again").count() >= 1
    if width == 1280:
        page.get_by_text("Deliveries (1 failing)").wait_for()
    shot(page, f"deliveries-{width}")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Try again").first.click()
    page.get_by_role("heading", name="To come").wait_for()
    feed = page.request.get(f"{place}/feed")
    assert feed.status == 200 and "<title>Products</title>" in feed.text()


def test_in_the_chat_it_is_said_and_ended(place: str, open_page: Callable[..., Any], shot: Any) -> None:
    page = open_page(place)
    box = page.get_by_role("textbox", name="Ask").first
    for said, answered in (
        ("total per customer", "Table leads"),
        ("send me this every Monday at 9", "is sent every Monday at 9:00"),
        ("what do I get sent", "from here"),
        ("stop sending this", "is not sent any more"),
    ):
        box = page.locator("textarea").first
        box.fill(said)
        box.press("Enter")
        if answered != "Table leads":
            page.get_by_text(answered).last.wait_for()
        else:
            page.get_by_role("button", name="Pin").last.wait_for()
    shot(page, "send-chat-1280")
