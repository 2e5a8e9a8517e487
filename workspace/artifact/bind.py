"""Figures in prose: a small part of Jinja2, read by Jinja's own parser and evaluated here, node by node.

A template may hold words, ``{{ expressions }}`` over query results and ``{% if %}`` on them. There are no loops, no
assignments, no filters but `FILTERS`, no attributes but those of `workspace.artifact.figures`; Jinja compiles nothing,
so there is no sandbox to escape from. A numeral among the words is refused: figures come out of queries only.

    {{ q1.at_max('Country', 'revenue') }} leads with {{ q1.max('revenue') }}, {{ q1.share_of_max('revenue') }} of it.

Words that claim something of the data ("rose", "most") have to be chosen by a test or stand beside the figure that
makes them true (`claims.py`). What a person knows from elsewhere is marked: ``{{ '2024 target'|constant }}``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from workspace.artifact import numerals as n
from workspace.artifact.claims import claims_in, loose_claims
from workspace.artifact.figures import Figures
from workspace.artifact.format import Said, show
from workspace.artifact.lines import once
from workspace.artifact.model import (
    TEMPLATES,
    Artifact,
    Block,
    Chart,
    Metric,
    NamedQuery,
    Segment,
    Table,
    Text,
    template_of,
)  # fmt: skip
from workspace.artifact.phrase import constants
from workspace.artifact.verbs import ATTRIBUTES, VERBS
from workspace.database.result import Result
from workspace.errors import ArtifactInvalid, LooseClaim, LooseNumeral, PlanInvalid
from workspace.question.plan import Plan

MAX_TEMPLATE = 20_000  # characters
MAX_NODES = 4_000
MAX_DEPTH = 40
MAX_OUTPUT = 200_000  # characters

_HEADING = re.compile(r" {0,3}#{1,6}(\s|\Z)")
# Where a link leads is an address and no figure, whatever digits are in it; what it is called is prose.
_LINKED = re.compile(r"(?<=\])\((?:https?://|mailto:)[^\s()<>]*\)", re.IGNORECASE)
_PARSER = ImmutableSandboxedEnvironment(autoescape=False, extensions=(), keep_trailing_newline=True)
_LANGUAGE = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.CondExpr, nodes.Const, nodes.Name, nodes.Getattr,
    nodes.Call, nodes.Filter, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Neg,
)  # fmt: skip
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "gt": lambda a, b: a > b,
    "gteq": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lteq": lambda a, b: a <= b,
}


def _percent(said: Said) -> Said:
    return Said(show(said.value, "percent"), said.value, said.bound)


def _magnitude(said: Said) -> Said:
    """Without its sign: after "fell by" a minus would say it twice."""
    value = abs(said.value) if isinstance(said.value, int | float) else said.value
    return Said(said.text.lstrip("−-"), value, said.bound)


def _capital(said: Said) -> Said:
    text = said.text if said.bound and not said.text.islower() else said.text[:1].upper() + said.text[1:]
    return Said(text, said.value, said.bound)  # a name out of the data that has capitals has those it wants: iPhone


FILTERS: dict[str, Callable[[Said], Said]] = {"percent": _percent, "magnitude": _magnitude, "capital": _capital}
MOST_OWN = 200  # claims of one page that are taken as its author's own words
CONSTANT = "constant"  # the filter that marks words as a person's own, which no query backs


# ------------------------------------------------------------------------------------------------------- binding
def bind(template: str, results: Mapping[str, Result], artifact: Artifact) -> tuple[Segment, ...]:
    """The template's prose as of now: plain stretches, and figures with the name of their query.

    Args:
        template: see the module's docstring.
        results: per query name its result.
        artifact: whose queries the template speaks of.

    Raises:
        ArtifactInvalid: not a template of this kind, or one that names a query or column that is not there.
    """
    figures = {q.name: Figures(q, results[q.name]) for q in artifact.queries if q.name in results}
    segments: list[Segment] = []
    size = 0
    for segment in _render(_parse(template).body, figures):
        size += len(segment.text)
        if size > MAX_OUTPUT:
            raise ArtifactInvalid("This text is too long to show.", hint="Show the values in a table instead.")
        if not segment.text:
            continue
        if segments and not segment.query and not segments[-1].query and segments[-1].put == segment.put:
            segment = Segment(segments.pop().text + segment.text, put=segment.put)
        segments.append(segment)
    # Lines that tests choose, one and all, may say the same; what a person repeats is theirs.
    chosen = all(line.startswith("{%") for line in template.splitlines() if line)
    return once(segments) if chosen else tuple(segments)


def queries_in(template: str) -> tuple[str, ...]:
    """The names of the queries that a template speaks of, in order of appearance."""
    return tuple(dict.fromkeys(node.name for node in _parse(template).find_all(nodes.Name)))


def words_of(template: str) -> str:
    """The plain words of a template, all branches included; "" for one that cannot be read."""
    try:
        parts = _shown_parts(_parse(template))
    except ArtifactInvalid:
        return ""
    return "".join(part.data for part in parts if isinstance(part, nodes.TemplateData))


def literal(text: str) -> str:
    """``text`` as a string literal inside an expression."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    return f"'{escaped}'"


