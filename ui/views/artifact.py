"""One artifact beside its conversation: the same figures as on its page, with renaming, sharing and its versions."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from ui import state
from ui.components import beside, blocks, editor, frame, keep, past, replies, sending, when
from workspace.errors import NoAppError
from workspace.faces.page import DOWNLOADS
from workspace.server import current

if TYPE_CHECKING:
    from workspace.api import ArtifactInfo, View


def show() -> None:
    workspace = current()
    slug = state.where("id")
    if not slug:
        st.switch_page(state.page("library"))
    version = state.where("version")
    try:
        info = workspace.info(slug)
        view = workspace.open(slug, int(version) if version.isdigit() else None)
    except NoAppError as problem:
        replies.trouble(problem)
        return
    _head(info, view)
    if view.version != info.version:
        blocks.page(view)
        return
    if state.where("edit"):
        editor.show(info, view)
    else:
        blocks.page(view)
    beside.show(info)


def _head(info: ArtifactInfo, view: View) -> None:
    live = f"live, as of {when.clock(view.as_of)}" if view.version == info.version else f"version {view.version}"
    with st.container(key="artifact-head", gap=None):
        frame.title(view.artifact.title, f"{info.source} · {live}")
        with st.container(key="artifact-foot", horizontal=True, gap=None):
            if view.version == info.version:
                _switch(info)
            keep.menu(info)
            past.button(info.slug)
            sending.button(info.slug)
            at = f"@{view.version}" if view.version != info.version else ""
            links = [("Page", at), *((face.capitalize(), f"{at}/{face}") for face in ("table", "slides", "app"))]
            links += [(label, f"{at}.{extension}") for extension, label in DOWNLOADS.items()]
            st.html(f'<p class="na-links">{"".join(_link(info.slug, *entry) for entry in links)}</p>', width="content")


def _switch(info: ArtifactInfo) -> None:
    """Into and out of changing it by hand."""
    editing = bool(state.where("edit"))
    if st.button("Done" if editing else "Edit", key="edit-switch", type="tertiary"):
        editor.OPEN.set(-1)
        state.move(edit="" if editing else "1")
        st.rerun()


def _link(slug: str, name: str, suffix: str) -> str:
    how = " download" if "." in suffix else ' target="_blank" rel="noopener"'
    return f'<a class="na-foot" href="/a/{escape(slug + suffix)}"{how}>{name}</a>'


if __name__ == "__main__":  # run by Streamlit as a page
    show()
