"""What an analyst says of an answer inside a document: a headline for the lead, a paragraph for its section.

As in `findings`, all that depends on the data is a test in the template. Periods that are not over are never compared
with whole ones: the latest finished period stands beside the one before and the same one a year earlier.
"""

from __future__ import annotations

from dataclasses import replace

from workspace.artifact.findings import (
    CLEAR,
    FEW,
    amount,
    compared,
    extreme,
    finding,
    label_of,
    measured,
    order_of,
    the,
    total,
    was_or_were,
    with_partners,
)
from workspace.artifact.phrase import names_row, noun, singular
from workspace.artifact.shape import CYCLIC, LINEAR, NUMBERS, Shape, Shown, capital, show, when

SPANS = {"month": (12, "year"), "quarter": (4, "year"), "day": (7, "week")}  # periods, and what they make together
MANY = 5  # rows from which on the first few together say something
NEAR = 0.005  # of a figure, up to which a change is none worth a number
TRIPLE = 2  # growth beyond which the figure before says more than a percentage


def paragraph(of: Shape, *, led: bool = False) -> str:
    """The template of a section's text: a sentence or a few on what its picture shows.

    Args:
        of: plan and columns of the answer.
        led: the lead of the document has the `headline` already, so that the text says what goes beyond it.
    """
    if not led:
        return _said(of, led=False)
    return when((f"{of.query}.empty", f"Nothing to show{of.where}."), other=_said(of, led=True))


def headline(of: Shape) -> str:
    """The template of the one sentence that stands for an answer in the lead of a document."""
    of = _each(of)[0]
    time, ranked = _course(of), _ranking(of)
    if time is not None:
        return _guarded(of, time, _span(of, time) or _latest(of, time))
    if (series := _several_courses(of)) is not None:
        return _who_leads(of, *series)
    if ranked is not None:
        return _leader(of, *ranked)
    return _counted(of) if _lists(of) else finding(of)


# ------------------------------------------------------------------------------------------------------ sections
def _said(of: Shape, *, led: bool) -> str:
    first, *others = _each(of)
    rest = "".join(f" {headline(other)}" for other in others)
    time, ranked = _course(first), _ranking(first)
    if time is not None:
        whole = f"{_latest(first, time)}{_extremes(first, time)}{_going_on(first, time)}"
        return (_beyond(first, time, whole) if led else _guarded(first, time, whole, _going_on(first, time))) + rest
    if (series := _several_courses(first)) is not None:
        return ("" if led else f"{_who_leads(first, *series)} ") + finding(first) + rest
    if ranked is not None:
        spread = when((f"not {first.query}.empty and not {first.query}.one", _spread(first, *ranked)))
        said = finding(first, times=True) + spread
        same = f"{first.query}.one or {first.call('equal', first.measures[0].name)}"
        return (when((f"not ({same})", said)) if led else said) + rest
    if _lists(first):
        listed = (f"{first.query}.rows <= {FEW}", finding(first))
        return finding(first) if first.naming is None else when(listed, other="" if led else _counted(first))
    more = _more(first)
    return (more if led else " ".join(filter(None, (finding(first), more)))) + rest


def _each(of: Shape) -> list[Shape]:
    """The shape of each of several figures; the order of rows, where some are left out, is that of one only."""
    plan = of.plan
    if plan is None or plan.top is not None or plan.limit is not None or len(of.measures) < 2 or not of.dimensions:
        return [of]
    return [replace(of, columns=tuple(c for c in of.columns if not c.measure or c is m)) for m in of.measures]


def _lists(of: Shape) -> bool:
    """Are its rows things, in no order that says which is first?"""
    return not of.measures and of.plan is not None and of.plan.top is None and not (of.plan.order and of.plan.limit)


def _counted(of: Shape) -> str:
    """How many there are; which is for their section."""
    one = when((f"{of.query}.rows == 1", f"is {of.rows} {of.nouns[0]}"), other=f"are {of.rows} {of.nouns[1]}")
    return when((f"{of.query}.empty", finding(of)), other=f"There {one}{of.where}.")


