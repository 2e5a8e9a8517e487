"""A view with every block kind, every mark, a stale part and a failing one: what the exports are tried on."""

from __future__ import annotations

from tests.test_faces_pages import AS_OF, COUNTRIES, MONTHS, make, named
from workspace.artifact.model import Artifact, Chart, Metric, Problem, Shown, Table, Text, View
from workspace.artifact.refresh import bind_blocks

ORDERS = [
    (
        10249 + n,
        f"Customer {n}, Łódź" if n else "=HYPERLINK(1)",
        f"2023-{n % 12 + 1:02d}-{n % 28 + 1:02d}",
        f"2023-05-{n % 28 + 1:02d} 1{n % 9}:30:00",
        n % 17 / 40,
        1000 * n / 7,
        -3.5 * n,
        None if n % 5 else "@note",
    )
    for n in range(230)
]
ORDER_KINDS = {
    "order_id": "integer", "customer": "text", "placed": "date", "shipped": "datetime", "share": "real",
    "total": "real", "delta": "real", "note": "text",
}  # fmt: skip
PROBLEM = Problem("query_failed", "There is no column b in the table orders.", "Ask the question again to renew it.")


def every_block() -> View:
    artifact = Artifact(
        title="Sales in 2023",
        queries=(
            named(
                "q1",
                "revenue per country in 2023",
                columns=(Shown(name="revenue", total=True), Shown(name="n", asked=False, total=True)),
            ),
            named("q2", "monthly revenue", columns=(Shown(name="month", format="period"),)),
            named("q3", "revenue per month and channel", columns=(Shown(name="month", format="period"),)),
            named("q4", "orders with their dates", columns=(Shown(name="share", format="percent"),)),
            named("q5", "weight and price"),
            named("q6", "an old one"),
            named("q7", "a failing one"),
        ),
        blocks=(
            Text(
                template="{{ q1.first('Country') }} leads with **{{ q1.first('revenue') }}**, "
                "{{ q1.share_of_first('revenue') }} of all.\n\n- *First* point\n- Second point"
            ),
            Metric(query="q1", column="n", label="Orders of the first"),
            Text(template="## Countries"),
            Chart(query="q1", mark="bar", x="Country", y="revenue", horizontal=True, sort="-y", caption="Who buys"),
            Table(query="q1"),
            Text(template="## Months\n\nThe best month was {{ q2.at_max('month', 'revenue') }}."),
            Chart(query="q2", mark="line", x="month", y="revenue", x_type="temporal"),
            Chart(query="q3", mark="bar", x="month", y="revenue", color="channel", stacked=True),
            Chart(query="q2", mark="area", x="month", y="revenue", x_type="temporal"),
            Chart(query="q1", mark="arc", x="Country", y="revenue"),
            Chart(query="q5", mark="point", x="weight", y="price", x_type="quantitative"),
            Table(query="q4", caption="Orders of the year"),
            Metric(query="q6", column="b", label="An old figure"),
            Table(query="q7"),
        ),
    )
    channels = [
        (month, channel, value * share) for month, value in MONTHS[:6] for channel, share in (("Web", 3), ("Shop", 1.5))
    ]
    results = {
        "q1": make({"Country": "text", "revenue": "real", "n": "integer"}, COUNTRIES),
        "q2": make({"month": "text", "revenue": "real"}, MONTHS),
        "q3": make({"month": "text", "channel": "text", "revenue": "real"}, channels),
        "q4": make(ORDER_KINDS, ORDERS),
        "q5": make({"weight": "real", "price": "real"}, [(n * 1.5 % 37, n * 7 % 53 + 0.25) for n in range(30)]),
        "q6": make({"a": "text", "b": "integer"}, [("x", 4711), ("y", 4)]),
    }
    problems = {"q6": PROBLEM, "q7": Problem("query_failed", "There is no table refunds.")}
    return View(artifact, results, bind_blocks(artifact, results, problems), AS_OF, problems, "sales-in-2023", 3)
