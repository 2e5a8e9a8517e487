"""The failures of a measurement, grouped by the parts in which they differ from the gold, as one page (`--errors`).

For whoever works on the planner next: the largest group first, and per failure what was asked, what was understood,
both statements and the first rows of both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

FIRST = 15  # groups named on the command line
ROWS = 5  # rows of a result on the page
CELL = 60  # characters of a cell on the page


@dataclass(frozen=True, slots=True)
class Rows:
    """The beginning of a result: names of columns, the first rows, and how many there are; ``problem`` where none."""

    names: tuple[str, ...] = ()
    first: tuple[tuple[Any, ...], ...] = ()
    count: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """One question whose best reading does not give the gold's rows.

    Args:
        index, turn: its place in the questions file, and in its conversation (None for a single question).
        parts: in which parts the statements differ (see `parts.differences`).
        explanation: what was understood, in one sentence; "" where nothing was.
        unused: words of the question that were not used.
        roles: what each stretch of the question was taken for, as ``(text, role, target)``.
        predicted, gold: both statements.
        found, wanted: the beginnings of both results.
    """

    index: int
    turn: int | None
    db: str
    question: str
    hardness: str
    parts: tuple[str, ...]
    explanation: str = ""
    unused: tuple[str, ...] = ()
    roles: tuple[tuple[str, str, str], ...] = ()
    predicted: str = ""
    gold: str = ""
    found: Rows = Rows()
    wanted: Rows = Rows()
    action: str = "decline"
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Group:
    """Failures that differ in the same parts."""

    parts: tuple[str, ...]
    failures: tuple[Failure, ...]

    @property
    def name(self) -> str:
        return " + ".join(self.parts)

    @property
    def answered(self) -> int:
        """How many of them would be answered, wrongly."""
        return sum(failure.action == "answer" for failure in self.failures)

    def by_database(self) -> dict[str, list[Failure]]:
        """The failures of each database, most first."""
        found: dict[str, list[Failure]] = {}
        for failure in self.failures:
            found.setdefault(failure.db, []).append(failure)
        return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


def grouped(failures: Sequence[Failure]) -> list[Group]:
    """Failures gathered by the set of parts in which they differ, the largest group first."""
    found: dict[tuple[str, ...], list[Failure]] = {}
    for failure in failures:
        found.setdefault(failure.parts, []).append(failure)
    groups = [Group(parts, tuple(members)) for parts, members in found.items()]
    return sorted(groups, key=lambda group: (-len(group.failures), group.parts))


def lines(groups: Sequence[Group], measured: int, most: int = FIRST) -> Iterator[str]:
    """The largest groups as a person reads them: failures, share of what was measured, those answered, what differs.

    Args:
        groups: as `grouped` gives them.
        measured: questions that were measured.
        most: groups to name.
    """
    total = sum(len(group.failures) for group in groups)
    yield f"{total:,} failures in {len(groups):,} groups, the largest:"
    yield "  count  share  answered  differs in"
    for group in groups[:most]:
        count = len(group.failures)
        yield f"  {count:>5,}  {_share(count, measured)}  {group.answered:>8,}  {group.name}"
    yield "parts, each counted in whatever group:"
    for part, (count, alone) in list(_parts(groups).items())[:most]:
        yield f"  {count:>5,}  {_share(count, measured)}  {part} (alone {alone:,})"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / max(whole, 1):4.1f}%"


def _parts(groups: Sequence[Group]) -> dict[str, tuple[int, int]]:
    """How many failures each part takes part in, and in how many it is the only difference; most first."""
    found: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for group in groups:
        for part in group.parts:
            found[part] += len(group.failures)
        if len(group.parts) == 1:
            alone[group.parts[0]] += len(group.failures)
    return {part: (count, alone[part]) for part, count in found.most_common()}


# -------------------------------------------------------------------------------------------------------------- page
_STYLE = """
:root { color-scheme: light dark; --ink: #1a1a1a; --paper: #fff; --muted: #6b6b6b; --line: #e8e6e1; --accent: #0f766e;
  --wash: #f7f6f3; }
@media (prefers-color-scheme: dark) { :root { --ink: #ececec; --paper: #171717; --muted: #a3a3a3; --line: #383838;
  --accent: #5eead4; --wash: #202020; } }
body { font: 15px/1.5 ui-sans-serif, system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin: 0; display: inline; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
a { color: var(--accent); } .muted { color: var(--muted); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .85rem; margin: .25rem 0 .75rem; }
th, td { text-align: left; padding: .15rem .75rem .15rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.n, th.n { text-align: right; }
details.group { border-top: 1px solid var(--line); padding: .5rem 0; } summary { cursor: pointer; }
details.one { margin: .25rem 0 .25rem 1rem; }
.body { padding: .25rem 0 .75rem 1rem; border-left: 2px solid var(--line); margin-left: .25rem; }
pre { font: 13px/1.45 ui-monospace, monospace; background: var(--wash); padding: .5rem .75rem; border-radius: 8px;
  white-space: pre-wrap; overflow-wrap: anywhere; margin: .25rem 0; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0 1.5rem; } .pair > div { overflow-x: auto; }
@media (max-width: 700px) { .pair { grid-template-columns: 1fr; } }
"""


def page(groups: Sequence[Group], summary: Sequence[str], measured: int, title: str) -> Iterator[str]:
    """The page, piece by piece; one self-contained HTML file without scripts.

    Args:
        groups: as `grouped` gives them.
        summary: lines of the measurement.
        measured: questions that were measured.
        title: what was measured.
    """
    head = escape(f"Failures on {title}")
    yield "<!doctype html>\n<html lang=en><head><meta charset=utf-8>"
    yield '<meta name=viewport content="width=device-width, initial-scale=1">'
    yield "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    yield f"<title>{head}</title><style>{_STYLE}</style></head><body>\n<h1>{head}</h1>\n"
    yield f"<pre>{escape(chr(10).join(summary))}</pre>\n"
    yield "<h2>Groups</h2>\n<table><tr><th class=n>Failures<th class=n>Share<th class=n>Answered<th>Differs in</tr>\n"
    for place, group in enumerate(groups):
        count = len(group.failures)
        yield f"<tr><td class=n>{count:,}<td class=n>{_share(count, measured)}<td class=n>{group.answered:,}"
        yield f'<td><a href="#g{place}">{escape(group.name)}</a></tr>\n'
    yield "</table>\n<h2>Parts</h2>\n<table><tr><th class=n>Failures<th class=n>Share<th class=n>Alone<th>Part</tr>\n"
    for part, (count, alone) in _parts(groups).items():
        yield f"<tr><td class=n>{count:,}<td class=n>{_share(count, measured)}<td class=n>{alone:,}"
        yield f"<td>{escape(part)}</tr>\n"
    yield "</table>\n"
    for place, group in enumerate(groups):
        yield f"<details class=group id=g{place}{' open' if place == 0 else ''}><summary><h2>{escape(group.name)}</h2> "
        yield f"<span class=muted>{len(group.failures):,}, {group.answered:,} of them answered</span></summary>\n"
        for db, failures in group.by_database().items():
            yield f"<h3>{escape(db)} <span class=muted>{len(failures):,}</span></h3>\n"
            for failure in failures:
                yield _failure(failure)
        yield "</details>\n"
    yield "</body></html>\n"


def _failure(failure: Failure) -> str:
    place = f"{failure.index}" + (f", turn {failure.turn + 1}" if failure.turn is not None else "")
    facts = f"{failure.hardness}, {failure.action}, confidence {failure.confidence:.2f}, question {place}"
    roles = "; ".join(f"{text} = {role}{f' {target}' if target else ''}" for text, role, target in failure.roles)
    said = [
        ("Understood", failure.explanation or "nothing"),
        ("Words", roles),
        ("Not used", ", ".join(failure.unused)),
    ]
    facts_of = "".join(f"<div><span class=muted>{name}</span> {escape(text)}</div>" for name, text in said if text)
    sides = "".join(
        f"<div><span class=muted>{name}</span><pre>{escape(sql) or '–'}</pre>{_table(rows)}</div>"
        for name, sql, rows in (
            ("Predicted", failure.predicted, failure.found),
            ("Gold", failure.gold, failure.wanted),
        )
    )
    return (
        f"<details class=one><summary>{escape(failure.question)} <span class=muted>{escape(facts)}</span></summary>"
        f"<div class=body>{facts_of}<div class=pair>{sides}</div></div></details>\n"
    )


def _table(rows: Rows) -> str:
    if rows.problem:
        return f"<p class=muted>{escape(rows.problem)}</p>"
    if not rows.names:
        return ""
    head = "".join(f"<th>{escape(name)}" for name in rows.names)
    body = "".join(f"<tr>{''.join(f'<td>{escape(_cell(cell))}' for cell in row)}</tr>" for row in rows.first)
    count = f"{rows.count:,} {'row' if rows.count == 1 else 'rows'}"
    return f"<table><tr>{head}</tr>{body}</table><p class=muted>{count}</p>"


def _cell(value: Any) -> str:
    text = "NULL" if value is None else repr(value) if isinstance(value, bytes) else str(value)
    return text if len(text) <= CELL else text[: CELL - 1] + "…"
