"""What a workspace knows of its sources beyond the data: the definitions of each, and what people said of answers.

Cheap where nothing is known: a source without either costs a look at the file system for a question.
"""

from __future__ import annotations

import contextlib
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workspace.database.catalog import Catalog
from workspace.database.source import Source
from workspace.errors import NotFound, SemanticsInvalid
from workspace.question import recall
from workspace.question.definitions import digest, known_values, shows_hidden
from workspace.question.plan import Plan
from workspace.question.reading import Values
from workspace.question.recall import Settled
from workspace.question.schema import schema_of
from workspace.semantics.file import SemanticsFile, place
from workspace.semantics.model import Semantics
from workspace.semantics.text import from_yaml, to_yaml
from workspace.semantics.unheard import unheard
from workspace.store.lookup import Lookup
from workspace.store.records import VerifiedInfo

if TYPE_CHECKING:
    from workspace.agent.reply import Answer, Reply
    from workspace.store.store import Store

SETTLED_KEPT = 1_000


LEAST_IN_FOCUS = 2  # words of content that a question needs to be recalled where a follow-up would be shorter


@dataclass(frozen=True, slots=True)
class Recalled:
    """What a person settled before, for the question as it is asked now: its plan, or a model's SQL."""

    info: VerifiedInfo
    plan: Plan | None
    query: Mapping[str, Any] | None


