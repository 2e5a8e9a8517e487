"""Build the sample database: a seeded, believable retail business to try everything on.

    python -m sample_db.build                        # sample.sqlite in the current folder, up to today
    python -m sample_db.build shop.sqlite --today 2026-06-30

Alder & Finch sells things for the house and the outdoors in 14 stores, online and by phone. All money is in euros, all
dates are ISO text, and everything is invented. The same day and seed give the same rows anywhere. A sample built
tomorrow has today's history and one day more; the window of dates (two full calendar years at least, three years at
most) moves on 1 January and 1 July only.

Tables, about 100,000 rows:

    regions           6 sales regions
    stores            where and since when; each belongs to a region
    employees         staff of stores and head office; reports_to is another employee, left_on those who went
    targets           revenue that a store was to reach in a month (`month` is its first day)
    categories        8 kinds of products
    suppliers         who makes the products, and how long a delivery takes
    products          with brand, today's price and cost, stock; discontinued_on those given up
    promotions        sales campaigns, for one category or (NULL) for everything
    customers         consumers, small businesses and corporate customers in 25 countries
    orders            one per purchase: customer, store, seller (NULL online), channel, status, total
    order_items       what was bought; its amount is quantity * unit_price * (1 - discount)
    shipments         parcels of online and phone orders; dates are NULL until they come
    returns           what came back of an order item, why, and the refund
    support_tickets   who asked what about which product, who answered, how content they were
    tasks             the staff's to-do list; only due_on may lie in the future

An order's total is the sum of its items to the cent: prices end in full ten cents and discounts are whole tenths.
Cancelled orders keep their total. Some customers never ordered, some products were never sold.

Stories to be found ("month n" counts from the first month of the window):

    Southern Europe      sells less each year, while every other region grows
    Vienna Neubau        opened in month 15 and grew fast
    Calloway Hotels      the largest customer, ordered every week, and has not since month 19
    BlueVan              the carrier takes 5 days longer since month 20
    Lumo                 lamps of Pearl River Lighting come back as defective since month 22, one in four
    Furniture            support tickets about assembly rise from month 14, with poor ratings
    Amara Okafor         in Toronto sells several times what colleagues do
    online               gains on the stores a little each year
    the year             Saturdays, November and December are strong; gardens sell in spring, lamps in autumn
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from datetime import date
from pathlib import Path
from typing import Any

# The stamp sits in the file's header (https://www.sqlite.org/fileformat.html#user_version_number).
MAGIC, STAMP = b"SQLite format 3\x00", slice(60, 64)

# table -> (columns, references, columns that may be NULL, indexes); the first column is the primary key
Spec = tuple[dict[str, type], dict[str, str], str, str]
SCHEMA: dict[str, Spec] = {
    "regions": ({"region_id": int, "name": str}, {}, "", ""),
    "stores": (
        {"store_id": int, "name": str, "city": str, "region_id": int, "opened_on": str, "floor_area_m2": int,
         "phone": str},
        {"region_id": "regions"}, "", "region_id",
    ),
    "employees": (
        {"employee_id": int, "first_name": str, "last_name": str, "job_title": str, "store_id": int, "reports_to": int,
         "email": str, "phone": str, "hired_on": str, "left_on": str, "salary": float},
        {"store_id": "stores", "reports_to": "employees"}, "store_id reports_to phone left_on", "store_id reports_to",
    ),
    "targets": (
        {"target_id": int, "store_id": int, "month": str, "target_amount": float},
        {"store_id": "stores"}, "", "store_id,month",
    ),
    "categories": ({"category_id": int, "name": str, "description": str}, {}, "", ""),
    "suppliers": (
        {"supplier_id": int, "name": str, "country": str, "contact_name": str, "email": str, "phone": str,
         "lead_time_days": int},
        {}, "phone", "",
    ),
    "products": (
        {"product_id": int, "name": str, "sku": str, "brand": str, "category_id": int, "supplier_id": int,
         "unit_price": float, "unit_cost": float, "stock_quantity": int, "reorder_level": int, "launched_on": str,
         "discontinued_on": str},
        {"category_id": "categories", "supplier_id": "suppliers"}, "discontinued_on", "category_id supplier_id",
    ),
    "promotions": (
        {"promotion_id": int, "name": str, "discount": float, "starts_on": str, "ends_on": str, "category_id": int},
        {"category_id": "categories"}, "category_id", "category_id",
    ),
    "customers": (
        {"customer_id": int, "name": str, "segment": str, "email": str, "phone": str, "city": str, "country": str,
         "signed_up_on": str, "newsletter": int},
        {}, "email phone", "country",
    ),
    "orders": (
        {"order_id": int, "customer_id": int, "store_id": int, "employee_id": int, "promotion_id": int,
         "order_date": str, "channel": str, "status": str, "total": float},
        {"customer_id": "customers", "store_id": "stores", "employee_id": "employees", "promotion_id": "promotions"},
        "employee_id promotion_id", "customer_id store_id employee_id promotion_id order_date",
    ),
    "order_items": (
        {"order_item_id": int, "order_id": int, "product_id": int, "quantity": int, "unit_price": float,
         "discount": float},
        {"order_id": "orders", "product_id": "products"}, "", "order_id product_id",
    ),
    "shipments": (
        {"shipment_id": int, "order_id": int, "carrier": str, "status": str, "shipped_on": str, "delivered_on": str,
         "tracking_number": str, "shipping_cost": float},
        {"order_id": "orders"}, "shipped_on delivered_on tracking_number", "order_id",
    ),
    "returns": (
        {"return_id": int, "order_item_id": int, "returned_on": str, "quantity": int, "reason": str, "status": str,
         "refund_amount": float},
        {"order_item_id": "order_items"}, "", "order_item_id",
    ),
    "support_tickets": (
        {"ticket_id": int, "customer_id": int, "product_id": int, "employee_id": int, "topic": str, "subject": str,
         "priority": str, "status": str, "opened_on": str, "resolved_on": str, "satisfaction": int},
        {"customer_id": "customers", "product_id": "products", "employee_id": "employees"},
        "product_id resolved_on satisfaction", "customer_id product_id employee_id",
    ),
    "tasks": (
        {"task_id": int, "title": str, "employee_id": int, "priority": str, "status": str, "created_on": str,
         "due_on": str, "completed_on": str, "notes": str},
        {"employee_id": "employees"}, "completed_on notes", "employee_id",
    ),
}  # fmt: skip


class SampleError(Exception):
    """The sample cannot be written or read: ``message`` says why in one sentence, ``hint`` what to do, or ""."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(f"{message} {hint}".strip())
        self.message, self.hint = message, hint


