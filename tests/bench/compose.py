"""A report of eight sections on the sample database, composed without a model: request to kept document, and its page."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

AIM = 1.0  # seconds
ROUNDS = 5
REQUEST = (
    "a report on sales with revenue per month, revenue per category, revenue per region, top 10 customers, returns per "
    "reason, customers per country, orders per channel and average order total per year"
)


def main() -> None:
    """Prints the figures: the first request of a process, then the median of further ones."""
    os.environ.pop("NOAPP_MODEL", None)
    from sample_db.build import build
    from workspace.api import open_workspace

    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder:
        sample = build(Path(folder) / "sample.sqlite", today=noon.date())
        with open_workspace(sample, folder=Path(folder) / "kept", clock=lambda: noon) as workspace:
            workspace.look(lambda _: None)
            first, made = _seconds(lambda: workspace.compose(REQUEST))
            assert len(made.sections) == 8 and {section.status for section in made.sections} == {"answered"}, (
                made.message
            )
            further = [_seconds(lambda: workspace.compose(REQUEST))[0] for _ in range(ROUNDS)]
            opened, _ = _seconds(lambda: workspace.open(made.slug))
            edited = [_seconds(lambda word=word: workspace.say(made.slug, f"move the last section {word}"))[0]
                      for word in ("up", "to the top", "up", "to the top", "up")]  # fmt: skip
    print(f"8 sections, first of a process {first:6.2f} s")
    print(f"8 sections, median of {ROUNDS}        {statistics.median(further):6.2f} s   aim: under {AIM:.0f} s")
    print(f"opened, results kept           {opened * 1000:6.0f} ms")
    print(f"an edit in words, median       {statistics.median(edited) * 1000:6.0f} ms")


def _seconds(work):
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


if __name__ == "__main__":
    main()
