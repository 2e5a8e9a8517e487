"""Which table or column a term means, given what else is spoken of; every decision is kept and can be varied."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from workspace.database.catalog import Column as SchemaColumn
from workspace.question import lexicon
from workspace.question import plan as form
from workspace.question.frames import Condition, Exists, Frame, Operand, Term
from workspace.question.linking import Item
from workspace.question.reading import Match
from workspace.question.schema import Link, Schema
from workspace.question.tokens import split_name

# What columns of the two ends of a way are called: "from Manhattan to Brooklyn".
WAYS = {
    "from": frozenset({"from", "pickup", "pick", "origin", "orig", "source", "src", "departure", "depart", "leave",
                       "start", "begin", "sender"}),
    "to": frozenset({"to", "dropoff", "drop", "destination", "dest", "dst", "target", "arrival", "arrive", "land",
                     "end", "finish", "receiver"}),
}  # fmt: skip

YES = ("1", "y", "yes", "t", "true", "j", "ja", "wahr")
NO = ("0", "n", "no", "f", "false", "n", "nein", "falsch")

OWN, ENTITY, NAMED, APART, ISLAND = 0.35, 0.14, 0.08, 0.045, 0.4


@dataclass
class Decision:
    """A choice among links: what it was about, the options best first with their scores, and the one taken."""

    item: Item
    options: list[tuple[Link, float]]
    taken: int = 0

    @property
    def link(self) -> Link:
        return self.options[self.taken][0]

    @property
    def margin(self) -> float:
        """How far the next option is behind the first; 1 when there is none."""
        return self.options[0][1] - self.options[1][1] if len(self.options) > 1 else 1.0


@dataclass
class Context:
    """The tables a question speaks of, with how much each pulls names towards it."""

    schema: Schema
    frame: Frame
    pull: dict[str, float] = field(default_factory=dict)
    entity: str = ""
    favoured: set[tuple[str, str]] = field(default_factory=set)  # columns of the answer in focus
    measured: str = ""  # the table of the figure in focus
    forced: dict[tuple[int, int], int] = field(default_factory=dict)
    decisions: dict[tuple[int, int], Decision] = field(default_factory=dict)
    penalties: dict[str, float] = field(default_factory=dict)

    def penalize(self, why: str, amount: float) -> None:
        self.penalties[why] = max(self.penalties.get(why, 0.0), amount)

    def forget(self, item: Item) -> None:
        """The item turned out to name no column."""
        self.decisions = {key: kept for key, kept in self.decisions.items() if kept.item is not item}

    # ------------------------------------------------------------------------------------------------ tables
    def gather(self) -> None:
        """Finds the tables that are named, the entity's first."""
        if self.frame.entity is not None:
            self.entity = self.table(self.frame.entity) or ""
            self._attract(self.entity, ENTITY)
        for item in self.frame.mentioned:
            self._attract(self.table(item), NAMED)
        for term in (*self.frame.targets, *self.frame.groups, *(s.term for s in self.frame.sorts if s.term)):
            self._attract_term(term)
        self._attract_conditions(self.frame.conditions)
        if not self.entity:
            self._attract_named()

    def _attract_named(self) -> None:
        """ "phone of Rosa Herrera": where a name is found in one table only, what is asked for is hers."""
        for condition in self.frame.conditions:
            if isinstance(condition, Condition) and condition.term is None and condition.op == "=":
                for operand in condition.operands:
                    homes = {m.table for m in operand.matches if m.column in self.schema.tables[m.table].label}
                    if len(homes) == 1 and all(m.table in homes for m in operand.matches):
                        self._attract(homes.pop(), ENTITY)

    def _attract_term(self, term: Term | None) -> None:
        if term is None:
            return
        if term.owner is not None:
            self._attract(self.table(term.owner), NAMED)
        elif term.item is not None and names_table(term.item):
            self._attract(self.table(term.item), NAMED)

    def _attract_conditions(self, conditions: Iterable[Condition | Exists]) -> None:
        for condition in conditions:
            self._attract_term(condition.term)
            if isinstance(condition, Exists):
                self._attract_conditions(condition.inner)

    def _attract(self, table: str | None, weight: float) -> None:
        if table:
            self.pull[table] = max(self.pull.get(table, 0.0), weight)

    def table(self, item: Item) -> str | None:
        """The table an item names."""
        options = [(link, link.score + self._table_bonus(link.table)) for link in item.links if not link.column]
        if not options:
            return None
        options.sort(key=lambda option: -option[1])
        return self._decide(item, options[:6], 0).table

    def _table_bonus(self, table: str) -> float:
        info = self.schema.tables[table]
        return -0.1 * info.bridge - 0.05 * (info.table.rows == 0) + self.pull.get(table, 0.0) * 0.3

    def _decide(self, item: Item, options: list[tuple[Link, float]], kind: int) -> Link:
        key = (item.start * 4 + kind, item.end)
        taken = min(self.forced.get(key, 0), len(options) - 1)
        self.decisions[key] = Decision(item, options, taken)
        return options[taken][0]

    # ----------------------------------------------------------------------------------------------- columns
    def column(self, term: Term, need: str = "", among: Iterable[tuple[str, str]] | None = None) -> Link | None:
        """The column a term means.

        Args:
            term: what was said.
            need: ``number`` or ``date`` when only such a column makes sense.
            among: columns it must be one of, if any of them is named at all.
        """
        if term.item is None:
            return None
        owner = self.table(term.owner) if term.owner is not None else None
        options: list[tuple[Link, float]] = []
        wanted = set(among or ())
        for link in self._named(term.item, owner):
            score = link.score + self.closeness(link.table, owner) + self._fitness(link, term.item, need)
            if wanted:
                score += 0.3 if (link.table, link.column) in wanted else -0.1
            options.append((link, score))
        if not options:
            return None
        options.sort(key=lambda option: -option[1])
        return self._decide(term.item, options[:6], 1)

    def _named(self, item: Item, owner: str | None) -> list[Link]:
        """The item's columns; a bare "name" or "id" also means the label or key of the table in question."""
        links = list(item.columns)
        table = owner or self.entity
        if table and item.end - item.start == 1 and item.lemma in ("name", "id", "identifier", "key"):
            info = self.schema.tables[table]
            have = {(link.table, link.column) for link in links if link.score >= 0.9}
            columns = info.label[:1] if item.lemma == "name" else info.key[:1]
            if item.lemma == "name" and not columns and info.details:
                columns = (info.details,)
            for column in columns:
                if (table, column) not in have and column in info.column_words:
                    links = [link for link in links if (link.table, link.column) != (table, column)]
                    words = info.column_words[column]
                    fits = item.lemma in words or (
                        item.lemma == "name" and not any("name" in other for other in info.column_words.values())
                    )
                    links.append(Link(table, column, 0.86 if fits else 0.6, "label"))
        return links

    def closeness(self, table: str, owner: str | None = None) -> float:
        """How near a table is to what the question is about."""
        score = self.pull.get(table, 0.0)
        if owner:
            if owner == table:
                return score + OWN
            distance = self.schema.near(owner).get(table)
            return score + (-ISLAND if distance is None else 0.1 - 0.1 * distance)
        if self.entity and table != self.entity:
            distance = self.schema.near(self.entity).get(table)
            return score + (-ISLAND if distance is None else -APART * distance)
        if not self.entity and self.pull and table not in self.pull:
            distances = [self.schema.near(other).get(table) for other in self.pull]
            known = [distance for distance in distances if distance is not None]
            return score + (-APART * min(known) if known else -ISLAND)
        return score

    def _fitness(self, link: Link, item: Item, need: str) -> float:
        info, column = self.schema.tables[link.table], self.schema.column(link)
        score = -0.03 * info.bridge - 0.04 * (info.table.rows == 0)
        if link.column in info.foreign and item.lemma not in ("id", "code", "number") and link.score < 0.93:
            score -= 0.12
        if need == "number":
            score -= 0.4 * (not column.numeric) + 0.15 * (link.column in info.foreign or link.column in info.key)
        if need == "date":
            score -= 0.4 * (not is_date(column))
        return score

    def by_adjective(self, term: Term, tables: Iterable[str]) -> tuple[Link, int] | None:
        """The column that an adjective speaks of ("longest": Milliseconds), and the sign of its superlative."""
        adjective = term.adjective
        assert adjective is not None
        best: tuple[float, Link, int] | None = None
        for order, table in enumerate(tables):
            info = self.schema.tables[table]
            for name, words in info.column_words.items():
                column = info.table.column(name)
                if not (column.numeric or is_date(column)) or name in info.foreign or name in info.key:
                    continue
                for rank, (hint, sign) in enumerate(adjective.hints):
                    if hint in words:
                        born = "birth" in words and not any(other == "birth" for other, _ in adjective.hints)
                        score = (
                            1.0
                            - 0.5 * born
                            - 0.04 * rank
                            - 0.3 * order
                            - 0.03 * len(words)
                            + 0.1 * (words[-1] == hint)
                            + 0.05
                            * bool(({"max", "maximum"} if sign > 0 else {"min", "minimum", "minute"}) & set(words))
                        )
                        if best is None or score > best[0]:
                            best = score, Link(table, name, max(0.5, score), "adjective"), sign
        if best is None:
            return self._in_time(adjective, tables)
        return best[1], best[2]

    def _in_time(self, adjective: lexicon.Adjective, tables: Iterable[str]) -> tuple[Link, int] | None:
        """ "the last return": by the date of the things, whatever the column is called."""
        sign = next((sign for hint, sign in adjective.hints if hint == "date"), 0)
        first = next(iter(tables), "")
        info = self.schema.tables[first] if first else None
        if not sign or info is None or not info.dates:
            return None
        return Link(info.name, info.dates[0], 0.5, "adjective"), sign

    # ------------------------------------------------------------------------------------------------ values
    def value_column(self, operands: list[Operand], term: Term | None) -> Link | None:
        """The column that holds the values, the named one where a name was said."""
        sets = [{(match.table, match.column) for match in operand.matches} for operand in operands if operand.matches]
        if term is not None and term.item is not None:
            among = set.union(*sets) if sets else set()
            if names_table(term.item) and term.owner is None:
                table = self.table(term.item)
                own = [pair for pair in among if pair[0] == table]
                if own:
                    return self._best_match(operands, own, named=True)
            link = self.column(term, among=among)
            verbal = term.item.lower.endswith("ed")
            if link is not None and verbal and among and (link.table, link.column) not in among:
                near = {pair for pair in among if term.item.lemma in self.schema.tables[pair[0]].column_words[pair[1]]}
                return self._best_match(operands, near or among)
            if link is not None:
                if among and (link.table, link.column) not in among:
                    self.penalize("the value is not in that column", 0.12)
                return link
        if not sets:
            return None
        shared = set.intersection(*sets) or sets[0]
        return self._best_match(operands, shared, named=term is not None)

    def _best_match(
        self, operands: list[Operand], columns: Iterable[tuple[str, str]], *, named: bool = False
    ) -> Link | None:
        options: list[tuple[Link, float]] = []
        first = next((operand for operand in operands if operand.matches), None)
        if first is None:
            return None
        for table, column in columns:
            match = next((m for m in first.matches if (m.table, m.column) == (table, column)), None)
            if match is None:
                continue
            info = self.schema.tables[table]
            score = match.score + self.closeness(table) + 0.14 * (column in info.label)
            score += 0.2 * ((table, column) in self.favoured) + 0.1 * (info.column_words[column][-1:] == ("name",))
            ends = WAYS.get(first.preposition, frozenset())
            score += 0.1 * bool(ends & {*info.column_words[column], *split_name(column)})
            if table == self.entity and column in info.label and not named:
                score -= 0.32  # "tracks by Iron Maiden": things are seldom meant by their own name unless it is said
            score -= 0.1 * (column in info.foreign) + 0.04 * info.bridge
            options.append((Link(table, column, match.score, "value"), score))
        options.sort(key=lambda option: (-option[1], option[0].target))
        if not options:
            return None
        item = first.item
        return self._decide(item, options[:6], 2) if item is not None else options[0][0]


