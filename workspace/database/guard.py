"""May this statement run? Decided from two independent views of it that must agree.

One view is sqlglot's tree of the text; the other is what the engine itself says, through its authorizer, while it
prepares the statement. Neither runs anything. What either refuses is refused, and where they contradict each other
(the engine reads a table that the tree does not name, say), that is refused as well.
"""

from __future__ import annotations

import logging
import re
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from workspace.database.functions import ALLOWED_FUNCTIONS, ALLOWED_MODULES
from workspace.database.result import Query
from workspace.database.source import Access, Source
from workspace.errors import NoAppError, QueryFailed, QueryRefused

if TYPE_CHECKING:
    from sqlglot import exp

KEPT_VERDICTS = 1_024
# Characters of SQL; sqlglot takes a second for this much of the worst (a sum of so many terms).
LONGEST = 50_000
# Tables in a statement after its WITH parts were put in place; a hundred parts in a chain are five thousand.
MOST_TABLES = 10_000


@dataclass(frozen=True, slots=True)
class Allow:
    """The query only reads; ``tables`` are those it reads itself or through views, in the engine's spelling."""

    query: Query
    accesses: tuple[Access, ...] = ()
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """The statement changes data, which only happens after a person approved it."""

    query: Query
    reason: str


@dataclass(frozen=True, slots=True)
class Refuse:
    """The statement is not run. ``code`` is ``refused``, or ``failed`` where it only names what is not there."""

    query: Query
    reason: str
    code: str = "refused"

    def error(self) -> NoAppError:
        """This refusal as an exception."""
        return QueryFailed(self.reason) if self.code == "failed" else QueryRefused(self.reason)


Verdict = Allow | Ask | Refuse


@dataclass(frozen=True, slots=True)
class Reading:
    """What one of the two views makes of a statement.

    Args:
        kind: ``read``, ``write`` (one intact INSERT, UPDATE or DELETE) or ``refused``.
        reason: why it is refused, "" otherwise.
        tables: names of the tables it touches, in lower case.
        code: as in `Refuse`.
    """

    kind: Literal["read", "write", "refused"]
    reason: str = ""
    tables: frozenset[str] = frozenset()
    code: str = "refused"


def check(query: Query, source: Source) -> Verdict:
    """The verdict on one statement; nothing runs.

    Args:
        query: the statement, with a value for each of its parameters.
        source: where it would run.

    Raises:
        SourceError: the source cannot be read (gone, locked).

    Example:
        >>> type(check(Query("drop table t"), source)).__name__  # doctest: +SKIP
        'Refuse'
    """
    key = (source.location, source.schema_version(), query.sql, frozenset(query.params))
    kept = _kept.get(key)
    if kept is not None:
        kind, fields = kept
        return kind(query, **fields)
    verdict = _decide(query, source)
    _kept.put(key, (type(verdict), {name: getattr(verdict, name) for name in verdict.__slots__ if name != "query"}))
    return verdict


def allowed(query: Query, source: Source) -> Allow:
    """The verdict on a query that may run.

    Raises:
        QueryError: it may not, or names what is not there.
        SourceError: as for `check`.
    """
    verdict = check(query, source)
    if isinstance(verdict, Allow):
        return verdict
    raise verdict.error() if isinstance(verdict, Refuse) else QueryRefused(verdict.reason)


def _decide(query: Query, source: Source) -> Verdict:
    tree = read_tree(query.sql, query.dialect)
    if tree.kind == "refused":
        return Refuse(query, tree.reason, tree.code)
    try:
        accesses = source.inspect(query)
    except QueryFailed as problem:
        return Refuse(query, problem.message, "failed")
    except QueryRefused as problem:
        return Refuse(query, problem.message)
    engine = read_accesses(accesses)
    if engine.kind == "refused":
        return Refuse(query, engine.reason, engine.code)
    if engine.kind != tree.kind:
        return Refuse(query, "The database understands this statement differently from how it reads, so it is refused.")
    if tree.kind == "write":
        return Ask(query, "This changes data, so a person has to approve it first.")
    direct = {access.table.lower() for access in accesses if access.action == "read" and not access.via}
    hidden = {name for name in direct - tree.tables if not _shadow(name, tree.tables)}
    if hidden:
        return Refuse(query, f"The database would read {min(hidden)}, which the statement does not name.")
    tables = dict.fromkeys(access.table for access in accesses if access.action == "read")
    return Allow(query, accesses, tuple(tables))


def _shadow(name: str, tables: Iterable[str]) -> bool:
    """A table in which a full-text or spatial table that the statement names keeps its content."""
    return any(name.startswith(f"{table}_") for table in tables)


