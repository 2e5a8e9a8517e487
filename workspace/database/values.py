"""An index of cell values in memory, so that words of a question find the column that holds them.

"in germany" finds Customer.Country, "acdc" finds Artist.Name 'AC/DC'. A look-up is one dictionary access on a spelling
from which case, accents, spaces and punctuation are gone; the tolerant search is only for what that does not find.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

LONGEST_PHRASE = 8
_WORDS = re.compile(r"[^\W_]+")
_RANK = itemgetter(0, 1)


# The place of its column, a value, and its rows.
Entry = list[Any]


class ValueMatch(NamedTuple):
    """A cell value that a phrase may mean.

    Args:
        table, column: where it is.
        value: as stored.
        score: 1 for the same text, a little less for another spelling, down to 0.5 for a likeness.
        rows: rows that have it.
    """

    table: str
    column: str
    value: str
    score: float
    rows: int


@lru_cache(maxsize=50_000)
def squeeze(text: str) -> str:
    """The spelling that is compared: no case, accents, spaces or punctuation; ``&`` is "and", ``+`` and ``#`` stay.

    Example:
        >>> squeeze("AC/DC"), squeeze("São Paulo")
        ('acdc', 'saopaulo')
    """
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    elif text.isalnum():
        return text.lower()
    text = text.casefold().replace("&", "and")
    return "".join(c for c in text if c.isalnum() or c in "+#")


class ValueIndex:
    """Values of the text columns of a source; safe to use from any thread.

    Args:
        columns: ``(table, column)`` of each indexed column.
        counts: per column, rows per value.
        partial: the columns of which only a sample was read, so that values may be missing.
    """

    def __init__(
        self,
        columns: Sequence[tuple[str, str]],
        counts: Sequence[dict[str, int]],
        partial: Sequence[tuple[str, str]] = (),
    ) -> None:
        self._columns = tuple(columns)
        self.partial = tuple(partial)
        self._exact: dict[str, list[Entry]] = {}
        longest = 1
        for place, values in enumerate(counts):
            for value, rows in values.items():
                key = squeeze.__wrapped__(value) or value.casefold().strip()
                if not key:
                    continue
                self._exact.setdefault(key, []).append([place, value, rows])
                longest = max(longest, min(len(_WORDS.findall(value)), LONGEST_PHRASE))
        self.longest_phrase = longest
        self._lock = threading.Lock()
        self._keys: list[str] | None = None
        self._by_word: dict[str, list[str]] = {}
        self._words: list[str] = []

    def to_data(self) -> list[Any]:
        """The index as JSON can hold it."""
        return [self._columns, self.partial, self.longest_phrase, self._exact]

    @classmethod
    def from_data(cls, data: list[Any]) -> ValueIndex:
        columns, partial, longest, exact = data
        if not isinstance(exact, dict) or not isinstance(longest, int):
            raise TypeError("not an index of values")
        index = cls([(table, column) for table, column in columns], (), [(table, column) for table, column in partial])
        index.longest_phrase, index._exact = longest, exact
        return index

    def __len__(self) -> int:
        return sum(len(entries) for entries in self._exact.values())

    def find(self, phrase: str) -> tuple[ValueMatch, ...]:
        """Values that are this phrase, in whatever case, accents and punctuation; most rows first."""
        entries = self._exact.get(squeeze(phrase) or phrase.casefold().strip())
        return self._matches(entries, phrase, 1.0) if entries else ()

    def longest(self, words: Sequence[str], start: int) -> tuple[int, tuple[ValueMatch, ...]]:
        """The longest phrase from ``words[start]`` on that is a value: ``(words, matches)``, or ``(0, ())``."""
        squeezed = [squeeze(word) for word in words[start : start + self.longest_phrase + 2]]
        for count in range(len(squeezed), 0, -1):
            entries = self._exact.get("".join(squeezed[:count]))
            if entries and squeezed[count - 1]:
                return count, self._matches(entries, " ".join(words[start : start + count]), 1.0)
        return 0, ()

    def near(self, phrase: str, limit: int = 5) -> tuple[ValueMatch, ...]:
        """Values like this phrase, best first: the same, with a typing error, or containing its words.

        Args:
            phrase: one or several words.
            limit: matches at most.
        """
        found = list(self.find(phrase))
        key = squeeze(phrase)
        if len(found) < limit and len(key) > 2:
            scored = self._containing(phrase, key)
            for other, score in self._misspelt(key):
                scored[other] = max(score, scored.get(other, 0.0))
            scored.pop(key, None)
            ranked = sorted(scored.items(), key=lambda item: (-item[1], len(item[0]), item[0]))
            for other, score in ranked[: limit * 2]:
                found += self._matches(self._exact[other], phrase, score)
        return tuple(found[:limit])

    # --------------------------------------------------------------------------------------------------- inside
    def _matches(self, entries: list[Entry], phrase: str, score: float) -> tuple[ValueMatch, ...]:
        plain = phrase.strip()
        lower = plain.casefold()
        scores: dict[str, float] = {}  # by value: one word may stand in a thousand columns
        found = []
        for place, value, rows in entries:
            worth = scores.get(value)
            if worth is None:
                exactness = 1.0 if value == plain else 0.99 if value.casefold() == lower else 0.97
                worth = scores[value] = -round(score * exactness, 3)
            found.append((worth, -rows, place, value))
        if len(found) > 1:
            found.sort(key=_RANK)
        columns, make = self._columns, ValueMatch._make
        return tuple([make((*columns[place], value, -worth, -rows)) for worth, rows, place, value in found])

    def _prepare(self) -> list[str]:
        """The lists for tolerant search, made when it is first asked for."""
        with self._lock:
            if self._keys is None:
                by_word: dict[str, list[str]] = defaultdict(list)
                for key, entries in self._exact.items():
                    for word in {squeeze.__wrapped__(word) for word in _WORDS.findall(entries[0][1])}:
                        by_word[word].append(key)
                self._by_word = dict(by_word)
                self._words = sorted(by_word)
                self._keys = list(self._exact)
            return self._keys

    def _containing(self, phrase: str, key: str) -> dict[str, float]:
        """Values that contain all words of the phrase, the last one perhaps only begun."""
        self._prepare()
        words = [squeeze(word) for word in _WORDS.findall(phrase)]
        words = [word for word in words if word]
        if not words:
            return {}
        sets = [set(self._by_word.get(word, ())) for word in words[:-1]]
        last: set[str] = set(self._by_word.get(words[-1], ()))
        if len(words[-1]) > 2:
            at = bisect_left(self._words, words[-1])
            for word in self._words[at : at + 50]:
                if not word.startswith(words[-1]):
                    break
                last |= set(self._by_word[word][:200])
        common = set.intersection(last, *sets) if sets else last
        return {other: 0.55 + 0.4 * min(len(key) / len(other), 1.0) for other in common if other}

    def _misspelt(self, key: str) -> Iterable[tuple[str, float]]:
        from rapidfuzz import fuzz, process

        keys = self._prepare()
        cutoff = 75.0 if len(key) > 4 else 85.0
        for other, score, _ in process.extract(key, keys, scorer=fuzz.ratio, score_cutoff=cutoff, limit=10):
            yield other, score / 100 * 0.95
