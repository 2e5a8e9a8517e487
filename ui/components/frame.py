"""What dresses every page: the style sheet, filled with the tokens of the one theme."""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from workspace.errors import NoAppError


def icon() -> Path:
    """The icon of every page, in the tab of the browser."""
    from workspace.faces import theme

    return theme.ICON


@cache
def _style() -> str:
    from workspace.faces import theme

    sheet = (Path(__file__).parent.parent / "style.css").read_text(encoding="utf-8")
    return f"<style>{theme.css_variables()}\n{sheet}</style>"


def dress() -> None:
    """Put the style sheet into the page; it takes no room."""
    st.html(_style())


def title(text: str, lead: str = "") -> None:
    """The heading of a page, and a line below it that says what the page is."""
    named(text)
    below = f'<p class="na-lead">{escape(lead)}</p>' if lead else ""
    st.html(f'<h1 class="na-title">{escape(text)}</h1>{below}')


def named(text: str) -> None:
    """What the browser calls this page, in its tabs and its history."""
    st.set_page_config(page_title=f"{text[:80]} · Workspace" if text else "Workspace")


def wrong(problem: NoAppError) -> None:
    """What went wrong, beside what went right."""
    st.html(f'<p class="na-wrong"><strong>{escape(problem.message)}</strong> {escape(problem.hint)}</p>')