# ------------------------------------------------------------------------------------------------ the engine's view
def read_accesses(accesses: Iterable[Access]) -> Reading:
    """The engine's view of a statement, judged: by itself it already keeps every write and escape out."""
    tables, writes, selects = set(), set(), False
    for access in accesses:
        if access.action in ("read", "insert", "update", "delete"):
            tables.add(access.table.lower())
        selects = selects or access.action == "select"
        if access.allowed:
            continue
        if access.action in ("insert", "update", "delete") and not access.table.lower().startswith("sqlite_"):
            writes.add(access.action)
            continue
        return Reading("refused", _reason(access))
    if not writes and not selects:
        return Reading("refused", "The database sees no query in this statement.")  # VACUUM asks nothing until it runs
    return Reading("write" if writes else "read", tables=frozenset(tables))


def _reason(access: Access) -> str:
    if access.action == "function":
        return f"The function {access.column} is not allowed in a query."
    if access.action == "read":
        return f"The table {access.table} belongs to the database itself, so queries cannot read it."
    reasons = {
        "attach": "A query cannot open or make other database files.",
        "detach": "A query cannot close database files.",
        "pragma": "A query cannot read or change the settings of the database.",
        "transaction": "A query cannot begin or end transactions.",
        "savepoint": "A query cannot begin or end transactions.",
        "alter": "A query cannot change the structure of the database.",
    }
    return reasons.get(access.action, "A query can only read; this one would change the database.")


# ---------------------------------------------------------------------------------------------------- the tree's view
def read_tree(sql: str, dialect: str = "sqlite") -> Reading:
    """The view of the text alone: exactly one SELECT, WITH, set operation or VALUES, and nothing else inside it."""
    import sqlglot
    from sqlglot import exp

    logging.getLogger("sqlglot").setLevel(logging.ERROR)  # "unsupported syntax" is an answer here, not news
    if "\x00" in sql:
        return Reading("refused", "The SQL contains a null character.")
    if any("\ud800" <= letter <= "\udfff" for letter in sql):
        return Reading("refused", "The SQL contains half a character.")
    if len(sql) > LONGEST:
        return Reading("refused", f"The SQL is longer than {LONGEST:,} characters.")
    if re.match(r"\s*explain\b", sql, re.IGNORECASE):
        return Reading("refused", "A query cannot ask for the plan of another query.")
    try:
        found = sqlglot.parse(sql, dialect=dialect)
    except RecursionError:
        return Reading("refused", "The SQL is nested too deeply.")
    except sqlglot.errors.SqlglotError as problem:
        return Reading("refused", _unreadable(problem), code="failed")
    except Exception:  # a parser's own bug must not open the door
        return Reading("refused", "The SQL cannot be read.", code="failed")
    statements = [item for item in found if item is not None and not isinstance(item, exp.Semicolon)]
    if not statements:
        return Reading("refused", "There is no statement.", code="failed")
    if len(statements) > 1:
        return Reading("refused", f"There are {len(statements)} statements; a query is exactly one.")
    try:
        return _judge_tree(statements[0])
    except RecursionError:
        return Reading("refused", "The SQL is nested too deeply.")


def _judge_tree(root: object) -> Reading:
    from sqlglot import exp

    writes = (exp.Insert, exp.Update, exp.Delete)
    if isinstance(root, writes):
        kind: Literal["read", "write"] = "write"
    elif isinstance(root, exp.Select | exp.SetOperation | exp.Values):
        kind = "read"
    else:
        return Reading("refused", _root_reason(root))
    tables = set()
    for node in root.walk():
        reason = "" if node is root and kind == "write" else _node_reason(node)
        if reason:
            return Reading("refused", reason)
        if isinstance(node, exp.Table):
            tables.add(_table_name(node))
    if _expanded(root) > MOST_TABLES:
        return Reading("refused", "The parts of this query use each other too many times.")
    return Reading(kind, tables=frozenset(tables))


def _expanded(root: exp.Expression) -> int:
    """How many tables the engine makes of a statement, which copies each WITH part to wherever its name stands.

    Twenty parts that use the one before twice are a million: 8 s and 1.3 GB while preparing, where no deadline holds.
    """
    from sqlglot import exp

    parts: dict[str, list[exp.Expression]] = {}
    for part in root.find_all(exp.CTE):
        parts.setdefault(part.alias.lower(), []).append(part.this)
    sizes: dict[str, int] = {}

    def size(node: exp.Expression, within: frozenset[str]) -> int:
        total = 0
        for table in node.find_all(exp.Table):
            name = _table_name(table)
            if name in within:
                continue  # a recursive part is not copied into itself
            if name in parts and name not in sizes:
                sizes[name] = 0
                sizes[name] = max(size(body, within | {name}) for body in parts[name])
            total = min(total + 1 + sizes.get(name, 0), MOST_TABLES + 1)
        return total

    return size(root, frozenset()) if parts else 0


