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
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from workspace.errors import NoAppError, NotFound
from workspace.server import chrome, past

if TYPE_CHECKING:
    from workspace.api import Workspace
    from workspace.artifact.model import View
    from workspace.faces import page

KEPT = 256  # rendered pages
KEPT_BYTES = 64_000_000  # of them, all together
PATIENCE = 1.0  # seconds that a page waits for its queries before it is sent with what is ready
LARGEST_KEPT = 2_000_000  # bytes; a larger file is made anew for whoever asks
HTML = "text/html; charset=utf-8"
COMPRESSIBLE = ("text/", "application/json")  # Office files, PDF and zip are compressed already
SMALLEST_COMPRESSED = 500  # bytes; below it a compressed body saves no packet

_ADDRESS = re.compile(
    r"(?P<slug>[a-z0-9][a-z0-9-]*)(?:@(?P<version>[1-9][0-9]{0,8})|/at/(?P<at>[0-9a-f]{16}))?"
    r"(?:/(?P<face>[a-z]+)|\.(?P<extension>[a-z]+))?/?"
)


@dataclass(frozen=True, slots=True)
class Place:
    """What an address below `/a/` asks for: a face, an export or the history of an artifact or of one version of it."""

    slug: str
    version: int | None = None
    face: str = ""
    extension: str = ""
    given: tuple[tuple[str, str], ...] = ()  # values of the artifact's parameters
    asked: tuple[tuple[str, str], ...] = ()  # what is about this face alone
    whole: bool = False  # sent when every part is ready
    at: str = ""  # a snapshot


def place(rest: str) -> Place | None:
    """The place that the part of an address after `/a/` names, None when it names none.

    Example:
        >>> found = place("sales@3/table")
        >>> found.slug, found.version, found.face
        ('sales', 3, 'table')
    """
    match = _ADDRESS.fullmatch(rest)
    if match is None:
        return None
    version = match["version"]
    number = int(version) if version else None
    return Place(match["slug"], number, match["face"] or "", match["extension"] or "", at=match["at"] or "")


@dataclass(frozen=True, slots=True)
class Body:
    """A page as it is sent, and the state of the artifact that it shows."""

    state: str
    plain: bytes
    packed: bytes
    headers: dict[str, str]
    made: float

    @property
    def size(self) -> int:
        return len(self.plain) + len(self.packed)


