"""Recurrences in words: "every Monday at 9", "weekdays at 8:30", "monthly on the 1st", "every other week", "hourly".

`recurrence_in` finds where in a text one is said and which it is; what stands beside it is somebody else's to read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, time

from workspace.question.dates import MONTHS, WEEKDAYS
from workspace.question.numbers import ORDINALS
from workspace.question.recurrence import LAST, MORNING, WEEKEND, WORKDAYS, Recurrence, Unit, zone_of

_SHORT = {name[:3]: number for name, number in WEEKDAYS.items()} | {"tues": 1, "wednes": 2, "thur": 3, "thurs": 3}
_DAYS = WEEKDAYS | _SHORT
_DAY = "(?:" + "|".join(sorted(_DAYS, key=len, reverse=True)) + r")\.?s?"
_MONTH = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + ")"
_AND = r"(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s*&\s*|\s*/\s*|\s+)"
_DAY_LIST = rf"{_DAY}(?:{_AND}{_DAY})*"
_EACH = r"(?:every|each|once\s+(?:a|per|every|each)|on\s+each)"
_COUNTS = {"other": 2, "second": 2, "two": 2, "three": 3, "third": 3, "four": 4, "fourth": 4, "six": 6, "sixth": 6}
_COUNT = r"(?:other|second|third|fourth|sixth|two|three|four|six|\d{1,3}(?:st|nd|rd|th)?)"
_NTH = "(?:" + "|".join([*ORDINALS, "last", r"\d{1,2}(?:st|nd|rd|th)"]) + ")"
_NTH_LIST = rf"(?:the\s+)?{_NTH}(?:{_AND}(?:the\s+)?{_NTH})*"
_CLOCK = r"(?:noon|midday|midnight|\d{1,2}(?:[:.h]\d{2})?(?:\s*(?:am|pm|a\.m\.|p\.m\.|o'?\s?clock|h))?(?![\w%]))"
_OF = r"\s+(?:of|in)\s+(?:each|every|the|a)\s+"
_WORK = r"week-?days?|work(?:ing)?\s?-?days?|business\s+days?"
_PART = {"morning": time(9), "noon": time(12), "midday": time(12), "afternoon": time(15), "evening": time(18),
         "night": time(22)}  # fmt: skip
_PARTS = "|".join(_PART)
_AT = (
    rf"(?:\s*,?\s*(?:at|@|around|by|from)\s+{_CLOCK}(?:(?:\s*,\s*|\s+and\s+(?:at\s+)?){_CLOCK})*"
    rf"|\s+in\s+the\s+(?:{_PARTS})|\s+at\s+night|\s+(?:{_PARTS})s?)"
)
_ZONE = r"(?:\s+(?:\(?(?P<zone>UTC|GMT|[A-Z][A-Za-z_]+/[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_]+)?)\)?(?:\s+time)?))"

# Each stands for a recurrence without its times; the first that fits at the earliest place, and longest, is taken.
_FORMS: tuple[tuple[str, str], ...] = (
    ("nth", rf"(?:on\s+|{_EACH}\s+)?(?:the\s+)?(?P<nth>{_NTH})\s+(?P<nthday>{_DAY}){_OF}month"),
    (
        "months",
        rf"(?:on\s+)?(?P<mdays>{_NTH_LIST})(?:\s+day)?{_OF}(?P<mcount>{_COUNT}\s+)?(?P<munit>month|quarter|year)",
    ),
    ("end", rf"(?:at|on|by)\s+(?:the\s+)?(?P<edge>end|start|beginning){_OF}(?P<eunit>month|quarter|year|week)"),
    (
        "monthly",
        rf"(?:{_EACH}\s+(?P<hcount>{_COUNT}\s+)?(?P<hunit>months?|quarters?|years?)"
        r"|(?P<hword>monthly|quarterly|yearly|annually))"
        rf"(?:\s*,?\s+on\s+(?P<hdays>{_NTH_LIST})(?:\s+day)?(?:\s+(?P<hday>{_DAY}))?)?",
    ),
    (
        "yearly",
        rf"{_EACH}\s+(?:year\s+on\s+(?:the\s+)?)?(?:(?P<ymonth>{_MONTH})\s+(?P<yday>\d{{1,2}})(?:st|nd|rd|th)?"
        rf"|(?P<yday2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<ymonth2>{_MONTH}))",
    ),
    (
        "weeks",
        rf"(?:{_EACH}\s+(?P<wcount>{_COUNT}\s+)?weeks?|(?P<wword>weekly|fortnightly|biweekly|bi-weekly))"
        rf"(?:\s*,?\s+on\s+(?P<wdays>{_DAY_LIST}))?",
    ),
    ("workdays", rf"(?:(?:every|each|on|once\s+a)\s+)?(?:(?P<work>{_WORK})|(?P<weekend>week-?ends?))"),
    (
        "range",
        rf"(?:every\s+day\s+|on\s+)?(?:from\s+)?(?P<from>{_DAY})\s*(?:to|through|until|till|-|–)\s*(?P<to>{_DAY})",
    ),
    ("weekdays", rf"(?:{_EACH}|on)\s+(?P<dcount>other\s+|second\s+)?(?P<days>{_DAY_LIST})"),
    (
        "hours",
        rf"(?:{_EACH}\s+(?:(?P<scount>{_COUNT}|half|half\s+an)\s+)?(?P<sunit>minutes?|mins?|hours?|hrs?)"
        r"|(?P<sword>hourly))",
    ),
    (
        "daily",
        rf"(?:{_EACH}\s+(?P<ncount>{_COUNT}\s+)?days?|daily|day\s+by\s+day|{_EACH}\s+(?P<npart>{_PARTS})|nightly)",
    ),
)
_COMPILED = tuple((name, re.compile(rf"(?<![\w-]){form}(?![\w-])", re.IGNORECASE)) for name, form in _FORMS)
_TIMES = re.compile(_AT, re.IGNORECASE)
_ZONED = re.compile(_ZONE)
_BEFORE = re.compile(rf"(?:(?:at|@)\s+{_CLOCK}(?:\s+and\s+{_CLOCK})*)\s*,?\s*\Z", re.IGNORECASE)
_ONE_CLOCK = re.compile(_CLOCK, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """A recurrence in a text, and from where to where it is said; ``problem`` where it cannot be, in one sentence."""

    start: int
    end: int
    recurrence: Recurrence
    problem: str = ""
    timed: bool = False  # a time of the day was said


def recurrence_in(text: str, zone: str = "UTC", today: date | None = None) -> Found | None:
    """The first recurrence that a text says, None for none.

    Args:
        text: in plain words.
        zone: IANA name of the zone that its times are of, unless it names one.
        today: what every second week is counted from.

    Example:
        >>> found = recurrence_in("send me this every Monday at 9", "Europe/Berlin")
        >>> found.recurrence.said(), found.start
        ('every Monday at 9:00', 13)
    """
    best: tuple[str, re.Match[str]] | None = None
    for name, pattern in _COMPILED:
        match = pattern.search(text)
        if match and (best is None or (match.start(), -match.end()) < (best[1].start(), -best[1].end())):
            best = name, match
    if best is None:
        return None
    name, match = best
    start, end = match.span()
    times: tuple[time, ...] = ()
    said = _TIMES.match(text, end)
    if said is not None:
        times, end = _times(said.group()), said.end()
    elif (before := _BEFORE.search(text[:start])) is not None:
        times, start = _times(before.group()), before.start()
    if (zoned := _ZONED.match(text, end)) is not None:
        zone, end = {"GMT": "UTC"}.get(zoned["zone"], zoned["zone"]), zoned.end()
    made, problem = _made(name, match, (today or date.today()).isoformat())
    named = match.groupdict()
    part = _PART.get((named.get("npart") or "").lower(), MORNING)
    if name == "daily" and match.group().lower() == "nightly":
        part = _PART["night"]
    made = replace(made, times=(times or (part,)) if made.of_the_clock else (), zone=zone)
    if said is not None and not times:
        problem = f"“{said.group().strip()}” is no time of the day."
    try:
        zone_of(zone)
    except ValueError:
        problem = f"There is no time zone {zone}."
    return Found(start, end, made, problem, bool(times))


def _made(name: str, match: re.Match[str], today: str) -> tuple[Recurrence, str]:
    """The recurrence of a form, without times, and what is wrong with it."""
    found = {key: (value or "").strip().lower() for key, value in match.groupdict().items()}
    if name == "nth":
        return Recurrence("month", weekdays=_weekdays(found["nthday"]), nth=_nth(found["nth"])), ""
    if name == "months":
        return _monthly(_days(found["mdays"]), found["munit"], found["mcount"], today)
    if name == "end":
        return _edge(found["edge"], found["eunit"], today)
    if name == "monthly":
        unit = found["hunit"].rstrip("s") or {"monthly": "month", "quarterly": "quarter"}.get(found["hword"], "year")
        if found["hday"]:
            return Recurrence("month", weekdays=_weekdays(found["hday"]), nth=_nth(found["hdays"].split()[-1])), ""
        return _monthly(_days(found["hdays"]) or (1,), unit, found["hcount"], today)
    if name == "yearly":
        month, day = MONTHS[found["ymonth"] or found["ymonth2"]], int(found["yday"] or found["yday2"])
        longest = 29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31
        problem = "" if 1 <= day <= longest else f"“{match.group()}” is no day of the year."
        return Recurrence("month", 12, days=(min(max(day, 1), longest),), months=(month,)), problem
    if name == "weeks":
        every = 2 if found["wword"] in ("fortnightly", "biweekly", "bi-weekly") else _count(found["wcount"])
        return _counted(Recurrence("week", every, _weekdays(found["wdays"]) or (0,), since=today if every > 1 else ""))
    if name == "workdays":
        return Recurrence("week", weekdays=WORKDAYS if found["work"] else WEEKEND), ""
    if name == "range":
        low, high = _weekdays(found["from"])[0], _weekdays(found["to"])[0]
        return Recurrence("week", weekdays=tuple(sorted((low + n) % 7 for n in range((high - low) % 7 + 1)))), ""
    if name == "weekdays":
        every = 2 if found["dcount"] else 1
        return Recurrence("week", every, _weekdays(found["days"]), since=today if every > 1 else ""), ""
    if name == "hours":
        if found["scount"].startswith("half"):
            return Recurrence("minute", 30), ""
        unit: Unit = "minute" if found["sunit"].startswith("min") else "hour"
        return _counted(Recurrence(unit, _count(found["scount"])))
    every = _count(found["ncount"])
    return _counted(Recurrence("day", every, since=today if every > 1 else ""))


def _monthly(days: tuple[int, ...], unit: str, count: str, today: str) -> tuple[Recurrence, str]:
    every = _count(count) * {"month": 1, "quarter": 3, "year": 12}[unit]
    wrong = next((day for day in days if not (1 <= day <= 31 or day == LAST)), None)
    problem = f"A month has no day {wrong}." if wrong is not None else ""
    kept = tuple(dict.fromkeys(day for day in days if 1 <= day <= 31 or day == LAST)) or (1,)
    months = {3: (1, 4, 7, 10), 12: (1,)}.get(every, ()) if _count(count) == 1 else ()
    made, fault = _counted(Recurrence("month", every, days=kept, since=today if every > 1 and not months else ""))
    return replace(made, months=months), problem or fault


def _edge(edge: str, unit: str, today: str) -> tuple[Recurrence, str]:
    end = edge == "end"
    if unit == "week":
        return Recurrence("week", weekdays=(4,) if end else (0,)), ""
    made, problem = _monthly((LAST,) if end else (1,), unit, "", today)
    if end and unit != "month":
        made = replace(made, months=(3, 6, 9, 12) if unit == "quarter" else (12,))
    return made, problem


def _counted(made: Recurrence) -> tuple[Recurrence, str]:
    if made.every < 1:
        return replace(made, every=1), "That is no interval; say every 2 hours, for instance."
    return made, ""


def _count(text: str) -> int:
    word = text.strip()
    return _COUNTS.get(word, int(digits) if (digits := re.sub(r"\D", "", word)) else 1)


def _weekdays(text: str) -> tuple[int, ...]:
    names = re.findall(_DAY, text, re.IGNORECASE)
    return tuple(sorted({_weekday(name) for name in names}))


def _weekday(name: str) -> int:
    word = name.lower().rstrip(".")
    return _DAYS[word] if word in _DAYS else _DAYS[word.rstrip("s")]


def _nth(word: str) -> int:
    return LAST if word.lower() == "last" else ORDINALS.get(word.lower(), int(re.sub(r"\D", "", word) or 1))


def _days(text: str) -> tuple[int, ...]:
    return tuple(_nth(word) for word in re.findall(_NTH, text, re.IGNORECASE))


def _times(text: str) -> tuple[time, ...]:
    """The times of the day in a stretch of words; () where one is none."""
    for word, part in _PART.items():
        if re.search(rf"\b{word}s?\b", text, re.IGNORECASE) and not re.search(r"\d", text):
            return (part,)
    found = [_clock(match.group()) for match in _ONE_CLOCK.finditer(text)]
    kept = [one for one in found if one is not None]
    return tuple(sorted(set(kept))) if len(kept) == len(found) else ()


def _clock(text: str) -> time | None:
    word = text.lower().strip()
    if word in ("noon", "midday", "midnight"):
        return time(0 if word == "midnight" else 12)
    match = re.match(r"(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm|a\.m\.|p\.m\.)?", word)
    if match is None:
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").replace(".", "")
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None