def _table_name(node: object) -> str:
    from sqlglot import exp

    inner = node.this if isinstance(node, exp.Table) else None
    if isinstance(inner, exp.Anonymous):
        return str(inner.this).lower()
    if isinstance(inner, exp.Func):
        return inner.sql_name().lower()
    return node.name.lower() if isinstance(node, exp.Table) else ""


def _node_reason(node: object) -> str:
    """Why this node cannot stand in a query, "" where it can."""
    from sqlglot import exp

    if isinstance(node, exp.DML | exp.DDL | exp.Merge) and not isinstance(node, exp.Query):
        return "A query can only read; this one would change the database."
    if isinstance(node, _denied_nodes()):
        return _root_reason(node)
    if isinstance(node, exp.Anonymous) and not isinstance(node.parent, exp.Table):
        name = str(node.this).lower().strip('"`[]')
        if name == "printf":
            return _format_reason(node)
        if name not in ALLOWED_FUNCTIONS and name not in ALLOWED_MODULES:
            return f"The function {name} is not allowed in a query."
    if isinstance(node, exp.Format):
        return _format_reason(node)
    if isinstance(node, exp.Table):
        name = _table_name(node)
        if name.startswith(("sqlite_", "pragma_")) or name == "dbstat":
            return f"The table {name} belongs to the database itself, so queries cannot read it."
        if node.catalog or node.db.lower() not in ("", "main"):
            return f"There is no database called {node.db}, only this one."
    return ""


def _format_reason(node: object) -> str:
    """A width is written out, and small: `printf('%.*c', 2000000000, 'x')` runs for 9 s in one step of the engine."""
    from sqlglot import exp

    layout = None
    if isinstance(node, exp.Format):
        layout = node.this
    elif isinstance(node, exp.Anonymous) and node.expressions:
        layout = node.expressions[0]
    if not (isinstance(layout, exp.Literal) and layout.is_string):
        return "The format given to printf has to be written out in the query."
    if re.search(r"%[^%a-zA-Z]*(\*|\d{4,})", layout.name):
        return "The format given to printf is too wide."
    return ""


def _denied_nodes() -> tuple[type, ...]:
    from sqlglot import exp

    names = (
        "Command Pragma Attach Detach Into Copy Set Transaction Commit Rollback TruncateTable Analyze Use Kill Grant "
        "Describe Drop Alter Create Lock Cache Uncache Refresh LoadData Export Declare Execute ReadCSV ReadParquet"
    )
    return tuple(getattr(exp, name) for name in names.split() if hasattr(exp, name))


def _root_reason(node: object) -> str:
    name = type(node).__name__
    if name == "Command":
        name = str(getattr(node, "this", "")).title()
    reasons = {
        "Attach": "A query cannot open or make other database files.",
        "Detach": "A query cannot close database files.",
        "Vacuum": "A query cannot rewrite the database or copy it into a file.",
        "Pragma": "A query cannot read or change the settings of the database.",
        "Transaction": "A query cannot begin or end transactions.",
        "Commit": "A query cannot begin or end transactions.",
        "Rollback": "A query cannot begin or end transactions.",
        "Into": "A query cannot write its result anywhere.",
    }
    for kind in ("Create", "Drop", "Alter", "Reindex"):
        reasons[kind] = "A query cannot change the structure of the database."
    return reasons.get(name, "Only a single query that reads (SELECT) is run.")


def _unreadable(problem: Exception) -> str:
    details = getattr(problem, "errors", None)
    near = str(details[0].get("highlight") or "").strip() if details else ""
    return f"The SQL cannot be read near “{near[:60]}”." if near else "The SQL cannot be read."


# ------------------------------------------------------------------------------------------------------- memory
class _Verdicts:
    """The most recent verdicts, by schema and text; an answer page asks for the same few again and again."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._held: OrderedDict[object, tuple[type, dict]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: object) -> tuple[type, dict] | None:
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
            return found

    def put(self, key: object, verdict: tuple[type, dict]) -> None:
        with self._lock:
            self._held[key] = verdict
            while len(self._held) > self._size:
                self._held.popitem(last=False)


_kept = _Verdicts(KEPT_VERDICTS)
