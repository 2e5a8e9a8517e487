"""Where a workspace is, or was last, served: two lines in its folder, so that what runs beside the server says it too.

The one is where the server listens. The other is the address under which people reach it, where that is another one: a
proxy with a name and a certificate stands in front of it. Only its operator knows it, and says it.
"""

from __future__ import annotations

import contextlib
import os
import re
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from workspace.errors import ServeError

FILE = "address"
VARIABLE = "NOAPP_URL"
DEFAULT = "http://localhost:8501"
_PORTS = {"http": 80, "https": 443}
_EXAMPLE = "Write it as https://data.example.org."
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a workspace is served; base URLs, without a slash at their end.

    Args:
        listens: where its server answers on this machine.
        public: where people reach it, "" where its operator said nothing.
    """

    listens: str = DEFAULT
    public: str = ""

    @property
    def links(self) -> str:
        """What every link begins with."""
        return self.public or self.listens


def kept(folder: Path) -> Address:
    """The address that a server left in that folder, the default one where none did."""
    try:
        lines = (folder / FILE).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        lines = []
    listens, public = (line.strip() for line in [*lines, "", ""][:2])
    try:
        public = web_address(public) if public else ""
    except ServeError:
        public = ""
    return Address(listens.rstrip("/") if listens.startswith(("http://", "https://")) else DEFAULT, public)


def found(folder: Path) -> Address:
    """As `kept`, with what ``$NOAPP_URL`` says. Raises `ServeError`."""
    left = kept(folder)
    return Address(left.listens, configured() or left.public)


def keep(folder: Path, address: Address) -> None:
    """Remember an address; a folder that cannot be written is no reason not to serve."""
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE).write_text(f"{address.listens}\n{address.public}".rstrip(), encoding="utf-8")


def configured() -> str:
    """The public address that ``$NOAPP_URL`` says, "" where it says none. Raises `ServeError`."""
    given = os.environ.get(VARIABLE, "")
    try:
        return web_address(given) if given.strip() else ""
    except ServeError as problem:
        raise ServeError(f"{VARIABLE}: {problem.message}", hint=problem.hint) from None


def web_address(text: str) -> str:
    """An address under which people reach a workspace, as browsers write it and without a slash at its end.

    Raises:
        ServeError: it is none, or says more than a host and a port.

    Example:
        >>> web_address("HTTPS://Data.Example.org:443/"), web_address("http://[::1]:8501")
        ('https://data.example.org', 'http://[::1]:8501')
    """
    given = text.strip()
    shown = repr(re.sub("//[^/]*@", "//…@", given)[:100])  # what stands before an @ may be a password
    try:
        parts = urlsplit(given)
        port, name = parts.port, host_name(parts.hostname or "")
    except ValueError:  # of the port or of an address in brackets
        raise ServeError(f"{shown} is no address of the web.", hint=_EXAMPLE) from None
    scheme = parts.scheme
    if scheme not in _PORTS or not parts.netloc:
        raise ServeError(f"{shown} is no address that begins with http:// or https:// and a host.", hint=_EXAMPLE)
    if "@" in parts.netloc:
        raise ServeError(
            "The address holds a user name, which every link would show.", hint="Leave out what stands before the @."
        )
    if not name or port == 0 or re.search(r"[\s\x00-\x1f\x7f]", given):
        raise ServeError(f"{shown} names no host or port that people could reach.", hint=_EXAMPLE)
    if "?" in given or "#" in given:
        raise ServeError(f"{shown} has a query or a fragment.", hint=f"Leave out what comes after the host. {_EXAMPLE}")
    if parts.path.strip("/"):
        raise ServeError(
            f"{shown} leads below a path, and a workspace is served at the top of a host only.",
            hint="Give it a host name of its own, such as https://data.example.org.",
        )
    host = f"[{name}]" if ":" in name else name
    return f"{scheme}://{host}" + (f":{port}" if port not in (None, _PORTS[scheme]) else "")


def host_name(text: str) -> str:
    """A name or an IP address of a host as browsers send it, "" for what is none.

    Example:
        >>> host_name("Bücher.Example."), host_name("[2001:DB8:0::1]"), host_name("a b")
        ('xn--bcher-kva.example', '2001:db8::1', '')
    """
    name = text.strip().lower().removesuffix(".")
    with contextlib.suppress(ValueError):
        address = ip_address(name[1:-1] if name[:1] + name[-1:] == "[]" else name)
        return "" if "%" in name or address.is_unspecified else str(address)
    with contextlib.suppress(UnicodeError):
        name = name if name.isascii() else name.encode("idna").decode()
        return name if _NAME.fullmatch(name) and len(name) <= 253 else ""
    return ""
