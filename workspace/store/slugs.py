"""Addresses made from titles: readable, ASCII, unique."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

LENGTH = 60


def slug_of(title: str) -> str:
    """The title as an address, "artifact" when nothing of it can be kept.

    Example:
        >>> slug_of("Umsatz pro Land, 2024 (Größe)")
        'umsatz-pro-land-2024-grosse'
    """
    folded = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", folded)
    slug = ""
    for word in words:
        if slug and len(slug) + 1 + len(word) > LENGTH:
            break
        slug = f"{slug}-{word}" if slug else word[:LENGTH]
    return slug or "artifact"


def unique(slug: str, taken: Callable[[str], bool]) -> str:
    """``slug``, or with the first number from 2 on that is not ``taken``.

    Example:
        >>> unique("sales", {"sales", "sales-2"}.__contains__)
        'sales-3'
    """
    candidate, number = slug, 1
    while taken(candidate):
        number += 1
        candidate = f"{slug}-{number}"
    return candidate
