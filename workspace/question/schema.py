"""What the planner knows of a catalog beforehand: its names as words, labels, keys, distances; built once for each."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from workspace.database.catalog import Catalog, Column, ForeignKey, Table
from workspace.question import lexicon
from workspace.question.definitions import defined
from workspace.question.tokens import lemma, split_name

GENERIC_TABLE = frozenset(
    {
        "tbl",
        "table",
        "ref",
        "reference",
        "info",
        "information",
        "data",
        "list",
        "record",
        "detail",
        "master",
        "dim",
        "fact",
    }
)
GENERIC_SUFFIX = {
    "name": 0.82, "code": 0.72, "id": 0.62, "number": 0.68, "date": 0.72, "description": 0.74, "amount": 0.75,
    "value": 0.72, "text": 0.7, "detail": 0.74, "percent": 0.78, "type": 0.62, "title": 0.72, "year": 0.66,
    "time": 0.66, "status": 0.6, "price": 0.6, "usd": 0.9, "f": 0.9, "km": 0.9, "m": 0.9, "kg": 0.9, "cm": 0.9,
    "mph": 0.9, "inch": 0.9, "mile": 0.9, "million": 0.85, "billion": 0.85, "dollar": 0.85, "count": 0.7, "ft": 0.9,
    "millisecond": 0.7, "second": 0.8, "minute": 0.8, "level": 0.7, "feet": 0.9, "point": 0.65, "address": 0.6,
}  # fmt: skip
_NUMBERED = frozenset({"phone", "fax", "mobile", "telephone", "cell", "iban", "account", "invoice", "passport", "room"})
# Words of columns that say what a row is worth.
AMOUNTS = frozenset(
    {
        "total", "amount", "value", "revenue", "sum", "subtotal", "price", "balance", "payment", "cost", "salary",
        "budget", "fee", "sales", "fare", "bill", "gross",
    }
)  # fmt: skip
_OTHER_NAMES = frozenset({"first", "last", "middle", "user", "login", "file", "nick", "given"})
_SMALL = frozenset({"of", "the", "in", "a", "an", "to", "and", "for", "by", "on", "at", "is", "per"})
REMEMBERED = 2_000  # phrases


@dataclass(frozen=True, slots=True)
class Link:
    """A table, or with ``column`` a column, that words may mean; ``score`` from 0 to 1, ``how`` they agree."""

    table: str
    column: str
    score: float
    how: str = "exact"

    @property
    def target(self) -> str:
        return f"{self.table}.{self.column}" if self.column else self.table


class _Words(dict[str, tuple[str, ...]]):
    """The words of columns; a hidden key column has words too, but is not among them."""

    def __missing__(self, name: str) -> tuple[str, ...]:
        return _lemmas(name, ())


class TableInfo:
    """A table with what follows from its names and keys."""

    def __init__(self, table: Table, keys: tuple[ForeignKey, ...]) -> None:
        self.table, self.name = table, table.name
        self.words = tuple(lemma(word) for word in name_words(table.name)) or (table.name.lower(),)
        self.column_words = _Words({column.name: _lemmas(column.name, self.words) for column in table.columns})
        self.outgoing = tuple(key for key in keys if key.table == table.name)
        self.foreign = {name for key in self.outgoing for name in key.columns}

    @cached_property
    def key(self) -> tuple[str, ...]:
        """Columns that tell rows apart, () when none are known to."""
        if self.table.primary_key:
            return tuple(self.table.primary_key)
        for column in self.table.columns:
            if column.primary or (column.unique and self.column_words[column.name][-1:] in (("id",), ("code",))):
                return (column.name,)
        first = self.table.columns[0] if self.table.columns else None
        if first and self.table.rows and first.profile.distinct >= self.table.rows and first.name not in self.foreign:
            return (first.name,)
        return ()

    @cached_property
    def stem(self) -> tuple[str, ...]:
        """What the rows are by the name of their key: of PassengerId passengers, of "Order no" orders; () for none."""
        words = self.column_words[self.key[0]] if len(self.key) == 1 and self.key[0] not in self.foreign else ()
        return words[:-1] if words[-1:] in (("id",), ("number",)) and words[0] not in _NUMBERED - {"invoice"} else ()

    @cached_property
    def nouns(self) -> frozenset[str]:
        """Words of its name and of what its rows are: a verb that speaks of one of them speaks of the table."""
        return frozenset((*self.words, *self.stem))

    @cached_property
    def person(self) -> tuple[str, str] | None:
        """The columns of first and last name."""
        first = last = ""
        for name, words in self.column_words.items():
            short = tuple(word for word in words if word not in self.words)
            if short in (("first", "name"), ("given", "name"), ("first",)):
                first = first or name
            elif short in (("last", "name"), ("family", "name"), ("last",)):
                last = last or name
        return (first, last) if first and last else None

    @cached_property
    def label(self) -> tuple[str, ...]:
        """Columns that name a row for a person: name, title, first and last name; () when only a key does."""
        best, chosen = 0.0, ""
        for position, column in enumerate(self.table.columns):
            score = self._label_score(column) - position * 0.01
            if score > best:
                best, chosen = score, column.name
        if best < 0.9 and self.person:
            return self.person
        return (chosen,) if chosen else ()

    @cached_property
    def details(self) -> str:
        """The column that holds all there is to say of a row, "" for none: what some tables have for a name."""
        own = set(self.words)
        return next((n for n, w in self.column_words.items() if w[-1:] == ("detail",) and set(w[:-1]) <= own), "")

    def _label_score(self, column: Column) -> float:
        words = self.column_words[column.name]
        if column.kind not in ("text", "date") or column.name in self.foreign or not words:
            return 0.0
        bare = tuple(word for word in words if word not in self.words)
        if words == ("name",) or (bare == ("name",)) or words == ("full", "name"):
            return 1.0
        if column.kind == "date":
            return 0.0
        if bare == ("title",) and words:
            return 0.85
        scattered = self.table.rows > 4 and 0 < column.profile.distinct < 0.5 * self.table.rows
        if scattered and not set(words) & set(self.words):
            return 0.0  # "ship name" of an order names something else
        if words[-1] == "name" and words[0] not in _OTHER_NAMES:
            return 0.8
        if words[-1] in ("title", "label"):
            return 0.6 if words[0] not in ("job",) else 0.0
        if not bare and words == self.words:
            return 0.78
        if "name" in words and words[0] not in ("first", "middle", "file", "user", "login"):
            return 0.5
        if words[-1] in ("description",) and len(words) <= len(self.words) + 1 and column.profile.mean_length < 40:
            return 0.45
        return 0.0

    @cached_property
    def dates(self) -> tuple[str, ...]:
        """Columns that place a row in time, the most telling first."""
        scored = []
        for position, column in enumerate(self.table.columns):
            words = self.column_words[column.name]
            if not (column.temporal or column.profile.encoding):
                continue
            score = 0.0 - 0.01 * position
            score += 0.5 * (column.kind in ("date", "datetime"))
            score += 0.6 * bool(set(words) & set(self.words))
            score += 0.3 * ("date" in words) + 0.2 * bool({"create", "start", "order", "begin", "open"} & set(words))
            score -= 0.5 * bool({"birth", "end", "update", "modify", "require", "due", "close", "expiry"} & set(words))
            score -= 0.4 * bool({"ship", "deliver", "resolve", "complete", "last"} & set(words) - set(self.words))
            scored.append((-score, column.name))
        return tuple(name for _, name in sorted(scored))

    def numeric(self) -> Iterator[Column]:
        """Numbers that are neither keys nor dates."""
        for column in self.table.columns:
            words = self.column_words[column.name]
            if (
                column.numeric
                and column.name not in self.foreign
                and column.name not in self.key
                and words[-1:] not in (("id",), ("code",))
                and not column.profile.encoding
            ):
                yield column

    @cached_property
    def place(self) -> tuple[str, ...]:
        """The column that says where a row's thing is, () when none does."""
        own = {n: w for n, w in self.column_words.items() if n not in (*self.foreign, *self.key)}
        wanted = ("location", "address", "venue", "place", "site", "city", "town", "country")
        return next(((name,) for word in wanted for name, words in own.items() if word in words), ())

    @cached_property
    def amount(self) -> str:
        """The number that "invoices over 10" means, "" when none is obvious."""
        order = (
            "total", "amount", "revenue", "price", "cost", "value", "salary", "balance", "budget", "payment", "fee",
            "gross", "net", "betrag", "umsatz",
        )  # fmt: skip
        columns = list(self.numeric())
        ranked = sorted(
            (min((order.index(word) for word in self.column_words[c.name] if word in order), default=99), n, c.name)
            for n, c in enumerate(columns)
        )
        if ranked and ranked[0][0] < 99:
            return ranked[0][2]
        return columns[0].name if len(columns) == 1 else ""

    @cached_property
    def bridge(self) -> bool:
        """Does the table only tie others together?"""
        own = [c for c in self.table.columns if c.name not in self.foreign and c.name not in self.key]
        return len(self.foreign) >= 2 and len(own) <= 1 and not self.label


