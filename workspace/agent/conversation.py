"""A conversation: keep what was said, run the graph on it, keep the reply.

What a person said is in the store before any work starts on it. However the work ends (answered, stopped, an error, the
process killed) there is a reply to it when the chat is read next.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from workspace.agent import checkpoint, graph
from workspace.agent.knowledge import Knowledge
from workspace.agent.models import Model
from workspace.agent.reply import INTERRUPTED, STOPPED, Clarify, Composed, Failed, Reply, Step, reply_from_dict
from workspace.agent.state import Focus, Paper, State
from workspace.agent.tools import Run, Verbs
from workspace.database.result import Limits, Query
from workspace.database.source import Source
from workspace.errors import NoAppError, NotFound
from workspace.question.plan import Plan
from workspace.store import chats
from workspace.store.presence import Presence, alive
from workspace.store.records import ChatInfo, StoredMessage
from workspace.store.store import Store

log = logging.getLogger(__name__)


class Conversations:
    """The chats of one workspace; safe to use from many threads.

    Args:
        folder: of the workspace.
        store: of the workspace.
        source: gives a source by its name, or raises why it cannot.
        verbs: what can be asked of the workspace itself.
        model: the configured model, or None.
        clock: gives the time.
        limits: for each query.
        knowledge: what people defined over the sources.
    """

    def __init__(
        self,
        folder: Path,
        store: Store,
        *,
        source: Callable[[str], Source],
        verbs: Verbs,
        model: Model | None,
        clock: Callable[[], datetime],
        limits: Limits,
        knowledge: Knowledge | None = None,
    ) -> None:
        self._folder = folder
        self._store = store
        self._source = source
        self._verbs = verbs
        self._model = model
        self._clock = clock
        self._limits = limits
        self._knowledge = knowledge
        self._presence = Presence(folder)
        self._lock = threading.Lock()
        self._graph: Any = None
        self._active: set[str] = set()
        self._turns = threading.Lock()  # what was said and that it is worked on are one thing for those who look

    def ask(self, chat: str, text: str, cancelled: Callable[[], bool] | None = None) -> Iterator[Step | Reply]:
        """What a person typed; raises `NotFound` at once for an unknown chat."""
        info = chats.find(self._store, chat)
        return self._turn(info, text, lambda run: self._begin(info, text, run), cancelled=cancelled)

    def choose(
        self, chat: str, message: str, index: int, cancelled: Callable[[], bool] | None = None
    ) -> Iterator[Step | Reply]:
        """One of the choices of a `Clarify` reply; resumes the pause, or starts from the choice when it is gone."""
        info = chats.find(self._store, chat)
        stored = self.stored(message)
        asked = reply_from_dict(stored.reply) if stored.reply else None
        if isinstance(asked, Composed) and stored.chat == chat and 0 <= index < len(asked.offers):
            offer = asked.offers[index]
            return self.do(chat, offer.label, offer.request, cancelled)
        if not isinstance(asked, Clarify) or stored.chat != chat or not 0 <= index < len(asked.choices):
            raise NotFound("That choice is not here any more.", hint="Ask the question again.")
        choice = asked.choices[index]

        def start(run: Run) -> State | int:
            if graph.waiting(self.graph(), message):
                return index
            return self._begin(info, asked.question, run, plan=choice.plan.to_dict())

        return self._turn(info, choice.label, start, thread=message, cancelled=cancelled)

    def do(
        self, chat: str, text: str, request: Mapping[str, Any], cancelled: Callable[[], bool] | None = None
    ) -> Iterator[Step | Reply]:
        """A change of a document that was picked, under the words on its button."""
        info = chats.find(self._store, chat)
        return self._turn(
            info, text, lambda run: self._begin(info, text, run, change=dict(request)), cancelled=cancelled
        )

    def refine(
        self, chat: str, message: str, plan: Plan, text: str, cancelled: Callable[[], bool] | None = None
    ) -> Iterator[Step | Reply]:
        """A plan that was picked: a chip's option or a follow-up, under the words on its button."""
        info = chats.find(self._store, chat)
        if self.stored(message).chat != chat:
            raise NotFound("That message is of another chat.")
        return self._turn(
            info, text, lambda run: self._begin(info, text, run, plan=plan.to_dict()), cancelled=cancelled
        )

    def messages(self, chat: str) -> list[StoredMessage]:
        """The messages of a chat; what a process left unanswered when it died has been given its reply."""
        with self._turns:
            found = chats.messages(self._store, chat)
            lost = [message for message in found if message.worker and not self._at_work(message)]
        for message in lost:
            chats.answer(self._store, message.id, INTERRUPTED.to_dict(), text=INTERRUPTED.text)
        return chats.messages(self._store, chat) if lost else found

    def stored(self, message: str) -> StoredMessage:
        return chats.message(self._store, message)

    def graph(self) -> Any:
        """The compiled graph with its checkpointer, made at the first use: it costs a second of import."""
        with self._lock:
            if self._graph is None:
                self._graph = graph.build(checkpoint.open_saver(self._folder))
            return self._graph

    def close(self) -> None:
        self._presence.close()
        with self._lock:
            if self._graph is not None:
                checkpoint.close_saver(self._graph.checkpointer)
                self._graph = None

    # --------------------------------------------------------------------------------------------------- turns
    def _turn(
        self,
        chat: ChatInfo,
        text: str,
        start: Callable[[Run], State | int],
        *,
        thread: str = "",
        cancelled: Callable[[], bool] | None = None,
    ) -> Iterator[Step | Reply]:
        with self._turns:
            said = chats.say(self._store, chat.id, graph.readable(text), self._presence.token)
            self._active.add(said.id)
        reply_id, reply, run = chats.new_id(), STOPPED, None
        try:
            run = self._run(chat.source, cancelled)
            yield from graph.stream(self.graph(), start(run), run, thread or reply_id)
            reply = run.reply or _bug("no reply")
        except NoAppError as problem:
            reply = Failed.of(problem)
        except Exception as problem:
            log.exception("The question %r was not answered.", text)
            reply = _bug(type(problem).__name__)
        finally:
            # Also when the consumer goes away in the middle of it (GeneratorExit): then the reply says "Stopped".
            with self._turns:
                try:
                    self._keep(said, reply, reply_id, run.verb if run else "")
                finally:
                    self._active.discard(said.id)
        yield reply

    def _keep(self, said: StoredMessage, reply: Reply, reply_id: str, verb: str) -> None:
        chats.answer(self._store, said.id, reply.to_dict(), text=reply.text, verb=verb, reply_id=reply_id)

    def _run(self, source: str, cancelled: Callable[[], bool] | None) -> Run:
        run = Run(self._source(source), self._clock, self._verbs, self._model, self._limits, self._knowledge)
        if cancelled is not None:
            run.cancelled = cancelled
        return run

    def _begin(self, chat: ChatInfo, question: str, run: Run, **given: Any) -> State:
        focus = self._focus(chat.id)
        return graph.begin(question, run, chat=chat.id, focus=focus, artifact=self._paper(chat, focus), **given)

    def _paper(self, info: ChatInfo, focus: Focus | None) -> Paper | None:
        """The document that a chat stands beside; else the one that was made or changed last in it; else what was
        pinned of its newest answer, or of it."""
        chat = info.id
        made = chats.newest(self._store, chat, "composed", unless="forget")
        if info.artifact and self._kept(info.artifact):
            reply = made.reply if made is not None and made.reply is not None else {}
            touched = list(reply["touched"]) if reply.get("slug") == info.artifact else [0, 0]
            return Paper(slug=info.artifact, touched=touched if touched[1] > touched[0] else None, newest=True)
        slug = str(made.reply["slug"]) if made is not None and made.reply is not None else ""
        if made is not None and made.reply is not None and slug and self._kept(slug):
            answered = chats.newest(self._store, chat, "answer", unless="forget")
            touched = list(made.reply["touched"])
            newest = answered is None or answered.at <= made.at
            return Paper(slug=slug, touched=touched if touched[1] > touched[0] else None, newest=newest)
        pinned = self._verbs.pinned(focus["message"]) if focus is not None else None
        pinned = pinned or self._verbs.pinned(f"chat:{chat}")
        return Paper(slug=pinned.slug, touched=None, newest=False) if pinned is not None else None

    def _kept(self, slug: str) -> bool:
        try:
            self._verbs.info(slug)
        except NotFound:
            return False
        return True

    def _focus(self, chat: str) -> Focus | None:
        newest = chats.newest(self._store, chat, "answer", unless="forget")
        if newest is None or newest.reply is None:
            return None
        return focus_of(newest.id, newest.reply)

    def _at_work(self, message: StoredMessage) -> bool:
        if message.worker == self._presence.token:
            return message.id in self._active
        return alive(self._folder, message.worker)


def focus_of(message: str, answer: Any) -> Focus:
    """What "this" means after an answer (as JSON)."""
    query = Query.from_dict(answer["view"]["artifact"]["queries"][0]).to_dict()
    return {"message": message, "question": answer["question"], "plan": answer["plan"], "query": query}


def _bug(what: str) -> Failed:
    return Failed("bug", f"The workspace stumbled over this one ({what}).", "Try other words; the log has the details.")
