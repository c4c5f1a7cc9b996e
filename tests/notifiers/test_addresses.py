"""A URL that somebody gives leads out of the house, or is not called. One table, the same as on every way to a call."""

from __future__ import annotations

import socket
from contextlib import nullcontext
from typing import Any

import pytest

from app.notifiers import addresses
from app.notifiers.addresses import Policy, RefusedAddress
from tests.notifiers.hostile import INSIDE, REFUSED, resolver

OUTSIDE = Policy()


@pytest.mark.parametrize("url", REFUSED, ids=ascii)
def test_what_leads_inside_or_elsewhere_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolver({}, "93.184.216.34"))

    with pytest.raises(RefusedAddress) as refused:
        addresses.check(url, OUTSIDE)

    assert len(url) < 12 or url not in str(refused.value)


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_stands_for_an_address_inside_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolver({}, address))

    with pytest.raises(RefusedAddress, match="private network"):
        addresses.check("https://hooks.example.com/x", OUTSIDE)


@pytest.mark.parametrize("address", INSIDE)
def test_one_address_inside_is_enough(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolver({}, "93.184.216.34", address))

    with pytest.raises(RefusedAddress, match="private network"):
        addresses.check("https://hooks.example.com/x", OUTSIDE)


PUBLIC: dict[str, tuple[str, int, str]] = {
    "https://hooks.example.com/x": ("hooks.example.com", 443, "/x"),
    "https://hooks.example.com": ("hooks.example.com", 443, "/"),
    "HTTPS://Hooks.Example.COM:8443/a?b=c&sig=%2F": ("hooks.example.com", 8443, "/a?b=c&sig=%2F"),
    "https://xn--bcher-kva.example/x": ("xn--bcher-kva.example", 443, "/x"),
    "https://93.184.216.34/x": ("93.184.216.34", 443, "/x"),
    "https://[2606:2800:220:1::1]:443/x": ("2606:2800:220:1::1", 443, "/x"),
}


@pytest.mark.parametrize("url", PUBLIC)
def test_what_leads_out_is_called_where_its_name_stood_for(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolver({}, "93.184.216.34", "2606:2800:220:1::1"))

    target = addresses.check(url, OUTSIDE)

    assert (target.host, target.port, target.path) == PUBLIC[url]
    assert target.addresses == ("93.184.216.34", "2606:2800:220:1::1")


def test_an_unknown_name_is_another_reason_than_a_refused_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_asked: Any, **_more: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    with pytest.raises(addresses.UnknownName):
        addresses.check("https://hooks.example.com/x", OUTSIDE)


@pytest.mark.parametrize(
    ("url", "is_called"),
    [
        ("http://127.0.0.1:9/x", True),
        ("http://localhost:9/x", True),
        ("https://[::1]:9/x", True),
        ("http://hooks.example.com/x", False),
        ("https://hooks.example.com:9/x", False),
        ("https://10.0.0.1/x", False),
        ("http://169.254.169.254/x", False),
    ],
)
def test_a_developer_may_let_it_reach_the_own_machine_and_nothing_more(
    url: str, is_called: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {"127.0.0.1": "127.0.0.1", "localhost": "127.0.0.1", "::1": "::1", "10.0.0.1": "10.0.0.1",
             "169.254.169.254": "169.254.169.254"}  # fmt: skip
    monkeypatch.setattr(socket, "getaddrinfo", resolver(known, "93.184.216.34"))

    with nullcontext() if is_called else pytest.raises(RefusedAddress):
        addresses.check(url, Policy(loopback=True))


def test_of_a_url_people_see_the_host() -> None:
    assert addresses.host_of("https://hooks.slack.com/services/T0/B0/secret") == "hooks.slack.com"
