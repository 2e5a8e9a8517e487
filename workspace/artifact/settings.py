"""What a reader asked for in the address -> the values of an artifact's parameters, checked against what is offered.

A value is taken as it is offered or not at all: what is not offered, malformed or too long leaves the default, with one
sentence that says so. An address says ``region=EU``, ``region=EU&region=US`` for several, ``region=`` for all,
``period.from=2024-01-01&period.to=2024-12-31`` for days (``period=last month`` is understood too).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from workspace.artifact.format import formatter, show
from workspace.artifact.model import Artifact, Option, Param, Setting, Value
from workspace.artifact.phrase import join
from workspace.database.result import Result
from workspace.errors import ArtifactInvalid
from workspace.question.dates import resolve

LONGEST = 200  # characters of one value
MOST = 200  # values of one parameter
OFFERED = 1_000
ENDS = (".from", ".to")

Given = tuple[tuple[str, str], ...]


class _Unfit(ValueError):
    """Why a value is not taken."""


def given(artifact: Artifact, items: Iterable[tuple[str, str]]) -> Given:
    """Those parts of an address that speak of the artifact's parameters, in the parameters' order.

    Args:
        artifact: whose page it is.
        items: names and texts of the query string.
    """
    if not artifact.params:
        return ()
    known = {name: place for place, param in enumerate(artifact.params) for name in _names(param)}
    said = [(name, text) for name, text in items if name in known]
    return tuple(sorted(said[: MOST * len(known)], key=lambda item: known[item[0]]))


def settle(
    artifact: Artifact, said: Given, offered: Mapping[str, Result], today: date, waiting: Collection[str] = ()
) -> tuple[Setting, ...]:
    """The artifact's parameters as of now.

    Args:
        artifact: with its parameters.
        said: from `given`.
        offered: per parameter with a query the result that has its values.
        today: what relative dates mean it from.
        waiting: the parameters whose offered values are still being read.
    """
    return tuple(
        _waiting(param, said, today) if param.name in waiting else _setting(param, said, offered.get(param.name), today)
        for param in artifact.params
    )


def options(param: Param, result: Result | None) -> tuple[Option, ...]:
    """What a ``choice`` or ``multi`` offers, each value once."""
    values: Sequence[Any] = param.options
    if param.query is not None:
        values = [row[0] for row in result.rows] if result is not None and result.columns else ()
    name = result.columns[0].name if result is not None and result.columns else ""
    fit = dict.fromkeys(value for value in values if isinstance(value, str | int | float) and value != "")
    write = formatter(tuple(fit), name=name)
    return tuple(Option(value, write(value)) for value in fit)[:OFFERED]


def default_of(param: Param, value: Any, offered: Sequence[Option], today: date) -> Value:
    """A value as the default of a parameter; None for all.

    Args:
        param: whose.
        value: as its type has it, or the text that an address would have: "last month", "Germany".
        offered: the values of a ``choice`` or ``multi``.
        today: what words for a stretch of time mean it from.

    Raises:
        ArtifactInvalid: it is malformed or not offered.

    Example:
        >>> default_of(Param(name="n", type="number"), "1,200", (), date(2026, 11, 23))
        1200
    """
    values = value if isinstance(value, list | tuple) else (value,)
    texts = [_plain(one).strip() for one in values if one is not None]
    try:
        found = _read(param, [(param.name, text) for text in texts], offered, today)
    except _Unfit as reason:
        raise ArtifactInvalid(f"{reason}") from None
    if found is None and param.required and param.type not in ("choice", "multi"):
        raise ArtifactInvalid("A value is needed where readers may not choose all.")
    return next(iter(texts), None) or None if param.type == "daterange" else found


# --------------------------------------------------------------------------------------------------------- one
def _names(param: Param) -> tuple[str, ...]:
    return (param.name, *(param.name + end for end in ENDS)) if param.type == "daterange" else (param.name,)


def _waiting(param: Param, said: Given, today: date) -> Setting:
    """A parameter whose offered values are not known yet: what the address asks for can only be repeated."""
    asked = tuple((name, text.strip()) for name, text in said if name == param.name)
    texts = list(dict.fromkeys(text for _, text in asked if text))
    if texts or (param.default is None and param.required):
        kept = tuple(Option(text, text) for text in texts)
        value = tuple(texts) if param.type == "multi" else next(iter(texts), None)
        return Setting(param, value, kept, join(texts) or "…", asked, waiting="value")
    usual = None if asked else _default(param, (), today)
    values = usual if isinstance(usual, tuple) else () if usual is None else (usual,)
    kept = tuple(Option(one, _label(one)) for one in values)
    written = () if usual == _default(param, (), today) else _written(param, usual)
    return Setting(param, usual, kept, _words(param, usual, kept), written, waiting="options")


def _setting(param: Param, said: Given, result: Result | None, today: date) -> Setting:
    choices = options(param, result) if param.type in ("choice", "multi") else ()
    usual = _default(param, choices, today)
    texts = [(name, text.strip()) for name, text in said if name in _names(param)]
    value, problem = usual, ""
    if param.query is not None and result is None:
        values = usual if isinstance(usual, tuple) else () if usual is None else (usual,)
        choices = tuple(Option(one, _label(one)) for one in values)
    if any(text for _, text in texts) and param.query is not None and result is None:
        problem = f"The values that are offered cannot be read now. Shown is {_words(param, usual, choices)}."
    elif texts:
        try:
            value = _read(param, texts, choices, today)
        except _Unfit as reason:
            problem = f"{reason} Shown is {_words(param, usual, choices)}."
    if value is None and param.required and not problem:
        value = usual
        problem = f"A value is needed here. Shown is {_words(param, usual, choices)}." if texts else ""
    written = () if value == usual else _written(param, value)
    return Setting(param, value, choices, _words(param, value, choices), written, problem)


def _default(param: Param, choices: Sequence[Option], today: date) -> Any:
    """The default as a value; where one is needed and none is given, the first that is offered."""
    value: Any = param.default
    if param.type == "daterange":
        try:
            return _stretch(value, today) if isinstance(value, str) else None
        except _Unfit:
            return None
    if param.type == "multi" and value is not None and not isinstance(value, tuple):
        value = (value,)
    if value is None and param.required and choices:
        value = (choices[0].value,) if param.type == "multi" else choices[0].value
    return value


def _read(param: Param, texts: Sequence[tuple[str, str]], choices: Sequence[Option], today: date) -> Any:
    filled = [text for _, text in texts if text]
    if any(len(text) > LONGEST for text in filled):
        raise _Unfit(f"A value may have up to {LONGEST} characters.")
    if not filled:
        return None
    if param.type == "daterange":
        return _days(param, dict(texts), today)
    if param.type == "multi":
        known = {str(option.value): option.value for option in choices}
        picked = tuple(dict.fromkeys(_offered(text, known) for text in filled[:MOST]))
        return tuple(option.value for option in choices if option.value in picked)
    return _READERS[param.type](filled[-1], choices)


def _choice(text: str, choices: Sequence[Option]) -> Any:
    return _offered(text, {str(option.value): option.value for option in choices})


def _offered(text: str, known: Mapping[str, Any]) -> Any:
    if text not in known:
        raise _Unfit(f"“{_short(text)}” is not among the values that are offered.")
    return known[text]


def _date(text: str, _: Sequence[Option] = ()) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise _Unfit(f"“{_short(text)}” is not a day; write it as 2024-12-31.") from None


def _number(text: str, _: Sequence[Option]) -> int | float:
    try:
        value = float(text.replace(",", "").replace("_", ""))
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or abs(value) >= 1e15:
        raise _Unfit(f"“{_short(text)}” is not a number.")
    return int(value) if value == int(value) else value


def _bool(text: str, _: Sequence[Option]) -> bool:
    if text.lower() not in ("1", "0", "yes", "no", "true", "false"):
        raise _Unfit(f"“{_short(text)}” is neither yes nor no.")
    return text.lower() in ("1", "yes", "true")


def _text(text: str, _: Sequence[Option]) -> str:
    return text


_READERS: dict[str, Callable[[str, Sequence[Option]], Any]] = {
    "choice": _choice,
    "date": _date,
    "number": _number,
    "bool": _bool,
    "text": _text,
}


def _days(param: Param, texts: Mapping[str, str], today: date) -> tuple[str | None, str | None]:
    if whole := texts.get(param.name):
        return _stretch(whole, today)
    first, last = (texts.get(param.name + end, "") for end in ENDS)
    return _ordered(_date(first) if first else None, _date(last) if last else None)


def _stretch(text: str, today: date) -> tuple[str | None, str | None]:
    """``2024-01-01/2024-12-31`` or words for a stretch of time, as its first and last day."""
    first, cut, last = text.partition("/")
    if cut:
        return _ordered(_date(first) if first else None, _date(last) if last else None)
    found = resolve(text, today)
    if found is None:
        raise _Unfit(f"“{_short(text)}” is not a stretch of time.")
    low, high = (date(end.year, end.month, end.day) if end is not None else None for end in found)
    return (low.isoformat() if low else None, (high - timedelta(days=1)).isoformat() if high else None)


def _ordered(first: str | None, last: str | None) -> tuple[str | None, str | None]:
    if first and last and first > last:
        raise _Unfit("The first day is after the last one.")
    return first, last


# ------------------------------------------------------------------------------------------------------- written
def _written(param: Param, value: Any) -> Given:
    """The value as an address has it; "all" is said, because it is not what is usual."""
    if value is None:
        return ((param.name, ""),)
    if param.type == "daterange":
        return tuple((param.name + end, day) for end, day in zip(ENDS, value, strict=True) if day)
    values = value if isinstance(value, tuple) else (value,)
    return tuple((param.name, _plain(one)) for one in values)


def _plain(value: Any) -> str:
    return ("1" if value else "0") if isinstance(value, bool) else str(value)


def _words(param: Param, value: Any, choices: Sequence[Option]) -> str:
    if value is None or value == ():
        return "all"
    if param.type == "daterange":
        first, last = (show(day, "date") if day else "" for day in value)
        if first == last:
            return first or "all"
        return f"{first} to {last}" if first and last else f"since {first}" if first else f"until {last}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    known = {option.value: option.label for option in choices}
    values = value if isinstance(value, tuple) else (value,)
    names = [known.get(one) or (show(one, "date") if param.type == "date" else _label(one)) for one in values]
    return join([*names[:4], f"{len(names) - 4} more"] if len(names) > 5 else names)


def _label(value: Any) -> str:
    return value if isinstance(value, str) else show(value)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
