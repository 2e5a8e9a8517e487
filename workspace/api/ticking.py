"""What is due is done: conditions are looked at, pages composed and sent, what failed is tried again.

The server does this in the background and `noapp tick` from cron; both at once do no harm (`store.schedules`).
"""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from workspace.api.watching import Watching
from workspace.artifact.condition import Condition, told
from workspace.artifact.since import Changes, compare
from workspace.artifact.snapshot import view_from_dict, view_to_dict
from workspace.errors import DeliveryFailed, NoAppError
from workspace.question.recurrence import Recurrence, zone_of

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from workspace.artifact.model import View
    from workspace.store.records import ScheduleInfo
    from workspace.store.schedules import Look, Taken

log = logging.getLogger(__name__)
AT_ONCE = 4  # deliveries; one place that is slow to answer does not hold up the others
UNDATED = ("csv",)  # files without a time in them
MOST_CELLS = 50_000  # of a view that is kept to compare the next one with


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that a tick did.

    Args:
        kind: a delivery that was sent, or not; a condition that was looked at, or could not be.
        said: it in a sentence.
        schedule: of which.
    """

    kind: Literal["sent", "failed", "given up", "looked", "not looked"]
    said: str
    schedule: str

    @property
    def well(self) -> bool:
        return self.kind in ("sent", "looked")


class Ticking(Watching):
    """The part of a `Workspace` that does what is due."""

    if TYPE_CHECKING:
        folder: Path

    def waiting(self) -> bool:
        """Is anything due? Cheap enough to be asked every few seconds."""
        from workspace.store import schedules

        return schedules.waiting(self.store, self._clock())

    def tick(self) -> list[Done]:
        """Do all that is due now; what it did, in order. A schedule that fails harms no other."""
        from workspace.store import schedules

        at = self._clock()
        done = [self._looked(found, at) for found in schedules.claim(self.store, at)]
        with self._worker() as worker:
            done += self._deliver(worker, at)
        return done

    # -------------------------------------------------------------------------------------------------- conditions
    def _looked(self, due: Look, at: datetime) -> Done:
        from workspace.store import schedules

        info = due.schedule
        condition = Condition.from_dict(dict(info.condition or {}))
        try:
            seen = self.see(condition, info.slug, at)
        except NoAppError as problem:
            return self._not_looked(due, str(problem), at)
        except Exception:
            log.exception("The condition of the schedule %s could not be looked at", info.id)
            return self._not_looked(due, "It is a defect of the workspace; its log says more.", at)
        new = schedules.tell(self.store, due, list(seen.held), lambda keys: told(condition, seen, keys), at)
        what = f"“{condition.words}” of “{info.title}”"
        if new:
            return Done("looked", f"Came true: {what}.", info.id)
        state = "still holds" if seen.held and condition.op != "changes" else "does not hold"
        state = "has not changed" if condition.op == "changes" else state
        return Done("looked", f"Looked at {what}: it {state}.", info.id)

    def _not_looked(self, due: Look, problem: str, at: datetime) -> Done:
        from workspace.store import schedules

        schedules.failed_look(self.store, due, problem, at)
        info = due.schedule
        words = (info.condition or {}).get("words", "")
        return Done("not looked", f"Could not look at “{words}” of “{info.title}”: {problem}", info.id)

    # -------------------------------------------------------------------------------------------------- deliveries
    @contextmanager
    def _worker(self) -> Generator[str]:
        """A name for this process while it sends, which is known to be gone should it die."""
        from workspace.store.presence import Presence

        presence = Presence(self.folder)
        try:
            yield presence.token
        finally:
            presence.close()

    def _deliver(self, worker: str, at: datetime) -> list[Done]:
        from workspace.store import schedules
        from workspace.store.presence import alive

        lock, done = threading.Lock(), []

        def work() -> None:
            while (taken := schedules.take(self.store, at, worker, lambda name: alive(self.folder, name))) is not None:
                found = self._send(taken, at)
                with lock:
                    done.append(found)

        if not schedules.waiting(self.store, at):
            return []
        with ThreadPoolExecutor(AT_ONCE, "delivery") as pool:
            for running in [pool.submit(work) for _ in range(AT_ONCE)]:
                running.result()
        return done

    def _send(self, taken: Taken, at: datetime) -> Done:
        from workspace.delivery.place import place_of
        from workspace.store import schedules

        delivery, info = taken.delivery, taken.schedule
        shown = delivery.place
        try:
            place = place_of(delivery.place)
            shown = place.shown
            self._sent(taken, at)
        except NoAppError as problem:
            return self._failed(taken, shown, str(problem), at)
        except Exception:
            log.exception("The delivery %s of the schedule %s failed", delivery.id, info.id)
            return self._failed(taken, shown, "It is a defect of the workspace; its log says more.", at)
        schedules.sent(self.store, delivery.id, at)
        return Done("sent", f"Sent “{info.title}” to {shown}.", info.id)

    def _failed(self, taken: Taken, shown: str, problem: str, at: datetime) -> Done:
        from workspace.store import schedules

        again = schedules.failed(self.store, taken.delivery.id, problem, at)
        title = taken.schedule.title
        if again:
            return Done("failed", f"Not sent yet: “{title}” to {shown}: {problem}", taken.schedule.id)
        return Done("given up", f"Given up: “{title}” to {shown}: {problem}", taken.schedule.id)

    def _sent(self, taken: Taken, at: datetime) -> None:
        """Send one delivery; raises why it cannot be."""
        from workspace.delivery import mail, webhook
        from workspace.delivery.place import place_of

        delivery = taken.delivery
        message, view = self._message_of(taken, at)
        place = place_of(delivery.place)
        if place.kind == "webhook":
            webhook.post(place, {**message, "id": delivery.id}, delivery.id, at)
        elif place.kind == "mail":
            zone = zone_of(str(taken.schedule.recurrence["zone"]))
            files = _attached(taken.schedule, view, zone)
            mail.send(place, message, delivery.id, at, view=view, files=files, zone=zone)
        # What goes to the feed is there as soon as it is composed.

    def _message_of(self, taken: Taken, at: datetime) -> tuple[Mapping[str, Any], View | None]:
        """What is sent, made at the first try and kept for all others."""
        from workspace.delivery import message as messages
        from workspace.store import schedules

        delivery, info = taken.delivery, taken.schedule
        if delivery.message is not None:
            return delivery.message, view_from_dict(taken.body) if taken.body is not None else None
        said = {
            "schedule": info.id, "due": delivery.due, "when": in_words(info),
            "url": "" if taken.deleted else self.address(info.slug),
        }  # fmt: skip
        body: dict[str, Any] | None = None
        try:
            if taken.deleted:
                raise DeliveryFailed(f"{schedules.DELETED} Nothing more is sent.")
            view = self.open(info.slug)
        except NoAppError as problem:
            why = f"{delivery.why} {problem}".strip() if delivery.why != schedules.DELETED else str(problem)
            made = messages.notice(info.title, why=why, **said)
        else:
            made = messages.message(view, why=delivery.why, changes=_changes(taken.shown, view), **said)
            cells = sum(len(result.rows) * len(result.columns) for result in view.results.values())
            body = view_to_dict(view) if cells <= MOST_CELLS else None
        kept, its_body = schedules.compose(self.store, delivery.occasion, made, body)
        return kept, view_from_dict(its_body) if its_body is not None else None


def _attached(info: ScheduleInfo, view: View | None, zone: ZoneInfo) -> list[Any]:
    """The page as the files that are wanted of it."""
    from workspace.export import EXPORTS

    if view is None:
        return []
    return [EXPORTS[kind](view, **({} if kind in UNDATED else {"zone": zone})) for kind in info.files]


def in_words(info: ScheduleInfo) -> str:
    """When something is sent: "every Monday at 9:00 (Europe/Berlin)", "when it exceeds 5, looked at every hour"."""
    found = Recurrence.from_dict(info.recurrence)
    when = f"{found.said()} ({found.zone})" if found.of_the_clock else found.said()
    return f"when {info.condition['words']}, looked at {when}" if info.condition else when


def _changes(before: Mapping[str, Any] | None, view: View) -> Changes | None:
    """What changed since the page was sent last; None where that is not known any more."""
    if before is None:
        return None
    try:
        return compare(view_from_dict(before), view)
    except NoAppError:
        return None
