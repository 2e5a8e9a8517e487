"""Times as people say them, in the zone of the reader's browser."""

from __future__ import annotations

from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st


def zone() -> tzinfo | None:
    """The reader's time zone; None for the machine's."""
    try:
        return ZoneInfo(st.context.timezone) if st.context.timezone else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


def day(moment: datetime, *, now: datetime | None = None) -> str:
    """``14:03`` today, ``yesterday``, ``3 Nov``, ``3 Nov 2025``.

    Args:
        moment: with its zone.
        now: with its zone; the machine's time by default.
    """
    place = zone()
    local, today = moment.astimezone(place), (now or datetime.now().astimezone()).astimezone(place)
    days = (today.date() - local.date()).days
    if days == 0:
        return f"today at {local:%H:%M}"
    if days == 1:
        return "yesterday"
    return f"{local.day} {local:%b}" if local.year == today.year else f"{local.day} {local:%b %Y}"


def date(moment: datetime) -> str:
    """``3 Nov 2026``, whether past or to come."""
    local = moment.astimezone(zone())
    return f"{local.day} {local:%b %Y}"


def ahead(moment: datetime) -> str:
    """A time to come, with its day: ``30 Nov 2026 at 9:00``."""
    local = moment.astimezone(zone())
    return f"{local.day} {local:%b %Y} at {local.hour}:{local:%M}"


def clock(moment: str) -> str:
    """The time of day, ``14:03``, of a UTC time in ISO 8601."""
    return f"{datetime.fromisoformat(moment).astimezone(zone()):%H:%M}"
