"""The words the grammar knows, from the data files: cues, adjectives, synonyms, verbs, measures, units, aliases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from workspace.question.tokens import lemma, tokenize


@dataclass(frozen=True, slots=True)
class Adjective:
    """A gradable adjective: ``sign`` +1 when its superlative is the largest value, 0 when it counts related rows.

    ``hints`` are column words, most telling first, each with the sign it turns to.
    """

    word: str
    sign: int
    hints: tuple[tuple[str, int], ...]
    superlative: bool


@dataclass(frozen=True, slots=True)
class MeasureWord:
    """A business figure: the words people say, and the words of amount columns that hold it."""

    name: str
    said: frozenset[str]
    columns: tuple[str, ...]
    figure: Any = None  # the `definitions.Figure` it is here, when a person defined it


def lines(name: str) -> Iterator[str]:
    text = (files("workspace.question") / "data" / name).read_text("utf-8")
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.strip()


@cache
def cues() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Phrase (lower-case words) to the tags it may carry, in the order of the file."""
    table: dict[tuple[str, ...], list[str]] = {}
    for line in lines("cues.txt"):
        tag, _, phrases = line.partition(": ")
        for phrase in phrases.split(" | "):
            words = tuple(token.lower for token in tokenize(phrase)) or (phrase.strip(),)
            tags = table.setdefault(words, [])
            if tag not in tags:
                tags.append(tag)
    return {words: tuple(tags) for words, tags in table.items()}


@cache
@cache
def longest_cue() -> int:
    return max(map(len, cues()))


@cache
def adjectives() -> dict[tuple[str, ...], Adjective]:
    """Phrase to gradable adjective, comparatives and superlatives alike."""
    table: dict[tuple[str, ...], Adjective] = {}
    for line in lines("adjectives.txt"):
        comparatives, superlatives, sign_text, hint_text = (part.strip() for part in line.split("|"))
        sign = {"+": 1, "-": -1, "#": 0}[sign_text]
        hints = tuple((lemma(hint.lstrip("-")), -sign if hint.startswith("-") else sign) for hint in hint_text.split())
        for group, superlative in ((comparatives, False), (superlatives, True)):
            for phrase in group.split(";"):
                words = tuple(phrase.split())
                if words:
                    table.setdefault(words, Adjective(" ".join(words), sign, hints, superlative))
    return table


@cache
def synonyms() -> dict[str, tuple[tuple[str, float], ...]]:
    """Lemma to the lemmas that may stand for it, each with its weight."""
    table: dict[str, dict[str, float]] = {}
    for line in lines("synonyms.txt"):
        weight_text, _, group = line.partition(": ")
        words = [lemma(word) for word in group.split()]
        for word in words:
            for other in words:
                if other != word:
                    known = table.setdefault(word, {})
                    known[other] = max(known.get(other, 0.0), float(weight_text))
    return {word: tuple(others.items()) for word, others in table.items()}


@cache
def verbs() -> dict[str, frozenset[str]]:
    """Verb lemma to words of the tables that hold the relation it names."""
    table: dict[str, set[str]] = {}
    for line in lines("verbs.txt"):
        said, _, nouns = line.partition(": ")
        for verb in said.split():
            table.setdefault(lemma(verb), set()).update(
                lemma(part) for noun in nouns.split() for part in noun.split("_")
            )
    return {verb: frozenset(nouns) for verb, nouns in table.items()}


@cache
def abbreviations() -> dict[str, tuple[str, ...]]:
    return {short: tuple(full) for short, *full in (line.split() for line in lines("abbreviations.txt"))}


@cache
def common_words() -> frozenset[str]:
    return frozenset(word for line in lines("common.txt") for word in line.split())


@cache
def measure_words() -> tuple[MeasureWord, ...]:
    found = []
    for line in lines("measures.txt"):
        name, said, columns = (part.strip() for part in line.split("|"))
        found.append(MeasureWord(name, frozenset(map(lemma, said.split())), tuple(columns.split())))
    return tuple(found)


@cache
def aliases() -> dict[str, tuple[str, ...]]:
    """What is said to values that may be meant: "german" to Germany."""
    table: dict[str, tuple[str, ...]] = {}
    for line in lines("aliases.txt"):
        said, _, values = line.partition("|")
        for phrase in said.split(";"):
            table[phrase.strip()] = tuple(value.strip() for value in values.split(";"))
    return table


@cache
def figure_words() -> frozenset[str]:
    """Words that are understood without a name in the schema: business figures, units, parts of a date."""
    said = {word for measure in measure_words() for word in measure.said}
    wanted = {want for _, want in units()}
    plain = (
        "day week month quarter year date hour weekday dollar euro usd eur percent old buck pound time "
        "manager boss supervisor superior"
    )
    return frozenset(said | wanted | set(plain.split()))


@cache
def units() -> dict[tuple[str, str], float]:
    """(unit a column is in, unit asked for) to the divisor."""
    return {(have, want): float(by) for have, want, by in (line.split() for line in lines("units.txt"))}
