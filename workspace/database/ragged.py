"""Rows with another number of cells than their table: do they lack only their end, or are their values shifted?

A row without its last cells, where those are empty, is what some exporters write. A row that lost a separator in its
middle looks the same but for its values: they are not of the columns that they come to stand in.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from workspace.database.clean import ISO, NOTHING, amount_in, clean_column, layout_of, parses, uses_decimal_comma

Rows = Sequence[Sequence[Any]]
SAMPLE = 5_000  # rows
_SPLIT = re.compile(r"[+-]?(\d{1,3}(,\d{3})+(\.\d+)?|\d+,\d{1,2})\Z")  # a number that a comma would cut


def lengths(rows: Rows, width: int) -> list[int]:
    """How many cells each row has, empty ones behind the table's last column not counted.

    Args:
        rows: without the header.
        width: how many columns there are.
    """
    return [count if (count := len(row)) <= width else _length(row, width) for row in rows]


def _length(row: Sequence[Any], width: int) -> int:
    count = len(row)
    while count > width and row[count - 1] in (None, ""):
        count -= 1
    return count


def shifted(rows: Rows, counts: Sequence[int], width: int, delimiter: str = "") -> list[tuple[int, int]]:
    """The rows of another length whose values are not of the columns that they stand in.

    What a column holds is what it holds in the rows that have all its table's cells, or as many as most rows.

    Args:
        rows: without the header.
        counts: their `lengths`.
        width: how many columns there are.
        delimiter: what stands between two cells, "" where nothing does.

    Returns:
        the place of each such row, and that of the column where it shows first.

    Example:
        >>> rows = [["a", "1", "x"], ["b", "2", "y"], ["c", "3"], ["d z", "w"]]
        >>> shifted(rows, lengths(rows, 3), 3)
        [(3, 1)]
    """
    often = Counter(counts)
    usual = max(often, key=lambda count: (often[count], count == width), default=width)
    odd = [place for place, count in enumerate(counts) if count not in (width, usual)] if len(often) > 1 else []
    if not odd:
        return []
    trusted = [row for row, count in zip(rows, counts, strict=True) if count in (width, usual)]
    cells = {place: [_text(value) for value in rows[place][: counts[place]]] for place in odd}
    seen: list[set[str]] = [set() for _ in range(width)]
    for texts in cells.values():
        for known, text in zip(seen, texts, strict=False):
            known.add(text)
    columns, rare = _columns(trusted, seen)
    found = []
    for place in odd:
        at = next(_misplaced(cells[place], columns, rare), None)
        if at is None and delimiter == ",":
            at = _cut(cells[place], columns)
        if at is not None:
            found.append((place, at))
    return found


def _columns(trusted: Rows, seen: Sequence[set[str]]) -> tuple[list[_Column], list[set[str]]]:
    """What the columns hold, and what of other rows' values none of theirs is like.

    What a value of the first rows is like is known at once; all rows, of which there may be millions, are looked at
    where there is a value that none of these is like.
    """
    columns, rare = [], []
    first = [[row[at] for row in trusted[:SAMPLE] if len(row) > at] for at in range(len(seen))]
    comma = uses_decimal_comma(first)
    for at, texts in enumerate(seen):
        column = _held(first[at], comma)
        odd = {text for text in texts if not column.used_to(text)}
        if (odd or not column.kind) and len(trusted) > SAMPLE:
            column = _held([row[at] for row in trusted if len(row) > at], comma)
            odd = {text for text in texts if not column.used_to(text)}
        columns.append(column)
        rare.append(odd)
    return columns, rare


def _misplaced(texts: Sequence[str], columns: Sequence[_Column], rare: Sequence[set[str]]) -> Iterator[int]:
    """The columns that cannot hold what stands there, or hold nothing of its kind while another one further on does."""
    by = len(columns) - len(texts)
    for at, text in enumerate(texts[: len(columns)]):
        if text not in rare[at]:
            continue
        if not columns[at].takes(text):
            yield at
        elif at + by >= 0 and columns[at + by].kind in ("number", "date"):
            moved = zip(texts[at:], columns[at + by :], strict=False)
            if all(column.used_to(other) for other, column in moved):
                yield at


def _cut(texts: Sequence[str], columns: Sequence[_Column]) -> int | None:
    """The column of a number that its own comma cuts in two, in a row that is as long as its table without that."""
    more = len(texts) - len(columns)
    for at, column in enumerate(columns if more > 0 else ()):
        joined = ",".join(texts[at : at + more + 1])
        if column.kind == "number" and _SPLIT.match(joined):
            whole = [*texts[:at], joined, *texts[at + more + 1 :]]
            if all(own.takes(text) for own, text in zip(columns, whole, strict=True)):
                return at
    return None


# --------------------------------------------------------------------------------------------------------- columns
@dataclass(frozen=True, slots=True)
class _Column:
    """What a column holds.

    Args:
        kind: ``number``, ``date``, ``text``, or "" for nothing.
        whole: are its numbers whole ones?
        unit: of its numbers.
        layout: of its dates, "" for ISO.
        also: kinds that some of its texts read as; ``lines`` where one has several.
        comma: are decimals written with a comma?
    """

    kind: str
    whole: bool = False
    unit: str = ""
    layout: str = ""
    also: frozenset[str] = frozenset()
    comma: bool = False

    def takes(self, text: str) -> bool:
        """Would it stay a column of its kind with this value?"""
        if not self.kind or not text or text.lower() in NOTHING:
            return True
        if self.kind == "number":
            amount = amount_in(text)
            return amount is not None and amount[1] in ("", self.unit)
        if self.kind == "date":
            return parses(self.layout, [text]) if self.layout else bool(ISO.match(text))
        return "\n" not in text or "lines" in self.also  # a quotation mark that is not closed takes in whole lines

    def used_to(self, text: str) -> bool:
        """Does it hold values of this very kind already?"""
        if not self.takes(text):
            return False
        if not self.kind or not text or text.lower() in NOTHING:
            return True
        if self.kind == "number" and self.whole:
            return clean_column("", [text], decimal_comma=self.comma).declared.startswith("INTEGER")
        return self.kind != "text" or _kinds(text) <= self.also


def _held(values: Sequence[Any], comma: bool) -> _Column:
    texts = {text for text in map(_text, set(values)) if text and text.lower() not in NOTHING}
    if not texts:
        return _Column("")
    declared = clean_column("", list(texts), decimal_comma=comma).declared
    if declared.startswith(("INTEGER", "REAL")):
        return _Column("number", declared.startswith("INTEGER"), declared.partition('"')[2][:-1], comma=comma)
    if layout := "" if all(map(ISO.match, texts)) else layout_of(texts):
        return _Column("date", layout=layout)
    if declared.startswith("DATE"):
        return _Column("date")
    return _Column("text", also=frozenset(kind for text in texts for kind in _kinds(text)))


def _kinds(text: str) -> set[str]:
    """What a text reads as beside being one."""
    found = {"lines"} if "\n" in text else set()
    if ISO.match(text):
        found.add("date")
    return found | {"number"} if amount_in(text) is not None else found


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()
