"""Data files as tables: what is understood of them, what is said of the ones that cannot be, and what changes do."""

from __future__ import annotations

import io
import json
import os
import sqlite3
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import pytest

from workspace.database import files as served
from workspace.database.execute import query
from workspace.database.ingest import Ingested, ingest, ingest_bytes, refusals, remarks
from workspace.database.source import Source, open_source
from workspace.errors import NoAppError, SourceDamaged, SourceEmpty, SourceError, SourceUnreadable, SourceUnsupported


def read(data: bytes | str, filename: str = "data.csv", *, into: Path) -> tuple[Ingested, list[tuple], dict[str, str]]:
    """The only table made from ``data``: what was said of it, its rows, its columns' types."""
    made = ingest_bytes(filename, data.encode() if isinstance(data, str) else data, into)
    assert len(made) == 1
    with closing(sqlite3.connect(into)) as connection:
        rows = connection.execute(f'SELECT * FROM "{made[0].table}"').fetchall()
        types = {row[1]: row[2] for row in connection.execute(f'PRAGMA table_info("{made[0].table}")')}
    return made[0], rows, types


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "state" / "files.sqlite"


# ------------------------------------------------------------------------------------------------------------- csv
def test_a_plain_csv(into: Path) -> None:
    made, rows, types = read("Name,Age,Height,Born\nAnn,31,1.7,1993-02-01\nBob,,1.85,1990-12-31\n", into=into)
    assert made == Ingested("data", 2, ("Name", "Age", "Height", "Born"))
    assert rows == [("Ann", 31, 1.7, "1993-02-01"), ("Bob", None, 1.85, "1990-12-31")]
    assert types == {"Name": "TEXT", "Age": "INTEGER", "Height": "REAL", "Born": "DATE"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_endings(into: Path, delimiter: str, ending: str) -> None:
    lines = [["name", "note", "n"], ["Ann", '"a, b; c | d\te"', "1"], ["Bob", '"two\nlines ""here"""', "2"]]
    text = ending.join(delimiter.join(line) for line in lines)
    _, rows, _ = read(text, into=into)
    assert rows == [("Ann", "a, b; c | d\te", 1), ("Bob", 'two\nlines "here"', 2)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings(into: Path, encoding: str) -> None:
    _, rows, types = read("städte,größe\nKöln,1\nOrléans,2\n".encode(encoding), into=into)
    assert rows == [("Köln", 1), ("Orléans", 2)] and list(types) == ["städte", "größe"]


def test_ragged_rows_are_reported(into: Path) -> None:
    made, rows, types = read("a,b\n1,x\n2\n3,y,extra\n4,z\n", into=into)
    assert rows == [(1, "x", None), (2, None, None), (3, "y", "extra"), (4, "z", None)]
    assert list(types) == ["a", "b", "extra 1"]
    assert made.notes == (
        "1 row has fewer cells than the header (line 3); what is missing was left empty. "
        "Check that no separator is missing there.",
        "1 row has more cells than the header (line 4); the rest is in columns of its own. "
        "Check that no value there is cut by a separator in it.",
    )


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        # a separator is missing: a text among numbers, a date among texts, a number where no text was one
        ("id,name,n\n1,Ann,2\n2,Bob,3\n3 Cid,4\n", "line 4, has 2 cells where the header has 3", "id"),
        ("id,who,on\n1,Ann,2024-01-02\n2 Bob,2024-01-03\n3,Cid,2024-01-04\n", "line 3, has 2 cells", "id"),
        ("id;name;city;n\n1;Ann;Rome;5.5\n2;Bob;Oslo;6\n7;Cid Bern;12.5\n", "line 4, has 3 cells", "city"),
        ("id;a;b;c\n1;2;1.5;.1\n2;3;2.5;.2\n\n7;42.50;.1\n8;1;2.2;.3\n", "line 5, has 3 cells", "a"),
        ("id;on;p\n1;31.12.2024;5 €\n2;5.1.2024;7 €\n3;9 €\n", "line 4, has 2 cells", "on"),
        # a value is cut by a separator in it
        ("id,name,n\n1,Ann,2\n2,Bob,3\n3,Smith, Cid,4\n", "line 4, has 4 cells", "n"),
        ("id,name,n\n1,Ann,2\n2,Bob,3\n3,Cid,1,234.50\n", "line 4, has 4 cells", "n"),
        ("n,name\n2,Ann\n3,Bob\n1,234,Cid\n", "line 4, has 3 cells", "name"),
    ],
)
def test_rows_whose_values_stand_in_the_wrong_columns_are_refused(
    into: Path, text: str, line: str, column: str
) -> None:
    problem = fails(text, "data.csv", into)
    assert isinstance(problem, SourceDamaged)
    assert problem.message.startswith(f"data.csv, {line}") and f"under “{column}” stands a value" in problem.message
    assert "separator" in problem.hint


