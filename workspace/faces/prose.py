"""Bound prose -> HTML: Markdown for the words, a marked figure for every value of a query.

Values are put in after the Markdown has been read, as text: nothing that a cell holds is ever markup. Images, HTML and
entities in the words are not read either, and what comes out is sanitised once more. Links are those that the author
wrote, to the web or to a mail address; no value is a part of where one leads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import unquote

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from workspace.artifact.model import Segment

# Characters of the private use area stand for the values while the Markdown is read; they are removed from the words.
_OPEN, _CLOSE = "\ue000", "\ue001"
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_PLACE = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_OFF = (
    "image",
    "entity",
    "lheading",
    "reference",
    "html_block",
    "html_inline",
    "backticks",
    "code",
    "fence",
)
_TAGS = {"p", "em", "strong", "ul", "ol", "li", "h2", "h3", "h4", "blockquote", "hr", "br", "a", "span"}
_ATTRIBUTES = {"a": {"class", "href", "data-tip", "title", "rel"}, "span": {"class"}}
_SCHEMES = {"http", "https", "mailto"}
_REL = "noopener noreferrer nofollow"
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False}).disable(list(_OFF))


def _leads(url: str) -> bool:
    """May a link lead there? The scheme is said by the author, and no value stands in the address."""
    scheme, _, rest = url.partition(":")
    return scheme.lower() in _SCHEMES and rest.strip("/") != "" and not _PRIVATE.search(unquote(url))


_MARKDOWN.validateLink = _leads


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one manner.

    ``query`` names where a figure came from, "" for plain words; ``link`` is where the text leads, "" for nowhere.
    """

    text: str
    bold: bool = False
    italic: bool = False
    query: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph for writers other than HTML's.

    ``kind`` is one of p, h2, h3, h4, bullet, number, quote; ``mark`` is what stands before an entry of a numbered list.
    """

    kind: str
    runs: tuple[Run, ...]
    mark: str = ""

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


def html(segments: Sequence[Segment], tips: Mapping[str, str] | None = None, *, inline: bool = False) -> str:
    """Bound prose as safe HTML; every figure links to its receipt and says in a tip where it comes from.

    Args:
        segments: from `workspace.artifact.bind.bind`.
        tips: per query name the words of the tip; queries without one get no link.
        inline: without the paragraph around it.

    Example:
        >>> html((Segment("**"), Segment("<b>USA</b>", "q1"), Segment("** leads.")), inline=True)
        '<strong><span class="fig">&lt;b&gt;USA&lt;/b&gt;</span></strong> leads.'
    """
    return _html(tuple(segments), tuple(sorted((tips or {}).items())), inline)


def plain(segments: Sequence[Segment]) -> str:
    """Bound prose as plain text, without Markdown's marks."""
    source, values = _numbered(segments)
    tokens = _MARKDOWN.parse(source)
    lines = ["".join(_text(child) for child in token.children or []) for token in tokens if token.type == "inline"]
    return _PLACE.sub(lambda match: values[int(match[1])].text, "\n".join(lines))


def paragraphs(segments: Sequence[Segment]) -> tuple[Paragraph, ...]:
    """Bound prose as paragraphs of runs, for files in which neither HTML nor Markdown means anything.

    Example:
        >>> [(p.kind, p.text) for p in paragraphs((Segment("# Sales\\n\\n- up to "), Segment("37", "q1")))]
        [('h2', 'Sales'), ('bullet', 'up to 37')]
    """
    source, values = _numbered(segments)
    found, around, counts = [], [], []
    for token in _MARKDOWN.parse(source):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            counts.append(int(token.attrGet("start") or 1) if token.type.startswith("ordered") else 0)
            around.append("number" if token.type.startswith("ordered") else "bullet")
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            counts.pop()
            around.pop()
        elif token.type == "blockquote_open":
            around.append("quote")
        elif token.type in ("blockquote_close", "heading_close"):
            around.pop()
        elif token.type == "heading_open":
            around.append(f"h{min(max(int(token.tag[1]), 2), 4)}")
        elif token.type == "inline":
            kind = around[-1] if around else "p"
            mark = f"{counts[-1]}." if kind == "number" else ""
            if mark:
                counts[-1] += 1
            found.append(Paragraph(kind, tuple(_runs(token.children or [], values)), mark))
    return tuple(found)


