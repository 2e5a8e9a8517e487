"""The one data structure: an `Artifact` and, as of now, its `View`.

An artifact is data: named queries, and blocks that refer to them. Nothing executable is stored in it; prose is a
template whose figures are expressions over query results (`bind.py`). Faces and exports read a `View`, never the
database.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from workspace.artifact.format import Formatter, formatter
from workspace.database.result import Query, Result, ResultColumn
from workspace.errors import ArtifactInvalid

FORMAT_VERSION = 5
MOST_PLACES = 6  # decimals
# No digit, since a unit stands in prose; no sign that ends the quoted words of a number format.
_SIGN = r"\p{L}\p{M}\p{Sc}%‰°/·.&'’()\-"
UNIT = rf"^(?:[{_SIGN}][{_SIGN}²³]*(?: [{_SIGN}²³]+)*)?$"
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Format = Literal["", "integer", "decimal", "percent", "date", "period", "text"]
Value = str | int | float | bool | tuple[str | int | float, ...] | None  # of a parameter; None for "all" or "not set"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Shown(_Frozen):
    """How a column of a query is shown.

    ``asked`` is False for columns that only help to read the answer; ``total`` says that its values may be added up.
    ``places`` are the decimals of its numbers, as many as they need when None; ``unit`` is written beside them: "€",
    "kg".
    """

    name: str
    format: Format = ""
    asked: bool = True
    total: bool = False
    places: int | None = Field(default=None, ge=0, le=MOST_PLACES)
    unit: str = Field(default="", max_length=12, pattern=UNIT)


class Bound(_Frozen):
    """A condition of a query's plan that a parameter decides: ``table.column op value``.

    The plan is edited at each opening and rendered anew, so that a value is bound like any other, several values are a
    list of bound ones, and no value leaves the condition out. ``between`` is a stretch of days, ``like`` holds a text.
    """

    param: Name
    table: str
    column: str
    role: str = ""
    op: Literal["=", "<", "<=", ">", ">=", "like", "between"] = "="


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
        bound: the conditions of its plan that parameters decide. A query without a plan names parameters in its SQL,
            ``:region``, ``in (:regions)``, ``:period_from`` and ``:period_to`` (see `workspace.artifact.asked`).
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
    bound: tuple[Bound, ...] = ()

    @property
    def query(self) -> Query:
        return Query(self.sql, self.params, self.dialect)

    def shown(self, column: str) -> Shown:
        for entry in self.columns:
            if entry.name == column:
                return entry
        return Shown(name=column)

    def writer(self, column: ResultColumn, values: Iterable[Any]) -> Formatter:
        """How every face and file writes a column of the result whose values are these."""
        shown = self.shown(column.name)
        return formatter(values, shown.format, name=column.name, kind=column.kind, places=shown.places, unit=shown.unit)


class Param(_Frozen):
    """What a reader may set: in the address of the page, and in the form on it.

    Args:
        name: in the address, and in the SQL of queries without a plan.
        label: over its control; the name in words when empty.
        type: ``choice`` and ``multi`` take offered values, ``daterange`` a first and a last day.
        default: taken when the address says nothing; None for all. A ``daterange`` has its days as
            ``2024-01-01/2024-12-31``, either may be missing, or words that move with the clock: ``last month``.
        options: the values that are offered, where they are always the same.
        query: its first column has the values that are offered as of now.
        required: whether a value must be set; otherwise "all" is offered too.
    """

    name: Name
    label: str = Field(default="", max_length=80)
    type: Literal["choice", "multi", "date", "daterange", "number", "text", "bool"]
    default: Value = None
    options: tuple[str | int | float, ...] = ()
    query: NamedQuery | None = None
    required: bool = False

    @property
    def sql_names(self) -> tuple[str, ...]:
        """The names of its placeholders."""
        return (f"{self.name}_from", f"{self.name}_to") if self.type == "daterange" else (self.name,)


class Text(_Frozen):
    """Markdown prose; its figures are ``{{ expressions }}`` over query results. A loose numeral is refused."""

    kind: Literal["text"] = "text"
    template: str


class Metric(_Frozen):
    """One large figure: ``column`` of the first row of ``query``.

    ``note`` is a template as in `Text` of what is said beneath it: how it changed from the period before.
    """

    kind: Literal["metric"] = "metric"
    query: Name
    column: str
    label: str = ""
    note: str = ""


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


class Filter(_Frozen):
    """The control of one parameter, in its place among the blocks."""

    kind: Literal["filter"] = "filter"
    param: Name


class Break(_Frozen):
    """A new page on paper, a new slide on the screen."""

    kind: Literal["break"] = "break"


Shows = Metric | Table | Chart  # the blocks that show one query
Block = Annotated[Text | Metric | Table | Chart | Filter | Break, Field(discriminator="kind")]
# The field of each kind of block that is a template.
TEMPLATES = {"text": "template", "metric": "note", "chart": "caption"}


def template_of(block: Block) -> str:
    """The template of a block, "" where it has none."""
    return getattr(block, TEMPLATES.get(block.kind, ""), "")


class Artifact(_Frozen):
    """A living artifact.

    Args:
        title: what it is called on its page and in the library.
        queries: in the order they were asked.
        blocks: in the order they are read.
        params: what a reader may set, in the order of their controls.
        fit: ``page`` for what is to be one sheet of paper, where its content allows.
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
    params: tuple[Param, ...] = ()
    fit: Literal["", "page"] = ""
    format_version: int = FORMAT_VERSION

    @model_validator(mode="after")
    def _refer_to_known_queries(self) -> Artifact:
        names = [query.name for query in self.queries]
        if len(set(names)) != len(names):
            raise ValueError("two queries have the same name")
        for block in self.blocks:
            if isinstance(block, Shows) and block.query not in names:
                raise ValueError(f"a {block.kind} refers to the query {block.query}, which is not there")
        return self

    @model_validator(mode="after")
    def _refer_to_known_params(self) -> Artifact:
        names = {param.name for param in self.params}
        placeholders = [name for param in self.params for name in param.sql_names]
        if len(names) < len(self.params) or len(set(placeholders)) < len(placeholders):
            raise ValueError("two parameters have the same name")
        if any(re.fullmatch(r"p[0-9]+", name) for name in placeholders):
            raise ValueError("a parameter may not be called p and a number: the values of a plan are called so")
        wanted = [block.param for block in self.blocks if isinstance(block, Filter)]
        wanted += [bound.param for query in self.queries for bound in query.bound]
        for name in wanted:
            if name not in names:
                raise ValueError(f"the parameter {name} is not there")
        return self

    def param(self, name: str) -> Param:
        """The parameter called ``name``; raises KeyError."""
        for param in self.params:
            if param.name == name:
                return param
        raise KeyError(name)

    def query(self, name: str) -> NamedQuery:
        """The query called ``name``; raises KeyError."""
        for query in self.queries:
            if query.name == name:
                return query
        raise KeyError(name)

    def to_dict(self) -> dict[str, Any]:
        return self.model_dump(mode="json")


