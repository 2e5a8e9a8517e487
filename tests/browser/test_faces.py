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
from workspace.artifact.model import Artifact, Chart, Metric, NamedQuery, Param, Shown, Table
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
        months = "select '2024-0' || m as month, k as kind, m * 1000 + length(k) as revenue from (values (1), (2), (3)) as t(m)"
        courses = NamedQuery(
            name="q1", source="shop", planner="person", question="revenue per month and kind",
            sql=months.replace("as t(m)", "join (select 'Lamp, small: €' as k union select '<b>bold</b>')").replace(
                "(values (1), (2), (3))", "(select 1 as m union select 2 union select 3)"),
            columns=(Shown(name="month", format="period"),),
        )  # fmt: skip
        lines = Chart(query="q1", mark="line", x="month", y="revenue", color="kind", x_type="temporal")
        pie = Chart(query="q2", mark="arc", x="name", y="total")
        parts = NamedQuery(name="q2", source="shop", sql="select name, price as total from product", question="prices",
                           planner="person")  # fmt: skip
        charts = Artifact(title="Charts", queries=(courses, parts), blocks=(lines, pie))
        assert artifacts.save(workspace.store, charts).slug == "charts"
        best = NamedQuery(name="q1", source="shop", planner="person", question="best rows",
                          sql="select k as name, v as total from (select 'a' as k, 3 as v union select 'b', 9 union"
                              " select 'c', 9 union select 'd', -3) order by total desc limit 4")  # fmt: skip
        ranked = Artifact(title="Ranked", queries=(best,), blocks=(Table(query="q1"),))
        assert artifacts.save(workspace.store, ranked).slug == "ranked"
    with served(database, folder) as url:
        yield url


@pytest.mark.parametrize("width", [1280, 390])
def test_values_that_take_long_to_read_come_in_by_themselves(
    made: str, open_page: Callable[..., Any], shot: Callable[[Any, str], None], width: int
) -> None:
    page = open_page("about:blank", width=width)
    sent = page.goto(f"{made}/a/late?city=Berlin", wait_until="commit").text()
    if width == 1280:  # then they are known
        assert sent.count("is still being worked out") == 1, "whether Berlin is offered is not known"
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


def pointed(page: Any, number: int, across: float, down: float = 0.5, *, touch: bool = False) -> list[str]:
    """What the box says, line by line, when one of the charts is pointed at."""
    chart = page.locator("svg.chart:visible").nth(number)
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    x, y = box["x"] + box["width"] * across, box["y"] + box["height"] * down
    page.touchscreen.tap(x, y) if touch else page.mouse.move(x, y)
    return page.locator(".tip").inner_text().splitlines() if page.locator(".tip").count() else []


def test_a_chart_says_what_it_is_pointed_at(
    made: str, open_page: Callable[..., Any], shot: Callable[[Any, str], None]
) -> None:
    page = open_page(f"{made}/a/charts")
    values = ["Lamp, small: €", "2,014", "<b>bold</b>", "2,011"]
    assert pointed(page, 0, 0.35) == ["Feb 2024", *values], "the series in their order, the names as they are"
    assert page.locator(".tip b").count() == 0
    assert page.locator(".spot").count() == 2
    assert page.locator(".guide").count() == 1
    assert page.locator(".key").nth(1).evaluate("one => getComputedStyle(one).backgroundColor") == "rgb(188, 147, 21)"
    shot(page, "pointed-line")
    assert pointed(page, 0, 0.0)[0] == "Jan 2024", "anywhere, not only on the line"
    assert pointed(page, 1, 0.6)[0] == "Table", "the largest slice begins at the top"
    assert pointed(page, 1, 0.02) == [], "beside the pie there is nothing"
    assert pointed(page, 0, 0.35)
    page.mouse.move(5, 5)
    assert page.locator(".tip").count() == 0
    pointed(page, 0, 0.35)
    page.keyboard.press("Escape")
    assert page.locator(".tip").count() == 0


