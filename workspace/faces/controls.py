"""The parameters of an artifact as controls of a plain GET form, and what the addresses of a page carry along."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from workspace.artifact.model import Setting, View


def controls(view: View) -> list[dict[str, Any]]:
    """Per parameter what its control needs; everything in it is plain text."""
    return [_control(setting) for setting in view.settings]


def suffix(*groups: tuple[tuple[str, str], ...]) -> str:
    """The query string of an address, with its question mark; "" for none."""
    pairs = [pair for group in groups for pair in group]
    return f"?{urlencode(pairs)}" if pairs else ""


def chosen(view: View) -> str:
    """The values in words: "Country: Germany · Year: all"."""
    return " · ".join(f"{setting.label}: {setting.words}" for setting in view.settings)


def _control(setting: Setting) -> dict[str, Any]:
    param, value = setting.param, setting.value
    picked = value if isinstance(value, tuple) else () if value is None else (value,)
    found: dict[str, Any] = {
        "name": param.name,
        "label": setting.label,
        "type": param.type,
        "words": setting.words,
        "problem": setting.problem,
        "waiting": bool(setting.waiting),
        "free": not param.required,
        "usual": param.default is not None,  # then "all" has to be said in the address
        "options": [(str(option.value), option.label, option.value in picked) for option in setting.options],
        "value": "" if value is None or isinstance(value, tuple) else str(value),
    }
    if param.type == "bool":
        found["options"] = [("1", "Yes", value is True), ("0", "No", value is False)]
    if param.type == "daterange":
        first, last = value or (None, None)
        found |= {"first": first or "", "last": last or ""}
    return found
