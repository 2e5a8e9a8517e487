"""The stages, thin: each takes the state, uses one room of the workspace, and gives back what it found.

No stage calls another one; `graph.ORDER` says what follows. A deliberate error may simply be raised.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any, TypeVar

from workspace.agent import composing, prompt, sending
from workspace.agent.reply import (
    STOPPED,
    Answer,
    Clarify,
    Composed,
    Decline,
    Failed,
    Recalled,
    Said,
    Told,
    reply_from_dict,
)
from workspace.agent.routing import Verb, verb_of
from workspace.agent.state import State
from workspace.agent.statement import runnable
from workspace.agent.tools import Run
from workspace.artifact.phrase import join
from workspace.database.catalog import Catalog
from workspace.database.result import Query, Result
from workspace.database.values import ValueIndex
from workspace.errors import ModelError, NotFound, PlanInvalid, QueryError, QueryRefused, QueryStopped
from workspace.question.plan import Plan
from workspace.question.reading import Chip, Option, Reading, Readings
from workspace.semantics.learned import Learned

log = logging.getLogger(__name__)
T = TypeVar("T")
LONGEST = 2_000  # characters of a question


def route(state: State, run: Run) -> State:
    """Is it about the workspace itself, a plan that came along, or a question?"""
    if state.get("given"):
        return {"planner": "rule", "alone": False}
    if state.get("change"):
        return {"verb": None}
    if state.get("chat"):
        wish = sending.asked(state, run)
        if wish is not None:
            return wish
        paper = composing.asked(state, run)
        if paper is not None:
            return paper
        verb = verb_of(state["question"])
        if verb is not None:
            return {"verb": verb.to_dict()}
    run.step("reading", "Reading the question")
    return {"verb": None}


# ------------------------------------------------------------------------------------------------ understanding
def recall(state: State, run: Run) -> State:
    """What a person said is right for this question, before anything else is tried."""
    from workspace.question.sql import to_query

    if run.knowledge is None or len(state["question"]) > LONGEST:
        return {}
    found = run.knowledge.recall(
        run.source, state["question"], _known(run)[0], run.clock(), focus=state.get("focus") is not None
    )
    if found is None:
        return {}
    known: State = {
        "action": "answer", "planner": "recalled", "reading": None,
        "plan": found.plan.to_dict() if found.plan else None,
        "query": dict(found.query) if found.query else None,
        "recalled": {"id": found.info.id, "question": found.info.question},
    }  # fmt: skip
    try:
        if found.plan is not None:
            to_query(found.plan, run.catalog())
    except PlanInvalid:  # the tables have changed since
        return {}
    run.step("reading", "Recalling a verified answer")
    return known


def plan(state: State, run: Run) -> State:
    """Understand the question by rules alone."""
    from workspace.question.read import read

    if len(state["question"]) > LONGEST:
        return {"action": "decline", "message": f"That is longer than {LONGEST:,} characters. Ask one thing at a time."}
    found = _about_the_data(state, run)
    if found is not None:
        return found
    return _understood(read(state["question"], *_known(run), run.clock()), state, run)


def refine(state: State, run: Run) -> State:
    """Understand it as what follows the answer in focus: an edit of its plan, or a question of its own after all."""
    from workspace.question.read import read

    focus = state.get("focus")
    assert focus is not None and focus["plan"] is not None, "refine needs a plan in focus"
    if len(state["question"]) > LONGEST:
        return plan(state, run)
    found = _about_the_data(state, run)
    if found is not None:
        return found
    before = Plan.from_dict(focus["plan"])
    told = state["question"], *_known(run), run.clock()
    found = read(*told, focus=before)
    own = read(*told, nearby=False) if found.action == "answer" else found
    same = own.best is not None and found.best is not None and own.best.plan == found.best.plan
    return {**_understood(found, state, run), "alone": own.action == "answer" and same}


def _known(run: Run) -> tuple[Catalog, ValueIndex]:
    """Catalog and values; a large database that has to be read first says how far it is, and stops when it is told."""

    def look(text: str) -> None:
        if run.cancelled():
            raise QueryStopped("Reading the database was stopped.")
        run.step("looking", text)

    run.source.catalog(look)
    return run.catalog(), run.source.values(look)


def _about_the_data(state: State, run: Run) -> State | None:
    """What is asked about the data itself: said at once, asked back, or a plan like any other."""
    from workspace.agent import about
    from workspace.question.about import inquiry
    from workspace.question.schema import schema_of

    (catalog, values), clock = _known(run), run.clock()
    asked = inquiry(state["question"], schema_of(catalog))
    if asked is None:
        return None
    found = about.told(asked, state["question"], catalog, values, clock)
    changed = about.changed(run.source, clock) if asked.kind == "fresh" else ""
    if found is None and changed:
        found = Told(state["question"], f"Nothing in it is dated. {changed}")
    if isinstance(found, Told):
        run.reply = found
        return {"action": "told", "planner": "rule"}
    if isinstance(found, Clarify):
        choices = [choice.to_dict() for choice in found.choices]
        return {"action": "clarify", "message": found.message, "choices": choices, "planner": "rule"}
    if found is None:
        return None
    return {
        "action": "answer", "plan": found.to_dict(), "reading": None, "planner": "rule",
        "notes": [changed] if changed else [],
    }  # fmt: skip


def _understood(readings: Readings, state: State, run: Run) -> State:
    readings = _doubted(readings, state, run)
    best = readings.best
    found: State = {
        "action": readings.action,
        "message": readings.message,
        "choices": [choice.to_dict() for choice in readings.choices],
        "unused": list(readings.unused),
        "suggestions": list(readings.suggestions),
        "planner": "rule",
    }
    if readings.action == "answer" and best is not None:
        found |= {"plan": best.plan.to_dict(), "reading": best.to_dict(), "notes": list(best.notes)}
    return found


def _doubted(readings: Readings, state: State, run: Run) -> Readings:
    """What a person said was wrong for this question is asked about instead of being answered again."""
    from workspace.question.explain import explain

    best, catalog = readings.best, run.catalog()
    if readings.action != "answer" or best is None or run.knowledge is None:
        return readings
    if not run.knowledge.doubted(run.source, state["question"], best.plan, catalog, run.clock()):
        return readings
    plans = dict.fromkeys(reading.plan for reading in (*readings.readings[1:], best))
    choices = tuple(Option(explain(plan, catalog), plan) for plan in list(plans)[-4:])
    message = "This was marked wrong before. What do you mean?"
    if len(choices) == 1:
        message = "This answer was marked wrong before. Is it what you mean this time?"
    return replace(readings, action="clarify", message=message, choices=choices)


def preview(state: State, run: Run) -> State:
    """What each choice would return, so that who has to choose sees the difference."""
    from workspace.agent.preview import previews

    run.step("running", "Looking at what each would return")
    choices = [Option.from_dict(choice) for choice in state["choices"]]
    told = beside("previews", lambda: previews([choice.plan for choice in choices], run)) or ("",) * len(choices)
    return {"choices": [replace(choice, returns=words).to_dict() for choice, words in zip(choices, told, strict=True)]}


def clarify(state: State) -> Clarify:
    """What is asked back."""
    choices = tuple(Option.from_dict(choice) for choice in state["choices"])
    return Clarify(state["question"], state["message"], choices)


def clarified(payload: dict[str, Any]) -> Clarify:
    """What a pause asked, out of the payload it was saved with."""
    reply = reply_from_dict(payload)
    assert isinstance(reply, Clarify)
    return reply


def chosen(state: State, run: Run) -> State:
    """The choice that ended the pause becomes the plan."""
    index, choices = state.get("choice"), state["choices"]
    if index is None or not 0 <= index < len(choices):
        raise NotFound("That choice is not one of those offered.")
    run.step("reading", f"Taking it as: {choices[index]['label']}")
    return {"plan": choices[index]["plan"], "reading": None, "action": "answer", "learned": _learned(state, index, run)}


def _learned(state: State, index: int, run: Run) -> dict[str, Any] | None:
    """What the choice says of a word; kept only if the person says so."""
    from workspace.question.definitions import known_values
    from workspace.semantics.learned import learned

    plans = [Plan.from_dict(choice["plan"]) for choice in state["choices"]]
    others, catalog = [plan for place, plan in enumerate(plans) if place != index], run.catalog()
    values = known_values(catalog, run.source.values())

    def find() -> tuple[dict[str, Any], ...]:
        found = learned(state["question"], plans[index], others, catalog, values, run.clock())
        return (asdict(found),) if found is not None else ()

    return next(iter(beside("offer to remember", find)), None)


def ask_model(state: State, run: Run) -> State:
    """Ask the configured model for SQL, or for a correction of what it gave."""
    attempts = state.get("attempts", 0) + 1
    cleared: State = {"attempts": attempts, "planner": f"model:{run.model}", "problem": None, "plan": None}
    problem, focus = state.get("problem"), state.get("focus")
    run.step("asking a model", f"Asking {run.model}" if attempts == 1 else f"Asking {run.model} for a correction")
    try:
        if run.model is None:
            raise ModelError("No model is configured.")
        sql = run.model.write_sql(
            prompt.messages(
                state["question"],
                run.catalog(),
                before=(focus["question"], runnable(Query.from_dict(focus["query"]))) if focus else None,
                rejected=(state.get("rejected", ""), problem["message"]) if problem else None,
                today=run.clock().date().isoformat(),
            ),
            run.cancelled,
        )
    except ModelError as failure:
        return {**cleared, "query": None, "notes": [f"No model helped: {failure}"]}
    if not sql:
        return {**cleared, "query": None, "notes": [f"{run.model} found no answer in these tables either."]}
    query = Query(sql.rstrip().rstrip(";"), {}, run.source.dialect)
    return {**cleared, "query": query.to_dict(), "notes": []}


# ---------------------------------------------------------------------------------------------------- database
def write(state: State, run: Run) -> State:
    """The plan as SQL; unless only what was asked for is wanted, with the columns that help to read it."""
    from workspace.question.beside import legible
    from workspace.question.sql import to_query

    understood = state.get("plan")
    assert understood is not None, "write needs a plan"
    plan, strict = Plan.from_dict(understood), bool(state.get("strict"))
    plan = plan if strict else legible(plan, run.catalog())
    return {"plan": plan.to_dict(), "query": to_query(plan, run.catalog(), strict=strict).to_dict()}


def check(state: State, run: Run) -> State:
    """The guard's verdict on the SQL, whoever wrote it."""
    run.step("checking", "Checking that it only reads")
    query = _query(state)
    try:
        allowed = _allowed(query, run)
        if not state.get("plan"):  # a plan names hidden columns only as keys to join by
            _shown_only(allowed, run)
    except QueryError as problem:
        return {"problem": problem.to_dict(), "rejected": query.sql}
    return {"problem": None}


