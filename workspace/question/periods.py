"""Dates in SQL: cutting them down to a grain, and comparing them with ISO literals, however they are stored.

Only SQLite's functions are written here. SQLite before 3.46 has no ``%G-W%V``, so that the ISO week is worked out from
the week's Thursday.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import get_args

from sqlglot import exp

from workspace.database import catalog as schema
from workspace.errors import PlanInvalid
from workspace.question.plan import Grain

DIALECTS = ("sqlite",)
ISO = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2})?)?")
_WIDTHS = {"Y": 4, "m": 2, "d": 2, "H": 2, "M": 2, "S": 2, "y": 2, "b": 3}
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"


def bucket(column: exp.Expression, meta: schema.Column, grain: str, dialect: str) -> exp.Expression:
    """``column`` cut down to ``grain``: 2024, '2024-Q1', '2024-03', '2024-W07', '2024-03-05', 3, 1 to 7, 0 to 23.

    Raises:
        PlanInvalid: when the column holds no dates, or years only and the grain is finer.
    """
    if grain not in get_args(Grain):
        raise PlanInvalid(f"Dates cannot be grouped by {grain}.")
    if dialect not in DIALECTS:
        raise PlanInvalid(f"Dates cannot be grouped on {dialect} yet.")
    encoding = meta.profile.encoding
    if encoding == "year":
        if grain == "year":
            return _integer(column) if isinstance(meta.profile.minimum, str) else column
        raise PlanInvalid(f"{meta.name} holds years only, so that it cannot be shown per {grain.replace('_', ' ')}.")
    if not meta.temporal and not encoding:
        raise PlanInvalid(f"{meta.name} holds no dates.")
    moment = _moment(column, encoding)
    if grain == "year":
        return _integer(_format("%Y", moment))
    if grain == "quarter":
        third = exp.Paren(
            this=exp.Div(this=exp.Paren(this=_plus(_integer(_format("%m", moment)), 2)), expression=_number(3))
        )
        third.this.set("typed", True)
        return exp.DPipe(this=exp.DPipe(this=_format("%Y", moment), expression=_text("-Q")), expression=third)
    if grain == "week":
        return _week(moment)
    if grain == "weekday":
        day = exp.Paren(this=_plus(_integer(_format("%w", moment)), 6))
        return _plus(exp.Mod(this=day, expression=_number(7)), 1)
    pattern = {"month": "%Y-%m", "day": "%Y-%m-%d", "month_of_year": "%m", "hour": "%H"}[grain]
    cut = _format(pattern, moment)
    return _integer(cut) if grain in ("month_of_year", "hour") else cut


def moment(column: exp.Expression, meta: schema.Column) -> exp.Expression:
    """``column`` as something that compares with an adapted literal (see `adapt`)."""
    if meta.profile.encoding.startswith("other:"):
        return _moment(column, meta.profile.encoding)
    return column


def adapt(meta: schema.Column, value: str) -> str | int | float:
    """An ISO date in the way the column stores it; raises `PlanInvalid` for what is no date."""
    encoding = meta.profile.encoding
    if encoding == "year":
        year = int(value[:4])
        return str(year) if isinstance(meta.profile.minimum, str) else year
    if encoding in ("epoch", "epoch_ms", "julian"):
        instant = _parse(value).timestamp()
        if encoding == "julian":
            return instant / 86400 + 2440587.5
        return int(instant * (1000 if encoding == "epoch_ms" else 1))
    if "T" in value and not (isinstance(meta.profile.minimum, str) and "T" in meta.profile.minimum):
        return value.replace("T", " ")
    return value


def day_after(value: str) -> str:
    """The day after an ISO date."""
    return (date.fromisoformat(value[:10]) + timedelta(days=1)).isoformat()


def has_times(meta: schema.Column) -> bool:
    """Does the column hold moments within a day, so that a date means a stretch of it?"""
    return meta.kind == "datetime" or meta.profile.encoding in ("epoch", "epoch_ms", "julian")


def _parse(value: str) -> datetime:
    try:
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    except ValueError:
        raise PlanInvalid(f"{value!r} is not a date.") from None


def _moment(column: exp.Expression, encoding: str) -> exp.Expression:
    if encoding == "epoch":
        return exp.Anonymous(this="DATETIME", expressions=[column, _text("unixepoch")])
    if encoding == "epoch_ms":
        seconds = exp.Div(this=column, expression=_number(1000), typed=True)
        return exp.Anonymous(this="DATETIME", expressions=[seconds, _text("unixepoch")])
    if encoding.startswith("other:"):
        return _rebuilt(column, encoding.removeprefix("other:"))
    return column  # ISO text, and Julian days, are what SQLite's date functions take


def _rebuilt(column: exp.Expression, layout: str) -> exp.Expression:
    """ISO text out of a fixed-width layout such as ``%d/%m/%Y``."""
    at: dict[str, exp.Expression] = {}
    position = 1
    for part in re.findall(r"%.|.", layout):
        if part.startswith("%") and part != "%%":
            width = _WIDTHS.get(part[1])
            if width is None:
                raise PlanInvalid(f"Dates written as {layout} cannot be worked with yet.")
            at[part[1]] = _slice(column, position, width)
            position += width
        else:
            position += 1
    if "b" in at:
        where = exp.Anonymous(this="INSTR", expressions=[_text(_MONTHS), at["b"]])
        number = exp.Div(this=exp.Paren(this=_plus(where, 2)), expression=_number(3), typed=True)
        at["m"] = exp.Anonymous(this="PRINTF", expressions=[_text("%02d"), number])
    if "y" in at:
        century = exp.Case(
            ifs=[exp.If(this=exp.LT(this=at["y"], expression=_text("70")), true=_text("20"))], default=_text("19")
        )
        at["Y"] = exp.DPipe(this=century, expression=at["y"])
    if not {"Y", "m"} <= set(at):
        raise PlanInvalid(f"Dates written as {layout} cannot be worked with yet.")
    whole = at["Y"]
    for name, before in (("m", "-"), ("d", "-"), ("H", " "), ("M", ":"), ("S", ":")):
        if name not in at and name != "d":
            break
        piece = at.get(name, _text("01"))
        whole = exp.DPipe(this=exp.DPipe(this=whole, expression=_text(before)), expression=piece)
    return exp.Paren(this=whole)


def _week(moment: exp.Expression) -> exp.Expression:
    """ISO year and week: both are those of the week's Thursday."""
    thursday = exp.Anonymous(this="DATE", expressions=[moment, _text("-3 days"), _text("weekday 4")])
    number = exp.Div(this=exp.Paren(this=_plus(_format("%j", thursday), 6)), expression=_number(7), typed=True)
    shown = exp.Anonymous(this="PRINTF", expressions=[_text("%02d"), number])
    return exp.DPipe(this=exp.DPipe(this=_format("%Y", thursday.copy()), expression=_text("-W")), expression=shown)


def _slice(column: exp.Expression, position: int, width: int) -> exp.Expression:
    return exp.Anonymous(this="SUBSTR", expressions=[column.copy(), _number(position), _number(width)])


def _format(pattern: str, moment: exp.Expression) -> exp.Expression:
    return exp.Anonymous(this="STRFTIME", expressions=[_text(pattern), moment.copy()])


def _integer(value: exp.Expression) -> exp.Expression:
    return exp.Cast(this=value, to=exp.DataType(this=exp.DataType.Type.INT))


def _plus(value: exp.Expression, number: int) -> exp.Expression:
    return exp.Add(this=value, expression=_number(number))


def _number(value: int) -> exp.Expression:
    return exp.Literal(this=str(value), is_string=False)


def _text(value: str) -> exp.Expression:
    return exp.Literal(this=value, is_string=True)
