"""`noapp doctor`: what is installed, reachable and configured, and what to do about what is not."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from workspace.errors import ModelError, NoAppError

Verdict = Literal["ok", "note", "wrong"]
MARKS: dict[Verdict, str] = {"ok": "ok   ", "note": "note ", "wrong": "WRONG"}
# Distribution, the module it brings, what it is for.
PACKAGES = (
    ("streamlit", "streamlit", "the chat in the browser"),
    ("uvicorn", "uvicorn", "the server"),
    ("langgraph", "langgraph", "conversations"),
    ("langgraph-checkpoint-sqlite", "langgraph.checkpoint.sqlite", "conversations that survive a restart"),
    ("sqlmodel", "sqlmodel", "chats and artifacts"),
    ("sqlglot", "sqlglot", "SQL"),
    ("jinja2", "jinja2", "pages"),
    ("vl-convert-python", "vl_convert", "charts"),
    ("pyyaml", "yaml", "definitions"),
    ("openpyxl", "openpyxl", "XLSX files"),
    ("pyarrow", "pyarrow", "Parquet files"),
)
OLDEST_SQLITE = (3, 35)  # window functions, RETURNING, math functions


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; ``remedy`` says what to do, "" where nothing is to be done."""

    verdict: Verdict
    what: str
    remedy: str = ""


def examine(folder: Path) -> int:
    """Print the report; 1 when something keeps the workspace from working, else 0.

    Args:
        folder: the workspace folder.
    """
    wrong = False
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        _python,
        _packages,
        _sqlite,
        lambda: _workspace(folder),
        lambda: _definitions(folder),
        lambda: _files(folder),
        lambda: _sample(folder),
        lambda: _links(folder),
        lambda: _server(folder),
        _model,
        lambda: _sending(folder),
    )
    for check in checks:
        for finding in check():
            wrong |= finding.verdict == "wrong"
            print(f"{MARKS[finding.verdict]}  {finding.what}")
            if finding.remedy:
                print(f"       {finding.remedy}")
    print()
    print(
        "Something keeps the workspace from working; see WRONG above."
        if wrong
        else "The workspace is ready to be used."
    )
    return int(wrong)


def _python() -> Iterator[Finding]:
    text = f"Python {platform.python_version()} ({sys.executable})"
    yield Finding("ok", text)
    try:
        yield Finding("ok", f"noapp-workspace {version('noapp-workspace')}")
    except PackageNotFoundError:
        yield Finding("note", "noapp-workspace runs from a folder, it is not installed", "To install it: pip install .")


def _packages() -> Iterator[Finding]:
    present = []
    for distribution, module, purpose in PACKAGES:
        try:
            found = find_spec(module) is not None
        except ModuleNotFoundError:
            found = False
        if not found:
            yield Finding("wrong", f"{distribution} is missing ({purpose})", f"Run: pip install {distribution}")
            continue
        present.append(f"{distribution} {version(distribution)}")
    if present:
        yield Finding("ok", ", ".join(present))


def _sqlite() -> Iterator[Finding]:
    from workspace.store.migrations import engine_version

    found = engine_version()
    text = "SQLite " + ".".join(map(str, found))
    if found[:2] < OLDEST_SQLITE:
        yield Finding("wrong", text, "Use a Python that comes with SQLite 3.35 or newer.")
    else:
        yield Finding("ok", text)


def _workspace(folder: Path) -> Iterator[Finding]:
    if not (folder / "workspace.sqlite").exists():
        parent = next(place for place in (folder, *folder.parents) if place.exists())
        if os.access(parent, os.W_OK):
            yield Finding("ok", f"Workspace folder {folder} (will be made when something is kept)")
        else:
            yield Finding("wrong", f"Workspace folder {folder} cannot be made", "Choose another one with --workspace.")
        return
    from workspace.api import Workspace

    try:
        workspace = Workspace([], folder, datetime.now)
        try:
            chats, kept = len(workspace.chats()), len(workspace.artifacts())
        finally:
            workspace.close()
    except NoAppError as problem:
        yield Finding("wrong", problem.message, problem.hint)
        return
    from workspace.store.lookup import Lookup

    settled = len(Lookup(folder).verified())
    yield Finding("ok", f"Workspace folder {folder}: chats {chats}, artifacts {kept}, settled questions {settled}")


def _definitions(folder: Path) -> Iterator[Finding]:
    """The files of definitions, each read as it will be; whether a database has what they name shows at a question."""
    from workspace.semantics.file import FOLDER, SemanticsFile

    files = sorted((folder / FOLDER).glob("*.yaml"))
    if not files:
        where = folder / FOLDER / "SOURCE.yaml"
        yield Finding("ok", f"Definitions: none yet (the data page writes them, or you: {where})")
    for path in files:
        try:
            model = SemanticsFile(path).read()
        except NoAppError as problem:
            yield Finding("wrong", f"Definitions {path}: {problem.message}", problem.hint)
            continue
        parts = ("metrics", "synonyms", "descriptions", "filters", "hidden")
        said = ", ".join(f"{part} {len(getattr(model, part))}" for part in parts if model and getattr(model, part))
        yield Finding("ok", f"Definitions {path}: {said or 'nothing in it'}")


