"""When something happens again: words to data, data to the next time, over changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from workspace.question.recurrence import Recurrence, zone_at, zone_of
from workspace.question.recurrence_words import recurrence_in

MONDAY = date(2026, 11, 23)
SAID = [
    ("every Monday at 9", "every Monday at 9:00"),
    ("on Mondays", "every Monday at 9:00"),
    ("Every Monday, at 9 am", "every Monday at 9:00"),
    ("at 9 every Monday", "every Monday at 9:00"),
    ("every Mon and Thu at 17:30", "every Monday and Thursday at 17:30"),
    ("every Tuesday, Wednesday and Friday evening", "every Tuesday, Wednesday and Friday at 18:00"),
    ("every weekday", "every weekday at 9:00"),
    ("on weekdays at 8:30", "every weekday at 8:30"),
    ("every working day at noon", "every weekday at 12:00"),
    ("Monday to Friday at 6 pm", "every weekday at 18:00"),
    ("Mon-Wed at 7", "every Monday, Tuesday and Wednesday at 7:00"),
    ("every weekend", "every Saturday and Sunday at 9:00"),
    ("daily", "every day at 9:00"),
    ("every day at 7:30 and 18:00", "every day at 7:30 and 18:00"),
    ("each morning", "every day at 9:00"),
    ("every evening", "every day at 18:00"),
    ("nightly", "every day at 22:00"),
    ("every second day", "every second day at 9:00"),
    ("weekly", "every Monday at 9:00"),
    ("once a week on Friday at 4pm", "every Friday at 16:00"),
    ("every other week on Tuesday", "every second week on Tuesday at 9:00"),
    ("fortnightly", "every second week on Monday at 9:00"),
    ("monthly", "monthly on the 1st at 9:00"),
    ("monthly on the 1st", "monthly on the 1st at 9:00"),
    ("on the 15th of each month at 9.30", "monthly on the 15th at 9:30"),
    ("on the 1st and 15th of every month", "monthly on the 1st and the 15th at 9:00"),
    ("at the end of every month", "monthly on the last day at 9:00"),
    ("on the last day of the month at 23:59", "monthly on the last day at 23:59"),
    ("on the first Monday of each month at 10", "monthly on the first Monday at 10:00"),
    ("the last Friday of every month", "monthly on the last Friday at 9:00"),
    ("every quarter", "on the 1st of January, April, July and October at 9:00"),
    ("at the end of each quarter", "on the last day of March, June, September and December at 9:00"),
    ("yearly", "on the 1st of January at 9:00"),
    ("every March 1", "on the 1st of March at 9:00"),
    ("every 2 hours", "every 2 hours"),
    ("hourly", "every hour"),
    ("every 15 minutes", "every 15 minutes"),
    ("every half hour", "every 30 minutes"),
]


@pytest.mark.parametrize(("words", "said"), SAID, ids=[words for words, _ in SAID])
def test_words_are_read_whole_and_said_again(words: str, said: str) -> None:
    found = recurrence_in(words, "Europe/Berlin", MONDAY)
    assert found is not None
    assert (found.start, found.end, found.problem) == (0, len(words), "")
    assert found.recurrence.said() == said
    assert Recurrence.from_dict(found.recurrence.to_dict()) == found.recurrence
    assert found.recurrence.after(datetime(2026, 11, 23, 12, tzinfo=UTC)) > datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "words", ["revenue per month", "in May", "last Monday", "9", "everyday people", "Mondayish", ""]
)
def test_what_is_no_recurrence_is_none(words: str) -> None:
    assert recurrence_in(words, "UTC", MONDAY) is None


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("every day at 25", "at 25"),
        ("every day at 13 pm", "13 pm"),
        ("every Monday at 9 Moon/Base", "Moon/Base"),
        ("on the 45th of each month", "no day 45"),
        ("every 0 hours", "no interval"),
        ("every February 30", "no day"),
    ],
)
def test_what_cannot_be_is_said(words: str, why: str) -> None:
    found = recurrence_in(words, "UTC", MONDAY)
    assert found is not None and why in found.problem


def test_a_zone_may_be_said() -> None:
    found = recurrence_in("every day at 9 America/New_York", "Europe/Berlin", MONDAY)
    assert found is not None and found.recurrence.zone == "America/New_York" and not found.problem


# ------------------------------------------------------------------------------------------------- the clock changes
def times(recurrence: Recurrence, start: datetime, count: int) -> list[str]:
    found, at = [], start
    for _ in range(count):
        at = recurrence.after(at)
        found.append(at.astimezone(zone_of(recurrence.zone)).isoformat())
    return found


def test_nine_stays_nine_in_summer_and_winter() -> None:
    daily = Recurrence("day", times=(time(9),), zone="Europe/Berlin")
    assert times(daily, datetime(2026, 3, 27, 12, tzinfo=UTC), 3) == [
        "2026-03-28T09:00:00+01:00", "2026-03-29T09:00:00+02:00", "2026-03-30T09:00:00+02:00",
    ]  # fmt: skip
    assert times(daily, datetime(2026, 10, 24, 12, tzinfo=UTC), 2) == [
        "2026-10-25T09:00:00+01:00", "2026-10-26T09:00:00+01:00",
    ]  # fmt: skip


def test_a_time_that_is_skipped_comes_as_much_later_and_once() -> None:
    night = Recurrence("day", times=(time(2, 30),), zone="Europe/Berlin")
    assert times(night, datetime(2026, 3, 28, 12, tzinfo=UTC), 2) == [
        "2026-03-29T03:30:00+02:00", "2026-03-30T02:30:00+02:00",
    ]  # fmt: skip


def test_a_time_that_comes_twice_is_taken_once() -> None:
    night = Recurrence("day", times=(time(2, 30),), zone="Europe/Berlin")
    assert times(night, datetime(2026, 10, 24, 12, tzinfo=UTC), 2) == [
        "2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00",
    ]  # fmt: skip
    between = datetime(
        2026, 10, 25, 0, 45, tzinfo=UTC
    )  # 02:45 the first time; 02:30 comes again a quarter of an hour on
    assert times(night, between, 1) == ["2026-10-26T02:30:00+01:00"]


def test_where_clocks_go_forward_at_midnight_the_day_is_not_lost() -> None:
    midnight = Recurrence("day", times=(time(0),), zone="Africa/Cairo")  # 24 April 2026 begins at 1 o'clock
    assert times(midnight, datetime(2026, 4, 22, 23, tzinfo=UTC), 2) == [
        "2026-04-24T01:00:00+03:00", "2026-04-25T00:00:00+03:00",
    ]  # fmt: skip


def test_a_day_that_a_zone_left_out_is_no_day() -> None:
    apia = Recurrence("day", times=(time(9),), zone="Pacific/Apia")  # 30 Dec 2011 was skipped there
    found = times(apia, datetime(2011, 12, 29, 20, tzinfo=UTC), 3)
    assert len(set(found)) == 3 and found == sorted(found)


def test_hours_are_elapsed_time() -> None:
    hourly = Recurrence("hour", 6, times=(), zone="Europe/Berlin")
    at = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
    first = hourly.after(at)
    assert hourly.after(first) - first == timedelta(hours=6)


def test_the_31st_is_the_last_day_of_a_shorter_month() -> None:
    monthly = Recurrence("month", days=(31,), times=(time(9),))
    found = times(monthly, datetime(2027, 1, 31, 12, tzinfo=UTC), 3)
    assert [text[:10] for text in found] == ["2027-02-28", "2027-03-31", "2027-04-30"]


def test_every_second_week_keeps_its_week_over_the_year() -> None:
    found = recurrence_in("every other week on Monday", "UTC", MONDAY)
    assert found is not None
    at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    days = [date.fromisoformat(text[:10]) for text in times(found.recurrence, at, 4)]
    assert days == [MONDAY + timedelta(weeks=2 * n) for n in range(1, 5)]


def test_the_29th_of_february_waits_for_its_year() -> None:
    leap = Recurrence("month", 12, days=(29,), months=(2,), times=(time(9),))
    assert leap.after(datetime(2027, 3, 1, tzinfo=UTC)).date() == date(2028, 2, 29)


def test_a_clock_without_a_zone_is_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    assert zone_at(datetime(2026, 1, 1).astimezone()) == "Asia/Kolkata"
    monkeypatch.setenv("TZ", "no/such")
    assert zone_of(zone_at(datetime(2026, 1, 1).astimezone()))
