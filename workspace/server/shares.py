"""The pages at `/s/<token>`: one artifact for readers who have nothing else of the workspace.

Below a share there are its faces, its picture for messengers and, where its owner allows them, its files; nothing leads
from there to the chat, the library, another artifact, a version or a query of the reader's own. A token that was never
given out, one that was revoked and one whose artifact is gone get the same answer. Who holds the token of a share whose
time is over knew of it anyway, and is told that it is over.

No address of a share goes out of the page: it sends no referrer, and its links stay below it. A share is opened when a
person comes to it from elsewhere: programs that make previews, faces chosen on the page and polls are not counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode

from markupsafe import Markup
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from workspace.api.sharing import CLOSED
from workspace.errors import NoAppError, NotFound, ShareEnded, ShareLocked
from workspace.server import chrome, past
from workspace.server.pages import HTML, PATIENCE, Pages

if TYPE_CHECKING:
    from workspace.api import ShareInfo, View

SECURE = chrome.SECURE | {
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow, noarchive",
    "cache-control": "private, no-cache",
}
LOOKS = ("state", "news", "changes")
MOST_TYPED = 4096  # bytes of a form
_ADDRESS = re.compile(
    r"(?P<token>[a-z2-7]{32})(?:/(?P<face>[a-z]+)|(?P<preview>/preview\.png)|\.(?P<extension>[a-z]+))?/?"
)
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?|\[[0-9a-f:]+\](:[0-9]{1,5})?")
# Programs that look at a link that was sent, to show what it leads to; and others that are no reader.
_BOT = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|facebookexternalhit|facebot|whatsapp|telegram|discord|slack-?img|"
    r"skypeuri|embedly|pinterest|vkshare|iframely|mastodon|signal-|microsoft office|ms-office|mattermost|zulip|"
    r"^(curl|wget|python|go-http|java|okhttp|node|axios|libwww|httpie)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """What an address below `/s/` asks for, as one reader of that share sees it."""

    share: ShareInfo
    address: str  # of the share, "/s/<token>"
    origin: str  # scheme and host as the operator said them, else as the reader has them; previews need whole addresses
    face: str = ""
    extension: str = ""
    given: tuple[tuple[str, str], ...] = ()  # values of parameters
    asked: tuple[tuple[str, str], ...] = ()  # what is about this face alone
    whole: bool = False  # sent when every part is ready


class Shares(Pages):
    """Serves `/s/…` of one workspace; pages are kept as those of `Pages` are."""

    async def answer(self, request: Request) -> Response:
        """Answer one request for `/s/{rest}`."""
        match = _ADDRESS.fullmatch(request.path_params["rest"])
        try:
            if match is None:
                raise NotFound(_NOTHING, hint=_CHECK)
            share = await run_in_threadpool(self.workspace.share_of, match["token"])
            piece = _piece(share, match, request, self.workspace.served.public)
            if request.method == "POST":
                return await self._unlock(request, piece)
            if not self.workspace.unlocked(share, request.cookies.get(_cookie(share), "")):
                return self._ask(request, piece)
            body = await self._body(await run_in_threadpool(self._set, piece, request.query_params.multi_items()))
        except NoAppError as problem:
            return refuse(problem, request)
        sent = self._send(request, body)
        if not piece.face and not piece.extension and _by_a_person(request):
            sent.background = BackgroundTask(self.workspace.count_opening, share)
        return sent

    def _set(self, piece: Piece, items: list[tuple[str, str]]) -> Piece:
        """With what the rest of the address says that its readers may say."""
        if not items:
            return piece
        from workspace.faces import page, table

        if piece.face in ("news", "changes"):
            return replace(piece, asked=past.asked(items))
        asked = table.asks(self.workspace.share_artifact(piece.share), items) if piece.face == "table" else ()
        given = self.workspace.share_given(piece.share, items)
        return replace(piece, given=given, asked=asked, whole=any(name == page.WAIT for name, _ in items))

    def _state(self, wanted: Any) -> str:
        minute = "" if wanted.share.snapshot or wanted.face == "state" else int(self.clock()) // 60
        return f"{self.workspace.share_state(wanted.share)} {minute}"

    def _render(self, wanted: Any) -> tuple[bytes, dict[str, str], bool]:
        from workspace.export import EXPORTS
        from workspace.faces import FACES, page, preview

        share, known = wanted.share, wanted.face in ("", "preview", *LOOKS, *FACES)
        allowed = not wanted.extension or (share.downloads and wanted.extension in EXPORTS)
        if not known or not allowed or (wanted.face == "preview" and share.locked):
            raise NotFound(_NOTHING, hint=_CHECK)
        if wanted.face in ("news", "changes"):
            return (*self._since(wanted), True)
        wait = PATIENCE if wanted.face in ("", *FACES) and not wanted.whole and not wanted.extension else None
        view, mark = self.workspace.share_view(share, wanted.given, wait)
        if wanted.face == "state":
            content, headers = past.state(view, mark)
            return content, headers | SECURE, view.fresh
        if wanted.face == "preview":
            return preview.picture(view), {"content-type": "image/png"} | SECURE, view.fresh
        if wanted.extension:
            made = EXPORTS[wanted.extension](view)
            headers = {"content-type": made.media_type, "content-security-policy": "sandbox; " + chrome.policy()}
            headers["content-disposition"] = f'attachment; filename="{made.filename}"'
            return made.body, headers | SECURE, view.fresh
        site = page.Site(
            address=wanted.address, files=share.downloads, sql=share.downloads, frozen=share.frozen is not None,
            closed=CLOSED, head=_head(view, wanted), state="" if share.snapshot else wanted.address, mark=mark,
        )  # fmt: skip
        face = wanted.face or "document"
        text = FACES[face](view, site=site, asked=wanted.asked)
        scripts = [script] if (script := page.script(view, face, site)) else []
        rule = chrome.policy([page.style(face)], scripts, share.embed)
        headers = {"content-type": HTML, "content-security-policy": rule}
        return text.encode(), headers | framed(share), view.fresh

    def _since(self, wanted: Piece) -> tuple[bytes, dict[str, str]]:
        """What changed since a reader saw this share, in short or in full."""
        said = dict(wanted.asked)
        if "since" not in said:
            raise NotFound(_NOTHING, hint=_CHECK)
        found = self.workspace.share_since(wanted.share, said["since"])
        if wanted.face == "news":
            content, headers = past.news(found, wanted.address, urlencode(wanted.asked), said["since"])
        else:
            title = self.workspace.share_artifact(wanted.share).title
            content, headers = past.changes_page(found, title, back=wanted.address, seen=said["since"])
        return content, headers | SECURE

    # ------------------------------------------------------------------------------------------------- password
    async def _unlock(self, request: Request, piece: Piece) -> Response:
        """A password was typed: a proof that holds for some hours in this browser, or the form again."""
        share, typed = piece.share, await _typed(request)
        # Of what a proxy says of it, uvicorn takes what one on this machine or in $FORWARDED_ALLOW_IPS says.
        address = request.client.host if request.client else "unknown"
        if not share.locked:
            return RedirectResponse(piece.address, status_code=303, headers=SECURE)
        try:
            proof = await run_in_threadpool(self.workspace.unlock, share, typed, address) if typed else ""
        except ShareLocked as problem:
            return self._ask(request, piece, f"{problem.message} {problem.hint}", 429)
        if not proof:
            return self._ask(request, piece, "That is not the password." if typed else "Type the password.", 403)
        if _by_a_person(request, inside=True):
            await run_in_threadpool(self.workspace.count_opening, share)
        # To a face of its own, which is not counted once more.
        sent = RedirectResponse(f"{piece.address}/document", status_code=303, headers=SECURE)
        # Over https it is kept to https as all cookies are, see `proxy`.
        sent.set_cookie(_cookie(share), proof, path="/s/", httponly=True, samesite="lax")
        return sent

    def _ask(self, request: Request, piece: Piece, wrong: str = "", status: int = 401) -> Response:
        """The form for the password; it says nothing of what is behind it."""
        said = f'<p class="wrong" role="alert">{escape(wrong)}</p>' if wrong else ""
        body, rule = chrome.whole(
            "A page with a password",
            "<h1>This page asks for a password.</h1><p>Who sent you the link has it.</p>"
            f'<form method="post" action="{piece.address}"><label for="password">Password</label>'
            '<input id="password" name="password" type="password" autocomplete="off" required autofocus>'
            f"<button>Open</button></form>{said}",
        )
        # A first look at a page is 200: some browsers and messengers show nothing of a 401 that names no scheme.
        code = 200 if status == 401 and not piece.extension and piece.face != "preview" else max(status, 403)
        headers = SECURE | {"content-type": HTML, "content-security-policy": rule, "cache-control": "no-store"}
        return Response(b"" if request.method == "HEAD" else body, code, headers)


_NOTHING = "There is nothing at this address."
_CHECK = "Check the link, or ask the person who sent it."


def refuse(problem: NoAppError, request: Request) -> Response:
    """Why a share shows nothing; of the workspace behind it, nothing is said or linked."""
    if not isinstance(problem, NotFound | ShareEnded):
        problem = NoAppError("This page cannot be shown just now.", hint="Try again in a moment.")
    message, hint = (_NOTHING, _CHECK) if isinstance(problem, NotFound) else (problem.message, problem.hint)
    body, rule = chrome.whole(message, f"<h1>{escape(message)}</h1><p>{escape(hint)}</p>")
    headers = SECURE | {"content-type": HTML, "content-security-policy": rule, "cache-control": "no-store"}
    return Response(b"" if request.method == "HEAD" else body, chrome.status(problem), headers)


def framed(share: ShareInfo) -> dict[str, str]:
    """The headers of a share's page: who may show it in a frame is said by the policy, which old browsers lack."""
    if not share.embed:
        return dict(SECURE)
    return {name: value for name, value in SECURE.items() if name != "x-frame-options"} | {
        "cross-origin-resource-policy": "cross-origin"
    }