class Schema:
    """An index over a catalog; see `schema_of`."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.tables = {table.name: TableInfo(table, catalog.keys_of(table.name)) for table in catalog.tables}
        self.phrases: dict[tuple[str, ...], dict[tuple[str, str], float]] = {}
        self.vocabulary: set[str] = set()
        self._reach: dict[str, dict[str, int]] = {}
        self._near: dict[str, dict[str, int]] = {}
        self._feeders: dict[str, dict[str, int]] = {}
        self._found: dict[tuple[str, ...], tuple[Link, ...]] = {}
        for info in self.tables.values():
            weight = 0.8 if info.table.view else 1.0
            for phrase, score in _table_phrases(info.words):
                self._add(phrase, info.name, "", score * weight)
            if info.stem:
                self._add(info.stem, info.name, "", 0.9 * weight)
            for column in info.table.columns:
                for phrase, score in _column_phrases(info.column_words[column.name], info.words):
                    self._add(phrase, info.name, column.name, score * weight)
        self.figures = defined(catalog, self.phrases, self.vocabulary)

    def _add(self, phrase: tuple[str, ...], table: str, column: str, score: float) -> None:
        known = self.phrases.setdefault(phrase, {})
        known[table, column] = max(known.get((table, column), 0.0), score)
        self.vocabulary.update(phrase)

    def lookup(self, phrase: tuple[str, ...]) -> list[Link]:
        """What ``phrase`` (lemmas) may name, best first, synonyms included at a discount."""
        if phrase not in self._found:
            if len(self._found) >= REMEMBERED:
                self._found.clear()
            self._found[phrase] = tuple(self._look_up(phrase))
        return list(self._found[phrase])

    def _look_up(self, phrase: tuple[str, ...]) -> list[Link]:
        best: dict[tuple[str, str], tuple[float, str]] = {}
        for words, weight, how in _variants(phrase):
            for place, score in self.phrases.get(words, {}).items():
                value = score * weight
                if place not in best or best[place][0] < value:
                    best[place] = value, how if weight < 1 or score >= 0.9 else "part"
        ranked = sorted(best.items(), key=lambda item: -item[1][0])
        return [Link(table, column, score, how) for (table, column), (score, how) in ranked]

    def reach(self, table: str) -> dict[str, int]:
        """Tables of which each row of ``table`` has at most one partner, with the joins it takes."""
        if table not in self._reach:
            self._reach[table] = self._search(table, many=False)
        return self._reach[table]

    def near(self, table: str) -> dict[str, int]:
        """Tables that hang together with ``table`` in any way, with the joins it takes."""
        if table not in self._near:
            self._near[table] = self._search(table, many=True)
        return self._near[table]

    def _search(self, table: str, *, many: bool) -> dict[str, int]:
        """Distances in joins; a key that few rows have is a detour: an order's promotion does not place its revenue."""
        distance: dict[str, int] = {}
        rare: set[str] = set()  # reached over such a key
        levels: list[dict[str, bool]] = [{table: False}]  # by distance, the tables there, and are they rare?
        for steps, level in enumerate(levels):
            for here in sorted(level):
                if here in distance:
                    continue
                distance[here] = steps
                seldom = level[here]
                if seldom:
                    rare.add(here)
                for there, length, single in self._ways[here]:
                    if there not in distance and (many or single):
                        _put(levels, steps + length, there, seldom or length > 1)
        if rare and not many:  # what another way leads to sooner is not the row's own
            near = self.near(table)
            distance = {name: steps for name, steps in distance.items() if name not in rare or near[name] >= steps}
        return distance

    @cached_property
    def _ways(self) -> dict[str, list[tuple[str, int, bool]]]:
        """From each table its neighbours, the length of the join, and whether a row has at most one partner there."""
        ways: dict[str, list[tuple[str, int, bool]]] = {}
        for name in self.tables:
            found = []
            for key in self.catalog.keys_of(name):
                there = key.ref_table if key.table == name else key.table
                single = key.table == name or self._unique(key.table, key.columns)
                found.append((there, 3 if mostly_missing(self.catalog, key) else 1, single))
            ways[name] = list(dict.fromkeys(found))
        return ways

    def feeders(self, table: str) -> dict[str, int]:
        """All tables that may reach ``table`` (see `reach`) with the joins it takes, found from its side at once."""
        if table not in self._feeders:
            distance: dict[str, int] = {}
            levels: list[dict[str, bool]] = [{table: False}]
            for steps, level in enumerate(levels):
                for here in level.keys() - distance.keys():
                    distance[here] = steps
                    for name, length in self._entries.get(here, ()):
                        if name not in distance:
                            _put(levels, steps + length, name, False)
            self._feeders[table] = distance
        return self._feeders[table]

    @cached_property
    def _entries(self) -> dict[str, list[tuple[str, int]]]:
        entries: dict[str, list[tuple[str, int]]] = {}
        for name, ways in self._ways.items():
            for there, length, single in ways:
                if single:
                    entries.setdefault(there, []).append((name, length))
        return entries

    @cached_property
    def loops(self) -> tuple[ForeignKey, ...]:
        """Keys of one column by which rows refer to rows of the same table."""
        keys = self.catalog.foreign_keys
        return tuple(key for key in keys if key.table == key.ref_table and len(key.columns) == 1)

    @cached_property
    def sole(self) -> str:
        """The only table with rows, "" when there are several."""
        tables = [info.name for info in self.tables.values() if info.table.rows and not info.table.view]
        return tables[0] if len(tables) == 1 else ""

    def _unique(self, table: str, columns: tuple[str, ...]) -> bool:
        info = self.tables[table]
        return bool(info.key) and {name.lower() for name in info.key} <= {name.lower() for name in columns}

    def column(self, link: Link) -> Column:
        return self.catalog.column(link.table, link.column)


