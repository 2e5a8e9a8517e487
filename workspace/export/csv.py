"""Results as CSV: plain values for machines, harmless cells for spreadsheets. One query is one file, several a zip."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from typing import Any

from workspace.artifact.compose import title_for
from workspace.artifact.format import show
from workspace.artifact.model import View
from workspace.database.result import Result, legible
from workspace.errors import ArtifactInvalid
from workspace.export.file import Exported, filename, safe

# What a spreadsheet would run as a formula when a cell begins with it, full-width forms included.
_FORMULA = re.compile(r"[\s\x00-\x1f]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\Z")


def write(view: View) -> Exported:
    """The view's results as CSV; several queries as a zip with one file each.

    Args:
        view: what is shown.

    Raises:
        ArtifactInvalid: when no query has a result.
    """
    present = [query for query in view.artifact.queries if query.name in view.results]
    if not present:
        raise ArtifactInvalid("There is no result to download.", hint="Open the page to see why its queries fail.")
    if len(present) == 1:
        body = text(view.results[present[0].name])
        return Exported(filename(view, "csv"), "text/csv; charset=utf-8", body)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for query in present:
            name = f"{query.name}-{safe(title_for(query.question) if query.question else query.name)}.csv"
            archive.writestr(zipfile.ZipInfo(name), text(view.results[query.name]))
    return Exported(filename(view, "zip"), "application/zip", packed.getvalue())


def text(result: Result) -> bytes:
    """One result as CSV in UTF-8, with a byte order mark where spreadsheets would need it to read the letters right.

    Args:
        result: all of it is written, as stored: no separators, ISO dates, an empty cell for no value.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([harmless(name) for name in result.names])
    writer.writerows([[_cell(value) for value in row] for row in result.rows])
    written = out.getvalue()
    return written.encode() if written.isascii() else written.encode("utf-8-sig")


def harmless(value: str) -> str:
    """A text cell that no spreadsheet takes for a formula; numbers stay as they are.

    Example:
        >>> harmless("=1+1"), harmless("-5.20"), harmless("Rock")
        ("'=1+1", '-5.20', 'Rock')
    """
    return "'" + value if _FORMULA.match(value) and not _NUMBER.match(value) else value


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 2**53 else legible(value)
    if isinstance(value, bytes):
        return show(value)
    # A lone surrogate (text that was no UTF-8) cannot be written; a visible mark stands for it.
    return harmless(value.encode("utf-8", "replace").decode()) if isinstance(value, str) else value
