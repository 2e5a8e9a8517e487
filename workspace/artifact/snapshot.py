"""A `View` as JSON and back: what a chat keeps of an answer, what a dated snapshot holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any

from workspace.artifact.model import Artifact, Problem, Setting, View, load
from workspace.artifact.refresh import bind_blocks
from workspace.database.result import Reach, Result
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
        "settings": [
            {"param": setting.param.name, "value": setting.value, "words": setting.words, "given": setting.given}
            for setting in view.settings
        ],
    }


def receipts_to_dict(view: View, zone: tzinfo) -> dict[str, Any]:
    """As `view_to_dict`, without the rows: what somebody needs who has the figures and wants to check them.

    Args:
        view: what was written.
        zone: of the times in what was written, a fixed offset (`fixed`).
    """
    bare = {name: replace(result, rows=()) for name, result in view.results.items()}
    offset = zone.utcoffset(None) or timedelta()
    return view_to_dict(replace(view, results=bare)) | {"offset": int(offset.total_seconds() // 60)}


def fixed(view: View, zone: tzinfo | None) -> timezone:
    """The offset of a zone at the time of a view: what is written under it reads the same when it is written again."""
    at = datetime.fromisoformat(view.as_of)
    local = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(zone)
    return timezone(timedelta(minutes=(local.utcoffset() or timedelta()) // timedelta(minutes=1)))


@dataclass(frozen=True, slots=True)
class Kept:
    """What a file says it was made of.

    Args:
        artifact: what it shows.
        results: per query name the result; without its rows where ``offset`` is not None.
        problems: per query name why it was not fresh.
        as_of: UTC time of the file's figures.
        slug, version: where the artifact was kept.
        offset: of the file's times from UTC, in minutes.
        settings: what was chosen for its parameters.
    """

    artifact: Artifact
    results: dict[str, Result]
    problems: dict[str, Problem]
    as_of: str
    slug: str
    version: int
    offset: int | None = None
    settings: tuple[Setting, ...] = ()

    def view(self, results: Mapping[str, Result]) -> View:
        """The view of these results."""
        blocks = bind_blocks(self.artifact, results, self.problems)
        return View(
            self.artifact, results, blocks, self.as_of, self.problems, self.slug, self.version, self.settings
        )  # fmt: skip


def view_from_dict(data: Mapping[str, Any]) -> View:
    """Inverse of `view_to_dict`.

    Raises:
        ArtifactInvalid: malformed, or of a newer format.
    """
    kept = kept_from_dict(data)
    return kept.view(kept.results)


def kept_from_dict(data: Mapping[str, Any]) -> Kept:
    """Reads what `view_to_dict` or `receipts_to_dict` wrote, or somebody who says so.

    Raises:
        ArtifactInvalid: malformed, or of a newer format.
    """
    malformed = ArtifactInvalid("This saved view is malformed.", hint="Export it again.")
    if not isinstance(data, Mapping):
        raise malformed
    if data.get("version") != SNAPSHOT_VERSION:
        raise ArtifactInvalid(f"This saved view has format {data.get('version')}, which this workspace does not read.")
    try:
        artifact = load(data["artifact"])
        results = {str(name): Result.from_dict(result) for name, result in data["results"].items()}
        problems = {str(name): Problem(**problem) for name, problem in data["problems"].items()}
        as_of, slug, number, offset = data["as_of"], data["slug"], data["artifact_version"], data.get("offset")
        settings = tuple(_setting(artifact, setting) for setting in data.get("settings", ()))
        datetime.fromisoformat(as_of)
        if not all(_sound(result) for result in results.values()):
            raise malformed
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise malformed from problem
    whole = isinstance(slug, str) and isinstance(number, int) and (offset is None or isinstance(offset, int))
    if not whole or not results.keys() <= {query.name for query in artifact.queries} or abs(offset or 0) > 24 * 60:
        raise malformed
    return Kept(artifact, results, problems, as_of, slug, number, offset, settings)


def _setting(artifact: Artifact, data: Mapping[str, Any]) -> Setting:
    """What was chosen; raises ValueError where it is nothing that a parameter can be."""
    value = tuple(data["value"]) if isinstance(data["value"], list | tuple) else data["value"]
    given = tuple((name, text) for name, text in data["given"])
    plain = all(isinstance(one, str | int | float | None) for one in (value if isinstance(value, tuple) else (value,)))
    if not plain or not all(
        isinstance(text, str) for text in (data["words"], *(part for pair in given for part in pair))
    ):
        raise ValueError("not a setting")
    return Setting(artifact.param(data["param"]), value, words=data["words"], given=given)


def _sound(result: Result) -> bool:
    """Is it a result in every part? What a file says of itself is not taken for granted."""
    receipt = result.receipt
    datetime.fromisoformat(receipt.ran_at)
    texts = (receipt.source, receipt.fingerprint, receipt.sql, receipt.planner, receipt.digest, receipt.ran_at)
    kinds = (str, int, float, bool, bytes, type(None))
    return (
        all(isinstance(text, str) for text in texts)
        and isinstance(receipt.rows, int)
        and isinstance(result.truncated, bool)
        and isinstance(receipt.params, Mapping)
        and all(isinstance(value, kinds) for value in receipt.params.values())
        and all(isinstance(value, kinds) for value in dict(receipt.wholes or {}).values())
        and all(_sound_reach(reach) for reach in receipt.reach or ())
        and all(isinstance(column.name, str) and isinstance(column.kind, str) for column in result.columns)
        and all(len(row) == len(result.columns) and all(isinstance(v, kinds) for v in row) for row in result.rows)
    )


def _sound_reach(reach: Reach) -> bool:
    for day in (reach.first, reach.last):
        date.fromisoformat(day)
    gaps = (reach.before, reach.after)
    return isinstance(reach.column, str) and all(isinstance(gap, int) and 0 <= gap < 36_600 for gap in gaps)
