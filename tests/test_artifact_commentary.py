"""What documents say: the main findings in the lead, what goes beyond them in the sections, nothing twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.test_artifact_bind import make
from workspace.api import Answer, Workspace, open_workspace
from workspace.artifact.bind import bind
from workspace.artifact.calendar import apart
from workspace.artifact.lines import once
from workspace.artifact.model import Artifact, NamedQuery, Segment, Text
from workspace.artifact.phrase import noun
from workspace.artifact.pointing import heading_of, is_heading

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def rows() -> Iterator[tuple[str, str, str, int, float]]:
    """Orders from 2023 to March 2026, none in 2024's spring, a few more each year."""
    day, number = date(2023, 1, 1), 0
    while day <= NOON.date():
        number += 1
        region = ("North", "North", "South", "West", "North", "East", "Coast")[number % 7]
        if not (day.year == 2024 and day.month in (4, 5)):
            yield day.isoformat(), region, ("web", "shop")[number % 2], number % 3 + 1, 10.0 * (day.year - 2020)
        day += timedelta(days=3)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    path = tmp_path_factory.mktemp("shop") / "shop.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(
            """
            create table orders (id integer primary key, ordered_on date, region text, channel text, class integer,
                                 total real, store_id integer references stores (id));
            create table stores (id integer primary key, name text);
            create table products (id integer primary key, name text);
            insert into stores (name) values ('Ulm'), ('Kiel');
            insert into products (name) values ('Lamp'), ('Chair'), ('Table');
            """
        )
        db.executemany("insert into orders (ordered_on, region, channel, class, total) values (?, ?, ?, ?, ?)", rows())
        db.commit()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("NOAPP_MODEL", raising=False)
        with open_workspace(path, folder=path.parent / "folder", clock=lambda: NOON) as opened:
            yield opened


def said(workspace: Workspace, request: str) -> dict[str, str]:
    """What a document says: its lead under "", each section under its heading."""
    found, title = {"": ""}, ""
    for bound in workspace.open(workspace.compose(request).slug).blocks:
        if is_heading(bound.block):
            title = heading_of(bound.block)
            found[title] = ""
        elif isinstance(bound.block, Text):
            found[title] += bound.plain.strip()
    return found


def sentences(told: dict[str, str]) -> list[str]:
    return [part for text in told.values() for part in text.replace("\n", " ").rstrip(".").split(". ") if part]


@pytest.mark.parametrize(
    "request_",
    [
        "a report with total per year, total per region, orders per channel",
        "a report with total per month, average total per region, products",
        "a report with orders per weekday, total per class, total per region and channel",
        "a report with total per year in 2025, bottom 2 regions by total, total per channel in North and South",
        "a report with total and number of orders per month, total per month per region",
        "a report with average total per year, orders per quarter, top 2 regions by total",
    ],
)
def test_no_sentence_stands_twice(workspace: Workspace, request_: str) -> None:
    told = sentences(said(workspace, request_))
    assert len(told) >= 4
    assert sorted(told) == sorted(set(told))


def test_a_column_called_total_is_not_total_twice(workspace: Workspace) -> None:
    told = said(workspace, "a report with total per year, total per region")
    assert told[""].startswith("In 2025 the total was ")
    assert "total total" not in str(told).lower()


def test_a_course_without_a_year_before_goes_on_in_its_section(workspace: Workspace) -> None:
    told = said(workspace, "a report with total per year, total per region")
    assert told[""].startswith("In 2025 the total was 6,100, up ")
    assert told["Total per year"].startswith("The total rose from 3,660 in 2023 to 6,100 in 2025; 2026 is not over yet")


def test_a_lead_counts_only_what_is_beside_findings(workspace: Workspace) -> None:
    """A list of names stands in its section; in the lead it would crowd out what was found."""
    told = said(workspace, "a report with total per region, products")
    assert "Lamp" not in told[""] and "3 products" not in told[""]
    assert told["Products"] == "3 products: Lamp, Chair and Table."
    alone = said(workspace, "a report with products, stores")
    assert alone[""] == "There are 3 products.\nThere are 2 stores."


def test_that_nothing_is_there_is_said_once(workspace: Workspace) -> None:
    told = said(
        workspace, "a report with total per month in 1999, orders per region in 1999, total per channel in 1999"
    )
    assert told.pop("") == "There are no orders in 1999."
    assert set(told.values()) == {"Nothing to show in 1999."}