def _with_params(data: Mapping[str, Any]) -> dict[str, Any]:
    """1 -> 2: parameters, and the conditions of queries that they decide."""
    queries = [{"bound": [], **query} if isinstance(query, Mapping) else query for query in data.get("queries", ())]
    return {"params": [], **data, "queries": queries, "format_version": 2}


def _with_number_formats(data: Mapping[str, Any]) -> dict[str, Any]:
    """2 -> 3: decimals and units of columns, which are as before where nothing is said."""
    return {**data, "format_version": 3}


def _with_fit(data: Mapping[str, Any]) -> dict[str, Any]:
    """3 -> 4: documents that are to be one sheet of paper; the others are as long as they are."""
    return {**data, "format_version": 4}


def _with_notes(data: Mapping[str, Any]) -> dict[str, Any]:
    """4 -> 5: what is said beneath large figures; nothing so far."""
    return {**data, "format_version": 5}


# One function a step: version n -> n + 1.
UPGRADES: dict[int, Any] = {1: _with_params, 2: _with_number_formats, 3: _with_fit, 4: _with_notes}


def load(data: Mapping[str, Any]) -> Artifact:
    """An artifact from its JSON, upgraded to today's format.

    Raises:
        ArtifactInvalid: malformed, or written by a newer version of the workspace.
    """
    version = data.get("format_version", FORMAT_VERSION)
    if not isinstance(version, int) or not 1 <= version <= FORMAT_VERSION:
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
    """A stretch of bound prose; ``query`` names the query whose result it came from, "" for plain words.

    ``put`` are words that came out of an expression, such as a value that a filter names: text, never Markdown.
    """

    text: str
    query: str = ""
    put: bool = False


PENDING = "query_pending"  # the code of a query that is still running


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a query has no fresh result: an error's ``code``, ``message`` and ``hint``."""

    code: str
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class BoundBlock:
    """A block as of now: ``text`` is its bound prose (see `template_of`), ``problem`` why it is not fresh.

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
class Option:
    """A value that a parameter may take: as the address has it, and as a person reads it."""

    value: str | int | float
    label: str


@dataclass(frozen=True, slots=True)
class Setting:
    """A parameter as of now: its value, and what is offered.

    Args:
        param: whose.
        value: what holds: None for all; a ``daterange`` is a pair of days, None for an open end.
        options: of a ``choice`` or ``multi``; what was read from the data in the order of its query.
        words: the value as a person reads it ("Germany and France", "all").
        given: name and text of each part of the value in the address, as short as can be; () at the default.
        problem: one sentence that says why what the address asked for does not hold, "" when it does.
        waiting: what is not known yet, because the values that are offered are still being read: only these
            ("options"), or whether the value holds as well ("value"), so that what follows it waits too.
    """

    param: Param
    value: Any = None
    options: tuple[Option, ...] = ()
    words: str = ""
    given: tuple[tuple[str, str], ...] = ()
    problem: str = ""
    waiting: Literal["", "options", "value"] = ""

    @property
    def label(self) -> str:
        return self.param.label or self.param.name.replace("_", " ").capitalize()


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
        settings: its parameters as of now, in their order.
    """

    artifact: Artifact
    results: Mapping[str, Result]
    blocks: tuple[BoundBlock, ...]
    as_of: str
    problems: Mapping[str, Problem] = field(default_factory=dict)
    slug: str = ""
    version: int = 0
    settings: tuple[Setting, ...] = ()

    @property
    def fresh(self) -> bool:
        return not self.problems and not self.late

    @property
    def late(self) -> bool:
        """Is any of it, the values that are offered among it, still being worked out?"""
        return bool(self.pending) or any(setting.waiting for setting in self.settings)

    @property
    def pending(self) -> frozenset[str]:
        """The queries that are still running."""
        return frozenset(name for name, problem in self.problems.items() if problem.code == PENDING)

    @property
    def given(self) -> tuple[tuple[str, str], ...]:
        """The values that are not the default, as the address has them."""
        return tuple(part for setting in self.settings for part in setting.given)
