"""The respondent token: who is answering, signed by the host's back end.

One function verifies, in one fixed order; nothing is decoded before the signature holds. Recipe: docs/embed.md.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

SKEW = 120  # seconds that the host's clock may differ from ours
LIFETIMES = {"app": 3_600, "mail": 604_800}  # seconds from iat to exp, by kind of key
TOKEN = re.compile(r"ws1\.([a-z0-9]{1,16})\.([A-Za-z0-9_-]{1,2900})\.([A-Za-z0-9_-]{43})")
TOUCHPOINT = re.compile(r"[a-z0-9-]{1,64}")
ATTRIBUTE = re.compile(r"[a-z][a-z0-9_]{0,31}")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
REQUIRED = {"aud": str, "survey": str, "sub": str, "iat": int, "exp": int}
OPTIONAL = {"touchpoint": str, "attrs": dict}


class RefusedError(Exception):
    """No identity. `reason` goes to the log, never to the page."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Key:
    """A live signing key of the survey: its secret as displayed, and the longest life it may give a token."""

    secret: str
    kind: str = "app"


@dataclass(frozen=True, slots=True)
class Identity:
    """A respondent whom the host vouches for."""

    subject: str
    touchpoint: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


def verify(tokens: Sequence[str], keys: Mapping[str, Key], audience: str, survey: str, now: float) -> Identity:
    """The identity that `tokens`, all values of `r`, prove for this survey; RefusedError with the first reason."""
    match = TOKEN.fullmatch(tokens[0]) if len(tokens) == 1 else None
    if match is None:
        raise RefusedError("form")
    kid, payload, signature = match.groups()
    key = keys.get(kid)
    if key is None:
        raise RefusedError("key")
    if not hmac.compare_digest(sign(key.secret, f"ws1.{kid}.{payload}"), signature):
        raise RefusedError("signature")
    fields = _fields(payload)
    if (fields["aud"], fields["survey"]) != (audience, survey):
        raise RefusedError("audience" if fields["aud"] != audience else "survey")
    _check_times(fields["iat"], fields["exp"], LIFETIMES[key.kind], now)
    return Identity(fields["sub"], fields.get("touchpoint"), _attributes(fields.get("attrs", {})))


def claim(ids: Sequence[str]) -> str | None:
    """The id that `ids`, all values of `respondent`, claim without proof; None unless it is one as a subject is."""
    return ids[0] if len(ids) == 1 and _is_subject(ids[0]) else None


def sign(secret: str, signed: str) -> str:
    """The signature of `ws1.KID.PAYLOAD`: 43 characters of base64url."""
    digest = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _fields(payload: str) -> dict[str, Any]:
    """The fields of a signed payload, each of its type; RefusedError("payload") for anything unexpected."""
    try:
        fields = json.loads(_decoded(payload), object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except (ValueError, RecursionError, binascii.Error) as error:
        raise RefusedError("payload") from error
    allowed = REQUIRED | OPTIONAL
    if not isinstance(fields, dict) or not REQUIRED.keys() <= fields.keys() <= allowed.keys():
        raise RefusedError("payload")
    if any(type(value) is not allowed[name] for name, value in fields.items()) or not _is_sound(fields):
        raise RefusedError("payload")
    return fields


def _decoded(payload: str) -> str:
    """Strict base64url: one spelling for each text."""
    data = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != payload:
        raise ValueError("another spelling")
    return data.decode()


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name is repeated")
    return dict(pairs)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _is_sound(fields: Mapping[str, Any]) -> bool:
    if not _is_subject(fields["sub"]):
        return False
    if "touchpoint" in fields and not TOUCHPOINT.fullmatch(fields["touchpoint"]):
        return False
    attributes = fields.get("attrs", {})
    return len(attributes) <= 8 and all(_is_attribute(name, value) for name, value in attributes.items())


def _is_subject(text: str) -> bool:
    return 1 <= len(text) <= 200 and not CONTROL.search(text)


def _is_attribute(name: str, value: Any) -> bool:
    if not ATTRIBUTE.fullmatch(name):
        return False
    return type(value) in {int, bool} or (type(value) is str and len(value) <= 64 and not CONTROL.search(value))


def _check_times(made: int, ends: int, longest: int, now: float) -> None:
    if made > now + SKEW:
        raise RefusedError("clock")
    if ends < now - SKEW:
        raise RefusedError("expired")
    if not 0 < ends - made <= longest:
        raise RefusedError("lifetime")


def _attributes(attributes: Mapping[str, Any]) -> dict[str, str]:
    """Attributes as text, the way reports filter by them: true, false, 12, pro."""
    return {name: value if type(value) is str else json.dumps(value) for name, value in attributes.items()}