def _more(of: Shape) -> str:
    """What goes beyond the finding where that is the headline, too."""
    if len(of.measures) != 1 or not of.dimensions or of.plan is None or of.plan.top is not None:
        return ""
    measure, m = of.measures[0], of.measures[0].name
    several = f"not {of.query}.empty and not {of.query}.one and not {of.call('equal', m)}"
    high, low = of.put("max", m), of.put("min", m)
    cyclic = next((column for column in of.dimensions if column.grain in CYCLIC), None)
    if compared(of):
        if not measure.total:
            return ""
        both = f"Together they have {of.put('sum', m)}, of which {of.put('at_max', of.dimensions[0].name, m)} has "
        return when((several, f"{both}{of.put('share_of_max', m)}."))
    if cyclic is not None and len(of.dimensions) == 1:
        top, bottom = (of.put(verb, cyclic.name, m) for verb in ("at_max", "at_min"))
        part = f" and {of.put('share_of_max', m)} of {total(of, measure, 'the total')}" if measure.total else ""
        said = f"{capital(top)} has {of.put('ratio', m)} times the {low} of {bottom}{part}."
        return when((f"{several} and {of.call('ratio', m)} >= {CLEAR}", said))
    label = label_of(of)
    if order_of(of) < 0:
        return when((several, f"Those shown go from {low} up to {high}, which {extreme(of, label, 'at_max', m)} has."))
    who = extreme(of, label, "at_min", m)
    last = f"{capital(who)} comes last with {low}."
    if who != of.put("at_min", label.name, m):
        last = f"Of the {of.rows} combinations, {who} comes last with {low}."
    return when((f"{several} and not {of.call('tied_min', m)}", last))


def change(of: Shape, column: str) -> str:
    """The template of what stands beneath a large figure: how it moved from the period before.

    Args:
        of: the same figures over their period and the one before (`workspace.question.preceding`).
        column: the figure's. Nothing is said where the query asks for other periods by now.
    """
    time = of.dimensions[0].name
    shown = next(measure for measure in of.measures if measure.name == column)
    before, had = of.put("settled", time, time, 1), of.put("settled", time, column, 1)
    rose, dropped = of.call("rose", time, column), of.call("dropped", time, column)
    size = of.call("moved", time, column) + "|magnitude"
    by = show(size)
    beside = f"{had} in {before}"  # of shares, and of nothing, no percentage can be told
    moved = when(
        (f"{of.call('settled', time, column, 1)} == 0", beside),
        (f"not {rose} and not {dropped}", f"As in {before}"),
        (f"{size} < {NEAR}", f"About as in {before} ({had})"),
        (rose, f"Up {by} from {before} ({had})"),
        (dropped, f"Down {by} from {before} ({had})"),
    )
    part = shown.share or (shown.output is not None and shown.output.format == "percent")
    whole = f"{of.put('settled', time, column)} in the whole of {of.put('settled', time, time)}"
    return when(
        (f"not {of.query}.paired or not {of.call('finished', time)}", ""),
        (of.call("finished", time, 2), beside if part else moved),
        (of.call("partial", time), f"Not over yet; {whole}"),
        (of.call("cut", time), f"Counted only up to {of.put('reached', time)}; {whole}"),
    )


# ---------------------------------------------------------------------------------------------------- over time
def _course(of: Shape) -> Shown | None:
    """The dimension of time, where the answer is the course of one figure along it."""
    plan = of.plan
    if plan is None or plan.top is not None or plan.limit is not None or order_of(of) or len(of.measures) != 1:
        return None
    return of.dimensions[0] if len(of.dimensions) == 1 and of.dimensions[0].grain in LINEAR else None


def _guarded(of: Shape, time: Shown, said: str, going_on: str = "") -> str:
    """Where no period is over, or all are alike, the plain finding is all there is to say; one alone has no change."""
    x, m = time.name, of.measures[0].name
    was = was_or_were(of, of.measures[0])
    only = f"{_at(time).capitalize()} {of.put('settled', x, x)} {_named(of)} {was} {of.put('settled', x, m)}."
    return when((_plain(of, time), finding(of)), (f"not {of.call('finished', x, 2)}", only + going_on), other=said)


def _plain(of: Shape, time: Shown) -> str:
    return f"not {of.call('finished', time.name)} or {of.call('equal', of.measures[0].name)}"


def _beyond(of: Shape, time: Shown, whole: str) -> str:
    """What goes beyond the headline: the latest period where that was of a longer span, the whole course where not."""
    x, m = time.name, of.measures[0].name
    low = of.call("low", x, m)
    inside = " and ".join(f"{low} != {of.call(end, x, m)}" for end in ("settled", "initial"))
    lowest = f" The lowest was {show(low)} {_at(time)} {of.put('low_at', x, m)}."
    course = finding(of) + when((f"{of.call('finished', x, 4)} and {inside}", lowest))
    periods, _ = SPANS.get(time.grain, (0, ""))
    if periods and of.measures[0].total:
        course = whole if time.grain == "day" else when((of.call("unbroken", x, 2 * periods), whole), other=course)
    alone = _going_on(of, time).replace("%} ", "%}")
    return when((_plain(of, time), ""), (f"not {of.call('finished', x, 2)}", alone), other=course)


