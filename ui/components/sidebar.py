"""The sidebar: new chat, library, data, and the chats by day."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui import state

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workspace.api import ChatInfo, Workspace

NAVIGATION = (
    ("chat", "New chat", ":material/edit_square:"),
    ("library", "Library", ":material/bookmarks:"),
    ("data", "Data", ":material/database:"),
)
SHOWN = 60  # chats; older ones are found by searching


def show(workspace: Workspace, here: Any) -> None:
    with st.sidebar:
        st.html('<p class="na-brand">Workspace</p>')
        with st.container(key="nav", gap=None):
            for name, label, icon in NAVIGATION:
                at = here == state.page(name) and not (name == "chat" and state.where("chat"))
                with st.container(key=f"{'here' if at else 'to'}-{name}", gap=None):
                    st.page_link(state.page(name), label=label, icon=icon, query_params={})
            count, failing = workspace.schedules_count()
            if count:
                _deliveries(failing, here)
        words = ""
        chats = workspace.chats()
        if len(chats) > 8:
            words = st.text_input(
                "Search chats", placeholder="Search chats", key="chat-words", label_visibility="collapsed"
            )
            if words:
                chats = workspace.chats(words)
        _chats(chats[:SHOWN], here)
        if words and not chats:
            st.html('<p class="na-aside">No chat has these words.</p>')


def _deliveries(failing: int, here: Any) -> None:
    """The way to what was sent, with how much of it failed; there once something is sent at all."""
    at = here == state.page("deliveries")
    with st.container(key=f"{'here' if at else 'to'}-deliveries", gap=None):
        label = f"Deliveries ({failing} failing)" if failing else "Deliveries"
        st.page_link(state.page("deliveries"), label=label, icon=":material/outgoing_mail:", query_params={})


def _chats(chats: Iterable[ChatInfo], here: Any) -> None:
    open_chat = state.where("chat") if here in (state.page("chat"), state.page("artifact")) else ""
    with st.container(key="chats", gap=None):
        day = ""
        for chat in chats:
            if (name := day_name(chat.updated, datetime.now().astimezone().date())) != day:
                day = name
                st.html(f'<h2 class="na-day">{day}</h2>')
            with st.container(key=f"{'here' if chat.id == open_chat else 'to'}-{chat.id}", gap=None):
                beside = {"id": chat.artifact} if chat.artifact else {}
                page = state.page("artifact" if beside else "chat")
                st.page_link(page, label=plain(chat.title), query_params={**beside, "chat": chat.id})


def day_name(moment: datetime, today: date) -> str:
    """The heading under which a chat of ``moment`` stands.

    Example:
        >>> day_name(datetime(2026, 11, 2, 12), date(2026, 11, 3))
        'Yesterday'
    """
    local = moment.astimezone() if moment.tzinfo else moment
    days = (today - local.date()).days
    if days <= 0:
        return "Today"
    if days == 1:
        return "Yesterday"
    if days < 7:
        return "This week"
    return f"{local:%B}" if local.year == today.year else f"{local:%B %Y}"


def plain(text: str) -> str:
    """Words as they are, for labels that would read them as Markdown."""
    return "".join(f"\\{letter}" if letter in "\\`*_[]$:<>~#" else letter for letter in text)