def names_table(item: Item) -> bool:
    """Does the item name a table rather than a column?"""
    table = item.table
    columns = item.columns
    return table is not None and (not columns or table.score >= columns[0].score - 0.04)


def is_date(column: SchemaColumn) -> bool:
    """Does the column hold dates, moments or years?"""
    return column.temporal or bool(column.profile.encoding) or is_year(column)


def is_year(column: SchemaColumn) -> bool:
    """Whole years, as numbers or text."""
    if column.profile.encoding == "year":
        return True
    if column.profile.encoding or "year" not in column.name.lower():
        return False
    low, high = column.profile.minimum, column.profile.maximum
    try:
        return low is not None and float(low) >= 1000 and float(high) <= 2200
    except (TypeError, ValueError):
        return False


def truth(schema: Schema, link: Link) -> tuple[str, str] | None:
    """The two values of a yes/no column as text, yes first; None for another column."""
    column = schema.column(link)
    values = [str(value) for value, _ in column.profile.common if value is not None]
    if column.kind == "boolean" and not values:
        return "1", "0"
    if not values or column.profile.distinct > 2:
        return None
    yes = next((value for value in values if value.lower() in YES), None)
    no = next((value for value in values if value.lower() in NO), None)
    if (yes is None and no is None) or (len(values) == 2 and (yes is None or no is None)):
        return None
    pairs = dict(zip(YES, ("0", "N", "No", "F", "False", "n", "nein", "falsch"), strict=True))
    return yes or "1", no or pairs.get((yes or "1").lower(), "0")


