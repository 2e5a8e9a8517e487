"""A document as a whole, in words: frozen, copied, brought back, compared with before, given controls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.agent_shop import change, make
from workspace.api import Composed, Workspace, open_workspace
from workspace.api.whole import meant
from workspace.artifact.steer import Candidate

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.delenv("NOAPP_MODEL", raising=False)
    with open_workspace(make(tmp_path / "shop.sqlite"), folder=tmp_path / "folder", clock=lambda: NOON) as opened:
        yield opened


@pytest.fixture
def slug(workspace: Workspace) -> str:
    return workspace.compose("a report with number of customers per city and number of purchases per month").slug


def say(workspace: Workspace, slug: str, text: str) -> Composed:
    reply = workspace.say(slug, text)
    assert isinstance(reply, Composed), reply
    return reply


# ---------------------------------------------------------------------------------------------------------- its past
def test_a_page_is_frozen_in_words_and_stays_as_it_was(workspace: Workspace, slug: str, tmp_path: Path) -> None:
    shown = [block.plain for block in workspace.open(slug).blocks]
    frozen = say(workspace, slug, "freeze it")
    change(tmp_path / "shop.sqlite", "insert into customer values (5, 'Eve', 'Rome', 'Rome')")
    kept = workspace.snapshot(slug, frozen.url.rpartition("/")[2])
    assert [block.plain for block in kept.blocks] == shown != [block.plain for block in workspace.open(slug).blocks]
    assert not frozen.done and workspace.info(slug).version == 1


def test_a_copy_is_changed_by_itself(workspace: Workspace, slug: str) -> None:
    copy = say(workspace, slug, "make a copy as Board paper")
    assert (copy.title, copy.done) == ("Board paper", True) and copy.slug != slug
    say(workspace, copy.slug, "remove the first section")
    assert len(workspace.load(copy.slug).blocks) < len(workspace.load(slug).blocks)


def test_a_version_is_brought_back_and_it_is_said_what_that_changes(workspace: Workspace, slug: str) -> None:
    first = workspace.load(slug)
    say(workspace, slug, "rename it to Board paper")
    back = say(workspace, slug, "go back to the original")
    assert workspace.load(slug) == first and back.version == 3
    assert back.message.startswith("It is as it was in version 1 again. ") and first.title in back.message
    assert say(workspace, slug, "restore version 1").message == "It is as it was in version 1 already."
    assert say(workspace, slug, "restore version 9").message == "There is no version 9: it has 3 versions."


def test_what_changed_is_told_in_words(workspace: Workspace, slug: str, tmp_path: Path) -> None:
    assert "Nothing that it shows changed." in say(workspace, slug, "what changed on this page").message
    workspace.note(workspace.open(slug))
    assert "Nothing that it shows changed." in say(workspace, slug, "what changed since I last looked").message
    change(tmp_path / "shop.sqlite", "insert into customer values (5, 'Eve', 'Rome', 'Rome')")
    told = say(workspace, slug, "what changed since I last looked")
    assert "version 1" in told.message and "“Number of customers per city”: 1 changed." in told.message, told.message
    assert told.url.endswith(f"/a/{slug}/history")
    say(workspace, slug, "rename it to Board paper")
    assert "“Board paper”" in say(workspace, slug, "what changed on this page").message
    assert "no version, snapshot or day" in say(workspace, slug, "what changed on this page since the flood").message


# ------------------------------------------------------------------------------------------------------ its controls
def test_a_control_is_added_and_taken_away(workspace: Workspace, slug: str) -> None:
    made = say(workspace, slug, "add a filter for city")
    (param,) = workspace.load(slug).params
    assert made.message.startswith(f"Readers can set “{param.label}” on the page now."), made.message
    follows = {query.name for query in workspace.load(slug).queries if query.bound}
    left_out = len(workspace.load(slug).queries) - len(follows)
    assert ("not follow it" in made.message) == bool(left_out)
    assert say(workspace, slug, "add a city filter").message == f"There is a control for {param.label} already."
    assert say(workspace, slug, "remove the city filter").message == f"“{param.label}” can no longer be set."
    assert not workspace.load(slug).params


def test_a_column_that_is_not_clear_is_asked_for(workspace: Workspace, slug: str) -> None:
    asked = say(workspace, slug, "add a filter")
    assert len(asked.offers) > 2 and not asked.done and workspace.info(slug).version == 1
    made = workspace.perform(asked.offers[0].request)
    assert made.done and len(workspace.load(slug).params) == 1


def test_what_cannot_be_chosen_by_is_said_with_what_can(workspace: Workspace, slug: str) -> None:
    told = say(workspace, slug, "add a filter for moon phase")
    assert told.message.startswith("Nothing that it shows can be chosen by “moon phase”. It can be chosen by: ")
    assert not workspace.load(slug).params


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("region", ["store.region"]), ("city", ["store.city", "customer.city"]), ("customer city", ["customer.city"]),
        ("customer.city", ["customer.city"]), ("store", ["store.name"]), ("date", ["sale.sold_on"]), ("moon", []),
        ("", ["store.region", "store.city", "store.name", "customer.city", "sale.sold_on"]),
    ],
)  # fmt: skip
def test_words_for_a_column(said: str, found: list[str]) -> None:
    offered = [
        Candidate("store.region", "Region", "stores", "choice", ("q1",)),
        Candidate("store.city", "City", "stores", "choice", ("q1",)),
        Candidate("store.name", "Name of stores", "stores", "choice", ("q1",)),
        Candidate("customer.city", "City", "customers", "choice", ("q1",)),
        Candidate("sale.sold_on", "Sold on", "sales", "daterange", ("q1",)),
    ]
    assert [one.column for one in meant(said, offered)] == found
