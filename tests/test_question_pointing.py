"""Words that point back at the answer before, and words that only look as if they did."""

from __future__ import annotations

import pytest

from workspace.question.followup import said
from workspace.question.pointing import pointing


@pytest.mark.parametrize(
    ("text", "kind", "left"),
    [
        ("what are the names of those songs", "many", "what are the names of songs"),
        ("how many of them are female", "many", "how many are female"),
        ("out of those 6 people, how many are male", "many", "people, how many are male"),
        ("and the name of that product?", "one", "and the name of product?"),
        ("which album is it on", "one", "which album is on"),
        ("how many players go there", "one", "how many players go"),
        ("what is the college name for that one?", "one", "what is the college name for ?"),
        ("sort the list by name", "result", "sort by name"),
        ("break it down by year", "result", "break down by year"),
        ("tracks that are longer than 5 minutes", "", "tracks that are longer than 5 minutes"),
        ("orders this year", "", "orders this year"),
        ("how many tracks are there", "", "how many tracks are there"),
        ("students who have those who", "", "students who have those who"),
        ("how many events are in this table", "", "how many events are"),
    ],
)
def test_pointing(text: str, kind: str, left: str) -> None:
    found = pointing(text)
    assert (found.kind, " ".join(found.text.split())) == (kind, left)
    assert len(found.text) == len(text), "every other word keeps its place"


@pytest.mark.parametrize(
    ("text", "head", "left"),
    [
        ("can you add the city", "also", "city"),
        ("please also include their phone number", "also", "phone number"),
        ("update this list to include the price", "also", "the price"),
        ("what about Canada", "about", "Canada"),
        ("how many are there", "", "how many are there"),
        ("songs that include a chorus", "", "songs that include a chorus"),
    ],
)
def test_words_of_change_count_where_a_text_begins_with_them(text: str, head: str, left: str) -> None:
    found = said(text)
    assert (head in found.head) if head else not found.head
    assert " ".join(found.text.split()) == left
