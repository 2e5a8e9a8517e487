"""Time from a question to its SQL on Chinook, without the query: p50 and p99 over the questions of the golden plans."""

from __future__ import annotations

import json
import time
from datetime import datetime
from pathlib import Path

from tests.conftest import data_folder

AIM_MS = 10.0
ROUNDS = 5
GOLDENS = Path(__file__).resolve().parent.parent / "goldens" / "plans"


def main() -> None:
    """Prints the figures; says so where the data is absent."""
    folder = data_folder()
    if folder is None:
        print("skipped: chinook.sqlite is not here (set NOAPP_DATA)")
        return
    from workspace.database.source import open_source
    from workspace.question.edit import chips
    from workspace.question.explain import explain
    from workspace.question.read import read
    from workspace.question.sql import to_query

    source = open_source(folder / "samples" / "chinook.sqlite")
    catalog, values, clock = source.catalog(), source.values(), datetime(2026, 11, 23, 12)
    questions = [json.loads(path.read_text(encoding="utf-8"))["question"] for path in sorted(GOLDENS.glob("*.json"))]
    spent: dict[str, list[float]] = {"reading": [], "SQL": [], "sentence": [], "chips": [], "question to SQL": []}
    for attempt in range(ROUNDS + 1):
        for question in questions:
            marks = [time.perf_counter()]
            best = read(question, catalog, values, clock).best
            if best is None:
                continue
            marks.append(time.perf_counter())
            for step in (to_query, explain, chips):
                step(best.plan, catalog)
                marks.append(time.perf_counter())
            if attempt == 0:
                continue  # warms the catalog's indexes, as the first question of a session does
            for name, before, after in zip(("reading", "SQL", "sentence", "chips"), marks, marks[1:], strict=False):
                spent[name].append((after - before) * 1000)
            spent["question to SQL"].append((marks[2] - marks[0]) * 1000)
    for name, times in spent.items():
        times.sort()
        p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
        aim = f"   aim: p50 under {AIM_MS:.0f} ms" if name == "question to SQL" else ""
        print(f"{name:<16} p50 {p50:6.2f} ms   p99 {p99:6.2f} ms{aim}")


if __name__ == "__main__":
    main()
