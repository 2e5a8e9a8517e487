"""What an analyst says of an answer inside a document: a headline for the lead, a paragraph for its section.

As in `findings`, all that depends on the data is a test in the template. Periods that are not over are never compared
with whole ones: the latest finished period stands beside the one before and the same one a year earlier.
"""

from __future__ import annotations

from workspace.artifact.findings import (
    amount,
    compared,
    finding,
    label_of,
    measured,
    order_of,
    the,
    total,
    was_or_were,
    with_partners,
)
from workspace.artifact.shape import LINEAR, Shape, Shown, capital, show, when
from workspace.question import plan as p

YEAR = {"month": 12, "quarter": 4}  # periods
MANY = 5  # rows from which on the first few together say something
NEAR = 0.005  # of a figure, up to which a change is none worth a number
CLEAR = 1.25  # times the second, from which on the first is said to be that far ahead


def paragraph(of: Shape) -> str:
    """The template of a section's text: a sentence or a few on what its picture shows.

    Args:
        of: plan and columns of the answer.
    """
    time, ranked = _course(of), _ranking(of)
    if time is not None:
        return _guarded(of, time, f"{_latest(of, time)}{_extremes(of, time)}{_going_on(of, time)}")
    if (series := _several_courses(of)) is not None:
        return f"{_who_leads(of, *series)} {finding(of)}"
    if ranked is not None:
        return finding(of) + when((f"not {of.query}.empty and not {of.query}.one", _spread(of, *ranked)))
    return finding(of)


def headline(of: Shape) -> str:
    """The template of the one sentence that stands for an answer in the lead of a document."""
    time, ranked = _course(of), _ranking(of)
    if time is not None:
        return _guarded(of, time, _year(of, time) or _latest(of, time))
    if (series := _several_courses(of)) is not None:
        return _who_leads(of, *series)
    if ranked is not None:
        return _leader(of, *ranked)
    return finding(of)


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


def _guarded(of: Shape, time: Shown, said: str) -> str:
    """Where no period is over, or all are alike, the plain finding is all there is to say; one alone has no change."""
    x, m = time.name, of.measures[0].name
    plain = f"not {of.call('finished', x)} or {of.call('equal', m)}"
    was = was_or_were(of, of.measures[0])
    only = f"{_at(time).capitalize()} {of.put('settled', x, x)} {_named(of)} {was} {of.put('settled', x, m)}."
    return when((plain, finding(of)), (f"not {of.call('finished', x, 2)}", only + _going_on(of, time)), other=said)


def _named(of: Shape) -> str:
    return the(measured(of, of.measures[0])) + of.where


def _at(time: Shown) -> str:
    return "on" if time.grain == "day" else "in"


def _latest(of: Shape, time: Shown) -> str:
    """The latest finished period beside the one before it and, where there is one, the same a year before."""
    x, m = time.name, of.measures[0].name
    was = was_or_were(of, of.measures[0])
    said = f"{_at(time).capitalize()} {of.put('settled', x, x)} {_named(of)} {was} {of.put('settled', x, m)}"
    by = of.call("moved", x, m)
    before = of.put("settled", x, x, 1)
    step = when(
        (of.call("rose", x, m), f", up {show(by + '|magnitude')} from {before}"),
        (of.call("dropped", x, m), f", down {show(by + '|magnitude')} from {before}"),
        other=f", as {_at(time)} {before}",
    )
    if time.grain not in YEAR:
        return f"{said}{step}."
    ago, moved = of.put("year_ago", x, x), show(of.call("year_moved", x, m) + "|magnitude")
    year = when(
        (f"not {of.call('year_known', x, m)}", ""),
        (of.call("year_rose", x, m), f" and up {moved} from {ago}"),
        (of.call("year_dropped", x, m), f" and down {moved} from {ago}"),
        other=f" and as {_at(time)} {ago}",
    )
    return f"{said}{step}{year}."


