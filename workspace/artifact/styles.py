"""Number formats in words: "euros without decimals" -> a `Style`, and how a column is written as a phrase. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from workspace.artifact.format import is_label
from workspace.artifact.model import MOST_PLACES, NamedQuery, Shown
from workspace.database.result import Result
from workspace.errors import ArtifactInvalid

_NUMBERS = {"no": 0, "zero": 0, "any": 0, "one": 1, "a": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_NAMES = {number: word for word, number in _NUMBERS.items() if word not in ("no", "any", "a")}
_CURRENCIES = {
    "euro": "€", "eur": "€", "€": "€", "dollar": "$", "usd": "$", "us dollar": "$", "$": "$", "pound": "£", "gbp": "£",
    "pound sterling": "£", "£": "£", "yen": "¥", "jpy": "¥", "¥": "¥", "rupee": "₹", "inr": "₹", "₹": "₹",
    "swiss franc": "CHF", "franc": "CHF", "chf": "CHF", "sek": "SEK", "nok": "NOK", "dkk": "DKK", "pln": "PLN",
    "zloty": "PLN", "czk": "CZK", "huf": "HUF", "forint": "HUF", "aud": "AUD", "cad": "CAD", "cny": "CNY",
    "yuan": "CNY", "brl": "BRL", "lira": "₺", "zar": "ZAR", "rand": "ZAR",
}  # fmt: skip
_CURRENCY = "|".join(re.escape(name) + ("s?" if name.isalpha() or " " in name else "") for name in sorted(
    _CURRENCIES, key=len, reverse=True))  # fmt: skip
_LINKS: Any = re.compile(r"(?:[\s,;]*(?:as|in|with|without|to|using|at|and|but|an?|the)\b)*[\s,;]*", re.IGNORECASE)
_PIECES = tuple(
    (name, re.compile(rf"(?:{pattern})(?![\w%])", re.IGNORECASE))
    for name, pattern in (
        ("percent", r"(?:an?\s+)?(?:percent(?:ages?|s)?|per\s+cent|%)(?:\s+(?:signs?|figures?|values?))?"),
        ("places", r"(?:(?P<count>no|zero|any|one|two|three|four|five|six|\d+)\s+)?"
                   r"(?:decimals?(?:\s+(?:places?|digits?))?|digits?\s+after\s+the\s+(?:decimal\s+)?(?:point|comma)|cents)"),
        ("whole", r"(?:whole|full|round|rounded)\s+(?:numbers?|figures?)|rounded|integers?"
                  r"|nearest\s+(?:integer|whole\s+number|one)"),
        ("named", r"unit\s+(?P<unit>[^\s\d,;]{1,12})"),
        ("none", r"(?:any\s+|currency\s+|euro\s+|dollar\s+)*(?:units?|currency|currencies|signs?|symbols?)"),
        ("currency", rf"(?P<currency>{_CURRENCY})(?:\s+(?:amounts?|signs?|symbols?))?"),
        ("plain", r"plain(?:\s+(?:numbers?|figures?))?|(?:it|they)\s+(?:was|were|came?|comes?)(?:\s+before)?|default"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Style:
    """How figures are to be written; None leaves a part as it is.

    Args:
        percent: a fraction as a percentage.
        places: decimals.
        unit: what is written beside them, "" for nothing.
        plain: all else as if nobody had said anything.
    """

    percent: bool | None = None
    places: int | None = None
    unit: str | None = None
    plain: bool = False

    def over(self, shown: Shown) -> Shown:
        """A column as it is shown in this style.

        Raises:
            ArtifactInvalid: decimals or a unit that cannot be written.

        Example:
            >>> Style(unit="€", places=0).over(Shown(name="revenue")).unit
            '€'
            >>> Style(percent=True).over(Shown(name="discount", unit="%")).format
            ''
        """
        format, places, unit = ("", None, "") if self.plain else (shown.format, shown.places, shown.unit)
        if self.percent and shown.unit == "%":
            format, unit = "", "%"  # points already, no fractions
        elif self.percent is not None:
            format, unit = ("percent", "") if self.percent else ("", unit)
        if self.unit is not None:
            format, unit = "" if format == "percent" and self.unit else format, " ".join(self.unit.split())
        if self.places is not None:
            places = self.places
        try:
            return Shown.model_validate({**shown.model_dump(), "format": format, "places": places, "unit": unit})
        except ValidationError as problem:
            if problem.errors()[0]["loc"] == ("places",):
                raise ArtifactInvalid(f"Figures are written with up to {MOST_PLACES} decimals.") from None
            raise ArtifactInvalid(
                f"“{unit[:40]}” cannot be a unit.", hint="Up to 12 letters or signs without digits: €, kg, days, m³."
            ) from None


def style_of(text: str) -> Style | None:
    """The style that words ask for, None where any of them say something else.

    Example:
        >>> style_of("as euros without decimals")
        Style(percent=None, places=0, unit='€', plain=False)
        >>> style_of("as a percentage with one decimal").places, style_of("in Germany") is None
        (1, True)
    """
    words, found = text.strip(), None
    while words:
        links = _LINKS.match(words)
        words, without = words[links.end() :], "without" in links[0].lower()
        if not words:
            break
        pieces = ((name, match) for name, pattern in _PIECES if (match := pattern.match(words)))
        name, match = next(pieces, ("", None))
        found = _with(found or Style(), name, match, without) if match is not None else None
        if match is None or found is None:
            return None
        words = words[match.end() :]
    return found


def figures_of(query: NamedQuery, result: Result) -> tuple[str, ...]:
    """The columns of a result that hold figures, whose format can be chosen: no ids, years, dates."""
    return tuple(
        column.name
        for column in result.columns
        if column.kind in ("integer", "real")
        and query.shown(column.name).format not in ("period", "date", "text")
        and not is_label(column.name)
    )


def said(shown: Shown) -> str:
    """How a column is written, as words that follow "written".

    Example:
        >>> said(Shown(name="revenue", unit="€", places=0)), said(Shown(name="share", format="percent", places=1))
        ('in € without decimals', 'as percentages with one decimal')
        >>> said(Shown(name="revenue"))
        'as it comes'
    """
    parts = [f"in {shown.unit}"] if shown.unit and shown.format != "percent" else []
    kind = _FORMATS.get(shown.format, f"as {shown.format}")
    if kind and not parts and not (shown.format == "decimal" and shown.places is not None):
        parts.append(kind)
    if shown.places is not None:
        many = "" if shown.places == 1 else "s"
        parts.append(f"with {_NAMES[shown.places]} decimal{many}" if shown.places else "without decimals")
    return " ".join(parts) or "as it comes"


_FORMATS = {"": "", "integer": "as whole numbers", "decimal": "as decimals", "percent": "as percentages",
            "date": "as dates", "period": "as periods", "text": "as text"}  # fmt: skip


def _with(style: Style, name: str, match: re.Match[str], without: bool) -> Style | None:
    """The style with one more piece, None where it makes no sense there."""
    if name == "places":
        count = match["count"]
        if count is None:
            return replace(style, places=0 if without else 2)
        places = _NUMBERS.get(count.lower(), int(count) if count.isdigit() else 0)
        return replace(style, places=0 if without else places)
    if name == "none":
        return replace(style, unit="") if without else None
    if name == "currency":
        text = " ".join(match["currency"].lower().split())
        unit = _CURRENCIES.get(text) or _CURRENCIES[text.removesuffix("s")]
        return replace(style, unit="" if without else unit)
    if without:
        return replace(style, percent=False) if name == "percent" else None
    if name == "named":
        return replace(style, unit=match["unit"].strip())
    return {
        "percent": replace(style, percent=True),
        "whole": replace(style, places=0),
        "plain": replace(style, plain=True),
    }[name]
