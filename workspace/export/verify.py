"""Does a file, or a page as it was last shown, still follow from its queries? Its receipts are run again.

Told apart are what changed in the data since (the rows have another digest), what was altered in the file (the rows are
the same, the file is not what is written of them), and what the file says of itself that could not be so (`origin.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta, timezone

from workspace.artifact.model import Artifact, Chart, Metric, NamedQuery, Table, Text, View
from workspace.artifact.snapshot import Kept
from workspace.database.result import Limits, Receipt, Result, digest
from workspace.database.source import Source
from workspace.export import EXPORTS
from workspace.export.finding import Finding, Kind, Verification
from workspace.export.origin import unsound
from workspace.export.reading import MANNER, Read, formulas, read
from workspace.export.rerun import rerun, same
from workspace.export.whole import beyond
from workspace.export.xlsx import RECEIPTS
from workspace.faces import prose
from workspace.faces.drawing import draw
from workspace.faces.grid import grid

__all__ = ["Finding", "Verification", "verify", "verify_file"]


def verify(kept: Kept, sources: Mapping[str, Source], limits: Limits) -> Verification:
    """Run the receipts of an artifact's results as they were saved.

    Args:
        kept: what was saved, with its rows.
        sources: by the names in the receipts.
        limits: for each query; rows as many as the receipt has.
    """
    again, failed = rerun(kept, sources, limits)
    findings, figures, _ = _with_rows(kept, again)
    return Verification(kept.artifact.title, len(again) + len(failed), figures, (*failed, *findings))


def verify_file(
    made: Read, sources: Mapping[str, Source], limits: Limits, page: Artifact | None = None
) -> Verification:
    """Run the receipts of an exported file, write it anew from what they give, and compare the two.

    Args:
        made: the file.
        sources, limits: as for `verify`.
        page: the version of the page that it names, None where that is not known.
    """
    kept = made.kept
    again, failed = rerun(kept, sources, limits)
    findings = [*failed, *unsound(kept, again, sources, limits, page)]
    unsure = [
        f"Why {name} was not fresh when it was written cannot be checked: {problem.message}"
        for name, problem in kept.problems.items()
    ]
    if made.extension == "json":
        found, figures, unchanged = _with_rows(kept, again)
        differs, more = beyond(made, EXPORTS["json"](kept.view(kept.results)).body, unchanged=unchanged, named=True)
        findings += [*found, *(differs if not found else ())]
    elif failed:  # the file cannot be written anew; what did run is compared as a whole
        figures, more = len(made.shown), []
        findings += _unseen(kept, again, [])
    else:
        figures = len(made.shown)
        found, more = _anew(made, again)
        findings += found
    notes = () if page is not None else (_unknown(kept),)
    receipts = len(again) + len(failed)
    return Verification(kept.artifact.title, receipts, figures, tuple(findings), (*unsure, *more), notes)


def _unknown(kept: Kept) -> str:
    name = f"There is no version {kept.version} of {kept.slug} here" if kept.slug else "It names no page"
    return (
        f"{name}: its words were checked against its own queries, not against the page it came from, "
        "and its questions and explanations against nothing."
    )


def _with_rows(kept: Kept, again: Mapping[str, Result]) -> tuple[list[Finding], int, bool]:
    """What does not hold of results that are there with their rows, how many figures they show, are they the same?"""
    known = {name: result for name, result in kept.results.items() if name in again}
    before, after = dict(_shown(kept.view(known))), dict(_shown(kept.view(again)))
    unchanged = all(same(kept.results[name], again[name]) for name in again)
    findings = _differences(before, after, "altered" if unchanged else "changed")
    findings += _unseen(kept, again, findings)
    if not unchanged or not findings:
        findings += _foreign_rows(kept)
    return findings, len(before), unchanged


def _anew(made: Read, again: Mapping[str, Result]) -> tuple[list[Finding], list[str]]:
    """What a file is not that is written of its receipts, and what of it could not be compared."""
    kept = made.kept
    equal = {name: same(kept.results[name], again[name]) for name in again}
    unchanged = all(equal.values())
    results = {  # those that hold as the file has them, but for the rows, which it may not have
        name: replace(kept.results[name], rows=result.rows) if equal[name] else result for name, result in again.items()
    }
    zone = timezone(timedelta(minutes=kept.offset or 0))
    anew = EXPORTS[made.extension](kept.view(results), zone=zone).body
    expected = dict(read(anew, made.extension).shown)
    unsure = []
    if made.extension == "xlsx" and (bare := _uncomputed(made, expected)):
        expected = {place: text for place, text in expected.items() if place not in bare}
        totals = "1 total has no value" if len(bare) == 1 else f"{len(bare):,} totals have no values"
        unsure = [f"{totals} to compare: the program that saved it leaves them to be added up when it is opened."]
    kind: Kind = "altered" if unchanged else "changed"
    findings = [
        finding
        for finding in _differences(made.shown, expected, kind)
        if kind == "altered" or not finding.place.startswith(("receipt", f"{RECEIPTS},"))  # another run, by itself
    ]
    findings += _unseen(kept, again, findings)
    differs, more = beyond(made, anew, unchanged=unchanged, named=bool(findings))
    return [*findings, *differs], [*unsure, *more]


def _uncomputed(made: Read, expected: Mapping[str, str]) -> frozenset[str]:
    """The cells of a workbook that have a formula and no value."""
    missing = expected.keys() - made.shown.keys()
    return frozenset(missing & formulas(made.body).keys()) if missing else frozenset()


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
