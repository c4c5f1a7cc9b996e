"""Receipt codes: eight characters with which somebody without an account finds their own answer again.

A code is made from the answer's nonce and SECRET_KEY, so the page that thanks can show it again; the database holds a
keyed hash of it only. Forty bits are few: what protects them is the limit on guesses (docs/embed.md).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from flask import current_app

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O or U
LENGTH = 8
READ_AS = str.maketrans("OIL", "011", " -\u2010\u2011\u2013\t\r\n")


def new_hash(survey_id: int, nonce: str) -> str:
    """What is kept of the code of a new answer."""
    key = _keys()[0]
    return _kept(key, survey_id, _code(key, survey_id, nonce))


def of(survey_id: int, nonce: str, kept: str | None) -> str | None:
    """The code as people read it, `K7QF-2M9D`; None without one, or when its key is no longer in use."""
    for key in _keys() if kept else ():
        code = _code(key, survey_id, nonce)
        if hmac.compare_digest(_kept(key, survey_id, code), kept or ""):
            return f"{code[:4]}-{code[4:]}"
    return None


def hashes(survey_id: int, typed: str) -> Sequence[str]:
    """What may be kept of a code that somebody typed, one for each key in use; none for what cannot be a code."""
    code = typed.upper().translate(READ_AS)
    if len(code) != LENGTH or set(code) - set(ALPHABET):
        return ()
    return [_kept(key, survey_id, code) for key in _keys()]


def _code(key: bytes, survey_id: int, nonce: str) -> str:
    number = int.from_bytes(_hmac(key, "code", survey_id, nonce)[:5], "big")
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(LENGTH)))


def _kept(key: bytes, survey_id: int, code: str) -> str:
    return _hmac(key, "kept", survey_id, code).hex()


def _hmac(key: bytes, use: str, survey_id: int, text: str) -> bytes:
    return hmac.new(key, f"whyscore.receipt-{use}.1\0{survey_id}\0{text}".encode(), hashlib.sha256).digest()


def _keys() -> list[bytes]:
    """The key that makes codes first, then those that still open them."""
    config = current_app.config
    return [key.encode() for key in (config["SECRET_KEY"], *reversed(config["SECRET_KEY_FALLBACKS"]))]
