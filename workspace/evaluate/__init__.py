"""Measuring the planner on Spider-format data, by execution (`noapp eval`).

The planner is given each question, and its best reading's SQL is run beside the gold on the same database. Questions
whose gold cannot be run are left out of the accuracy and counted.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workspace.database.result import Limits, Query
from workspace.database.source import RawResult, Source, open_source
from workspace.errors import NoAppError, QueryError, QuestionError, SourceError, SourceMissing, SourceUnreadable
from workspace.evaluate import charts, dialogues, nvbench
from workspace.evaluate.comparing import HARDNESS, compare, hardness, orders
from workspace.evaluate.errors import ROWS, Failure, Rows
from workspace.question.plan import Plan

if TYPE_CHECKING:
    from workspace.database.catalog import Catalog
    from workspace.question.reading import Readings

__all__ = ["Entry", "Summary", "compare", "evaluate", "hardness", "is_right", "load", "orders"]

LIMITS = Limits(seconds=20.0, rows=200_000, length=100_000_000)
ACTIONS = ("answer", "clarify", "decline")


@dataclass(frozen=True, slots=True)
class Summary:
    """What a measurement came to.

    Args:
        questions: how many were asked; a conversation's turns count one each.
        measured: those whose gold runs.
        correct: those of them whose result is the gold's.
        by_hardness: (measured, correct) per class of hardness.
        actions: how many the planner would answer, ask back about, decline.
        answered: (measured, correct) of those it would answer.
        gold_failed: questions left out because their gold does not run.
        broken: questions on which the planner itself failed; they count as declined.
        conversations: (measured, correct in every turn) of whole conversations.
        acts: what became of each act of a person, where the conversations have them.
        p50, p99: seconds from question to SQL, without the query.
    """

    questions: int
    measured: int
    correct: int
    by_hardness: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    actions: Mapping[str, int] = field(default_factory=dict)
    answered: tuple[int, int] = (0, 0)
    gold_failed: int = 0
    broken: int = 0
    conversations: tuple[int, int] = (0, 0)
    acts: Mapping[str, dialogues.Act] = field(default_factory=dict)
    p50: float = 0.0
    p99: float = 0.0

    @property
    def accuracy(self) -> float:
        return self.correct / self.measured if self.measured else 0.0

    def to_dict(self) -> dict[str, Any]:
        return {
            "questions": self.questions,
            "measured": self.measured,
            "correct": self.correct,
            "accuracy": self.accuracy,
            "by_hardness": {name: list(counts) for name, counts in self.by_hardness.items()},
            "actions": dict(self.actions),
            "answered": list(self.answered),
            "gold_failed": self.gold_failed,
            "broken": self.broken,
            "conversations": list(self.conversations),
            "acts": {name: asdict(act) for name, act in self.acts.items()},
            "p50": self.p50,
            "p99": self.p99,
        }

    def lines(self) -> Iterator[str]:
        """The figures as a person reads them."""
        yield f"accuracy {_share(self.correct, self.measured)} ({self.correct:,} of {self.measured:,} questions)"
        for name, (asked, right) in self.by_hardness.items():
            yield f"  {name:<9}{_share(right, asked)} ({right:,} of {asked:,})"
        shares = ", ".join(f"{name} {_share(self.actions.get(name, 0), self.questions)}" for name in ACTIONS)
        yield f"would {shares}"
        asked, right = self.answered
        yield f"accuracy of the answered {_share(right, asked)} ({right:,} of {asked:,})"
        if self.conversations[0]:
            whole, right = self.conversations
            yield f"conversations right in every turn {_share(right, whole)} ({right:,} of {whole:,})"
        yield from dialogues.lines(self.acts)
        yield f"time per question p50 {self.p50 * 1000:.1f} ms, p99 {self.p99 * 1000:.1f} ms"
        if self.gold_failed:
            yield f"left out: {self.gold_failed:,} whose gold query does not run"
        if self.broken:
            yield f"the planner failed on {self.broken:,}"


@dataclass(frozen=True, slots=True)
class _Outcome:
    """One question asked: its line of the predictions, and how it compares (None: the gold does not run).

    ``failure`` is told where it is wrong and the failures are asked for.
    """

    line: dict[str, Any]
    correct: bool | None
    hardness: str
    broken: str = ""
    failure: Failure | None = None
    asks: bool = True  # whether there is a gold at all


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the questions file.

    ``turns`` are (question, gold), ``acts`` of a dialogue what each turn does, ``today`` the moment it was asked at.
    """

    index: int
    db: str
    turns: tuple[tuple[str, str], ...]
    conversation: bool
    acts: tuple[str, ...] = ()
    today: datetime | None = None


