"""The cheapest way to hang tables together: a Steiner tree over the graph of foreign keys.

Declared keys cost less than inferred ones. Passing through a table that neither side was about, and that both sides
merely point at (a customer and an employee in the same city), costs extra: it pairs rows that have nothing to do with
each other, where a longer way over a table of events (the orders) says something true.
"""

from __future__ import annotations

import weakref
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from heapq import heappop, heappush
from typing import NamedTuple

from workspace.database.catalog import Catalog, ForeignKey

DECLARED, INFERRED = 1.0, 1.45
THROUGH_LOOKUP = 2.3  # dearer than two more joins over a table of events
SELDOM = 2.0  # a key that most rows leave empty loses them
AGAINST = 0.01  # of two equal ways the one by the row's own keys: a professor's department, not the one headed
EXACT_TERMINALS = 4
# Trees are looked for up to each of these costs in turn: most are small, and a schema may have 1,000 tables.
RADII = (3.5, 6.0, 9.0, float("inf"))
SLACK = 1e-9
REMEMBERED = 200  # tables of which the distances to all others are kept

State = tuple[str, bool]
Costs = dict[State, tuple[float, tuple]]


class Edge(NamedTuple):
    """One direction of a key; ``one`` says that the node it leaves from is the side that is pointed at."""

    start: str
    end: str
    cost: float
    key: ForeignKey
    one: bool


class Graph:
    """The keys of a catalog as an adjacency list, computed once."""

    def __init__(self, catalog: Catalog) -> None:
        self.edges: dict[str, list[Edge]] = {table.name: [] for table in catalog.tables}
        self.pairs: dict[tuple[str, str], list[Edge]] = {}
        self.loops: dict[str, list[ForeignKey]] = {}
        self.distances: dict[tuple[frozenset[str], frozenset[str]], dict[str, float]] = {}
        self.trees: dict[tuple[frozenset[str], frozenset[str]], tuple[Edge, ...]] = {}
        for position, key in enumerate(catalog.foreign_keys):
            if not (catalog.has(key.table) and catalog.has(key.ref_table)):
                continue
            start, end = catalog.table(key.table).name, catalog.table(key.ref_table).name
            if start == end:
                self.loops.setdefault(start, []).append(key)
                continue
            # Equal ways are told apart by their names, then by the order of declaration, so that the choice is stable.
            cost = (
                (DECLARED if key.declared else INFERRED)
                + SELDOM * _seldom(catalog, key)
                + 1e-3 * (1 - _likeness(key))
                + 1e-7 * position
            )
            for edge in (Edge(start, end, cost, key, False), Edge(end, start, cost, key, True)):
                self.pairs.setdefault((edge.start, edge.end), []).append(edge)
        for (start, _), edges in self.pairs.items():
            edges.sort(key=lambda edge: edge.cost)
            self.edges[start].append(edges[0])
        # Pairs of tables with several keys between them.
        self.parallel = {pair: edges for pair, edges in self.pairs.items() if len(edges) > 1}
        self.part: dict[str, int] = {}  # tables that hang together have the same number
        for number, name in enumerate(self.edges):
            queue = [name] if name not in self.part else []
            for here in queue:
                if here not in self.part:
                    self.part[here] = number
                    queue += [edge.end for edge in self.edges[here]]


def _seldom(catalog: Catalog, key: ForeignKey) -> bool:
    table = catalog.table(key.table)
    nulls = max((table.column(name).profile.nulls for name in key.columns), default=0)
    return bool(table.rows) and nulls * 2 > table.rows


def _likeness(key: ForeignKey) -> float:
    """How much a key's column is named after what it points at: CustomerId says Customer more than BillToId does."""
    column = "".join(key.columns).lower()
    return max(
        SequenceMatcher(None, column, "".join(key.ref_columns).lower()).ratio(),
        SequenceMatcher(None, column, (key.ref_table + "id").lower()).ratio(),
    )


_graphs: dict[int, tuple[weakref.ref[Catalog], Graph]] = {}


def graph_of(catalog: Catalog) -> Graph:
    known = _graphs.get(id(catalog))
    if known is not None and known[0]() is catalog:
        return known[1]
    number = id(catalog)
    graph = Graph(catalog)
    _graphs[number] = (weakref.ref(catalog, lambda _: _graphs.pop(number, None)), graph)
    return graph


