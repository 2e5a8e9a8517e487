"""Answers in the making. Each is worked out in a thread of its own, so that a page that is left loses nothing.

The page follows a run and shows its step; only the stop button stops it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

from ui.state import Wish
from workspace.api import Failed, Step, Workspace
from workspace.errors import NoAppError

_runs: dict[str, Run] = {}
_lock = threading.Lock()


class Run:
    """One answer in the making, of one chat."""

    def __init__(self, chat: str, text: str, events: Callable[[Callable[[], bool]], Iterator[Any]]) -> None:
        self.chat = chat
        self.text = text
        self.step = "Reading the question"
        self.problem: Failed | None = None  # one that could not be stored in the chat
        self._stopped = threading.Event()
        self._changed = threading.Condition()
        self._done = False
        self._events = events
        threading.Thread(target=self._work, name=f"answer-{chat}", daemon=True).start()

    def _work(self) -> None:
        events: Any = None
        try:
            events = self._events(self._stopped.is_set)
            for event in events:
                if self._stopped.is_set():
                    break
                if isinstance(event, Step):
                    with self._changed:
                        self.step = event.text
                        self._changed.notify_all()
        except NoAppError as problem:
            self.problem = Failed(problem.code, problem.message, problem.hint)
        except Exception:
            # Nothing of a defect reaches the person but that it happened; the log of the server has it.
            logging.getLogger(__name__).exception("An answer failed: %r", self.text)
            self.problem = Failed("defect", "This question could not be worked out.", "Try it in other words.")
        finally:
            close = getattr(events, "close", None)
            if close is not None:
                close()  # what was stopped is kept as stopped
            with self._changed:
                self._done = True
                self._changed.notify_all()

    @property
    def done(self) -> bool:
        return self._done or self._stopped.is_set()

    def stop(self) -> None:
        self._stopped.set()

    def wait(self, seconds: float) -> None:
        """Return when something has changed, after ``seconds`` at the latest."""
        with self._changed:
            if not self._done:
                self._changed.wait(seconds)


def start(workspace: Workspace, chat: str, wish: Wish) -> Run:
    """Begin to answer ``wish`` in ``chat``; an answer still in the making there is stopped."""

    def events(cancelled: Callable[[], bool]) -> Iterator[Any]:
        if wish.kind == "refine":
            return workspace.refine(chat, wish.message, wish.plan, wish.text, cancelled=cancelled)
        if wish.kind == "choose":
            return workspace.choose(chat, wish.message, wish.index, cancelled=cancelled)
        if wish.kind == "do":
            return workspace.do(chat, wish.text, wish.plan, cancelled=cancelled)
        return workspace.stream(chat, wish.text, cancelled=cancelled)

    with _lock:
        before = _runs.get(chat)
        if before is not None:
            before.stop()
        run = _runs[chat] = Run(chat, wish.text, events)
    return run


def of(chat: str) -> Run | None:
    """The run of ``chat``, also one that has just ended; None when there is none."""
    return _runs.get(chat)


def forget(run: Run) -> None:
    with _lock:
        if _runs.get(run.chat) is run:
            del _runs[run.chat]
