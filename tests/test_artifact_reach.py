"""Periods that the data, or the question, covers in part: never compared with whole ones, whenever they were."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.test_question_corpus import source as sample
from workspace.api import Workspace, open_workspace
from workspace.artifact.calendar import covered, span
from workspace.artifact.figures import Figures
from workspace.artifact.model import NamedQuery, View
from workspace.artifact.snapshot import kept_from_dict, view_from_dict, view_to_dict
from workspace.database.result import Reach, Receipt
from workspace.errors import ArtifactInvalid
from workspace.export.verify import verify

NOW = datetime(2026, 11, 23, 14, 3, tzinfo=UTC)
Days = Sequence[date]


def weekdays(first: date, last: date) -> list[date]:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in days if day.weekday() < 5]


def build(path: Path, days: Days, countries: Callable[[int], str] = lambda n: "Chile") -> Path:
    with sqlite3.connect(path) as db:
        db.executescript("create table sale (id integer primary key, country text, day text, total real);")
        rows = [(countries(n), day.isoformat(), 10.0 + n % 7) for n, day in enumerate(days)]
        db.executemany("insert into sale (country, day, total) values (?, ?, ?)", rows)
    return path


@pytest.fixture
def shop(tmp_path: Path) -> Callable[..., Workspace]:
    opened: list[Workspace] = []

    def make(days: Days, countries: Callable[[int], str] = lambda n: "Chile") -> Workspace:
        path = build(tmp_path / f"shop{len(opened)}.sqlite", days, countries)
        opened.append(open_workspace(path, folder=tmp_path / f"kept{len(opened)}", clock=lambda: NOW))
        return opened[-1]

    yield make
    for workspace in opened:
        workspace.close()


def view_of(workspace: Workspace, question: str) -> View:
    reply = workspace.ask(question)
    assert hasattr(reply, "view"), reply
    return reply.view


def figures(view: View) -> Figures:
    return Figures(view.artifact.query("q1"), view.results["q1"])


def said(view: View) -> str:
    return view.blocks[0].plain


# --------------------------------------------------------------------------------------------------- the calendar
@pytest.mark.parametrize(
    ("label", "first", "last"),
    [
        (2024, "2024-01-01", "2024-12-31"), ("2024-Q4", "2024-10-01", "2024-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"), ("2024-12", "2024-12-01", "2024-12-31"),
        ("2020-W53", "2020-12-28", "2021-01-03"), ("2024-03-05", "2024-03-05", "2024-03-05"),
    ],
)  # fmt: skip
def test_the_days_of_a_period(label: str | int, first: str, last: str) -> None:
    assert span(label) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize("label", ["2024-13", "2024-W60", "2024-02-30", "Monday", "", None, 7, "20240"])
def test_what_is_no_period_has_no_days(label: object) -> None:
    assert span(label) is None
    assert covered(label, Reach("x", "2024-01-01", "2024-01-02")) == (True, True)


def test_the_outermost_dates_there_are_do_no_harm() -> None:
    assert covered("2024-02", Reach("x", "0001-01-01", "9999-12-31", 40_000, 40_000)) == (True, True)


# ------------------------------------------------------------------------------------------------------ the rhythm
@pytest.mark.parametrize(
    ("days", "whole"),
    [
        (weekdays(date(2025, 1, 1), date(2025, 5, 30)), True),  # a Friday; the month ends on Saturday
        (weekdays(date(2025, 1, 1), date(2025, 5, 28)), True),  # two days and a Saturday are no more than a weekend
        (weekdays(date(2025, 1, 1), date(2025, 5, 23)), False),
        (weekdays(date(2025, 1, 1), date(2025, 5, 6)), False),
        ([date(2025, month, 1) for month in range(1, 6)], True),  # one row a month, at its first
        ([date(2025, month, 28) for month in range(1, 6)], True),
        ([date(2025, 1, 6) + timedelta(days=7 * n) for n in range(20)], False),  # weekly, up to 19 May
        ([date(2025, 1, 6) + timedelta(days=7 * n) for n in range(21)], True),  # up to 26 May
        ([date(2025, 4, 2), date(2025, 5, 3)], True),  # no rhythm: the calendar alone
    ],
)
def test_a_month_is_whole_when_no_more_days_are_missing_than_usual(
    shop: Callable[..., Workspace], days: Days, whole: bool
) -> None:
    found = figures(view_of(shop(days), "total per month"))
    assert found.cut("month") is not whole
    assert (found.settled("month", "month").value == "2025-05") is whole
    assert found.unfinished("month") == (frozenset() if whole else {"2025-05"})


@pytest.mark.parametrize(("grain", "whole"), [("year", False), ("quarter", False), ("month", True), ("week", True)])
def test_the_same_data_may_be_a_whole_month_and_no_whole_year(
    shop: Callable[..., Workspace], grain: str, whole: bool
) -> None:
    found = figures(view_of(shop(weekdays(date(2023, 1, 2), date(2025, 5, 30))), f"total per {grain}"))
    assert found.cut(grain) is not whole


def test_a_single_day_is_always_whole(shop: Callable[..., Workspace]) -> None:
    found = figures(view_of(shop(weekdays(date(2025, 1, 1), date(2025, 5, 6))), "total per day"))
    assert found.complete("day")


# ------------------------------------------------------------------------------------------------- what is said of it
def test_the_sentence_compares_whole_periods_and_says_how_far_the_last_one_goes(shop: Callable[..., Workspace]) -> None:
    view = view_of(shop(weekdays(date(2025, 1, 1), date(2025, 5, 6))), "total per month")
    assert " in Jan 2025 to " in said(view) and " in Apr 2025" in said(view)
    assert "; May 2025 is counted only up to 6 May 2025, with 54." in said(view)


def test_the_first_period_counts_as_little_when_the_data_begins_within_it(shop: Callable[..., Workspace]) -> None:
    found = figures(view_of(shop(weekdays(date(2024, 1, 22), date(2024, 6, 28))), "total per month"))
    assert found.initial("month", "month").value == "2024-02"
    assert found.unfinished("month") == {"2024-01"}
    assert not found.cut("month")


def test_what_goes_on_today_is_said_to_go_on(shop: Callable[..., Workspace]) -> None:
    view = view_of(shop(weekdays(date(2026, 6, 1), date(2026, 11, 23))), "total per month")
    assert figures(view).partial("month") and not figures(view).cut("month")
    assert "; Nov 2026 is not over yet, with " in said(view)


def test_a_condition_on_other_things_does_not_end_the_data(shop: Callable[..., Workspace]) -> None:
    days = weekdays(date(2025, 1, 1), date(2025, 5, 30))
    shop_ = shop(days, lambda n: "Peru" if n < len(days) - 20 else "Chile")
    found = figures(view_of(shop_, "total per month in Peru"))
    assert found.settled("month", "month").value == "2025-05"


@pytest.mark.parametrize(
    ("question", "latest", "first"),
    [
        ("total per month before 15 April 2025", "2025-03", "2025-01"),
        ("total per month until 1 May 2025", "2025-04", "2025-01"),
        ("total per month in 2025", "2025-05", "2025-01"),
        ("total per month since 15 February 2025", "2025-05", "2025-03"),
        ("total per month from 10 January 2025 to 20 March 2025", "2025-02", "2025-02"),
    ],
)
def test_a_condition_on_the_time_itself_cuts_periods(
    shop: Callable[..., Workspace], question: str, latest: str, first: str
) -> None:
    found = figures(view_of(shop(weekdays(date(2025, 1, 1), date(2025, 5, 30))), question))
    assert (found.settled("month", "month").value, found.initial("month", "month").value) == (latest, first)


def test_nothing_whole_is_not_compared(shop: Callable[..., Workspace]) -> None:
    workspace = shop(weekdays(date(2025, 1, 1), date(2025, 5, 30)))
    assert "of which neither is a whole month" in said(
        view_of(workspace, "total per month from 10 January 2025 to 20 February 2025")
    )
    assert said(view_of(workspace, "total per month from 10 January 2025 to 20 January 2025")).endswith(
        "in Jan 2025, counted only up to 20 Jan 2025."
    )


def test_northwind_has_no_whole_may(tmp_path: Path) -> None:
    path = sample("northwind").path
    assert path is not None
    with open_workspace(path, folder=tmp_path / "kept") as shop:
        view = shop.open(shop.compose("an overview of sales with revenue per month and revenue per year").slug)
    text = "\n".join(bound.plain for bound in view.blocks)
    assert "In Apr 1998 revenue was 123,799, up 18.1% from Mar 1998" in text
    assert "May 1998 is counted only up to 6 May 1998, with 18,334." in text
    assert "In 1997 revenue was 617,085." in text
    assert "1998 is counted only up to 6 May 1998; until then it has 440,624." in text
    assert not re.search(r"\bin May 1998|up .* from May 1998", text, re.IGNORECASE)


# ------------------------------------------------------------------------------------------------- living, and proof
def test_it_follows_the_data_at_each_opening(shop: Callable[..., Workspace]) -> None:
    workspace = shop(weekdays(date(2025, 1, 1), date(2025, 5, 6)))
    slug = workspace.pin_answer(workspace.ask("total per month")).slug
    assert figures(workspace.open(slug)).cut("month")
    path = workspace.source().path
    assert path is not None
    with sqlite3.connect(path) as db:
        rows = [("Chile", day.isoformat(), 5.0) for day in weekdays(date(2025, 5, 7), date(2025, 6, 30))]
        db.executemany("insert into sale (country, day, total) values (?, ?, ?)", rows)
    found = figures(workspace.open(slug))
    assert found.settled("month", "month").value == "2025-06" and found.complete("month")


def test_an_alert_looks_at_the_last_whole_period(shop: Callable[..., Workspace]) -> None:
    workspace = shop(weekdays(date(2025, 1, 1), date(2025, 5, 6)))
    slug = workspace.pin_answer(workspace.ask("total per month")).slug
    made = workspace.schedule(slug, condition="total per month falls below 100")
    assert "of Apr 2025" in made.now and not made.holds  # May has 54 by its sixth day


def test_how_far_the_data_goes_is_part_of_the_receipt(shop: Callable[..., Workspace]) -> None:
    workspace = shop(weekdays(date(2025, 1, 1), date(2025, 5, 6)))
    view = view_of(workspace, "total per month")
    assert view.results["q1"].receipt.reach == (Reach("month", "2025-01-01", "2025-05-06", 3, 3),)
    again = view_from_dict(view_to_dict(view))
    assert again.results == view.results and said(again) == said(view)
    kept = kept_from_dict(view_to_dict(view))
    source = workspace.source()
    assert verify(kept, {source.name: source}, workspace.limits).holds
    assert source.path is not None
    with sqlite3.connect(source.path) as db:
        db.execute("insert into sale (country, day, total) values ('Chile', '2025-06-30', null)")
    changed = verify(kept, {source.name: source}, workspace.limits)
    assert not changed.holds and {finding.kind for finding in changed.findings} == {"changed"}


def test_a_receipt_of_before_is_read_and_verified_as_it_was(shop: Callable[..., Workspace]) -> None:
    workspace = shop(weekdays(date(2025, 1, 1), date(2025, 5, 6)))
    data = view_to_dict(view_of(workspace, "total per month"))
    data["results"]["q1"]["receipt"].pop("reach")
    kept = kept_from_dict(data)
    source = workspace.source()
    assert kept.results["q1"].receipt.reach is None
    assert verify(kept, {source.name: source}, workspace.limits).holds


@pytest.mark.parametrize(
    "reach",
    [[["month", "never", "2025-05-06", 3, 3]], [["month", "2025-01-01", "2025-05-06", -1, 3]], [["month"]], ["x"], 7,
     [[7, "2025-01-01", "2025-05-06", 0, 0]], [["month", "2025-01-01", "2025-05-06", "3", 0]]],
)  # fmt: skip
def test_a_file_that_says_nonsense_of_it_is_refused(shop: Callable[..., Workspace], reach: object) -> None:
    data = view_to_dict(view_of(shop(weekdays(date(2025, 1, 1), date(2025, 5, 6))), "total per month"))
    data["results"]["q1"]["receipt"]["reach"] = reach
    with pytest.raises(ArtifactInvalid):
        kept_from_dict(data)


def test_a_receipt_takes_it_on_without_working_out_its_digest() -> None:
    receipt = Receipt.of(
        1, [(1,)], source="s", fingerprint="f", sql="q", params={}, planner="rule", ran_at="2025-01-01T00:00:00Z"
    )
    made = receipt.reaching((Reach("x", "2025-01-01", "2025-05-06"),), {"revenue": 5.0})
    assert "digest" not in made.__dict__
    assert (made.digest, Receipt.from_dict(made.to_dict())) == (receipt.digest, made)


def test_what_went_on_yesterday_is_over_today(tmp_path: Path) -> None:
    path = build(tmp_path / "shop.sqlite", weekdays(date(2026, 6, 1), date(2026, 10, 30)))
    days = [datetime(2026, 10, 31, 12, tzinfo=UTC), datetime(2026, 11, 1, 12, tzinfo=UTC)]
    with open_workspace(path, folder=tmp_path / "kept", clock=lambda: days[0]) as shop:
        slug = shop.pin_answer(shop.ask("total per month")).slug
        assert figures(shop.open(slug)).partial("month")
        days.pop(0)
        assert figures(shop.open(slug)).complete("month")


def test_a_query_without_a_plan_says_nothing_of_it(shop: Callable[..., Workspace]) -> None:
    from workspace.artifact.model import Artifact, Text
    from workspace.artifact.refresh import refresh

    source = shop(weekdays(date(2025, 1, 1), date(2025, 5, 6))).source()
    query = NamedQuery(
        name="q1", source=source.name, sql="select substr(day, 1, 7) as month, sum(total) as t from sale group by 1"
    )
    view = refresh(Artifact(title="X", queries=(query,), blocks=(Text(template="x"),)), {source.name: source}, now=NOW)
    assert view.results["q1"].receipt.reach is None and not figures(view).cut("month")
