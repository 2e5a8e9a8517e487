"""What the content of a column shows: its kind, how it writes dates, how many values it has and which are common."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from workspace.database.catalog import Column, Kind, Profile

COMMON = 12
# Distinct values tried against a date format.
TRIED = 400

_ISO_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")
_ISO_DATETIME = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
    r"[ T]([01]\d|2[0-4]):[0-5]\d(:[0-6]\d(\.\d+)?)?( ?(Z|UTC|[+-]\d\d:?\d\d))?$"
)
_TIME = re.compile(r"([01]?\d|2[0-4]):[0-5]\d(:[0-6]\d(\.\d+)?)?$")
_YEAR = re.compile(r"(1[5-9]|20)\d\d$")
_INTEGER = re.compile(r"[+-]?(0|[1-9]\d{0,15})$")
_REAL = re.compile(r"[+-]?(0|[1-9]\d{0,15})?(\.\d+)?([eE][+-]?\d{1,3})?$")
# Numbers in name only: nobody adds up telephone numbers.
_CODE_NAME = re.compile(
    r"(?i)(zip|post|phone|fax|mobile|extension|code|isbn|ssn|iban|number|_no|nr|id|key|ref|version)$|^(zip|post|phone)"
)
_YEAR_NAME = re.compile(r"(?i)(^|[_ ])(year|yr|founded|built|jahr|season|vintage)|year$|Year|(^|[_ ])(opened|opening)")
_MOMENT_NAME = re.compile(
    r"(?i)time|date|stamp|created|updated|modified|(^|[_ ])(at|on|ts|when)($|[_ ])|(?-i:[a-z]At$)"
)
_FLAG_NAME = re.compile(
    r"(?i)^(is|has|can|was|did|allow)([_ ]|(?-i:[A-Z]))|^(active|flag)$|(flag|active|enabled|deleted|discontinued|yn)$"
)
_FLAGS = ({"y", "n"}, {"yes", "no"}, {"true", "false"}, {"t", "f"})
# Layouts of dates other than ISO. Fixed width only, because SQL has to take them apart; day and month that could be
# swapped are taken only where a value settles it.
_LAYOUTS = (
    "%b %d %Y", "%b %d, %Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%Y%m%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y",
    "%d.%m.%y", "%m/%d/%Y", "%d/%m/%Y", "%m-%d-%Y", "%d-%m-%Y", "%m/%d/%y", "%d/%m/%y", "%Y-%m",
)  # fmt: skip
_TIMES = ("", " %H:%M", " %H:%M:%S")
_WIDTHS = {"Y": 4, "y": 2, "m": 2, "d": 2, "b": 3, "H": 2, "M": 2, "S": 2}


@dataclass(frozen=True, slots=True)
class Sample:
    """Values of a column.

    Args:
        values: those fetched, NULLs included.
        rows: rows of the table.
        exact: are these all?
    """

    values: Sequence[Any]
    rows: int
    exact: bool


def column_of(column: Column, sample: Sample, *, referring: bool = False) -> Column:
    """``column`` with its kind and profile.

    Args:
        column: as declared; its kind is replaced.
        sample: its content.
        referring: is it (part of) a declared foreign key?
    """
    counts: Counter = Counter(sample.values)
    nulls = counts.pop(None, 0)
    profile = _profile(counts, nulls, sample)
    key = column.primary or referring
    kind, encoding = kind_of(column.name, column.declared, counts, key=key, whole=sample.exact)
    return replace(column, kind=kind, profile=replace(profile, encoding=encoding))


def _profile(counts: Counter, nulls: int, sample: Sample) -> Profile:
    seen = len(sample.values)
    present = seen - nulls
    common = tuple((value, n) for value, n in counts.most_common(COMMON) if not isinstance(value, bytes))
    lengths = sum(len(value) if isinstance(value, str | bytes) else len(str(value)) for value in counts)
    plain = [value for value in counts if not isinstance(value, bytes)]
    low, high = _extremes(plain)
    if not sample.exact and seen:
        nulls = round(nulls * sample.rows / seen)
    scale = 1.0 if sample.exact or not seen else sample.rows / seen
    return Profile(
        nulls=nulls,
        distinct=len(counts) if sample.exact else _estimate(counts, present, round(present * scale)),
        minimum=low,
        maximum=high,
        common=tuple((value, round(n * scale)) for value, n in common) if common and common[0][1] > 1 else common,
        mean_length=round(lengths / len(counts), 1) if counts else 0.0,
        exact=sample.exact,
        bounded=sample.exact,
    )


def bounded(column: Column, rows: int, bounds: tuple[int, Any, Any]) -> Column:
    """A sampled column with its exact ``(values, smallest, largest)`` out of ``rows`` rows."""
    present, low, high = bounds
    profile = replace(column.profile, nulls=rows - present, minimum=low, maximum=high, bounded=True)
    return replace(column, profile=profile)


def _extremes(values: list[Any]) -> tuple[Any, Any]:
    """Smallest and largest in SQLite's order: numbers before text."""
    if not values:
        return None, None
    try:
        return min(values), max(values)
    except TypeError:
        numbers = [value for value in values if not isinstance(value, str)]
        return min(numbers), max(value for value in values if isinstance(value, str))


def _estimate(counts: Counter, present: int, total: int) -> int:
    """Distinct values of the whole column from those of a sample (Chao's estimator), between the two obvious bounds."""
    once = sum(1 for n in counts.values() if n == 1)
    if once == present:
        return total
    twice = sum(1 for n in counts.values() if n == 2)
    return min(total, round(len(counts) + once * (once - 1) / (2 * (twice + 1))))


