"""The data of a semantic model, as written: frozen, in the order of the file, edited by making another one."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from workspace.database.catalog import Catalog
from workspace.errors import SemanticsInvalid

FORMATS = ("", "integer", "decimal", "percent")
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure under a name.

    Args:
        name: what it is called.
        expression: ``sum(quantity * unit_price)``, over columns or ``table.column``.
        table: whose columns are meant where no table is said; needed for ``count(*)``.
        synonyms: other names.
        description: for people.
        format: how it is shown, one of `FORMATS`.
        unit: said beside it ("EUR").
        filter: which rows count: ``status != 'cancelled'``.
    """

    name: str
    expression: str
    table: str = ""
    synonyms: tuple[str, ...] = ()
    description: str = ""
    format: str = ""
    unit: str = ""
    filter: str = ""


@dataclass(frozen=True, slots=True)
class Synonym:
    """Words for a table (``customers``), a column (``customers.country``) or a value (``customers.tier = gold``)."""

    said: str
    means: str


@dataclass(frozen=True, slots=True)
class Description:
    """What a table or ``table.column`` is."""

    of: str
    text: str


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition that rows of ``table`` fulfil unless a question says otherwise: ``status != 'cancelled'``."""

    table: str
    condition: str


@dataclass(frozen=True)
class Semantics:
    """Everything a person defined over one source.

    Args:
        metrics, synonyms, descriptions, filters: in the order of the file.
        hidden: tables and ``table.column``; never linked, shown, or told to a model.
        name: of the file, for errors.
        lines: where in the file each part stands, for errors; not part of what it says.

    Example:
        >>> from workspace.database.catalog import Catalog, Column, Table
        >>> shop = Catalog("shop", (Table("sale", (Column("amount", "real"), Column("cost", "real"))),))
        >>> model = Semantics(metrics=(Metric("margin", "sum(amount - cost)"),), hidden=("sale.cost",))
        >>> [column.name for column in model.over(shop).table("sale").columns]
        ['amount']
    """

    metrics: tuple[Metric, ...] = ()
    synonyms: tuple[Synonym, ...] = ()
    descriptions: tuple[Description, ...] = ()
    filters: tuple[Filter, ...] = ()
    hidden: tuple[str, ...] = ()
    name: str = field(default="", compare=False)
    lines: Mapping[Path, int] = field(default_factory=dict, compare=False, repr=False)
    _over: dict[int, tuple[weakref.ref[Catalog], Catalog]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def __bool__(self) -> bool:
        return bool(self.metrics or self.synonyms or self.descriptions or self.filters or self.hidden)

    def over(self, catalog: Catalog) -> Catalog:
        """The catalog as the model has it, worked out once for each catalog; raises `SemanticsInvalid`."""
        known = self._over.get(id(catalog))
        if known is not None and known[0]() is catalog:
            return known[1]
        from workspace.semantics.settled import settle

        number, kept = id(catalog), self._over
        made = settle(self, catalog)
        kept[number] = weakref.ref(catalog, lambda _: kept.pop(number, None)), made
        return made

    def wrong(self, path: Path, what: str, *, hint: str = "") -> SemanticsInvalid:
        """The error that ``what`` is, at that part of the file."""
        line = next((self.lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in self.lines), 0)
        where = ", ".join(part for part in (self.name, f"line {line}" if line else "", ".".join(path)) if part)
        return SemanticsInvalid(f"{where}: {what}" if where else what, hint=hint)

    # ---------------------------------------------------------------------------------------------------- editing
    def with_metric(self, metric: Metric, *, instead: str = "") -> Semantics:
        """With one metric more, in the place of the one called ``instead`` or of its own name if there is one."""
        return self._edited(metrics=_put(self.metrics, metric, lambda m: m.name, instead or metric.name))

    def with_synonym(self, synonym: Synonym, *, instead: str = "") -> Semantics:
        return self._edited(synonyms=_put(self.synonyms, synonym, lambda s: s.said, instead or synonym.said))

    def with_description(self, of: str, text: str) -> Semantics:
        """With that description; an empty one takes it away."""
        if not text.strip():
            return self._edited(descriptions=tuple(d for d in self.descriptions if not _same(d.of, of)))
        return self._edited(descriptions=_put(self.descriptions, Description(of, text.strip()), lambda d: d.of, of))

    def with_filter(self, table: str, condition: str) -> Semantics:
        """With that default filter; an empty one takes it away."""
        if not condition.strip():
            return self._edited(filters=tuple(f for f in self.filters if not _same(f.table, table)))
        return self._edited(filters=_put(self.filters, Filter(table, condition.strip()), lambda f: f.table, table))

    def with_hidden(self, of: str, *, hidden: bool = True) -> Semantics:
        others = tuple(name for name in self.hidden if not _same(name, of))
        return self._edited(hidden=(*others, of) if hidden else others)

    def without_metric(self, name: str) -> Semantics:
        return self._edited(metrics=tuple(m for m in self.metrics if not _same(m.name, name)))

    def without_synonym(self, said: str) -> Semantics:
        return self._edited(synonyms=tuple(s for s in self.synonyms if not _same(s.said, said)))

    def description(self, of: str) -> str:
        return next((d.text for d in self.descriptions if _same(d.of, of)), "")

    def filter(self, table: str) -> str:
        return next((f.condition for f in self.filters if _same(f.table, table)), "")

    def hides(self, of: str) -> bool:
        return any(_same(name, of) for name in self.hidden)

    def _edited(self, **parts: object) -> Semantics:
        return replace(self, lines={}, **parts)


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _put(items, item, name, place: str):
    """``items`` with ``item`` in the place of the one called ``place``, at the end when there is none."""
    kept = [other for other in items if not _same(name(other), name(item)) or _same(name(other), place)]
    at = next((n for n, other in enumerate(kept) if _same(name(other), place)), len(kept))
    return (*kept[:at], item, *kept[at + 1 :])
