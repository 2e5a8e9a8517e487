"""The entry of the ui: what is common to all pages, the sidebar, and which page answers which address."""

from __future__ import annotations

import logging
from pathlib import Path

import streamlit as st

from ui import state
from ui.components import frame, keys, place, replies, sidebar
from workspace.errors import NoAppError
from workspace.server import current

VIEWS = Path(__file__).parent / "views"


def main() -> None:
    workspace = current()
    pages = {
        "chat": st.Page(VIEWS / "chat.py", title="Ask", url_path="", default=True),
        "library": st.Page(VIEWS / "library.py", title="Library", url_path="library"),
        "data": st.Page(VIEWS / "data.py", title="Data", url_path="data"),
        "deliveries": st.Page(VIEWS / "deliveries.py", title="Deliveries", url_path="deliveries"),
        "links": st.Page(VIEWS / "links.py", title="Links", url_path="links"),
        "artifact": st.Page(VIEWS / "artifact.py", title="Artifact", url_path="artifact"),
    }
    st.set_page_config(page_title="Workspace", page_icon=frame.icon(), layout="centered", initial_sidebar_state="auto")
    page = st.navigation(list(pages.values()), position="hidden")
    state.remember_pages(pages)
    if page != pages["library"]:  # its search field keeps its own words in the address
        state.show_address()
    frame.dress()
    sidebar.show(workspace, here=page)
    try:
        page.run()
    except NoAppError as problem:
        replies.trouble(problem)
    except Exception:
        # What a defect says is for the log and not for the person in front of it.
        logging.getLogger(__name__).exception("A page failed: %s", page.title)
        replies.trouble(NoAppError("This page could not be shown.", hint="The log of the workspace says why."))
    keys.listen(state.LAST.take())
    place.keep(state.here(), state.NEWEST.take())


main()
