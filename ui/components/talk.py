"""A conversation on a page: what was said, one reply below the other, and the answer that is in the making."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from ui import running, state
from ui.components import card, place, replies
from ui.state import Wish
from workspace.api import Answer, Clarify, Composed, Decline, Failed, Told
from workspace.errors import NoAppError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ui.running import Run
    from workspace.api import ChatInfo, Message, Workspace

STOPPED = Failed("stopped", "Stopped.", "Ask again whenever you like.")


def field(placeholder: str, key: str, begin: Callable[[Wish], object], *, fresh: bool) -> None:
    """The field for the next question, at the foot of the page, and what a button of the last run wished for.

    What is sent is begun before the page is run again, not in that run: a click elsewhere in the next moment ends the
    run, and what was typed would be gone with it.

    Args:
        placeholder: of the empty field.
        key: of the field in the session.
        begin: starts the answer; when it cannot, the page does it again in its next run, and says there why not.
        fresh: no chat is open yet, so that the page is run again from the top once one is begun.
    """

    def sent() -> None:
        text = (st.session_state.get(key) or "").strip()
        if not text:
            return
        wish = Wish("ask", text)
        try:
            begin(wish)
        except NoAppError:
            state.WISH.set(wish)

    st.bottom.chat_input(placeholder, key=key, on_submit=sent)  # placed by itself, it pulls the page down
    wish = state.WISH.take()
    if wish is not None:
        begin(wish)
        if fresh:
            st.rerun()


@dataclass(frozen=True)
class Said:
    """What was said in a chat, and the answer in the making; looked at in this order, so that what it does is seen."""

    run: Run | None
    working: bool
    messages: list[Message]

    @property
    def newest(self) -> str:
        """The id of the newest message, "" when there is none."""
        return self.messages[-1].id if self.messages else ""


def look(workspace: Workspace, info: ChatInfo) -> Said:
    """What was said in a chat by now; its newest question is what arrow up brings back."""
    run = running.of(info.id)
    working = run is not None and not run.done
    messages = workspace.messages(info.id)  # after the look at the run: what it has done by now is among them
    state.LAST.set(next((message.text for message in reversed(messages) if message.role == "person"), ""))
    return Said(run, working, messages)


def show(workspace: Workspace, info: ChatInfo, said: Said, *, foot: Callable[[Message], None], newest: str) -> None:
    """All that was said, and the step that the newest answer is at; when it is there the page is run again.

    Args:
        workspace: whose.
        info: of the chat.
        said: in it, from `look`.
        foot: adds what the page has below the newest reply.
        newest: message that is to come into sight, "" for none.
    """
    run, messages = said.run, said.messages
    state.BEGUN.take()  # the browser has the address by now
    for number, message in enumerate(messages, start=1):
        if message.role == "person":
            replies.question(message.text)
        else:
            last = number == len(messages) and not said.working
            _reply(workspace, info.source, message, newest=last)
            if last:
                foot(message)
    waiting = bool(messages) and messages[-1].role == "person"
    if run is not None and said.working:
        if not waiting:
            replies.question(run.text)
        place.keep(state.here(), newest)
        replies.follow(run)
        st.rerun()
    if run is not None and run.problem is not None:
        replies.failed(run.problem)
    elif waiting:
        replies.failed(STOPPED)


def _reply(workspace: Workspace, source: str, message: Message, *, newest: bool) -> None:
    reply = message.reply
    if isinstance(reply, Answer):
        card.show(workspace, message, reply, newest=newest)
    elif isinstance(reply, Clarify):
        replies.clarify(message.id, reply, open_=newest)
    elif isinstance(reply, Decline):
        near = reply.suggestions or (workspace.suggest(source) if newest else ())
        first = next(iter(workspace.sources), "") == source
        replies.decline(message.id, reply, near[:3] if newest else (), source=source if newest else "", first=first)
        if newest:
            replies.elsewhere(message.id, reply, {n: workspace.catalog(n) for n in workspace.sources if n != source})
    elif isinstance(reply, Composed):
        replies.composed(message.id, reply, newest=newest, choose=lambda index: _choose(message.id, reply, index))
    elif isinstance(reply, Told):
        replies.told(message.id, reply, newest=newest)
    elif reply is not None:
        replies.other(message.id, reply)


def _choose(message: str, reply: Composed, index: int) -> None:
    state.WISH.set(Wish("choose", reply.offers[index].label, message, index=index))
    st.rerun()
