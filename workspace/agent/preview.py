"""What a choice would return, for its button: the figure, or how many rows there are and the first of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from workspace.agent.tools import Run
from workspace.artifact.format import formatter
from workspace.database import execute as database
from workspace.database.result import Result
from workspace.errors import NoAppError
from workspace.question.beside import legible
from workspace.question.plan import Plan
from workspace.question.sql import to_query

PATIENCE = 1.5  # seconds for all choices together; who has to choose waits no longer for help with it
COUNTED = 1_000  # rows
SHOWN = 3  # columns of the first row
WIDEST = 40  # characters of a cell


def previews(plans: Sequence[Plan], run: Run, *, patience: float = PATIENCE) -> tuple[str, ...]:
    """What each of ``plans`` returns now, in a few words; "" for what fails or takes too long.

    Args:
        plans: what can be chosen.
        run: of the question; its guard, limits and stop button hold here too.
        patience: seconds for all of them.
    """
    ends = time.monotonic() + patience
    found: list[str] = []
    for place, plan in enumerate(plans):
        left = ends - time.monotonic()
        try:
            found.append("" if left <= 0 or run.cancelled() else _preview(plan, run, left / (len(plans) - place)))
        except NoAppError:  # no longer there, too slow, stopped: the choice is offered all the same
            found.append("")
    return tuple(found)


def _preview(plan: Plan, run: Run, seconds: float) -> str:
    plan = legible(plan, run.catalog())
    query = to_query(plan, run.catalog())
    limits = replace(run.limits, seconds=min(seconds, run.limits.seconds), rows=min(COUNTED, run.limits.rows))
    result = database.query(run.source, query.sql, query.params, limits=limits, now=run.clock, cancelled=run.cancelled)
    formats = [output.format for output in plan.outputs]
    return told(result, formats if len(formats) == len(result.columns) else [""] * len(result.columns))


def told(result: Result, formats: list[str]) -> str:
    """A result in a few words.

    Args:
        result: what came back.
        formats: how the figures of each column are written, "" for as they are.

    Example:
        ``24 rows, first: USA · 523.06`` for several, ``1 row: Bob``, ``59`` for a single figure, ``no rows`` for none.
    """
    if not result.rows:
        return "no rows"
    cells = []
    for place, (column, shape) in enumerate(zip(result.columns[:SHOWN], formats, strict=False)):
        write = formatter([row[place] for row in result.rows], shape, name=column.name, kind=column.kind)
        text = " ".join(write(result.rows[0][place]).split())
        cells.append(text if len(text) <= WIDEST else text[: WIDEST - 1] + "…")
    first = " · ".join(cell for cell in cells if cell)
    if len(result.rows) == 1 and not result.truncated:
        figure = len(result.columns) == 1 and result.columns[0].kind in ("integer", "real")
        return first if figure and first else f"1 row: {first}" if first else "1 row"
    number = f"{len(result.rows):,}{'+' if result.truncated else ''} rows"
    return f"{number}, first: {first}" if first else number
