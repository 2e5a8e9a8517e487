"""The past of an artifact: its versions with what each changed, snapshots; restoring, copying, freezing."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from ui import state
from ui.components import frame, when
from workspace.errors import NoAppError
from workspace.server import current

if TYPE_CHECKING:
    from workspace.api import Revision, SnapshotInfo

SHOWN = 30  # versions; the page of all of them is linked


def button(slug: str) -> None:
    """One button that opens the dialog."""
    if st.button("History", key=f"history-{slug}", type="tertiary"):
        dialog(slug)


@st.dialog("History", width="medium")
def dialog(slug: str) -> None:
    workspace = current()
    try:
        revisions, snapshots = workspace.revisions(slug), workspace.snapshots(slug)
    except NoAppError as problem:
        frame.wrong(problem)
        return
    with st.container(key="past-acts", horizontal=True, gap="small"):
        if st.button("Freeze what it shows now", key=f"freeze-{slug}"):
            try:
                workspace.freeze(slug)
            except NoAppError as problem:
                frame.wrong(problem)
            else:
                st.rerun(scope="fragment")
        if st.button("Make a copy", key=f"fork-{slug}"):
            _go(workspace.fork(slug).slug)
    if snapshots:
        st.html('<h2 class="na-section">Frozen</h2>')
        with st.container(key="links-snapshots", gap=None):
            for entry in snapshots:
                _snapshot(slug, entry)
    st.html('<h2 class="na-section">Versions</h2>')
    with st.container(key="links-versions", gap=None):
        for place, entry in enumerate(revisions[:SHOWN]):
            _version(slug, entry, newest=place == 0)
    more = f"All {len(revisions):,} versions" if len(revisions) > SHOWN else "As a page"
    page = f"/a/{escape(slug)}"
    st.html(f'<p class="na-aside"><a class="na-when" href="{page}/history" target="_blank">{more}</a></p>')


def _version(slug: str, entry: Revision, *, newest: bool) -> None:
    number = entry.info.number
    said = [f"{sentence[:1].upper()}{sentence[1:]}" for sentence in entry.changes]
    said = said or ["First version" if number == 1 else "Nothing that is shown changed"]
    lines = "".join(f"<li>{escape(sentence)}</li>" for sentence in said)
    with st.container(key=f"link-version-{number}", horizontal=True, vertical_alignment="center", gap="small"):
        link = f'<a href="/a/{escape(slug)}@{number}" target="_blank">Version {number}</a>'
        st.html(
            f'<div class="na-word"><b>{link}</b> <span class="na-when">{when.day(entry.info.created)}</span>'
            f'<ul class="na-said-changes">{lines}</ul></div>'
        )
        if not newest and st.button("Restore", key=f"restore-{slug}-{number}", type="tertiary"):
            current().restore(slug, number)
            _go(slug)


def _snapshot(slug: str, entry: SnapshotInfo) -> None:
    place = f"/a/{escape(slug)}/at/{escape(entry.id)}"
    with st.container(key=f"link-snapshot-{entry.id}", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(
            f'<p class="na-word"><b><a href="{place}" target="_blank">{escape(when.day(entry.at))}</a></b> '
            f'<a class="na-when" href="{place}/changes" target="_blank">What changed since</a></p>'
        )
        if st.button("Delete", key=f"thaw-{entry.id}", type="tertiary"):
            current().forget_snapshot(slug, entry.id)
            st.rerun(scope="fragment")


def _go(slug: str) -> None:
    """To the artifact's page, in its newest version."""
    if state.where("id") == slug:
        state.move(version="")
        st.rerun()
    st.switch_page(state.page("artifact"), query_params={"id": slug})
