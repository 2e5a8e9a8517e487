"""Small looks into a workspace folder without opening its store: what `noapp ask` needs before it answers.

The store itself (SQLModel) takes half a second to import; a question on the command line should not pay for it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from workspace.store.records import VerifiedInfo

FILE = "workspace.sqlite"


def registered(folder: Path, name: str, files: Sequence[Path | None]) -> str:
    """The name under which a folder knows a source.

    Args:
        folder: of the workspace; it need not be there.
        name: what the source calls itself.
        files: what it is made of.

    Returns:
        the name it was given here; ``name`` when it has not been seen, with a mark when that is somebody else's.
    """
    target = json.dumps([str(path) for path in files if path is not None])
    rows = look(folder, "SELECT name, target FROM source WHERE target = ? OR name = ?", (target, name))
    for known, place in rows:
        if place == target:
            return known
    return f"{name}~" if rows else name


_VERIFIED = 'SELECT id, source, verdict, question, "plan", "query", definitions, asked, message, created FROM verified '


def verified(folder: Path, source: str | None = None) -> list[VerifiedInfo]:
    """What people said of answers about a source, or of all, the newest first."""
    if source is None:
        rows = look(folder, f"{_VERIFIED} ORDER BY created DESC")
    else:
        rows = look(folder, f"{_VERIFIED} WHERE source = ? ORDER BY created DESC", (source,))
    return [_info(row) for row in rows]


def verdict_on(folder: Path, message: str) -> tuple[str, str]:
    """What was said of an answer, and under which id; two empty texts for nothing."""
    for verdict, identifier in look(folder, "SELECT verdict, id FROM verified WHERE message = ?", (message,)):
        return verdict, identifier
    return "", ""


def remembered(folder: Path, identifier: str) -> bool:
    """Is what was said under this id still kept?"""
    return bool(look(folder, "SELECT 1 FROM verified WHERE id = ?", (identifier,)))


def _info(row: tuple[Any, ...]) -> VerifiedInfo:
    known, source, verdict, question, plan, query, definitions, asked, message, created = row
    return VerifiedInfo(
        known, source, verdict, question, json.loads(plan) if plan else None, json.loads(query) if query else None,
        definitions, asked, message, datetime.fromisoformat(created),
    )  # fmt: skip


def look(folder: Path, sql: str, params: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Rows of a small read; none when there is no store, or one that is older than what is asked for."""
    path = folder / FILE
    if not path.exists():
        return []
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=2)) as connection:
            return connection.execute(sql, params).fetchall()
    except sqlite3.Error:
        return []
