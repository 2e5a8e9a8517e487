"""A table in words: what its columns hold, and how it hangs together with others."""

from __future__ import annotations

from html import escape
from typing import Any

from workspace.faces.profile import KINDS, holds


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


def remarks(said: Any) -> str:
    """What was odd in the files of a source, as an HTML list; "" for nothing."""
    lines = "".join(f"<li>{escape(str(remark))}</li>" for remark in said)
    return f'<ul class="na-odd">{lines}</ul>' if lines else ""
