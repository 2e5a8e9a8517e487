"""A table in words: what its columns hold, and how it hangs together with others."""

from __future__ import annotations

from html import escape
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


def columns(table: Any) -> str:
    """The columns of a table as an HTML table."""
    rows = "".join(
        f'<tr><th scope="row">{escape(column.name)}{_mark(column)}</th><td>{KINDS.get(column.kind, column.kind)}</td>'
        f"<td>{escape(holds(column, table.rows))}</td></tr>"
        for column in table.columns
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Column", "Kind", "What it holds"))
    table = f'<table class="na-table na-profile"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return f'<div class="na-box">{table}</div>'


def _mark(column: Any) -> str:
    return ' <span class="na-key" title="Names each row">key</span>' if column.primary else ""


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


def relations(catalog: Any, table: Any) -> list[tuple[str, str]]:
    """The tables that ``table`` is joined with, each with the words for how."""
    found = []
    for key in catalog.keys_of(table.name):
        mine = key.table == table.name
        other = key.ref_table if mine else key.table
        pairs = " and ".join(f"{left} = {right}" for left, right in zip(key.columns, key.ref_columns, strict=False))
        how = "each row here names one there" if mine else "rows there name one here"
        guessed = "" if key.declared else ", found in the data"
        found.append((other, f"{how} ({key.table}.{pairs}{guessed})"))
    return found


def added(item: Any) -> str:
    """What became of a file that was added."""
    made = f"{item.table}: {item.rows:,} {'row' if item.rows == 1 else 'rows'}, {len(item.columns)} columns."
    return " ".join([made, *item.notes])
