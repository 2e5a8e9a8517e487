"""What dresses every page: the style sheet, filled with the tokens of the one theme."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st

ICON = Path(__file__).parent.parent / "icon.svg"


@cache
def _style() -> str:
    from workspace.faces import theme

    sheet = (Path(__file__).parent.parent / "style.css").read_text(encoding="utf-8")
    return f"<style>{theme.css_variables()}\n{sheet}</style>"


def dress() -> None:
    """Put the style sheet into the page; it takes no room."""
    st.html(_style())


def note(text: str, *, kind: str = "note") -> None:
    """One quiet line of plain text."""
    from html import escape

    st.html(f'<p class="na-{kind}">{escape(text)}</p>')
