"""When something happens again and again: days, weekdays and times on the clock of a place, as data.

Times are local to a zone and stay so over changes of the clock: "every day at 9" is at 9 in summer and in winter. A
time that the clock skips in spring (02:30) happens as much later as the clock was put forward (03:30); one that it
shows twice in autumn happens the first time only. Steps of minutes and hours are of elapsed time and know no clock.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from workspace.question.wording import listed

Unit = Literal["minute", "hour", "day", "week", "month"]
NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_NTH = ("first", "second", "third", "fourth", "fifth")
WORKDAYS, WEEKEND = (0, 1, 2, 3, 4), (5, 6)
LAST = -1  # of the days of a month
MORNING = time(9)  # when no time was said
_FIRST_WEEK = date(2024, 1, 1)  # a Monday; every second week is counted from the week of `since`, or of this day
_FARTHEST = 366 * 9  # days to look ahead: a 29 February may be eight years away
_SECONDS = {"minute": 60, "hour": 3600}


@dataclass(frozen=True, slots=True)
class Recurrence:
    """When something happens.

    Args:
        unit: of what ``every`` counts.
        every: each, each second, …; a quarter is three months.
        weekdays: 0 for Monday; of a week, or with ``nth`` of a month.
        days: of a month, -1 for its last; one that a month lacks is its last day.
        nth: which of the ``weekdays`` of a month: 1 for the first, -1 for the last; 0 for none.
        months: 1 for January; () for all.
        times: of the day, on the clock of ``zone``; not for minutes and hours.
        zone: IANA name of the time zone ("Europe/Berlin").
        since: the day that every second, third … is counted from, ISO 8601; "" for a Monday long ago.

    Example:
        >>> mondays = Recurrence("week", weekdays=(0,), times=(time(9),), zone="Europe/Berlin")
        >>> mondays.after(datetime(2026, 3, 23, 12, tzinfo=UTC)).isoformat()  # summer time begins on 29 March
        '2026-03-30T07:00:00+00:00'
    """

    unit: Unit
    every: int = 1
    weekdays: tuple[int, ...] = ()
    days: tuple[int, ...] = ()
    nth: int = 0
    months: tuple[int, ...] = ()
    times: tuple[time, ...] = (MORNING,)
    zone: str = "UTC"
    since: str = ""

    @property
    def of_the_clock(self) -> bool:
        """Is it at times of the day, so that its zone matters?"""
        return self.unit not in _SECONDS

    def after(self, moment: datetime) -> datetime:
        """The first time after ``moment`` (with its zone), in UTC.

        Raises:
            ValueError: it never happens again.
        """
        if not self.of_the_clock:
            step = self.every * _SECONDS[self.unit]
            return datetime.fromtimestamp((int(moment.timestamp()) // step + 1) * step, UTC)
        place = zone_of(self.zone)
        start = moment.astimezone(place).date() - timedelta(days=1)  # a time that was skipped may fall on the day after
        for number in range(_FARTHEST):
            day = start + timedelta(days=number)
            if self._on(day):
                found = [at for at in self._times_of(day, place) if at > moment]
                if found:
                    return min(found)
        raise ValueError("it never happens again")

    def said(self) -> str:
        """It in words: "every Monday at 9:00".

        Example:
            >>> Recurrence("month", days=(1,), times=(time(8, 30),)).said()
            'monthly on the 1st at 8:30'
        """
        if not self.of_the_clock:
            return f"every {self.unit}" if self.every == 1 else f"every {self.every} {self.unit}s"
        at = listed([f"{one.hour}:{one:%M}" for one in self.times])
        return f"{self._days_said()} at {at}"

    def to_dict(self) -> dict[str, Any]:
        return {
            "unit": self.unit, "every": self.every, "weekdays": list(self.weekdays), "days": list(self.days),
            "nth": self.nth, "months": list(self.months), "times": [f"{one:%H:%M}" for one in self.times],
            "zone": self.zone, "since": self.since,
        }  # fmt: skip

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Recurrence:
        """Inverse of `to_dict`."""
        return cls(
            data["unit"], int(data["every"]), tuple(data["weekdays"]), tuple(data["days"]), int(data["nth"]),
            tuple(data["months"]), tuple(time.fromisoformat(text) for text in data["times"]), data["zone"],
            data["since"],
        )  # fmt: skip

    # ---------------------------------------------------------------------------------------------------- days
    def _on(self, day: date) -> bool:
        if self.months and day.month not in self.months:
            return False
        first = date.fromisoformat(self.since) if self.since else _FIRST_WEEK
        if self.unit == "day":
            return (day - first).days % self.every == 0
        if self.unit == "week":
            weeks = (_monday(day) - _monday(first)).days // 7
            return day.weekday() in self.weekdays and weeks % self.every == 0
        if not self.months and (day.year * 12 + day.month - first.year * 12 - first.month) % self.every:
            return False
        last = _last_day(day)
        if self.nth:
            place = -((last - day.day) // 7 + 1) if self.nth < 0 else (day.day - 1) // 7 + 1
            return day.weekday() in self.weekdays and place == self.nth
        return any(day.day == (last if wanted == LAST else min(wanted, last)) for wanted in self.days)

    def _times_of(self, day: date, place: ZoneInfo) -> Iterator[datetime]:
        for at in self.times:
            # fold=0: of a time that comes twice the first; through UTC one that is skipped becomes what the clock shows
            yield datetime.combine(day, at, place).astimezone(UTC)

    def _days_said(self) -> str:
        names = listed([NAMES[day] for day in self.weekdays])
        if self.unit == "day":
            return "every day" if self.every == 1 else f"every {_ordinal_word(self.every)} day"
        if self.unit == "week":
            if self.every == 1:
                known = {WORKDAYS: "every weekday", WEEKEND: "every Saturday and Sunday"}
                return known.get(self.weekdays, f"every {names}")
            return f"every {_ordinal_word(self.every)} week on {names}"
        on = self._nth_said(names) if self.nth else listed([_day_said(day) for day in self.days])
        if self.months:
            return f"on {on} of {listed([_MONTHS[month - 1] for month in self.months])}"
        return f"{'monthly' if self.every == 1 else f'every {self.every} months'} on {on}"

    def _nth_said(self, names: str) -> str:
        return f"the {'last' if self.nth < 0 else _NTH[self.nth - 1]} {names}"


def zone_of(name: str) -> ZoneInfo:
    """The time zone of that IANA name.

    Raises:
        ValueError: there is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"there is no time zone {name!r}") from None


def zone_at(clock: datetime) -> str:
    """The name of the time zone of a clock; where it only knows its offset, of this machine.

    Example:
        >>> zone_at(datetime(2026, 11, 3, tzinfo=ZoneInfo("Europe/Berlin")))
        'Europe/Berlin'
    """
    return clock.tzinfo.key if isinstance(clock.tzinfo, ZoneInfo) else _machine_zone()


def _machine_zone() -> str:
    """Of ``TZ``, else of the system's setting; UTC where neither says."""
    places = [os.environ.get("TZ", "").lstrip(":")]
    link = Path("/etc/localtime")
    if link.is_symlink():
        places.append(str(link.resolve()).partition("zoneinfo/")[2])
    for name in places:
        try:
            if name and not name.startswith("/"):
                return {"Etc/UTC": "UTC"}.get(name, zone_of(name).key)
        except ValueError:
            continue
    return "UTC"


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _last_day(day: date) -> int:
    following = day.replace(day=28) + timedelta(days=4)
    return (following - timedelta(days=following.day)).day


def _day_said(day: int) -> str:
    return "the last day" if day == LAST else f"the {_ordinal(day)}"


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _ordinal_word(number: int) -> str:
    return "second" if number == 2 else _ordinal(number)
