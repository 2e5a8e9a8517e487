"""What all faces of an artifact share: the frame of the page, its receipts, its links. Complete without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from workspace.artifact.format import clock, day, show
from workspace.artifact.model import Chart, Filter, View
from workspace.database.result import Receipt
from workspace.faces.controls import chosen, controls, suffix
from workspace.faces.theme import css_variables, icon

NOTHING = Markup()
TEMPLATES = Path(__file__).parent / "templates"
FACE_NAMES = {"document": "Document", "table": "Table", "slides": "Slides", "app": "App"}
WAIT = "_wait"  # in an address: the page is sent when every part of it is ready; no parameter can be called so
POINTED = ("document", "app")  # faces whose charts answer to a pointer
DOWNLOADS = {
    "pdf": "PDF", "docx": "Word", "xlsx": "Excel", "pptx": "PowerPoint",
    "html": "HTML, offline", "md": "Markdown", "csv": "CSV", "json": "JSON",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Site:
    """What a page is a part of, where that is not the workspace with its library.

    Args:
        address: below which its faces and files are, such as "/s/abc"; "" for the artifact's own.
        files: whether there are files to download.
        sql: whether receipts show the SQL and its parameters.
        frozen: the results are of the view's time and stay so; no parameter can be set.
        closed: types of parameters that its readers may not set.
        head: markup for the page's head, such as what messengers show of a link.
        state: below this address it asks whether anything changed; "" for a page that stays as it is.
        mark: of what it shows, from `workspace.artifact.since.mark`.
    """

    address: str = ""
    files: bool = True
    sql: bool = True
    frozen: bool = False
    closed: tuple[str, ...] = ()
    head: Markup = NOTHING
    state: str = ""
    mark: str = ""


HOME = Site()


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a page stands.

    Args:
        base_url: what its links begin with, such as "http://localhost:8501"; "" for links without a host.
        nonce: for the inline style, where the content security policy asks for one.
        home: address of the workspace; "" for no link.
        notice: one plain sentence above everything ("This is version 2 of 5.").
        zone: for times; the machine's by default.
        offline: a file of its own: no links to anywhere, more rows in place.
        asked: parts of the address that are about this face alone, such as the column a sheet is sorted by.
        site: what it is a part of.
    """

    base_url: str = ""
    nonce: str = ""
    home: str = ""
    notice: str = ""
    zone: tzinfo | None = None
    offline: bool = False
    asked: tuple[tuple[str, str], ...] = ()
    site: Site = HOME

    @classmethod
    def of(cls, place: Mapping[str, Any]) -> Frame:
        """The frame of a face's keywords; a nonce of None is none."""
        said: dict[str, Any] = {name: value for name, value in place.items() if value is not None}
        return cls(**said)


def render_page(template: str, view: View, face: str, frame: Frame, **context: Any) -> str:
    """The whole HTML page of a face.

    Args:
        template: file name below ``templates/``.
        view: what is shown.
        face: name of this face.
        frame: where it stands.
        context: what this face's template needs besides.
    """
    return (
        environment()
        .get_template(template)
        .render(
            view=view,
            title=view.artifact.title,
            face=face,
            frame=frame,
            icon=icon(),
            style=style(face),
            script=script(view, face, frame.site) if not frame.offline else "",
            here=address(view, frame, "" if face == "document" else face) if linked(view, frame) else "",
            given=view.given,
            controls=settable(view, frame),
            placed=_placed(view),
            chosen=chosen(view),
            numbers={query.name: place for place, query in enumerate(view.artifact.queries, start=1)},
            waiting=suffix(view.given, frame.asked, ((WAIT, "1"),)) if view.late else "",
            faces=_faces(view, frame),
            downloads=_downloads(view, frame),
            sources=sorted({query.source for query in view.artifact.queries}),
            as_of=clock(view.as_of, zone=frame.zone),
            as_of_day=day(view.as_of, zone=frame.zone),
            receipts=receipts(view, frame.zone),
            **context,
        )
    )


def receipts(view: View, zone: tzinfo | None = None) -> list[dict[str, Any]]:
    """Per query what a person needs to check it: the question, how it was taken, what ran, on which data, what came."""
    found = []
    for query in view.artifact.queries:
        result = view.results.get(query.name)
        receipt = result.receipt if result else None
        params = receipt.params if receipt else query.params
        found.append(
            {
                "name": query.name,
                "question": query.question,
                "explanation": query.explanation,
                "sql": receipt.sql if receipt else query.sql,
                "params": [
                    (name, value if isinstance(value, str) else show(value, "text")) for name, value in params.items()
                ],
                "source": query.source,
                "planner": planned_by(query.planner),
                "problem": view.problems.get(query.name),
                "rows": _rows(receipt.rows) if receipt else "",
                "covers": _covers(receipt),
                "truncated": bool(result and result.truncated),
                "fingerprint": receipt.fingerprint if receipt else "",
                "digest": receipt.digest if receipt else "",
                "ran_at": moment(receipt.ran_at, zone) if receipt else "",
            }
        )
    return found


