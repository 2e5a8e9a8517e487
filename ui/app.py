"""The entry of the ui: what is common to all pages, the sidebar, and which page answers which address."""

from __future__ import annotations

import streamlit as st

from ui import state
from ui.components import frame, keys, sidebar
from ui.views import artifact, chat, data, library
from workspace.server import current


def main() -> None:
    workspace = current()
    pages = {
        "chat": st.Page(chat.show, title="Ask", url_path="", default=True),
        "library": st.Page(library.show, title="Library", url_path="library"),
        "data": st.Page(data.show, title="Data", url_path="data"),
        "artifact": st.Page(artifact.show, title="Artifact", url_path="artifact"),
    }
    st.set_page_config(page_title="Workspace", page_icon=frame.ICON, layout="centered", initial_sidebar_state="auto")
    page = st.navigation(list(pages.values()), position="hidden")
    state.remember_pages(pages)
    frame.dress()
    sidebar.show(workspace, here=page)
    page.run()
    state.show_address()
    keys.listen(state.LAST.take())


main()
