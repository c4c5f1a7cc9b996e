"""Webhooks as Standard Webhooks describe them: who sent this, and when."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

from whyscore_client.errors import Unverified

TOLERANCE = 300  # seconds that it may be old, or ahead


def verify(secret: str, headers: Mapping[str, str], body: bytes, *, now: float | None = None) -> dict[str, Any]:
    """What the webhook says, if it was signed with this secret within the last five minutes; else Unverified.

    `body` are the bytes as they came, before anybody parsed them. Keep `webhook-id` to know a repeat.
    """
    known = {name.lower(): value for name, value in headers.items()}
    id_, sent, signatures = (known.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not (id_ and signatures and sent.isascii() and sent.isdecimal()):
        raise Unverified("The headers webhook-id, webhook-timestamp and webhook-signature are missing.")
    if abs((time.time() if now is None else now) - int(sent[:15])) > TOLERANCE:
        raise Unverified("The webhook is older than five minutes, or a clock is wrong.")
    expected = _signature(secret, f"{id_}.{sent}.".encode() + body)
    if not any(_is_same(expected, one) for one in signatures.split(" ")):
        raise Unverified("The signature is not one of this secret.")
    value = json.loads(body)
    if not isinstance(value, dict):
        raise Unverified("The body is no JSON object.")
    return value


def _signature(secret: str, signed: bytes) -> str:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        raise ValueError("The secret is not one of Whyscore: it begins with whsec_.") from None
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _is_same(expected: str, sent: str) -> bool:
    version, _, signature = sent.partition(",")
    return version == "v1" and hmac.compare_digest(expected.encode(), signature.encode())
