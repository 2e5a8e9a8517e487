"""The command in this process, in a folder of its own where one page is kept: cities."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.agent_shop import make
from workspace.cli import main

Run = Callable[..., tuple[int, str, str]]
SETTINGS = ("NOAPP_MODEL", "NOAPP_MODEL_BASE_URL", "NOAPP_SMTP", "NOAPP_MAIL_FROM", "NOAPP_SEND_TO")


def with_a_page(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command: its exit code, and what it wrote to stdout and stderr."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("NOAPP_WORKSPACE", str(folder / "kept"))
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        out, err = capsys.readouterr()
        return code, out, err

    assert run("pin", str(make(folder / "shop.sqlite")), "number of customers per city", "--title", "Cities")[0] == 0
    return run
