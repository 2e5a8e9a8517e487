"""Where a paused question waits: LangGraph's SQLite checkpointer in ``<folder>/agent.sqlite``.

WAL and ``synchronous=NORMAL``: a checkpoint costs about 1 ms less than with the defaults. A power cut may lose the
newest one; the question itself is in the store, and a choice can be taken up from there.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from workspace.errors import StoreUnusable

if TYPE_CHECKING:
    from langgraph.checkpoint.sqlite import SqliteSaver

FILE = "agent.sqlite"


def open_saver(folder: Path) -> SqliteSaver:
    """The checkpointer of a workspace folder; safe to use from many threads.

    Raises:
        StoreUnusable: the file is damaged or cannot be written.
    """
    from langgraph.checkpoint.sqlite import SqliteSaver

    path = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=5.0, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        saver = SqliteSaver(connection)
        saver.setup()
    except (OSError, sqlite3.Error) as problem:
        raise StoreUnusable(
            f"{path} cannot be used ({problem}).", hint="Move it away; a new one is made and no chat is lost."
        ) from problem
    return saver


def close_saver(saver: object) -> None:
    """Close the file of a saver from `open_saver`."""
    connection = getattr(saver, "conn", None)
    if isinstance(connection, sqlite3.Connection):
        connection.close()
