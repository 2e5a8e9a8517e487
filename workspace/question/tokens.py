"""Text to tokens: words with their place in the text, their lemma, and what kind of thing they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from workspace.database.names import parts_of

TokenKind = Literal["word", "number", "quoted", "date", "punct"]

_PATTERN = re.compile(
    r"""
      (?P<date>\d{4}-\d{1,2}-\d{1,2}(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?|\d{1,2}/\d{1,2}/\d{2,4}|\d{4}-\d{2}(?!\d|-))
    | (?P<quoted>"[^"]+"|“[^”]+”|‘[^’]+’|``[^`']+''|(?<![\w])'(?:[^']|(?<=\w)'(?=\w))+'(?!\w))
    | (?P<mail>[\w.+-]+@[\w-]+\.[\w.]+)
    | (?P<number>(?:[$€£]\s?)?(?:(?<![\w.])-)?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?
        (?:%|(?:st|nd|rd|th|s|k|m|bn)\b)?)(?![A-Za-z_])
    | (?P<word>[^\W_]+(?:_[^\W_]+)*)
    | (?P<poss>['’]s\b|['’](?=\s|$))
    | (?P<punct>>=|<=|!=|<>|[^\s])
    """,
    re.VERBOSE,
)
_CONTRACTION = re.compile(r"\b(\w+)n['’]t\b", re.IGNORECASE)
_IRREGULAR = {"ca": "can", "wo": "will", "sha": "shall"}


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number, quoted text or sign of the question, ``text == question[start:end]`` (quotes left out)."""

    text: str
    lower: str
    lemma: str
    kind: TokenKind
    start: int
    end: int

    @property
    def capital(self) -> bool:
        return self.text[:1].isupper()


def tokenize(text: str) -> tuple[Token, ...]:
    """The tokens of ``text`` in order; a contraction gives two ("haven't": have, not).

    Example:
        >>> [token.lemma for token in tokenize("Customers who haven't bought 'Black Album'")]
        ['customer', 'who', 'have', 'not', 'buy', 'black album']
    """
    tokens: list[Token] = []
    for match in _PATTERN.finditer(text):
        kind, found = match.lastgroup or "punct", match.group()
        start, end = match.span()
        if kind == "quoted":
            width = 2 if found.startswith("``") else 1
            start, end, found = start + width, end - width, found[width:-width]
            tokens.append(Token(found, found.lower(), found.lower(), "quoted", start, end))
        elif kind == "word":
            tokens.extend(_words(text, found, start, end))
        elif kind == "mail":
            tokens.append(Token(found, found.lower(), found.lower(), "quoted", start, end))
        elif kind in ("poss", "punct"):
            sign = "'s" if kind == "poss" else found
            tokens.append(Token(found, sign, sign, "punct", start, end))
        else:
            tokens.append(Token(found, found.lower(), found.lower(), kind, start, end))  # ty: ignore[invalid-argument-type]
    return tuple(_join_negations(tokens, text))


def _words(text: str, found: str, start: int, end: int) -> list[Token]:
    return [Token(found, found.lower(), lemma(found), "word", start, end)]


def _join_negations(tokens: list[Token], text: str) -> list[Token]:
    """``haven`` ``'`` ``t`` becomes ``have`` ``not``."""
    joined: list[Token] = []
    position = 0
    while position < len(tokens):
        here = tokens[position]
        after = tokens[position + 1 : position + 3]
        if (
            here.kind == "word"
            and here.lower.endswith("n")
            and len(after) == 2
            and after[0].lower in ("'", "’", "'s")
            and after[1].lower == "t"
            and after[1].end - here.end == 2
        ):
            stem = here.lower[:-1]
            stem = _IRREGULAR.get(stem, stem)
            joined.append(Token(here.text[:-1], stem, lemma(stem), "word", here.start, here.end - 1))
            joined.append(Token("n't", "not", "not", "word", here.end - 1, after[1].end))
            position += 3
            continue
        if here.lower in ("dont", "doesnt", "havent", "hasnt", "didnt", "isnt", "arent", "wont"):
            stem = here.lower[:-2]
            joined.append(Token(here.text[:-2], stem, lemma(stem), "word", here.start, here.end - 2))
            joined.append(Token(here.text[-2:], "not", "not", "word", here.end - 2, here.end))
        else:
            joined.append(here)
        position += 1
    return joined


# Where the dictionary's lemma is another word than the one meant in questions, or two forms should meet.
# Pasts that do not end in -ed and that columns of dates are called after: paid_on, left.
IRREGULAR = frozenset({"paid", "left", "sent", "sold", "built", "bought", "lost", "made", "held", "begun"})
_LEMMAS = {
    "data": "data", "media": "media", "most": "most", "more": "more", "less": "less", "least": "least",
    "better": "better", "best": "best", "worst": "worst", "worse": "worse", "wives": "wife", "won": "win",
    "ids": "id", "as": "as", "left": "leave", "felt": "feel", "found": "find", "founded": "found",
    "does": "do", "did": "do", "has": "have", "had": "have", "is": "be", "are": "be", "was": "be", "were": "be",
    "been": "be", "its": "its", "their": "their", "his": "his", "her": "her", "us": "us", "sales": "sale",
    "building": "building", "meeting": "meeting", "rating": "rating", "training": "training", "spending": "spending",
    "living": "live", "leaving": "leave", "saving": "saving", "savings": "saving", "earnings": "earning",
    "shipping": "shipping", "booking": "booking", "ranking": "ranking", "rated": "rate",
    "later": "later", "latest": "latest", "last": "last", "first": "first", "lowest": "lowest", "highest": "highest",
    "oldest": "oldest", "older": "older", "cancelled": "cancel", "cancelling": "cancel",
    "labelled": "label", "modelled": "model", "mins": "minute", "hrs": "hour", "secs": "second", "staff": "staff",
}  # fmt: skip


@lru_cache(maxsize=50_000)
def lemma(word: str) -> str:
    """The base form of one word, lower case.

    Example:
        >>> lemma("Countries"), lemma("bought"), lemma("AlbumIds".lower())
        ('country', 'buy', 'albumid')
    """
    lower = word.lower()
    if lower in _LEMMAS:
        return _LEMMAS[lower]
    if len(lower) < 3 or not lower.isalpha():
        return lower
    import simplemma  # 0.2 s with its dictionary; only paid once a question is read

    found = simplemma.lemmatize(lower, lang="en").lower()
    if found == lower and lower.endswith("s") and not lower.endswith(("ss", "us", "is")) and len(lower) > 3:
        found = simplemma.lemmatize(lower[:-1], lang="en").lower()
    return found if found.isalpha() else lower


def split_name(name: str) -> tuple[str, ...]:
    """The words of an identifier, lower case: ``BillingCountry``, ``billing_country`` and ``Billing country`` agree.

    Example:
        >>> split_name("InvoiceLineId"), split_name("num_of_ISBNs"), split_name("MAX_temp_F")
        (('invoice', 'line', 'id'), ('num', 'of', 'isb', 'ns'), ('max', 'temp', 'f'))
    """
    if name.isupper() or name.islower():
        return tuple(part.lower() for part in re.findall(r"[^\W\d_]+|\d+", name))
    return tuple(part.lower() for part in parts_of(name))
