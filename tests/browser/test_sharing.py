"""Sharing in a real browser: a link is made in the library, opened by somebody else, taken back."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.serving import kept_pages, served
from workspace.api import open_workspace

PASSWORD = "three blue herons"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shared") / "shop.sqlite"


@pytest.fixture(scope="module")
def folder(shop: Path) -> Path:
    """A workspace folder in which two pages are kept."""
    return kept_pages(shop, {"Purchases": "how many purchases are there", "Products": "total per product"})


@pytest.fixture(scope="module")
def place(shop: Path, folder: Path, browser: Any) -> Iterator[str]:
    with served(shop, folder) as url:
        yield url


def dialog_of(page: Any, address: str, title: str) -> Any:
    page.goto(f"{address}/library?q={title}")
    page.get_by_role("link", name=title).first.wait_for()
    page.get_by_role("button", name="Share").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Make link").wait_for()
    return dialog


def test_a_link_with_a_password_is_made_opened_and_taken_back(
    place: str, open_page: Callable[..., Any], shot: Any, shop: Path
) -> None:
    page = open_page(place)
    dialog = dialog_of(page, place, "Purchases")
    dialog.get_by_label("Note for your list").fill("The board")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_label("Password").press("Tab")
    shot(page, "share-form-1280")
    dialog.get_by_role("button", name="Make link").click()
    link = dialog.get_by_label("Link to share")
    link.wait_for()
    url = link.input_value()
    assert re.fullmatch(re.escape(place) + r"/s/[a-z2-7]{32}", url)

    reader = open_page(url, width=390)
    assert "Purchases" not in reader.content()
    reader.get_by_label("Password").fill("three blue hens")
    reader.keyboard.press("Enter")
    reader.get_by_text("That is not the password.").wait_for()
    reader.get_by_label("Password").fill(PASSWORD)
    reader.keyboard.press("Enter")
    reader.get_by_role("heading", name="Purchases").wait_for()
    assert "5" in reader.locator("main").inner_text()
    shot(reader, "share-reader-390")
    for target in reader.eval_on_selector_all("a[href]", "all => all.map(a => a.href)"):
        assert target.startswith(url), target
    reader.get_by_role("link", name="Table").click()
    reader.locator("table").wait_for()
    stranger = open_page(url)  # another browser has to give the password too
    stranger.get_by_label("Password").wait_for()

    page.goto(f"{place}/links")
    page.get_by_text("opened once").wait_for()
    shot(page, "links-1280")
    page.get_by_role("button", name="Revoke").first.click()
    page.get_by_text("No link is open.").wait_for()
    reader.reload()
    reader.get_by_role("heading", name="There is nothing at this address.").wait_for()
    assert "Purchases" not in reader.content()


def test_a_frozen_link_stays_while_the_page_lives(
    place: str, open_page: Callable[..., Any], shop: Path, shot: Any
) -> None:
    page = open_page(place)
    dialog = dialog_of(page, place, "Products")
    dialog.get_by_text("Frozen: the figures of now").click()
    dialog.get_by_text("Allow downloads").click()
    dialog.get_by_role("button", name="Make link").click()
    link = dialog.get_by_label("Link to share")
    link.wait_for()
    reader = open_page(link.input_value(), java_script_enabled=False)
    before = reader.locator("main").inner_text()
    assert "Frozen on" in reader.locator(".meta").inner_text()
    with sqlite3.connect(shop) as db:
        db.execute("update product set price = price + 1")
        db.execute(
            "insert into purchase (customer_id, product_id, total, purchased_on) values (4, 2, 999, '2026-04-01')"
        )
    reader.reload()
    assert reader.locator("main").inner_text() == before
    shot(reader, "share-frozen-1280")
    reader.get_by_text("Download", exact=True).click()
    with reader.expect_download() as started:
        reader.get_by_role("link", name="CSV").click()
    assert started.value.suggested_filename == "products.csv"


def test_a_link_whose_time_is_over_says_so(place: str, folder: Path, open_page: Callable[..., Any]) -> None:
    with open_workspace(folder=folder) as workspace:
        made = workspace.share("products", expires="1h")
        with workspace.store.write() as session:
            from workspace.store.tables import ShareRow

            row = session.get(ShareRow, made.info.id)
            assert row is not None
            row.expires = "2026-01-01T00:00:00.000000+00:00"
            session.add(row)
    reader = open_page(f"{place}/s/{made.url.rpartition('/')[2]}")
    reader.get_by_role("heading", name="The time of this link is over.").wait_for()
    assert reader.locator("a").count() == 0
