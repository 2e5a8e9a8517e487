"""Changing an artifact by hand, block by block. Each control makes the same typed edit as the words for it do."""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.components import blocks, formats, frame, readers
from ui.state import Key
from workspace.api.editing import edits
from workspace.errors import NoAppError
from workspace.faces import prose
from workspace.faces.grid import heading
from workspace.server import current

if TYPE_CHECKING:
    from workspace.api import ArtifactInfo, View

TOLD: Key[str] = Key("edit-told", "")  # what the last change did
OPEN: Key[int] = Key("edit-open", -1)  # the block whose settings are open
KINDS = {
    "text": "Text",
    "metric": "Figure",
    "table": "Table",
    "chart": "Chart",
    "filter": "Filter",
    "break": "Page break",
}
MARKS = {"line": "Line", "bar": "Bars", "area": "Area", "point": "Scatter", "arc": "Pie"}


@cache
def _part(suffix: str) -> str:
    return (Path(__file__).parent / f"draft.{suffix}").read_text(encoding="utf-8")


def show(info: ArtifactInfo, view: View) -> None:
    """All blocks with their controls, and the way to add one."""
    _bar(info)
    readers.show(info, view, _told)
    last = len(view.blocks) - 1
    for number, bound in enumerate(view.blocks):
        with st.container(key=f"block-{number}", gap=None):
            _controls(info, view, number, last)
            if OPEN.get() == number:
                _settings(info, view, number)
            elif bound.problem is not None and not bound.stale_since:
                blocks.problem(bound.problem)
            elif bound.block.kind == "text":
                st.html(f'<div class="na-finding">{prose.html(bound.text)}</div>')
            elif bound.block.kind == "filter":
                st.html(f'<p class="na-note">{escape(_filter(view, bound.block.param))}</p>')
            elif bound.block.kind != "break":
                blocks.show(view, bound.block, f"edit-{view.slug}-{number}")
    _add(info)


def _filter(view: View, name: str) -> str:
    """What a reader sets here, and what holds until then."""
    return next((f"{setting.label}: {setting.words}" for setting in view.settings if setting.param.name == name), name)


def _told(text: str) -> None:
    TOLD.set(text)
    st.rerun(scope="app")


def change(info: ArtifactInfo, edit: Any) -> None:
    """Make an edit of the version that is shown, and show what came of it."""
    try:
        made = current().edit(info.slug, edit, version=info.version)
    except NoAppError as problem:
        TOLD.set(f"{problem.message} {problem.hint}".strip())
    else:
        TOLD.set(made.message if made is not None else "")
        OPEN.set(-1)
    st.rerun(scope="app")


# ---------------------------------------------------------------------------------------------------------- controls
def _bar(info: ArtifactInfo) -> None:
    with st.container(key="edit-bar", horizontal=True, vertical_alignment="center", gap="small"):
        for name, icon in (("Undo", ":material/undo:"), ("Redo", ":material/redo:")):
            if st.button(name, key=f"edit-{name.lower()}", type="tertiary", icon=icon):
                made = current().undo(info.slug) if name == "Undo" else current().redo(info.slug)
                TOLD.set(made.message)
                OPEN.set(-1)
                readers.OPEN.set("")
                st.rerun()
        told = TOLD.take()
        if told:
            st.html(f'<p class="na-note" role="status">{escape(told)}</p>', width="content")


def _controls(info: ArtifactInfo, view: View, number: int, last: int) -> None:
    block = view.blocks[number].block
    with st.container(key=f"tools-{number}", horizontal=True, vertical_alignment="center", gap=None):
        heading = block.kind == "text" and block.template.lstrip().startswith("#")
        st.html(f'<p class="na-kind">{"Heading" if heading else KINDS[block.kind]}</p>', width="content")
        if block.kind in ("text", "chart", "table", "metric"):
            opened = OPEN.get() == number
            name = "Close" if opened else "Change"
            if st.button(
                name, key=f"change-{number}", type="tertiary", help=f"{name} this {KINDS[block.kind].lower()}"
            ):
                OPEN.set(-1 if opened else number)
                st.rerun()
        if number > 0 and st.button("Up", key=f"up-{number}", type="tertiary", help="Move it up"):
            change(info, edits.Move(number, number + 1, number - 1))
        if number < last and st.button("Down", key=f"down-{number}", type="tertiary", help="Move it down"):
            change(info, edits.Move(number, number + 1, number + 2))
        if last > 0 and st.button("Remove", key=f"remove-{number}", type="tertiary", help="Remove it"):
            change(info, edits.Remove(((number, number + 1),)))


