"""The verbs of documents: compose one out of a request or of a chat's answers, change it in words, by hand, or back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC
from typing import TYPE_CHECKING, Any

from workspace.agent import graph
from workspace.agent.reply import Answer, Clarify, Composed, Decline, Failed, Offer, Reply, Section, Step
from workspace.agent.tools import Run
from workspace.api.library import Library
from workspace.errors import NoAppError

if TYPE_CHECKING:
    from workspace.agent.knowledge import Knowledge
    from workspace.agent.models import Model
    from workspace.artifact.model import Artifact
    from workspace.artifact.report import Part
    from workspace.database.catalog import Catalog
    from workspace.database.result import Result
    from workspace.database.source import Source
    from workspace.question.request import Request
    from workspace.question.request_parts import Wanted
    from workspace.store.records import ArtifactInfo

AT_ONCE = 4  # parts that are worked out at the same time; the database works while another one is read
FACES = {"document": "", "table": "/table", "slides": "/slides", "app": "/app"}
_ONE_PAGE = re.compile(r"\b(?:one|single|1)[\s-]*(?:page|sheet)(?:r|s)?\b", re.IGNORECASE)
NAMES = {"document": "document", "table": "spreadsheet", "slides": "slides", "app": "app"}


def _never() -> bool:
    return False


def _silent(_step: Step) -> None:
    return None


class Composing(Library):
    """The part of a `Workspace` that makes documents."""

    knowledge: Knowledge

    if TYPE_CHECKING:

        @property
        def model(self) -> Model | None: ...
        def source(self, name: str | None = None) -> Source: ...
        def catalog(self, source: str | None = None) -> Catalog: ...
        def ask(self, question: str, *, source: str | None = None) -> Reply: ...

    def compose(
        self,
        request: str | Request,
        *,
        source: str | None = None,
        chat: str = "",
        title: str | None = None,
        words: str = "",
        tell: Callable[[Step], None] = _silent,
        cancelled: Callable[[], bool] = _never,
    ) -> Composed:
        """Make a document and keep it as an artifact.

        Args:
            request: in words ("an overview of sales with revenue per month and top customers"), or as read from them.
            source: name of the source; the default one, or the chat's.
            chat: the chat whose answers "this" and "these three" mean.
            title: of the document; made from the request by default.
            words: what the person said, where the request was read from it already.
            tell: takes the steps.
            cancelled: asked between parts; True stops the work.

        Returns:
            what was made; where none of its parts could be answered nothing is kept, and ``slug`` is "".

        Example:
            >>> import sqlite3, tempfile
            >>> from pathlib import Path
            >>> from workspace.api import open_workspace
            >>> folder = Path(tempfile.mkdtemp())
            >>> with sqlite3.connect(folder / "shop.sqlite") as db:
            ...     _ = db.executescript("create table customer (name text, city text);"
            ...                          "insert into customer values ('Ada', 'Ulm'), ('Bob', 'Kiel')")
            >>> shop = open_workspace(folder / "shop.sqlite", folder=folder / "kept")
            >>> shop.compose("a report with number of customers and customers per city").slug
            'number-of-customers-and-customers-per-city'
        """
        from workspace.question.request import Request

        asked = request if isinstance(request, Request) else _request(request)
        words = words or (request if isinstance(request, str) else asked.whole)
        if title:
            from dataclasses import replace

            asked = replace(asked, title=title)
        if asked.of in ("this", "last", "chat") or (asked.of == "any" and chat and self._answers(chat)):
            return self._of_answers(asked, words, chat)
        return self._of_words(asked, words, self.source(source).name, tell, cancelled)

    # ----------------------------------------------------------------------------------------------- of a request
    def _of_words(
        self, asked: Request, words: str, source: str, tell: Callable[[Step], None], cancelled: Callable[[], bool]
    ) -> Composed:
        from workspace.artifact.report import title_of_request
        from workspace.question.request_parts import MOST, wanted

        if len(asked.parts) > MOST:
            return Composed(
                words, f"These are {len(asked.parts)} parts, and a document takes {MOST} at once.", done=False
            )
        tell(Step("reading", "Reading what it is to show"))
        parts = wanted(asked, self.catalog(source), self.source(source).values(), self._clock())
        if not parts:
            return Composed(words, "Say what it is to show: an overview of sales, for example.", done=False)
        replies = self._answered(parts, source, tell, cancelled)
        itself = bool(asked.parts) and any(part.said == asked.subject for part in parts)  # one of the parts
        named = title_of_request(asked.noun, "" if itself else asked.subject, asked.scope, words)
        title = asked.title or named or ("" if asked.parts else f"Overview of {source}")
        return self._document(words, asked, title, source, list(zip(parts, replies, strict=True)))

    def _answered(
        self, parts: Sequence[Wanted], source: str, tell: Callable[[Step], None], cancelled: Callable[[], bool]
    ) -> list[Reply]:
        """The replies to the parts, each through all the stages of a question, the guard among them."""
        from workspace.agent.reply import STOPPED

        def answer(number: int) -> Reply:
            if cancelled():
                return STOPPED
            return self._walk(parts[number].question, source)

        def told(number: int) -> None:
            if number < len(parts):
                tell(Step("running", f"Part {number + 1} of {len(parts)}: {parts[number].title}"))

        told(0)
        if len(parts) == 1:
            return [answer(0)]
        from concurrent.futures import ThreadPoolExecutor

        replies = [answer(0)]  # by itself: what is read once of a source is then known to the others
        with ThreadPoolExecutor(AT_ONCE, "part") as pool:
            told(1)
            for reply in pool.map(answer, range(1, len(parts))):
                replies.append(reply)
                told(len(replies))
        return replies

    def _walk(self, question: str, source: str | None, **given: Any) -> Reply:
        """The reply to a question, through all its stages, without what stands beside an answer in a chat."""
        try:
            run = Run(self.source(source), self._clock, None, self.model, self.limits, self.knowledge)
            state = graph.begin(question, run, bare=True, **given)
            return graph.walk(state, run).reply or Failed("bug", "The workspace gave no reply.")
        except NoAppError as problem:
            return Failed.of(problem)

    def _document(
        self, words: str, asked: Request, title: str, source: str, found: list[tuple[Wanted, Reply]]
    ) -> Composed:
        from workspace.artifact.compose import title_for

        telling = [entry for entry in found if _named(entry[0], asked) or not _alone(entry[1])]
        found = telling or found
        parts: list[Part] = []
        for part, reply in found:
            if isinstance(reply, Answer):
                answer = reply.view.artifact.model_copy(update={"title": title_for(part.title, reply.plan)})
                parts.append(self._part(answer, reply.view.results["q1"]))
        sections = tuple(_section(part, reply) for part, reply in found)
        if not parts:
            offers = tuple(_offers(found, "", source, title))
            return Composed(words, _unmade(sections), sections=sections, offers=offers, done=False)
        made, length = self._keep_page(title, parts, words)
        offers = tuple(_offers(found, made.slug, source, title))
        message = f"{_told(made.title, parts, sections)}{length}"
        return Composed(
            words, message, made.slug, made.title, made.version, self.address(made.slug) + FACES[asked.kind],
            sections, offers,
        )  # fmt: skip

    # ---------------------------------------------------------------------------------------------- of a chat
    def pin_chat(self, chat_id: str, title: str | None = None) -> ArtifactInfo:
        """Keep all answers of a chat as one document; kept again later, it is a new version of the same one."""
        answers, origin = self._answers(chat_id), f"chat:{chat_id}"
        known = self.pinned(origin)
        named = title or (known.title if known else "") or (self._chat_title(chat_id) if answers else "")
        return self._keep_page(named, self._parts(answers), "", origin=origin)[0]

    def _of_answers(self, asked: Request, words: str, chat: str) -> Composed:
        answers = self._answers(chat) if chat else []
        if not answers and (documents := self._documents(chat)):
            return self._of_documents(asked, words, chat, documents)
        if not answers:
            return Composed(words, "There is no answer yet that it could be made of. Ask something first.", done=False)
        if asked.of == "last":
            count = asked.count or len(answers)
            if count > len(answers):
                held = f"{len(answers)} answer{'' if len(answers) == 1 else 's'}"
                return Composed(words, f"This chat has only {held} so far, not {count}.", done=False)
            answers = answers[-count:]
        elif asked.of == "this":
            answers = answers[-1:]
        whole = asked.of in ("chat", "any")
        origin = f"chat:{chat}" if whole else ""
        title = asked.title or (self._chat_title(chat) if whole else "")
        made, length = self._keep_page(title, self._parts(answers), words, origin=origin)
        what = "the answer" if len(answers) == 1 else f"{len(answers)} answers"
        return Composed(
            words, f"“{made.title}” holds {what}, worked out anew at each opening.{length}",
            made.slug, made.title, made.version, self.address(made.slug) + FACES[asked.kind],
        )  # fmt: skip

    def _of_documents(self, asked: Request, words: str, chat: str, slugs: Sequence[str]) -> Composed:
        """One document of those that were made in a chat in which nothing was answered beside them."""
        from workspace.artifact.phrase import join
        from workspace.artifact.report import combined

        count = asked.count or len(slugs)
        if asked.of == "last" and count > len(slugs):
            held = f"{len(slugs)} document{'' if len(slugs) == 1 else 's'}"
            return Composed(words, f"This chat has made only {held} so far, not {count}.", done=False)
        chosen = slugs[-1:] if asked.of == "this" else slugs[-count:]
        if len(chosen) == 1:
            (slug,) = chosen
            info, address = self.info(slug), self.address(slug) + FACES[asked.kind]
            return Composed(words, f"It is “{info.title}”.", slug, info.title, info.version, address, done=False)
        loaded = [self.load(slug) for slug in chosen]
        made = self._save(combined(asked.title or self._chat_title(chat), loaded), f"documents:{chat}")
        held = join([f"“{document.title}”" for document in loaded])
        return Composed(
            words, f"“{made.title}” holds {held}; these stay as they are.",
            made.slug, made.title, made.version, self.address(made.slug) + FACES[asked.kind],
        )  # fmt: skip

    def _documents(self, chat: str) -> list[str]:
        """The documents that were made or changed in a chat and are still there, in the order of their last change."""
        found: dict[str, None] = {}
        for message in self.messages(chat) if chat else ():
            if isinstance(reply := message.reply, Composed) and reply.slug and reply.done:
                found.pop(reply.slug, None)
                found[reply.slug] = None
        whole = self.pinned(f"documents:{chat}")
        there = {info.slug for info in self.artifacts()} - {whole.slug if whole else ""}
        return [slug for slug in found if slug in there]

    def _answers(self, chat: str) -> list[Answer]:
        """The answers of a chat in their order."""
        return [reply for message in self.messages(chat) if isinstance(reply := message.reply, Answer)]

    def _parts(self, answers: Sequence[Answer]) -> list[Part]:
        return [self._part(answer.view.artifact, answer.view.results["q1"]) for answer in answers]

    def _part(self, answer: Artifact, result: Result) -> Part:
        """An answer as a part; large figures over a period beside the same over the one before, where there is one."""
        from workspace.artifact.model import Metric
        from workspace.artifact.report import Part
        from workspace.question.plan import Plan
        from workspace.question.preceding import beside_before

        query = answer.queries[0]
        catalog, before = self.catalog(query.source), None
        large = query.plan and any(isinstance(block, Metric) for block in answer.blocks)
        if large and (plan := beside_before(Plan.from_dict(query.plan))) is not None:
            reply = self._walk(query.question or query.explanation, query.source, plan=plan.to_dict())
            if isinstance(reply, Answer):
                before = Part(reply.view.artifact, reply.view.results["q1"], catalog)
        return Part(answer, result, catalog, before)

    def _chat_title(self, chat: str) -> str:
        """The chat's name, unless nobody gave it one and it only has the words it began with."""
        title = self.chat(chat).title.strip()
        first = next((message.text for message in self.messages(chat) if message.role == "person"), "")
        return "" if " ".join(first.split()).startswith(title.rstrip("…")) else title

    def _keep_page(
        self, title: str, parts: Sequence[Part], words: str, *, origin: str = ""
    ) -> tuple[ArtifactInfo, str]:
        """A document, on one page where that was asked for and its content allows; what is to be said of that."""
        from workspace.artifact.bind import check_block
        from workspace.artifact.report import report, results_of

        artifact, length, results = report(title, parts), "", results_of(parts)
        if _ONE_PAGE.search(words):
            artifact, length = self._on_one_page(artifact, results)
        for number, block in enumerate(artifact.blocks, start=1):
            check_block(block, artifact, f" in block {number}")
        made = self._save(artifact, origin)
        self._keep(made.slug, made.version, results)
        return made, length

    def _on_one_page(self, artifact: Artifact, results: Mapping[str, Result]) -> tuple[Artifact, str]:
        from workspace.artifact.refresh import view_of
        from workspace.export.pdf import one_page

        fitted = artifact.model_copy(update={"fit": "page"})
        layout, pages = one_page(view_of(fitted, results, self._clock().astimezone(UTC).isoformat()))
        if layout is None:
            return artifact, f" Its PDF takes {pages} pages: so much does not fit on one."
        return fitted, " Its PDF is one A4 page."


