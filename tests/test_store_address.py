"""Where a workspace is served, and under which address people reach it: what is kept of it, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from workspace.errors import ServeError
from workspace.store.address import DEFAULT, FILE, Address, configured, found, host_name, keep, kept, web_address


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("https://data.example.org", "https://data.example.org"),
        ("  https://data.example.org/ \n", "https://data.example.org"),
        ("HTTPS://Data.Example.ORG.:443/", "https://data.example.org"),
        ("http://data.example.org:80", "http://data.example.org"),
        ("http://data.example.org:443", "http://data.example.org:443"),
        ("https://data.example.org:8443", "https://data.example.org:8443"),
        ("https://data.example.org:", "https://data.example.org"),
        ("https://daten.bücher.example", "https://daten.xn--bcher-kva.example"),
        ("http://10.0.0.7:8501", "http://10.0.0.7:8501"),
        ("http://[2001:DB8:0::1]:8501/", "http://[2001:db8::1]:8501"),
        ("https://data", "https://data"),
    ],
)
def test_an_address_is_written_as_browsers_write_it(given: str, address: str) -> None:
    assert web_address(given) == address
    assert web_address(address) == address


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "begins with http"),
        ("data.example.org", "begins with http"),
        ("data.example.org:8443", "begins with http"),
        ("//data.example.org", "begins with http"),
        ("ftp://data.example.org", "begins with http"),
        ("javascript:alert(1)", "begins with http"),
        ("https://", "begins with http"),
        ("https:///a", "begins with http"),
        ("https://data.example.org/noapp", "served at the top of a host"),
        ("https://data.example.org?x=1", "a query or a fragment"),
        ("https://data.example.org/?", "a query or a fragment"),
        ("https://data.example.org#top", "a query or a fragment"),
        ("https://data.example.org:0", "no host or port"),
        ("https://data.example.org:99999", "no address of the web"),
        ("https://data.example.org:port", "no address of the web"),
        ("https://[::1", "no address of the web"),
        ("https://[fe80::1%25eth0]", "no host or port"),
        ("https://0.0.0.0:8501", "no host or port"),
        ("https://*.example.org", "no host or port"),
        ("https://data example.org", "no host or port"),
        ("https://data\n.example.org", "no host or port"),
        ('https://data"><script>', "no host or port"),
        ("https://a..b", "no host or port"),
        ("https://" + "a." * 130 + "org", "no host or port"),
    ],
)
def test_what_is_none_is_said_with_what_to_do(given: str, said: str) -> None:
    with pytest.raises(ServeError, match=said) as problem:
        web_address(given)
    assert problem.value.message.endswith(".") and problem.value.hint.endswith(".")


@pytest.mark.parametrize("given", ["https://ada:s3cret@data.example.org", "ftp://ada:s3cret@h", "http://a:s3cret@h:x"])
def test_a_password_in_it_is_not_repeated(given: str) -> None:
    with pytest.raises(ServeError) as problem:
        web_address(given)
    assert "s3cret" not in str(problem.value)


def test_a_host() -> None:
    assert host_name("LOCALHOST.") == "localhost" and host_name("[::1]") == "::1"
    assert [host_name(text) for text in ("", "::", "a b", "*", "é" * 99, "a:80", "[::1")] == [""] * 7


def test_it_is_kept_beside_what_the_server_listens_at(tmp_path: Path) -> None:
    place = tmp_path / "folder"
    assert kept(place) == Address() and kept(place).links == DEFAULT
    for address in (
        Address("http://localhost:9000", "https://data.example.org"),
        Address("http://localhost:9000"),
        Address("http://[fe80::1%eth0]:9000"),
    ):
        keep(place, address)
        assert kept(place) == address
    assert kept(place).links == "http://[fe80::1%eth0]:9000"
    assert Address("http://localhost:9000", "https://data.example.org").links == "https://data.example.org"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("http://host:1234/", Address("http://host:1234")),
        ("http://host:1234/\n\n", Address("http://host:1234")),
        ("javascript:alert(1)\nhttps://data.example.org", Address(DEFAULT, "https://data.example.org")),
        ("http://host:1234\njavascript:alert(1)", Address("http://host:1234")),
        ("", Address()),
    ],
)
def test_what_somebody_wrote_there_is_used_as_far_as_it_is_one(tmp_path: Path, text: str, address: Address) -> None:
    (tmp_path / FILE).write_text(text)
    assert kept(tmp_path) == address


def test_the_environment_counts_more_than_what_was_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOAPP_URL", raising=False)
    keep(tmp_path, Address("http://localhost:9000", "https://old.example.org"))
    assert configured() == "" and found(tmp_path).links == "https://old.example.org"
    monkeypatch.setenv("NOAPP_URL", " ")
    assert configured() == ""
    monkeypatch.setenv("NOAPP_URL", "https://data.example.org/")
    assert found(tmp_path) == Address("http://localhost:9000", "https://data.example.org")
    monkeypatch.setenv("NOAPP_URL", "data.example.org")
    with pytest.raises(ServeError, match=r"^NOAPP_URL: 'data.example.org' is no address"):
        found(tmp_path)