# --------------------------------------------------------------------------------------------- the cheapest tree
def grow(graph: Graph, there: Sequence[str], missing: set[str]) -> list[Edge]:
    """Edges that join ``missing`` to the tables that are there, in joining order; less those that no key reaches."""
    memo = (frozenset(there), frozenset(missing))
    if memo not in graph.trees:
        if len(graph.trees) > 4096:
            graph.trees.clear()
        if len(missing) <= EXACT_TERMINALS:
            edges = _exact(graph, there, sorted(missing))
        else:
            edges = _nearest_first(graph, there, missing)
        graph.trees[memo] = tuple(_in_order(there, _nearer(graph, there, edges)))
    return list(graph.trees[memo])


def _exact(graph: Graph, there: Sequence[str], terminals: list[str]) -> set[Edge]:
    """The cheapest tree; where not all can be reached, that of those that can, so that the message names the one that
    cannot.
    """
    parts = {graph.part[name] for name in there}
    if all(graph.part[name] in parts for name in terminals):
        away = [_distances(graph, (name,), there) for name in terminals]
        home = _distances(graph, there, there)
        least = max(home[name] for name in terminals)
        for radius in RADII:
            edges = _cheapest(graph, there, terminals, radius, (*away, home)) if least <= radius else None
            if edges is not None:
                return edges
    return _nearest_first(graph, there, set(terminals))


def _distances(graph: Graph, start: Sequence[str], there: Sequence[str]) -> dict[str, float]:
    """What each table is away from the nearest one of ``start``, without fees: no way costs less."""
    key = (frozenset(start), frozenset(there) if len(there) > 1 else frozenset())
    if key in graph.distances:
        return graph.distances[key]
    distances: dict[str, float] = {}
    queue = [(0.0, name) for name in start]
    while queue:
        cost, name = heappop(queue)
        if name in distances:
            continue
        distances[name] = cost
        if name in there:
            for other in there:
                heappush(queue, (cost, other))
        for edge in graph.edges[name]:
            if edge.end not in distances:
                heappush(queue, (cost + edge.cost, edge.end))
    if len(graph.distances) >= REMEMBERED:
        graph.distances.clear()
    graph.distances[key] = distances
    return distances


def _cheapest(
    graph: Graph, there: Sequence[str], terminals: list[str], radius: float, away: Sequence[dict[str, float]]
) -> set[Edge] | None:
    """Dreyfus and Wagner's dynamic programme over subsets of terminals, None when no tree costs at most ``radius``.

    A state is (table, does the tree so far use this table as the side that is pointed at), because meeting at such a
    table costs extra unless it was asked for. States too far ``away`` from a terminal that is still missing, or from
    the tables that are there, are left out.
    """
    asked = set(terminals) | set(there)
    # best[subset][state] = (cost, how): how is () for a terminal, (state,) after a step, (subset, state, state) merged
    best: list[Costs] = [{} for _ in range(1 << len(terminals))]
    full = len(best) - 1
    for subset in range(1, full + 1):
        costs = best[subset]
        missing = [far for place, far in enumerate(away) if not subset >> place & 1]
        search = Search(graph, asked, radius + SLACK, missing)
        if subset & (subset - 1) == 0:
            costs[(terminals[subset.bit_length() - 1], False)] = (0.0, ())
        else:
            _merge(best, subset, search)
        _spread(search, costs, set(there), stop=set(there) if subset == full else None)
    ends = [(costs[0], state) for state, costs in best[full].items() if state[0] in there]
    if not ends:
        return None
    edges: set[Edge] = set()
    _collect(graph, best, full, min(ends)[1], set(there), edges)
    return edges


class Search(NamedTuple):
    """What a search goes by: tables that were ``asked`` for cost no fee; no state may come to more than ``radius``
    together with the farthest of what is ``missing``.
    """

    graph: Graph
    asked: set[str]
    radius: float = RADII[-1]
    missing: Sequence[dict[str, float]] = ()

    def near(self, table: str, cost: float) -> bool:
        left = self.radius - cost
        return left >= 0 and all(far[table] <= left for far in self.missing)


def _merge(best: list[Costs], subset: int, search: Search) -> None:
    costs = best[subset]
    part = (subset - 1) & subset
    while part:
        rest = subset ^ part
        if part < rest:  # each split once
            break
        for first, (cost, _) in best[part].items():
            for used in (False, True):
                second = (first[0], used)
                other = best[rest].get(second)
                if other is None:
                    continue
                fee = THROUGH_LOOKUP if first[1] and used and first[0] not in search.asked else 0.0
                state = (first[0], first[1] or used)
                total = cost + other[0] + fee
                if (state not in costs or total < costs[state][0]) and search.near(first[0], total):
                    costs[state] = (total, (part, first, second))
        part = (part - 1) & subset


