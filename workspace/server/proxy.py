"""What stands in front of the server: which proxies are believed, and what their readers have that they do not say.

The server itself speaks http. uvicorn takes from proxies that are trusted how a reader came (`X-Forwarded-Proto`) and
from where (`X-Forwarded-For`); the name they asked for is in ``Host``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

TRUSTED = "FORWARDED_ALLOW_IPS"  # uvicorn's own variable
# This machine, where nothing is said of it: as IPv4, as IPv6, and as IPv4 on a socket of IPv6.
OWN = "127.0.0.0/8,::1,::ffff:127.0.0.0/104"


class Https:
    """Over https, cookies are kept to https; what came under the public address came as that says.

    A proxy on another machine is not believed, one behind another may say that it was reached by http, and many say
    nothing. That people come by https is known where the operator said so.

    Args:
        public: the address under which people reach the server, "" where that is not known.
    """

    def __init__(self, app: ASGIApp, public: str) -> None:
        parts = urlsplit(public)
        self.app = app
        self.hosts = (parts.netloc, f"{parts.netloc}:443") if parts.scheme == "https" else ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        if Headers(scope=scope).get("host", "").lower() in self.hosts:
            scope["scheme"] = "https" if scope["type"] == "http" else "wss"

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [(name, _kept(name, value)) for name, value in message.get("headers", ())]
            await send(message)

        await self.app(scope, receive, secured if scope["scheme"] == "https" else send)


def _kept(name: bytes, value: bytes) -> bytes:
    """The value of a header; of a cookie, one that browsers do not send over http."""
    if name.lower() != b"set-cookie" or b"secure" in (part.strip().lower() for part in value.split(b";")[1:]):
        return value
    return value + b"; Secure"
