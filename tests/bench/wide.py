"""Time from a question to its SQL on a wide schema: 1,000 tables and 15,000 columns, as an enterprise's database has.

The schema is made up from a seed: departments that each have customers, orders, contracts, … of their own, so that
every word of a question is found in many tables, with declared keys, a few undeclared ones, and rows of which the
text values can be linked. The questions are made from the schema's own words.
"""

from __future__ import annotations

import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

TABLES, COLUMNS, ROWS = 1_000, 15_000, 40
QUESTIONS = 400
SEED = 11
AIM = "aim p50/p99 40/150 ms, floor 80/400 ms"


def listed(words: str) -> list[str]:
    return words.split()


DEPARTMENTS = listed("""sales crm purchasing warehouse logistics finance payroll hr recruiting training marketing support legal
    compliance manufacturing quality maintenance engineering research facilities fleet travel insurance retail web
    subscription partner project treasury audit""")
ENTITIES = listed("""customer order invoice payment product supplier employee contract shipment store account campaign ticket
    document category region vehicle machine inspection incident budget expense course candidate interview meeting
    visit policy claim asset license warehouse route driver package return discount promotion coupon review survey
    response batch material recipe formula sample measurement sensor alarm schedule shift timesheet leave benefit
    bonus loan deposit transfer currency rate""")
NAMED = listed("""name title label description note""")
QUALITIES = listed("""status priority type color size material brand language grade channel source reason stage segment unit
    carrier shift season gender nationality industry""")
PLACES = listed("""city country state street district""")
PEOPLE = listed("""first_name last_name contact_person manager email phone""")
FIGURES = listed("""amount price cost total quantity weight height length width duration discount tax salary balance score
    rating capacity distance temperature budget_amount unit_price gross_weight net_amount credit_limit age""")
MOMENTS = listed("""created_on updated_on start_date end_date due_date birth_date order_date delivery_date approved_at closed_at
    valid_from expiry_date""")
FLAGS = listed("""is_active is_deleted has_warranty is_paid is_urgent""")
CITIES = listed("""Berlin Paris London Madrid Rome Vienna Prague Warsaw Lisbon Dublin Oslo Stockholm Helsinki Copenhagen Athens
    Budapest Zurich Brussels Hamburg Munich Lyon Porto Milan Naples Seville""")
COUNTRIES = listed("""Germany France Spain Italy Austria Poland Portugal Ireland Norway Sweden Finland Denmark Greece Hungary
    Switzerland Belgium Canada Brazil Japan India""")
FIRST_NAMES = listed("""Anna Ben Clara David Emma Felix Grace Henry Ida Jonas Karla Leo Maria Noah Olga Paul Rosa Simon Tina
    Victor""")
LAST_NAMES = listed("""Adler Becker Costa Dubois Evans Fischer Garcia Hansen Ivanov Jensen Keller Lopez Meyer Novak Olsen Petit
    Rossi Silva Torres Weber""")
WORDS = listed("""amber basic classic delta eagle fresh global harbor island jade karma lunar metro nova omega prime quartz
    river solar titan ultra vertex willow zenith""")
LEVELS = {
    "status": ["open", "closed", "pending", "cancelled", "approved", "rejected"],
    "priority": ["low", "medium", "high", "critical"],
    "color": ["red", "green", "blue", "black", "white", "silver"],
    "size": ["small", "medium", "large"],
    "gender": ["female", "male"],
    "channel": ["web", "phone", "shop", "partner"],
    "season": ["spring", "summer", "autumn", "winter"],
    "grade": ["A", "B", "C", "D"],
}


@dataclass(frozen=True, slots=True)
class Made:
    """A table that was made: its department and entity, its columns as ``(name, type)``, and its keys."""

    department: str
    entity: str
    columns: tuple[tuple[str, str], ...]
    keys: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        return f"{self.department}_{self.entity}"


