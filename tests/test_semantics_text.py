"""A semantic model as YAML: what is read, what is written back, and one sentence for every mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from workspace.database.source import Source
from workspace.errors import SemanticsInvalid
from workspace.semantics.file import SemanticsFile, place
from workspace.semantics.model import Description, Filter, Metric, Semantics, Synonym
from workspace.semantics.text import from_yaml, to_yaml

WHOLE = """
# a comment
metrics:
  sales: sum(item.quantity * item.price)
  basket:
    expression: avg(total)
    table: purchase
    synonyms: [average purchase, "basket: value"]
    description: What one purchase is worth.
    format: decimal
    unit: EUR
    filter: year >= 2023
synonyms:
  clients: customer
  land: country.name
  berliners: store.city = 'Kiel'
descriptions:
  customer.joined: the day of the first visit
filters:
  purchase: total > 5 and store_id is not null
hidden:
  - ticket
  - customer.last_name
"""


def test_all_parts_are_read() -> None:
    model = from_yaml(WHOLE)
    assert model.metrics[0] == Metric("sales", "sum(item.quantity * item.price)")
    assert model.metrics[1].synonyms == ("average purchase", "basket: value")
    assert model.synonyms[2] == Synonym("berliners", "store.city = 'Kiel'")
    assert model.descriptions == (Description("customer.joined", "the day of the first visit"),)
    assert model.filters == (Filter("purchase", "total > 5 and store_id is not null"),)
    assert model.hidden == ("ticket", "customer.last_name")


def test_what_is_written_reads_back_equal() -> None:
    model = from_yaml(WHOLE)
    again = from_yaml(to_yaml(model))
    assert again == model
    assert to_yaml(again) == to_yaml(model)
    odd = Semantics(
        synonyms=(Synonym("yes", "customer"), Synonym("123 go: #now", "store.city = 'it''s: # [x]'")),
        hidden=("null", "- a"),
    )
    assert from_yaml(to_yaml(odd)) == odd


@pytest.mark.parametrize("text", ["", "\n# nothing\n", "metrics:\n", "hidden:\nsynonyms:\n"])
def test_nothing_is_no_mistake(text: str) -> None:
    assert not from_yaml(text)
    assert from_yaml(to_yaml(Semantics())) == Semantics()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("metrik:\n  a: sum(b)\n", "shop.yaml, line 1, metrik: is not known here; there are metrics, synonyms,"),
        ("metrics:\n  a:\n    expresion: sum(b)\n", "line 3, metrics.a.expresion: is not known here"),
        ("metrics:\n  a:\n    table: b\n", "line 2, metrics.a: has no expression."),
        ("metrics:\n  a:\n    expression: sum(b)\n    format: euro\n", "line 4, metrics.a.format: euro is no format"),
        ("metrics: sum(a)\n", "line 1, metrics: must be made of lines like"),
        ("metrics:\n  a: [sum(b)]\n", "line 2, metrics.a: must be made of lines like"),
        ("synonyms:\n  a: b\n  A: c\n", "line 3, synonyms.A: is there twice."),
        ("synonyms:\n  a:\n", "line 2, synonyms.a: is empty."),
        ("synonyms:\n  a: ~\n", "line 2, synonyms.a: is empty."),
        ("hidden:\n  a: b\n", "line 2, hidden: must be a list"),
        ("hidden:\n  - a\n  - A\n", "line 3, hidden.A: is there twice."),
        ("hidden:\n  - [a]\n", "line 2, hidden: must be text on one line."),
        ("- a\n", "line 1: must be made of lines like"),
        ("metrics:\n\ta: b\n", "line 2: This is not YAML:"),
        ("metrics: {a: 'b\n", "This is not YAML:"),
        ("a: b\x00", "This is not YAML:"),
    ],
)
def test_a_mistake_is_one_sentence_with_line_and_key(text: str, said: str) -> None:
    with pytest.raises(SemanticsInvalid) as caught:
        from_yaml(text, "shop.yaml")
    assert said in caught.value.message.replace("shop.yaml: must", "shop.yaml, line 1: must")
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("metrics:\n  a: sum(nothing)\n", "line 2, metrics.a.expression: no table has a column nothing."),
        ("metrics:\n  a: sum(item.quantty)\n", "item has no column quantty (is it quantity?)."),
        ("metrics:\n  a: sum(purchse.total)\n", "there is no table purchse (is it purchase?)."),
        ("metrics:\n  a: sum(id)\n", "id is a column of"),
        ("metrics:\n  a: total\n", "gathers no rows"),
        ("metrics:\n  a: sum(total) + total\n", "mixes a gathered figure with a plain column"),
        ("metrics:\n  a: sum(sum(total))\n", "over gathered figures"),
        ("metrics:\n  a: count(*)\n", "count(*) needs to know whose rows"),
        ("metrics:\n  a: sum(case when total > 1 then 1 end)\n", "is no part of an expression"),
        ("metrics:\n  a: (select 1)\n", "is no part of an expression"),
        ("metrics:\n  a: sum(total); drop table purchase\n", "is no part of an expression"),
        ("metrics:\n  a: load_extension('x')\n", "is no part of an expression"),
        ("metrics:\n  a: sum(\n", "cannot be read"),
        (
            "metrics:\n  a:\n    expression: sum(total)\n    table: purchases\n",
            "line 4, metrics.a.table: there is no table",
        ),
        (
            "metrics:\n  a:\n    expression: sum(total)\n    filter: sum(total) > 1\n",
            "line 4, metrics.a.filter: a condition is",
        ),
        ("metrics:\n  a:\n    expression: sum(total)\n    filter: item.price > 1\n", "has no row of item of its own"),
        (
            "metrics:\n  a: sum(total)\n  b:\n    expression: sum(year)\n    synonyms: [A]\n",
            "line 5, metrics.b.synonyms.A: is said of metrics.a",
        ),
        ("synonyms:\n  clients: custmer\n", "line 2, synonyms.clients: there is no table custmer (is it customer?)."),
        ("synonyms:\n  clients: customer = x\n", "a value is one of a column"),
        ("synonyms:\n  big: purchase.total = 5\n", "holds no words"),
        ("synonyms:\n  '?': customer\n", "has no word in it"),
        ("filters:\n  purchase: customer.country = 'DE'\n", "a filter is about its own table"),
        ("filters:\n  purchase: total\n", "is no condition"),
        ("filters:\n  purchase: total > unknown\n", "has no column unknown"),
        ("filters:\n  purchase: total in (select 1)\n", "is no condition"),
        ("descriptions:\n  customer.x: y\n", "line 2, descriptions.customer.x: customer has no column x."),
        ("hidden:\n  - customer.emial\n", "line 2, hidden.customer.emial: customer has no column emial."),
        ("hidden: [store.id, store.name, store.city]\n", "has no column left: hide the table."),
    ],
)
def test_what_the_database_does_not_have_is_said(shop: Source, text: str, said: str) -> None:
    with pytest.raises(SemanticsInvalid) as caught:
        from_yaml(text, "shop.yaml").over(shop.catalog())
    assert said in caught.value.message
    assert caught.value.message.startswith("shop.yaml, line ")


def test_a_file_is_read_again_when_it_has_changed(tmp_path: Path) -> None:
    file = SemanticsFile(place(tmp_path, "shop"))
    assert file.path == tmp_path / "semantics" / "shop.yaml"
    assert file.read() is None
    file.write(to_yaml(Semantics(synonyms=(Synonym("clients", "customer"),))))
    assert file.read() == Semantics(synonyms=(Synonym("clients", "customer"),))
    assert file.read() is file.read()
    file.path.write_text("synonyms:\n  people: customer\n", encoding="utf-8")
    assert file.read().synonyms[0].said == "people"
    file.path.write_text("synonyms: 5: 6\n", encoding="utf-8")
    with pytest.raises(SemanticsInvalid, match=r"shop\.yaml, line 1"):
        file.read()
    file.path.write_bytes(b"\xff\xfe\x00a")
    with pytest.raises(SemanticsInvalid, match="not text in UTF-8"):
        file.read()
    file.path.unlink()
    assert file.read() is None


def test_editing_replaces_by_name_and_keeps_the_order() -> None:
    model = from_yaml(WHOLE)
    changed = model.with_metric(Metric("Sales", "sum(total)"))
    assert [metric.name for metric in changed.metrics] == ["Sales", "basket"]
    renamed = model.with_metric(Metric("turnover", "sum(total)"), instead="sales")
    assert [metric.name for metric in renamed.metrics] == ["turnover", "basket"]
    assert model.without_metric("SALES").metrics[0].name == "basket"
    assert model.with_synonym(Synonym("clients", "store")).synonyms[0].means == "store"
    assert len(model.without_synonym("land").synonyms) == 2
    assert model.with_description("customer", "people").description("CUSTOMER") == "people"
    assert model.with_description("customer.joined", " ").descriptions == ()
    assert model.with_filter("purchase", "").filters == ()
    assert model.with_hidden("store").hides("Store")
    assert not model.with_hidden("ticket", hidden=False).hides("ticket")
