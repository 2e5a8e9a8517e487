"""What is said to a page in the chat beside it: done to the right part, asked of all of it, or declined with what can be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from sample_db.build import build
from workspace.api import Answer, Composed, Workspace, open_workspace
from workspace.artifact.model import Chart, Table, Text
from workspace.artifact.pointing import heading_of, is_heading
from workspace.errors import ArtifactInvalid

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
REQUEST = "a report with revenue per month, revenue per country, top 10 customers by revenue and returns per reason"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    path = tmp_path_factory.mktemp("sample") / "shop.sqlite"
    build(path, today=NOON.date())
    with (
        pytest.MonkeyPatch.context() as patch,
        open_workspace(path, folder=path.parent / "folder", clock=lambda: NOON) as opened,
    ):
        patch.delenv("NOAPP_MODEL", raising=False)
        yield opened


@pytest.fixture(scope="module")
def origin(workspace: Workspace) -> str:
    return workspace.compose(REQUEST).slug


@pytest.fixture
def slug(workspace: Workspace, origin: str) -> str:
    return workspace.fork(origin, title="Sales").slug


def tell(workspace: Workspace, slug: str, *texts: str) -> Composed:
    """What is answered to the last of several messages in a chat beside a page."""
    chat = workspace.new_chat(beside=slug)
    for text in texts:
        *_, reply = workspace.stream(chat, text)
        assert isinstance(reply, Composed), (text, reply)
    return reply


def headings(workspace: Workspace, slug: str) -> list[str]:
    return [title for block in workspace.load(slug).blocks if (title := heading_of(block))]


def texts(workspace: Workspace, slug: str) -> list[str]:
    view = workspace.open(slug)
    return [b.plain for b in view.blocks if isinstance(b.block, Text) and not is_heading(b.block)]


# ------------------------------------------------------------------------------------------------------ all of a page
@pytest.mark.parametrize(
    ("text", "ending"),
    [
        ("only 2025", " in 2025"), ("just Germany", " in Germany"), ("2025 only", " in 2025"), ("in 2025", " in 2025"),
        ("exclude Germany", " outside of Germany"), ("remove Germany", " outside of Germany"),
        ("filter by country Germany", " in Germany"), ("keep only Germany", " in Germany"), ("this year only", " this year"),
    ],
)  # fmt: skip
def test_a_condition_for_all_of_a_page_keeps_its_headings(
    workspace: Workspace, slug: str, text: str, ending: str
) -> None:
    before = headings(workspace, slug)
    tell(workspace, slug, text)
    assert headings(workspace, slug) == [f"{title}{ending}" for title in before]


def test_what_a_person_made_of_a_page_stays_when_it_is_asked_anew(workspace: Workspace, slug: str) -> None:
    made = tell(
        workspace, slug, "rename the first section to Income", "make the second chart a pie chart",
        "show the last chart as a table", 'add a paragraph "Prices were raised in spring." after the first chart',
        "add a page break before returns", "only 2025",
    )  # fmt: skip
    assert headings(workspace, slug)[0] == "Income in 2025"
    blocks = workspace.load(slug).blocks
    charts = [block for block in blocks if isinstance(block, Chart)]
    assert [chart.mark for chart in charts] == ["line", "arc", "bar"]
    assert any(isinstance(block, Table) for block in blocks) and any(block.kind == "break" for block in blocks)
    assert "Prices were raised in spring." in texts(workspace, slug)
    assert made.message.endswith("“Prices were raised in spring.” stays as it is, since no question is behind it.")


def test_paragraphs_that_speak_of_other_figures_follow(workspace: Workspace, slug: str) -> None:
    tell(
        workspace, slug, "add a paragraph on Germany after the first chart",
        "add a paragraph \"At most {{ q2.max('Revenue') }} came from a country.\" after the last chart",
    )  # fmt: skip
    before = [text for text in texts(workspace, slug) if "from a country" in text or "Germany" in text]
    tell(workspace, slug, "only 2025")
    after = [text for text in texts(workspace, slug) if "from a country" in text or "Germany" in text]
    assert len(after) == len(before) == 2 and not set(after) & set(before), (before, after)
    artifact = workspace.load(slug)
    assert all("2025" in query.explanation for query in artifact.queries), "no figure stays behind unnamed"


def test_words_that_no_part_knows_are_a_question(workspace: Workspace, slug: str) -> None:
    for text in ("only banana", "how many returns were there", "top 5 customers", "make a list of customers"):
        chat = workspace.new_chat(beside=slug)
        *_, reply = workspace.stream(chat, text)
        assert not isinstance(reply, Composed), (text, reply)
    assert workspace.info(slug).version == 1


# --------------------------------------------------------------------------------------------------------- one part
def test_it_is_the_part_that_was_spoken_of(workspace: Workspace, slug: str) -> None:
    tell(workspace, slug, "rename the last section to Reasons", "move it up", "make it a table")
    assert headings(workspace, slug)[2] == "Reasons"
    tables = [block for block in workspace.load(slug).blocks if isinstance(block, Table)]
    assert len(tables) == 1 and "returns" in workspace.load(slug).query(tables[0].query).question


def test_a_part_is_cut_sorted_and_asked_otherwise(workspace: Workspace, slug: str) -> None:
    tell(workspace, slug, "cut returns per reason to the top 3")
    assert len(workspace.open(slug).results["q4"].rows) == 3
    tell(workspace, slug, "sort revenue per country by name")
    names = [row[0] for row in workspace.open(slug).results["q2"].rows]
    assert names == sorted(names) and headings(workspace, slug)[1] == "Revenue per country"
    told = tell(workspace, slug, "sort the third chart by name")
    assert not told.done and "others" in told.message, "sorted by name, these would be other customers"
    tell(workspace, slug, "replace the second chart with orders per channel")
    assert headings(workspace, slug)[1] == "Orders per channel"


def test_beside_which_part_is_asked_and_what_is_chosen_is_done(workspace: Workspace, slug: str) -> None:
    asked = tell(workspace, slug, "add a chart of orders per month below the revenue")
    assert not asked.done and len(asked.offers) > 1
    workspace.perform(asked.offers[0].request)
    assert headings(workspace, slug)[:2] == ["Revenue per month", "Orders per month"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("delete all but the last section", ["Returns per reason"]), ("only show revenue per month", ["Revenue per month"]),
        ("i dont need the customers anymore", ["Revenue per month", "Revenue per country", "Returns per reason"]),
        ("show only the top 3 countries", ["Revenue per month", "The 3 customer countries with the highest sum of order total",
                                           "Top 10 customers by revenue", "Returns per reason"]),
        ("move everything about returns to the top", ["Returns per reason", "Revenue per month", "Revenue per country",
                                                      "Top 10 customers by revenue"]),
        ("swap revenue per country with returns per reason", ["Revenue per month", "Returns per reason",
                                                              "Top 10 customers by revenue", "Revenue per country"]),
    ],
)  # fmt: skip
def test_what_is_left_and_in_which_order(workspace: Workspace, slug: str, text: str, left: list[str]) -> None:
    tell(workspace, slug, text)
    assert headings(workspace, slug) == left


def test_a_copy_changes_by_itself(workspace: Workspace, slug: str) -> None:
    tell(workspace, slug, "duplicate the second section", "split it by channel")
    assert headings(workspace, slug)[1] == "Revenue per country" and len(workspace.load(slug).queries) == 5


# ---------------------------------------------------------------------------------------------------- said, and declined
def test_a_figure_is_explained_and_its_readers_are_told(workspace: Workspace, slug: str) -> None:
    told = tell(workspace, slug, "explain the last chart")
    assert told.message.startswith("“Returns per reason” is: number of returns per reason") and not told.done
    assert "no share link" in tell(workspace, slug, "who can see this").message
    workspace.share(slug, label="the board")
    assert "“the board”" in tell(workspace, slug, "who has access to it?").message


def test_what_was_changed_is_listed(workspace: Workspace, slug: str) -> None:
    assert tell(workspace, slug, "what did I change").message == "Nothing: this is how it was made."
    told = tell(workspace, slug, "rename it to Board paper", "what did I change").message
    assert "Board paper" in told and told.startswith("The newest first: ")


@pytest.mark.parametrize(
    "text",
    [
        "translate it to German", "make the bars green", "make the chart bigger", "combine the two charts",
        "make it look nicer", "delete the report", "compare with last year", "animate the second chart",
        "bold the first sentence", "bring back the returns section", "hide the column X", "add a title",
        "put the two charts side by side", "swap the two charts", "refresh it", "make it landscape", "summarize it",
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_declined_with_what_can(workspace: Workspace, slug: str, text: str) -> None:
    told = tell(workspace, slug, text)
    assert not told.done and told.slug == slug and ("“" in told.message or "It can be" in told.message)
    assert workspace.info(slug).version == 1


@pytest.mark.parametrize(
    "text",
    ["remvoe the last section", "delte the returns section please", "could you get rid of the retruns part?"],
)
def test_slips_are_read_as_what_was_meant(workspace: Workspace, slug: str, text: str) -> None:
    tell(workspace, slug, text)
    assert headings(workspace, slug)[-1] == "Top 10 customers by revenue"


def test_a_question_beside_a_page_is_answered(workspace: Workspace, slug: str) -> None:
    *_, reply = workspace.stream(workspace.new_chat(beside=slug), "revenue in 2025")
    assert isinstance(reply, Answer)


# --------------------------------------------------------------------------------------------------------- one page
def pages(workspace: Workspace, slug: str) -> tuple[int, str]:
    """How many pages its PDF has, and what is written on them."""
    read = PdfReader(BytesIO(workspace.export(slug, "pdf").body))
    return len(read.pages), " ".join(page.extract_text() for page in read.pages)


def test_a_page_is_made_to_fit_one_sheet_of_paper_and_back(workspace: Workspace, slug: str) -> None:
    long, _ = pages(workspace, slug)
    told = tell(workspace, slug, "make it fit one page")
    assert long > 1 and told.done and told.message.startswith("Its PDF is one A4 page: two parts stand side by side")
    count, text = pages(workspace, slug)
    assert count == 1 and all(title in text for title in headings(workspace, slug)) and "Receipts: " in text
    assert tell(workspace, slug, "move the last section up").done and pages(workspace, slug)[0] == 1, "it stays so"
    assert "one page in print" in tell(workspace, slug, "what did I change").message
    tell(workspace, slug, "several pages")
    assert pages(workspace, slug)[0] == long


@pytest.mark.parametrize("text", ["one page", "make it shorter", "please get it down to a single page"])
def test_words_for_one_page_are_said_to_the_page(workspace: Workspace, slug: str, text: str) -> None:
    told = tell(workspace, slug, text)
    assert told.slug == slug and workspace.load(slug).fit == "page"


def test_a_one_page_overview_is_one_page(workspace: Workspace) -> None:
    made = workspace.compose(
        "a one-page overview of sales with revenue per month, top customers and returns per reason"
    )
    assert made.message.endswith("Its PDF is one A4 page.") and pages(workspace, made.slug)[0] == 1


def test_what_does_not_fit_is_said_with_why(workspace: Workspace) -> None:
    topics = ["month", "country", "channel", "category", "product", "customer", "store", "segment"]
    slug = workspace.compose("a report with " + ", ".join(f"revenue per {topic}" for topic in topics)).slug
    for topic in ("month", "country", "channel", "category", "store", "weekday", "quarter", "segment"):
        tell(workspace, slug, f"add a section with orders per {topic}")
    told = tell(workspace, slug, "one page")
    assert not told.done and "takes 2" in told.message and "remove the last section" in told.message, told.message


# ------------------------------------------------------------------------------------------- what a paragraph is not
def test_what_follows_a_paragraph_is_asked_of_a_picture(workspace: Workspace) -> None:
    """A sentence is not split by region, though it was spoken of last: the only chart is."""
    slug = workspace.compose("a report with revenue per month").slug
    made = tell(workspace, slug, "add a paragraph on Germany", "split by region")
    assert made.done
    (chart,) = [block for block in workspace.load(slug).blocks if isinstance(block, Chart)]
    assert chart.color == "Region"
    assert not any("Region" in str(query.plan) for query in workspace.load(slug).queries if query.name != chart.query)


def test_of_several_pictures_the_one_to_split_is_asked(workspace: Workspace, slug: str) -> None:
    asked = tell(workspace, slug, "add a paragraph on Germany", "split by channel")
    assert not asked.done
    labels = [offer.label for offer in asked.offers]
    assert "the part “Revenue per month”" in labels and not any("Germany" in label for label in labels)


def test_why_a_filter_cannot_be_is_said_in_the_chat_as_elsewhere(workspace: Workspace, slug: str) -> None:
    only = workspace.compose("a report with revenue per month", title="Revenue alone").slug
    with pytest.raises(ArtifactInvalid) as refused:
        workspace.add_param(only, "categories.name")
    said = tell(workspace, only, "add a filter for category").message
    assert refused.value.message in said and "can have more than one" in said
    assert "It can be chosen by: Order date" in said
