"""What is due is done in the background, in a thread of its own, so that no page waits for it.

It asks every few seconds whether anything is due, which costs one look-up. Sending takes as long as it takes; a server
that stops waits a moment for it, and what is cut off is taken up by whoever looks next.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workspace.api import Workspace

log = logging.getLogger(__name__)
INTERVAL = 5.0  # seconds
PATIENCE = 3.0  # seconds for what is being sent when the server stops


class Ticker:
    """Does what is due until it is stopped.

    Args:
        workspace: whose schedules.
        interval: seconds between two looks.
    """

    def __init__(self, workspace: Workspace, interval: float = INTERVAL) -> None:
        self._workspace = workspace
        self._interval = interval
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="schedules", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it; waits for what is being sent, but not for ever."""
        self._stop.set()
        self._thread.join(PATIENCE)

    def _run(self) -> None:
        while not self._stop.wait(self._interval):
            try:
                # Looking makes no folder: where nothing was ever kept, nothing is due.
                if not (self._workspace.folder / "workspace.sqlite").exists() or not self._workspace.waiting():
                    continue
                for done in self._workspace.tick():
                    if not done.well:
                        log.warning("%s", done.said)
            except Exception:  # a defect of one look must not end all others
                log.exception("What is due could not be done")
