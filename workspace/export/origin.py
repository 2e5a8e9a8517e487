"""Is what a file says it was made of to be believed? Its words, its SQL, its values, and the page that it names.

The figures of a file are compared with what its receipts give. That proves nothing of a text that was altered together
with the template it came from, so the templates are held to what every page is held to, the queries to their receipts,
and both, where the page is known, to the version of it that the file names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from workspace.artifact import bind
from workspace.artifact.asked import as_asked
from workspace.artifact.model import Artifact, NamedQuery, Setting
from workspace.artifact.settings import settle
from workspace.artifact.snapshot import Kept
from workspace.database.guard import Ask, Refuse
from workspace.database.guard import check as guard
from workspace.database.result import Limits, Result
from workspace.database.source import Source
from workspace.errors import NoAppError
from workspace.export.finding import Finding
from workspace.export.rerun import guarded, same

_AROUND, _LONGEST = 24, 400  # characters before a difference, and of what is told of it


def unsound(
    kept: Kept, again: Mapping[str, Result], sources: Mapping[str, Source], limits: Limits, page: Artifact | None
) -> list[Finding]:
    """What a file says of itself and could not be so.

    Args:
        kept: what it says.
        again: the results of its receipts as of now.
        sources, limits: as for `workspace.export.rerun.rerun`.
        page: the version that it names, None where that is not known.
    """
    settings, found = _settings(kept, sources, limits)
    found += _sql(kept, sources)
    if page is None:
        return [*found, *_words(kept.artifact)]
    against = f"version {kept.version} of {kept.slug} kept here"
    expected = page.model_copy(update={"queries": _asked(page, kept, again, settings, sources, limits)})
    differs = [Finding("unlike", *one, against) for one in _differ(kept.artifact, expected)]
    words = _words(_over(kept.artifact, page)) if differs else ()  # a page may be older than a rule
    return [*found, *words, *differs]


# ----------------------------------------------------------------------------------------------------------- words
def _words(artifact: Artifact) -> Iterator[Finding]:
    """What would be refused when the page is published."""
    try:
        bind.check(artifact)
    except NoAppError as problem:
        yield Finding("refused", "words", "", problem.message)


def _over(artifact: Artifact, page: Artifact) -> Artifact:
    """The file's words over the page's queries, whose constants they may have; those of a file follow its values."""
    if {query.name for query in artifact.queries} != {query.name for query in page.queries}:
        return artifact
    return artifact.model_copy(update={"queries": page.queries})


# ------------------------------------------------------------------------------------------------------------- SQL
def _sql(kept: Kept, sources: Mapping[str, Source]) -> list[Finding]:
    """Queries that are not those of their receipts, or that the guard refuses."""
    found = []
    for query in kept.artifact.queries:
        result = kept.results.get(query.name)
        if result is not None and query.name not in kept.problems:  # older rows are of another day's query
            receipt = result.receipt
            pairs = (
                ("SQL", query.sql, receipt.sql),
                ("source", query.source, receipt.source),
                ("values", dict(query.params), dict(receipt.params)),
                ("planner", query.planner, receipt.planner),
            )
            found += [
                Finding("unlike", f"{what} of {query.name}", *around(str(one), str(other)), "its receipt")
                for what, one, other in pairs
                if one != other
            ]
        if result is None or result.receipt.sql != query.sql:
            found += _refused(query, f"SQL of {query.name}", sources)
    for param in kept.artifact.params:
        if param.query is not None:
            found += _refused(param.query, f"SQL of the values of {param.name}", sources)
    return found


def _refused(query: NamedQuery, place: str, sources: Mapping[str, Source]) -> Iterator[Finding]:
    """That it names what is not there is no harm: the schema moves."""
    try:
        verdict = guard(query.query, sources[query.source])
    except (KeyError, NoAppError):
        return  # said where its receipt is run
    if isinstance(verdict, Ask) or (isinstance(verdict, Refuse) and verdict.code == "refused"):
        yield Finding("refused", place, query.sql, verdict.reason)


# ---------------------------------------------------------------------------------------------------------- values
def _settings(kept: Kept, sources: Mapping[str, Source], limits: Limits) -> tuple[tuple[Setting, ...], list[Finding]]:
    """The parameters as they were set, and what the file says otherwise of them."""
    offered: dict[str, Result] = {}
    found = []
    for param in kept.artifact.params:
        if (query := param.query) is not None:
            try:
                offered[param.name] = guarded(query.query, query.source, sources, limits, query.planner)
            except NoAppError as problem:
                found.append(Finding("failed", f"values of {param.name}", "", str(problem)))
    said = tuple(part for setting in kept.settings for part in setting.given)
    told = {setting.param.name: _told(setting) for setting in kept.settings}
    days = [settle(kept.artifact, said, offered, day) for day in _days(kept)]
    fitting = (each for each in days if {setting.param.name: _told(setting) for setting in each} == told)
    settings = next(fitting, days[0])
    for setting in settings:
        before, after = told.get(setting.param.name, "nothing"), _told(setting)
        if before != after:
            kind = "changed" if setting.problem else "altered"
            found.append(Finding(kind, f"value of {setting.label}", before, after))
    return settings, found


def _told(setting: Setting) -> str:
    value = setting.value
    same_value = value is None or setting.words == str(value)
    return setting.words if same_value else f"{setting.words} ({value})"


def _days(kept: Kept) -> list[date]:
    """What "today" may have been where the file was written: its time is in UTC."""
    day = datetime.fromisoformat(kept.as_of).date()
    return [day, day + timedelta(days=1), day - timedelta(days=1)]


# ------------------------------------------------------------------------------------------------------------ page
def _asked(
    page: Artifact,
    kept: Kept,
    again: Mapping[str, Result],
    settings: tuple[Setting, ...],
    sources: Mapping[str, Source],
    limits: Limits,
) -> tuple[NamedQuery, ...]:
    """The page's queries as they were meant when the file was written."""
    said = {query.name: query for query in kept.artifact.queries}
    found = []
    for query in page.queries:
        file = said.get(query.name)
        meant = [_meant(query, settings, sources, day) for day in _days(kept)]
        meant += [query] if query.name in kept.problems else []
        fitting = next((one for one in meant if one == file), meant[0])
        if fitting != file and file is not None and fitting is not query:
            fitting = _alike(fitting, file, again.get(query.name), sources, limits)
        found.append(fitting)
    return tuple(found)


