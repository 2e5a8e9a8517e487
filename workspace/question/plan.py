"""The logical form: what was understood of a question, independent of SQL text.

A `Plan` says which rows are meant (``root``, ``where``), what is shown of them (``outputs``), how they are gathered
(``group``, ``having``), in which order and how many (``order``, ``limit``, ``top``), and how it combines with another
plan. A plan names tables and columns only; how the tables hang together is inferred over the catalog's keys
(`joins.py`) unless ``joins`` pins it. Follow-ups and chips edit the plan, never the SQL.

    revenue per country, top 5, in 2023:

        Plan(root="Invoice",
             outputs=(Output(Column("Invoice", "BillingCountry"), "Country"),
                      Output(Aggregate("sum", Column("Invoice", "Total")), "revenue")),
             group=(Column("Invoice", "BillingCountry"),),
             where=(Between(Column("Invoice", "InvoiceDate"), Literal("2023-01-01"), Literal("2024-01-01"),
                            period="2023"),),
             order=(Order(Aggregate("sum", Column("Invoice", "Total")), descending=True),),
             limit=5)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any
from typing import Literal as Choice

from workspace.errors import PlanInvalid

Grain = Choice["year", "quarter", "month", "week", "day", "month_of_year", "weekday", "hour"]
Function = Choice["count", "sum", "avg", "min", "max"]
Operator = Choice["=", "!=", "<", "<=", ">", ">=", "like", "not like"]


# ------------------------------------------------------------------------------------------------- expressions
@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``role`` names which occurrence of the table is meant when it occurs more than once (see `Role`)."""

    table: str
    name: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Literal:
    """A value; it becomes a bound parameter."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Aggregate:
    """``function`` over the rows of a group; ``of=None`` counts rows of the root (or of ``table`` when given).

    ``table`` says whose rows ``count`` counts when they are not the root's.
    """

    function: Function
    of: Expr | None = None
    distinct: bool = False
    table: str = ""


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """``left op right`` with op one of ``+ - * /``; division is real division."""

    op: Choice["+", "-", "*", "/"]
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Bucket:
    """A date cut down to its ``grain``: 2024, 2024-Q1, 2024-03, 2024-W07, 2024-03-05, 3 (month of year), 1–7, 0–23."""

    of: Column
    grain: Grain


@dataclass(frozen=True, slots=True)
class Share:
    """An aggregate as a fraction (0–1) of the same aggregate over all groups of the result."""

    of: Expr


@dataclass(frozen=True, slots=True)
class Joined:
    """Text columns joined with a space, missing ones left out: first name and last name."""

    parts: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Scalar:
    """The single value that a plan yields: "above the average"."""

    plan: Plan


Expr = Column | Literal | Aggregate | Arithmetic | Bucket | Share | Joined | Scalar


# -------------------------------------------------------------------------------------------------- predicates
@dataclass(frozen=True, slots=True)
class Compare:
    """``left op right``. Text equality ignores nothing: values are linked to the spelling in the data beforehand."""

    left: Expr
    op: Operator
    right: Expr


@dataclass(frozen=True, slots=True)
class Between:
    """``low <= of < high`` for dates (half-open), ``low <= of <= high`` for numbers (``closed=True``).

    ``period`` keeps the person's words for it ("last month"), so that a saved question moves with the clock.
    """

    of: Expr
    low: Expr
    high: Expr
    closed: bool = False
    period: str = ""


@dataclass(frozen=True, slots=True)
class Among:
    """``of`` is one of ``values``, or one of the first column of ``plan``."""

    of: Expr
    values: tuple[Literal, ...] = ()
    plan: Plan | None = None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """``of`` has no value."""

    of: Expr
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Related:
    """The root's row has (``negated``: has not) a row of ``table``, reached along the keys, that fulfils ``where``.

    "customers who never bought anything", "bought both Rock and Jazz". With ``count`` it has ``op`` that many of them.
    ``via`` may pin the intermediate tables, nearest to the root first, ``key`` ("trip.start_station_id") the key
    between two tables that have several. ``source`` is the table it starts from when that is not the root.
    """

    table: str
    where: tuple[Predicate, ...] = ()
    negated: bool = False
    via: tuple[str, ...] = ()
    op: Operator | None = None
    count: int | None = None
    source: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Any_:
    """At least one of ``items`` holds."""

    items: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class All_:
    """All of ``items`` hold (inside an `Any_`; at the top a plan's ``where`` is a conjunction already)."""

    items: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Not_:
    """``item`` does not hold."""

    item: Predicate


Predicate = Compare | Between | Among | Missing | Related | Any_ | All_ | Not_


# -------------------------------------------------------------------------------------------------------- plan
@dataclass(frozen=True, slots=True)
class Output:
    """A column of the result.

    Args:
        expr: what it shows.
        label: its heading, in the person's words where they named it.
        asked: False for columns that only help to read the answer (the figure beside the name in "best selling genre").
        format: how to show it: "" (from the data), ``integer``, ``decimal``, ``percent``, ``date``, ``period``,
            ``text``.
    """

    expr: Expr
    label: str
    asked: bool = True
    format: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    expr: Expr
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Top:
    """The first ``n`` rows of each partition: "the longest track of each genre". ``ties`` keeps equals of the n-th."""

    partition: tuple[Expr, ...]
    order: tuple[Order, ...]
    n: int = 1
    ties: bool = True


@dataclass(frozen=True, slots=True)
class Role:
    """A further occurrence of ``table``: reached from ``source`` (a role's name or "" for the plan's own tables)
    by the foreign key column ``key``. ``key_table`` holds ``key``; ``optional`` keeps rows without a partner.

    "who reports to whom": ``Role("manager", "Employee", key_table="Employee", key="ReportsTo")``.
    """

    name: str
    table: str
    key_table: str
    key: str
    source: str = ""
    optional: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """One pinned join: ``table`` joins what is there already through the foreign key ``key_table.key``."""

    table: str
    key_table: str
    key: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Combine:
    kind: Choice["union", "intersect", "except"]
    plan: Plan


@dataclass(frozen=True, slots=True)
class Plan:
    """A question's logical form; see the module's docstring.

    Args:
        root: the table whose rows are meant; "" when ``base`` is given.
        outputs: what is shown, in order. Any `Aggregate` in an output makes it a grouped plan.
        where: all of these hold for a row.
        group: what rows are gathered by; may hold a key that is not shown.
        having: all of these hold for a group.
        order, limit: as in SQL; ``limit`` cuts after ordering.
        distinct: equal rows once.
        top: the first n per partition.
        roles: further occurrences of tables.
        joins: pinned joins; empty for the cheapest tree over the catalog's keys.
        optional: tables whose absence keeps the row (outer join), for "all customers and their revenue".
        base: a plan whose result is the table here: its outputs are referred to as ``Column("", label)``.
        combine: a set operation with another plan, applied before order and limit.
        chart: the mark a person asked for: bar, stacked, line, area, scatter, pie, "" for the default. With a mark,
            what is shown first goes along x, the figure along y, and what else is shown is told apart by colour.
    """

    root: str
    outputs: tuple[Output, ...]
    where: tuple[Predicate, ...] = ()
    group: tuple[Expr, ...] = ()
    having: tuple[Predicate, ...] = ()
    order: tuple[Order, ...] = ()
    limit: int | None = None
    distinct: bool = False
    top: Top | None = None
    roles: tuple[Role, ...] = ()
    joins: tuple[Step, ...] = ()
    optional: tuple[str, ...] = ()
    base: Plan | None = None
    combine: Combine | None = None
    chart: str = ""

    @property
    def grouped(self) -> bool:
        return bool(self.group) or any(aggregates(output.expr) for output in self.outputs)

    @property
    def measures(self) -> tuple[Output, ...]:
        return tuple(output for output in self.outputs if aggregates(output.expr))

    @property
    def dimensions(self) -> tuple[Output, ...]:
        return tuple(output for output in self.outputs if not aggregates(output.expr))

    def to_dict(self) -> dict[str, Any]:
        """The plan as JSON; `from_dict` gives an equal plan back."""
        return encode(self)

    @classmethod
    def from_dict(cls, data: Any) -> Plan:
        """Inverse of `to_dict`; raises `PlanInvalid` for anything that is not a plan."""
        plan = decode(data)
        if not isinstance(plan, cls):
            raise PlanInvalid("This is not a saved plan.")
        return plan


Node = Expr | Predicate | Output | Order | Top | Role | Step | Combine | Plan


def children(node: Any) -> list[Any]:
    """The plan nodes directly below ``node``, subplans included."""
    values = (getattr(node, name) for name in _node_fields(type(node)))
    items = (item for value in values for item in (value if isinstance(value, tuple) else (value,)))
    return [item for item in items if type(item) in _NAMES]


def walk(node: Any, *, subplans: bool = False) -> list[Any]:
    """``node`` and all nodes below it, in the order of their fields; what is inside nested plans with ``subplans``."""
    found: list[Any] = []
    _collect(node, subplans, found)
    return found


def _collect(node: Any, subplans: bool, found: list[Any]) -> None:
    found.append(node)
    for name in _node_fields(type(node)):
        value = getattr(node, name)
        for item in value if type(value) is tuple else (value,):
            if type(item) in _NAMES and (subplans or type(item) is not Plan):
                _collect(item, subplans, found)


@cache
def _node_fields(kind: type) -> tuple[str, ...]:
    """The fields that may hold nodes; a plan is walked some thousand times for a question."""
    shapes = ((field.name, str(field.type)) for field in fields(kind))  # ty: ignore[invalid-argument-type]
    return tuple(name for name, shape in shapes if not _PLAIN.fullmatch(shape))


_PLAIN = re.compile(r"(str|int|float|bool|None|Operator|Function|Grain|tuple\[str, \.\.\.\]|Choice\[[^]]*\]|[ |])+")


def aggregates(expr: Any) -> bool:
    """Does the expression gather rows (outside of nested plans)?"""
    return any(isinstance(node, Aggregate | Share) for node in walk(expr))


def replace_nodes(node: Any, change: Callable[[Any], Any]) -> Any:
    """A copy of ``node`` with ``change`` applied to every node, innermost first."""
    values = {}
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, tuple):
            value = tuple(replace_nodes(item, change) if is_dataclass(item) else item for item in value)
        elif is_dataclass(value):
            value = replace_nodes(value, change)
        values[field.name] = value
    return change(type(node)(**values))