def _spread(search: Search, costs: Costs, there: set[str], stop: set[str] | None) -> None:
    """Dijkstra from every state known so far, until a table of ``stop``; tables that are ``there`` are one place."""
    edges, asked = search.graph.edges, search.asked
    queue = [(cost, state) for state, (cost, _) in costs.items()]
    queue.sort()
    done = set()
    while queue:
        cost, state = heappop(queue)
        if state in done:
            continue
        done.add(state)
        name, used = state
        if stop is not None and name in stop:
            return
        for other in there if name in there else ():
            if (other, False) not in costs or cost < costs[(other, False)][0]:
                costs[(other, False)] = (cost, (state,))
                heappush(queue, (cost, (other, False)))
        for edge in edges[name]:
            fee = THROUGH_LOOKUP if used and edge.one and name not in asked else 0.0
            fee += 0.0 if edge.one else AGAINST
            reached = (edge.end, not edge.one)
            total = cost + edge.cost + fee
            if (reached not in costs or total < costs[reached][0]) and search.near(edge.end, total):
                costs[reached] = (total, (state,))
                heappush(queue, (total, reached))


def _collect(
    graph: Graph,
    best: list[Costs],
    subset: int,
    state: State,
    there: set[str],
    edges: set[Edge],
) -> None:
    how = best[subset][state][1]
    if len(how) == 1:
        if (how[0][0], state[0]) in graph.pairs and not {how[0][0], state[0]} <= there:
            edges.add(graph.pairs[(how[0][0], state[0])][0])
        _collect(graph, best, subset, how[0], there, edges)
    elif len(how) == 3:
        _collect(graph, best, how[0], how[1], there, edges)
        _collect(graph, best, subset ^ how[0], how[2], there, edges)


def _nearest_first(graph: Graph, there: Sequence[str], missing: set[str]) -> set[Edge]:
    """Join the nearest table that is missing to the tree, again and again; near the optimum, and fast."""
    tree = set(there)
    left = set(missing)
    edges: set[Edge] = set()
    while left:
        found = None
        costs: Costs = {(name, False): (0.0, ()) for name in sorted(tree)}
        _spread(Search(graph, set(there) | missing), costs, set(), stop=left)
        for state, (cost, _) in sorted(costs.items()):
            if state[0] in left and (found is None or cost < costs[found][0]):
                found = state
        if found is None:
            break
        state = found
        while costs[state][1]:
            before = costs[state][1][0]
            edges.add(graph.pairs[(before[0], state[0])][0])
            tree.add(state[0])
            state = before
        left -= tree
    return edges


def _nearer(graph: Graph, there: Sequence[str], edges: set[Edge]) -> set[Edge]:
    """Leaves of the tree hang on a key of the tables that are there, where that is as cheap: the professor's own
    number, not that of whoever heads the department.
    """
    ends = Counter(name for edge in edges for name in (edge.start, edge.end))
    moved: set[Edge] = set()
    for edge in edges:
        leaf = next((name for name in (edge.start, edge.end) if ends[name] == 1 and name not in there), "")
        own = [graph.pairs[(name, leaf)][0] for name in there if (name, leaf) in graph.pairs] if leaf else []
        own = [other for other in own if not other.one and other.cost <= edge.cost + 2 * AGAINST]
        moved.add(own[0] if own and not {edge.start, edge.end} & set(there) else edge)
    return moved


def _in_order(there: Sequence[str], edges: set[Edge]) -> list[Edge]:
    """The tree's edges turned away from the tables that are there, breadth first."""
    ways: dict[str, list[Edge]] = {}
    for edge in edges:
        ways.setdefault(edge.start, []).append(edge)
        ways.setdefault(edge.end, []).append(Edge(edge.end, edge.start, edge.cost, edge.key, not edge.one))
    reached = set(there)
    queue = list(there)
    ordered = []
    for name in queue:
        for edge in sorted(ways.get(name, ()), key=lambda edge: (edge.cost, edge.end)):
            if edge.end not in reached:
                reached.add(edge.end)
                queue.append(edge.end)
                ordered.append(edge)
    return ordered