_schemas: dict[int, tuple[weakref.ref[Catalog], Schema]] = {}


def mostly_missing(catalog: Catalog, key: ForeignKey) -> bool:
    """Do fewer than half of the rows have a value in the key's columns?"""
    rows = catalog.table(key.table).rows
    nulls = max((catalog.column(key.table, name).profile.nulls for name in key.columns), default=0)
    return bool(rows) and nulls * 2 > rows


def schema_of(catalog: Catalog) -> Schema:
    """The index of a catalog; built at the first call for it, then kept as long as the catalog lives."""
    known = _schemas.get(id(catalog))
    if known is not None and known[0]() is catalog:
        return known[1]
    number = id(catalog)
    schema = Schema(catalog)
    _schemas[number] = (weakref.ref(catalog, lambda _, kept=_schemas: kept.pop(number, None)), schema)
    return schema


def _put(levels: list[dict[str, bool]], steps: int, table: str, seldom: bool) -> None:
    """Notes that ``table`` is ``steps`` away; rare only if every way of that length is."""
    while len(levels) <= steps:
        levels.append({})
    levels[steps][table] = levels[steps].get(table, True) and seldom


def name_words(name: str) -> tuple[str, ...]:
    """The words of an identifier with abbreviations spelled out and glued words taken apart.

    Example:
        >>> name_words("CustFName"), name_words("num_orders"), name_words("birthplace")
        (('customer', 'first', 'name'), ('number', 'orders'), ('birth', 'place'))
    """
    words: list[str] = []
    parts = split_name(name)
    position = 0
    while position < len(parts):
        part = parts[position]
        pair = part + parts[position + 1] if position + 1 < len(parts) else ""
        if len(part) == 1 and pair in lexicon.abbreviations():
            words.extend(lexicon.abbreviations()[pair])
            position += 2
            continue
        words.extend(lexicon.abbreviations().get(part) or _unglue(part))
        position += 1
    kept = [word for word in words if word not in _SMALL]
    return tuple(kept or words)