def spelled(match: Match | None, text: str) -> form.Literal:
    """The value as the data spells it."""
    return form.Literal(match.value if match is not None else text)


def with_links(item: Item, links: Iterable[Link]) -> Item:
    return replace(item, links=tuple(links))


# What a name ends with, as `name_words` spells it out: of duration_min, which has nothing of a minimum, the minute.
_ENDS = {"minimum": "minute", "sec": "second", "h": "hour", "m": "meter", "g": "gram"}


def unit_divisor(words: Sequence[str], unit: str) -> float | None:
    """By how much a column in another unit is divided to show ``unit``."""
    for word in _units_in(words):
        divisor = lexicon.units().get((word, unit))
        if divisor:
            return divisor
    return None


def unit_factor(words: Sequence[str], unit: str) -> float:
    """How many of a column's own unit one ``unit`` is: of minutes 60 make an hour, of hours a sixtieth a minute.

    Example:
        >>> unit_factor(("duration", "minimum"), "hour"), unit_factor(("price",), "hour")
        (60.0, 1.0)
    """
    turned = (lexicon.units().get((unit, word)) for word in _units_in(words))
    return unit_divisor(words, unit) or next((1 / divisor for divisor in turned if divisor), 1.0)


def _units_in(words: Sequence[str]) -> tuple[str, ...]:
    return (*words[:-1], _ENDS.get(words[-1], words[-1])) if len(words) > 1 else tuple(words)
