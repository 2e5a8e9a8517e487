"""A file to download, and how it is called."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from workspace.artifact.model import View


@dataclass(frozen=True, slots=True)
class Exported:
    """A file: ``filename`` is plain ASCII, ``media_type`` has the charset where it matters."""

    filename: str
    media_type: str
    body: bytes


def filename(view: View, ending: str) -> str:
    """The file's name: the slug, or the title in letters that every system takes.

    Args:
        view: what is written.
        ending: without its dot.
    """
    return f"{safe(view.slug or view.artifact.title)}.{ending}"


def safe(text: str) -> str:
    """``text`` as part of a file name.

    Example:
        >>> safe("Revenue per country (2023) / é")
        'revenue-per-country-2023-e'
    """
    ascii_ = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_.lower()).strip("-")[:60].strip("-") or "answer"