def _files(folder: Path) -> Iterator[Finding]:
    """What was odd in the data files that were read into this folder, and which could not be."""
    from workspace.api import ADDED, FILES
    from workspace.cli.show import plain
    from workspace.database.ingest import made_here, refusals, remarks

    made = [path for path in (*sorted((folder / FILES).glob("*.sqlite")), folder / ADDED) if made_here(path)]
    odd = 0
    for path in made:
        refused = refusals(path)
        for refusal in refused:
            yield Finding(
                "wrong", plain(f"Data file {refusal.path}: {refusal.message}"), refusal.hint or "Correct the file."
            )
        known = {refusal.path.name for refusal in refused}
        noted = [remark for remark in remarks(path) if remark.file not in known]
        yield from (Finding("note", plain(f"Data file {remark}")) for remark in noted)
        odd += len(refused) + len(noted)
    if made and not odd:
        yield Finding("ok", "Data files: nothing odd in those that were read")


def _sample(folder: Path) -> Iterator[Finding]:
    from sample_db.build import SampleError, built_on

    path = folder / "sample.sqlite"
    try:
        day = built_on(path)
    except SampleError as problem:
        yield Finding("note", problem.message, problem.hint)
        return
    if day is None:
        yield Finding("ok", "Sample database: not built yet (`noapp` without arguments builds it)")
    else:
        yield Finding("ok", f"Sample database: {path}, up to {day:%d %b %Y}")


def _links(folder: Path) -> Iterator[Finding]:
    """What links begin with, and who says so."""
    from workspace.store import address

    try:
        told = address.configured()
    except NoAppError as problem:
        yield Finding("wrong", problem.message, problem.hint)
        return
    left = address.kept(folder)
    if told:
        yield Finding("ok", f"Links begin with {told}, as {address.VARIABLE} says")
    elif left.public:
        yield Finding("ok", f"Links begin with {left.public}, as `noapp serve --url` was told")
    else:
        other = f"Where people reach it at another one: noapp serve --url https://HOST, or {address.VARIABLE}"
        yield Finding("ok", f"Links begin with {left.listens}, the server's own address", other)


def _server(folder: Path) -> Iterator[Finding]:
    import json
    from urllib.error import URLError
    from urllib.request import urlopen

    from workspace.store.address import kept

    url = kept(folder).listens
    try:
        with urlopen(f"{url}/healthz", timeout=2) as reply:
            sources = json.load(reply).get("sources", [])
        yield Finding("ok", f"A workspace is served at {url} ({', '.join(sources)})")
    except (URLError, OSError, ValueError, AttributeError):
        yield Finding("ok", f"No workspace is served at {url} right now", "To serve one: noapp serve FILE")


def _model() -> Iterator[Finding]:
    from workspace.agent.models import configured

    try:
        model = configured()
    except ModelError as problem:
        yield Finding("wrong", problem.message, problem.hint)
        return
    if model is None:
        yield Finding(
            "ok",
            "No language model is configured; questions are answered without one",
            "To let one help with what is not understood: NOAPP_MODEL=provider:name and its key variable.",
        )
        return
    missing = model.missing()
    if missing is not None:
        yield Finding("note", missing.message, missing.hint)
    elif model.base_url and not model.reachable():
        yield Finding(
            "note", f"{model}: nobody answers at {model.base_url}", "Start that server, or check NOAPP_MODEL_BASE_URL."
        )
    else:
        where = f" at {model.base_url}" if model.base_url else ""
        yield Finding("ok", f"Model {model}{where}, asked when a question is not understood")


def _sending(folder: Path) -> Iterator[Finding]:
    """Whether mail can be sent, what people may choose, and what was not sent."""
    from workspace.delivery import mail
    from workspace.delivery.place import VARIABLE, offered

    try:
        known = mail.configured()
        if known is None:
            yield Finding(
                "ok", "No mail server is configured; pages go to the feed and to webhooks",
                f"To send mail: {mail.SERVER}=smtp://USER:PASSWORD@HOST:PORT and {mail.SENDER}=NAME@HOST",
            )  # fmt: skip
        else:
            yield Finding("ok", f"Mail is sent from {known.sender} by {known}, {mail.reach(known)}")
    except NoAppError as problem:
        yield Finding("note", problem.message, problem.hint)
    try:
        yield Finding("ok", f"People may have pages sent to: {', '.join(place.shown for place in offered())}")
    except NoAppError as problem:
        yield Finding("wrong", problem.message, problem.hint or f"Correct {VARIABLE}.")
    if (folder / "workspace.sqlite").exists():
        yield from _unsent(folder)


def _unsent(folder: Path) -> Iterator[Finding]:
    from workspace.api import open_workspace

    try:
        with open_workspace(folder=folder) as workspace:
            wrong = [said for info in workspace.schedules() if (said := workspace.trouble(info))]
            count = len(workspace.schedules())
    except NoAppError:
        return  # said above
    for said in wrong:
        yield Finding("note", f"A schedule: {said}", "See: noapp schedules")
    if count and not wrong:
        yield Finding("ok", f"Schedules: {count}, nothing failing")
