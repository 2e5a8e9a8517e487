"""Turning columns of loose text into numbers and ISO dates, where the whole column agrees; readable header names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workspace.database.profile import swapped
from workspace.database.units import CURRENCIES, Amount, declared_with, known_unit

_INTEGER = re.compile(r"[+-]?(0|[1-9]\d{0,17})$")
_REAL = re.compile(r"[+-]?((0|[1-9]\d{0,17})(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")
_COMMA = re.compile(r"[+-]?(0|[1-9]\d{0,17}|[1-9]\d{0,2}(\.\d{3})+)(,\d+)?$")
_EVIDENT_COMMA = re.compile(r"[+-]?[\d.]+,(\d{1,2}|\d{4,})$|[+-]?0,\d+$|[+-]?\d{1,3}(\.\d{3})+,\d+$")
ISO = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$")
_AMOUNT = re.compile(
    r"(?P<open>\()?\s*(?P<first>[+-])?\s*(?P<before>[^\W\d_]{3}|[^\w\s.,()'’+-])?\s*(?P<second>[+-])?\s*"
    r"(?P<number>[1-9]\d{0,2}(?:(?: \d{3})+|(?:['’]\d{3})+)(?:[.,]\d*)?|\.?\d[\d.,]*(?:[eE][+-]?\d{1,3})?)"
    r"\s*(?P<last>-)?\s*(?P<after>[^\s\d.,()'’+-]{1,4})?\s*(?P<end>-)?\s*(?P<close>\))?"
    r"\s*(?P<behind>[^\s\d.,()'’+-]{1,4})?\Z"
)
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2212": "-", "\u2013": "-"})
# What people write where there is no value; it counts as none only in a column of numbers or dates.
NOTHING = {"na", "n/a", "nan", "null", "none", "nil", "-", "--", "–", "—", ".", "?", "#n/a", "unknown", "missing"}
_DAYS = (
    "%b %d %Y", "%b %d, %Y", "%B %d, %Y", "%B %d %Y", "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%b-%y", "%Y/%m/%d",
    "%Y.%m.%d", "%d.%m.%Y", "%d.%m.%y", "%m/%d/%Y", "%d/%m/%Y", "%m-%d-%Y", "%d-%m-%Y", "%m/%d/%y", "%d/%m/%y",
    "%a, %d %b %Y", "%a %b %d %Y", "%Y-%m-%d",
)  # fmt: skip
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", "T%H:%M:%S")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A column ready to be stored: its SQL type, its values, and a sentence for a person ("" for none)."""

    declared: str
    values: Sequence[Any]
    note: str = ""


def clean_header(cells: Sequence[Any]) -> list[str]:
    """Column names out of a header row: readable, none empty, none twice (whatever the case).

    Example:
        >>> clean_header([" US  Gross", "", "us gross"])
        ['US Gross', 'column_2', 'us gross_2']
    """
    taken: set[str] = set()
    names = []
    for place, cell in enumerate(cells, 1):
        base = " ".join(str(cell).replace("\x00", "").split()) if cell is not None else ""
        base = unicodedata.normalize("NFC", base.strip('"').strip())[:120] or f"column_{place}"
        name, number = base, 2
        while name.lower() in taken:
            name, number = f"{base}_{number}", number + 1
        taken.add(name.lower())
        names.append(name)
    return names


def has_header(rows: Sequence[Sequence[Any]]) -> bool:
    """Is the first row names rather than data?"""
    first, rest = rows[0], rows[1:200]
    cells = [str(cell).strip() if cell is not None else "" for cell in first]
    filled = [cell for cell in cells if cell]
    if not filled:
        return False
    numbers = [cell for cell in filled if _REAL.match(cell) or _THOUSANDS.match(cell)]
    if numbers and all(re.match(r"(19|20)\d\d$", cell) for cell in numbers) and numbers == sorted(set(numbers)):
        return len(numbers) < len(filled)  # name, 2019, 2020, …
    if not rest:
        return not numbers
    if numbers or any(ISO.match(cell) for cell in filled):
        return False
    if len({cell.lower() for cell in filled}) < len(filled):
        return any(_typed(column) for column in zip(*rest, strict=False))
    return True


