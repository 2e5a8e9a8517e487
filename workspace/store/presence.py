"""Which processes are at work in a workspace folder, so that work whose process died is recognised.

Each open workspace holds an operating-system lock on a file of its own. The system drops the lock however the process
ends (kill -9 included), so there is no heartbeat to wait for and a reused process id cannot mislead.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import IO
from uuid import uuid4

FOLDER = "working"


class Presence:
    """This process's sign that it is alive, until `close`.

    Args:
        folder: the workspace folder.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> here = Presence(folder)
        >>> alive(folder, here.token), here.close(), alive(folder, here.token)
        (True, None, False)
    """

    def __init__(self, folder: Path) -> None:
        (folder / FOLDER).mkdir(parents=True, exist_ok=True)
        while True:
            self.token = uuid4().hex
            self._path = folder / FOLDER / self.token
            self._file = self._path.open("wb")
            # Another process may sweep the file between its making and its locking: then make another.
            with contextlib.suppress(OSError):
                _lock(self._file)
                if self._path.exists():
                    break
            self._file.close()
        _sweep(self._path.parent, keep=self.token)

    def close(self) -> None:
        self._file.close()
        with contextlib.suppress(OSError):
            self._path.unlink()


def alive(folder: Path, token: str) -> bool:
    """Is the process that made ``token`` still running?"""
    return _held(folder / FOLDER / token)


def _held(path: Path) -> bool:
    try:
        with path.open("r+b") as file:
            _lock(file)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def _sweep(folder: Path, keep: str) -> None:
    """Remove the files of processes that are gone."""
    for path in folder.iterdir():
        if path.name != keep and not _held(path):
            with contextlib.suppress(OSError):
                path.unlink()


if os.name == "nt":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
