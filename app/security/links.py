"""Secret parts of addresses that open something: shown once, kept as a hash, so that the table opens no door."""

from __future__ import annotations

import hashlib
import secrets


def make() -> str:
    """A new one: 256 random bits."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is kept of it, and by what it is found again."""
    return hashlib.sha256(token.encode()).hexdigest()