def tables(seed: int = SEED, count: int = TABLES, columns: int = COLUMNS) -> list[Made]:
    """The tables of the schema; ``columns`` is how many there are in all, up to a few."""
    rng = random.Random(seed)
    pairs = [(department, entity) for department in DEPARTMENTS for entity in ENTITIES]
    chosen = sorted(rng.sample(pairs, count))
    known = set(chosen)
    made, left = [], columns
    for place, (department, entity) in enumerate(chosen):
        width = max(5, min(40, round(rng.gauss(left / (count - place), 4))))
        left -= width
        others = [other for other in rng.sample(ENTITIES, rng.randint(0, 4)) if other != entity]
        keys = []
        for other in others:
            owner = department if (department, other) in known else rng.choice(DEPARTMENTS)
            if (owner, other) in known:
                keys.append((f"{other}_id", f"{owner}_{other}"))
        pool = [
            *[(name, "TEXT") for name in (*NAMED[:1], *rng.sample(NAMED[1:], 1), *rng.sample(QUALITIES, 4))],
            *[(name, "TEXT") for name in (*rng.sample(PLACES, 2), *rng.sample(PEOPLE, 2))],
            *[(name, "REAL") for name in rng.sample(FIGURES, 6)],
            *[(name, "DATE") for name in rng.sample(MOMENTS, 3)],
            *[(name, "BOOLEAN") for name in rng.sample(FLAGS, 1)],
            *[
                (f"{rng.choice(ENTITIES)}_{name}", "TEXT")
                for name in rng.sample(["code", "name", "number", "group"], 3)
            ],
            *[(f"{rng.choice(WORDS)}_{name}", "REAL") for name in rng.sample(FIGURES, 8)],
            *[(f"{rng.choice(WORDS)}_{name}", "TEXT") for name in rng.sample(QUALITIES, 8)],
        ]
        found = dict([(f"{entity}_id", "INTEGER"), *((name, "INTEGER") for name, _ in keys), ("name", "TEXT")])
        rng.shuffle(pool)
        for name, kind in pool:
            if len(found) >= width:
                break
            found.setdefault(name, kind)
        made.append(Made(department, entity, tuple(found.items()), tuple(keys)))
    return made


def build(path: Path, seed: int = SEED, count: int = TABLES, columns: int = COLUMNS, rows: int = ROWS) -> list[Made]:
    """Writes the database; every fifth key is left undeclared.

    Args:
        path: a file that does not exist yet.
        seed: of all that is made up.
        count, columns: tables, and columns of all tables together.
        rows: of each table.
    """
    rng = random.Random(seed)
    made = tables(seed, count, columns)
    with closing(sqlite3.connect(path)) as connection:
        for table in made:
            parts = [f'"{name}" {kind}' for name, kind in table.columns]
            parts[0] += " PRIMARY KEY"
            parts += [
                f'FOREIGN KEY ("{name}") REFERENCES "{other}" ("{name}")'
                for name, other in table.keys
                if rng.random() > 0.2
            ]
            connection.execute(f'CREATE TABLE "{table.name}" ({", ".join(parts)})')
            marks = ", ".join("?" * len(table.columns))
            connection.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', _rows(rng, table, rows))
        connection.commit()
    return made


def _rows(rng: random.Random, table: Made, count: int) -> Iterator[list[object]]:
    for number in range(1, count + 1):
        yield [number, *(_cell(rng, table, name, kind, count) for name, kind in table.columns[1:])]


def _cell(rng: random.Random, table: Made, name: str, kind: str, count: int) -> object:
    if kind == "INTEGER":
        return rng.randint(1, count)
    if kind == "REAL":
        return round(rng.uniform(1, 1000), 2)
    if kind == "BOOLEAN":
        return rng.randint(0, 1)
    if kind == "DATE":
        return (date(2022, 1, 1) + timedelta(days=rng.randint(0, 1500))).isoformat()
    last = name.rsplit("_", 1)[-1]
    choice = {"city": CITIES, "country": COUNTRIES, "manager": LAST_NAMES, "person": LAST_NAMES, **LEVELS}.get(last)
    if name in ("first_name", "last_name"):
        choice = FIRST_NAMES if name == "first_name" else LAST_NAMES
    if choice is not None:
        return rng.choice(choice)
    if last in ("email", "phone", "code", "number"):
        return f"{table.entity[:3].upper()}-{rng.randint(1000, 99999)}"
    if last in QUALITIES:
        return rng.choice(WORDS[:8])
    return f"{rng.choice(WORDS)} {rng.choice(WORDS)} {table.entity}".title()


