"""Conditions in words bound to figures: of a page, or of a question that is asked for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from workspace.agent.reply import Answer, Clarify, Reply
from workspace.api.library import Library
from workspace.artifact.condition import Condition, Seen, look, watched
from workspace.artifact.refresh import refresh
from workspace.artifact.watching import condition_on, counts_rows, is_this, named, of_the_page, shares_of
from workspace.errors import NoAppError, ScheduleInvalid
from workspace.question.threshold import Threshold, threshold_in
from workspace.question.wording import plural, singular, title

if TYPE_CHECKING:
    from datetime import datetime

    from workspace.artifact.model import View
    from workspace.database.catalog import Catalog


_RATE = re.compile(r"\s+(?:rate|ratio|share|percentage)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """A condition, and the answer that its figure is of where that is none of the page's."""

    condition: Condition
    answer: Answer | None = None

    @property
    def explanation(self) -> str:
        """What is looked at, in a sentence without its full stop; "" for a figure of the page."""
        return self.answer.explanation if self.answer is not None else ""


def _of_share(said: Threshold) -> bool:
    """Is a figure compared with a percentage, rather than its growth?"""
    return said.percent and said.kind != "growth" and said.op not in ("exists", "changes")


class Watching(Library):
    """The part of a `Workspace` that finds what a condition is about, and looks at it."""

    if TYPE_CHECKING:

        def catalog(self, source: str | None = None) -> Catalog: ...
        def _walk(self, question: str, source: str | None, **given: Any) -> Reply: ...

    def condition(self, words: str | Threshold, slug: str | None = None, source: str | None = None) -> Found:
        """The condition that words mean.

        Args:
            words: "returns exceed 5 %", or as read from it.
            slug: of the page whose figures are meant first.
            source: that is asked otherwise; the page's by default.

        Raises:
            NotFound: no such page.
            ScheduleInvalid: they name no figure, or none that can be compared so.
        """
        said = threshold_in(words) if isinstance(words, str) else words
        if said is None:
            raise ScheduleInvalid(
                f"“{words}” is no condition that could come true.", hint="Say “revenue this month is above 200,000”."
            )
        if said.problem:
            raise ScheduleInvalid(said.problem)
        if slug is not None:
            found = self._on_page(said, slug)
            if found is not None:
                return found
            queries = self.load(slug).queries
            source = source or (queries[0].source if queries else None)
        return self._asked(said, source)

    def see(self, condition: Condition, slug: str, at: datetime) -> Seen:
        """What a condition holds for now; raises why that cannot be said."""
        artifact = watched(self.load(slug), condition)
        # Slug and version belong to the mark of the whole page alone, and there an edit is a change.
        whole = condition.looks == "page"
        view = refresh(
            artifact, self._registry, cache=self._results, now=at, limits=self.limits,
            slug=slug if whole else "", version=self.info(slug).version if whole else 0,
        )  # fmt: skip
        return look(condition, view)

    # ------------------------------------------------------------------------------------------------------- parts
    def _on_page(self, said: Threshold, slug: str) -> Found | None:
        if of_the_page(said):
            return Found(Condition("page", "changes", words=said.words))
        view = self.open(slug)
        catalogs = {query.source for query in view.artifact.queries}
        for source in sorted(catalogs):
            try:
                catalog = self.catalog(source)
            except NoAppError:
                continue
            found, made = named(said, view, catalog), None
            if found is not None:
                query, column = found
                try:
                    made = condition_on(said, query, view.results[query.name], catalog, column=column)
                except ScheduleInvalid:  # the page has only the number of them: a share may be there, or be worked out
                    if not _of_share(said):
                        raise
            if made is not None:
                # "revenue" beside a table of countries is the revenue, unless "any country" was said.
                whole = made.looks != "each" or said.kind == "each" or is_this(said)
                return Found(made) if whole else None
            shares = list(self._percentages(said, view, catalog)) if _of_share(said) else []
            if len(shares) == 1:
                return shares[0]
        return None

    @staticmethod
    def _percentages(said: Threshold, view: View, catalog: Catalog) -> Iterator[Found]:
        """The shares of a page that can be compared so."""
        for query, column in shares_of(said, view, catalog):
            with suppress(ScheduleInvalid):
                yield Found(condition_on(said, query, view.results[query.name], catalog, column=column))

    def _asked(self, said: Threshold, source: str | None) -> Found:
        """A figure that is none of a page's: what the words ask for, or the nearest question that has such a figure."""
        first: ScheduleInvalid | None = None
        tried: set[str] = set()
        for question in self._questions(said, source):
            if question in tried:
                continue
            tried.add(question)
            try:
                return self._of_question(said, question, source)
            except ScheduleInvalid as problem:
                first = first or problem
        if _of_share(said):
            self._say_of_what(said, source)
        raise first or ScheduleInvalid("Say what to look at, too.", hint="Say “revenue this month is above 200,000”.")

    def _questions(self, said: Threshold, source: str | None) -> Iterator[str]:
        """The words themselves; counted where they name things; a share where a percentage was said."""
        subject = said.subject
        yield subject
        answer = self._walk(subject, source)
        plan = answer.plan if isinstance(answer, Answer) else None
        lists = plan is not None and not plan.grouped
        if said.op == "exists":
            yield plural(subject)
            return
        if lists and plan is not None and plan.root:
            yield f"{subject} per {singular(title(plan.root))}"
        if not said.percent or said.kind == "growth":
            yield f"number of {subject}"
            return
        yield f"{singular(subject)} rate"
        yield f"share of {subject}"
        shares = self._shares(said, source)
        if len(shares) == 1:  # of several, which one is meant is for the person to say
            yield shares[0]

    def _shares(self, said: Threshold, source: str | None) -> list[str]:
        """The shares that things are a part of: each table that their rows belong to, with and without them."""
        from workspace.question.schema import schema_of

        things = plural(_RATE.sub("", said.subject)) if _RATE.search(said.subject) else said.subject
        answer = self._walk(things, source)
        plan = answer.plan if isinstance(answer, Answer) else None
        tables = schema_of(self.catalog(source)).tables
        if plan is None or plan.grouped or plan.root not in tables:
            return []
        parents = dict.fromkeys(key.ref_table for key in tables[plan.root].outgoing if key.ref_table != plan.root)
        return [f"share of {plural(title(parent))} with {things}" for parent in parents]

    def _say_of_what(self, said: Threshold, source: str | None) -> None:
        """Raises `ScheduleInvalid` with the shares that there are, where words name things and no share of anything."""
        known = [share for share in self._shares(said, source) if isinstance(self._walk(share, source), Answer)]
        if known:
            listed = " or ".join(f"“{share}”" for share in known[:3])
            raise ScheduleInvalid(
                f"“{said.subject}” is no share by itself, so {said.number:g} % of what is not clear.",
                hint=f"Say {listed}.",
            )

    def _of_question(self, said: Threshold, question: str, source: str | None) -> Found:
        reply = self._walk(question, source)
        if isinstance(reply, Clarify):
            readings = "; ".join(choice.label for choice in reply.choices[:3])
            raise ScheduleInvalid(f"“{question}” has several readings: {readings}.", hint="Say one of them.")
        if not isinstance(reply, Answer):
            raise ScheduleInvalid(f"“{said.subject}” names no figure here. {reply.text}".strip())
        query = reply.view.artifact.queries[0]
        result = reply.view.results[query.name]
        catalog = self.catalog(query.source)
        if said.op not in ("exists", "changes") and counts_rows(query, result, catalog):
            raise ScheduleInvalid(
                f"“{question}” is a list without a figure to compare.",
                hint=f"Say “number of {question}”, for instance.",
            )
        condition = condition_on(said, query, result, catalog, own=True)
        if condition.looks == "each" and len(result.columns) == 1:
            raise ScheduleInvalid(f"“{question}” does not say whose figure each is.", hint="Say “per” what.")
        return Found(self._pushed(condition, reply), reply)

    def _pushed(self, condition: Condition, reply: Answer) -> Condition:
        """A list that is longer than what is read of it is narrowed by the database itself."""
        from workspace.question import plan as p
        from workspace.question.sql import to_query

        asked, plan = condition.asked, reply.plan
        result = reply.view.results["q1"]
        if condition.looks != "each" or not result.truncated or asked is None or plan is None:
            return condition
        output = next((o for o in plan.outputs if o.label == condition.column), None)
        operator: Any = condition.op
        if output is None or condition.threshold is None:
            return condition
        test = p.Compare(output.expr, operator, p.Literal(condition.threshold))
        part = "having" if p.aggregates(output.expr) else "where"
        narrowed = replace(plan, **{part: (*getattr(plan, part), test)})
        query = to_query(narrowed, self.catalog(asked.source))
        changed = {"plan": narrowed.to_dict(), "sql": query.sql, "params": dict(query.params)}
        return replace(condition, asked=asked.model_copy(update=changed))
