"""Chromium for the tests of this folder; they skip where it is absent, and fail where nothing may be skipped."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.serving import served

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
SQL = """
create table customer (id integer primary key, name text not null, city text, home_city text);
create table product (id integer primary key, name text not null, price real);
create table purchase (id integer primary key, customer_id integer references customer (id),
    product_id integer references product (id), total real, purchased_on text);
insert into customer values (1, 'Ada', 'Berlin', 'Paris'), (2, 'Bob', 'Paris', 'Berlin'), (3, 'Cleo', 'Berlin', 'Rome'),
    (4, 'Dan', 'Rome', 'Rome');
insert into product values (1, 'Lamp', 20), (2, 'Chair', 45.5), (3, 'Table', 120);
insert into purchase values (1, 1, 1, 20, '2025-01-10'), (2, 1, 2, 45.5, '2025-02-11'), (3, 2, 3, 120, '2025-02-12'),
    (4, 3, 1, 40, '2026-03-13'), (5, 3, 3, 120, '2026-03-14');
"""


PAGES: pytest.StashKey[list[Any]] = pytest.StashKey()


def absent(what: str, packages: str = "chromium") -> None:
    if os.environ.get("NOAPP_REQUIRE_ALL") == "1":
        pytest.fail(f"{what} is not installed, and NOAPP_REQUIRE_ALL=1 asks for it.")
    pytest.skip(f"{what} is not installed; on Debian: apt-get install {packages}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if not CHROMIUM:
        absent("Chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        absent("Playwright")
        raise
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield made
        made.close()


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small shop that the tests may change."""
    path = tmp_path_factory.mktemp("data") / "shop.sqlite"
    with sqlite3.connect(path) as db:
        db.executescript(SQL)
    return path


@pytest.fixture(scope="session")
def address(database: Path, tmp_path_factory: pytest.TempPathFactory, browser: Any) -> Iterator[str]:
    """Where the server of this session is."""
    with served(database, tmp_path_factory.mktemp("place") / "kept", "--ambiguous") as url:
        yield url


@pytest.fixture
def open_page(browser: Any, request: pytest.FixtureRequest) -> Iterator[Callable[..., Any]]:
    """Opens pages, each in a browser profile of its own; what goes wrong in one's console fails the test."""
    contexts, wrong = [], []

    def opened(url: str, *, width: int = 1280, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(45_000)  # ms; a busy machine
        page.on("pageerror", lambda problem: wrong.append(str(problem)))
        page.goto(url)
        return page

    request.node.stash[PAGES] = contexts
    yield opened
    if getattr(request.node, "failed", False):
        save_all(request.node.name, contexts)
    for context in contexts:
        context.close()
    assert not wrong, wrong


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if report.when == "call" and report.failed:
        item.failed = True  # type: ignore[attr-defined]
        report.sections += [("What the page showed", text) for text in shown(item.stash.get(PAGES, []))]
    return report


def shown(contexts: list[Any]) -> Iterator[str]:
    """Address, length of the history and text of each page."""
    for page in (page for context in contexts for page in context.pages):
        try:
            yield f"{page.url} after {page.evaluate('history.length')} addresses\n{page.locator('body').inner_text()[:3000]}"
        except Exception as problem:
            yield f"{page.url}: {problem}"


def save_all(name: str, contexts: list[Any]) -> None:
    """What the pages of a failed test look like, where ``$NOAPP_SHOTS`` says so."""
    if folder := os.environ.get("NOAPP_SHOTS"):
        for number, page in enumerate(page for context in contexts for page in context.pages):
            page.screenshot(path=Path(folder) / f"failed-{name}-{number}.png")


@pytest.fixture
def shot(request: pytest.FixtureRequest) -> Callable[[Any, str], None]:
    """Saves a picture of a page where ``$NOAPP_SHOTS`` says so."""
    folder = os.environ.get("NOAPP_SHOTS")

    def save(page: Any, name: str) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.wait_for_timeout(500)
            page.screenshot(path=Path(folder) / f"{name}.png")

    return save
