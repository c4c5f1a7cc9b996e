"""How often one place may send: limits that no header can dodge and that keep no address."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import time
from collections.abc import Sequence

from flask import Flask, current_app, request
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy.exc import SQLAlchemyError

from app.errors import TooMany
from app.security.rate_store import SharedStorage

WIDGET = (RateLimitItemPerMinute(60, namespace="widget"), RateLimitItemPerMinute(300, 10, namespace="widget"))
COMMENTS = (RateLimitItemPerMinute(60, namespace="comments"), RateLimitItemPerMinute(300, 10, namespace="comments"))
ONE_FORM = (RateLimitItemPerMinute(10, namespace="form"),)
CODES = (RateLimitItemPerMinute(10, namespace="codes"), RateLimitItemPerHour(60, namespace="codes"))
WRONG_CODES = RateLimitItemPerHour(1_000, namespace="wrong codes")  # of everybody together, in one survey


class Limiter:
    """Counts in the shared store; while that is broken, in this process's memory, so no answer is turned away."""

    def __init__(self, store: SharedStorage) -> None:
        self.store = store
        self.memory = MemoryStorage()
        self.shared = FixedWindowRateLimiter(store)
        self.alone = FixedWindowRateLimiter(self.memory)

    def wait(self, limits: Sequence[RateLimitItem], names: Sequence[str]) -> int | None:
        """Count one request under every limit; the seconds to wait if one of them is used up, else None."""
        try:
            return _wait(self.shared, limits, _digest(self.store.key_of_the_day(), names))
        except (SQLAlchemyError, OSError) as error:
            current_app.logger.error("rate store: %s, counting in memory", type(error).__name__)
            return _wait(self.alone, limits, _digest(b"", names))

    def left(self, limit: RateLimitItem, names: Sequence[str]) -> tuple[int, int]:
        """How many requests a limit still allows, and the seconds until it begins anew. Counts nothing."""
        try:
            return _left(self.shared, limit, _digest(self.store.key_of_the_day(), names))
        except (SQLAlchemyError, OSError):
            return _left(self.alone, limit, _digest(b"", names))


def register(app: Flask) -> None:
    """Open the rate store beside the database; `RATE_LIMITS=false` leaves limits to somebody else."""
    app.extensions["limiter"] = Limiter(SharedStorage(app.config["DATABASE_URL"], app.config["DATA_DIR"]))


def spend(limits: Sequence[RateLimitItem], *names: str) -> None:
    """Count this request for what `names` name; TooMany when a limit is used up."""
    if not current_app.config["RATE_LIMITS"]:
        return
    wait = current_app.extensions["limiter"].wait(limits, names)
    if wait is not None:
        raise TooMany("Too many requests in a short time.", retry_after=wait)


def refuse_when_spent(limit: RateLimitItem, *names: str) -> None:
    """TooMany when a limit is used up; counts nothing."""
    if current_app.config["RATE_LIMITS"]:
        remaining, wait = left(limit, *names)
        if not remaining:
            raise TooMany("Too many requests in a short time.", retry_after=wait)


def left(limit: RateLimitItem, *names: str) -> tuple[int, int]:
    """How many requests `names` may still make under this limit, and the seconds until it begins anew."""
    found: tuple[int, int] = current_app.extensions["limiter"].left(limit, names)
    return found


def address_bucket(address: str | None = None) -> str:
    """Whose requests are counted together: an IPv4 address, or the /64 network of an IPv6 one."""
    text = (address or request.remote_addr or "").partition("%")[0]
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return "unknown"
    mapped = getattr(parsed, "ipv4_mapped", None)
    if mapped is not None or parsed.version == 4:
        return str(mapped or parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def _wait(limiter: FixedWindowRateLimiter, limits: Sequence[RateLimitItem], name: str) -> int | None:
    used_up = [limit for limit in limits if not limiter.hit(limit, name)]
    if not used_up:
        return None
    resets = max(limiter.get_window_stats(limit, name).reset_time for limit in used_up)
    return max(1, int(resets - time.time()) + 1)


def _left(limiter: FixedWindowRateLimiter, limit: RateLimitItem, name: str) -> tuple[int, int]:
    stats = limiter.get_window_stats(limit, name)
    return max(0, stats.remaining), max(0, int(stats.reset_time - time.time()) + 1)


def _digest(key: bytes, names: Sequence[str]) -> str:
    """What is stored instead of addresses and keys."""
    return hmac.new(key, "\0".join(names).encode(), hashlib.sha256).hexdigest()
