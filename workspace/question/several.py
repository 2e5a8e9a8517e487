"""Two questions in one breath: "revenue per month and top customers" is no single result."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from workspace.question.reading import Option, Readings

# A part that is a question of its own: what is ranked, or a figure with what it is taken per.
_RANKED = r"(?:the\s+)?(?:top|best|worst|bottom|leading|biggest|largest|smallest)\s+(?:\d+\s+)?[a-z]"
_GROUPED = r"(?!(?:by|per|for|of|in|with|their|its|the\s+same)\s)\S.*\s(?:per|by|for\s+each|in\s+each)\s+\S"
_WHOLE = re.compile(rf"(?:{_RANKED}|{_GROUPED})", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*[,;]\s*(?:and\s+)?|\s+(?:and(?:\s+also)?|as\s+well\s+as|plus)\s+", re.IGNORECASE)
# "orders and returns per month": what is said last holds for both.
_SHARED = re.compile(
    r"(?P<one>\S+(?:\s\S+)?)\s+(?:and|&|vs\.?|versus)\s+(?P<other>(?!(?:their|its|the)\s)\S+(?:\s\S+)?)\s+(?P<rest>(?:per|by|in|since|during|last|this)\s.+)",
    re.IGNORECASE,
)
MOST = 4


def parts_of(text: str) -> tuple[str, ...]:
    """The questions that the words may be, none when they are one.

    Example:
        >>> parts_of("revenue per month and top customers"), parts_of("revenue per category and year")
        (('revenue per month', 'top customers'), ())
    """
    parts = tuple(part for part in _BETWEEN.split(_plain(text)) if part)
    whole = 1 < len(parts) <= MOST and all(_WHOLE.match(part) for part in parts)
    return parts if whole else ()


def shared_parts(text: str) -> tuple[str, ...]:
    """The two questions of two things with one thing said of both, none for other words.

    Example:
        >>> shared_parts("orders and returns per month")
        ('orders per month', 'returns per month')
    """
    match = _SHARED.fullmatch(_plain(text))
    return (f"{match['one']} {match['rest']}", f"{match['other']} {match['rest']}") if match else ()


def _plain(text: str) -> str:
    return " ".join(text.split()).rstrip("?.! ")


def asked_apart(text: str, readings: Readings, read: Callable[[str], Readings]) -> Readings:
    """The readings with the choice between the questions in ``text``, where each can be answered by itself.

    Args:
        text: what the person wrote.
        readings: of all of it together.
        read: reads a part.
    """
    found = [(part, read(part)) for part in parts_of(text) or shared_parts(text)]
    if not found or any(one.action != "answer" or one.unused or one.best is None for _, one in found):
        return readings
    plans = [one.best.plan for _, one in found if one.best is not None]
    figures = len(readings.best.plan.measures) if readings.best is not None else 0
    if readings.action == "answer" and (figures >= len(plans) or not all(plan.measures for plan in plans)):
        return readings
    if len({(plan.group, plan.limit, plan.root) for plan in plans}) < len(plans):
        return readings  # of the same things
    count = {2: "two", 3: "three"}.get(len(plans), "four")
    message = f"These are {count} questions. Which one first? “A report with {_plain(text)}” shows them on one page."
    choices = tuple(Option(part[:1].upper() + part[1:], plan) for (part, _), plan in zip(found, plans, strict=True))
    return replace(readings, action="clarify", message=message, choices=choices)
