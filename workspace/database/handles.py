"""Reading the first bytes of a database file beside the engine, without taking the engine's locks away.

On POSIX systems a process that closes *any* descriptor of a file loses *all* its locks on it, those that SQLite holds
for a query or a write included (sqlite.org/howtocorrupt.html, 2.2). So a file that a source serves is opened here once
per process, looked into with `pread`, and closed only when no source is left that uses it.
"""

from __future__ import annotations

import os
import threading

Key = tuple[int, int]

_lock = threading.Lock()
_open: dict[Key, tuple[int, int]] = {}  # device and inode -> descriptor, users
_stray: list[int] = []


def _acquire(path: str) -> Key:
    info = os.stat(path)  # noqa: PTH116 - asked at each question; Path.stat takes twice as long
    key = (info.st_dev, info.st_ino)
    with _lock:
        held = _open.get(key)
        if held is None:
            descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
            found = os.fstat(descriptor)
            key = (found.st_dev, found.st_ino)
            if key in _open:  # replaced in between, by a file that is open already: closing this one would unlock it
                _stray.append(descriptor)
                descriptor = _open[key][0]
            held = (descriptor, _open.get(key, (0, 0))[1])
        _open[key] = (held[0], held[1] + 1)
    return key


def _release(key: Key) -> None:
    with _lock:
        descriptor, users = _open[key]
        if users > 1:
            _open[key] = (descriptor, users - 1)
        else:
            del _open[key]
            os.close(descriptor)


class Window:
    """The beginning of the file at a path, whichever file is there at the moment.

    Args:
        path: of the file.
        size: bytes to read.
    """

    def __init__(self, path: str, size: int) -> None:
        self._path, self._size = path, size
        self._key: Key | None = None
        self._lock = threading.Lock()

    def look(self) -> tuple[os.stat_result, bytes]:
        """What the system says of the file, and its first bytes; raises `OSError` as `os.stat` does."""
        info = os.stat(self._path)  # noqa: PTH116 - as above
        with self._lock:
            key = (info.st_dev, info.st_ino)
            if key != self._key:
                self._forget()
                self._key = key = _acquire(self._path)
            descriptor = _open[key][0]
            if hasattr(os, "pread"):
                return info, os.pread(descriptor, self._size, 0)
            os.lseek(descriptor, 0, os.SEEK_SET)
            return info, os.read(descriptor, self._size)

    def close(self) -> None:
        with self._lock:
            self._forget()

    def _forget(self) -> None:
        if self._key is not None:
            key, self._key = self._key, None
            _release(key)

    def __del__(self) -> None:
        if _open is not None:  # not while the interpreter goes down
            self._forget()
