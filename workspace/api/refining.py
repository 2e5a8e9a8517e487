"""The verbs that ask parts of a document anew: "by region", "only 2025", "top 5". Each change is a new version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workspace.agent.reply import Answer, Clarify, Composed, Offer, Reply
from workspace.api.composing import Composing
from workspace.artifact import edit as edits
from workspace.artifact.model import Artifact, Text
from workspace.artifact.spans import Span
from workspace.database.result import Result

if TYPE_CHECKING:
    from workspace.artifact.anew import Place
    from workspace.artifact.outcome import Outcome, Wanted
    from workspace.artifact.pointing import Part
    from workspace.artifact.wording import Wording
    from workspace.store.records import ArtifactInfo

MOST_NAMED = 3  # paragraphs that are named because they do not follow


class Refining(Composing):
    """The part of a `Workspace` that asks parts of documents anew."""

    if TYPE_CHECKING:

        def _outcome(
            self, slug: str, artifact: Artifact, outcome: Outcome, wording: Wording, words: str, touched: Span | None
        ) -> Composed | None: ...

    def _new_version(
        self, slug: str, made: Artifact, words: str, message: str, touched: Span,
        results: Mapping[str, Result] | None = None,
    ) -> Composed:  # fmt: skip
        from workspace.store import artifacts

        info = artifacts.edit(self.store, slug, made)
        if results:
            self._keep(slug, info.version, results)
        return self._composed(info, words, message, touched)

    def _composed(self, info: ArtifactInfo, words: str, message: str, touched: Span) -> Composed:
        return Composed(words, message, info.slug, info.title, info.version, self.address(info.slug), touched=touched)

    def _unchanged(self, slug: str, words: str, message: str) -> Composed:
        if not slug:
            return Composed(words, message, done=False)
        info = self.info(slug)
        return Composed(words, message, slug, info.title, info.version, self.address(slug), done=False)

    def _followed(self, artifact: Artifact, part: Part, words: str) -> Reply:
        """The reply to words that follow on a part's own question: "by region", "only 2025"."""
        from workspace.agent.state import Focus
        from workspace.artifact.pointing import queries_of

        query = queries_of(artifact, part.start, part.stop)[0]
        focus = Focus(message="", question=query.question, plan=query.plan, query=query.query.to_dict())
        return self._walk(words, query.source, focus=focus)

    def _planned(self, question: str, plan: Mapping[str, Any], source: str) -> Reply:
        return self._walk(question, source, plan=dict(plan))

    def _conditioned(self, slug: str, artifact: Artifact, change: Wording, words: str) -> Composed | None:
        """ "Remove Germany", which is no part of the page: all of it without it; None where nothing knows it."""
        from workspace.artifact.resolve import of_all
        from workspace.artifact.wording import Wording

        wording = Wording(
            "refine", value=f"{'only' if change.verb == 'keep' else 'without'} {change.object}", sure=False
        )
        return self._refine(slug, artifact, of_all(artifact), wording.value, words, wording, all_=True)

    def _refine(
        self, slug: str, artifact: Artifact, parts: Sequence[Part], change: str, words: str, wording: Wording,
        all_: bool = False,
    ) -> Composed | None:  # fmt: skip
        """Ask parts anew; of several, those that cannot be are left as they are and named.

        With ``all_`` nobody said which: it is done where most of them can be, else it is asked.

        Returns:
            None for words that nobody has to have meant as a change, and that no part understood.
        """
        from workspace.artifact.anew import CONDITIONS, same_figures
        from workspace.artifact.pointing import queries_of

        found: list[tuple[Span, Answer]] = []
        left: list[str] = []
        for part in parts:
            reply = self._followed(artifact, part, change)
            if isinstance(reply, Clarify) and len(parts) == 1:
                return self._asked_back(slug, artifact, part, reply, words)
            before = queries_of(artifact, part.start, part.stop)[0].plan
            other = change.startswith(CONDITIONS) and isinstance(reply, Answer) and not same_figures(before, reply.plan)
            if isinstance(reply, Answer) and not other:
                found.append(((part.start, part.stop), reply))
            else:
                why = f"“{change}” would make it show something else." if other else reply.text
                left.append(f"{part.label[:1].upper()}{part.label[1:]} stays as it is: {why}")
        if not found and not wording.sure:
            return None
        if all_ and len(left) >= len(found):
            from workspace.artifact.resolve import MOST, which

            return self._outcome(slug, artifact, which(wording, parts[:MOST]), wording, words, None)
        if not found:
            return self._unchanged(slug, words, " ".join(left))
        made, message, touched, kept = self._asked_anew(artifact, found, change, all_=all_)
        return self._new_version(slug, made, words, " ".join([message, *left]), touched, kept)

    def _reasked(self, slug: str, artifact: Artifact, wanted: Wanted, words: str) -> Composed:
        """Another question in the place of a part."""
        from workspace.artifact.pointing import queries_of

        part = wanted.parts[0]
        source = queries_of(artifact, part.start, part.stop)[0].source
        reply = self._walk(wanted.words, source)
        if isinstance(reply, Answer):
            return self._refined(slug, artifact, [((part.start, part.stop), reply)], words)
        if isinstance(reply, Clarify):
            return self._asked_back(slug, artifact, part, reply, words)
        return self._unchanged(slug, words, f"Nothing was changed: {reply.text}")

    def _asked_back(self, slug: str, artifact: Artifact, part: Part, reply: Clarify, words: str) -> Composed:
        from workspace.artifact.pointing import queries_of

        query = queries_of(artifact, part.start, part.stop)[0]
        offers = tuple(
            Offer(choice.label, {"do": "refine", "slug": slug, "source": query.source, "question": reply.question,
                                 "plan": choice.plan.to_dict(), "target": [part.start, part.stop]})
            for choice in reply.choices
        )  # fmt: skip
        return replace(self._unchanged(slug, words, reply.message), offers=offers)

    def _refined(self, slug: str, artifact: Artifact, found: Sequence[tuple[Span, Answer]], words: str) -> Composed:
        """The parts with what they were asked anew in their place, as a new version."""
        made, message, touched, kept = self._asked_anew(artifact, found)
        return self._new_version(slug, made, words, message, touched, kept)

    def _asked_anew(
        self, artifact: Artifact, found: Sequence[tuple[Span, Answer]], change: str = "", *, all_: bool = False
    ) -> tuple[Artifact, str, Span, dict[str, Result]]:
        """The artifact with what its parts were asked anew, what is said of it, where it is, and the new results.

        Args:
            artifact: before.
            found: the stretches and their new answers.
            change: what was said to them.
            all_: all of the document is meant, so that what speaks of these parts elsewhere follows them.
        """
        from workspace.artifact.anew import followed, place_of, unmoved

        made, results, titles, touched, instead = artifact, {}, [], (0, 0), {}
        for span, answer in sorted(found, key=lambda item: item[0], reverse=True):  # from the end: places stay
            place = place_of(made, span)
            if place is None:
                continue
            # A name that another query had would be taken for that one by what speaks of it.
            name = edits.fresh_name(made, *results, *(query.name for query in artifact.queries))
            made, title, size, result = self._exchanged(
                made, place, answer, name, change, alone=len(artifact.queries) == 1
            )
            results[name], instead[name] = result, place.query.name
            titles.append(title)
            touched = (place.span[0], place.span[0] + size)
        left: list[str] = []
        if all_:
            named = {query.name for query in made.queries}
            made, left = followed(made, {old: new for new, old in instead.items() if old in named})
            made = edits.tidied(made)
        made, names = edits.in_place_of(made, instead, [query.name for query in artifact.queries])
        kept = {names[name]: result for name, result in results.items() if name in names}
        left += unmoved(made) if all_ else []
        stay = f" {_stay(left)}" if left else ""
        return made, f"{'; '.join(reversed(titles))}.{stay}", touched if len(found) == 1 else (0, 0), kept

    def _exchanged(
        self, made: Artifact, place: Place, answer: Answer, name: str, change: str, *, alone: bool
    ) -> tuple[Artifact, str, int, Result]:
        """One part asked anew: the artifact, what is said of it, how many blocks it has now, and its result."""
        from workspace.artifact.anew import blocks_of, name_of, title_in_place
        from workspace.artifact.bind import allowed_numerals, loose
        from workspace.artifact.commentary import headline
        from workspace.artifact.compose import renamed
        from workspace.artifact.parametrize import rebound
        from workspace.artifact.report import in_lead, section

        part = self._parts([answer])[0]
        alike = edits.alike(part.answer.queries[0], place.query)
        part = replace(part, answer=part.answer.model_copy(update={"queries": (alike,)}))
        if place.query.bound:
            part = replace(part, answer=rebound(part.answer, place.query, made.params, part.catalog))
        fresh = section(part, name, led=place.headed and in_lead(made, place.query.name))
        title = title_in_place(made, place, answer.plan, change)
        title = fresh.title if not title or loose(title, allowed_numerals(fresh.queries[0])) else title
        before = name_of(made, place)
        blocks = blocks_of(made, place, fresh, title)
        line: Any = renamed(Text(template=headline(part.shape)), {"q1": name})
        made = edits.apply(made, edits.Replace(*place.span, blocks, fresh.queries, line.template))
        if not place.headed and alone:
            made = made.model_copy(update={"title": title[:200]})
        now = before if place.alone and not place.headed and not alone else title
        done = f"sorted {change.removeprefix('sort ')} now" if change.startswith("sort ") else "changed"
        said = f"“{before}” is now “{now}”" if before != now else f"“{before}” is {done}"
        return made, said, len(blocks), part.result


def _stay(left: Sequence[str]) -> str:
    """That paragraphs do not follow what was said to all of a page."""
    named = " and ".join(f"“{text}”" for text in left[:MOST_NAMED])
    more = f" and {len(left) - MOST_NAMED} more" if len(left) > MOST_NAMED else ""
    if len(left) == 1:
        return f"{named} stays as it is, since no question is behind it."
    return f"{named}{more} stay as they are, since no question is behind them."
