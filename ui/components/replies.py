"""What a conversation shows beside answers: the question, the step it is at, questions back, declining, trouble."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui import state
from ui.components import frame, pin, words
from ui.components.sidebar import plain
from ui.state import Wish
from workspace.api import Failed, Said

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ui.running import Run
    from workspace.api import Clarify, Composed, Decline, Told
    from workspace.errors import NoAppError

TICK = 0.15  # seconds between two looks at a run; as long may the stop button take

_OFFICE = {"table": ("xlsx", "Excel"), "slides": ("pptx", "PowerPoint")}  # what a face is as a file of another program


def question(text: str) -> None:
    st.html(f'<h2 class="na-question">{escape(text)}</h2>')


def follow(run: Run) -> None:
    """One line that says what is being done, until ``run`` is done; its button stops the run."""
    with st.container(key="working", horizontal=True, vertical_alignment="center"):
        line = st.empty()
        st.button("Stop", key="stop", type="tertiary", icon=":material/stop_circle:", on_click=run.stop)
    while not run.done:
        # Writing the line is also where Streamlit may interrupt this run of the page, to serve the stop button.
        line.html(f'<p class="na-step" role="status">{escape(run.step)}…</p>', width="content")
        run.wait(TICK)


def clarify(key: str, reply: Clarify, *, open_: bool) -> None:
    with st.container(key=f"ask-{key}", gap="small"):
        st.html(f'<p class="na-said">{escape(reply.message)}</p>')
        for index, choice in enumerate(reply.choices[:4] if open_ else ()):
            label = plain(choice.label) + (f"  \n:small[{plain(choice.returns)}]" if choice.returns else "")
            if st.button(label, key=f"choice-{key}-{index}", width="stretch"):
                state.WISH.set(Wish("choose", choice.label, key, index=index))
                st.rerun()


def other(key: str, reply: Any) -> None:
    if isinstance(reply, Failed):
        failed(reply)
    elif isinstance(reply, Said):
        said(key, reply)


def decline(key: str, reply: Decline, near: Sequence[str], *, source: str = "", first: bool = True) -> None:
    """What was not understood, what could be asked instead, and where a word can be given a meaning (in ``source``)."""
    with st.container(key=f"decline-{key}", gap="small"):
        missed = "".join(f"<li>{escape(word)}</li>" for word in reply.unused if word not in reply.message)
        listed = f'<ul class="na-unused" aria-label="Words that were not understood">{missed}</ul>' if missed else ""
        st.html(f'<p class="na-said">{escape(reply.message)}</p>{listed}')
        for word in reply.unused[:1] if source else ():
            if st.button(f"Say what “{plain(word)}” means here", key=f"define-{key}", type="tertiary"):
                words.define(word, source, first)
        if near:
            st.html('<p class="na-aside">You could ask</p>')
            for number, text in enumerate(near):
                if st.button(plain(text), key=f"instead-{key}-{number}", width="stretch"):
                    state.WISH.set(Wish("ask", text))
                    st.rerun()


def elsewhere(key: str, reply: Decline, others: Mapping[str, Any]) -> None:
    """The other sources that have what was not understood; a click asks the question of one of them, in a new chat."""
    for name, catalog in others.items():
        if not speaks_of(catalog, reply.unused):
            continue
        if st.button(f"Ask this of {plain(name)} instead", key=f"elsewhere-{key}-{name}", type="tertiary"):
            state.SOURCE.set(name)
            state.WISH.set(Wish("ask", reply.question))
            state.go()
            st.rerun()


def speaks_of(catalog: Any, words: Sequence[str]) -> bool:
    """Does a name of a table or column have one of ``words``, in the singular or plural?"""
    names = [name for table in catalog.tables for name in (table.name, *(column.name for column in table.columns))]
    parts = {part.removesuffix("s") for name in names for part in re.findall(r"[^\W_]+", name.lower())}
    return any(part.removesuffix("s") in parts for word in words for part in re.findall(r"[^\W_]+", word.lower()))


def told(key: str, reply: Told, *, newest: bool) -> None:
    """Something about the data itself: the sentence, its table, what could be asked."""
    with st.container(key=f"told-{key}", gap="small"):
        st.html(f'<p class="na-said">{escape(reply.message)}</p>')
        if reply.rows:
            head = "".join(f'<th scope="col">{escape(name)}</th>' for name in reply.headings)
            body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in reply.rows)
            table = f'<table class="na-table na-profile"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
            st.html(f'<div class="na-box" tabindex="0" role="region" aria-label="Table">{table}</div>')
        for number, text in enumerate(reply.suggestions if newest else ()):
            if st.button(plain(text), key=f"instead-{key}-{number}", width="stretch"):
                state.WISH.set(Wish("ask", text))
                st.rerun()


def said(key: str, reply: Said) -> None:
    st.html(f'<p class="na-said">{escape(reply.text)}</p>')
    if reply.sql:
        st.code(reply.sql, language="sql", wrap_lines=True)
    if reply.url:
        _, found, slug = reply.url.rpartition("/a/")
        pin.link(pin.address(slug) if found else reply.url, key)


def composed(key: str, reply: Composed, *, newest: bool, choose: Callable[[int], None]) -> None:
    """What became of a document, its address, and what can be chosen; ``choose`` is told the number of the choice."""
    with st.container(key=f"composed-{key}", gap="small"):
        st.html(f'<p class="na-said">{escape(reply.message)}</p>')
        for number, offer in enumerate(reply.offers[:8] if newest else ()):
            label = offer.label[:1].upper() + offer.label[1:]
            if st.button(plain(label), key=f"choice-{key}-{number}", width="stretch"):
                choose(number)
        place = reply.url.rpartition("/a/")[2]
        if place and place != state.where("id") and (reply.done or not reply.offers):  # not to where one is
            pin.link(pin.address(place), key)
            slug, _, face = place.partition("/")
            if face in _OFFICE:
                extension, program = _OFFICE[face]
                st.html(f'<p><a class="na-foot" href="/a/{escape(slug)}.{extension}" download>{program} file</a></p>')


def failed(reply: Failed) -> None:
    quiet = " quiet" if reply.code in ("stopped", "interrupted") else ""
    hint = f"<span>{escape(reply.hint)}</span>" if reply.hint else ""
    st.html(f'<p class="na-failed{quiet}"><strong>{escape(reply.message)}</strong> {hint}</p>')


def trouble(problem: NoAppError) -> None:
    """A page that cannot be shown, and the way on."""
    frame.title(problem.message, problem.hint)
    st.html('<p><a class="na-way" href="/" target="_self">Ask something</a></p>')
