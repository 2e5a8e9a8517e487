"""The workspace's own state as SQLModel tables: sources, chats, messages, artifacts, versions, results, shares,
schedules.

Times are UTC text (ISO 8601 with microseconds), which sorts as it reads. What is drawn here is what `migrations.py`
builds; a test compares the two.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel


class SourceRow(SQLModel, table=True):
    """A source that was served from this folder, so that what was pinned on it opens later."""

    __tablename__ = "source"

    name: str = Field(primary_key=True)
    target: str = Field(unique=True)
    added: str


class ChatRow(SQLModel, table=True):
    """A conversation. ``named`` is true once a person gave it its title; ``artifact`` is what it stands beside."""

    __tablename__ = "chat"

    id: str = Field(primary_key=True)
    title: str = ""
    named: bool = False
    source: str
    created: str
    updated: str = Field(index=True)
    artifact: str = Field(default="", index=True)


class MessageRow(SQLModel, table=True):
    """What a person said (``role`` person) or what came back (``role`` workspace), in the order of ``position``.

    ``worker`` names the process that is working on a person's message, "" when it has been answered. ``answers`` is the
    message a reply belongs to, ``kind`` what kind of reply it is. ``verb`` is what the message did ("pin", "forget"),
    "" for a question.
    """

    __tablename__ = "message"

    position: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    chat: str = Field(foreign_key="chat.id", ondelete="CASCADE", index=True)
    role: str
    text: str
    reply: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    kind: str = ""
    answers: str = ""
    verb: str = ""
    worker: str = ""
    at: str


class ArtifactRow(SQLModel, table=True):
    """An artifact's place in the library: its address, the version it shows (``head``), and what is listed of it.

    ``origin`` is the message or chat it was pinned from, so that pinning twice keeps one artifact.
    """

    __tablename__ = "artifact"

    slug: str = Field(primary_key=True)
    title: str
    head: int
    source: str
    question: str
    kinds: str
    origin: str = Field(default="", index=True)
    created: str
    updated: str = Field(index=True)
    deleted: str = ""


class VersionRow(SQLModel, table=True):
    """One immutable state of an artifact, as JSON."""

    __tablename__ = "version"

    slug: str = Field(primary_key=True, foreign_key="artifact.slug")
    number: int = Field(primary_key=True)
    title: str
    created: str
    body: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class LastGood(SQLModel, table=True):
    """The newest good result of one query of a version, shown with its date when the query fails later."""

    __tablename__ = "last_good"

    slug: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    query: str = Field(primary_key=True)
    digest: str
    result: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    at: str


class VerifiedRow(SQLModel, table=True):
    """What a person said of an answer: ``verdict`` right or wrong, for the question with its plan, or its SQL.

    ``definitions`` changes when a definition that the plan stands on does; ``asked`` is the time that "last month" was
    said at; ``message`` is the answer it was said of.
    """

    __tablename__ = "verified"

    id: str = Field(primary_key=True)
    source: str = Field(index=True)
    verdict: str
    question: str
    plan: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    query: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    definitions: str = ""
    asked: str = ""
    message: str = Field(default="", index=True)
    created: str


class SnapshotRow(SQLModel, table=True):
    """What an artifact showed at one moment, with its results: ``body`` is a view as JSON, ``at`` its time.

    ``mark`` names what is shown (`workspace.artifact.since.mark`). ``kept`` is true for one that a person froze; others
    are remembered for readers who come back, and thinned out.
    """

    __tablename__ = "snapshot"

    id: str = Field(primary_key=True)
    slug: str = Field(foreign_key="artifact.slug", index=True)
    number: int
    mark: str
    kept: bool = False
    at: str
    body: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class ShareRow(SQLModel, table=True):
    """A link to one artifact for readers who have nothing else of the workspace.

    ``digest`` is a hash of the token, which is nowhere; ``begins`` its first characters, to tell links apart.
    ``snapshot`` is what a frozen one shows, "" for a living one. ``password`` is a salted hash, "" for none. ``tries``
    counts wrong passwords since ``tries_since``.
    """

    __tablename__ = "share"

    id: str = Field(primary_key=True)
    digest: str = Field(unique=True)
    begins: str
    slug: str = Field(foreign_key="artifact.slug", index=True)
    snapshot: str = ""
    label: str = ""
    password: str = ""
    downloads: bool = False
    embed: str = ""
    created: str
    expires: str = ""
    revoked: str = ""
    openings: int = 0
    first_opened: str = ""
    last_opened: str = ""
    tries: int = 0
    tries_since: str = ""


class GuessRow(SQLModel, table=True):
    """How many wrong passwords somebody gave for a share since a moment; ``who`` is a hash of their address."""

    __tablename__ = "guess"

    share: str = Field(primary_key=True, foreign_key="share.id")
    who: str = Field(primary_key=True)
    tries: int = 0
    since: str = Field(index=True)


class ScheduleRow(SQLModel, table=True):
    """What is sent again and again: a page, when, to which places.

    ``recurrence`` and ``condition`` are data (`workspace.question.recurrence`, `workspace.artifact.condition`);
    ``due`` is when it is looked at next, "" for never. ``held`` is what the condition held for at the look at
    ``looked``, ``problem`` why the newest look failed, ``shown`` the view that was sent last.
    """

    __tablename__ = "schedule"

    id: str = Field(primary_key=True)
    slug: str = Field(foreign_key="artifact.slug", index=True)
    label: str = ""
    recurrence: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    condition: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    places: list[str] = Field(sa_column=Column(JSON, nullable=False))
    files: str = ""
    created: str
    due: str = Field(index=True)
    paused: str = ""
    ended: str = ""
    reason: str = ""
    held: list[str] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    looked: str = ""
    problem: str = ""
    shown: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))


class OccasionRow(SQLModel, table=True):
    """One time that a schedule had something to send: ``due`` is when, ``why`` what came true, "" for the time alone.

    ``message`` is what is sent, made at the first try and the same at all others; ``body`` is its view.
    """

    __tablename__ = "occasion"
    __table_args__ = (UniqueConstraint("schedule", "due"),)

    id: str = Field(primary_key=True)
    schedule: str = Field(foreign_key="schedule.id")
    due: str
    why: str = ""
    message: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    body: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))


class DeliveryRow(SQLModel, table=True):
    """What became of an occasion at one place: ``state`` is pending, sent, failed or given up.

    ``worker`` names the process that is sending it. ``next_try`` is "" where there is none.
    """

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("occasion", "place"),)

    id: str = Field(primary_key=True)
    occasion: str = Field(foreign_key="occasion.id")
    place: str
    state: str = "pending"
    attempts: int = 0
    next_try: str = Field(default="", index=True)
    worker: str = ""
    problem: str = ""
    sent: str = ""
