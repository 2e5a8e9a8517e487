"""A message as JSON to a URL, signed as Standard Webhooks describes.

No redirect is followed and no proxy asked. The name is looked up once, what it means is checked, and that very address
is connected to: a name that means another machine a moment later leads nowhere.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import os
import socket
import ssl
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from workspace.delivery.place import PRIVATE, Place, is_private
from workspace.errors import DeliveryFailed

SECRET = "NOAPP_WEBHOOK_SECRET"
TIMEOUT = 10.0  # seconds for connecting, and for each answer


def post(place: Place, message: Mapping[str, Any], identifier: str, at: datetime, secret: str | None = None) -> None:
    """Send a message to a webhook.

    Args:
        place: where to.
        message: becomes the body.
        identifier: of the delivery; the same at every try, for the receiver to know it again.
        at: the time, with its zone.
        secret: what the signature is made with; that of ``NOAPP_WEBHOOK_SECRET`` by default, "" for none.

    Raises:
        DeliveryFailed: why it was not taken.
    """
    body = json.dumps(message, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
    parts = urlsplit(place.address)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    key = os.environ.get(SECRET, "") if secret is None else secret
    connection = _connection(place)
    try:
        connection.request("POST", target, body, _headers(body, identifier, at, key))
        status = connection.getresponse().status
    except (TimeoutError, socket.timeout):  # noqa: UP041
        raise DeliveryFailed(f"{place.shown} did not answer within {TIMEOUT:g} seconds.") from None
    except ssl.SSLError as problem:
        reason = getattr(problem, "verify_message", "") or problem.reason or "no reason was given"
        raise DeliveryFailed(f"{place.shown} could not prove who it is ({reason}).") from None
    except (OSError, http.client.HTTPException, ValueError) as problem:
        raise DeliveryFailed(f"{place.shown} could not be reached ({_reason(problem)}).") from None
    finally:
        connection.close()
    if 300 <= status < 400:
        raise DeliveryFailed(f"{place.shown} led elsewhere ({status}), which is not followed.")
    if not 200 <= status < 300:
        raise DeliveryFailed(
            f"{place.shown} answered with {status} {http.client.responses.get(status, '')}".strip() + "."
        )


def signature(body: bytes, identifier: str, stamp: str, secret: str) -> str:
    """The signature of a body: ``v1,`` and base64 of the HMAC-SHA256 of id, time and body, dots between them.

    Args:
        secret: as it is, or ``whsec_`` and base64.

    Example:
        >>> signature(b'{"test": 2432232314}', "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330",
        ...           "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    key = secret.encode()
    if secret.startswith("whsec_"):
        try:
            key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except ValueError:
            raise DeliveryFailed(f"{SECRET} begins with whsec_ and goes on with what is no base64.") from None
    signed = b".".join((identifier.encode(), stamp.encode(), body))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _headers(body: bytes, identifier: str, at: datetime, secret: str) -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "noapp-workspace",
        "Idempotency-Key": identifier,
        "Webhook-Id": identifier,
        "Webhook-Timestamp": stamp,
    }
    return headers | ({"Webhook-Signature": signature(body, identifier, stamp, secret)} if secret else {})


def _connection(place: Place) -> http.client.HTTPConnection:
    parts = urlsplit(place.address)
    secure, host = parts.scheme.lower() == "https", parts.hostname or ""
    port = parts.port or (443 if secure else 80)
    made = (
        http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=ssl.create_default_context())
        if secure
        else http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    )
    sock = _connected(place, host, port)
    if isinstance(made, http.client.HTTPSConnection):
        try:
            sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
        except ssl.SSLError as problem:
            sock.close()
            reason = getattr(problem, "verify_message", "") or problem.reason or "no reason was given"
            raise DeliveryFailed(f"{place.shown} could not prove who it is ({reason}).") from None
        except OSError as problem:
            sock.close()
            raise DeliveryFailed(f"{place.shown} could not be reached ({_reason(problem)}).") from None
    made.sock = sock
    return made


def _connected(place: Place, host: str, port: int) -> socket.socket:
    """A connection to an address of that host, which it may be."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise DeliveryFailed(f"{place.shown} has no address: its name is not known.") from None
    allowed = [entry for entry in found if place.private or not is_private(str(entry[4][0]))]
    if not allowed:
        raise DeliveryFailed(
            f"{place.shown} is an address within this network, which nobody allowed.",
            hint=f"Whoever runs the workspace allows it by writing {PRIVATE} before the URL.",
        )
    problem: OSError | None = None
    for family, kind, protocol, _, address in allowed:
        sock = socket.socket(family, kind, protocol)
        sock.settimeout(TIMEOUT)
        try:
            sock.connect(address)
            return sock
        except OSError as fault:
            sock.close()
            problem = fault
    if isinstance(problem, TimeoutError):
        raise DeliveryFailed(f"{place.shown} did not answer within {TIMEOUT:g} seconds.")
    raise DeliveryFailed(f"{place.shown} could not be reached ({_reason(problem)}).")


def _reason(problem: BaseException | None) -> str:
    text = getattr(problem, "strerror", None) or type(problem).__name__
    return str(text).lower() if isinstance(problem, OSError) and getattr(problem, "strerror", None) else str(text)
