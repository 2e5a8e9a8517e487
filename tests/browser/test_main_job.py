"""The main job in a real browser: ask, follow up, change a chip, choose, pin, share, come back, add a file, stop."""

from __future__ import annotations

import re
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.serving import served

AMBIGUOUS = "customers of Berlin, whichever way"
FIGURE = ".na-finding .fig"


def ask(page: Any, question: str) -> Any:
    """Ask, wait for the answer to be complete, and give its last card or reply back."""
    settled(page)  # until then the questions of the page before may still stand there
    before = page.locator("h2.na-question").count()
    field = page.get_by_test_id("stChatInputTextArea")
    field.fill(question)
    field.press("Enter")
    settled(page, before + 1)
    return page.locator('[class*="st-key-card-"]').last


# True once the page has been at rest for a moment: between two runs it is at rest for less.
AT_REST = """n => {
  const still = (n === null || document.querySelectorAll('h2.na-question').length === n)
    && !document.querySelector('.st-key-stop') && document.querySelector('[data-test-script-state=notRunning]');
  if (!still) { window.restingSince = undefined; return false; }
  window.restingSince ??= performance.now();
  return performance.now() - window.restingSince > 300;
}"""


def settled(page: Any, questions: int | None = None) -> None:
    """Wait until the page is at rest, with so many questions on it."""
    page.evaluate("window.restingSince = undefined")
    page.wait_for_function(AT_REST, arg=questions)


def here(page: Any) -> str:
    return page.evaluate("location.pathname + location.search")


def at(page: Any, place: str) -> None:
    """Wait until the address says so; it follows the page by a moment."""
    page.wait_for_function("place => location.pathname + location.search === place", arg=place)


def sideways(page: Any) -> int:
    """By how much the page can be scrolled sideways, in px."""
    return page.evaluate(
        "Math.max(...[document.documentElement, ...document.querySelectorAll('.stMain, .stApp')]"
        ".map(e => e.scrollWidth - e.clientWidth))"
    )


def test_a_first_visit_says_what_can_be_done(address: str, open_page: Callable[..., Any], shot: Any) -> None:
    page = open_page(address)
    page.locator("h1.na-title").wait_for()
    assert page.locator("h1.na-title").inner_text() == "shop"
    assert "3 tables" in page.locator(".na-lead").inner_text()
    suggestions = page.locator(".st-key-suggestions button")
    suggestions.nth(2).wait_for()  # they come one by one
    assert 3 <= suggestions.count() <= 6
    for gone in ("stAppDeployButton", "stMainMenu"):
        assert not page.get_by_test_id(gone).is_visible()
    shot(page, "welcome-1280")
    suggestions.first.click()
    settled(page, 1)
    assert page.locator('[class*="st-key-card-"]').count() == 1


def test_ask_follow_up_and_change_a_chip(address: str, open_page: Callable[..., Any], shot: Any) -> None:
    page = open_page(address)
    card = ask(page, "how many customers are there")
    assert card.locator(FIGURE).first.inner_text() == "4"
    page.wait_for_function("/^.?chat=[0-9a-z]+$/.test(location.search)")
    card = ask(page, "total per product")
    picture = card.locator("figure svg").first
    picture.wait_for()
    shot(page, "answer-1280")
    card.get_by_role("button", name="Table", exact=True).click()
    card.locator("table").wait_for()
    assert "240" in card.locator("table").inner_text()
    before = page.locator("h2.na-question").count()
    chip = card.get_by_role("button", name=re.compile("change what is measured")).first
    chip.click()
    card.get_by_role("menuitem").first.wait_for()
    shot(page, "chip-1280")
    wanted = card.get_by_role("menuitem").first.inner_text()
    card.get_by_role("menuitem").first.click()
    settled(page, before + 1)
    assert page.locator("h2.na-question").last.inner_text() == wanted
    nexts = page.locator('[class*="st-key-next-"] button')
    assert nexts.count() <= 3
    assert page.locator('[class*="st-key-card-"]').count() == 3


