"""Talk to a database; keep what is worth keeping as a living artifact with a URL.

    >>> import sqlite3, tempfile
    >>> path = tempfile.mkdtemp() + "/shop.sqlite"
    >>> with sqlite3.connect(path) as db:
    ...     _ = db.executescript("create table customer (name text); insert into customer values ('Ada'), ('Bob')")
    >>> workspace = open_workspace(path)
    >>> answer = workspace.ask("how many customers are there")
    >>> answer.view.results["q1"].rows
    ((2,),)

Names are loaded when they are first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workspace.agent.reply import Answer, Clarify, Decline, Failed, Said, Step
    from workspace.api import Workspace, open_workspace
    from workspace.artifact.model import Artifact, View
    from workspace.errors import (
        ArtifactError,
        ModelError,
        NoAppError,
        NotFound,
        QueryError,
        QuestionError,
        SourceError,
        StoreError,
    )

_HOME = {
    "open_workspace": "workspace.api",
    "Workspace": "workspace.api",
    "Answer": "workspace.agent.reply",
    "Clarify": "workspace.agent.reply",
    "Decline": "workspace.agent.reply",
    "Said": "workspace.agent.reply",
    "Failed": "workspace.agent.reply",
    "Step": "workspace.agent.reply",
    "Artifact": "workspace.artifact.model",
    "View": "workspace.artifact.model",
    "NoAppError": "workspace.errors",
    "SourceError": "workspace.errors",
    "QueryError": "workspace.errors",
    "QuestionError": "workspace.errors",
    "ArtifactError": "workspace.errors",
    "StoreError": "workspace.errors",
    "NotFound": "workspace.errors",
    "ModelError": "workspace.errors",
}

__all__ = [
    "Answer",
    "Artifact",
    "ArtifactError",
    "Clarify",
    "Decline",
    "Failed",
    "ModelError",
    "NoAppError",
    "NotFound",
    "QueryError",
    "QuestionError",
    "Said",
    "SourceError",
    "Step",
    "StoreError",
    "View",
    "Workspace",
    "open_workspace",
]


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'workspace' has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(home), name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
