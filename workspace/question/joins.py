"""How the tables of a plan hang together: joins over the catalog's keys, and which tables they multiply."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from workspace.database.catalog import Catalog, ForeignKey, Table
from workspace.errors import PlanInvalid
from workspace.question import plan as form
from workspace.question.plan import Plan, Role, Step
from workspace.question.routes import DECLARED, Edge, graph_of, grow


@dataclass(frozen=True, slots=True)
class Link:
    """``table`` joins ``source``, which is there already, on ``source_columns = columns``.

    ``many``: one row of the source may meet several rows of the table.
    """

    source: str
    table: str
    source_columns: tuple[str, ...]
    columns: tuple[str, ...]
    many: bool
    optional: bool = False


def unique(table: Table, columns: Iterable[str], *, by_content: bool = False) -> bool:
    """Does one value of ``columns`` mean at most one row of ``table``?

    ``by_content`` also trusts a column that happens to have no duplicates now; right for the end a key points at.
    """
    names = {name.lower() for name in columns}
    if table.primary_key and {name.lower() for name in table.primary_key} <= names:
        return True
    for name in names:
        column = table.column(name)
        if column.unique or (column.primary and len(table.primary_key) < 2):
            return True
        if by_content and len(names) == 1 and table.rows:
            profile = column.profile
            return profile.exact and profile.distinct + profile.nulls >= table.rows and profile.nulls <= 1
    return False


def connect(
    catalog: Catalog,
    root: str,
    tables: Iterable[str],
    steps: Sequence[Step] = (),
    optional: Iterable[str] = (),
) -> tuple[Link, ...]:
    """The joins that bring ``tables`` to ``root``, in an order in which each finds its source already there.

    Args:
        catalog: tables and keys.
        root: the table the joins start from.
        tables: tables that must be reached; bridging tables are added as needed.
        steps: pinned joins, followed first.
        optional: tables whose absence keeps the row; a bridge that leads to such tables only is optional too.

    Raises:
        PlanInvalid: when a table is unknown, or when no key leads to it.

    Example:
        >>> from workspace.database.catalog import Catalog, Column, ForeignKey, Table
        >>> a = Table("artist", (Column("id", "integer"),), ("id",))
        >>> b = Table("album", (Column("id", "integer"), Column("artist_id", "integer")), ("id",))
        >>> catalog = Catalog("x", (a, b), (ForeignKey("album", ("artist_id",), "artist", ("id",)),))
        >>> [(link.table, link.many) for link in connect(catalog, "artist", ["album"])]
        [('album', True)]
    """
    graph = graph_of(catalog)
    start = catalog.table(root).name
    wanted = {catalog.table(name).name for name in tables} | {start}
    there = [start]
    links = []
    for step in steps:
        link = _pinned(catalog, there, step)
        if link.table not in there:
            there.append(link.table)
            links.append(link)
    missing = wanted - set(there)
    if missing:
        links += [_link(catalog, edge) for edge in grow(graph, there, missing)]
        reached = {link.table for link in links}
        for name in sorted(missing - reached):
            hint = "Ask about one of them, or say how they belong together."
            raise PlanInvalid(f"No key connects {name} with {start}.", hint=hint)
    return _mark_optional(tuple(links), wanted, {catalog.table(name).name for name in optional})


def loops(catalog: Catalog, table: str) -> tuple[ForeignKey, ...]:
    """Keys of ``table`` that point at the table itself: an employee's manager."""
    return tuple(graph_of(catalog).loops.get(catalog.table(table).name, ()))


def between(catalog: Catalog, table: str, other: str) -> tuple[Link, ...]:
    """Every single key that connects two tables, the best first."""
    pair = (catalog.table(table).name, catalog.table(other).name)
    return tuple(_link(catalog, edge) for edge in graph_of(catalog).pairs.get(pair, ()))


def neighbours(catalog: Catalog, table: str) -> tuple[Link, ...]:
    """The best link from ``table`` to each table that a single key connects it with."""
    return tuple(_link(catalog, edge) for edge in graph_of(catalog).edges[catalog.table(table).name])


