"""When things happen in the sample business: the window of dates, the seasons, the months its stories begin.

Everything hangs on the first day of the window, not on the build day, so a sample built tomorrow has the history of
the one built today and one day more. Only on 1 January and 1 July does the window move, and the history with it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from random import Random

# months after the first one in which a story begins
NEW_STORE, TICKETS_RISE, CUSTOMER_GONE, CARRIER_SLOWS, LINE_FAILS = 15, 14, 19, 20, 22

# demand by weekday, Monday first, and by month, January first; both are about 1 on average
WEEKDAYS = (0.90, 0.86, 0.90, 0.98, 1.14, 1.38, 0.84)
MONTHS = (0.92, 0.84, 0.92, 0.97, 1.02, 1.02, 0.93, 0.88, 0.98, 1.00, 1.24, 1.38)
GROWTH = 0.14
PRICE_RISE = 0.03


@dataclass(frozen=True)
class Window:
    """The dates of a sample.

    Args:
        today: the last day, the day of the build.
        seed: decides every choice that is left to chance.

    Example:
        >>> Window(date(2026, 11, 23)).first
        datetime.date(2024, 1, 1)
        >>> Window(date(2026, 3, 1)).first
        datetime.date(2023, 7, 1)
    """

    today: date
    seed: int = 7

    @cached_property
    def first(self) -> date:
        """The first day: at least two full calendar years ago, at most three years."""
        late = self.today.month >= 7
        return date(self.today.year - 2, 1, 1) if late else date(self.today.year - 3, 7, 1)

    def month(self, number: int) -> date:
        """The first day of the month ``number`` months after the first one."""
        months = self.first.year * 12 + self.first.month - 1 + number
        return date(months // 12, months % 12 + 1, 1)

    def months(self) -> Iterator[date]:
        """The first days of all months up to the one of today."""
        number = 0
        while (month := self.month(number)) <= self.today:
            yield month
            number += 1

    def days(self) -> Iterator[date]:
        for number in range((self.today - self.first).days + 1):
            yield self.first + timedelta(number)

    def years_in(self, day: date) -> float:
        """Years between the first day and ``day``, as a fraction."""
        return (day - self.first).days / 365.25

    def known(self, day: date | None) -> date | None:
        """``day`` if it has come by today, else None: what lies ahead is not known yet."""
        return day if day is not None and day <= self.today else None

    def chance(self, *about: object) -> Random:
        """A generator of its own for ``about``, so that one more day leaves the others as they were."""
        return Random("|".join(map(str, (self.seed, *about))))


def season(day: date) -> float:
    """Demand of ``day`` against an average day, from its weekday and its time of the year."""
    middle = MONTHS[day.month - 1]
    ahead = MONTHS[day.month % 12] if day.month < 12 else middle
    return WEEKDAYS[day.weekday()] * (middle + (ahead - middle) * (day.day - 1) / 31)


def poisson(chance: Random, mean: float) -> int:
    """How many events happen where ``mean`` are expected (Knuth's method; ``mean`` is a small number)."""
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count
