"""What lets a table be read at a glance: bars beside the figures of one column, places in front of a ranking's rows.

Both are drawn from the rows and say nothing that these do not: the figure beside a bar is its text, and a place is one
in the order of the query's rows. Which column is meant is read off the plan, or off the SQL where there is no plan.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from markupsafe import Markup

from workspace.artifact.figures import Figures
from workspace.artifact.format import words
from workspace.artifact.model import NamedQuery
from workspace.artifact.sizes import same
from workspace.database.result import Result
from workspace.faces.grid import Grid, is_number
from workspace.question import plan as p

FEWEST = 3  # rows; fewer are compared as fast without
MOST_COLUMNS = 6  # of a table that has room for bars, on paper and on a telephone too
MOST_PLACES = 999  # rows of a ranking; further down nobody reads places
LARGEST = 1e300  # beyond it a length cannot be worked out
# Numbers without a nought to be measured from, or parts of different wholes; a unit may say that they are amounts.
_NO_AMOUNT = re.compile(
    r"\b(?:rank|position|place|latitude|longitude|lat|lng|lon|temperature|percent|percentage|pct|rate|ratio|share)\Z"
)
_NO_BAR = Markup('<svg aria-hidden="true"></svg>')


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a query says of the columns of its result, by their places.

    ``gathered`` are worked out over many rows, ``shares`` are parts of one whole; the rows are ``ordered`` by these
    (-1 for what is not shown), and only so many are asked for where ``cut``.
    """

    gathered: frozenset[int] = frozenset()
    shares: frozenset[int] = frozenset()
    ordered: tuple[int, ...] = ()
    cut: bool = False


def glanced(
    written: Grid, query: NamedQuery, result: Result, columns: Sequence[str] = (), *, bars: bool = True
) -> Grid:
    """The table with its bars and places; as it is where it has none.

    Args:
        written: the result's first rows as text.
        query: says what its columns are.
        result: all its rows.
        columns: those of the table, all when empty.
        bars: whether it may have bars.
    """
    made = replace(written, ranks=ranks(query, result)[: len(written.rows)])
    if not bars or written.left_out:
        return made
    places = [result.index(name) for name in columns] if columns else list(range(len(result.columns)))
    place = measure(query, result, places) if len(places) <= MOST_COLUMNS else None
    if place is None:
        return made
    return replace(made, barred=places.index(place), bars=_drawn(query, result, place, places))


def measure(query: NamedQuery, result: Result, places: Sequence[int] | None = None) -> int | None:
    """The place of the column whose figures have bars, None for none.

    An amount: what the rows are ordered by, else the first that is worked out over many rows (a sum, a count, a mean).
    A list in no order of its amounts has none, since nobody asked to have them compared; nor have numbers that name
    (ids, years, codes), have no nought to be measured from (a temperature, a latitude, a rank), or are parts of
    different wholes (a rate, a percentage, but for the shares of one total). Few rows need no bars, equal figures say
    nothing by them, and of a result that was cut the largest may be missing.

    Args:
        query: says what its columns are.
        result: all its rows.
        places: of the columns that may be chosen, in the order they are shown; all when None.
    """
    if len(result.rows) < FEWEST or result.truncated:
        return None
    asked = _asked(query, result)
    amounts = [
        place
        for place in (range(len(result.columns)) if places is None else places)
        if _is_amount(query, result, place, asked) and _differ(_numbers(result, place))
    ]
    first = next((place for place in asked.ordered if place in amounts), None)
    return first if first is not None else next((place for place in amounts if place in asked.gathered), None)


def ranks(query: NamedQuery, result: Result) -> tuple[str, ...]:
    """Per row its place where the question is a ranking with a limit, "top 10 customers by revenue"; else none.

    Equal figures share a place, and the next has the place that it would have without them: 1, 2, 2, 4. A row without a
    figure has none, nor has one without a name, which leads no ranking in prose either.
    """
    asked = _asked(query, result)
    if not asked.cut or not asked.ordered or not FEWEST <= len(result.rows) <= MOST_PLACES:
        return ()
    by = asked.ordered[0]
    if by < 0 or not _is_figure(query, result, by):
        return ()
    name = next((at for at in range(len(result.columns)) if not _is_figure(query, result, at)), None)
    found: list[str] = []
    counted, rank, before = 0, 0, None
    for row in result.rows:
        value = row[by]
        if not _finite(value) or (name is not None and row[name] in (None, "")):
            found.append("")
            continue
        counted += 1
        rank = rank if before is not None and same(value, before) else counted
        before = value
        found.append(str(rank))
    return tuple(found) if rank > 1 else ()  # places that are all the same order nothing


# ----------------------------------------------------------------------------------------------------------- amounts
def _is_figure(query: NamedQuery, result: Result, place: int) -> bool:
    column = result.columns[place]
    return is_number(column, query.shown(column.name))


