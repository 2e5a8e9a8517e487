"""The library in the store: slugs, immutable versions, last good results."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from workspace.artifact.model import Artifact, Metric, NamedQuery, Text
from workspace.database.result import Receipt, Result, ResultColumn, digest
from workspace.errors import ArtifactInvalid, NotFound
from workspace.store import artifacts
from workspace.store.slugs import slug_of
from workspace.store.store import Store
from workspace.store.tables import VersionRow


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def made(title: str = "Customers per country", sql: str = "select 1 as n") -> Artifact:
    return Artifact(
        title=title,
        queries=(NamedQuery(name="q1", source="shop", sql=sql, question="customers per country"),),
        blocks=(Text(template="All of them."), Metric(query="q1", column="n"), Text(template="Really.")),
    )


def result(value: int | bytes) -> Result:
    rows = ((value,),)
    receipt = Receipt("shop", "f", "select 1 as n", {}, "rule", 1, digest(1, rows), "2026-01-02T03:04:05Z")
    return Result((ResultColumn("n", "integer"),), rows, False, 0.001, receipt)


def test_what_is_saved_comes_back_equal(store: Store) -> None:
    info = artifacts.save(store, made())
    assert (info.slug, info.version, info.source) == ("customers-per-country", 1, "shop")
    assert (info.question, info.kinds) == ("customers per country", ("text", "metric"))
    assert artifacts.load_version(store, info.slug) == (made(), 1)


def test_slugs_are_readable_unique_and_never_given_twice(store: Store) -> None:
    slugs = [artifacts.save(store, made()).slug for _ in range(3)]
    assert slugs == ["customers-per-country", "customers-per-country-2", "customers-per-country-3"]
    artifacts.remove(store, slugs[1])
    assert artifacts.save(store, made()).slug == "customers-per-country-4"
    assert slug_of("日本") == "artifact"
    assert slug_of("../../etc/passwd?x=<b>") == "etc-passwd-x-b"
    assert len(slug_of("x" * 300)) <= 60


def test_ten_threads_that_save_the_same_title_get_ten_addresses(store: Store) -> None:
    slugs: list[str] = []
    threads = [threading.Thread(target=lambda: slugs.append(artifacts.save(store, made()).slug)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(slugs)) == 10


def test_an_edit_is_a_new_version_and_the_old_one_stays(store: Store) -> None:
    slug = artifacts.save(store, made()).slug
    changed = made(sql="select 2 as n")
    assert artifacts.edit(store, slug, changed).version == 2
    assert artifacts.edit(store, slug, changed).version == 2, "nothing differs: no new version"
    assert artifacts.rename(store, slug, "Countries").version == 3
    assert artifacts.load_version(store, slug, 1)[0] == made()
    assert artifacts.load_version(store, slug, 2)[0] == changed
    assert artifacts.load_version(store, slug)[0].title == "Countries"
    assert [(v.number, v.title) for v in artifacts.history(store, slug)] == [
        (3, "Countries"), (2, "Customers per country"), (1, "Customers per country"),
    ]  # fmt: skip
    assert artifacts.find(store, slug).slug == slug


def test_pinning_the_same_message_again_is_the_same_artifact(store: Store) -> None:
    first = artifacts.save(store, made(), origin="m1")
    assert artifacts.save(store, made(), origin="m1") == first
    assert artifacts.save(store, made("Another name"), origin="m1").version == 2
    made_again = artifacts.made_from(store, "m1")
    assert made_again is not None and made_again.slug == first.slug
    artifacts.remove(store, first.slug)
    assert artifacts.made_from(store, "m1") is None
    assert artifacts.save(store, made(), origin="m1").slug != first.slug


def test_unknown_and_deleted_artifacts_are_not_found(store: Store) -> None:
    slug = artifacts.save(store, made()).slug
    with pytest.raises(NotFound, match="no version 7"):
        artifacts.load_version(store, slug, 7)
    artifacts.remove(store, slug)
    for call in (artifacts.find, artifacts.load_version, artifacts.history, artifacts.remove):
        with pytest.raises(NotFound, match=slug):
            call(store, slug)
    assert artifacts.listed(store) == []


def test_search_takes_all_words(store: Store) -> None:
    artifacts.save(store, made("Revenue per YEAR"))
    artifacts.save(store, made("Revenue per country"))
    assert [info.title for info in artifacts.listed(store, "year revenue")] == ["Revenue per YEAR"]
    assert len(artifacts.listed(store, "shop")) == 2
    assert artifacts.listed(store, "100%") == []


def test_an_artifact_of_a_newer_format_says_so(store: Store) -> None:
    slug = artifacts.save(store, made()).slug
    with store.write() as session:
        row = session.get(VersionRow, (slug, 1))
        assert row is not None
        row.body = {**row.body, "format_version": 99}
        session.add(row)
    with pytest.raises(ArtifactInvalid, match="format 99"):
        artifacts.load_version(store, slug)


def test_the_last_good_result_is_kept_per_version_and_replaced_only_when_it_differs(store: Store) -> None:
    slug = artifacts.save(store, made()).slug
    artifacts.keep_results(store, slug, 1, {"q1": result(5)})
    later = result(5)
    later = replace(later, receipt=replace(later.receipt, ran_at="2027-01-01T00:00:00Z"))
    artifacts.keep_results(store, slug, 1, {"q1": later})
    assert artifacts.kept_results(store, slug, 1)["q1"].receipt.ran_at == "2026-01-02T03:04:05Z"
    artifacts.keep_results(store, slug, 1, {"q1": result(b"\x00\xff")})
    assert artifacts.kept_results(store, slug, 1)["q1"].rows == ((b"\x00\xff",),)
    assert artifacts.kept_results(store, slug, 2) == {}
