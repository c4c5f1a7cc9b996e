"""How often a key may ask, and how much of that is left: `RateLimit-*` on every answer to a key."""

from __future__ import annotations

from flask import Response, after_this_request, current_app
from limits import RateLimitItemPerMinute

from app.models import ApiKey
from app.security import rate_limits

A_MINUTE = RateLimitItemPerMinute(600, namespace="api")


def spend(key: ApiKey) -> None:
    """Count this request for the key; TooMany when its minute is used up."""
    if not current_app.config["RATE_LIMITS"]:
        return

    @after_this_request
    def tell(response: Response) -> Response:
        left, seconds = rate_limits.left(A_MINUTE, key.prefix)
        response.headers["RateLimit-Limit"] = str(A_MINUTE.amount)
        response.headers["RateLimit-Remaining"] = str(left)
        response.headers["RateLimit-Reset"] = str(seconds)
        return response

    rate_limits.spend((A_MINUTE,), key.prefix)
