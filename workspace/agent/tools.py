"""What the stages may use: the `Run` of one question, and the workspace's verbs as far as a chat can ask for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from workspace.agent.knowledge import Knowledge
from workspace.agent.models import Model
from workspace.agent.reply import Composed, Reply, Stage, Step
from workspace.database.catalog import Catalog
from workspace.database.result import Limits, Query, Result
from workspace.database.source import Source
from workspace.store.records import ArtifactInfo, ChatInfo


class Verbs(Protocol):
    """The verbs of `api.Workspace` that a person can ask for in words."""

    def pin(self, message_id: str, title: str | None = None) -> ArtifactInfo: ...
    def pin_chat(self, chat_id: str, title: str | None = None) -> ArtifactInfo: ...
    def pinned(self, message_id: str) -> ArtifactInfo | None: ...
    def rename_artifact(self, slug: str, title: str) -> ArtifactInfo: ...
    def rename_chat(self, chat_id: str, title: str) -> ChatInfo: ...
    def compose(
        self,
        request: Any,
        *,
        source: str | None = None,
        chat: str = "",
        words: str = "",
        tell: Callable[[Step], None] = ...,
        cancelled: Callable[[], bool] = ...,
    ) -> Composed: ...
    def face(self, slug: str, kind: str, words: str) -> Composed: ...
    def edit(
        self, slug: str, change: Any, *, words: str = "", touched: tuple[int, int] | None = None
    ) -> Composed | None: ...
    def perform(self, request: Mapping[str, Any], words: str = "") -> Composed: ...
    def wish(self, wish: Any, *, source: str, slug: str | None = None, message: str = "", words: str = "") -> Reply: ...
    def info(self, slug: str) -> ArtifactInfo: ...
    def address(self, slug: str, version: int | None = None) -> str: ...


def _silent(_step: Step) -> None:
    return None


def _never() -> bool:
    return False


@dataclass(slots=True)
class Run:
    """Everything one question has that is not JSON; it lives as long as the run and is never saved.

    Args:
        source: what is asked.
        clock: gives the time; relative dates are read against it.
        verbs: what can be asked of the workspace itself, None outside of a chat.
        model: the configured model, or None.
        limits: for the query.
        knowledge: what people defined over the source, None for nothing.
        emit: takes the steps.
        cancelled: has the person pressed stop?
        query, result: what ran, and what came of it.
        known: the catalog with the definitions, once it was asked for.
        reply: the reply, once there is one.
        verb: what was done to the workspace itself, "" for a question.
    """

    source: Source
    clock: Callable[[], datetime]
    verbs: Verbs | None = None
    model: Model | None = None
    limits: Limits = field(default_factory=Limits)
    knowledge: Knowledge | None = None
    emit: Callable[[Step], None] = _silent
    cancelled: Callable[[], bool] = _never
    query: Query | None = None
    result: Result | None = None
    known: Catalog | None = None
    reply: Reply | None = None
    verb: str = ""

    def catalog(self) -> Catalog:
        """The catalog of the source as people's definitions have it; raises `SemanticsInvalid`."""
        if self.known is None:
            self.known = self.source.catalog() if self.knowledge is None else self.knowledge.catalog(self.source)
        return self.known

    def step(self, stage: Stage, text: str) -> None:
        self.emit(Step(stage, text))
