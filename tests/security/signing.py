"""Signs as the back end of a host does, with nothing but the standard library: the recipe of docs/embed.md."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

SECRET = "wsk_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def respondent_token(payload: Any, kid: str = "k1", secret: str = SECRET) -> str:
    """A respondent token; `payload` is JSON text, or what shall become it."""
    text = payload if isinstance(payload, str) else json.dumps(payload)
    signed = f"ws1.{kid}.{b64(text.encode())}"
    return f"{signed}.{b64(hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest())}"
