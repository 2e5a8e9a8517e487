"""The files: exactly what is shown, harmless in a spreadsheet, and they load back."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile

import pytest

from tests.test_faces_pages import AS_OF, XSS, Reader, hostile, make, named, page_view
from workspace.artifact.model import Artifact, Table, load
from workspace.artifact.refresh import view_of
from workspace.artifact.snapshot import view_from_dict
from workspace.errors import ArtifactInvalid
from workspace.export import EXPORTS
from workspace.export.csv import harmless
from workspace.faces import theme


def rows_of(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def single(columns: dict, rows: list[tuple], title: str = "One"):
    artifact = Artifact(title=title, queries=(named("q1", "one"),), blocks=(Table(query="q1"),))
    return view_of(artifact, {"q1": make(columns, rows)}, AS_OF)


def test_csv_of_one_query() -> None:
    rows = [("Ærø", 39.62000000000001, None, 2**60, b"\x00\x01"), ('a,b\n"c"', -2.0, "2023-01-05", -7, b"")]
    file = EXPORTS["csv"](
        single({"name": "text", "x": "real", "d": "date", "n": "integer", "b": "blob"}, rows, "Ærlig talt / 2023")
    )
    assert file.filename == "rlig-talt-2023.csv"
    assert file.media_type == "text/csv; charset=utf-8"
    assert file.body.startswith(b"\xef\xbb\xbf")
    assert rows_of(file.body) == [
        ["name", "x", "d", "n", "b"],
        ["Ærø", "39.62", "", str(2**60), "binary, 2 B"],
        ['a,b\n"c"', "-2", "2023-01-05", "-7", "binary, 0 B"],
    ]
    assert not EXPORTS["csv"](single({"a": "text"}, [("plain",)])).body.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1+1", "'\t=1+1"),
        ("  =1+1", "'  =1+1"),
        ("\r=1", "'\r=1"),
        ("＝1+1", "'＝1+1"),
        ("-5.20", "-5.20"),
        ("+49", "+49"),
        ("-1e5", "-1e5"),
        ("-", "'-"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula(cell: str, written: str) -> None:
    assert harmless(cell) == written
    body = EXPORTS["csv"](single({cell or "x": "text", "n": "text"}, [(cell, "x")])).body
    assert rows_of(body)[1][0] == written
    assert rows_of(body)[0][0] == (written or "x")


def test_csv_of_several_queries_is_a_zip() -> None:
    file = EXPORTS["csv"](page_view())
    assert file.filename == "revenue-per-country.zip"
    with zipfile.ZipFile(io.BytesIO(file.body)) as archive:
        assert archive.namelist() == ["q1-revenue-per-country.csv", "q2-monthly-revenue.csv"]
        assert rows_of(archive.read(archive.namelist()[1]))[1] == ["2023-01", "37"]
    assert EXPORTS["csv"](page_view()).body == file.body


def test_csv_of_nothing() -> None:
    with pytest.raises(ArtifactInvalid):
        EXPORTS["csv"](view_of(Artifact(title="Empty"), {}, AS_OF))


def test_json_loads_back() -> None:
    view = page_view()
    file = EXPORTS["json"](view)
    data = json.loads(file.body)
    assert load(data["artifact"]) == view.artifact
    assert view_from_dict(data) == view
    assert data["results"]["q1"]["receipt"]["digest"] == view.results["q1"].receipt.digest
    assert file.filename == "revenue-per-country.json"


def test_json_is_strict() -> None:
    body = EXPORTS["json"](single({"x": "real"}, [(float("inf"),), (float("nan"),)])).body
    assert "Infinity" not in body.decode()
    assert json.loads(body)["results"]["q1"]["rows"] == [[{"number": "inf"}], [{"number": "nan"}]]


def test_figures_carry_no_noise() -> None:
    """0.1 + 0.2 is a sum a person would doubt the page for; what has its digits keeps them."""
    view = single({"x": "real"}, [(0.1 + 0.2,), (374234.39000000025,), (1234567.1234567,)])
    assert json.loads(EXPORTS["json"](view).body)["results"]["q1"]["rows"] == [[0.3], [374234.39], [1234567.1234567]]
    assert rows_of(EXPORTS["csv"](view).body)[1:] == [["0.3"], ["374234.39"], ["1234567.1234567"]]


def test_html_is_one_offline_file() -> None:
    file = EXPORTS["html"](page_view())
    read = Reader(file.body.decode())
    assert file.media_type == "text/html; charset=utf-8"
    assert "svg" in {tag for tag, _ in read.tags}
    assert not {tag for tag, _ in read.tags} & {"img", "iframe"}
    assert [a for tag, a in read.tags if tag == "link"] == [{"rel": "icon", "href": theme.icon()}], "fetched nowhere"
    assert not [a for _, a in read.tags if re.match(r"(https?:)?//", a.get("href") or "")]
    assert not re.search(r"url\(|@import", file.body.decode())
    assert "Live" not in read.text
    assert "As of" in read.text


@pytest.mark.parametrize("evil", XSS, ids=range(len(XSS)))
def test_hostile_content_is_exported_harmlessly(evil: str) -> None:
    view = hostile(evil)
    for write in EXPORTS.values():
        file = write(view)
        assert re.fullmatch(r"[a-z0-9-]+\.[a-z]+", file.filename)
    json.loads(EXPORTS["json"](view).body)
    assert rows_of(EXPORTS["csv"](view).body)[1][1] == "3"
