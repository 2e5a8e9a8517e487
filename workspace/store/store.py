"""`Store`: the workspace's own state in one SQLite file, ``<folder>/workspace.sqlite``.

WAL, so that readers never wait for the writer; a write takes its lock at once (``BEGIN IMMEDIATE``), so that a
transaction that reads first and writes later cannot lose the race to another one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, create_engine

from workspace.errors import NoAppError, StoreUnusable
from workspace.store.migrations import upgrade

FILE = "workspace.sqlite"
BUSY_MS = 5000


class Store:
    """The open store of one workspace folder; safe to use from many threads and several processes.

    Args:
        folder: made when missing.

    Raises:
        StoreUnusable: the folder cannot be written, the file is damaged, or a newer version wrote it.

    Example:
        >>> import tempfile
        >>> store = Store(Path(tempfile.mkdtemp()))
        >>> with store.read() as session:
        ...     session.connection().exec_driver_sql("PRAGMA journal_mode").scalar()
        'wal'
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / FILE
        _prepare(folder, self.path)
        self._engine = create_engine(
            f"sqlite:///{self.path}", pool_size=8, max_overflow=64, connect_args={"timeout": BUSY_MS / 1000}
        )
        event.listen(self._engine, "connect", _on_connect)
        event.listen(self._engine, "begin", _on_begin)
        self._writer = self._engine.execution_options(write=True)

    @contextmanager
    def read(self) -> Generator[Session]:
        """A session over one consistent state; nothing it changes is kept."""
        with self._session(self._engine) as session:
            yield session

    @contextmanager
    def write(self) -> Generator[Session]:
        """A session that holds the write lock, committed at the end, undone when the block raises."""
        with self._session(self._writer) as session:
            session.connection()
            yield session
            session.commit()

    def first(self, sql: str, params: tuple[Any, ...]) -> Any:
        """The first row of a small read, without a session; None when there is none."""
        try:
            connection = self._engine.raw_connection()
            try:
                return connection.cursor().execute(sql, params).fetchone()
            finally:
                connection.close()
        except (sqlite3.Error, DBAPIError) as problem:
            raise unusable(self.path, problem) from problem

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _session(self, engine: Any) -> Generator[Session]:
        try:
            with Session(engine, expire_on_commit=False) as session:
                yield session
        except NoAppError:
            raise
        except DBAPIError as problem:
            raise unusable(self.path, problem.orig) from problem


def now() -> str:
    """The time as the store keeps it: UTC, ISO 8601, microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def moment(text: str) -> datetime:
    """Inverse of `now`."""
    return datetime.fromisoformat(text)


def unusable(path: Path, problem: BaseException | None) -> StoreUnusable:
    """What SQLite said about the file at ``path``, as a sentence for a person."""
    text = str(problem or "").lower()
    if "not a database" in text or "malformed" in text or "encrypted" in text:
        return StoreUnusable(
            f"{path} is damaged or not a workspace file.",
            hint="Move it away (a new one is made), or choose another folder with --workspace.",
        )
    if (
        "readonly" in text
        or "unable to open" in text
        or "permission" in text
        or "directory" in text
        or "exists" in text
    ):
        return StoreUnusable(
            f"The workspace folder {path.parent} cannot be written.",
            hint="Choose another folder with --workspace, or allow writing to this one.",
        )
    if "full" in text or "no space" in text:
        return StoreUnusable(f"There is no room left on the disk of {path.parent}.", hint="Free some space and retry.")
    if "locked" in text or "busy" in text:
        return StoreUnusable(f"{path} is held by another program.", hint="Close that program, or wait and retry.")
    return StoreUnusable(f"The workspace file {path} could not be used ({problem}).")


def _prepare(folder: Path, path: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path, timeout=BUSY_MS / 1000, isolation_level=None)) as connection:
            # Journal mode is a property of the file; a store that is in WAL already is not locked for it again.
            if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                connection.execute("PRAGMA journal_mode = WAL")
            upgrade(connection)
            _probe(connection)
    except (OSError, sqlite3.Error) as problem:
        raise unusable(path, problem) from problem


def _probe(connection: sqlite3.Connection) -> None:
    """Fail now rather than at the first message, when the file cannot be written."""
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("ROLLBACK")


def _on_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by `_on_begin`, not guessed by sqlite3
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.create_function("folded", 1, lambda text: str(text).casefold(), deterministic=True)


def _on_begin(connection: Any) -> None:
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
