"""The units that numbers are written in, in cells ("14,2 %", "CHF 1'250") and in names of columns ("Weight (kg)").

A column that is made from cells with a unit keeps it in its declared type, ``REAL "%"``, as a day is kept in ``DATE``:
the numbers stay plain, the name stays the file's, and the database itself says what its figures are.
"""

from __future__ import annotations

import re

from workspace.database.catalog import Column

# Those that stand before a figure; a code of letters with a space behind it.
CURRENCIES = frozenset("€$£¥₹₩₺₽₪฿₫₦₱") | {
    "EUR", "USD", "GBP", "JPY", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "AUD", "CAD", "NZD", "SGD",
    "HKD", "CNY", "INR", "KRW", "BRL", "MXN", "ZAR", "AED", "SAR", "ILS", "TRY", "RUB", "THB",
}  # fmt: skip
_CODE = re.compile(r"\[\$([^\]-]+)[^\]]*\]")
_QUOTED = re.compile(r'"([^"]*)"')
_LONG = (
    "%", "‰", "kg", "mg", "lb", "lbs", "oz", "km", "cm", "mm", "mi", "ft", "ml", "cl", "ha", "m²", "m³", "km²", "kW",
    "MW", "kWh", "MWh", "GWh", "°C", "°F", "km/h", "mph", "kB", "MB", "GB", "TB", "ms", "min", "hrs", "kr", "zł", "Kč",
)  # fmt: skip
# Letters are units where a cell or brackets say so; of a name only some, and only as its last word: "width_m".
_LETTERS = ("g", "t", "m", "h", "s", "l")
_LAST_LETTERS = ("g", "m", "h")
# Last words that say something else more often: the least price, a league, an item on hand.
_DOUBTFUL = {"min", "mi", "ha", "ms", "oz", "try", "mb", "lb", "all"}
_TIMED = re.compile(r"(?i)duration|time|delay|wait|runtime|latency|dauer|zeit|dur[eé]e|minutes?|hours?|elapsed|lasted")

_KNOWN = {unit.casefold(): unit for unit in (*_LONG, *CURRENCIES)}
_BRACKETS = re.compile(r"[(\[]\s*(?:in\s+)?([^()\[\]\s]{1,5})\s*[)\]]\s*\Z")
_LAST = re.compile(
    r"(?:(?<=[^\W_])[ _]+(?:in[ _]+)?([^\W\d_]{1,3}|km/h)|[ _]*([%‰€$£¥₹₩₺₽₪฿₫₦₱])|[ _]([mk]+[²³]|°[CF]))\s*\Z"
)
_DECLARED = re.compile(r'(?:REAL|INTEGER)\s+"([^"]{1,5})"\Z')


def known_unit(text: str) -> str:
    """The unit that a cell writes behind or before its number, as it is usually written; "" for none.

    Example:
        >>> known_unit("KG"), known_unit("eur"), known_unit("m"), known_unit("M"), known_unit("pcs")
        ('kg', 'EUR', 'm', '', '')
    """
    return text if text in _LETTERS else _KNOWN.get(text.casefold(), "")


class Amount(float):
    """A number with the unit that its cell shows it in; of "%" it is the fraction, as a workbook keeps it."""

    __slots__ = ("unit",)

    def __new__(cls, value: float, unit: str) -> Amount:
        made = super().__new__(cls, value)
        made.unit = unit
        return made


def unit_in_format(code: str) -> str:
    """The unit that a workbook's number format shows, "" for none.

    Example:
        >>> unit_in_format("0.0%"), unit_in_format('#,##0.00\\\\ "€"'), unit_in_format("[$CHF-807] #,##0")
        ('%', '€', 'CHF')
    """
    first = code.split(";")[0]
    bare = _QUOTED.sub("", first)
    said = [match.strip() for match in (*_CODE.findall(bare), *_QUOTED.findall(first))]
    said += [sign for sign in _CODE.sub("", bare) if sign in "%€$£¥"]
    return next((unit for unit in map(known_unit, said) if unit), "")


def declared_with(kind: str, unit: str) -> str:
    """The declared type of numbers in a unit."""
    return f'{kind} "{unit}"' if unit else kind


def unit_in_name(name: str) -> str:
    """The unit that a column's name ends with, in brackets or as its last word; "" for none.

    Example:
        >>> unit_in_name("Umsatz (€)"), unit_in_name("Gewicht kg"), unit_in_name("price_usd"), unit_in_name("Rabatt %")
        ('€', 'kg', 'USD', '%')
        >>> unit_in_name("price_min"), unit_in_name("duration_min"), unit_in_name("km"), unit_in_name("Rank (old)")
        ('', 'min', '', '')
    """
    if match := _BRACKETS.search(name):
        return known_unit(match[1])
    match = _LAST.search(name)
    if match is None:
        return ""
    word = next(part for part in match.groups() if part)
    if word.casefold() in _DOUBTFUL:
        return known_unit(word) if word.casefold() in ("min", "ms") and _TIMED.search(name[: match.start()]) else ""
    return word if word in _LAST_LETTERS else "" if word in _LETTERS else known_unit(word)


def unit_of(column: Column) -> str:
    """The unit of a column's figures, out of its declared type or of its name; "" for none.

    A name with a percent sign says nothing where all values lie between -1 and 1: they may be fractions or points.

    Example:
        >>> unit_of(Column("Rabatt", "real", 'REAL "%"')), unit_of(Column("Gewicht kg", "real"))
        ('%', 'kg')
    """
    if not column.numeric:
        return ""
    if match := _DECLARED.match(column.declared):
        return match[1]
    unit = unit_in_name(column.name)
    if unit in ("%", "‰"):
        ends = column.profile.minimum, column.profile.maximum
        return unit if any(isinstance(end, int | float) and abs(end) > 1 for end in ends) else ""
    return unit
