"""Day by day: who signs up, orders, gets parcels, sends things back, asks for help, and what the staff has to do.

Each day draws from a generator of its own, to the end of each event's course, and only then is what lies after today
left out: tomorrow's sample is today's with one more day in it.
"""

from __future__ import annotations

import math
from bisect import bisect
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from sample_db import words
from sample_db.company import Company, Product, Promotion, Row, Seller, Store, address, iso, phone, shelves
from sample_db.window import CARRIER_SLOWS, CUSTOMER_GONE, GROWTH, LINE_FAILS, TICKETS_RISE, Window, poisson, season

ORDERS_PER_WEIGHT = 1.4  # orders on an average day of the first year, in a store of weight 1
SPENT_PER_ORDER = 310.0  # euros, what the planners of the targets expect
WORKDAYS = (1.35, 1.2, 1.1, 1.05, 1.0, 0.75, 0.55)  # tickets by weekday, Monday first
REACH = {"Consumer": 1.0, "Small business": 1.8, "Corporate": 3.0}


GROWING = ("customers", "orders", "order_items", "shipments", "returns", "support_tickets", "tasks", "targets")


@dataclass(frozen=True)
class Bought:
    """An order item, as those who return it or ask about it need to know it."""

    item: int
    customer: int
    product: Product
    quantity: int
    cents: int
    day: date


@dataclass
class Trade:
    """The rows that the days bring, and what is remembered from one day to the next."""

    company: Company
    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in GROWING})
    names: set[str] = field(default_factory=set)
    recent: deque[Bought] = field(default_factory=lambda: deque(maxlen=1500))
    returns: list[tuple[date, int, int, str, str, float]] = field(default_factory=list)
    hotels: int = 0

    @property
    def window(self) -> Window:
        return self.company.window


def run(company: Company) -> dict[str, list[Row]]:
    """Everything that happened in the window of ``company``: the rows of the tables in `GROWING`."""
    trade = Trade(company)
    _first_customers(trade)
    there: list[Product] = []
    reach: list[float] = []
    for day in company.window.days():
        if day.day == 1 or not there:
            there, reach = shelves(company, day)
        _sign_up(trade, day)
        _sell(trade, day, there, reach)
        _ask_for_help(trade, day)
        _plan_work(trade, day)
    _number_returns(trade)
    _set_targets(trade)
    return trade.rows


# ------------------------------------------------------------------------------------------------ customers
def _first_customers(trade: Trade) -> None:
    """Those who signed up before the first day; the hotels are the largest of them."""
    window = trade.window
    chance = window.chance("customers")
    open_stores = [store for store in trade.company.stores if store.opened <= window.first]
    weights = list(accumulate(store.weight for store in open_stores))
    dates = sorted(window.first - timedelta(1 + int(1500 * chance.random() ** 1.5)) for _ in range(620))
    for number, day in enumerate(dates):
        store = open_stores[bisect(weights, chance.random() * weights[-1])]
        if number == 60:
            store = next(store for store in open_stores if store.name.startswith("London"))
            _customer(trade, chance, store, day, (words.CHURNED_CUSTOMER, "Corporate", 0.0))
            trade.hotels = len(trade.rows["customers"])
        else:
            _customer(trade, chance, store, day)


def _sign_up(trade: Trade, day: date) -> None:
    chance = trade.window.chance("customers", day)
    for store in trade.company.stores:
        if day < store.opened:
            continue
        new = day - store.opened
        expected = 0.062 * store.weight * (4 if new < timedelta(60) else 1) * _appeal(trade.window, store, day)
        for _ in range(poisson(chance, expected)):
            _customer(trade, chance, store, day)


def _customer(
    trade: Trade, chance: Random, store: Store, day: date, known: tuple[str, str, float] | None = None
) -> None:
    """One customer of ``store``; ``known`` is (name, segment, weight) of one who is not left to chance."""
    segment = chance.choices(("Consumer", "Small business", "Corporate"), cum_weights=(78, 94, 100))[0]
    name = ""
    while not name or name in trade.names:
        given, family = chance.choice(words.GIVEN_NAMES), chance.choice(words.FAMILY_NAMES)
        name = f"{given} {family}" if segment == "Consumer" else f"{family} {chance.choice(words.TRADES)}"
    # Some look around, sign up and never order.
    weight = 0.0 if chance.random() < 0.05 else REACH[segment] * chance.lognormvariate(0, 0.7)
    if known:
        name, segment, weight = known
    trade.names.add(name)
    number = len(trade.rows["customers"]) + 1
    city, country = chance.choice(words.CITIES[store.region])
    private = chance.choice(("mail", "post", "inbox"))
    mail = f"{address(name)}@{private}.example"
    if segment != "Consumer":
        mail = f"office@{address(name).replace('.', '-')}.example"
    trade.rows["customers"].append(
        {
            "customer_id": number, "name": name, "segment": segment, "email": mail if chance.random() < 0.97 else None,
            "phone": phone(chance, country, 0.62), "city": city, "country": country, "signed_up_on": iso(day),
            "newsletter": int(chance.random() < 0.43),
        }
    )  # fmt: skip
    if weight:
        store.customers.append((number, segment))
        store.reach.append(weight + (store.reach[-1] if store.reach else 0))


