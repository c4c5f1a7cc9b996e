"""One GET of a checked address into a file: no redirects, no proxy, an end to every wait, and no more than fits."""

from __future__ import annotations

import http.client
from dataclasses import dataclass
from typing import IO

from app.notifiers import addresses, posting
from app.notifiers.addresses import Policy, RefusedAddress, UnknownName

WHOLE = 120.0  # seconds
PIECE = 1 << 16
LONGEST_MARK = 1_000  # characters of an ETag that are kept


class NotFetchedError(Exception):
    """It did not come; the text says why in a short word of ours, never in the words of the server."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What the server says of the content; `is_same` if it is what was fetched before, and nothing was written."""

    is_same: bool
    etag: str = ""
    modified: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to ask for, and what is known of it from the last time."""

    url: str
    etag: str = ""
    modified: str = ""
    most: int = 100_000_000  # bytes


def fetch(wanted: Wanted, policy: Policy, into: IO[bytes]) -> Fetched:
    """Write the content into a file; NotFetchedError if it cannot be had."""
    try:
        target = addresses.check(wanted.url, policy)
    except UnknownName:
        raise NotFetchedError("name not found") from None
    except RefusedAddress:
        raise NotFetchedError("refused address") from None
    try:
        return posting.exchange(target, WHOLE, lambda connection: _take(connection, target.path, wanted, into))
    except (OSError, http.client.HTTPException) as error:
        raise NotFetchedError(posting.reason(error)) from error


def _take(connection: http.client.HTTPConnection, path: str, wanted: Wanted, into: IO[bytes]) -> Fetched:
    known = {"If-None-Match": wanted.etag, "If-Modified-Since": wanted.modified}
    headers = {"User-Agent": "Whyscore", "Connection": "close", "Accept-Encoding": "identity"}
    connection.request("GET", path, headers=headers | {name: text for name, text in known.items() if text})
    answer = connection.getresponse()
    if answer.status == http.client.NOT_MODIFIED:
        return Fetched(True, wanted.etag, wanted.modified)
    if answer.status != http.client.OK:
        raise NotFetchedError(f"status {answer.status}")
    if answer.getheader("Content-Encoding", "identity") != "identity":
        raise NotFetchedError("compressed, though asked not to be")
    _write(answer, wanted.most, into)
    etag, modified = _mark(answer.getheader("ETag")), _mark(answer.getheader("Last-Modified"))
    return Fetched(False, etag, modified, answer.headers.get_content_type())


def _write(answer: http.client.HTTPResponse, most: int, into: IO[bytes]) -> None:
    size, said = 0, answer.length
    while piece := answer.read(PIECE):
        size += len(piece)
        if size > most:
            raise NotFetchedError(f"more than {most // 1_000_000} MB")
        into.write(piece)
    if said is not None and size != said:
        raise NotFetchedError("connection lost")


def _mark(text: str | None) -> str:
    return text if text and len(text) <= LONGEST_MARK and text.isascii() and text.isprintable() else ""