def foreign_key(catalog: Catalog, table: str, column: str) -> ForeignKey | None:
    """The key that ``table.column`` belongs to, or None."""
    name = catalog.table(table).name
    for key in catalog.keys_of(name):
        if key.table.lower() == name.lower() and column.lower() in (part.lower() for part in key.columns):
            return key
    return None


def _pinned(catalog: Catalog, there: Sequence[str], step: Step) -> Link:
    key = foreign_key(catalog, step.key_table, step.key)
    if key is None:
        raise PlanInvalid(f"{step.key_table}.{step.key} does not lead to another table.")
    table = catalog.table(step.table).name
    holder, target = catalog.table(key.table).name, catalog.table(key.ref_table).name
    cost = DECLARED
    if table == holder and target in there:
        edge = Edge(target, holder, cost, key, True)
    elif table == target and holder in there:
        edge = Edge(holder, target, cost, key, False)
    else:
        raise PlanInvalid(f"{step.key_table}.{step.key} does not connect {step.table} with this question's tables.")
    return replace(_link(catalog, edge), optional=step.optional)


def _link(catalog: Catalog, edge: Edge) -> Link:
    key = edge.key
    holder = catalog.table(key.table)
    if edge.one:
        many = not unique(holder, key.columns)
        return Link(edge.start, edge.end, key.ref_columns, key.columns, many)
    many = not unique(catalog.table(key.ref_table), key.ref_columns, by_content=True)
    return Link(edge.start, edge.end, key.columns, key.ref_columns, many)


def _mark_optional(links: tuple[Link, ...], wanted: set[str], optional: set[str]) -> tuple[Link, ...]:
    """A link is optional when its table is, when its source is, or when it is a bridge to optional tables only."""
    if not optional and not any(link.optional for link in links):
        return links
    needed = {table for table in wanted if table not in optional}
    for link in reversed(links):
        if link.table in needed and link.table not in optional:
            needed.add(link.source)
    loose: set[str] = set()
    marked = []
    for link in links:
        outer = link.optional or link.source in loose or link.table not in needed
        if outer:
            loose.add(link.table)
        marked.append(replace(link, optional=outer))
    return tuple(marked)


# ------------------------------------------------------------------------------------------- the tables of a plan
@dataclass(frozen=True, slots=True)
class Draw:
    """The tables of a SELECT.

    Args:
        root: key of the first table.
        tables: the table behind each key; a key is a table's name or a role's.
        links: joins in order; their ``source`` and ``table`` are keys.
    """

    root: str
    tables: Mapping[str, Table]
    links: tuple[Link, ...]

    def optional(self, key: str) -> bool:
        """May rows lack a partner in this table?"""
        return any(link.table == key and link.optional for link in self.links)


def own_nodes(plan: Plan) -> Iterator[Any]:
    """Every node of the plan that speaks of its own rows: not the insides of `Related` and of nested plans."""
    for part in (
        *plan.outputs,
        *plan.where,
        *plan.group,
        *plan.having,
        *plan.order,
        *((plan.top,) if plan.top else ()),
    ):
        yield from outside(part)


def outside(node: Any) -> Iterator[Any]:
    """``node`` and what is below it, without the insides of `Related` and of nested plans."""
    yield node
    if isinstance(node, form.Related):
        return
    for child in form.children(node):
        if not isinstance(child, Plan):
            yield from outside(child)


def draw(catalog: Catalog, plan: Plan) -> Draw:
    """The tables that ``plan`` needs, joined; raises `PlanInvalid` when they do not hang together."""
    root = catalog.table(plan.root).name
    roles = {role.name: role for role in plan.roles}
    wanted: dict[str, None] = {}
    for node in own_nodes(plan):
        if isinstance(node, form.Column):
            if not node.role:
                wanted[catalog.table(node.table).name] = None
            elif node.role not in roles:
                raise PlanInvalid(f"The plan has no role called {node.role}.")
        elif isinstance(node, form.Aggregate) and node.table and node.table not in roles:
            wanted[catalog.table(node.table).name] = None
        elif isinstance(node, form.Related) and node.source and node.source not in roles:
            wanted[catalog.table(node.source).name] = None
    for role in plan.roles:
        if not role.source:
            wanted[_anchor(catalog, role)] = None
    links = list(connect(catalog, root, wanted, plan.joins, plan.optional))
    tables = {root: catalog.table(root)} | {link.table: catalog.table(link.table) for link in links}
    for role in plan.roles:
        links.append(_role_link(catalog, role, roles))
        tables[role.name] = catalog.table(role.table)
    return Draw(root, tables, tuple(links))


