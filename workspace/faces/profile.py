"""A column in words: of which kind it is, and what it holds."""

from __future__ import annotations

from typing import Any

KINDS = {
    "integer": "whole number",
    "real": "number",
    "boolean": "yes or no",
    "date": "date",
    "datetime": "date and time",
    "time": "time of day",
    "text": "text",
    "blob": "binary",
}


def holds(column: Any, rows: int) -> str:
    """What a column holds, in a few words: its range, or its most common values, and how much is missing."""
    profile = column.profile
    parts = []
    ranged = column.kind in ("integer", "real", "date", "datetime", "time") and profile.minimum is not None
    if column.description:
        parts.append(column.description)
    about = "" if profile.bounded else "about "
    if ranged:
        parts.append(f"{about}{_short(profile.minimum)} to {_short(profile.maximum)}")
    elif profile.common and _few(profile.distinct, rows) and column.kind != "blob":
        shown = ", ".join(_short(value) for value, _ in profile.common[:4] if value is not None)
        more = profile.distinct - min(4, len(profile.common))
        parts.append(shown + (f" and {more:,} more" if more > 0 else ""))
    elif profile.distinct:
        parts.append(f"{'' if profile.exact else 'about '}{profile.distinct:,} different")
    if profile.nulls:
        parts.append(f"{about}{profile.nulls:,} missing")
    return " · ".join(parts)


def _few(distinct: int, rows: int) -> bool:
    """Do the values repeat, so that the most common ones say something of the column?"""
    return distinct <= 12 or distinct * 5 <= rows


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}" if abs(value) >= 10_000 else str(value)
    text = str(value).removesuffix(" 00:00:00")
    return text if len(text) <= 32 else text[:31] + "…"
