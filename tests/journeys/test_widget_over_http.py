"""What only a real server shows: bodies that are too large or come in pieces."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

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
