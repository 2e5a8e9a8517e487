"""Asking: the conversation, one card to an answer, and the field for the next question."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from ui import running, state
from ui.components import card, frame, place, replies
from ui.components.sidebar import plain
from ui.state import Wish
from workspace.api import Answer, Clarify, Composed, Decline, Failed, Told
from workspace.errors import NoAppError
from workspace.server import current

if TYPE_CHECKING:
    from workspace.api import ChatInfo, Message, Workspace


STOPPED = Failed("stopped", "Stopped.", "Ask again whenever you like.")


def show() -> None:
    workspace = current()
    try:
        info = _open_chat(workspace)
    except NoAppError as problem:
        replies.trouble(problem)
        return
    typed = st.bottom.chat_input(
        _placeholder(workspace, info), key="question"
    )  # placed by itself, it pulls the page down
    wish = Wish("ask", typed.strip()) if typed and typed.strip() else state.WISH.take()
    if wish is not None:
        info = _begin(workspace, info, wish)
    if info is None:
        _welcome(workspace)
    else:
        _conversation(workspace, info)


def _open_chat(workspace: Workspace) -> ChatInfo | None:
    wanted = state.where("chat")
    return workspace.chat(wanted) if wanted else None


def _placeholder(workspace: Workspace, info: ChatInfo | None) -> str:
    return f"Ask about {info.source if info else _source(workspace)}"


def _source(workspace: Workspace) -> str:
    """The source that a new chat is about."""
    names = list(workspace.sources)
    chosen = state.SOURCE.get()
    return chosen if chosen in names else names[0]


def _begin(workspace: Workspace, info: ChatInfo | None, wish: Wish) -> ChatInfo:
    fresh = info is None
    found = info or workspace.chat(workspace.new_chat(_source(workspace)))
    running.start(workspace, found.id, wish)
    if fresh:
        state.go(chat=found.id)
        st.rerun()  # from the top, so that the sidebar and the address are of this chat from the first moment
    return found


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
    run = running.of(info.id)
    working = run is not None and not run.done
    messages = workspace.messages(info.id)  # after the look at the run: what it has done by now is among them
    state.LAST.set(next((message.text for message in reversed(messages) if message.role == "person"), ""))
    state.NEWEST.set(messages[-1].id if messages else "")
    frame.named(info.title)
    _head(workspace, info, messages)
    for number, message in enumerate(messages, start=1):
        if message.role == "person":
            replies.question(message.text)
        else:
            _reply(workspace, info.source, message, newest=number == len(messages) and not working)
    waiting = bool(messages) and messages[-1].role == "person"
    if run is not None and working:
        if not waiting:
            replies.question(run.text)
        place.keep(state.here(), state.NEWEST.take())
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
        if reply.slug and newest:
            st.page_link(
                state.page("artifact"), label="Open it here to change it by hand", query_params={"id": reply.slug}
            )
    elif isinstance(reply, Told):
        replies.told(message.id, reply, newest=newest)
    elif reply is not None:
        replies.other(message.id, reply)


def _choose(message: str, reply: Composed, index: int) -> None:
    state.WISH.set(Wish("choose", reply.offers[index].label, message, index=index))
    st.rerun()


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
