"""A document in a real browser: made in the chat, changed in words, changed by hand where it is opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.serving import served
from tests.browser.test_main_job import settled, sideways

CHANGE = """document.querySelector('[class*="st-key-change-"] button').click()"""
REQUEST = "a report on purchases with number of purchases per year, customers per city and products"


@pytest.fixture(scope="module")
def own(database: Path, tmp_path_factory: pytest.TempPathFactory, browser: Any):
    """A server of this file's own, because documents are counted."""
    with served(database, tmp_path_factory.mktemp("documents") / "kept") as url:
        yield url


def say(page: Any, text: str, field: str = "Ask about") -> None:
    from playwright.sync_api import TimeoutError as Late

    place = page.get_by_placeholder(field)
    place.fill(text)
    place.press("Enter")
    heading = page.get_by_role("heading", name=text, exact=True).last
    try:
        heading.wait_for(timeout=10_000)
    except Late:  # once in some hundred times the browser is told nothing; what was sent is kept all the same
        page.reload()
        back = page.get_by_role("link", name="What was said last")
        heading.or_(back).first.wait_for()
        if back.count():
            back.click()
        heading.wait_for()
    settled(page)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_document_is_made_and_changed_in_words(
    own: str, open_page: Callable[..., Any], shot: Any, width: int
) -> None:
    page = open_page(own, width=width)
    say(page, REQUEST)
    page.get_by_text("shows “Number of purchases per year”").wait_for()
    say(page, "move the chart up")
    page.get_by_role("button", name="The chart of “Customers per city”").click()
    page.get_by_text("moved up: it stands before").wait_for()
    shot(page, f"document-words-{width}")
    say(page, "remove the part on products")
    page.get_by_text("The part “Products” is removed.").wait_for()
    say(page, "as a spreadsheet")
    page.get_by_text("a sheet for each query, to sort and to search, with the same figures.").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel file").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    say(page, "how many customers are there")
    page.get_by_text("There are 4 customers.").wait_for()
    assert sideways(page) <= 0


@pytest.mark.parametrize("width", [1280, 390])
def test_a_document_is_changed_by_hand(own: str, open_page: Callable[..., Any], shot: Any, width: int) -> None:
    page = open_page(own, width=width)
    say(page, f"{REQUEST} called By hand {width}")
    page.goto(f"{own}/artifact?id=by-hand-{width}")
    page.get_by_role("button", name="Edit", exact=True).click()
    page.get_by_role("button", name="Undo").wait_for()
    settled(page)  # while parts are drawn, a place among the buttons is another part's
    page.locator(".st-key-change-2").get_by_role("button").click()
    field = page.locator("textarea[aria-label=Text]")
    field.fill("Purchases rose by 5.")
    page.get_by_text("does not come out of a query.").wait_for()
    assert page.get_by_role("button", name="Save").count() == 0
    shot(page, f"document-refused-{width}")
    field.fill("There were {{ q1.sum('Number of purchases') }} in all, {{ '2 short of the plan'|constant }}.")
    page.locator('[class*="st-key-preview-"]', has_text="There were 5 in all, 2 short of the plan.").wait_for()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("says something else now.").wait_for()
    settled(page)
    page.locator(".st-key-change-3").get_by_role("button").click()
    page.get_by_role("button", name="Draw it so").wait_for()
    shot(page, f"document-chart-{width}")
    page.get_by_role("button", name="Close", exact=True).click()
    page.get_by_role("button", name="Draw it so").wait_for(state="detached")
    say(page, "remove the last section", field="Say what to change, or ask")
    page.get_by_text("is removed.").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("The last change is taken back.").wait_for()
    assert sideways(page) <= 0


@pytest.mark.parametrize("width", [1280, 390])
def test_figures_are_written_otherwise_by_hand(own: str, open_page: Callable[..., Any], shot: Any, width: int) -> None:
    page = open_page(own, width=width)
    say(page, f"a report on purchases with total per year and customers per city called Formats {width}")
    page.goto(f"{own}/artifact?id=formats-{width}&edit=1")
    page.get_by_role("button", name="Undo").wait_for()
    page.locator('[class*="st-key-tools-"]', has_text="CHART").first.get_by_role("button", name="Change").click()
    form = page.locator('[class*="st-key-format-"]').first
    form.get_by_label("Unit").fill("<b>")
    page.keyboard.press("Tab")
    form.get_by_text("cannot be a unit").wait_for()
    assert form.get_by_role("button", name="Write it so").count() == 0
    form.get_by_label("Unit").fill("€")
    page.keyboard.press("Tab")
    form.get_by_text("reads €").wait_for()
    shot(page, f"document-format-{width}")
    form.get_by_role("button", name="Write it so").click()
    page.get_by_text("is written in € now.").wait_for()
    settled(page)
    assert page.locator(".na-finding .fig", has_text="€").count() >= 2, "the text follows"
    say(page, "show the total without decimals", field="Say what to change, or ask")
    page.get_by_text("is written in € without decimals now.").wait_for()
    assert sideways(page) <= 0


