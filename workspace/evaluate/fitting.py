"""Fits what ranks the readings of a question and what says how sure the best one is.

    pip install lightgbm
    python -m workspace.evaluate.fitting QUESTIONS.json DATABASES_DIR [--also QUESTIONS.json DATABASES_DIR] [--write]

Two models, each from whether a reading's SQL gives the gold's rows and from nothing else:

- the *ranker*, a log-linear model over the readings of one question (the weights of `evidence.py`'s signals), which
  maximises the probability of the readings that are right (Clark and Curran 2004), with an L2 penalty;
- the *confidence*, gradient-boosted trees over the best reading's signals and over how far it leads.

The figures printed are of folds split by database: no question is scored by weights that saw its database. ``--write``
stores both, fitted on everything. Questions of ``--also`` count as well; there a figure beside the name that was asked
for, and a name in one column instead of two, are right as well.
"""

from __future__ import annotations

import argparse
import json
import sys
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workspace.database.source import Source, open_source
from workspace.errors import NoAppError
from workspace.evaluate import Entry, is_right, load
from workspace.question import rank
from workspace.question.forest import Forest
from workspace.question.plan import Plan
from workspace.question.schema import schema_of
from workspace.question.sql import to_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDS = 5
RIDGE = 3.0  # of the ranker's penalty; 1 to 6 make no difference beyond a tenth of a point
ROUNDS = 120
SEEN = 8  # readings that a signal must occur in to get a weight
TREES = {
    "objective": "binary", "learning_rate": 0.04, "num_leaves": 15, "min_data_in_leaf": 30, "feature_fraction": 0.15,
    "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5, "verbose": -1, "seed": 1, "deterministic": True,
}  # fmt: skip
EVERYDAY = 2.0  # what an everyday question weighs in the confidence: they are few beside the benchmark's
GROWN, TREE_SEEN = 400, 40
DATA = Path(rank.__file__).parent / "data"
ABOUT = "Made by `python -m workspace.evaluate.fitting`."

Signals = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a question: its signals, those of its confidence, whether it is the grammar's, whether right."""

    evidence: Signals
    signals: Signals
    own: bool
    right: bool
    senseless: bool = False
    parts: rank.Parts = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A question's readings; how much it weighs in the confidence."""

    db: str
    readings: tuple[Reading, ...]
    weight: float = 1.0


def examples(entries: Sequence[Entry], databases: Path, clock: datetime, *, lenient: bool = False) -> Iterator[Example]:
    """Reads every question and runs each of its readings.

    Args:
        entries: questions with their gold; of a conversation the first.
        databases: folder with ``<db_id>/<db_id>.sqlite``.
        clock: the moment that "today" means where an entry names none.
        lenient: whether a reading is right with the columns that only help to read it, or with a name in one column.
    """
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.db, []).append(entry)
    for db, group in groups.items():
        with closing(open_source(databases / db / f"{db}.sqlite")) as source:
            schema, values = schema_of(source.catalog()), source.values()
            for entry in group:
                question, gold = entry.turns[0]
                found = rank.candidates(question, schema, values, entry.today or clock)
                verdicts: dict[str, bool] = {}
                readings = tuple(_reading(source, made, gold, verdicts, lenient) for made in found)
                yield Example(db, readings, EVERYDAY if lenient else 1.0)


def _reading(source: Source, made: rank.Candidate, gold: str, verdicts: dict[str, bool], lenient: bool) -> Reading:
    right = any(_verdict(source, sql, gold, verdicts) for sql in _texts(source, made.plan, lenient))
    return Reading(made.evidence, rank.signals(made), not made.changes, right, made.senseless, rank.parts(made.plan))


def _texts(source: Source, plan: Plan, lenient: bool) -> Iterator[str]:
    try:
        yield to_text(plan, source.catalog(), strict=True)
        if lenient:
            yield to_text(replace(plan, outputs=tuple(o for o in plan.outputs if o.asked)), source.catalog())
            yield to_text(plan, source.catalog())
    except NoAppError:
        return


def _verdict(source: Source, sql: str, gold: str, verdicts: dict[str, bool]) -> bool:
    if sql not in verdicts:
        verdicts[sql] = bool(is_right(source, sql, gold))
    return verdicts[sql]


def fold_of(db: str) -> int:
    """The fold of a database, the same in every run."""
    return zlib.crc32(db.encode()) % FOLDS