def _unglue(word: str) -> tuple[str, ...]:
    common, short = lexicon.common_words(), lexicon.abbreviations()
    if len(word) < 6 or word in common or lemma(word) in common or not word.isalpha():
        return (word,)
    for cut in range(2, len(word) - 1):
        left, right = word[:cut], word[cut:]
        known = right in common or lemma(right) in common or (right in short and len(right) > 2)
        if (left in common or (left in short and cut > 2)) and known:
            return (*(short.get(left) or (left,)), *(short.get(right) or (right,)))
    for tail in ("name", "id", "code", "date", "number", "type", "title"):
        if word.endswith(tail) and len(word) - len(tail) >= 4:
            import simplemma

            head = word[: -len(tail)]
            if simplemma.is_known(head, "en") and not simplemma.is_known(word, "en"):
                return (head, tail)
    return (word,)


def _lemmas(name: str, table: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(lemma(word) for word in name_words(name)) or (name.lower(),)


def _table_phrases(words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], float]]:
    yield words, 1.0
    yield ("".join(words),), 0.95
    core = tuple(word for word in words if word not in GENERIC_TABLE)
    if core and core != words:
        yield core, 0.93
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            if end - start < len(words):
                suffix = end == len(words)
                yield words[start:end], 0.42 + 0.3 * (end - start) / len(words) + 0.18 * suffix