def evaluate(
    questions: Path,
    databases: Path,
    *,
    predictions: Path | None = None,
    errors: Path | None = None,
    workers: int = 1,
    limit: int | None = None,
    out: Callable[[str], object] = print,
    clock: datetime | None = None,
) -> Summary | charts.Summary:
    """Asks every question of a file and compares with its gold query.

    Args:
        questions: JSON, a list of ``{"db_id", "question", "query"}``, each perhaps with ``today`` (ISO 8601), or of
            conversations in one of the forms of `workspace.evaluate.dialogues`, or of charts in nvBench's format (see
            `nvbench`).
        databases: folder with ``<db_id>/<db_id>.sqlite``.
        predictions: file to write one JSON line per question to.
        errors: file to write a page of the failures to, grouped by what differs from the gold.
        workers: processes to spread the databases over.
        limit: ask only the first so many entries.
        out: where the figures are printed to, line by line.
        clock: the moment that "today" means; now if None.

    Raises:
        SourceError: the file or the folder cannot be read, or the file holds something else.
    """
    moment = clock or datetime.now()
    if not databases.is_dir():
        raise SourceMissing(f"There is no folder at {databases}.", hint="Give the folder of <db_id>/<db_id>.sqlite.")
    data = _read_json(questions)
    if isinstance(data, list) and data and nvbench.is_chart(data[0]):
        entries = nvbench.load(data[:limit], questions)
        outcomes = _spread(charts.play, charts.jobs(entries, databases, moment), workers)
        return charts.report(outcomes, predictions, out)
    entries = load(questions)[:limit]
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.db, []).append(entry)
    told = errors is not None
    jobs = [(databases / db / f"{db}.sqlite", group, moment, told) for db, group in groups.items()]
    outcomes = [outcome for found in _spread(_ask_all, jobs, workers) for outcome in found]
    outcomes.sort(key=lambda outcome: (outcome.line["index"], outcome.line.get("turn", 0)))
    if predictions is not None:
        text = "".join(json.dumps(outcome.line, ensure_ascii=False) + "\n" for outcome in outcomes)
        predictions.write_text(text, encoding="utf-8")
    summary = _sum_up(outcomes)
    for line in summary.lines():
        out(line)
    for problem, count in Counter(outcome.broken for outcome in outcomes if outcome.broken).most_common(5):
        out(f"  {count:,} times: {problem}")
    if errors is not None:
        _tell(outcomes, summary, errors, questions.name, out)
    return summary


def _tell(outcomes: Sequence[_Outcome], summary: Summary, path: Path, title: str, out: Callable[[str], object]) -> None:
    """Writes the page of the failures and names the largest groups."""
    from workspace.evaluate.errors import grouped, lines, page

    groups = grouped([outcome.failure for outcome in outcomes if outcome.failure is not None])
    with path.open("w", encoding="utf-8") as file:
        file.writelines(page(groups, list(summary.lines()), summary.measured, title))
    for line in lines(groups, summary.measured):
        out(line)


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SourceMissing(f"There is no file at {path}.", hint="Check the path.") from None
    except (OSError, ValueError):
        raise SourceUnreadable(f"{path} cannot be read as JSON.") from None


