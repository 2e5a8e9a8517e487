"""A chart in the page: the same SVG that the artifact's own page shows, in the page's colours."""

from __future__ import annotations

from typing import Any

import streamlit as st

# Parsed as XML and not as HTML, so that only what is well-formed SVG gets into the page; scripts and handlers do not.
JS = """
function parsed(text) {
  const svg = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  if (svg.nodeName !== "svg") return null;
  for (const node of svg.querySelectorAll("script, foreignObject")) node.remove();
  for (const node of svg.querySelectorAll("*")) {
    for (const name of node.getAttributeNames()) if (/^on|href$/i.test(name)) node.removeAttribute(name);
  }
  return document.importNode(svg, true);
}

export default function ({ data, parentElement }) {
  const box = parentElement.querySelector("figure") || document.createElement("figure");
  box.replaceChildren();
  for (const size of ["wide", "narrow"]) {
    const svg = parsed(data[size]);
    if (svg) { svg.classList.add(size); box.append(svg); }
  }
  if (!box.isConnected) parentElement.append(box);
}
"""
CSS = """
figure { margin: 0 0 16px; } svg { display: block; max-width: 100%; height: auto; } svg.narrow { display: none; }
@media (max-width: 640px) { svg.wide { display: none; } svg.narrow { display: block; } }
"""


def show(wide: str, narrow: str, key: str) -> None:
    """A chart in two widths, of which the page shows the one that fits."""
    component: Any = st.components.v2.component("noapp_picture", css=CSS, js=JS)
    component(key=key, data={"wide": wide, "narrow": narrow})
