"""THE theme: one set of tokens for pages, charts, exports and the chat, light and dark.

The categorical palette was searched for: any two of its eight colours differ by at least ΔE 19 in normal sight, with
protanopia, deuteranopia and tritanopia alike, and all have their own lightness, so that it survives greyscale.
"""

from __future__ import annotations

import base64
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

ICON = Path(__file__).parent / "templates" / "icon.svg"


@dataclass(frozen=True, slots=True)
class Colours:
    """Colours of one mode. ``good``, ``warning`` and ``wrong`` always come with a shape of their own."""

    ink: str
    paper: str
    raised: str  # quiet surfaces: code, the sidebar
    muted: str
    line: str
    edge: str  # of what can be used: fields, buttons; seen at 3:1
    accent: str
    on_accent: str
    wash: str  # the accent, very thin
    good: str
    warning: str
    wrong: str
    grid: str
    series: tuple[str, ...]


LIGHT = Colours(
    ink="#1a1a1a",
    paper="#ffffff",
    raised="#f8f7f5",
    muted="#6b6b6b",
    line="#e8e6e1",
    edge="#8c8a85",
    accent="#0f766e",
    on_accent="#fffffe",
    wash="#eef6f5",
    good="#0f766f",
    warning="#92600a",
    wrong="#b42318",
    grid="#efede9",
    series=("#0f766e", "#bc9315", "#113478", "#996cb5", "#7d916a", "#6647b8", "#37b7b4", "#51171f"),
)
DARK = Colours(
    ink="#e9e7e3",
    paper="#17181a",
    raised="#1f2022",
    muted="#a19e98",
    line="#323335",
    edge="#6f6d69",
    accent="#4cc4b6",
    on_accent="#10201e",
    wash="#1b2b29",
    good="#4cc4b6",
    warning="#e0b354",
    wrong="#ff8a7a",
    grid="#292a2c",
    series=("#4cc4b6", "#beab30", "#957ebf", "#fa6a80", "#c1d988", "#af4fdc", "#a9f5f5", "#a55a35"),
)
TEXT_FONT = "ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
CODE_FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace"
# SVG text cannot fall back on what the writer of the SVG does not know; it measures with the fonts of this list.
CHART_FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
# Office programs take one name, not a list: every machine that has them has these, as wide as the chart's.
OFFICE_FONT, OFFICE_CODE_FONT = "Arial", "Consolas"
OFFICE_BAR = "#cfe4e1"  # the first series, so light that figures can be read upon it
RADIUS = 8  # px
STEP = 4  # px; all spacing is a multiple of it
MOST_SERIES = 8


@cache
def icon() -> str:
    """The icon as an address that holds it: without one browsers ask for /favicon.ico, which is nowhere."""
    return f"data:image/svg+xml;base64,{base64.b64encode(ICON.read_bytes().strip()).decode()}"


def css_variables() -> str:
    """The tokens as CSS custom properties: light, dark where the reader's system asks for it, light on paper."""
    fonts = f"--font:{TEXT_FONT};--code-font:{CODE_FONT};--radius:{RADIUS}px"
    light, dark = _variables(LIGHT), _variables(DARK)
    return (
        f":root{{color-scheme:light dark;{fonts};{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}\n"
        f"@media screen{{:root[data-theme=dark]{{color-scheme:dark;{dark}}}}}\n"
        ":root[data-theme=light]{color-scheme:light}\n"
    )


def svg_variables() -> dict[str, str]:
    """Each colour a chart is drawn with, and the CSS variable that stands for it on a page."""
    plain = ("ink", "muted", "line", "grid", "edge")
    named = {getattr(LIGHT, name): name for name in plain} | {LIGHT.on_accent: "paper"}
    named |= {colour: f"series-{place}" for place, colour in enumerate(LIGHT.series, start=1)}
    return {colour: f"var(--{name},{colour})" for colour, name in named.items()}


def vega_config() -> dict[str, Any]:
    """The ``config`` of every Vega-Lite chart, in light colours."""
    text = {"font": CHART_FONT, "fontSize": 12, "fill": LIGHT.ink}
    axis = {
        "labelFont": CHART_FONT,
        "titleFont": CHART_FONT,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelColor": LIGHT.muted,
        "titleColor": LIGHT.muted,
        "gridColor": LIGHT.grid,
        "domainColor": LIGHT.edge,
        "tickColor": LIGHT.line,
        "labelPadding": 6,
    }
    return {
        "background": None,
        "font": CHART_FONT,
        "view": {"stroke": None},
        "axis": axis,
        "legend": {"labelFont": CHART_FONT, "labelFontSize": 12, "labelColor": LIGHT.ink, "titleColor": LIGHT.muted},
        "text": text,
        "bar": {"fill": LIGHT.series[0]},
        "line": {"stroke": LIGHT.series[0], "strokeWidth": 2},
        "range": {"category": list(LIGHT.series)},
    }


def streamlit_options() -> dict[str, Any]:
    """The same tokens as Streamlit's configuration: option name to value.

    Example:
        >>> streamlit_options()["theme.light.primaryColor"]
        '#0f766e'
    """
    options: dict[str, Any] = {
        "theme.font": TEXT_FONT,
        "theme.codeFont": CODE_FONT,
        "theme.baseFontSize": 16,
        "theme.baseRadius": f"{RADIUS}px",
        "theme.buttonRadius": f"{RADIUS}px",
        "theme.showSidebarBorder": True,
        "theme.linkUnderline": True,
    }
    for mode, colours in (("light", LIGHT), ("dark", DARK)):
        options |= {
            f"theme.{mode}.primaryColor": colours.accent,
            f"theme.{mode}.backgroundColor": colours.paper,
            f"theme.{mode}.secondaryBackgroundColor": colours.raised,
            f"theme.{mode}.textColor": colours.ink,
            f"theme.{mode}.linkColor": colours.accent,
            f"theme.{mode}.borderColor": colours.line,
            f"theme.{mode}.codeBackgroundColor": colours.raised,
            f"theme.{mode}.codeTextColor": colours.ink,
            f"theme.{mode}.dataframeBorderColor": colours.line,
            f"theme.{mode}.dataframeHeaderBackgroundColor": colours.paper,
            f"theme.{mode}.redColor": colours.wrong,
            f"theme.{mode}.yellowColor": colours.warning,
            f"theme.{mode}.greenColor": colours.good,
            f"theme.{mode}.chartCategoricalColors": list(colours.series),
            f"theme.{mode}.sidebar.backgroundColor": colours.raised,
            f"theme.{mode}.sidebar.secondaryBackgroundColor": colours.line,
        }
    return options


def _variables(colours: Colours) -> str:
    plain = {name.replace("_", "-"): value for name, value in asdict(colours).items() if name != "series"}
    plain |= {f"series-{place}": value for place, value in enumerate(colours.series, start=1)}
    return ";".join(f"--{name}:{value}" for name, value in plain.items())
