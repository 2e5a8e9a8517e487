"""The verbs of schedules: send a page again and again, tell when something comes true, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from workspace.api.ticking import Ticking, in_words
from workspace.artifact.condition import Seen
from workspace.errors import NotFound, ScheduleInvalid
from workspace.question.recurrence import Recurrence, zone_at
from workspace.question.recurrence_words import recurrence_in
from workspace.question.threshold import Threshold
from workspace.store.records import DeliveryInfo, ScheduleInfo

if TYPE_CHECKING:
    from datetime import datetime

    from workspace.delivery.place import Place

LOOKS = Recurrence("minute", 10)  # how often a condition is looked at where nobody said
ATTACHED = ("pdf", "xlsx", "docx", "pptx", "csv", "md", "html")
MOST = 200  # schedules of a workspace


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A schedule just made.

    Args:
        info: the schedule.
        figure: what is looked at, as it was understood; "" where it is a figure of the page or there is no condition.
        now: the figure as it is, with its name; "" for none.
        holds: whether the condition holds already, so that it is told when it did not in between.
    """

    info: ScheduleInfo
    figure: str = ""
    now: str = ""
    holds: bool = False

    @property
    def said(self) -> str:
        """What will happen, in sentences."""
        return told(self)


class Scheduling(Ticking):
    """The part of a `Workspace` that keeps schedules."""

    def schedule(
        self,
        slug: str,
        when: str | Recurrence | None = None,
        *,
        condition: str | Threshold | None = None,
        to: Sequence[str] = ("feed",),
        label: str = "",
        files: Sequence[str] = (),
        zone: str = "",
        operator: bool = False,
    ) -> Scheduled:
        """Send a page again and again, or when something comes true.

        Args:
            slug: of the page.
            when: "every Monday at 9"; with a condition how often it is looked at, every 10 minutes by default.
            condition: "returns exceed 5 %"; told once when it becomes true, again after it was not so in between.
            to: where it goes: "feed", a URL, "mailto:ADDRESS".
            label: a note.
            files: kinds of files that are attached to a mail: pdf, xlsx, …
            zone: IANA name of the time zone of ``when``; this machine's by default.
            operator: whether the one who runs the workspace says so; others choose out of `places`.

        Raises:
            NotFound: no such page.
            ScheduleInvalid: it cannot be on these terms.

        Example:
            >>> import tempfile; from pathlib import Path; from workspace.api import open_workspace
            >>> folder = Path(tempfile.mkdtemp())
            >>> _ = (folder / "customers.csv").write_text("name,city\\nAda,Ulm\\nBob,Kiel\\n")
            >>> shop = open_workspace(folder / "customers.csv", folder=folder / "kept")
            >>> page = shop.pin_answer(shop.ask("how many customers are there"), "Customers")
            >>> shop.schedule(page.slug, "every hour", condition="it exceeds 5").now
            'Number of customers is 2 now'
        """
        from workspace.store import schedules

        self.info(slug)
        places = [place.text for place in self._places(to, operator=operator)]
        recurrence = self._recurrence(when, zone, conditional=condition is not None)
        self._check(files)
        at, seen, found = self._clock(), None, None
        if condition is not None:
            found = self.condition(condition, slug)
            seen = self.see(found.condition, slug, at)
        info = schedules.create(
            self.store, slug, recurrence, condition=found.condition.to_dict() if found else None, places=places,
            held=list(seen.held) if seen else None, label=" ".join(label.split())[:100], files=files, at=at,
        )  # fmt: skip
        if found is None or seen is None:
            return Scheduled(info)
        now, holds = _now(seen, page=found.condition.looks == "page"), found.condition.op != "changes"
        return Scheduled(info, found.explanation, now, holds and bool(seen.held))

    def schedules(self, slug: str | None = None) -> list[ScheduleInfo]:
        """All schedules, or those of one page, the newest first."""
        from workspace.store import schedules

        return schedules.listed(self.store, slug)

    def schedules_count(self) -> tuple[int, int]:
        """How many schedules there are, and of how many something is wrong now."""
        from workspace.store import schedules

        return schedules.count(self.store)

    def pause(self, identifier: str, *, paused: bool = True) -> ScheduleInfo:
        """Hold a schedule, or with ``paused=False`` let it go on. Raises `NotFound`."""
        from workspace.store import schedules

        return schedules.pause(self.store, identifier, self._clock(), paused=paused)

    def unschedule(self, identifier: str) -> ScheduleInfo:
        """End a schedule; what of it was not sent yet is given up. Raises `NotFound`."""
        from workspace.store import schedules

        return schedules.end(self.store, identifier, self._clock())

    def deliveries(self, schedule: str | None = None, *, failing: bool = False, most: int = 50) -> list[DeliveryInfo]:
        """What was sent and what was not, the newest first; ``failing`` gives those alone that were not."""
        from workspace.store import schedules

        states = ("failed", "given up") if failing else ()
        return schedules.deliveries(self.store, schedule, states=states, most=most)

    def retry(self, delivery: str) -> DeliveryInfo:
        """Try a delivery again that failed or was given up. Raises `NotFound`."""
        from workspace.store import schedules

        return schedules.retry(self.store, delivery, self._clock())

    def feed(self, schedule: str | None = None, most: int = 50) -> bytes:
        """What came to the feed, as Atom; raises `NotFound` for a schedule that is not there."""
        from workspace.delivery.feed import Entry, atom
        from workspace.store import schedules

        title, began, url = "Workspace", self._began(), f"{self.url}/feed"
        if schedule is not None:
            info = schedules.find(self.store, schedule)
            title, began, url = info.title, info.created, f"{url}/{schedule}"
        came = schedules.deliveries(self.store, schedule, place="feed", states=("sent",), most=most)
        entries = [
            Entry(d.occasion, d.sent, self._linked(d.message))
            for d in came
            if d.sent is not None and d.message is not None
        ]
        return atom(title, url, f"{self.url}/deliveries", entries, began)

    def _linked(self, message: Mapping[str, Any]) -> Mapping[str, Any]:
        """A message with its link as people reach the page now, not as they did when it was made."""
        link = message["url"]
        return {**message, "url": f"{self.url}{urlsplit(link).path}" if link else ""}

    def places(self) -> tuple[Place, ...]:
        """The places that people may choose: the feed, and what the operator offers. Raises `ScheduleInvalid`."""
        from workspace.delivery.place import offered

        return offered()

    def times(self, when: str, zone: str = "") -> tuple[str, datetime]:
        """How words for a recurrence are understood, and the first time of it; raises `ScheduleInvalid`.

        Args:
            when: "mondays at 9".
            zone: IANA name of its time zone; this machine's by default.
        """
        found = self._recurrence(when, zone, conditional=False)
        return f"{found.said()} ({found.zone})" if found.of_the_clock else found.said(), found.after(self._clock())

    def in_words(self, info: ScheduleInfo) -> str:
        """When a schedule is due and where it goes, in words: "every Monday at 9:00, to the feed"."""
        return f"{in_words(info)}, to {' and '.join(map(self.shown, info.places))}"

    def shown(self, place: str) -> str:
        """A place for people; of a webhook its host alone."""
        from workspace.delivery.place import place_of

        return place_of(place).shown

    def standing(self, info: ScheduleInfo) -> str:
        """What became of a schedule last, in a few words: sent when, or what is wrong."""
        wrong = self.trouble(info)
        if not wrong:
            return f"sent {self.written(info.last)}" if info.last is not None else "nothing yet"
        failing = self._failing(info)
        again = failing.next_try if failing is not None else None
        return f"{wrong} Again on {self.written(again)}." if again is not None else wrong

    def trouble(self, info: ScheduleInfo) -> str:
        """What is wrong with a schedule now, in a sentence; "" where nothing is."""
        if info.reason:
            return f"{info.reason} Nothing more is sent."
        if info.problem:
            return f"It could not be looked at: {info.problem}"
        failing = self._failing(info)
        if failing is None:
            return ""
        tries = "once" if failing.attempts == 1 else f"{failing.attempts} times"
        return f"{failing.problem} Tried {tries}{', given up' if failing.state == 'given up' else ''}."

    def written(self, moment: datetime | None) -> str:
        """A time on the workspace's clock: "23 Nov 2026, 14:03"; "" for none."""
        local = moment.astimezone(self._clock().tzinfo) if moment is not None else None
        return f"{local.day} {local:%b %Y, %H:%M}" if local is not None else ""

    # ------------------------------------------------------------------------------------------------------- parts
    def _failing(self, info: ScheduleInfo) -> DeliveryInfo | None:
        """What of the newest occasion of a schedule was not sent."""
        newest = self.deliveries(info.id, most=len(info.places))
        return next((found for found in newest if found.state in ("failed", "given up")), None)

    def _began(self) -> datetime:
        found = self.schedules()
        return found[-1].created if found else self._clock()

    def _check(self, files: Sequence[str]) -> None:
        """Raise what is wrong with the files that are to be attached, or with one more schedule."""
        from workspace.store import schedules

        unknown = [kind for kind in files if kind not in ATTACHED]
        if unknown:
            raise ScheduleInvalid(
                f"There is no file of kind {unknown[0]} to attach.", hint=f"Choose of {', '.join(ATTACHED)}."
            )
        if schedules.count(self.store)[0] >= MOST:
            raise ScheduleInvalid(f"There are {MOST} schedules already.", hint="Remove some first.")

    def _recurrence(self, when: str | Recurrence | None, zone: str, *, conditional: bool) -> Recurrence:
        if isinstance(when, Recurrence):
            found = when
        elif not (when or "").strip():
            if not conditional:
                raise ScheduleInvalid("Say how often, too.", hint="Say “every Monday at 9”, for instance.")
            return LOOKS
        else:
            found = self._read(when or "", zone)
        if found.unit == "minute" and found.every < 1:
            raise ScheduleInvalid("That is no interval.", hint="Say “every 10 minutes”, for instance.")
        try:
            found.after(self._clock())
        except (ValueError, OverflowError) as problem:
            raise ScheduleInvalid(f"It cannot be sent then: {problem}.", hint="Say “every Monday at 9”.") from None
        return found

    def _read(self, when: str, zone: str) -> Recurrence:
        found = recurrence_in(when, zone or zone_at(self._clock()), self._clock().date())
        if found is None or when[: found.start].strip(" ,.") or when[found.end :].strip(" ,."):
            raise ScheduleInvalid(f"“{when}” does not say how often.", hint="Say “every Monday at 9”, for instance.")
        if found.problem:
            raise ScheduleInvalid(found.problem, hint="Say “every Monday at 9”, for instance.")
        return found.recurrence

    def _places(self, to: Sequence[str], *, operator: bool) -> list[Place]:
        from workspace.delivery.place import VARIABLE, place_of

        offered = self.places()
        found: list[Place] = []
        for text in to or ("feed",):
            if text in ("mail", "webhook"):
                found.append(_only(text, offered))
                continue
            place = place_of(text)
            known = next((one for one in offered if (one.kind, one.address) == (place.kind, place.address)), None)
            if known is None and not operator:
                raise ScheduleInvalid(
                    f"{place.shown} is none of the places that things are sent to here.",
                    hint=f"Whoever runs the workspace adds it to {VARIABLE}, or schedules it with noapp schedule --to.",
                )
            found.append(known or place)
        return list(dict.fromkeys(found))


