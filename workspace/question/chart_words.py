"""What a question says about its picture: the mark, what goes along which axis, cut into which periods, in which order.

These words are taken out of the question before the grammar reads it, so that "sort the y-axis from high to low" orders
no column called y. Letters are replaced by blanks: every other word keeps its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from workspace.question import chart_patterns as patterns
from workspace.question.chart_patterns import Frame


@dataclass(frozen=True, slots=True)
class Field:
    """What a person calls one axis, perhaps under an aggregate: "the average of price"."""

    text: str
    function: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """The picture that a question asks for.

    Args:
        text: the question without the words about the picture, blanks in their place.
        subject: the question without what goes along the axes as well, when both axes are named.
        mark: stacked, bar, line, scatter, pie, area, "" when only its parts are spoken of.
        x, y: what goes along the axes, where it is said.
        apart: what is told apart by colour, or gathered by.
        coloured: the colour is asked for ("stacked", "coloured by", "grouping line").
        each: x was named as what there is a figure for each of.
        bin: (the date as it is called, "" for the one there is; its grain, or ``time`` for one that fits).
        order: (what the picture is ordered by, as it is called; whether descending).
        figure: the question as ``text`` without what goes along x, where both axes were named.
        kept: the question as ``text``, but with the words of the order, for an order by something not in the picture.
        spans: (start, end) of what was taken out.
        named: (start, end) of what goes along the axes, where both are named.
    """

    text: str
    subject: str = ""
    mark: str = ""
    x: Field | None = None
    y: Field | None = None
    apart: tuple[str, ...] = ()
    coloured: bool = False
    each: bool = False
    bin: tuple[str, str] | None = None
    order: tuple[str, bool] | None = None
    figure: str = ""
    kept: str = ""
    spans: tuple[tuple[int, int], ...] = ()
    named: tuple[tuple[int, int], ...] = ()


def ask_of(question: str, known: Callable[[str], bool] = lambda word: False) -> Ask | None:
    """What the question says about its picture, None when it says nothing of it.

    Args:
        question: as the person wrote it.
        known: whether a word is a name of the person's own data, which is no word about a picture then.

    Example:
        >>> ask = ask_of("Show the price of each car in a bar chart, rank by the y-axis from high to low.")
        >>> ask.mark, ask.order, ask.text.split()
        ('bar', ('y', True), ['Show', 'the', 'price', 'of', 'each', 'car', '.'])
    """
    if not patterns.TRIGGER.search(question):
        return None
    return _Reader(question, known).read()


class _Reader:
    """The question, from which one kind of words after the other is taken."""

    def __init__(self, question: str, known: Callable[[str], bool]) -> None:
        self.rest, self.known = question, known
        self.mark = ""
        self.fields: dict[str, str] = {}
        self.apart: list[str] = []
        self.coloured = self.each = False
        self.bin: tuple[str, str] | None = None
        self.order: tuple[str, bool] | None = None
        self.frame: tuple[int, int] | None = None
        self.along: tuple[int, int] | None = None  # x with the word that ties it to y
        self.kept = ""
        self.spans: list[tuple[int, int]] = []
        self.named: list[tuple[int, int]] = []

    def read(self) -> Ask | None:
        self._order(axes_only=True)
        self._bin()
        self._frames(patterns.BEFORE)
        self._marks()
        self._frames(patterns.FRAMES)
        self._hints()
        if not (self.mark or self.bin or self.fields or self.order):
            return None
        self._single_axes()
        if self.order is None:
            self._order(axes_only=False)
        self._apart()
        if self.mark and not self.fields:
            self._frames(patterns.LISTED)
        return self._ask()

    def _ask(self) -> Ask:
        both = len(self.fields) == 2
        subject = _without(self.rest, self.frame) if both else ""
        figure = _without(self.rest, self.along) if both and self.along else ""
        fields = {name: field_of(text) for name, text in self.fields.items()}
        return Ask(
            self.rest, subject, self.mark, fields.get("x"), fields.get("y"), tuple(self.apart), self.coloured,
            self.each, self.bin, self.order, figure, self.kept if self.order else "", tuple(sorted(self.spans)),
            tuple(self.named),
        )  # fmt: skip

    # --------------------------------------------------------------------------------------------------- taking
    def take(self, start: int, end: int, instead: str = "") -> None:
        """Blanks a stretch of the question; a full stop before it stays."""
        if self.rest[start : start + 1] in ".?!":
            start += 1
        if end > start:
            self.rest = self.rest[:start] + instead.ljust(end - start)[: end - start] + self.rest[end:]
            self.spans.append((start, end))

    def _before(self, pattern: re.Pattern[str], start: int) -> re.Match[str] | None:
        """What of ``pattern`` leads up to ``start``."""
        return pattern.search(self.rest, max(0, start - patterns.REACH), start)

    # -------------------------------------------------------------------------------------------------- reading
    def _order(self, *, axes_only: bool) -> None:
        for pattern in patterns.orders():
            for match in pattern.finditer(self.rest):
                what = " ".join(match["what"].split())
                axis = patterns.AXIS.match(what)
                lead = self._before(patterns.WISHING, match.start())
                start = lead.start() if lead else match.start()
                clause = self.rest[start : start + 1] in (",", ";") or self.rest[:start].rstrip()[-1:] in tuple(".?!,;")
                last = not match["done"] and clause and not self.rest[match.end() :].strip(" .?!")
                if axis is None and axes_only and not last:
                    continue
                if axis is None:
                    self.kept = self.rest
                self.order = (axis["axis"] or "x").lower() if axis else what, bool(match["down"])
                self.take(start, match.end())
                return

    def _bin(self) -> None:
        match = patterns.bins().search(self.rest)
        if match is None:
            return
        grain = next(name for name in patterns.GRAINS if match[name])
        self.bin = " ".join(match["what"].split()), grain
        self.take(*match.span())
        counted = patterns.COUNTED.search(self.rest)
        if counted is not None:
            self.fields["y"] = "count"
            self.take(*counted.span())

    def _marks(self) -> None:
        for mark, pattern in patterns.marks():
            while (match := pattern.search(self.rest)) is not None:  # said twice, it is said once
                lead = self._before(patterns.OPENING, match.start())
                close = patterns.CLOSING.match(self.rest, match.end())
                self.mark = self.mark or mark
                self.coloured = self.coloured or mark == "stacked" or bool(lead and lead["grouped"])
                self.take(lead.start() if lead else match.start(), close.end() if close else match.end())

    def _hints(self) -> None:
        for mark, pattern, instead in patterns.HINTS:
            match = pattern.search(self.rest)
            if match is not None and (self.mark or mark):
                self.mark = self.mark or mark
                self.take(*match.span(), instead)
        for mark, pattern in patterns.soft_marks():
            match = pattern.search(self.rest)
            if match is None or self.known(match[0]) or not self._before(patterns.DRAWING, match.start()):
                continue
            lead = self._before(patterns.OPENING, match.start())
            self.mark = self.mark or mark
            self.take(lead.start() if lead else match.start(), match.end())
        match = patterns.BETWEEN.search(self.rest)
        if match is not None:
            self.mark = self.mark or "scatter"
            self.take(*match.span())

    def _frames(self, frames: Iterable[Frame]) -> None:
        lower = self.rest.lower()
        for frame in frames:
            match = frame.pattern.search(self.rest) if len(self.fields) < 2 and frame.needs in lower else None
            if match is None:
                continue
            groups = match.groupdict()
            x, y = match["x"], match["y"]
            if frame.turned and self.mark != "scatter" and not field_of(y).function:
                x, y = y, x  # "price by country": the country goes along x
            self.fields |= {"x": x, "y": y}
            if groups.get("c"):
                self.apart.append(match["c"].strip())
                self.coloured = True
            self.mark = self.mark or frame.mark
            self.each = frame.each
            self.frame = match.span()
            self.named = [match.span("x"), match.span("y")]
            self.along = (match.end("y"), match.end("x")) if match.end("y") < match.start("x") else None
            for name in ("intro", "link"):
                if groups.get(name):
                    self.take(*match.span(name), "and" if name == "link" else "")

    def _single_axes(self) -> None:
        for axis in ("x", "y"):
            for pattern in patterns.SINGLE[axis] if axis not in self.fields else ():
                match = pattern.search(self.rest)
                if match is not None:
                    self.fields[axis] = match["what"]
                    self.take(*match.span())
                    break

    def _apart(self) -> None:
        grouped = self.coloured or len(self.fields) == 2
        for match in list(patterns.APART.finditer(self.rest)):
            colour = "colo" in match[0].lower()
            if grouped or colour or match["attribute"]:
                self.apart.append(match["c"].strip())
                self.coloured = self.coloured or colour
                self.take(*match.span())


def _without(text: str, span: tuple[int, int] | None) -> str:
    return text[: span[0]] + " " * (span[1] - span[0]) + text[span[1] :] if span else text


def field_of(text: str) -> Field:
    """An aggregate and what it is of.

    Example:
        >>> field_of("the average of price"), field_of("hire_date"), field_of("how many sex")
        (Field(text='price', function='avg'), Field(text='hire_date', function=''), Field(text='sex', function='count'))
    """
    plain = " ".join(text.replace("(", " ").replace(")", " ").split())
    plain = re.sub(r"^(?:the\s+|different\s+)+", "", plain, flags=re.IGNORECASE)
    match = patterns.functions().match(plain + " ")
    if match is None:
        return Field(re.sub(r"\s+(?:column|attribute|field)$", "", plain))
    function = next(name for name in patterns.FUNCTIONS if match[name])
    if not match["of"].strip() and function not in ("count", "total"):
        return Field(plain)  # a column that is called total
    inner = field_of(match["of"].strip()) if match["of"].strip() else Field("")
    return Field(inner.text, inner.function or function)
