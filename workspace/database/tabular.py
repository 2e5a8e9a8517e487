"""Data files as tables in memory: CSV, TSV, JSON, XLSX and Parquet, each read whole, with notes on what was odd."""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from workspace.database.clean import clean_header, has_header
from workspace.database.ragged import lengths, shifted
from workspace.database.units import Amount, unit_in_format
from workspace.errors import SourceDamaged, SourceEmpty, SourceError, SourceUnreadable, SourceUnsupported

DELIMITERS = ",;\t|"
SNIFFED_LINES = 60
WIDEST = 2_000  # columns; SQLite stores no more
UNPACKED = 1_000_000_000  # bytes of a workbook, which is a zip; a million rows of ten columns take about 500 MB
FORMATTED = 50  # rows of a sheet whose cells say what unit a column is in
BLANKS = 1_000_000  # cells of a sheet that may be empty nearly all
NAMED = 3  # rows that are named by their lines
_END = "\x1eend\x1e"  # follows the last line of a CSV while it is read


@dataclass(frozen=True, slots=True)
class Tabular:
    """One table of a file.

    Args:
        name: its own name within the file ("" when the file is one table).
        names: column names.
        columns: values by column; text as written, or typed where the file has types.
        notes: sentences for a person.
    """

    name: str
    names: Sequence[str]
    columns: Sequence[Sequence[Any]]
    notes: Sequence[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return len(self.columns[0]) if self.columns else 0


def read_file(filename: str, data: bytes, kind: str) -> list[Tabular]:
    """The tables of a data file.

    Args:
        filename: for messages.
        data: its content.
        kind: ``csv``, ``json``, ``xlsx`` or ``parquet``.

    Raises:
        SourceEmpty: nothing in it, or only a header.
        SourceUnreadable: it is not what its name says.
    """
    if not data.strip(b"\x00\r\n\t \xef\xbb\xbf"):
        raise SourceEmpty(f"{filename} is empty.", hint="Give a file that has rows.")
    readers: dict[str, Callable[[str, bytes], list[Tabular]]] = {
        "csv": read_csv, "json": read_json, "xlsx": read_xlsx, "parquet": read_parquet,
    }  # fmt: skip
    return readers[kind](filename, data)


# ------------------------------------------------------------------------------------------------------------ text
def decode(filename: str, data: bytes) -> str:
    """The file's text: UTF-8 or UTF-16 with or without a mark, else Windows-1252; binary data is unreadable."""
    head = data[:4096]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\x00" in head:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if max(even, odd) > 0.3 * len(head) / 2 and min(even, odd) < 0.05 * len(head) / 2:
            return data.decode("utf-16-be" if even > odd else "utf-16-le", "replace")
        raise _binary(filename)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
        if sum(1 for c in text[:4096] if c == "\ufffd") > 0.02 * min(len(text), 4096):
            raise _binary(filename) from None
    control = sum(1 for c in text[:4096] if ord(c) < 32 and c not in "\r\n\t\x0b\x0c\x1a")
    if control > 0.02 * min(len(text), 4096):
        raise _binary(filename)
    return text


def _binary(filename: str) -> SourceUnreadable:
    return SourceUnreadable(
        f"{filename} holds binary data, not text in rows and columns.",
        hint="Check that the file is what its name says.",
    )


def read_csv(filename: str, data: bytes) -> list[Tabular]:
    text = decode(filename, data).rstrip("\x1a\x00")
    delimiter = _delimiter(text, tabs=filename.lower().endswith((".tsv", ".tab")))

    def lines(places: Sequence[int]) -> list[int]:
        """Read once more, because hardly a file has any and all lines of a large one are many."""
        wanted = set(places)
        numbered = zip(range(max(places) + 1), _rows(text, delimiter, filename), strict=False)
        return [line for place, (line, _) in numbered if place in wanted]

    return [_table("", [row for _, row in _rows(text, delimiter, filename)], filename, lines, delimiter)]


def _rows(text: str, delimiter: str, filename: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV that are not empty, each with the line it begins on."""
    csv.field_size_limit(50_000_000)
    raw: list[str] = []  # the lines of the row that is read

    def content() -> Iterator[str]:
        for line in itertools.chain(io.StringIO(text, newline=""), [_END]):
            raw.append(line)
            yield line

    layout: dict[str, Any] = {"delimiter": delimiter, "skipinitialspace": delimiter != "\t"}
    reader, line = csv.reader(content(), **layout), 1
    try:
        for row in reader:
            if raw == [_END]:
                return
            if len(raw) > 1 and (raw[-1] == _END or _swallowed(raw, row, layout)):
                raise SourceDamaged(
                    f"{filename}, line {line}: a quotation mark is opened and not closed, "
                    "so the lines that follow are part of one value.",
                    hint="Close it, or take it out.",
                )
            if any(cell.strip() for cell in row):
                yield line, row
            line += len(raw)
            raw.clear()
    except csv.Error as problem:
        raise SourceUnreadable(f"{filename} cannot be read at line {line}: {problem}.") from None


def _swallowed(raw: Sequence[str], row: Sequence[str], layout: Mapping[str, Any]) -> bool:
    """Did a quotation mark that is closed only by the next one take in rows?"""
    if not any(layout["delimiter"] in cell.partition("\n")[2] for cell in row):
        return False
    try:
        list(csv.reader(raw, strict=True, **layout))
    except csv.Error:
        return True
    return False


def _delimiter(text: str, *, tabs: bool) -> str:
    """The character between cells: the one that cuts the first lines into equally many, starting with the header."""
    sample = text[:200_000]
    if len(text) > len(sample):
        sample = sample[: sample.rfind("\n") + 1] or sample
    best, chosen = 0.0, "\t" if tabs else ","
    for delimiter in DELIMITERS:
        try:
            rows = []
            for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
                if row:
                    rows.append(len(row))
                if len(rows) >= SNIFFED_LINES:
                    break
        except csv.Error:
            continue
        if not rows or rows[0] < 2:
            continue
        score = sum(1 for width in rows if width == rows[0]) / len(rows) + 0.001 * min(rows[0], 50)
        if tabs and delimiter == "\t":
            score += 0.5
        if score > best:
            best, chosen = score, delimiter
    return chosen


def _table(
    name: str,
    rows: Sequence[Sequence[Any]],
    filename: str,
    lines: Callable[[Sequence[int]], Sequence[int]] | None = None,
    delimiter: str = "",
) -> Tabular:
    """Rows of cells, the first of them perhaps a header, as a table.

    Args:
        name: of the table within its file.
        rows: with the header.
        filename: for messages.
        lines: on which line of the file each of some rows begins; they are counted where it has no lines.
        delimiter: what stands between two cells in the file.
    """
    where = f"{filename}, sheet {name}," if name else filename
    if not rows:
        raise SourceEmpty(f"{where} is empty.", hint="Give a file that has rows.")
    notes = []
    if has_header(rows):
        header, body, start = list(rows[0]), rows[1:], 1
        while (
            header
            and header[-1] in (None, "")
            and all(len(row) < len(header) or row[len(header) - 1] in (None, "") for row in body)
        ):
            header.pop()
        if not body:
            raise SourceEmpty(f"{where} has a header but no rows.", hint="Give a file that has rows.")
    else:
        widths = [len(row) for row in rows]
        header, body, start = [""] * max(set(widths), key=widths.count), rows, 0
        notes.append("The first row is data, so the columns are numbered.")
    width = len(header)
    listed = _Listed(where, width, "the header" if start else "most", start, lines)
    counts = lengths(body, width)
    extra = max(max(counts) - width, 0)
    if extra > 200:
        raise SourceUnreadable(f"{where} is not a table: its rows differ by {extra} cells.")
    if width + extra > WIDEST:
        raise SourceUnreadable(f"{where} has {width + extra:,} columns; {WIDEST:,} are the most.")
    names = clean_header([*header, *(f"extra {n}" for n in range(1, extra + 1))])
    if damaged := shifted(body, counts, width, delimiter):
        raise listed.refused([place for place, _ in damaged], counts, names[damaged[0][1]])
    notes += listed.notes(counts)
    width += extra
    padded = [(*row[:width], *[None] * (width - len(row))) for row in body]
    return Tabular(name, names, [list(column) for column in zip(*padded, strict=True)], notes)


@dataclass(frozen=True, slots=True)
class _Listed:
    """What is said of rows that have another number of cells than their table.

    Args:
        where: the file.
        width: of the table.
        than: what has that many cells.
        start: rows above the first.
        lines: as for `_table`.
    """

    where: str
    width: int
    than: str
    start: int
    lines: Callable[[Sequence[int]], Sequence[int]] | None

    def notes(self, counts: Sequence[int]) -> Iterator[str]:
        """Sentences on those whose values stand where they should."""
        for places, what, done in (
            (
                [place for place, count in enumerate(counts) if count < self.width],
                "fewer",
                "what is missing was left empty. Check that no separator is missing there.",
            ),
            (
                [place for place, count in enumerate(counts) if count > self.width],
                "more",
                "the rest is in columns of its own. Check that no value there is cut by a separator in it.",
            ),
        ):
            if places:
                many = "1 row has" if len(places) == 1 else f"{len(places):,} rows have"
                yield f"{many} {what} cells than {self.than} ({self._named(places)}); {done}"

    def refused(self, places: Sequence[int], counts: Sequence[int], column: str) -> SourceDamaged:
        """What keeps a file from being read: its figures would be those of other columns."""
        count, named = counts[places[0]], self._named(places)
        cells = "1 cell" if count == 1 else f"{count} cells"
        has = f"{cells} where {self.than} {'has' if self.start else 'have'} {self.width}"
        fit = f"under “{column}” stands a value that is not of that column."
        hint = "Put in the separator that is missing, or quotation marks around a value that has one in it."
        if len(places) == 1:
            said = f"{self.where}, {named}, has {has}: {fit}"
        else:
            said = f"{self.where} has {len(places):,} rows that are cut wrongly ({named}). The first has {has}: {fit}"
        return SourceDamaged(said, hint=hint if self.lines else "Put in what is missing.")

    def _named(self, places: Sequence[int]) -> str:
        """ "line 3", "lines 3, 9 and 12", "lines 3, 9, 12 and 1,040 more"."""
        kept = [place + self.start for place in places[:NAMED]]
        numbers = [f"{number:,}" for number in (self.lines(kept) if self.lines else [place + 1 for place in kept])]
        more = len(places) - len(kept)
        head, last = (numbers, f"{more:,} more") if more else (numbers[:-1], numbers[-1])
        unit = ("line" if self.lines else "row") + ("s" if len(places) > 1 else "")
        return f"{unit} {', '.join(head)} and {last}" if head else f"{unit} {last}"


# ------------------------------------------------------------------------------------------------------------ json
def read_json(filename: str, data: bytes) -> list[Tabular]:
    text = decode(filename, data)
    try:
        content = json.loads(text)
    except RecursionError:
        raise SourceUnreadable(f"{filename} is nested too deeply to be a table.") from None
    except ValueError as problem:
        content = _json_lines(text)
        if content is None:
            raise SourceUnreadable(f"{filename} is not valid JSON: {problem}.") from None
    if isinstance(content, dict) and isinstance(content.get("features"), list):  # GeoJSON
        content = [
            {**(item.get("properties") or {}), "geometry": item.get("geometry")}
            for item in content["features"]
            if isinstance(item, dict)
        ]
    if isinstance(content, dict):
        lists = {
            key: value
            for key, value in content.items()
            if isinstance(value, list) and value and isinstance(value[0], dict)
        }
        if lists:
            single = len(lists) == 1
            return [_records("" if single else str(key), value, filename) for key, value in lists.items()]
        content = [content]
    if not isinstance(content, list):
        raise SourceUnreadable(f"{filename} holds a single value, not a list of records.")
    if content and all(isinstance(item, list) for item in content):
        return [_table("", [[_plain(cell) for cell in row] for row in content], filename)]
    return [_records("", content, filename)]


def _json_lines(text: str) -> list[Any] | None:
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return None


def _records(name: str, records: list[Any], filename: str) -> Tabular:
    if not records:
        raise SourceEmpty(f"{filename} is an empty list.", hint="Give a file that has records.")
    keys: dict[str, None] = {}
    dicts = [item if isinstance(item, dict) else {"value": item} for item in records]
    for record in dicts:
        keys.update(dict.fromkeys(record))
    if not keys:
        raise SourceEmpty(f"{filename} has records without fields.")
    columns = [[_plain(record.get(key)) for record in dicts] for key in keys]
    return Tabular(name, clean_header([_sound(key) for key in keys]), columns)


def _sound(text: str) -> str:
    """Text that can be stored: half a character, which JSON can spell (``\\ud800``), becomes a visible mark."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _plain(value: Any) -> Any:
    """A value as a database holds it; what is nested becomes JSON text, moments become ISO text."""
    if isinstance(value, str):
        return _sound(value)
    if value is None or isinstance(value, bool | int | bytes):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime):
        return value.replace(microsecond=0).isoformat(sep=" ") if not value.microsecond else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value) if value.is_finite() else None
    return _sound(json.dumps(value, ensure_ascii=False, default=str))


