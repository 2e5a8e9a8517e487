"""Words that claim something of the data: bound by a test or a figure, refused elsewhere, a person's own when marked."""

from __future__ import annotations

import pytest

from workspace.artifact.bind import bind, check, loose_numerals
from workspace.artifact.figures import Figures
from workspace.artifact.model import Artifact, Chart, NamedQuery, Text
from workspace.artifact.verbs import VERBS
from workspace.database.result import Receipt, Result, ResultColumn
from workspace.errors import ArtifactInvalid, LooseClaim, LooseNumeral

QUERY = NamedQuery(name="q1", source="shop", sql="select 1", question="most sold products per month")


def paper(template: str) -> Artifact:
    return Artifact(title="Sales", queries=(QUERY,), blocks=(Text(template=template),))


def result(
    rows: list[tuple], ran_at: str = "2026-11-23T12:00:00Z", columns: tuple[str, ...] = ("month", "revenue")
) -> Result:
    kinds = ["text" if isinstance(value, str) else "integer" for value in rows[0]]
    made = tuple(ResultColumn(name, kind) for name, kind in zip(columns, kinds, strict=True))
    return Result(made, tuple(rows), False, 0.0, Receipt("shop", "f", "select 1", {}, "rule", len(rows), "d", ran_at))


def read(template: str, found: Result) -> str:
    return "".join(segment.text for segment in bind(template, {"q1": found}, paper(template)))


@pytest.mark.parametrize(
    ("template", "word"),
    [
        ("Revenue rose.", "rose"),
        ("Sales are up from last year.", "up"),
        ("Revenue was {{ q1.max('revenue') }}. Furniture has the most.", "most"),
        ("{{ q1.value('month') }} was the highest.", "highest"),
        ("{% if q1.dropped('month', 'revenue') %}It rose.{% endif %}", "rose"),
        ("{% if q1.rose('month', 'revenue') %}Well.{% else %}It declined, and rose later.{% endif %}", None),
        ("{% if not q1.empty %}Revenue grew.{% endif %}", "grew"),
        ("{% if q1.one %}It fell.{% endif %}", "fell"),
        ("{{ 'It rose' if q1.fell('month', 'revenue') else 'It stayed' }}", "rose"),
        ("Orders were more than returns.", "more than"),
        ("## Revenue fell", "fell"),
        ("Sales plummeted in spring.", "plummeted"),
        ("Revenue stagnated.", "stagnated"),
        ("Revenue is at a record high.", "record high"),
        ("Nobody returns anything.", "Nobody"),
    ],
)
def test_a_claim_that_nothing_tests_is_refused(template: str, word: str | None) -> None:
    if word is None:
        check(paper(template))
        return
    with pytest.raises(LooseClaim, match=f"“{word}”") as problem:
        check(paper(template))
    assert "constant" in problem.value.hint and "the text in block 1" in problem.value.message


@pytest.mark.parametrize(
    "template",
    [
        "{% if q1.rose('month', 'revenue') %}It rose.{% elif q1.dropped('month', 'revenue') %}It fell.{% endif %}",
        "{{ q1.at_max('month', 'revenue') }} has the most, {{ q1.max('revenue') }}.",
        "{{ 'rose' if q1.rose('month', 'revenue') else 'did not change' }}",
        "{% if q1.first('revenue') > q1.last('revenue') %}It fell.{% endif %}",
        "Revenue {{ 'rose'|constant }}, we were told.",
        "At most a few, at least some; upstream and downtown are fine.",
        "## Most sold products",
        "The records of each shop.",
    ],
)
def test_a_claim_that_is_tested_stands(template: str) -> None:
    check(paper(template))


def test_a_caption_may_have_the_words_of_its_question_only() -> None:
    chart = Chart(query="q1", mark="bar", x="month", y="revenue", caption="Most sold products")
    check(Artifact(title="x", queries=(QUERY,), blocks=(chart,)))
    with pytest.raises(LooseClaim):
        check(Artifact(title="x", queries=(QUERY,), blocks=(chart.model_copy(update={"caption": "Sales rose"}),)))


def test_a_constant_is_a_persons_own_word() -> None:
    template = "The {{ '2024 target'|constant }} was {{ q1.max('revenue') }}."
    check(paper(template))
    assert loose_numerals(template) == []
    assert read(template, result([("2026-01", 5)])) == "The 2024 target was 5."
    with pytest.raises(LooseNumeral, match="2024"):
        check(paper("The 2024 target."))
    for wrong in ("{{ q1.max('revenue')|constant }}", "{{ 5|constant }}", "{{ '5'|constant|percent }}", "{{ '5' }}"):
        with pytest.raises((ArtifactInvalid, LooseNumeral)):
            check(paper(wrong))


# -------------------------------------------------------------------------------------------------- along time
MONTHS = [
    (f"{year}-{month:02d}", 100 + 10 * (year - 2024) + month) for year in (2024, 2025, 2026) for month in range(1, 13)
]
UP_TO_NOW = [row for row in MONTHS if row[0] <= "2026-11"]


def test_the_period_that_goes_on_is_not_compared() -> None:
    figures = Figures(QUERY, result(UP_TO_NOW))
    assert figures.settled("month", "month").value == "2026-10"
    assert figures.moved("month", "revenue").value == pytest.approx(1 / 129)
    assert figures.rose("month", "revenue") and not figures.dropped("month", "revenue")
    assert figures.year_ago("month", "revenue").value == 120 and figures.year_rose("month", "revenue")
    assert figures.sum_to("month", "revenue", 12).value == sum(value for month, value in UP_TO_NOW[-13:-1])
    assert figures.unbroken("month", 24) and figures.sum_rose("month", "revenue", 12)
    assert (
        figures.low_at("month", "revenue").value == "2024-01" and figures.high_at("month", "revenue").value == "2026-10"
    )
    assert figures.partial("month")


def test_gaps_and_first_periods_are_no_comparison() -> None:
    gap = Figures(QUERY, result([row for row in UP_TO_NOW if row[0] not in ("2025-10", "2026-03")]))
    assert not gap.year_known("month", "revenue") and not gap.unbroken("month", 24)
    first = Figures(QUERY, result([("2026-11", 5)]))
    assert not first.finished("month") and first.settled("month", "revenue").value is None
    assert first.moved("month", "revenue").text == "–" and not first.rose("month", "revenue")


@pytest.mark.parametrize(
    ("values", "said"),
    [((90, 5, 5), "nearly all"), ((55, 45), "more than half"), ((50, 50), "half"), ((10,) * 12, "a small part")],
)
def test_parts_in_words_follow_their_figure(values: tuple[int, ...], said: str) -> None:
    figures = Figures(QUERY, result([(f"x{n}", value) for n, value in enumerate(values)]))
    assert figures.portion("revenue", 1).text == said


def test_every_verb_is_one_of_figures() -> None:
    assert all(callable(getattr(Figures, verb)) for verb in VERBS)