@pytest.mark.parametrize(
    ("text", "fewer", "more"),
    [
        ("id,n,note,more\n1,2,a,x\n2\n3,4\n4,5,b\n5,6,c,y\n", 3, 0),
        ("id,n,note\n1,2\n2,3\n3,4\n4,n/a\n5,6,late\n", 4, 0),  # most end early
        ("a;b;c\n1;x;2024-01-02\n2;\n3;y;2024-01-03;\n;z\n", 2, 0),
        ("name,n\nAnn,2\nBob,3,sic\nCid,4\n", 0, 1),
    ],
)
def test_rows_that_lack_only_their_end_are_counted(into: Path, text: str, fewer: int, more: int) -> None:
    made, rows, _ = read(text, into=into)
    assert len(rows) == text.count("\n") - 1
    said = [int(note.partition(" ")[0]) * (1 if "fewer" in note else -1) for note in made.notes]
    assert said == [count for count in (fewer, -more) if count]


def test_lines_are_counted_as_an_editor_does(into: Path) -> None:
    """Blank lines and values of several lines among them; of many, the first."""
    head = 'id,note,n\n1,"two\nlines",2\n\n' + "".join(f"{n},x,{n}\n" for n in range(60))
    made, _, _ = read(head + "60,x\n\n61\n" + "62\n" * 3, into=into)
    assert made.notes[0].startswith("5 rows have fewer cells than the header (lines 65, 67, 68 and 2 more); ")
    problem = fails(head + "x\ny\n" + "z\n" * 1_000 + "1,x,2\n" * 1_000, "data.csv", into)
    assert "1,002 rows that are cut wrongly (lines 65, 66, 67 and 999 more). The first has 1 cell" in problem.message


@pytest.mark.parametrize(
    "rows",
    ['2,"Bob\n3,Cid\n', '2,"Bob\n3,"Cid"\n4,Dan\n', '2,"Bob, 3\n', '2,"'],
    ids=["to the end", "to the next", "in the last line", "alone"],
)
def test_a_quotation_mark_that_is_not_closed_takes_no_rows(into: Path, rows: str) -> None:
    problem = fails("id,name\n1,Ann\n" + rows, "data.csv", into)
    assert problem.message.startswith("data.csv, line 3: a quotation mark is opened and not closed")


def test_quotation_marks_in_values_are_no_damage(into: Path) -> None:
    _, rows, _ = read('id,name\n1,"a ""b"", c\nd, e"\n2,x "y"\n3,"He said "hi" there"\n4,"z"', into=into)
    assert [row[1] for row in rows] == ['a "b", c\nd, e', 'x "y"', 'He said hi" there"', "z"]


def test_headers_are_kept_readable(into: Path) -> None:
    _, _, types = read('" US  Gross ",,name,Name,"two\nlines"\n1,2,3,4,5\n', into=into)
    assert list(types) == ["US Gross", "column_2", "name", "Name_2", "two lines"]


def test_no_header(into: Path) -> None:
    made, rows, types = read("Ann,31\nBob,24\nCid,25\n", into=into)
    assert list(types) == ["column_1", "column_2"] and len(rows) == 3
    assert "columns are numbered" in made.notes[0]


def test_years_as_headers(into: Path) -> None:
    _, rows, types = read("country,2021,2022\nFrance,1,2\nSpain,3,4\n", into=into)
    assert list(types) == ["country", "2021", "2022"] and len(rows) == 2


