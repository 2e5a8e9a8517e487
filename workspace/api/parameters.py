"""The verbs of parameters: what a reader of a living artifact may set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workspace.api.library import Library
from workspace.artifact.parametrize import parametrize, without_param
from workspace.errors import ArtifactInvalid
from workspace.store.records import ArtifactInfo

if TYPE_CHECKING:
    from workspace.artifact.model import Artifact
    from workspace.database.catalog import Catalog


class Parameters(Library):
    """The part of a `Workspace` that gives artifacts parameters."""

    if TYPE_CHECKING:

        def catalog(self, source: str | None = None) -> Catalog: ...

    def add_param(self, slug: str, column: str, *, query: str = "", several: bool = False) -> ArtifactInfo:
        """A parameter over a column, as a new version of the artifact; its address stays.

        Args:
            slug: of the artifact.
            column: ``customer.country``, or ``country`` where that names one column.
            query: the query that it decides; "" for every one that it fits.
            several: may several values be chosen?

        Raises:
            NotFound: no such artifact.
            ArtifactInvalid: no such column, or no query that it could decide.
        """
        artifact = self.load(slug)
        sources = {entry.source for entry in artifact.queries if query in ("", entry.name)}
        problem = ArtifactInvalid(f"“{artifact.title}” has no query {query}.")
        for source in sorted(sources):
            try:
                self._registry[source]
                return self._edit(slug, parametrize(artifact, query, column, self.catalog(source), several=several))
            except ArtifactInvalid as fault:
                problem = fault
        raise problem

    def drop_param(self, slug: str, name: str) -> ArtifactInfo:
        """The artifact without a parameter, as a new version; its queries stay at the default."""
        return self._edit(slug, without_param(self.load(slug), name))

    def _edit(self, slug: str, artifact: Artifact) -> ArtifactInfo:
        from workspace.store import artifacts

        return artifacts.edit(self.store, slug, artifact)
