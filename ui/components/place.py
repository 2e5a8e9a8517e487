"""What is in sight when the page has changed: the newest question; on a telephone the page, not the sidebar."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st


@cache
def _script() -> str:
    return (Path(__file__).parent / "place.js").read_text(encoding="utf-8")


def keep(place: str, newest: str = "") -> None:
    """Bring into sight what is new.

    Args:
        place: of the page; another one than before puts the sidebar away where it covers the page.
        newest: message, "" when there is none; another one than before brings the newest question into sight.
    """
    component: Any = st.components.v2.component("noapp_place", js=_script())
    with st.container(key="place"):
        component(key="place-keeper", data={"place": place, "newest": newest})