# ------------------------------------------------------------------------------------------------------- codec
_TYPES: dict[str, type] = {
    kind.__name__.rstrip("_").lower(): kind
    for kind in (
        Column, Literal, Aggregate, Arithmetic, Bucket, Share, Joined, Scalar, Compare, Between, Among, Missing,
        Related,
        Any_, All_, Not_, Output, Order, Top, Role, Step, Combine, Plan,
    )
}  # fmt: skip
_NAMES = {kind: name for name, kind in _TYPES.items()}


def encode(node: Any) -> Any:
    """A plan node as JSON; fields at their default are left out."""
    if isinstance(node, tuple):
        return [encode(item) for item in node]
    if type(node) not in _NAMES:
        return node
    data = {"is": _NAMES[type(node)]}
    for field in fields(node):
        value = getattr(node, field.name)
        if value != field.default or type(value) is not type(field.default):
            data[field.name] = encode(value)
    return data


def decode(data: Any) -> Any:
    """Inverse of `encode`; raises `PlanInvalid`."""
    if isinstance(data, list):
        return tuple(decode(item) for item in data)
    if not isinstance(data, dict):
        return data
    kind = _TYPES.get(str(data.get("is")))
    if kind is None:
        raise PlanInvalid(f"A saved plan has an unknown part: {data.get('is')!r}.")
    try:
        return kind(**{name: decode(value) for name, value in data.items() if name != "is"})
    except TypeError as problem:
        raise PlanInvalid(f"A saved plan has a malformed part: {data.get('is')!r}.") from problem