# -------------------------------------------------------------------------------------------------------------- kind
def kind_of(
    name: str, declared: str, counts: Counter | dict[Any, int], *, key: bool = False, whole: bool = True
) -> tuple[Kind, str]:
    """The kind of a column and how it writes dates, from its declaration and its distinct values.

    Args:
        name, declared: of the column.
        counts: rows per distinct value, without NULL.
        key: is it part of a key (which is never a truth value or a date)?
        whole: are these all the values?
    """
    if not counts:
        return _declared_kind(declared), "iso" if _declared_kind(declared) in ("date", "datetime") else ""
    types = set(map(type, counts))
    if types == {bytes}:
        return "blob", ""
    texts = [value for value in counts if isinstance(value, str)]
    if types <= {int, float} or (texts and len(texts) < 0.05 * len(counts) and types & {int, float}):
        return _kind_of_numbers(name, declared, counts, key=key)
    if types == {str}:
        return _kind_of_texts(name, declared, counts, texts, key=key)
    return "text", ""


def _declared_kind(declared: str) -> Kind:
    text = declared.lower()
    found: tuple[tuple[str, Kind], ...] = (
        ("bool", "boolean"), ("datetime", "datetime"), ("timestamp", "datetime"), ("date", "date"), ("time", "time"),
        ("int", "integer"), ("blob", "blob"), ("binary", "blob"), ("char", "text"), ("text", "text"), ("clob", "text"),
        ("real", "real"), ("floa", "real"), ("doub", "real"), ("num", "real"), ("dec", "real"), ("money", "real"),
    )  # fmt: skip
    return next((kind for word, kind in found if word in text), "text")


def _kind_of_numbers(name: str, declared: str, counts: Any, *, key: bool) -> tuple[Kind, str]:
    numbers = [value for value in counts if isinstance(value, int | float)]
    whole = all(isinstance(value, int) or value.is_integer() for value in numbers)
    low, high = min(numbers), max(numbers)
    said = _declared_kind(declared)
    if not key:
        flags = set(numbers) <= {0, 1}
        both = len(numbers) == 2 and sum(counts.values()) >= 20
        if flags and (both or said == "boolean" or _FLAG_NAME.search(name)):
            return "boolean", ""
        moment = said in ("date", "datetime") or bool(_MOMENT_NAME.search(name))
        if moment and whole and low >= 315_532_800 and high < 4_102_444_800:  # 1980 to 2100
            return "datetime", "epoch"
        if moment and whole and low >= 315_532_800_000 and high < 4_102_444_800_000:
            return "datetime", "epoch_ms"
        if moment and not whole and low > 2_400_000 and high < 2_500_000:
            return "datetime", "julian"
    if whole and low >= 1500 and high < 2100 and (_YEAR_NAME.search(name) or said in ("date", "datetime")):
        return "integer", "year"
    if said == "real" and re.search(r"(?i)real|floa|doub|money", declared):
        return "real", ""
    return ("integer" if all(isinstance(value, int) for value in numbers) else "real"), ""


def _kind_of_texts(name: str, declared: str, counts: Any, texts: list[str], *, key: bool) -> tuple[Kind, str]:
    filled = [text for text in texts if text.strip()]
    if not filled:
        return "text", ""
    if all(map(_ISO_DATE.match, filled)):
        return "date", "iso"
    if all(_ISO_DATETIME.match(text) or _ISO_DATE.match(text) for text in filled):
        return "datetime", "iso"
    if all(map(_TIME.match, filled)):
        return "time", ""
    if not key and {text.lower() for text in filled} in _FLAGS:
        return "boolean", ""
    if all(map(_YEAR.match, filled)) and _YEAR_NAME.search(name):
        return "text", "year"
    layout = layout_of(filled)
    if layout and all(_widths_fit(layout, text) for text in filled):
        return ("datetime" if "%H" in layout else "date"), f"other:{layout}"
    if not key and not _CODE_NAME.search(name) and len(filled) == len(texts):
        if all(map(_INTEGER.match, filled)) and _declared_kind(declared) != "blob":
            return "integer", ""
        if all(_REAL.match(text) and any(map(str.isdigit, text)) for text in filled):
            return "real", ""
    return "text", ""


def layout_of(texts: Iterable[str]) -> str:
    """The strptime layout that all of ``texts`` (dates other than ISO) are written in, "" if none is certain.

    Example:
        >>> layout_of(["Jun 12 1998", "Aug 07 1998"])
        '%b %d %Y'
    """
    tried = sorted(set(texts), key=len)
    tried = tried[:: max(len(tried) // TRIED, 1)]
    if not tried or not any(map(str.isdigit, tried[0])) or len(tried[-1]) > 24:
        return ""
    for base in _LAYOUTS:
        for clock in _TIMES:
            layout = base + clock
            if not _parses(layout, tried):
                continue
            other = swapped(layout)
            if other and _parses(other, tried):
                return ""
            if base == "%Y%m%d" and not all(len(text.split()[0]) == 8 for text in tried):
                continue
            return layout
    return ""


def swapped(layout: str) -> str:
    """The layout with day and month exchanged, where people write both ways; "" where they do not.

    Example:
        >>> swapped("%m/%d/%Y")
        '%d/%m/%Y'
    """
    found = re.match(r"(%[md])([/-])(%[md])(?=[/-])", layout)
    return f"{found[3]}{found[2]}{found[1]}{layout[found.end() :]}" if found else ""


def _parses(layout: str, texts: Iterable[str]) -> bool:
    try:
        for text in texts:
            datetime.strptime(text, layout)
    except ValueError:
        return False
    return True


def _widths_fit(layout: str, text: str) -> bool:
    return len(text) == sum(_WIDTHS[part[1]] if part[0] == "%" else 1 for part in re.findall(r"%.|.", layout))