# --------------------------------------------------------------------------------------------------------- questions
def questions(made: list[Made], count: int = QUESTIONS, seed: int = SEED) -> list[str]:
    """Questions in the words of the schema: counts, lists, filters, groups, tops, averages, joins."""
    rng = random.Random(seed + 1)
    found = []
    while len(found) < count:
        table = rng.choice(made)
        figures = [name for name, kind in table.columns if kind == "REAL"]
        texts = [name for name, kind in table.columns if kind == "TEXT"]
        moments = [name for name, kind in table.columns if kind == "DATE"]
        if not figures or len(texts) < 2:
            continue
        figure, text, other = _said(rng.choice(figures)), _said(rng.choice(texts)), _said(rng.choice(texts))
        thing, rows = table.entity, f"{table.department} {plural(table.entity)}"
        bare = plural(thing)
        further = [key for key in table.keys if key[1]]
        linked = plural(rng.choice(further)[0].removesuffix("_id")) if further else plural(rng.choice(ENTITIES))
        moment = _said(rng.choice(moments)) if moments else "date"
        found.append(
            rng.choice(
                [
                    f"how many {rows} are there",
                    f"how many {bare} are in {rng.choice(CITIES)}",
                    f"list the name and {text} of all {rows}",
                    f"{bare} with {figure} over {rng.randint(10, 900)}",
                    f"average {figure} of {rows} per {text}",
                    f"total {figure} by {text} for {rows} in {rng.choice(COUNTRIES)}",
                    f"top {rng.randint(3, 10)} {rows} by {figure}",
                    f"which {rows} have the highest {figure}",
                    f"number of {rows} per month in 2024",
                    f"What is the {text} of the {rows} whose {other} is {rng.choice(rng.choice(list(LEVELS.values())))}?",
                    f"show {linked} of {rows} with status {rng.choice(LEVELS['status'])}",
                    f"how many {rows} does each {rng.choice(ENTITIES)} have",
                    f"{rows} without {linked}",
                    f"names of {rows} created in 2023 ordered by {figure} descending",
                    f"{rows} with {moment} after 2024-03-01 and {figure} below the average",
                    f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)} {bare}",
                    f"Find the {text} and {figure} of {rows} handled by {rng.choice(LAST_NAMES)} in {rng.choice(CITIES)}.",
                    f"which {thing} names contain {rng.choice(WORDS)}",
                ]
            )
        )
    return found


def _said(name: str) -> str:
    return name.replace("_", " ")


def plural(word: str) -> str:
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}es" if word.endswith(("s", "ch")) else f"{word}s"


def main() -> None:
    """Prints the figures of the schema's own reading, and of the questions."""
    from workspace.database.source import open_source
    from workspace.errors import QuestionError
    from workspace.question.read import read
    from workspace.question.schema import schema_of
    from workspace.question.sql import to_query

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "wide.sqlite"
        start = time.perf_counter()
        made = build(path)
        asked = questions(made)
        built = time.perf_counter()
        source = open_source(path)
        catalog = source.catalog()
        read_in = time.perf_counter()
        values = source.values()
        indexed = time.perf_counter()
        schema_of(catalog)
        ready = time.perf_counter()
        columns = sum(len(table.columns) for table in catalog.tables)
        print(
            f"{len(catalog.tables):,} tables, {columns:,} columns, {len(catalog.foreign_keys):,} keys, made in {built - start:.1f} s"
        )
        print(
            f"catalog {read_in - built:.2f} s, values {indexed - read_in:.2f} s ({len(values):,}), names {ready - indexed:.2f} s"
        )
        times, actions = [], {"answer": 0, "clarify": 0, "decline": 0, "failed": 0}
        for question in asked:
            start = time.perf_counter()
            try:
                readings = read(question, catalog, values, datetime(2026, 11, 23, 12))
                if readings.best is not None:
                    to_query(readings.best.plan, catalog)
                action = readings.action
            except QuestionError:
                action = "failed"
            times.append(time.perf_counter() - start)
            actions[action] += 1
        source.close()
    times.sort()
    p50, p99 = times[len(times) // 2] * 1000, times[int(len(times) * 0.99)] * 1000
    print(f"{len(times)} questions: {', '.join(f'{action} {count}' for action, count in actions.items())}")
    print(f"question to SQL  p50 {p50:6.1f} ms   p99 {p99:6.1f} ms   longest {times[-1] * 1000:6.1f} ms   {AIM}")


if __name__ == "__main__":
    main()
