"""A provider that hangs, drips or lies about where it is keeps nobody else waiting; a wrong setting stops the start."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from app import config
from app.config import SettingsError
from app.security import oidc_provider
from app.security.oidc_provider import Provider, ProviderAwayError
from tests.receivers import raw


def asks(port: int) -> str:
    """What comes of asking it for its description."""
    try:
        Provider(f"http://127.0.0.1:{port}", "whyscore", "", "x").description()
    except ProviderAwayError as error:
        return str(error)
    return "answered"


def drips(connection: socket.socket) -> None:
    connection.recv(4_096)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(200):
        connection.sendall(b"{")
        time.sleep(0.05)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\x00\xff",
        b"HTTP/1.1 200 OK\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull",
        b"HTTP/1.1 200 " + b"x" * 100_000,
    ],
)
def test_whatever_bytes_it_says_it_is_away_and_no_fault_of_ours(said: bytes) -> None:
    def speak(connection: socket.socket) -> None:
        connection.recv(4_096)
        connection.sendall(said)

    with raw(speak) as port:
        assert asks(port) != "answered"


def test_an_answer_that_drips_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oidc_provider, "WHOLE", 0.3)
    with raw(drips) as port:
        begun = time.monotonic()

        assert asks(port) != "answered"
        assert time.monotonic() - begun < 3


@pytest.fixture
def hanging() -> Iterator[Provider]:
    """One that takes connections and says nothing until the test is over."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield Provider(f"http://127.0.0.1:{listening.getsockname()[1]}", "whyscore", "", "x")
        over.set()


def test_one_that_hangs_keeps_two_threads_waiting_and_no_third(
    hanging: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc_provider, "STEP", 3.0)

    def ask() -> None:
        with pytest.raises(ProviderAwayError):
            hanging.description()

    waiting = [threading.Thread(target=ask) for _ in range(oidc_provider.AT_ONCE)]
    for thread in waiting:
        thread.start()
    time.sleep(0.2)
    begun = time.monotonic()

    with pytest.raises(ProviderAwayError, match="others wait"):
        hanging.description()

    assert time.monotonic() - begun < 2
    for thread in waiting:
        thread.join()


@pytest.mark.parametrize(
    ("address", "is_safe"),
    [
        ("https://login.example.com/realms/x", True),
        ("https://login.example.com:8443", True),
        ("http://127.0.0.1:8080", True),
        ("http://localhost", True),
        ("http://[::1]:8080", True),
        ("http://login.example.com", False),
        ("http://127.0.0.1.evil.example", False),
        ("http://localhost@evil.example", False),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("https://", False),
        ("https://example.com:port", False),
        ("//example.com", False),
        ("", False),
    ],
)
def test_secrets_go_by_https_or_stay_on_this_machine(address: str, is_safe: bool) -> None:
    assert oidc_provider.is_safe(address) is is_safe


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"OIDC_ISSUER": "http://login.example.com", "OIDC_CLIENT_ID": "x"}, "OIDC_ISSUER must look like https://"),
        ({"OIDC_ISSUER": "login.example.com", "OIDC_CLIENT_ID": "x"}, "OIDC_ISSUER must look like https://"),
        ({"OIDC_ISSUER": "https://login.example.com?x=1", "OIDC_CLIENT_ID": "x"}, "OIDC_ISSUER must look like"),
        ({"OIDC_ISSUER": "https://login.example.com"}, "OIDC_ISSUER and OIDC_CLIENT_ID are set together"),
        ({"OIDC_CLIENT_ID": "x"}, "OIDC_ISSUER and OIDC_CLIENT_ID are set together"),
        ({"OIDC_DOMAINS": "example.com,*"}, "OIDC_DOMAINS must name domains"),
        ({"OIDC_DOMAINS": "com"}, "OIDC_DOMAINS must name domains"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_names_itself(
    settings: dict[str, str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError, match=says):
        config.load()


def test_what_is_left_out_has_a_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OIDC_ISSUER", "https://login.example.com/realms/x")
    monkeypatch.setenv("OIDC_CLIENT_ID", "whyscore")
    monkeypatch.setenv("OIDC_DOMAINS", "Example.com, @example.org")

    found = config.load()

    assert (found["OIDC_NAME"], found["OIDC_CLIENT_SECRET"]) == ("login.example.com", "")
    assert found["OIDC_DOMAINS"] == ["example.com", "example.org"]


def test_the_secret_stands_in_no_text_about_the_provider() -> None:
    assert "hush" not in repr(Provider("https://login.example.com", "whyscore", "hush", "x"))