# ------------------------------------------------------------------------------------------------------------ xlsx
def read_xlsx(filename: str, data: bytes) -> list[Tabular]:
    import openpyxl  # 0.3 s to import, so only for a workbook

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > UNPACKED:
            raise SourceUnsupported(
                f"{filename} unpacks to {unpacked / 1e6:,.0f} MB, more than the {UNPACKED // 10**6} MB that are read.",
                hint="Save the sheet you need as CSV.",
            )
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except SourceUnsupported:
        raise
    except Exception:
        raise SourceUnreadable(
            f"{filename} is not an Excel workbook, or it is protected by a password.",
            hint="Save it as .xlsx without one.",
        ) from None
    tables = []
    try:
        for sheet in book.worksheets:
            # Sizes that a sheet claims, or that one stray cell at its far end makes, would pad every row with blanks.
            sheet.reset_dimensions()
            cells = _with_units(sheet, [list(row) for row in sheet.iter_rows(values_only=True) if row])
            rows = _trimmed(cells, f"{filename}, sheet {sheet.title},")
            if len(rows) > 1:
                tables.append(_table(sheet.title, [[_cell(value) for value in row] for row in rows], filename))
    except SourceError:
        raise
    except Exception:
        raise SourceUnreadable(f"{filename} is a damaged Excel workbook.", hint="Open and save it in Excel.") from None
    if not tables:
        raise SourceEmpty(f"{filename} has no sheet with a header and rows.")
    return [_day_columns(table) for table in tables]