class Pages:
    """Serves `/a/…` of one workspace.

    Args:
        workspace: whose artifacts are served.
        clock: seconds since the epoch.
    """

    def __init__(self, workspace: Workspace, clock: Callable[[], float] = time.time) -> None:
        self.workspace = workspace
        self.clock = clock
        self._kept: OrderedDict[Any, Body] = OrderedDict()
        self._size = 0
        self._making: dict[tuple[Any, str], asyncio.Future[Body]] = {}

    async def answer(self, request: Request) -> Response:
        """Answer one request for `/a/{rest}`."""
        wanted = place(request.path_params["rest"])
        try:
            if wanted is None:
                raise NotFound(
                    "There is no page at this address.", hint="Check the link, or look for it in the library."
                )
            body = await self._body(self._asked(wanted, request.query_params.multi_items()))
        except NoAppError as problem:
            return chrome.problem(problem, request)
        return self._send(request, body)

    def _asked(self, wanted: Place, items: list[tuple[str, str]]) -> Place:
        """The place with what the rest of the address says of it; what nothing knows of is as if it were not there."""
        if not items or wanted.face == "history":
            return wanted
        if wanted.face in ("news", "changes"):
            return replace(wanted, asked=past.asked(items))
        from workspace.faces import page, table

        if wanted.at:
            artifact = self.workspace.snapshot(wanted.slug, wanted.at).artifact
            return replace(wanted, asked=table.asks(artifact, items) if wanted.face == "table" else ())
        given = self.workspace.given(wanted.slug, wanted.version, items)
        artifact = self.workspace.load(wanted.slug, wanted.version)
        asked = table.asks(artifact, items) if wanted.face == "table" else ()
        return replace(wanted, given=given, asked=asked, whole=any(name == page.WAIT for name, _ in items))

    async def _body(self, wanted: Any) -> Body:
        state = self._state(wanted)
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
        self._keep(wanted, body)
        return body

    def _state(self, wanted: Any) -> str:
        """A text that changes when the page does; the minute too, because a page says as of when it is true."""
        minute = "" if wanted.face == "state" else int(self.clock()) // 60
        looks_back = wanted.at or wanted.face == "history"
        frozen = self.workspace.snapshots_state(wanted.slug, wanted.at) if looks_back else ""
        return f"{self.workspace.state(wanted.slug, wanted.version)} {minute} {frozen}"

    def _keep(self, wanted: Any, body: Body) -> None:
        old = self._kept.pop(wanted, None)
        self._size -= old.size if old is not None else 0
        if len(body.plain) > LARGEST_KEPT:
            return
        self._size += body.size
        self._kept[wanted] = body
        while len(self._kept) > KEPT or (self._size > KEPT_BYTES and len(self._kept) > 1):
            self._size -= self._kept.popitem(last=False)[1].size

    def _make(self, wanted: Any, state: str) -> Body:
        content, headers, fresh = self._render(wanted)
        mark = hashlib.sha256(content).hexdigest()[:20]
        now = self.clock()
        headers = {"cache-control": "no-cache"} | headers
        headers |= {
            "etag": f'"{mark}"',
            "last-modified": formatdate(now, usegmt=True),
            "vary": "accept-encoding",
        }
        small = len(content) < SMALLEST_COMPRESSED or not headers["content-type"].startswith(COMPRESSIBLE)
        packed = b"" if small else gzip.compress(content, 6, mtime=0)
        # A page with a part that failed is not kept: what is wrong may pass (a lock) and leave the state as it is.
        return Body(state if fresh else "", content, packed, headers, now)

    def _render(self, wanted: Any) -> tuple[bytes, dict[str, str], bool]:
        """The page, what its headers say, and whether every part of it is fresh."""
        from workspace.export import EXPORTS
        from workspace.faces import FACES, page

        if wanted.face in past.PAGES and not wanted.extension:
            return self._looks_back(wanted)
        if wanted.face not in ("", *FACES) or wanted.extension not in ("", *EXPORTS):
            raise NotFound("There is no page at this address.", hint="Leave out what comes after its name.")
        wait = None if wanted.whole or wanted.extension else PATIENCE
        if wanted.at:
            view = self.workspace.snapshot(wanted.slug, wanted.at)
        else:
            view = self.workspace.open(wanted.slug, wanted.version, wanted.given, wait)
        if wanted.extension:
            made = EXPORTS[wanted.extension](view)
            headers = {"content-type": made.media_type, "content-security-policy": "sandbox; " + chrome.policy()}
            if wanted.extension != "json":  # a browser shows JSON well; a page of ours it would show twice
                headers["content-disposition"] = f'attachment; filename="{made.filename}"'
            return made.body, headers | chrome.SECURE, view.fresh
        if wanted.version is not None:  # its links stay with the version
            view = replace(view, slug=f"{view.slug}@{wanted.version}")
        if wanted.at:
            view = replace(view, slug=f"{wanted.slug}/at/{wanted.at}")
        site = self._site(wanted, view)
        face = wanted.face or "document"
        text = FACES[face](view, home="/library", notice=self._notice(wanted), asked=wanted.asked, site=site)
        scripts = [script] if (script := page.script(view, face, site)) else []
        headers = {"content-type": HTML, "content-security-policy": chrome.policy([page.style(face)], scripts)}
        return text.encode(), headers | chrome.SECURE, view.fresh

    def _notice(self, wanted: Place) -> str:
        """What a page of an older version says of itself."""
        if wanted.version is None:
            return ""
        head = self.workspace.info(wanted.slug).version
        return f"This is version {wanted.version} of {head}." if wanted.version != head else ""

    def _site(self, wanted: Place, view: View) -> page.Site:
        """Only a page of the newest version as of now asks whether anything changed."""
        from workspace.faces import page

        if wanted.at:
            return page.Site(frozen=True)
        if wanted.version is not None:
            return page.Site()
        return page.Site(state=f"/a/{wanted.slug}", mark=self.workspace.note(view))

    def _looks_back(self, wanted: Place) -> tuple[bytes, dict[str, str], bool]:
        """The history, what changed since a moment, and whether anything has."""
        workspace, slug, base = self.workspace, wanted.slug, f"/a/{wanted.slug}"
        said = dict(wanted.asked)
        fresh = True
        if wanted.face == "history" and not wanted.at:
            info = workspace.info(slug)
            if wanted.version is None:
                made = past.history(info, workspace.revisions(slug), workspace.snapshots(slug))
            else:
                made = past.between(info, wanted.version, workspace.difference(slug, wanted.version))
        elif wanted.face == "changes" and wanted.at:
            title = workspace.info(slug).title
            found = workspace.since_snapshot(slug, wanted.at)
            made = past.changes_page(found, title, back=base, frozen=f"{base}/at/{wanted.at}")
        elif wanted.version is None and not wanted.at and (wanted.face == "state" or "since" in said):
            view = workspace.open(slug, None, wanted.given)
            fresh = view.fresh
            if wanted.face == "state":
                made = past.state(view, workspace.note(view))
            else:
                found = workspace.since(view, said["since"], said.get("before", ""))
                if wanted.face == "news":
                    made = past.news(found, base, urlencode(wanted.asked), said["since"])
                else:
                    made = past.changes_page(found, view.artifact.title, back=base, seen=said["since"])
        else:
            raise NotFound("There is no page at this address.", hint="Its history lists what there is.")
        content, headers = made
        return content, headers | chrome.SECURE, fresh

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
