"""Names in a database: how they are quoted, and the words they are made of."""

from __future__ import annotations

import re


def quoted(name: str) -> str:
    """A name as SQLite takes it whatever it contains."""
    return '"' + name.replace('"', '""') + '"'


def words_of(name: str) -> list[str]:
    """The words of a name: ``CustomerID``, ``customer_id`` and ``customer id`` are ``["customer", "id"]``.

    Example:
        >>> words_of("CustomerID")
        ['customer', 'id']
    """
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    spaced = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", spaced)
    words = re.findall(r"[^\W_]+", spaced.lower())
    if len(words) == 1 and len(words[0]) > 4 and words[0].endswith("id") and words[0] not in ("paid", "grid", "valid"):
        return [words[0][:-2], "id"]
    return words


def singular(word: str) -> str:
    """A noun without its plural ending, good enough to compare names."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return {"people": "person", "children": "child", "men": "man", "women": "woman"}.get(word, word)
