"""Where a workspace is, or was last, served: a line in its folder, so that `noapp pin` prints the right links."""

from __future__ import annotations

import contextlib
from pathlib import Path

FILE = "address"
DEFAULT = "http://localhost:8501"


def base_url(folder: Path) -> str:
    """The base URL of the workspace of that folder, without a slash at its end."""
    try:
        url = (folder / FILE).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return DEFAULT
    return url.rstrip("/") if url.startswith(("http://", "https://")) else DEFAULT


def keep_url(folder: Path, url: str) -> None:
    """Remember the base URL; a folder that cannot be written is no reason not to serve."""
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE).write_text(url, encoding="utf-8")
