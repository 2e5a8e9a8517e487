"""How an answer was computed: what each word was taken for, the SQL, the receipt."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from ui import state

if TYPE_CHECKING:
    from workspace.api import Answer

ROLES = {
    "table": "what the rows are",
    "column": "a column",
    "value": "a value in the data",
    "number": "a number",
    "date": "a time",
    "aggregate": "how it is summed up",
    "group": "one row for each",
    "order": "the order",
    "limit": "how many",
    "compare": "a comparison",
    "negation": "without",
    "set": "put together",
    "chart": "the picture",
    "filler": "not needed",
    "unknown": "not understood",
}


def show(key: str, answer: Answer) -> None:
    opened = state.panel(key).get()
    if not opened:
        return
    with st.container(key=f"how-{key}", gap="small"):
        if opened == "receipt":
            st.html(_explained(answer))
        for result in answer.view.results.values():
            st.code(result.receipt.sql, language="sql", wrap_lines=True)
            if result.receipt.params:
                st.html(_pairs([(f":{name}", str(value)) for name, value in result.receipt.params.items()]))
        if opened == "receipt":
            st.html(receipts(answer))


def _explained(answer: Answer) -> str:
    parts = [f"<h3>What was understood</h3><p>{escape(answer.explanation)}</p>"]
    if answer.reading is not None and answer.reading.spans:
        rows = "".join(_word(span.text, span.role, span.target) for span in answer.reading.spans)
        parts.append(
            '<table class="na-words"><thead><tr><th scope="col">Your words</th><th scope="col">Taken as</th>'
            f'<th scope="col">In the database</th></tr></thead><tbody>{rows}</tbody></table>'
        )
    return f'<div class="na-how">{"".join(parts)}</div>'


def _word(text: str, role: str, target: str) -> str:
    cells = f'<th scope="row">{escape(text)}</th><td>{escape(ROLES.get(role, role))}</td><td>{escape(target)}</td>'
    return f'<tr class="{escape(role)}">{cells}</tr>'


def receipts(answer: Answer) -> str:
    """The receipts of an answer's queries."""
    parts = []
    for result in answer.view.results.values():
        receipt = result.receipt
        planner = {"rule": "Rules, no model", "recalled": "A verified answer", "person": "A person"}.get(
            receipt.planner, receipt.planner.replace("model:", "The model ")
        )
        rows = f"{receipt.rows:,}" + (" (cut off here)" if result.truncated else "")
        pairs = [
            ("Source", receipt.source),
            ("Ran", receipt.ran_at.replace("T", " ").removesuffix("Z").removesuffix("+00:00") + " UTC"),
            ("Took", f"{result.elapsed * 1000:,.1f} ms"),
            ("Rows", rows),
            ("Planned by", planner),
            ("State of the data", receipt.fingerprint),
            ("Result hash", receipt.digest),
        ]
        parts.append(f"<h3>Receipt</h3>{_pairs(pairs)}")
    return f'<div class="na-how">{"".join(parts)}</div>'


def _pairs(pairs: list[tuple[str, str]]) -> str:
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in pairs)
    return f'<dl class="na-pairs">{rows}</dl>'