def _named(of: Shape) -> str:
    return the(measured(of, of.measures[0])) + of.within


def _at(time: Shown) -> str:
    return "on" if time.grain == "day" else "in"


def _latest(of: Shape, time: Shown) -> str:
    """The latest finished period beside the one before it and, where there is one, the same a year before."""
    x, m = time.name, of.measures[0].name
    was = was_or_were(of, of.measures[0])
    said = f"{_at(time).capitalize()} {of.put('settled', x, x)} {_named(of)} {was} {of.put('settled', x, m)}"
    before, figure = of.put("settled", x, x, 1), of.put("settled", x, m, 1)
    by = of.call("moved", x, m)
    step = when(
        (of.call("rose", x, m), f", {_up(by, f'from {before}', f'{figure} {_at(time)} {before}')}"),
        (of.call("dropped", x, m), f", down {show(by + '|magnitude')} from {before}"),
        other=f", as {_at(time)} {before}",
    )
    if time.grain not in ("month", "quarter"):
        return f"{said}{step}."
    ago, then, by = of.put("year_ago", x, x), of.put("year_ago", x, m), of.call("year_moved", x, m)
    year = when(
        (f"not {of.call('year_known', x, m)}", ""),
        (of.call("year_rose", x, m), f" and {_up(by, f'from {ago}', f'{then} {_at(time)} {ago}')}"),
        (of.call("year_dropped", x, m), f" and down {show(by + '|magnitude')} from {ago}"),
        other=f" and as {_at(time)} {ago}",
    )
    return f"{said}{step}{year}."


def _up(by: str, since: str, before: str) -> str:
    """A rise in percent; from nothing, or from very little, the figure it began at: "up 1,200%" is 13 after 1."""
    return when((f"{by} <= {TRIPLE}", f"up {show(by + '|magnitude')} {since}"), other=f"up from {before}")


def _span(of: Shape, time: Shown) -> str:
    """The year up to the latest finished period (days: the week) beside the one before; "" where nothing adds up."""
    measure, (periods, span) = of.measures[0], SPANS.get(time.grain, (0, ""))
    if not periods or not measure.total:
        return ""
    x, m = time.name, measure.name
    by, before = of.call("sum_moved", x, m, periods), f"the {span} before"
    figure = of.put("sum_to", x, m, periods, periods)
    change = when(
        (of.call("sum_rose", x, m, periods), f", {_up(by, f'on {before}', f'{figure} in {before}')}"),
        (of.call("sum_dropped", x, m, periods), f", down {show(by + '|magnitude')} on {before}"),
        other=f", the same as in {before}",
    )
    total = of.put("sum_to", x, m, periods)
    said = f"In the {span} to {of.put('settled', x, x)} {_named(of)} came to {total}{change}."
    whole = f"From {of.put('earliest', x, x)} to {of.put('latest', x, x)} {_named(of)} came to {of.put('sum', m)}."
    other = whole if time.grain == "day" else _latest(of, time)  # days go up and down with the week
    return when((of.call("unbroken", x, 2 * periods), said), other=other)


def _extremes(of: Shape, time: Shown) -> str:
    x, m, at = time.name, of.measures[0].name, _at(time)
    partly, among = f"not {of.call('complete', x)}", f"of the whole {time.grain}s"
    which, opening = when((partly, f" {among}")), when((partly, f"{capital(among)}, the"), other="The")
    high, highest = f"{of.put('high', x, m)} {at} {of.put('high_at', x, m)}", of.call("high_at", x, m)
    low, lowest = f"{of.put('low', x, m)} {at} {of.put('low_at', x, m)}", of.call("low_at", x, m)
    now, enough = of.call("settled", x, x), of.call("finished", x, 4)
    return when(
        (f"{enough} and {highest} == {now}", f" That was the highest{which}; the lowest was {low}."),
        (f"{enough} and {lowest} == {now}", f" That was the lowest{which}; the highest was {high}."),
        (enough, f" {opening} highest was {high}, the lowest {low}."),
    )


def _going_on(of: Shape, time: Shown) -> str:
    x, m = time.name, of.measures[0].name
    period, so_far = of.put("latest", x, x), of.put("latest", x, m)
    return when(
        (of.call("partial", x), f" {period} is not over yet; so far it has {so_far}."),
        (of.call("cut", x), f" {period} is counted only up to {of.put('reached', x)}; until then it has {so_far}."),
    )


