"""The state that travels from stage to stage: JSON only, so that any checkpointer can keep it for years."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

Json = dict[str, Any]


class Focus(TypedDict):
    """The answer that "this" means: its message (or ""), what was asked, how it was planned, and what ran."""

    message: str
    question: str
    plan: Json | None
    query: Json


class Paper(TypedDict):
    """The document in focus: its address, the blocks last spoken of, and whether nothing was answered since."""

    slug: str
    touched: list[int] | None
    newest: bool


class State(TypedDict, total=False):
    """One question on its way to a reply. Results are not in it: they are recomputed, never restored.

    Args:
        question: the words of the person.
        source: name of the source that is asked.
        chat: the conversation, "" outside of one.
        focus: the newest answer before it, None at the start of a conversation.
        strict: only the asked columns.
        model: name of the configured model, "" for none.
        bare: nobody sees the answer by itself, so that it needs no chips and no follow-ups.
        given: the question came with its plan (a chip, a follow-up, a choice).
        alone: the words say it all; those of a follow-up need the question before.
        artifact: the document that "it" may mean, see `Paper`.
        verb: what was asked of the workspace itself, see `routing.Verb`.
        request: the document that is asked for, see `question.request.Request`.
        change: what is to be done to a document: an offer that was taken, or words, see `artifact.wording.Wording`.
        wish: what is to be sent or told again and again, see `question.wish.Wish`.
        action: the planner's verdict.
        message, choices, unused, suggestions: for asking back or declining.
        recalled: what was recalled for it, see `reply.Recalled`.
        learned: what a choice says of a word, see `semantics.learned`.
        choice: which of the choices was taken.
        plan, reading, notes: what was understood.
        query, planner: what is to run, and who wrote it.
        attempts: how often the model was asked.
        problem: why the last stage failed: code, message, hint.
        rejected: the SQL that the problem is about.
    """

    question: str
    source: str
    chat: str
    focus: Focus | None
    strict: bool
    model: str
    bare: bool
    given: bool
    alone: bool
    artifact: Paper | None
    verb: Json | None
    request: Json | None
    change: Json | None
    wish: Json | None
    action: Literal["", "answer", "clarify", "decline", "told"]
    message: str
    choices: list[Json]
    unused: list[str]
    suggestions: list[str]
    recalled: Json | None
    learned: Json | None
    choice: int | None
    plan: Json | None
    reading: Json | None
    notes: list[str]
    query: Json | None
    planner: str
    attempts: int
    problem: Json | None
    rejected: str
