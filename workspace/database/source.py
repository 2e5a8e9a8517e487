"""A source is one opened ground truth: what a person gave to `open_source`, ready to be read and never written.

Every engine is one module that fulfils `Source`; here are the interface, the small data that crosses it, and the
decision which module serves a target.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from workspace.database.handles import Window
from workspace.errors import SourceMissing, SourceUnreadable, SourceUnsupported

if TYPE_CHECKING:
    from workspace.database.catalog import Catalog
    from workspace.database.result import Limits, Query, Row
    from workspace.database.values import ValueIndex

FILE_KINDS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".txt": "csv",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
    ".geojson": "json",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".parquet": "parquet",
    ".pq": "parquet",
}
SQLITE_MAGIC = b"SQLite format 3\x00"
GIVE = "a SQLite file, CSV, TSV, JSON, XLSX or Parquet"


@dataclass(frozen=True, slots=True)
class Access:
    """One thing the engine says a statement touches, found while preparing it; nothing has run.

    Args:
        action: ``select``, ``read``, ``function``, ``recursive``, ``insert``, ``update``, ``delete``, or the engine's
            own word for anything else.
        table, column: what is touched, "" where the action has none. For ``function``, ``table`` is "" and ``column``
            is the function's name.
        via: the view or trigger that touches it, "" when the statement itself does.
        allowed: does a read-only query have the right to it?
    """

    action: str
    table: str = ""
    column: str = ""
    via: str = ""
    allowed: bool = True


@dataclass(frozen=True, slots=True)
class RawResult:
    """Rows as the engine gave them; ``truncated`` says the row cap cut them, ``elapsed`` is in seconds."""

    names: tuple[str, ...]
    rows: list[Row]
    truncated: bool
    elapsed: float
    fingerprint: str


@runtime_checkable
class Source(Protocol):
    """What every engine offers. All methods may be called from any thread."""

    name: str
    dialect: str
    location: str

    @property
    def path(self) -> Path | None:
        """The database file, None where there is none."""
        ...

    def fingerprint(self) -> str:
        """The state of the data; another one after any committed change. Raises `SourceGone`, `SourceError`."""
        ...

    def schema_version(self) -> str:
        """The state of the schema; another one after tables or views changed."""
        ...

    def catalog(self, progress: Callable[[str], object] | None = None) -> Catalog:
        """Tables, columns, keys and profiles, rebuilt when the data changed.

        Args:
            progress: told in a short sentence before each large table that is read; what it raises ends the reading.
        """
        ...

    def texts(self) -> frozenset[tuple[str, str]]:
        """The columns that are declared as text, as (table, column) in lower case; without a look at the data."""
        ...

    def values(self, progress: Callable[[str], object] | None = None) -> ValueIndex:
        """The index of cell values, rebuilt when the data changed; ``progress`` as for `catalog`."""
        ...

    def inspect(self, query: Query) -> tuple[Access, ...]:
        """What the engine says the statement touches; nothing runs. Raises `QueryFailed`, `SourceError`."""
        ...

    def execute(self, query: Query, limits: Limits, cancelled: Callable[[], bool] | None = None) -> RawResult:
        """Runs a query the guard allowed; for `execute.run` only."""
        ...

    def close(self) -> None: ...


def open_source(
    target: str | Path | Sequence[str | Path], *, folder: Path | None = None, name: str | None = None
) -> Source:
    """Opens a database, or one or several data files, for reading.

    Args:
        target: path of a SQLite database, or paths of CSV, TSV, JSON, XLSX or Parquet files.
        folder: where data files are turned into a database; a temporary one if None.
        name: what the source is called; the file's stem if None.

    Raises:
        SourceError: with one sentence that says what is wrong with the target.

    Example:
        >>> import sqlite3, tempfile
        >>> path = tempfile.mkdtemp() + "/shop.sqlite"
        >>> with sqlite3.connect(path) as db:
        ...     _ = db.execute("create table item (name text)")
        >>> open_source(path).name
        'shop'
    """
    targets = [target] if isinstance(target, str | Path) else list(target)
    if not targets:
        raise SourceMissing("No database or file was named.", hint=f"Give {GIVE}.")
    paths = [_existing(item) for item in targets]
    databases = [path for path in paths if is_database(path)]
    if databases and len(paths) > 1:
        raise SourceUnsupported(
            f"{databases[0].name} is a database, so it cannot be opened together with other files.",
            hint="Open a database by itself; several data files can be opened together.",
        )
    if databases:
        from workspace.database.sqlite import SqliteSource

        return SqliteSource(paths[0], name=name or url_safe(paths[0].stem))
    from workspace.database.files import FilesSource

    title = name or url_safe("-".join(dict.fromkeys(path.stem for path in paths)))[:60]
    return FilesSource(paths, folder or Path(tempfile.mkdtemp(prefix="noapp-")), name=title)


def open_sources(targets: Sequence[str | Path], *, folder: Path | None = None) -> list[Source]:
    """Opens several targets: every database is a source of its own, all data files together are one more.

    Args:
        targets: paths, in the order in which the sources come; files stand where the first of them does.
        folder: as for `open_source`.
    """
    groups: list[list[str | Path]] = []
    files: list[str | Path] = []
    for target in targets:
        if is_database(_existing(target)):
            groups.append([target])
        else:
            if not files:
                groups.append(files)
            files.append(target)
    return [open_source(group, folder=folder) for group in groups]


def is_database(path: Path) -> bool:
    """Is it for SQLite to open? By its first bytes; by its name where those do not say."""
    window = Window(str(path), 16)
    try:
        start = window.look()[1]
    except OSError as problem:
        raise SourceUnreadable(f"{path} cannot be read: {(problem.strerror or 'no access').lower()}.") from None
    finally:
        window.close()
    return start == SQLITE_MAGIC or path.suffix.lower() not in FILE_KINDS


def url_safe(text: str) -> str:
    """A name that can stand in an address: letters, digits, ``-``, ``_`` and ``.``."""
    return re.sub(r"[^\w.-]+", "-", text).strip("-.") or "data"


def _existing(target: str | Path) -> Path:
    text = str(target)
    scheme = re.match(r"([a-z][a-z0-9+.-]+)://", text, re.IGNORECASE)
    if scheme and scheme[1].lower() in ("sqlite", "file"):
        text = re.sub(r"^[a-z]+:/{2,3}", "/" if scheme[1].lower() == "file" else "", text, flags=re.IGNORECASE)
    elif scheme and scheme[1].lower() in ("http", "https"):
        raise SourceUnsupported(
            "Data on the web is not fetched.", hint=f"Download the file first, then give its path ({GIVE})."
        )
    elif scheme:
        raise SourceUnsupported(
            f"{scheme[1]}:// addresses are not opened yet: server databases come later.", hint=f"Give {GIVE} file."
        )
    path = Path(text).expanduser()
    if path.is_dir():
        raise SourceUnreadable(f"{path} is a folder, not a file.", hint=f"Give the path of {GIVE} file.")
    try:
        exists = path.exists()
    except OSError:
        exists = False
    if not exists:
        raise SourceMissing(f"There is no file at {path}.", hint="Check the path.")
    return path.resolve()
