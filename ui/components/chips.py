"""The reading of an answer as chips: each can be opened and changed in place, or dropped."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.state import Wish

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMES = {
    "measure": "what is measured",
    "dimension": "how it is grouped",
    "filter": "which rows",
    "order": "the order",
    "limit": "how many",
    "chart": "the picture",
}


@cache
def _part(suffix: str) -> str:
    return (Path(__file__).parent / f"chips.{suffix}").read_text(encoding="utf-8")


def show(message: str, chips: Sequence[Any]) -> Wish | None:
    """The chips of the answer ``message``; the change that the person just asked for, or None."""
    component: Any = st.components.v2.component("noapp_chips", css=_part("css"), js=_part("js"))
    shown = [
        {
            "text": chip.text,
            "name": NAMES.get(chip.kind, chip.kind),
            "quiet": chip.kind in ("order", "limit", "chart") and chip.without is None,  # not said, but can be
            "options": [option.label for option in chip.options],
            "drop": chip.without is not None,
        }
        for chip in chips
    ]
    result = component(key=f"chips-{message}", data={"chips": shown}, on_change_change=lambda: None)
    return wish(message, chips, result.get("change"))


def wish(message: str, chips: Sequence[Any], change: Any) -> Wish | None:
    """What a change of the chips asks for: ``{"chip": 0, "option": 2}``, or option -1 to drop the chip."""
    if not isinstance(change, dict):
        return None
    try:
        chip = chips[int(change["chip"])]
        if int(change["option"]) < 0:
            return Wish("refine", f"without {chip.text}", message, chip.without) if chip.without is not None else None
        option = chip.options[int(change["option"])]
    except (KeyError, IndexError, ValueError):
        return None
    return Wish("refine", option.label, message, option.plan)
