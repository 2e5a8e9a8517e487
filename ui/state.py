"""What a session keeps, under typed keys, and what its address says.

The address is the place: which chat, which table, which artifact, which words are searched for. All else is passing:
what is about to be asked, which panel of an answer is open. A reload forgets it and nothing is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from workspace.server import current

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")


@dataclass(frozen=True)
class Key(Generic[T]):
    """A name in the session with the type of what is kept there."""

    name: str
    default: T

    def get(self) -> T:
        return st.session_state.get(self.name, self.default)

    def set(self, value: T) -> None:
        st.session_state[self.name] = value

    def take(self) -> T:
        """The value, which is then forgotten."""
        return st.session_state.pop(self.name, self.default)


@dataclass(frozen=True)
class Wish:
    """Something to be answered in the next run of the page.

    Args:
        kind: ``ask`` for words, ``refine`` for a plan of an answer, ``choose`` for a choice after a question back,
            ``do`` for a change of a document.
        text: the person's words, or those on the button.
        message: the answer that is refined or the question back.
        plan: for ``refine``; for ``do`` the change, as in an offer.
        index: for ``choose``.
    """

    kind: str
    text: str
    message: str = ""
    plan: Any = None
    index: int = 0


WISH: Key[Wish | None] = Key("wish", None)
SOURCE: Key[str] = Key("source", "")
LAST: Key[str] = Key("last", "")  # the newest question, for arrow up
NEWEST: Key[str] = Key("newest", "")  # the newest message, to bring it into sight
SEEN: Key[str] = Key("seen", "")  # the place that the browser was last told
BEGUN: Key[tuple[str, str]] = Key("begun", ("", ""))  # the place where a chat was begun a moment ago, and its id
PAGES: Key[Any] = Key("pages", None)


def panel(message: str) -> Key[str]:
    """Which panel below an answer is open: ``sql``, ``receipt`` or none."""
    return Key(f"panel-{message}", "")


def shape(message: str) -> Key[str]:
    """Whether an answer is shown as ``chart`` or ``table``; "" as it came."""
    return Key(f"shape-{message}", "")


def remember_pages(pages: Mapping[str, Any]) -> None:
    PAGES.set(dict(pages))


def page(name: str) -> Any:
    """The page called ``name``, for links and for going there."""
    return PAGES.get()[name]


# ----------------------------------------------------------------------------------------------------- address
def where(name: str) -> str:
    """What the address says for ``name``, "" when nothing."""
    return st.query_params.get(name, "")


def go(**place: str) -> None:
    """Change the address of this page; an empty value leaves its name out."""
    wanted = {name: value for name, value in place.items() if value}
    if wanted != st.query_params.to_dict():
        st.query_params.from_dict(wanted)
        SEEN.set(here())


def move(**changes: str) -> None:
    """As `go`, but what is not named of the address stays."""
    go(**{**st.query_params.to_dict(), **changes})


def open_chat(chat: str) -> None:
    """Have the address name the chat ``chat``."""
    BEGUN.set((here(), chat))
    move(chat=chat)


def named_chat() -> str:
    """The chat that the address names, "" for none.

    A click in the moment after a chat was begun still tells the address from before; it is that chat, too.
    """
    place, chat = BEGUN.get()
    if chat and place == here():
        move(chat=chat)
    return where("chat")


def show_address() -> None:
    """Have the browser show the address of this run, which it does not by itself after a link to the page one is on.

    Before the page is drawn, for what is told late is told over the address that a quick reader has gone on to. Not
    when the page was just opened there, or the person went back or forward: then the browser knows it already.
    """
    place, before = here(), SEEN.get()
    if place == before:
        return
    SEEN.set(place)
    if before and not getattr(get_script_run_ctx(), "is_history_navigation", False):
        st.query_params.from_dict(st.query_params.to_dict())


def here() -> str:
    """This page and its address, as one text."""
    run = get_script_run_ctx()
    return f"{run.page_script_hash if run else ''} {sorted(st.query_params.to_dict().items())}"


def origin() -> str:
    """What links begin with that people pass on: as the operator said it, else as this reader's browser has it.

    Links within the workspace have no host: they lead where their reader is.
    """
    from urllib.parse import urlsplit

    workspace, parts = current(), urlsplit(st.context.url or "")
    return workspace.served.public or (f"{parts.scheme}://{parts.netloc}" if parts.netloc else workspace.url)
