"""A model laid over a catalog: descriptions put in, hidden things taken out, definitions settled for the planner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from workspace.database.catalog import Catalog, Table
from workspace.errors import PlanInvalid
from workspace.question import plan as form
from workspace.question.assemble import finest
from workspace.question.definitions import Definitions, Figure, Meaning, lemmas, reachable
from workspace.question.schema import name_words, schema_of
from workspace.question.tokens import lemma
from workspace.semantics.expressions import Names, Wrong, condition, expression
from workspace.semantics.model import Metric, Path, Semantics

T = TypeVar("T")


def settle(model: Semantics, catalog: Catalog) -> Catalog:
    """The catalog as the model has it; raises `SemanticsInvalid` for what the catalog does not have.

    Args:
        model: as written.
        catalog: of the database, as it is.
    """
    return _Settling(model, catalog).catalog()


class _Settling:
    def __init__(self, model: Semantics, catalog: Catalog) -> None:
        self.model, self.whole = model, catalog
        self.seen = catalog

    def catalog(self) -> Catalog:
        self.seen = self._visible()
        said: dict[tuple[str, ...], Path] = {}
        names: list[tuple[tuple[str, ...], str, str]] = []
        values: dict[str, tuple[Meaning, ...]] = {}
        figures = tuple(self._figure(metric, said) for metric in self.model.metrics)
        for synonym in self.model.synonyms:
            path = ("synonyms", synonym.said)
            phrase = self._words(synonym.said, path, said)
            table, column, value = self._at(path, lambda means=synonym.means: self._meaning(means))
            if value is None:
                names.append((phrase, table, column))
            else:
                meaning = (Meaning(table, column, value),)
                values |= {" ".join(synonym.said.casefold().split()): meaning, " ".join(phrase): meaning}
        shown = frozenset((t.name.lower(), c.name.lower()) for t in self.seen.tables for c in t.columns)
        definitions = Definitions(
            tuple(names), values, figures, self._filters(), shown if self.model.hidden else None, self._withheld()
        )
        return replace(self.seen, definitions=definitions)

    # --------------------------------------------------------------------------------------------------- tables
    def _visible(self) -> Catalog:
        """The catalog with its descriptions and without what is hidden."""
        names = Names(self.whole)
        hidden = {self._at(("hidden", text), lambda text=text: names.target(text)) for text in self.model.hidden}
        about: dict[tuple[str, str], str] = {}
        for item in self.model.descriptions:
            path = ("descriptions", item.of)
            about[self._at(path, lambda of=item.of: names.target(of))] = item.text
        gone = {table for table, column in hidden if not column}
        for key in self.whole.foreign_keys:  # what only leads to a hidden table is hidden with it
            if key.ref_table in gone and key.table not in gone:
                hidden |= {(key.table, name) for name in key.columns if not self._leads(key.table, name, gone)}
        tables = tuple(self._table(t, hidden, about) for t in self.whole.tables if t.name not in gone)
        if not tables:
            raise self.model.wrong(("hidden",), "nothing is left to ask about.")
        keys = tuple(key for key in self.whole.foreign_keys if not {key.table, key.ref_table} & gone)
        return replace(self.whole, tables=tables, foreign_keys=keys)

    def _withheld(self) -> tuple[tuple[tuple[str, ...], str, str], ...]:
        """The words of what is hidden, so that a question for it is told so instead of being read as another one."""
        found = []
        for table in self.whole.tables:
            if not self.seen.has(table.name):
                found.append((tuple(map(lemma, name_words(table.name))), table.name, ""))
                continue
            for column in self.seen.table(table.name).hidden:
                found.append((tuple(map(lemma, name_words(column.name))), table.name, column.name))
        return tuple(found)

    def _leads(self, table: str, column: str, gone: set[str]) -> bool:
        """Does the column name rows, or lead to a table that is still there?"""
        keys = [k for k in self.whole.foreign_keys if k.table == table and column in k.columns]
        return column in self.whole.table(table).primary_key or any(k.ref_table not in gone for k in keys)

    def _table(self, table: Table, hidden: set[tuple[str, str]], about: dict[tuple[str, str], str]) -> Table:
        columns = tuple(
            replace(column, description=about.get((table.name, column.name), column.description))
            for column in table.columns
        )
        away = tuple(column for column in columns if (table.name, column.name) in hidden)
        shown = tuple(column for column in columns if column not in away)
        if not shown:
            path = ("hidden", f"{table.name}.{away[-1].name}")
            raise self.model.wrong(path, f"{table.name} has no column left: hide the table.")
        description = about.get((table.name, ""), table.description)
        return replace(table, columns=shown, hidden=away, description=description)

    # -------------------------------------------------------------------------------------------------- metrics
    def _figure(self, metric: Metric, said: dict[tuple[str, ...], Path]) -> Figure:
        path = ("metrics", metric.name)
        phrases = [self._words(metric.name, path, said)]
        phrases += [self._words(word, (*path, "synonyms", word), said) for word in metric.synonyms]
        home = self._at((*path, "table"), lambda: self._names().table(metric.table).name) if metric.table else ""
        at = (*path, "expression")
        expr = self._at(at, lambda: expression(metric.expression, self._names(home)))
        table = home or self._home(expr, at)
        where: tuple[form.Predicate, ...] = ()
        words = _spread(metric.expression)
        if metric.filter:
            where = self._at((*path, "filter"), lambda: condition(metric.filter, self._names(table)))
            self._reaches(table, where, (*path, "filter"))
            words += f" where {metric.filter}"
        shape = metric.format or (
            "integer" if isinstance(expr, form.Aggregate) and expr.function == "count" else "decimal"
        )
        return Figure(metric.name, tuple(phrases), expr, table, where, shape, metric.unit, words)

    def _home(self, expr: form.Expr, path: Path) -> str:
        """The table whose rows the expression gathers: the one from which all others are reached."""
        tables = list(dict.fromkeys(n.table for n in form.walk(expr) if isinstance(n, form.Column)))
        tables += [n.table for n in form.walk(expr) if isinstance(n, form.Aggregate) and n.table]
        found = tables[0] if len(set(tables)) == 1 else finest(schema_of(self.seen), tables, tables[0])
        if found is None:
            raise self.model.wrong(path, f"no key connects {' and '.join(dict.fromkeys(tables))}.")
        return found

    def _filters(self) -> dict[str, tuple[form.Predicate, ...]]:
        found: dict[str, tuple[form.Predicate, ...]] = {}
        for item in self.model.filters:
            path = ("filters", item.table)
            table = self._at(path, lambda name=item.table: self._names().table(name).name)
            found[table] = self._at(path, lambda text=item.condition, home=table: condition(text, self._names(home)))
            for node in (node for predicate in found[table] for node in form.walk(predicate)):
                if isinstance(node, form.Column) and node.table != table:
                    raise self.model.wrong(path, f"a filter is about its own table, and {node.name} is {node.table}'s.")
        return found

    def _reaches(self, table: str, where: tuple[form.Predicate, ...], path: Path) -> None:
        others = {n.table for predicate in where for n in form.walk(predicate) if isinstance(n, form.Column)} - {table}
        reach = schema_of(self.seen).reach(table) if others else {}
        for other in others:
            if other not in reach:
                raise self.model.wrong(path, f"a row of {table} has no row of {other} of its own.")
        try:
            plan = form.Plan(table, (form.Output(form.Aggregate("count"), "n"),), where=where)
            assert reachable(plan, self.seen)
        except (PlanInvalid, AssertionError):
            raise self.model.wrong(path, "its tables do not hang together.") from None

    # ------------------------------------------------------------------------------------------------- meanings
    def _meaning(self, text: str) -> tuple[str, str, str | None]:
        """``table``, ``table.column`` or ``table.column = value``."""
        left, equals, right = text.partition("=")
        if not equals:
            return (*self._names(hidden=False).target(text), None)
        table, column = self._names(hidden=False).target(left.strip())
        value = right.strip()
        if not column:
            raise Wrong(f"a value is one of a column: write {table}.column = {value}.")
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1].replace(value[0] * 2, value[0])
        if not value:
            raise Wrong("there is no value after the equals sign.")
        if self.seen.column(table, column).kind not in ("text", "boolean"):
            raise Wrong(
                f"{table}.{column} holds no words; a synonym can stand for the column, not for one of its values."
            )
        return table, column, value

    def _words(self, text: str, path: Path, said: dict[tuple[str, ...], Path]) -> tuple[str, ...]:
        phrase = lemmas(text)
        if not phrase or not any(any(c.isalpha() for c in word) for word in phrase):
            raise self.model.wrong(path, "has no word in it.")
        if len(phrase) > 5:
            raise self.model.wrong(path, "is longer than five words.")
        other = said.setdefault(phrase, path)
        if other is not path:
            raise self.model.wrong(path, f"is said of {'.'.join(other)} already.")
        return phrase

    def _names(self, home: str = "", *, hidden: bool = True) -> Names:
        return Names(self.seen, home, hidden=hidden)

    def _at(self, path: Path, work: Callable[[], T]) -> T:
        """What ``work`` gives; what it finds wrong is said with its place."""
        try:
            return work()
        except Wrong as problem:
            raise self.model.wrong(path, str(problem)) from None


def _spread(text: str) -> str:
    return " ".join(text.split())
