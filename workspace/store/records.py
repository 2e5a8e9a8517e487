"""What the store gives out: plain frozen records, so that nobody outside holds a database row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Role = Literal["person", "workspace"]


@dataclass(frozen=True, slots=True)
class ChatInfo:
    """A conversation in a list; ``updated`` is when something was last said in it (UTC).

    ``artifact`` is the slug of what it stands beside, "" for a chat by itself.
    """

    id: str
    title: str
    source: str
    updated: datetime
    artifact: str = ""


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message with its reply as JSON.

    Args:
        answers: for a reply the id of the person's message it belongs to.
        verb: what the message did ("pin", "forget", …), "" for a question.
        worker: the process at work on it, "" when it has been answered.
    """

    id: str
    chat: str
    role: Role
    text: str
    reply: Mapping[str, Any] | None
    at: datetime
    answers: str = ""
    verb: str = ""
    worker: str = ""


@dataclass(frozen=True, slots=True)
class ArtifactInfo:
    """An artifact in the library.

    Args:
        slug: its address, ``/a/<slug>``.
        version: the number of its head.
        created, updated: UTC; of the first and of the newest version.
        source: name of the source of its first query.
        question: the words of its first query.
        kinds: the kinds of its blocks ("text", "metric", "chart", "table"), each once.
    """

    slug: str
    title: str
    version: int
    created: datetime
    updated: datetime
    source: str
    question: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VersionInfo:
    """One immutable version of an artifact; ``created`` is UTC."""

    number: int
    created: datetime
    title: str


@dataclass(frozen=True, slots=True)
class VerifiedInfo:
    """What a person said of an answer.

    Args:
        source: name of the source.
        verdict: whether it was right.
        question: the words it was asked in.
        plan: what they mean, as JSON; None for SQL of a model's.
        query: the SQL of a model's, as JSON; None where there is a plan.
        definitions: changes when a definition that the plan stands on does.
        asked: the time it was asked at, ISO 8601.
        message: the answer it was said of, "" for none.
        created: UTC.
    """

    id: str
    source: str
    verdict: Literal["right", "wrong"]
    question: str
    plan: Mapping[str, Any] | None
    query: Mapping[str, Any] | None
    definitions: str
    asked: str
    message: str
    created: datetime


@dataclass(frozen=True, slots=True)
class SnapshotInfo:
    """What an artifact showed at one moment.

    Args:
        slug, version: of what.
        mark: names what is shown; equal results have equal marks.
        kept: a person froze it; False for one that is remembered for readers who come back.
        at: UTC.
    """

    id: str
    slug: str
    version: int
    mark: str
    kept: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class ShareInfo:
    """A link to one artifact for readers who have nothing else of the workspace.

    Args:
        id: what the owner calls it by; of no use to a reader.
        begins: the first characters of its token, to tell links apart.
        slug, title: of the artifact.
        snapshot: id of the snapshot a frozen one shows, "" for a living one.
        frozen: when that was taken, UTC; None for a living one.
        label: the owner's note, such as whom it is for.
        locked: whether it asks for a password.
        downloads: whether files may be downloaded, which hold the SQL too.
        embed: origins whose pages may show it in a frame.
        created, expires, revoked: UTC.
        openings: by people, not by the programs that make previews.
        key: what a reader's proof of having given the password is made with; never shown.
    """

    id: str
    begins: str
    slug: str
    title: str
    snapshot: str
    frozen: datetime | None
    label: str
    locked: bool
    downloads: bool
    embed: tuple[str, ...]
    created: datetime
    expires: datetime | None
    revoked: datetime | None
    openings: int
    first_opened: datetime | None
    last_opened: datetime | None
    key: str = field(default="", repr=False)

    def state(self, now: datetime) -> Literal["open", "ended", "revoked"]:
        """Can it be opened at this time?"""
        if self.revoked is not None:
            return "revoked"
        return "ended" if self.expires is not None and self.expires <= now else "open"


DeliveryState = Literal["pending", "sent", "failed", "given up"]


@dataclass(frozen=True, slots=True)
class ScheduleInfo:
    """What is sent again and again.

    Args:
        slug, title: of the page; the title also where it was deleted.
        label: a note of the person's.
        recurrence, condition: as data, see `workspace.question.recurrence` and `workspace.artifact.condition`.
        places: where it goes, as `workspace.delivery.place.Place.text` has them.
        files: kinds of files that are attached to a mail.
        created, due, paused, ended, looked: UTC; ``due`` is when it is looked at next, None for never.
        reason: why it ended, "" where a person ended it.
        problem: why the newest look at its condition failed, "" where it did not.
        last: when something of it was sent last, UTC.
    """

    id: str
    slug: str
    title: str
    label: str
    recurrence: Mapping[str, Any]
    condition: Mapping[str, Any] | None
    places: tuple[str, ...]
    files: tuple[str, ...]
    created: datetime
    due: datetime | None
    paused: datetime | None
    ended: datetime | None
    reason: str
    looked: datetime | None
    problem: str
    last: datetime | None

    @property
    def state(self) -> Literal["active", "paused", "ended"]:
        return "ended" if self.ended else "paused" if self.paused else "active"


@dataclass(frozen=True, slots=True)
class DeliveryInfo:
    """What became of one thing that was due, at one place.

    Args:
        schedule, occasion: of what.
        slug, title: of the page.
        due: when it was due, UTC.
        why: what came true, "" for the time alone.
        place: where it goes.
        state: sent, or not yet, or not for now, or not any more.
        attempts: how often it was tried.
        next_try: UTC; None for no more.
        problem: what went wrong at the newest try, in one sentence.
        sent: UTC.
        message: what is sent, None before the first try.
    """

    id: str
    schedule: str
    occasion: str
    slug: str
    title: str
    due: datetime
    why: str
    place: str
    state: DeliveryState
    attempts: int
    next_try: datetime | None
    problem: str
    sent: datetime | None
    message: Mapping[str, Any] | None
