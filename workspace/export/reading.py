"""Exported files read back: what a file says it was made of, and every figure and word it shows, each with its place.

A file comes from anybody. It is read as data, within limits; its SQL is run by nobody but the guard.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from workspace.artifact.model import Artifact, load
from workspace.artifact.snapshot import Kept, kept_from_dict
from workspace.errors import ArtifactInvalid
from workspace.export.html import KEPT

LARGEST = 200_000_000  # bytes, unpacked
MANNER = "  as "  # between a cell's value and the format it is shown in
READ = ("json", "html", "xlsx")


@dataclass(frozen=True, slots=True)
class Read:
    """A file that was read.

    Args:
        extension: its kind.
        body: its content.
        kept: what it says it was made of.
        shown: what it shows, place to text; nothing for JSON.
        writer: the code that it says wrote it (`workspace.export.file.writer`), "" where it does not say.
    """

    extension: str
    body: bytes
    kept: Kept
    shown: Mapping[str, str]
    writer: str = ""


def read(body: bytes, extension: str) -> Read:
    """An exported file.

    Args:
        body: its content.
        extension: json, html or xlsx.

    Raises:
        ArtifactInvalid: no such file, or one that was not exported by a workspace.
    """
    if extension not in READ:
        raise ArtifactInvalid(
            f"A .{extension} file does not carry its receipts in a form that can be run again.",
            hint="Export the same page as json, html or xlsx, and verify that.",
        )
    if len(body) > LARGEST:
        raise ArtifactInvalid(f"This file is larger than {LARGEST // 1_000_000} MB.")
    if extension == "json":
        return Read(extension, body, kept_from_dict(_json(_text(body))), {})
    text, shown = _html(_text(body)) if extension == "html" else _xlsx(body)
    data = _json(text)
    kept = kept_from_dict(data)
    if kept.offset is None:
        raise ArtifactInvalid("This saved view is malformed.", hint="Export it again.")
    return Read(extension, body, kept, shown, str(data.get("writer", "")))


def artifact_of(body: bytes) -> Artifact:
    """The artifact in an exported .json.

    Args:
        body: the file's content; the bare JSON of an artifact is taken as well.

    Raises:
        ArtifactInvalid: it holds none.
    """
    data = _json(_text(body))
    inner = data.get("artifact", data) if isinstance(data, dict) else None
    if not isinstance(inner, dict) or "title" not in inner:
        raise ArtifactInvalid("There is no artifact in this file.", hint="Give a .json that was exported from a page.")
    return load(inner)


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise ArtifactInvalid("This file is not text in UTF-8.", hint="Export it again.") from problem


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise ArtifactInvalid(
            "What this file says it was made of cannot be read.", hint="Export it again."
        ) from problem


def _foreign() -> ArtifactInvalid:
    return ArtifactInvalid("This file was not exported by a workspace, or its receipts were taken out.")


# ------------------------------------------------------------------------------------------------------------ html
def _html(text: str) -> tuple[str, dict[str, str]]:
    page = _Page()
    page.feed(text)
    page.close()
    if not page.kept:
        raise _foreign()
    return page.kept, page.shown


_PROSE = {"h1", "h2", "h3", "h4", "p", "li", "caption", "figcaption", "dt", "dd", "pre", "summary", "value", "label"}
_UNITS = frozenset(_PROSE | {"td", "th", "title", "desc", "text"})
_VOID = frozenset({"meta", "br", "hr", "link", "img", "input"})


class _Page(HTMLParser):
    """Collects the text of every part of a page that a reader takes in as one: a cell, a paragraph, a label."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.kept = ""
        self.shown: dict[str, str] = {}
        self._open: list[str] = []
        self._units: list[tuple[str, list[str]]] = []
        self._counts: dict[str, int] = {}
        self._heads: list[str] = []
        self._cell = self._row = 0
        self._receipt, self._term, self._paper = "", "", False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "script" and given.get("id") == KEPT:
            tag = "kept"
        elif tag == "span" and given.get("class") in ("value", "label"):
            tag = given["class"]
        if tag not in _VOID:
            self._open.append(tag)
        self._begin(tag, given)
        self._paper = tag == "p" and given.get("class") == "paper"
        if tag in _UNITS:
            self._units.append((self._place(tag), []))

    def _begin(self, tag: str, given: Mapping[str, str]) -> None:
        if tag in ("table", "figure"):
            self._counts[f"<{tag}>"] = self._counts.get(f"<{tag}>", 0) + 1
            if tag == "table":
                self._heads, self._row = [], 0
        elif tag == "tr":
            self._cell, self._row = 0, self._row + ("tbody" in self._open)
        elif tag == "dl":
            self._receipt = given.get("id", "").removeprefix("receipt-")

    def _place(self, tag: str) -> str:
        if tag in ("td", "th"):
            self._cell += 1
        if "table" in self._open:
            return self._table(tag)
        if "figure" in self._open:
            names = {"figcaption": "caption", "desc": "in words"}
            return self._numbered(f"chart {self._counts['<figure>']}, {names.get(tag, 'label')}")
        if tag == "dd":
            return f"receipt of {self._receipt}, {self._term}"
        if tag == "pre":
            return f"receipt of {self._receipt}, SQL"
        if self._paper:
            return self._numbered("receipt, as printed")
        if "header" in self._open and tag != "h1":
            return self._numbered("line under the title")
        if "footer" in self._open:
            return self._numbered("receipt, heading")
        if "main" not in self._open and tag == "title":
            return self._numbered("title of the window")
        names = {"h1": "title", "value": "figure", "label": "figure, label"}
        return self._numbered(names.get(tag, "text"))

    def _table(self, tag: str) -> str:
        where = f"table {self._counts['<table>']}"
        if tag == "th":
            return f"{where}, heading {self._cell}"
        if tag != "td":
            return f"{where}, {tag}"
        head = self._heads[self._cell - 1] if self._cell <= len(self._heads) else f"column {self._cell}"
        return f"{where}, {'total' if 'tfoot' in self._open else f'row {self._row}'}, {head}"

    def _numbered(self, name: str) -> str:
        self._counts[name] = self._counts.get(name, 0) + 1
        return f"{name} {self._counts[name]}"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A drawing's elements that end at once hold no text."""

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "kept":
            self.kept += data
        elif self._open[-1:] in (["style"], ["script"]):
            return
        elif self._units:
            self._units[-1][1].append(data)
        elif words := " ".join(data.split()):  # a page of ours has no text of its own here
            self.shown[self._numbered("page")] = words

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            closed = self._open.pop()
            if closed in _UNITS and self._units:
                self._end(closed)
            if closed == tag or (tag == "span" and closed in ("value", "label")) or (tag, closed) == ("script", "kept"):
                return

    def _end(self, tag: str) -> None:
        place, texts = self._units.pop()
        text = " ".join("".join(texts).split())
        if tag == "th":
            self._heads.append(text)
        elif tag == "dt":
            self._term = text
            return
        if text or tag in ("td", "dd"):
            self.shown[place if place not in self.shown else self._numbered(place)] = text


