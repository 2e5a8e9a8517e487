"""How the figures of a block are written: unit, decimals, percent, with one of them as it would read."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.components import blocks
from workspace.api.editing import MOST_PLACES, Style, edits, figures_of
from workspace.errors import NoAppError
from workspace.faces.grid import heading
from workspace.server import current

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from workspace.api import View

PERCENT = {False: "A number", True: "A percentage: 0.25 is 25%"}


@st.fragment
def show(view: View, number: int, change: Callable[[Any], None]) -> None:
    """The format of the figures that the block ``number`` shows; ``change`` takes the edit."""
    block: Any = view.blocks[number].block
    query, result = view.artifact.query(block.query), view.results.get(block.query)
    if result is None:
        return
    shown = {"metric": lambda: (block.column,), "chart": lambda: (block.y, block.x)}.get(
        block.kind, lambda: block.columns or result.names
    )()
    names = [name for name in shown if name in figures_of(query, result)]
    if not names:
        return
    with st.container(key=f"format-{number}", border=True):
        _form(view, number, names, change)


def _form(view: View, number: int, names: Sequence[str], change: Callable[[Any], None]) -> None:
    block: Any = view.blocks[number].block
    query, name = view.artifact.query(block.query), names[0]
    st.html('<p class="na-aside">How its figures are written, here and in the text</p>')
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if len(names) > 1:
            name = st.selectbox("Of which column", names, format_func=heading, key=f"figure-{number}")
        now, key = query.shown(name), f"{view.version}-{number}-{names.index(name)}"
        percent = st.selectbox("As", list(PERCENT), int(now.format == "percent"), key=f"percent-{key}",
                               format_func=PERCENT.__getitem__)  # fmt: skip
        many = list(range(-1, MOST_PLACES + 1))
        count = st.selectbox(
            "Decimals", many, 0 if now.places is None else many.index(now.places), key=f"places-{key}",
            format_func=lambda one: str(one) if one >= 0 else "As needed",
        )  # fmt: skip
        unit = "" if percent else st.text_input("Unit", now.unit, key=f"unit-{key}", placeholder="€, kg, days")
    style = Style(
        percent=percent if percent != (now.format == "percent") else None,
        places=count if count >= 0 else None, unit=unit, plain=count < 0 and now.places is not None,
    )  # fmt: skip
    _preview(view, name, block.query, style, lambda: change(edits.Write(((block.query, name),), style)))


def _preview(view: View, name: str, query: str, style: Style, save: Callable[[], None]) -> None:
    try:
        before, after, same = current().styled(view, query, name, style)
    except NoAppError as problem:
        blocks.problem(problem)
        return
    told = f"{escape(before)} reads <b>{escape(after)}</b>" if before != after else f"Reads <b>{escape(after)}</b>"
    st.html(f'<p class="na-note" aria-live="polite">{told}</p>')
    if not same and st.button("Write it so", key=f"write-{view.version}-{query}-{name}", type="primary"):
        save()
