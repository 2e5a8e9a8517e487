"""What people say beside questions: greetings, thanks, praise, "yes", "that's all", questions about the assistant.

A courtesy before a question ("Great! Can you …") is set aside, so that it is not read as part of it; a turn that holds
nothing else is no question, and is answered in kind instead of by a query.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from workspace.question import lexicon
from workspace.question.tokens import Token, tokenize

# Courtesies that begin a question only before a pause or an opening word: "good customers" praises nobody.
_OPENERS = frozenset(
    {
        "can", "could", "would", "will", "may", "please", "what", "which", "who", "whose", "when", "where", "how",
        "show", "list", "give", "tell", "find", "get", "display", "i", "let", "are", "is", "do", "does", "did",
        "was", "were", "now", "but", "then", "you",
    }
)  # fmt: skip
_BLANK = frozenset({",", ".", "!", ";", ":", "-", "?", ")", "|", "(", '"', "*"})

_REPLIES = {
    "about": "I answer questions about your data. Ask for a list, a figure or a comparison in plain words.",
    "greeting": "Hello. Ask me anything about your data.",
    "opinion": "I have no opinion of my own; I can show what the data says. Name what to compare.",
    "choose": "Please say which one you mean.",
    "thanks": "You are welcome.",
    "goodbye": "Goodbye.",
    "done": "All right. Ask again whenever you like.",
    "no": "Then please say it in other words.",
    "yes": "Good. What would you like to see next?",
    "sorry": "No problem. What would you like to see?",
    "praise": "Good to hear. What would you like to see next?",
    "hesitation": "What would you like to see?",
}


@dataclass(frozen=True, slots=True)
class Opening:
    """The courtesies a text begins with.

    Args:
        acts: what they do, in order of appearance.
        length: how many characters of the text they take, the space after them included; all of it when nothing else
            was said.
    """

    acts: tuple[str, ...]
    length: int


def opening(text: str) -> Opening:
    """The courtesies that ``text`` begins with.

    Example:
        >>> opening("Thanks! Great, can you list the tracks?")
        Opening(acts=('thanks', 'praise'), length=15)
        >>> opening("Great Lakes by area").acts
        ()
    """
    tokens = tokenize(text)
    found: list[str] = []
    place = _pauses(tokens, 0)
    while place < len(tokens):
        act, end = _phrase(tokens, place)
        if act == "" or (act == "tail" and not found):
            break
        end = _tails(tokens, end)
        after = tokens[end] if end < len(tokens) else None
        courteous = after is None or after.lower in _BLANK or after.lower in _OPENERS or _phrase(tokens, end)[0]
        if not courteous or (act in ("about", "opinion", "choose") and after is not None and after.lower not in _BLANK):
            break
        found.append(act)
        place = _pauses(tokens, end)
    if not found:
        return Opening((), 0)
    return Opening(tuple(found), tokens[place].start if place < len(tokens) else len(text))


def without_courtesies(text: str) -> str:
    """``text`` with the courtesies before it blanked, so that every other word keeps its place.

    Example:
        >>> without_courtesies("Ok, top 3")
        '    top 3'
    """
    length = opening(text).length
    return " " * length + text[length:]


def reply_to(acts: tuple[str, ...]) -> str:
    """What is said to a turn that asks for nothing.

    Example:
        >>> reply_to(("praise", "thanks"))
        'You are welcome.'
    """
    return next(reply for act, reply in _REPLIES.items() if act in acts)


def asks_nothing(text: str) -> bool:
    """Is there nothing but courtesies in the text?

    Example:
        >>> asks_nothing("Thanks, bye!"), asks_nothing("Thanks! And per year?")
        (True, False)
    """
    found = opening(text)
    return bool(found.acts) and found.length == len(text)


def affirms(text: str) -> bool:
    """Is the text a bare "yes"?

    Example:
        >>> affirms("Yes, that's correct!"), affirms("Yes, the names")
        (True, False)
    """
    found = opening(text)
    return "yes" in found.acts and "no" not in found.acts and found.length == len(text)


@cache
def _phrases() -> dict[tuple[str, ...], str]:
    table: dict[tuple[str, ...], str] = {}
    for line in lexicon.lines("acts.txt"):
        act, _, phrases = line.partition(": ")
        for phrase in phrases.split(" | "):
            table.setdefault(tuple(token.lower for token in tokenize(phrase)), act)
    return table


def _phrase(tokens: tuple[Token, ...], place: int) -> tuple[str, int]:
    """The act of the longest phrase at ``place`` ("" for none) and where it ends."""
    words = [token.lower for token in tokens[place : place + 9]]
    for length in range(len(words), 0, -1):
        act = _phrases().get(tuple(words[:length]))
        if act is not None:
            return act, place + length
    return "", place


def _tails(tokens: tuple[Token, ...], place: int) -> int:
    act, end = _phrase(tokens, place)
    while act == "tail":
        place = end
        act, end = _phrase(tokens, place)
    return place


def _pauses(tokens: tuple[Token, ...], place: int) -> int:
    while place < len(tokens) and tokens[place].lower in _BLANK:
        place += 1
    return place
