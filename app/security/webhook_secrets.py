"""Secrets as Standard Webhooks have them, ours for what we send and for what others send here."""

from __future__ import annotations

import base64
import secrets

PREFIX = "whsec_"


def new() -> str:
    """One that nobody guesses."""
    return f"{PREFIX}{base64.b64encode(secrets.token_bytes(32)).decode()}"


def is_one(text: str) -> bool:
    """Whether a text can be such a secret."""
    try:
        return text.startswith(PREFIX) and bool(base64.b64decode(text.removeprefix(PREFIX), validate=True))
    except ValueError:
        return False
