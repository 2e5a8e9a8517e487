"""What an edit did: two versions of an artifact -> sentences that a person reads in its history.

Works on the JSON of both, so that a kind of block or a field that is new here is at least said to have changed. Blocks
are matched in three passes: the same ones in their order, the same ones elsewhere (moved), then the most alike of what
is left (changed); the rest was added or removed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from workspace.artifact.bind import queries_in
from workspace.artifact.compose import title_for
from workspace.artifact.format import heading
from workspace.artifact.model import Artifact, Shown
from workspace.artifact.phrase import join
from workspace.artifact.styles import said

Json = Mapping[str, Any]
Pair = tuple[Json, Json]

ALIKE = 0.45  # of two paragraphs: below it one was removed and another one added
LONGEST = 80  # characters of prose in a sentence
_KINDS = {"text": "paragraph", "metric": "figure", "break": "page break", "filter": "filter"}
_SORTS = {"": "as they come", "x": "by place", "-x": "by place, backwards", "y": "lowest first", "-y": "highest first"}
_CHOICE = "{%"  # what is said depends on the data: such a paragraph is known by what it is about
_VALUE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)


def difference(before: Artifact, after: Artifact) -> tuple[str, ...]:
    """What differs, one sentence each without a full stop, in the order a reader meets it; empty for equal ones.

    Args:
        before, after: two versions of one artifact.

    Example:
        >>> from workspace.artifact.model import Chart, NamedQuery
        >>> query = NamedQuery(name="q1", source="shop", sql="select 1", question="revenue per year")
        >>> bars = Chart(query="q1", mark="bar", x="year", y="revenue")
        >>> lines = bars.model_copy(update={"mark": "line"})
        >>> difference(*(Artifact(title="A", queries=(query,), blocks=(chart,)) for chart in (bars, lines)))
        ('chart “Revenue per year” changed from bar to line',)
    """
    old, new = before.to_dict(), after.to_dict()
    return tuple(
        dict.fromkeys(
            (*_title(old, new), *_params(old, new), *_queries(old, new), *_blocks(old, new), *_rest(old, new))
        )
    )


# ------------------------------------------------------------------------------------------------- title, params
def _title(old: Json, new: Json) -> Iterator[str]:
    if old["title"] != new["title"]:
        yield f"title changed from “{old['title']}” to “{new['title']}”"
    if old.get("fit") != new.get("fit"):
        yield "set on one page in print" if new.get("fit") else "as many pages in print as it needs"


def _params(old: Json, new: Json) -> Iterator[str]:
    was = {entry["name"]: entry for entry in old.get("params", ())}
    now = {entry["name"]: entry for entry in new.get("params", ())}
    for name, entry in now.items():
        if name not in was:
            yield f"parameter added: {_label(entry)}"
        elif was[name] != entry:
            yield from _param(was[name], entry)
    yield from (f"parameter removed: {_label(entry)}" for name, entry in was.items() if name not in now)
    if list(was) != list(now) and sorted(was) == sorted(now):
        yield "parameters put in another order"


def _param(was: Json, now: Json) -> Iterator[str]:
    name = _label(was)
    if _label(was) != _label(now):
        yield f"parameter “{name}” is called “{_label(now)}”"
    if was.get("default") != now.get("default"):
        yield f"parameter “{name}” starts at {_said(now.get('default'))} instead of {_said(was.get('default'))}"
    if was.get("options") != now.get("options") or was.get("query") != now.get("query"):
        yield f"parameter “{name}” offers other values"
    if was.get("required") != now.get("required"):
        yield f"parameter “{name}” {'must' if now.get('required') else 'need not'} be set"
    if was.get("type") != now.get("type"):
        yield f"parameter “{name}” is a {now.get('type')} instead of a {was.get('type')}"


def _label(param: Json) -> str:
    return param.get("label") or heading(param["name"])


def _said(value: Any) -> str:
    if value is None:
        return "all"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


# ------------------------------------------------------------------------------------------------------- queries
def _queries(old: Json, new: Json) -> Iterator[str]:
    """Queries of both; one that came or went is said with its block, or here where no block shows it."""
    was, now = ({query["name"]: query for query in side["queries"]} for side in (old, new))
    for name, query in now.items():
        if name in was and was[name] != query:
            yield from _query(was[name], query)
        elif name not in was and not _shown(new, name):
            yield f"question added: “{_named(query)}”"
    for name, query in was.items():
        if name not in now and not _shown(old, name):
            yield f"question removed: “{_named(query)}”"


def _query(was: Json, now: Json) -> Iterator[str]:
    name = _named(was)
    if was["explanation"] != now["explanation"] and now["explanation"]:
        yield f"“{name}” asks for “{now['explanation']}” instead of “{was['explanation'] or was['question']}”"
    elif any(was[part] != now[part] for part in ("sql", "params", "plan", "dialect")):
        yield f"“{name}” is computed in another way"
    elif was["question"] != now["question"]:
        yield f"“{name}” is called “{_named(now)}”"
    if was["source"] != now["source"]:
        yield f"“{name}” reads from {now['source']} instead of {was['source']}"
    if was.get("bound") != now.get("bound"):
        yield from _bound(name, was.get("bound") or (), now.get("bound") or ())
    shown = {entry["name"]: entry for entry in was["columns"]}
    for entry in now["columns"]:
        before = shown.get(entry["name"])
        column = heading(entry["name"])
        if before is not None and any(before[part] != entry[part] for part in ("format", "places", "unit")):
            to, was_written = (said(Shown.model_validate(side)) for side in (entry, before))
            yield f"column {column} of “{name}” written {to} instead of {was_written}"
        if before is not None and before["total"] != entry["total"]:
            yield f"column {column} of “{name}” {'has a total' if entry['total'] else 'has no total any more'}"


def _bound(name: str, was: Sequence[Json], now: Sequence[Json]) -> Iterator[str]:
    names, before = [entry["param"] for entry in now], [entry["param"] for entry in was]
    yield from (f"“{name}” follows the parameter {heading(one)}" for one in names if one not in before)
    yield from (f"“{name}” no longer follows the parameter {heading(one)}" for one in before if one not in names)
    if names == before:
        yield f"“{name}” follows its parameters in another way"


def _named(query: Json) -> str:
    return title_for(query["question"]) if query["question"] else query["explanation"] or query["name"]


def _shown(side: Json, name: str) -> bool:
    return any(block.get("query") == name for block in side["blocks"])


# -------------------------------------------------------------------------------------------------------- blocks
def _blocks(old: Json, new: Json) -> Iterator[str]:
    was, now = list(old["blocks"]), list(new["blocks"])
    alike = SequenceMatcher(a=[repr(block) for block in was], b=[repr(block) for block in now], autojunk=False)
    kept = alike.get_matching_blocks()
    left = _without(was, [entry.a + step for entry in kept for step in range(entry.size)])
    right = _without(now, [entry.b + step for entry in kept for step in range(entry.size)])
    moved = _take(left, right, lambda a, b: 1.0 if a == b else 0.0, 1.0)
    changed = _take(left, right, lambda a, b: _alike(a, b, old, new), ALIKE)
    for _, (_, block) in sorted(moved.items()):
        yield f"{_what(block, new)} moved {_where(block, now, new)}"
    said: list[tuple[int, str]] = []
    for place, pair in changed.items():
        said += [(place, text) for text in _changed(pair, old, new)]
    said += [(place, f"{_what(block, new, 'added')}") for place, block in right.items()]
    yield from (text for _, text in sorted(said, key=lambda entry: entry[0]))
    yield from (_what(block, old, "removed") for block in left.values())


def _without(blocks: Sequence[Json], places: Sequence[int]) -> dict[int, Json]:
    taken = set(places)
    return {place: block for place, block in enumerate(blocks) if place not in taken}


def _take(
    left: dict[int, Json], right: dict[int, Json], like: Callable[[Json, Json], float], least: float
) -> dict[int, Pair]:
    """Pairs off what is most alike first; what is paired leaves both sides. Keyed by the place after."""
    scores = [(like(a, b), -abs(x - y), x, y) for x, a in left.items() for y, b in right.items()]
    pairs: dict[int, Pair] = {}
    for score, _, x, y in sorted(scores, key=lambda entry: entry[:2], reverse=True):
        if score >= least and x in left and y in right:
            pairs[y] = (left.pop(x), right.pop(y))
    return pairs


def _alike(a: Json, b: Json, old: Json, new: Json) -> float:
    if a["kind"] == b["kind"] == "text":
        return SequenceMatcher(a=a["template"], b=b["template"], autojunk=False).ratio()
    if "query" not in a or "query" not in b:
        return 0.9 if a["kind"] == b["kind"] and a.keys() == b.keys() and len(a) > 1 else 0.0
    same = a["query"] == b["query"]
    if not same:
        names = [
            next((_named(q) for q in side["queries"] if q["name"] == block["query"]), "")
            for side, block in ((old, a), (new, b))
        ]
        same = bool(names[0]) and names[0] == names[1]
    return (0.9 if a["kind"] == b["kind"] else 0.5) if same else 0.0


def _changed(pair: Pair, old: Json, new: Json) -> Iterator[str]:
    was, now = pair
    kind = was["kind"]
    if kind != now["kind"]:
        yield f"{_what(was, old)} became a {_KINDS.get(now['kind'], now['kind'])}"
        return
    if kind == "text" and (turned := list(_speaks(was, now, old, new))):
        yield from turned
        return
    told = {"text": _text, "chart": _chart, "table": _table, "metric": _metric}.get(kind)
    found = list(told(was, now, _what(was, old), new)) if told is not None else []
    yield from found or [f"{_what(was, old)} changed"]


def _speaks(was: Json, now: Json, old: Json, new: Json) -> Iterator[str]:
    """Of paragraphs whose words depend on the data: what they are about now and were not before, or no longer are."""
    if _CHOICE not in was["template"] or _CHOICE not in now["template"]:
        return
    before, after = _about(was, old), _about(now, new)
    kept = [name for name in before if name in after]
    what = f"paragraph on {_list(kept)}" if kept else "paragraph"
    if more := [name for name in after if name not in before]:
        yield f"{what} also speaks of {_list(more)}" if kept else f"{what} speaks of {_list(more)}"
    if less := [name for name in before if name not in after]:
        yield f"{what} no longer speaks of {_list(less)}"


def _about(block: Json, side: Json) -> list[str]:
    """What the queries are called that a paragraph speaks of."""
    names = {query["name"]: _named(query) for query in side["queries"]}
    return list(dict.fromkeys(names[name] for name in queries_in(block["template"]) if name in names))


def _list(names: Sequence[str]) -> str:
    return join([f"“{name}”" for name in names])


def _text(was: Json, now: Json, what: str, _new: Json) -> Iterator[str]:
    before, after = (_prose(block["template"]) for block in (was, now))
    if before == after:  # only the expressions differ, or the markup
        yield f"the figures of the {what} are worked out in another way"
        return
    if all(block["template"].lstrip().startswith("#") for block in (was, now)):
        yield f"heading changed from “{_short(before)}” to “{_short(after)}”"
        return
    start = 0
    words, others = before.split(" "), after.split(" ")
    while start < min(len(words), len(others)) and words[start] == others[start]:
        start += 1
    at = max(0, start - 3)  # a few words before the first one that differs, to find the place
    lead = "…" if at else ""
    was_said, now_said = (lead + _short(" ".join(side[at:])) for side in (words, others))
    yield f"paragraph changed from “{was_said}” to “{now_said}”"


def _chart(was: Json, now: Json, what: str, _new: Json) -> Iterator[str]:
    if was["mark"] != now["mark"]:
        yield f"{what} changed from {was['mark']} to {now['mark']}"
    for axis, name in (("x", "horizontal axis"), ("y", "vertical axis")):
        if was[axis] != now[axis]:
            yield f"{what} has {heading(now[axis])} on its {name} instead of {heading(was[axis])}"
    if was["color"] != now["color"]:
        colour = (
            f"is coloured by {heading(now['color'])}"
            if now["color"]
            else f"is not coloured by {heading(was['color'])} any more"
        )
        yield f"{what} {colour}"
    if was["horizontal"] != now["horizontal"]:
        yield f"bars of {what} {'lie' if now['horizontal'] else 'stand'}"
    if was["stacked"] != now["stacked"]:
        yield f"bars of {what} stand {'upon each other' if now['stacked'] else 'beside each other'}"
    if was["sort"] != now["sort"]:
        yield f"{what} is ordered {_SORTS.get(now['sort'], now['sort'])}"
    yield from _line(was, now, what)


def _table(was: Json, now: Json, what: str, new: Json) -> Iterator[str]:
    if was["columns"] != now["columns"]:
        query = next((q for q in new["queries"] if q["name"] == now["query"]), {"columns": ()})
        every = [entry["name"] for entry in query["columns"]]
        before, after = was["columns"] or every, now["columns"] or every
        for verb, names in (
            ("hidden", [n for n in before if n not in after]),
            ("shown", [n for n in after if n not in before]),
        ):
            if names:
                yield f"column{'s' if len(names) > 1 else ''} {', '.join(map(heading, names))} of {what} {verb}"
        if sorted(before) == sorted(after) and list(before) != list(after):
            yield f"columns of {what} put in another order: {', '.join(map(heading, after))}"
    yield from _line(was, now, what)


def _metric(was: Json, now: Json, what: str, _new: Json) -> Iterator[str]:
    if was["column"] != now["column"]:
        yield f"{what} shows {heading(now['column'])} instead of {heading(was['column'])}"
    if was["label"] != now["label"]:
        yield f"label of {what} changed to “{now['label']}”" if now["label"] else f"label of {what} removed"
    yield from _line(was, now, what, "note")


def _line(was: Json, now: Json, what: str, field: str = "caption") -> Iterator[str]:
    before, after = (_short(_prose(block.get(field, ""))) for block in (was, now))
    if was.get(field, "") == now.get(field, ""):
        return
    if not before or not after:
        yield f"{field} of {what} {'added' if after else 'removed'}: “{after or before}”"
    else:
        yield f"{field} of {what} changed to “{after}”"


# --------------------------------------------------------------------------------------------------------- words
def _what(block: Json, side: Json, verb: str = "") -> str:
    """A block as a person would point at it; with ``verb`` as the sentence that it came or went."""
    kind = _KINDS.get(block["kind"], block["kind"])
    if block["kind"] == "text":
        heads = block["template"].lstrip().startswith("#")
        if not heads and _CHOICE in block["template"] and (about := _about(block, side)):
            return f"{kind} on {_list(about)}{f' {verb}' if verb else ''}"
        kind, name = "heading" if heads else kind, _short(_prose(block["template"]))
    elif block["kind"] == "metric" and block["label"]:
        name = block["label"]
    elif "param" in block:
        name = next(
            (_label(entry) for entry in side.get("params", ()) if entry["name"] == block["param"]), block["param"]
        )
    else:
        query = next((query for query in side["queries"] if query["name"] == block.get("query")), None)
        name = _named(query) if query is not None else ""
    if verb:
        return f"{kind} {verb}: “{name}”" if name else f"{kind} {verb}"
    return f"{kind} “{name}”" if name else kind


def _where(block: Json, blocks: Sequence[Json], side: Json) -> str:
    place = next(at for at, other in enumerate(blocks) if other == block)
    if place == 0:
        return "to the top"
    if place == len(blocks) - 1:
        return "to the end"
    return f"below {_what(blocks[place - 1], side)}"


def _prose(template: str) -> str:
    """A template as its reader sees it, with … for what is worked out."""
    words = re.sub(r"[*_`#>]+", "", _VALUE.sub("…", template))
    return " ".join(re.sub(r"…([\s.]*…)+", "…", words).split())


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rsplit(" ", 1)[0] + "…"


def _rest(old: Json, new: Json) -> Iterator[str]:
    """Fields of an artifact that nothing above speaks of."""
    known = {"title", "params", "queries", "blocks", "fit", "format_version"}
    for name in sorted((old.keys() | new.keys()) - known):
        if old.get(name) != new.get(name):
            yield f"{name.replace('_', ' ')} changed"
    was, now = ([query["name"] for query in side["queries"]] for side in (old, new))
    if was != now and sorted(was) == sorted(now):
        yield "questions put in another order"