# --------------------------------------------------------------------------------------------------- orders
def _appeal(window: Window, store: Store, day: date) -> float:
    """How well ``store`` does on ``day`` against the first day: growth everywhere, a slide in the south."""
    years = window.years_in(day)
    if store.region == "Southern Europe":
        return 1.35 * math.exp(-0.42 * years)
    return (1 + GROWTH) ** years


def _sell(trade: Trade, day: date, there: list[Product], reach: list[float]) -> None:
    chance = trade.window.chance("orders", day)
    company = trade.company
    on = [promotion for promotion in company.promotions if promotion.first <= day <= promotion.last]
    level = ORDERS_PER_WEIGHT * season(day) * (1.25 if any(p.category is None for p in on) else 1)
    basket = Basket(trade, chance, day, there, reach, on)
    for store in company.stores:
        if day < store.opened or not store.customers:
            continue
        for _ in range(poisson(chance, level * store.weight * _appeal(trade.window, store, day))):
            customer, segment = store.customers[bisect(store.reach, chance.random() * store.reach[-1])]
            basket.order(store, customer, segment)
    gone = trade.window.month(CUSTOMER_GONE)
    if day < gone and day.weekday() == 1:
        london = next(store for store in company.stores if store.name.startswith("London"))
        basket.order(london, trade.hotels, "Corporate", large=True)


