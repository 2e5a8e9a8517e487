"""A column of a result as spreadsheet cells: real numbers and dates whose formats show exactly what the page shows.

The format of a number is read off how the page writes it, so that there is one place that decides (`format.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from workspace.artifact.format import around
from workspace.artifact.model import NamedQuery
from workspace.database.result import Result, legible
from workspace.export.outline import legal

LONGEST = 32_767  # characters of a cell, and of a workbook's
EXACT = 10**15  # a spreadsheet keeps fifteen digits of a number
_NUMBER = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?(%?)\Z")
_QUOTED = re.compile(r'"[^"]*"')
_DAY = re.compile(r"\d{1,2} [A-Z][a-z]{2} \d{4}(, \d\d:\d\d)?\Z")
_MONTH = re.compile(r"[A-Z][a-z]{2} \d{4}\Z")
_STAMP = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?)?\Z")
# The language is part of the format: months are named as on the page, whatever the reader's language is.
DAY, MONTH = "[$-409]d mmm yyyy", "[$-409]mmm yyyy"
_EPOCH = datetime(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Cells:
    """A column: ``values`` are numbers, serial days, texts, booleans or None; ``code`` the number format of most.

    Args:
        name: of the column, as the query has it.
        values: one per row.
        code: a spreadsheet's number format, "" for text.
        odd: formats of single rows that the column's does not fit.
        texts: how the first rows read, for the width.
        unit: what its numbers are written in.
    """

    name: str
    values: Sequence[Any]
    code: str
    odd: dict[int, str]
    texts: tuple[str, ...]
    unit: str = ""


def cells(query: NamedQuery, result: Result, place: int, *, looked_at: int = 200) -> Cells:
    """The column at ``place`` of a result.

    Args:
        query: says how its columns are shown.
        result: the rows.
        place: which column.
        looked_at: rows that tell how wide it is.
    """
    column = result.columns[place]
    values = [row[place] for row in result.rows]
    write = query.writer(column, values)
    texts = tuple(write(value) for value in values[:looked_at])
    unit = query.shown(column.name).unit
    kinds = set(map(type, values)) - {type(None)}
    made: tuple[list[Any], str, dict[int, str]] | None = None
    if kinds and kinds <= {int, float}:
        made = _numbers(values, write, unit)
    elif kinds == {str}:
        made = _dates(values, write)
    if made is None and kinds == {str}:
        known = {value: None if value is None else fitting(write(value)) for value in set(values)}
        made = [known[value] for value in values], "", {}
    if made is None:
        mixed = [_mixed(value, write, unit) for value in values]
        made = [value for value, _ in mixed], "", {row: code for row, (_, code) in enumerate(mixed) if code}
    return Cells(column.name, made[0], made[1], made[2], texts, unit)


def code_of(text: str, *, grouped: bool = False, unit: str = "") -> str:
    """The number format under which a spreadsheet writes a number as ``text`` is written, "" when it is no number.

    Args:
        text: the number as the page writes it.
        grouped: thousands are set apart, whether or not this number has any.
        unit: what it is written in.

    Example:
        >>> code_of("−€2,328", unit="€")
        '"€"#,##0;"−€"#,##0'
        >>> code_of("2,328.60"), code_of("22.5%"), code_of("2023"), code_of("Jan 2023")
        ('#,##0.00;"−"#,##0.00', '0.0%;"−"0.0%', '0;"−"0', '')
    """
    before, after = around(unit)
    match = _NUMBER.match(text.removeprefix("−").removeprefix(before).removesuffix(after))
    if match is None:
        return ""
    places = "." + "0" * len(match[2]) if match[2] else ""
    whole = "#,##0" if (grouped and not match[3]) or "," in match[1] else "0"
    form = f"{whole}{places}{match[3]}" + (f'"{after}"' if after else "")
    return f'"{before}"{form};"−{before}"{form}' if before else f'{form};"−"{form}'


_SHORT = ((5e9, '#,##0,,,"bn"'), (5e6, '#,##0,,"M"'), (1e6, '0.0,,"M"'), (2e4, '#,##0,"k"'))  # from where on


def axis_code(code: str, largest: float) -> str:
    """The format of an axis over a column: the column's, without what its ticks do not need, long ones as 20k or 1.5M.

    Example:
        >>> axis_code('#,##0.00;"−"#,##0.00', 2328.6), axis_code('0.0%;"−"0.0%', 0.4), axis_code("0.00", 0.5)
        ('#,##0', '0%', '0.00')
        >>> axis_code('"€"#,##0;"−€"#,##0', 350_000)
        '"€"#,##0,"k";"−€"#,##0,"k";"€"0'
    """
    form = code.partition(";")[0]
    whole = abs(largest) >= (0.1 if form.endswith("%") else 10)
    form = re.sub(r"\.0+(?=[^0.]*\Z)", "", form) if whole and "mmm" not in form else form
    short = next((short for least, short in _SHORT if abs(largest) >= least), "")
    if not short or form.count("#,##0") != 1:
        return form
    long = form.replace("#,##0", short)
    below = f'"−{long[1:]}' if long.startswith('"') else f'"−"{long}'
    return f"{long};{below};{form.replace('#,##0', '0')}"


def fitting(text: str) -> str:
    """A text as a cell may hold it."""
    text = legal(text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


Column = tuple[list[Any], str, dict[int, str]]


def _numbers(values: Sequence[Any], write: Callable[[Any], str], unit: str) -> Column | None:
    """Numbers under the format of the largest; a figure that is small beside the others has its own."""
    known = [value for value in values if value is not None and -EXACT < value < EXACT]
    grouped = "," in write(12345)  # years and numbers of orders are not
    codes = (
        [code_of(write(value), grouped=grouped, unit=unit) for value in (max(known, key=abs), min(known), max(known))]
        if known
        else [""]
    )
    if not all(codes):
        return None  # months by number, moments as seconds
    code = codes[0]
    first = _QUOTED.sub("", code.partition(";")[0])
    small = 10.0 ** -(len(first.partition(".")[2].rstrip("%")) + (2 if first.endswith("%") else 0))
    made = list(map(legible, values)) if any(isinstance(value, float) for value in known) else list(values)
    odd = {}
    if len(known) < len(values) or any(value and -small < value < small for value in known):
        for row, value in enumerate(values):
            if value is None:
                continue
            if not -EXACT < value < EXACT:
                made[row] = write(value)  # more digits than a spreadsheet keeps, or none
            elif value and -small < value < small:
                text = write(value)
                form = code_of(text, grouped=grouped, unit=unit) or "0.0E+00"
                # What is rounded to nought has no sign on the page.
                odd[row] = form if value > 0 or text.startswith("−") else ";".join([form.partition(";")[0]] * 2)
    return made, code, odd


def _dates(values: Sequence[Any], write: Callable[[Any], str]) -> Column | None:
    """Days, moments and months as a spreadsheet counts them, where all of a column are such."""
    first = next(value for value in values if value is not None)
    code = _date_code(write(first))
    if not code or _serial(first) is None:
        return None
    known = {value: None if value is None else _serial(value) for value in set(values)}  # days repeat
    if any(serial is None for value, serial in known.items() if value is not None):
        return None
    return [known[value] for value in values], code, {}


def _mixed(value: Any, write: Callable[[Any], str], unit: str) -> tuple[Any, str]:
    """One cell of a column of several kinds, and its format."""
    if value is None:
        return None, ""
    text = write(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        code = code_of(text, unit=unit)
        if code and -EXACT < value < EXACT:
            return value, code
    return fitting(text), ""


def _date_code(text: str) -> str:
    if match := _DAY.match(text):
        return DAY + '", "hh:mm' if match[1] else DAY
    return MONTH if _MONTH.match(text) else ""


def _serial(value: Any) -> float | None:
    """A date as a spreadsheet counts: days since the end of 1899. Those before 1901 it counts wrong."""
    match = _STAMP.match(value.strip())
    if match is None or match[1] < "1901":
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    try:
        at = datetime(year, month, day or 1, hour, minute, second)
    except ValueError:
        return None
    since = at - _EPOCH
    return since / timedelta(days=1) if since % timedelta(days=1) else since.days
