"""Pinning: a title, then the link to share."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui import state
from ui.components import frame
from workspace.errors import NoAppError
from workspace.server import current

if TYPE_CHECKING:
    from workspace.api import Answer


def button(message: str, answer: Answer) -> None:
    """Pin, or for what is pinned already its link."""
    pinned = current().pinned(message) is not None
    label, icon = ("Pinned", ":material/check:") if pinned else ("Pin", ":material/keep:")
    if st.button(label, key=f"pin-{message}", type="tertiary", icon=icon):
        dialog(message, answer.view.artifact.title)


@st.dialog("Keep this answer")
def dialog(message: str, title: str) -> None:
    pinned = current().pinned(message)
    if pinned is not None:
        _shared(pinned.slug)
        return
    st.html('<p class="na-aside">It gets a page of its own, worked out anew from the data each time it is opened.</p>')
    with st.form(f"pin-form-{message}", border=False):
        words = st.text_input("Title", value=title, max_chars=200, key=f"pin-title-{message}")
        if st.form_submit_button("Pin", type="primary"):
            try:
                current().pin(message, words.strip() or None)
            except NoAppError as problem:
                frame.wrong(problem)
                return
            st.rerun(scope="fragment")


def _shared(slug: str) -> None:
    workspace = current()
    try:
        info = workspace.info(slug)
    except NoAppError as problem:
        frame.wrong(problem)
        return
    st.html('<p class="na-aside">Pinned. Whoever opens this link sees the figures as they are then.</p>')
    link(address(slug), f"pinned-{slug}")
    rename(slug, info.title)


def address(slug: str) -> str:
    """The link to pass on."""
    return f"{state.origin()}/a/{slug}"


def rename(slug: str, title: str) -> None:
    with st.form(f"rename-{slug}", border=False):
        words = st.text_input("Title", value=title, max_chars=200, key=f"rename-title-{slug}")
        if st.form_submit_button("Rename") and words.strip() and words.strip() != title:
            try:
                current().rename_artifact(slug, words.strip())
            except NoAppError as problem:
                frame.wrong(problem)
                return
            st.rerun(scope="app")


@cache
def _part(suffix: str) -> str:
    return (Path(__file__).parent / f"link.{suffix}").read_text(encoding="utf-8")


def link(url: str, key: str, label: str = "Link to share") -> None:
    """A link with buttons to copy and to open it; ``key`` tells it from the same link elsewhere on the page."""
    component: Any = st.components.v2.component("noapp_link", css=_part("css"), js=_part("js"))
    component(key=f"link-{key}", data={"url": url, "label": label})
