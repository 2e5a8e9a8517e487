"""What was read of a large database, kept between runs, so that the next start does not read it again.

One file per database and kind in the person's cache folder (`folder`), never beside the database. It is used only when
it was made by this very code, of the same file in the same state (its fingerprint), and arrived whole (a digest);
otherwise it is as if it were not there. It holds names, profiles and text values of the database, so only its owner may
read it. Nothing in it is executed: it is JSON.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

SLOW = 0.5  # seconds that reading took, from which on it is kept
FILES = 60  # the oldest beyond these go
_CODE = ("cache", "catalog", "collect", "keys", "names", "profile", "reader", "values")


def folder() -> Path | None:
    """Where it is kept: ``$NOAPP_CACHE``, else ``noapp`` in ``$XDG_CACHE_HOME`` or ``~/.cache``; None for "off"."""
    chosen = os.environ.get("NOAPP_CACHE")
    if chosen is not None:
        return None if chosen.strip().lower() in ("", "off", "0") else Path(chosen).expanduser()
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "noapp"
    except RuntimeError:  # a user without a home
        return None


def load(kind: str, path: str, mark: str, make: Callable[[Any], T]) -> T | None:
    """What was kept of a database, None when it is not there, of another state, or damaged.

    Args:
        kind: what it is, "catalog" or "values".
        path: the database file.
        mark: its fingerprint as of now.
        make: makes the thing of the data that `save` was given.
    """
    place = _place(kind, path)
    if place is None:
        return None
    try:
        head, _, body = place.read_bytes().partition(b"\n")
        if json.loads(head) != _head(path, mark, body):
            return None
        return make(json.loads(body))
    except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return None


def save(kind: str, path: str, mark: str, data: Any) -> None:
    """Keeps ``data`` (what JSON can hold) of a database; where that is not possible, nothing happens."""
    place = _place(kind, path)
    if place is None:
        return
    draft = place.with_name(f"{place.name}.{secrets.token_hex(4)}")
    try:
        body = json.dumps(data, separators=(",", ":")).encode()
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(json.dumps(_head(path, mark, body)).encode() + b"\n" + body)
        draft.replace(place)
        _tidy(place.parent)
    except (OSError, TypeError, ValueError, RecursionError):
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _place(kind: str, path: str) -> Path | None:
    where = folder()
    return (
        where / f"{hashlib.blake2b(path.encode(errors='replace'), digest_size=12).hexdigest()}.{kind}"
        if where
        else None
    )


def _head(path: str, mark: str, body: bytes) -> dict[str, str]:
    digest = hashlib.blake2b(body, digest_size=16).hexdigest()
    return {"code": _code(), "path": path, "mark": mark, "digest": digest}


@cache
def _code() -> str:
    """The state of the code that reads: what an older one understood of a database is not what this one would."""
    digest = hashlib.blake2b(digest_size=16)
    for name in _CODE:
        try:
            digest.update(Path(__file__).with_name(f"{name}.py").read_bytes())
        except OSError:  # without its source, in an archive: nothing is the same the next time
            return secrets.token_hex(16)
    return digest.hexdigest()


def _tidy(where: Path) -> None:
    files = sorted((file for file in where.iterdir() if file.is_file()), key=lambda file: file.stat().st_mtime)
    for file in files[:-FILES]:
        file.unlink(missing_ok=True)