# ------------------------------------------------------------------------------------------------------ the ranker
@dataclass(frozen=True, slots=True)
class _Packed:
    """Readings as a sparse matrix: ``(reading, signal, value)`` triples, with each reading's question and verdict."""

    question: NDArray
    right: NDArray
    rows: NDArray
    columns: NDArray
    values: NDArray

    def scores(self, weights: NDArray) -> NDArray:
        import numpy as np

        return np.bincount(self.rows, weights=self.values * weights[self.columns], minlength=len(self.question))


def vocabulary(found: Sequence[Example], seen: int = SEEN) -> dict[str, int]:
    """Signal to its place, of those that occur often enough."""
    counts = Counter(name for example in found for reading in example.readings for name in reading.evidence)
    return {name: place for place, name in enumerate(sorted(name for name, count in counts.items() if count >= seen))}


def pack(found: Sequence[Example], names: Mapping[str, int]) -> _Packed:
    import numpy as np

    question, right, triples = [], [], []
    for number, example in enumerate(found):
        for reading in example.readings:
            triples += [(len(question), names[n], v) for n, v in reading.evidence.items() if n in names]
            question.append(number)
            right.append(reading.right)
    rows, columns, values = (np.array(part) for part in zip(*triples, strict=True))
    return _Packed(np.array(question), np.array(right, dtype=float), rows, columns, values.astype(float))


def fit_ranker(found: Sequence[Example], names: Mapping[str, int]) -> NDArray:
    """(signals,) weights of the log-linear model, by Adam (Kingma and Ba 2015) over all examples at once."""
    import numpy as np

    telling = [e for e in found if any(r.right for r in e.readings) and not all(r.right for r in e.readings)]
    packed = pack(telling, names)
    questions, weights = int(packed.question.max()) + 1, np.zeros(len(names))
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, ROUNDS + 1):
        scores = packed.scores(weights)
        top = np.full(questions, -np.inf)
        np.maximum.at(top, packed.question, scores)
        mass = np.exp(scores - top[packed.question])
        all_mass = np.bincount(packed.question, weights=mass, minlength=questions)
        right_mass = np.bincount(packed.question, weights=mass * packed.right, minlength=questions)
        wanted = mass * packed.right / np.maximum(right_mass, 1e-12)[packed.question]
        error = mass / all_mass[packed.question] - wanted
        slope = np.bincount(packed.columns, weights=packed.values * error[packed.rows], minlength=len(names))
        slope = slope + RIDGE * weights
        first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope**2
        rate = 0.05 * (1 + np.cos(np.pi * step / ROUNDS)) + 1e-3
        weights = weights - rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return weights


@dataclass(frozen=True, slots=True)
class Best:
    """The reading that the ranker puts first, with the signals of its confidence."""

    db: str
    right: bool
    signals: Signals
    weight: float = 1.0


def best_of(found: Sequence[Example], names: Mapping[str, int], weights: NDArray) -> list[Best]:
    packed = pack(found, names)
    scores, place, made = packed.scores(weights), 0, []
    for example in found:
        count = len(example.readings)
        if not count:
            continue
        lead = [rank.MARGIN * reading.own - rank.SENSELESS * reading.senseless for reading in example.readings]
        own = scores[place : place + count] + lead
        place += count
        first = example.readings[int(own.argmax())]
        signals = {**first.evidence, **first.signals, **_lead(own, example.readings, first.own)}
        made.append(Best(example.db, first.right, signals, example.weight))
    return made


def _lead(ranks: NDArray, readings: Sequence[Reading], own: bool) -> Signals:
    return rank.lead([float(score) for score in ranks], [reading.parts for reading in readings], own)


# -------------------------------------------------------------------------------------------------- the confidence
def fit_confidence(best: Sequence[Best]) -> Forest:
    """The forest that gives the chance that a best reading is right."""
    import lightgbm
    import numpy as np

    counts = Counter(name for one in best for name in one.signals)
    names = tuple(sorted(name for name, count in counts.items() if count >= TREE_SEEN))
    rows = np.array([[one.signals.get(name, 0.0) for name in names] for one in best])
    right = np.array([one.right for one in best], dtype=float)
    weights = np.array([one.weight for one in best])
    grown = lightgbm.train(TREES, lightgbm.Dataset(rows, right, weight=weights), num_boost_round=GROWN)
    trees = [_flat(tree["tree_structure"]) for tree in grown.dump_model()["tree_info"]]
    used = sorted({node[0] for tree in trees for node in tree if isinstance(node, tuple)})
    place = {signal: n for n, signal in enumerate(used)}
    slim = tuple(tuple((place[n[0]], *n[1:]) if isinstance(n, tuple) else n for n in tree) for tree in trees)
    return Forest(tuple(names[signal] for signal in used), slim)