def _with_units(sheet: Any, rows: list[list[Any]]) -> list[list[Any]]:
    """The rows, with the numbers of those columns as amounts whose first cells are formatted in one unit."""
    shown: dict[int, set[str]] = {}
    for row in sheet.iter_rows(max_row=FORMATTED):
        for place, cell in enumerate(row):
            if isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
                shown.setdefault(place, set()).add(unit_in_format(cell.number_format or ""))
    units = {place: next(iter(found)) for place, found in shown.items() if len(found) == 1 and found != {""}}
    for row in rows if units else ():
        for place, unit in units.items():
            value = row[place] if place < len(row) else None
            if isinstance(value, int | float) and not isinstance(value, bool):
                row[place] = Amount(value, unit)
    return rows


def _trimmed(rows: list[list[Any]], where: str) -> list[list[Any]]:
    """The rows, equally long, without empty ones and the empty columns at the left and right of the table."""
    rows = [row for row in rows if any(cell not in (None, "") for cell in row)]
    if not rows:
        return []
    used = [place for row in rows for place, cell in enumerate(row) if cell not in (None, "")]
    left, right = min(used), max(used)
    width = right - left + 1
    if width * len(rows) > BLANKS and len(used) < width * len(rows) / 10:
        raise SourceUnreadable(
            f"{where} is not a table: {len(used):,} values lie scattered over {width:,} columns, {len(rows):,} rows.",
            hint="Delete what stands far away from the table.",
        )
    rows = [[*row[left : right + 1], *[None] * (right + 1 - max(len(row), left))] for row in rows]
    while len(rows) > 2 and sum(cell not in (None, "") for cell in rows[0]) == 1 and right > left:
        rows = rows[1:]  # a title above the header
    return rows


