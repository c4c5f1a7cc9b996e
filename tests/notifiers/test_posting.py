"""A POST ends, whatever the other side does, goes where it was checked to go, and says in a short word what was."""

from __future__ import annotations

import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from email.utils import formatdate
from pathlib import Path

import pytest

from app.notifiers import posting
from app.notifiers.addresses import Policy
from app.notifiers.results import NotSent, Sent
from tests.notifiers.hostile import INSIDE, REFUSED, rebinding, resolver
from tests.receivers import Receiver, free_port, raw, receiver

OWN = Policy(loopback=True)


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as mine:
        yield mine


def post(url: str, policy: Policy = OWN) -> Sent | NotSent:
    return posting.post(url, {"Content-Type": "application/json"}, b"{}", policy)


def test_the_bytes_arrive_as_they_are(hook: Receiver) -> None:
    assert post(f"{hook.url}?sig=%2F") == Sent(204)

    got = hook.got[0]
    assert (got.path, got.body, got.headers["Content-Type"]) == ("/hook?sig=%2F", b"{}", "application/json")
    assert got.headers["Host"] == hook.url.split("/")[2]


@pytest.mark.parametrize(
    ("status", "headers", "outcome"),
    [
        (200, {}, Sent(200)),
        (202, {}, Sent(202)),
        (301, {"Location": "http://127.0.0.1:1/"}, NotSent("status 301", 301)),
        (307, {"Location": "http://127.0.0.1:1/"}, NotSent("status 307", 307)),
        (400, {}, NotSent("status 400", 400)),
        (404, {}, NotSent("status 404", 404)),
        (410, {}, NotSent("status 410", 410, is_gone=True)),
        (429, {"Retry-After": "120"}, NotSent("status 429", 429, wait=120.0)),
        (503, {"Retry-After": "86400"}, NotSent("status 503", 503, wait=86_400.0)),
        (503, {"Retry-After": "99999999999999999999"}, NotSent("status 503", 503, wait=86_400.0)),
        (429, {"Retry-After": "banana"}, NotSent("status 429", 429)),
        (429, {"Retry-After": "-5"}, NotSent("status 429", 429)),
        (429, {"Retry-After": "Mon, 99 Foo 2026"}, NotSent("status 429", 429)),
        (429, {"Retry-After": formatdate(0, usegmt=True)}, NotSent("status 429", 429)),
        (500, {"Retry-After": "120"}, NotSent("status 500", 500)),
    ],
)
def test_the_status_says_what_became_of_it(
    hook: Receiver, status: int, headers: dict[str, str], outcome: Sent | NotSent
) -> None:
    hook.answers = lambda _got: (status, headers)

    assert post(hook.url) == outcome
    assert len(hook.got) == 1


def test_a_date_to_come_back_at_is_honoured(hook: Receiver) -> None:
    hook.says(429, Retry_After=formatdate(time.time() + 600, usegmt=True))

    outcome = post(hook.url)

    assert isinstance(outcome, NotSent)
    assert 595 < (outcome.wait or 0) <= 600


def test_a_redirect_is_not_followed(hook: Receiver) -> None:
    with receiver() as other:
        hook.says(302, Location=other.url)
        post(hook.url)

        assert other.got == []


