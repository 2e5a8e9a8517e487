"""The stage for what is to be sent again and again, or told when it comes true; thin: done by the workspace's verbs."""

from __future__ import annotations

from workspace.agent.reply import Said
from workspace.agent.state import State
from workspace.agent.tools import Run
from workspace.question.recurrence import zone_at
from workspace.question.schema import schema_of
from workspace.question.wish import Wish, wish_in


def asked(state: State, run: Run) -> State | None:
    """Is something to be sent or told, or said what is? None for anything else, a question above all.

    Where a table is called what schedules are called here ("alerts"), the words are about that table.
    """
    clock = run.clock()
    if wish_in(state["question"]) is None:  # without a look at the tables
        return None
    taken = frozenset(word for info in schema_of(run.catalog()).tables.values() for word in info.words)
    wish = wish_in(state["question"], zone_at(clock), clock.date(), taken)
    if wish is None:
        return None
    return {"wish": wish.to_dict()}


def send(state: State, run: Run) -> State:
    """Do it; "this" is the document in focus, or the newest answer, which is pinned for it."""
    wish = Wish.from_dict(dict(state.get("wish") or {}))
    assert run.verbs is not None, "only what is said in a chat is sent"
    run.verb = "schedule"
    if wish.problem:
        run.reply = Said(wish.problem)
        return {}
    run.step("reading", "Reading what is to be sent")
    paper, focus = state.get("artifact"), state.get("focus")
    newest = paper["slug"] if paper is not None and (paper["newest"] or focus is None) else None
    run.reply = run.verbs.wish(
        wish, source=state["source"], slug=newest, words=state["question"],
        message=focus["message"] if focus is not None and newest is None else "",
    )  # fmt: skip
    return {}