def _year(of: Shape, time: Shown) -> str:
    """The year up to the latest finished period beside the year before it; "" where figures do not add up."""
    measure, periods = of.measures[0], YEAR.get(time.grain, 0)
    if not periods or not measure.total:
        return ""
    x, m = time.name, measure.name
    moved = show(of.call("sum_moved", x, m, periods) + "|magnitude")
    change = when(
        (of.call("sum_rose", x, m, periods), f", up {moved} on the year before"),
        (of.call("sum_dropped", x, m, periods), f", down {moved} on the year before"),
        other=", the same as in the year before",
    )
    total = of.put("sum_to", x, m, periods)
    said = f"In the year to {of.put('settled', x, x)} {_named(of)} came to {total}{change}."
    return when((of.call("unbroken", x, 2 * periods), said), other=_latest(of, time))


def _extremes(of: Shape, time: Shown) -> str:
    x, m, at = time.name, of.measures[0].name, _at(time)
    opening = when((of.call("complete", x), "The"), other=f"Of the whole {time.grain}s the")
    high = f"{opening} highest was {of.put('high', x, m)} {at} {of.put('high_at', x, m)}"
    low = f"the lowest {of.put('low', x, m)} {at} {of.put('low_at', x, m)}"
    return when((of.call("finished", x, 4), f" {high}, {low}."))


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
    said = f"{_at(time).capitalize()} {of.put('settled', x, x)} {who} leads in {_named(of)} with {figure}."
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
    ahead = f" The first has {of.put('lead', m)} times as much as the next."
    plan = of.plan
    cut = plan is not None and (plan.limit is not None or plan.having)
    clear = f"{of.call('lead', m)} >= {CLEAR} and not {of.call('tied', m)}"
    if not measure.total and not measure.share:
        return when((clear, ahead))
    last = f" {capital(of.put('at_min', d, m))} comes last with {of.put('min', m)}."
    tail = "" if cut else when((f"not {of.call('tied_min', m)}", last))
    return when((f"{of.query}.rows >= {MANY} and {of.call('min', m)} >= 0", together + tail), (clear, ahead))


def _all_of(of: Shape, measure: Shown) -> str:
    if measure.share:
        return with_partners(of, measure) if measure.partners else "it"
    return total(of, measure, "the total")


def _leader(of: Shape, label: Shown, measure: Shown) -> str:
    """ "By category, Furniture leads with 31.2% of the revenue." """
    of = of.ranking(label) if len(of.dimensions) == 1 else of
    d, m = label.name, measure.name
    who, group = of.put("at_max", d, m), of.name(label) if not _names(label) else _thing(of, label)
    part = measure.total and not measure.share
    figure = of.put("share_of_max", m) if part else amount(of, measure, of.call("max", m))
    of_what = f" of {total(of, measure, the(measured(of, measure)))}" if part else ""
    tied = f"{of.put('leaders', d, m)} lead with {of.put('max', m)} each"
    opening = f"By {group}{of.where}, "
    return when(
        (f"{of.query}.empty or {of.query}.one or {of.call('equal', m)}", finding(of)),
        (of.call("tied", m), f"{opening}{_beside_unnamed(of, measure)}{tied}."),
        other=f"{opening}{_beside_unnamed(of, measure)}{who} leads with {figure}{of_what}.",
    )


def _beside_unnamed(of: Shape, measure: Shown) -> str:
    if not of.among:
        return ""
    figure = "share_of_unnamed" if measure.total and not measure.share else "unnamed"
    said = f"beside {of.put(figure, of.among, measure.name)} without one, "
    return when((of.call("unnamed_leads", of.among, measure.name), said))


def _names(label: Shown) -> bool:
    from workspace.artifact.phrase import names_row

    return names_row(label.expr)


def _thing(of: Shape, label: Shown) -> str:
    from workspace.artifact.phrase import noun

    return of.say(noun(label.expr.table)[0]) if isinstance(label.expr, p.Column) else capital(of.name(label))
