"""What readers of an artifact may set, chosen by hand: a column as a parameter, its default, what follows it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.components import blocks
from ui.state import Key
from workspace.api.parameters import titles
from workspace.errors import NoAppError
from workspace.server import current

if TYPE_CHECKING:
    from collections.abc import Callable

    from workspace.api import ArtifactInfo, View

OPEN: Key[str] = Key("readers-open", "")  # the parameter whose settings are open, or "+" for a new one
KINDS = {
    "choice": "one of a list", "multi": "some of a list", "daterange": "a stretch of days", "date": "a day",
    "number": "a number", "text": "words it contains", "bool": "yes or no",
}  # fmt: skip


def show(info: ArtifactInfo, view: View, done: Callable[[str], None]) -> None:
    """The parameters, each to be changed or removed, and the way to add one; ``done`` takes what came of it."""
    with st.container(key="readers", gap=None):
        st.html('<p class="na-kind">Readers may set</p>')
        for setting in view.settings:
            name, label = setting.param.name, setting.label
            with st.container(key=f"reader-row-{name}", horizontal=True, vertical_alignment="center", gap=None):
                said = f"{KINDS[setting.param.type]}, usually {setting.words}"
                st.html(f'<p class="na-word"><b>{escape(label)}</b> <span class="na-aside">{escape(said)}</span></p>',
                        width="content")  # fmt: skip
                _toggle(name, "Change", f"Change {label}")
                if st.button("Remove", key=f"reader-drop-{name}", type="tertiary", help=f"Remove {label}"):
                    _do(lambda name=name: current().drop_param(info.slug, name, version=info.version),
                        f"Readers no longer set {label}; it stays at {setting.words}.", done)  # fmt: skip
            if OPEN.get() == name:
                _settings(info, view, setting, done)
        with st.container(key="reader-row-new", horizontal=True, gap=None):
            _toggle("+", "Add a parameter", "Let readers choose by a column")
        if OPEN.get() == "+":
            _add(info, view, done)


def _toggle(name: str, label: str, tip: str) -> None:
    opened = OPEN.get() == name
    if st.button("Close" if opened else label, key=f"reader-open-{name}", type="tertiary", help=tip):
        OPEN.set("" if opened else name)
        st.rerun()


def _do(change: Callable[[], Any], told: str, done: Callable[[str], None]) -> None:
    try:
        change()
    except NoAppError as problem:
        blocks.problem(problem)
        return
    OPEN.set("")
    done(told)


@st.fragment
def _add(info: ArtifactInfo, view: View, done: Callable[[str], None]) -> None:
    try:
        found = {one.column: one for one in current().candidates(info.slug)}
    except NoAppError as problem:
        blocks.problem(problem)
        return
    if not found:
        st.html('<p class="na-note">There is no further column that its questions could be limited by.</p>')
        return
    with st.container(key="format-reader", border=True):
        column = st.selectbox(
            "Column", list(found), key=f"reader-column-{view.version}",
            format_func=lambda name: f"{found[name].label} · {found[name].place}",
        )  # fmt: skip
        chosen, names = found[column], titles(view.artifact)
        several = chosen.type == "choice" and st.checkbox(
            "Several at once", key=f"reader-several-{view.version}-{column}"
        )
        follow = _follow(view, list(chosen.queries), f"{view.version}-{column}", list(chosen.queries))
        st.html(f'<p class="na-note">Readers choose {escape(KINDS["multi" if several else chosen.type])}; '
                'until then all is shown, or what its questions are limited to now.</p>')  # fmt: skip
        if follow and st.button("Add it", key="reader-add", type="primary"):
            queries = [] if len(follow) == len(names) else follow
            _do(lambda: current().add_param(info.slug, column, queries=queries, several=several, version=info.version),
                f"Readers may set {chosen.label} now.", done)  # fmt: skip


def _follow(view: View, fitting: list[str], key: str, following: list[str]) -> list[str]:
    """Which questions follow a parameter, asked where there are several."""
    names = titles(view.artifact)
    if len(fitting) < 2:
        return fitting
    return st.multiselect("Questions that follow it", fitting, following, key=f"reader-follow-{key}",
                          format_func=names.__getitem__)  # fmt: skip


@st.fragment
def _settings(info: ArtifactInfo, view: View, setting: Any, done: Callable[[str], None]) -> None:
    param, key = setting.param, f"{view.version}-{setting.param.name}"
    bound = [query.name for query in view.artifact.queries if any(one.param == param.name for one in query.bound)]
    planned = [query.name for query in view.artifact.queries if query.plan is not None] if bound else []
    with st.container(key=f"format-reader-{param.name}", border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            label = st.text_input("Called", setting.label, max_chars=80, key=f"reader-label-{key}")
            default = _default(setting, key)
        several = param.type == "multi"
        if param.type in ("choice", "multi"):
            several = st.checkbox("Several at once", several, key=f"reader-many-{key}")
        required = st.checkbox("A value must be chosen", param.required, key=f"reader-needed-{key}")
        follow = _follow(view, planned, key, bound) if planned else None
        if st.button("Save", key=f"reader-save-{param.name}", type="primary"):
            changes: dict[str, Any] = {} if default == _usual(param) else {"default": default}
            _do(lambda: current().change_param(
                info.slug, param.name, label=label, required=required, version=info.version,
                several=several if param.type in ("choice", "multi") else None,
                queries=None if follow is None or follow == bound else follow, **changes,
            ), f"{label.strip() or setting.label} is changed.", done)  # fmt: skip


def _usual(param: Any) -> Any:
    return list(param.default or ()) if param.type == "multi" else param.default


def _default(setting: Any, key: str) -> Any:
    """The control of what holds until somebody chooses."""
    param, name = setting.param, f"reader-default-{key}"
    told = "Until somebody chooses"
    labels = {option.value: option.label for option in setting.options}
    usual = _usual(param)
    if param.type == "multi":
        return st.multiselect(told, list(labels), [one for one in usual if one in labels], key=name, placeholder="All",
                              format_func=lambda one: labels[one])  # fmt: skip
    if param.type == "choice":
        values = [None, *labels]
        return st.selectbox(told, values, values.index(usual) if usual in values else 0, key=name,
                            format_func=lambda one: "All" if one is None else labels[one])  # fmt: skip
    if param.type == "bool":
        values = [None, True, False]
        return st.selectbox(told, values, values.index(usual), key=name,
                            format_func=lambda one: {None: "All", True: "Yes", False: "No"}[one])  # fmt: skip
    hints = {"daterange": "last month, 2025-01-01/2025-12-31", "date": "2025-12-31", "number": "100"}
    text = st.text_input(told, "" if usual is None else str(usual), key=name,
                         placeholder=f"All; or {hints[param.type]}" if param.type in hints else "All")  # fmt: skip
    return text.strip() or None
