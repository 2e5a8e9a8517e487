"""The made-up databases of the benchmarks of scale are what they say, and the same each time."""

from __future__ import annotations

from pathlib import Path

from tests.bench import large, wide
from workspace.database.source import open_source


def test_the_wide_schema_has_the_size_it_is_called_after() -> None:
    made = wide.tables()
    assert len(made) == len({table.name for table in made}) == 1_000
    assert abs(sum(len(table.columns) for table in made) - 15_000) < 50
    assert made == wide.tables()
    assert wide.questions(made, 50) == wide.questions(made, 50)


def test_keys_of_the_wide_schema_are_found_also_where_they_are_not_declared(tmp_path: Path) -> None:
    made = wide.build(tmp_path / "wide.sqlite", count=150, columns=1_800, rows=30)
    keys = open_source(tmp_path / "wide.sqlite").catalog().foreign_keys
    meant = {(table.name, column, other) for table in made for column, other in table.keys}
    found = {(key.table, key.columns[0], key.ref_table) for key in keys}
    declared = {(key.table, key.columns[0], key.ref_table) for key in keys if key.declared}
    assert declared < found and len(meant & found) > len(declared)  # the same name is a key of several departments


def test_the_large_file_is_the_same_each_time(tmp_path: Path) -> None:
    for name in ("one", "two"):
        large.build(tmp_path / f"{name}.sqlite", sales=2_000)
    one, two = (open_source(tmp_path / f"{name}.sqlite") for name in ("one", "two"))
    assert one.catalog().tables == two.catalog().tables
    assert one.catalog().table("sales").rows == 2_000
    assert one.values().find("Berlin") and one.values().find("returned")