def runs(segments: Sequence[Segment]) -> tuple[Run, ...]:
    """Bound prose of one line, such as a caption, as runs."""
    source, values = _numbered(segments)
    return tuple(_runs(_MARKDOWN.parseInline(source)[0].children or [], values))


def markdown(segments: Sequence[Segment]) -> str:
    """Bound prose as Markdown in which the values of queries are escaped, for a place that renders Markdown itself."""
    return "".join(_escaped(segment.text) if segment.query or segment.put else segment.text for segment in segments)


@lru_cache(maxsize=1024)
def _html(segments: tuple[Segment, ...], tips: tuple[tuple[str, str], ...], inline: bool) -> str:
    source, values = _numbered(segments)
    known = dict(tips)
    tokens = [_MARKDOWN.parseInline(source)[0]] if inline else _MARKDOWN.parse(source)
    for token in tokens:
        if token.type.startswith("heading"):
            token.tag = f"h{min(int(token.tag[1]) + 1, 4)}" if token.tag == "h1" else token.tag
            token.tag = "h4" if token.tag in ("h5", "h6") else token.tag
        if token.children:
            token.children = list(_filled(token.children, values, known))
    rendered = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return nh3.clean(rendered, tags=_TAGS, attributes=_ATTRIBUTES, link_rel=None, url_schemes=_SCHEMES).strip()


def _numbered(segments: Sequence[Segment]) -> tuple[str, list[Segment]]:
    source, values = [], []
    for segment in segments:
        if segment.query or segment.put:
            source.append(f"{_OPEN}{len(values)}{_CLOSE}")
            values.append(segment)
        else:
            source.append(_PRIVATE.sub("", segment.text))
    return "".join(source), values


def _filled(tokens: Sequence[Token], values: list[Segment], tips: dict[str, str]) -> Iterator[Token]:
    """The tokens of a line with its values in their places; each value of a query becomes a figure."""
    link = ""
    for token in tokens:
        if token.type in ("link_open", "link_close"):
            known, link = link, _target(token)
            token.attrs = {"href": link, "rel": _REL} if link else {}
            if known or link:
                yield token
            continue
        if token.type != "text":
            yield token
            continue
        for place, piece in enumerate(_PLACE.split(token.content)):
            segment = values[int(piece)] if place % 2 else Segment(piece)
            if segment.query:  # within a link it leads nowhere else
                yield _token("html_inline", _figure(segment, {} if link else tips))
            elif segment.text:
                yield _token("text", segment.text)


def _runs(tokens: Sequence[Token], values: Sequence[Segment]) -> Iterator[Run]:
    bold = italic = 0
    link = ""
    for token in tokens:
        if token.type in ("link_open", "link_close"):
            link = _target(token)
        if token.type in ("strong_open", "strong_close"):
            bold += token.nesting
        elif token.type in ("em_open", "em_close"):
            italic += token.nesting
        text = " " if token.type == "softbreak" else _text(token)
        for place, piece in enumerate(_PLACE.split(text)):
            segment = values[int(piece)] if place % 2 else Segment(piece)
            if segment.text:
                yield Run(segment.text, bold > 0, italic > 0, segment.query, link)


def _figure(segment: Segment, tips: dict[str, str]) -> str:
    text, tip = escape(segment.text), tips.get(segment.query)
    if tip is None:
        return f'<span class="fig">{text}</span>'
    return f'<a class="fig" href="#receipt-{escape(segment.query)}" data-tip="{escape(tip)}">{text}</a>'


def _target(token: Token) -> str:
    """Where a link leads that begins, "" for one that ends or has no address, which Markdown lets pass."""
    href = str(token.attrs.get("href", ""))
    return href if _leads(href) else ""


def _token(kind: str, content: str) -> Token:
    token = Token(kind, "", 0)
    token.content = content
    return token


def _text(token: Any) -> str:
    return "\n" if token.type in ("softbreak", "hardbreak") else token.content


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>()#+\-.!|~$:&])", r"\\\1", _PRIVATE.sub("", text).replace("\n", " "))