def _request(words: str) -> Request:
    """What a text asks for that is known to ask for a document: "revenue per month, returns" and "overview" do too."""
    from dataclasses import replace

    from workspace.question.request import Request, request_in, split

    found = request_in(words) or request_in(f"write a {words}")
    if found is not None:
        return found
    parts = split(words)
    found = request_in(f"write a report on {words}")
    if found is not None and (found.parts or len(parts) == 1):
        return replace(found, noun="")
    return Request(noun="", parts=parts, whole=" ".join(words.split()))


# ------------------------------------------------------------------------------------------------------- the words
def _named(part: Wanted, asked: Request) -> bool:
    """Did the person name the part, or is it one that an overview chose?"""
    return bool(asked.parts) or part.said.lower() in asked.whole.lower()


def _alone(reply: Reply) -> bool:
    """Is it a figure per something of which there is one or none, so that nothing is shared out?"""
    if not isinstance(reply, Answer) or reply.plan is None:
        return False
    return bool(reply.plan.group) and len(reply.view.results["q1"].rows) < 2


def _section(part: Wanted, reply: Reply) -> Section:
    if isinstance(reply, Answer):
        shown = part.title if part.title.lower() != part.said.lower() else ""
        return Section(part.said, part.question, "answered", f"Shown as “{shown}”." if shown else "",
                       reply.view.artifact.queries[0].sql)  # fmt: skip
    if isinstance(reply, Clarify):
        return Section(part.said, part.question, "ambiguous", reply.message)
    if isinstance(reply, Decline):
        return Section(part.said, part.question, "declined", reply.message)
    if isinstance(reply, Failed):
        return Section(part.said, part.question, "failed", reply.text)
    return Section(part.said, part.question, "declined", "This is about the data itself, not a figure of it.")


def _offers(found: list[tuple[Wanted, Reply]], slug: str, source: str, title: str) -> list[Offer]:
    """The readings of the parts that have several, each to be added where the part would have stood."""
    offers = []
    for place, (part, reply) in enumerate(found):
        for choice in reply.choices if isinstance(reply, Clarify) else ():
            request = {
                "do": "add", "slug": slug, "source": source, "question": part.question, "said": part.said,
                "plan": choice.plan.to_dict(), "title": title,
                "section": sum(isinstance(other, Answer) for _, other in found[:place]),
            }  # fmt: skip
            offers.append(Offer(choice.label, request))
    return offers


def _told(title: str, parts: Sequence[Part], sections: Sequence[Section]) -> str:
    """What was made, and every part that is not in it."""
    from workspace.artifact.phrase import join

    said = [f"“{title}” shows {join([f'“{part.answer.title}”' for part in parts])}."]
    for section in sections:
        if section.status != "answered":
            said.append(f"“{section.said}” is not in it: {section.message}")
    return " ".join(said)


def _unmade(sections: Sequence[Section]) -> str:
    parts = ["Nothing was made."]
    parts += [f"“{section.said}”: {section.message}" for section in sections]
    return " ".join(parts)