def test_the_keyboard_is_enough(address: str, open_page: Callable[..., Any], shot: Any) -> None:
    page = open_page(address)
    page.get_by_test_id("stChatInputTextArea").wait_for()
    page.locator(".st-key-suggestions button").first.wait_for()
    page.keyboard.press("/")
    page.keyboard.type("how many products are there")
    page.keyboard.press("Enter")
    settled(page, 1)
    field = page.get_by_test_id("stChatInputTextArea")
    field.focus()
    for _ in range(20):  # the page knows the newest question a moment after it has shown it
        page.keyboard.press("ArrowUp")
        if field.input_value():
            break
        page.wait_for_timeout(100)
    assert field.input_value() == "how many products are there"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.locator("#na-keys[open]").wait_for()
    shot(page, "keys-1280")
    page.keyboard.press("Escape")
    assert page.locator("#na-keys[open]").count() == 0
    page.keyboard.press("p")
    page.get_by_role("dialog").get_by_label("Title").wait_for()


def test_asking_back_takes_one_click(address: str, open_page: Callable[..., Any], shot: Any) -> None:
    page = open_page(address)
    ask(page, AMBIGUOUS)
    choices = page.locator('[class*="st-key-choice-"] button')
    choices.first.wait_for()
    assert 2 <= choices.count() <= 4
    shot(page, "clarify-1280")
    chosen, returns = choices.nth(1).inner_text().split("\n")
    assert returns == "1 row: Bob"  # the only customer who has an order there
    page.set_viewport_size({"width": 390, "height": 844})
    shot(page, "clarify-390")
    page.set_viewport_size({"width": 1280, "height": 900})
    choices.nth(1).click()
    settled(page, 2)
    assert page.locator("h2.na-question").last.inner_text() == chosen
    assert page.locator('[class*="st-key-card-"]').count() == 1


def test_declining_is_useful(address: str, open_page: Callable[..., Any], shot: Any) -> None:
    page = open_page(address)
    ask(page, "flurbs of the gnax")
    said = page.locator(".na-said").last
    said.wait_for()
    assert "flurbs" in page.locator('[class*="st-key-decline-"]').inner_text()
    shot(page, "decline-1280")


