"""The one file that states the order of the stages.

    route ─┬─▶ do                                              pin, share, show the SQL, rename, start over
           ├─▶ compose                                         a document of several questions, or of the chat's answers
           ├─▶ send                                            sent again and again, told when something comes true
           ├─▶ change  ─▶ recall …                             an edit of the document in focus, or a question after all
           ├─▶ recall ─▶ write …                               an answer to it was marked right
           │     ├─▶ plan   ─┬─▶ write ─▶ check ─▶ execute ─▶ present
           │     └─▶ refine ─┤                                 the same, with an answer in focus
           │                 ├─▶ preview ─▶ clarify ─▶ write …  waits for a choice, alone in its stage
           │                 ├─▶ model ─▶ check …              if one is configured; at most two repairs
           │                 ├─▶ decline
           │                 └─▶ (told)                        a question about the data itself
           └─▶ write …                                         the plan came along: a chip, a follow-up

`ORDER` is used twice: `build` makes a LangGraph graph of it, whose pause survives a restart, for conversations; `walk`
goes the same way without LangGraph (and its second of import) for a single question, where a pause is an end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from workspace.agent import composing, nodes, sending
from workspace.agent.reply import STOPPED, Step
from workspace.agent.state import State
from workspace.agent.tools import Run
from workspace.errors import NoAppError
from workspace.question.acts import asks_nothing

Compiled = Any  # a LangGraph CompiledStateGraph; naming it would import LangGraph
REPAIRS = 2
END = "end"
PAUSE = "clarify"


class Stage(NamedTuple):
    """A stage: what it does, where to go then, and all the places that can be."""

    work: Callable[[State, Run], State]
    then: Callable[[State], str]
    targets: tuple[str, ...]


# ------------------------------------------------------------------------------------------------------- order
def after_route(state: State) -> str:
    if state.get("verb"):
        return "do"
    if state.get("wish"):
        return "send"
    if state.get("request"):
        return "compose"
    if state.get("change"):
        return "change"
    if state.get("given"):
        return "write"
    return "recall"


def after_change(state: State) -> str:
    if state.get("problem"):
        return "fail"
    return END if state.get("change") else "recall"


def after_recall(state: State) -> str:
    if state.get("problem"):
        return "fail"
    if state.get("recalled"):
        return "write" if state.get("plan") else "check"
    focus = state.get("focus")
    return "refine" if focus is not None and focus["plan"] is not None else "plan"


def after_plan(state: State) -> str:
    if state.get("problem"):
        return "fail"
    action = state.get("action")
    if action == "answer":
        return "write"
    if action == "clarify":
        return "preview"
    if action == "told":
        return END
    return "model" if state.get("model") and not asks_nothing(state["question"]) else "decline"


def after_model(state: State) -> str:
    if state.get("problem"):
        return "fail"
    return "check" if state.get("query") else "decline"


def after_check(state: State) -> str:
    return "execute" if not state.get("problem") else mended(state)


def after_execute(state: State) -> str:
    return "present" if not state.get("problem") else mended(state)


def mended(state: State) -> str:
    """A model may correct its own SQL; when it cannot, the question was not understood. Rules are not tried twice."""
    problem = state.get("problem") or {}
    if not state.get("planner", "").startswith("model:") or problem.get("code") in ("query_stopped", "stopped"):
        return "fail"
    return "model" if state.get("attempts", 0) <= REPAIRS else "decline"


def done(_state: State) -> str:
    return END


def next_or_fail(target: str) -> Callable[[State], str]:
    return lambda state: "fail" if state.get("problem") else target


ORDER: dict[str, Stage] = {
    "route": Stage(nodes.route, after_route, ("do", "send", "compose", "change", "write", "recall")),
    "compose": Stage(composing.compose, next_or_fail(END), ("fail", END)),
    "send": Stage(sending.send, next_or_fail(END), ("fail", END)),
    "change": Stage(composing.change, after_change, ("recall", "fail", END)),
    "recall": Stage(nodes.recall, after_recall, ("write", "check", "refine", "plan", "fail")),
    "do": Stage(nodes.do, next_or_fail(END), ("fail", END)),
    "refine": Stage(nodes.refine, after_plan, ("write", "preview", "model", "decline", "fail", END)),
    "plan": Stage(nodes.plan, after_plan, ("write", "preview", "model", "decline", "fail", END)),
    "preview": Stage(nodes.preview, next_or_fail(PAUSE), (PAUSE, "fail")),
    PAUSE: Stage(nodes.chosen, next_or_fail("write"), ("write", "fail")),
    "model": Stage(nodes.ask_model, after_model, ("check", "decline", "fail")),
    "write": Stage(nodes.write, next_or_fail("check"), ("check", "fail")),
    "check": Stage(nodes.check, after_check, ("execute", "model", "decline", "fail")),
    "execute": Stage(nodes.execute, after_execute, ("present", "model", "decline", "fail")),
    "present": Stage(nodes.present, next_or_fail(END), ("fail", END)),
    "decline": Stage(nodes.decline, done, (END,)),
    "fail": Stage(nodes.fail, done, (END,)),
}
FIRST = "route"


def perform(name: str, state: State, run: Run) -> State:
    """One stage; a deliberate error becomes the state's ``problem``, for the order to decide about."""
    if run.cancelled():
        run.reply = STOPPED
        return {"problem": STOPPED.to_dict()}
    try:
        return ORDER[name].work(state, run)
    except NoAppError as problem:
        return {"problem": problem.to_dict()}