def test_a_single_column(into: Path) -> None:
    _, rows, types = read("word\nalpha\nbeta\n", into=into)
    assert rows == [("alpha",), ("beta",)] and list(types) == ["word"]


def test_decimal_commas_only_where_evident(into: Path) -> None:
    _, rows, types = read("name;price;big\na;1,5;1.234,50\nb;2,25;3,00\n", into=into)
    assert rows == [("a", 1.5, 1234.5), ("b", 2.25, 3.0)] and types["price"] == "REAL"
    _, rows, _ = read('name,n\na,"1,234"\nb,"12,345,678"\n', into=into)
    assert rows == [("a", 1234), ("b", 12_345_678)]


def test_numbers_in_disguise(into: Path) -> None:
    text = 'zip,money,rate,gap,long,mixed\n01234,"$1,200.50",1e3,N/A,12345678901234567890,1\n10001,$3.00,.5,7,2,x\n'
    _, rows, types = read(text, into=into)
    assert rows == [
        ("01234", 1200.5, 1000.0, None, "12345678901234567890", "1"),
        ("10001", 3.0, 0.5, 7, "2", "x"),
    ]
    money = 'REAL "$"'
    assert types == {"zip": "TEXT", "money": money, "rate": "REAL", "gap": "INTEGER", "long": "TEXT", "mixed": "TEXT"}


@pytest.mark.parametrize(
    ("cells", "stored", "declared"),
    [
        (("14,2 %", "9,9 %", "14 %"), (14.2, 9.9, 14.0), 'REAL "%"'),
        (("14.2%", "0", "-3.5 %"), (14.2, 0.0, -3.5), 'REAL "%"'),
        (("14 %", "7%", ""), (14, 7, None), 'INTEGER "%"'),
        (("0,5 %", "0,25 %", "–"), (0.5, 0.25, None), 'REAL "%"'),
        (("1.234,56 €", "-12,00 €", "€ 3,50"), (1234.56, -12.0, 3.5), 'REAL "€"'),
        (("$1,234.50", "($3.00)", "-$2"), (1234.5, -3.0, -2.0), 'REAL "$"'),
        (("CHF 1'234.50", "CHF 7.00", "CHF 0.05"), (1234.5, 7.0, 0.05), 'REAL "CHF"'),
        (("1 234,50 kr", "7,25 kr", "12 kr"), (1234.5, 7.25, 12.0), 'REAL "kr"'),
        (("1.806,85-", "12,50", "3,00-"), (-1806.85, 12.5, -3.0), "REAL"),
        (("(1,806.85)", "12.50", "−3.00"), (-1806.85, 12.5, -3.0), "REAL"),
        (("2,7 kg", "16 kg", "1.300 kg"), (2.7, 16.0, 1300.0), 'REAL "kg"'),
        (("5 m", "12 m", "7 m"), (5, 12, 7), 'INTEGER "m"'),
    ],
)
def test_amounts_as_people_write_them(into: Path, cells: tuple, stored: tuple, declared: str) -> None:
    _, rows, types = read("name;x\n" + "".join(f"n{place};{cell}\n" for place, cell in enumerate(cells)), into=into)
    assert tuple(row[1] for row in rows) == stored and types["x"] == declared


@pytest.mark.parametrize(
    "cells",
    [
        ("14,2 %", "9,9", "3 %"),  # nine points, or fractions?
        ("5 kg", "300 g", "1 kg"),
        ("5 €", "5 $", "1 €"),
        ("12 b", "7 a", "3 c"),
        ("(1)", "(2)", "(3)"),
        ("555 123 456", "555 123 457", "555 123 458"),
        ("1-2", "3-4", "5-6"),
        ("+-3", "4", "5"),
        ("5 % off", "10 %", "7 %"),
    ],
)
def test_what_is_no_amount_stays_as_it_is_written(into: Path, cells: tuple) -> None:
    _, rows, types = read("name;x\n" + "".join(f"n{place};{cell}\n" for place, cell in enumerate(cells)), into=into)
    assert tuple(row[1] for row in rows) == cells and types["x"] == "TEXT"


