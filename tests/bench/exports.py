"""Exports: a workbook of 100,000 rows against xlsxwriter alone, and how long each file of an ordinary page takes.

"xlsxwriter alone" writes the same rows into one sheet, each cell with its type and the format of its column, and nothing
else; ours finds the formats, and adds totals, summary, receipts and what verification reads. They take turns. CPU time.
"""

from __future__ import annotations

import gc
import io
import statistics
import time
from collections.abc import Callable

ROWS = 100_000
ROUNDS = 2


def seconds(call: Callable[[], object]) -> float:
    """Of this process's processors: writing a file waits for nothing, and a busy machine does not count."""
    gc.collect()
    start = time.process_time()
    call()
    return time.process_time() - start


def rows() -> list[tuple]:
    return [
        (n, f"customer {n % 997}", n * 7 % 1000 / 8, f"2024-{n % 12 + 1:02}-{n % 28 + 1:02}", n % 9)
        for n in range(ROWS)
    ]


def bare(data: list[tuple]) -> bytes:
    """The same cells by xlsxwriter, the days as numbers already."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Sales")
    codes = ("0", "", "#,##0.00", "d mmm yyyy", "#,##0")
    formats = [
        book.add_format({"font_name": "Arial", "font_size": 10, **({"num_format": code} if code else {})})
        for code in codes
    ]
    number, text = sheet.write_number, sheet.write_string
    for place, name in enumerate(("id", "name", "amount", "day", "qty")):
        text(0, place, name)
    for place in range(5):
        write, form = (text if place == 1 else number), formats[place]
        for row, line in enumerate(data, start=1):
            write(row, place, line[place], form)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(data), 4)
    book.close()
    return out.getvalue()


def main() -> None:
    from tests.export_view import every_block
    from tests.test_export_files import single
    from workspace.export import EXPORTS

    data = rows()
    view = single({"id": "integer", "name": "text", "amount": "real", "day": "date", "qty": "integer"}, data)
    serial = [(n, name, amount, 45_000 + n % 366, qty) for n, name, amount, _, qty in data]
    taken: dict[str, list[float]] = {"xlsxwriter alone": [], "export as xlsx": []}
    sizes = {}
    for _ in range(ROUNDS):
        taken["xlsxwriter alone"].append(seconds(lambda: sizes.update(alone=len(bare(serial)))))
        taken["export as xlsx"].append(seconds(lambda: sizes.update(ours=len(EXPORTS["xlsx"](view).body))))
    base = statistics.median(taken["xlsxwriter alone"])
    print(f"{ROWS:,} rows of 5 columns")
    for (name, found), size in zip(taken.items(), (sizes["alone"], sizes["ours"]), strict=True):
        value = statistics.median(found)
        print(f"  {name:20} {value:7.2f} s   {value / base:5.2f}x   {size / 1e6:6.2f} MB")
    page = every_block()
    print("a page of 14 blocks, 6 charts and a table of 230 rows, the second time")
    for extension, write in EXPORTS.items():
        write(page)
        print(
            f"  {extension:20} {seconds(lambda write=write: write(page)) * 1000:7.0f} ms   {len(write(page).body) / 1000:8.0f} kB"
        )


if __name__ == "__main__":
    main()