def load(path: Path) -> list[Entry]:
    data = _read_json(path)
    try:
        return [_read_entry(index, item) for index, item in enumerate(data)]
    except (AttributeError, KeyError, TypeError, ValueError):
        hint = 'Each entry is {"db_id", "question", "query"} or {"db_id", "turns": [{"utterance", "query"}]}.'
        raise SourceUnreadable(f"{path} does not hold questions in Spider's format.", hint=hint) from None


def _read_entry(index: int, item: Mapping[str, Any]) -> Entry:
    if not dialogues.is_conversation(item):
        today = datetime.fromisoformat(item["today"]) if item.get("today") else None
        return Entry(index, str(item["db_id"]), ((str(item["question"]), str(item["query"])),), False, today=today)
    db, turns = dialogues.turns_of(item)
    acts = tuple(turn.act for turn in turns) if any(turn.act for turn in turns) else ()
    return Entry(index, db, tuple((turn.text, turn.gold) for turn in turns), True, acts)


_Job = tuple[Path, list[Entry], datetime, bool]


def _spread(ask: Callable[[Any], list[Any]], jobs: Sequence[Any], workers: int) -> Iterable[list[Any]]:
    if workers <= 1 or len(jobs) < 2:
        return map(ask, jobs)
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(min(workers, len(jobs))) as pool:
        return list(pool.map(ask, jobs))


def _ask_all(job: _Job) -> list[_Outcome]:
    """All entries of one database."""
    path, entries, clock, told = job
    try:
        source = open_source(path)
        with closing(source):
            source.catalog()
            source.values()
            return [outcome for entry in entries for outcome in _play(source, entry, clock, told)]
    except SourceError as problem:
        return [
            _Outcome(_line(entry, turn, "", "decline", 0.0, 0.0), None, hardness(gold), str(problem))
            for entry in entries
            for turn, (_, gold) in enumerate(entry.turns)
        ]


def _play(source: Source, entry: Entry, clock: datetime, told: bool) -> Iterator[_Outcome]:
    """One question, or a conversation in which each turn has the plan understood before as its focus."""
    from workspace.question.read import read
    from workspace.question.sql import to_text

    focus: Plan | None = None
    for turn, (question, gold) in enumerate(entry.turns):
        sql, action, confidence, broken = "", "decline", 0.0, ""
        catalog, values = source.catalog(), source.values()
        readings: Readings | None = None
        start = time.perf_counter()
        try:
            for said in dialogues.exchanged(question) if entry.conversation else (question,):
                readings = read(said, catalog, values, entry.today or clock, focus=focus)
                best = readings.best
                focus = best.plan if best is not None and entry.conversation else focus
            assert readings is not None
            action = readings.action
            if best is not None:
                confidence = best.confidence
                sql = to_text(best.plan, catalog, strict=True)
        except QuestionError as problem:
            action, broken = "decline", problem.message
        except Exception as problem:
            action, broken = "decline", f"{type(problem).__name__}: {problem}"
        seconds = time.perf_counter() - start
        line = _line(entry, turn, sql, action, confidence, seconds)
        wanted = _rows(source, gold) if gold else ""
        found = _rows(source, sql) if sql and isinstance(wanted, RawResult) else ""
        correct = _same(found, wanted, gold)
        failure = None
        if told and correct is False:
            failure = _failure(line, gold, catalog, readings, found, wanted, broken)
        yield _Outcome(line, correct, hardness(gold), broken, failure, bool(gold))