def test_nothing_in_a_group_is_not_nothing_at_all(workspace: Workspace) -> None:
    """Orders there are; none of them has a store."""
    told = said(workspace, "a report with orders per store, total per region")
    assert told["Orders per store"] == "There are no orders with a store."


def test_an_overview_leaves_out_what_tells_nothing_apart(workspace: Workspace) -> None:
    """No order has a store, so that "orders per store" shows nothing; who asks for it is told so."""
    made = workspace.compose("an overview of orders")
    assert len(made.sections) > 2
    for section in made.sections:
        results = workspace.ask(section.question).view.results["q1"]  # ty: ignore[unresolved-attribute]
        assert len(results.rows) > 1 or "per" not in section.question, section.question


def test_a_row_that_is_called_by_a_number_has_its_column_before_it(workspace: Workspace) -> None:
    told = said(workspace, "a report with total per class, average total per region and class")
    assert told[""].startswith("Class ")
    assert " class " in told["Total per class"]


def test_rows_of_several_groups_are_called_by_all_of_them(workspace: Workspace) -> None:
    reply = workspace.ask("orders per region, channel and class")
    assert isinstance(reply, Answer) and len(reply.view.results["q1"].columns) == 4
    assert reply.text.startswith(("North (web, class ", "North (shop, class "))


def test_how_far_ahead_the_first_is_names_the_second(workspace: Workspace) -> None:
    told = said(workspace, "a report with total per region, orders per channel")
    assert "North leads with a total of " in told["Total per region"]
    assert " times the " in told["Total per region"] and " of the next" not in told["Total per region"]


def test_days_are_compared_by_weeks(workspace: Workspace) -> None:
    """One day beside the one before says little; where days are missing, it is all of them that are added up."""
    told = said(workspace, "a report with total per day, total per region")
    assert told[""].startswith("From 1 Jan 2023 to ") and " the total came to " in told[""]
    assert (apart("2026-02-27", "2026-03-02"), apart("2024-W07", "2024-W09")) == (3, None)


def test_lines_that_repeat_go_and_others_stay() -> None:
    bound = Segment("5", "q1")
    given = (Segment("A "), bound, Segment(".\nB.\n\nA "), bound, Segment(".\n\nC"))
    assert "".join(part.text for part in once(given)) == "A 5.\nB.\n\n\nC"
    different = (Segment("A "), bound, Segment(".\nA "), Segment("6", "q1"))
    assert once(different) == different


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("taxis", ("taxi", "taxis")), ("seattle_weather", ("row of seattle weather", "rows of seattle weather")),
        ("customers", ("customer", "customers")),
    ],
)  # fmt: skip
def test_what_rows_are_called(name: str, called: tuple[str, str]) -> None:
    assert noun(name) == called


def test_a_period_is_named_once_in_a_sentence(workspace: Workspace) -> None:
    told = said(workspace, "a report with total per month in 2025 and total per month in 2025 in North")
    assert told[""].startswith("In Dec 2025 the total was"), "not “the total in 2025 was”"
    assert "In Dec 2025 the total in North was" in told[""], "what else it is of is said"
    told = said(workspace, "a report with total per year in 2025 and bottom 2 regions by total")
    assert told["Total per year in 2025"] == "The total was 6,100 in 2025."


def test_that_groups_without_a_name_are_left_out_is_no_condition(workspace: Workspace) -> None:
    artifact = workspace.load(workspace.compose("a report with bottom 2 regions by total").slug)
    assert artifact.query("q1").plan and "missing" in str(artifact.query("q1").plan), "they are"
    view = workspace.open(workspace.compose("a report with bottom 2 regions by total").slug)
    assert "with region" not in " ".join(bound.plain for bound in view.blocks)


def test_what_a_person_repeats_stays() -> None:
    artifact = Artifact(title="Empty", queries=(NamedQuery(name="q1", source="shop", sql="select 1 as n where 0"),))
    none = "{% if q1.empty %}Nothing yet.{% endif %}"

    def text(template: str) -> str:
        return "".join(segment.text for segment in bind(template, {"q1": make({"n": "integer"}, [])}, artifact))

    assert text(f"{none}\n{none}") == "Nothing yet."
    assert text(f"{none}\n- open\n- open") == "Nothing yet.\n- open\n- open"
