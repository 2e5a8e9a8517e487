"""Sending a page again and again: a dialog in which it is said in words, and the list of what is sent."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import streamlit as st

from ui.components import frame, when
from ui.state import Key
from workspace.errors import NoAppError
from workspace.server import current

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workspace.api import DeliveryInfo, ScheduleInfo

HOW = {"times": "At set times", "true": "When something comes true"}


def button(slug: str) -> None:
    """One button that opens the dialog."""
    if st.button("Send", key=f"send-{slug}", type="tertiary", on_click=_said(slug).set, args=("",)):
        dialog(slug)


@st.dialog("Send", width="medium")
def dialog(slug: str) -> None:
    try:
        listed = current().schedules(slug)
    except NoAppError as problem:
        frame.wrong(problem)
        return
    if said := _said(slug).get():
        st.html(f'<p class="na-said">{escape(said)}</p>')
        if st.button("Make another one", key=f"send-another-{slug}", type="tertiary"):
            _said(slug).set("")
            st.rerun(scope="fragment")
    else:
        _form(slug)
    if listed:
        st.html('<h2 class="na-section">What is sent of this page</h2>')
        schedules(listed, f"of-{slug}", scope="fragment")


def _form(slug: str) -> None:
    workspace = current()
    st.html('<p class="na-aside">The page as it is then: what it says, its figures, what changed since.</p>')
    how = st.radio(
        "When", list(HOW), format_func=HOW.__getitem__, key=f"send-how-{slug}", horizontal=True,
        label_visibility="collapsed",
    )  # fmt: skip
    condition = ""
    if how == "true":
        condition = st.text_input(
            "What has to come true", key=f"send-true-{slug}", placeholder="revenue this month is above 200,000",
            max_chars=300,
        )  # fmt: skip
        label, usual = "How often it is looked at", "every 10 minutes"
    else:
        label, usual = "How often", "every Monday at 9"
    often = st.text_input(label, usual, key=f"send-often-{how}-{slug}", max_chars=200)
    _understood(often)
    try:
        places = workspace.places()
    except NoAppError as problem:
        frame.wrong(problem)
        return
    to = ["feed"]
    if len(places) > 1:
        names = {place.text: "The feed" if place.kind == "feed" else place.shown for place in places}
        to = st.multiselect("Where to", list(names), ["feed"], format_func=names.__getitem__, key=f"send-to-{slug}")
    if st.button("Send it", key=f"send-make-{slug}", type="primary"):
        try:
            if how == "true" and not condition.strip():
                frame.wrong(NoAppError("Say what has to come true.", hint="For example: this changes."))
                return
            made = workspace.schedule(slug, often, condition=condition.strip() or None, to=to or ["feed"], zone=_zone())
        except NoAppError as problem:
            frame.wrong(problem)
            return
        _said(slug).set(made.said)
        st.rerun(scope="fragment")


def _understood(often: str) -> None:
    """What was typed, as it was understood, before it is done."""
    try:
        said, first = current().times(often, _zone())
    except NoAppError as problem:
        frame.wrong(problem)
        return
    st.html(f'<p class="na-aside">{escape(said[:1].upper() + said[1:])}, first {escape(when.ahead(first))}.</p>')


def schedules(listed: Sequence[ScheduleInfo], key: str, *, titles: bool = False, scope: str = "app") -> None:
    """What is sent, with what went wrong, each to be held or removed.

    Args:
        listed: newest first.
        key: tells this list from others on the page.
        titles: whether to say of which page each is.
        scope: what is run again when something is done.
    """
    workspace = current()
    with st.container(key=f"links-sent-{key}", gap=None):
        for info in listed:
            with st.container(key=f"link-{key}-{info.id}", horizontal=True, vertical_alignment="center", gap="small"):
                trouble = workspace.trouble(info)
                st.html(_entry(info, trouble, titles))
                failing = workspace.deliveries(info.id, failing=True, most=1)
                listed_by_itself = titles or not trouble or not failing  # then the button is there
                if not listed_by_itself and st.button("Try again", key=f"retry-{key}-{info.id}", type="tertiary"):
                    workspace.retry(failing[0].id)
                    _again(scope)
                if not info.ended:
                    word = "Resume" if info.paused else "Pause"
                    if st.button(word, key=f"pause-{key}-{info.id}", type="tertiary"):
                        workspace.pause(info.id, paused=not info.paused)
                        _again(scope)
                if st.button("Remove", key=f"unschedule-{key}-{info.id}", type="tertiary"):
                    workspace.unschedule(info.id)
                    _again(scope)


def _entry(info: ScheduleInfo, trouble: str, titles: bool) -> str:
    words = current().in_words(info)
    name = info.title if titles else words[:1].upper() + words[1:]
    following = info.state
    if info.state == "active" and info.due is not None:
        following = f"next {when.ahead(info.due)}"
    last = f"sent {when.day(info.last)}" if info.last is not None else "nothing sent yet"
    said = " · ".join(part for part in (words if titles else "", info.label, following, last) if part)
    wrong = f'<span class="na-trouble">{escape(trouble)}</span>' if trouble else ""
    style = "na-word" if info.state == "active" else "na-word na-gone"
    return f'<p class="{style}"><b>{escape(name)}</b> <span class="na-aside">{escape(said)}</span>{wrong}</p>'


def deliveries(listed: Sequence[DeliveryInfo], key: str) -> None:
    """What came and what did not, each with what it said and a link to its page."""
    with st.container(key=f"links-sent-{key}", gap=None):
        for found in listed:
            with st.container(key=f"link-{key}-{found.id}", horizontal=True, vertical_alignment="center", gap="small"):
                st.html(_came(found))
                over = found.state in ("failed", "given up")
                if over and st.button("Try again", key=f"again-{key}-{found.id}", type="tertiary"):
                    current().retry(found.id)
                    st.rerun()


def _came(found: DeliveryInfo) -> str:
    message = found.message or {}
    said = found.why or next(iter(message.get("findings", ())), "")
    name = escape(found.title)
    if message.get("url"):
        name = f'<a href="/a/{escape(found.slug)}" target="_blank">{name}</a>'
    place = current().shown(found.place)
    if found.state == "sent" and found.sent is not None:
        state = f"to {place} · {when.day(found.sent)}"
    elif found.state == "pending":
        state = f"to {place} · waiting"
    else:
        tries = "once" if found.attempts == 1 else f"{found.attempts} times"
        end = "given up" if found.next_try is None else f"again on {when.ahead(found.next_try)}"
        state = f"to {place} · tried {tries}, {end}"
    wrong = f'<span class="na-trouble">{escape(found.problem)}</span>' if found.problem else ""
    told = f'<span class="na-came">{escape(said)}</span>' if said else ""
    return f'<p class="na-word"><b>{name}</b>{told}<span class="na-aside">{escape(state)}</span>{wrong}</p>'


def _again(scope: str) -> None:
    st.rerun(scope="fragment" if scope == "fragment" else "app")


def _zone() -> str:
    """The reader's time zone, "" for the machine's."""
    place = when.zone()
    return place.key if isinstance(place, ZoneInfo) else ""


def _said(slug: str) -> Key[str]:
    """What was just made, in sentences."""
    return Key(f"sent-{slug}", "")