def _shown_only(allowed: Any, run: Run) -> None:
    """Refuse SQL that reads what a person hid; without its name, which a model may not have known."""
    catalog = run.catalog()
    if catalog is run.source.catalog():
        return
    for access in allowed.accesses:
        if access.action != "read" or not run.source.catalog().has(access.table):
            continue
        hidden = catalog.table(access.table).hidden if catalog.has(access.table) else None
        if hidden is None or any(column.name.lower() == access.column.lower() for column in hidden):
            raise QueryRefused("It reads something that is hidden here.", hint="Name only columns you were told of.")


def execute(state: State, run: Run) -> State:
    """Run what the guard allows; its verdict is asked for again, because only its own word opens the database."""
    from workspace.artifact.reach import with_reach
    from workspace.database import execute as database

    def ask(asked: Query, planner: str = "rule") -> Result:
        return database.run(
            _allowed(asked, run), run.source, run.limits, planner=planner, now=run.clock, cancelled=run.cancelled
        )

    query = _query(state)
    run.step("running", f"Running it on {run.source.name}")
    try:
        run.result = with_reach(
            Plan.from_dict(understood) if (understood := state.get("plan")) else None,
            ask(query, state["planner"]), run.source, ask,
        )  # fmt: skip
    except QueryError as problem:
        return {"problem": problem.to_dict(), "rejected": query.sql}
    run.query = query
    return {"problem": None}


