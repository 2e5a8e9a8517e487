"""Fits the weights that turn a reading's signals into its confidence (`workspace/question/data/confidence.json`).

    python -m workspace.evaluate.fitting QUESTIONS.json DATABASES_DIR [--write]

A logistic model with an L2 penalty, fitted by iteratively reweighted least squares (Green 1984); what it predicts is
that the best reading's SQL gives the gold's rows. The figures printed are of folds split by database: no question is
scored by weights that saw its database. ``--write`` then stores the weights fitted on all of them.
"""

from __future__ import annotations

import argparse
import json
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from workspace.database.source import open_source
from workspace.errors import NoAppError
from workspace.evaluate import Entry, is_right, load
from workspace.question import rank
from workspace.question.schema import schema_of
from workspace.question.sql import to_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDS = 5
RIDGE = 1.0
ROUNDS = 30
WEIGHTS = Path(rank.__file__).parent / "data" / "confidence.json"
ABOUT = "Weights of a logistic model of a reading being right; made by `python -m workspace.evaluate.fitting`."


@dataclass(frozen=True, slots=True)
class Example:
    """One question's best reading: its database, its signals, and whether it gave the gold's rows."""

    db: str
    signals: dict[str, float]
    right: bool


def examples(entries: Sequence[Entry], databases: Path, clock: datetime) -> Iterator[Example]:
    """Reads every question that has a reading and whose gold runs.

    Args:
        entries: questions with their gold.
        databases: folder with ``<db_id>/<db_id>.sqlite``.
        clock: the moment that "today" means.
    """
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.db, []).append(entry)
    for db, group in groups.items():
        with closing(open_source(databases / db / f"{db}.sqlite")) as source:
            schema, values = schema_of(source.catalog()), source.values()
            for entry in group:
                for question, gold in entry.turns[:1]:
                    found = rank.candidates(question, schema, values, clock)
                    if not found:
                        continue
                    try:
                        sql = to_text(found[0].plan, source.catalog(), strict=True)
                    except NoAppError:
                        sql = ""
                    right = is_right(source, sql, gold)
                    if right is not None:
                        yield Example(db, rank.signals(found[0]), right)


def fit(rows: NDArray, right: NDArray) -> NDArray:
    """Weights of the logistic model.

    Args:
        rows: (examples, signals).
        right: (examples,) of 0 and 1.

    Returns:
        (signals,) weights.
    """
    import numpy as np

    weights = np.zeros(rows.shape[1])
    penalty = np.full(rows.shape[1], RIDGE)
    for _ in range(ROUNDS):
        chance = probability(rows, weights)
        slope = rows.T @ (right - chance) - penalty * weights
        curve = (rows * (chance * (1 - chance))[:, None]).T @ rows + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        weights = weights + step
        if float(np.abs(step).max()) < 1e-8:
            break
    return weights


def probability(rows: NDArray, weights: NDArray) -> NDArray:
    """(examples,) chances of being right."""
    import numpy as np

    return 1.0 / (1.0 + np.exp(-(rows @ weights)))


def fold_of(db: str) -> int:
    """The fold of a database, the same in every run."""
    return zlib.crc32(db.encode()) % FOLDS


def report(chances: NDArray, right: NDArray) -> Iterator[str]:
    """How often the surest so many are right, and how well the chances are met."""
    import numpy as np

    order = np.argsort(-chances)
    for part in (0.2, 0.4, 0.6, 0.8, 1.0):
        taken = order[: max(1, round(part * len(order)))]
        yield f"  the surest {part:4.0%}: {right[taken].mean():6.1%} right, confidence from {chances[taken].min():.2f}"
    for low in np.arange(0.0, 1.0, 0.1):
        inside = (chances >= low) & (chances < low + 0.1)
        if inside.sum() >= 20:
            count = int(inside.sum())
            yield f"  confidence {low:.1f} to {low + 0.1:.1f}: {right[inside].mean():6.1%} right of {count:,}"


def main(arguments: Sequence[str] | None = None) -> int:
    import numpy as np

    parser = argparse.ArgumentParser(prog="python -m workspace.evaluate.fitting", description=__doc__)
    parser.add_argument("questions", type=Path)
    parser.add_argument("databases", type=Path)
    parser.add_argument("--write", action="store_true", help="store the weights fitted on everything")
    options = parser.parse_args(arguments)
    try:
        found = list(examples(load(options.questions), options.databases, datetime.now()))
    except NoAppError as problem:
        print(problem, file=sys.stderr)
        return 1
    names = list(found[0].signals)
    rows = np.array([[example.signals[name] for name in names] for example in found])
    right = np.array([float(example.right) for example in found])
    folds = np.array([fold_of(example.db) for example in found])
    chances = np.zeros(len(found))
    for fold in range(FOLDS):
        chances[folds == fold] = probability(rows[folds == fold], fit(rows[folds != fold], right[folds != fold]))
    print(f"{len(found):,} questions, {right.mean():.1%} right; {FOLDS} folds by database:")
    for line in report(chances, right):
        print(line)
    if options.write:
        weights = {name: round(float(weight), 3) for name, weight in zip(names, fit(rows, right), strict=True)}
        WEIGHTS.write_text(json.dumps({"about": ABOUT, "weights": weights}, indent=1) + "\n", encoding="utf-8")
        print(f"wrote {WEIGHTS}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
