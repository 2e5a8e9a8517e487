"""The document as one HTML file that needs nothing else: style and charts inline, no links out."""

from __future__ import annotations

from datetime import tzinfo

from workspace.artifact.model import View
from workspace.export.file import Exported, filename
from workspace.faces import document


def write(view: View, *, zone: tzinfo | None = None) -> Exported:
    """The view as an offline page.

    Args:
        view: what is shown.
        zone: for its times; the machine's by default.
    """
    page = document.render(view, offline=True, zone=zone)
    return Exported(filename(view, "html"), "text/html; charset=utf-8", page.encode())
