"""Asking: the conversation, one card to an answer, and the field for the next question."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from ui import running, state
from ui.components import frame, replies, talk
from ui.components.sidebar import plain
from ui.state import Wish
from workspace.api import Answer, Composed
from workspace.errors import NoAppError
from workspace.server import current

if TYPE_CHECKING:
    from workspace.api import ChatInfo, Message, Workspace


def show() -> None:
    workspace = current()
    try:
        info = _open_chat(workspace)
    except NoAppError as problem:
        replies.trouble(problem)
        return
    placeholder, fresh = _placeholder(workspace, info), info is None
    talk.field(placeholder, "question", lambda wish: _begin(workspace, info, wish), fresh=fresh)
    if info is None:
        _welcome(workspace)
    else:
        _conversation(workspace, info)


def _open_chat(workspace: Workspace) -> ChatInfo | None:
    wanted = state.named_chat()
    return workspace.chat(wanted) if wanted else None


def _placeholder(workspace: Workspace, info: ChatInfo | None) -> str:
    return f"Ask about {info.source if info else _source(workspace)}"


def _source(workspace: Workspace) -> str:
    """The source that a new chat is about."""
    names = list(workspace.sources)
    chosen = state.SOURCE.get()
    return chosen if chosen in names else names[0]


def _begin(workspace: Workspace, info: ChatInfo | None, wish: Wish) -> None:
    chat = info.id if info else workspace.new_chat(_source(workspace))
    running.start(workspace, chat, wish)
    state.open_chat(chat)


# --------------------------------------------------------------------------------------------------- empty state
def _welcome(workspace: Workspace) -> None:
    source = _source(workspace)
    with st.container(key="welcome", gap=None):
        if len(workspace.sources) > 1:
            names = list(workspace.sources)
            picked = st.pills(
                "Source", names, default=source, required=True, key=f"pick-{source}", label_visibility="collapsed"
            )
            if picked and picked != source:
                state.SOURCE.set(picked)
                st.rerun()
        try:
            line, questions = workspace.describe(source), workspace.suggest(source)
        except NoAppError as problem:
            replies.trouble(problem)
            return
        frame.title(source, line)
        with st.container(key="suggestions", gap="small"):
            for number, question in enumerate(questions[:6]):
                if st.button(plain(question), key=f"suggestion-{number}", width="stretch"):
                    state.WISH.set(Wish("ask", question))
                    st.rerun()


# -------------------------------------------------------------------------------------------------- conversation
def _conversation(workspace: Workspace, info: ChatInfo) -> None:
    said = talk.look(workspace, info)
    state.NEWEST.set(said.newest)
    frame.named(info.title)
    _head(workspace, info, said.messages)
    talk.show(workspace, info, said, foot=_by_hand, newest=said.newest)


def _by_hand(message: Message) -> None:
    reply = message.reply
    if isinstance(reply, Composed) and reply.slug:
        st.page_link(state.page("artifact"), label="Open it here to change it by hand", query_params={"id": reply.slug})


def _head(workspace: Workspace, info: ChatInfo, messages: list[Message]) -> None:
    with st.container(key="chat-head", horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.html(f'<p class="na-where">{escape(info.source)}</p>')
        with st.popover("This chat", type="tertiary"):
            with st.form("rename-chat", border=False):
                title = st.text_input("Title of this chat", value=info.title, max_chars=200)
                if st.form_submit_button("Rename") and title.strip() and title.strip() != info.title:
                    workspace.rename_chat(info.id, title.strip())
                    st.rerun()
            answered = any(isinstance(message.reply, Answer) for message in messages)
            if answered and st.button("Pin the whole chat", key="pin-chat", type="tertiary", icon=":material/keep:"):
                artifact = workspace.pin_chat(info.id)
                st.switch_page(state.page("artifact"), query_params={"id": artifact.slug})
            if st.button("Delete this chat", key="delete-chat", type="tertiary", icon=":material/delete:"):
                workspace.delete_chat(info.id)
                state.go()
                st.rerun()


if __name__ == "__main__":  # run by Streamlit as a page
    show()