def _only(kind: str, offered: Sequence[Place]) -> Place:
    """The one place of a kind that is offered."""
    from workspace.delivery.place import VARIABLE

    found = [place for place in offered if place.kind == kind]
    if not found:
        raise ScheduleInvalid(
            f"Nothing is sent by {kind} here yet.", hint=f"Whoever runs the workspace adds an address to {VARIABLE}."
        )
    if len(found) > 1:
        raise ScheduleInvalid(f"Say which one: {', '.join(place.shown for place in found)}.")
    return found[0]


def _now(seen: Seen, *, page: bool) -> str:
    if seen.now:
        return f"{seen.name} is {seen.now} now"
    if not seen.held or page:
        return ""
    return f"It is so for {len(seen.held):,} now" if len(seen.held) > 1 else "It is so for one now"


def told(made: Scheduled) -> str:
    """What will happen, in sentences."""
    from workspace.delivery.place import place_of

    info = made.info
    to = " and ".join(place_of(text).shown for text in info.places)
    if info.condition is None:
        first = f" First on {_written(info)}." if info.due is not None else ""
        return f"“{info.title}” is sent {in_words(info)} to {to}.{first}"
    figure = f" That is: {made.figure}." if made.figure else ""
    now = f" {made.now}." if made.now else ""
    again = " That is not told; what becomes so from now on is." if made.holds else ""
    looked = Recurrence.from_dict(info.recurrence).said()
    return (
        f"“{info.title}” is sent to {to} when {info.condition['words']}: once each time that becomes so, looked at "
        f"{looked}.{figure}{now}{again}"
    )


def _zone(info: ScheduleInfo) -> str:
    return str(info.recurrence["zone"])


def _written(info: ScheduleInfo) -> str:
    from workspace.question.recurrence import zone_of

    if info.due is None:
        raise NotFound("This schedule has no next time.")
    local = info.due.astimezone(zone_of(_zone(info)))
    return f"{local.day} {local:%b %Y at} {local.hour}:{local:%M}"