def _flat(root: Mapping[str, Any]) -> tuple[Any, ...]:
    nodes: list[Any] = []

    def visit(node: Mapping[str, Any]) -> int:
        here = len(nodes)
        nodes.append(None)
        if "leaf_value" in node:
            nodes[here] = round(node["leaf_value"], 5)
        else:
            left, right = visit(node["left_child"]), visit(node["right_child"])
            nodes[here] = (node["split_feature"], round(node["threshold"], 4), left, right)
        return here

    visit(root)
    return tuple(nodes)


# ------------------------------------------------------------------------------------------------------- reporting
def report(chances: Sequence[float], right: Sequence[bool]) -> Iterator[str]:
    """How often the surest so many are right, and how well the chances are met."""
    order = sorted(range(len(chances)), key=lambda n: -chances[n])
    for part in (0.2, 0.3, 0.4, 0.45, 0.5, 0.6, 0.8, 1.0):
        taken = order[: max(1, round(part * len(order)))]
        share = sum(right[n] for n in taken) / len(taken)
        yield f"  the surest {part:4.0%}: {share:6.1%} right, confidence from {chances[taken[-1]]:.2f}"
    for low in (n / 10 for n in range(10)):
        inside = [n for n in order if low <= chances[n] < low + 0.1]
        if len(inside) >= 20:
            share = sum(right[n] for n in inside) / len(inside)
            yield f"  confidence {low:.1f} to {low + 0.1:.1f}: {share:6.1%} right of {len(inside):,}"


def cross_validate(found: Sequence[Example]) -> Iterator[str]:
    """The figures of both models by folds of databases."""
    names = vocabulary(found)
    best: list[Best] = []
    for fold in range(FOLDS):
        weights = fit_ranker([e for e in found if fold_of(e.db) != fold], names)
        best += best_of([e for e in found if fold_of(e.db) == fold], names, weights)
    own = sum(reading.right for example in found for reading in example.readings if reading.own)
    any_right = sum(any(reading.right for reading in example.readings) for example in found)
    count, ranked = len(found), sum(one.right for one in best)
    yield f"{count:,} questions: the grammar's reading {own / count:.1%} right, the ranker's {ranked / count:.1%},"
    yield f"some reading {any_right / count:.1%}; {FOLDS} folds by database"
    chances = {}
    for fold in range(FOLDS):
        forest = fit_confidence([one for one in best if fold_of(one.db) != fold])
        chances |= {n: forest.chance(one.signals) for n, one in enumerate(best) if fold_of(one.db) == fold}
    yield from report([chances[n] for n in range(len(best))], [one.right for one in best])


def write(found: Sequence[Example]) -> None:
    """Stores both models, fitted on everything; the confidence learns from folds: a ranker is surer of what it saw."""
    names = vocabulary(found)
    best: list[Best] = []
    for fold in range(FOLDS):
        weights = fit_ranker([e for e in found if fold_of(e.db) != fold], names)
        best += best_of([e for e in found if fold_of(e.db) == fold], names, weights)
    kept = {name: round(float(w), 3) for name, w in zip(names, fit_ranker(found, names), strict=True) if abs(w) > 0.004}
    text = json.dumps({"about": ABOUT, "weights": kept}, indent=0)
    (DATA / "ranker.json").write_text(text + "\n", encoding="utf-8")
    text = json.dumps({"about": ABOUT, **fit_confidence(best).to_dict()}, separators=(",", ":"))
    (DATA / "confidence.json").write_text(text + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m workspace.evaluate.fitting", description=__doc__)
    parser.add_argument("questions", type=Path)
    parser.add_argument("databases", type=Path)
    parser.add_argument(
        "--also", type=Path, nargs=2, action="append", default=[], help="further questions, everyday ones"
    )
    parser.add_argument("--write", action="store_true", help="store the weights fitted on everything")
    options = parser.parse_args(arguments)
    try:
        found = list(examples(load(options.questions), options.databases, datetime.now()))
        for questions, databases in options.also:
            found += examples(load(questions), databases, datetime.now(), lenient=True)
    except NoAppError as problem:
        print(problem, file=sys.stderr)
        return 1
    for line in cross_validate(found):
        print(line)
    if options.write:
        write(found)
        print(f"wrote {DATA / 'ranker.json'} and {DATA / 'confidence.json'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
