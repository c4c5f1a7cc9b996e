"""One POST to a checked address: no redirects, no proxy, an end to every wait, and no word of the answer kept."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TypeVar

from app.notifiers import addresses
from app.notifiers.addresses import Policy, RefusedAddress, Target, UnknownName
from app.notifiers.deadlines import deadline
from app.notifiers.results import NotSent, Sent

Answer = TypeVar("Answer")

CONNECT = 5.0  # seconds for each address
WHOLE = 15.0  # seconds
LONGEST_WAIT = 86_400.0  # seconds that a receiver may ask for
GONE = 410
ASKS_FOR_REST = frozenset({429, 502, 503, 504})


def post(url: str, headers: Mapping[str, str], body: bytes, policy: Policy) -> Sent | NotSent:
    """Check the address, send, and say what became of it."""
    try:
        target = addresses.check(url, policy)
    except UnknownName:
        return NotSent("name not found")
    except RefusedAddress:
        return NotSent("refused address")
    try:
        return _outcome(*exchange(target, WHOLE, lambda connection: _ask(connection, target.path, headers, body)))
    except (OSError, http.client.HTTPException) as error:
        return NotSent(reason(error))


def _ask(
    connection: http.client.HTTPConnection, path: str, headers: Mapping[str, str], body: bytes
) -> tuple[int, str | None]:
    """Status and `Retry-After`. What else the answer says is not even read."""
    connection.request("POST", path, body, {"User-Agent": "Whyscore", "Connection": "close", **headers})
    answer = connection.getresponse()
    return answer.status, answer.getheader("Retry-After")


def exchange(target: Target, whole: float, ask: Callable[[http.client.HTTPConnection], Answer]) -> Answer:
    """What is asked over a connection to a checked address; TimeoutError after so many seconds for all of it."""
    until = time.monotonic() + whole
    sock = _connect(target, until)
    try:
        with deadline(sock, until - time.monotonic()) as over:
            try:
                with closing(_speaking(target, sock)) as connection:
                    return ask(connection)
            finally:
                if over.is_set():  # what was cut off reads like the whole
                    raise TimeoutError
    finally:
        sock.close()


def _speaking(target: Target, sock: socket.socket) -> http.client.HTTPConnection:
    """HTTP over a connection that was made, under TLS if the address says so."""
    if target.scheme != "https":
        connection = http.client.HTTPConnection(target.host, target.port)
        connection.sock = sock
        return connection
    connection = http.client.HTTPSConnection(target.host, target.port, context=_tls())
    connection.sock = _tls().wrap_socket(sock, server_hostname=target.host)
    return connection


def _connect(target: Target, until: float) -> socket.socket:
    """A connection to one of the addresses that were checked; the name is not asked again."""
    problem: OSError = ConnectionError()
    for address in target.addresses:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        sock.settimeout(min(CONNECT, left))
        try:
            sock.connect((address, target.port))
        except OSError as error:
            sock.close()
            problem = error
        else:
            sock.settimeout(WHOLE)
            return sock
    raise problem


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _outcome(status: int, retry_after: str | None) -> Sent | NotSent:
    if 200 <= status < 300:
        return Sent(status)
    wait = _seconds(retry_after) if status in ASKS_FOR_REST else None
    return NotSent(f"status {status}", status, wait=wait, is_gone=status == GONE)


def _seconds(retry_after: str | None) -> float | None:
    """How long a receiver asks for rest, None where it does not or makes no sense."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(until - time.time(), LONGEST_WAIT) if until > time.time() else None


def reason(error: Exception) -> str:
    """What went wrong on the way, in a short word of ours."""
    known: tuple[tuple[type[Exception], str], ...] = (
        (ssl.SSLCertVerificationError, "tls: certificate not trusted"),
        (ssl.SSLError, "tls"),
        (TimeoutError, "timeout"),
        (ConnectionRefusedError, "connection refused"),
        (OSError, "connection lost"),
    )
    return next((word for kind, word in known if isinstance(error, kind)), "not an answer in HTTP")
