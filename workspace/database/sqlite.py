"""The SQLite engine: a file opened so that nothing a query says can change it, leave it, or run for ever.

`mode=ro` and `query_only` alone are not enough (ATTACH and VACUUM INTO create files, `pragma query_only=0` is
accepted), so each connection for queries carries a default-deny authorizer and length limits, for the one thing that
an interrupt at the deadline does not stop: a single huge function call.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import quote

from workspace.database import cache
from workspace.database.fetch import fetch, replaced
from workspace.database.functions import ALLOWED_FUNCTIONS, ALLOWED_MODULES
from workspace.database.handles import Window
from workspace.database.names import quoted
from workspace.database.problems import translate
from workspace.database.result import Limits, Query
from workspace.database.source import Access, RawResult
from workspace.database.stopping import Time
from workspace.errors import SourceEmpty, SourceError, SourceGone, SourceMissing, SourceUnreadable

if TYPE_CHECKING:
    from workspace.database.catalog import Catalog
    from workspace.database.values import ValueIndex


class Keepable(Protocol):
    def to_data(self) -> list[Any]: ...


T = TypeVar("T", bound=Keepable)

IDLE_CONNECTIONS = 8
READS = {
    sqlite3.SQLITE_SELECT: "select",
    sqlite3.SQLITE_READ: "read",
    sqlite3.SQLITE_FUNCTION: "function",
    sqlite3.SQLITE_RECURSIVE: "recursive",
}
WRITES = {
    sqlite3.SQLITE_INSERT: "insert",
    sqlite3.SQLITE_UPDATE: "update",
    sqlite3.SQLITE_DELETE: "delete",
}
OTHERS = {
    sqlite3.SQLITE_ATTACH: "attach",
    sqlite3.SQLITE_DETACH: "detach",
    sqlite3.SQLITE_PRAGMA: "pragma",
    sqlite3.SQLITE_TRANSACTION: "transaction",
    sqlite3.SQLITE_SAVEPOINT: "savepoint",
    sqlite3.SQLITE_ANALYZE: "analyze",
    sqlite3.SQLITE_REINDEX: "reindex",
    sqlite3.SQLITE_ALTER_TABLE: "alter",
}
CEILINGS = {
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 1_000,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 500,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 1_000_000,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 200,
    sqlite3.SQLITE_LIMIT_COLUMN: 2_000,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}


@dataclass(frozen=True, slots=True)
class State:
    """What is known of the file without asking the engine; equal states hold equal data."""

    file: tuple[int, int]
    fingerprint: str
    schema: str


class Judge:
    """The authorizer of one connection: says yes or no to each access, and remembers what it was asked.

    Args:
        modules: names of the engine's own virtual tables, which are not for queries.
        permissive: for looking only (nothing is ever stepped): lets the parser go on past writes to data, so that
            everything the statement touches is seen.
    """

    def __init__(self, modules: frozenset[str], *, permissive: bool) -> None:
        self._modules = modules
        self._permissive = permissive
        self.seen: list[Access] = []

    def __call__(self, code: int, one: str | None, two: str | None, _db: str | None, via: str | None) -> int:
        if code in READS:
            allowed = self._may_read(code, one, two)
            self._remember(Access(READS[code], *self._names(code, one, two), via or "", allowed))
            return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY
        if code in WRITES and self._permissive and not (one or "").lower().startswith("sqlite_"):
            self._remember(Access(WRITES[code], one or "", two or "", via or "", False))
            return sqlite3.SQLITE_OK
        # The full-text modules ask for this one themselves, to notice that their index changed.
        if code == sqlite3.SQLITE_PRAGMA and (one or "").lower() == "data_version" and two is None:
            return sqlite3.SQLITE_OK
        action = WRITES.get(code) or OTHERS.get(code) or "change"
        self._remember(Access(action, one or "", two or "", via or "", False))
        return sqlite3.SQLITE_DENY

    def _remember(self, access: Access) -> None:
        if self._permissive:
            self.seen.append(access)

    @staticmethod
    def _names(code: int, one: str | None, two: str | None) -> tuple[str, str]:
        return ("", two or "") if code == sqlite3.SQLITE_FUNCTION else (one or "", two or "")

    def _may_read(self, code: int, one: str | None, two: str | None) -> bool:
        if code == sqlite3.SQLITE_FUNCTION:
            return (two or "").lower() in ALLOWED_FUNCTIONS
        if code == sqlite3.SQLITE_READ:
            table = (one or "").lower()
            return not table.startswith(("sqlite_", "pragma_")) and table not in self._modules
        return True


@dataclass(slots=True)
class Session:
    """One connection with its guards; used by one caller at a time."""

    connection: sqlite3.Connection
    file: tuple[int, int]
    schema: str
    judge: Judge
    length: int = 0
    spent: bool = False
    mark: str = ""

    def limit_length(self, length: int) -> None:
        if length != self.length:
            self.connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, length)
            self.length = length


def _prepare_modules(connection: sqlite3.Connection) -> frozenset[str]:
    """Connects the file's virtual tables, and names the engine's own ones, which are not for queries.

    A virtual table connects when a statement first names it, and then declares its columns by parsing a CREATE TABLE
    that an authorizer would deny; so this comes before the authorizer, once per connection.
    """
    own = frozenset(name.lower() for (name,) in connection.execute("PRAGMA module_list")) - ALLOWED_MODULES
    names = connection.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%'").fetchall()
    for name in [*(name for (name,) in names), "json_each", "json_tree"]:
        with suppress(sqlite3.Error):  # of a module that is not installed: the query that needs it will say so
            connection.execute(f"SELECT 1 FROM {quoted(name)} LIMIT 0").close()  # noqa: S608 - quoted
    return own


class SqliteSource:
    """A SQLite file as a `Source`.

    Args:
        path: the file.
        name: what it is called.
        location: how it is shown to a person; the path if "".
        busy: seconds to wait for a lock that another program holds.

    Raises:
        SourceError: not a database, no tables, locked, no access.
    """

    dialect = "sqlite"

    def __init__(self, path: Path, *, name: str, location: str = "", busy: float = 1.0) -> None:
        self.path: Path = path
        self.name = name
        self.location = location or str(path)
        self.busy = busy
        self._file = os.fspath(path)
        self._header, self._index = Window(self._file, 100), Window(self._file + "-shm", 48)
        self._idle: list[Session] = []
        self._looking: list[Session] = []
        self._building = threading.RLock()
        self._held: dict[str, tuple[str, Any]] = {}  # kind -> (fingerprint, catalog or values)
        self._texts: tuple[str, frozenset[tuple[str, str]]] | None = None
        self._check()

    # ------------------------------------------------------------------------------------------------- state
    def state(self) -> State:
        """Identity, data and schema of the file as of now, without opening it as a database (about 10 µs)."""
        try:
            info, header = self._header.look()
        except FileNotFoundError:
            raise SourceGone(
                f"{self.path.name} was there when it was opened, but it has been deleted or moved since.",
                hint="Put the file back, or open another one.",
            ) from None
        except OSError as problem:
            raise SourceUnreadable(f"{self.path.name} cannot be read: {(problem.strerror or '').lower()}.") from None
        # Bytes 24-28 count the commits, 40-44 the changes of the schema. A commit in WAL mode touches neither, but
        # the header of the shared index says how far the log goes; without it (nobody connected) the log itself.
        log = b""
        if header[18:19] == b"\x02":
            log = self._log_state()
        data = b"%x.%x.%x." % (info.st_ino, info.st_size, info.st_mtime_ns) + header[24:44] + log
        schema = header[40:44] + log
        return State(
            (info.st_dev, info.st_ino),
            hashlib.blake2b(data, digest_size=8).hexdigest(),
            f"{info.st_ino:x}.{schema.hex()}",
        )

    def _unwritable_log(self) -> bool:
        """In WAL mode, at rest, where its log cannot be made: readable only as a file that never changes."""
        try:
            logged = self._header.look()[1][18:19] == b"\x02"
        except OSError:
            return False
        if not logged or Path(self._file + "-wal").exists():
            return False
        return not os.access(self.path.parent, os.W_OK, effective_ids=os.access in os.supports_effective_ids)

    def _log_state(self) -> bytes:
        try:
            info = os.stat(self._file + "-wal")  # noqa: PTH116 - as above
            if not info.st_size:
                return b""
            try:
                start = self._index.look()[1]
            except OSError:
                start = b""
            return start or b"%x.%x" % (info.st_size, info.st_mtime_ns)
        except OSError:
            return b""

    def fingerprint(self) -> str:
        return self.state().fingerprint

    def schema_version(self) -> str:
        return self.state().schema

    # --------------------------------------------------------------------------------------------- catalog
    def catalog(self, progress: Callable[[str], object] | None = None) -> Catalog:
        from workspace.database.catalog import Catalog

        def read() -> Catalog:
            from workspace.database.reader import read_catalog

            with self.reading() as connection:
                return read_catalog(connection, self.name, progress)

        def known(data: list) -> Catalog:
            return replace(Catalog.from_data(data), source=self.name)

        return self._kept("catalog", read, known)

    def texts(self) -> frozenset[tuple[str, str]]:
        from workspace.database.reader import text_columns

        mark = self.schema_version()
        if self._texts is None or self._texts[0] != mark:
            with self.reading() as connection:
                self._texts = mark, text_columns(connection)
        return self._texts[1]

    def values(self, progress: Callable[[str], object] | None = None) -> ValueIndex:
        from workspace.database.values import ValueIndex

        def read() -> ValueIndex:
            from workspace.database.collect import read_values

            catalog = self.catalog(progress)
            with self.reading() as connection:
                return read_values(connection, catalog, progress)

        return self._kept("values", read, ValueIndex.from_data)

    def _kept(self, kind: str, read: Callable[[], T], known: Callable[[list], T]) -> T:
        """The thing as it is in memory, else in the cache, else read."""
        mark = self.fingerprint()
        held = self._held.get(kind)
        if held is not None and held[0] == mark:
            return held[1]
        with self._building:  # whoever comes meanwhile waits, and finds it built
            mark = self.fingerprint()
            held = self._held.get(kind)
            if held is None or held[0] != mark:
                found = cache.load(kind, self._file, mark, known)
                if found is None:
                    start = time.monotonic()
                    found = read()
                    # What was read while somebody wrote may be of neither state.
                    if time.monotonic() - start > cache.SLOW and self.fingerprint() == mark:
                        cache.save(kind, self._file, mark, found.to_data())
                held = self._held[kind] = (mark, found)
            return held[1]

    # ----------------------------------------------------------------------------------------- connections
    def _connect(self, *, looking: bool = False) -> sqlite3.Connection:
        uri = f"file:{quote(self._file)}?mode=ro{'&immutable=1' if self._unwritable_log() else ''}"
        try:
            # Without statements kept, because one that was prepared before does not ask the authorizer again.
            connection = sqlite3.connect(
                uri,
                uri=True,
                timeout=self.busy,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=0 if looking else 128,
            )
            connection.execute("PRAGMA query_only=1")
            connection.execute("PRAGMA trusted_schema=0")  # a view of a foreign file gets no unsafe function
            for limit, ceiling in CEILINGS.items():
                connection.setlimit(limit, ceiling)
        except sqlite3.Error as problem:
            raise self._translate(problem) from problem
        return connection

    @contextmanager
    def reading(self) -> Generator[sqlite3.Connection]:
        """A read-only connection for the catalog's own statements, which may read the schema."""
        connection = self._connect()
        connection.text_factory = replaced
        try:
            yield connection
        except sqlite3.Error as problem:
            raise self._translate(problem) from problem
        finally:
            connection.close()

    @contextmanager
    def _session(self, *, looking: bool = False) -> Generator[Session]:
        """A guarded connection to the file as it is now, taken from the idle ones where there is one."""
        idle = self._looking if looking else self._idle
        state = self.state()
        session = None
        while idle and session is None:
            try:
                candidate = idle.pop()
            except IndexError:
                break
            if candidate.file == state.file and candidate.schema == state.schema:
                session = candidate
            else:
                candidate.connection.close()  # of a file that was replaced, or with virtual tables to prepare anew
        if session is None:
            session = self._open_session(state, looking=looking)
        session.mark = state.fingerprint  # from before the query, so that what is kept under it is never too old
        try:
            yield session
        except BaseException:
            session.spent = True  # a statement that failed may have made the engine forget its virtual tables
            raise
        finally:
            if session.spent or len(idle) >= IDLE_CONNECTIONS:
                session.connection.close()
            else:
                idle.append(session)

    def _open_session(self, state: State, *, looking: bool) -> Session:
        connection = self._connect(looking=looking)
        try:
            modules = _prepare_modules(connection)
        except sqlite3.Error as problem:
            connection.close()
            raise self._translate(problem) from problem
        judge = Judge(modules, permissive=looking)
        session = Session(connection, state.file, state.schema, judge)
        connection.set_authorizer(judge)
        return session

    def close(self) -> None:
        """Closes the idle connections; the source opens new ones when it is used again."""
        for idle in (self._idle, self._looking):
            while idle:
                idle.pop().connection.close()
        self._header.close()
        self._index.close()

    # --------------------------------------------------------------------------------------------- queries
    def inspect(self, query: Query) -> tuple[Access, ...]:
        """What the engine says ``query`` touches, its denied part last; EXPLAIN prepares and never runs it."""
        limit = Time(5.0)
        with self._session(looking=True) as session:
            judge = session.judge
            judge.seen = []
            try:
                with limit.over(session.connection):
                    session.connection.execute("EXPLAIN " + query.sql, dict.fromkeys(query.params)).close()
            except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError, MemoryError) as problem:
                session.spent = True
                if not any(not access.allowed for access in judge.seen):
                    raise self._translate(problem, limit.stopped) from problem
            return tuple(dict.fromkeys(judge.seen))

    def execute(self, query: Query, limits: Limits, cancelled: Callable[[], bool] | None = None) -> RawResult:
        """Runs ``query`` under ``limits``; the authorizer refuses again whatever is not a read.

        Raises:
            QueryTimeout, QueryTooLarge, QueryStopped, QueryFailed, QueryRefused, SourceLocked, SourceGone.
        """
        limit = Time(limits.seconds, cancelled)
        with self._session() as session:
            mark = session.mark
            start = time.perf_counter()
            try:
                with limit.over(session.connection):
                    names, rows, truncated = fetch(session.connection, query, limits, session.limit_length, limit.is_up)
            except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError, MemoryError) as problem:
                raise self._translate(problem, limit.stopped, limits) from problem
            return RawResult(names, rows, truncated, time.perf_counter() - start, mark)

    # ---------------------------------------------------------------------------------------------- errors
    def _check(self) -> None:
        """Raises the `SourceError` that says what is wrong with the file, if anything is."""
        try:
            size = self.path.stat().st_size
        except OSError:
            raise SourceMissing(f"There is no file at {self.path}.", hint="Check the path.") from None
        if size == 0:
            raise SourceEmpty(f"{self.path.name} is empty (0 bytes).", hint="Give a database that has tables.")
        with self.reading() as connection:
            names = connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')").fetchall()
        if all(name.lower().startswith(("sqlite_", "_noapp_")) for (name,) in names):
            raise SourceEmpty(f"{self.path.name} is a database without tables.", hint="Give one that has tables.")

    def _translate(self, problem: BaseException, stopped: str = "", limits: Limits | None = None) -> Exception:
        found = translate(problem, self.path.name, stopped=stopped, limits=limits)
        if isinstance(found, SourceError) and not self.path.exists():
            return SourceGone(f"{self.path.name} has been deleted or moved.", hint="Put it back, or open another one.")
        return found
