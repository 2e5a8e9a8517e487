"""Documents in a workspace: composed from a request or from a chat, changed in words, taken back; false nowhere."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sample_db.build import build
from workspace.api import Answer, Composed, Said, Workspace, open_workspace
from workspace.artifact import edit as edits
from workspace.artifact.bind import check
from workspace.artifact.model import Break, Filter, Text
from workspace.artifact.pointing import is_heading
from workspace.errors import ArtifactInvalid
from workspace.faces import FACES

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
REQUEST = "a one-page overview of sales with revenue per month, top customers and returns per reason"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "shop.sqlite"
    build(path, today=NOON.date())
    return path


@pytest.fixture
def workspace(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.delenv("NOAPP_MODEL", raising=False)
    with open_workspace(sample, folder=tmp_path / "folder", clock=lambda: NOON) as opened:
        yield opened


def say(workspace: Workspace, chat: str, text: str) -> Composed:
    *_, reply = workspace.stream(chat, text)
    assert isinstance(reply, Composed), reply
    return reply


def headings(workspace: Workspace, slug: str) -> list[str]:
    blocks = workspace.load(slug).blocks
    return [block.template.lstrip("# ") for block in blocks if isinstance(block, Text) and is_heading(block)]


def prose(workspace: Workspace, slug: str) -> str:
    return "\n".join(block.plain for block in workspace.open(slug).blocks)


# ---------------------------------------------------------------------------------------------------------- requests
def test_a_request_becomes_a_document(workspace: Workspace) -> None:
    made = workspace.compose(REQUEST)
    assert (made.slug, made.title, made.version) == ("overview-of-sales", "Overview of sales", 1)
    assert [section.status for section in made.sections] == ["answered"] * 3
    assert all(section.sql.startswith("SELECT") for section in made.sections)
    assert headings(workspace, made.slug) == ["Revenue per month", "Top customers by sales", "Returns per reason"]
    view = workspace.open(made.slug)
    assert view.fresh and not any(block.problem for block in view.blocks)
    lead = view.blocks[0].plain
    assert lead.startswith("In the year to Oct 2026 revenue came to ") and "By customer, " in lead
    check(view.artifact)


def test_figures_stand_beside_each_other_and_are_not_said_again(workspace: Workspace) -> None:
    made = workspace.compose("a report with number of orders, average order total and revenue per month")
    view = workspace.open(made.slug)
    assert "In the year to" in view.blocks[0].plain and "orders" not in view.blocks[0].plain
    kinds = [block.kind for block in view.artifact.blocks]
    assert kinds == ["text", "text", "metric", "text", "metric", "text", "text", "chart"]
    page = FACES["document"](view)
    (row,) = re.findall(r'<div class="part row".*?</div>\s*</section>\s*</div>', page, re.DOTALL)
    assert re.findall(r"<h2 [^>]*>(.*?)</h2>", row) == ["Number of orders", "Average order total"]
    only = workspace.say(made.slug, "only 2025")
    assert isinstance(only, Composed) and only.done
    assert [block.kind for block in workspace.load(made.slug).blocks] == kinds, "what is asked anew stands as before"


def test_amounts_beside_which_cents_say_nothing_are_written_without_them(workspace: Workspace) -> None:
    made = workspace.compose("a report with revenue per store and average order total per store")
    large, small = workspace.load(made.slug).queries
    assert [large.columns[-1].places, small.columns[-1].places] == [0, None]
    assert not re.search(r"\d{3},\d{3}\.\d", prose(workspace, made.slug))
    assert (
        workspace.say(made.slug, "show revenue with two decimals").text == "Revenue is written with two decimals now."
    )


def test_parts_that_cannot_be_there_are_named(workspace: Workspace) -> None:
    made = workspace.compose("a report with revenue per month, late shipments and blarg wibble")
    assert [section.status for section in made.sections] == ["answered", "ambiguous", "declined"]
    assert "“late shipments” is not in it" in made.message and "blarg" in made.message
    assert [offer.label for offer in made.offers] == ["Shipments"]
    added = workspace.perform(made.offers[0].request)
    assert added.done and added.version == 2 and len(headings(workspace, made.slug)) >= 1
    nothing = workspace.compose("a report on blarg")
    assert not nothing.slug and not nothing.done and "blarg" in nothing.message


def test_an_overview_without_parts_chooses_them(workspace: Workspace) -> None:
    made = workspace.compose("an overview of sales in Germany")
    assert made.title == "Overview of sales in Germany"
    assert len(made.sections) >= 4
    queries = workspace.load(made.slug).queries
    assert all("Germany" in query.params.values() for query in queries)
    assert workspace.compose("overview").sections


def test_too_much_is_said(workspace: Workspace) -> None:
    made = workspace.compose("a report with " + ", ".join(f"orders in {year}" for year in range(2000, 2030)))
    assert not made.slug and "30 parts" in made.message
    assert not workspace.compose("a report with " + "x" * 3000).slug


def test_a_name_and_a_face(workspace: Workspace) -> None:
    made = workspace.compose('slides called "Q3 review" on sales: revenue per month, returns per reason')
    assert made.title == "Q3 review" and made.url.endswith("/a/q3-review/slides")


def test_what_things_did_in_a_period_is_said(workspace: Workspace) -> None:
    made = say(
        workspace, workspace.new_chat(), "a report with employees per year, orders per month and returns per month"
    )
    said = prose(workspace, made.slug)
    assert "the number of employees hired was" in said, "not how many there were"
    assert "the number of orders was" in said and "the number of returns was" in said, "which their names say already"


# ------------------------------------------------------------------------------------------------------------- chats
def test_what_a_chat_began_with_is_no_title_of_another_document(workspace: Workspace) -> None:
    chat = workspace.new_chat()
    say(workspace, chat, "a one-page overview of sales with revenue per month and top customers")
    workspace.ask("returns per reason", chat=chat)
    assert say(workspace, chat, "make slides of this").title == "Returns per reason"
    workspace.rename_chat(chat, "For the board")
    assert say(workspace, chat, "turn this chat into a document").title == "For the board"


def test_a_chat_becomes_a_document_and_is_changed_in_words(workspace: Workspace) -> None:
    chat = workspace.new_chat()
    for question in ("revenue per month", "returns per reason", "customers per country"):
        workspace.ask(question, chat=chat)
    two = say(workspace, chat, "put the last two together")
    assert headings(workspace, two.slug) == ["Returns per reason", "Customers per country"]
    made = say(workspace, chat, "turn this chat into a document")
    assert headings(workspace, made.slug) == ["Revenue per month", "Returns per reason", "Customers per country"]
    asked = say(workspace, chat, "move the chart up")
    assert not asked.done and len(asked.offers) == 3
    shown = [message for message in workspace.messages(chat) if message.reply == asked]
    *_, moved = workspace.choose(chat, shown[-1].id, 1)
    assert isinstance(moved, Composed) and moved.version == 2
    removed = say(workspace, chat, "remove the part on returns")
    assert headings(workspace, made.slug) == ["Revenue per month", "Customers per country"] and removed.version == 3
    split = say(workspace, chat, "split revenue per month by region")
    assert "Revenue per month and region" in split.message
    assert say(workspace, chat, "undo").done
    assert headings(workspace, made.slug) == ["Revenue per month", "Customers per country"]
    added = say(workspace, chat, "add a paragraph on Germany")
    assert "Germany" in prose(workspace, added.slug)
    assert "Germany" in headings(workspace, added.slug)[-1], "not a part of the last section"
    say(workspace, chat, "rename it to Board paper")
    assert workspace.info(made.slug).title == "Board paper"
    assert say(workspace, chat, "as a spreadsheet").url.endswith(f"/a/{made.slug}/table")
    assert say(workspace, chat, "give me the link").url.endswith(f"/a/{made.slug}")
    *_, file = workspace.stream(chat, "turn it into a Word document")
    assert isinstance(file, Said) and file.url.endswith(f"/a/{made.slug}.docx")
    workspace.ask("revenue per store", chat=chat)
    *_, file = workspace.stream(chat, "download as csv")
    assert isinstance(file, Said) and file.url.endswith("/a/revenue-per-store.csv"), "of the newest answer, kept for it"


def test_questions_stay_questions_beside_a_document(workspace: Workspace) -> None:
    chat = workspace.new_chat()
    made = say(workspace, chat, REQUEST)
    for question in ("how many customers are there", "orders per channel", "which store has the most orders"):
        *_, reply = workspace.stream(chat, question)
        assert isinstance(reply, Answer), question
    *_, followed = workspace.stream(chat, "by region instead")  # about the answer, which is newer than the document
    assert isinstance(followed, Answer)
    assert workspace.info(made.slug).version == 1
    assert say(workspace, chat, "remove the last section").slug == made.slug
    *_, after = workspace.stream(chat, "thanks")
    assert not isinstance(after, Composed)


def test_a_pinned_answer_is_changed_in_words(workspace: Workspace) -> None:
    chat = workspace.new_chat()
    *_, _ = workspace.stream(chat, "revenue per category")
    *_, _ = workspace.stream(chat, "pin it as Categories")
    changed = say(workspace, chat, "turn the chart into a pie")
    assert changed.slug == "categories" and changed.version == 2
    told = say(workspace, chat, "make slides of this chat")
    assert told.url.endswith("/slides")


def test_nothing_to_put_together_is_said(workspace: Workspace) -> None:
    chat = workspace.new_chat()
    assert "no answer yet" in say(workspace, chat, "make a report of this").message
    workspace.ask("revenue per month", chat=chat)
    assert "only 1 answer" in say(workspace, chat, "put these three together").message


def test_documents_of_a_chat_are_put_together(workspace: Workspace) -> None:
    chat = workspace.new_chat()
    first = say(workspace, chat, "an overview of sales with revenue per month and revenue per store")
    workspace.add_param(first.slug, "stores.name")
    second = say(workspace, chat, "a report with returns per reason")
    assert "only 2 documents" in say(workspace, chat, "put these three together").message
    made = say(workspace, chat, "put these two together")
    assert made.slug not in (first.slug, second.slug)
    assert headings(workspace, made.slug) == ["Revenue per month", "Revenue per store", "Returns per reason"]
    whole = workspace.load(made.slug)
    assert [query.name for query in whole.queries] == ["q1", "q2", "q3"]
    assert [param.name for param in whole.params] == [param.name for param in workspace.load(first.slug).params]
    alone = workspace.open(first.slug)
    assert workspace.open(made.slug).results["q2"].rows == alone.results["q2"].rows
    assert not workspace.open(made.slug).problems
    again = say(workspace, chat, "turn this chat into a document")
    assert (again.slug, again.version) == (made.slug, 1), "of the two, and not of what was made of them"
    say(workspace, chat, "rename it to Board paper")
    assert workspace.info(made.slug).title == "Board paper"


def test_what_a_document_is_about_may_be_a_part_of_it(workspace: Workspace) -> None:
    made = workspace.compose("a report of revenue per month with returns per reason")
    assert headings(workspace, made.slug) == ["Revenue per month", "Returns per reason"]
    assert made.title == "Revenue per month and returns per reason"
    made = workspace.compose("an overview of sales with revenue per month")
    assert (made.title, headings(workspace, made.slug)) == ("Overview of sales", [])


# ------------------------------------------------------------------------------------------------------------- edits
def test_what_somebody_says_beside_an_artifact(workspace: Workspace) -> None:
    slug = workspace.compose(REQUEST).slug
    assert isinstance(workspace.say(slug, "how many orders in 2025"), Answer)
    assert isinstance(workspace.say(slug, "what does the chart show"), object)
    added = workspace.say(slug, "add revenue per store after revenue per month")
    assert isinstance(added, Composed) and headings(workspace, slug)[1] == "Revenue per store"
    line = workspace.say(slug, "show it as a line instead", touched=added.touched)
    assert isinstance(line, Composed) and "line chart" in line.message
    refused = workspace.say(slug, 'add a note: "Prices rose by 5 percent."')
    assert isinstance(refused, Composed) and not refused.done and "“5”" in refused.message
    every = workspace.say(slug, "only 2025")
    assert isinstance(every, Composed) and every.done, "each part has a date: all of them are meant"
    assert all("in 2025" in query.explanation for query in workspace.load(slug).queries)
    lost = workspace.say(slug, "remove the ninth table")
    assert isinstance(lost, Composed) and "ninth table" in lost.message
    assert workspace.undo(slug).done and workspace.redo(slug).done


def test_an_edit_of_an_older_version_is_not_made(workspace: Workspace) -> None:
    from workspace.artifact.edit import Retitle

    slug = workspace.compose(REQUEST).slug
    workspace.edit(slug, Retitle("One"), version=1)
    with pytest.raises(ArtifactInvalid, match="changed meanwhile"):
        workspace.edit(slug, Retitle("Two"), version=1)


# ------------------------------------------------------------------------------------------------------------- truth
def test_what_readers_may_set_outlives_changes_in_words(workspace: Workspace) -> None:
    slug = workspace.compose("a report with revenue per month in Germany and top customers").slug
    workspace.add_param(slug, "customers.country", queries=["q1"])
    (param,) = workspace.load(slug).params
    assert param.default == "Germany"
    germany = workspace.open(slug).results["q1"].rows
    france = workspace.open(slug, given=[(param.name, "France")]).results["q1"].rows
    assert germany != france
    made = workspace.edit(slug, edits.Insert(0, (Filter(param=param.name), Break())))
    assert made is not None and [block.kind for block in workspace.load(slug).blocks[:2]] == ["filter", "break"]
    say = workspace.say(slug, "move the part on customers up")
    assert isinstance(say, Composed) and say.done, say.text
    assert workspace.load(slug).params == (param,)
    changed = workspace.say(slug, "make the second part per year")
    assert isinstance(changed, Composed) and changed.done, changed.text
    artifact = workspace.load(slug)
    asked = next(query for query in artifact.queries if query.bound)
    assert artifact.params == (param,) and "Germany" not in asked.question + "".join(headings(workspace, slug))
    shown = [
        workspace.open(slug, given=[(param.name, name)]).results[asked.name].rows for name in ("Germany", "France")
    ]
    assert shown[0] != shown[1] and len(shown[0]) < len(germany)
    heads = [number for number, block in enumerate(artifact.blocks) if is_heading(block)]
    start = max(n for n in heads if any(getattr(b, "query", "") == asked.name for b in artifact.blocks[n:]))
    stop = min([n for n in heads if n > start], default=len(artifact.blocks))
    workspace.edit(slug, edits.Remove(((start, stop),)))
    left = workspace.load(slug)
    assert not left.params and all(block.kind != "filter" for block in left.blocks)


def test_sentences_follow_the_data_when_the_opposite_holds(sample: Path, tmp_path: Path) -> None:
    import shutil

    copy = Path(shutil.copy(sample, tmp_path / "shop.sqlite"))
    with open_workspace(copy, folder=tmp_path / "folder", clock=lambda: NOON) as workspace:
        slug = workspace.compose("a report with revenue per month, revenue per store, orders per channel").slug
        before = prose(workspace, slug)
        assert ", up " in before and "London Shoreditch leads" in before
        with closing(sqlite3.connect(copy)) as db, db:
            db.execute("update orders set total = total / 1000 where order_date >= '2026-01-01'")
            db.execute(
                "update orders set total = total / 1000 where store_id in (select store_id from stores where name = 'London Shoreditch')"
            )
            db.execute(
                "delete from orders where channel = (select channel from orders group by 1 order by count(*) desc limit 1) and order_id % 50"
            )
        after = prose(workspace, slug)
    assert "down 99.9% on the year before" in after or "down" in after.splitlines()[0]
    assert "London Shoreditch leads" not in after and "London Shoreditch comes last" in after
    first = [
        line for text in (before, after) for line in text.splitlines() if "channel" in line.lower() and "leads" in line
    ]
    assert len(first) == 2 and first[0].split(" leads")[0] != first[1].split(" leads")[0]


@pytest.mark.parametrize("database", ["chinook", "northwind"])
def test_other_databases_make_documents_too(data: Path, tmp_path: Path, database: str) -> None:
    with open_workspace(
        data / "samples" / f"{database}.sqlite", folder=tmp_path / "f", clock=lambda: NOON
    ) as workspace:
        made = workspace.compose("an overview of sales")
        assert len(made.sections) >= 4 and {section.status for section in made.sections} == {"answered"}
        view = workspace.open(made.slug)
        check(view.artifact)
        assert view.fresh and all(block.plain for block in view.blocks if block.block.kind == "text")


# ------------------------------------------------------------------------------------------------- number formats
def test_figures_are_written_as_words_ask(workspace: Workspace) -> None:
    slug = workspace.compose("a report with revenue per month, top customers and returns per reason").slug
    made = workspace.say(slug, "show revenue as euros without decimals")
    assert isinstance(made, Composed)
    assert (made.text, made.done) == ("Revenue is written in € without decimals now.", True)
    assert "€" in prose(workspace, slug)
    before = workspace.load(slug)
    made = workspace.say(slug, "returns as a percentage with one decimal")
    assert isinstance(made, Composed) and made.done, made
    assert made.text.endswith("Its figures are shares of the total now.")
    query = next(query for query in workspace.load(slug).queries if "reason" in query.question.lower())
    assert [(shown.format, shown.places) for shown in query.columns][-1] == ("percent", 1)
    shares = workspace.open(slug).results[query.name].column(query.columns[-1].name)
    assert sum(shares) == pytest.approx(1.0)
    assert workspace.undo(slug).done
    assert workspace.load(slug) == before


def test_a_part_that_is_asked_anew_is_written_as_before(workspace: Workspace) -> None:
    slug = workspace.compose("a report with revenue per month and returns per reason").slug
    workspace.say(slug, "show revenue in euros without decimals")
    workspace.say(slug, "show the part on revenue by quarter instead")
    query = workspace.load(slug).queries[0]
    assert "quarter" in query.question.lower(), "in the place of the one it was asked instead of"
    assert (query.shown("Revenue").unit, query.shown("Revenue").places) == ("€", 0)


def test_what_cannot_be_written_so_is_said(workspace: Workspace) -> None:
    slug = workspace.compose("a report with revenue per month, number of orders per year and returns per reason").slug
    version = workspace.info(slug).version
    made = workspace.say(slug, "show it in euros")
    assert isinstance(made, Composed) and not made.done
    assert "Revenue" in [offer.label for offer in made.offers]
    chosen = workspace.perform(next(offer.request for offer in made.offers if offer.label == "Revenue"))
    assert chosen.text == "Revenue is written in € without decimals now."
    made = workspace.say(slug, "show revenue with 12 decimals")
    assert isinstance(made, Composed) and "up to 6 decimals" in made.text
    assert workspace.info(slug).version == version + 1


def test_a_condition_that_some_parts_cannot_have_is_asked_about(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "two.sqlite")) as db:
        db.executescript(
            "create table sale (id integer primary key, total real, day date);"
            "insert into sale (total, day) values (10, '2024-05-01'), (20, '2025-05-01'), (30, '2025-06-01');"
            "create table colour (id integer primary key, name text, family text);"
            "insert into colour (name, family) values ('teal', 'green'), ('mint', 'green'), ('rust', 'red');"
        )
    with open_workspace(tmp_path / "two.sqlite", folder=tmp_path / "kept", clock=lambda: NOON) as own:
        slug = own.compose("a report with total per month and number of colours per family").slug
        asked = own.say(slug, "only 2025")
        assert isinstance(asked, Composed) and not asked.done and own.info(slug).version == 1
        assert asked.offers[0].label == "all of it"
        made = own.perform(asked.offers[0].request)
        assert made.done and "“Number of colours per family” stays as it is" in made.message, made.message


# ------------------------------------------------------------------------------------------------- the talk beside
def test_a_chat_beside_an_artifact_means_it(workspace: Workspace) -> None:
    slug = workspace.compose("a report with revenue per month and returns per reason").slug
    assert workspace.talk(slug) is None
    chat = workspace.new_chat(beside=slug)
    assert workspace.talk(slug) is None, "nothing was said yet"
    assert say(workspace, chat, "move the last section to the top").slug == slug
    *_, answer = workspace.stream(chat, "how many orders in 2025")
    assert isinstance(answer, Answer) and answer.plan is not None
    assert say(workspace, chat, "remove the chart of returns").slug == slug, "also after an answer"
    request = {"do": "add", "slug": slug, "source": "shop", "question": answer.question,
               "plan": answer.plan.to_dict(), "at": None}  # fmt: skip
    *_, added = workspace.do(chat, "Add it to this page", request)
    assert isinstance(added, Composed) and headings(workspace, slug)[-1] == "Number of orders in 2025"
    kept = workspace.talk(slug)
    assert kept is not None and (kept.id, kept.artifact, kept.title) == (chat, slug, "move the last section to the top")
    assert [message.text for message in workspace.messages(chat)][-2:] == ["Add it to this page", added.message]
    workspace.delete_artifact(slug)
    assert workspace.talk(slug) is None
    assert workspace.chat(chat).artifact == "", "what was said stays, as a chat by itself"


@pytest.mark.parametrize(
    ("request_", "shown"),
    [
        ("an overview of 2025 with revenue and orders", ["Revenue", "Number of orders"]),
        ("an overview of last month with revenue per category and orders", ["Revenue per category", "Number of orders per day"]),
    ],
)  # fmt: skip
def test_a_bare_table_is_a_number_beside_figures_and_a_course_beside_courses(
    workspace: Workspace, request_: str, shown: list[str]
) -> None:
    assert headings(workspace, workspace.compose(request_).slug) == shown
