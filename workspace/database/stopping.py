"""Ends a statement whose time is up, or that nobody waits for any more, from a thread beside it.

A progress handler would be called in Python every so many steps of the engine, and each call waits for the interpreter:
beside two threads that computed (as planning a question does), a scan took five times as long as alone.
`sqlite3_interrupt <https://sqlite.org/c3ref/interrupt.html>`_ costs the statement nothing, and the engine looks for it
wherever it jumps.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

EVERY = 0.02  # seconds between two looks while anything runs
IDLE = 1.0  # seconds without a statement after which nobody looks until there is one again


@dataclass(slots=True, eq=False)
class Time:
    """How long a statement may run, and whether somebody still waits for it; ``stopped`` says what ended it.

    Example:
        >>> connection, limit = sqlite3.connect(":memory:"), Time(5.0)
        >>> with limit.over(connection):
        ...     connection.execute("SELECT 1").fetchall()
        [(1,)]
    """

    seconds: float
    cancelled: Callable[[], bool] | None = None
    stopped: str = ""
    _until: float = field(default=float("inf"), init=False)

    def is_up(self) -> bool:
        """Is it to end? Then ``stopped`` is ``deadline`` or ``cancelled``."""
        if time.monotonic() > self._until:
            self.stopped = "deadline"
        elif self.cancelled is not None and self.cancelled():
            self.stopped = "cancelled"
        return bool(self.stopped)

    @contextmanager
    def over(self, connection: sqlite3.Connection) -> Generator[None]:
        """What ``connection`` runs inside ends with ``sqlite3.OperationalError: interrupted`` once the time is up."""
        self._until = time.monotonic() + self.seconds
        _watch.begin(self, connection)
        try:
            yield
        finally:
            _watch.end(self)


class _Watch:
    """One thread for all statements of the process. It starts with the first of them and sleeps while there is none."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[Time, sqlite3.Connection] = {}
        self._awake = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self, limit: Time, connection: sqlite3.Connection) -> None:
        with self._lock:
            self._running[limit] = connection
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="statements", daemon=True)
                self._thread.start()
        if not self._awake.is_set():
            self._awake.set()

    def end(self, limit: Time) -> None:
        with self._lock:  # after this nobody interrupts what the connection does next
            self._running.pop(limit, None)

    def _work(self) -> None:
        last = time.monotonic()
        while True:
            self._awake.wait()
            time.sleep(EVERY)
            with self._lock:
                running = list(self._running)
                if running:
                    last = time.monotonic()
                elif time.monotonic() - last > IDLE:
                    self._awake.clear()  # under the lock, so that what begins after it sets it again
            for limit in running:
                if not _is_up(limit):
                    continue
                with self._lock:
                    if (connection := self._running.get(limit)) is not None:
                        connection.interrupt()


def _is_up(limit: Time) -> bool:
    try:
        return limit.is_up()
    except Exception:  # who cannot say that they still wait does not
        log.exception("Whether a statement is still waited for cannot be told")
        limit.stopped = "cancelled"
        return True


_watch = _Watch()
