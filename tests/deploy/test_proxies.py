"""nginx and Caddy, started with the files of deploy/ in front of the real gunicorn."""

from __future__ import annotations

import re
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.models import Response, Work
from app.services import surveys, users
from tests.deploy.proxies import HOST, PROGRAMS, Proxy, prepared, running
from tests.journeys.site import Site
from tests.pages.reader import PASSWORD
from tests.pages.reading import Page
from tests.receivers import raw

FORM = "application/x-www-form-urlencoded"
SLOW = 20  # people who send slowly: more than the threads there are
THREADS = 8


@pytest.fixture(scope="module", params=PROGRAMS)
def name(request: pytest.FixtureRequest) -> str:
    """Which proxy."""
    if not PROGRAMS[request.param]:
        pytest.skip(f"{request.param} is not on this machine")
    return str(request.param)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Whyscore as it is set up behind a proxy."""
    settings = {"BASE_URL": f"https://{HOST}", "TRUSTED_HOSTS": f"{HOST},127.0.0.1", "PROXY_COUNT": "1"}
    with Site(tmp_path_factory.mktemp("behind"), **settings) as site:
        with site.inside():
            survey = surveys.create("shop", "Shop")
            users.join(users.create("ann@example.com", PASSWORD), survey, "editor")
        yield site


@pytest.fixture(scope="module")
def proxy(name: str, site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """The proxy in front of it."""
    with running(prepared(name, tmp_path_factory.mktemp(name), site.port)) as proxy:
        yield proxy


def test_the_program_takes_its_file(name: str, tmp_path: Path) -> None:
    proxy = prepared(name, tmp_path, 1)

    done = subprocess.run(proxy.command(is_test=True), capture_output=True, text=True, env=proxy.environment)

    assert done.returncode == 0, done.stderr
    assert not re.search(r"\[warn\]|\"warn\".*\"caddyfile\"", done.stderr), done.stderr


def test_an_answer_is_stored_through_it_over_tls(site: Site, proxy: Proxy) -> None:
    status, headers, text = proxy.ask("GET", "/w/shop", Accept_Language="en")
    form = Page(text)
    assert status == 200
    assert headers["strict-transport-security"].startswith("max-age=")

    words = f"The invoice was wrong, says {proxy.name}"
    body = urlencode(form.fields | {"score": "3", "comment": words}).encode()
    sent, more, _ = proxy.ask("POST", form.action or "", body, Content_Type=FORM)

    assert sent == 303
    assert more["location"].startswith(("/w/shop/", f"https://{HOST}/w/shop/"))
    with site.inside():
        assert words in db.session.scalars(sa.select(Response.comment))


def test_whoever_comes_without_tls_is_sent_to_it(proxy: Proxy) -> None:
    with socket.create_connection(("127.0.0.1", proxy.plain), 10) as wire:
        wire.sendall(f"GET /w/shop HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
        answer = wire.recv(4_096).decode()

    assert answer.split()[1] in {"301", "308"}
    assert f"https://{HOST}" in answer


def test_nginx_sends_nobody_to_a_host_that_the_visitor_names(proxy: Proxy) -> None:
    if proxy.name != "nginx":
        pytest.skip("Caddy sends to the host it was asked for, which no page of somebody else can choose")
    with socket.create_connection(("127.0.0.1", proxy.plain), 10) as wire:
        wire.sendall(b"GET /w/shop HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n")

        assert "elsewhere.example" not in wire.recv(4_096).decode()


def test_what_the_client_says_of_itself_is_replaced(name: str, tmp_path: Path) -> None:
    got: list[bytes] = []

    def speak(connection: socket.socket) -> None:
        got.append(connection.recv(65_536))
        connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    with raw(speak) as upstream, running(prepared(name, tmp_path, upstream)) as proxy:
        forged = {"X_Forwarded_For": "203.0.113.9", "X_Forwarded_Proto": "http"}
        assert proxy.ask("GET", "/w/shop", **forged)[0] == 204

    said = dict(re.findall(r"^(x-forwarded-\w+|host): (.*)\r$", got[0].decode().lower(), re.MULTILINE))
    assert said["x-forwarded-for"] == "127.0.0.1"
    assert said["x-forwarded-proto"] == "https"
    assert said["host"] == HOST


def test_the_numbers_stay_inside(name: str, tmp_path: Path) -> None:
    asked: list[bytes] = []

    with raw(lambda wire: asked.append(wire.recv(1))) as upstream, running(prepared(name, tmp_path, upstream)) as proxy:
        assert proxy.ask("GET", "/metrics")[0] == 404
        assert proxy.ask("GET", "/metrics?all", Authorization="Bearer guessed")[0] == 404

    assert asked == []


def test_a_large_import_passes(site: Site, proxy: Proxy) -> None:
    cookies: dict[str, str] = {}

    def visit(method: str, path: str, body: bytes | None = None, kind: str = FORM) -> tuple[int, Page]:
        cookie = "; ".join(f"{one}={value}" for one, value in cookies.items())
        referer = f"https://{HOST}/"
        status, headers, text = proxy.ask(method, path, body, Content_Type=kind, Cookie=cookie, Referer=referer)
        if "set-cookie" in headers:
            assert headers["set-cookie"].startswith("__Host-session=")
            assert "Secure" in headers["set-cookie"]
            one, _, value = headers["set-cookie"].partition(";")[0].partition("=")
            cookies[one] = value
        return status, Page(text)

    _, login = visit("GET", "/login")
    given = {"email": "ann@example.com", "password": PASSWORD}
    assert visit("POST", "/login", urlencode(login.fields | given).encode())[0] in {302, 303}
    _, data = visit("GET", "/surveys/shop/data")
    lines = b"".join(b"%d,The app crashed for the %d. time\n" % (number % 11, number) for number in range(60_000))
    parts = {"csrf_token": data.fields["csrf_token"].encode(), 'file"; filename="a.csv': b"score,comment\n" + lines}
    body = b"".join(
        b'--cut\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (part.encode(), content)
        for part, content in parts.items()
    )
    assert len(body) > 2_000_000

    assert (
        visit("POST", "/surveys/shop/data/import", body + b"--cut--\r\n", "multipart/form-data; boundary=cut")[0] == 303
    )

    with site.inside():
        assert db.session.scalars(sa.select(Work.kind)).first() == "import"


def slow(connection: socket.socket | ssl.SSLSocket) -> None:
    """Somebody whose line is so slow that most of the answer is still on its way."""
    connection.sendall(
        f"POST /w/shop/send/abc HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: {FORM}\r\n"
        "Content-Length: 5000\r\n\r\nscore=3&comment=".encode()
    )


def test_slow_senders_occupy_no_worker(site: Site, proxy: Proxy) -> None:
    with ExitStack() as stack:
        for _ in range(SLOW):
            slow(stack.enter_context(proxy.connect()))
        answered = threading.Event()

        def ask() -> None:
            if proxy.ask("GET", "/w/shop")[0] == 200:
                answered.set()

        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        assert answered.wait(5)
        asking.join()


def test_without_a_proxy_they_would(site: Site) -> None:
    with ExitStack() as stack:
        for _ in range(SLOW):
            slow(stack.enter_context(socket.create_connection(("127.0.0.1", site.port), 5)))
        wire = stack.enter_context(socket.create_connection(("127.0.0.1", site.port), 5))
        wire.settimeout(1)
        wire.sendall(f"GET /healthz HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())

        with pytest.raises(TimeoutError):
            wire.recv(1)
