"""What only a real server shows: bodies that are too large or come in pieces or slowly, and framing that lies."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.models import Response, Survey
from app.services import surveys
from tests.journeys.site import Site
from tests.pages.reading import Page

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def address(site: Site) -> str:
    """A survey's address on the running server."""
    with site.inside():
        surveys.create("wire", "Acme")
    return "/w/wire"


def ask(site: Site, method: str, path: str, body: bytes | Iterator[bytes] | None = None) -> Page:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    connection.request(method, path, body=body, headers=FORM)
    answer = connection.getresponse()
    page = Page(answer.read().decode(), answer.status)
    connection.close()
    return page


@pytest.mark.parametrize("megabytes", [0.1, 1, 10])
def test_a_body_that_is_too_large_gets_a_page_and_not_a_broken_connection(
    site: Site, address: str, megabytes: float
) -> None:
    page = ask(site, "POST", f"{address}/send/abc", b"x" * int(megabytes * 1_000_000))

    assert page.status == 413
    assert page.heading == "Your answer is too long to be read. Please go back and shorten it."


@pytest.mark.parametrize(("pieces", "status"), [(1, 303), (3, 303), (60, 422), (70, 413), (700, 413)])
def test_a_body_in_pieces_is_taken_whole_or_not_at_all(site: Site, address: str, pieces: int, status: int) -> None:
    form = ask(site, "GET", address)
    start = urlencode(form.fields | {"score": "3", "comment": ""}).encode()

    page = ask(site, "POST", form.action or "", iter([start, *[b"y" * 1_000] * pieces]))

    assert page.status == status


def raw(site: Site, text: str) -> int:
    """Status of the answer to bytes as they are; a TimeoutError unless the server then closes the connection."""
    with socket.create_connection(("127.0.0.1", site.port), 10) as wire:
        wire.sendall(text.encode("latin-1"))
        answer = b""
        while chunk := wire.recv(65_536):
            answer += chunk
    return int(answer.split()[1])


def request(path: str, *lines: str, body: str = "") -> str:
    head = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/x-www-form-urlencoded", *lines]
    return "\r\n".join([*head, "", body])


SMUGGLED = "0\r\n\r\nGET /w/wire HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
FRAMINGS = {
    "two lengths": (("Content-Length: 5", "Content-Length: 6"), "abcde", {400}),
    "length and chunks": (("Content-Length: 5", "Transfer-Encoding: chunked"), SMUGGLED, {400}),
    "an unknown coding": (("Transfer-Encoding: xchunked",), SMUGGLED, {501}),
    "a length that is no number": (("Content-Length: +5",), "abcde", {400}),
    "chunks that are no numbers": (("Transfer-Encoding: chunked",), "zz\r\nabc\r\n0\r\n\r\n", {400}),
    "two hosts": (("Host: evil.example", "Content-Length: 0"), "", {400}),
    "a line ended by LF alone": (("X-Odd: 1\nContent-Length: 5",), "abcde", {400}),
    "a name with a space": (("Content-Length : 5",), "abcde", {400}),
    "a header of 20 kB": ((f"X-Long: {'x' * 20_000}",), "", {400, 431}),
    "two hundred headers": (tuple(f"X-{n}: 1" for n in range(200)), "", {400, 431}),
}


@pytest.mark.parametrize("framing", FRAMINGS)
def test_framing_that_lies_is_refused_and_the_connection_closed(site: Site, address: str, framing: str) -> None:
    lines, body, statuses = FRAMINGS[framing]

    assert raw(site, request(f"{address}/send/abc", *lines, body=body)) in statuses


def test_an_address_of_ten_kilobytes_is_refused(site: Site, address: str) -> None:
    status = raw(site, f"GET {address}?r={'x' * 10_000} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")

    assert status in {400, 414}


FORGED = {
    "Script-Name": "/evil",
    "Script_Name": "/evil",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "javascript",
    "X-Forwarded-Prefix": "//evil.example",
    "Forwarded": "host=evil.example;proto=https",
}


@pytest.mark.parametrize("header", FORGED)
def test_a_header_of_proxies_from_anybody_moves_no_address(site: Site, address: str, header: str) -> None:
    form = ask(site, "GET", address)
    body = urlencode(form.fields | {"score": "3"})
    lines = f"{header}: {FORGED[header]}", f"Content-Length: {len(body)}", "Connection: close"

    with socket.create_connection(("127.0.0.1", site.port), 10) as wire:
        wire.sendall(request(form.action or "", *lines, body=body).encode())
        answer = b"".join(iter(lambda: wire.recv(65_536), b"")).decode()

    assert " 303 " in answer.splitlines()[0]
    assert f"\r\nLocation: {address}/r/" in answer
    assert "evil" not in answer


def test_a_few_slow_senders_keep_nobody_waiting(site: Site, address: str) -> None:
    """Fewer than there are threads; against more of them there is the buffering proxy of docs/operations.md."""
    start = request(f"{address}/send/abc", "Content-Length: 100")[:20].encode()
    with ExitStack() as slow:
        for _ in range(5):
            slow.enter_context(socket.create_connection(("127.0.0.1", site.port), 10)).sendall(start)

        began = time.monotonic()
        page = ask(site, "GET", address)
        took = time.monotonic() - began

    assert page.status == 200
    assert took < 5


def test_a_person_who_goes_away_in_the_middle_leaves_nothing(site: Site, address: str) -> None:
    form = ask(site, "GET", address)
    body = urlencode(form.fields | {"score": "3"})
    before = count(site)

    with socket.create_connection(("127.0.0.1", site.port), 10) as wire:
        wire.sendall(request(form.action or "", "Content-Length: 5000", body=body).encode())

    assert ask(site, "GET", address).status == 200
    assert count(site) == before


def count(site: Site) -> int:
    with site.inside():
        query = sa.select(sa.func.count()).select_from(Response).join(Survey, Survey.id == Response.survey_id)
        return db.session.scalar(query.where(Survey.key == "wire")) or 0
