"""A language model, any vendor's or a local one: configured by ``NOAPP_MODEL``, asked for SQL and for nothing else.

    NOAPP_MODEL=openai:gpt-5            NOAPP_MODEL=anthropic:claude-…       and the vendor's key variable, or
    NOAPP_MODEL=openai:whatever         NOAPP_MODEL_BASE_URL=http://localhost:8080/v1    for a local server

How a structured reply is asked for differs from server to server, so the methods are tried in order and the one that
worked is kept. There is a deadline over all of them, and never a request without ``max_tokens``.
"""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from workspace.errors import ModelError

SCHEMA = {
    "title": "query",
    "description": "One SQL query that answers the question.",
    "type": "object",
    "properties": {"sql": {"type": "string", "description": "One SELECT statement, or empty."}},
    "required": ["sql"],
    "additionalProperties": False,
}
METHODS = ("json_schema", "function_calling", "json_mode", "text")
# Provider as LangChain names it -> its package, and the variable its key is read from ("" for none).
PROVIDERS = {
    "openai": ("langchain_openai", "OPENAI_API_KEY"),
    "anthropic": ("langchain_anthropic", "ANTHROPIC_API_KEY"),
    "google_genai": ("langchain_google_genai", "GOOGLE_API_KEY"),
    "mistralai": ("langchain_mistralai", "MISTRAL_API_KEY"),
    "groq": ("langchain_groq", "GROQ_API_KEY"),
    "deepseek": ("langchain_deepseek", "DEEPSEEK_API_KEY"),
    "ollama": ("langchain_ollama", ""),
}
POLL = 0.05  # seconds between two looks at the stop button


class Model:
    """One configured model.

    Args:
        provider: as LangChain names it: openai, anthropic, google_genai, mistralai, ollama, …
        name: the model's name at that provider.
        base_url: of an OpenAI-compatible server; the provider's own when "".
        seconds: wall-clock deadline of one request for SQL, all attempts at it together.
        max_tokens: length of the reply at most.
    """

    def __init__(
        self, provider: str, name: str, *, base_url: str = "", seconds: float = 60.0, max_tokens: int = 1000
    ) -> None:
        self.provider = provider
        self.name = name
        self.base_url = base_url
        self.seconds = seconds
        self.max_tokens = max_tokens
        self._method = ""
        self._chat: Any = None

    def __str__(self) -> str:
        return f"{self.provider}:{self.name}"

    def missing(self, environ: Mapping[str, str] | None = None) -> ModelError | None:
        """What is not set up, or None when the model can be tried."""
        environ = os.environ if environ is None else environ
        package, key = PROVIDERS.get(self.provider, (f"langchain_{self.provider}", ""))
        if find_spec(package) is None:
            distribution = package.replace("_", "-")
            return ModelError(
                f"The model {self} needs the package {distribution}.", hint=f"Run: pip install {distribution}"
            )
        if key and not environ.get(key) and not self.base_url:
            return ModelError(f"The model {self} needs a key.", hint=f"Set the variable {key}.")
        return None

    def reachable(self, seconds: float = 2.0) -> bool:
        """Does somebody listen at ``base_url``? Nothing is asked of them."""
        import socket
        from urllib.parse import urlsplit

        address = urlsplit(self.base_url)
        port = address.port or (443 if address.scheme == "https" else 80)
        try:
            with socket.create_connection((address.hostname or "", port), timeout=seconds):
                return True
        except OSError:
            return False

    def write_sql(self, messages: Sequence[tuple[str, str]], cancelled: Callable[[], bool] | None = None) -> str:
        """The SQL the model gives for a conversation, "" when it says that it cannot.

        Its words are not trusted: the caller puts them through the guard like any other SQL.

        Raises:
            ModelError: not set up, not reachable, too slow, stopped, or no SQL in what it said.
        """
        problem = self.missing()
        if problem is not None:
            raise problem
        try:
            self._client()  # its import takes seconds on a busy machine, and is not what the deadline is about
        except Exception as problem:
            raise _plain(self, problem) from problem
        deadline = time.monotonic() + self.seconds
        box: list[str | BaseException] = []
        # In a thread of its own: a server that sends a byte now and then would never reach a read timeout.
        thread = threading.Thread(target=self._work, args=(list(messages), deadline, box), daemon=True)
        thread.start()
        while thread.is_alive():
            thread.join(POLL)
            if cancelled is not None and cancelled():
                raise ModelError(f"Stopped while waiting for {self}.")
            if time.monotonic() > deadline and not box:
                raise ModelError(f"{self} did not answer within {self.seconds:g} seconds.", hint="Ask again later.")
        outcome = box[0]
        if isinstance(outcome, BaseException):
            raise _plain(self, outcome) from outcome
        return outcome

    def _work(self, messages: list[tuple[str, str]], deadline: float, box: list[str | BaseException]) -> None:
        try:
            box.append(self._ask(messages, deadline))
        except BaseException as problem:
            box.append(problem)

    def _ask(self, messages: list[tuple[str, str]], deadline: float) -> str:
        chat = self._client()
        last: Exception | None = None
        for method in (self._method,) if self._method else METHODS:
            if time.monotonic() > deadline:
                break
            try:
                sql = _reply(chat, method, messages)
            except Exception as problem:
                if _final(problem):
                    raise
                last = problem
                continue
            if sql is not None:
                self._method = method
                return sql
        self._method = ""  # the server may have changed: try them all again next time
        raise last or ModelError(f"{self} did not answer with SQL.", hint="Another model may do better.")

    def _client(self) -> Any:
        if self._chat is None:
            from langchain.chat_models import init_chat_model

            self._chat = init_chat_model(self.name, model_provider=self.provider, **self._options())
        return self._chat

    def _options(self) -> dict[str, Any]:
        if self.provider == "ollama":
            timeout = {"timeout": self.seconds}
            return {"num_predict": self.max_tokens, "client_kwargs": timeout} | (
                {"base_url": self.base_url} if self.base_url else {}
            )
        options: dict[str, Any] = {"max_tokens": self.max_tokens, "timeout": self.seconds, "max_retries": 0}
        if self.base_url:
            options["base_url"] = self.base_url
            key = PROVIDERS.get(self.provider, ("", ""))[1]
            if key and not os.environ.get(key):
                options["api_key"] = "none"  # a local server asks for none, the client insists on one
        return options


