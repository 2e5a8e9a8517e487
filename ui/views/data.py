"""The data: sources, their tables, what is in the columns, how the tables hang together; and where files are added."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui import state
from ui.components import blocks, frame, profile, replies, verdict, words
from ui.components.sidebar import plain
from workspace.errors import NoAppError, SemanticsInvalid
from workspace.server import current
from workspace.server.sample import first_rows

if TYPE_CHECKING:
    from workspace.api import Workspace

KINDS = ("csv", "tsv", "json", "jsonl", "xlsx", "parquet")
SAMPLE = 8  # rows


def show() -> None:
    workspace = current()
    try:
        source = _pick(workspace)
        catalog = workspace.catalog(source)
    except SemanticsInvalid:
        frame.title("Data", "Nothing of this source is shown until its definitions hold again.")
        words.show(workspace, source)
        return
    except NoAppError as problem:
        replies.trouble(problem)
        return
    wanted = state.where("table")
    if wanted:
        _table(workspace, source, catalog, wanted)
    else:
        _overview(workspace, source, catalog)


def _pick(workspace: Workspace) -> str:
    names = list(workspace.sources)
    wanted = state.where("source")
    return wanted if wanted in names else names[0]


def _place(workspace: Workspace, source: str, table: str = "") -> dict[str, str]:
    """What the address says for a source and a table; the default source goes without saying."""
    first = next(iter(workspace.sources), "")
    return {name: value for name, value in (("source", source if source != first else ""), ("table", table)) if value}


# ------------------------------------------------------------------------------------------------------ overview
def _overview(workspace: Workspace, source: str, catalog: Any) -> None:
    frame.title("Data", workspace.describe(source))
    names = list(workspace.sources)
    if len(names) > 1:
        picked = st.pills(
            "Source", names, default=source, required=True, key=f"pick-data-{source}", label_visibility="collapsed"
        )
        if picked and picked != source:
            state.go(**_place(workspace, picked))
            st.rerun()
    if odd := profile.remarks(workspace.remarks(source)):
        st.html(odd)
    with st.container(key="tables", gap=None):
        for table in catalog.tables:
            with _row(f"table-{table.name}"):
                st.page_link(
                    state.page("data"), label=plain(table.name), query_params=_place(workspace, source, table.name)
                )
                columns = ", ".join(column.name for column in table.columns)
                st.html(f'<p class="na-columns">{escape(columns)}</p>')
                st.html(f'<p class="na-rows">{_count(table)}</p>')
    words.show(workspace, source)
    verdict.listed(workspace, source)
    _drop(workspace)


def _drop(workspace: Workspace) -> None:
    st.html('<h2 class="na-section">Add data</h2>')
    number = st.session_state.get("drop-number", 0)
    files = st.file_uploader(
        "Drop CSV, TSV, JSON, XLSX or Parquet files here",
        type=list(KINDS),
        accept_multiple_files=True,
        key=f"drop-{number}",
    )
    if files:
        try:
            added = workspace.add_files([(file.name, file.getvalue()) for file in files])
        except NoAppError as problem:
            st.session_state["refused"] = problem
        else:
            lines = "".join(f"<li>{escape(profile.added(item))}</li>" for item in added)
            st.session_state["dropped"] = f'<ul class="na-added" role="status">{lines}</ul>'
            _turn_to(workspace, [item.table for item in added])
        # Another key empties the field, so that a rerun does not add the same files again.
        st.session_state["drop-number"] = number + 1
        st.rerun()
    if said := st.session_state.pop("dropped", ""):
        st.html(said)
        st.page_link(state.page("chat"), label="Ask about it", icon=":material/edit_square:", query_params={})
    if refused := st.session_state.pop("refused", None):
        frame.wrong(refused)


def _turn_to(workspace: Workspace, tables: list[str]) -> None:
    """Show, and next ask about, the source that has the new tables."""
    for name in reversed(list(workspace.sources)):
        catalog = workspace.catalog(name)
        if tables and all(catalog.has(table) for table in tables):
            state.SOURCE.set(name)
            state.go(**_place(workspace, name))
            return


# --------------------------------------------------------------------------------------------------------- table
def _count(table: Any) -> str:
    about = "" if table.counted else "about "
    return f"{about}{table.rows:,} {'row' if table.rows == 1 else 'rows'}"


def _row(name: str) -> Any:
    """A line of a list: what stands in it stays on one line."""
    return st.container(key=name, horizontal=True, wrap=False, vertical_alignment="center", gap="small")


def _table(workspace: Workspace, source: str, catalog: Any, name: str) -> None:
    with st.container(key="back"):
        st.page_link(
            state.page("data"),
            label=f"All tables of {plain(source)}",
            icon=":material/arrow_back:",
            query_params=_place(workspace, source),
        )
    if not catalog.has(name):
        frame.title(name, f"There is no table of this name in {source}.")
        return
    table = catalog.table(name)
    kind = "view" if table.view else "table"
    about = f" · {table.description}" if table.description else ""
    frame.title(table.name, f"{_count(table)}, a {kind} of {source}{about}")
    if odd := profile.remarks(remark for remark in workspace.remarks(source) if remark.table == table.name):
        st.html(odd)
    st.html(profile.columns(table))
    words.of_table(workspace, source, table.name, [column.name for column in table.columns])
    relations = profile.relations(catalog, table)
    if relations:
        st.html('<h2 class="na-section">Hangs together with</h2>')
        with st.container(key="relations", gap=None):
            for number, (other, how) in enumerate(relations):
                with _row(f"relation-{number}"):
                    st.page_link(state.page("data"), label=plain(other), query_params=_place(workspace, source, other))
                    st.html(f'<p class="na-aside">{escape(how)}</p>')
    st.html(f'<h2 class="na-section">The first {min(SAMPLE, table.rows)} rows</h2>')
    try:
        blocks.rows(first_rows(workspace, source, table.name, SAMPLE))
    except NoAppError as problem:
        replies.trouble(problem)


if __name__ == "__main__":  # run by Streamlit as a page
    show()