def test_a_shared_page_is_alive_in_another_browser(
    address: str, database: Path, open_page: Callable[..., Any], shot: Any
) -> None:
    page = open_page(address)
    card = ask(page, "how many purchases are there")
    count = int(card.locator(FIGURE).first.inner_text())
    card.get_by_role("button", name="Pin", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Title").fill("Purchases so far")
    dialog.get_by_role("button", name="Pin", exact=True).click()
    link = dialog.get_by_label("Link to share")
    link.wait_for()
    shot(page, "share-1280")
    url = link.input_value()
    assert urlsplit(url).netloc == urlsplit(address).netloc
    assert dialog.get_by_role("button", name="Copy link").is_visible()

    other = open_page(url)
    assert other.locator("h1").inner_text() == "Purchases so far"
    assert str(count) in other.locator("main").inner_text()
    with sqlite3.connect(database) as db:
        db.execute(
            "insert into purchase (customer_id, product_id, total, purchased_on) values (4, 2, 45.5, '2026-04-01')"
        )
    other.reload()
    assert str(count + 1) in other.locator("main").inner_text()
    shot(other, "page-1280")

    page.keyboard.press("Escape")
    page.goto(f"{address}/library")
    entry = page.get_by_role("link", name="Purchases so far")
    entry.first.wait_for()
    shot(page, "library-1280")
    page.get_by_label("Search the library").fill("zebra")
    page.get_by_label("Search the library").press("Enter")
    page.get_by_text("Nothing kept has these words.").wait_for()
    at(page, "/library?q=zebra")
    page.goto(f"{address}/library?q=purchases")
    page.get_by_role("link", name="Purchases so far").first.click()
    page.locator(".na-metric b").wait_for()
    assert page.locator(".na-metric b").inner_text() == str(count + 1)
    shot(page, "artifact-1280")


def test_the_page_is_complete_without_scripts(address: str, open_page: Callable[..., Any], shot: Any) -> None:
    page = open_page(address)
    card = ask(page, "total per product")
    card.get_by_role("button", name="Pin", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Pin", exact=True).click()
    url = page.get_by_role("dialog").get_by_label("Link to share").input_value()
    for scheme in ("light", "dark"):
        bare = open_page(url, java_script_enabled=False, color_scheme=scheme)
        assert bare.locator("main svg").first.is_visible()
        assert "Table" in bare.locator("main").inner_text()
        shot(bare, f"page-chart-1280-{scheme}")
    table = open_page(f"{url}/table", java_script_enabled=False)
    assert table.locator("table").first.is_visible()


def test_reload_and_back_keep_the_place(address: str, open_page: Callable[..., Any]) -> None:
    page = open_page(address)
    ask(page, "how many customers are there")
    first = here(page)
    page.reload()
    page.locator(FIGURE).first.wait_for()
    assert page.locator(FIGURE).first.inner_text() == "4"
    page.get_by_role("link", name="New chat").click()
    page.locator("h1.na-title").wait_for()
    at(page, "/")
    ask(page, "how many products are there")
    second = here(page)
    assert second != first
    steps = page.evaluate("history.length")
    page.get_by_role("link", name="Data").click()
    page.get_by_role("heading", name="Data", exact=True).wait_for()
    page.get_by_role("link", name="customer", exact=True).first.click()
    page.get_by_role("heading", name="customer", exact=True).wait_for()
    at(page, "/data?table=customer")
    assert page.evaluate("history.length") == steps + 2, "one step of Back a press"
    page.reload()
    page.get_by_role("heading", name="customer", exact=True).wait_for()
    page.go_back()
    page.get_by_role("heading", name="Data", exact=True).wait_for()
    page.go_back()
    page.get_by_role("heading", name="how many products are there").wait_for()
    at(page, second)
    page.go_back()
    page.locator(".st-key-suggestions").wait_for()
    page.go_back()
    page.get_by_role("heading", name="how many customers are there").wait_for()
    at(page, first)
    page.go_forward()
    page.locator(".st-key-suggestions").wait_for()


def test_back_from_what_was_pinned_is_the_chat(address: str, open_page: Callable[..., Any]) -> None:
    page = open_page(address)
    ask(page, "how many purchases are there")
    chat = here(page)
    page.get_by_role("button", name="This chat").click()
    page.get_by_role("button", name="Pin the whole chat").click()
    page.wait_for_function("location.pathname === '/artifact'")
    page.locator(FIGURE).first.wait_for()
    page.go_back()
    page.get_by_role("heading", name="how many purchases are there").wait_for()
    at(page, chat)


def test_a_file_is_added_and_asked(address: str, open_page: Callable[..., Any], shot: Any, tmp_path: Path) -> None:
    file = tmp_path / "salaries.csv"
    file.write_text("person,salary\nAda,1000\nBob,2500\nCleo,4000\n")
    page = open_page(f"{address}/data")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    page.get_by_text("salaries: 3 rows").wait_for()
    shot(page, "data-added-1280")
    page.get_by_role("link", name="Ask about it").click()
    page.locator(".st-key-suggestions button").first.wait_for()
    card = ask(page, "sum of salary")
    assert card.locator(FIGURE).first.inner_text() in ("7,500", "7500")
    page.goto(address)  # the default source does not know the word, the file does
    page.locator(".st-key-suggestions button").first.wait_for()
    ask(page, "sum of salary")
    page.get_by_role("button", name="Ask this of files instead").click()
    page.locator(FIGURE).first.wait_for()
    assert page.locator(FIGURE).first.inner_text() in ("7,500", "7500")
    second = tmp_path / "offices.csv"
    second.write_text("town,desks\nUlm,3\nBonn,5\n")
    page.goto(f"{address}/data")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(second)
    page.get_by_role("link", name="offices", exact=True).wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_telephone_scrolls_in_one_direction(
    address: str, open_page: Callable[..., Any], shot: Any, scheme: str
) -> None:
    page = open_page(address, width=390, color_scheme=scheme, has_touch=True, is_mobile=True)
    page.locator(".st-key-suggestions button").first.wait_for()
    assert sideways(page) <= 0
    shot(page, f"welcome-390-{scheme}")
    card = ask(page, "total per product")
    card.locator("figure svg").last.wait_for()
    ask(page, "customers")
    assert sideways(page) <= 0
    shot(page, f"chat-390-{scheme}")
    for place in ("library", "data", "data?table=purchase"):
        page.goto(f"{address}/{place}")
        page.locator("h1.na-title").wait_for()
        settled(page)
        assert sideways(page) <= 0, place
        shot(page, f"{place.replace('?', '-').replace('=', '-')}-390-{scheme}")


def test_what_is_not_there_is_a_page_of_its_own(address: str, open_page: Callable[..., Any], shot: Any) -> None:
    page = open_page(f"{address}/a/nothing-here")
    assert page.get_by_role("heading").inner_text().startswith("There is no")
    shot(page, "not-found-1280")
    page.get_by_role("link", name="Library").click()
    page.get_by_role("heading", name="Library", exact=True).wait_for()


# ------------------------------------------------------------------------------------------------------------ stop
@pytest.fixture
def silence() -> Iterator[str]:
    """A model's address where somebody listens and never answers."""
    kept: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    kept.append(server.accept()[0])
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/v1"
    for connection in kept:
        connection.close()


def test_the_stop_button_stops(
    database: Path, tmp_path: Path, browser: Any, silence: str, open_page: Callable[..., Any], shot: Any
) -> None:
    model = {"NOAPP_MODEL": "openai:nobody", "NOAPP_MODEL_BASE_URL": silence, "OPENAI_API_KEY": "none"}
    with served(database, tmp_path / "kept", **model) as url:
        page = open_page(url)
        field = page.get_by_test_id("stChatInputTextArea")
        field.fill("flurbs of the gnax")
        field.press("Enter")
        page.locator(".st-key-stop button").wait_for()
        page.locator(".na-step").wait_for()
        shot(page, "working-1280")
        page.locator(".st-key-stop button").click()
        settled(page, 1)
        page.get_by_text("Stopped.").wait_for()
        card = ask(page, "how many customers are there")
        assert card.locator(FIGURE).first.inner_text() == "4"


# The page has been led to the newest question: from here on, whoever scrolls is to be left alone.
FOLLOWED = """() => {
    const top = [...document.querySelectorAll("h2.na-question")].pop().getBoundingClientRect().top;
    return document.querySelector(".stMain").scrollTop > 0 && top >= 0 && top < window.innerHeight;
}"""


def test_a_long_answer_is_read_from_its_top(address: str, open_page: Callable[..., Any]) -> None:
    page = open_page(address)
    page.set_viewport_size({"width": 1280, "height": 420})
    for question in ("total per product", "total per customer", "how many purchases are there"):
        ask(page, question)
        page.wait_for_timeout(300)
        heading = page.locator("h2.na-question").last.bounding_box()
        assert heading is not None and 0 <= heading["y"] < 420, f"{question}: {heading}"
    page.reload()
    settled(page, 3)
    page.wait_for_function(FOLLOWED)
    page.mouse.move(700, 200)
    page.mouse.wheel(0, -5000)
    page.wait_for_timeout(1600)
    first = page.locator("h2.na-question").first.bounding_box()
    assert first is not None and first["y"] > 0, "whoever scrolls is left alone"


def test_a_telephone_shows_the_page_that_was_picked(address: str, open_page: Callable[..., Any]) -> None:
    page = open_page(address, width=390)
    sidebar = page.get_by_test_id("stSidebar")
    for name, heading in (("Library", "Library"), ("Data", "Data")):
        page.get_by_test_id("stExpandSidebarButton").click()
        sidebar.get_by_role("link", name=name).click()
        page.locator("h1.na-title", has_text=heading).wait_for()
        page.wait_for_function("document.querySelector('[data-testid=stSidebar]').getBoundingClientRect().right <= 0")
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_test_id("stSidebarCollapseButton").click()
    page.wait_for_function("document.querySelector('[data-testid=stSidebar]').getBoundingClientRect().right <= 0")