class Basket:
    """The orders of one day."""

    def __init__(self, trade: Trade, chance: Random, day: date, there: list[Product], reach: list[float],
                 on: list[Promotion]) -> None:  # fmt: skip
        self.trade, self.chance, self.day, self.there, self.reach, self.on = trade, chance, day, there, reach, on
        self.window, self.online = trade.window, 0.36 + 0.06 * trade.window.years_in(day)
        self.date = day.isoformat()
        self.slow = day >= trade.window.month(CARRIER_SLOWS)
        self.fails = day >= trade.window.month(LINE_FAILS)

    def order(self, store: Store, customer: int, segment: str, *, large: bool = False) -> None:
        """One order of ``customer`` with its items and, unless carried home, its parcel."""
        chance = self.chance
        business = segment == "Corporate"
        share = (0.25, 0.6) if business else (0.93 - self.online, 0.93)
        channel = chance.choices(("store", "online", "phone"), cum_weights=(*share, 1))[0]
        seller = _pick(chance, store.sellers, self.day) if channel != "online" else None
        star = seller is not None and seller.weight > 2
        cancelled = chance.random() < (0.012 if channel == "store" else 0.045)
        order_id = len(self.trade.rows["orders"]) + 1
        shipment = self._ship(order_id, channel) if not cancelled and channel != "store" else None
        shipped, arrived = shipment or (self.day, self.day)
        promotion = chance.choice(self.on) if self.on else None
        lines = 6 if large else 1 + min(int(chance.expovariate(0.6)), 7) + star
        items = self._fill(order_id, customer, lines, business, large, promotion)
        if arrived and not cancelled:
            for bought in items:
                self._send_back(bought, arrived)
        used = promotion and any(promotion.category in (None, bought.product.category) for bought in items)
        status = "completed" if arrived and arrived <= self.window.today else "shipped"
        if shipped is None or shipped > self.window.today:
            status = "processing"
        self.trade.rows["orders"].append(
            {
                "order_id": order_id, "customer_id": customer, "store_id": store.id,
                "employee_id": seller.id if seller else None,
                "promotion_id": promotion.id if promotion and used else None, "order_date": self.date,
                "channel": channel, "status": "cancelled" if cancelled else status,
                "total": sum(bought.cents for bought in items) / 100,
            }
        )  # fmt: skip

    def _fill(self, order_id: int, customer: int, lines: int, business: bool, large: bool,
              promotion: Promotion | None) -> list[Bought]:  # fmt: skip
        """The items of an order."""
        chance, rows, items = self.chance, self.trade.rows["order_items"], []
        for product in dict.fromkeys(chance.choices(self.there, cum_weights=self.reach, k=lines)):
            price = product.price(self.window, self.day.year)
            # The cheaper a thing, the more of it; nobody buys five wardrobes for the house.
            most = (6 if business else 3) if price < 1500 else (3 if business else 1)
            quantity = (2 if large else 1) + int(most * chance.random() ** 2.2)
            tenths = 1 if business and chance.random() < 0.45 else 0
            if promotion and promotion.category in (None, product.category):
                tenths = max(tenths, promotion.tenths)
            rows.append(
                {
                    "order_item_id": len(rows) + 1, "order_id": order_id, "product_id": product.id,
                    "quantity": quantity, "unit_price": price / 10, "discount": tenths / 10,
                }
            )  # fmt: skip
            # Prices end in full ten cents and discounts are whole tenths: every amount is exact to the cent.
            items.append(Bought(len(rows), customer, product, quantity, quantity * price * (10 - tenths), self.day))
        self.trade.recent.extend(items)
        return items

    def _send_back(self, bought: Bought, arrived: date) -> None:
        """Perhaps a return of what ``arrived``, if it has come back by today."""
        chance, today = self.chance, self.window.today
        faulty = self.fails and bought.product.brand == words.FAULTY_LINE
        if chance.random() > (0.27 if faulty else 0.042):
            return
        back = arrived + timedelta(2 + int(chance.expovariate(0.11)))
        decided = back + timedelta(1 + int(chance.expovariate(0.3)))
        quantity = chance.randint(1, bought.quantity)
        weights = (8, 1, 5, 4, 1, 90) if faulty else (38, 14, 14, 16, 8, 10)
        reason = chance.choices(words.RETURN_REASONS, weights=weights)[0]
        rejected = chance.random() < 0.06
        status = "pending" if decided > today else "rejected" if rejected else "refunded"
        cents = 0 if status == "rejected" else bought.cents // bought.quantity * quantity
        if back <= today:
            self.trade.returns.append((back, bought.item, quantity, reason, status, cents / 100))

    def _ship(self, order_id: int, channel: str) -> tuple[date | None, date | None]:
        """The parcel of an order: when it leaves and arrives, in truth; its row tells what is known today."""
        chance = self.chance
        weights = (5, 4, 1, 3) if channel == "online" else (3, 2, 5, 2)
        name, days, cost = chance.choices(words.CARRIERS, weights)[0]
        if name == words.SLOW_CARRIER and self.slow:
            days += 5
        shipped = self.day + timedelta(int(chance.triangular(0, 4, 1)))
        lost = chance.random() < 0.004
        arrived = None if lost else shipped + timedelta(max(1, round(chance.gauss(days, days / 4))))
        left, there = self.window.known(shipped), self.window.known(arrived)
        state = "delivered" if there else "in transit" if left else "waiting"
        if lost and shipped + timedelta(30) <= self.window.today:
            state = "lost"
        rows = self.trade.rows["shipments"]
        number = f"{name[:2].upper()}{chance.randint(10**8, 10**9 - 1)}"
        rows.append(
            {
                "shipment_id": len(rows) + 1, "order_id": order_id, "carrier": name, "status": state,
                "shipped_on": iso(left), "delivered_on": iso(there), "tracking_number": number if left else None,
                "shipping_cost": round(cost * chance.uniform(0.85, 1.5), 2),
            }
        )  # fmt: skip
        return shipped, arrived


def _pick(chance: Random, people: list[Seller], day: date) -> Seller:
    there = [seller for seller in people if seller.there_on(day)]
    return chance.choices(there, weights=[seller.weight for seller in there])[0]


# ------------------------------------------------------------------------------------------- what comes after
def _number_returns(trade: Trade) -> None:
    """Returns, numbered in the order in which they came."""
    trade.rows["returns"] = [
        {
            "return_id": number, "order_item_id": item, "returned_on": iso(back), "quantity": quantity,
            "reason": reason, "status": status, "refund_amount": refund,
        }
        for number, (back, item, quantity, reason, status, refund) in enumerate(sorted(trade.returns), 1)
    ]  # fmt: skip


