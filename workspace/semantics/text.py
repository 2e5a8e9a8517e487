"""A semantic model as YAML, in and out.

Read as a tree with PyYAML, so that every mistake can be told with its line; written whole, so comments of a file are
lost when the workspace writes it (the data page says so).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import yaml

from workspace.errors import SemanticsInvalid
from workspace.semantics.model import FORMATS, Description, Filter, Metric, Path, Semantics, Synonym

LARGEST = 1_000_000  # characters
LONGEST = 500  # characters of a name or expression
HEAD = """\
# What words mean in this source: metrics, synonyms, descriptions, filters, hidden. Edit it here or on the data page;
# a change is picked up with the next question. The data page writes the whole file anew and keeps no comments.
"""
PARTS = ("metrics", "synonyms", "descriptions", "filters", "hidden")
_FIELDS = ("expression", "table", "synonyms", "description", "format", "unit", "filter")


def from_yaml(text: str, name: str = "") -> Semantics:
    """A model out of its text.

    Args:
        text: YAML.
        name: of the file, for errors.

    Raises:
        SemanticsInvalid: one sentence with the line and the key.

    Example:
        >>> from_yaml("metrics:\\n  revenue: sum(order.total)\\n").metrics[0].expression
        'sum(order.total)'
        >>> from_yaml("metrik:\\n  a: b\\n", "shop.yaml")
        Traceback (most recent call last):
        ...
        workspace.errors.SemanticsInvalid: shop.yaml, line 1, metrik: ...
    """
    return _Reader(text, name).read()


class _Reader:
    """One text; ``lines`` collects where each part stands."""

    def __init__(self, text: str, name: str) -> None:
        self.text, self.name = text, name
        self.lines: dict[Path, int] = {}

    def read(self) -> Semantics:
        if len(self.text) > LARGEST:
            raise self.wrong((), f"is longer than {LARGEST:,} characters, which no file of definitions needs.")
        try:
            root = yaml.compose(self.text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as problem:
            raise self.broken(problem) from None
        if root is None or _empty(root):
            return Semantics(name=self.name)
        parts = {key: (path, node) for key, path, node in self.entries(root, (), PARTS)}

        def each(part: str, make: Callable[[str, Path, yaml.Node], Any]) -> tuple[Any, ...]:
            if part not in parts or _empty(parts[part][1]):
                return ()
            return tuple(make(key, path, node) for key, path, node in self.entries(parts[part][1], parts[part][0]))

        hidden = parts.get("hidden")
        return Semantics(
            metrics=each("metrics", self.metric),
            synonyms=each("synonyms", lambda key, path, node: Synonym(key, self.scalar(node, path))),
            descriptions=each("descriptions", lambda key, path, node: Description(key, self.scalar(node, path, 5000))),
            filters=each("filters", lambda key, path, node: Filter(key, self.scalar(node, path))),
            hidden=self.listed(hidden[1], hidden[0]) if hidden is not None and not _empty(hidden[1]) else (),
            name=self.name,
            lines=self.lines,
        )

    def metric(self, key: str, path: Path, node: yaml.Node) -> Metric:
        if isinstance(node, yaml.ScalarNode):
            return Metric(key, self.scalar(node, path))
        found = {name: (at, value) for name, at, value in self.entries(node, path, _FIELDS)}
        if "expression" not in found:
            raise self.wrong(path, "has no expression.", hint="Say what it is, like: expression: sum(quantity * price)")
        texts = {n: self.scalar(value, at, 5000) for n, (at, value) in found.items() if n != "synonyms"}
        synonyms = self.listed(found["synonyms"][1], found["synonyms"][0]) if "synonyms" in found else ()
        if texts.get("format", "") not in FORMATS:
            known = ", ".join(name for name in FORMATS if name)
            raise self.wrong((*path, "format"), f"{texts['format']} is no format; there are {known}.")
        return Metric(name=key, synonyms=synonyms, **texts)

    # ------------------------------------------------------------------------------------------------------ nodes
    def entries(
        self, node: yaml.Node, path: Path, known: tuple[str, ...] = ()
    ) -> Iterator[tuple[str, Path, yaml.Node]]:
        """Keys and values of a mapping; every key once, and one of ``known`` if that is given."""
        if not isinstance(node, yaml.MappingNode):
            raise self.wrong(path, f"must be made of lines like “{_sample(path)}”.", node)
        seen: set[str] = set()
        for key_node, value in node.value:
            if not isinstance(key_node, yaml.ScalarNode) or not key_node.value.strip():
                raise self.wrong(path, "has a key that is no name.", key_node)
            key = " ".join(key_node.value.split())
            here = (*path, key)
            self.lines.setdefault(here, key_node.start_mark.line + 1)
            if len(key) > LONGEST:
                raise self.wrong((*path, key[:40] + "…"), "is too long for a name.", key_node)
            if key.casefold() in seen:
                raise self.wrong(here, "is there twice.", key_node)
            if known and key not in known:
                raise self.wrong(here, f"is not known here; there are {', '.join(known)}.", key_node)
            seen.add(key.casefold())
            yield key, here, value

    def scalar(self, node: yaml.Node, path: Path, longest: int = LONGEST) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self.wrong(path, "must be text on one line.", node)
        text = " ".join(node.value.split())
        if not text or (node.tag.endswith(":null") and node.style is None):
            raise self.wrong(path, "is empty.", node, hint="Give it a value, or take the line out.")
        if len(text) > longest:
            raise self.wrong(path, f"is longer than {longest:,} characters.", node)
        return text

    def listed(self, node: yaml.Node, path: Path) -> tuple[str, ...]:
        if isinstance(node, yaml.ScalarNode):
            return (self.scalar(node, path),)
        if not isinstance(node, yaml.SequenceNode):
            raise self.wrong(path, "must be a list, like: [one, another].", node)
        found: list[str] = []
        for item in node.value:
            text = self.scalar(item, path)
            if text.casefold() in (other.casefold() for other in found):
                raise self.wrong((*path, text), "is there twice.", item)
            self.lines[(*path, text)] = item.start_mark.line + 1
            found.append(text)
        return tuple(found)

    # ----------------------------------------------------------------------------------------------------- errors
    def wrong(self, path: Path, what: str, node: yaml.Node | None = None, *, hint: str = "") -> SemanticsInvalid:
        lines = {**self.lines, path: node.start_mark.line + 1} if node is not None and path else self.lines
        return Semantics(name=self.name, lines=lines).wrong(path, what, hint=hint)

    def broken(self, problem: yaml.YAMLError) -> SemanticsInvalid:
        mark = getattr(problem, "problem_mark", None) or getattr(problem, "context_mark", None)
        where = f", line {mark.line + 1}" if mark is not None else ""
        said = " ".join(str(getattr(problem, "problem", "") or "a character that YAML does not allow").split())
        return SemanticsInvalid(
            f"{self.name or 'The definitions'}{where}: This is not YAML: {said}.",
            hint="Indent with spaces, and put text with a colon or a quote in quotes.",
        )


def _empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and not node.value.strip()


def _sample(path: Path) -> str:
    part = path[0] if path else ""
    return {
        "metrics": "revenue: sum(quantity * unit_price)" if len(path) < 2 else "expression: sum(quantity * unit_price)",
        "synonyms": "clients: customers",
        "descriptions": "customers.tier: how much they buy",
        "filters": "orders: status != 'cancelled'",
    }.get(part, "metrics:")


def to_yaml(model: Semantics) -> str:
    """The model as text that `from_yaml` reads back to an equal one; comments are not kept.

    Example:
        >>> print(to_yaml(Semantics(synonyms=(Synonym("clients", "customers"),))).splitlines()[-1])
          clients: customers
    """
    data: dict[str, Any] = {}
    if model.metrics:
        data["metrics"] = {metric.name: _metric(metric) for metric in model.metrics}
    if model.synonyms:
        data["synonyms"] = {synonym.said: synonym.means for synonym in model.synonyms}
    if model.descriptions:
        data["descriptions"] = {item.of: item.text for item in model.descriptions}
    if model.filters:
        data["filters"] = {item.table: item.condition for item in model.filters}
    if model.hidden:
        data["hidden"] = list(model.hidden)
    body = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110, indent=2) if data else ""
    return f"{HEAD}\n{body}" if body else HEAD


def _metric(metric: Metric) -> Any:
    fields: dict[str, Any] = {}
    for name in _FIELDS:
        value = getattr(metric, name)
        if value:
            fields[name] = list(value) if isinstance(value, tuple) else value
    return metric.expression if list(fields) == ["expression"] else fields