class Knowledge:
    """Definitions and verdicts by source; safe to use from many threads.

    Args:
        folder: of the workspace.
        store: opens the store, when something is to be kept.
    """

    def __init__(self, folder: Path, store: Callable[[], Store]) -> None:
        self.folder = folder
        self._store = store
        self._look = Lookup(folder)
        self._settled: OrderedDict[tuple[int, str], tuple[weakref.ref[Catalog], Settled]] = OrderedDict()
        self._lock = threading.Lock()
        self._files: dict[str, SemanticsFile] = {}

    def close(self) -> None:
        self._look.close()

    def path(self, source: Source) -> Path:
        """Where the definitions of a source are kept, whether there are any or not."""
        return self._file(source).path

    def semantics(self, source: Source) -> Semantics:
        """The definitions of a source as they are now; raises `SemanticsInvalid`."""
        return self._file(source).read() or Semantics(name=self.path(source).name)

    def catalog(self, source: Source) -> Catalog:
        """The catalog of a source as its definitions have it; raises `SemanticsInvalid`."""
        model = self._file(source).read()
        return model.over(source.catalog()) if model else source.catalog()

    def define(self, source: Source, model: Semantics) -> Catalog:
        """Keep these definitions, if they can be so; the catalog as they have it.

        Raises:
            SemanticsInvalid: they name what the database does not have, or a value that a column surely lacks now.
        """
        made = Semantics(model.metrics, model.synonyms, model.descriptions, model.filters, model.hidden)
        catalog = self._checked(made, source)
        self._file(source).write(to_yaml(made))
        return catalog

    def text(self, source: Source) -> str:
        """The file of a source as it is, or as it would begin."""
        return self._file(source).text() or to_yaml(Semantics())

    def define_text(self, source: Source, text: str) -> Catalog:
        """Keep definitions as they are written, comments and all; raises as `define` does, with line and key."""
        catalog = self._checked(from_yaml(text, ""), source)
        self._file(source).write(text if text.endswith("\n") else f"{text}\n")
        return catalog

    def _checked(self, model: Semantics, source: Source) -> Catalog:
        catalog, before = model.over(source.catalog()), ()
        with contextlib.suppress(SemanticsInvalid):  # what the file says already is no reason to refuse more
            before = unheard(self.catalog(source))
        fresh = [sentence for sentence in unheard(catalog) if sentence not in before]
        if fresh:
            raise SemanticsInvalid(fresh[0], hint="A value that is to come can be written into the file by hand.")
        return catalog

    # ------------------------------------------------------------------------------------------------- verdicts
    def verified(self, source: Source) -> list[VerifiedInfo]:
        """What people said of answers about a source, the newest first."""
        return self._look.verified(self._name(source))

    def verdict(self, message: str) -> str:
        """What was said of an answer: right, wrong, or ""."""
        return self._look.verdict_on(message)[0]

    def remembers(self, identifier: str) -> bool:
        """Is what was said under this id still kept?"""
        return self._look.remembered(identifier)

    def forget(self, identifier: str) -> None:
        """Take back what was said; raises `NotFound`."""
        from workspace.store import verified

        if not verified.forget(self._store(), [identifier]):
            raise NotFound("That is forgotten already.")

    def judge(
        self, source: Source, answer: Reply | None, verdict: str, *, said: str, message: str, clock: datetime
    ) -> None:
        """Keep what a person says of an answer: right is recalled for the same question, wrong is asked back.

        Args:
            source: that was asked.
            answer: the answer.
            verdict: right, wrong, or "" to take back what was said.
            said: what the person typed or pressed for it.
            message: the answer's id.
            clock: the time now, for its zone.

        Raises:
            NotFound: it is no answer.
        """
        from workspace.agent.reply import Answer
        from workspace.store import verified

        if not isinstance(answer, Answer):
            raise NotFound("There is no answer in that message.", hint="Say it of an answer.")
        if verdict not in ("right", "wrong"):
            known = self._look.verdict_on(message)[1]
            verified.forget(self._store(), [known] if known else [])
            return
        named = answer.view.artifact.query("q1")
        plan, catalog = answer.plan, self.catalog(source)
        ran = datetime.fromisoformat(answer.view.results["q1"].receipt.ran_at)
        asked = ran.astimezone(clock.tzinfo) if clock.tzinfo else ran.astimezone(UTC).replace(tzinfo=None)
        info = VerifiedInfo(
            id="", source=self._name(source), verdict=verdict, question=_question(answer, said),
            plan=plan.to_dict() if plan else None, query=None if plan else named.query.to_dict(),
            definitions=digest(plan, catalog) if plan else "", asked=asked.isoformat(), message=message, created=ran,
        )  # fmt: skip
        verified.keep(self._store(), info, instead=[other.id for other in self._same(source, info, catalog)])

    def recall(
        self, source: Source, question: str, catalog: Catalog, clock: datetime, *, focus: bool
    ) -> Recalled | None:
        """What a person said is right for this question, in whatever words and with whatever values; the newest.

        Args:
            source: that is asked.
            question: as typed.
            catalog: with its definitions.
            clock: what "last month" means now.
            focus: whether there is an answer that a short text could be a follow-up to.
        """
        settled = [info for info in self.verified(source) if info.verdict == "right"]
        if not settled:
            return None
        values = known_values(catalog, source.values())
        asked = recall.ask(question, schema_of(catalog), values, clock)
        for info in settled:
            taken = self._taken(info, catalog, values)
            if taken.plan is None:
                if info.query is not None and recall.repeats(taken, asked):
                    return Recalled(info, None, info.query)
                continue
            plan = recall.fit(taken, asked, least=LEAST_IN_FOCUS if focus else 1)
            if plan is not None and not shows_hidden(plan, catalog) and digest(plan, catalog) == info.definitions:
                return Recalled(info, plan, None)
        return None

    def doubted(self, source: Source, question: str, plan: Plan, catalog: Catalog, clock: datetime) -> bool:
        """Did a person say that this plan is wrong for this question?"""
        refused = [info for info in self.verified(source) if info.verdict == "wrong"]
        if not refused:
            return False
        values = known_values(catalog, source.values())
        asked = recall.ask(question, schema_of(catalog), values, clock)
        return any(recall.fit(self._taken(info, catalog, values), asked) == plan for info in refused)

    def _taken(self, info: VerifiedInfo, catalog: Catalog, values: Values | None) -> Settled:
        """A settled question taken apart, once for a state of the data."""
        key = (id(catalog), info.id)
        known = self._settled.get(key)
        if known is not None and known[0]() is catalog:
            return known[1]
        plan = Plan.from_dict(info.plan) if info.plan is not None else None
        made = recall.settle(info.question, plan, schema_of(catalog), values, datetime.fromisoformat(info.asked))
        with self._lock:
            self._settled[key] = weakref.ref(catalog), made
            while len(self._settled) > SETTLED_KEPT:
                self._settled.popitem(last=False)
        return made

    def _same(self, source: Source, info: VerifiedInfo, catalog: Catalog) -> list[VerifiedInfo]:
        """What was said before of the same question: another verdict takes its place."""
        values = known_values(catalog, source.values())
        clock = datetime.fromisoformat(info.asked)
        asked = recall.ask(info.question, schema_of(catalog), values, clock)
        found = []
        for other in self.verified(source):
            taken = self._taken(other, catalog, values)
            plan = recall.fit(taken, asked) if taken.plan is not None else None
            if plan is None:
                same = taken.plan is None and recall.repeats(taken, asked)
            else:  # two can be wrong for a question, only one can be right
                same = other.verdict == info.verdict == "right" or plan.to_dict() == info.plan
            if same:
                found.append(other)
        return found

    def _name(self, source: Source) -> str:
        return self._look.registered(source.name, getattr(source, "files", None) or (source.path,))

    def _file(self, source: Source) -> SemanticsFile:
        name = self._name(source)
        with self._lock:
            return self._files.setdefault(name, SemanticsFile(place(self.folder, name)))


def _question(answer: Answer, said: str) -> str:
    """The words that an answer answers: the question, or for a follow-up or a chip what the answer says it is."""
    alone = answer.recalled is not None
    if answer.reading is not None:
        alone = not any(rule.startswith("follow-up") for rule in answer.reading.rules)
    elif said and said != answer.question:
        alone = True  # a choice that was made: the question is the one that was asked back
    elif answer.plan is None:
        alone = True
    return answer.question if alone else answer.explanation