# ------------------------------------------------------------------------------------------------------------ xlsx
_MANNER = re.compile(r'[\\"\s]|;@$|_[-( )*?]|\*.')


def _xlsx(body: bytes) -> tuple[str, dict[str, str]]:
    from workspace.export.xlsx import KEPT as SHEET

    with _workbook(body, computed=True) as book:
        kept, shown = "", {}
        for sheet in book.worksheets:
            if sheet.title == SHEET:
                kept = "".join(str(row[0]) for row in sheet.iter_rows(values_only=True) if row and row[0] is not None)
            else:
                shown |= dict(_cells(sheet))
    if not kept:
        raise _foreign()
    return kept, shown


def formulas(body: bytes) -> dict[str, str]:
    """Every formula of a workbook, by its place.

    Args:
        body: its content.

    Raises:
        ArtifactInvalid: it cannot be read.
    """
    with _workbook(body, computed=False) as book:
        found = {}
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            for cell in (cell for row in sheet.iter_rows() for cell in row):
                if cell.value is not None and cell.data_type == "f":
                    found[f"{sheet.title}, {cell.coordinate}"] = str(getattr(cell.value, "text", cell.value))
    return found


@contextmanager
def _workbook(body: bytes, *, computed: bool) -> Generator[Any]:
    """A workbook to read in order, with what its formulas gave or with the formulas themselves."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > LARGEST * 4:
                raise ArtifactInvalid("This workbook is too large to be read.")
        yield openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=computed)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, SyntaxError, TypeError) as problem:
        raise ArtifactInvalid("This is not a workbook that can be read.", hint="Export it again.") from problem


def _cells(sheet: Any) -> Iterator[tuple[str, str]]:
    """Every cell that shows something: its place, and its value with the format that a number is shown in.

    Thirteen digits, because a program that saves the workbook again adds its totals up anew.
    """
    sheet.reset_dimensions()
    for row in sheet.iter_rows():
        for cell in row:
            value = cell.value
            if value is None or value == "":
                continue
            text = f"{value:.13g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
            manner = _MANNER.sub("", cell.number_format) if not isinstance(value, str) else ""
            yield (
                f"{sheet.title}, {cell.coordinate}",
                text + (f"{MANNER}{manner}" if manner not in ("", "General") else ""),
            )