def build(path: Path, *, today: date | None = None, seed: int = 7) -> Path:
    """Write the sample database to ``path``, in place of an older sample, whole or not at all.

    Args:
        path: the file to write; its folder is made if need be.
        today: the last day of the sample; the clock's day if None.
        seed: decides every choice that is left to chance.

    Returns:
        ``path``.

    Raises:
        SampleError: the file cannot be written there, or is there and no sample.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     built_on(build(Path(folder) / "sample.sqlite", today=date(2026, 6, 30)))
        datetime.date(2026, 6, 30)
    """
    from sample_db import company, trade
    from sample_db.window import Window

    path, today = Path(path), today or date.today()
    draft = _draft(path)
    try:
        business = company.found(Window(today, seed))
        _write(draft, business.rows | trade.run(business), today)
        _replace(path, draft)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        draft.unlink(missing_ok=True)
    return path


def built_on(path: Path) -> date | None:
    """The day up to which the sample at ``path`` was built, or None where there is no sample (no file, something else).

    It is read from the file's header (``PRAGMA user_version``), so it costs nothing.

    Raises:
        SampleError: the file may not be read.
    """
    try:
        with Path(path).open("rb") as file:
            header = file.read(100)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except OSError as error:
        raise SampleError(f"The file {path} cannot be read: {error.strerror}.") from error
    stamp = int.from_bytes(header[STAMP], "big") if header.startswith(MAGIC) else 0
    try:
        return date(stamp // 10000, stamp // 100 % 100, stamp % 100)
    except ValueError:
        return None


def _draft(path: Path) -> Path:
    """A new empty file beside ``path``, on the same file system, so that it can take its place in one step."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise SampleError(f"The sample database cannot replace {path}: it is a folder.", hint="Name a file.")
        if path.exists() and path.stat().st_size and built_on(path) is None:
            raise SampleError(
                f"The file {path} is something else than a sample database, so it was left as it is.",
                hint="Name another file, or delete this one first.",
            )
        draft.touch(exist_ok=False)
    except OSError as error:
        raise _unwritable(path, error) from error
    return draft


def _replace(path: Path, draft: Path) -> None:
    """Let ``draft`` take the place of ``path``, once it is safely on the disk."""
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    # A log that a writer left beside the former file would be played into the new one.
    for suffix in ("-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    draft.replace(path)


def _unwritable(path: Path, error: OSError) -> SampleError:
    why = error.strerror or str(error)
    return SampleError(
        f"The sample database cannot be written to {path}: {why}.", hint="Choose a folder that you may write to."
    )


def _write(path: Path, rows: dict[str, list[dict[str, Any]]], today: date) -> None:
    # sqlite-utils takes half a second to import (pandas comes with it): only those pay who build.
    import sqlite_utils

    db = sqlite_utils.Database(path)
    connection = db.conn
    assert connection is not None  # it was given a path
    try:
        # Nobody else knows the draft, and a crash leaves it behind unused: it needs no journal and no wait for disks.
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        for name, (columns, references, nullable, indexes) in SCHEMA.items():
            key = next(iter(columns))
            table = db.create_table(
                name, columns, pk=key, not_null=[c for c in columns if c != key and c not in nullable.split()],
                foreign_keys=[(column, other, next(iter(SCHEMA[other][0]))) for column, other in references.items()],
            )  # fmt: skip
            table.insert_all(rows[name], batch_size=5000)
            for index in indexes.split():
                table.create_index(index.split(","))
        connection.execute(f"PRAGMA user_version = {today:%Y%m%d}")
        connection.commit()
    except connection.Error as error:
        raise OSError(str(error)) from error
    finally:
        connection.close()


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m sample_db.build", description="Build the sample database: a believable business up to today."
    )
    parser.add_argument("path", nargs="?", type=Path, default=Path("sample.sqlite"), help="file to write (%(default)s)")
    parser.add_argument("--today", type=_day, metavar="YYYY-MM-DD", help="last day of the sample (the clock's)")
    parser.add_argument("--seed", type=int, default=7, help="seed of all that is left to chance (%(default)s)")
    options = parser.parse_args(arguments)
    try:
        path = build(options.path, today=options.today, seed=options.seed)
    except SampleError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{path}: built up to {built_on(path)}, {path.stat().st_size / 1e6:.1f} MB")
    return 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a day like 2026-06-30") from None


if __name__ == "__main__":
    sys.exit(main())