def _typed(column: Iterable[Any]) -> bool:
    texts = [str(value).strip() for value in column if value not in (None, "")]
    return bool(texts) and all(_REAL.match(text) or ISO.match(text) for text in texts)


def uses_decimal_comma(columns: Sequence[Sequence[Any]]) -> bool:
    """Does a column of numbers show that this file writes one and a half as 1,5?"""
    for column in columns:
        texts = [value.strip() for value in column[:2000] if isinstance(value, str) and value.strip()]
        amounts = [amount_in(text) for text in texts if text.lower() not in NOTHING]
        texts = [amount[0] for amount in amounts if amount is not None]
        agreed = bool(texts) and len(texts) == len(amounts) and all(map(_COMMA.match, texts))
        if agreed and any(map(_EVIDENT_COMMA.match, texts)):
            return True
    return False


def clean_column(name: str, values: Sequence[Any], *, decimal_comma: bool = False) -> Cleaned:
    """The column with its type.

    Args:
        name: for the note.
        values: text as it was written, or values that are typed already; None or "" where there is none.
        decimal_comma: does this file write decimals with a comma?
    """
    if any(isinstance(value, Amount) for value in values):
        unit, values = _counted(values)
        if unit:
            whole = all(value is None or value.is_integer() for value in values)
            stored = [int(value) if whole and value is not None else value for value in values]
            return Cleaned(declared_with("INTEGER" if whole else "REAL", unit), stored)
    distinct = {value for value in values if value is not None}
    kinds = set(map(type, distinct))
    if kinds != {str}:
        return _clean_typed(values, kinds)
    texts = {text: text.strip() for text in distinct}
    filled = {bare for bare in texts.values() if bare and bare.lower() not in NOTHING}
    if filled:
        found = _numbers(filled, decimal_comma) or _dates(filled)
        if found is not None:
            declared, mapping = found
            lookup = {text: mapping.get(bare) for text, bare in texts.items()}
            return Cleaned(declared, [None if value is None else lookup[value] for value in values])
    note = ""
    if filled and _ambiguous(filled):
        note = f"The dates in {name} could be day first or month first, so they were left as they are."
    stripped = {text: bare or None for text, bare in texts.items()}
    return Cleaned("TEXT", [None if value is None else stripped[value] for value in values], note)


def _counted(values: Sequence[Any]) -> tuple[str, list[Any]]:
    """The one unit of a workbook's column ("" where its cells differ) and its numbers; of fractions the points."""
    units = {value.unit if isinstance(value, Amount) else "" for value in values if value is not None}
    unit = units.pop() if len(units) == 1 else ""
    if unit == "%":
        return unit, [None if value is None else float(f"{value * 100:.15g}") for value in values]
    return unit, [float(value) if isinstance(value, Amount) else value for value in values]


def _clean_typed(values: Sequence[Any], kinds: set[type]) -> Cleaned:
    if not kinds:
        return Cleaned("TEXT", values)
    if kinds == {bool}:
        return Cleaned("BOOLEAN", [None if value is None else int(value) for value in values])
    if kinds == {int}:
        if all(value is None or -(2**63) <= value < 2**63 for value in values):
            return Cleaned("INTEGER", values)
        return Cleaned("TEXT", [None if value is None else str(value) for value in values])
    if kinds <= {int, float, bool}:
        return Cleaned("REAL", [None if value is None else float(value) for value in values])
    if kinds == {bytes}:
        return Cleaned("BLOB", values)
    return Cleaned("TEXT", [value if value is None or isinstance(value, bytes) else str(value) for value in values])


def _numbers(texts: Iterable[str], decimal_comma: bool) -> tuple[str, dict[str, Any]] | None:
    amounts = {text: amount_in(text) for text in texts}
    if not all(amounts.values()) or all(text.startswith("(") for text in amounts):  # (1), (2): marks, not losses
        return None
    known = {text: amount for text, amount in amounts.items() if amount is not None}
    plain = {text: bare for text, (bare, _) in known.items()}
    units = {unit for _, unit in known.values() if unit}
    unit = next(iter(units), "")
    # An amount without its sign is one all the same; a bare 0.3 among percentages may be thirty of them.
    bare_ones = [bare for bare, own in known.values() if not own and unit and unit not in CURRENCIES]
    if len(units) > 1 or any(set(bare) - set("+-0.,") for bare in bare_ones):
        return None
    found = _read(plain, decimal_comma)
    return (declared_with(found[0], unit), found[1]) if found else None


