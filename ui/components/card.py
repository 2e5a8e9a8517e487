"""An answer as one card: the finding, the picture or table that carries it, the reading as chips, the foot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from ui import state
from ui.components import blocks, chips, how, pin, verdict
from ui.state import Wish

if TYPE_CHECKING:
    from workspace.api import Answer, Message, Workspace


@st.fragment
def show(workspace: Workspace, message: Message, answer: Answer, *, newest: bool) -> None:
    """The card of ``answer``; what the person asks for with it becomes the wish of the next run."""
    key = message.id
    with st.container(key=f"card-{'newest-' if newest else ''}{key}", gap=None):
        blocks.finding(answer.view)
        blocks.notes(answer.notes)
        verdict.recalled(workspace, message, answer)
        verdict.learned(workspace, message, answer)
        for found in answer.view.problems.values():
            blocks.problem(found)
        _picture(key, answer)
        wanted = chips.show(key, answer.chips) if answer.chips else None
        _foot(workspace, message, answer)
        verdict.said(workspace, message)
        how.show(key, answer)
    if wanted is not None:
        ask(wanted)
    if newest and answer.follow_ups:
        follow_ups(key, answer)


def ask(wish: Wish) -> None:
    """Answer ``wish`` in the next run of the whole page."""
    state.WISH.set(wish)
    st.rerun(scope="app")


def follow_ups(key: str, answer: Answer) -> None:
    with st.container(key=f"next-{key}", horizontal=True, gap="small"):
        for number, option in enumerate(answer.follow_ups[:3]):
            if st.button(_label(option.label), key=f"next-{key}-{number}", type="tertiary"):
                ask(Wish("refine", option.label, key, option.plan))


def _label(text: str) -> str:
    from ui.components.sidebar import plain

    return plain(text)


def _blocks(answer: Answer) -> dict[str, Any]:
    """The blocks that can carry the answer, by kind, the finding left out."""
    return {bound.block.kind: bound.block for bound in answer.view.blocks if bound.block.kind != "text"}


def _shown(key: str, answer: Answer) -> str:
    """Which kind of picture is shown: the one chosen in the foot, else the first that the answer has."""
    return state.shape(key).get() or next(iter(_blocks(answer)), "")


def _picture(key: str, answer: Answer) -> None:
    kind, found = _shown(key, answer), _blocks(answer)
    if kind in found:
        blocks.show(answer.view, found[kind], key)
    elif kind == "table":
        blocks.table(answer.view, answer.view.artifact.queries[0].name, (), key)


def _foot(workspace: Workspace, message: Message, answer: Answer) -> None:
    key = message.id
    found, shown = _blocks(answer), _shown(key, answer)
    with st.container(key=f"foot-{key}", horizontal=True, gap=None):
        pin.button(key, answer)
        if "chart" in found:
            _choice(key, "chart", "Chart", on=shown == "chart")
        if "chart" in found or ("metric" in found and len(answer.view.artifact.queries[0].columns) > 1):
            _choice(key, "table", "Table", on=shown == "table")
        for name, label in (("sql", "SQL"), ("receipt", "How was this computed?")):
            _panel(key, name, label)
        st.html(blocks.csv_link(message))
        verdict.buttons(workspace, message)


def _choice(key: str, name: str, label: str, *, on: bool) -> None:
    st.button(
        label, key=f"{'on' if on else 'as'}-{name}-{key}", type="tertiary", on_click=state.shape(key).set, args=(name,)
    )


def _panel(key: str, name: str, label: str) -> None:
    panel = state.panel(key)
    opened = panel.get() == name
    st.button(
        label,
        key=f"{'on' if opened else 'as'}-{name}-{key}",
        type="tertiary",
        on_click=panel.set,
        args=("" if opened else name,),
    )