@lru_cache(maxsize=512)
def _parse(template: str) -> nodes.Template:
    if len(template) > MAX_TEMPLATE:
        raise ArtifactInvalid(f"This text has {len(template):,} characters, {MAX_TEMPLATE:,} are the most.")
    try:
        tree = _PARSER.parse(template)
    except (TemplateSyntaxError, RecursionError, UnicodeDecodeError) as problem:
        raise ArtifactInvalid(f"This text has a faulty expression: {problem}.") from problem
    for count, _ in enumerate(_check(tree, 0)):
        if count > MAX_NODES:
            raise ArtifactInvalid("This text has too many expressions.")
    return tree


def _check(node: nodes.Node, depth: int) -> Iterator[nodes.Node]:
    """Refuses, once per template, every node that is not in the small language."""
    if depth > MAX_DEPTH:
        raise ArtifactInvalid("This text has expressions nested too deeply.")
    if not isinstance(node, _LANGUAGE):
        raise ArtifactInvalid(f"A text may not use “{type(node).__name__.lower()}”; it may show values and test them.")
    if isinstance(node, nodes.Output):
        for part in node.nodes:
            _check_shown(part)
    if isinstance(node, nodes.Call):
        _check_call(node)
    if isinstance(node, nodes.Filter) and (
        node.name not in (*FILTERS, CONSTANT) or node.args or node.kwargs or node.node is None
    ):
        raise ArtifactInvalid(f"A text may not use the filter {node.name}.")
    if isinstance(node, nodes.Filter) and node.name == CONSTANT and not _is_text(node.node):
        raise ArtifactInvalid("Only words in quotation marks can be a constant: {{ '2024 target'|constant }}.")
    if isinstance(node, nodes.Getattr) and (
        not isinstance(node.node, nodes.Name) or node.attr not in ATTRIBUTES | VERBS or node.ctx != "load"
    ):
        raise ArtifactInvalid(f"A text may not use “.{node.attr}”.")
    yield node
    for child in node.iter_child_nodes():
        yield from _check(child, depth + 1)


def _check_shown(node: nodes.Node) -> None:
    """What stands in ``{{ }}`` comes out of a query, or is a word chosen by one."""
    if isinstance(node, nodes.TemplateData):
        return
    if _is_text(node) or (isinstance(node, nodes.Filter) and node.name == CONSTANT):
        return
    if isinstance(node, nodes.CondExpr):
        _check_shown(node.expr1)
        if node.expr2 is not None:
            _check_shown(node.expr2)
        return
    inner = node
    while isinstance(inner, nodes.Filter) and inner.node is not None:
        inner = inner.node
    if not isinstance(inner, nodes.Call | nodes.Getattr):
        raise ArtifactInvalid("An expression in a text must show a value of a query, such as q1.value('revenue').")


def _is_text(node: nodes.Node | None) -> bool:
    return isinstance(node, nodes.Const) and isinstance(node.value, str)


def _check_call(node: nodes.Call) -> None:
    spread = node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None
    if spread or not isinstance(node.node, nodes.Getattr):
        raise ArtifactInvalid("A text may only call the functions of a query, with plain arguments.")
    for argument in node.args:
        value = argument.node if isinstance(argument, nodes.Neg) else argument
        if not isinstance(value, nodes.Const) or type(value.value) not in (str, int):
            raise ArtifactInvalid("A text may only call the functions of a query, with plain arguments.")