def _covers(receipt: Receipt | None) -> str:
    """Which days stand behind the periods of a result: "month: 4 Jul 1996 to 6 May 1998"."""
    parts = [
        f"{reach.column}: {show(reach.first, kind='date')} to {show(reach.last, kind='date')}"
        for reach in (receipt.reach if receipt is not None else None) or ()
    ]
    return "; ".join(parts)


def tips(view: View, zone: tzinfo | None = None) -> dict[str, str]:
    """Per query the words that stand beside a figure when it is pointed at."""
    found = {}
    for query in view.artifact.queries:
        if (result := view.results.get(query.name)) is not None:
            receipt = result.receipt
            rows = _rows(receipt.rows)
            said = query.question or query.explanation or query.name
            found[query.name] = (
                f"{said} · {receipt.source}, {rows}, {moment(receipt.ran_at, zone)} · receipt {receipt.digest[:8]}"
            )
    return found


def planned_by(planner: str) -> str:
    """Who wrote a query, in words."""
    if planner.startswith("model:"):
        return f"the model {planner.removeprefix('model:')}, checked before it ran"
    known = {
        "rule": "the workspace's own rules, no model",
        "recalled": "a verified question asked before",
        "person": "a person",
    }
    return known.get(planner, planner)


def stale_note(since: str, zone: tzinfo | None = None) -> str:
    """What is said of an older result shown in place of a fresh one."""
    return f"Shown here: the last good result, of {moment(since, zone)}." if since else ""


def moment(at: str, zone: tzinfo | None = None) -> str:
    """Date and time of a UTC time, as people write them."""
    return f"{day(at, zone=zone)}, {clock(at, zone=zone)}"


@cache
def environment() -> Environment:
    """The templates; everything put into them is escaped unless it says otherwise."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@cache
def style(face: str = "document") -> str:
    """The style sheet of a face, to stand inline: what all share, then its own."""
    own = TEMPLATES / f"{face}.css"
    shared = css_variables() + (TEMPLATES / "page.css").read_text(encoding="utf-8")
    return shared + (own.read_text(encoding="utf-8") if own.exists() else "")


def script(view: View, face: str, site: Site = HOME) -> str:
    """The script of a page, "" where nothing of it would gain by one. It holds nothing of the view."""
    live = view.settings or view.pending or face == "table" or site.state
    names = [*(["live"] if live else []), *(["slides"] if face == "slides" else []), *(["fresh"] if site.state else [])]
    return "".join(map(_read, names)) + (hover(view) if face in POINTED else "")


def hover(view: View) -> str:
    """The script by which charts show their values to a pointer, a finger or keys; "" where there is no chart."""
    return _read("hover") if any(isinstance(block, Chart) for block in view.artifact.blocks) else ""


@cache
def _read(name: str) -> str:
    """A script without what only its readers need: indents, and lines that are comments."""
    lines = (TEMPLATES / f"{name}.js").read_text(encoding="utf-8").splitlines()
    return "".join(f"{line.strip()}\n" for line in lines if line.strip() and not line.strip().startswith("//"))


def _rows(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}"


def _faces(view: View, frame: Frame) -> Mapping[str, tuple[str, str]]:
    if not linked(view, frame):
        return {}
    return {name: (label, f"{address(view, frame, name)}{suffix(view.given)}") for name, label in FACE_NAMES.items()}


def _downloads(view: View, frame: Frame) -> Mapping[str, str]:
    if not linked(view, frame) or not frame.site.files:
        return {}
    return {label: f"{address(view, frame)}.{ending}{suffix(view.given)}" for ending, label in DOWNLOADS.items()}


def address(view: View, frame: Frame, face: str = "") -> str:
    """Where a saved view is, in one of its faces; without the values of its parameters."""
    place = frame.site.address or f"/a/{quote(view.slug)}"
    return f"{frame.base_url.rstrip('/')}{place}{f'/{face}' if face else ''}"


def linked(view: View, frame: Frame) -> bool:
    """Has the page addresses of its own to link to?"""
    return bool(view.slug or frame.site.address) and not frame.offline


def settable(view: View, frame: Frame) -> list[Any]:
    """The controls of the parameters that the page's readers may set."""
    if frame.offline or frame.site.frozen:
        return []
    return [control for control in controls(view) if control["type"] not in frame.site.closed]


def _placed(view: View) -> frozenset[str]:
    """The parameters whose control stands among the blocks."""
    return frozenset(block.param for block in view.artifact.blocks if isinstance(block, Filter))
