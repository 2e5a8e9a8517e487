"""How a value is written for a person: one place for prose, tables, charts and exports.

A column is formatted as a whole (`formatter`), so that its figures line up: the number of decimals, whether they are
amounts of money, whether the dates carry a time. Words, separators and month names are English.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from workspace.database.names import parts_of
from workspace.database.units import CURRENCIES

Formatter = Callable[[Any], str]

MISSING = "–"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?\Z")
_MONTH = re.compile(r"(\d{4})-(\d{2})\Z")
_QUARTER = re.compile(r"(\d{4})-?Q([1-4])\Z")
_WEEK = re.compile(r"(\d{4})-W(\d{2})\Z")
_MONEY = re.compile(
    r"(?<![a-z])(revenue|sales|price|amount|cost|total|turnover|salary|wages?|pay|payments?|fees?|profit|spend|spent"
    r"|discount|subtotal|freight|budget|income|balance|value|margin|tax|tip|fare)(?![a-z])"
)
# Numbers that name a thing rather than measure it are written without separators: 2023, 10249, 94040.
_LABEL = re.compile(r"(?<![a-z])(id|ids|year|zip|zipcode|postcode|postal code|code|phone|fax|isbn|key|number|no|nr)\Z")


@dataclass(frozen=True, slots=True)
class Said:
    """A figure in prose: its ``text``, the ``value`` behind it; ``bound`` is False for words out of the plan."""

    text: str
    value: Any = None
    bound: bool = True


def words(name: str) -> str:
    """A column's or table's name in lower-case words.

    Example:
        >>> words("BillingCountry"), words("unit_price"), words("CustomerId")
        ('billing country', 'unit price', 'customer id')
    """
    return " ".join(part.lower() for part in parts_of(name)) or name


def heading(name: str) -> str:
    """A column's name as the heading of a table: the person's own words as they are, a database's name in words.

    Example:
        >>> heading("revenue"), heading("BillingCountry"), heading("invoice_id"), heading("Share of revenue")
        ('Revenue', 'Billing country', 'Invoice ID', 'Share of revenue')
    """
    text = " ".join(name.split()) if " " in name.strip() else words(name)
    text = re.sub(r"\bids?\b", lambda match: "ID" + match.group()[2:], text)
    return text[:1].upper() + text[1:]


def show(
    value: Any, format: str = "", *, name: str = "", kind: str = "", places: int | None = None, unit: str = ""
) -> str:
    """One value as a person would write it; for whole columns use `formatter`.

    Args:
        value: a cell.
        format: one of `workspace.artifact.model.Format`.
        name: the column's name; it tells identifiers, years and amounts of money from plain numbers.
        kind: the column's kind, as in `workspace.database.result.ResultColumn`.
        places: decimals of a number; as many as the values need when None.
        unit: written beside a number: a currency before it, "%" and "°" right after it, any other behind a space.

    Example:
        >>> show(-1234.5, places=0, unit="€"), show(3, unit="days"), show(0.2246, "percent", places=2)
        ('−€1,235', '3\xa0days', '22.46%')
        >>> show(1234567), show(0.2246, "percent"), show("2023-01", "period"), show(None), show(b"x" * 12_000)
        ('1,234,567', '22.5%', 'Jan 2023', '–', 'binary, 12 kB')
    """
    return formatter((value,), format, name=name, kind=kind, places=places, unit=unit)(value)


def formatter(
    values: Iterable[Any],
    format: str = "",
    *,
    name: str = "",
    kind: str = "",
    places: int | None = None,
    unit: str = "",
) -> Formatter:
    """A function that writes any value of one column, consistently over the whole column.

    Args:
        values: the column's values; they decide on decimals and on whether text is dates.
        format, name, kind, places, unit: as in `show`.

    Example:
        >>> write = formatter((523.06, 303.96, 39.62000000000001), name="revenue")
        >>> write(523.06), write(39.62000000000001), write(2328.6)
        ('523.06', '39.62', '2,328.60')
    """
    column = [value for value in values if value is not None]
    if format == "text":
        return _guard(_plain)
    if format == "period":
        label = words(name)
        return _guard(lambda value: period(value, label))
    kinds = set(map(type, column))
    numbers = _fractions(column) if kinds - {int, str, bytes, bool} else []
    if format == "percent":
        return _guard(_percents(numbers, places))
    named = "amount" if unit in CURRENCIES else words(name)
    write = _numbers(numbers, format, named, places)
    write = _in_unit(write, unit) if unit else write
    dates = format == "date" or kind in ("date", "datetime") or (kinds == {str} and _all_dates(column))
    timed = dates and str in kinds and any(_has_time(value) for value in column)
    return _guard(lambda value: _one(value, write, dates, timed, format == "date"))


def number(value: Any) -> float | None:
    """A value as a number, also where it is kept as text; None for what is none.

    Example:
        >>> number(3), number(" .787 "), number("12 t"), number(None)
        (3.0, 0.787, None, None)
    """
    if isinstance(value, str) and not re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)\s*", value):
        return None
    return float(value) if isinstance(value, int | float | str) else None


def period(value: Any, name: str = "") -> str:
    """A bucket of time as people write it.

    Args:
        value: 2023, "2023-01", "2023-Q1", "2024-W07", "2024-03-05"; or the number of a month,
            weekday (1 is Monday) or hour.
        name: the column's name in words; it tells which of the last three a small number is.

    Example:
        >>> period("2023-Q1"), period("2024-W07"), period(2023), period(3, "month"), period(1, "weekday")
        ('Q1 2023', 'week 7, 2024', '2023', 'March', 'Monday')
    """
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
    if text.isdigit() and len(text) <= 2:
        return _cyclic(int(text), name) or text
    if match := _MONTH.match(text):
        month = int(match[2])
        return f"{MONTHS[month - 1]} {match[1]}" if 1 <= month <= 12 else text
    if match := _QUARTER.match(text):
        return f"Q{match[2]} {match[1]}"
    if match := _WEEK.match(text):
        return f"week {int(match[2])}, {match[1]}"
    return _date(text, timed=_has_time(text)) or text


def clock(moment: str, *, zone: tzinfo | None = None) -> str:
    """The time of day, "14:03", of a UTC time in ISO 8601; in ``zone``, by default the machine's.

    Example:
        >>> clock("2026-11-03T14:03:20Z", zone=UTC)
        '14:03'
    """
    return f"{_moment(moment, zone):%H:%M}"


def day(moment: str, *, zone: tzinfo | None = None) -> str:
    """The date, "3 Nov 2026", of a UTC time in ISO 8601; in ``zone``, by default the machine's.

    Example:
        >>> day("2026-11-03T14:03:20+00:00", zone=UTC)
        '3 Nov 2026'
    """
    at = _moment(moment, zone)
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}"


def around(unit: str) -> tuple[str, str]:
    """What stands before and after a figure in a unit.

    Example:
        >>> around("€"), around("CHF"), around("%"), around("kg")
        (('€', ''), ('CHF\xa0', ''), ('', '%'), ('', '\xa0kg'))
    """
    if unit in CURRENCIES:
        return (f"{unit}\xa0" if unit.isalpha() else unit), ""
    return ("", unit if unit[:1] in ("", "%", "°", "‰") else f"\xa0{unit}")


def is_label(name: str) -> bool:
    """Does a column of numbers with this name name things (an id, a year, a code) rather than measure them?"""
    return bool(_LABEL.search(words(name)))


def is_money(name: str) -> bool:
    """Does the name speak of an amount of money?"""
    return bool(_MONEY.search(words(name)))


# ---------------------------------------------------------------------------------------------------- the parts
def _guard(write: Formatter) -> Formatter:
    def guarded(value: Any) -> str:
        if value is None:
            return MISSING
        if isinstance(value, bool):
            return "Yes" if value else "No"
        if isinstance(value, bytes | bytearray | memoryview):
            return f"binary, {_size(len(value))}"
        if isinstance(value, float) and not math.isfinite(value):
            return MISSING if math.isnan(value) else ("∞" if value > 0 else "−∞")
        return write(value)

    return guarded


def _one(value: Any, write: Formatter, dates: bool, timed: bool, asked: bool) -> str:
    if isinstance(value, int | float):
        return (_epoch(value) if asked else "") or write(value)
    text = str(value)
    return (_date(text.strip(), timed=timed) if dates else "") or _plain(text)


def _plain(value: Any) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    text = str(value)
    # Control characters would vanish or break a line of an export, half characters cannot be written at all; a visible
    # mark keeps the cell honest.
    return _UNFIT.sub("\ufffd", text)


def _fractions(column: list[Any]) -> list[float]:
    """The numbers of a column that has fractions; whole ones alone decide nothing about decimals.

    What is noise beyond fifteen digits does not either: a file keeps no more, and has to read as the page does.
    """
    finite = [v for v in column if isinstance(v, int | float) and not isinstance(v, bool) and _finite(v)]
    return list(map(float, map("%.15g".__mod__, finite)))


def _in_unit(write: Formatter, unit: str) -> Formatter:
    before, after = around(unit)

    def written(value: Any) -> str:
        text = write(value)
        return f"−{before}{text[1:]}{after}" if text.startswith("−") else f"{before}{text}{after}"

    return written


def _numbers(numbers: list[float], format: str, name: str, places: int | None = None) -> Formatter:
    if places is not None:
        return lambda value: _signed(f"{value:,}" if isinstance(value, int) and not places else _fixed(value, places))
    if format in ("", "integer") and _LABEL.search(name) and all(float(n).is_integer() for n in numbers):
        return lambda value: _signed(f"{int(value)}")
    places = _places(numbers, name)
    if format == "decimal":
        places = max(places, 1)

    def write(value: Any) -> str:
        if isinstance(value, int) and not places:
            return _signed(f"{value:,}")
        text = _fixed(value, places)
        if value and not float(text.replace(",", "")):
            text = f"{value:.2g}"  # a small figure in a column of large ones is still not nought
        return _signed(text)

    return write


def _fixed(value: float, places: int) -> str:
    """With that many decimals, halves away from nought, as people and spreadsheets round: 0.125 is 0.13, 2.675 is 2.68.

    What stands beyond fifteen digits is noise and does not decide.
    """
    if isinstance(value, float):
        digits = f"{value:.15g}"
        if digits.endswith("5") and len(digits.partition(".")[2]) == places + 1 and "e" not in digits:
            return f"{Decimal(digits).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,}"
    return f"{value:,.{places}f}"


def _places(numbers: list[float], name: str) -> int:
    """How many decimals a column needs: amounts two, other figures three significant digits or so."""
    if all(float(n).is_integer() for n in numbers):
        return 0
    if _MONEY.search(name) or all(math.isclose(n, round(n, 2), abs_tol=1e-9, rel_tol=1e-12) for n in numbers):
        tenths = not _MONEY.search(name) and all(math.isclose(n, round(n, 1), abs_tol=1e-9) for n in numbers)
        largest = max(abs(n) for n in numbers)
        return 1 if tenths else 2 if largest >= 0.01 else 6
    largest = max(abs(n) for n in numbers)
    if largest >= 10_000:
        return 0
    if largest >= 100:
        return 1
    if largest >= 1:
        return 2
    return min(8, 2 - math.floor(math.log10(largest))) if largest else 2


def _percents(numbers: list[float], places: int | None = None) -> Formatter:
    whole = all(math.isclose(n * 100, round(n * 100), abs_tol=1e-9) for n in numbers)

    def write(value: Any) -> str:
        if not isinstance(value, int | float):
            return _plain(value)
        text = _fixed(value * 100, places if places is not None else 0 if whole else 1)
        if value and places is None and not float(text.replace(",", "")):
            text = f"{value * 100:.1g}" if abs(value) >= 1e-7 else "<0.00001"
        return _signed(text) + "%"

    return write


def _signed(text: str) -> str:
    if text.strip("-0.,") == "":
        text = text.lstrip("-")
    return "−" + text[1:] if text.startswith("-") else text


def _size(count: int) -> str:
    if count < 1000:
        return f"{count} B"
    return f"{count / 1000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def _all_dates(column: list[Any]) -> bool:
    return bool(column) and all(isinstance(v, str) and len(v) >= 10 and _DATE.match(v.strip()) for v in column)


def _has_time(value: Any) -> bool:
    match = _DATE.match(str(value).strip())
    return bool(match and match[4] and (match[4], match[5], match[6] or "00") != ("00", "00", "00"))


def _date(text: str, *, timed: bool) -> str:
    match = _DATE.match(text)
    if not match or not 1 <= int(match[2]) <= 12 or not 1 <= int(match[3]) <= 31:
        return ""
    date = f"{int(match[3])} {MONTHS[int(match[2]) - 1]} {match[1]}"
    return f"{date}, {match[4] or '00'}:{match[5] or '00'}" if timed else date


def _epoch(value: float) -> str:
    """A date kept as a number: seconds or milliseconds since 1970."""
    seconds = value / 1000 if abs(value) >= 1e11 else value
    if not 1e8 <= abs(seconds) < 2.5e11:
        return ""
    at = datetime.fromtimestamp(seconds, UTC)
    return _date(f"{at:%Y-%m-%d %H:%M}", timed=bool(at.hour or at.minute))


def _cyclic(number: int, name: str) -> str:
    if "month" in name and 1 <= number <= 12:
        return MONTH_NAMES[number - 1]
    if ("weekday" in name or "day of week" in name or "day" in name) and 1 <= number <= 7:
        return WEEKDAYS[number - 1]
    if "hour" in name and 0 <= number <= 23:
        return f"{number:02d}:00"
    return f"Q{number}" if "quarter" in name and 1 <= number <= 4 else ""


def _moment(moment: str, zone: tzinfo | None) -> datetime:
    at = datetime.fromisoformat(moment)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(zone)


def _finite(value: float) -> bool:
    return isinstance(value, int) or math.isfinite(value)
