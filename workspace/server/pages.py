"""The pages at `/a/…`: rendered by the faces, kept until what they show changes, complete without JavaScript.

A request costs the check of the artifact's state and a look-up. The work of a page (queries, rendering, compression) is
done in a thread, once, whatever the number of people waiting for it.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.utils import formatdate, parsedate_to_datetime
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from workspace.errors import NoAppError, NotFound
from workspace.server import chrome

if TYPE_CHECKING:
    from workspace.api import Workspace

KEPT = 256  # rendered pages
LARGEST_KEPT = 2_000_000  # bytes; a larger file is made anew for whoever asks
HTML = "text/html; charset=utf-8"
COMPRESSIBLE = ("text/", "application/json")  # Office files, PDF and zip are compressed already
SMALLEST_COMPRESSED = 500  # bytes; below it a compressed body saves no packet

_ADDRESS = re.compile(
    r"(?P<slug>[a-z0-9][a-z0-9-]*)(?:@(?P<version>[1-9][0-9]{0,8}))?(?:/(?P<face>[a-z]+)|\.(?P<extension>[a-z]+))?/?"
)


@dataclass(frozen=True, slots=True)
class Place:
    """What an address below `/a/` asks for: a face, an export or the history of an artifact or of one version of it."""

    slug: str
    version: int | None = None
    face: str = ""
    extension: str = ""


def place(rest: str) -> Place | None:
    """The place that the part of an address after `/a/` names, None when it names none.

    Example:
        >>> place("sales@3/table")
        Place(slug='sales', version=3, face='table', extension='')
    """
    match = _ADDRESS.fullmatch(rest)
    if match is None:
        return None
    version = match["version"]
    return Place(match["slug"], int(version) if version else None, match["face"] or "", match["extension"] or "")


@dataclass(frozen=True, slots=True)
class Body:
    """A page as it is sent, and the state of the artifact that it shows."""

    state: str
    plain: bytes
    packed: bytes
    headers: dict[str, str]
    made: float


class Pages:
    """Serves `/a/…` of one workspace.

    Args:
        workspace: whose artifacts are served.
        clock: seconds since the epoch.
    """

    def __init__(self, workspace: Workspace, clock: Callable[[], float] = time.time) -> None:
        self.workspace = workspace
        self.clock = clock
        self._kept: OrderedDict[Place, Body] = OrderedDict()
        self._making: dict[tuple[Place, str], asyncio.Future[Body]] = {}

    async def answer(self, request: Request) -> Response:
        """Answer one request for `/a/{rest}`."""
        wanted = place(request.path_params["rest"])
        try:
            if wanted is None:
                raise NotFound(
                    "There is no page at this address.", hint="Check the link, or look for it in the library."
                )
            body = await self._body(wanted)
        except NoAppError as problem:
            return chrome.problem(problem, request)
        return self._send(request, body)

    async def _body(self, wanted: Place) -> Body:
        # The minute is part of the state, because a page says as of when it is true.
        state = f"{self.workspace.state(wanted.slug, wanted.version)} {int(self.clock()) // 60}"
        kept = self._kept.get(wanted)
        if kept is not None and kept.state == state:
            return kept
        key = (wanted, state)
        making = self._making.get(key)
        if making is None:
            making = asyncio.ensure_future(run_in_threadpool(self._make, wanted, state))
            self._making[key] = making
            making.add_done_callback(lambda _: self._making.pop(key, None))
        # Shielded: one reader who hangs up must not cancel the page for the others.
        body = await asyncio.shield(making)
        if len(body.plain) > LARGEST_KEPT:
            return body
        self._kept[wanted] = body
        self._kept.move_to_end(wanted)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return body

    def _make(self, wanted: Place, state: str) -> Body:
        content, headers, fresh = self._render(wanted)
        mark = hashlib.sha256(content).hexdigest()[:20]
        now = self.clock()
        headers |= {
            "etag": f'"{mark}"',
            "last-modified": formatdate(now, usegmt=True),
            "cache-control": "no-cache",
            "vary": "accept-encoding",
        }
        small = len(content) < SMALLEST_COMPRESSED or not headers["content-type"].startswith(COMPRESSIBLE)
        packed = b"" if small else gzip.compress(content, 6, mtime=0)
        # A page with a part that failed is not kept: what is wrong may pass (a lock) and leave the state as it is.
        return Body(state if fresh else "", content, packed, headers, now)

    def _render(self, wanted: Place) -> tuple[bytes, dict[str, str], bool]:
        """The page, what its headers say, and whether every part of it is fresh."""
        from workspace.export import EXPORTS
        from workspace.faces import FACES, page

        if wanted.face == "history" and wanted.version is None:
            return (*self._history(wanted.slug), True)
        if wanted.face not in ("", *FACES) or wanted.extension not in ("", *EXPORTS):
            raise NotFound("There is no page at this address.", hint="Leave out what comes after its name.")
        view = self.workspace.open(wanted.slug, wanted.version)
        if wanted.extension:
            made = EXPORTS[wanted.extension](view)
            headers = {"content-type": made.media_type, "content-security-policy": "sandbox; " + chrome.policy()}
            if wanted.extension != "json":  # a browser shows JSON well; a page of ours it would show twice
                headers["content-disposition"] = f'attachment; filename="{made.filename}"'
            return made.body, headers | chrome.SECURE, view.fresh
        if wanted.version is not None:  # its links stay with the version
            view = replace(view, slug=f"{view.slug}@{wanted.version}")
        text = FACES[wanted.face or "document"](view, home="/library", notice=self._notice(wanted))
        headers = {"content-type": HTML, "content-security-policy": chrome.policy([page.style()])}
        return text.encode(), headers | chrome.SECURE, view.fresh

    def _notice(self, wanted: Place) -> str:
        """What a page of an older version says of itself."""
        if wanted.version is None:
            return ""
        head = self.workspace.info(wanted.slug).version
        return f"This is version {wanted.version} of {head}." if wanted.version != head else ""

    def _history(self, slug: str) -> tuple[bytes, dict[str, str]]:
        versions = self.workspace.history(slug)
        text, rule = chrome.history(slug, versions)
        return text, {"content-type": HTML, "content-security-policy": rule} | chrome.SECURE

    def _send(self, request: Request, body: Body) -> Response:
        headers = dict(body.headers)
        if _unchanged(request, body):
            return Response(status_code=304, headers=_without_type(headers))
        content = body.plain
        if body.packed and "gzip" in request.headers.get("accept-encoding", ""):
            content = body.packed
            headers["content-encoding"] = "gzip"
        headers["content-length"] = str(len(content))
        return Response(b"" if request.method == "HEAD" else content, headers=headers)


def _unchanged(request: Request, body: Body) -> bool:
    """Has the reader the page already?"""
    if (marks := request.headers.get("if-none-match")) is not None:
        known = {mark.strip().removeprefix("W/") for mark in marks.split(",")}
        return "*" in known or body.headers["etag"] in known
    since = request.headers.get("if-modified-since")
    if since is None:
        return False
    try:
        return int(body.made) <= parsedate_to_datetime(since).timestamp()
    except (TypeError, ValueError):
        return False


def _without_type(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "content-type"}
