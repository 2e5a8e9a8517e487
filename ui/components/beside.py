"""The talk about one artifact beside it: changes in words, and questions about its source."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.components import blocks, replies
from ui.state import Key
from workspace.api import Answer, Clarify, Composed, Decline, Failed
from workspace.errors import NoAppError
from workspace.server import current

if TYPE_CHECKING:
    from workspace.api import ArtifactInfo

KEPT = 6  # exchanges that stay in sight


def said(slug: str) -> Key[tuple[tuple[str, Any], ...]]:
    """What was said about an artifact in this session: words and replies."""
    return Key(f"said-{slug}", ())


def show(info: ArtifactInfo) -> None:
    """The field, and what was said so far, the newest last."""
    typed = st.bottom.chat_input("Say what to change, or ask", key=f"beside-{info.slug}")
    if typed and typed.strip():
        _keep(info.slug, typed.strip(), _reply(info.slug, typed.strip()))
        st.rerun()
    exchanges = said(info.slug).get()
    with st.container(key="beside", gap=None):
        for number, (text, reply) in enumerate(exchanges):
            replies.question(text)
            _show(info, number, reply, newest=number == len(exchanges) - 1)


def _reply(slug: str, text: str) -> Any:
    touched = next((r.touched for _, r in reversed(said(slug).get()) if isinstance(r, Composed) and r.done), None)
    try:
        return current().say(slug, text, touched=touched if touched and touched[1] > touched[0] else None)
    except NoAppError as problem:
        return Failed.of(problem)


def _keep(slug: str, text: str, reply: Any) -> None:
    said(slug).set((*said(slug).get(), (text, reply))[-KEPT:])


def _show(info: ArtifactInfo, number: int, reply: Any, *, newest: bool) -> None:
    key = f"beside-{info.slug}-{number}"
    if isinstance(reply, Composed):
        replies.composed(key, reply, newest=newest, choose=lambda index: _choose(info.slug, reply, index))
    elif isinstance(reply, Answer):
        blocks.finding(reply.view)
        bound = next((b.block for b in reply.view.blocks if b.block.kind != "text"), None)
        if bound is not None:
            blocks.show(reply.view, bound, key)
        if newest and st.button("Add it to this page", key=f"{key}-add", type="tertiary", icon=":material/add:"):
            _keep(info.slug, "Add it to this page", _reply(info.slug, f"add {reply.question}"))
            st.rerun()
    elif isinstance(reply, Failed):
        replies.failed(reply)
    elif isinstance(reply, Clarify | Decline):
        st.html(f'<p class="na-said">{escape(reply.message)}</p>')
    else:
        st.html(f'<p class="na-said">{escape(reply.text)}</p>')


def _choose(slug: str, reply: Any, index: int) -> None:
    offer = reply.offers[index]
    try:
        made: Any = current().perform(offer.request, offer.label)
    except NoAppError as problem:
        made = Failed.of(problem)
    _keep(slug, offer.label, made)
    st.rerun()
