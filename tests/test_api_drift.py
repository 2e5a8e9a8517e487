"""A file whose column stops being numbers: what was kept says so in its place instead of adding up something else."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from workspace.api import open_workspace
from workspace.artifact.model import Chart

ROWS = [
    "Ort;Tag;Betrag",
    *(f"{place};2026-0{month}-15;1.00{month},50 €" for place in ("Ulm", "Kiel") for month in (1, 2, 3)),
]


@pytest.mark.parametrize("wrong", ["auf Anfrage", "1.001,70 Euro und mehr"])
def test_one_cell_of_text_is_no_other_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.delenv("NOAPP_MODEL", raising=False)
    path = tmp_path / "orders.csv"
    path.write_text("\n".join(ROWS), encoding="utf-8")
    with open_workspace(path, folder=tmp_path / "kept") as workspace:
        slug = workspace.compose("a report with total betrag per ort and number of orders per ort").slug
        before = workspace.open(slug)
        assert {row[1] for row in before.results["q1"].rows} == {3007.5}
        time.sleep(0.02)  # the file's time is its state
        path.write_text("\n".join([*ROWS, f"Ulm;2026-04-15;{wrong}"]), encoding="utf-8")
        after = workspace.open(slug)
        assert after.results["q1"].rows == before.results["q1"].rows, "the last good ones"
        assert "Betrag is kept as text, such as “1.00" in after.problems["q1"].message
        charts = [bound for bound in after.blocks if isinstance(bound.block, Chart)]
        assert [bool(bound.stale_since) for bound in charts] == [True, False], (
            "the rest of the page is as fresh as ever"
        )
        assert not workspace.verify(slug).holds, "nor does it follow from the data any more"
        path.write_text("\n".join(ROWS), encoding="utf-8")
        time.sleep(0.02)
        assert not workspace.open(slug).problems
