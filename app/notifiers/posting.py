"""One POST to a checked address: no redirects, no proxy, an end to every wait, and no word of the answer kept."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from functools import cache

from app.notifiers import addresses
from app.notifiers.addresses import Policy, RefusedAddress, Target, UnknownName
from app.notifiers.deadlines import deadline
from app.notifiers.results import NotSent, Sent

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
        return _outcome(*_exchange(target, headers, body))
    except (OSError, http.client.HTTPException) as error:
        return NotSent(reason(error))


def _exchange(target: Target, headers: Mapping[str, str], body: bytes) -> tuple[int, str | None]:
    """Status and `Retry-After`. What else the answer says is not even read."""
    until = time.monotonic() + WHOLE
    sock = connect(target, until)
    try:
        with deadline(sock, until - time.monotonic()) as over:
            try:
                return _ask(target, sock, headers, body)
            finally:
                if over.is_set():  # a head that was cut off reads like a whole one
                    raise TimeoutError
    finally:
        sock.close()


def _ask(target: Target, sock: socket.socket, headers: Mapping[str, str], body: bytes) -> tuple[int, str | None]:
    connection = speaking(target, sock)
    try:
        connection.request("POST", target.path, body, {"User-Agent": "Whyscore", "Connection": "close", **headers})
        answer = connection.getresponse()
        return answer.status, answer.getheader("Retry-After")
    finally:
        connection.close()


def speaking(target: Target, sock: socket.socket) -> http.client.HTTPConnection:
    """HTTP over a connection that was made, under TLS if the address says so."""
    if target.scheme != "https":
        connection = http.client.HTTPConnection(target.host, target.port)
        connection.sock = sock
        return connection
    connection = http.client.HTTPSConnection(target.host, target.port, context=_tls())
    connection.sock = _tls().wrap_socket(sock, server_hostname=target.host)
    return connection


def connect(target: Target, until: float) -> socket.socket:
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
