"""Sharing: a link for readers who have nothing else of the workspace, and the list of the links there are."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from ui import state
from ui.components import frame, pin, when
from workspace.errors import NoAppError
from workspace.server import current

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workspace.api import ShareInfo

SHOWS = {"living": "Living: the figures of each opening", "frozen": "Frozen: the figures of now, with their date"}
ENDS = {"": "Never", "1d": "In a day", "7d": "In a week", "30d": "In a month", "on": "On a date"}


def button(slug: str) -> None:
    """One button that opens the dialog, so that a long library stays quick."""
    if st.button("Share", key=f"share-{slug}", type="tertiary", on_click=_made(slug).set, args=("",)):
        dialog(slug)


@st.dialog("Share", width="medium")
def dialog(slug: str) -> None:
    try:
        info = current().info(slug)
    except NoAppError as problem:
        frame.wrong(problem)
        return
    if url := _made(slug).get():
        st.html('<p class="na-aside">Copy the link now: it is kept nowhere and not shown again.</p>')
        pin.link(url, f"shared-{slug}")
        if st.button("Make another one", key=f"another-{slug}", type="tertiary"):
            _made(slug).set("")
            st.rerun(scope="fragment")
    else:
        _form(slug)
    links = [share for share in current().shares(slug) if share.revoked is None]
    if links:
        _section(f"Links to “{info.title}”")
        listed(links, f"of-{slug}", scope="fragment")
    _section("Within the workspace", "Who can open the workspace can open the page itself.")
    pin.link(pin.address(slug), f"kept-{slug}", "Address within the workspace")


def _section(title: str, lead: str = "") -> None:
    below = f'<p class="na-aside">{escape(lead)}</p>' if lead else ""
    st.html(f'<h2 class="na-section">{escape(title)}</h2>{below}')


def _form(slug: str) -> None:
    st.html('<p class="na-aside">Whoever has the link sees this page and nothing else of the workspace.</p>')
    shows = st.radio("It shows", list(SHOWS), format_func=SHOWS.__getitem__, key=f"shows-{slug}")
    left, right = st.columns(2)
    with left:
        ends = st.selectbox("It ends", list(ENDS), format_func=ENDS.__getitem__, key=f"ends-{slug}")
        day = st.date_input("Last day", key=f"day-{slug}", format="YYYY-MM-DD") if ends == "on" else None
    with right:
        # A text field: who makes the password has to be able to read it out, and no manager should offer to keep it.
        password = st.text_input(
            "Password", key=f"password-{slug}", placeholder="None", max_chars=200, autocomplete="off"
        )
    label = st.text_input("Note for your list", key=f"label-{slug}", placeholder="Whom it is for", max_chars=100)
    files = st.checkbox("Allow downloads (files and page then show the SQL)", key=f"files-{slug}")
    if st.button("Make link", key=f"make-{slug}", type="primary"):
        try:
            made = current().share(
                slug, frozen=shows == "frozen", expires=(str(day) if ends == "on" else ends) or None,
                password=password.strip(), downloads=files, label=label,
            )  # fmt: skip
        except NoAppError as problem:
            frame.wrong(problem)
            return
        _made(slug).set(f"{state.origin()}/s/{made.url.rpartition('/')[2]}")
        st.rerun(scope="fragment")


def listed(shares: Sequence[ShareInfo], key: str, *, titles: bool = False, scope: str = "app") -> None:
    """Links with what they allow and how often they were opened, each to be revoked.

    Args:
        shares: newest first.
        key: tells this list from others on the page.
        titles: whether to say to what each leads.
        scope: what is run again when one is revoked.
    """
    with st.container(key=f"links-{key}", gap=None):
        for share in shares:
            with st.container(key=f"link-{key}-{share.id}", horizontal=True, vertical_alignment="center", gap="small"):
                st.html(_entry(share, titles))
                if share.revoked is None and st.button("Revoke", key=f"revoke-{key}-{share.id}", type="tertiary"):
                    try:
                        current().revoke(share.id)
                    except NoAppError as problem:
                        frame.wrong(problem)
                        continue
                    st.rerun(scope="fragment" if scope == "fragment" else "app")


def _entry(share: ShareInfo, titles: bool) -> str:
    name = share.title if titles else share.label or f"/s/{share.begins}…"
    rest = [share.label if titles else "", f"/s/{share.begins}…" if titles or share.label else ""]
    said = " · ".join(part for part in (*rest, *_terms(share), _opened(share)) if part)
    style = "na-word" if share.state(datetime.now(UTC)) == "open" else "na-word na-gone"
    return f'<p class="{style}"><b>{escape(name)}</b> <span class="na-aside">{escape(said)}</span></p>'


def _terms(share: ShareInfo) -> list[str]:
    if share.revoked is not None:
        return [f"revoked {when.day(share.revoked)}"]
    terms = [f"frozen {when.day(share.frozen)}" if share.frozen else "living"]
    if share.expires is not None:
        over = share.state(datetime.now(UTC)) == "ended"
        terms.append(f"{'ended' if over else 'ends'} {when.date(share.expires)}")
    if share.locked:
        terms.append("password")
    if share.downloads:
        terms.append("downloads")
    return terms


def _opened(share: ShareInfo) -> str:
    if share.last_opened is None:
        return "not opened yet"
    times = "once" if share.openings == 1 else f"{share.openings:,} times"
    return f"opened {times}, last {when.day(share.last_opened)}"


def _made(slug: str) -> state.Key[str]:
    """The link just made, shown this once."""
    return state.Key(f"made-{slug}", "")