def test_files_stored_by_an_older_reading_are_read_again(tmp_path: Path, into: Path) -> None:
    file = tmp_path / "rates.csv"
    file.write_text("name;rate\na;14,2 %\nb;9,9 %\n")
    assert len(ingest([file], into)) == 1 and ingest([file], into) == []
    with closing(sqlite3.connect(into)) as connection:
        connection.execute("PRAGMA user_version = 0")
    assert len(ingest([file], into)) == 1 and ingest([file], into) == []


@pytest.mark.parametrize(
    ("first", "second", "stored", "declared"),
    [
        ("Jun 12 1998", "Aug 07 1998", "1998-06-12", "DATE"),
        ("31/12/2024", "01/02/2024", "2024-12-31", "DATE"),
        ("12/31/2024", "1/2/2024", "2024-12-31", "DATE"),
        ("31.12.2024", "01.02.2024", "2024-12-31", "DATE"),
        ("12 June 1998", "3 May 2001", "1998-06-12", "DATE"),
        ("12/31/2024 1:05 PM", "1/2/2024 12:00 AM", "2024-12-31 13:05:00", "DATETIME"),
        ("2024-12-31T10:00:00", "2024-01-01T00:00:00", "2024-12-31T10:00:00", "DATETIME"),
    ],
)
def test_dates(into: Path, first: str, second: str, stored: str, declared: str) -> None:
    _, rows, types = read(f"when;n\n{first};1\n{second};2\n;3\n", into=into)
    assert rows[0][0] == stored and rows[2][0] is None and types["when"] == declared


def test_ambiguous_dates_are_left_alone(into: Path) -> None:
    made, rows, types = read("when,n\n10/11/2024,1\n05/06/2024,2\n", into=into)
    assert rows[0][0] == "10/11/2024" and types["when"] == "TEXT"
    assert "day first or month first" in made.notes[0]


def test_one_bad_date_keeps_the_column_as_text(into: Path) -> None:
    _, rows, types = read("when,n\nJun 12 1998,1\nsoon,2\n", into=into)
    assert types["when"] == "TEXT" and rows[0][0] == "Jun 12 1998"


# ---------------------------------------------------------------------------------------------------------- failures
def fails(data: bytes | str, filename: str, into: Path) -> NoAppError:
    with pytest.raises(NoAppError) as caught:
        ingest_bytes(filename, data.encode() if isinstance(data, str) else data, into)
    assert filename in caught.value.message and caught.value.message.endswith(".")
    return caught.value


def test_what_cannot_be_read(into: Path) -> None:
    assert isinstance(fails("", "a.csv", into), SourceEmpty)
    assert isinstance(fails(" \n\n", "a.csv", into), SourceEmpty)
    only = fails("name,age\n", "a.csv", into)
    assert isinstance(only, SourceEmpty) and "header but no rows" in only.message
    assert isinstance(fails(os.urandom(5000), "a.csv", into), SourceUnreadable)
    assert isinstance(fails(b"\x89PNG\r\n\x1a\n" + bytes(500), "a.csv", into), SourceUnreadable)
    assert isinstance(fails("{broken", "a.json", into), SourceUnreadable)
    assert isinstance(fails("[]", "a.json", into), SourceEmpty)
    assert isinstance(fails("12", "a.json", into), SourceUnreadable)
    assert isinstance(fails(b"not a workbook", "a.xlsx", into), SourceUnreadable)
    assert isinstance(fails(b"PAR1 not really PAR1", "a.parquet", into), SourceUnreadable)
    assert isinstance(fails(b"x", "a.xls", into), SourceUnsupported)
    assert isinstance(fails(b"x", "a.pdf", into), SourceUnsupported)