def _is_amount(query: NamedQuery, result: Result, place: int, asked: _Asked) -> bool:
    if not _is_figure(query, result, place):
        return False
    shown = query.shown(result.columns[place].name)
    if shown.format == "percent" or shown.unit[:1] in ("%", "‰"):
        return place in asked.shares
    if shown.unit:
        return not shown.unit.startswith("°")
    return place in asked.shares or not _NO_AMOUNT.search(words(shown.name))


def _numbers(result: Result, place: int) -> list[float]:
    return [value for row in result.rows if isinstance(value := row[place], int | float)]


def _finite(value: Any) -> bool:
    return isinstance(value, int | float) and -LARGEST < value < LARGEST


def _differ(numbers: list[float]) -> bool:
    """Can they be compared, and do they differ in more than yes and no?"""
    return all(map(_finite, numbers)) and len(found := set(numbers)) > 1 and not found <= {0, 1}


def _drawn(query: NamedQuery, result: Result, place: int, places: Sequence[int]) -> tuple[Markup, ...]:
    """Per row its bar: from nought to the figure, on the scale of the column; pale where its period is not over."""
    numbers = _numbers(result, place)
    low = min(0, *numbers)
    span = max(0, *numbers) - low
    nought = round(-low / span * 100)
    at, latest = _unfinished(query, result, places)
    made = []
    for row in result.rows:
        value = row[place]
        if not isinstance(value, int | float) or not value:
            made.append(_NO_BAR)
            continue
        long = max(1, round(abs(value) / span * 100))
        start = max(0, nought - long) if value < 0 else min(nought, 100 - long)
        made.append(_bar(start, long, at >= 0 and row[at] == latest))
    return tuple(made)


@cache
def _bar(start: int, long: int, pale: bool) -> Markup:
    """A bar that begins and is as long as so many hundredths of its box."""
    at, tone = f' x="{start}%"' if start else "", ' class="u"' if pale else ""
    return Markup(f'<svg aria-hidden="true"{tone}><rect{at} width="{long}%"/></svg>')


def _unfinished(query: NamedQuery, result: Result, places: Sequence[int]) -> tuple[int, Any]:
    """The column of periods and the latest of them, where that is not over or the data covers it in part; else -1."""
    for place in places:
        name = result.columns[place].name
        if query.shown(name).format != "period":
            continue
        values: set[Any] = {row[place] for row in result.rows if row[place] is not None}
        figures = Figures(query, result)
        if len(set(map(type, values))) == 1 and (figures.partial(name) or figures.cut(name)):
            return place, max(values)
    return -1, None


# ------------------------------------------------------------------------------------------------------------- asked
def _asked(query: NamedQuery, result: Result) -> _Asked:
    """What the query says of the columns; nothing where they are others."""
    if query.plan is None:
        width, asked = _of_sql(query.sql, query.dialect)
    else:
        plan = p.Plan.from_dict(query.plan)
        width, asked = len(plan.outputs), _of_plan(plan)
    return asked if width == len(result.columns) else _Asked()


def _of_plan(plan: p.Plan) -> _Asked:
    exprs = [output.expr for output in plan.outputs]
    beneath = {output.label: output.expr for output in plan.base.outputs} if plan.base is not None else {}
    whole = [beneath.get(expr.name, expr) if isinstance(expr, p.Column) and not expr.table else expr for expr in exprs]
    order = plan.order or (plan.top.order if plan.top is not None else ())
    return _Asked(
        frozenset(place for place, expr in enumerate(whole) if p.aggregates(expr)),
        frozenset(place for place, expr in enumerate(whole) if isinstance(expr, p.Share)),
        tuple(exprs.index(item.expr) if item.expr in exprs else -1 for item in order),
        plan.limit is not None and bool(plan.order),
    )


@lru_cache(maxsize=512)
def _of_sql(sql: str, dialect: str) -> tuple[int, _Asked]:
    """The number of columns that a statement names, and what it says of them; 0 where it does not say."""
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    try:
        tree = parse_one(sql, read=dialect)
    except (SqlglotError, RecursionError):
        return 0, _Asked()
    if not isinstance(tree, exp.Query) or any(term.is_star for term in tree.selects):
        return 0, _Asked()
    terms = [term.unalias() for term in tree.selects]
    names = [term.alias_or_name.casefold() for term in tree.selects]
    order = tree.args.get("order")
    ordered = [_named(item.this, names, terms) for item in order.expressions] if order is not None else []
    gathered = frozenset(place for place, term in enumerate(terms) if term.find(exp.AggFunc) is not None)
    cut = bool(ordered) and any(tree.args.get(part) is not None for part in ("limit", "fetch"))
    return len(terms), _Asked(gathered, frozenset(), tuple(ordered), cut)


def _named(term: Any, names: Sequence[str], terms: Sequence[Any]) -> int:
    """The place of the column that an order names by its number, its name or its expression; -1 for none."""
    from sqlglot import exp

    if isinstance(term, exp.Literal) and not term.is_string:
        return int(term.name) - 1 if term.name.isdigit() and 0 < int(term.name) <= len(terms) else -1
    if isinstance(term, exp.Column) and not term.table and term.name.casefold() in names:
        return names.index(term.name.casefold())
    return next((place for place, known in enumerate(terms) if known == term), -1)
