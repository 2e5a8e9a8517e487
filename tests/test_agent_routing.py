"""Requests to the workspace itself are recognised; questions about the data are left alone."""

from __future__ import annotations

import pytest

from workspace.agent.routing import verb_of

REQUESTS = [
    ("pin this", "pin", ""),
    ("Pin it!", "pin", ""),
    ("save that", "pin", ""),
    ("keep this answer", "pin", ""),
    ("please pin this chart as Sales by month", "pin", "Sales by month"),
    ("save it as Q1 review", "pin", "Q1 review"),
    ("Save it as “Q1 review”.", "pin", "Q1 review"),
    ("save this to the library as Best Customers", "pin", "Best Customers"),
    ("pin", "pin", ""),
    ("save this chat", "pin_chat", ""),
    ("save the whole conversation as Country study, please", "pin_chat", "Country study"),
    ("pin this chat", "pin_chat", ""),
    ("share it", "share", ""),
    ("share this with my team", "share", ""),
    ("give me the link", "share", ""),
    ("what is the link?", "share", ""),
    ("can you send me the link to this", "share", ""),
    ("get me a shareable link", "share", ""),
    ("copy link", "share", ""),
    ("share this chat", "share_chat", ""),
    ("download it as pdf", "download", "pdf"),
    ("as PDF", "download", "PDF"),
    ("save as Excel, please", "download", "Excel"),
    ("turn it into a Word document", "download", "Word"),
    ("export this page to powerpoint", "download", "powerpoint"),
    ("give me the table as a csv file", "download", "csv"),
    ("show me the SQL", "sql", ""),
    ("show the sql", "sql", ""),
    ("sql please", "sql", ""),
    ("what's the query behind this?", "sql", ""),
    ("how was this computed?", "sql", ""),
    ("rename it to Top countries", "rename", "Top countries"),
    ("call it Top countries", "rename", "Top countries"),
    ("rename this chat to Planning", "rename_chat", "Planning"),
    ("call this chat 'Planning 2027'", "rename_chat", "Planning 2027"),
    ("start over", "forget", ""),
    ("ok, let's start over", "forget", ""),
    ("forget that", "forget", ""),
]

QUESTIONS = [
    "share of revenue per genre",
    "documents in pdf format",
    "files as pdf per year",
    "words per page",
    "pin codes per city",
    "customers per country",
    "show me the customers",
    "links per page",
    "how many queries were run per day",
    "which chats have no messages",
    "only Germany",
    "as a line chart",
    "save the whales donations per year",
    "what is the address of customer 5",
    "keep only Germany",
    "show me the query log",
    "name of each customer",
    "names of employees",
    "title of the longest track",
    "new customers per month",
    "conversations per agent",
    "",
]


@pytest.mark.parametrize(("text", "name", "title"), REQUESTS)
def test_requests_in_words(text: str, name: str, title: str) -> None:
    verb = verb_of(text)
    assert verb is not None
    assert (verb.name, verb.title) == (name, title)


@pytest.mark.parametrize("text", QUESTIONS)
def test_questions_stay_questions(text: str) -> None:
    assert verb_of(text) is None