def _failure(
    line: dict[str, Any],
    gold: str,
    catalog: Catalog,
    readings: Readings | None,
    found: RawResult | str,
    wanted: RawResult | str,
    broken: str,
) -> Failure:
    from workspace.evaluate.parts import differences, schema_of
    from workspace.question.explain import explain

    best = readings.best if readings is not None else None
    sql, explanation = line["sql"], ""
    if best is not None:
        try:
            explanation = explain(best.plan, catalog)
        except Exception as problem:
            explanation = f"(cannot be explained: {type(problem).__name__}: {problem})"
    if broken:
        parts: tuple[str, ...] = ("the planner failed",)
    elif not sql:
        parts = ("no reading",)
    elif isinstance(found, str):
        parts = ("SQL does not run",)
    else:
        schema = schema_of({table.name: [column.name for column in table.columns] for table in catalog.tables})
        parts = differences(sql, gold, schema, catalog.dialect)
    return Failure(
        line["index"],
        line.get("turn"),
        line["db_id"],
        line["question"],
        hardness(gold),
        parts,
        explanation,
        readings.unused if readings is not None else (),
        tuple((span.text, span.role, span.target) for span in best.spans) if best is not None else (),
        sql,
        gold,
        _beginning(found) if sql else Rows(problem=broken),
        _beginning(wanted),
        line["action"],
        line["confidence"],
    )


def _beginning(result: RawResult | str) -> Rows:
    if isinstance(result, str):
        return Rows(problem=result)
    return Rows(result.names, tuple(map(tuple, result.rows[:ROWS])), len(result.rows))


def _line(entry: Entry, turn: int, sql: str, action: str, confidence: float, seconds: float) -> dict[str, Any]:
    line: dict[str, Any] = {"index": entry.index, "db_id": entry.db}
    if entry.conversation:
        line["turn"] = turn
    if entry.acts:
        line["act"] = entry.acts[turn]
    question = entry.turns[turn][0]
    return line | {
        "question": question,
        "sql": sql,
        "action": action,
        "confidence": round(confidence, 4),
        "seconds": round(seconds, 6),
    }


def is_right(source: Source, sql: str, gold: str) -> bool | None:
    """Does the prediction give the gold's result? None when the gold does not run."""
    wanted = _rows(source, gold)
    return _same(_rows(source, sql) if sql and isinstance(wanted, RawResult) else "", wanted, gold)


def _same(found: RawResult | str, wanted: RawResult | str, gold: str) -> bool | None:
    if isinstance(wanted, str):
        return None
    if isinstance(found, str) or len(found.names) != len(wanted.names):
        return False
    return compare(found.rows, wanted.rows, orders(gold))


def _rows(source: Source, sql: str) -> RawResult | str:
    """The result, or why there is none."""
    try:
        result = source.execute(Query(sql.strip().rstrip(";"), {}, source.dialect), LIMITS)
    except (QueryError, NoAppError) as problem:
        return problem.message or type(problem).__name__
    return "More rows than are compared." if result.truncated else result


def _sum_up(outcomes: Sequence[_Outcome]) -> Summary:
    measured = [outcome for outcome in outcomes if outcome.correct is not None]
    asked = Counter(outcome.hardness for outcome in measured)
    right = Counter(outcome.hardness for outcome in measured if outcome.correct)
    answered = [outcome for outcome in measured if outcome.line["action"] == "answer"]
    whole: dict[int, list[bool]] = {}
    for outcome in measured:
        if "turn" in outcome.line:
            whole.setdefault(outcome.line["index"], []).append(bool(outcome.correct))
    acted = [outcome for outcome in outcomes if "act" in outcome.line]
    silent = sum(not outcome.asks for outcome in acted)
    times = sorted(outcome.line["seconds"] for outcome in outcomes)
    return Summary(
        questions=len(outcomes),
        measured=len(measured),
        correct=sum(right.values()),
        by_hardness={name: (asked[name], right[name]) for name in HARDNESS if asked[name]},
        actions={name: sum(outcome.line["action"] == name for outcome in outcomes) for name in ACTIONS},
        answered=(len(answered), sum(bool(outcome.correct) for outcome in answered)),
        gold_failed=len(outcomes) - len(measured) - silent,
        broken=sum(bool(outcome.broken) for outcome in outcomes),
        conversations=(len(whole), sum(all(turns) for turns in whole.values())),
        acts=dialogues.acts((o.line["act"], o.line["action"], o.correct) for o in acted),
        p50=_quantile(times, 0.5),
        p99=_quantile(times, 0.99),
    )


def _quantile(ordered: Sequence[float], part: float) -> float:
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)] if ordered else 0.0


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "–"
