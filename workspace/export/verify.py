"""Do the figures still follow from their queries? Every receipt is run again, read-only and through the guard.

Two things are told apart: what changed in the data since (the rows have another digest), and what was altered in the
file (the rows are the same, the file shows something else).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta, timezone
from typing import Literal

from workspace.artifact.model import Chart, Metric, NamedQuery, Table, Text, View
from workspace.artifact.reach import with_reach
from workspace.artifact.snapshot import Kept
from workspace.database.execute import run
from workspace.database.guard import Allow, Refuse, check
from workspace.database.result import Limits, Query, Receipt, Result, Scalar, digest, legible
from workspace.database.source import Source
from workspace.errors import NoAppError, QueryRefused
from workspace.export import EXPORTS
from workspace.export.reading import MANNER, Read, read
from workspace.export.xlsx import RECEIPTS
from workspace.faces import prose
from workspace.faces.drawing import draw
from workspace.faces.grid import grid
from workspace.question.plan import Plan

MOST_ROWS = 1_000_000  # run again of one receipt, whatever it says of itself
Kind = Literal["changed", "altered", "failed"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One figure that does not hold: where it stands, what it says, what its query gives now.

    ``kind`` is ``changed`` (the data is another), ``altered`` (the file is not what its own receipt gives) or
    ``failed`` (the receipt cannot be run again; ``after`` says why).
    """

    kind: Kind
    place: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What came of it: the ``title``, how many receipts were run and figures compared, what does not hold."""

    title: str
    receipts: int
    figures: int
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        return not self.findings


def verify(kept: Kept, sources: Mapping[str, Source], limits: Limits) -> Verification:
    """Run the receipts of results that are there with their rows: an artifact as saved, an exported .json.

    Args:
        kept: what was saved.
        sources: by the names in the receipts.
        limits: for each query; rows as many as the receipt has.
    """
    again, failed = rerun(kept, sources, limits)
    known = {name: result for name, result in kept.results.items() if name in again}
    before, after = dict(_shown(kept.view(known))), dict(_shown(kept.view(again)))
    kind: Kind = "altered" if all(_same(kept.results[name], again[name]) for name in again) else "changed"
    findings = [*failed, *_differences(before, after, kind)]
    findings += _unseen(kept, again, findings)
    if kind == "changed" or not findings:
        findings += _foreign_rows(kept)
    return Verification(kept.artifact.title, len(again) + len(failed), len(before), tuple(findings))


def verify_file(made: Read, sources: Mapping[str, Source], limits: Limits) -> Verification:
    """Run the receipts of an exported file, write it anew from what they give, and compare what the two show.

    Args:
        made: the file.
        sources, limits: as for `verify`.
    """
    kept = made.kept
    if made.extension == "json":
        return verify(kept, sources, limits)
    again, failed = rerun(kept, sources, limits)
    findings = list(failed)
    if failed:  # the file cannot be written anew; what did run is compared as a whole
        findings += _unseen(kept, again, [])
    else:
        same = {name: _same(kept.results[name], again[name]) for name in again}
        results = {
            name: replace(result, receipt=kept.results[name].receipt) if same[name] else result
            for name, result in again.items()
        }
        zone = timezone(timedelta(minutes=kept.offset or 0))
        anew = EXPORTS[made.extension](kept.view(results), zone=zone)
        expected = read(anew.body, made.extension).shown
        kind: Kind = "altered" if all(same.values()) else "changed"
        findings += [
            finding
            for finding in _differences(made.shown, expected, kind)
            if kind == "altered" or not finding.place.startswith(("receipt", f"{RECEIPTS},"))  # another run, by itself
        ]
        findings += _unseen(kept, again, findings)
    return Verification(kept.artifact.title, len(again) + len(failed), len(made.shown), tuple(findings))


def rerun(kept: Kept, sources: Mapping[str, Source], limits: Limits) -> tuple[dict[str, Result], list[Finding]]:
    """The results of the receipts as of now, and those that could not be run.

    Args:
        kept, sources, limits: as for `verify`.
    """
    again: dict[str, Result] = {}
    failed = []
    for query in kept.artifact.queries:
        if query.name not in kept.results:
            continue
        old = kept.results[query.name]
        try:
            again[query.name] = _run(query, old, sources, limits)
        except NoAppError as problem:
            failed.append(
                Finding(
                    "failed", f"result of {query.name}", f"{len(old.rows) or old.receipt.rows:,} rows", str(problem)
                )
            )
    return again, failed


def _run(query: NamedQuery, old: Result, sources: Mapping[str, Source], limits: Limits) -> Result:
    receipt = old.receipt
    try:
        source = sources[receipt.source]
    except KeyError:
        raise QueryRefused(
            f"The source {receipt.source} is not known here.", hint="Name its database or file with --source PATH."
        ) from None
    rows = receipt.rows if old.truncated else max(receipt.rows, limits.rows)
    most = replace(limits, rows=min(max(rows, 1), MOST_ROWS))

    def ask(asked: Query, limits: Limits = limits) -> Result:
        verdict = check(asked, source)
        if not isinstance(verdict, Allow):
            raise verdict.error() if isinstance(verdict, Refuse) else QueryRefused(verdict.reason)
        return run(verdict, source, limits, planner=receipt.planner)

    result = ask(Query(receipt.sql, receipt.params, query.dialect), most)
    if receipt.reach is None:  # of a time when nobody looked, or of a query whose periods are not known
        return result
    return with_reach(Plan.from_dict(query.plan) if query.plan else None, result, source, ask)


def _same(old: Result, new: Result) -> bool:
    one, other = old.receipt, new.receipt
    return (one.digest, one.reach, _wholes(one), old.columns, old.truncated) == (
        other.digest, other.reach, _wholes(other), new.columns, new.truncated,
    )  # fmt: skip


def _wholes(receipt: Receipt) -> dict[str, Scalar]:
    return {name: legible(value) for name, value in (receipt.wholes or {}).items()}


def _differences(before: Mapping[str, str], after: Mapping[str, str], kind: Kind) -> list[Finding]:
    found = []
    for place in dict.fromkeys((*before, *after)):
        one, other = before.get(place), after.get(place)
        if one != other and not (kind == "changed" and _same_figure(one, other)):
            found.append(Finding(kind, place, *_told(one, other)))
    return found


def _told(one: str | None, other: str | None) -> tuple[str, str]:
    """Both sides as they are told: a cell's format only where it is the difference."""
    before, after = "nothing" if one is None else one, "nothing" if other is None else other
    (value, _, manner), (now, _, manner_now) = before.partition(MANNER), after.partition(MANNER)
    return (value, now) if value != now or manner == manner_now else (before, after)


