"""How the queries of a page are run: each waited for, or several at once with as much patience as a reader has."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from typing import Protocol

from workspace.database.result import Result
from workspace.errors import QueryPending

AT_ONCE = 4  # queries of all pages together; the others wait their turn


class Runner(Protocol):
    def begin(self, key: Hashable, work: Callable[[], Result], share: float = 1.0) -> Callable[[], Result]:
        """Begin work that is known by ``key``; what is returned gives its result, or raises `QueryPending`.

        Args:
            key: equal for equal work.
            work: what is run.
            share: of the time there is; what other work waits for leaves it some.
        """
        ...


class Waiting:
    """Each query is waited for, however long its limits let it take."""

    def begin(self, key: Hashable, work: Callable[[], Result], share: float = 1.0) -> Callable[[], Result]:
        return work


class Crew:
    """Threads that run queries for all pages; the same query for several readers is run once. Thread-safe."""

    def __init__(self, threads: int = AT_ONCE) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="page-query")
        self._lock = threading.Lock()
        self._running: dict[Hashable, Future[Result]] = {}

    def within(self, seconds: float) -> Runner:
        """A runner whose queries all together get ``seconds``; what is not done by then goes on for the next reader."""
        return _Patience(self, time.monotonic(), seconds)

    def joined(self) -> Runner:
        """A runner that waits for each query, however long it takes; what runs already is not run again."""
        return _Joining(self)

    def running(self, key: Hashable) -> Future[Result] | None:
        with self._lock:
            return self._running.get(key)

    def begin(self, key: Hashable, work: Callable[[], Result]) -> Future[Result]:
        with self._lock:
            running = self._running.get(key)
            if running is None:
                running = self._running[key] = self._threads.submit(work)
                running.add_done_callback(lambda _: self._running.pop(key, None))
        return running

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


class _Joining:
    def __init__(self, crew: Crew) -> None:
        self.crew = crew

    def begin(self, key: Hashable, work: Callable[[], Result], share: float = 1.0) -> Callable[[], Result]:
        running = self.crew.running(key)
        return work if running is None else running.result


class _Patience:
    def __init__(self, crew: Crew, start: float, seconds: float) -> None:
        self.crew = crew
        self.start, self.seconds = start, seconds

    def begin(self, key: Hashable, work: Callable[[], Result], share: float = 1.0) -> Callable[[], Result]:
        running = self.crew.begin(key, work)
        until = self.start + share * self.seconds

        def outcome() -> Result:
            try:
                return running.result(max(0.0, until - time.monotonic()))
            except TooLate:
                if running.done():  # just now, or stopped at a deadline of its own
                    return running.result()
                raise QueryPending("This part is still being worked out.") from None

        return outcome