def test_what_is_sent_is_not_lost_by_a_click_in_the_next_moment(own: str, open_page: Callable[..., Any]) -> None:
    page = open_page(own)
    say(page, "a report on purchases with total per year and customers per city called Hasty")
    page.goto(f"{own}/artifact?id=hasty&edit=1")
    page.get_by_role("button", name="Undo").wait_for()
    settled(page)
    field = page.get_by_placeholder("Say what to change, or ask")
    for number, moment in enumerate((0, 60, 120)):
        sent = f"how many customers are there {number}"
        field.fill(sent)
        field.press("Enter")
        page.wait_for_timeout(moment)
        page.evaluate(CHANGE)  # ends the run that the sending began; a click of the driver's own waits until it is over
        # Both have reached the server: the click is in effect, or it fell into the run that answers what was sent.
        closes = page.get_by_role("button", name="Close", exact=True)
        closes.or_(page.get_by_role("heading", name=sent, exact=True)).first.wait_for()
        settled(page)
        page.goto(f"{own}/artifact?id=hasty&edit=1")
        page.get_by_text(f"What was said last: {sent}").wait_for()


@pytest.mark.parametrize("width", [1280, 390])
def test_readers_get_a_parameter_by_hand(own: str, open_page: Callable[..., Any], shot: Any, width: int) -> None:
    page = open_page(own, width=width)
    say(page, f"a report on purchases with total per year and customers per city called Steered {width}")
    page.goto(f"{own}/artifact?id=steered-{width}&edit=1")
    page.get_by_role("button", name="Add a parameter").click()
    form = page.locator(".st-key-format-reader")
    choose(page, form.get_by_label("Column"), "City · customer")
    settled(page)
    shot(page, f"parameter-add-{width}")
    form.get_by_role("button", name="Add it").click()
    page.get_by_text("Readers may set City now.").wait_for()
    row = page.locator(".st-key-reader-row-city")
    row.get_by_role("button", name="Change").click()
    form = page.locator(".st-key-format-reader-city")
    form.get_by_label("Called").fill("Town")
    choose(page, form.get_by_label("Until somebody chooses"), "Berlin")
    settled(page)
    shot(page, f"parameter-change-{width}")
    form.get_by_role("button", name="Save").click()
    page.get_by_text("Town is changed.").wait_for()
    page.get_by_text("one of a list, usually Berlin").wait_for()
    assert sideways(page) <= 0
    page.goto(f"{own}/a/steered-{width}")
    assert page.get_by_label("Town").first.input_value() == "Berlin"
    assert page.get_by_text("Paris").count() == page.locator("option", has_text="Paris").count(), "Berlin only"
    page.goto(f"{own}/artifact?id=steered-{width}&edit=1")
    row.get_by_role("button", name="Remove").click()
    page.get_by_text("Readers no longer set Town; it stays at Berlin.").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("one of a list, usually Berlin").wait_for()


def choose(page: Any, field: Any, option: str) -> None:
    field.fill(option)
    page.get_by_role("option", name=option, exact=True).click()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("edit", ["", "&edit=1"])
def test_a_document_opens_at_its_head(own: str, open_page: Callable[..., Any], width: int, edit: str) -> None:
    page = open_page(own, width=width)
    say(page, f"{REQUEST} called Head {width}")
    page.goto(f"{own}/artifact?id=head-{width}{edit}")
    page.get_by_role("heading", name=f"Head {width}").first.wait_for()
    settled(page)
    page.wait_for_timeout(1500)
    tall = page.evaluate("document.querySelector('.stMain').scrollHeight > window.innerHeight + 200")
    assert tall, "there is something to scroll"
    assert page.evaluate("document.querySelector('.stMain').scrollTop") == 0


@pytest.mark.parametrize("width", [1280, 390])
def test_the_talk_beside_a_document_is_a_chat(own: str, open_page: Callable[..., Any], shot: Any, width: int) -> None:
    page = open_page(own, width=width)
    say(page, f"{REQUEST} called Talk {width}")
    page.goto(f"{own}/artifact?id=talk-{width}")
    say(page, "show the chart of customers as a pie", field="Say what to change, or ask")
    page.get_by_text("is drawn as a pie chart now.").wait_for()
    page.wait_for_function("location.search.includes('chat=')")
    say(page, "number of customers per home city", field="Say what to change, or ask")
    page.get_by_role("button", name="Add it to this page").click()
    page.get_by_text("“Number of customers per home city” is added.").wait_for()
    settled(page)
    shot(page, f"talk-{width}")
    assert page.get_by_role("heading", name="Add “Number of customers per home city” to this page").is_visible()
    assert page.get_by_role("button", name="Copy link").count() == 0, "no link to the page that one is on"
    assert sideways(page) <= 0
    page.reload()
    page.get_by_text("is drawn as a pie chart now.").wait_for()
    settled(page)
    page.wait_for_timeout(500)
    assert page.evaluate("document.querySelector('.stMain').scrollTop") == 0, "the page itself is what was opened"
    say(page, "undo", field="Say what to change, or ask")
    page.get_by_text("The last change is taken back.").wait_for()
    page.goto(f"{own}/artifact?id=talk-{width}")
    page.get_by_role("link", name="What was said last: show the chart of customers as a pie").click()
    page.get_by_text("The last change is taken back.").wait_for()
    if width > 768:
        page.goto(own)
        page.get_by_role("link", name="show the chart of customers as a pie").first.click()
        page.get_by_role("heading", name=f"Talk {width}").first.wait_for()
        assert f"id=talk-{width}" in page.url
