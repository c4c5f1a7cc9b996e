"""Whether an address to listen at is free, asked before anything starts."""

from __future__ import annotations

import errno
import socket


def taken(bind: str) -> bool:
    """Whether another program listens at `host:port`; sockets of other kinds are left to gunicorn to judge."""
    host, colon, port = bind.rpartition(":")
    if not colon or not port.isdigit() or "/" in bind:
        return False
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does: old connections do not count
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            return error.errno == errno.EADDRINUSE
        except OverflowError:  # no such port
            return False
    return False
