"""How figures compare: equal apart from noise, how many times as much, what part in words."""

from __future__ import annotations

import math
from typing import Any

from workspace.artifact.format import show

# The least part, and what is said of it; each holds from its own figure up to the next one's.
PORTIONS = (
    (0.995, "all"), (0.9, "nearly all"), (0.76, "more than three quarters"), (0.74, "three quarters"),
    (0.68, "more than two thirds"), (0.655, "two thirds"), (0.52, "more than half"), (0.49, "half"),
    (0.42, "nearly half"), (0.35, "more than a third"), (0.32, "a third"), (0.26, "more than a quarter"),
    (0.24, "a quarter"), (0.21, "more than a fifth"), (0.19, "a fifth"), (0.0, "a small part"),
)  # fmt: skip


def blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def same(one: Any, other: Any) -> bool:
    """Equal, apart from what adding up fractions leaves behind: a sentence must not say that 37.62 rose to 37.62."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
    return one == other


def rise(before: Any, after: Any) -> float:
    """How much larger ``after`` is, 0 where they are the same or one of them is no number."""
    if not isinstance(before, int | float) or not isinstance(after, int | float):
        return 0
    return 0 if same(before, after) else after - before


def growth(before: Any, after: Any) -> float | None:
    """By what part of ``before`` it grew; None where that cannot be said."""
    if not isinstance(before, int | float) or not isinstance(after, int | float) or not before:
        return None
    return (after - before) / abs(before)


def times(value: float | None) -> str:
    if value is None:
        return show(None)
    return f"{value:,.0f}" if value >= 20 else f"{value:.1f}" if value >= 1.1 else f"{value:.2f}"
