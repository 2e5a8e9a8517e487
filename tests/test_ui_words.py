"""Definitions on the data page, without a browser: what is written there holds, and what cannot be is said in place."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.agent_shop import AMBIGUOUS, in_berlin, make, make_ambiguous
from tests.test_ui_pages import address, ask, page, words, workspace
from workspace import server
from workspace.api import Metric, Semantics, Synonym, Workspace, open_workspace

__all__ = ["workspace"]  # the fixture


def data(**address: str) -> AppTest:
    app = page(**address)
    app.switch_page("views/data.py")
    app.run()
    assert not app.exception
    return app


def press(app: AppTest, key: str) -> AppTest:
    next(button for button in app.button if button.key == key).click()
    app.run()
    assert not app.exception
    return app


def fill(app: AppTest, **fields: str) -> None:
    for key, value in fields.items():
        next(field for field in app.text_input if field.key == key.replace("__", "-")).set_value(value)


def test_a_metric_is_added_changed_and_taken_away(workspace: Workspace) -> None:
    app = press(data(), "add-metric")
    fill(app, **{"metric-name-new": "turnover", "metric-expression-new": "sum(orders.totl)"})
    press(app, "save-new")
    assert "orders has no column totl (is it total?)." in words(app)
    assert not workspace.knowledge.semantics(workspace.source())
    fill(app, **{"metric-expression-new": "sum(orders.total)", "metric-synonyms-new": "sales volume, takings"})
    press(app, "save-new")
    assert workspace.knowledge.semantics(workspace.source()).metrics == (
        Metric("turnover", "sum(orders.total)", synonyms=("sales volume", "takings")),
    )
    assert "sum(orders.total)" in words(app)
    press(app, "edit-metric:turnover")
    fill(app, **{"metric-name-turnover": "gross turnover"})
    press(app, "save-turnover")
    assert workspace.knowledge.semantics(workspace.source()).metrics[0].name == "gross turnover"
    assert '<span class="fig">35.5</span>' in words(ask(page(), "takings"))
    press(app, "remove-metric:gross turnover")
    assert not workspace.knowledge.semantics(workspace.source()).metrics


def test_a_form_without_what_it_needs_says_so(workspace: Workspace) -> None:
    app = press(data(), "add-synonym")
    press(app, "save-new")
    assert "A synonym needs its words and what they mean." in words(app)
    press(app, "cancel-new")
    assert not [button for button in app.button if button.key == "save-new"]


def test_a_synonym_is_used_by_the_next_question(workspace: Workspace) -> None:
    app = press(data(), "add-synonym")
    fill(app, **{"synonym-said-new": "clients", "synonym-means-new": "customer"})
    press(app, "save-new")
    assert workspace.knowledge.semantics(workspace.source()).synonyms == (Synonym("clients", "customer"),)
    assert '<span class="fig">3</span>' in words(ask(page(), "how many clients"))


def test_a_table_is_described_and_filtered_and_a_column_hidden(workspace: Workspace) -> None:
    app = press(data(table="orders"), "edit-table")
    fill(app, **{"about-orders": "what was sold", "filter-orders": "total > 6"})
    press(app, "save-table")
    assert "what was sold" in words(app) and "total &gt; 6" in words(app)
    assert '<span class="fig">2</span>' in words(ask(page(), "how many orders"))
    app = press(data(table="customer"), "edit-column")
    app.selectbox[0].set_value("country")
    app.run()
    next(box for box in app.checkbox if box.key == "hide-customer.country").check()
    press(app, "save-customer.country")
    assert workspace.knowledge.semantics(workspace.source()).hidden == ("customer.country",)
    assert "France" not in words(app)
    app = data()
    press(app, "remove-hidden:customer.country")
    assert not workspace.knowledge.semantics(workspace.source()).hidden


def test_a_broken_file_is_said_on_the_page_and_mended_there(workspace: Workspace) -> None:
    path = workspace.knowledge.path(workspace.source())
    workspace.knowledge.define(workspace.source(), Semantics(synonyms=(Synonym("clients", "customer"),)))
    path.write_text("# mine\nsynonyms:\n  clients: custmer\n", encoding="utf-8")
    app = data()
    said = words(app)
    assert "shop.yaml, line 3, synonyms.clients: there is no table custmer (is it customer?)." in said
    assert str(path) in said
    app.text_area[0].set_value("# mine\nsynonyms:\n  clients: customer\n")
    press(app, "save-text")
    assert "custmer" not in words(app)
    assert path.read_text(encoding="utf-8").startswith("# mine")


def test_right_is_said_recalled_and_forgotten(workspace: Workspace) -> None:
    app = ask(page(), "how many orders in 2025")
    message = workspace.messages(address(app)["chat"])[-1].id
    press(app, f"as-right-{message}")
    assert "is answered this way from now on" in words(app)
    again = ask(page(), "number of orders in 2026")
    assert "Recalled: the answer to “how many orders in 2025” was marked right." in words(again)
    listed = data()
    assert "Settled questions" in words(listed) and "how many orders in 2025" in words(listed)
    other = workspace.messages(address(again)["chat"])[-1].id
    press(again, f"forget-{other}")
    assert not workspace.knowledge.verified(workspace.source())
    assert not [button for button in again.button if button.key == f"forget-{other}"]
    assert "Settled questions" not in words(data())


def test_wrong_is_said_and_asked_back(workspace: Workspace) -> None:
    app = ask(page(), "how many orders in 2025")
    message = workspace.messages(address(app)["chat"])[-1].id
    press(app, f"as-wrong-{message}")
    assert "is asked back instead" in words(app)
    assert "marked wrong before" in words(ask(page(), "how many orders in 2025"))
    listed = data()
    (info,) = workspace.knowledge.verified(workspace.source())
    press(listed, f"unsettle-{info.id}")
    assert "marked wrong before" not in words(ask(page(), "how many orders in 2025"))


def test_what_the_data_is_is_told_with_questions_to_go_on_with(workspace: Workspace) -> None:
    app = ask(page(), "what tables are there")
    assert "<td>customer</td><td>3</td>" in words(app)
    app = ask(page(), "what can I ask")
    suggested = [button.key for button in app.button if (button.key or "").startswith("instead-")]
    assert suggested
    press(app, suggested[0])
    assert 'class="na-finding"' in words(app)


def test_what_a_choice_says_is_remembered_on_a_yes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_ambiguous(monkeypatch)
    with open_workspace(make(tmp_path / "shop.sqlite"), folder=tmp_path / "kept") as opened:
        server.use(opened)
        app = ask(page(), AMBIGUOUS)
        asked = opened.messages(address(app)["chat"])[-1]
        index = next(n for n, choice in enumerate(asked.reply.choices) if choice.plan == in_berlin("home_city"))
        press(app, f"choice-{asked.id}-{index}")
        answer = opened.messages(address(app)["chat"])[-1].id
        offer = next(button for button in app.button if button.key == f"remember-{answer}")
        assert offer.label == "Remember that “Berlin” means customer.home\\_city = 'Berlin'"
        assert not opened.knowledge.semantics(opened.source())
        press(app, f"remember-{answer}")
        assert opened.knowledge.semantics(opened.source()).synonyms[0].said == "Berlin"
        assert "“Berlin” means <code>customer.home_city" in words(app)
        assert not [button for button in app.button if button.key == f"remember-{answer}"]
        server.use(None)


def test_a_word_that_was_not_understood_can_be_given_a_meaning(workspace: Workspace) -> None:
    app = ask(page(), "how many zorgles are there")
    message = workspace.messages(address(app)["chat"])[-1].id
    press(app, f"define-{message}")
    assert next(field for field in app.text_input if field.key == "synonym-said-new").value == "zorgles"
    fill(app, **{"synonym-means-new": "orders"})
    press(app, "save-new")
    assert '<span class="fig">3</span>' in words(ask(page(), "how many zorgles are there"))