def configured(environ: Mapping[str, str] | None = None) -> Model | None:
    """The model that ``NOAPP_MODEL`` names, None when it names none.

    Raises:
        ModelError: the variable is not ``provider:name``.

    Example:
        >>> str(configured({"NOAPP_MODEL": "openai:gpt-5"}))
        'openai:gpt-5'
        >>> configured({}) is None
        True
    """
    environ = os.environ if environ is None else environ
    text = environ.get("NOAPP_MODEL", "").strip()
    if not text:
        return None
    provider, colon, name = text.partition(":")
    if not (colon and provider and name):
        raise ModelError(f"NOAPP_MODEL is {text!r}.", hint="Write it as provider:name, for example openai:gpt-5.")
    return Model(provider, name, base_url=environ.get("NOAPP_MODEL_BASE_URL", "").strip())


def sql_in(text: str) -> str | None:
    """The SQL in what a model said: JSON, a fenced block, or a bare statement; None when there is none.

    Example:
        >>> sql_in('Sure! {"sql": "SELECT 1"}')
        'SELECT 1'
        >>> sql_in("I cannot help with that.") is None
        True
    """
    for match in re.finditer(r"\{.*\}", text, re.DOTALL):
        try:
            data = json.loads(match[0])
        except ValueError:
            continue
        if isinstance(data, dict) and isinstance(data.get("sql"), str):
            return data["sql"].strip()
    fenced = re.search(r"```(?:sql)?\s*(.+?)```", text, re.DOTALL | re.IGNORECASE)
    if fenced:
        return fenced[1].strip()
    bare = re.match(r"\s*((?:select|with)\b.+)", text, re.DOTALL | re.IGNORECASE)
    return bare[1].strip() if bare else None


def _reply(chat: Any, method: str, messages: list[tuple[str, str]]) -> str | None:
    if method == "text":
        return sql_in(str(chat.invoke(messages).text))
    outcome = chat.with_structured_output(SCHEMA, method=method, include_raw=True).invoke(messages)
    parsed = outcome.get("parsed") if isinstance(outcome, dict) else None
    if isinstance(parsed, dict) and isinstance(parsed.get("sql"), str):
        return parsed["sql"].strip()
    raw = outcome.get("raw") if isinstance(outcome, dict) else None
    return sql_in(str(raw.text)) if raw is not None else None


def _status(problem: BaseException) -> int | None:
    status = getattr(problem, "status_code", None)
    return status if isinstance(status, int) else None


def _final(problem: BaseException) -> bool:
    """Would another method meet the same problem? (No key, too many requests, nobody there, too slow.)"""
    name = type(problem).__name__.lower()
    return _status(problem) in (401, 403, 404, 408, 429) or "timeout" in name or "connect" in name


def _plain(model: Model, problem: BaseException) -> ModelError:
    """What went wrong as a sentence for a person; the vendor's words may hold anything, so they stay out."""
    if isinstance(problem, ModelError):
        return problem
    name, status = type(problem).__name__.lower(), _status(problem)
    where = f" at {model.base_url}" if model.base_url else ""
    if status in (401, 403):
        return ModelError(f"{model} did not accept the key.", hint="Check the key variable.")
    if status == 404:
        return ModelError(f"{model} is not known{where}.", hint="Check NOAPP_MODEL and NOAPP_MODEL_BASE_URL.")
    if status == 429:
        return ModelError(f"{model} takes no more requests for now.", hint="Ask again later.")
    if status is not None:
        return ModelError(f"{model} answered with HTTP {status}{where}.", hint="Ask again later.")
    if "timeout" in name:
        return ModelError(f"{model} did not answer within {model.seconds:g} seconds.", hint="Ask again later.")
    if "connect" in name:
        return ModelError(f"{model} cannot be reached{where}.", hint="Check NOAPP_MODEL_BASE_URL and the network.")
    return ModelError(f"{model} did not give a usable reply ({type(problem).__name__}).")