def _column_phrases(words: tuple[str, ...], table: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], float]]:
    yield words, 1.0
    if len(words) == 1 and len(words[0]) > 4 and words[0][1:] in lexicon.common_words():
        yield (words[0][1:],), 0.75  # pclass
    if words[-1] in _NUMBERED:
        yield (*words, "number"), 0.96
    if len(words) > 1:
        yield ("".join(words),), 0.95
    bare = _without_prefix(words, table)
    if bare != words:
        yield bare, 0.93
    else:
        yield (*table, *words), 0.98
        if len(table) > 1:
            yield (table[-1], *words), 0.9
    for form in {words, bare}:
        if len(form) > 1 and form[-1] in GENERIC_SUFFIX:
            yield form[:-1], GENERIC_SUFFIX[form[-1]]
        if form is bare and bare != words and len(bare) > 1:
            yield (*bare[:-1],), 0.5
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + 4) + 1):
            if end - start < len(words):
                suffix = end == len(words)
                yield words[start:end], 0.38 + 0.28 * (end - start) / len(words) + 0.12 * suffix


def _without_prefix(words: tuple[str, ...], table: tuple[str, ...]) -> tuple[str, ...]:
    """``customer_name`` of ``customers`` is its name."""
    rest = list(words)
    while len(rest) > 1 and rest[0] in table:
        rest.pop(0)
    return tuple(rest)


def _variants(phrase: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], float, str]]:
    yield phrase, 1.0, "exact"
    if len(phrase) > 1:
        yield ("".join(phrase),), 0.95, "exact"
    if len(phrase) > 3:
        return
    for position, word in enumerate(phrase):
        for other, weight in lexicon.synonyms().get(word, ()):
            yield (*phrase[:position], other, *phrase[position + 1 :]), weight, "synonym"
        short = lexicon.abbreviations().get(word)
        if short and short != (word,):
            full = tuple(lemma(part) for part in short)
            yield (*phrase[:position], *full, *phrase[position + 1 :]), 0.95, "abbreviation"
