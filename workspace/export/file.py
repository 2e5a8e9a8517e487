"""A file to download, and how it is called."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from workspace.artifact.model import View

_TIME = re.compile(rb'(<dcterms:(?:created|modified) xsi:type="dcterms:W3CDTF">)[^<]*')


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


@cache
def writer() -> str:
    """A short digest of the code that writes files: the same one makes the same bytes of the same results."""
    rooms, found = Path(__file__).parent.parent, sha256()
    for room in ("artifact", "faces", "export"):
        for path in sorted((rooms / room).rglob("*")):
            if path.suffix in (".py", ".html", ".css", ".js"):
                found.update(path.relative_to(rooms).as_posix().encode() + path.read_bytes())
    return found.hexdigest()[:16]


def describe(known: Any, title: str, about: str, as_of: str) -> None:
    """Fill in an Office file's own properties.

    Args:
        known: the ``core_properties`` of the file.
        title, about: what it is; cut to what the programs show.
        as_of: UTC time of what is shown, ISO 8601.
    """
    at = datetime.fromisoformat(as_of).replace(tzinfo=None)
    known.title, known.comments, known.author = title[:250], about[:250], ""
    known.created = known.modified = at


def settled(packed: bytes, at: str) -> bytes:
    """An Office file without the times of its making: the same content gives the same bytes.

    Args:
        packed: the file; workbooks within it (the figures of a chart) are settled with it.
        at: the time that stands in it, UTC, ISO 8601.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            content = old.read(name)
            if name.endswith(".xlsx"):
                content = settled(content, at)
            elif name == "docProps/core.xml":
                content = _TIME.sub(lambda match: match[1] + at.encode(), content)
            new.writestr(entry, content)
    return out.getvalue()
