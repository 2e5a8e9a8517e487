"""A person's own words over a source: metrics and synonyms, listed, added, changed and taken away in place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from ui import state
from ui.components import frame
from workspace.api import Metric, Semantics, Synonym
from workspace.errors import NoAppError

if TYPE_CHECKING:
    from workspace.api import Workspace

OPEN: state.Key[str] = state.Key("words-open", "")  # which form is open: "metric:revenue", "metric:", "text", …
SAID: state.Key[str] = state.Key("words-said", "")  # the word that a synonym is to be given for
FORMATS = {"": "as it is", "integer": "whole number", "decimal": "two decimals", "percent": "percent"}


def show(workspace: Workspace, source: str) -> None:
    """The section of the data page; what is wrong with the file is said in it."""
    st.html('<h2 class="na-section" id="words">Your own words</h2>')
    found = workspace.source(source)
    try:
        model = workspace.knowledge.semantics(found)
        workspace.knowledge.catalog(found)
    except NoAppError as problem:
        frame.wrong(problem)
        _as_text(workspace, source, opened=True)
        return
    if not (model.metrics or model.synonyms):
        st.html(
            '<p class="na-aside">Say what a word means here, like <em>revenue</em> or <em>clients</em>; '
            "questions use it from then on.</p>"
        )
    with st.container(key="words", gap=None):
        for metric in model.metrics:
            _metric(workspace, source, model, metric)
        for synonym in model.synonyms:
            _synonym(workspace, source, model, synonym)
        for of in model.hidden:
            _line(f"hidden:{of}", of, "hidden", lambda of=of: model.with_hidden(of, hidden=False), workspace, source)
    with st.container(key="words-add", horizontal=True, gap="small"):
        for kind, label in (("metric", "Add a metric"), ("synonym", "Add a synonym"), ("text", "Edit as text")):
            st.button(label, key=f"add-{kind}", on_click=OPEN.set, args=(kind if kind == "text" else f"{kind}:",))
    if OPEN.get() == "metric:":
        _metric_form(workspace, source, model, Metric("", ""))
    elif OPEN.get() == "synonym:":
        _synonym_form(workspace, source, model, Synonym(SAID.get(), ""))
    elif OPEN.get() == "text":
        _as_text(workspace, source)


def define(word: str, source: str, first: bool) -> None:
    """Go to where a word that was not understood can be given a meaning."""
    SAID.set(word)
    OPEN.set("synonym:")
    st.switch_page(state.page("data"), query_params={} if first else {"source": source})


# -------------------------------------------------------------------------------------------------------- lists
def _metric(workspace: Workspace, source: str, model: Semantics, metric: Metric) -> None:
    words = metric.expression + (f" where {metric.filter}" if metric.filter else "")
    name = ", ".join([metric.name, *metric.synonyms]) + (f" ({metric.unit})" if metric.unit else "")
    key = f"metric:{metric.name}"
    _line(key, name, words, lambda: model.without_metric(metric.name), workspace, source, editable=True)
    if OPEN.get() == key:
        _metric_form(workspace, source, model, metric)


def _synonym(workspace: Workspace, source: str, model: Semantics, synonym: Synonym) -> None:
    key = f"synonym:{synonym.said}"
    removed = lambda: model.without_synonym(synonym.said)  # noqa: E731
    _line(key, synonym.said, synonym.means, removed, workspace, source, editable=True)
    if OPEN.get() == key:
        _synonym_form(workspace, source, model, synonym)


def _line(
    key: str,
    name: str,
    means: str,
    without: Callable[[], Semantics],
    workspace: Workspace,
    source: str,
    *,
    editable: bool = False,
) -> None:
    """One definition, with what can be done with it."""
    with st.container(key=f"word-{key}", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f'<p class="na-word"><b>{escape(name)}</b> <code>{escape(means)}</code></p>')
        if editable:
            st.button(
                "Edit", key=f"edit-{key}", type="tertiary", on_click=OPEN.set, args=("" if OPEN.get() == key else key,)
            )
        label = "Show again" if key.startswith("hidden:") else "Remove"
        if st.button(label, key=f"remove-{key}", type="tertiary"):
            keep(workspace, source, without())


def keep(workspace: Workspace, source: str, model: Semantics) -> None:
    """Keep the definitions and show the page anew, or say in place why they cannot be so."""
    try:
        workspace.knowledge.define(workspace.source(source), model)
    except NoAppError as problem:
        frame.wrong(problem)
        return
    OPEN.set("")
    SAID.set("")
    st.rerun()


# -------------------------------------------------------------------------------------------------------- forms
def _metric_form(workspace: Workspace, source: str, model: Semantics, metric: Metric) -> None:
    key = metric.name or "new"
    with st.form(f"metric-form-{key}"):
        name = st.text_input("Name", metric.name, key=f"metric-name-{key}", placeholder="revenue", max_chars=80)
        expression = st.text_input(
            "What it is", metric.expression, key=f"metric-expression-{key}", placeholder="sum(quantity * unit_price)",
            help="sum, avg, min, max and count over columns, with + - * /",
        )  # fmt: skip
        table = st.text_input(
            "Of which table", metric.table, key=f"metric-table-{key}", placeholder="only needed for count(*)"
        )
        condition = st.text_input(
            "Only rows where", metric.filter, key=f"metric-filter-{key}", placeholder="status != 'cancelled'"
        )
        others = st.text_input(
            "Other names", ", ".join(metric.synonyms), key=f"metric-synonyms-{key}", placeholder="turnover, net sales"
        )
        left, right = st.columns(2)
        unit = left.text_input("Unit", metric.unit, key=f"metric-unit-{key}", placeholder="EUR")
        shape = right.selectbox(
            "Shown as", list(FORMATS), list(FORMATS).index(metric.format), key=f"metric-format-{key}",
            format_func=FORMATS.__getitem__,
        )  # fmt: skip
        description = st.text_input("Description", metric.description, key=f"metric-description-{key}")
        if _buttons(key):
            synonyms = tuple(dict.fromkeys(word.strip() for word in others.split(",") if word.strip()))
            made = replace(
                metric, name=_tidy(name), expression=_tidy(expression), table=_tidy(table), filter=_tidy(condition),
                synonyms=synonyms, unit=_tidy(unit), format=shape, description=_tidy(description),
            )  # fmt: skip
            if not made.name or not made.expression:
                _incomplete("A metric needs a name and what it is.")
                return
            keep(workspace, source, model.with_metric(made, instead=metric.name))


def _synonym_form(workspace: Workspace, source: str, model: Semantics, synonym: Synonym) -> None:
    fresh = synonym not in model.synonyms
    key = "new" if fresh else synonym.said
    with st.form(f"synonym-form-{key}"):
        said = st.text_input("Words", synonym.said, key=f"synonym-said-{key}", placeholder="clients", max_chars=80)
        means = st.text_input(
            "Mean", synonym.means, key=f"synonym-means-{key}", placeholder="customers, or orders.channel = web",
            help="a table, table.column, or a value: table.column = value",
        )  # fmt: skip
        if _buttons(key):
            if not _tidy(said) or not _tidy(means):
                _incomplete("A synonym needs its words and what they mean.")
                return
            keep(
                workspace,
                source,
                model.with_synonym(Synonym(_tidy(said), _tidy(means)), instead="" if fresh else synonym.said),
            )


def _as_text(workspace: Workspace, source: str, *, opened: bool = False) -> None:
    found = workspace.source(source)
    where = escape(str(workspace.knowledge.path(found)))
    with st.form("words-text"):
        text = st.text_area("The file", workspace.knowledge.text(found), height=320, key=f"words-text-{source}")
        st.html(
            f'<p class="na-aside">Kept in {where}. It can be edited there as well; the forms write the whole file anew '
            "and keep no comments.</p>"
        )
        if _buttons("text", cancel=not opened):
            try:
                workspace.knowledge.define_text(found, text)
            except NoAppError as problem:
                frame.wrong(problem)
                return
            OPEN.set("")
            st.rerun()


def _buttons(key: str, *, cancel: bool = True) -> bool:
    """Save and cancel; was save pressed?"""
    with st.container(horizontal=True, gap="small"):
        saved = st.form_submit_button("Save", type="primary", key=f"save-{key}")
        if cancel and st.form_submit_button("Cancel", key=f"cancel-{key}"):
            OPEN.set("")
            st.rerun()
    return saved


def _incomplete(what: str) -> None:
    st.html(f'<p class="na-wrong"><strong>{escape(what)}</strong></p>')


def _tidy(text: str) -> str:
    return " ".join((text or "").split())


# -------------------------------------------------------------------------------------------------- of one table
def of_table(workspace: Workspace, source: str, table: str, columns: list[str]) -> None:
    """What a table is, which of its rows count, and its columns: described or hidden."""
    try:
        model = workspace.knowledge.semantics(workspace.source(source))
    except NoAppError as problem:
        frame.wrong(problem)
        return
    condition = model.filter(table)
    if condition:
        st.html(f'<p class="na-aside">Only rows where <code>{escape(condition)}</code>, unless asked otherwise.</p>')
    with st.container(key="describe", horizontal=True, gap="small"):
        st.button(
            "Describe, filter or hide this table", key="edit-table", type="tertiary", on_click=OPEN.set, args=("table",)
        )
        st.button("Describe or hide a column", key="edit-column", type="tertiary", on_click=OPEN.set, args=("column",))
    if OPEN.get() == "table":
        _table_form(workspace, source, model, table)
    elif OPEN.get() == "column":
        _column_form(workspace, source, model, table, columns)


def _table_form(workspace: Workspace, source: str, model: Semantics, table: str) -> None:
    with st.form("table-form"):
        about = st.text_input("What it is", model.description(table), key=f"about-{table}", max_chars=1000)
        condition = st.text_input(
            "Only rows where", model.filter(table), key=f"filter-{table}", placeholder="status != 'cancelled'",
            help="Holds wherever rows of this table are used, is said under the answer, and can be dropped there.",
        )  # fmt: skip
        hidden = st.checkbox("Hide this table: never linked, shown, or told to a model", key=f"hide-{table}")
        if _buttons("table"):
            changed = model.with_description(table, _tidy(about)).with_filter(table, _tidy(condition))
            keep(workspace, source, changed.with_hidden(table) if hidden else changed)


def _column_form(workspace: Workspace, source: str, model: Semantics, table: str, columns: list[str]) -> None:
    column = st.selectbox("Column", columns, key=f"column-of-{table}")
    of = f"{table}.{column}"
    with st.form(f"column-form-{of}"):
        about = st.text_input("What it is", model.description(of), key=f"about-{of}", max_chars=1000)
        hidden = st.checkbox("Hide this column: never linked, shown, or told to a model", key=f"hide-{of}")
        if _buttons(of):
            changed = model.with_description(of, _tidy(about))
            keep(workspace, source, changed.with_hidden(of) if hidden else changed)
