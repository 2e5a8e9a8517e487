"""Tokens to items: which stretches of the question are structure, names of the schema, values, numbers or dates.

Every stretch of up to five words is looked up; the cover of the question with the highest total is taken. An item keeps
everything its stretch may mean; the grammar decides by its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from workspace.question import lexicon
from workspace.question.dates import Period, read_period
from workspace.question.lexicon import Adjective, MeasureWord
from workspace.question.numbers import read_number
from workspace.question.reading import Match, Values
from workspace.question.schema import Link, Schema, name_words
from workspace.question.tokens import IRREGULAR, Token, lemma, tokenize

LONGEST = 6
MATCHES = 12  # values of a stretch that are looked at
_WHEN = frozenset({"in", "on", "during", "since"})
_DOING = frozenset({"who", "that", "which", "have", "has", "had", "never", "ever", "not"})
_INNER = frozenset({"of", "the", "'s", "-", "/", "for", "in", "a", "an", "'", "&", "."})


@dataclass(frozen=True, slots=True)
class Item:
    """A stretch of the question (tokens ``start`` to ``end``) with everything it may mean."""

    start: int
    end: int
    text: str
    lower: str
    tags: frozenset[str] = frozenset()
    links: tuple[Link, ...] = ()
    matches: tuple[Match, ...] = ()
    number: int | float | None = None
    period: Period | None = None
    adjective: Adjective | None = None
    nouns: frozenset[str] = frozenset()  # of a verb: words of the tables that hold what it says
    lemma: str = ""
    quoted: bool = False
    measure: MeasureWord | None = None  # a figure that a person defined
    content: bool = False  # a word that carries meaning, known or not
    score: float = 0.0

    def has(self, *tags: str) -> bool:
        return not self.tags.isdisjoint(tags)

    @property
    def unknown(self) -> bool:
        """Does the word carry meaning that nothing explains?"""
        known = self.tags or self.links or self.matches or self.nouns or self.period or self.adjective or self.quoted
        return self.content and not known and self.number is None and self.measure is None

    @property
    def table(self) -> Link | None:
        """The best link to a table, when no column is clearly better."""
        return next((link for link in self.links if not link.column), None)

    @property
    def columns(self) -> tuple[Link, ...]:
        return tuple(link for link in self.links if link.column)


@dataclass(frozen=True, slots=True)
class Linked:
    """A question as items; ``notes`` say what was corrected."""

    text: str
    tokens: tuple[Token, ...]
    items: tuple[Item, ...]
    notes: tuple[str, ...] = ()


@dataclass
class _Lattice:
    """Lookups of one question, so that each stretch is looked up once."""

    tokens: tuple[Token, ...]
    text: str
    schema: Schema
    values: Values | None
    clock: datetime
    notes: list[str] = field(default_factory=list)


def link(text: str, schema: Schema, values: Values | None, clock: datetime) -> Linked:
    """The items of a question.

    Args:
        text: as the person wrote it.
        schema: of the catalog.
        values: lookup of cell values, or None for none.
        clock: what "today" means.
    """
    tokens = _spelled_names(tokenize(text), schema, values)
    lattice = _Lattice(tokens, text, schema, values, clock)
    best: list[tuple[float, tuple[Item, ...]]] = [(0.0, ())]
    options: dict[int, list[Item]] = {}
    for start in range(len(tokens)):
        for item in _items_at(lattice, start):
            options.setdefault(item.end, []).append(item)
    for end in range(1, len(tokens) + 1):
        chosen: tuple[float, tuple[Item, ...]] | None = None
        for item in options.get(end, ()):
            total = best[item.start][0] + item.score
            if chosen is None or total > chosen[0]:
                chosen = total, (*best[item.start][1], item)
        best.append(chosen or best[-1])
    items = tuple(_mend(lattice, item) for item in _misspelt_values(lattice, best[-1][1]))
    return Linked(text, tokens, items, tuple(lattice.notes))


def _spelled_names(tokens: tuple[Token, ...], schema: Schema, values: Values | None) -> tuple[Token, ...]:
    """A quoted person, kept as first and last name: a word each."""
    if values is None or not any(token.kind == "quoted" for token in tokens):
        return tokens
    made: list[Token] = []
    for token in tokens:
        parts = token.text.split()
        if token.kind != "quoted" or len(parts) != 2 or values.find(token.text):
            made.append(token)
            continue
        first, last = ({(match.table, match.column) for match in values.find(part)} for part in parts)
        people = (info.person for info in schema.tables.values() if info.person)
        homes = [info.name for info in schema.tables.values() if info.person]
        if any(
            (home, one) in first and (home, other) in last for home, (one, other) in zip(homes, people, strict=True)
        ):
            cut = token.text.index(parts[1])
            ends = (token.start, token.start + len(parts[0])), (token.start + cut, token.end)
            for part, (start, end) in zip(parts, ends, strict=True):
                word = part.lower()
                made.append(replace(token, text=part, lower=word, lemma=word, start=start, end=end))
        else:
            made.append(token)
    return tuple(made)


def _items_at(lattice: _Lattice, start: int) -> Iterator[Item]:
    tokens = lattice.tokens
    first = tokens[start]
    yield _single(lattice, start)
    shared = _shared_head(lattice, start)
    if shared is not None:
        yield shared
    for length in range(1, min(max(LONGEST, lexicon.longest_cue()), len(tokens) - start) + 1):
        end = start + length
        words = tuple(token.lower for token in tokens[start:end])
        if length > 2 and "-" in words[1:-1]:
            words = tuple(word for word in words if word != "-")
        tags = lexicon.cues().get(words)
        tags = None if tags and "order" in tags and _acted(lattice, start, end) else tags
        base = Item(start, end, lattice.text[first.start : tokens[end - 1].end], " ".join(words))
        if tags and first.kind != "quoted":
            nouns = lexicon.verbs().get(first.lemma, frozenset()) if length == 1 else frozenset()
            base = replace(base, nouns=nouns, lemma=first.lemma)
            weight = 0.3 if tags == ("filler",) else 0.85
            item = replace(base, tags=frozenset(tags), score=weight * length + 0.2 * (length - 1))
            yield _enrich(lattice, item, cue=True)
        adjective = lexicon.adjectives().get(words)
        if adjective:
            item = replace(base, adjective=adjective, tags=frozenset(tags or ()), content=True)
            yield replace(item, score=0.9 * length + 0.12 * (length - 1))
        if lattice.schema.figures and (defined := _defined(lattice, base, start, end)) is not None:
            yield defined
        if length <= LONGEST and not tags:
            named = _enrich(lattice, base, cue=False)
            if named.score > 0:
                yield named
    found = read_period(tokens, start, lattice.clock)
    if found:
        period, taken = found
        item = _blank(lattice, start, start + taken)
        number = read_number(tokens, start) if taken == 1 else None
        yield replace(
            item, period=period, number=number[0] if number else None, content=True, score=0.95 * taken + 0.1,
            matches=_matches(lattice, start, start + taken) if taken == 1 else (),
        )  # fmt: skip
    counted = None if _pronoun(tokens, start) else read_number(tokens, start)
    if counted and not (found and found[1] >= counted[1]):
        item = _blank(lattice, start, start + counted[1])
        matches = _matches(lattice, start, start + counted[1]) if counted[1] == 1 else ()
        yield replace(item, number=counted[0], matches=matches, content=True, score=0.9 * counted[1])


def _acted(lattice: _Lattice, start: int, end: int) -> bool:
    """ "who *ordered* nothing", "… *ordered in* 2025": is it what somebody did, rather than how rows are sorted?"""
    tokens, timed = lattice.tokens, lattice.tokens[end - 1].lower in _WHEN
    after = tokens[end].lower if end < len(tokens) else ""
    if not timed and (end - start > 1 or not start or tokens[start].lemma not in lexicon.verbs()):
        return False
    if timed or (after and read_period(tokens, end + (after in _WHEN), lattice.clock)):
        return read_period(tokens, end + (after in _WHEN), lattice.clock) is not None
    done = tokens[start - 1].lower in _DOING and after not in ("by", "in", "from", "of", "according", "alphabetically")
    return done or after in ("nothing", "anything", "something")


def _pronoun(tokens: Sequence[Token], start: int) -> bool:
    """ "each one", "the one that": stands for a thing, counts nothing."""
    before = tokens[start - 1].lower if start else ""
    return tokens[start].lower == "one" and before in ("each", "every", "which", "this", "that", "the", "any", "no")


def _defined(lattice: _Lattice, item: Item, start: int, end: int) -> Item | None:
    """The stretch as a figure that a person defined."""
    phrase = tuple(token.lemma for token in lattice.tokens[start:end])
    figure = lattice.schema.figures.get(phrase)
    if figure is None:
        return None
    word = MeasureWord(figure.name, frozenset(phrase), (), figure)
    length = end - start
    return replace(item, measure=word, lemma=phrase[-1], content=True, score=1.2 * length + 0.2 * (length - 1))


def _blank(lattice: _Lattice, start: int, end: int) -> Item:
    text = lattice.text[lattice.tokens[start].start : lattice.tokens[end - 1].end]
    return Item(start, end, text, text.lower(), lemma=lattice.tokens[start].lemma)


def _single(lattice: _Lattice, start: int) -> Item:
    """The word as it stands, in case nothing better covers it."""
    token = lattice.tokens[start]
    item = _blank(lattice, start, start + 1)
    nouns = lexicon.verbs().get(token.lemma, frozenset())
    if token.kind == "punct":
        return replace(item, tags=frozenset({"filler"}), score=0.01)
    return replace(item, nouns=nouns, quoted=token.kind == "quoted", content=True, score=0.4 if nouns else 0.02)


def _enrich(lattice: _Lattice, item: Item, *, cue: bool) -> Item:
    """Adds what the stretch may name in the schema and in the data."""
    tokens = lattice.tokens[item.start : item.end]
    length = len(tokens)
    if cue and length > 1:
        return item
    quoted = tokens[0].kind == "quoted"
    if quoted and length > 1:
        return item
    loose = length > 1 and (_loose(tokens[0]) or _loose(tokens[-1]))
    if length > 1 and (tokens[0].kind == "punct" or tokens[-1].kind == "punct"):
        return item
    if loose and not _capital(tokens):
        return item
    links = () if quoted or loose else _links(lattice, tokens, cue=cue)
    numeric = length == 1 and tokens[0].kind in ("number", "date")
    spelled = _capital(tokens) and not (cue and length == 1 and _begins(lattice, item.start))
    matches = () if numeric or (cue and not spelled) else _matches(lattice, item.start, item.end)
    if not links and not matches and not cue:
        matches = _several(lattice, tokens)
    if not links and not matches and not quoted:
        return item
    score = 0.0
    if links:
        score = links[0].score * length + 0.15 * (length - 1)
    if matches or quoted:
        quality = matches[0].score if matches else 0.9
        strength = 1.3 if quoted else 1.12 if _capital(tokens) else 0.78
        if matches and _capital(tokens) and links and links[0].score >= 0.9 and length == 1 and item.start == 0:
            strength = 0.7
        score = max(score, (strength * length + 0.2 * (length - 1)) * quality)
    nouns = lexicon.verbs().get(tokens[0].lemma, frozenset()) if length == 1 else frozenset()
    return replace(
        item, links=links, matches=matches, quoted=quoted, content=True, nouns=nouns, lemma=tokens[-1].lemma,
        score=max(item.score, score),
    )  # fmt: skip


def _shared_head(lattice: _Lattice, start: int) -> Item | None:
    """ "first" of "first and last names": the word that both lead to comes later."""
    tokens = lattice.tokens
    if tokens[start].kind != "word" or start + 3 >= len(tokens):
        return None
    position, joined = start + 1, False
    while position < min(start + 7, len(tokens) - 1) and tokens[position].kind in ("word", "punct"):
        if tokens[position].lower in ("and", "or", "&", ",", "the"):
            joined = joined or tokens[position].lower != "the"
            position += 1
            continue
        if not joined:
            return None
        head = tokens[position + 1]
        if head.kind == "word" and head.lower not in ("and", "or", ","):
            phrase = (tokens[start].lemma, head.lemma)
            raw = (tokens[start].lower, head.lemma)
            other = lattice.schema.lookup((tokens[position].lemma, head.lemma))
            links = [x for x in (lattice.schema.lookup(phrase) or lattice.schema.lookup(raw)) if x.score >= 0.85]
            places = {link.table for link in other if link.column and link.score >= 0.85}
            links = [link for link in links if link.column and link.table in places]
            if links:
                item = _blank(lattice, start, start + 1)
                return replace(item, links=tuple(links), content=True, score=1.1)
            return None
        position += 1
    return None


_LOOSE = frozenset({"the", "a", "an", "with", "by", "is", "are", "that", "who", "all", "each", "per", "not", "no"})


def _loose(token: Token) -> bool:
    """A word that no name begins or ends with: of, the, a comma."""
    tags = lexicon.cues().get((token.lower,), ())
    joining = tags[:1] in (("of",), ("and",), ("or",), ("filler",), ("open",), ("by",))
    return token.kind == "punct" or joining or token.lower in _LOOSE


def _begins(lattice: _Lattice, position: int) -> bool:
    """Does a sentence begin here, so that a capital says nothing ("For each airport", where a code is FOR)?"""
    return position == 0 or lattice.tokens[position - 1].lower in (".", "?", "!")


def _capital(tokens: Sequence[Token]) -> bool:
    return any(token.capital or token.kind in ("number", "quoted", "date") for token in tokens)


def _links(lattice: _Lattice, tokens: Sequence[Token], *, cue: bool) -> tuple[Link, ...]:
    phrase = tuple(token.lemma for token in tokens if token.lower not in _INNER)
    if len(tokens) == 1 and "_" in tokens[0].text:  # a column's own name: temp_max
        phrase = tuple(lemma(word) for word in name_words(tokens[0].text))
    if len(tokens) == 3 and tokens[1].lower == "per" and any(x.column for x in lattice.schema.lookup(phrase[::2])[:1]):
        exact = [link for link in lattice.schema.lookup(phrase[::2]) if link.score >= 0.99]
        return tuple(exact)  # a column's own name: hours_per_week
    if not phrase or len(phrase) > 5:
        return ()
    if len(tokens) > 1 and any(token.lower in ("of", "in") for token in tokens) and _owned(lattice, tokens[-1]):
        return ()  # "names of people", "films in the category": read as two things
    found = lattice.schema.lookup(phrase)
    if len(phrase) == 1 and tokens[0].lower != phrase[0] and tokens[0].lower in lattice.schema.vocabulary:
        known = {(link.table, link.column) for link in found}
        found += [x for x in lattice.schema.lookup((tokens[0].lower,)) if (x.table, x.column) not in known]
    counted = tokens[0].lower == "number" and tokens[-1].lower != tokens[-1].lemma  # "number of employees" is no name
    if not found and len(phrase) == 2 and any(token.lower == "of" for token in tokens):
        found = lattice.schema.lookup(phrase[::-1]) if not counted else []
    elif len(phrase) == 2 and any(token.lower == "of" for token in tokens):
        found = [link for link in found if link.score >= 0.99]
        found += [link for link in lattice.schema.lookup(phrase[::-1]) if link.score >= 0.85 and not counted]
    elif len(phrase) > 2 and any(token.lower in ("of", "for", "in") for token in tokens):
        found = [link for link in found if link.score >= 0.99]
    told = tokens[-1].lower.endswith("ed") or tokens[-1].lower in IRREGULAR
    if len(tokens) > 1 and told and tokens[-1].lemma != tokens[-1].lower:
        found = [link for link in found if link.score >= 0.99]
    if cue:
        found = [link for link in found if link.score >= 0.93]
    found = [link for link in found if link.score >= 0.36]
    if any(token.lower in ("by", "per") for token in tokens[1:-1]):  # "sales by category" asks; a view is called so
        found = [link for link in found if link.column or not lattice.schema.tables[link.table].table.view]
    if len(tokens) == 1 and tokens[0].lower != tokens[0].lemma and tokens[0].lower.endswith("s"):
        # Things in the plural are rows of a table rather than a column.
        found = [x if x.column or x.score >= 0.85 else replace(x, score=x.score + 0.08) for x in found]
    return tuple(sorted(found, key=lambda link: -link.score)[:24])


def _owned(lattice: _Lattice, token: Token) -> bool:
    return any(not x.column and x.score >= 0.9 for x in lattice.schema.lookup((token.lemma,)))


def _matches(lattice: _Lattice, start: int, end: int) -> tuple[Match, ...]:
    if lattice.values is None:
        return ()
    tokens = lattice.tokens[start:end]
    letter = len(tokens) == 1 and tokens[0].kind == "word" and len(tokens[0].text) < 2
    if letter and not (tokens[0].text.isupper() and tokens[0].text not in "AI"):
        return ()
    phrase = lattice.text[tokens[0].start : tokens[-1].end]
    found = lattice.values.find(phrase)
    if found and len(tokens) == 1 and tokens[0].kind == "word" and tokens[0].text.islower():
        found = _plain_word(lattice, start, found)
    last = tokens[-1]
    if not found and last.kind == "word" and last.lower.endswith("s") and last.lemma != last.lower:
        found = lattice.values.find(lattice.text[tokens[0].start : last.start] + last.lemma)  # "sales support agents"
    if not found and len(tokens) == 1 and tokens[0].kind == "word" and tokens[0].lower[-1:] == "y":
        stem = tokens[0].lower[:-1]  # rainy, sunny: of rain, of sun
        stem = stem[:-1] if stem[-1:] == stem[-2:-1] else stem
        found = tuple(match for match in lattice.values.find(stem) if match.score >= 0.99) if len(stem) > 2 else ()
    if not found and tokens[0].kind != "quoted":
        for other in lexicon.aliases().get(phrase.lower(), ()):
            found = tuple(match for match in lattice.values.find(other) if match.score >= 0.99)
            if found:
                break
    return tuple(found[:MATCHES])


def _several(lattice: _Lattice, tokens: Sequence[Token]) -> tuple[Match, ...]:
    """ "biggest mortgage", where the data say Mortgages."""
    word = tokens[-1]
    if lattice.values is None or word.kind != "word" or len(word.text) < 4 or word.lower != word.lemma:
        return ()
    phrase = " ".join(token.text for token in tokens)
    found = lattice.values.find(phrase + "s") if phrase.islower() else ()
    return tuple(found[:MATCHES])


def _plain_word(lattice: _Lattice, start: int, found: Sequence[Match]) -> tuple[Match, ...]:
    """An everyday word in lower case is a title ("Release") only where a name is expected."""
    before = lattice.tokens[start - 1].lower if start else ""
    if before in ("by", "from", "named", "called", "is", "of", "for", "the", "and", "or", "with"):
        expected = before in ("by", "from", "named", "called", "is", "of", "for")
    else:
        expected = False
    if expected or not _everyday(lattice.tokens[start].lower):
        return tuple(found)
    kept = []
    for match in found:
        if lattice.schema.catalog.column(match.table, match.column).profile.distinct <= 400:
            kept.append(match)
            if len(kept) == MATCHES:
                break
    return tuple(kept)


def _shortened(lattice: _Lattice, item: Item) -> Item | None:
    """ "prerequisites", where the schema says prereq: a name that is the beginning of the word."""
    starts = [item.lemma[:n] for n in range(len(item.lemma) - 3, 3, -1)]
    known = next((start for start in starts if start in lattice.schema.vocabulary), "")
    if not known or _everyday(known):
        return None
    links = tuple(replace(x, score=x.score * 0.85, how="abbreviation") for x in lattice.schema.lookup((known,)))
    return replace(item, links=links, score=0.5) if links and links[0].score > 0.5 else None


def _everyday(word: str) -> bool:
    import simplemma

    return simplemma.is_known(word, "en")


def _misspelt_values(lattice: _Lattice, items: tuple[Item, ...]) -> tuple[Item, ...]:
    """A value of several words of which one is misspelt ("Iron *Madien*"), taken for what it is nearly."""
    if lattice.values is None:
        return items
    made, place = list(items), 0
    while place < len(made):
        for length in range(min(4, len(made) - place), 1, -1):
            value = _nearly(lattice, made[place : place + length])
            if value is not None:
                made[place : place + length] = [value]
                break
        place += 1
    return tuple(made)


def _nearly(lattice: _Lattice, run: list[Item]) -> Item | None:
    """The run of words as one value, if a word of it is known to nobody and all of it is nearly a value."""
    assert lattice.values is not None
    strange = [item for item in run if _strange(item) and not _everyday(item.lower)]
    if not strange or not all(_strange(item) or item.matches or item.text[:1].isupper() for item in run):
        return None
    from rapidfuzz.distance import DamerauLevenshtein

    phrase = lattice.text[lattice.tokens[run[0].start].start : lattice.tokens[run[-1].end - 1].end]
    near = [match for match in lattice.values.near(phrase) if match.score >= 0.8]
    near = [match for match in near if DamerauLevenshtein.distance(match.value.lower(), phrase.lower()) <= 2]
    if not near:
        return None
    lattice.notes.append(f"I took “{phrase}” as {near[0].value}.")
    return replace(
        run[0], end=run[-1].end, text=phrase, lower=phrase.lower(), lemma=run[-1].lemma, tags=frozenset(), links=(),
        nouns=frozenset(), adjective=None, measure=None, matches=tuple(near), content=True, score=0.5,
    )  # fmt: skip


def _strange(item: Item) -> bool:
    """Does nothing know the word?"""
    known = item.links or item.matches or item.tags or item.number is not None or item.period or item.nouns
    return not (known or item.adjective or item.quoted or len(item.text) < 4 or not item.text.isalpha())


def _mend(lattice: _Lattice, item: Item) -> Item:
    """A word nothing knows may be misspelt: the nearest name, else the nearest value, and a note that says so."""
    if not _strange(item):
        return item
    short = _shortened(lattice, item)
    if short is not None:
        return short
    if _everyday(item.lower):
        return item
    from rapidfuzz import fuzz, process
    from rapidfuzz.distance import DamerauLevenshtein

    figure = process.extractOne(item.lower, lexicon.figure_words(), scorer=fuzz.ratio, score_cutoff=86)
    if figure and len(item.lower) > 5:
        lattice.notes.append(f"I took “{item.text}” as {figure[0]}.")
        return replace(item, text=figure[0], lower=figure[0], lemma=figure[0], score=0.5)
    for word in (item.lower, item.lemma):
        best = process.extractOne(word, lattice.schema.vocabulary, scorer=fuzz.ratio, score_cutoff=78)
        if best and len(best[0]) > 3 and DamerauLevenshtein.distance(word, best[0]) <= (1 if len(word) < 7 else 2):
            links = tuple(replace(x, score=x.score * 0.85, how="spelling") for x in lattice.schema.lookup((best[0],)))
            if links and links[0].score > 0.5:
                lattice.notes.append(f"I took “{item.text}” as {best[0]}.")
                return replace(item, links=links, score=0.5, lemma=best[0], text=best[0], lower=best[0])
    if lattice.values is not None and len(item.text) >= 4:
        near = [match for match in lattice.values.near(item.text) if match.score >= 0.8]
        if near:
            lattice.notes.append(f"I took “{item.text}” as {near[0].value}.")
            return replace(item, matches=tuple(near), score=0.5)
    return item