def _cell(value: Any) -> Any:
    if isinstance(value, str) and re.match(r"#(N/A|DIV/0!|REF!|NAME\?|VALUE!|NUM!|NULL!)$", value):
        return None
    return _plain(value)


def _day_columns(table: Tabular) -> Tabular:
    """Excel keeps days as moments at midnight; a column of nothing else holds dates."""
    columns = [_days(column) for column in table.columns]
    return Tabular(table.name, table.names, columns, table.notes)


def _days(column: Sequence[Any]) -> Sequence[Any]:
    filled = [value for value in column if value is not None]
    if filled and all(isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d 00:00:00$", value) for value in filled):
        return [value and value[:10] for value in column]
    return column


# --------------------------------------------------------------------------------------------------------- parquet
def read_parquet(filename: str, data: bytes) -> list[Tabular]:
    import pyarrow.parquet as parquet

    try:
        table = parquet.read_table(io.BytesIO(data))
    except Exception:
        raise SourceUnreadable(f"{filename} is not a Parquet file, or it is damaged.") from None
    if not table.num_rows or not table.num_columns:
        raise SourceEmpty(f"{filename} has columns but no rows.")
    columns = [_days([_plain(value) for value in _values(column)]) for column in table.columns]
    return [Tabular("", clean_header(table.column_names), columns)]


def _values(column: Any) -> Iterable[Any]:
    """Python values of an Arrow column; nanoseconds, which Python's clock does not hold, cut to microseconds."""
    import pyarrow

    if pyarrow.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pyarrow.timestamp("us", column.type.tz), safe=False)
    return column.to_pylist()
