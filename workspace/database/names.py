"""Names in a database: how they are quoted, and the words they are made of."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Over `_case`: capitals before a word of its own, a word with or without a capital, capitals, digits.
_PARTS = re.compile("u+(?=ul)|u?l+|u+|d+")


def quoted(name: str) -> str:
    """A name as SQLite takes it whatever it contains."""
    return '"' + name.replace('"', '""') + '"'


def words_of(name: str) -> list[str]:
    """The words of a name: ``CustomerID``, ``customer_id`` and ``customer id`` are ``["customer", "id"]``.

    Example:
        >>> words_of("CustomerID")
        ['customer', 'id']
    """
    if name.isascii():  # nearly all names, and some databases have a hundred thousand
        spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
        spaced = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", spaced)
    else:
        breaks = {match.end() for match in re.finditer("[ld](?=u)|u(?=ul)", _case(name))}
        spaced = "".join(f" {letter}" if place in breaks else letter for place, letter in enumerate(name))
    words = re.findall(r"[^\W_]+", spaced.lower())
    if len(words) == 1 and len(words[0]) > 4 and words[0].endswith("id") and words[0] not in ("paid", "grid", "valid"):
        return [words[0][:-2], "id"]
    return words


@lru_cache(maxsize=20_000)
def parts_of(name: str) -> tuple[str, ...]:
    """The parts of a name as they are written, cut where a capital begins a word, in any alphabet.

    Example:
        >>> parts_of("BillingCountry"), parts_of("Verkäufe_2026"), parts_of("GrößeÜberAll"), parts_of("VATRate")
        (('Billing', 'Country'), ('Verkäufe', '2026'), ('Größe', 'Über', 'All'), ('VAT', 'Rate'))
    """
    return tuple(name[match.start() : match.end()] for match in _PARTS.finditer(_case(name)))


def _case(name: str) -> str:
    """One letter for each of the name's: ``u`` for a capital, ``l`` for another letter, ``d`` for a digit, else "_"."""
    return "".join(
        "u" if c.isupper() else "l" if c.isalpha() or unicodedata.combining(c) else "d" if c.isdigit() else "_"
        for c in name
    )


def invariable(words: str) -> bool:
    """Has a name no English plural: it ends with a year or a number, or has letters that English has not?

    Example:
        >>> invariable("verkäufe 2026 final"), invariable("orders 2024"), invariable("Gewässer"), invariable("invoice")
        (True, True, True, False)
    """
    return not words.isascii() or any(part.isdigit() for part in parts_of(words))


def singular(word: str) -> str:
    """A noun without its plural ending, good enough to compare names."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return {"people": "person", "children": "child", "men": "man", "women": "woman"}.get(word, word)
