"""What is sent from here: what of it failed and why, what is to come, what came."""

from __future__ import annotations

from html import escape

import streamlit as st

from ui import state
from ui.components import frame, sending
from workspace.server import current

SHOWN = 30  # of what came


def show() -> None:
    workspace = current()
    frame.title("Deliveries", "What is sent from here again and again, and what became of it.")
    listed, failing = workspace.schedules(), workspace.deliveries(failing=True, most=SHOWN)
    if not listed and not workspace.deliveries(most=1):
        st.html(
            '<p class="na-empty">Nothing is sent yet. Choose Send beside a page, or say in the chat: '
            "send me this every Monday at 9.</p>"
        )
        return
    if failing:
        st.html('<h2 class="na-section">Not sent</h2>')
        sending.deliveries(failing, "failing")
    if listed:
        st.html('<h2 class="na-section">To come</h2>')
        sending.schedules(listed, "all", titles=True)
    came = [found for found in workspace.deliveries(most=SHOWN) if found.state in ("sent", "pending")]
    st.html('<h2 class="na-section">Came</h2>')
    if came:
        sending.deliveries(came, "came")
    else:
        st.html('<p class="na-empty">Nothing came yet.</p>')
    feed = escape(f"{state.origin()}/feed")
    st.html(f'<p class="na-aside">As a feed, for a reader of feeds: <a href="{feed}" target="_blank">{feed}</a></p>')


if __name__ == "__main__":  # run by Streamlit as a page
    show()