def _query(state: State) -> Query:
    query = state.get("query")
    assert query is not None, "there is no query yet"
    return Query.from_dict(query)


def _allowed(query: Query, run: Run) -> Any:
    from workspace.database.guard import allowed

    return allowed(query, run.source)


# ----------------------------------------------------------------------------------------------------- replies
def present(state: State, run: Run) -> State:
    """The result as an answer: finding, picture, chips, what could be asked next."""
    run.step("presenting", "Setting the answer")
    assert run.query is not None and run.result is not None, "present needs a result"
    run.reply = _answer(state, run)
    return {}


def _answer(state: State, run: Run) -> Answer:
    from workspace.artifact.compose import compose_answer
    from workspace.artifact.refresh import view_of
    from workspace.question.explain import explain

    assert run.query is not None and run.result is not None, "an answer needs a result"
    catalog, understood, reading = run.catalog(), state.get("plan"), state.get("reading")
    known = state.get("recalled")
    recalled = Recalled(**known) if known else None
    plan = Plan.from_dict(understood) if understood else None
    explanation = explain(plan, catalog) if plan else written_by(state["planner"], run)
    artifact = compose_answer(
        state["question"], plan, catalog, run.result,
        source=run.source.name, query=run.query, explanation=explanation, planner=state["planner"],
        alone=plan is None or state.get("alone", True),
    )  # fmt: skip
    shown = None if state.get("bare") else plan
    return Answer(
        question=state["question"],
        explanation=explanation,
        view=view_of(artifact, {"q1": run.result}, run.result.receipt.ran_at),
        chips=beside("chips", lambda: _chips(shown, catalog)) if shown else (),
        reading=Reading.from_dict(reading) if reading else None,
        follow_ups=beside("follow-ups", lambda: _follow_ups(shown, catalog)) if shown else (),
        notes=(*(state.get("notes") or ()), *_recalled_from(recalled)),
        plan=plan,
        recalled=recalled,
        learned=Learned(**told) if (told := state.get("learned")) else None,
    )


