"""What can be done with something kept: share it, rename it, delete it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import state
from ui.components import frame, pin, share
from workspace.errors import NoAppError
from workspace.server import current

if TYPE_CHECKING:
    from workspace.api import ArtifactInfo


def menu(info: ArtifactInfo) -> None:
    """Buttons that open dialogs, so that a long library stays quick."""
    share.button(info.slug)
    if st.button("Rename", key=f"change-{info.slug}", type="tertiary"):
        change(info.slug)


@st.dialog("Rename or delete")
def change(slug: str) -> None:
    try:
        info = current().info(slug)
    except NoAppError as problem:
        frame.wrong(problem)
        return
    pin.rename(slug, info.title)
    st.html('<p class="na-aside">Links to it open nothing any more once it is deleted.</p>')
    if st.button("Delete", key=f"delete-{slug}", type="tertiary", icon=":material/delete:"):
        current().delete_artifact(slug)
        if state.where("id") == slug:
            st.switch_page(state.page("library"))
        st.rerun()
