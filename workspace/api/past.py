"""The verbs of the past of an artifact: versions, frozen snapshots, and what changed since somebody last looked.

Each page that is sent carries the `mark` of what it shows, and what the newest marks stand for is remembered here (see
`workspace.store.snapshots` for how many). A reader's browser keeps the mark it saw last and asks with it what changed
since: nothing is known here of who reads what, the comparison is of results and not of the database's state, and two
readers who saw different things get different answers. What is remembered is a snapshot like one that a person froze,
so that both are compared with now in the same way.
"""

from __future__ import annotations

import logging
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from workspace.api.library import remember
from workspace.artifact.difference import difference
from workspace.artifact.model import View
from workspace.artifact.refresh import view_of
from workspace.artifact.since import Changes, compare, mark
from workspace.artifact.snapshot import view_from_dict, view_to_dict
from workspace.errors import NoAppError, NotFound, ShareInvalid
from workspace.store.records import ArtifactInfo, SnapshotInfo, VersionInfo

if TYPE_CHECKING:
    from workspace.artifact.model import Artifact
    from workspace.database.result import Result
    from workspace.store.store import Store

Pair = tuple[str, str]
log = logging.getLogger(__name__)
VIEWS_KEPT = 32  # of snapshots, in memory
MOST_CELLS = 50_000  # of a view that is remembered for readers who come back
SAID = 200  # of the newest versions it is said what each changed


@dataclass(frozen=True, slots=True)
class Revision:
    """A version and what it changed of the one before: sentences without a full stop; none for the first."""

    info: VersionInfo
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Since:
    """What changed since a moment: ``then`` and ``changes`` are None where nothing of it is remembered.

    ``edits`` says what was changed of the page itself, as `Revision.changes` do.
    """

    then: SnapshotInfo | None
    changes: Changes | None
    edits: tuple[str, ...] = ()