def _several_courses(of: Shape) -> tuple[Shown, Shown] | None:
    """The dimension of time and the other one, where the answer is a course for each of several things."""
    plan, times = of.plan, [column for column in of.dimensions if column.grain in LINEAR]
    if plan is None or plan.top is not None or plan.limit is not None or order_of(of) or len(of.measures) != 1:
        return None
    others = [column for column in of.dimensions if column.asked and column not in times]
    return (times[0], others[0]) if len(times) == 1 and len(others) == 1 else None


def _who_leads(of: Shape, time: Shown, other: Shown) -> str:
    x, m = time.name, of.measures[0].name
    who, figure = of.put("settled_leader", x, other.name, m), of.put("settled_most", x, m)
    said = f"{_at(time).capitalize()} {of.put('settled', x, x)} {who} led in {_named(of)} with {figure}."
    return when((of.call("finished", x), said), other=finding(of))


# ----------------------------------------------------------------------------------------------------- rankings
def _ranking(of: Shape) -> tuple[Shown, Shown] | None:
    """Whom the rows are about and the figure, where the answer is one figure for each of them."""
    plan = of.plan
    if plan is None or plan.top is not None or len(of.measures) != 1 or compared(of) or order_of(of) < 0:
        return None
    asked = [column for column in of.dimensions if column.asked]
    if len(asked) != 1 or any(column.grain for column in of.dimensions):
        return None
    return label_of(of), of.measures[0]


def _spread(of: Shape, label: Shown, measure: Shown) -> str:
    """How the figure is spread: what the first few make together, or how far ahead the first is; who comes last."""
    of = of.ranking(label) if len(of.dimensions) == 1 else of
    d, m = label.name, measure.name
    few, share = of.put("leading", d, m), of.put("share_of_leading", m)
    part = f"{of.put('portion', m, 3)} of {_all_of(of, measure)}"
    together = f" {capital(few)} together make up {part}{'' if measure.share else f' ({share})'}."
    plan = of.plan
    cut = plan is not None and (plan.limit is not None or plan.having)
    if not measure.total and not measure.share:
        return "" if order_of(of) else when((f"{of.call('ratio', m)} >= {CLEAR}", _times(of, measure)))
    last = f" {capital(of.put('at_min', d, m))} comes last with {of.put('min', m)}."
    tail = "" if cut else when((f"not {of.call('tied_min', m)}", last))
    return when((f"{of.query}.rows >= {MANY} and {of.call('min', m)} >= 0", together + tail))


def _times(of: Shape, measure: Shown) -> str:
    return f" The highest is {of.put('ratio', measure.name)} times the lowest."


def _all_of(of: Shape, measure: Shown) -> str:
    if measure.share:
        return with_partners(of, measure) if measure.partners else "it"
    return total(of, measure, "the total")


def _leader(of: Shape, label: Shown, measure: Shown) -> str:
    """ "By category, Furniture leads with 31.2% of the revenue." """
    of = of.ranking(label) if len(of.dimensions) == 1 else of
    d, m = label.name, measure.name
    who, group = of.put("at_max", d, m), _group(of, label)
    part = measure.total and not measure.share
    figure = of.put("share_of_max", m) if part else amount(of, measure, of.call("max", m))
    every = f"the {of.counted(measure)[1]}" if measure.counts else the(measured(of, measure))
    of_what = f" of {total(of, measure, every)}" if part else ""
    tied = f"{of.put('leaders', d, m)} lead with {of.put('max', m)} each"
    numbered = label.kind in NUMBERS and of.plan is not None and label.expr in of.plan.group  # "Class 3 leads"
    opening, who = ("", capital(who)) if numbered else (f"By {group}, ", who)
    unnamed = _without_name(of, measure, group)
    return when(
        (f"{of.query}.empty or {of.query}.one or {of.call('equal', m)}", finding(of)),
        (of.call("tied", m), f"{opening}{capital(tied) if numbered else tied}{of.where}{unnamed}."),
        other=f"{opening}{who} leads with {figure}{of_what}{of.where}{unnamed}.",
    )


def _without_name(of: Shape, measure: Shown, group: str) -> str:
    if not of.among:
        return ""
    figure = "share_of_unnamed" if measure.total and not measure.share else "unnamed"
    said = f"; without {group} it is {of.put(figure, of.among, measure.name)}"
    return when((of.call("unnamed_leads", of.among, measure.name), said))


def _group(of: Shape, label: Shown) -> str:
    """What the rows are by, one of them: "by customer"."""
    if names_row(label.expr):
        return of.say(noun(label.expr.table)[0])
    name = of.name(label)
    return name if "{{" in name else singular(name)
