"""What is said of a document as a whole: freeze it, copy it, bring a version back, what changed, a control for it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from workspace.agent.reply import Composed, Offer
from workspace.api.editing import Editing
from workspace.api.parameters import Parameters, titles
from workspace.api.past import Past
from workspace.errors import ArtifactInvalid, NoAppError, NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from workspace.api.past import Since
    from workspace.artifact.model import Artifact, NamedQuery, View
    from workspace.artifact.pointing import Part
    from workspace.artifact.since import Changes
    from workspace.artifact.spans import Span
    from workspace.artifact.steer import Candidate
    from workspace.artifact.wording import Wording
    from workspace.store.records import ShareInfo

MOST_OFFERED = 8  # columns that are offered, as many as a reply shows
MOST_SAID = 4  # figures of which it is said what they were and are


_THIS = (
    r"(?:it|this|that|these|those"
    r"|(?:this|the|that|these|those)\s+(?:figures?|numbers?|values?|data|page|report|document|overview))"
)


_ONE = re.compile(r"\bones?\b", re.IGNORECASE)


class Whole(Editing, Parameters, Past):
    """The part of a `Workspace` that does to a document as a whole what somebody says."""

    if TYPE_CHECKING:

        def shares(self, slug: str | None = None) -> list[ShareInfo]: ...

    def _of_all(self, slug: str, change: Wording, words: str, touched: Span | None = None) -> Composed | None:
        """Do it; None where the words name nothing here and so may be a question."""
        try:
            if change.verb == "steer":
                return self._steer(slug, change, words)
            if change.verb == "unsteer":
                return self._unsteer(slug, change.value, words)
            if change.verb == "freeze":
                return self._frozen(slug, words)
            if change.verb == "fork":
                made = self.fork(slug, title=change.value or None)
                message = f"“{made.title}” is a copy of it: what is changed in one does not change the other."
                return self._composed(made, words, message, (0, 0))
            if change.verb == "restore":
                return self._restored(slug, int(change.value), words)
            if change.verb == "explain":
                return self._explained(slug, change, words, touched)
            if change.verb in ("fit", "unfit"):
                return self._fitted(slug, words, on=change.verb == "fit")
            if change.verb == "edits":
                return self._edited(slug, words)
            if change.verb == "audience":
                return self._audience(slug, words)
            return self._changed_since(slug, change.value, words)
        except NoAppError as problem:
            return self._unchanged(slug, words, f"{problem.message} {problem.hint}".strip())

    # --------------------------------------------------------------------------------------------------- its length
    def _fitted(self, slug: str, words: str, *, on: bool) -> Composed:
        """Its PDF as one page, where its content allows; or as long as it is again."""
        from workspace.artifact.pointing import parts_of
        from workspace.export.pdf import one_page

        view = self.open(slug)
        if not on and not view.artifact.fit:
            return self._unchanged(slug, words, "It is as long as it is already.")
        made = view.artifact.model_copy(update={"fit": "page" if on else ""})
        if not on:
            return self._new_version(slug, made, words, "Its PDF has as many pages as it needs again.", (0, 0))
        layout, pages = one_page(replace(view, artifact=made))
        if layout is None:
            count = sum(part.kind == "section" for part in parts_of(made))
            message = (
                f"It does not fit on one page: with {count} parts, three side by side and as small as reads well, it"
                f" takes {pages}. Take some out: “remove the last section”."
            )
            return self._unchanged(slug, words, message)
        told = f"Its PDF is one A4 page: {layout.said}. On the screen it stays as it is."
        if made == view.artifact:
            return self._unchanged(slug, words, told)
        return self._new_version(slug, made, words, told, (0, 0))

    # ---------------------------------------------------------------------------------------------------- its past
    def _frozen(self, slug: str, words: str) -> Composed:
        kept = self.freeze(slug)
        message = "Frozen: what it shows now stays at this link as it is, beside the page that lives on."
        return replace(self._unchanged(slug, words, message), url=f"{self.address(slug)}/at/{kept.id}")

    def _restored(self, slug: str, number: int, words: str) -> Composed:
        newest = self.info(slug).version
        if not 1 <= number <= newest:
            held = f"{newest} versions" if newest > 1 else "one version"
            raise NotFound(f"There is no version {number}: it has {held}.")
        said = self.difference(slug, newest, number)
        made = self.restore(slug, number)
        if made.version == newest:
            return self._unchanged(slug, words, f"It is as it was in version {number} already.")
        message = " ".join([f"It is as it was in version {number} again.", *_edits(said)])
        return self._composed(made, words, message, (0, 0))

    def _edited(self, slug: str, words: str) -> Composed:
        """What was done to it since it was made, the newest first."""
        newest = self.info(slug).version
        steps = [self.difference(slug, number - 1, number) for number in range(newest, max(newest - 20, 1), -1)]
        said = _sentences([sentence for step in steps for sentence in step])
        if not said:
            return self._unchanged(slug, words, "Nothing: this is how it was made.")
        more = " The rest is in its history." if len(said) > 2 * MOST_SAID else ""
        message = f"The newest first: {' '.join(said[: 2 * MOST_SAID])}{more}"
        return replace(self._unchanged(slug, words, message), url=f"{self.address(slug)}/history")

    def _changed_since(self, slug: str, since: str, words: str) -> Composed:
        found = self.changes(slug, since)
        message = _said(found, self._clock().tzinfo)
        return replace(self._unchanged(slug, words, message), url=f"{self.address(slug)}/history")

    # ------------------------------------------------------------------------------------------- what it is, for whom
    def _explained(self, slug: str, change: Wording, words: str, touched: Span | None) -> Composed | None:
        """How the figures of a part are worked out; of all parts where none was said. None for what is no part."""
        from workspace.artifact.pointing import find, heading_of, is_heading, lemmas, named, parts_of, queries_of

        view = self.open(slug)
        artifact, called = view.artifact, titles(view.artifact)
        about = change.value or "it"
        found = find(about, artifact, touched)
        if not found and re.fullmatch(_THIS, about, re.IGNORECASE):
            found = tuple(part for part in parts_of(artifact) if part.kind == "section")
        exact = [part for part in found if lemmas(about) == lemmas(heading_of(artifact.blocks[part.start]))]
        found = tuple(exact) or found
        if (
            not exact
            and not named(f"{about} {_ONE.sub('part', about)}")
            and not re.fullmatch(_THIS, about, re.IGNORECASE)
        ):
            return None  # what a word means is asked of the data
        queries = {q.name: q for part in found for q in queries_of(artifact, part.start, part.stop)}
        if found and not queries:
            own = any(not is_heading(artifact.blocks[part.start]) for part in found)
            message = "No figure is behind it: these are a person's own words." if own else "There is no figure in it."
            return self._unchanged(slug, words, message)
        if not queries:
            return None
        said = [_worked_out(query, called.get(query.name, query.question), view) for query in queries.values()]
        more = f" {len(said) - MOST_SAID} more are explained in the same way." if len(said) > MOST_SAID else ""
        end = " Its SQL and receipt are at the foot of the page."
        if len(said) > 1:
            end = " Their SQL and receipts are at the foot of the page."
        elif found[0].kind != "text":
            said += [_shown_by(view, found[0])]
        return self._unchanged(slug, words, " ".join(filter(None, said[:MOST_SAID])) + more + end)

    def _audience(self, slug: str, words: str) -> Composed:
        """Who can open it: whoever reaches the workspace, and who has a link that still opens it."""
        now = self._clock().astimezone(UTC)
        links = [one for one in self.shares(slug) if one.revoked is None and (one.expires is None or one.expires > now)]
        inside = "Whoever can reach this workspace can open it"
        if not links:
            return self._unchanged(slug, words, f"{inside}; nobody else can, since it has no share link.")
        named = [f"“{one.label}”" for one in links if one.label]
        opened = sum(one.openings for one in links)
        open_ = [one for one in links if not one.locked]
        how = "" if open_ else ", and each asks for a password" if len(links) > 1 else ", and it asks for a password"
        what = "a share link" if len(links) == 1 else f"one of {len(links)} share links"
        whom = f" ({', '.join(named[:MOST_SAID])})" if named else ""
        times = f"opened {opened:,} {'time' if opened == 1 else 'times'} so far" if opened else "not opened so far"
        return self._unchanged(slug, words, f"{inside}, and whoever has {what}{whom}{how}: {times}.")

    # --------------------------------------------------------------------------------------------------- its controls
    def _steer(self, slug: str, change: Wording, words: str) -> Composed:
        """A control over the column that is meant, or the choice between those that may be."""
        artifact, offered = self.load(slug), self.candidates(slug)
        for param in artifact.params:
            if change.value and change.value.lower() in (param.label.lower(), param.name.lower()):
                return self._unchanged(slug, words, f"There is a control for {param.label or param.name} already.")
        found = meant(change.value, offered)
        if not found and not change.explicit:
            made = self._narrowed(slug, artifact, change.value, offered, words)
            if made is not None:
                return made
        if not found and change.value:
            could = "; ".join(one.label for one in offered[:MOST_OFFERED])
            hint = f"It can be chosen by: {could}." if could else ""
            nothing = f"Nothing that it shows can be chosen by “{change.value}”."
            raise ArtifactInvalid(self._unfit(artifact, change.value) or nothing, hint=hint)
        if not found:
            raise ArtifactInvalid("Nothing that it shows can be chosen by a column.")
        if len(found) > 1:
            offers = tuple(
                Offer(f"{one.label} ({one.place})", {"do": "edit", "slug": slug, "touched": None, "target": None,
                                                     "wording": replace(change, value=one.column).to_dict()})
                for one in found[:MOST_OFFERED]
            )  # fmt: skip
            return replace(self._unchanged(slug, words, "By what is it to be chosen?"), offers=offers)
        made, one = self.add_param(slug, found[0].column), found[0]
        others = [f"“{title}”" for name, title in titles(artifact).items() if name not in one.queries]
        rest = f" {' and '.join(others)} {'do' if len(others) > 1 else 'does'} not follow it." if others else ""
        return self._composed(made, words, f"Readers can set “{one.label}” on the page now.{rest}", (0, 0))

    def _unfit(self, artifact: Artifact, said: str) -> str:
        """Why the column that words mean cannot be chosen by; "" where they mean none."""
        from workspace.artifact.parametrize import parametrize
        from workspace.artifact.steer import refused

        for source in dict.fromkeys(query.source for query in artifact.queries):
            for one in meant(said, refused(artifact, self.catalog(source)))[:1]:
                try:
                    parametrize(artifact, (), one.column, self.catalog(source))
                except ArtifactInvalid as fault:
                    return fault.message
        return ""

    def _narrowed(
        self, slug: str, artifact: Artifact, said: str, offered: Sequence[Candidate], words: str
    ) -> Composed | None:
        """ "Filter by country Germany", "filter to 2025": what is said is no column to choose by, but a value."""
        from workspace.artifact.resolve import of_all
        from workspace.artifact.wording import Wording

        column = re.match(r"(?P<column>.+?)\s*(?:=|:|\bis\b|\bequals\b)\s*(?P<value>.+)", said, re.IGNORECASE)
        value = column["value"] if column is not None else said
        first, _, rest = said.partition(" ")
        if column is None and rest and meant(first, offered):
            value = rest
        wording = Wording("refine", value=f"only {value}", sure=False)
        return self._refine(slug, artifact, of_all(artifact), wording.value, words, wording, all_=True)

    def _unsteer(self, slug: str, said: str, words: str) -> Composed | None:
        from workspace.artifact.pointing import lemmas

        params = self.load(slug).params
        if said:
            params = tuple(one for one in params if lemmas(said) <= lemmas(f"{one.label} {one.name}"))
        if not params:
            return None
        if len(params) > 1:
            return self._unchanged(slug, words, f"Which one: {', '.join(one.label or one.name for one in params)}?")
        made = self.drop_param(slug, params[0].name)
        return self._composed(made, words, f"“{params[0].label or params[0].name}” can no longer be set.", (0, 0))


def meant(said: str, offered: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The columns that words may mean, by their own name first, then with that of their table; all for no words.

    Args:
        said: "region", "customer country", "customer.country", "date".
        offered: the columns that could be chosen by, the nearest first.
    """
    from workspace.artifact.format import words
    from workspace.artifact.pointing import lemmas

    if not said:
        return tuple(offered)
    exact = [one for one in offered if one.column.lower() == said.lower()]
    if exact:
        return tuple(exact)
    wanted = lemmas(said)

    def known(one: Candidate) -> frozenset[str]:
        return lemmas(f"{one.label} {words(one.column.partition('.')[2])}")

    tests = (
        lambda one: wanted in (lemmas(one.label), lemmas(words(one.column.partition(".")[2]))),
        lambda one: one.label.lower().startswith("name") and wanted == lemmas(one.place),
        lambda one: wanted <= known(one),
        lambda one: wanted <= known(one) | lemmas(one.place) and bool(wanted & known(one)),
        lambda one: one.type == "daterange" and wanted <= lemmas("date time period day week month quarter year"),
    )
    for test in tests:
        found = tuple(one for one in offered if wanted and test(one))
        if found:
            return found
    return ()


