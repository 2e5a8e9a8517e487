"""Figures in prose: bound, never loose; and nothing gets out of a template."""

from __future__ import annotations

import time

import pytest

from workspace.artifact.bind import bind, check, loose_numerals
from workspace.artifact.model import Artifact, Chart, Metric, NamedQuery, Segment, Table, Text
from workspace.database.result import Receipt, Result, ResultColumn, digest
from workspace.errors import ArtifactError, ArtifactInvalid, LooseNumeral


def make(
    columns: dict[str, str], rows: list[tuple], *, truncated: bool = False, ran_at: str = "2026-11-23T12:00:00Z"
) -> Result:
    receipt = Receipt("shop", "f1", "select 1", {}, "rule", len(rows), digest(len(columns), rows), ran_at)
    return Result(tuple(ResultColumn(n, k) for n, k in columns.items()), tuple(rows), truncated, 0.001, receipt)


SALES = make({"Country": "text", "revenue": "real"}, [("USA", 523.06), ("Canada", 303.96), ("France", 195.1)])


def artifact(*blocks, title: str = "Sales", question: str = "revenue per country", **query) -> Artifact:
    named = NamedQuery(name="q1", source="shop", sql="select 1", question=question, **query)
    return Artifact(title=title, queries=(named,), blocks=blocks)


def said(template: str, result: Result = SALES, **query) -> str:
    return "".join(segment.text for segment in bind(template, {"q1": result}, artifact(**query)))


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ q1.first('Country') }} leads", "USA leads"),
        ("{{ q1.value('revenue') }}", "523.06"),
        ("{{ q1.value('revenue', 1) }}", "303.96"),
        ("{{ q1.value('revenue', -1) }}", "195.10"),
        ("{{ q1.value('revenue', 99) }}", "–"),
        ("{{ q1.rows }} rows", "3 rows"),
        ("{{ q1.sum('revenue') }}", "1,022.12"),
        ("{{ q1.min('revenue') }} {{ q1.max('revenue') }}", "195.10 523.06"),
        ("{{ q1.share_of_first('revenue')|percent }}", "51.2%"),
        ("{{ q1.change('revenue')|percent }}", "−62.7%"),
        ("{{ q1.change('revenue')|percent|magnitude }}", "62.7%"),
        ("{% if q1.rising('revenue') %}rose{% else %}fell{% endif %}", "fell"),
        ("{{ 'rose' if q1.rising('revenue') else 'fell' }}", "fell"),
        ("{{ q1.at_max('Country', 'revenue') }}", "USA"),
        ("{{ q1.at_min('Country', 'revenue') }}", "France"),
        ("{{ q1.ratio('revenue') }}", "2.7"),
        ("{{ q1.list('Country') }}", "USA, Canada and France"),
        ("{{ q1.list('Country', 1) }}", "USA and 2 more"),
        ("{% if q1.rows > 2 and not q1.empty %}many{% endif %}", "many"),
        ("{% if q1.one %}a{% elif q1.rows == 3 %}b{% else %}c{% endif %}", "b"),
    ],
)
def test_expressions(template: str, text: str) -> None:
    assert said(template) == text


GAPS = make({"Country": "text", "revenue": "real"}, [(None, 500.0), ("USA", 300.0), ("", 300.0), ("France", 100.0)])


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ q1.at_max('Country', 'revenue', 'Country') }} leads with {{ q1.max('revenue', 'Country') }}", "USA 300"),
        ("{{ q1.value('Country', 1, 'Country') }} {{ q1.value('Country', -1, 'Country') }}", "France France"),
        ("{{ q1.leaders('Country', 'revenue', 5, 'Country') }}", "USA"),
        ("{{ 'tied' if q1.tied('revenue', 'Country') else 'one' }}", "one"),
        ("{{ q1.share_of_max('revenue', 'Country') }} {{ q1.portion('revenue', 2, 'Country') }}", "25% a third"),
        ("{{ q1.leading('Country', 'revenue', 3, 'Country') }}", "USA and France"),
        ("{{ q1.lead('revenue', 'Country') }} {{ q1.count_min('revenue', 'Country') }}", "3.0 1"),
        ("{{ q1.unnamed('Country', 'revenue') }} {{ q1.share_of_unnamed('Country', 'revenue') }}", "500 41.7%"),
        ("{% if q1.unnamed_leads('Country', 'revenue') %}others{% endif %}", "others"),
    ],
)
def test_a_ranking_is_among_those_that_have_a_name(template: str, text: str) -> None:
    assert said(template, GAPS).replace("leads with ", "") == text


