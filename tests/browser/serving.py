"""A real server in a process of its own: ``python -m tests.browser.serving DATABASE FOLDER PORT [--ambiguous]``.

With ``--ambiguous`` one question has two close readings whatever the planner makes of it, so that asking back can be seen.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
START = 60  # seconds; a busy machine


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def served(database: Path, folder: Path, *options: str, **environment: str) -> Iterator[str]:
    """The address of a server over ``database``; it is stopped at the end."""
    port = free_port()
    log = folder.parent / f"server-{port}.log"
    command = [sys.executable, "-m", "tests.browser.serving", str(database), str(folder), str(port), *options]
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out, env=os.environ | environment)
    try:
        _wait(process, port, log)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def kept_pages(database: Path, questions: Mapping[str, str]) -> Path:
    """A new shop at ``database``, and the workspace folder beside it in which the answers are kept.

    Args:
        database: where the shop is made.
        questions: by the title that the page of its answer gets.
    """
    from tests.browser.conftest import SQL
    from workspace.api import Answer, open_workspace

    with sqlite3.connect(database) as db:
        db.executescript(SQL)
    kept = database.parent / "kept"
    with open_workspace(database, folder=kept) as workspace:
        for title, question in questions.items():
            answer = workspace.ask(question)
            assert isinstance(answer, Answer)
            workspace.pin_answer(answer, title)
    return kept


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(START * 20):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"The server did not start:\n{log.read_text()}")


def main(database: str, folder: str, port: str, *options: str) -> None:
    from workspace.api import open_workspace
    from workspace.server.app import serve

    if "--ambiguous" in options:
        import pytest

        from tests.agent_shop import make_ambiguous

        make_ambiguous(pytest.MonkeyPatch())
    with open_workspace(database, folder=Path(folder)) as workspace:
        serve(workspace, port=int(port), open_browser=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
