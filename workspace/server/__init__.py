"""The one process that serves everything, and the workspace it serves.

The pages of the ui run in threads that Streamlit starts; they reach the workspace through `current`. A test sets it
with `use` and runs the same pages without a server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workspace.errors import ServeError

if TYPE_CHECKING:
    from workspace.api import Workspace

_current: Workspace | None = None


def use(workspace: Workspace | None) -> None:
    """Make ``workspace`` the one that this process serves; None for none."""
    global _current
    _current = workspace


def current() -> Workspace:
    """The workspace that this process serves.

    Raises:
        ServeError: none is open.
    """
    if _current is None:
        raise ServeError("No workspace is open in this process.", hint="Start it with `noapp serve` and a database.")
    return _current
