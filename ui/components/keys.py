"""The keyboard: `/` to the question, arrow up for the last one, `p` pins, `?` shows the list, Escape closes it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st


@cache
def _script() -> str:
    return (Path(__file__).parent / "keys.js").read_text(encoding="utf-8")


def listen(last: str = "") -> None:
    """Listen to the keys of the page. ``last`` is the question that arrow up brings back."""
    component: Any = st.components.v2.component("noapp_keys", js=_script())
    with st.container(key="keys"):
        component(key="keys-listener", data={"last": last})
