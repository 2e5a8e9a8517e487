"""Parameters chosen and changed by hand: which columns could be one, its default, its kind, which queries follow it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.test_artifact_params import COUNTRY, IN_FRANCE, NOW, REVENUE, TODAY, answer, path, shown, source
from workspace.artifact.compose import renamed
from workspace.artifact.difference import difference
from workspace.artifact.model import Artifact
from workspace.artifact.parametrize import parametrize, without_param
from workspace.artifact.refresh import refresh
from workspace.artifact.steer import candidates, changed
from workspace.database.source import Source
from workspace.errors import ArtifactInvalid
from workspace.question import plan as p

__all__ = ["path", "source"]  # fixtures


def two(source: Source) -> Artifact:
    """Revenue per year in France, and per country."""
    one = answer(source, IN_FRANCE, "revenue per year in France")
    per = p.Plan("sale", (p.Output(COUNTRY, "country"), p.Output(REVENUE, "revenue")), group=(COUNTRY,))
    other = answer(source, per, "revenue per country")
    query = other.queries[0].model_copy(update={"name": "q2"})
    blocks = tuple(renamed(block, {"q1": "q2"}) for block in other.blocks)
    return Artifact(title="Two", queries=(*one.queries, query), blocks=(*one.blocks, *blocks))


def change(artifact: Artifact, source: Source, name: str, **changes: Any) -> Artifact:
    view = refresh(artifact, {source.name: source}, now=NOW)
    offered = next((one.options for one in view.settings if one.param.name == name), ())
    return changed(artifact, name, offered=offered, catalog=source.catalog(), today=TODAY, **changes)


def test_columns_that_could_be_chosen_by_are_named_with_their_kind(source: Source) -> None:
    found = {one.column: (one.label, one.type, one.queries) for one in candidates(two(source), source.catalog())}
    assert found == {
        "sale.total": ("Sale total at least", "number", ("q1", "q2")),
        "sale.day": ("Day", "daterange", ("q1", "q2")),
        "sale.paid": ("Paid", "bool", ("q1", "q2")),
        "country.name": ("Country", "choice", ("q1", "q2")),
    }, "keys are not among them"
    with_one = parametrize(two(source), (), "country.name", source.catalog())
    assert "country.name" not in {one.column for one in candidates(with_one, source.catalog())}


def test_a_default_is_what_holds_until_somebody_chooses(source: Source) -> None:
    artifact = parametrize(two(source), (), "country.name", source.catalog())
    made = change(artifact, source, "country", default="USA", label="  Where  sold ")
    assert (made.param("country").default, made.param("country").label) == ("USA", "Where sold")
    assert shown(made, source)[0] == ((2025, 300.5), (2026, 222.5))
    assert shown(made, source, ("country", "France"))[0] == ((2026, 200.0),)
    assert difference(artifact, made)[:2] == (
        "parameter “Country” is called “Where sold”", "parameter “Country” starts at USA instead of France",
    )  # fmt: skip
    alone = without_param(made, "country")
    assert shown(alone, source)[0] == ((2025, 300.5), (2026, 222.5)), "it stays at its default"
    everything = change(made, source, "country", default=None)
    assert shown(everything, source)[0] == ((2025, 300.5), (2026, 722.5))
    assert shown(without_param(everything, "country"), source)[0] == ((2025, 300.5), (2026, 722.5))


def test_one_value_or_several(source: Source) -> None:
    artifact = parametrize(two(source), (), "country.name", source.catalog())
    several = change(artifact, source, "country", several=True)
    assert (several.param("country").type, several.param("country").default) == ("multi", ("France",))
    more = change(several, source, "country", default=["Canada", "USA"])
    assert shown(more, source)[0] == ((2025, 300.5), (2026, 522.5))
    single = change(more, source, "country", several=False)
    assert (single.param("country").type, single.param("country").default) == ("choice", "Canada")


def test_which_queries_follow_is_chosen(source: Source) -> None:
    artifact = parametrize(two(source), ("q1",), "country.name", source.catalog())
    both = change(artifact, source, "country", queries=["q1", "q2"])
    assert [len(query.bound) for query in both.queries] == [1, 1]
    view = refresh(both, {source.name: source}, now=NOW)
    assert view.results["q2"].rows == (("France", 200.0),), "under the same default"
    other = change(both, source, "country", queries=["q2"])
    assert [len(query.bound) for query in other.queries] == [0, 1]
    assert shown(other, source, ("country", "USA"))[0] == ((2026, 200.0),), (
        "what no longer follows stays at the default"
    )


def test_days_that_move_with_the_clock_stay_so(source: Source) -> None:
    plan = p.Plan("sale", (p.Output(REVENUE, "revenue"),))
    artifact = parametrize(answer(source, plan, "revenue"), (), "day", source.catalog())
    made = change(artifact, source, "day", default="last month")
    assert made.param("day").default == "last month"
    assert shown(made, source)[0] == ((417.5,),), "October"
    alone = without_param(made, "day")
    december = refresh(alone, {source.name: source}, now=NOW.replace(month=12))
    assert december.results["q1"].rows == ((5.0,),), "November, for who reads it in December"
    fixed = change(made, source, "day", default="2025-01-01/2025-12-31")
    assert shown(fixed, source)[0] == ((300.5,),)


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("country", {"default": "Atlantis"}, "“Atlantis” is not among the values that are offered."),
        ("country", {"label": "  "}, "needs a name"),
        ("country", {"queries": []}, "Remove it instead"),
        ("day", {"several": True}, "it has one value"),
        ("day", {"default": "the dawn of time"}, "is not a stretch of time"),
        ("day", {"default": "2026-02-01/2026-01-01"}, "first day is after the last"),
        ("colour", {"label": "x"}, "has no parameter colour"),
    ],
)
def test_what_cannot_be_is_one_sentence(source: Source, name: str, changes: dict, words: str) -> None:
    artifact = parametrize(two(source), (), "country.name", source.catalog())
    artifact = parametrize(artifact, (), "day", source.catalog())
    with pytest.raises(ArtifactInvalid) as problem:
        change(artifact, source, name, **changes)
    assert words in f"{problem.value.message} {problem.value.hint}"
    assert str(problem.value.message).endswith(".")
