"""The file of one source: ``<workspace folder>/semantics/<source>.yaml``, read again whenever it has changed."""

from __future__ import annotations

import os
import tempfile
import threading
from pathlib import Path

from workspace.errors import SemanticsInvalid, StoreUnusable
from workspace.semantics.model import Semantics
from workspace.semantics.text import LARGEST, from_yaml

FOLDER = "semantics"


def place(folder: Path, source: str) -> Path:
    """Where the definitions of a source are kept in a workspace folder."""
    return folder / FOLDER / f"{source}.yaml"


class SemanticsFile:
    """Reads and writes one file; safe to use from many threads.

    Args:
        path: of the file; it need not be there.

    Example:
        >>> import tempfile
        >>> SemanticsFile(Path(tempfile.mkdtemp()) / "shop.yaml").read() is None
        True
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._known: tuple[tuple[int, int, int], Semantics | SemanticsInvalid] | None = None

    def read(self) -> Semantics | None:
        """What the file says now, None when there is no file; raises `SemanticsInvalid`."""
        try:
            state = self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as problem:
            raise SemanticsInvalid(
                f"{self.path} cannot be read: {(problem.strerror or 'no access').lower()}."
            ) from None
        key = (state.st_mtime_ns, state.st_size, state.st_ino)
        with self._lock:
            if self._known is None or self._known[0] != key:
                self._known = key, self._load()
            found = self._known[1]
        if isinstance(found, SemanticsInvalid):
            raise SemanticsInvalid(found.message, hint=found.hint)
        return found

    def text(self) -> str:
        """The file as it is, "" when there is none or it is not text."""
        try:
            return self.path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            return ""

    def write(self, text: str) -> None:
        """Keep the text, whole or not at all; raises `StoreUnusable` when the folder cannot be written."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    file.write(text)
                Path(name).replace(self.path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as problem:
            raise StoreUnusable(
                f"{self.path} cannot be written: {(problem.strerror or 'no access').lower()}.",
                hint="Allow writing to the workspace folder, or choose another one with --workspace.",
            ) from None

    def _load(self) -> Semantics | SemanticsInvalid:
        try:
            if self.path.stat().st_size > LARGEST * 4:
                return SemanticsInvalid(f"{self.path.name} is too large to be a file of definitions.")
            return from_yaml(self.path.read_text(encoding="utf-8-sig"), self.path.name)
        except SemanticsInvalid as problem:
            return problem
        except UnicodeDecodeError:
            return SemanticsInvalid(f"{self.path.name} is not text in UTF-8.", hint="Save it as UTF-8.")
        except OSError as problem:
            return SemanticsInvalid(f"{self.path} cannot be read: {(problem.strerror or 'no access').lower()}.")
