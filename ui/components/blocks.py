"""The parts of an answer: the finding, the figure, the chart, the table. The faces write every value."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.components import picture
from workspace.faces import document, grid, prose, vega

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from workspace.api import Message, View

STYLED = 200_000  # cells up to which the grid takes formats of its own, written one by one
SMALL = 50  # rows up to which a table is set as a page sets it; longer ones scroll in a grid of their own


def finding(view: View) -> None:
    """The sentence that answers, its figures marked."""
    for bound in view.blocks:
        if bound.block.kind == "text" and bound.text:
            st.html(f'<div class="na-finding">{prose.html(bound.text)}</div>')
            return


def notes(said: Iterable[str]) -> None:
    for text in said:
        st.html(f'<p class="na-note">{escape(text)}</p>')


def problem(found: Any) -> None:
    """Why a part is not fresh, or not there."""
    st.html(f'<p class="na-wrong"><strong>{escape(found.message)}</strong> {escape(found.hint)}</p>')


def show(view: View, block: Any, key: str) -> None:
    """One block that is not prose."""
    result = view.results.get(block.query)
    if result is None:
        return
    if block.kind == "chart":
        _chart(view, block, key)
    elif block.kind == "metric":
        _metric(view, block)
    else:
        table(view, block.query, tuple(block.columns), key)


def page(view: View) -> None:
    """A whole artifact."""
    said: set[str] = set()
    for number, bound in enumerate(view.blocks):
        if bound.problem is not None and bound.problem.message not in said:
            said.add(bound.problem.message)
            problem(bound.problem)
        if bound.block.kind == "text":
            if bound.text:
                st.html(f'<div class="na-finding">{prose.html(bound.text)}</div>')
        elif bound.block.kind in ("filter", "break"):
            continue  # for the pages of the server: the app has the controls, paper and slides have the breaks
        elif bound.problem is None or bound.stale_since:
            show(view, bound.block, f"{view.slug}-{number}")


def _chart(view: View, block: Any, key: str) -> None:
    wide = document.chart_svg(block, view)
    if not wide:
        table(view, block.query, (), key)
        return
    picture.show(wide, document.chart_svg(block, view, width=vega.NARROW), f"picture-{key}")
    note = vega.draw(block, view.artifact.query(block.query), view.results[block.query]).note
    if note:
        st.html(f'<p class="na-note">{escape(note)}</p>')


def _metric(view: View, block: Any) -> None:
    written = _grid(view, block.query, (block.column,))
    if written.rows:
        st.html(f'<p class="na-metric"><b>{escape(written.rows[0][0])}</b> <span>{escape(block.label)}</span></p>')
    note = next((bound.text for bound in view.blocks if bound.block == block), ())
    if written.rows and note:
        st.html(f'<p class="na-note">{prose.html(note, inline=True)}</p>')


def table(view: View, query: str, columns: tuple[str, ...], key: str) -> None:
    """The rows of a query: as a page sets them when they are few, in a grid that scrolls when they are many."""
    result = view.results[query]
    if not result.rows:
        st.html('<p class="na-aside na-none">No rows.</p>')
        return
    written = _grid(view, query, columns)
    if len(result.rows) <= SMALL:
        st.html(_html(written))
        return
    _long(view, query, columns, written, key)
    if result.truncated:
        st.html(f'<p class="na-note">Cut off after {len(result.rows):,} rows.</p>')


def _grid(view: View, query: str, columns: tuple[str, ...]) -> grid.Grid:
    return grid.grid(view.artifact.query(query), view.results[query], columns=columns, most=SMALL)


def _html(written: grid.Grid) -> str:
    def row(cells: Iterable[str], tag: str = "td") -> str:
        parts = (
            f"<{tag}{' scope=col' if tag == 'th' else ''}{' class=n' if column.number else ''}>{escape(cell)}</{tag}>"
            for cell, column in zip(cells, written.headings, strict=True)
        )
        return f"<tr>{''.join(parts)}</tr>"

    head = row((column.text for column in written.headings), "th")
    body = "".join(row(cells) for cells in written.rows)
    foot = f"<tfoot>{row(written.totals)}</tfoot>" if written.totals else ""
    # A box that scrolls sideways has to be reachable by keyboard.
    box = '<div class="na-box" tabindex="0" role="region" aria-label="Table">'
    return f'{box}<table class="na-table"><thead>{head}</thead><tbody>{body}</tbody>{foot}</table></div>'


def _long(view: View, query: str, columns: tuple[str, ...], written: grid.Grid, key: str) -> None:
    import pandas as pd

    result = view.results[query]
    names = columns or result.names
    config: dict[str, Any] = {}
    chosen: dict[str, Any] = {}  # formats that the grid does not know; it sorts by the numbers behind them
    for place, (name, heading) in enumerate(zip(names, written.headings, strict=True)):
        kind = result.columns[result.index(name)].kind
        shown = view.artifact.query(query).shown(name)
        if heading.number and (shown.unit or shown.places is not None):
            column = result.columns[result.index(name)]
            chosen[name] = view.artifact.query(query).writer(column, result.column(name))
            config[name] = st.column_config.NumberColumn(heading.text)
        elif heading.number:
            cells = [row[place] for row in written.rows]
            style = "percent" if shown.format == "percent" else _style(cells, result.column(name))
            config[name] = st.column_config.NumberColumn(heading.text, format=style)
        elif kind in ("integer", "real"):
            config[name] = st.column_config.NumberColumn(heading.text, format="plain" if kind == "real" else "%d")
        else:
            config[name] = st.column_config.TextColumn(heading.text)
    frame: Any = pd.DataFrame({name: [_cell(value) for value in result.column(name)] for name in names})
    frame = frame.style.format(chosen) if chosen and frame.size <= STYLED else frame
    st.dataframe(frame, hide_index=True, column_config=config, key=f"grid-{key}", height=420, row_height=32)


def _style(cells: Sequence[str], values: Iterable[Any]) -> str:
    """The grid's way to write a column: two decimals throughout where the page writes two, else as many as needed.

    The one way of the grid's that keeps two decimals sets what is below zero in brackets, so that is left alone.
    """
    cents = any(cells) and all(re.search(r"\.\d\d$", cell) for cell in cells if cell)
    return "accounting" if cents and all(value is None or value >= 0 for value in values) else "localized"


def _cell(value: Any) -> Any:
    return f"{len(value):,} bytes" if isinstance(value, bytes) else value


def rows(result: Any) -> None:
    """Rows that belong to no view: the first ones of a table."""
    head = "".join(
        f'<th scope="col"{" class=n" if column.kind in ("integer", "real") else ""}>{escape(column.name)}</th>'
        for column in result.columns
    )
    body = "".join(
        "<tr>"
        + "".join(_plain(value, column.kind) for value, column in zip(row, result.columns, strict=True))
        + "</tr>"
        for row in result.rows
    )
    box = '<div class="na-box" tabindex="0" role="region" aria-label="First rows">'
    st.html(f'{box}<table class="na-table na-tight"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>')


def _plain(value: Any, kind: str) -> str:
    if value is None:
        return "<td></td>"
    text = _cell(value)
    text = str(text).removesuffix(" 00:00:00")
    number = " class=n" if kind in ("integer", "real") else ""
    return f"<td{number}>{escape(text if len(text) <= 80 else text[:79] + '…')}</td>"


def csv_link(message: Message) -> str:
    """The rows of an answer as a file, from the server beside this page."""
    return f'<a class="na-foot" href="/chat/{escape(message.chat)}/{escape(message.id)}.csv" download>CSV</a>'
