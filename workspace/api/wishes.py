"""What people ask for in words about sending: made a schedule, found again, paused, ended, listed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workspace.agent.reply import Answer, Reply, Said, Told
from workspace.api.scheduling import Scheduling
from workspace.api.ticking import in_words
from workspace.artifact.watching import is_this, named, of_the_page
from workspace.errors import NoAppError, ScheduleInvalid
from workspace.question.threshold import Threshold
from workspace.question.tokens import tokenize
from workspace.question.wish import Wish, wish_in

if TYPE_CHECKING:
    from workspace.store.records import ArtifactInfo, ScheduleInfo

DONE = {"stop": "is not sent any more", "pause": "is not sent until you resume it", "resume": "is sent again"}


class Wishes(Scheduling):
    """The part of a `Workspace` that does what was said about sending."""

    if TYPE_CHECKING:

        def pin(self, message_id: str, title: str | None = None) -> ArtifactInfo: ...
        def pinned(self, message_id: str) -> ArtifactInfo | None: ...
        def pin_answer(self, answer: Answer, title: str | None = None, *, origin: str = "") -> ArtifactInfo: ...

    def wish(
        self, wish: Wish | str, *, source: str, slug: str | None = None, message: str = "", words: str = ""
    ) -> Reply:
        """Do what a person asked for; they choose out of the places that the operator offers.

        Args:
            wish: what is asked for, or the words.
            source: that is asked where it is about no page.
            slug: of the page that "this" means, None for none.
            message: of the answer that it means instead, which is pinned where something of it is to be sent.
            words: what the person said.

        Returns:
            what was done, or why it could not be, in a sentence.
        """
        read = wish_in(wish) if isinstance(wish, str) else wish
        if read is None:
            return Said("That does not say what is to be sent, and when.")
        try:
            if read.act == "list":
                return self._list(words)
            if read.act in DONE:
                known = self.pinned(message) if message else None
                return self._again(read, known.slug if known is not None else slug)
            if read.name:
                raise ScheduleInvalid(
                    f"“{read.name}” is no address.", hint="Say “to me”, or an address that things are sent to here."
                )
            return self._wished(read, source, slug, message)
        except NoAppError as problem:
            return Said(str(problem))

    def _names_figure(self, threshold: Threshold, message: str) -> bool:
        """Do the words of a condition name a figure of an answer, or the answer as a whole?"""
        answer = self._reply(self._talk.stored(message))
        if not isinstance(answer, Answer):
            return False
        if of_the_page(threshold):
            return True
        return named(threshold, answer.view, self.catalog(answer.view.artifact.queries[0].source)) is not None

    # ------------------------------------------------------------------------------------------------------- parts
    def _wished(self, wish: Wish, source: str, slug: str | None, message: str) -> Reply:
        to = wish.to or ("feed",)
        self._places(to, operator=False)
        if wish.act == "watch" and wish.threshold is not None:
            if slug is None and message and self._names_figure(wish.threshold, message):
                slug = self.pin(message).slug
            page = self._watched_page(wish.threshold, source, slug)
        elif wish.of:
            answer = self._walk(wish.of, source)
            if not isinstance(answer, Answer):
                raise ScheduleInvalid(f"“{wish.of}” cannot be sent: {answer.text}")
            page = self.pin_answer(answer).slug
        elif slug is not None or message:
            page = slug or self.pin(message).slug
        else:
            raise ScheduleInvalid("There is no answer yet that this could mean.", hint="Ask something first.")
        made = self.schedule(page, wish.recurrence, condition=wish.threshold, to=to)
        return Said(made.said, url=self.address(page))

    def _watched_page(self, threshold: Threshold, source: str, slug: str | None) -> str:
        """The page that is sent when something comes true: the one in focus where it is its figure, else its own."""
        if slug is not None and self._on_page(threshold, slug) is not None:
            return slug
        if is_this(threshold):
            raise ScheduleInvalid("There is no figure yet that this could mean.", hint="Ask for it first, or name it.")
        found = self.condition(threshold, None, source)
        assert found.answer is not None, "a figure that is none of a page is of an answer"
        return self.pin_answer(found.answer).slug

    def _again(self, wish: Wish, slug: str | None) -> Reply:
        """Stop, pause or resume what is meant: of the page in focus, of the page that is named, or the only one."""
        every = [info for info in self.schedules() if not info.ended]
        meant = [info for info in every if _named(wish.of, info)] if wish.of else []
        meant = meant or ([] if wish.of else [info for info in every if info.slug == slug])
        if not meant and not wish.of and len(every) == 1:
            meant = every
        if not meant:
            listed = f" What is sent: {_titles(every)}." if every else " Nothing is."
            what = f"“{wish.of}”" if wish.of else "this"
            return Said(f"Nothing is sent of {what}.{listed}")
        for info in meant:
            if wish.act == "stop":
                self.unschedule(info.id)
            else:
                self.pause(info.id, paused=wish.act == "pause")
        times = "; ".join(dict.fromkeys(in_words(info) for info in meant))
        return Said(f"{_titles(meant)} {DONE[wish.act]}: {times}.")

    def _list(self, words: str) -> Reply:
        from workspace.delivery.place import place_of

        found = self.schedules()
        if not found:
            return Told(words, "Nothing is sent yet.", suggestions=())
        rows = tuple(
            (
                info.title, in_words(info), " and ".join(place_of(text).shown for text in info.places),
                self.written(info.due) if info.state == "active" else info.reason or info.state,
                self.standing(info),
            )
            for info in found
        )  # fmt: skip
        count = "One thing is sent" if len(rows) == 1 else f"{len(rows):,} things are sent"
        return Told(words, f"{count} from here.", ("What", "When", "To", "Next", "Last"), rows)


def _named(words: str, info: ScheduleInfo) -> bool:
    """Are all words that tell among those of the page's title, label or condition?"""
    condition = str((info.condition or {}).get("words", ""))
    known = {token.lemma for text in (info.title, info.label, condition, info.id) for token in tokenize(text)}
    wanted = {token.lemma for token in tokenize(words)} - {"the", "a", "of", "about", "when", "me", "to"}
    return bool(wanted) and wanted <= known


def _titles(infos: Sequence[ScheduleInfo]) -> str:
    from workspace.artifact.phrase import join

    return join([f"“{title}”" for title in dict.fromkeys(info.title for info in infos)])
