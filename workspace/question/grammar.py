"""The ordered table of the grammar's rules, and what is settled once the whole question has been seen."""

from __future__ import annotations

from dataclasses import replace

from workspace.question.frames import Condition, Exists, Operand, Sort, Term
from workspace.question.grammar_filter import (
    rule_between,
    rule_comparative,
    rule_join_words,
    rule_like,
    rule_narrow,
    rule_not,
)
from workspace.question.grammar_group import (
    rule_by,
    rule_compare,
    rule_each,
    rule_grain,
)
from workspace.question.grammar_order import (
    rule_common,
    rule_extreme,
    rule_most,
    rule_named_extreme,
    rule_order,
    rule_selling,
    rule_superlative,
    rule_top,
)
from workspace.question.grammar_select import (
    rule_chart,
    rule_degree,
    rule_everything,
    rule_filler,
    rule_functions,
    rule_open,
    rule_preposition,
    rule_rows,
    rule_sentence,
    rule_share,
    rule_term,
    rule_unknown,
)
from workspace.question.grammar_self import (
    rule_hierarchy,
)
from workspace.question.grammar_state import (
    rule_counted,
    rule_state,
)
from workspace.question.grammar_value import (
    rule_inside,
    rule_number,
    rule_period,
    rule_value,
)
from workspace.question.grammar_verb import (
    rule_verb,
)
from workspace.question.lexicon import adjectives, measure_words
from workspace.question.measures import adds_up
from workspace.question.parse import Parser

RULES = (
    rule_sentence,
    rule_state,
    rule_filler,
    rule_share,
    rule_chart,
    rule_hierarchy,
    rule_degree,
    rule_open,
    rule_order,
    rule_functions,
    rule_selling,
    rule_common,
    rule_top,
    rule_superlative,
    rule_named_extreme,
    rule_most,
    rule_extreme,
    rule_grain,
    rule_each,
    rule_compare,
    rule_between,
    rule_comparative,
    rule_like,
    rule_not,
    rule_period,
    rule_number,
    rule_value,
    rule_inside,
    rule_narrow,
    rule_join_words,
    rule_by,
    rule_everything,
    rule_rows,
    rule_counted,
    rule_term,
    rule_verb,
    rule_preposition,
    rule_unknown,
)


def finish(parser: Parser) -> None:
    """Settles what only the whole question tells."""
    frame = parser.frame
    if parser.pending_limit is not None and frame.limit is None:
        frame.limit = parser.pending_limit
    gathered = any(term.function or term.share or term.measure for term in frame.targets)
    counted_sort = any(sort.superlative or sort.common for sort in frame.sorts)
    for group in [group for group in frame.groups if group.soft]:
        if not gathered and not counted_sort and not frame.share:
            frame.groups.remove(group)
            _show(parser, group)
    if len(frame.targets) == 2 and frame.targets[0].function == "count" and frame.targets[0].item is None:
        second = frame.targets[1]
        if second.function is None and second.item is not None and second.measure is None and not second.grain:
            second.function = "count"  # "how many sunny *days*"
            del frame.targets[0]
    if frame.share and not frame.targets and frame.entity is not None:
        frame.targets.append(Term(item=frame.entity, function="count"))
    if frame.share and not frame.targets and not frame.groups and frame.conditions and parser.schema.sole:
        frame.targets.append(Term(function="count"))  # "share of members", who are rows of a kind
    if frame.share and not any(term.share for term in frame.targets):
        for term in frame.targets:
            if term.function is None and _added(parser, term):
                term.function = "sum"  # "share of Germany in net amount"
            term.share = bool(term.function or term.measure)
    if frame.entity is None:
        frame.entity = _entity(parser)
    first = parser.at(parser.skip(0))
    if first is not None and first.lower == "how much" and not frame.targets and frame.entity is None and frame.nouns:
        word = next(word for word in measure_words() if word.name == "revenue")  # "how much did we sell"
        frame.targets.append(Term(item=replace(first, text="revenue", lemma="revenue", links=()), measure=word))
    if first is not None and first.lower == "how much" and not frame.targets and not frame.groups:
        home = frame.entity.table if frame.entity is not None else None
        if home is not None and parser.schema.tables[home.table].amount:  # "how much did we refund in 2025"
            frame.targets.append(Term(item=frame.entity, function="sum"))
    parted = frame.limit is not None and any(term.item is not None and term.grain is None for term in frame.groups)
    if frame.outer_top and parted and frame.entity is not None and not frame.targets and not frame.sorts:
        best = Term(adjective=adjectives()["best",])  # "top 3 products per category": the best of each
        frame.sorts.append(Sort(best, descending=True, superlative=True))
    if any(term.share for term in frame.targets) and not (frame.groups or frame.conditions or len(frame.targets) > 1):
        frame.unused += [item for item in parser.items if item.has("share") and item not in frame.unused]  # of what?
    _filled(parser)
    if any(term.grain for term in frame.groups) or any(_period(condition) for condition in frame.conditions):
        # "new customers per month": those of that month
        frame.unused = [item for item in frame.unused if item.lower != "new"]


def _added(parser: Parser, term: Term) -> bool:
    links = term.item.columns if term.item is not None and not (term.measure or term.grain) else ()
    return bool(links) and adds_up(parser.schema.tables[links[0].table], links[0].column)


def _filled(parser: Parser) -> None:
    """ "which agent *closed* the most tickets", where its date is empty until then: only those that are."""
    frame = parser.frame
    if not frame.happened or frame.hierarchy or frame.when:
        return
    link = frame.happened[0]
    said = any(isinstance(part, Exists) or part.term is not None or _period(part) for part in frame.conditions)
    if said or not parser.schema.sole or not parser.schema.column(link).profile.nulls:
        return
    item = next(item for item in frame.hints if link in item.columns)
    frame.conditions.append(Condition(Term(item=replace(item, links=(link,))), "missing", [Operand(item=item)], True))


def _period(condition: Condition | Exists) -> bool:
    plain = isinstance(condition, Condition) and condition.term is None
    return plain and any(operand.period is not None for operand in condition.operands)


def _show(parser: Parser, group: Term) -> None:
    frame = parser.frame
    if group.item is None:
        return
    if frame.entity is None and parser.is_table(group.item) and group.owner is None:
        frame.entity = group.item
    elif not any(term.item is group.item for term in frame.targets):
        frame.targets.insert(0, group)


def _entity(parser: Parser):
    """Without a table named as the subject, the first table named anywhere."""
    frame = parser.frame
    for term in (*frame.targets, *frame.groups):
        if term.owner is not None:
            return term.owner
    if frame.mentioned and not frame.targets:
        return frame.mentioned[0]
    for condition in frame.conditions:
        if isinstance(condition, Exists) and condition.term is None:
            continue
        term = condition.term
        if isinstance(condition, Condition) and term and term.owner is not None and not frame.targets:
            return term.owner
    return None