def _render(body: list[nodes.Node], figures: Mapping[str, Figures]) -> Iterator[Segment]:
    for node in body:
        if isinstance(node, nodes.Output):
            for part in node.nodes:
                yield _shown(part, figures)
        elif isinstance(node, nodes.If):
            for branch in (node, *node.elif_):
                if _truth(_value(branch.test, figures)):
                    yield from _render(branch.body, figures)
                    break
            else:
                yield from _render(node.else_, figures)


def _shown(node: nodes.Node, figures: Mapping[str, Figures]) -> Segment:
    if isinstance(node, nodes.TemplateData):
        return Segment(node.data)
    if isinstance(node, nodes.CondExpr):
        if _truth(_value(node.test, figures)):
            return _shown(node.expr1, figures)
        return _shown(node.expr2, figures) if node.expr2 is not None else Segment("")
    value = _value(node, figures)
    if isinstance(value, Said):
        return Segment(value.text, next(node.find_all(nodes.Name)).name if value.bound else "", put=not value.bound)
    if isinstance(value, str):
        return Segment(value, put=True)
    raise ArtifactInvalid("A test cannot be shown as a value; use it in “if”.")


def _value(node: nodes.Node, figures: Mapping[str, Figures]) -> Any:
    match node:
        case nodes.Const():
            return node.value
        case nodes.Call():
            arguments = [_argument(argument) for argument in node.args]
            return _reach(node.node, figures, *arguments)
        case nodes.Getattr():
            return _reach(node, figures)
        case nodes.Filter(name=name) if name == CONSTANT and isinstance(node.node, nodes.Const):
            return Said(str(node.node.value), node.node.value, bound=False)
        case nodes.Filter():
            said = _value(node.node, figures) if node.node is not None else None
            if not isinstance(said, Said):
                raise ArtifactInvalid(f"The filter {node.name} needs a value.")
            return FILTERS[node.name](said)
        case nodes.Not():
            return not _truth(_value(node.node, figures))
        case nodes.And():
            return _truth(_value(node.left, figures)) and _truth(_value(node.right, figures))
        case nodes.Or():
            return _truth(_value(node.left, figures)) or _truth(_value(node.right, figures))
        case nodes.Neg():
            return _argument(node)
        case nodes.Compare():
            return _compare(node, figures)
    raise ArtifactInvalid("This expression cannot be read; name a query and what to show of it.")


def _reach(node: nodes.Node, figures: Mapping[str, Figures], *arguments: Any) -> Any:
    if not isinstance(node, nodes.Getattr) or not isinstance(node.node, nodes.Name):
        raise ArtifactInvalid("A text may only call the functions of a query.")
    name = node.node.name
    if name not in figures:
        raise ArtifactInvalid(f"There is no result for the query {name}.")
    if node.attr not in ATTRIBUTES | VERBS:
        raise ArtifactInvalid(f"A text may not use “.{node.attr}”.")
    try:
        return getattr(figures[name], node.attr)(*arguments)
    except TypeError as problem:
        raise ArtifactInvalid(f"“{name}.{node.attr}” was given unfit arguments or values.") from problem


def _argument(node: nodes.Node) -> Any:
    if isinstance(node, nodes.Neg):
        value = _argument(node.node)
        if isinstance(value, int):
            return -value
    if isinstance(node, nodes.Const):
        return node.value
    raise ArtifactInvalid("Arguments must be plain text or whole numbers.")


def _compare(node: nodes.Compare, figures: Mapping[str, Figures]) -> bool:
    left = _raw(_value(node.expr, figures))
    for operand in node.ops:
        right = _raw(_value(operand.expr, figures))
        if operand.op not in _COMPARE:
            raise ArtifactInvalid(f"A text may not compare with “{operand.op}”.")
        if left is None or right is None or isinstance(left, str) != isinstance(right, str):
            return False
        if not _COMPARE[operand.op](left, right):
            return False
        left = right
    return True


def _raw(value: Any) -> Any:
    return value.value if isinstance(value, Said) else value


def _truth(value: Any) -> bool:
    return bool(_raw(value))