def _meant(query: NamedQuery, settings: tuple[Setting, ...], sources: Mapping[str, Source], day: date) -> NamedQuery:
    try:
        return as_asked(query, settings, sources[query.source], day)
    except (KeyError, NoAppError):
        return query  # the schema moved: it could not be meant otherwise


def _alike(
    query: NamedQuery, file: NamedQuery, result: Result | None, sources: Mapping[str, Source], limits: Limits
) -> NamedQuery:
    """A plan is written as SQL anew at each opening; another spelling that gives the same rows is the same query."""
    if query.plan is None or sorted(map(str, query.params.values())) != sorted(map(str, file.params.values())):
        return query
    try:
        now = guarded(query.query, query.source, sources, limits, query.planner)
    except NoAppError:
        return query
    if result is None or not same(result, now):
        return query
    return query.model_copy(update={name: getattr(file, name) for name in ("sql", "params", "plan")})


def _differ(file: Artifact, page: Artifact) -> Iterator[tuple[str, str, str]]:
    said, known = _leaves(file), _leaves(page)
    for place in dict.fromkeys((*said, *known)):
        one, other = said.get(place, "nothing"), known.get(place, "nothing")
        if one != other:
            yield place, *around(one, other)


def _leaves(artifact: Artifact) -> dict[str, str]:
    """Everything an artifact says, each with its place in words."""
    data = artifact.to_dict()
    found = {"title": artifact.title}
    for number, block in enumerate(data["blocks"], start=1):
        found |= {f"{name} of block {number}": str(value) for name, value in block.items()}
    for query in data["queries"]:
        names = {"sql": "SQL", "params": "values"}
        found |= {f"{names.get(name, name)} of {query['name']}": str(value) for name, value in query.items()}
    for param in data["params"]:
        found |= {f"{name} of the parameter {param['name']}": str(value) for name, value in param.items()}
    known: dict[str, Any] = {name: data[name] for name in data if name not in ("title", "blocks", "queries", "params")}
    return found | {name: str(value) for name, value in known.items()}


def around(one: str, other: str) -> tuple[str, str]:
    """Both texts from shortly before they differ.

    Example:
        >>> around("a" * 60 + "b", "a" * 60 + "c")
        ('…aaaaaaaaaaaaaaaaaaaaaaaab', '…aaaaaaaaaaaaaaaaaaaaaaaac')
    """
    pairs = enumerate(zip(one, other, strict=False))
    place = next((number for number, (a, b) in pairs if a != b), min(len(one), len(other)))
    start = max(0, place - _AROUND)
    mark = "…" if start else ""
    one, other = (mark + text[start : start + _LONGEST] for text in (one, other))
    return one or "nothing", other or "nothing"
