"""The verbs for files: export a page, take an exported one in, verify either against the sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workspace.api.library import Library
from workspace.artifact.snapshot import Kept
from workspace.database.source import Source
from workspace.errors import ArtifactInvalid, NotFound, SourceUnsupported

if TYPE_CHECKING:
    from workspace.artifact.model import Artifact
    from workspace.export import Exported
    from workspace.export.verify import Verification
    from workspace.store.records import ArtifactInfo


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A page that came in out of a file; ``words`` are those that stay as they are whatever the data says."""

    info: ArtifactInfo
    words: tuple[str, ...] = ()

    @property
    def note(self) -> str:
        """What a person should know of it, "" for nothing."""
        if not self.words:
            return ""
        listed, more = ", ".join(self.words[:3]), len(self.words) - 3
        return (
            f"Kept as the file has them, whatever the data says: {listed}{f' and {more} more' if more > 0 else ''}. "
            "Reword them under Edit, or ask the question again, to have them follow the data."
        )


class Files(Library):
    """The part of a `Workspace` that writes and reads files."""

    folder: Path

    def export(
        self, slug: str, extension: str, version: int | None = None, given: Iterable[tuple[str, str]] = ()
    ) -> Exported:
        """An artifact as of now, as a file.

        Args:
            slug: which.
            extension: one of `workspace.export.EXPORTS`.
            version: the head by default.
            given: values of its parameters as an address has them, ``[("country", "France")]``.

        Raises:
            NotFound: no such artifact, or no such kind of file.
        """
        from workspace.export import EXPORTS

        if extension not in EXPORTS:
            raise NotFound(f"There is no export as {extension}.", hint=f"Choose one of {', '.join(EXPORTS)}.")
        return EXPORTS[extension](self.open(slug, version, given))

    def take_in(self, body: bytes, target: str | Path | None = None) -> TakenIn:
        """Keep the artifact of an exported .json under a slug of its own.

        Its figures are not taken over: they come out of the sources of this workspace, or not at all. Words of it that
        claim something of the data and that nothing tests ("X leads") are kept as its author's own, and named.

        Args:
            body: the file's content.
            target: the database or data file it is about, where this workspace does not know it yet.

        Raises:
            ArtifactInvalid, LooseNumeral: it is none that could have been made here.
            NotFound: it is about a source that this workspace does not know.
        """
        from workspace.artifact.bind import check, with_own_words
        from workspace.export.reading import artifact_of

        artifact, words = with_own_words(artifact_of(body))
        check(artifact)
        return TakenIn(self._save(artifact if target is None else self._about(artifact, target), ""), words)

    def _about(self, artifact: Artifact, target: str | Path) -> Artifact:
        """The artifact on a source that is opened under the name it has for it, or another where that one is taken."""
        from workspace.database.source import open_source
        from workspace.store.registry import files_of

        names = {query.source for query in artifact.queries}
        if len(names) != 1:
            raise SourceUnsupported(
                f"“{artifact.title}” is about {len(names)} sources, and only one was named.",
                hint="Serve them from this workspace first: noapp serve SOURCE...",
            )
        source = open_source(target, folder=self.folder / "files", name=names.pop())
        kept = self._registry.add(source, files_of(source))
        queries = tuple(query.model_copy(update={"source": kept.name}) for query in artifact.queries)
        return artifact.model_copy(update={"queries": queries})

    def verify(
        self, slug: str, version: int | None = None, sources: Mapping[str, Source] | None = None
    ) -> Verification:
        """Run the receipts of an artifact's last good results again.

        Args:
            slug: which.
            version: the head by default.
            sources: in place of the workspace's own.

        Raises:
            NotFound: no such artifact.
            ArtifactInvalid: it has no results yet.
        """
        from workspace.export.verify import verify
        from workspace.store import artifacts

        artifact, number = self._version(slug, version)
        results = artifacts.kept_results(self.store, slug, number)
        results = {query.name: results[query.name] for query in artifact.queries if query.name in results}
        if not results:
            raise ArtifactInvalid(f"{slug!r} has no saved results yet.", hint="Open its page once, then verify it.")
        as_ran = [
            query.model_copy(update={"sql": receipt.sql, "params": dict(receipt.params)})
            if query.name in results and (receipt := results[query.name].receipt)
            else query
            for query in artifact.queries
        ]
        artifact = artifact.model_copy(update={"queries": tuple(as_ran)})
        as_of = max(result.receipt.ran_at for result in results.values())
        return verify(Kept(artifact, results, {}, as_of, slug, number), sources or self._registry, self.limits)

    def verify_file(self, body: bytes, extension: str, sources: Mapping[str, Source] | None = None) -> Verification:
        """Run the receipts of an exported file again, and compare it with what they give and the page that it names.

        Args:
            body: its content.
            extension: json, html or xlsx.
            sources: in place of the workspace's own, by the names in the file.

        Raises:
            ArtifactInvalid: not an exported file.
        """
        from workspace.export.reading import read
        from workspace.export.verify import verify_file

        made = read(body, extension)
        try:
            page = self.load(made.kept.slug, made.kept.version)
        except NotFound:
            page = None
        return verify_file(made, sources or self._registry, self.limits, page)
