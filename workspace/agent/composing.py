"""The stages that make and change documents, thin: what was asked of which document, done by the workspace's verbs."""

from __future__ import annotations

from dataclasses import replace

from workspace.agent.reply import Composed, Said
from workspace.agent.routing import FORMATS, verb_of
from workspace.agent.state import State
from workspace.agent.tools import Run
from workspace.artifact.wording import Wording, wording_of
from workspace.question.request import Request, request_in
from workspace.question.schema import schema_of

# What is said of the page in focus even where it could ask for another one: "one page", "combine the two charts".
FIRST = frozenset({"fit", "unfit", "merge", "beyond"})


def asked(state: State, run: Run) -> State | None:
    """Is a document asked for, or a change of the one in focus? None for anything else, a question above all.

    What could as well follow on an answer ("by region", "as a line instead") is about the document only as long as
    nothing was answered since.
    """
    text, paper = state["question"], state.get("artifact")
    newest = paper is not None and paper["newest"]
    before = wording_of(text) if newest else None
    if before is not None and before.verb in FIRST and before.sure:
        return {"change": before.to_dict()}
    request = request_in(text)
    if request is not None and request != request_in(text, _taken(run)):
        request = None
    if request is not None:
        return {"request": request.to_dict()}
    verb = verb_of(text)
    if verb is not None and verb.name == "sql" and newest:
        return {"change": Wording("explain", sure=False).to_dict()}
    if verb is not None and verb.name not in ("rename", "pin"):
        return None
    wording = wording_of(text) if paper is not None else None
    if paper is not None and wording is not None and (wording.explicit or paper["newest"]):
        return {"change": wording.to_dict()}
    return None


def _taken(run: Run) -> frozenset[str]:
    """The words that name tables: where documents are kept in one, "a document" is one of them."""
    schema = schema_of(run.catalog())
    return frozenset(word for info in schema.tables.values() for word in info.words)


def compose(state: State, run: Run) -> State:
    """Make the document, or show another face of the one in focus."""
    request, paper = Request.from_dict(dict(state.get("request") or {})), state.get("artifact")
    assert run.verbs is not None, "documents are only made in a chat"
    if paper is not None and paper["newest"] and request.of in ("this", "any"):
        run.reply = run.verbs.face(paper["slug"], request.kind, state["question"])
        return {}
    run.reply = run.verbs.compose(
        request, source=state["source"], chat=state.get("chat", ""), words=state["question"],
        tell=run.emit, cancelled=run.cancelled,
    )  # fmt: skip
    return {}


def change(state: State, run: Run) -> State:
    """Do what was said to the document in focus; words that name nothing in it go on as a question."""
    told, paper = dict(state.get("change") or {}), state.get("artifact")
    assert run.verbs is not None, "documents are only changed in a chat"
    if "do" in told:
        run.reply = run.verbs.perform(told, state["question"])
        return {}
    assert paper is not None, "a change is of the document in focus"
    run.step("reading", "Changing the document")
    touched = (paper["touched"][0], paper["touched"][1]) if paper["touched"] else None
    made = run.verbs.edit(paper["slug"], Wording.from_dict(told), words=state["question"], touched=touched)
    run.reply = made
    return {} if made is not None else {"change": None}


NO_ANSWER = "There is no answer yet that this could mean. Ask something first."


def link_to(title: str) -> str:
    """What is said with the link to a kept page."""
    return f"This is the link to “{title}”; it shows the data as of when it is opened."


def share(state: State, run: Run) -> Composed | None:
    """The link to the document in focus, where nothing was answered since."""
    paper = state.get("artifact")
    if paper is None or not paper["newest"] or run.verbs is None:
        return None
    made = run.verbs.face(paper["slug"], "document", state["question"])
    return replace(made, message=link_to(made.title))


def download(state: State, run: Run, wanted: str) -> Said:
    """The way to a file of the document in focus, else of the newest answer, which is kept for it."""
    paper, focus, verbs = share(state, run), state.get("focus"), run.verbs
    assert verbs is not None, "files are only made in a chat"
    if paper is not None:
        title, slug = paper.title, paper.slug
    elif focus is not None:
        kept = verbs.pinned(focus["message"]) or verbs.pin(focus["message"], None)
        title, slug = kept.title, kept.slug
    else:
        return Said(NO_ANSWER)
    extension, name = FORMATS["".join(wanted.lower().split())]
    told = f"“{title}” as {name}, with the data as of when it is downloaded."
    return Said(told, url=f"{verbs.address(slug)}.{extension}")
