"""Who is answering: the token for the address of the frame, signed by your server and never in a browser."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

HOUR = 3_600


def respondent_token(
    url: str,
    survey: str,
    respondent: str,
    *,
    kid: str,
    secret: str,
    touchpoint: str | None = None,
    attributes: Mapping[str, str | int | bool] | None = None,
    seconds: int = HOUR,
    now: float | None = None,
) -> str:
    """The value of `r` in `/w/KEY?r=…`. `url` is the installation's BASE_URL; a key for mails may sign for a week."""
    at = int(time.time() if now is None else now)
    payload: dict[str, Any] = {"aud": url, "survey": survey, "sub": respondent, "iat": at, "exp": at + seconds}
    if touchpoint is not None:
        payload["touchpoint"] = touchpoint
    if attributes:
        payload["attrs"] = dict(attributes)
    signed = f"ws1.{kid}.{_b64(json.dumps(payload).encode())}"
    return f"{signed}.{_b64(hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest())}"


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
