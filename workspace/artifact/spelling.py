"""Misspelt words of an edit, one slip from a word it could have: "remvoe the last secton". Pure."""

from __future__ import annotations

import re
from collections.abc import Collection

from workspace.artifact.pointing import NOUNS

_DOING = frozenset({
    "add", "append", "arrange", "change", "chapter", "column", "columns", "copy", "delete", "draw", "duplicate",
    "explain", "filter", "first", "format", "freeze", "heading", "hide", "include", "insert", "instead", "last",
    "limit", "merge", "move", "paragraph", "percentages", "place", "redo", "remove", "rename", "replace",
    "restore", "rewrite", "second", "section", "show", "sort", "split", "swap", "switch", "table", "third",
    "title", "translate", "undo", "without",
})  # fmt: skip
# Words of their own, one letter away from one of an edit.
_RIGHT = frozenset({
    "chat", "port", "sport", "past", "list", "lists", "lines", "cable", "stable", "fable", "nation", "sections",
    "copies", "moved", "moves", "love", "lead", "leads", "least", "late", "lasts", "cost", "class", "shot",
    "shop", "shown", "slow", "snow", "spit", "swam", "text", "test", "tests", "texts", "taste", "tables",
    "parts", "party", "graphs", "wines", "notes", "bars", "charge", "charges", "orange", "range", "plots",
    "plans", "pilot", "bits", "like", "likes", "mine", "file", "files", "mile", "miles", "tile", "tiles",
    "find", "kind", "time", "times", "side", "hire", "hired", "form", "forms", "former", "reader", "leader",
    "leaders", "headers", "trade", "place", "places", "plane", "planes",
})  # fmt: skip
WORDS = _DOING | frozenset(NOUNS) | frozenset(f"{noun}s" for noun in NOUNS)
SHORTEST = 4  # letters; of shorter words one slip makes another one


def mended(text: str, known: Collection[str] = WORDS) -> str:
    """The text with each word that is one slip away from a known one in its place; numbers and quotations stay.

    Example:
        >>> mended("remvoe the last secton"), mended("move the chart")
        ('remove the last section', 'move the chart')
    """

    def right(match: re.Match[str]) -> str:
        word = match[0].lower()
        if len(word) < SHORTEST or word in known or word in _RIGHT:
            return match[0]
        return nearest(word, known) or match[0]

    parts = re.split(r"([\"“‘«].*?[\"”’»])", text)
    return "".join(part if place % 2 else re.sub(r"[A-Za-z]+", right, part) for place, part in enumerate(parts))


def nearest(word: str, known: Collection[str]) -> str:
    """The known word that is one slip away: a letter more, less, another, or two in the wrong order; "" for none."""
    from rapidfuzz.distance import OSA

    close = [one for one in known if abs(len(one) - len(word)) < 2 and OSA.distance(word, one, score_cutoff=1) == 1]
    # A slip seldom hits the first letter: "port" is no "sort".
    close = [one for one in close if one[0] == word[0] or one[:2] == word[1::-1]]
    return min(close, default="")
