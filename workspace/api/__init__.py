"""The verbs of the workspace: ask, refine, pin, open, rename, search. Server, UI and command line call these.

    workspace = open_workspace("chinook.sqlite")
    answer = workspace.ask("customers per country")
    workspace.pin_answer(answer).slug

Opening a workspace is cheap: the store, the graph and the model are made when something first needs them, so that a
single question pays for none of them.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from workspace.agent import graph, models
from workspace.agent.knowledge import Knowledge
from workspace.agent.outline import outline
from workspace.agent.reply import (
    Answer,
    Clarify,
    Composed,
    Decline,
    Failed,
    Message,
    Reply,
    Said,
    Step,
    Told,
    reply_from_dict,
)
from workspace.agent.tools import Run
from workspace.api.files import Files
from workspace.api.library import remember
from workspace.api.past import Revision, Since
from workspace.api.scheduling import Scheduled
from workspace.api.sharing import Shared, Sharing
from workspace.api.ticking import Done
from workspace.api.whole import Whole
from workspace.api.wishes import Wishes
from workspace.artifact.model import View
from workspace.database.result import Limits
from workspace.database.source import Source, open_sources
from workspace.errors import NoAppError, NotFound, SourceUnsupported
from workspace.question.plan import Plan
from workspace.semantics.model import Metric, Semantics, Synonym
from workspace.store.address import Address, configured, found, keep, web_address
from workspace.store.records import (
    ArtifactInfo,
    ChatInfo,
    DeliveryInfo,
    ScheduleInfo,
    ShareInfo,
    SnapshotInfo,
    StoredMessage,
    VersionInfo,
)

if TYPE_CHECKING:
    from workspace.agent.conversation import Conversations
    from workspace.database.catalog import Catalog
    from workspace.database.ingest import Ingested, Remark
    from workspace.store.registry import Sources
    from workspace.store.store import Store

__all__ = [
    "Answer", "ArtifactInfo", "ChatInfo", "Clarify", "Composed", "Decline", "DeliveryInfo", "Done", "Failed", "Message",
    "Metric", "Reply", "Revision", "Said", "ScheduleInfo", "Scheduled", "Semantics", "ShareInfo", "Shared", "Since",
    "SnapshotInfo", "Step", "Synonym", "Told", "VersionInfo", "View", "Workspace", "open_workspace", "reply_from_dict",
]  # fmt: skip

FOLDER = ".noapp"
REPLIES_KEPT = 256
FILES = "files"  # in the folder: databases made of the data files that are served
ADDED = "added.sqlite"  # in the folder: the tables of files that were added in the browser

T = TypeVar("T")


def open_workspace(
    *targets: str | Path, folder: Path | None = None, clock: Callable[[], datetime] | None = None
) -> Workspace:
    """A workspace over databases and data files.

    Args:
        targets: paths of SQLite databases, or of CSV, TSV, JSON, XLSX and Parquet files; the first one is the default.
        folder: where chats and artifacts are kept; ``$NOAPP_WORKSPACE`` or ``./.noapp`` by default. It is made when
            something is first kept.
        clock: gives the time with its zone; the machine's by default.

    Raises:
        SourceError: a target cannot be opened.
        ServeError: ``$NOAPP_URL`` is no address.

    Example:
        >>> import sqlite3, tempfile
        >>> path = tempfile.mkdtemp() + "/shop.sqlite"
        >>> with sqlite3.connect(path) as db:
        ...     _ = db.executescript("create table customer (name text); insert into customer values ('Ada'), ('Bob')")
        >>> open_workspace(path).ask("how many customers are there").view.results["q1"].rows
        ((2,),)
    """
    place = workspace_folder(folder)
    configured()  # what is wrong with it is said now, not when something was kept and its link is wanted
    return Workspace(open_sources(list(targets), folder=place / FILES), place, clock or _local_time)


def workspace_folder(folder: Path | None = None) -> Path:
    """Where chats and artifacts are kept: as given, ``$NOAPP_WORKSPACE``, or ``./.noapp``."""
    return Path(folder or os.environ.get("NOAPP_WORKSPACE") or FOLDER).expanduser().absolute()


def _local_time() -> datetime:
    return datetime.now().astimezone()


class Workspace(Whole, Files, Sharing, Wishes):
    """Sources, chats and artifacts; safe to use from many threads. Made by `open_workspace`.

    Args:
        opened: the sources, the default one first.
        folder: where chats and artifacts are kept.
        clock: gives the time with its zone.
        limits: for each query.
    """

    def __init__(
        self, opened: Sequence[Source], folder: Path, clock: Callable[[], datetime], limits: Limits | None = None
    ) -> None:
        super().__init__()
        self.folder = folder
        self.limits = limits or Limits()
        self.knowledge = Knowledge(folder, lambda: self.store)
        self._opened = list(opened)
        self._clock = clock
        self._lock = threading.RLock()
        self._made: dict[str, Any] = {}
        self._replies: OrderedDict[str, Reply] = OrderedDict()

    @property
    def served(self) -> Address:
        """Where this workspace is, or was last, served. The server sets it; other processes find it in the folder."""
        return self._made.get("served") or found(self.folder)

    @served.setter
    def served(self, at: Address) -> None:
        self._made["served"] = at
        keep(self.folder, at)

    @property
    def url(self) -> str:
        """What every link begins with, without a slash at its end. What is set is where people reach the workspace."""
        return self.served.links

    @url.setter
    def url(self, url: str) -> None:
        self.served = replace(self.served, public=web_address(url))

    # ------------------------------------------------------------------------------------------------ made late
    def _late(self, name: str, make: Callable[[], T]) -> T:
        if name not in self._made:
            with self._lock:
                if name not in self._made:
                    self._made[name] = make()
        return self._made[name]

    @property
    def store(self) -> Store:
        """The workspace's own state; makes the folder at its first use. Raises `StoreUnusable`."""

        def make() -> Store:
            from workspace.store.store import Store

            return Store(self.folder)

        return self._late("store", make)

    @property
    def model(self) -> models.Model | None:
        """The model that ``NOAPP_MODEL`` names; raises `ModelError` when the variable is malformed."""
        return self._late("model", models.configured)

    @property
    def _registry(self) -> Sources:
        def make() -> Sources:
            from workspace.store.registry import Sources, files_of

            sources = Sources(self.store, self.folder / FILES, [(source, files_of(source)) for source in self._opened])
            if (self.folder / ADDED).exists():
                sources.add_own(self.folder / ADDED)
            return sources

        return self._late("registry", make)

    @property
    def _talk(self) -> Conversations:
        def make() -> Conversations:
            from workspace.agent.conversation import Conversations

            return Conversations(
                self.folder, self.store, source=self._registry.__getitem__, verbs=self, model=self.model,
                clock=self._clock, limits=self.limits, knowledge=self.knowledge,
            )  # fmt: skip

        return self._late("talk", make)

    def warm(self) -> None:
        """Make now what the first question would wait for: imports, the graph, the catalog and values of the source."""
        self._talk.graph()
        if self.sources:
            for question in self.suggest()[:1]:
                self.ask(question)

    def close(self) -> None:
        """Close all files; the workspace is not used after it."""
        for name in ("talk", "registry", "store"):
            if name in self._made:
                self._made.pop(name).close()
        self.knowledge.close()
        self._crew.close()
        for source in self._opened:
            source.close()

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -------------------------------------------------------------------------------------------------- sources
    @property
    def sources(self) -> Mapping[str, Source]:
        """The open sources by name, the default one first."""
        return self._registry.opened()

    def source(self, name: str | None = None) -> Source:
        """An open source, the default one without a name; no look into the folder where that can be avoided."""
        for source in self._opened:
            if name in (None, source.name):
                return source
        if name is not None:
            return self._registry[name]
        for source in self.sources.values():
            return source
        raise NotFound("No database is open in this workspace.", hint="Open one with: noapp serve FILE")

    def look(self, progress: Callable[[str], object], source: str | None = None) -> None:
        """Read in what is not known of a source yet; ``progress`` is told which large table is being read."""
        self.source(source).catalog(progress)
        self.source(source).values(progress)

    def describe(self, source: str | None = None) -> str:
        """What is in a source, in one line: "11 tables, 15,607 rows, invoices from Jan 2021 to Dec 2025"."""
        return outline(self.catalog(source), self._clock().date())

    def catalog(self, source: str | None = None) -> Catalog:
        """Tables and columns of a source as its definitions have them; raises `SemanticsInvalid`."""
        return self.knowledge.catalog(self.source(source))

    def suggest(self, source: str | None = None) -> tuple[str, ...]:
        """Questions that this source can really answer, each of another kind."""
        from workspace.question.suggest import suggest

        return suggest(self.catalog(source), self.source(source).values(), self._clock())

    def remarks(self, source: str | None = None) -> list[Remark]:
        """What was odd in the data files that a source was made of; none of a database."""
        from workspace.database.ingest import remarks

        path = self.source(source).path
        return remarks(path) if path else []

    def add_files(self, files: Sequence[tuple[str, bytes]], source: str | None = None) -> list[Ingested]:
        """Turn data files that a person handed over into tables.

        Args:
            files: names and contents.
            source: name of a source that is made of files; by default the workspace's own, "files", made when missing.

        Raises:
            SourceError: which file cannot be read, and why; the files before it are stored.
        """
        from workspace.database.ingest import ingest_bytes, made_here

        into = self.folder / ADDED if source is None else self.source(source).path
        if into is None or (source is not None and not made_here(into)):
            raise SourceUnsupported(f"{source} is a database of its own; files cannot be added to it.")
        registry = self._registry
        made: list[Ingested] = []
        try:
            for name, data in files:
                made += ingest_bytes(name, data, into)
        finally:
            if source is None and made:
                registry.add_own(into)
        return made

    # -------------------------------------------------------------------------------------------------- asking
    def ask(self, question: str, *, source: str | None = None, chat: str | None = None, strict: bool = False) -> Reply:
        """The reply to a question.

        Args:
            question: in plain words.
            source: name of the source; the default one, or the chat's.
            chat: the chat it belongs to; outside of any, nothing is kept.
            strict: only the columns that were asked for, not those that help to read the answer.
        """
        if chat is not None:
            *_, reply = self._talk.ask(chat, question)
            assert not isinstance(reply, Step)
            return reply
        try:
            run = Run(self.source(source), self._clock, None, self.model, self.limits, self.knowledge)
            state = graph.begin(question, run, strict=strict)
            return graph.walk(state, run).reply or Failed("bug", "The workspace gave no reply.")
        except NoAppError as problem:
            return Failed.of(problem)

    def stream(self, chat_id: str, text: str, *, cancelled: Callable[[], bool] | None = None) -> Iterator[Step | Reply]:
        """Say something in a chat: its steps, then the reply. Both messages are kept, the person's before any work.

        Args:
            chat_id: from `new_chat`.
            text: what the person typed.
            cancelled: asked now and then; True stops the work.
        """
        return self._talk.ask(chat_id, text, cancelled)

    def choose(
        self, chat_id: str, message_id: str, index: int, *, cancelled: Callable[[], bool] | None = None
    ) -> Iterator[Step | Reply]:
        """Take choice ``index`` of a `Clarify` reply; resumes where the question paused, also after a restart."""
        return self._talk.choose(chat_id, message_id, index, cancelled)

    def do(
        self, chat_id: str, text: str, request: Mapping[str, Any], *, cancelled: Callable[[], bool] | None = None
    ) -> Iterator[Step | Reply]:
        """Change a document as an offer says (`perform`), kept as what the person said: ``text``."""
        return self._talk.do(chat_id, text, request, cancelled)

    def refine(
        self, chat_id: str, message_id: str, plan: Plan, text: str, *, cancelled: Callable[[], bool] | None = None
    ) -> Iterator[Step | Reply]:
        """Run a plan that was picked (a chip's option, a follow-up), kept as what the person said: ``text``."""
        return self._talk.refine(chat_id, message_id, plan, text, cancelled)

    # --------------------------------------------------------------------------------------------------- chats
    def new_chat(self, source: str | None = None, *, beside: str = "") -> str:
        """The id of a new chat about a source; it is listed once something was said in it.

        Args:
            source: name of the source; the default one.
            beside: slug of an artifact, which "it" means in that chat.
        """
        from workspace.store import chats

        return chats.create(self.store, self._registry[self.source(source).name].name, artifact=beside).id

    def talk(self, slug: str) -> ChatInfo | None:
        """The chat beside an artifact in which something was said last, None when there is none."""
        from workspace.store import chats

        return chats.beside(self.store, slug)

    def chats(self, search: str = "") -> list[ChatInfo]:
        """The chats, newest first; ``search`` looks in titles and questions."""
        from workspace.store import chats

        return chats.listed(self.store, search)

    def chat(self, chat_id: str) -> ChatInfo:
        from workspace.store import chats

        return chats.find(self.store, chat_id)

    def messages(self, chat_id: str) -> list[Message]:
        """What was said in a chat, in order; what was cut off when a server died has a reply that says so."""
        return [self._message(stored) for stored in self._talk.messages(chat_id)]

    def rename_chat(self, chat_id: str, title: str) -> ChatInfo:
        from workspace.store import chats

        return chats.rename(self.store, chat_id, title)

    def delete_chat(self, chat_id: str) -> None:
        """Delete a chat; what was pinned from it stays."""
        from workspace.store import chats

        chats.remove(self.store, chat_id)

    def _message(self, stored: StoredMessage) -> Message:
        return Message(stored.id, stored.chat, stored.role, stored.text, self._reply(stored), stored.at)

    def _reply(self, stored: StoredMessage) -> Reply | None:
        """A stored reply, decoded once: the chat page asks for the same ones at every click."""
        if stored.reply is None:
            return None
        with self._lock:
            found = self._replies.get(stored.id)
        if found is None:
            found = reply_from_dict(stored.reply)
            remember(self._replies, stored.id, found, REPLIES_KEPT, self._lock)
        return found

    def judge(self, message_id: str, verdict: Literal["right", "wrong", ""]) -> None:
        """Keep what a person says of an answer of a chat; "" takes it back."""
        stored = self._talk.stored(message_id)
        answer, source = self._reply(stored), self._registry[self.chat(stored.chat).source]
        said = self._talk.stored(stored.answers).text if stored.answers else ""
        self.knowledge.judge(source, answer, verdict, said=said, message=message_id, clock=self._clock())
