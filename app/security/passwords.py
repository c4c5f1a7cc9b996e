"""Passwords: kept as Argon2 hashes, compared in the same time whether or not somebody is known."""

from __future__ import annotations

import secrets
from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 10, 1_000

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def hashed(password: str) -> str:
    """What is kept of a password."""
    return _hasher.hash(password)


def is_right(password: str, kept: str | None) -> bool:
    """Whether this is the password; with nothing kept it takes as long and is not."""
    try:
        is_same = _hasher.verify(kept or NOBODYS, password[:LONGEST])
        return is_same and kept is not None and len(password) <= LONGEST
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(kept)


def unknown() -> str:
    """What is kept of an account that signs in without one: no password is right, and none takes less time."""
    return hashed(secrets.token_urlsafe(32))


def _random(length: int) -> str:
    return b64encode(secrets.token_bytes(length)).decode().rstrip("=")


# Made without hashing, so that not even the first wrong password of a process takes longer than the others.
NOBODYS = (
    f"$argon2id$v=19$m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}${_random(16)}${_random(32)}"
)