def _settings(info: ArtifactInfo, view: View, number: int) -> None:
    block: Any = view.blocks[number].block
    if block.kind == "text":
        _text(info, view, number)
        return
    if block.kind != "table":
        blocks.show(view, block, f"edit-{view.slug}-{number}")
    if block.kind == "chart":
        _chart(info, view, number, block)
    elif block.kind == "table":
        _columns(info, view, number, block)
    formats.show(view, number, lambda edit: change(info, edit))


@st.fragment
def _text(info: ArtifactInfo, view: View, number: int) -> None:
    """The template of a text, beside it how it reads now, or why it cannot stand."""
    block: Any = view.blocks[number].block
    component: Any = st.components.v2.component("noapp_draft", css=_part("css"), js=_part("js"))
    key = f"draft-{view.slug}-{view.version}-{number}"
    told = component(key=key, data={"text": block.template}, on_text_change=lambda: None)
    text = told.get("text")
    template = block.template if text is None else str(text)
    preview = current().preview(view, number, template)
    with st.container(key=f"preview-{number}", gap=None):
        if preview.problem is not None:
            blocks.problem(preview.problem)
        else:
            st.html(f'<div class="na-finding" aria-live="polite">{prose.html(preview.text)}</div>')
    fine = preview.problem is None and template != block.template
    if fine and st.button("Save", key=f"save-{number}", type="primary"):
        change(info, edits.Reword(number, template))


def _chart(info: ArtifactInfo, view: View, number: int, block: Any) -> None:
    result = view.results.get(block.query)
    if result is None:
        return
    figures = [column.name for column in result.columns if column.kind in ("integer", "real")]
    with st.form(f"chart-{number}", border=False):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            mark = st.selectbox("Kind", list(MARKS), list(MARKS).index(block.mark), format_func=MARKS.__getitem__)
            x = st.selectbox("Along", list(result.names), list(result.names).index(block.x), format_func=heading)
            y = st.selectbox("Figure", figures or [block.y], figures.index(block.y) if block.y in figures else 0,
                             format_func=heading)  # fmt: skip
        color = st.selectbox("Told apart by", ["", *result.names], ["", *result.names].index(block.color or ""),
                             format_func=lambda name: heading(name) or "Nothing")  # fmt: skip
        turned = st.checkbox("Bars lie", block.horizontal)
        stacked = st.checkbox("Stacked", block.stacked)
        if st.form_submit_button("Draw it so", type="primary"):
            bars = mark == "bar"
            change(info, edits.Draw(number, mark, x, y, color, bars and turned, bars and stacked))


def _columns(info: ArtifactInfo, view: View, number: int, block: Any) -> None:
    result = view.results.get(block.query)
    if result is None:
        return
    with st.form(f"columns-{number}", border=False):
        chosen = st.multiselect(
            "Columns that are shown, in order", list(result.names), list(block.columns or result.names),
            format_func=heading,
        )  # fmt: skip
        if st.form_submit_button("Show these", type="primary"):
            change(info, edits.Columns(number, tuple(chosen)))


def _add(info: ArtifactInfo) -> None:
    with st.form("add-block", border=False, clear_on_submit=True):
        words = st.text_input("Add a part", placeholder="revenue per category", max_chars=500)
        if st.form_submit_button("Add") and words.strip():
            try:
                made = current().say(info.slug, f"add {words.strip()}")
            except NoAppError as problem:
                frame.wrong(problem)
                return
            TOLD.set(made.text)
            st.rerun()