def amount_in(text: str) -> tuple[str, str] | None:
    """What a cell writes as a number: its digits with the sign before them, and its unit ("" for none).

    Example:
        >>> amount_in("14,2 %"), amount_in("(1,234.50)"), amount_in("€ 12,50-"), amount_in("12 b")
        (('14,2', '%'), ('-1,234.50', ''), ('-12,50', '€'), None)
    """
    match = _AMOUNT.match(text.translate(_SPACES))
    if match is None:
        return None
    unit, bare = "", match["number"]
    words = [word for word in (match["before"], match["after"], match["behind"]) if word]
    if words:
        unit = known_unit(words[0])
        if len(words) > 1 or not unit or (match["before"] and unit not in CURRENCIES):
            return None
    if " " in bare and not (unit or re.search(r"[.,]\d{1,2}$", bare) or " " not in text):
        return None  # 555 123 456 may be a telephone number
    signs = [sign for sign in (match["open"], match["first"], match["second"], match["last"], match["end"]) if sign]
    if len(signs) > 1 or bool(match["open"]) != bool(match["close"]):
        return None
    sign = "" if not signs else "+" if signs[0] == "+" else "-"
    return sign + re.sub(r"[ '’]", "", bare), unit


def _read(plain: dict[str, str], decimal_comma: bool) -> tuple[str, dict[str, Any]] | None:
    written = set(plain.values())
    if all(map(_INTEGER.match, written)):
        return "INTEGER", {text: int(bare) for text, bare in plain.items()}
    if decimal_comma and all(map(_COMMA.match, written)):
        return "REAL", {text: float(bare.replace(".", "").replace(",", ".")) for text, bare in plain.items()}
    if all(map(_REAL.match, written)):
        return "REAL", {text: float(bare) for text, bare in plain.items()}
    if not decimal_comma and all(_REAL.match(bare) or _THOUSANDS.match(bare) for bare in written):
        bare_ = {text: bare.replace(",", "") for text, bare in plain.items()}
        if all(map(_INTEGER.match, bare_.values())):
            return "INTEGER", {text: int(bare) for text, bare in bare_.items()}
        return "REAL", {text: float(bare) for text, bare in bare_.items()}
    return None


def _dates(texts: set[str]) -> tuple[str, dict[str, str]] | None:
    if all(map(ISO.match, texts)):
        longer = any(len(text) > 10 for text in texts)
        return ("DATETIME" if longer else "DATE"), {text: text for text in texts}
    layout = layout_of(texts)
    if not layout or _ambiguous(texts):
        return None
    timed = layout.endswith(("M", "S", "p"))
    shape = "%Y-%m-%d %H:%M:%S" if timed else "%Y-%m-%d"
    read = {text: datetime.strptime(text, layout).strftime(shape).rjust(len("2000-01-01"), "0") for text in texts}
    return ("DATETIME" if timed else "DATE"), read


def layout_of(texts: set[str]) -> str:
    """The one layout that all of the texts are written in, "" for none."""
    first = next(iter(texts))
    if len(first) > 40 or not any(map(str.isdigit, first)):
        return ""
    for base in _DAYS:
        for clock in _CLOCKS:
            if parses(base + clock, texts):
                return base + clock
    return ""


def _ambiguous(texts: set[str]) -> bool:
    """Do these dates read as well with day and month swapped?"""
    layout = layout_of(texts)
    other = swapped(layout) if layout else ""
    return bool(other) and parses(other, texts)


def parses(layout: str, texts: Iterable[str]) -> bool:
    """Are all of ``texts`` dates in this strptime layout?"""
    try:
        for text in texts:
            datetime.strptime(text, layout)
    except ValueError:
        return False
    return True
