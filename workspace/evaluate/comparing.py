"""Are two results the same answer? Execution comparison of SQL, and Spider's classes of hardness; pure functions.

What counts as the same: as many rows and columns; rows as a multiset, in order only where the gold orders at its top
level; some permutation of the columns; numbers up to float noise, text exactly, NULL only like NULL, with duplicates.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

Rows = Sequence[Sequence[Any]]
Key = tuple[int, Any]

DIGITS = 9  # significant digits in which equal numbers agree
TOLERANCE = 1e-6
MOST_PERMUTATIONS = 20_000
HARDNESS = ("easy", "medium", "hard", "extra", "unparsed")


# ------------------------------------------------------------------------------------------------------ comparison
def compare(pred_rows: Rows, gold_rows: Rows, ordered: bool) -> bool:
    """Do two results say the same?

    Args:
        pred_rows, gold_rows: rows of equal length each.
        ordered: whether the order of the rows counts (see `orders`).

    Example:
        >>> compare([("a", 1.0)], [(1, "a")], ordered=False)
        True
        >>> compare([(1,), (2,)], [(2,), (1,)], ordered=True)
        False
    """
    if len(pred_rows) != len(gold_rows):
        return False
    if not gold_rows:
        return True
    width = len(gold_rows[0])
    if len(pred_rows[0]) != width:
        return False
    if same_rows(pred_rows, gold_rows, ordered):
        return True
    if width == 1:
        return False
    permutations = islice(_permutations(pred_rows, gold_rows, width), MOST_PERMUTATIONS)
    return any(
        same_rows([[row[place] for place in columns] for row in pred_rows], gold_rows, ordered)
        for columns in permutations
    )


def _key(value: Any) -> Key:
    """A hashable stand-in, the same for numbers that differ by float noise only; text is never a number."""
    if value is None:
        return (0, "")
    if isinstance(value, int | float):
        figure = float(value)
        if math.isnan(figure):
            return (1, "nan")
        if abs(figure) < 10.0**-DIGITS:
            return (1, 0.0)
        return (1, figure if math.isinf(figure) else float(f"{figure:.{DIGITS}g}"))
    return (3, value) if isinstance(value, bytes) else (2, value)


def _close(one: Key, other: Key) -> bool:
    if one == other:
        return True
    if one[0] == other[0] == 1 and isinstance(one[1], float) and isinstance(other[1], float):
        return math.isclose(one[1], other[1], rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return False


def same_rows(pred: Rows, gold: Rows, ordered: bool = False) -> bool:
    """Are as many rows of as many columns the same, column by column, in order only if ``ordered``?"""
    one = [tuple(map(_key, row)) for row in gold]
    other = [tuple(map(_key, row)) for row in pred]
    if not ordered:
        if Counter(one) == Counter(other):
            return True
        # Rounding may put two close numbers on either side of a step: pair the sorted rows and compare with tolerance.
        one.sort(key=_sortable)
        other.sort(key=_sortable)
    return all(all(map(_close, left, right)) for left, right in zip(one, other, strict=True))


def _sortable(row: tuple[Key, ...]) -> tuple[tuple[int, float, str], ...]:
    return tuple((kind, round(value, 4) if _finite(value) else 0.0, str(value)) for kind, value in row)


def _finite(value: Any) -> bool:
    return isinstance(value, float) and math.isfinite(value)


def _permutations(pred: Rows, gold: Rows, width: int) -> Iterator[list[int]]:
    """Ways to take the predicted columns for the gold's: those of roughly the same values only."""
    allowed = max(2, len(gold) // 50)
    wanted = [_rough(gold, place) for place in range(width)]
    found = [_rough(pred, place) for place in range(width)]
    fitting = [[k for k in range(width) if _differing(wanted[place], found[k]) <= allowed] for place in range(width)]
    if not all(fitting):
        return

    def extend(taken: list[int]) -> Iterator[list[int]]:
        if len(taken) == width:
            yield taken
            return
        for place in fitting[len(taken)]:
            if place not in taken:
                yield from extend([*taken, place])

    yield from extend([])


def _rough(rows: Rows, place: int) -> Counter[Key]:
    keys = (_key(row[place]) for row in rows)
    return Counter((kind, float(f"{value:.3g}") if _finite(value) else value) for kind, value in keys)


def _differing(one: Counter[Key], other: Counter[Key]) -> int:
    return 0 if one == other else sum(((one - other) + (other - one)).values())


# ------------------------------------------------------------------------------------------------------- SQL's text
_TOKEN = re.compile(
    r"""\s+|--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]"""
    r"""|\d+\.?\d*(?:[eE][-+]?\d+)?|\w+|<>|!=|>=|<=|\|\||.""",
    re.S,
)
_CLAUSES = ("select", "from", "where", "group", "having", "order", "limit")
_FIGURES = ("max", "min", "count", "sum", "avg")
_JOINING = ("inner", "left", "right", "outer", "cross", "natural", "full")


def tokens(sql: str) -> list[str]:
    """Words, quoted things and signs of a statement; lower case but for what is quoted; no comments."""
    found = [token for token in _TOKEN.findall(sql) if not token.isspace() and not token.startswith(("--", "/*"))]
    return [token if token[0] in "'\"`" else token.lower() for token in found]


def _at_top(words: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Positions and tokens outside of parentheses."""
    depth = 0
    for place, word in enumerate(words):
        depth += (word == "(") - (word == ")")
        if depth == 0:
            yield place, word


def orders(sql: str) -> bool:
    """Has the statement an ORDER BY at its top level?

    Example:
        >>> orders("select a from (select a from t order by a)")
        False
    """
    words = tokens(sql)
    return any(word == "order" and words[place + 1 : place + 2] == ["by"] for place, word in _at_top(words))


def hardness(sql: str) -> str:
    """Spider's class of a query: easy, medium, hard or extra; unparsed for what is no SELECT.

    Example:
        >>> hardness("select count(*) from t"), hardness("select a from t where b = 1 order by c limit 1")
        ('easy', 'hard')
    """
    parts = _clauses(_bare(tokens(sql)))
    if parts is None or not parts["select"] or not parts["from"]:
        return "unparsed"
    joined, conditions = _from(parts["from"])
    where, where_links = _conditions(parts["where"])
    having, having_links = _conditions(parts["having"])
    tests = conditions[0] + where + having
    first = sum(bool(parts[name]) for name in ("where", "group", "order", "limit")) + max(0, joined - 1)
    first += sum(link == "or" for link in conditions[1] + where_links + having_links)
    first += sum(_has(test, "like") for test in tests)
    nested = sum(_subqueries(test) for test in tests) + bool(parts["compound"])
    shown, group = _split(parts["select"], ","), _split(parts["group"], ",") if parts["group"] else []
    order = _split(parts["order"], ",") if parts["order"] else []
    figures = sum(map(_is_figure, [*shown, *group, *order]))
    # Quirks of the official function: a negated condition, and each link within HAVING, count as figures.
    figures += sum(_has(test, "not") for test in where + having) + len(having_links)
    others = (figures > 1) + (len(shown) > 1) + (len(where) > 1) + (len(group) > 1)
    return _class(first, nested, others)


def _class(first: int, nested: int, others: int) -> str:
    if first <= 1 and others == 0 and nested == 0:
        return "easy"
    if nested == 0 and ((others <= 2 and first <= 1) or (first <= 2 and others < 2)):
        return "medium"
    if nested == 0 and ((others > 2 and first <= 2) or (2 < first <= 3 and others <= 2)):
        return "hard"
    if first <= 1 and others == 0 and nested <= 1:
        return "hard"
    return "extra"


def _bare(words: list[str]) -> list[str]:
    """Without closing semicolons and without parentheses around the whole."""
    while words and words[-1] == ";":
        words = words[:-1]
    while len(words) > 2 and words[0] == "(" and words[-1] == ")":
        closing = next(place for place, word in _at_top(words) if word == ")")
        if closing != len(words) - 1:
            break
        words = words[1:-1]
    return words


def _clauses(words: list[str]) -> dict[str, list[str]] | None:
    parts: dict[str, list[str]] = {name: [] for name in (*_CLAUSES, "compound")}
    top = {place for place, _ in _at_top(words)}
    current: list[str] | None = None
    skip = 0
    for place, word in enumerate(words):
        if skip:
            skip -= 1
            continue
        following = words[place + 1 : place + 2]
        if place in top and word in ("union", "intersect", "except"):
            parts["compound"] = [word]
            break
        if place in top and word in _CLAUSES and (word not in ("group", "order") or following == ["by"]):
            current = parts[word]
            if word == "limit":
                current.append(word)
            skip = int(word in ("group", "order") or (word == "select" and following == ["distinct"]))
            continue
        if current is None:
            return None
        current.append(word)
    return parts


def _split(words: Sequence[str], *marks: str) -> list[list[str]]:
    top = {place for place, word in _at_top(words) if word in marks}
    found: list[list[str]] = [[]]
    for place, word in enumerate(words):
        if place in top:
            found.append([])
        else:
            found[-1].append(word)
    return found


def _from(words: list[str]) -> tuple[int, tuple[list[list[str]], list[str]]]:
    """How many tables are joined, and the conditions and links of ON."""
    joined = 0
    tests: list[list[str]] = []
    links: list[str] = []
    for part in _split(words, ",", "join"):
        part = [word for word in part if word not in _JOINING]
        if not part:
            continue
        joined += 1
        pieces = _split(part, "on")
        if len(pieces) > 1:
            found, between = _conditions(pieces[1])
            links += (["and"] if tests else []) + between
            tests += found
    return joined, (tests, links)


def _conditions(words: list[str]) -> tuple[list[list[str]], list[str]]:
    """Conditions, and the ANDs and ORs between them; the AND of a BETWEEN is not one."""
    top = dict(_at_top(words))
    tests: list[list[str]] = [[]]
    links: list[str] = []
    between = False
    for place, word in enumerate(words):
        if place in top and word == "between":
            between = True
        if place in top and word in ("and", "or") and not (word == "and" and between):
            links.append(word)
            tests.append([])
            continue
        if place in top and word == "and":
            between = False
        tests[-1].append(word)
    return (tests if tests[-1] else tests[:-1]), links


def _subqueries(words: Sequence[str]) -> int:
    depth = found = 0
    for place, word in enumerate(words):
        if word == "(" and depth == 0 and words[place + 1 : place + 2] == ["select"]:
            found += 1
        depth += (word == "(") - (word == ")")
    return found


def _has(words: Sequence[str], wanted: str) -> bool:
    return any(word == wanted for _, word in _at_top(words))


def _is_figure(words: Sequence[str]) -> bool:
    return len(words) > 1 and words[0] in _FIGURES and words[1] == "("
