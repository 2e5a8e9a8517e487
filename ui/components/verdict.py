"""Right and wrong: what a person says of an answer, what follows from it, and how it is taken back."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui import state
from ui.components import frame, words
from ui.components.sidebar import plain
from workspace.errors import NoAppError
from workspace.server import current

if TYPE_CHECKING:
    from workspace.api import Answer, Message, Workspace

SAID = {
    "right": "Noted. The same question, in other words or with other values, is answered this way from now on.",
    "wrong": "Noted. Next time this question is asked back instead of being answered this way.",
}


def buttons(workspace: Workspace, message: Message) -> None:
    """Right and wrong in the foot of a card; the one that was said is marked, and pressed again it is taken back."""
    known = workspace.knowledge.verdict(message.id)
    for verdict, label in (("right", "Right"), ("wrong", "Wrong")):
        on = known == verdict
        st.button(
            label, key=f"{'on' if on else 'as'}-{verdict}-{message.id}", type="tertiary",
            help="Take it back" if on else f"Say that this answer is {verdict}",
            on_click=_judge, args=(message.id, "" if on else verdict),
        )  # fmt: skip


def said(workspace: Workspace, message: Message) -> None:
    """What follows from what was just said, or why it could not be kept."""
    verdict, problem = _said(message.id).get(), _trouble(message.id).take()
    if problem is not None:
        frame.wrong(problem)
    if not verdict or verdict != workspace.knowledge.verdict(message.id):
        return  # nothing, or another answer to the same question has taken its place
    with st.container(key=f"verdict-{message.id}", gap=None):
        st.html(f'<p class="na-aside" role="status">{escape(SAID[verdict])}</p>')
        if verdict == "wrong" and st.button(
            "Say what a word means here", key=f"define-{message.id}", type="tertiary", width="content"
        ):
            words.OPEN.set("synonym:")
            st.switch_page(state.page("data"))


def learned(workspace: Workspace, message: Message, answer: Answer) -> None:
    """After a choice: the offer to keep what it says of a word. Nothing is kept without this."""
    told = answer.learned
    if told is None:
        return
    source = answer.view.artifact.queries[0].source
    try:
        model = workspace.knowledge.semantics(workspace.source(source))
    except NoAppError:
        return
    with st.container(key=f"learned-{message.id}", gap=None):
        if told.known(model):
            st.html(f'<p class="na-aside">“{escape(told.said)}” means <code>{escape(told.means)}</code> here.</p>')
            return
        label = f"Remember that “{plain(told.said)}” means {plain(told.means)}"
        st.button(
            label, key=f"remember-{message.id}", icon=":material/bookmark_add:",
            on_click=_remember, args=(message.id, source, told),
        )  # fmt: skip


def _remember(message: str, source: str, told: Any) -> None:
    workspace = current()
    found = workspace.source(source)
    try:
        workspace.knowledge.define(found, told.added(workspace.knowledge.semantics(found)))
    except NoAppError as problem:
        _trouble(message).set(problem)


def recalled(workspace: Workspace, message: Message, answer: Answer) -> None:
    """The way to forget what an answer was recalled from."""
    if answer.recalled is None or not workspace.knowledge.remembers(answer.recalled.id):
        return
    with st.container(key=f"recalled-{message.id}", gap=None):
        st.button(
            "Forget this", key=f"forget-{message.id}", type="tertiary",
            on_click=_forget, args=(message.id, answer.recalled.id),
        )  # fmt: skip


def _judge(message: str, verdict: Any) -> None:
    try:
        current().judge(message, verdict)
        _said(message).set(verdict)
    except NoAppError as problem:
        _trouble(message).set(problem)


def _forget(message: str, identifier: str) -> None:
    try:
        current().knowledge.forget(identifier)
    except NoAppError as problem:
        _trouble(message).set(problem)


def listed(workspace: Workspace, source: str) -> None:
    """What was said of answers about a source, each to be forgotten; nothing while nothing was said."""
    try:
        known = workspace.knowledge.verified(workspace.source(source))
    except NoAppError as problem:
        frame.wrong(problem)
        return
    if not known:
        return
    st.html('<h2 class="na-section">Settled questions</h2>')
    with st.container(key="settled", gap=None):
        for info in known:
            with st.container(key=f"settled-{info.id}", horizontal=True, vertical_alignment="center", gap="small"):
                how = "answered as it was" if info.verdict == "right" else "asked back"
                st.html(f'<p class="na-word"><b>{escape(info.question)}</b> <span class="na-aside">{how}</span></p>')
                if st.button("Forget", key=f"unsettle-{info.id}", type="tertiary"):
                    workspace.knowledge.forget(info.id)
                    st.rerun()


def _trouble(message: str) -> state.Key[NoAppError | None]:
    return state.Key(f"trouble-{message}", None)


def _said(message: str) -> state.Key[str]:
    return state.Key(f"said-{message}", "")
