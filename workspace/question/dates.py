"""Dates as people say them, against a clock: yesterday · last month · Q1 2024 · the past 30 days · the 90s · May 5th.

`read_period` reads one expression as a half-open stretch of days; the words before it ("since", "before", "between …
and") belong to the grammar, which combines stretches with the helpers here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from workspace.question.numbers import digits, read_number, read_ordinal
from workspace.question.plan import Grain
from workspace.question.tokens import Token

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
MONTHS = {name: number for number, name in enumerate(_MONTHS, start=1)}
MONTHS |= {name[:3]: number for name, number in MONTHS.items()} | {"sept": 9}
WEEKDAYS = {
    name: number
    for number, name in enumerate(
        [
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
        ]
    )
}
_UNITS: dict[str, Grain] = {
    "day": "day", "days": "day", "week": "week", "weeks": "week", "month": "month", "months": "month",
    "quarter": "quarter", "quarters": "quarter", "year": "year", "years": "year", "hour": "hour", "hours": "hour",
}  # fmt: skip
_LAST = ("last", "previous", "past", "prior")
_THIS = ("this", "current")
_NEXT = ("next", "coming", "following")

AND_BEFORE = " and the one before"  # after the words of a whole period: it and the one before it


@dataclass(frozen=True, slots=True)
class Period:
    """``low <= date < high``; either may be None for an open end.

    Args:
        low, high: first day, and first day after.
        grain: the natural size of the stretch.
        words: as written.
        relative: moves with the clock ("last month").
    """

    low: date | datetime | None
    high: date | datetime | None
    grain: Grain = "day"
    words: str = ""
    relative: bool = False

    @property
    def year(self) -> int | None:
        """The year, when the stretch is exactly one calendar year."""
        return self.low.year if self.grain == "year" and self.low and not self.relative else None


def read_period(tokens: Sequence[Token], position: int, clock: datetime) -> tuple[Period, int] | None:
    """The date expression that starts at ``position`` and how many tokens it takes, or None.

    Args:
        tokens: of the question.
        position: where to look.
        clock: the moment that "today" means.

    Example:
        >>> from workspace.question.tokens import tokenize
        >>> period, taken = read_period(tokenize("last month"), 0, datetime(2024, 3, 15))
        >>> str(period.low), str(period.high), taken
        ('2024-02-01', '2024-03-01', 2)
    """
    start = position + 1 if tokens[position].lower == "the" and position + 1 < len(tokens) else position
    for rule in (_iso, _named_day, _relative, _quarter, _month, _decade, _year):
        found = rule(tokens, start, clock.date())
        if found:
            period, taken = found
            words = " ".join(token.text for token in tokens[start : start + taken])
            relative = period.relative
            return Period(period.low, period.high, period.grain, words, relative), taken + start - position
    return None


def resolve(words: str, today: date) -> tuple[date | datetime | None, date | datetime | None] | None:
    """What a stretch of time means on another day: its first day and the day after its last; None for anything else.

    Args:
        words: as kept in a plan's ``period``.
        today: the day to take them from.

    Example:
        >>> [str(day) for day in resolve("last month", date(2024, 3, 15))]
        ['2024-02-01', '2024-03-01']
        >>> [str(day) for day in resolve("last month and the one before", date(2024, 3, 15))]
        ['2024-01-01', '2024-03-01']
    """
    from workspace.question.tokens import tokenize

    if words.endswith(AND_BEFORE):
        edges = resolve(words.removesuffix(AND_BEFORE), today)
        grain = whole(*edges) if edges is not None else None
        return (shift(edges[0], grain, -1), edges[1]) if edges and edges[0] and grain else None
    tokens = tokenize(words)
    found = read_period(tokens, 0, datetime(today.year, today.month, today.day)) if tokens else None
    return (found[0].low, found[0].high) if found is not None and found[1] == len(tokens) else None


def whole(low: date | None, high: date | None) -> Grain | None:
    """The kind of calendar period that ``low <= date < high`` is exactly one of, None where it is none.

    Example:
        >>> whole(date(2024, 2, 1), date(2024, 3, 1)), whole(date(2024, 2, 1), date(2024, 2, 9))
        ('month', None)
    """
    if low is None or high is None or isinstance(low, datetime) or isinstance(high, datetime):
        return None
    grains: tuple[Grain, ...] = ("year", "quarter", "month", "week", "day")
    return next((grain for grain in grains if floor(low, grain) == low and shift(low, grain, 1) == high), None)


def span(day: date, grain: Grain) -> Period:
    """The calendar stretch of size ``grain`` that holds ``day``."""
    low = floor(day, grain)
    return Period(low, shift(low, grain, 1), grain)


def floor(day: date, grain: Grain) -> date:
    """The first day of the stretch that holds ``day``; weeks start on Monday."""
    if grain == "week":
        return day - timedelta(days=day.weekday())
    if grain == "month":
        return day.replace(day=1)
    if grain == "quarter":
        return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    if grain == "year":
        return date(day.year, 1, 1)
    return day


def shift(day: date, grain: Grain, count: int) -> date:
    """``day`` moved by ``count`` units; the day of month is kept where the month has it."""
    if grain in ("day", "hour"):
        return day + timedelta(days=count)
    if grain == "week":
        return day + timedelta(weeks=count)
    months = day.year * 12 + day.month - 1 + count * {"month": 1, "quarter": 3, "year": 12}[grain]
    year, month = divmod(months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def _word(tokens: Sequence[Token], position: int) -> str:
    return tokens[position].lower if position < len(tokens) else ""


def _iso(tokens: Sequence[Token], position: int, today: date) -> tuple[Period, int] | None:
    token = tokens[position]
    if token.kind not in ("date", "quoted"):
        return None
    text = token.text.strip()
    try:
        if match := re.fullmatch(r"(\d{4})-(\d{1,2})", text):
            return span(date(int(match[1]), int(match[2]), 1), "month"), 1
        if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?", text):
            day = date(int(match[1]), int(match[2]), int(match[3]))
            if match[4]:
                moment = datetime(day.year, day.month, day.day, int(match[4]), int(match[5]), int(match[6] or 0))
                return Period(moment, moment + timedelta(seconds=1), "hour"), 1
            return span(day, "day"), 1
        if match := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{2,4})", text):
            first, second, year = int(match[1]), int(match[2]), int(match[3])
            year += 2000 if year < 70 else 1900 if year < 100 else 0
            month, day_number = (first, second) if first <= 12 else (second, first)
            return span(date(year, month, day_number), "day"), 1
    except ValueError:
        return None
    return None


def _named_day(tokens: Sequence[Token], position: int, today: date) -> tuple[Period, int] | None:
    word = tokens[position].lower
    offsets = {"today": 0, "yesterday": -1, "tomorrow": 1}
    if word in offsets:
        found = span(today + timedelta(days=offsets[word]), "day")
        return Period(found.low, found.high, "day", relative=True), 1
    if word == "day" and [_word(tokens, position + i) for i in (1, 2)] == ["before", "yesterday"]:
        found = span(today - timedelta(days=2), "day")
        return Period(found.low, found.high, "day", relative=True), 3
    return None


def _relative(tokens: Sequence[Token], position: int, today: date) -> tuple[Period, int] | None:
    word, after = tokens[position].lower, _word(tokens, position + 1)
    if word in ("ytd", "mtd", "qtd"):
        grain: Grain = {"y": "year", "m": "month", "q": "quarter"}[word[0]]
        return Period(floor(today, grain), today + timedelta(days=1), "day", relative=True), 1
    if after == "to" and word in _UNITS and _word(tokens, position + 2) == "date":
        return Period(floor(today, _UNITS[word]), today + timedelta(days=1), "day", relative=True), 3
    if after in WEEKDAYS and word in (*_LAST, *_THIS, *_NEXT):
        return _weekday(word, WEEKDAYS[after], today), 2
    if after in MONTHS and word in (*_LAST, *_THIS, *_NEXT) and len(after) > 2:
        return _named_month(word, MONTHS[after], today), 2
    if word in (*_LAST, *_THIS, *_NEXT):
        return _unit_period(tokens, position, today)
    number = read_number(tokens, position) or ((1, 1) if word in ("a", "an") else None)
    if number:
        count, taken = number
        unit = _UNITS.get(_word(tokens, position + taken))
        if unit and _word(tokens, position + taken + 1) == "ago" and isinstance(count, int):
            day = shift(today, unit, -count)
            found = span(day, unit if unit in ("month", "year") else "day")
            return Period(found.low, found.high, found.grain, relative=True), taken + 2
    return None


def _unit_period(tokens: Sequence[Token], position: int, today: date) -> tuple[Period, int] | None:
    word, next_position = tokens[position].lower, position + 1
    if next_position >= len(tokens):
        return None
    number = read_number(tokens, next_position)
    if number is None:
        unit = _UNITS.get(_word(tokens, next_position))
        if unit is None or unit == "hour" or _word(tokens, next_position).endswith("s"):
            return None
        count = -1 if word in _LAST else 1 if word in _NEXT else 0
        low = shift(floor(today, unit), unit, count)
        return Period(low, shift(low, unit, 1), unit, relative=True), 2
    count, taken = number
    unit = _UNITS.get(_word(tokens, next_position + taken))
    if unit is None or not isinstance(count, int) or word in _THIS or unit == "hour":
        return None
    if word in _NEXT:
        return Period(today, shift(today, unit, count) + timedelta(days=1), unit, relative=True), taken + 2
    if unit in ("day", "week"):
        # "the past 30 days" ends with today; 30 calendar days in all.
        low = shift(today, unit, -count) + timedelta(days=1)
        return Period(low, today + timedelta(days=1), unit, relative=True), taken + 2
    # "the last 3 months": from the same day three months ago up to today.
    low = shift(today, unit, -count)
    return Period(low, today + timedelta(days=1), unit, relative=True), taken + 2


def _weekday(word: str, weekday: int, today: date) -> Period:
    back = (today.weekday() - weekday) % 7
    if word in _LAST:
        day = today - timedelta(days=back or 7)
    elif word in _NEXT:
        day = today + timedelta(days=7 - back)
    else:
        day = floor(today, "week") + timedelta(days=weekday)
    return Period(day, day + timedelta(days=1), "day", relative=True)


def _named_month(word: str, month: int, today: date) -> Period:
    year = today.year
    if word in _LAST and month >= today.month:
        year -= 1
    elif word in _NEXT and month <= today.month:
        year += 1
    low = date(year, month, 1)
    return Period(low, shift(low, "month", 1), "month", relative=True)


def _quarter(tokens: Sequence[Token], position: int, today: date) -> tuple[Period, int] | None:
    match = re.fullmatch(r"q([1-4])", tokens[position].lower)
    taken = 1
    if not match:
        ordinal = read_ordinal(tokens[position])
        if ordinal is None or ordinal > 4 or _word(tokens, position + 1) != "quarter":
            return None
        quarter, taken = ordinal, 2
    else:
        quarter = int(match[1])
    year, more = _year_after(tokens, position + taken)
    low = date(year or today.year, 3 * quarter - 2, 1)
    return Period(low, shift(low, "quarter", 1), "quarter"), taken + more


def _year_after(tokens: Sequence[Token], position: int) -> tuple[int | None, int]:
    """A year that follows, perhaps after "of" or a comma, and the tokens it takes."""
    for skipped in (0, 1):
        if skipped and _word(tokens, position) not in ("of", ",", "in"):
            break
        word = _word(tokens, position + skipped)
        if re.fullmatch(r"(1[5-9]|20|21)\d\d", word):
            return int(word), skipped + 1
    return None, 0


def _month(tokens: Sequence[Token], position: int, today: date) -> tuple[Period, int] | None:
    word = tokens[position].lower
    if word in MONTHS and not (word in ("may", "mar", "sun") and not tokens[position].capital):
        return _month_first(tokens, position, today)
    # 5 May 2024, the 5th of May
    day = read_ordinal(tokens[position])
    if day is None and tokens[position].kind == "number":
        value = digits(word)
        day = value if isinstance(value, int) else None
    if day is None or not 1 <= day <= 31:
        return None
    taken = 2 if _word(tokens, position + 1) == "of" else 1
    month = MONTHS.get(_word(tokens, position + taken))
    if month is None or (_word(tokens, position + taken) == "may" and not tokens[position + taken].capital):
        return None
    year, more = _year_after(tokens, position + taken + 1)
    return _day(year or today.year, month, day, taken + 1 + more)


def _month_first(tokens: Sequence[Token], position: int, today: date) -> tuple[Period, int] | None:
    month = MONTHS[tokens[position].lower]
    following = tokens[position + 1] if position + 1 < len(tokens) else None
    if following is not None:
        day = read_ordinal(following) if following.kind == "number" else None
        if day is None and re.fullmatch(r"\d{1,2}", following.lower):
            day = int(following.lower)
        if day is not None and 1 <= day <= 31:
            year, more = _year_after(tokens, position + 2)
            return _day(year or today.year, month, day, 2 + more)
    year, more = _year_after(tokens, position + 1)
    if year is None and not tokens[position].capital and len(tokens[position].lower) <= 3:
        return None
    low = date(year or today.year, month, 1)
    return Period(low, shift(low, "month", 1), "month"), 1 + more


def _day(year: int, month: int, day: int, taken: int) -> tuple[Period, int] | None:
    try:
        return span(date(year, month, day), "day"), taken
    except ValueError:
        return None


def _decade(tokens: Sequence[Token], position: int, today: date) -> tuple[Period, int] | None:
    match = re.fullmatch(r"((?:1[5-9]|20)?\d0)s", tokens[position].lower)
    if not match:
        return None
    year = int(match[1])
    if year < 100:
        year += 1900 if year > today.year % 100 else 2000
    return Period(date(year, 1, 1), date(year + 10, 1, 1), "year"), 1


def _year(tokens: Sequence[Token], position: int, today: date) -> tuple[Period, int] | None:
    word, taken = tokens[position].lower, 1
    if word == "year" and position + 1 < len(tokens):
        word, taken = tokens[position + 1].lower, 2
        if word == "of" and position + 2 < len(tokens):
            word, taken = tokens[position + 2].lower, 3
    if re.fullmatch(r"(1[5-9]|20)\d\d", word) and (taken > 1 or tokens[position].kind == "number"):
        year = int(word)
        return Period(date(year, 1, 1), date(year + 1, 1, 1), "year"), taken
    return None