# ------------------------------------------------------------------------------------------------ loose numerals
def loose_numerals(
    template: str, *, allowed: frozenset[str] = frozenset(), headings: frozenset[str] = frozenset()
) -> list[tuple[str, str]]:
    """Numerals among a template's words, each with the words around it.

    Args:
        template: as for `bind`.
        allowed: numerals (see `numerals.keys`) that may stand anywhere.
        headings: numerals that may stand in headings as well.

    Example:
        >>> loose_numerals("Revenue rose by {{ q1.change('revenue')|percent }} to 5 million.")
        [('5', 'Revenue rose by … to 5 million.'), ('million', 'Revenue rose by … to 5 million.')]
    """
    parts = list(_shown_parts(_parse(template)))
    pieces = [_LINKED.sub("", part.data) if isinstance(part, nodes.TemplateData) else "\0" for part in parts]
    chosen = [part.value for part in parts if isinstance(part, nodes.Const)]
    # Read as one text, for a word that is cut by a tag, and piece by piece, for branches that never stand together.
    found: dict[tuple[str, str], None] = {}
    for line in (*"\0".join(pieces).splitlines(), *"".join(pieces).splitlines(), *chosen):
        fine = allowed | headings if _HEADING.match(line.lstrip("\0")) else allowed
        found.update(dict.fromkeys(loose(line, fine)))
    seen: dict[str, tuple[str, str]] = {}
    for numeral, place in found:
        seen.setdefault(numeral, (numeral, place))
    return list(seen.values())


def loose(text: str, allowed: frozenset[str]) -> list[tuple[str, str]]:
    """Numerals of plain words that are not among the allowed ones, each with the words around it."""
    return [
        (numeral, n.snippet(text, start, len(numeral)))
        for numeral, start in n.numerals(text)
        if n.key(numeral) not in allowed
    ]


def allowed_numerals(query: NamedQuery) -> frozenset[str]:
    """The constants of a query: numerals of its question, its parameters and its plan. They may stand in headings."""
    try:
        plan = Plan.from_dict(query.plan) if query.plan else None
    except PlanInvalid:
        plan = None
    return n.keys([query.question, *query.params.values(), *constants(plan)])


def check(artifact: Artifact) -> None:
    """Refuses an artifact whose prose has a figure that no query backs, or a claim that no test does.

    Titles, headings, labels and captions may repeat a constant of the question ("Top 5 customers"); prose may not.

    Raises:
        LooseNumeral, LooseClaim: names the numeral or the word and where it stands.
        ArtifactInvalid: a template that cannot be read.
    """
    everything = frozenset().union(*(allowed_numerals(query) for query in artifact.queries))
    _refuse(loose(artifact.title, everything), "the title")
    for number, block in enumerate(artifact.blocks, start=1):
        check_block(block, artifact, f" in block {number}")


def check_block(block: Block, artifact: Artifact, inside: str = "") -> None:
    """As `check`, of one block alone.

    Args:
        block: a block.
        artifact: whose queries it speaks of.
        inside: where the block is, where something is wrong with it: " in block 3".
    """
    per_query = {query.name: allowed_numerals(query) for query in artifact.queries}
    if unknown := set(queries_in(template_of(block))) - set(per_query):
        what = "text" if isinstance(block, Text) else TEMPLATES[block.kind]
        raise ArtifactInvalid(f"The {what}{inside} speaks of {min(unknown)}, which is not there.")
    if isinstance(block, Text):
        everything = frozenset().union(*per_query.values())
        _refuse(loose_numerals(block.template, headings=everything), f"the text{inside}")
        _refuse_labels(block.template, artifact, per_query, f"the text{inside}")
        _refuse_claims(block.template, artifact, f"the text{inside}")
    elif isinstance(block, Chart):
        _refuse_labels(block.caption, artifact, per_query, f"the caption{inside}")
        _refuse(loose_numerals(block.caption, allowed=per_query[block.query]), f"the caption{inside}")
        _refuse_claims(block.caption, artifact, f"the caption{inside}", asked=True)
    elif isinstance(block, Table):
        _refuse(loose(block.caption, per_query[block.query]), f"the caption{inside}")
    elif isinstance(block, Metric):
        _refuse(loose(block.label, per_query[block.query]), f"the label{inside}")
        _refuse(loose_numerals(block.note), f"the note{inside}")
        _refuse_labels(block.note, artifact, per_query, f"the note{inside}")
        _refuse_claims(block.note, artifact, f"the note{inside}")


