"""The faces in a browser: slides by keys, sheets sorted and searched in place, parameters with and without scripts."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.serving import served
from workspace.api import Answer, open_workspace
from workspace.artifact.model import Artifact, Metric, NamedQuery, Param, Table
from workspace.store import artifacts

QUESTIONS = ("how many customers are there", "purchases per year", "purchases per customer name")
FACES = ("document", "table", "slides", "app")


def counting(steps: int) -> str:
    return f"with recursive c(x) as (select 1 union all select x + 1 from c where x < {steps}) select count(*) as steps from c"


def steps_in(seconds: float) -> int:
    """How far this machine counts in that time as busy as it is now: longer than a page waits, well within a limit."""
    begun = time.monotonic()
    sqlite3.connect(":memory:").execute(counting(300_000)).fetchall()
    return int(300_000 * seconds / (time.monotonic() - begun))


@pytest.fixture(scope="module")
def made(database: Path, tmp_path_factory: pytest.TempPathFactory, browser: Any) -> Iterator[str]:
    """Where a workspace with two artifacts is served: one with a parameter, one of 300 rows and a slow query."""
    folder = tmp_path_factory.mktemp("faces") / "kept"
    with open_workspace(database, folder=folder) as workspace:
        chat = workspace.new_chat()
        for question in QUESTIONS:
            *_, reply = workspace.stream(chat, question)
            assert isinstance(reply, Answer), question
        assert workspace.pin_chat(chat, "Shop").slug == "shop"
        workspace.add_param("shop", "customer.city")
        numbers = "with recursive c(x) as (select 1 union all select x + 1 from c where x < 300) select x as size, 'row ' || x as name from c"
        queries = (
            NamedQuery(name="q1", source="shop", sql=numbers, question="numbers", planner="person"),
            NamedQuery(name="q2", source="shop", sql=counting(3_000_000), question="steps", planner="person"),
        )
        blocks = (Table(query="q1"), Metric(query="q2", column="steps", label="Steps"))
        assert (
            artifacts.save(workspace.store, Artifact(title="Numbers", queries=queries, blocks=blocks)).slug == "numbers"
        )
        offered = NamedQuery(
            name="offered", source="shop", planner="person", question="cities",
            sql=f"select distinct city from customer where ({counting(steps_in(2.0))}) > 0 order by 1",
        )  # fmt: skip
        there = "select count(*) as n from customer where city = :city"
        counted = NamedQuery(name="q1", source="shop", sql=there, question="customers there", planner="person")
        late = Artifact(title="Late", queries=(counted,), blocks=(Metric(query="q1", column="n", label="There"),),
                        params=(Param(name="city", type="choice", query=offered, default="Rome"),))  # fmt: skip
        assert artifacts.save(workspace.store, late).slug == "late"
    with served(database, folder) as url:
        yield url


@pytest.mark.parametrize("width", [1280, 390])
def test_values_that_take_long_to_read_come_in_by_themselves(
    made: str, open_page: Callable[..., Any], shot: Callable[[Any, str], None], width: int
) -> None:
    page = open_page(f"{made}/a/late?city=Berlin", width=width)
    if width == 1280:  # then they are known
        assert page.get_by_text("is still being worked out").count() == 1, "whether Berlin is offered is not known"
        assert page.locator("select[name=city]").input_value() == "Berlin"
        shot(page, "late-options")
    page.locator(".value", has_text="2").wait_for()
    page.wait_for_function("document.querySelector('select[name=city]').options.length === 4")
    assert page.locator("select[name=city]").input_value() == "Berlin"


def test_slides_by_keys_alone(made: str, open_page: Callable[..., Any], shot: Callable[[Any, str], None]) -> None:
    page = open_page(f"{made}/a/shop/slides")
    now = page.locator(".slide.now")
    assert now.get_attribute("id") == "slide-1"
    count = page.locator(".slide").count()
    assert count == 5, "the title, the lead, three answers"
    for key, place in (
        ("ArrowRight", 2),
        (" ", 3),
        ("PageUp", 2),
        ("End", count),
        ("ArrowRight", count),
        ("Home", 1),
        ("n", 2),
    ):
        page.keyboard.press(key)
        assert now.get_attribute("id") == f"slide-{place}", key
        assert page.url.endswith(f"#slide-{place}")
        assert page.locator(".slide:visible").count() == 1
    assert page.evaluate("document.activeElement.id") == "slide-2", "a screen reader goes on from there"
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement !== null")
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement === null")
    shot(page, "slides")
    page.keyboard.press("Escape")
    assert page.locator(".slide:visible").count() == count, "all of them below each other"
    page.reload()
    assert now.get_attribute("id") == "slide-2", "the address has the slide"
    page.locator(".slide.now .fig").first.click()
    assert page.locator("#receipts").is_visible(), "a figure leads to its receipt"


def test_slides_without_scripts_are_a_sequence(made: str, open_page: Callable[..., Any]) -> None:
    page = open_page(f"{made}/a/shop/slides", java_script_enabled=False)
    assert page.locator(".slide:visible").count() == 5
    assert page.locator("button").count() == 0, "nothing that does nothing"
    page.locator("#slide-1 [rel=next]").click()
    assert page.url.endswith("#slide-2")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_the_form_without_and_with_scripts(made: str, open_page: Callable[..., Any], scripts: bool) -> None:
    page = open_page(f"{made}/a/shop/app", java_script_enabled=scripts)
    value = page.locator(".metric .value")
    assert value.inner_text() == "4"
    page.get_by_label("City").select_option("Berlin")
    if not scripts:
        page.get_by_role("button", name="Show").click()
    page.wait_for_url(re.compile("city=Berlin"))
    page.locator(".metric .value", has_text="2").wait_for()
    assert page.get_by_label("City").input_value() == "Berlin"
    page.get_by_role("link", name="Document").click()
    page.wait_for_url(re.compile(r"/document\?city=Berlin"))
    assert value.inner_text() == "2"


def test_blocks_react_without_a_jump(made: str, open_page: Callable[..., Any]) -> None:
    page = open_page(f"{made}/a/shop/app")
    page.evaluate("window.here = 1")
    page.mouse.wheel(0, 300)
    page.wait_for_function("scrollY > 0")
    before = page.evaluate("scrollY")
    field = page.get_by_label("City")
    field.focus()
    page.evaluate("top => scrollTo(0, top)", before)
    field.select_option("Rome")
    page.locator(".metric .value", has_text="1").wait_for()
    assert page.evaluate("window.here") == 1, "the page is the same"
    assert page.evaluate("scrollY") == before
    assert page.evaluate("document.activeElement.name") == "city"
    page.go_back()
    page.locator(".metric .value", has_text="4").wait_for()
    assert page.get_by_label("City").input_value() == ""
    assert "city" not in page.url
    assert page.evaluate("window.here") == 1


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_sheet_is_sorted_and_searched(made: str, open_page: Callable[..., Any], scripts: bool) -> None:
    page = open_page(f"{made}/a/numbers/table?_wait=1", java_script_enabled=scripts)
    sheet = page.locator("#sheet-q1")
    first = sheet.locator("tbody tr").first
    assert first.inner_text().split("\t")[-1].strip() == "row 1"
    sheet.get_by_role("link", name="Size").click()
    page.wait_for_url(re.compile("q1.sort=-size"))
    sheet.locator("tbody tr", has_text="row 300").and_(first).wait_for()
    assert sheet.locator("th[aria-sort=descending]").inner_text().startswith("Size")
    field = sheet.get_by_label("Find rows with")
    field.fill("row 29")
    if not scripts:
        field.press("Enter")
    page.wait_for_url(re.compile(r"q1.find=row\+29"))
    sheet.get_by_text("13 rows of 300.").wait_for()
    assert first.inner_text().split("\t")[-1].strip() == "row 299", "the order stays"
    if scripts:
        assert page.evaluate("document.activeElement.id") == "find-q1"
        field.press_sequentially("9")
        sheet.get_by_text("1 row of 300.").wait_for()
        assert field.input_value() == "row 299"


def test_a_slow_part_comes_when_it_is_ready(made: str, open_page: Callable[..., Any], database: Path) -> None:
    page = open_page(f"{made}/a/numbers")
    page.locator(".metric .value", has_text="3,000,000").wait_for()
    assert "_wait" not in page.url
    assert page.locator("[data-pending]").count() == 0


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("face", FACES)
def test_nothing_scrolls_sideways(
    made: str, open_page: Callable[..., Any], face: str, width: int, shot: Callable[[Any, str], None]
) -> None:
    for slug in ("shop", "numbers"):
        page = open_page(f"{made}/a/{slug}/{face}?_wait=1", width=width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        drawn = page.locator(".picture:visible").evaluate_all(
            "all => all.map(one => [...one.querySelectorAll('.wide, .narrow')].filter(s => s.offsetWidth).length)"
        )
        assert set(drawn) <= {1}, "each chart once, as wide as there is room"
        shot(page, f"{slug}-{face}-{width}")


def test_everything_is_reached_by_the_keyboard_in_reading_order(made: str, open_page: Callable[..., Any]) -> None:
    page = open_page(f"{made}/a/shop/app")
    found = []
    for _ in range(14):
        page.keyboard.press("Tab")
        found.append(
            page.evaluate(
                "(document.activeElement.name || document.activeElement.textContent || '').trim().slice(0, 12)"
            )
        )
    assert found.index("Document") < found.index("App") < found.index("city")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
