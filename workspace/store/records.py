"""What the store gives out: plain frozen records, so that nobody outside holds a database row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Role = Literal["person", "workspace"]


@dataclass(frozen=True, slots=True)
class ChatInfo:
    """A conversation in a list; ``updated`` is when something was last said in it (UTC)."""

    id: str
    title: str
    source: str
    updated: datetime


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