def with_own_words(artifact: Artifact) -> tuple[Artifact, tuple[str, ...]]:
    """An artifact whose unbound claims are marked as its author's own words, and what was marked, in its context.

    For a page that was written before such words were tested: nothing of it is lost, and each is said.

    Example:
        >>> made, said = with_own_words(Artifact(title="Notes", blocks=(Text(template="Ulm leads by far."),)))
        >>> made.blocks[0].template, said
        ("Ulm {{ 'leads'|constant }} by far.", ('“leads” (“Ulm leads by far.”)',))
    """
    blocks: list[Block] = []
    said: list[str] = []
    for block in artifact.blocks:
        field, text = TEMPLATES.get(block.kind, ""), template_of(block)
        while text and len(said) < MOST_OWN and (found := _claims(text, artifact, asked=field == "caption")):
            marked = _marked(text, found[0][0], len(found), artifact, asked=field == "caption")
            if marked is None:
                break  # within an expression: `check` refuses it
            said.append(f"“{found[0][0]}” (“{found[0][1]}”)")
            text = marked
        blocks.append(block.model_copy(update={field: text}) if field else block)
    return artifact.model_copy(update={"blocks": tuple(blocks)}), tuple(said)


def _marked(text: str, word: str, loose: int, artifact: Artifact, *, asked: bool) -> str | None:
    """The template with one more of its claims marked, None where none of its plain words is the one."""
    code = [match.span() for match in re.finditer(r"\{\{.*?\}\}|\{%.*?%\}", text, re.DOTALL)]
    for match in re.finditer(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text):
        if any(start <= match.start() < stop for start, stop in code):
            continue
        marked = f"{text[: match.start()]}{{{{ '{match[0]}'|{CONSTANT} }}}}{text[match.end() :]}"
        if len(_claims(marked, artifact, asked=asked)) < loose:
            return marked
    return None


def _claims(template: str, artifact: Artifact, *, asked: bool) -> list[tuple[str, str]]:
    """The claims that nothing binds. Headings and captions name a question, and may have its words."""
    found = loose_claims(_parse(template))
    if asked or _HEADING.match(template):
        words = {word for query in artifact.queries for word in claims_in(f"{query.question} {query.explanation}")}
        found = [item for item in found if item[0].lower() not in words]
    return found


def _refuse_claims(template: str, artifact: Artifact, place: str, *, asked: bool = False) -> None:
    found = _claims(template, artifact, asked=asked)
    if found:
        word, around = found[0]
        raise LooseClaim(
            f"“{word}” in {place} (“{around}”) would stay when the data says otherwise.",
            hint=f"Put it behind a test, or mark it as your own word: {{{{ '{word}'|constant }}}}.",
        )


def _refuse(found: list[tuple[str, str]], place: str) -> None:
    if found:
        numeral, around = found[0]
        raise LooseNumeral(
            f"“{numeral}” in {place} (“{around}”) does not come out of a query.",
            hint="Use an expression such as {{ q1.value('revenue') }}, or mark it as your own: "
            f"{{{{ '{numeral}'|constant }}}}.",
        )


def _refuse_labels(template: str, artifact: Artifact, allowed: Mapping[str, frozenset[str]], place: str) -> None:
    """Names put in by ``label`` may hold the numerals of the question and of the tables' and columns' names only."""
    for call in _parse(template).find_all(nodes.Call):
        target = call.node
        if not isinstance(target, nodes.Getattr) or target.attr != "label" or not isinstance(target.node, nodes.Name):
            continue
        name = target.node.name
        spelled = " ".join(query.sql.lower() for query in artifact.queries if query.name == name)
        for argument in call.args:
            text = str(argument.value) if isinstance(argument, nodes.Const) else ""
            found = loose(text, allowed.get(name, frozenset()))
            _refuse([item for item in found if n.core(item[0]) not in spelled], place)


def _shown_parts(node: nodes.Node) -> Iterator[nodes.TemplateData | nodes.Const | nodes.Node]:
    """The words and shown expressions of a template in order, all branches included."""
    if isinstance(node, nodes.TemplateData):
        yield node
    elif isinstance(node, nodes.Output):
        for part in node.nodes:
            yield from _shown_parts(part)
    elif isinstance(node, nodes.CondExpr):
        yield node
        for part in (node.expr1, *([node.expr2] if node.expr2 is not None else ())):
            yield from _shown_parts(part)
    elif isinstance(node, nodes.If | nodes.Template):
        for part in (*node.body, *(() if isinstance(node, nodes.Template) else (*node.elif_, *node.else_))):
            yield from _shown_parts(part)
    else:
        yield node
