"""Is a file, beyond the figures and texts that can be named, the very file that is written of its receipts?

Style, scripts, drawings, attributes and everything else that a program shows or reads out is held to what the exporter
writes, byte for byte. What another program or another version of the exporter wrote cannot be; that is said.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from workspace.export.file import writer
from workspace.export.finding import Finding
from workspace.export.origin import around
from workspace.export.reading import Read, formulas

_NOTHING = "nothing"

_PARTS = {
    "style": re.compile(r"<style[^>]*>(.*?)</style\s*>", re.DOTALL | re.IGNORECASE),
    "script": re.compile(r"<script(?![^>]*application/json)[^>]*>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE),
}
ANOTHER = (
    "It says that another version of the workspace wrote it, so its style, drawings and markup were not compared; "
    "export it again to have them compared."
)
SAVED = "Another program or version saved it, so its charts, comments, shapes and hidden parts were not compared."
FOLLOWING = "Its charts, comments, shapes and hidden parts were not compared, because they are written with the data."
# Parts of a workbook that are written alike whatever the rows are; the first has the time of the last saving.
_FIXED = ("docProps/core.xml", "xl/theme/theme1.xml", "_rels/.rels")


def beyond(made: Read, anew: bytes, *, unchanged: bool, named: bool) -> tuple[list[Finding], list[str]]:
    """What differs from the file written anew where no figure or text does, and what could not be compared.

    Args:
        made: the file.
        anew: the same file, written of what its receipts give now; of a .json, of its own rows.
        unchanged: these are the same rows.
        named: a difference was found already, of figures or texts.
    """
    if _plain(made.body) == _plain(anew):
        return [], []
    if made.extension == "html":
        return _html(made, _text(anew), unchanged=unchanged, named=named)
    if made.extension == "xlsx":
        return _xlsx(made, anew, unchanged=unchanged)
    return list(_json(made.body, anew)), []


def _plain(body: bytes) -> bytes:
    """Text without the marks that a program leaves that moves it between systems."""
    return body if body[:2] == b"PK" else body.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")


def _text(body: bytes) -> str:
    return _plain(body).decode("utf-8", "replace")


def _html(made: Read, anew: str, *, unchanged: bool, named: bool) -> tuple[list[Finding], list[str]]:
    if made.writer != writer():
        return [], [ANOTHER]
    text, found = _text(made.body), []
    for name, part in _PARTS.items():
        one, other = ("\n".join(part.findall(page)) for page in (text, anew))
        if one != other:
            found.append(Finding("written", name, *around(one, other)))
    if unchanged and not found and not named:
        found.append(Finding("written", "markup", *around(text, anew)))
    return found, []


def _xlsx(made: Read, anew: bytes, *, unchanged: bool) -> tuple[list[Finding], list[str]]:
    """Its cells are compared by their values; here what those are computed by, and whether all else is as written."""
    if not unchanged:
        return [], [SAVED if _saved_again(made.body, anew) else FOLLOWING]
    if _unpacked(made.body) == _unpacked(anew):  # packed by another library or system
        return [], []
    one, other = formulas(made.body), formulas(anew)
    found = [
        Finding("written", place, one.get(place, "no formula"), other.get(place, "no formula"))
        for place in dict.fromkeys((*one, *other))
        if one.get(place) != other.get(place)
    ]
    return found, [SAVED]


def _saved_again(body: bytes, anew: bytes) -> bool:
    """Did another program save this workbook? That shows in what a workbook has whatever the data is."""
    with zipfile.ZipFile(io.BytesIO(body)) as one, zipfile.ZipFile(io.BytesIO(anew)) as other:
        if {entry.date_time for entry in one.infolist()} != {entry.date_time for entry in other.infolist()}:
            return True
        names = set(one.namelist())
        return any(name not in names or one.read(name) != other.read(name) for name in _FIXED)


def _unpacked(body: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return sorted((entry.filename, packed.read(entry)) for entry in packed.infolist())


def _json(body: bytes, anew: bytes) -> Iterator[Finding]:
    """What is in the file and not in what is written of it; what an older version did not write yet may be missing."""
    twice: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        twice.extend({name for name in names if names.count(name) > 1})
        return dict(pairs)

    told = json.loads(_text(body), object_pairs_hook=once)
    yield from (Finding("written", f"the entry {name}", "twice", "once") for name in twice)
    yield from _beside(told, json.loads(anew), "")


def _beside(one: Any, other: Any, place: str) -> Iterator[Finding]:
    if isinstance(one, dict) and isinstance(other, dict):
        for name, value in one.items():
            if name != "format_version":
                yield from _beside(value, other.get(name, _NOTHING), f"{place}.{name}".lstrip("."))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (value, known) in enumerate(zip(one, other, strict=True), start=1):
            yield from _beside(value, known, f"{place} {number}")
    elif one != other or isinstance(one, bool) != isinstance(other, bool):
        yield Finding("written", place, *around(str(one), str(other)))