def test_where_nothing_has_a_name_all_rows_count() -> None:
    nameless = make({"Country": "text", "revenue": "real"}, [(None, 500.0), ("", 20.0)])
    assert said("{{ q1.max('revenue', 'Country') }}", nameless) == "500"
    assert said("{% if q1.unnamed_leads('Country', 'revenue') %}a{% else %}b{% endif %}", nameless) == "b"


def test_each_figure_carries_its_query() -> None:
    segments = bind("{{ q1.first('Country') }} leads{{ q1.where }}.", {"q1": SALES}, artifact())
    assert segments == (Segment("USA", "q1"), Segment(" leads."))


def test_a_cut_result_is_not_counted_as_whole() -> None:
    assert said("{{ q1.rows }}", make({"a": "integer"}, [(1,), (2,)], truncated=True)) == "more than 2"


def test_the_period_that_is_not_over_yet() -> None:
    months = make({"month": "text", "n": "integer"}, [("2026-10", 5), ("2026-11", 3)])
    assert said("{% if q1.partial('month') %}so far{% endif %}", months) == "so far"
    assert said("{% if q1.partial('month') %}so far{% endif %}", make({"month": "text"}, [("2026-10",)])) == ""


def test_noise_of_fractions_is_no_change() -> None:
    noisy = make({"x": "integer", "y": "real"}, [(1, 37.62), (2, 37.620000000000005)])
    assert (
        said("{% if q1.grew('x', 'y') %}rose{% elif q1.fell('x', 'y') %}fell{% else %}same{% endif %}", noisy) == "same"
    )


def test_empty_results_and_missing_values() -> None:
    nothing = make({"a": "text", "n": "integer"}, [])
    for verb in (
        "value('n')",
        "sum('n')",
        "max('n')",
        "mean('n')",
        "share('n')",
        "change('n')",
        "at_max('a', 'n')",
        "ratio('n')",
    ):
        assert said(f"{{{{ q1.{verb} }}}}", nothing) == "–", verb
    assert said("{{ q1.list('a') }}{{ q1.leaders('a', 'n') }}", nothing) == ""
    assert said("{{ q1.sum('n') }}", make({"n": "integer"}, [(None,), (None,)])) == "–"


@pytest.mark.parametrize("template", ["{{ q1.value('gone') }}", "{{ q9.value('a') }}", "{{ q1.param('p9') }}"])
def test_what_is_not_there_is_said(template: str) -> None:
    with pytest.raises(ArtifactInvalid):
        said(template)


# -------------------------------------------------------------------------------------------- nothing gets out
ESCAPES = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ q1.__class__ }}",
    "{{ q1.query }}",
    "{{ q1.result }}",
    "{{ q1.result.rows }}",
    "{{ q1._plan }}",
    "{{ q1.value.__globals__ }}",
    "{{ q1.value('revenue').value }}",
    "{{ q1['value'] }}",
    "{{ q1|attr('__class__') }}",
    "{{ self }}",
    "{{ self._TemplateReference__context }}",
    "{{ config }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__ }}",
    "{{ namespace() }}",
    "{{ range(999999999) }}",
    "{{ joiner() }}",
    "{% for x in range(10) %}{{ x }}{% endfor %}",
    "{% for x in q1.rows %}a{% endfor %}",
    "{% set a = 'x' %}{{ a }}",
    "{% macro m() %}{% endmacro %}{{ m() }}",
    "{% import 'os' as os %}",
    "{% include '/etc/passwd' %}",
    "{% extends 'base.html' %}",
    "{% block a %}{% endblock %}",
    "{% call q1.value() %}{% endcall %}",
    "{% filter upper %}a{% endfilter %}",
    "{% with a=1 %}{{ a }}{% endwith %}",
    "{% do q1.value() %}",
    "{{ 'a' * 10000000000 }}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ 5 }}",
    "{{ 1 + 1 }}",
    "{{ 'a' ~ 'b' }}",
    "{{ q1.rows + 5 }}",
    "{{ -q1.rows }}",
    "{{ [1, 2] }}",
    "{{ {'a': 1} }}",
    "{{ q1.rows|upper }}",
    "{{ q1.rows|safe }}",
    "{{ q1.rows|format('x') }}",
    "{{ q1.value(column='revenue') }}",
    "{{ q1.value(*['revenue']) }}",
    "{{ q1.value(q1.first('Country')) }}",
    "{{ q1.value(1.5) }}",
    "{{ q1.value(None) }}",
    "{{ (q1.value)('revenue').text }}",
    "{{ q1 }}",
    "{{ true }}",
    "{{ q1.empty }}",
    "{% if q1 %}a{% endif %}",
    "{% if q1.rows in 'abc' %}a{% endif %}",
    "{{ q1.value(" + "'x'" * 3000 + ") }}",
    "{{ " + "(" * 3000 + "q1.rows" + ")" * 3000 + " }}",
    "{% if q1.one %}" * 100 + "{% endif %}" * 100,
    "{{ q1.rows }}" * 5000,
    "{{ q1.value('revenue' }}",
    "{{",
    "{% if %}",
    "{{ '\\ud800\\N{' }}",
]  # fmt: skip


