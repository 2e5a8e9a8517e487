"""What is said of a document as a whole: freeze it, copy it, bring a version back, what changed, a control for it."""

from __future__ import annotations

from dataclasses import replace
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
    from workspace.artifact.since import Changes
    from workspace.artifact.steer import Candidate
    from workspace.artifact.wording import Wording

MOST_OFFERED = 8  # columns that are offered, as many as a reply shows
MOST_SAID = 4  # figures of which it is said what they were and are


class Whole(Editing, Parameters, Past):
    """The part of a `Workspace` that does to a document as a whole what somebody says."""

    def _of_all(self, slug: str, change: Wording, words: str) -> Composed | None:
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
            return self._changed_since(slug, change.value, words)
        except NoAppError as problem:
            return self._unchanged(slug, words, f"{problem.message} {problem.hint}".strip())

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

    def _changed_since(self, slug: str, since: str, words: str) -> Composed:
        found = self.changes(slug, since)
        message = _said(found, self._clock().tzinfo)
        return replace(self._unchanged(slug, words, message), url=f"{self.address(slug)}/history")

    # --------------------------------------------------------------------------------------------------- its controls
    def _steer(self, slug: str, change: Wording, words: str) -> Composed:
        """A control over the column that is meant, or the choice between those that may be."""
        artifact, offered = self.load(slug), self.candidates(slug)
        for param in artifact.params:
            if change.value and change.value.lower() in (param.label.lower(), param.name.lower()):
                return self._unchanged(slug, words, f"There is a control for {param.label or param.name} already.")
        found = meant(change.value, offered)
        if not found and change.value:
            could = "; ".join(one.label for one in offered[:MOST_OFFERED])
            hint = f"It can be chosen by: {could}." if could else ""
            raise ArtifactInvalid(f"Nothing that it shows can be chosen by “{change.value}”.", hint=hint)
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
    sentences = [f"{sentence[:1].upper()}{sentence[1:]}." for sentence in said[:MOST_SAID]]
    return [*sentences, f"{more} more changes are in its history."] if more > 0 else sentences


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