def _ask_for_help(trade: Trade, day: date) -> None:
    chance = trade.window.chance("tickets", day)
    if not trade.recent:
        return
    years = trade.window.years_in(day)
    for _ in range(poisson(chance, 2.6 * WORKDAYS[day.weekday()] * (1 + 0.1 * years))):
        bought = chance.choice(trade.recent)
        topic = chance.choices(("product", "delivery", "billing", "account"), weights=(45, 30, 17, 8))[0]
        _ticket(trade, chance, day, bought, topic)
    months = (day - trade.window.month(TICKETS_RISE)).days / 30.4
    failing = [bought for bought in trade.recent if bought.product.category == words.FAILING_CATEGORY]
    for _ in range(poisson(chance, min(0.14 * months, 2.6)) if months > 0 and failing else 0):
        _ticket(trade, chance, day, chance.choice(failing), "assembly")


def _ticket(trade: Trade, chance: Random, day: date, bought: Bought, topic: str) -> None:
    window, rows = trade.window, trade.rows["support_tickets"]
    agent = _pick(chance, trade.company.agents, day)
    subject = chance.choice(words.TICKETS[topic]).format(product=bought.product.name)
    priority = chance.choices(("low", "normal", "high", "urgent"), weights=(22, 52, 20, 6))[0]
    pace = {"low": 6.0, "normal": 3.5, "high": 1.8, "urgent": 0.8}[priority] * (1.6 if topic == "assembly" else 1)
    stuck = chance.random() < 0.008
    resolved = None if stuck else window.known(day + timedelta(int(chance.expovariate(1 / pace))))
    waiting = "waiting for customer" if chance.random() < 0.35 else "open"
    known = chance.random() < 0.55 and resolved is not None
    stars = (22, 26, 28, 16, 8) if topic == "assembly" else (4, 7, 16, 38, 35)
    rating = chance.choices((1, 2, 3, 4, 5), stars)[0]
    rows.append(
        {
            "ticket_id": len(rows) + 1, "customer_id": bought.customer,
            "product_id": bought.product.id if topic in ("product", "assembly") else None, "employee_id": agent.id,
            "topic": topic, "subject": subject, "priority": priority, "status": "resolved" if resolved else waiting,
            "opened_on": iso(day), "resolved_on": iso(resolved), "satisfaction": rating if known else None,
        }
    )  # fmt: skip


def _plan_work(trade: Trade, day: date) -> None:
    """The tasks given out on ``day``; their due dates are the only dates that may lie ahead."""
    window, rows = trade.window, trade.rows["tasks"]
    chance = window.chance("tasks", day)
    for _ in range(poisson(chance, 1.3 if day.weekday() < 5 else 0.3)):
        store = chance.choice([store for store in trade.company.stores if store.opened <= day])
        product = chance.choice(trade.company.products)
        title = chance.choice(words.TASKS)
        title = title.format(category=product.category, product=product.name, supplier=product.supplier)
        due = day + timedelta(chance.randint(2, 28))
        done = None if chance.random() < 0.05 else window.known(due + timedelta(round(chance.gauss(-2, 4))))
        done = max(done, day) if done else None
        state = chance.choices(("open", "in progress", "blocked"), weights=(5, 4, 1))[0]
        note = chance.choice(words.TASK_NOTES) if chance.random() < 0.3 else None
        rows.append(
            {
                "task_id": len(rows) + 1, "title": title, "employee_id": _pick(chance, store.sellers, day).id,
                "priority": chance.choices(("low", "normal", "high"), weights=(25, 55, 20))[0],
                "status": "done" if done else state, "created_on": iso(day), "due_on": iso(due),
                "completed_on": iso(done), "notes": note,
            }
        )  # fmt: skip


def _set_targets(trade: Trade) -> None:
    """Monthly targets per store, as planners set them who expect growth everywhere."""
    for row in _targets(trade):
        trade.rows["targets"].append({"target_id": len(trade.rows["targets"]) + 1, **row})


def _targets(trade: Trade) -> Iterator[Row]:
    for month in trade.window.months():
        after = (month + timedelta(32)).replace(day=1)
        days = [month + timedelta(n) for n in range((after - month).days)]
        orders = sum(ORDERS_PER_WEIGHT * season(day) * (1 + GROWTH) ** trade.window.years_in(day) for day in days)
        for store in trade.company.stores:
            if store.opened < after:
                amount = round(orders * store.weight * SPENT_PER_ORDER, -2)
                yield {"store_id": store.id, "month": iso(month), "target_amount": amount}
