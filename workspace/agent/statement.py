"""A query as text that a person can read, copy and run elsewhere. For showing only: what runs has its values bound."""

from __future__ import annotations

from typing import Any

from workspace.database.result import Query


def runnable(query: Query, *, pretty: bool = True) -> str:
    """The SQL with its values written in, quoted by sqlglot; as it is when it cannot be read.

    Example:
        >>> runnable(Query("select name from customer where city = :p1", {"p1": "L'Aquila"}), pretty=False)
        "SELECT name FROM customer WHERE city = 'L''Aquila'"
    """
    import sqlglot
    from sqlglot import exp

    try:
        tree = sqlglot.parse_one(query.sql, dialect=query.dialect)
    except sqlglot.errors.SqlglotError:
        return query.sql

    def written(node: Any) -> Any:
        if isinstance(node, exp.Placeholder) and node.name in query.params:
            value = query.params[node.name]
            if isinstance(value, bytes):
                return exp.HexString(this=value.hex())
            return exp.convert(value)
        return node

    return tree.transform(written).sql(dialect=query.dialect, pretty=pretty)
