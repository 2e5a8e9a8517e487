"""What SQLite says when something is wrong, in plain words."""

from __future__ import annotations

import re

from workspace.database.result import Limits
from workspace.errors import (
    NoAppError,
    QueryFailed,
    QueryRefused,
    QueryStopped,
    QueryTimeout,
    QueryTooLarge,
    SourceLocked,
    SourceUnreadable,
)

# What the engine says (a pattern) and what a person reads; {0} is the name it gives.
_NAMED = (
    (r"no such column: (.+)", "There is no column {0}."),
    (r"no such table: (.+)", "There is no table {0}."),
    (r"no such view: (.+)", "There is no view {0}."),
    (r"no such function: (.+)", "There is no function {0}."),
    (r"no such module: (.+)", "A table needs the extension {0}, which is not installed."),
    (r"no such collation sequence: (.+)", "There is no sort order called {0}."),
    (r"ambiguous column name: (.+)", "The column {0} is in more than one of the tables; say which is meant."),
    (r"wrong number of arguments to function (.+)", "The function {0} has the wrong number of values."),
    (r"misuse of (?:aggregate|aggregate function|window function):? (.+)", "{0} cannot be used in that place."),
    (r"near \"(.*)\": syntax error", "The SQL cannot be read near “{0}”."),
    (r"unrecognized token: \"(.*)\"", "The SQL cannot be read at “{0}”."),
    (r"incomplete input", "The SQL stops in the middle."),
    (r"You did not supply a value for binding (?:parameter )?:?(\w+)", "There is no value for :{0}."),
    (r"Error binding parameter '?:?(\w+)'?", "The value for :{0} is of a kind that a database does not hold."),
    (r"LIKE or GLOB pattern too complex", "A search pattern is too long."),
    (r"statement gives no rows", "The statement gives no rows."),
    (r"Expression tree is too large|parser stack overflow|too many terms", "The SQL is nested too deeply or too long."),
    (r"query string is too large", "The SQL is too long."),
    (r"malformed JSON", "A value that was read as JSON is not JSON."),
    (r"integer overflow", "A number is too large to compute with."),
    (r"the query contains a null character", "The SQL contains a null character."),
    (r"You can only execute one statement at a time", "There is more than one statement."),
)


def translate(problem: BaseException, name: str, *, stopped: str = "", limits: Limits | None = None) -> NoAppError:
    """A `QueryError` or `SourceError` with one plain sentence for what the engine raised.

    Args:
        problem: what was raised.
        name: of the file; its folder is nobody's business who reads a page.
        stopped: ``deadline`` or ``cancelled`` where the statement was ended for that.
        limits: the limits it ran under.
    """
    text = str(problem)
    if isinstance(problem, NoAppError):
        return problem
    if stopped == "cancelled":
        return QueryStopped("The query was stopped.")
    if stopped == "deadline" or text == "interrupted":
        after = f" after {limits.seconds:g} seconds" if limits else ""
        return QueryTimeout(
            f"The query was stopped{after}.", hint="Narrow the question, for example to one year or one group."
        )
    if isinstance(problem, MemoryError) or re.search(r"too big|out of memory", text):
        return QueryTooLarge(
            "The query makes a single value larger than is allowed, so it was stopped.",
            hint="Leave that column out, or shorten it.",
        )
    if re.search(r"not authorized|prohibited|authorization denied", text):
        return QueryRefused("The query does something that is not reading data, so it was refused.")
    return _of_the_file(text, name) or QueryFailed(_sentence(text), hint="")


def _of_the_file(text: str, name: str) -> NoAppError | None:
    if re.search(r"locked|busy", text):
        return SourceLocked(
            f"{name} is locked by another program that is writing to it.",
            hint="Try again in a moment, or close that program.",
        )
    if "not a database" in text:
        return SourceUnreadable(
            f"{name} is not a database (or it is encrypted).",
            hint="Give a SQLite file, CSV, TSV, JSON, XLSX or Parquet.",
        )
    if re.search(r"malformed|corrupt", text) and "JSON" not in text:
        return SourceUnreadable(f"{name} is damaged, so it cannot be read.", hint="Restore it from a copy.")
    if re.search(r"unable to open|readonly database|disk I/O|unsupported file format", text):
        return SourceUnreadable(
            f"{name} cannot be opened.",
            hint="Check that it may be read; if its program crashed, open it there once so that it can recover.",
        )
    return None


def _sentence(text: str) -> str:
    for pattern, sentence in _NAMED:
        found = re.search(pattern, text)
        if found:
            return sentence.format(*found.groups())
    words = text.strip().rstrip(".") or "it gave no reason"
    return f"The database could not run the query: {words}."
