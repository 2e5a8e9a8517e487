"""The README is true: every command in it runs and prints what it says, every Python example holds."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)


def blocks(language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(README) if kind == language]


def steps(text: str) -> list[tuple[str, str]]:
    """(command, expected output) pairs of a console block; a command's lines may be continued with a backslash."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found and found[-1][0].endswith("\\"):
            found[-1] = (found[-1][0][:-1] + line.strip(), [])
        elif found:
            found[-1][1].append(line)
    return [(command, "\n".join(lines).strip()) for command, lines in found]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder in which the README's commands run one after the other, as a reader would type them."""
    return tmp_path_factory.mktemp("readme")


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NOAPP_")}
    return {**kept, "NOAPP_WORKSPACE": str(folder / ".noapp"), "COLUMNS": "100", "NO_COLOR": "1"}


def translate(command: str) -> list[str]:
    words = shlex.split(command)
    if words[0] == "noapp":
        return [sys.executable, "-m", "workspace", *words[1:]]
    if words[0] == "python":
        return [sys.executable, *words[1:]]
    return words


def agrees(expected: str, printed: str) -> bool:
    """Does the output match, ``…`` standing for anything?"""
    pattern = ".*?".join(re.escape(part.strip(" ")) for part in re.split("…", expected))
    squeeze = "\n".join(line.rstrip() for line in printed.strip().splitlines())
    return re.fullmatch(pattern.replace("\\\n", r"\s*\n"), squeeze, re.S) is not None


def test_console_examples_print_what_the_readme_shows(folder: Path) -> None:
    shown = [step for text in blocks("console") for step in steps(text)]
    assert shown, "the README shows no commands"
    for command, expected in shown:
        run = subprocess.run(
            translate(command), cwd=folder, env=environment(folder), capture_output=True, text=True, timeout=120
        )
        assert run.returncode == 0, f"$ {command}\n{run.stdout}{run.stderr}"
        if expected:
            assert agrees(expected, run.stdout), f"$ {command}\nexpected:\n{expected}\nprinted:\n{run.stdout}"


def test_python_examples_hold(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    examples = blocks("pycon")
    assert examples, "the README shows no Python"
    monkeypatch.chdir(folder)
    monkeypatch.setenv("NOAPP_WORKSPACE", str(folder / ".noapp"))
    if not (folder / "shop.sqlite").exists():
        subprocess.run(
            [sys.executable, "-m", "sample_db.build", "shop.sqlite", "--today", "2026-11-23"], cwd=folder, check=True
        )
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    for number, text in enumerate(examples):
        runner.run(doctest.DocTestParser().get_doctest(text, {}, f"README example {number}", "README.md", 0))
    assert runner.summarize(verbose=False).failed == 0


def test_the_definitions_shown_hold_for_the_sample(folder: Path) -> None:
    from workspace.api import open_workspace
    from workspace.semantics.text import from_yaml

    if not (folder / "shop.sqlite").exists():
        subprocess.run(
            [sys.executable, "-m", "sample_db.build", "shop.sqlite", "--today", "2026-11-23"], cwd=folder, check=True
        )
    with open_workspace(folder / "shop.sqlite", folder=folder / "defined") as workspace:
        workspace.knowledge.define(workspace.source(), from_yaml(blocks("yaml")[0]))
        for question in ("turnover by year", "how many SMBs", "average basket per month in 2026", "how many clients"):
            assert workspace.ask(question).to_dict()["kind"] == "answer", question


def test_the_first_command_serves_the_sample(tmp_path: Path) -> None:
    """`uv run noapp` without arguments builds the sample, serves it and says where; only the browser is left out here."""
    assert "pip install uv && uv run noapp" in README
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "workspace", "serve", "--no-browser", "--port", str(port)],
        cwd=tmp_path,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                    assert answer.status == 200
                break
            except OSError:
                assert server.poll() is None, server.stdout and server.stdout.read()
                assert time.monotonic() < deadline, "not healthy within 60 s"
                time.sleep(0.1)
    finally:
        server.terminate()
        printed = server.communicate(timeout=20)[0]
    assert f":{port}" in printed
    assert str(tmp_path / ".noapp") in printed, "the workspace folder is named on start"


def test_the_test_command_is_the_one_of_the_readme() -> None:
    assert "pip install uv && uv run pytest" in README
    assert "pip install -q uv && uv run pytest" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


DOCUMENTED = sorted(
    path
    for folder in ("workspace", "sample_db")
    for path in (ROOT / folder).rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("path", DOCUMENTED, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_docstring_examples_hold(path: Path) -> None:
    import importlib

    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
    outcome = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    assert outcome.failed == 0
