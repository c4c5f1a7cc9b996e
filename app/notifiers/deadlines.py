"""An end to every connection, however slowly its bytes drip."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def deadline(sock: socket.socket, seconds: float) -> Iterator[threading.Event]:
    """Cut the connection when the time is over, also where TLS took the socket over; the event says whether it was."""
    over = threading.Event()
    same = socket.fromfd(sock.fileno(), sock.family, sock.type)

    def cut() -> None:
        over.set()
        with suppress(OSError):
            same.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield over
    finally:
        timer.cancel()
        same.close()
