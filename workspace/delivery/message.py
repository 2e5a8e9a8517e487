"""What is sent, as data: the page's sentences and figures as of now, where they come from, what changed.

Every figure in it comes out of a query that ran; the receipts say which.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from workspace.artifact.figures import Figures
from workspace.artifact.format import heading
from workspace.artifact.model import Chart, Metric, Text, View
from workspace.artifact.since import Changes
from workspace.faces import changes as told

VERSION = 1
MOST_CHANGES = 12


def message(
    view: View, *, schedule: str, due: datetime, when: str, url: str, why: str = "", changes: Changes | None = None
) -> dict[str, Any]:
    """A page as it is sent.

    Args:
        view: of the page, as of now.
        schedule: id of the schedule.
        due: when it was due.
        when: the schedule in words.
        url: of the page.
        why: what came true, "" for the time alone.
        changes: since it was sent last; None where it was not, or that is not known any more.

    Returns:
        JSON.
    """
    sentences = [_plain(bound.plain) for bound in view.blocks if isinstance(bound.block, Text | Chart) and bound.plain]
    problems = [problem.message for problem in dict.fromkeys(view.problems.values())]
    return _said(view.artifact.title, schedule, due, when, url, why) | {
        "as_of": view.as_of,
        "findings": [line for text in sentences for line in text if line],
        "figures": _figures(view),
        "problems": problems,
        "changes": None if changes is None else {"since": changes.before, "lines": told.said(changes, MOST_CHANGES)},
        "receipts": _receipts(view),
    }


def notice(title: str, *, schedule: str, due: datetime, when: str, url: str, why: str) -> dict[str, Any]:
    """What is sent where there is no page to show: deleted, or it cannot be opened. As `message`, without figures."""
    return _said(title, schedule, due, when, url, why) | {
        "as_of": "", "findings": [], "figures": [], "problems": [], "changes": None, "receipts": [],
    }  # fmt: skip


def lines(sent: Mapping[str, Any]) -> list[str]:
    """The sentences of a message that a person reads first: why it came, what is wrong, what it says."""
    problems = [f"Not up to date: {problem}" for problem in sent["problems"]]
    return [line for line in (sent["why"], *problems, *sent["findings"]) if line]


def _said(title: str, schedule: str, due: datetime, when: str, url: str, why: str) -> dict[str, Any]:
    return {
        "version": VERSION, "title": title, "url": url, "schedule": schedule, "due": due.isoformat(timespec="seconds"),
        "when": when, "why": why,
    }  # fmt: skip


def _plain(text: str) -> list[str]:
    """A text of the page as plain lines, without Markdown's signs."""
    return [line.strip().lstrip("#").strip().replace("**", "") for line in text.splitlines()]


def _figures(view: View) -> list[dict[str, Any]]:
    found = []
    for bound in view.blocks:
        block = bound.block
        if (
            isinstance(block, Metric)
            and bound.problem is None
            and (result := view.results.get(block.query)) is not None
        ):
            said = Figures(view.artifact.query(block.query), result).value(block.column)
            name = block.label or heading(block.column)
            found.append({"name": name, "text": said.text, "value": _json(said.value), "query": block.query,
                          "note": bound.plain})  # fmt: skip
    return found


def _receipts(view: View) -> list[dict[str, Any]]:
    receipts: Sequence[Any] = [(name, view.results[name].receipt) for name in view.results]
    return [
        {
            "query": name, "source": receipt.source, "sql": receipt.sql,
            "params": {key: _json(value) for key, value in receipt.params.items()}, "planner": receipt.planner,
            "rows": receipt.rows, "digest": receipt.digest, "fingerprint": receipt.fingerprint,
            "ran_at": receipt.ran_at,
        }
        for name, receipt in receipts
    ]  # fmt: skip


def _json(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, str | int | float | bool | None) else str(value)