def _piece(share: ShareInfo, match: re.Match[str], request: Request, public: str) -> Piece:
    host = request.headers.get("host", "").lower()
    seen = f"{request.url.scheme}://{host}" if _HOST.fullmatch(host) and len(host) < 256 else ""
    face = "preview" if match["preview"] else match["face"] or ""
    if match["face"] == "preview":
        raise NotFound(_NOTHING, hint=_CHECK)
    # What is counted of a share is no part of what its page shows.
    still = replace(share, openings=0, first_opened=None, last_opened=None)
    return Piece(still, f"/s/{match['token']}", public or seen, face, match["extension"] or "")


def _head(view: View, piece: Piece) -> Markup:
    """What messengers show of the link; a share with a password shows nothing, it is behind the form."""
    from workspace.faces import preview

    if piece.share.locked:
        return Markup()
    said = {"og:type": "article", "og:title": view.artifact.title, "og:description": preview.sentence(view)}
    tags = [f'<meta property="{name}" content="{escape(text)}">' for name, text in said.items() if text]
    if piece.origin:
        here = f"{piece.origin}{piece.address}"
        whole = here + (f"/{piece.face}" if piece.face else "") + (f"?{urlencode(piece.given)}" if piece.given else "")
        picture = f"{here}/preview.png"
        tags += [
            f'<meta property="og:url" content="{escape(whole)}">',
            f'<meta property="og:image" content="{escape(picture)}">',
            f'<meta property="og:image:width" content="{preview.WIDTH}">',
            f'<meta property="og:image:height" content="{preview.HEIGHT}">',
            '<meta name="twitter:card" content="summary_large_image">',
        ]
    return Markup("\n".join(tags))


def _cookie(share: ShareInfo) -> str:
    return f"noapp-share-{share.id}"


async def _typed(request: Request) -> str:
    """The password of a form; "" for anything else."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return ""
    data = b""
    async for part in request.stream():
        data += part
        if len(data) > MOST_TYPED:
            return ""
    fields = parse_qs(data.decode("utf-8", "replace"))
    return fields.get("password", [""])[0]


def _by_a_person(request: Request, *, inside: bool = False) -> bool:
    """Does somebody come to the share from elsewhere? ``inside`` counts what comes from a page of ours as well."""
    asked = request.headers
    agent = asked.get("user-agent", "")
    if request.method == "HEAD" or not agent or _BOT.search(agent):
        return False
    if "prefetch" in asked.get("sec-purpose", "") + asked.get("purpose", ""):
        return False
    return inside or asked.get("sec-fetch-site", "none") != "same-origin"
