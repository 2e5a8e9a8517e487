"""Names, values and periods of a database in words that a person reads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache

from workspace.database.names import invariable

_PARTS = re.compile(r"[\W_]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_IDS = ("id", "key", "no", "nr", "pk", "fk")
_SAME = (
    "series", "species", "news", "status", "address", "media", "data", "sales", "staff", "people", "details", "weather",
    "traffic", "inventory", "equipment", "taxis", "stock", "feedback",
)  # fmt: skip
_ODD = {
    "person": "people", "child": "children", "man": "men", "woman": "women", "foot": "feet", "tooth": "teeth",
    "mouse": "mice", "analysis": "analyses", "basis": "bases", "crisis": "crises", "status": "statuses",
    "address": "addresses", "bus": "buses", "process": "processes", "class": "classes", "business": "businesses",
    "movie": "movies", "series": "series", "species": "species", "campus": "campuses", "bonus": "bonuses",
}  # fmt: skip
_BACK = {many: one for one, many in _ODD.items()}

_GATHERED = {"avg": "average", "sum": "total", "min": "lowest", "max": "highest", "count": "number of"}


def gathered(function: str, name: str) -> str:
    """What a figure is called that is gathered so; a name that has the word already says it once.

    Example:
        >>> gathered("sum", "freight"), gathered("sum", "total"), gathered("sum", "Grand Total")
        ('total freight', 'total', 'Grand Total')
    """
    word = _GATHERED[function]
    return name if f" {word} " in f" {name.lower()} " else f"{word} {name}"


@lru_cache(maxsize=4096)
def title(name: str) -> str:
    """A table's or column's name as words: InvoiceDate is invoice date, CustomerId is customer.

    Example:
        >>> title("InvoiceDate"), title("customer_id"), title("ID")
        ('invoice date', 'customer', 'id')
    """
    parts = [part for part in _PARTS.split(name) if part]
    if not parts:
        return name.strip().lower()
    if all(part.isupper() for part in parts):
        parts = [part.lower() for part in parts]
    words = [part if part.isupper() and 1 < len(part) < 4 and part != "ID" else part.lower() for part in parts]
    if len(words) > 1 and words[-1].lower() in _IDS:
        words = words[:-1]
    return " ".join(words)


@lru_cache(maxsize=4096)
def singular(words: str) -> str:
    """The last word in the singular: "invoice lines" is "invoice line"."""
    if invariable(words):
        return words
    head, _, last = words.rpartition(" ")
    lower = last.lower()
    if lower in _BACK:
        one = _BACK[lower]
    elif (
        lower in _SAME
        or lower in _ODD
        or lower.endswith(("ss", "us", "is"))
        or not lower.endswith("s")
        or len(lower) < 4
    ):
        one = last
    elif lower.endswith("ies") and len(lower) > 4:
        one = last[:-3] + "y"
    elif lower.endswith(("ches", "shes", "sses", "xes", "zes")):
        one = last[:-2]
    else:
        one = last[:-1]
    return f"{head} {one}".strip()


@lru_cache(maxsize=4096)
def plural(words: str) -> str:
    """The last word in the plural: "category" is "categories"."""
    if invariable(words):
        return words
    single = singular(words)
    head, _, last = single.rpartition(" ")
    lower = last.lower()
    if lower in _ODD:
        many = _ODD[lower]
    elif lower in _SAME:
        many = last
    elif lower.endswith("y") and lower[-2:-1] not in "aeiou":
        many = last[:-1] + "ies"
    elif lower.endswith(("s", "x", "z", "ch", "sh")):
        many = last + "es"
    else:
        many = last + "s"
    return f"{head} {many}".strip()


def number(value: float) -> str:
    """1234.5 is 1,234.5; whole numbers have no fraction.

    Example:
        >>> number(1234567), number(0.25)
        ('1,234,567', '0.25')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) or float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.10g}" if abs(value) < 1e9 else f"{value:,.2f}"


def day(value: date, *, year: bool = True) -> str:
    return f"{value.day} {_MONTHS[value.month - 1]}" + (f" {value.year}" if year else "")


def moment(text: str) -> str:
    """An ISO date or time as people write it; anything else as it is."""
    found = _parse(text)
    if found is None:
        return text
    clock = "" if len(text) <= 10 or found.time().isoformat() == "00:00:00" else f" {found:%H:%M}"
    return day(found) + clock


def _parse(text: str) -> datetime | None:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?", text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def span(low: str, high: str, *, closed: bool = False) -> str:
    """The time from ``low`` up to ``high`` in words, "in" or "from" included.

    Example:
        >>> span("2023-01-01", "2024-01-01"), span("2024-03-01", "2024-03-11")
        ('in 2023', 'from 1 to 10 Mar 2024')
    """
    start, end = _parse(low), _parse(high)
    if start is None or end is None:
        return f"from {low} to {high}" if closed else f"from {low} to before {high}"
    if closed:
        end += timedelta(days=1)
    if start.time() != datetime.min.time() or end.time() != datetime.min.time():
        return f"from {moment(low)} to {moment(high)}"
    last = end - timedelta(days=1)
    if last <= start:
        return f"on {day(start)}"
    if start.day == 1 and end.day == 1:
        months = (end.year - start.year) * 12 + end.month - start.month
        if months == 1:
            return f"in {start:%B} {start.year}"
        if months == 3 and start.month % 3 == 1:
            return f"in Q{start.month // 3 + 1} {start.year}"
        if months == 12 and start.month == 1:
            return f"in {start.year}"
        if start.month == end.month == 1:
            return f"from {start.year} to {last.year}"
        return f"from {start:%b} {start.year} to {last:%b} {last.year}"
    if start.year == last.year and start.month == last.month:
        return f"from {start.day} to {day(last)}"
    return f"from {day(start, year=start.year != last.year)} to {day(last)}"


def listed(items: Sequence[str], word: str = "and") -> str:
    """ "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {word} {items[-1]}"