@pytest.mark.parametrize("template", ESCAPES, ids=lambda text: text[:40])
def test_nothing_gets_out_of_a_template(template: str) -> None:
    started = time.perf_counter()
    with pytest.raises(ArtifactError):
        said(template)
    assert time.perf_counter() - started < 1


def test_long_lists_stay_short() -> None:
    many = make({"a": "text"}, [("x" * 10_000,)] * 60)
    with pytest.raises(ArtifactInvalid):
        said("{{ q1.list('a', 999999999) }}", many)


# ------------------------------------------------------------------------------------------------ loose numerals
@pytest.mark.parametrize(
    ("template", "numeral"),
    [
        ("Revenue was 5 million.", "5"),
        ("Revenue was 1,234.50 dollars.", "1,234.50"),
        ("It rose by 12%.", "12"),
        ("It rose by twelve percent.", "twelve"),
        ("It more than DOUBLED.", "DOUBLED"),
        ("About half of it.", "half"),
        ("Hundreds of customers.", "Hundreds"),
        ("Es waren ٢٣.", "23"),
        ("It is ½ of it.", "0.5"),
        ("Chapter Ⅻ.", "12"),
        ("It is 五.", "5"),
        ("It was ⑤.", "5"),
        ("It was 𝟝.", "5"),
        ("It was ５.", "5"),
        ("fi\u200bve of them", "five"),
        ("fi**ve** of them", "five"),
        ("se\\ven of them", "seven"),
        ("&#53; of them", "53"),
        ("EUR500", "EUR500"),
        ("{{ '5 million' if q1.one else 'few' }}", "5"),
        ("{{ q1.rows if q1.one else 'seven' }}", "seven"),
        ("{% if q1.one %}ok{% else %}5{% endif %}", "5"),
        ("{% raw %}7{% endraw %}", "7"),
        ("1. a list\n2. by number", "1"),
    ],
)
def test_loose_numerals_are_found(template: str, numeral: str) -> None:
    found = loose_numerals(template)
    assert found, template
    assert found[0][0].lower() == numeral.lower()
    with pytest.raises(LooseNumeral) as refused:
        check(artifact(Text(template=template)))
    assert numeral.lower() in refused.value.message.lower()
    assert "block 1" in refused.value.message


@pytest.mark.parametrize(
    "template",
    [
        "{{ q1.value('revenue', 1) }} of it",
        "One of the first to come second",
        "{# 5 #}quiet",
        "{% if q1.rows > 5 %}a{% endif %}",
    ],
)
def test_words_and_arguments_are_no_figures(template: str) -> None:
    assert loose_numerals(template) == []
    check(artifact(Text(template=template)))


def test_titles_and_headings_may_repeat_the_question_only() -> None:
    check(
        artifact(Text(template="## Top 5 customers in 2023"), title="Top 5 in 2023", question="top 5 customers in 2023")
    )
    check(artifact(title="Top 5 in 2023", question="the best", params={"p1": "2023-01-01", "n": 5}))
    with pytest.raises(LooseNumeral, match="the title"):
        check(artifact(title="Revenue of 5 million", question="revenue in 2023"))
    with pytest.raises(LooseNumeral):
        check(artifact(Text(template="## 6 customers"), question="top 5 customers"))
    with pytest.raises(LooseNumeral):  # a constant of the question is no figure for the prose
        check(artifact(Text(template="There were 5 customers."), question="top 5 customers"))


def test_captions_and_labels_are_looked_at() -> None:
    for block in (
        Chart(query="q1", mark="bar", x="a", y="b", caption="Up by 7"),
        Table(query="q1", caption="7 rows"),
        Metric(query="q1", column="a", label="7 million"),
        Text(template="{{ q1.label('5 million') }}"),
        Chart(query="q1", mark="bar", x="a", y="b", caption="{{ q1.label('7 million') }}"),
    ):
        with pytest.raises(LooseNumeral):
            check(artifact(block))
    check(artifact(Chart(query="q1", mark="bar", x="a", y="b", caption="Sales in 2023"), question="sales in 2023"))


def test_text_about_a_query_that_is_not_there() -> None:
    with pytest.raises(ArtifactInvalid):
        check(artifact(Text(template="{{ q7.rows }}")))
