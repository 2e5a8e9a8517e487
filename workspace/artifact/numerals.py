"""Finds figures written out in prose: digits of any script, and number words. Pure text, no templates."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

_UNITS = "zero two three four five six seven eight nine ten eleven twelve"
_TEENS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fourty fifty sixty seventy eighty ninety"
_LARGE = "hundred thousand million billion trillion dozen hundreds thousands millions billions trillions dozens"
_PARTS = "half halved twice thrice double doubled doubles triple tripled triples quadrupled tenfold"
NUMBER_WORDS = frozenset(" ".join((_UNITS, _TEENS, _TENS, _LARGE, _PARTS)).split())

# A run of digits with separators inside, and what is glued to it: "1,234.5", "2023-01", "Q1", "5k".
_TOKEN = re.compile(r"[^\W_]*\d(?:[^\W_]|[.,:/\-](?=\d))*")
_WORD = re.compile(r"[^\W\d_]+")
_MARKUP = re.compile(r"[*_`~\\]")


def numerals(text: str) -> Iterator[tuple[str, int]]:
    """The numerals in ``text`` and where each begins (in the text without markup and invisible characters).

    Example:
        >>> [numeral for numeral, _ in numerals("Sales of 1,234.5 fell by a half in Q1 ٢٠٢٣, to ½.")]
        ['1,234.5', 'half', 'Q1', '2023', '0.5']
    """
    plain = clean(text)
    found = [(match.group(), match.start()) for match in _TOKEN.finditer(plain)]
    found += [(m.group(), m.start()) for m in _WORD.finditer(plain) if m.group().lower() in NUMBER_WORDS]
    return iter(sorted(found, key=lambda item: item[1]))


def clean(text: str) -> str:
    """``text`` without markup and invisible characters, compatibility forms and foreign digits made plain."""
    folded = unicodedata.normalize("NFKC", "".join(map(_plain, text)))
    return _MARKUP.sub("", "".join(c for c in folded if unicodedata.category(c) not in ("Cf", "Mn", "Me")))


def key(numeral: str) -> str:
    """What two spellings of the same numeral share: ``1,000`` and ``1000``, ``Half`` and ``half``."""
    return re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", numeral).lower()


def core(numeral: str) -> str:
    """The digits of a numeral, or its word: what of "2s" stands in "league2".

    Example:
        >>> core("2s"), core("Half")
        ('2', 'half')
    """
    return "".join(re.findall(r"\d+", numeral)[:1]) or numeral.lower()


def keys(values: Iterable[Any]) -> frozenset[str]:
    """The numerals that stand in the given constants.

    Example:
        >>> sorted(keys(["top 5 customers", 10.0, "2023-01-01"]))
        ['10', '2023', '2023-01-01', '5']
    """
    found: set[str] = set()
    for value in values:
        if isinstance(value, bool) or value is None:
            continue
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        text = str(value)
        found.update(key(numeral) for numeral, _ in numerals(text))
        if match := re.match(r"(\d{4})-\d{2}-\d{2}", text):
            found.add(match[1])
    return frozenset(found)


def snippet(text: str, start: int, length: int) -> str:
    """The words around a numeral, to show a person where it stands."""
    plain = clean(text)
    left, right = max(0, start - 32), min(len(plain), start + length + 32)
    if left:  # whole words only
        left = min(start, plain.find(" ", left) + 1 or start)
    if right < len(plain):
        right = max(start + length, plain.rfind(" ", 0, right))
    shown = re.sub("\0+", "…", plain[left:right]).strip()
    return ("…" if left else "") + shown + ("…" if right < len(plain) else "")


def _plain(char: str) -> str:
    if char.isascii():
        return char
    if (value := unicodedata.decimal(char, None)) is not None:
        return str(value)
    # Signs that mean a number without being digits: Ⅻ, 五, ①.
    value = unicodedata.numeric(char, None)
    return char if value is None else f" {value:g} "
