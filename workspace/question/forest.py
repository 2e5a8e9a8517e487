"""A fitted forest of small decision trees, read from package data and run in plain Python."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Forest:
    """Gradient-boosted trees for a chance (Friedman 2001): the logistic of the sum of one leaf of each tree.

    Args:
        names: signal of each number that the trees look at.
        trees: each a flat list of nodes, ``(signal, threshold, left, right)`` or a leaf's value; the root comes first.

    Example:
        >>> Forest(("x",), (((0, 0.5, 1, 2), -1.0, 1.0),)).chance({"x": 1.0}) > 0.5
        True
    """

    names: tuple[str, ...]
    trees: tuple[tuple[Any, ...], ...]

    def chance(self, values: Mapping[str, float]) -> float:
        """From 0 to 1; a signal that is not given counts as 0."""
        row = [values.get(name, 0.0) for name in self.names]
        total = 0.0
        for tree in self.trees:
            node = tree[0]
            while type(node) is tuple:
                signal, threshold, left, right = node
                node = tree[left if row[signal] <= threshold else right]
            total += node
        return 1.0 / (1.0 + math.exp(-total))

    def to_dict(self) -> dict[str, Any]:
        return {"names": list(self.names), "trees": [list(tree) for tree in self.trees]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Forest:
        trees = tuple(tuple(tuple(n) if isinstance(n, list) else n for n in tree) for tree in data["trees"])
        return cls(tuple(data["names"]), trees)

    @classmethod
    def read(cls, name: str) -> Forest:
        """The forest of a data file of this package."""
        return cls.from_dict(json.loads((files("workspace.question") / "data" / name).read_text("utf-8")))