def begin(question: str, run: Run, **given: Any) -> State:
    """The state to start with: the question, and of ``given`` whatever else is known (`State`)."""
    start: State = {
        "question": readable(question),
        "source": run.source.name,
        "chat": "",
        "focus": None,
        "strict": False,
        "model": str(run.model or ""),
        "given": "plan" in given,
    }
    return {**start, **given}


def readable(text: str) -> str:
    """The text without halves of characters (a terminal in another encoding sends them), which nothing can store."""
    return text.encode("utf-8", "replace").decode("utf-8")


# ----------------------------------------------------------------------------------------------------- without
def walk(state: State, run: Run) -> Run:
    """Take a question through the stages to ``run.reply``; the pause for a choice is a `Clarify` reply."""
    name = FIRST
    while name != END:
        if name == PAUSE:
            run.reply = nodes.clarify(state)
            return run
        state = {**state, **perform(name, state, run)}
        name = ORDER[name].then(state)
    return run


# --------------------------------------------------------------------------------------------------- LangGraph
def build(saver: Any) -> Compiled:
    """The same order as a LangGraph graph.

    Args:
        saver: a LangGraph checkpointer, where a paused question waits.
    """
    from langgraph.graph import StateGraph
    from langgraph.runtime import Runtime
    from langgraph.types import interrupt

    shape: Any = State
    graph: Any = StateGraph(shape, context_schema=Run)

    def stage(name: str) -> Callable[..., State]:
        def work(state: State, runtime: Runtime[Run]) -> State:
            return perform(name, state, runtime.context)

        return work

    def pause(state: State) -> State:
        # Nothing else happens here: LangGraph runs the whole stage again when the choice comes.
        return {"choice": int(interrupt(nodes.clarify(state).to_dict()))}

    for name, (_, then, targets) in ORDER.items():
        path = {target: "__end__" if target == END else target for target in targets}
        if name == PAUSE:
            graph.add_node(PAUSE, pause)
            graph.add_edge(PAUSE, "chosen")
            graph.add_node("chosen", stage(PAUSE))
            graph.add_conditional_edges("chosen", then, path)
        else:
            graph.add_node(name, stage(name))
            graph.add_conditional_edges(name, then, path)
    graph.set_entry_point(FIRST)
    return graph.compile(checkpointer=saver)


def stream(graph: Compiled, start: State | int, run: Run, thread: str) -> Iterator[Step]:
    """Run or resume a question, giving its steps as they come; ``run.reply`` is set at the end.

    Args:
        graph: from `build`.
        start: the state to begin with, or the index of the choice that a paused question waited for.
        run: with the source and the rest; its ``emit`` is taken.
        thread: the id under which a pause is kept.
    """
    from langgraph.config import get_stream_writer
    from langgraph.types import Command

    run.emit = lambda step: get_stream_writer()(step)
    config: Any = {"configurable": {"thread_id": thread}}
    given: Any = Command(resume=start) if isinstance(start, int) else start
    paused = False
    for mode, event in graph.stream(given, config, context=run, stream_mode=["custom", "updates"], durability="exit"):
        if mode == "custom":
            yield event
        elif "__interrupt__" in event:
            paused = True
            run.reply = nodes.clarified(event["__interrupt__"][0].value)
    if not paused:
        graph.checkpointer.delete_thread(thread)  # answered: the store has it, nothing waits any more


def waiting(graph: Compiled, thread: str) -> bool:
    """Does a paused question wait under this id?"""
    return bool(graph.get_state({"configurable": {"thread_id": thread}}).next)