def test_a_chart_is_read_by_the_keyboard(made: str, open_page: Callable[..., Any]) -> None:
    page = open_page(f"{made}/a/shop/app?_wait=1")
    chart = page.locator("svg.chart:visible").first
    assert chart.get_attribute("role") == "img"
    while not page.evaluate("document.activeElement.matches('svg.chart')"):
        page.keyboard.press("Tab")
    tip = page.locator(".tip")
    assert tip.inner_text().splitlines() == ["2025", "3"], "the first place, as soon as it has the keyboard"
    page.keyboard.press("ArrowRight")
    assert tip.inner_text().splitlines()[-1] == "2"
    assert re.fullmatch("2026( so far)? 2", page.locator("#said").inner_text()), "and it is said; 2026 may be over"
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    assert tip.inner_text().splitlines()[-1] == "2", "the last one stays the last"
    page.evaluate("document.dispatchEvent(new Event('refresh'))")
    page.wait_for_function("document.activeElement.matches('svg.chart')")
    assert tip.inner_text().splitlines()[-1] == "2", "the part was exchanged, and the reader is where they were"
    page.keyboard.press("Escape")
    assert tip.count() == 0
    page.keyboard.press("Home")
    assert tip.inner_text().splitlines()[-1] == "3"
    page.get_by_label("City").focus()
    assert tip.count() == 0
    page.get_by_label("City").select_option("Berlin")
    page.wait_for_url(re.compile("city=Berlin"))
    page.locator(".metric .value", has_text="2").wait_for()
    assert pointed(page, 0, 0.2)[0] == "2025", "the part that came in its place answers, too"


def test_a_chart_answers_to_a_finger(
    made: str, open_page: Callable[..., Any], shot: Callable[[Any, str], None]
) -> None:
    page = open_page(f"{made}/a/charts", width=390, has_touch=True)
    for across in (0.02, 0.3, 0.98):
        assert len(pointed(page, 0, across, touch=True)) == 5
        box = page.locator(".tip").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert box["y"] >= 0
        assert page.evaluate("document.documentElement.scrollWidth") == 390
    shot(page, "pointed-390")
    page.touchscreen.tap(10, 300 if page.locator("h1").bounding_box()["y"] > 400 else 10)
    assert page.locator(".tip").count() == 0


def test_a_chart_without_scripts_and_in_a_file(made: str, open_page: Callable[..., Any], tmp_path: Path) -> None:
    page = open_page(f"{made}/a/charts", java_script_enabled=False)
    assert page.locator("svg.chart[tabindex]").count() == 0, "nothing to stop at that does nothing"
    assert page.locator("svg.chart title", has_text="Feb 2024, Lamp, small: €: 2,014").count() == 2
    file = tmp_path / "charts.html"
    file.write_bytes(page.request.get(f"{made}/a/charts.html").body())
    page = open_page(file.as_uri())
    assert pointed(page, 0, 0.35)[0] == "Feb 2024"


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


READ = """table => [...table.tBodies[0].rows].map(row => {
  const first = getComputedStyle(row.cells[0], "::before").content, bar = row.querySelector("rect");
  return [first, row.innerText, bar && bar.getBoundingClientRect().width / bar.parentNode.getBoundingClientRect().width];
})"""


@pytest.mark.parametrize("width", [1280, 390])
def test_bars_and_places_are_seen_and_not_copied(made: str, open_page: Callable[..., Any], width: int) -> None:
    page = open_page(f"{made}/a/ranked", width=width)
    found = page.locator("table").evaluate(READ)
    assert [(place, text) for place, text, _ in found] == [
        ('"1"', "b\t9"), ('"1"', "c\t9"), ('"3"', "a\t3"), ('"4"', "d\t-3".replace("-", "−")),
    ]  # fmt: skip
    assert [length for *_, length in found] == pytest.approx([0.75, 0.75, 0.25, 0.25], abs=0.01)
    edges = "table => [...table.querySelectorAll('rect')].map(bar => Math.round(bar.getBoundingClientRect().left))"
    lefts = page.locator("table").evaluate(edges)
    assert lefts[0] == lefts[1] == lefts[2] > lefts[3], "what is below nought goes to the other side"
    copied = "table => { getSelection().selectAllChildren(table); return getSelection().toString() }"
    assert page.locator("table").evaluate(copied).split() == ["Name", "Total", "b", "9", "c", "9", "a", "3", "d", "−3"]


def test_a_place_moves_with_its_row(made: str, open_page: Callable[..., Any], tmp_path: Path) -> None:
    (file := tmp_path / "ranked.html").write_bytes(
        open_page(f"{made}/a/ranked").request.get(f"{made}/a/ranked.html").body()
    )
    page = open_page(file.as_uri())
    page.get_by_role("button", name="Total").click()
    assert [place for place, *_ in page.locator("table").evaluate(READ)] == ['"4"', '"3"', '"1"', '"1"']
