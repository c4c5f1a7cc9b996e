"""The mail server that an installation sends through, read from one setting."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

PORTS = {"smtps": 465, "smtp": 587, "smtp+plain": 25}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails are handed over. `tls` is "from the start", "required" or "none"; without it nothing is sent."""

    host: str
    port: int
    tls: str
    user: str = ""
    password: str = ""


def read(url: str) -> MailServer:
    """smtps:// speaks TLS from the start, smtp:// must go over to it, smtp+plain:// does without; ValueError else."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("not the address of a mail server")
    tls = {"smtps": "from the start", "smtp": "required", "smtp+plain": "none"}[parts.scheme]
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return MailServer(parts.hostname, parts.port or PORTS[parts.scheme], tls, user, password)