def test_a_file_is_stored_whole_or_not_at_all(into: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from workspace.database import ingest as module

    ingest_bytes("good.csv", b"a,b\n1,2\n", into)
    original = module._make

    def fail_on_second(connection, name, table):
        if name == "second":
            raise sqlite3.OperationalError("database or disk is full")
        return original(connection, name, table)

    monkeypatch.setattr(module, "_make", fail_on_second)
    with pytest.raises(SourceUnreadable, match="disk is full"):
        ingest_bytes("two.json", json.dumps({"first": [{"a": 1}], "second": [{"a": 1}]}).encode(), into)
    assert [table.name for table in open_source(into).catalog().tables] == ["good"]


# ------------------------------------------------------------------------------------------------------ other kinds
def test_json_in_every_shape(into: Path) -> None:
    records = [{"a": 1, "b": {"c": [1]}, "d": True}, {"a": 2.5, "e": None, "d": False}]
    _, rows, types = read(json.dumps(records), "x.json", into=into)
    assert rows == [(1.0, '{"c": [1]}', 1, None), (2.5, None, 0, None)]
    assert types == {"a": "REAL", "b": "TEXT", "d": "BOOLEAN", "e": "TEXT"}
    _, rows, _ = read('{"a": 1}\n{"a": 2}\n', "lines.jsonl", into=into)
    assert rows == [(1,), (2,)]
    _, rows, _ = read('{"status": "ok", "data": [{"a": 1}]}', "wrapped.json", into=into)
    assert rows == [(1,)]
    _, rows, types = read('[["a", "b"], [1, "x"]]', "rows.json", into=into)
    assert rows == [(1, "x")] and list(types) == ["a", "b"]
    _, rows, _ = read('["x", "y"]', "scalars.json", into=into)
    assert rows == [("x",), ("y",)]
    feature = {"type": "Feature", "properties": {"name": "A"}, "geometry": {"type": "Point", "coordinates": [1, 2]}}
    _, rows, _ = read(json.dumps({"type": "FeatureCollection", "features": [feature]}), "map.geojson", into=into)
    assert rows == [("A", '{"type": "Point", "coordinates": [1, 2]}')]
    made = ingest_bytes("two.json", b'{"cats": [{"a": 1}], "dogs": [{"a": 1}, {"a": 2}]}', into)
    assert [(item.table, item.rows) for item in made] == [("cats", 1), ("dogs", 2)]


def workbook() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Staff"
    for row in (
        ["Our staff"],
        [],
        ["Name", "Born", "Seen", "Pay"],
        ["Ann", date(1990, 1, 2), datetime(2024, 1, 2, 3, 4), 10],
        ["Bob", None, None, 12.5],
    ):
        sheet.append(row)
    other = book.create_sheet("Places")
    other.append([None, "City", "Error"])
    other.append([None, "Köln", "#N/A"])
    book.create_sheet("Empty")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_workbook(into: Path) -> None:
    made = ingest_bytes("office.xlsx", workbook(), into)
    assert [(item.table, item.rows, item.columns) for item in made] == [
        ("Staff", 2, ("Name", "Born", "Seen", "Pay")),
        ("Places", 1, ("City", "Error")),
    ]
    source = open_source(into)
    assert query(source, "SELECT * FROM Staff").rows == (
        ("Ann", "1990-01-02", "2024-01-02 03:04:00", 10.0),
        ("Bob", None, None, 12.5),
    )
    assert source.catalog().column("Staff", "Born").kind == "date"


def test_parquet(into: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table(
        {
            "n": pa.array([1, None], pa.int32()),
            "x": [1.5, 2.5],
            "when": pa.array([datetime(2024, 1, 2, 3, 4), None], pa.timestamp("ns")),
            "day": [date(2024, 1, 2), date(2024, 1, 3)],
            "tags": [["a"], []],
            "ok": [True, False],
        }
    )
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    _, rows, types = read(buffer.getvalue(), "p.parquet", into=into)
    assert rows == [
        (1, 1.5, "2024-01-02 03:04:00", "2024-01-02", '["a"]', 1),
        (None, 2.5, None, "2024-01-03", "[]", 0),
    ]
    assert types["when"] == "DATETIME" and types["ok"] == "BOOLEAN"


def test_names_of_tables(into: Path) -> None:
    names = [
        "Sales 2024.csv",
        "sales-2024.csv",
        "2024.csv",
        "sqlite_x.csv",
        "../../etc/passwd.csv",
        "größe.csv",
        "!!!.csv",
    ]
    made = [ingest_bytes(name, b"a,b\n1,2\n", into)[0].table for name in names]
    assert made == ["Sales_2024", "sales_2024_2", "t_2024", "t_sqlite_x", "passwd", "größe", "data"]


# ---------------------------------------------------------------------------------------------------------- sources
def rows_of(source: Source, sql: str) -> tuple:
    return query(source, sql).rows


def test_files_are_read_again_only_when_they_changed(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    path, other = tmp_path / "a.csv", tmp_path / "b.csv"
    path.write_text("n,x\n1,a\n")
    other.write_text("m,y\n1,b\n2,c\n")
    source = open_source([path, other], folder=folder)
    assert source.name == "a-b" and source.path == folder / "a-b.sqlite"
    assert [table.name for table in source.catalog().tables] == ["a", "b"]
    said: list[str] = []
    assert ingest([path, other], folder / "a-b.sqlite", progress=said.append) == [] and said == []
    before = source.fingerprint()
    path.write_text("n,x\n1,a\n2,b\n")
    assert source.fingerprint() != before  # while it is served
    assert rows_of(source, "SELECT count(*) FROM a") == ((2,),)
    assert source.catalog().table("a").rows == 2
    path.write_text("n,x\n")
    with pytest.raises(SourceEmpty):  # never the old figures for a changed file
        rows_of(source, "SELECT count(*) FROM a")
    path.write_text("n,x\n7,z\n")
    assert rows_of(source, "SELECT n FROM a") == ((7,),)
    path.unlink()
    assert rows_of(source, "SELECT n FROM a") == ((7,),)  # what was read of it stays
    again = open_source([other], folder=folder, name="a-b")
    assert [table.name for table in again.catalog().tables] == ["b"]


def test_a_file_that_is_damaged_while_it_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "lead.csv"
    path.write_text("id,name,n\n1,Ann,2\n2,Bob,3\n")
    source = open_source(path, folder=tmp_path / "state")
    assert source.path is not None and remarks(source.path) == refusals(source.path) == []
    times: list[int] = []

    def counted(*arguments):
        times.append(1)
        return ingest(*arguments)

    monkeypatch.setattr(served, "ingest", counted)
    path.write_text("id,name,n\n1,Ann,2\n2,Bob,3\n3 Cid,4\n")
    for _ in range(3):
        with pytest.raises(SourceDamaged, match=r"^lead.csv, line 4, has 2 cells"):
            rows_of(source, "SELECT sum(n) FROM lead")
    assert len(times) == 1, "a large file is not read at each question"
    assert [record.message for record in caplog.records] == [
        str(refusals(source.path)[0].message + " " + refusals(source.path)[0].hint)
    ]
    assert refusals(source.path)[0].path == path
    path.write_text("id,name,n\n1,Ann,2\n2,Bob,3\n3,Cid,4\n4,Dan\n")
    assert rows_of(source, "SELECT sum(n) FROM lead") == ((9,),)
    assert refusals(source.path) == [] and caplog.records[-1].message == str(remarks(source.path)[0])
    assert str(remarks(source.path)[0]).startswith("lead.csv: 1 row has fewer cells than the header (line 5); ")
    path.write_text("id,name,n\n1,Ann,2\n")
    assert rows_of(source, "SELECT sum(n) FROM lead") == ((2,),) and remarks(source.path) == []
    assert [table.name for table in source.catalog().tables] == ["lead"]


def test_a_database_of_somebody_else_stays_untouched(tmp_path: Path) -> None:
    theirs = tmp_path / "a.sqlite"
    with closing(sqlite3.connect(theirs)) as connection:
        connection.execute("CREATE TABLE a (precious)")
    before = theirs.read_bytes()
    (tmp_path / "a.csv").write_text("n,x\n1,a\n")
    source = open_source(tmp_path / "a.csv", folder=tmp_path)
    assert source.path == tmp_path / "a-files.sqlite" and theirs.read_bytes() == before


def test_the_public_samples(data: Path, tmp_path: Path) -> None:
    names = ["movies.json", "seattle-weather.csv", "taxis.csv", "tips.csv", "titanic.csv"]
    source = open_source([data / "samples" / name for name in names], folder=tmp_path, name="samples")
    catalog = source.catalog()
    assert {table.name: table.rows for table in catalog.tables} == {
        "movies": 3201, "seattle_weather": 1461, "taxis": 6433, "tips": 244, "titanic": 891,
    }  # fmt: skip
    assert catalog.column("movies", "Release Date").kind == "date"
    assert rows_of(source, 'SELECT "Release Date" FROM movies LIMIT 1') == (("1998-06-12",),)
    assert catalog.column("taxis", "pickup").kind == "datetime"
    assert catalog.column("titanic", "Age").profile.nulls == 177


def sheet_of(*cells: tuple[str, object]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for place, value in cells:
        book.active[place] = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_stray_cell_at_the_end_of_a_sheet(into: Path) -> None:
    """Excel leaves them; padding every row up to there would take hundreds of gigabytes."""
    table = (("A1", "name"), ("B1", "age"), ("A2", "Ann"), ("B2", 31), ("A3", "Bob"), ("B3", 44))
    made = ingest_bytes("low.xlsx", sheet_of(*table, ("B1048576", 5)), into)
    assert [(item.rows, item.columns) for item in made] == [(3, ("name", "age"))]
    with pytest.raises(SourceError, match="16,384 columns"):
        ingest_bytes("far.xlsx", sheet_of(*table, ("XFD1048576", 5)), into)


def test_short_rows_of_a_sheet_are_no_news(into: Path) -> None:
    made = ingest_bytes("gap.xlsx", sheet_of(("A1", "a"), ("B1", "b"), ("A2", 1), ("A3", 2), ("B3", 3)), into)
    assert made[0].notes == ()
    assert query(open_source(into), "SELECT * FROM gap").rows == ((1, None), (2, 3))


def test_a_workbook_that_unpacks_to_too_much(into: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workspace.database.tabular.UNPACKED", 1_000)
    with pytest.raises(SourceError, match="unpacks to"):
        ingest_bytes("bomb.xlsx", workbook(), into)
    assert not into.exists()


@pytest.mark.parametrize(
    "text", ["[" * 200_000 + "]" * 200_000, '{"a":' * 100_000 + "1" + "}" * 100_000], ids=["lists", "objects"]
)
def test_json_nested_without_end(into: Path, text: str) -> None:
    with pytest.raises(SourceError, match="nested too deeply"):
        ingest_bytes("deep.json", text.encode(), into)


def test_json_with_half_a_character(into: Path) -> None:
    data = b'[{"\\ud800k": "\\ud800x", "n": {"a": "\\udfff"}}]'
    made = ingest_bytes("half.json", data, into)
    assert made[0].columns == ("?k", "n")
    assert query(open_source(into), "SELECT * FROM half").rows == (("?x", '{"a": "?"}'),)


def test_too_many_columns(into: Path) -> None:
    wide = ",".join(f"c{n}" for n in range(3_000)) + "\n" + ",".join("1" * 3_000) + "\n"
    with pytest.raises(SourceError, match="3,000 columns"):
        ingest_bytes("wide.csv", wide.encode(), into)


def test_a_workbooks_number_formats_say_the_unit(into: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([])
    sheet.append([None, "name", "rate", "price", "mixed", "plain"])
    for number, (rate, price) in enumerate([(0.142, 12.5), (0.07, 1000), (2.5, -3)], 3):
        sheet.append([None, f"n{number}", rate, price, 0.5 if number < 5 else "n/a or so", number])
        sheet.cell(number, 3).number_format = "0.0%"
        sheet.cell(number, 4).number_format = '#,##0.00\\ "€"'
        sheet.cell(number, 5).number_format = "0%"
    data = io.BytesIO()
    book.save(data)
    _, rows, types = read(data.getvalue(), "rates.xlsx", into=into)
    assert rows == [("n3", 14.2, 12.5, "0.5", 3), ("n4", 7.0, 1000.0, "0.5", 4), ("n5", 250.0, -3.0, "n/a or so", 5)]
    assert types == {"name": "TEXT", "rate": 'REAL "%"', "price": 'REAL "€"', "mixed": "TEXT", "plain": "INTEGER"}
