"""Where something is sent: the feed of the workspace, a webhook, or a mail address.

The operator chooses the places, nobody else: on the command line, or by ``NOAPP_SEND_TO``, out of which people pick in
the chat and on the pages. An address that is private to this machine or its network (``http://127.0.0.1:9000/hook``)
is one that the operator has to have written as such, or, where it is a name, with ``private:`` before it; what a name
turns out to mean when something is sent is checked then (`workspace.delivery.webhook`).
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from workspace.errors import ScheduleInvalid

Kind = Literal["feed", "webhook", "mail"]
PRIVATE = "private:"
VARIABLE = "NOAPP_SEND_TO"
_MAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
_HINT = "Write feed, https://HOST/PATH, or mailto:NAME@HOST."


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is sent.

    Args:
        kind: how.
        address: the URL or the mail address, "" for the feed.
        private: may it be an address of this machine or its network?
    """

    kind: Kind
    address: str = ""
    private: bool = False

    @property
    def text(self) -> str:
        """It as `place_of` reads it."""
        if self.kind == "webhook":
            return (PRIVATE if self.private else "") + self.address
        return f"mailto:{self.address}" if self.kind == "mail" else "feed"

    @property
    def shown(self) -> str:
        """It for people: of a webhook no more than its host, because the rest often is its password."""
        if self.kind == "webhook":
            parts = urlsplit(self.address)
            rest = "/…" if len(parts.path) > 1 or parts.query else ""
            return f"{parts.scheme}://{parts.netloc}{rest}"
        return self.address or "the feed"


FEED = Place("feed")


def place_of(text: str) -> Place:
    """A place from how it is written.

    Args:
        text: ``feed``, a URL, ``mailto:ADDRESS`` or an address.

    Raises:
        ScheduleInvalid: it is none.

    Example:
        >>> place_of("mailto:ops@example.org").kind, place_of("http://127.0.0.1:9000/hook").private
        ('mail', True)
        >>> place_of("https://hooks.example.org/T0/secret").shown
        'https://hooks.example.org/…'
    """
    given = text.strip()
    if given.lower() == "feed":
        return FEED
    private = given.startswith(PRIVATE)
    address = given.removeprefix(PRIVATE)
    if re.match(r"https?://", address, re.IGNORECASE):
        return _webhook(address, private)
    address = re.sub(r"\Amailto:", "", address, flags=re.IGNORECASE)
    if private or len(address) > 254 or not _MAIL.fullmatch(address):
        raise ScheduleInvalid(f"{_short(given)!r} is no place to send to.", hint=_HINT)
    return Place("mail", address)


def offered(environment: Mapping[str, str] = os.environ) -> tuple[Place, ...]:
    """The places that people may choose: the feed, and those of ``NOAPP_SEND_TO``.

    Args:
        environment: where the operator says so, the places apart by spaces.

    Raises:
        ScheduleInvalid: one of them is none.
    """
    try:
        given = [place_of(text) for text in environment.get(VARIABLE, "").split()]
    except ScheduleInvalid as problem:
        raise ScheduleInvalid(f"{VARIABLE}: {problem.message}", hint=problem.hint) from None
    return tuple(dict.fromkeys((FEED, *given)))


def is_private(address: str) -> bool:
    """Is it the address of a machine that the world cannot reach, or of nothing at all?

    Example:
        >>> is_private("127.0.0.1"), is_private("10.1.2.3"), is_private("::ffff:169.254.169.254"), is_private("1.1.1.1")
        (True, True, True, False)
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    if inner is not None and (inner.is_private or not inner.is_global):
        return True
    return not found.is_global or found.is_multicast


def _webhook(address: str, private: bool) -> Place:
    if len(address) > 2000 or re.search(r"[\x00-\x20\x7f\\]", address) or not address.isascii():
        raise ScheduleInvalid("That URL has letters in it that no URL has.", hint=_HINT)
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
        parts = None
    if parts is None or not host or port == 0:
        raise ScheduleInvalid(f"{_short(address)!r} is no URL.", hint=_HINT)
    if parts.username or parts.password or "@" in parts.netloc:
        raise ScheduleInvalid("A webhook has no name and password in its URL.", hint="Put a token into its path.")
    if parts.fragment:
        raise ScheduleInvalid("A webhook has no fragment in its URL.", hint="Leave out what comes after #.")
    return Place("webhook", address, private or _written_private(host))


def _written_private(host: str) -> bool:
    """Does the URL itself say that it is about this machine or its network?"""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return is_private(host)
    except ValueError:
        return False


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
