"""Who is drawn: decided by a keyed hash, so that one person gets one answer all along and nothing is stored."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from flask import current_app

PARTS = 1_000_000


def is_drawn(rate: float, *names: str) -> bool:
    """Whether the person, survey and window that `names` name belong to this share of all."""
    return ticket(current_app.config["SECRET_KEY"].encode(), names) < rate * PARTS


def ticket(key: bytes, names: Sequence[str]) -> int:
    """A number from 0 to 999,999, evenly spread over names and always the same for the same ones."""
    text = "\0".join(("whyscore.sample.1", *names)).encode()
    return int.from_bytes(hmac.new(key, text, hashlib.sha256).digest()) % PARTS
