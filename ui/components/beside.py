"""The talk beside an artifact: a chat like any other, in which "it" is the artifact."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import running, state
from ui.components import talk
from ui.components.sidebar import plain
from ui.state import Key, Wish
from workspace.api import Answer, ChatInfo
from workspace.errors import NoAppError
from workspace.server import current

if TYPE_CHECKING:
    from workspace.api import ArtifactInfo, Message


def spoken(chat: str) -> Key[bool]:
    """Was something said there since the page was loaded? Only then is the newest of it brought into sight."""
    return Key(f"spoken-{chat}", False)


def show(info: ArtifactInfo) -> None:
    """The field, and what was said in the chat that the address names; without one, the way to the last."""
    workspace = current()
    chat = _open(info)
    key, fresh = f"beside-{info.slug}", chat is None
    talk.field("Say what to change, or ask", key, lambda wish: _begin(info, chat, wish), fresh=fresh)
    if chat is None:
        _earlier(info)
        return
    said = talk.look(workspace, chat)
    if workspace.info(info.slug).version != info.version:
        st.rerun()  # it was changed while the page was drawn
    newest = said.newest if spoken(chat.id).get() else ""
    state.NEWEST.set(newest)
    with st.container(key="beside", gap=None):
        talk.show(workspace, chat, said, foot=lambda message: _add(info, message), newest=newest)


def _begin(info: ArtifactInfo, chat: ChatInfo | None, wish: Wish) -> None:
    workspace = current()
    found = chat.id if chat else workspace.new_chat(_source(info), beside=info.slug)
    running.start(workspace, found, wish)
    spoken(found).set(True)
    state.open_chat(found)


def _source(info: ArtifactInfo) -> str | None:
    return next((query.source for query in current().load(info.slug).queries), None)


def _open(info: ArtifactInfo) -> ChatInfo | None:
    """The chat that the address names, where it is one beside this artifact."""
    wanted = state.named_chat()
    try:
        found = current().chat(wanted) if wanted else None
    except NoAppError:
        return None
    return found if found is not None and found.artifact == info.slug else None


def _add(info: ArtifactInfo, message: Message) -> None:
    """An answer becomes a part of the page."""
    reply = message.reply
    if not isinstance(reply, Answer):
        return
    if st.button("Add it to this page", key=f"add-{message.id}", type="tertiary", icon=":material/add:"):
        if reply.plan is None:
            state.WISH.set(Wish("ask", f"add {reply.question}"))
        else:
            query = reply.view.artifact.queries[0]
            request = {"do": "add", "slug": info.slug, "source": query.source, "question": reply.question,
                       "plan": reply.plan.to_dict(), "at": None}  # fmt: skip
            state.WISH.set(Wish("do", f"Add “{reply.view.artifact.title}” to this page", plan=request))
        st.rerun()


def _earlier(info: ArtifactInfo) -> None:
    last = current().talk(info.slug)
    if last is not None:
        with st.container(key="back-talk", gap=None):
            st.page_link(
                state.page("artifact"), label=f"What was said last: {plain(last.title)}",
                query_params={"id": info.slug, "chat": last.id},
            )  # fmt: skip