def _anchor(catalog: Catalog, role: Role) -> str:
    """The table of the plan's own that a role starts from."""
    holder = catalog.table(role.key_table).name
    if holder.lower() != role.table.lower():
        return holder
    key = foreign_key(catalog, role.key_table, role.key)
    return catalog.table(key.ref_table).name if key else holder


def _role_link(catalog: Catalog, role: Role, roles: Mapping[str, Role]) -> Link:
    if role.source and role.source not in roles:
        raise PlanInvalid(f"The plan has no role called {role.source}.")
    source = roles[role.source].table if role.source else _anchor(catalog, role)
    key = foreign_key(catalog, role.key_table, role.key)
    if key is None:
        raise PlanInvalid(f"{role.key_table}.{role.key} does not lead to another table.")
    start = role.source or source
    if _same(key.table, source) and _same(key.ref_table, role.table):
        many = not unique(catalog.table(role.table), key.ref_columns, by_content=True)
        return Link(start, role.name, key.columns, key.ref_columns, many, role.optional)
    if _same(key.table, role.table) and _same(key.ref_table, source):
        many = not unique(catalog.table(role.table), key.columns)
        return Link(start, role.name, key.ref_columns, key.columns, many, role.optional)
    raise PlanInvalid(f"{role.key_table}.{role.key} does not connect {source} with {role.table}.")


def _same(first: str, second: str) -> bool:
    return first.lower() == second.lower()


# ------------------------------------------------------------------------------------------------- multiplied rows
def fans_out(catalog: Catalog, plan: Plan) -> frozenset[str]:
    """Tables whose rows the plan's joins repeat within a group, so that a sum over their columns would be wrong.

    Args:
        catalog: tables and keys.
        plan: a plan; what it groups by, and the keys it fixes, count as known.
    """
    if plan.base is not None:
        return frozenset()
    return multiplied(draw(catalog, plan), fixed(plan))


def fixed(plan: Plan) -> frozenset[tuple[str, str]]:
    """(key, column) pairs that have one value in each group of the plan's result."""
    exprs = list(plan.group)
    if not exprs:
        exprs = [output.expr for output in plan.outputs if not form.aggregates(output.expr)]
    for item in plan.where:
        if isinstance(item, form.Compare) and item.op == "=" and isinstance(item.right, form.Literal):
            exprs.append(item.left)
    return frozenset(
        (expr.role or expr.table.lower(), expr.name.lower()) for expr in exprs if isinstance(expr, form.Column)
    )


def multiplied(draw: Draw, given: Iterable[tuple[str, str]] = ()) -> frozenset[str]:
    """Keys of the tables of which one row may occur several times among the joined rows with ``given`` fixed."""
    if not draw.links:
        return frozenset()
    known = {(_key_of(draw, key), column) for key, column in given}
    return frozenset(key for key in draw.tables if not _determines(draw, key, set(known)))


def _key_of(draw: Draw, key: str) -> str:
    for name in draw.tables:
        if name == key or name.lower() == key:
            return name
    return key


def _determines(draw: Draw, start: str, columns: set[tuple[str, str]]) -> bool:
    """Does one row of ``start``, with ``columns`` known, determine one row of every table joined?"""
    known = {start}
    while True:
        before = len(known), len(columns)
        for link in draw.links:
            if link.source in known and not link.many:
                known.add(link.table)
            if link.table in known and unique(draw.tables[link.source], link.source_columns):
                known.add(link.source)
            for one, other in zip(link.source_columns, link.columns, strict=True):
                left, right = (link.source, one.lower()), (link.table, other.lower())
                if link.source in known or left in columns:
                    columns.add(right)
                    columns.add(left)
                if link.table in known or right in columns:
                    columns.add(left)
                    columns.add(right)
        for key, table in draw.tables.items():
            if key not in known:
                names = [column for owner, column in columns if owner == key]
                if names and unique(table, [name for name in names if table.has(name)]):
                    known.add(key)
        if (len(known), len(columns)) == before:
            return len(known) == len(draw.tables)