class Past:
    """The part of a `Workspace` that looks back."""

    _lock: threading.RLock
    _clock: Callable[[], datetime]

    def __init__(self) -> None:
        super().__init__()
        self._snapshots: OrderedDict[str, View] = OrderedDict()
        self._noted: dict[str, tuple[str, str]] = {}

    if TYPE_CHECKING:

        @property
        def store(self) -> Store: ...
        def open(
            self,
            slug: str,
            version: int | None = None,
            given: Iterable[tuple[str, str]] = (),
            wait: float | None = None,
        ) -> View: ...
        def load(self, slug: str, version: int | None = None) -> Artifact: ...
        def history(self, slug: str) -> list[VersionInfo]: ...
        def info(self, slug: str) -> ArtifactInfo: ...
        def _keep(self, slug: str, number: int, results: Mapping[str, Result]) -> None: ...

    # ------------------------------------------------------------------------------------------------ snapshots
    def freeze(self, slug: str) -> SnapshotInfo:
        """Keep what an artifact shows now, with its date.

        Raises:
            NotFound: no such artifact.
            ShareInvalid: a part of it cannot be refreshed now.
        """
        from workspace.store import snapshots

        view = self.open(slug)
        if not view.fresh:
            problem = next(iter(view.problems.values()))
            raise ShareInvalid(
                f"“{view.artifact.title}” cannot be frozen while a part of it is not fresh: {problem.message}",
                hint=problem.hint,
            )
        return snapshots.keep(self.store, slug, view.version, mark(view), view.as_of, view_to_dict(view), kept=True)

    def snapshots(self, slug: str) -> list[SnapshotInfo]:
        """The frozen snapshots of an artifact, newest first."""
        from workspace.store import snapshots

        return snapshots.listed(self.store, slug)

    def snapshots_state(self, slug: str, identifier: str = "") -> str:
        """A short text that changes when snapshots come or go; raises `NotFound` for one that is not there."""
        from workspace.store import snapshots

        if identifier:
            return snapshots.find(self.store, slug, identifier).id
        return " ".join(entry.id for entry in snapshots.listed(self.store, slug))

    def snapshot(self, slug: str, identifier: str) -> View:
        """What an artifact showed when that snapshot was taken; raises `NotFound`."""
        from workspace.store import snapshots

        snapshots.find(self.store, slug, identifier)
        return self._snapshot(identifier)

    def forget_snapshot(self, slug: str, identifier: str) -> None:
        """Delete a frozen snapshot; shares that show it are revoked. Raises `NotFound`."""
        from workspace.store import snapshots

        snapshots.remove(self.store, slug, identifier)
        with self._lock:
            self._snapshots.pop(identifier, None)

    # ------------------------------------------------------------------------------------------------- versions
    def revisions(self, slug: str) -> list[Revision]:
        """The versions of an artifact, newest first, with what each changed; raises `NotFound`."""
        found = self.history(slug)
        artifacts = [self.load(slug, entry.number) for entry in found[: SAID + 1]]
        said = [difference(before, after) for after, before in pairwise(artifacts)]
        said += [()] * (len(found) - len(said))
        return [Revision(entry, changes) for entry, changes in zip(found, said, strict=True)]

    def difference(self, slug: str, before: int, after: int | None = None) -> tuple[str, ...]:
        """What changed from one version to another, the head by default; raises `NotFound`."""
        return difference(self.load(slug, before), self.load(slug, after))

    def restore(self, slug: str, version: int) -> ArtifactInfo:
        """A new version that equals an older one; nothing where the head does already. Raises `NotFound`."""
        from workspace.store import artifacts

        restored = artifacts.edit(self.store, slug, self.load(slug, version))
        self._keep(slug, restored.version, artifacts.kept_results(self.store, slug, version))
        return restored

    def fork(self, slug: str, version: int | None = None, title: str | None = None) -> ArtifactInfo:
        """A new artifact that begins as a copy of one, or of one of its versions.

        Args:
            slug, version: of what; its head by default.
            title: what it is called; "… (copy)" by default.

        Raises:
            NotFound: no such artifact or version.
        """
        from workspace.store import artifacts

        artifact = self.load(slug, version)
        name = (title or "").strip()[:200] or f"{artifact.title[:193]} (copy)"
        info = artifacts.save(self.store, artifact.model_copy(update={"title": name}))
        number = self.info(slug).version if version is None else version
        self._keep(info.slug, info.version, artifacts.kept_results(self.store, slug, number))
        return info

    # ---------------------------------------------------------------------------------------- since they last looked
    def note(self, view: View, after: datetime | None = None) -> str:
        """The mark of what a reader is about to see; what it stands for is remembered, so that they can come back.

        ``after`` is when the readers' share was made: what they see is remembered as of then, whoever saw it before.
        Nothing is remembered of a view that is not fresh, that has parameters set, or is larger than `MOST_CELLS`.
        """
        from workspace.store import snapshots

        found = mark(view)
        cells = sum(len(result.rows) * len(result.columns) for result in view.results.values())
        start = after.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if after is not None else ""
        known, since = self._noted.get(view.slug, ("", ""))
        if not view.slug or not view.fresh or view.given or cells > MOST_CELLS or (known == found and since >= start):
            return found
        try:
            snapshots.keep(
                self.store, view.slug, view.version, found, view.as_of, view_to_dict(view), kept=False, after=start
            )
        except NoAppError:
            log.warning("What a page shows could not be remembered", exc_info=True)
        self._noted[view.slug] = found, view.as_of
        return found

    def since(self, view: View, seen: str, before: str = "") -> Since:
        """What changed since a reader saw an artifact.

        Args:
            view: as it is now, from `open`.
            seen: the mark of what they saw, from `note`.
            before: when that was, UTC in ISO 8601: where what they saw is not remembered, the oldest is compared with
                that is, of after then: they are told too little rather than of what was before. Without it only with
                what they saw.
        """
        from workspace.store import snapshots

        found = snapshots.seen(self.store, view.slug, seen, before)
        return self._since(view, found) if found is not None else Since(None, None)

    def since_snapshot(self, slug: str, identifier: str) -> Since:
        """What changed since a snapshot was taken; raises `NotFound`."""
        from workspace.store import snapshots

        return self._since(self.open(slug), snapshots.find(self.store, slug, identifier))

    def changes(self, slug: str, since: str = "") -> Since:
        """What changed of an artifact since a moment, of what it shows and of itself.

        Args:
            slug: of the artifact.
            since: the number of a version, the id of a snapshot, a day or time ("2026-11-01", "yesterday"), whose end
                is meant; "" for what was seen of it last.

        Returns:
            with ``changes`` None where nothing is remembered of what a version showed, only how it was made.

        Raises:
            NotFound: no such artifact, version or snapshot, or a time before there was any.
        """
        from workspace.store import snapshots

        head, text = self.info(slug).version, since.strip().lower()
        if re.fullmatch(r"[v@]?\d{1,7}", text):
            return self._since_version(slug, int(text.lstrip("v@")))
        if re.fullmatch(r"[0-9a-f]{16}", text):
            return self.since_snapshot(slug, text)
        until = _until(text, self._clock()) if text else self._clock()
        found = snapshots.until(self.store, slug, until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
        if found is not None:
            return self._since(self.open(slug), found)
        if not text:
            return self._since_version(slug, head)
        made = [entry for entry in self.history(slug) if entry.created <= until]
        if not made:
            first = self.history(slug)[-1].created.astimezone(self._clock().tzinfo)
            raise NotFound(f"{slug!r} was not kept yet then; its first version is of {first:%Y-%m-%d}.")
        return self._since_version(slug, made[0].number)

    def _since_version(self, slug: str, number: int) -> Since:
        """What changed since a version was shown last; of the head, which still is, since it was shown first."""
        from workspace.store import artifacts, snapshots

        if number == self.info(slug).version and (found := snapshots.first(self.store, slug, number)) is not None:
            return self._since(self.open(slug), found)
        before = self.load(slug, number)
        results = artifacts.kept_results(self.store, slug, number)  # before opening it, which renews them
        view = self.open(slug)
        edits = self.difference(slug, number, view.version) if number != view.version else ()
        made = next(entry for entry in self.history(slug) if entry.number == number)
        if not results or {query.name for query in before.queries} - set(results):
            return Since(SnapshotInfo("", slug, number, "", False, made.created), None, edits)
        at = max(result.receipt.ran_at for result in results.values())
        shown = view_of(before, results, at, slug=slug, version=number)
        then = SnapshotInfo("", slug, number, mark(shown), False, datetime.fromisoformat(at).replace(tzinfo=UTC))
        return Since(then, compare(shown, view), edits)

    def _since(self, view: View, then: SnapshotInfo) -> Since:
        edits = self.difference(view.slug, then.version, view.version) if then.version != view.version else ()
        return Since(then, compare(self._snapshot(then.id), view), edits)

    def _snapshot(self, identifier: str) -> View:
        from workspace.store import snapshots

        body = snapshots.body(self.store, identifier)  # also says whether the artifact is still there
        with self._lock:
            found = self._snapshots.get(identifier)
        if found is None:
            found = view_from_dict(body)
            remember(self._snapshots, identifier, found, VIEWS_KEPT, self._lock)
        return found


def _until(text: str, now: datetime) -> datetime:
    """The end of a day or stretch of time, or a time of day, on the clock of ``now``; raises `NotFound`."""
    from workspace.question.dates import resolve

    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        found = resolve(text, now.date())
        if found is None or found[1] is None:
            raise NotFound(
                f"{text[:60]!r} is no version, snapshot or day of its past.",
                hint="Write a number of a version, an id of a snapshot, or a day as 2026-11-01.",
            ) from None
        return datetime(found[1].year, found[1].month, found[1].day, tzinfo=now.tzinfo)
    at = at if at.tzinfo else at.replace(tzinfo=now.tzinfo)
    return at + timedelta(days=1) if len(text) <= 10 else at