def _recalled_from(recalled: Recalled | None) -> tuple[str, ...]:
    return (f"Recalled: the answer to “{recalled.question}” was marked right.",) if recalled else ()


def _chips(plan: Plan, catalog: Catalog) -> tuple[Chip, ...]:
    from workspace.question.edit import chips

    return chips(plan, catalog)


def _follow_ups(plan: Plan, catalog: Catalog) -> tuple[Option, ...]:
    from workspace.question.followup import follow_ups

    return follow_ups(plan, catalog)


def beside(what: str, make: Callable[[], tuple[T, ...]]) -> tuple[T, ...]:
    """Something that stands beside an answer; a defect in it must not cost the answer."""
    try:
        return make()
    except Exception:
        log.exception("An answer is shown without its %s.", what)
        return ()


def written_by(planner: str, run: Run) -> str:
    """What can be said of SQL that has no plan: who wrote it, and what the guard saw it read."""
    tables = getattr(_allowed(run.query, run), "tables", ()) if run.query else ()
    if planner == "recalled":
        return f"SQL of an answer that a person marked right.{f' It reads {join(list(tables))}.' if tables else ''}"
    reads = f" It reads {join(list(tables))}." if tables else ""
    return (
        f"The SQL was written by {planner.removeprefix('model:')}, not by rules: check it before you rely on it.{reads}"
    )


def decline(state: State, run: Run) -> State:
    """Say what was not understood, and what could be asked."""
    notes, problem = list(state.get("notes") or []), state.get("problem")
    if problem:
        notes.append(f"{run.model} tried, but its SQL did not work: {problem['message']}")
    message = " ".join([state.get("message") or "I could not make sense of that.", *notes]).strip()
    unused, suggestions = tuple(state.get("unused") or ()), tuple(state.get("suggestions") or ())
    run.reply = Decline(state["question"], message, unused, suggestions)
    return {}


def fail(state: State, run: Run) -> State:
    """The problem that no stage could mend, as a reply."""
    problem = state.get("problem") or STOPPED.to_dict()
    stopped = problem["code"] == "query_stopped" or run.cancelled()
    run.reply = STOPPED if stopped else Failed(problem["code"], problem["message"], problem.get("hint", ""))
    return {}


# ------------------------------------------------------------------------------------------- the workspace itself
def do(state: State, run: Run) -> State:
    """What was asked of the workspace itself."""
    verb = Verb(**(state.get("verb") or {}))
    assert run.verbs is not None, "verbs are only asked for in a chat"
    run.reply, run.verb = _done(verb, state, run), verb.name
    return {}


def _done(verb: Verb, state: State, run: Run) -> Said | Composed:
    verbs, chat, focus, title = run.verbs, state.get("chat", ""), state.get("focus"), verb.title or None
    assert verbs is not None
    if verb.name == "forget":
        return Said("Starting afresh: the next question stands on its own.")
    if verb.name == "rename_chat":
        return Said(f"This chat is now called “{verbs.rename_chat(chat, verb.title).title}”.")
    if verb.name == "download":
        return composing.download(state, run, verb.title)
    paper = composing.share(state, run) if verb.name in ("share", "pin") and title is None else None
    if paper is not None:
        return paper
    if focus is None:
        return Said(composing.NO_ANSWER)
    if verb.name == "sql":
        return Said("This is the SQL behind the answer.", sql=runnable(Query.from_dict(focus["query"])))
    if verb.name in ("pin_chat", "share_chat"):
        kept = verbs.pin_chat(chat, title)
        words = f"This chat is kept as “{kept.title}”."
        return Said(words + (" This is its link." if verb.name == "share_chat" else ""), url=verbs.address(kept.slug))
    known = verbs.pinned(focus["message"])
    if verb.name == "rename" and known is not None:
        kept = verbs.rename_artifact(known.slug, verb.title)
        return Said(f"It is now called “{kept.title}”.", url=verbs.address(kept.slug))
    kept = known if known is not None and title is None else verbs.pin(focus["message"], title)
    if verb.name == "share":
        return Said(composing.link_to(kept.title), url=verbs.address(kept.slug))
    words = (
        f"Already pinned as “{kept.title}”." if known is not None and title is None else f"Pinned as “{kept.title}”."
    )
    return Said(words, url=verbs.address(kept.slug))
