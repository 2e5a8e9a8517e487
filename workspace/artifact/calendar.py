"""Periods as results write them (2024, 2024-Q1, 2024-03, 2024-W07, 2024-03-05): their days, and which are over."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from workspace.database.result import Reach

LINEAR = ("year", "quarter", "month", "week", "day")  # grains of periods that follow each other


def going_on(moment: str) -> frozenset[str]:
    """How the periods are written that a moment (ISO 8601) lies in."""
    ran = moment[:10]
    if len(ran) != 10:
        return frozenset()
    week = datetime.fromisoformat(ran).isocalendar()
    quarter = f"{ran[:4]}-Q{(int(ran[5:7]) + 2) // 3}"
    return frozenset((ran[:4], ran[:7], ran, quarter, f"{week.year}-W{week.week:02d}"))


def span(label: object) -> tuple[date, date] | None:
    """First and last day of a period as results have it, None for what is none.

    Example:
        >>> [day.isoformat() for day in span("2024-Q1") + span("2024-W01")]
        ['2024-01-01', '2024-03-31', '2024-01-01', '2024-01-07']
    """
    match = re.fullmatch(r"(\d{4})(?:-(?:Q([1-4])|W(\d\d)|(\d\d)(?:-(\d\d))?))?", str(label))
    if match is None:
        return None
    year, (quarter, week, month, day) = int(match[1]), match.groups()[1:]
    try:
        if week:
            return date.fromisocalendar(year, int(week), 1), date.fromisocalendar(year, int(week), 7)
        if day:
            return date(year, int(month), int(day)), date(year, int(month), int(day))
        first, months = (int(quarter) * 3 - 2, 3) if quarter else (int(month), 1) if month else (1, 12)
        after = date(year + (first + months > 12), (first + months - 1) % 12 + 1, 1)
        return date(year, first, 1), after - timedelta(days=1)
    except ValueError:
        return None


def covered(label: object, reach: Reach) -> tuple[bool, bool]:
    """Has the data of a period its beginning, and its end?"""
    days = span(label)
    if days is None:
        return True, True
    first, last = date.fromisoformat(reach.first), date.fromisoformat(reach.last)
    return (first - days[0]).days <= reach.before, (days[1] - last).days <= reach.after


def apart(earliest: str, latest: str) -> int | None:
    """How many periods lie between two of the same kind; None where their labels do not say."""
    if earliest.isdigit() and latest.isdigit():
        return int(latest) - int(earliest)
    for pattern, size in ((r"(\d{4})-(\d{2})\Z", 12), (r"(\d{4})-?Q([1-4])\Z", 4)):
        one, other = re.match(pattern, earliest), re.match(pattern, latest)
        if one and other:
            return (int(other[1]) - int(one[1])) * size + int(other[2]) - int(one[2])
    days = span(earliest), span(latest)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", earliest) and days[0] is not None and days[1] is not None:
        return (days[1][0] - days[0][0]).days
    return None
