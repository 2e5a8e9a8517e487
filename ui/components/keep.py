"""What can be done with something kept: share its link, rename it, delete it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import state
from ui.components import frame, pin
from workspace.errors import NoAppError
from workspace.server import current

if TYPE_CHECKING:
    from workspace.api import ArtifactInfo


def menu(info: ArtifactInfo) -> None:
    """One button that opens a dialog, so that a long library stays quick."""
    if st.button("Share", key=f"share-{info.slug}", type="tertiary"):
        share(info.slug)


@st.dialog("Share, rename or delete")
def share(slug: str) -> None:
    try:
        info = current().info(slug)
    except NoAppError as problem:
        frame.wrong(problem)
        return
    st.html('<p class="na-aside">Whoever opens this link sees the figures as they are then.</p>')
    pin.link(pin.address(slug), f"kept-{slug}")
    pin.rename(slug, info.title)
    if st.button("Delete", key=f"delete-{slug}", type="tertiary", icon=":material/delete:"):
        current().delete_artifact(slug)
        if state.where("id") == slug:
            st.switch_page(state.page("library"))
        st.rerun()
