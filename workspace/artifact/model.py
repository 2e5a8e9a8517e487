"""The one data structure: an `Artifact` and, as of now, its `View`.

An artifact is data: named queries, and blocks that refer to them. Nothing executable is stored in it; prose is a
template whose figures are expressions over query results (`bind.py`). Faces and exports read a `View`, never the
database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from workspace.database.result import Query, Result
from workspace.errors import ArtifactInvalid

FORMAT_VERSION = 1
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Format = Literal["", "integer", "decimal", "percent", "date", "period", "text"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Shown(_Frozen):
    """How a column of a query is shown.

    ``asked`` is False for columns that only help to read the answer; ``total`` says that its values may be added up.
    """

    name: str
    format: Format = ""
    asked: bool = True
    total: bool = False


class NamedQuery(_Frozen):
    """A query under the name by which blocks refer to it.

    Args:
        name: lower-case identifier, unique in the artifact.
        source: name of the source it runs on.
        sql, params, dialect: as in `workspace.database.result.Query`.
        question: the words it came from.
        explanation: the plain sentence that says what was understood.
        plan: the logical form as JSON, when there is one; plans with relative dates are rendered anew at each opening.
        planner: ``rule``, ``recalled``, ``person`` or ``model:<name>``.
        columns: how to show the result's columns; columns not listed are shown plainly.
    """

    name: Name
    source: str
    sql: str
    params: dict[str, str | int | float | bool | None] = Field(default_factory=dict)
    dialect: str = "sqlite"
    question: str = ""
    explanation: str = ""
    plan: dict[str, Any] | None = None
    planner: str = "rule"
    columns: tuple[Shown, ...] = ()

    @property
    def query(self) -> Query:
        return Query(self.sql, self.params, self.dialect)

    def shown(self, column: str) -> Shown:
        for entry in self.columns:
            if entry.name == column:
                return entry
        return Shown(name=column)


class Text(_Frozen):
    """Markdown prose; its figures are ``{{ expressions }}`` over query results. A loose numeral is refused."""

    kind: Literal["text"] = "text"
    template: str


class Metric(_Frozen):
    """One large figure: ``column`` of the first row of ``query``."""

    kind: Literal["metric"] = "metric"
    query: Name
    column: str
    label: str = ""


class Table(_Frozen):
    """The rows of ``query``; ``columns`` picks and orders them, empty for all."""

    kind: Literal["table"] = "table"
    query: Name
    columns: tuple[str, ...] = ()
    caption: str = ""


class Chart(_Frozen):
    """A Vega-Lite encoding over the rows of ``query``. ``caption`` is a template as in `Text`.

    With ``stacked`` the bars of one place stand upon each other, told apart by their colour.
    """

    kind: Literal["chart"] = "chart"
    query: Name
    mark: Literal["line", "bar", "area", "point", "arc"]
    x: str
    y: str
    color: str = ""
    horizontal: bool = False
    x_type: Literal["temporal", "ordinal", "nominal", "quantitative"] = "nominal"
    y_type: Literal["temporal", "ordinal", "nominal", "quantitative"] = "quantitative"
    sort: Literal["", "x", "-x", "y", "-y"] = ""
    stacked: bool = False
    caption: str = ""


Block = Annotated[Text | Metric | Table | Chart, Field(discriminator="kind")]


class Artifact(_Frozen):
    """A living artifact.

    Args:
        title: what it is called on its page and in the library.
        queries: in the order they were asked.
        blocks: in the order they are read.
        format_version: version of this structure; older ones are upgraded one step at a time by `load`.

    Example:
        >>> artifact = Artifact(title="Customers", queries=(NamedQuery(name="q1", source="shop", sql="select 1 as n"),),
        ...                     blocks=(Metric(query="q1", column="n"),))
        >>> load(artifact.to_dict()) == artifact
        True
    """

    title: str = Field(min_length=1, max_length=200)
    queries: tuple[NamedQuery, ...] = ()
    blocks: tuple[Block, ...] = ()
    format_version: int = FORMAT_VERSION

    @model_validator(mode="after")
    def _refer_to_known_queries(self) -> Artifact:
        names = [query.name for query in self.queries]
        if len(set(names)) != len(names):
            raise ValueError("two queries have the same name")
        for block in self.blocks:
            if not isinstance(block, Text) and block.query not in names:
                raise ValueError(f"a {block.kind} refers to the query {block.query}, which is not there")
        return self

    def query(self, name: str) -> NamedQuery:
        """The query called ``name``; raises KeyError."""
        for query in self.queries:
            if query.name == name:
                return query
        raise KeyError(name)

    def to_dict(self) -> dict[str, Any]:
        return self.model_dump(mode="json")


# One function a step: version n -> n + 1. There is only one version so far.
UPGRADES: dict[int, Any] = {}


def load(data: Mapping[str, Any]) -> Artifact:
    """An artifact from its JSON, upgraded to today's format.

    Raises:
        ArtifactInvalid: malformed, or written by a newer version of the workspace.
    """
    version = data.get("format_version", FORMAT_VERSION)
    if not isinstance(version, int) or version > FORMAT_VERSION:
        raise ArtifactInvalid(
            f"This artifact has format {version}, this workspace reads up to {FORMAT_VERSION}.",
            hint="Open it with a newer version of the workspace.",
        )
    while version < FORMAT_VERSION:
        data = UPGRADES[version](data)
        version += 1
    try:
        return Artifact.model_validate({**data, "format_version": version})
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "artifact"
        raise ArtifactInvalid(f"This is not a valid artifact: {place}: {first['msg']}.") from problem


# -------------------------------------------------------------------------------------------------------- view
@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of bound prose; ``query`` names the query whose result it came from, "" for plain words."""

    text: str
    query: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a query has no fresh result: an error's ``code``, ``message`` and ``hint``."""

    code: str
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class BoundBlock:
    """A block as of now: ``text`` is the bound prose of a Text or a Chart's caption, ``problem`` why it is not fresh.

    ``stale_since`` is the UTC time (ISO 8601) of the older result shown in its place, "" when fresh or absent.
    """

    block: Block
    text: tuple[Segment, ...] = ()
    problem: Problem | None = None
    stale_since: str = ""

    @property
    def plain(self) -> str:
        return "".join(segment.text for segment in self.text)


@dataclass(frozen=True, slots=True)
class View:
    """An artifact as of now.

    Args:
        artifact: what is shown.
        results: per query name its result; a failing query has its last good one, or none.
        blocks: the artifact's blocks, bound.
        problems: per query name why it is not fresh.
        as_of: UTC time of the refresh, ISO 8601.
        slug, version: where it is kept; "" and 0 when it is not saved.
    """

    artifact: Artifact
    results: Mapping[str, Result]
    blocks: tuple[BoundBlock, ...]
    as_of: str
    problems: Mapping[str, Problem] = field(default_factory=dict)
    slug: str = ""
    version: int = 0

    @property
    def fresh(self) -> bool:
        return not self.problems
