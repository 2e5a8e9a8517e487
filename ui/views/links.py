"""Every link for readers outside the workspace: what it allows, how often it was opened, taking it back."""

from __future__ import annotations

import streamlit as st

from ui import state
from ui.components import frame, share
from workspace.server import current


def show() -> None:
    frame.title("Links", "What was shared with readers who have nothing else of the workspace.")
    with st.container(key="back", gap=None):
        st.page_link(state.page("library"), label="Library", icon=":material/arrow_back:", query_params={})
    found = current().shares()
    alive = [entry for entry in found if entry.revoked is None]
    gone = [entry for entry in found if entry.revoked is not None]
    if not found:
        st.html('<p class="na-empty">No link was made yet. Choose Share beside something in the library.</p>')
        return
    if alive:
        share.listed(alive, "alive", titles=True)
    else:
        st.html('<p class="na-empty">No link is open.</p>')
    if gone:
        with st.expander(f"Revoked ({len(gone)})"):
            share.listed(gone, "gone", titles=True)


if __name__ == "__main__":  # run by Streamlit as a page
    show()
