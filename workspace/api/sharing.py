"""The verbs of sharing: a link to one artifact for readers who have nothing else of the workspace."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from workspace.api.past import Past, Since
from workspace.artifact import settings
from workspace.artifact.model import PENDING, Artifact, Problem, View
from workspace.artifact.since import mark
from workspace.errors import NoAppError, ShareInvalid
from workspace.store.records import ShareInfo

log = logging.getLogger(__name__)
CLOSED = ("text",)  # types of parameters that a share's readers may not set
UNLOCKED = timedelta(hours=12)  # a password holds so long in a browser
LONGEST = timedelta(days=3653)
# An origin that may show a share in a frame; strict, because it becomes part of a header.
_ORIGIN = re.compile(r"https?://(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[0-9]{1,5})?")
_SPANS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


@dataclass(frozen=True, slots=True)
class Shared:
    """A share just made: what is known of it, and its ``url``, which is shown this once."""

    info: ShareInfo
    url: str


def until(text: str, now: datetime) -> datetime:
    """When a share ends, from what a person wrote.

    Args:
        text: "12h", "7d", "2w", or a date, whose day still counts.
        now: the time, with its zone.

    Raises:
        ShareInvalid: it cannot be read, is past, or more than ten years away.

    Example:
        >>> from datetime import UTC
        >>> until("7d", datetime(2026, 11, 3, 14, tzinfo=UTC)).isoformat()
        '2026-11-10T14:00:00+00:00'
    """
    match = re.fullmatch(r"([0-9]{1,5}) ?([hdw])", text.strip().lower())
    try:
        if match:
            end = now + int(match[1]) * _SPANS[match[2]]
        else:
            end = datetime.combine(date.fromisoformat(text.strip()), time.max, now.tzinfo)
    except (ValueError, OverflowError):
        raise ShareInvalid(
            f"{text!r} is no time for a link to end.", hint="Write 12h, 7d, 2w, or a date such as 2026-12-24."
        ) from None
    if end <= now or end > now + LONGEST:
        raise ShareInvalid(
            f"A link cannot end {'in the past' if end <= now else 'more than ten years from now'}.",
            hint="Write 12h, 7d, 2w, or a date to come.",
        )
    return end


class Sharing(Past):
    """The part of a `Workspace` that gives artifacts to readers outside it."""

    _clock: Callable[[], datetime]

    if TYPE_CHECKING:
        url: str

        def state(self, slug: str, version: int | None = None) -> str: ...

    # --------------------------------------------------------------------------------------------------- shares
    def share(
        self,
        slug: str,
        *,
        frozen: bool = False,
        expires: str | datetime | None = None,
        password: str = "",
        downloads: bool = False,
        embed: Sequence[str] = (),
        label: str = "",
    ) -> Shared:
        """A new link to one artifact, for readers who have nothing else of the workspace.

        Args:
            slug: of the artifact.
            frozen: show the figures of now for ever, dated; otherwise they are of each opening.
            expires: when it ends: a time with its zone, or as in `until`; None for never.
            password: that its readers have to give, "" for none.
            downloads: whether files may be downloaded; they hold the SQL too, and the page then shows it.
            embed: origins ("https://example.org") whose pages may show it in a frame.
            label: a note for the owner's list, such as whom it is for.

        Raises:
            NotFound: no such artifact.
            ShareInvalid: these terms cannot be.
        """
        from workspace.store import shares

        now = self._clock()
        end = until(expires, now) if isinstance(expires, str) else expires
        origins = _origins(embed)
        _check_password(password, origins)
        taken = self.freeze(slug).id if frozen else ""
        info, token = shares.create(
            self.store, slug, snapshot=taken, label=" ".join(label.split())[:100], password=password,
            downloads=downloads, embed=origins, expires=end, at=now,
        )  # fmt: skip
        return Shared(info, f"{self.url}/s/{token}")

    def shares(self, slug: str | None = None) -> list[ShareInfo]:
        """All links, or those to one artifact, newest first; revoked and ended ones too."""
        from workspace.store import shares

        return shares.listed(self.store, slug)

    def revoke(self, identifier: str) -> ShareInfo:
        """Take a link back; from then on it opens what a link opens that never was. Raises `NotFound`."""
        from workspace.store import shares

        return shares.revoke(self.store, identifier)

    # ---------------------------------------------------------------------------------------------- for readers
    def share_of(self, token: str) -> ShareInfo:
        """The share that a token opens; raises `NotFound`, `ShareEnded`."""
        from workspace.store import shares

        return shares.find(self.store, token, self._clock())

    def share_state(self, share: ShareInfo) -> str:
        """A short text that changes when the page of a share would."""
        if share.snapshot:
            return share.snapshot
        try:
            return self.state(share.slug)
        except NoAppError as problem:
            return problem.code

    def share_artifact(self, share: ShareInfo) -> Artifact:
        """The artifact that a share shows, in its newest version or as it was frozen."""
        return self._snapshot(share.snapshot).artifact if share.snapshot else self.load(share.slug)

    def share_given(self, share: ShareInfo, items: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Those parts of an address that set parameters which a share's readers may set: no words to search for.

        A value that is offered is all they can ask about; what else they could type would be a query of their own.
        """
        if share.snapshot:
            return ()
        artifact = self.load(share.slug)
        free = {param.name for param in artifact.params if param.type in CLOSED}
        return settings.given(artifact, [(name, text) for name, text in items if name not in free])

    def share_view(
        self, share: ShareInfo, given: Iterable[tuple[str, str]] = (), wait: float | None = None
    ) -> tuple[View, str]:
        """What a share shows, and its mark: no version, no address, and of what went wrong only that it did.

        Args:
            share: from `share_of`.
            given: from `share_given`.
            wait: as in `Library.open`.
        """
        view = self._snapshot(share.snapshot) if share.snapshot else self.open(share.slug, None, given, wait)
        shown = mark(view) if share.snapshot else self.note(view, share.created)
        said = [*view.problems.values(), *(bound.problem for bound in view.blocks if bound.problem is not None)]
        hidden = {
            problem: problem if problem.code == PENDING else Problem(f"hidden_{place}", "")
            for place, problem in enumerate(dict.fromkeys(said))
        }
        problems = {name: hidden[problem] for name, problem in view.problems.items()}
        blocks = tuple(replace(b, problem=hidden[b.problem]) if b.problem is not None else b for b in view.blocks)
        return replace(view, slug="", version=0, problems=problems, blocks=blocks), shown

    def share_since(self, share: ShareInfo, seen: str) -> Since:
        """What changed since a reader saw a share: only for who knows the mark of it, and has it from this share.

        What was changed of the page is not said: its versions are the owner's.
        """
        if share.snapshot:
            return Since(None, None)
        found = self.since(self.open(share.slug), seen)
        if found.then is None or found.then.at < share.created.replace(microsecond=0):
            return Since(None, None)
        return Since(found.then, found.changes)

    def unlock(self, share: ShareInfo, password: str, address: str = "") -> str:
        """The proof that a reader gave the password of a share, "" when it is another one.

        Args:
            share: from `share_of`.
            password: as they typed it.
            address: where they are, as the network says it; "" where that is not known.

        Raises:
            ShareLocked: there were too many wrong ones.
        """
        from workspace.store import shares
        from workspace.store.passwords import proof

        now = self._clock()
        if not shares.try_password(self.store, share.id, password, now, address):
            return ""
        return proof(share.key, share.id, int((now + UNLOCKED).timestamp()))

    def unlocked(self, share: ShareInfo, given: str) -> bool:
        """May a reader with this proof see the share?"""
        from workspace.store.passwords import proves

        return not share.locked or proves(given, share.key, share.id, self._clock().timestamp())

    def count_opening(self, share: ShareInfo) -> None:
        """Count that somebody opened a share; a store that cannot be written is no reason not to show it."""
        from workspace.store import shares

        try:
            shares.opened(self.store, share.id)
        except NoAppError:
            log.warning("An opening of a share could not be counted", exc_info=True)


def _origins(embed: Sequence[str]) -> tuple[str, ...]:
    found = []
    for given in embed:
        origin = given.strip().rstrip("/").lower()
        if not _ORIGIN.fullmatch(origin) or len(origin) > 200:
            raise ShareInvalid(
                f"{given!r} is no origin whose pages could show a share.", hint="Write it as https://example.org."
            )
        found.append(origin)
    return tuple(dict.fromkeys(found))


def _check_password(password: str, embed: Sequence[str]) -> None:
    from workspace.store.passwords import LONGEST as most
    from workspace.store.passwords import SHORTEST as least

    if password and not least <= len(password) <= most:
        raise ShareInvalid(
            f"A password has {least} to {most} characters.", hint="Take three or four words, for instance."
        )
    if password and embed:
        raise ShareInvalid(
            "A share with a password cannot be shown in a frame: browsers keep its proof from pages of others.",
            hint="Leave out the password, or where it may be shown.",
        )
