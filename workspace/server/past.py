"""The past of an artifact as pages: its versions and snapshots, what changed since a moment; and for an open page, what
it asks now and then: has anything changed?

``state`` is what a page that is open asks for: its mark as of now, which costs the check of the source's state while
nothing changed. ``news`` is what a page that was just opened asks for: what changed since its reader saw the mark their
browser kept? ``changes`` is the answer to that in full, as a page without scripts.
"""

from __future__ import annotations

import json
import re
from html import escape
from typing import TYPE_CHECKING, Any

from workspace.server import chrome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workspace.api import ArtifactInfo, Revision, Since, SnapshotInfo, View

HTML = "text/html; charset=utf-8"
PAGES = frozenset({"history", "state", "news", "changes"})
ASKED = {"since": re.compile(r"[0-9a-f]{10}-[0-9a-f]{20}"), "before": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")}
Made = tuple[bytes, dict[str, str]]


def asked(items: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Those parts of an address that say what a reader saw: its mark and its time; what is malformed is not there."""
    said = {name: text for name, text in items if name in ASKED and ASKED[name].fullmatch(text)}
    return tuple(sorted(said.items()))


def state(view: View, mark: str, zone: Any = None) -> Made:
    """The mark of what is shown now, and as of when that is known, as JSON."""
    from workspace.artifact.format import clock

    return _json({"mark": mark, "as_of": view.as_of, "at": clock(view.as_of, zone=zone)})


def news(found: Since, address: str, query: str, seen: str) -> Made:
    """What changed since a reader looked, in a few lines, as JSON; nothing known is an empty list of lines.

    ``since`` is the time that was compared with, "" where that is what they saw: when that was is known to them.
    """
    from workspace.artifact.since import summary
    from workspace.faces import changes, page

    if found.changes is None or found.then is None:
        return _json({"since": "", "summary": "", "lines": [], "href": ""})
    lines = [f"{sentence[:1].upper()}{sentence[1:]}" for sentence in found.edits[:3]] + changes.said(found.changes)
    only_edits = bool(found.edits) and not found.changes
    said = {
        "since": "" if found.then.mark == seen else page.moment(found.changes.before),
        "summary": "the page itself" if only_edits else summary(found.changes),
        "nothing": not found.changes and not found.edits,
        "lines": lines,
        "href": f"{address}/changes?{query}",
    }
    return _json(said)


def changes_page(found: Since, title: str, *, back: str, seen: str = "", frozen: str = "") -> Made:
    """What changed, in full."""
    from workspace.faces import changes, page

    exact = not seen or (found.then is not None and found.then.mark == seen)
    text = changes.render(title, found.changes, back=back, frozen=frozen, exact=exact, edits=found.edits)
    return text.encode(), {"content-type": HTML, "content-security-policy": chrome.policy([page.style("changes")])}


def history(info: ArtifactInfo, revisions: Sequence[Revision], snapshots: Sequence[SnapshotInfo]) -> Made:
    """Versions and snapshots, the newest first, each version with what it changed."""
    base = f"/a/{info.slug}"
    rows = [(entry.info.created, _version(base, entry, info.version)) for entry in revisions]
    rows += [(entry.at, _snapshot(base, entry)) for entry in snapshots]
    listed = "".join(text for _, text in sorted(rows, key=lambda row: row[0], reverse=True))
    head = (
        f'<h1>{escape(info.title)}</h1><p><a href="{base}">The page as it is now</a>'
        f'<a href="/artifact?id={info.slug}">Restore, copy or freeze</a></p>'
    )
    return _small(f"Versions of {info.title}", f"{head}<ol>{listed}</ol>")


def between(info: ArtifactInfo, version: int, sentences: Sequence[str]) -> Made:
    """What changed of a page from one version to the newest."""
    base = f"/a/{info.slug}"
    said = "".join(f"<li>{escape(sentence[:1].upper() + sentence[1:])}</li>" for sentence in sentences)
    body = f"<ul>{said}</ul>" if said else "<p>They are equal.</p>"
    head = (
        f"<h1>From version {version} to version {info.version}</h1>"
        f'<p><a href="{base}@{version}">Version {version}</a><a href="{base}/history">All versions</a></p>'
    )
    return _small(f"Versions of {info.title}", head + body)


def _version(base: str, entry: Revision, head: int) -> str:
    number = entry.info.number
    said = [f"{sentence[:1].upper()}{sentence[1:]}" for sentence in entry.changes]
    said = said or ["First version" if number == 1 else "Nothing that is shown changed"]
    more = f' <a class="aside" href="{base}@{number}/history">Compare with now</a>' if number != head else ""
    return (
        f'<li><time datetime="{entry.info.created:%Y-%m-%dT%H:%M:%SZ}">{chrome.written(entry.info.created)}</time>'
        f'<a href="{base}@{number}">Version {number}</a>{more}'
        f"<ul>{''.join(f'<li>{escape(sentence)}</li>' for sentence in said)}</ul></li>"
    )


def _snapshot(base: str, entry: SnapshotInfo) -> str:
    place = f"{base}/at/{entry.id}"
    return (
        f'<li><time datetime="{entry.at:%Y-%m-%dT%H:%M:%SZ}">{chrome.written(entry.at)}</time>'
        f'<a href="{place}">Frozen</a> <a class="aside" href="{place}/changes">What changed since</a></li>'
    )


def _small(title: str, body: str) -> Made:
    text, rule = chrome.whole(title, body)
    return text, {"content-type": HTML, "content-security-policy": rule}


def _json(data: dict[str, Any]) -> Made:
    body = json.dumps(data, ensure_ascii=False).encode("utf-8", "replace")
    return body, {"content-type": "application/json", "content-security-policy": "sandbox; " + chrome.policy()}
