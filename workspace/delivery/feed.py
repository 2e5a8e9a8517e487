"""What came, as an Atom feed: built as a tree, so that whatever stands in a title is text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any
from xml.etree import ElementTree as Tree

from workspace.delivery.message import lines

ATOM = "http://www.w3.org/2005/Atom"
MEDIA_TYPE = "application/atom+xml; charset=utf-8"
# What XML 1.0 has no place for.
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that came: its id, when, and the message."""

    id: str
    at: datetime
    message: Mapping[str, Any]


def atom(title: str, url: str, home: str, entries: Sequence[Entry], began: datetime) -> bytes:
    """A feed.

    Args:
        title: of the feed.
        url: of the feed itself.
        home: of the page that lists the same.
        entries: newest first.
        began: when there was nothing in it yet.

    Example:
        >>> b"<title>Sales</title>" in atom("Sales", "http://x/feed", "http://x/", [], datetime(2026, 1, 1, tzinfo=UTC))
        True
    """
    Tree.register_namespace("", ATOM)
    feed = Tree.Element(_tag("feed"))
    _add(feed, "title", title)
    _add(feed, "id", url)
    _add(feed, "updated", _time(entries[0].at if entries else began))
    _add(feed, "link", href=url, rel="self", type="application/atom+xml")
    _add(feed, "link", href=home, rel="alternate", type="text/html")
    _add(_add(feed, "author"), "name", "Workspace")
    for entry in entries:
        said = entry.message
        node = _add(feed, "entry")
        _add(node, "title", said["title"])
        _add(node, "id", f"urn:noapp:{entry.id}")
        _add(node, "updated", _time(entry.at))
        if said["url"]:
            _add(node, "link", href=said["url"], rel="alternate", type="text/html")
        _add(node, "summary", next(iter(lines(said)), said["when"]))
        _add(node, "content", _content(said), type="html")
    return Tree.tostring(feed, encoding="utf-8", xml_declaration=True)


def _content(said: Mapping[str, Any]) -> str:
    parts = [f"<p>{escape(line)}</p>" for line in lines(said)]
    if said["figures"]:
        rows = "".join(_figure(figure) for figure in said["figures"])
        parts.append(f"<ul>{rows}</ul>")
    if said["changes"] is not None and said["changes"]["lines"]:
        rows = "".join(f"<li>{escape(line)}</li>" for line in said["changes"]["lines"])
        parts.append(f"<p>Since it was sent last:</p><ul>{rows}</ul>")
    return "".join(parts)


def _add(parent: Tree.Element, name: str, text: str = "", **attributes: str) -> Tree.Element:
    node = Tree.SubElement(parent, _tag(name), {key: _UNFIT.sub("�", value) for key, value in attributes.items()})
    if text:
        node.text = _UNFIT.sub("�", text)
    return node


def _tag(name: str) -> str:
    return f"{{{ATOM}}}{name}"


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _figure(figure: Mapping[str, str]) -> str:
    note = f" ({escape(figure['note'])})" if figure["note"] else ""
    return f"<li>{escape(figure['name'])}: <b>{escape(figure['text'])}</b>{note}</li>"
