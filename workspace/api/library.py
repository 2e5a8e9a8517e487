"""The verbs of the library: pin, open, rename, search; what is kept as a living artifact, and its view as of now."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workspace.agent.reply import Answer, Message, Reply
from workspace.artifact import settings
from workspace.artifact.model import Artifact, View
from workspace.artifact.refresh import ResultCache, moves_with_clock, refresh
from workspace.artifact.running import Crew
from workspace.database.result import Limits, Result
from workspace.errors import NoAppError, NotFound
from workspace.store.records import ArtifactInfo, ChatInfo, StoredMessage, VersionInfo

if TYPE_CHECKING:
    from workspace.agent.conversation import Conversations
    from workspace.store.registry import Sources
    from workspace.store.store import Store

VERSIONS_KEPT = 256


class Library:
    """The part of a `Workspace` that keeps and opens artifacts."""

    limits: Limits
    _clock: Callable[[], datetime]
    _lock: threading.RLock

    if TYPE_CHECKING:
        url: str

        @property
        def store(self) -> Store: ...
        @property
        def _registry(self) -> Sources: ...
        @property
        def _talk(self) -> Conversations: ...
        def messages(self, chat_id: str) -> list[Message]: ...
        def chat(self, chat_id: str) -> ChatInfo: ...
        def _reply(self, stored: StoredMessage) -> Reply | None: ...

    def __init__(self) -> None:
        super().__init__()
        self._results = ResultCache()
        self._versions: OrderedDict[tuple[str, int], Artifact] = OrderedDict()
        self._kept: dict[tuple[str, int, str], tuple[str, str]] = {}
        self._crew = Crew()

    def pin(self, message_id: str, title: str | None = None) -> ArtifactInfo:
        """Keep an answer of a chat as an artifact; the same answer again is the same artifact."""
        known = self.pinned(message_id)
        if known is not None and title is None:
            return known
        answer = self._reply(self._talk.stored(message_id))
        if not isinstance(answer, Answer):
            raise NotFound("There is no answer in that message to pin.", hint="Pin an answer.")
        return self.pin_answer(answer, title, origin=message_id)

    def pin_answer(self, answer: Answer, title: str | None = None, *, origin: str = "") -> ArtifactInfo:
        """Keep an answer that belongs to no chat."""
        info = self._save(_titled(answer.view.artifact, title), origin)
        self._keep(info.slug, info.version, answer.view.results)
        return info

    def pinned(self, message_id: str) -> ArtifactInfo | None:
        """The artifact that was made from a message, None when there is none."""
        from workspace.store import artifacts

        return artifacts.made_from(self.store, message_id)

    def _save(self, artifact: Artifact, origin: str) -> ArtifactInfo:
        from workspace.store import artifacts

        for name in {query.source for query in artifact.queries}:
            self._registry[name]  # its place is remembered, so that the artifact opens whatever is served later
        return artifacts.save(self.store, artifact, origin=origin)

    def artifacts(self, search: str = "") -> list[ArtifactInfo]:
        """The library, newest first; ``search`` looks in titles, questions and sources."""
        from workspace.store import artifacts

        return artifacts.listed(self.store, search)

    def info(self, slug: str) -> ArtifactInfo:
        from workspace.store import artifacts

        return artifacts.find(self.store, slug)

    def load(self, slug: str, version: int | None = None) -> Artifact:
        """An artifact as it was saved, its head by default."""
        return self._version(slug, version)[0]

    def open(
        self, slug: str, version: int | None = None, given: Iterable[tuple[str, str]] = (), wait: float | None = None
    ) -> View:
        """An artifact as of now: its queries run, or found again where the data has not changed; its prose bound.

        Args:
            slug, version: which one; its head without a version.
            given: values of its parameters as an address has them, ``[("region", "EU")]``; see `View.settings`.
            wait: seconds that its queries get together; those that take longer go on, and are marked in the view.
                None waits for all.
        """
        from workspace.store import artifacts

        artifact, number = self._version(slug, version)
        view = refresh(
            artifact, self._registry, cache=self._results, now=self._clock(), limits=self.limits,
            last_good=artifacts.LastResults(self.store, slug, number), slug=slug, version=number,
            given=settings.given(artifact, given),
            runner=self._crew.joined() if wait is None else self._crew.within(wait),
        )  # fmt: skip
        if view.given:  # the last good results are of the default values
            return view
        self._keep(slug, number, {name: r for name, r in view.results.items() if name not in view.problems})
        return view

    def given(self, slug: str, version: int | None, items: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Those parts of an address that speak of the artifact's parameters, in their order."""
        return settings.given(self._version(slug, version)[0], items)

    def state(self, slug: str, version: int | None = None) -> str:
        """A short text that changes when the page would: version, state of the data, and the day for relative dates."""
        artifact, number = self._version(slug, version)
        parts = [str(number)]
        asked = (*artifact.queries, *(param.query for param in artifact.params if param.query is not None))
        for name in dict.fromkeys(query.source for query in asked):
            try:
                parts.append(self._registry[name].fingerprint())
            except NoAppError as problem:
                parts.append(problem.code)
        if moves_with_clock(artifact):
            parts.append(self._clock().date().isoformat())
        return ".".join(parts)

    def rename_artifact(self, slug: str, title: str) -> ArtifactInfo:
        """Another title, as a new version; the address stays."""
        from workspace.store.artifacts import rename

        return rename(self.store, slug, title)

    def delete_artifact(self, slug: str) -> None:
        from workspace.store.artifacts import remove

        remove(self.store, slug)

    def history(self, slug: str) -> list[VersionInfo]:
        """The versions of an artifact, newest first."""
        from workspace.store import artifacts

        return artifacts.history(self.store, slug)

    def address(self, slug: str, version: int | None = None) -> str:
        """The URL of an artifact, or of one version of it."""
        return f"{self.url}/a/{slug}" + (f"@{version}" if version is not None else "")

    def _version(self, slug: str, version: int | None) -> tuple[Artifact, int]:
        from workspace.store import artifacts

        head = artifacts.head(self.store, slug)
        number = head if version is None else version
        with self._lock:
            found = self._versions.get((slug, number))
        if found is None:
            found, _ = artifacts.load_version(self.store, slug, number)
            remember(self._versions, (slug, number), found, VERSIONS_KEPT, self._lock)
        return found, number

    def _keep(self, slug: str, number: int, results: Mapping[str, Result]) -> None:
        """Remember good results as the last ones; one of the same run as the last time needs no look into the store."""
        from workspace.store import artifacts

        fresh = {}
        with self._lock:
            for name, result in results.items():
                run = (result.receipt.fingerprint, result.receipt.ran_at)
                if self._kept.get((slug, number, name)) != run:
                    self._kept[slug, number, name] = run
                    fresh[name] = result
        artifacts.keep_results(self.store, slug, number, fresh)


def _titled(artifact: Artifact, title: str | None) -> Artifact:
    """Under the title a person gave it, whatever is in that; None or blank leaves it as it is."""
    given = (title or "").strip()[:200]
    return artifact.model_copy(update={"title": given}) if given else artifact


def remember(kept: OrderedDict[Any, Any], key: Any, value: Any, size: int, lock: threading.RLock) -> None:
    with lock:
        kept[key] = value
        while len(kept) > size:
            kept.popitem(last=False)
