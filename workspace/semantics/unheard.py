"""Values that definitions speak of and a column does not have: likely a misspelling, asked about when it is written.

Not a mistake of the file: a value may come and go with the data, and a definition is not to break with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workspace.database.catalog import Catalog
from workspace.question import plan as form
from workspace.question.definitions import Definitions
from workspace.semantics.expressions import near


def unheard(catalog: Catalog) -> tuple[str, ...]:
    """Sentences about values that a column surely does not have now.

    Args:
        catalog: with its definitions (`Semantics.over`).
    """
    found = catalog.definitions
    if not isinstance(found, Definitions):
        return ()
    said: dict[str, None] = {}
    for meanings in found.values.values():
        for meaning in meanings:
            said |= dict.fromkeys(_missing(catalog, meaning.table, meaning.column, meaning.value))
    predicates = [item for items in found.filters.values() for item in items]
    predicates += [item for figure in found.figures for item in figure.where]
    for node in (node for predicate in predicates for node in form.walk(predicate)):
        if isinstance(node, form.Compare) and node.op in ("=", "!="):
            said |= dict.fromkeys(_compared(catalog, node.left, node.right))
        elif isinstance(node, form.Among):
            for value in node.values:
                said |= dict.fromkeys(_compared(catalog, node.of, value))
    return tuple(said)


def _compared(catalog: Catalog, left: Any, right: Any) -> Iterator[str]:
    if isinstance(left, form.Column) and isinstance(right, form.Literal) and isinstance(right.value, str):
        yield from _missing(catalog, left.table, left.name, right.value)


def _missing(catalog: Catalog, table: str, name: str, value: str) -> Iterator[str]:
    profile = catalog.column(table, name).profile
    known = [text for text, _ in profile.common if isinstance(text, str)]
    if not profile.exact or not known or profile.distinct > len(known) or value in known:
        return
    guess = near(value, known)
    listed = f": there are {', '.join(known)}" if not guess else ""
    yield f"{table}.{name} has no value {value}{guess or listed}."