def test_no_proxy_of_the_environment_is_asked(hook: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")

    assert post(hook.url) == Sent(204)


def drips(first: bytes) -> Callable[[socket.socket], None]:
    def speak(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(first)
        for _ in range(100):
            connection.sendall(b"x")
            time.sleep(0.05)

    return speak


def says(answer: bytes) -> Callable[[socket.socket], None]:
    def speak(connection: socket.socket) -> None:
        while b"{}" not in connection.recv(65_536):
            continue
        connection.sendall(answer)

    return speak


def is_silent(connection: socket.socket) -> None:
    connection.recv(65_536)
    time.sleep(5)


@pytest.mark.parametrize(
    ("speak", "outcome"),
    [
        (is_silent, NotSent("timeout")),
        (drips(b"HTTP/1.1 "), NotSent("timeout")),
        (drips(b"HTTP/1.1 200 OK\r\nX-Long: "), NotSent("timeout")),
        (drips(b"HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\n"), Sent(200)),
        (says(b""), NotSent("connection lost")),
        (says(b"220 mail.example.com ESMTP\r\n"), NotSent("not an answer in HTTP")),
        (says(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500), NotSent("not an answer in HTTP")),
        (says(b"HTTP/1.1 200 " + b"x" * 200_000), NotSent("not an answer in HTTP")),
        (says(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhal"), Sent(200)),
    ],
    ids=["silent", "drips a status", "drips a header", "5 GB", "closes", "SMTP", "headers", "long line", "cut off"],
)
def test_whatever_a_receiver_does_it_ends(
    monkeypatch: pytest.MonkeyPatch, speak: Callable[[socket.socket], None], outcome: Sent | NotSent
) -> None:
    monkeypatch.setattr(posting, "WHOLE", 0.5)
    begun = time.monotonic()

    with raw(speak) as port:
        assert post(f"http://127.0.0.1:{port}/") == outcome
        assert time.monotonic() - begun < 2


@contextmanager
def deaf() -> Iterator[int]:
    """A port of all own addresses where nobody takes a connection and none waits any more."""
    with ExitStack() as held:
        listening = held.enter_context(socket.create_server(("", 0), backlog=0))
        port: int = listening.getsockname()[1]
        for _ in range(3):
            waiting = held.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", port))
        yield port


def test_where_nobody_listens_the_connection_is_refused() -> None:
    assert post(f"http://127.0.0.1:{free_port()}/") == NotSent("connection refused")


def test_a_name_of_many_deaf_addresses_ends_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "WHOLE", 0.5)
    monkeypatch.setattr(posting, "CONNECT", 0.3)
    many = [f"127.0.0.{last}" for last in range(1, 11)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda _host, port, **_: [(2, 1, 6, "", (one, port)) for one in many])

    with deaf() as port:
        begun = time.monotonic()
        assert post(f"http://hooks.example.com:{port}/") == NotSent("timeout")
        assert time.monotonic() - begun < 1


def test_an_unknown_name_is_tried_again() -> None:
    assert post("https://nobody.invalid/") == NotSent("name not found")


@pytest.mark.parametrize("url", REFUSED, ids=ascii)
def test_what_is_refused_is_not_called(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolver({}, "93.184.216.34"))

    assert post(url, Policy()) == NotSent("refused address")


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_not_called(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolver({}, address))

    assert post("https://hooks.example.com/", Policy()) == NotSent("refused address")


def test_a_name_that_changes_its_mind_is_asked_once_and_held_to_its_word(
    hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve, asked = rebinding("127.0.0.1", "10.0.0.1")
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    port = hook.url.split(":")[2].split("/")[0]

    assert post(f"http://hooks.example.com:{port}/hook") == Sent(204)
    assert asked == ["hooks.example.com"]
    assert hook.got[0].headers["Host"] == f"hooks.example.com:{port}"


def test_a_public_name_that_turns_inwards_never_gets_there(hook: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    resolve, asked = rebinding("203.0.114.1", "127.0.0.1")
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(posting, "CONNECT", 0.2)
    port = int(hook.url.split(":")[2].split("/")[0])

    outcome = post(f"https://hooks.example.com:{port}/hook", Policy(frozenset({port})))

    assert isinstance(outcome, NotSent)
    assert (outcome.reason == "refused address", hook.got, asked) == (False, [], ["hooks.example.com"])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of hooks.example.com, signed by itself."""
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
               "/CN=hooks.example.com", "-addext", "subjectAltName=DNS:hooks.example.com",
               "-keyout", str(file.with_suffix(".key")), "-out", str(file.with_suffix(".crt"))]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    return file


def over_tls(certificate: Path) -> Callable[[socket.socket], None]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.with_suffix(".crt"), certificate.with_suffix(".key"))

    def speak(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            while b"{}" not in secured.recv(65_536):
                continue
            secured.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    return speak


@pytest.mark.parametrize(
    ("trusted", "host", "outcome"),
    [
        (True, "hooks.example.com", Sent(204)),
        (True, "other.example.com", NotSent("tls: certificate not trusted")),
        (False, "hooks.example.com", NotSent("tls: certificate not trusted")),
    ],
)
def test_tls_is_held_to_the_name_and_to_who_signed(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, trusted: bool, host: str, outcome: Sent | NotSent
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolver({}, "127.0.0.1"))
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_suffix(".crt")))
    posting._tls.cache_clear()

    with raw(over_tls(certificate)) as port:
        assert post(f"https://{host}:{port}/") == outcome
    posting._tls.cache_clear()


def test_what_speaks_no_tls_gets_nothing(hook: Receiver) -> None:
    assert post(hook.url.replace("http://", "https://")) == NotSent("tls")
    assert hook.got == []
