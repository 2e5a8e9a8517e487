"""A `View` as JSON and back: what a chat keeps of an answer, what a dated snapshot holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workspace.artifact.model import Problem, View, load
from workspace.artifact.refresh import bind_blocks
from workspace.database.result import Result
from workspace.errors import ArtifactInvalid

SNAPSHOT_VERSION = 1


def view_to_dict(view: View) -> dict[str, Any]:
    """The view as JSON: artifact, results with their receipts, problems; prose is bound again when it is read."""
    return {
        "version": SNAPSHOT_VERSION,
        "artifact": view.artifact.to_dict(),
        "results": {name: result.to_dict() for name, result in view.results.items()},
        "problems": {
            name: {"code": problem.code, "message": problem.message, "hint": problem.hint}
            for name, problem in view.problems.items()
        },
        "as_of": view.as_of,
        "slug": view.slug,
        "artifact_version": view.version,
    }


def receipts_to_dict(view: View) -> dict[str, Any]:
    """As `view_to_dict`, without the rows: what somebody needs who has the figures and wants to check them."""
    bare = {name: replace(result, rows=()) for name, result in view.results.items()}
    return view_to_dict(replace(view, results=bare)) | {"rows": False}


def view_from_dict(data: Mapping[str, Any]) -> View:
    """Inverse of `view_to_dict`.

    Raises:
        ArtifactInvalid: malformed, or of a newer format.
    """
    if data.get("version") != SNAPSHOT_VERSION:
        raise ArtifactInvalid(f"This saved view has format {data.get('version')}, which this workspace does not read.")
    artifact = load(data["artifact"])
    try:
        results = {name: Result.from_dict(result) for name, result in data["results"].items()}
        problems = {name: Problem(**problem) for name, problem in data["problems"].items()}
        as_of, slug, number = data["as_of"], data["slug"], data["artifact_version"]
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise ArtifactInvalid("This saved view is malformed.") from problem
    return View(artifact, results, bind_blocks(artifact, results, problems), as_of, problems, slug, number)
