"""The library: every artifact, newest first, found by searching."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from ui import state
from ui.components import frame, keep, when
from ui.components.sidebar import plain
from workspace.server import current

if TYPE_CHECKING:
    from workspace.api import ArtifactInfo


def show() -> None:
    workspace = current()
    frame.title("Library", "What was kept. Each opens with the figures as they are now.")
    words = st.text_input(
        "Search the library", placeholder="Search", key="q", bind="query-params", label_visibility="collapsed"
    )
    found = workspace.artifacts(words or "")
    if workspace.shares():
        with st.container(key="to-links", gap=None):
            st.page_link(state.page("links"), label="Links that were shared", icon=":material/link:", query_params={})
    if not found:
        if words:
            st.html('<p class="na-empty">Nothing kept has these words.</p>')
        else:
            st.html('<p class="na-empty">Nothing is kept yet. Ask something, then choose Pin under the answer.</p>')
            st.page_link(state.page("chat"), label="Ask something", icon=":material/edit_square:")
        return
    with st.container(key="shelf", gap=None):
        for info in found:
            _entry(info)


def _entry(info: ArtifactInfo) -> None:
    with st.container(key=f"entry-{info.slug}", horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(gap=None):
            st.page_link(state.page("artifact"), label=plain(info.title), query_params={"id": info.slug})
            version = f" · version {info.version}" if info.version > 1 else ""
            st.html(f'<p class="na-aside">{escape(info.source)} · {when.day(info.updated)}{version}</p>')
        keep.menu(info)


if __name__ == "__main__":  # run by Streamlit as a page
    show()