def _same_figure(one: str | None, other: str | None) -> bool:
    """Is it the same number, written otherwise because others of its column changed: 27.1 and 27.10?"""
    try:
        return one is not None and other is not None and float(_bare(one)) == float(_bare(other))
    except ValueError:
        return False


def _bare(text: str) -> str:
    return text.partition(MANNER)[0].replace(",", "").replace("−", "-").replace("%", "e-2")


def _foreign_rows(kept: Kept) -> list[Finding]:
    """Results whose rows are not those that their receipt is of."""
    found = []
    for name, result in kept.results.items():
        own = replace(result.receipt, rows=len(result.rows), digest=digest(len(result.columns), result.rows))
        if (own.rows, own.digest) != (result.receipt.rows, result.receipt.digest):
            found.append(Finding("altered", f"rows of {name}", _digest(own), _digest(result.receipt)))
    return found


def _unseen(kept: Kept, again: Mapping[str, Result], findings: list[Finding]) -> list[Finding]:
    """Results that changed where no figure shows it."""
    if any(finding.kind == "changed" for finding in findings):
        return []
    return [
        Finding("changed", f"result of {name}", _digest(kept.results[name].receipt), _digest(result.receipt))
        for name, result in again.items()
        if result.receipt.digest != kept.results[name].receipt.digest
    ]


def _digest(receipt: Receipt) -> str:
    return f"{receipt.rows:,} rows, digest {receipt.digest[:12]}"


def _shown(view: View) -> Iterator[tuple[str, str]]:
    """Every figure of a view and the sentences around them, as a page shows them, each with its place."""
    for number, bound in enumerate(view.blocks, start=1):
        block = bound.block
        if isinstance(block, Text):
            yield f"block {number}, text", prose.plain(bound.text)
            continue
        if not isinstance(block, Metric | Table | Chart) or block.query not in view.results:
            continue
        query, result = view.artifact.query(block.query), view.results[block.query]
        if isinstance(block, Metric):
            if result.rows and block.column in result.names:
                place = result.index(block.column)
                yield f"block {number}, {block.label or block.column}", _one(query, result, place)
        elif isinstance(block, Table):
            yield from _rows(f"block {number}, table", query, result, block)
        elif bound.problem is None or bound.stale_since:
            for mark in draw(block, query, result).marks:
                yield f"block {number}, chart, {mark.x}{f', {mark.c}' if mark.c else ''}", mark.label


def _one(query: NamedQuery, result: Result, place: int) -> str:
    return grid(query, result, columns=(result.columns[place].name,), most=1).rows[0][0]


def _rows(where: str, query: NamedQuery, result: Result, block: Table) -> Iterator[tuple[str, str]]:
    if any(column not in result.names for column in block.columns):
        yield where, "a column is gone"
        return
    table = grid(query, result, columns=block.columns, most=len(result.rows))
    yield f"{where}, number of rows", f"{table.count:,}"
    for row, cells in enumerate(table.rows, start=1):
        for head, cell in zip(table.headings, cells, strict=True):
            yield f"{where}, row {row}, {head.text}", cell
    for head, total in zip(table.headings, table.totals, strict=False):
        yield f"{where}, total, {head.text}", total
