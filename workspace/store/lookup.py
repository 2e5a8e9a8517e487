"""Small looks into a workspace folder without opening its store: what `noapp ask` needs before it answers.

The store itself (SQLModel) takes half a second to import; a question on the command line should not pay for it.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from workspace.store.records import VerifiedInfo

FILE = "workspace.sqlite"
_VERIFIED = 'SELECT id, source, verdict, question, "plan", "query", definitions, asked, message, created FROM verified '


class Lookup:
    """Reads of one folder over one connection, made at the first read of a store that is there; safe from any thread.

    Opening costs a millisecond, a read then 20 µs.

    Args:
        folder: of the workspace; it need not be there.

    Example:
        >>> Lookup(Path("nowhere")).verified()
        []
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def registered(self, name: str, files: Sequence[Path | None]) -> str:
        """The name under which the folder knows a source.

        Args:
            name: what the source calls itself.
            files: what it is made of.

        Returns:
            the name it was given here; ``name`` when it has not been seen, with a mark when that is somebody else's.
        """
        target = json.dumps([str(path) for path in files if path is not None])
        rows = self._rows("SELECT name, target FROM source WHERE target = ? OR name = ?", (target, name))
        for known, place in rows:
            if place == target:
                return known
        return f"{name}~" if rows else name

    def verified(self, source: str | None = None) -> list[VerifiedInfo]:
        """What people said of answers about a source, or of all, the newest first."""
        if source is None:
            rows = self._rows(f"{_VERIFIED} ORDER BY created DESC")
        else:
            rows = self._rows(f"{_VERIFIED} WHERE source = ? ORDER BY created DESC", (source,))
        return [_info(row) for row in rows]

    def verdict_on(self, message: str) -> tuple[str, str]:
        """What was said of an answer, and under which id; two empty texts for nothing."""
        for verdict, identifier in self._rows("SELECT verdict, id FROM verified WHERE message = ?", (message,)):
            return verdict, identifier
        return "", ""

    def remembered(self, identifier: str) -> bool:
        """Is what was said under this id still kept?"""
        return bool(self._rows("SELECT 1 FROM verified WHERE id = ?", (identifier,)))

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _rows(self, sql: str, params: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Rows of a small read; none when there is no store, or one that is older than what is asked for."""
        with self._lock:
            try:
                if self._connection is None:
                    if not self._path.exists():
                        return []
                    uri = f"{self._path.absolute().as_uri()}?mode=ro"
                    self._connection = sqlite3.connect(
                        uri, uri=True, timeout=2, check_same_thread=False, isolation_level=None
                    )
                return self._connection.execute(sql, params).fetchall()
            except sqlite3.Error:
                if self._connection is not None:
                    with contextlib.suppress(sqlite3.Error):
                        self._connection.close()
                    self._connection = None
                return []


def _info(row: tuple[Any, ...]) -> VerifiedInfo:
    known, source, verdict, question, plan, query, definitions, asked, message, created = row
    return VerifiedInfo(
        known, source, verdict, question, json.loads(plan) if plan else None, json.loads(query) if query else None,
        definitions, asked, message, datetime.fromisoformat(created),
    )  # fmt: skip
