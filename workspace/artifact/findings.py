"""The finding of an answer: one sentence for each shape of plan, as a template whose figures are expressions.

What depends on the data (which is first, rose or fell, one or many, nothing at all) is a test inside the template, so
that the sentence stays true when the data changes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from workspace.artifact.format import heading, is_label, is_money
from workspace.artifact.phrase import join, names_row, noun, prose_name, singular
from workspace.artifact.shape import CYCLIC, LINEAR, NUMBERS, Shape, Shown, capital, show, when
from workspace.question import plan as p

FEW = 8  # a list this short stands in the sentence itself
CLEAR, CLOSE = 1.25, 1.02  # times another figure, from which on one is far from it, and below which it just is
_YES_NO = re.compile(r"\s*(is|are|was|were|do|does|did|has|have|had)\b", re.IGNORECASE)
_OF = r"average|mean|median|sum|share|number|count|total|highest|lowest|largest|smallest"
_ALWAYS_MANY = ("sales", "earnings", "goods", "proceeds")
_ARTICLE = re.compile(rf"({_OF})\b")
_ONE = re.compile(r"(sum|share|number|count)\b|.* (of|per) ")  # of however many; "total tips" are several
_DEFINITE = re.compile(rf"({_OF})(?: [a-z]|\Z)")


def finding(of: Shape, *, times: bool = False) -> str:
    """The template that says what was found.

    Args:
        of: plan and columns of the answer.
        times: say of the first of a ranking how many times as much as the second it has, where that is clear.
    """
    counts = next((column for column in of.measures if column.counts), None)
    joined = next((measure for measure in of.measures if measure.partners), None)
    partners = ""
    if joined is not None:  # tickets there may be, though none of a store
        partners = when((f"not {of.call('entire', joined.name)}", f" with {_things(of, joined.partners)}"))
    nothing = f"There are no {of.counted(counts)[1] if counts else of.nouns[1]}{partners}{of.where}."
    if _YES_NO.match(of.question):
        nothing = "No: t" + nothing[1:]
    return when((f"{of.query}.empty", nothing), other=_body(of, times))


def _body(of: Shape, times: bool) -> str:
    plan, measures, dimensions = of.plan, of.measures, of.dimensions
    if plan is not None and plan.top is not None:
        return _top_of_each(of, plan.top)
    if measures and not dimensions:
        return _single(of, measures[0]) if len(measures) == 1 else _several(of)
    if not measures:
        return _list(of)
    time = next((column for column in dimensions if column.grain), None)
    ranked = plan is not None and (plan.limit is not None or order_of(of) != 0)
    if time and time.grain in LINEAR and not ranked:
        return _series(of, time) if len(dimensions) == 1 else _many_series(of, time)
    if time and time.grain in CYCLIC and not ranked:
        return _cycle(of, time)
    if compared(of):
        return _comparison(of)
    order, of = order_of(of), of.ranking(label_of(of)) if len(dimensions) == 1 else of
    return _led(of, times) if order > 0 else _trailed(of) if order < 0 else _unordered(of)


# --------------------------------------------------------------------------------------------------- one row
def _single(of: Shape, measure: Shown) -> str:
    value = of.call("value", measure.name)
    if measure.counts and of.plan is not None:
        single, several = of.counted(measure)
        none, some = ("No: there are no", "Yes: there") if _YES_NO.match(of.question) else ("There are no", "There")
        counts = when(
            (f"{value} == 0", f"{none} {several}"),
            (f"{value} == 1", f"{some} is {show(value)} {single}"),
            other=f"{some} are {show(value)} {several}",
        )
        return counts + of.where + "."
    missing = f"There is no {of.name(measure)} to show{of.where}."
    said = f"{capital(the(of.name(measure)))}{of.where} {_is(measure.name)} {show(value)}."
    return when((of.call("missing", measure.name), missing), other=said)


def _several(of: Shape) -> str:
    parts = [f"{of.name(measure)} {of.put('value', measure.name)}" for measure in of.measures]
    parts[0] = f"{the(of.name(of.measures[0]))} {_is(of.measures[0].name)} {of.put('value', of.measures[0].name)}"
    return capital(", ".join(parts[:-1]) + f" and {parts[-1]}") + of.where + "."


# -------------------------------------------------------------------------------------------------- over time
def _series(of: Shape, time: Shown) -> str:
    x, m = time.name, of.measures[0].name
    at = "on" if time.grain == "day" else "in"
    label = capital(the(measured(of, of.measures[0]))) + of.where
    was = was_or_were(of, of.measures[0])
    first, last = of.put("earliest", x, x), of.put("latest", x, x)
    alone, now = f"{of.put('earliest', x, m)} {at} {first}", f"{of.put('latest', x, m)} {at} {last}"
    start = f"{of.put('initial', x, m)} {at} {of.put('initial', x, x)}"
    end = f"{of.put('settled', x, m)} {at} {of.put('settled', x, x)}"
    moved = when(
        (of.call("rose_over_all", x, m), f"rose from {start} to {end}"),
        (of.call("dropped_over_all", x, m), f"fell from {start} to {end}"),
        other=f"{was} {start} and again {end}",
    )
    most = of.call("high", x, m)
    inside = " and ".join(f"{most} {test}" for test in (
        f"== {of.call('max', m)}", f"!= {of.call('settled', x, m)}", f"!= {of.call('initial', x, m)}",
    ))  # fmt: skip
    peak = when((inside, f"; the peak was {show(most)} {at} {of.put('high_at', x, m)}"))
    part = when(
        (of.call("partial", x), ", which is not over yet"),
        (of.call("cut", x), f", counted only up to {of.put('reached', x)}"),
    )
    return when(
        (of.one, f"{capital(the(measured(of, of.measures[0])))}{of.within} {was} {alone}{part}."),
        (of.call("equal", m), f"{label} was {of.put('max', m)} {at} every {time.grain} from {first} to {last}."),
        (
            f"not {of.call('finished', x)}",
            f"{label} {was} {alone} and {now}, of which neither is a whole {time.grain}.",
        ),
        (f"not {of.call('finished', x, 2)}", f"{label} {was} {end}{_open_end(of, time)}."),
        other=f"{label} {moved}{peak}{_open_end(of, time)}.",
    )


def _open_end(of: Shape, time: Shown) -> str:
    """What is said of the latest period where it is no whole one."""
    x, m = time.name, of.measures[0].name
    last, so_far = of.put("latest", x, x), of.put("latest", x, m)
    return when(
        (of.call("partial", x), f"; {last} is not over yet, with {so_far} so far"),
        (of.call("cut", x), f"; {last} is counted only up to {of.put('reached', x)}, with {so_far}"),
    )


def _many_series(of: Shape, time: Shown) -> str:
    x, measure = time.name, of.measures[0]
    other = next(column for column in of.dimensions if column is not time)
    who, most = of.put("at_max", other.name, measure.name), of.put("max", measure.name)
    return (
        f"From {of.put('earliest', x, x)} to {of.put('latest', x, x)}, {the(measured(of, measure))}{of.where} was "
        f"highest for {who} with {most} in {of.put('at_max', x, measure.name)}."
    )


def _cycle(of: Shape, time: Shown) -> str:
    x, measure, at = time.name, of.measures[0], CYCLIC[time.grain]
    high = f"{at} {of.put('at_max', x, measure.name)} with {of.put('max', measure.name)}"
    low = f"{at} {of.put('at_min', x, measure.name)} with {of.put('min', measure.name)}"
    is_ = "is" if measure.counts else _is(measure.name)
    return f"{capital(the(measured(of, measure)))}{of.where} {is_} highest {high} and lowest {low}."


# -------------------------------------------------------------------------------------------------- rankings
def _comparison(of: Shape) -> str:
    d, measure = of.dimensions[0].name, of.measures[0]
    m = measure.name
    both = f"{of.query}.rows == 2"
    times = when((f"{both} and not {of.call('missing_ratio', m)}", f": {of.put('ratio', m)} times as much"))
    large, small = amount(of, measure, of.call("max", m)), of.put("min", m)
    return when(
        (of.one, _alone(of, of.dimensions[0], "")),
        (of.call("equal", m), f"{of.put('list', d)} have the same {measured(of, measure)}, {of.put('max', m)}."),
        other=f"{capital(of.put('at_max', d, m))} has {large}, {of.put('at_min', d, m)} {small}{times}.",
    )


def _led(of: Shape, times: bool) -> str:
    """The largest first."""
    measure = of.measures[0]
    m, label = measure.name, label_of(of)
    who, second = _naming(of, label, 0), _naming(of, label, 1)
    leaders, most = of.put("leaders", label.name, m), amount(of, measure, of.call("max", m))
    lead = f"{who} leads with {amount(of, measure, of.call('value', m))}{_part(of, measure)}"
    value, far = of.put("value", m, 1), of.call("lead", m)
    ahead = f", ahead of {second} with {value}."
    if times:
        clear = (f"{far} >= {CLEAR}", f", {show(far)} times the {value} of {second}.")
        ahead = when(clear, (f"{far} < {CLOSE}", f", just{ahead[1:]}"), other=ahead)
    return when(
        (of.one, _alone(of, label, _most(of, measure))),
        (of.call("tied", m), after_unnamed(of, f"{leaders} share first place, with {most} each.")),
        other=after_unnamed(of, f"{lead}{ahead}"),
    )


def after_unnamed(of: Shape, said: str) -> str:
    """A sentence on the first, behind what has no name where that has more: it is not in the race."""
    if not of.among:
        return capital(said)
    measure = of.measures[0]
    part = f" ({of.put('share_of_unnamed', of.among, measure.name)} of the total)" if measure.total else ""
    name = of.say(prose_name(of.among))
    rest = (
        f"Without {name}: {of.put('unnamed', of.among, measure.name)}{'' if measure.share else part}; of the others, "
    )
    return when((of.call("unnamed_leads", of.among, measure.name), rest + said), other=capital(said))


def _alone(of: Shape, label: Shown, best: str) -> str:
    """A single row: the best where one was asked for; nothing is the best of one."""
    measure, plan = of.measures[0], of.plan
    who, figure = _naming(of, label, 0), amount(of, measure, of.call("value", measure.name))
    if plan is None:
        return f"{who}, with {figure}."
    if plan.limit == 1:
        return f"{capital(who)} has {best}: {of.put('min' if order_of(of) < 0 else 'max', measure.name)}."
    if len(of.dimensions) == 1 and any(_settles(item, label.expr) for item in plan.where):
        return _single(of, measure)
    return f"Only {who} is there, with {figure}."


def _settles(item: p.Predicate, expr: p.Expr) -> bool:
    """Does a filter leave one value of an expression?"""
    return isinstance(item, p.Compare) and item.op == "=" and item.left == expr and isinstance(item.right, p.Literal)


def _trailed(of: Shape) -> str:
    """The smallest first."""
    measure = of.measures[0]
    m, label = measure.name, label_of(of)
    who, second = _naming(of, label, 0), _naming(of, label, 1)
    least, value = _most(of, measure, least=True), of.put("value", m)
    return when(
        (of.one, _alone(of, label, least)),
        (of.call("tied_min", m), f"{who} is among those with {least}, {value}."),
        other=f"{who} has {least}, {value}, followed by {second} with {of.put('value', m, 1)}.",
    )


def _unordered(of: Shape) -> str:
    measure = of.measures[0]
    m, label = measure.name, label_of(of)
    best, most = _most(of, measure), of.put("max", m)
    fewest = "fewest" if measure.counts else "smallest" if measure.share else "lowest"
    least = f"the {fewest}, {of.put('min', m)}"
    leaders = "several" if _beside(of, label) else of.put("leaders", label.name, m)
    tail = when(
        (of.call("tied_min", m), f"{of.put('count_min', m)} have {least}"),
        other=f"{extreme(of, label, 'at_min', m)} has {least}",
    )
    return when(
        (of.one, _alone(of, label, best)),
        (of.call("equal", m), f"All {of.rows} have the same {measured(of, measure)}, {most}."),
        (
            of.call("tied", m),
            after_unnamed(of, f"{leaders} share {best}, {most} each; {tail}."),
        ),
        other=after_unnamed(of, f"{extreme(of, label, 'at_max', m)} has {best}, {most}{_part(of, measure)}; {tail}."),
    )


def _top_of_each(of: Shape, top: p.Top) -> str:
    tables = {key.table for key in top.partition if isinstance(key, p.Column)}
    group = next((c for c in of.columns if c.expr in top.partition), None)
    group = group or next((c for c in of.columns if isinstance(c.expr, p.Column) and c.expr.table in tables), None)
    by = next((c for c in of.columns if top.order and c.expr == top.order[0].expr), None)
    own = [c for c in of.columns if c is not by and c is not group and not is_label(c.name)]
    each = f" for each {_group(of, group)}" if group else ""
    if by is None or not own:
        return f"{capital(of.rows)} {of.nouns[1]}{of.where}{each}."
    verb, word = ("at_max", "highest") if top.order[0].descending else ("at_min", "lowest")
    extreme = of.put(verb.removeprefix("at_"), by.name)
    place = f" ({of.put(verb, group.name, by.name)})" if group else ""
    best = f"{of.put(verb, own[0].name, by.name)}{place} has the {word} {of.name(by)} of all{of.where}, {extreme}"
    return f"{best}; the table has the {word}{each}." if each else f"{best}."


# ----------------------------------------------------------------------------------------------------- lists
def _list(of: Shape) -> str:
    plan, named = of.plan, of.naming
    if plan is not None and plan.order and plan.limit is not None:
        by = next((c for c in of.columns if c.expr == plan.order[0].expr), None)
        who = named or next((c for c in of.columns if c is not by), None)
        if by is not None and who is not None and by is not who:
            return _first_of_list(of, who, by)
    yes = "Yes: " if _YES_NO.match(of.question) else ""
    rows = of.rows if yes else capital(of.rows)  # "More than 10,000 orders"
    head = f"{yes}{rows} {when((f'{of.query}.rows == 1', of.nouns[0]), other=of.nouns[1])}{of.where}"
    if named is not None:
        last = of.last_name(named)
        names = of.put("list", named.name, FEW, *([last.name] if last else []))
        return head + when((f"{of.query}.rows <= {FEW}", f": {names}")) + "."
    figure = next((c for c in of.columns if c.kind in NUMBERS and is_money(c.name) and not is_label(c.name)), None)
    if figure is None:
        return head + "."
    low, high = of.put("min", figure.name), of.put("max", figure.name)
    return f"{head}; {of.name(figure)} {when((of.call('equal', figure.name), high), other=f'from {low} to {high}')}."


def _first_of_list(of: Shape, who: Shown, by: Shown) -> str:
    first, second = _naming(of, who, 0), _naming(of, who, 1)
    value, other = of.put("value", by.name), of.put("value", by.name, 1)
    return when(
        (of.one, f"{first}, with {of.name(by)} {value}."),
        other=f"{first} comes first with {of.name(by)} {value}, then {second} with {other}.",
    )


# ----------------------------------------------------------------------------------------------------- parts
def label_of(of: Shape) -> Shown:
    """The dimension by which a row of a ranking is called."""
    asked = [column for column in of.dimensions if column.asked] or list(of.dimensions)
    chosen = next((column for column in asked if not is_label(column.name)), asked[0])
    place = of.dimensions.index(chosen)
    before = of.dimensions[place - 1] if place else chosen  # a name put before the number that was asked for
    return chosen if before.asked else before


def _naming(of: Shape, column: Shown, row: int) -> str:
    """The name of a row; first and last name together where the plan shows them apart."""
    last = of.last_name(column)
    name = of.put("value", column.name, row) + (f" {of.put('value', last.name, row)}" if last else "")
    beside = ", ".join(of.put("value", other.name, row) for other in _beside(of, column))
    return f"{name} ({beside})" if beside else name


def extreme(of: Shape, column: Shown, verb: str, measure: str) -> str:
    """The name of the row with the largest (``at_max``) or the smallest (``at_min``) figure."""
    name = of.put(verb, column.name, measure)
    beside = ", ".join(of.put(verb, other.name, measure) for other in _beside(of, column))
    return f"{name} ({beside})" if beside else name


def _beside(of: Shape, column: Shown) -> list[Shown]:
    """The other groups, without which a row has no name: "completed (Western Europe)"."""
    if of.plan is None or not isinstance(column.expr, p.Column):
        return []
    groups = [shown for shown in of.dimensions if shown.asked and shown.expr in of.plan.group]
    keys = [expr for expr in of.plan.group if all(output.expr != expr for output in of.plan.outputs)]
    table = column.expr.table
    thing = any(isinstance(expr, p.Column) and expr.table == table for expr in keys)

    def own(shown: Shown) -> bool:  # a customer's city is a property of the customer
        return thing and any(isinstance(node, p.Column) and node.table == table for node in p.walk(shown.expr))

    others = [shown for shown in groups if shown.name != column.name]
    return [shown for shown in others if not own(shown)] if len(others) < len(groups) else []


def amount(of: Shape, measure: Shown, value: str) -> str:
    """A figure with what it is of: "13 customers", "revenue of 523.06", "an average total of 5.65"."""
    if measure.counts and of.plan is not None:
        single, several = of.counted(measure)
        return f"{show(value)} {when((f'{value} == 1', single), other=several)}"
    if measure.share:
        return show(value) + (f" of {with_partners(of, measure)}" if measure.partners else "")
    label = of.name(measure)
    single = _ARTICLE.match(label) and _is(measure.name) == "is"
    article = ("an " if label[:1] in "aeiou" else "a ") if single else ""
    return f"{article}{label} of {show(value)}"


def _most(of: Shape, measure: Shown, *, least: bool = False) -> str:
    if measure.counts and of.plan is not None:
        return f"the {'fewest' if least else 'most'} {of.counted(measure)[1]}"
    if measure.share:
        return f"the {'smallest' if least else 'largest'} {of.name(measure)}"
    return f"the {'lowest' if least else 'highest'} {of.name(measure)}"


def _part(of: Shape, measure: Shown) -> str:
    """The largest row's part of the total, where there is a total."""
    if not measure.total or measure.share:
        return ""
    return f" ({of.put('share_of_max', measure.name)} of {total(of, measure, 'the total')})"


