"""Behind a real proxy with TLS, set up as the README says: the chat works, and what it shows leads back through it."""

from __future__ import annotations

import re
import shutil
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.serving import ROOT, free_port, kept_pages, served

HOST = "data.localhost"  # browsers take every name below localhost for this machine
PASSWORD = "three blue herons"
AROUND = """\
daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;
events {{}}
http {{
    access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    {server}
}}
"""


def configuration(folder: Path, port: int, behind: int) -> str:
    """The README's, with the names and ports of this test; each of its own is there exactly once."""
    (server,) = re.findall(r"```nginx\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    for written, here in {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "data.example.org": HOST,
        "/etc/ssl/data.pem": f"{folder}/cert.pem",
        "/etc/ssl/data.key": f"{folder}/key.pem",
        "127.0.0.1:8501": f"127.0.0.1:{behind}",
    }.items():
        assert server.count(written) == 1, written
        server = server.replace(written, here)
    return AROUND.format(folder=folder, server=server)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The public address of a server behind nginx."""
    nginx, openssl = shutil.which("nginx") or shutil.which("/usr/sbin/nginx"), shutil.which("openssl")
    if nginx is None or openssl is None:
        pytest.skip("nginx or openssl is not installed; on Debian: apt-get install nginx-light openssl")
    folder = tmp_path_factory.mktemp("proxy")
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}",
         "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    shop, port = folder / "shop.sqlite", free_port()
    public = f"https://{HOST}:{port}"
    kept = kept_pages(shop, {"Purchases": "how many purchases are there"})
    with served(shop, kept, NOAPP_URL=public) as local:
        text = configuration(folder, port, int(local.rpartition(":")[2]))
        (folder / "nginx.conf").write_text(text, encoding="utf-8")
        process = subprocess.Popen([nginx, "-c", folder / "nginx.conf", "-p", folder], stderr=subprocess.PIPE)
        try:
            _wait(process, port)
            yield public
        finally:
            process.terminate()
            process.communicate(timeout=20)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    trusting = ssl._create_unverified_context()
    for _ in range(200):
        assert process.poll() is None, process.communicate()[1]
        try:
            asked = urllib.request.Request(f"https://127.0.0.1:{port}/healthz", headers={"Host": f"{HOST}:{port}"})
            with urllib.request.urlopen(asked, timeout=5, context=trusting):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("The proxy did not start")


def test_a_question_a_pin_and_a_share_through_the_proxy(place: str, open_page: Callable[..., Any]) -> None:
    page = open_page(place, ignore_https_errors=True)
    box = page.get_by_role("textbox").first
    box.fill("how many customers are there")
    box.press("Enter")
    page.get_by_role("button", name="Pin").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Pin").click()
    link = page.get_by_label("Link to share")
    link.wait_for()
    assert re.fullmatch(re.escape(place) + r"/a/[a-z-]+", link.input_value())
    page.goto(link.input_value())
    assert "4" in page.locator("main").inner_text()
    assert [cookie["secure"] for cookie in page.context.cookies()] == [True]

    page.goto(f"{place}/library?q=Purchases")
    page.get_by_role("button", name="Share").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_label("Password").press("Tab")
    dialog.get_by_role("button", name="Make link").click()
    made = dialog.get_by_label("Link to share")
    made.wait_for()
    reader = open_page(made.input_value(), width=390, ignore_https_errors=True)
    reader.get_by_label("Password").fill(PASSWORD)
    reader.get_by_role("button", name="Open").click()
    reader.get_by_role("heading", name="Purchases").first.wait_for()
    assert reader.url == f"{made.input_value()}/document" and reader.url.startswith(f"{place}/s/")
    (proof,) = reader.context.cookies()
    assert proof["secure"] and proof["httpOnly"]