# ------------------------------------------------------------------------------------------------------------ words
def _shown_by(view: View, part: Part) -> str:
    """What stands on the page beside a picture: the sentences of its section as of now."""
    from workspace.artifact.model import Text
    from workspace.artifact.pointing import is_heading, parts_of

    homes = [one for one in parts_of(view.artifact) if one.kind == "section" and one.start <= part.start < one.stop]
    home = homes[0] if homes else part
    texts = [bound for bound in view.blocks[home.start : home.stop] if isinstance(bound.block, Text)]
    return next((bound.plain.strip() for bound in texts if not is_heading(bound.block)), "")


def _worked_out(query: NamedQuery, title: str, view: View) -> str:
    """What a query was understood as, and of how many rows its answer is as of now."""
    told = (query.explanation or f"a query that was written by {query.planner}").rstrip(".")
    result = view.results.get(query.name)
    rows = (
        f", {len(result.rows):,} {'row' if len(result.rows) == 1 else 'rows'} as of now" if result is not None else ""
    )
    return f"“{title}” is: {told[:1].lower()}{told[1:]}, from {query.source}{rows}."


def _said(found: Since, zone: tzinfo | None) -> str:
    """What changed, in sentences: of the page itself, then of what it shows."""
    assert found.then is not None, "a moment of which nothing is known is an error"
    at = found.then.at.astimezone(zone)
    said = [f"Since {at.day} {at:%b %Y, %H:%M}, version {found.then.version}:"]
    said += _edits(found.edits)
    if found.changes is None:
        return " ".join([*said, "It was not opened then, so what it showed is not known."])
    if not found.changes:
        return " ".join([*said, "Nothing that it shows changed."])
    return " ".join([*said, *_figures(found.changes)])


def _edits(said: Sequence[str]) -> list[str]:
    """What was done to the page, each as a sentence; the first few where it was much."""
    more = len(said) - MOST_SAID
    sentences = _sentences(said[:MOST_SAID])
    return [*sentences, f"{more} more changes are in its history."] if more > 0 else sentences


def _sentences(said: Sequence[str]) -> list[str]:
    return [f"{sentence[:1].upper()}{sentence[1:]}." for sentence in said]


def _figures(changes: Changes) -> list[str]:
    from workspace.artifact.since import summary

    much = summary(changes)
    said = [f"{much[:1].upper()}{much[1:]} changed."]
    large = [change for change in changes.figures if change.place]
    said += [f"{one.place} was {one.before} and is {one.after}." for one in large[:MOST_SAID]]
    for table in changes.tables[:MOST_SAID]:
        counts = [f"{count:,} {kind}" for kind in ("new", "gone", "changed") if (count := table.count(kind))]
        said.append(f"“{table.title}”: {', '.join(counts)}.")
    return said