def total(of: Shape, measure: Shown, name: str) -> str:
    """What a share is one of: ``name``, unless a join left out what has no partner ("revenue with a store")."""
    if not measure.partners:
        return name
    return when((of.call("entire", measure.name), name), other=with_partners(of, measure))


def with_partners(of: Shape, measure: Shown) -> str:
    """ "revenue with a store", "the orders with a customer"."""
    figure = f"the {of.counted(measure)[1]}" if measure.counts else the(of.name(measure).removeprefix("share of "))
    return f"{figure} with {_things(of, measure.partners)}"


def _things(of: Shape, tables: Sequence[str]) -> str:
    things = [of.say(noun(table)[0]) for table in tables]
    return join([f"{'an' if thing[:1] in 'aeiou' else 'a'} {thing}" for thing in things])


def measured(of: Shape, measure: Shown) -> str:
    return f"number of {of.counted(measure)[1]}" if measure.counts and of.plan is not None else of.name(measure)


def _group(of: Shape, column: Shown) -> str:
    return of.say(noun(column.expr.table)[0]) if names_row(column.expr) else of.name(column)


def order_of(of: Shape) -> int:
    """1 when the rows come with the first measure's largest first, -1 smallest first, 0 otherwise."""
    if of.plan is None or not of.plan.order or not of.measures:
        return 0
    first, measure = of.plan.order[0], of.measures[0].expr
    same = first.expr == measure or (isinstance(measure, p.Share) and first.expr == measure.of)
    return (1 if first.descending else -1) if same else 0


def compared(of: Shape) -> bool:
    """Were exactly two values of the one dimension asked for?"""
    if of.plan is None or len(of.dimensions) != 1:
        return False
    return any(
        isinstance(item, p.Among) and not item.negated and len(item.values) == 2 and item.of == of.dimensions[0].expr
        for item in of.plan.where
    )


def the(label: str) -> str:
    return f"the {label}" if _DEFINITE.match(label) else label


def was_or_were(of: Shape, measure: Shown) -> str:
    return "were" if _is(measure.name) == "are" and not measure.counts else "was"


def _is(name: str) -> str:
    text = heading(name).lower()
    last = text.rpartition(" ")[2]
    many = singular(last) != last or last in _ALWAYS_MANY
    return "are" if many and not _ONE.match(text) else "is"
