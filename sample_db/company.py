"""What the sample business has before it sells anything: stores, staff, suppliers, products, promotions.

Each function gives the rows of a table as dictionaries, or objects with what the days to come need to know of them.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import Any

from sample_db import words
from sample_db.window import NEW_STORE, PRICE_RISE, Window

Row = dict[str, Any]
COUNTRY = {city: country for cities in words.CITIES.values() for city, country in cities}
PLAIN = str.maketrans({"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ı": "i", "ß": "ss", "æ": "ae", "'": "", "&": "and"})


@dataclass(frozen=True)
class Product:
    """A product; ``base`` is its price in tenths of a euro in the first year, ``demand`` its weight in its category."""

    id: int
    name: str
    brand: str
    category: str
    supplier: str
    base: int
    demand: float
    launched: date
    discontinued: date | None

    def price(self, window: Window, year: int) -> int:
        """Its price in ``year``, in tenths of a euro: prices rise each January."""
        price = self.base * (1 + PRICE_RISE) ** (year - window.first.year)
        return round(price) if price < 500 else round(price / 5) * 5

    def sold_on(self, day: date) -> bool:
        return self.launched <= day and (self.discontinued is None or day < self.discontinued)


@dataclass(frozen=True)
class Seller:
    """Somebody in a store who serves customers, while employed."""

    id: int
    hired: date
    left: date | None
    weight: float

    def there_on(self, day: date) -> bool:
        return self.hired <= day and (self.left is None or day < self.left)


@dataclass
class Store:
    """A store with its staff and, in step with the days, the customers who signed up with it."""

    id: int
    name: str
    city: str
    region: str
    weight: float
    opened: date
    sellers: list[Seller] = field(default_factory=list)
    customers: list[tuple[int, str]] = field(default_factory=list)
    reach: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Promotion:
    id: int
    first: date
    last: date
    tenths: int
    category: str | None


@dataclass
class Company:
    """Everything that stands before the first day, and the rows of its tables by table name."""

    window: Window
    stores: list[Store]
    products: list[Product]
    promotions: list[Promotion]
    agents: list[Seller]
    rows: dict[str, list[Row]]


def address(name: str) -> str:
    """``name`` as a part of an e-mail address.

    Example:
        >>> address("Björn Müller-Łuk")
        'bjorn.muller-luk'
    """
    plain = unicodedata.normalize("NFKD", name.translate(PLAIN))
    return ".".join("".join(c for c in plain if c.isascii()).lower().split())


def iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def phone(chance: Random, country: str, likely: float) -> str | None:
    """A telephone number in ``country``, or None where nobody wrote one down."""
    if chance.random() > likely:
        return None
    return f"+{words.DIAL[country]} {chance.randint(20, 99)} 555 {chance.randint(0, 9999):04}"


def found(window: Window) -> Company:
    """The company as it stands on the first day of ``window``, with what changes by a plan: openings, launches, hires.

    All of that happens within the first 30 months, so every window has seen it.
    """
    regions = [{"region_id": n, "name": name} for n, (name, *_) in enumerate(words.REGIONS, 1)]
    categories = [
        {"category_id": n, "name": name, "description": text} for n, (name, text, _) in enumerate(words.CATEGORIES, 1)
    ]
    suppliers = _suppliers(window)
    stores, store_rows = _stores(window)
    agents, employee_rows = _employees(window, stores)
    products, product_rows = _products(window)
    promotions, promotion_rows = _promotions(window)
    rows = {
        "regions": regions, "stores": store_rows, "employees": employee_rows, "categories": categories,
        "suppliers": suppliers, "products": product_rows, "promotions": promotion_rows,
    }  # fmt: skip
    return Company(window, stores, products, promotions, agents, rows)


def _suppliers(window: Window) -> list[Row]:
    chance = window.chance("suppliers")
    return [
        {
            "supplier_id": number, "name": name, "country": country, "contact_name": contact,
            "email": f"{address(contact)}@{address(name).replace('.', '')}.example",
            "phone": phone(chance, country, 0.8), "lead_time_days": days,
        }
        for number, (name, country, contact, days) in enumerate(words.SUPPLIERS, 1)
    ]  # fmt: skip


def _stores(window: Window) -> tuple[list[Store], list[Row]]:
    chance = window.chance("stores")
    regions = {name: number for number, (name, *_) in enumerate(words.REGIONS, 1)}
    stores, rows = [], []
    for number, (name, city, region, weight, area) in enumerate(words.STORES, 1):
        opened = window.first - timedelta(chance.randint(500, 4000))
        if name == words.NEW_STORE:
            opened = window.month(NEW_STORE) + timedelta(4)
        stores.append(Store(number, name, city, region, weight, opened))
        rows.append(
            {
                "store_id": number, "name": name, "city": city, "region_id": regions[region], "opened_on": iso(opened),
                "floor_area_m2": area, "phone": phone(chance, COUNTRY[city], 1.0),
            }
        )  # fmt: skip
    return stores, rows


def _promotions(window: Window) -> tuple[list[Promotion], list[Row]]:
    found = []
    for year in range(window.first.year, window.today.year + 1):
        for name, begin, end, tenths, category in words.PROMOTIONS:
            first, last = date(year, *begin), date(year, *end)
            if window.first <= first <= window.today:
                found.append((first, last, f"{name} {year}", tenths, category))
    found.sort(key=lambda promotion: promotion[:3])
    categories = {name: number for number, (name, *_) in enumerate(words.CATEGORIES, 1)}
    promotions = [Promotion(n, first, last, t, category) for n, (first, last, _, t, category) in enumerate(found, 1)]
    rows = [
        {
            "promotion_id": number, "name": name, "discount": tenths / 10, "starts_on": iso(first),
            "ends_on": iso(last), "category_id": categories.get(category or ""),
        }
        for number, (first, last, name, tenths, category) in enumerate(found, 1)
    ]  # fmt: skip
    return promotions, rows


def _products(window: Window) -> tuple[list[Product], list[Row]]:
    chance = window.chance("products")
    categories = {name: number for number, (name, *_) in enumerate(words.CATEGORIES, 1)}
    suppliers = {name: number for number, (name, *_) in enumerate(words.SUPPLIERS, 1)}
    products, rows = [], []
    for brand, category, supplier, listed in words.LINES:
        for entry in listed.split("|"):
            mark, (name, price) = entry[0], entry.lstrip("*+-").rsplit(" ", 1)
            launched = window.first - timedelta(chance.randint(30, 1500))
            if mark == "+":
                launched = window.first + timedelta(chance.randint(120, 700))
            gone = window.first + timedelta(chance.randint(300, 800)) if mark == "-" else None
            # Cheap things are bought more often than dear ones.
            demand = 0 if mark == "*" else chance.uniform(0.5, 1.6) / float(price) ** 0.35
            base = round(float(price) * 10)
            number = len(products) + 1
            product = Product(number, f"{brand} {name}", brand, category, supplier, base, demand, launched, gone)
            cost, stock = chance.uniform(0.42, 0.66), chance.choice((0, 3, 8, 20, 35, 60, 90, 140))
            level = chance.choice((5, 10, 20, 30))
            products.append(product)
            now = product.price(window, window.today.year) / 10
            rows.append(
                {
                    "product_id": number, "name": product.name, "sku": f"{brand[:3].upper()}-{1000 + number * 7}",
                    "brand": brand, "category_id": categories[category], "supplier_id": suppliers[supplier],
                    "unit_price": now, "unit_cost": round(now * cost, 2), "stock_quantity": stock if not gone else 0,
                    "reorder_level": level, "launched_on": iso(launched), "discontinued_on": iso(window.known(gone)),
                }
            )  # fmt: skip
    return products, rows


class _Staff:
    """The employees in the making: hands out numbers and keeps names and addresses apart."""

    def __init__(self, window: Window) -> None:
        self.window, self.chance, self.rows = window, window.chance("employees"), []
        self.names = {(first, last) for _, first, last in words.REGIONS} | {words.STAR_SELLER}

    def name(self) -> tuple[str, str]:
        while True:
            name = self.chance.choice(words.GIVEN_NAMES), self.chance.choice(words.FAMILY_NAMES)
            if name not in self.names:
                self.names.add(name)
                return name

    def hire(
        self, title: str, salary: int, boss: int | None, store: Store | None = None, *,
        name: tuple[str, str] | None = None, hired: date | None = None, left: date | None = None,
    ) -> Seller:  # fmt: skip
        """A new employee; ``salary`` is what the job pays in general, in euros a year."""
        first, last = name or self.name()
        hired = hired or self.window.first - timedelta(self.chance.randint(40, 3000))
        number = len(self.rows) + 1
        self.rows.append(
            {
                "employee_id": number, "first_name": first, "last_name": last, "job_title": title,
                "store_id": store.id if store else None, "reports_to": boss,
                "email": f"{address(first)}.{address(last)}@alderfinch.example",
                "phone": phone(self.chance, COUNTRY[store.city if store else words.HEAD_OFFICE], 0.7),
                "hired_on": iso(hired), "left_on": iso(self.window.known(left)),
                "salary": float(round(salary * self.chance.uniform(0.92, 1.12), -2)),
            }
        )  # fmt: skip
        return Seller(number, hired, left, self.chance.uniform(0.7, 1.3))


def _employees(window: Window, stores: list[Store]) -> tuple[list[Seller], list[Row]]:
    staff = _Staff(window)
    chief = staff.hire("Chief Executive", 185000, None, name=("Helen", "Alder")).id
    staff.hire("Chief Financial Officer", 148000, chief)
    operations = staff.hire("Head of Operations", 121000, chief).id
    support = staff.hire("Head of Support", 92000, chief).id
    for _ in range(2):
        staff.hire("Buyer", 64000, operations)
    directors = {
        region: staff.hire("Regional Director", 112000, chief, name=(first, last)).id
        for region, first, last in words.REGIONS
    }
    agents = [staff.hire("Support Agent", 41000, support) for _ in range(9)]
    for store in stores:
        _staff_store(staff, store, directors[store.region])
    return agents, staff.rows


def _staff_store(staff: _Staff, store: Store, director: int) -> None:
    window, chance = staff.window, staff.chance
    new = store.opened - timedelta(30) if store.opened > window.first else None
    manager = staff.hire("Store Manager", 72000, director, store, hired=new).id
    star = store.name.startswith("Toronto")
    for place in range(3 + round(store.weight * 2)):
        left = window.first + timedelta(chance.randint(200, 850)) if place == 1 and chance.random() < 0.6 else None
        if place == 0 and star:
            seller = staff.hire("Senior Sales Associate", 52000, manager, store, name=words.STAR_SELLER)
            seller = Seller(seller.id, seller.hired, None, 5.0)
        else:
            seller = staff.hire("Sales Associate", 39000, manager, store, hired=new, left=left)
        store.sellers.append(seller)
        if left:  # the one who takes over
            store.sellers.append(staff.hire("Sales Associate", 38000, manager, store, hired=left + timedelta(30)))


def shelves(company: Company, month: date) -> tuple[list[Product], list[float]]:
    """What can be bought in ``month``, with the cumulative weight of each product in that season."""
    share = {name: demand[month.month - 1] / 10 for name, _, demand in words.CATEGORIES}
    per_category: dict[str, float] = {}
    for product in company.products:
        per_category[product.category] = per_category.get(product.category, 0) + product.demand
    there = [p for p in company.products if p.demand and p.sold_on(month)]
    weights = [share[p.category] * p.demand / per_category[p.category] for p in there]
    return there, list(accumulate(weights))
