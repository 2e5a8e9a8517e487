"""Numbers as people write them: 1,000 · 5k · $20 · 12 % · twenty-five · a dozen · half a million."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workspace.question.tokens import Token

_UNITS = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
TIMES = {"once": 1, "twice": 2, "thrice": 3}
_TENS = {
    word: 10 * value
    for value, word in enumerate(
        [
            "twenty",
            "thirty",
            "forty",
            "fifty",
            "sixty",
            "seventy",
            "eighty",
            "ninety",
        ],
        start=2,
    )
}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000, "dozen": 12}
_SUFFIXES = {"k": 1_000, "m": 1_000_000, "bn": 1_000_000_000}
_DIGITS = re.compile(r"^[$€£]?\s?(-?\d[\d,]*(?:\.\d+)?)(%|k|m|bn)?$")
ORDINALS = {
    word: value
    for value, word in enumerate(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
        ],
        start=1,
    )
}


def read_number(tokens: Sequence[Token], position: int) -> tuple[int | float, int] | None:
    """The number that starts at ``position`` and how many tokens it takes, or None.

    Example:
        >>> from workspace.question.tokens import tokenize
        >>> read_number(tokenize("two hundred and five"), 0), read_number(tokenize("$1,250.50"), 0)
        ((205, 4), (1250.5, 1))
    """
    first = tokens[position]
    if first.kind == "number":
        value = digits(first.lower)
        if value is None:
            return None
        following = tokens[position + 1] if position + 1 < len(tokens) else None
        if following and following.lower in _SCALES and following.lower != "dozen":
            return tidy(value * _SCALES[following.lower]), 2
        if following and following.lower == "percent":
            return tidy(value), 2
        return value, 1
    if first.lower in TIMES:
        return TIMES[first.lower], 1
    return _words(tokens, position)


def digits(text: str) -> int | float | None:
    """The value of one number written with digits, or None ("1st" and "90s" are no amounts)."""
    match = _DIGITS.match(text)
    if not match:
        return None
    value = float(match.group(1).replace(",", "")) * _SUFFIXES.get(match.group(2) or "", 1)
    return tidy(value)


def tidy(value: float) -> int | float:
    """An integral float as an integer."""
    return int(value) if float(value).is_integer() else value


def _words(tokens: Sequence[Token], position: int) -> tuple[int | float, int] | None:
    total = current = 0.0
    taken = end = 0
    for offset, token in enumerate(tokens[position : position + 8]):
        word = token.lower
        if word in _UNITS:
            current += _UNITS[word]
        elif word in _TENS:
            current += _TENS[word]
        elif word == "hundred" and taken:
            current = (current or 1) * 100
        elif word in _SCALES and (taken or word == "dozen"):
            total += (current or 1) * _SCALES[word]
            current = 0.0
        elif (word in ("and", "-") and taken) or (word == "a" and current == 0.5):
            continue
        elif word in ("a", "half") and not taken and _scale_follows(tokens, position + offset):
            current = 0.5 if word == "half" else 1
        else:
            break
        taken, end = taken + 1, offset + 1
    return (tidy(total + current), end) if taken else None


def _scale_follows(tokens: Sequence[Token], position: int) -> bool:
    return any(token.lower in _SCALES for token in tokens[position + 1 : position + 3])


def read_ordinal(token: Token) -> int | None:
    """3 for "third" and "3rd", None for anything else."""
    if token.lower in ORDINALS:
        return ORDINALS[token.lower]
    match = re.fullmatch(r"(\d+)(?:st|nd|rd|th)", token.lower)
    return int(match.group(1)) if match else None
