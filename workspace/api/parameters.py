"""The verbs of parameters: what a reader of a living artifact may set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from workspace.api.library import Library
from workspace.artifact.parametrize import parametrize, without_param
from workspace.errors import ArtifactInvalid
from workspace.store.records import ArtifactInfo

if TYPE_CHECKING:
    from workspace.artifact.model import Artifact
    from workspace.artifact.steer import Candidate
    from workspace.database.catalog import Catalog

AS_IT_IS: Any = object()  # of a default: None means all


def titles(artifact: Artifact) -> dict[str, str]:
    """What the queries of an artifact are called, by their names."""
    from workspace.artifact.compose import title_for

    return {q.name: title_for(q.question) if q.question else q.explanation or q.name for q in artifact.queries}


class Parameters(Library):
    """The part of a `Workspace` that gives artifacts parameters."""

    if TYPE_CHECKING:

        def catalog(self, source: str | None = None) -> Catalog: ...

    def candidates(self, slug: str) -> tuple[Candidate, ...]:
        """The columns that could become parameters of an artifact, those of the tables it reads first."""
        from workspace.artifact.steer import candidates

        artifact = self.load(slug)
        sources = dict.fromkeys(query.source for query in artifact.queries)
        return tuple(found for source in sources for found in candidates(artifact, self.catalog(source)))

    def add_param(
        self, slug: str, column: str, *, queries: Sequence[str] = (), several: bool = False, version: int | None = None
    ) -> ArtifactInfo:
        """A parameter over a column, as a new version of the artifact; its address stays.

        Args:
            slug: of the artifact.
            column: ``customer.country``, or ``country`` where that names one column.
            queries: those that it decides, by name; every one that it fits when empty.
            several: may several values be chosen?
            version: that the person looked at; another one since is not overwritten.

        Raises:
            NotFound: no such artifact.
            ArtifactInvalid: no such column, or no query that it could decide.
        """
        artifact = self._looked_at(slug, version)
        sources = {entry.source for entry in artifact.queries if not queries or entry.name in queries}
        problem = ArtifactInvalid(f"“{artifact.title}” has no query {', '.join(queries)}.")
        for source in sorted(sources):
            try:
                self._registry[source]
                return self._edit(slug, parametrize(artifact, queries, column, self.catalog(source), several=several))
            except ArtifactInvalid as fault:
                problem = fault
        raise problem

    def change_param(
        self,
        slug: str,
        name: str,
        *,
        label: str | None = None,
        default: Any = AS_IT_IS,
        several: bool | None = None,
        required: bool | None = None,
        queries: Sequence[str] | None = None,
        version: int | None = None,
    ) -> ArtifactInfo:
        """A parameter changed, as a new version of the artifact; what is not given stays as it is.

        Args:
            slug: of the artifact.
            name: of the parameter.
            label: over its control.
            default: what holds until a reader chooses, as its type or an address has it; None for all.
            several: may several of the offered values be chosen?
            required: must a value be set?
            queries: the names of those that follow it; others stay at its default.
            version: that the person looked at; another one since is not overwritten.

        Raises:
            NotFound: no such artifact.
            ArtifactInvalid: no such parameter, a default that is not offered, a query that it does not fit.
        """
        from workspace.artifact.steer import UNSET, changed

        artifact = self._looked_at(slug, version)
        setting = next((one for one in self.open(slug).settings if one.param.name == name), None)
        sources = [q.source for q in artifact.queries if any(bound.param == name for bound in q.bound)]
        made = changed(
            artifact, name, label=label, default=UNSET if default is AS_IT_IS else default, several=several,
            required=required, queries=queries, offered=setting.options if setting is not None else (),
            catalog=self.catalog(sources[0]) if sources else None, today=self._clock().date(),
        )  # fmt: skip
        return self._edit(slug, made)

    def drop_param(self, slug: str, name: str, *, version: int | None = None) -> ArtifactInfo:
        """The artifact without a parameter, as a new version; its queries stay at the default."""
        return self._edit(slug, without_param(self._looked_at(slug, version), name))

    def _looked_at(self, slug: str, version: int | None) -> Artifact:
        """The head, which is still the version that somebody changes."""
        artifact = self.load(slug)
        if version is not None and self.info(slug).version != version:
            raise ArtifactInvalid("It was changed meanwhile.", hint="Look at it again, then change it.")
        return artifact

    def _edit(self, slug: str, artifact: Artifact) -> ArtifactInfo:
        from workspace.store import artifacts

        return artifacts.edit(self.store, slug, artifact)
