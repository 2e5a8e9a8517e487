"""The first rows of a table, for a look at the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workspace.database import execute
from workspace.database.result import Limits, Result

if TYPE_CHECKING:
    from workspace.api import Workspace


def first_rows(workspace: Workspace, source: str, table: str, rows: int) -> Result:
    """The first rows of a table, read behind the same guard as every answer.

    Args:
        source: name of the source.
        table: as the catalog spells it.
        rows: how many at most.

    Raises:
        NoAppError: the table is gone, or the source cannot be read.
    """
    found = workspace.sources[source]
    shown = workspace.catalog(source).table(table)
    columns = ", ".join(_quoted(column.name) for column in shown.columns)  # without those that are hidden
    sql = f"select {columns} from {_quoted(shown.name)} limit {int(rows)}"  # noqa: S608  # names of the catalog; a number
    return execute.query(found, sql, planner="rule", limits=Limits(seconds=5.0, rows=rows))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
