"""Real receivers on loopback: one that speaks HTTP, one that speaks SMTP, one that says whatever bytes it is given."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


@dataclass(frozen=True)
class Got:
    """One request."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Receiver:
    """An HTTP server that keeps what it gets and answers what `answers` says."""

    url: str = ""
    got: list[Got] = field(default_factory=list)
    answers: Callable[[Got], tuple[int, Mapping[str, str]]] = lambda _got: (204, {})

    def says(self, status: int, **headers: str) -> None:
        """Answer so from now on."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers = lambda _got: (status, named)


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver on a port of its own."""
    mine = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            mine.got.append(Got(self.path, dict(self.headers), body))
            status, headers = mine.answers(mine.got[-1])
            self.send_response(status)
            for name, value in {"Content-Length": "0", **headers}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_said: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    mine.url = f"http://127.0.0.1:{server.server_port}/hook"
    try:
        yield mine
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def raw(speak: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port where every connection is spoken to by `speak`."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                try:
                    speak(connection)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def free_port() -> int:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@dataclass
class Post:
    """A mail server that keeps what it gets; `refuses` is what it answers instead of taking a mail."""

    port: int = 0
    envelopes: list[Any] = field(default_factory=list)
    refuses: str = ""
    refuses_receiver: str = ""

    @property
    def mails(self) -> list[EmailMessage]:
        """What arrived, as a mail program reads it."""
        return [message_from_bytes(one.content, policy=policy.default) for one in self.envelopes]

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if self.refuses_receiver:
            return self.refuses_receiver
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.refuses:
            return self.refuses
        self.envelopes.append(envelope)
        return "250 taken"


@contextmanager
def post(port: int | None = None, **more: Any) -> Iterator[Post]:
    """A mail server on a port of its own."""
    mine = Post(port or free_port())
    server = Controller(mine, hostname="127.0.0.1", port=mine.port, **more)
    server.start()
    try:
        yield mine
    finally:
        server.stop()


def lets_in(user: str, password: str) -> dict[str, Any]:
    """Settings of a mail server that knows one account."""

    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: Any, given: Any) -> AuthResult:
        is_known = (given.login, given.password) == (user.encode(), password.encode())
        return AuthResult(success=is_known, handled=is_known)

    return {"authenticator": authenticate, "auth_require_tls": False, "auth_required": True}


def wait_for(happened: Callable[[], Any], seconds: float = 10) -> None:
    """Until something holds; fails when it does not in time."""
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "did not happen in time"
        time.sleep(0.02)
