"""Under which names the server answers: those it is reached by, and none that somebody else may point at it.

There is no sign-in, so a web page of a stranger must not be able to read the workspace. A browser lets it, where the
name of the stranger is made to mean this machine (DNS rebinding): the request then comes from here, with that name in
its ``Host``. An address in figures is no name that anybody could point elsewhere.

Starlette's own middleware for this knows names only, and says no more than "Invalid host header".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse

from workspace.errors import ServeError
from workspace.store.address import host_name

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

REFUSED = "This server does not answer under that name: its operator can allow it with --allow-host NAME.\n"
_HEADER = re.compile(r"(?P<name>[a-z0-9_.-]{1,253})(:[0-9]{0,5})?|\[(?P<six>[0-9a-f:.]{2,45})\](:[0-9]{0,5})?")


@dataclass(frozen=True, slots=True)
class Hosts:
    """Which values of ``Host`` are answered; this machine's own, from this machine, are always.

    Args:
        names: lower case, "*.example.org" for every name below that one.
        figures: whether every address in figures is; otherwise only those of this machine, such as 127.0.0.1.
    """

    names: frozenset[str] = frozenset()
    figures: bool = False

    def answers(self, host: str) -> bool:
        """Is a request with this ``Host`` answered? The port says nothing of who sent it.

        Example:
            >>> hosts = Hosts(frozenset({"*.example.org"}))
            >>> [hosts.answers(h) for h in ("localhost:8501", "[::1]", "a.example.org", "evil.example", "10.0.0.7")]
            [True, True, True, False, False]
        """
        match = _HEADER.fullmatch(host.lower())
        if match is None:
            return False
        name = (match["six"] or match["name"]).removesuffix(".")
        if (address := _address(name)) is not None:
            return self.figures or address.is_loopback or str(address) in self.names
        below = (f"*{name[place:]}" for place, letter in enumerate(name) if letter == ".")
        return name in ("localhost", *self.names) or any(pattern in self.names for pattern in below)


def hosts(listening: str, allowed: Iterable[str] = (), machine: str = "") -> Hosts:
    """What a server answers to that listens at an address.

    Args:
        listening: as `noapp serve --host` takes it.
        allowed: further names, such as those under which a proxy shows it to the world.
        machine: the name of this machine; counts where others are listened to.

    Raises:
        ServeError: one of them is no name of a host.
    """
    names = {_named(name) for name in allowed}
    own = listening.strip("[]").lower()
    address = _address(own)
    local = own == "localhost" or (address is not None and address.is_loopback)
    if not local:
        machine = machine.lower().removesuffix(".")
        short = machine.partition(".")[0]
        found = (own if address is None else "", machine, short, f"{short}.local" if short else "")
        names |= {host_name(name) for name in found} - {""}
    return Hosts(frozenset(names), figures=not local)


def said(answered: Hosts) -> str:
    """What is printed of it where others than this machine are answered, "" where none are."""
    names = ", ".join(sorted(answered.names))
    if not answered.figures:
        return f"Also answers as {names}." if names else ""
    return (
        f"Answers as localhost, any IP address{', ' if names else ''}{names}; allow other names with --allow-host NAME."
    )


class Named:
    """Refuses what was sent to a name that is not ours: pages, files, WebSockets, whatever answers below."""

    def __init__(self, app: ASGIApp, hosts: Hosts) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            given = Headers(scope=scope).getlist("host")
            if len(given) != 1 or not self.hosts.answers(given[0]):
                headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
                await PlainTextResponse(REFUSED, 421, headers)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _named(text: str) -> str:
    name = text.strip()
    below = "*." if name.startswith("*.") else ""
    found = host_name(name.removeprefix(below))
    if not found or (below and _address(found) is not None):
        raise ServeError(
            f"{text[:100]!r} is no name of a host.", hint="Write it as pages.example.org, without a scheme or a port."
        )
    return below + found


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
