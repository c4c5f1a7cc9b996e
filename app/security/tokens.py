"""Tokens made by us: the form token sealed in every widget form, the receipt in the address of the pages after it, and
the links in mails.

Format and ages: docs/decisions/0002-form-tokens-instead-of-cookies.md.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer
from itsdangerous.encoding import base64_decode, base64_encode

WEEK = 604_800
DAY = 86_400
HOUR = 3_600
MARK = 32  # letters of a hash that stand for the whole
SKEW = 120  # seconds that two clocks may differ, in both directions
FORM = "whyscore.form.1"
RECEIPT = "whyscore.receipt.1"
OPENED = "whyscore.opened.1"
RESET = "whyscore.reset.1"
INVITE = "whyscore.invite.1"
MAIL = "whyscore.mail.1"
Subject = Literal["point", "case", "confirm", "end"]


class BadTokenError(Exception):
    """The token is not ours, not for this place, or from the future."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a widget form carries, sealed: whose survey, which response, since when, and who is answering."""

    survey_id: int
    nonce: str = field(default_factory=lambda: secrets.token_hex(16))
    first_render: int = field(default_factory=lambda: int(time.time()))
    subject: str | None = None
    claimed: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    touchpoint: str | None = None
    host: str | None = None
    mark: str | None = None
    has_load: bool = False

    def again(self) -> Form:
        """A new form for somebody whose token cannot be used: another nonce, nothing known about them."""
        return replace(Form(self.survey_id), touchpoint=self.touchpoint, host=self.host)


@dataclass(frozen=True, slots=True)
class Receipt:
    """Which response its holder may still change."""

    survey_id: int
    response_id: int


@dataclass(frozen=True, slots=True)
class Mail:
    """What the link in a mail is for: one survey, one reader, one thing. Only the kind "end" lasts for ever.

    `reader` is a trace of the address that the channel had, so that a channel of another's is not taken for theirs.
    """

    survey_id: int
    channel_id: int
    reader: str
    kind: Subject
    id: str

    @classmethod
    def to(cls, survey_id: int, channel_id: int, address: str, kind: Subject, id_: str) -> Mail:
        """A link for whoever reads at this address."""
        return cls(survey_id, channel_id, trace(address), kind, id_)


OPTIONAL = {
    "r": "subject", "c": "claimed", "a": "attributes", "p": "touchpoint", "h": "host", "m": "mark", "l": "has_load",
}  # fmt: skip


def seal_form(form: Form) -> str:
    """The form token as text for a hidden field."""
    payload: dict[str, Any] = {"s": form.survey_id, "n": form.nonce, "t": form.first_render}
    payload |= {short: value for short, name in OPTIONAL.items() if (value := getattr(form, name))}
    return _serializer(FORM).dumps(payload)


def open_form(text: str, survey_id: int, nonce: str) -> tuple[Form, bool]:
    """The form and whether it has expired; BadTokenError unless it is ours, of this survey and of this nonce."""
    payload, age = _open(FORM, text)
    try:
        known = {name: payload[short] for short, name in OPTIONAL.items() if short in payload}
        form = Form(payload["s"], payload["n"], int(payload["t"]), **known)
    except (KeyError, TypeError, ValueError) as error:
        raise BadTokenError("payload") from error
    if (form.survey_id, form.nonce) != (survey_id, nonce) or form.first_render > time.time() + SKEW:
        raise BadTokenError("for another form")
    return form, age > DAY + SKEW


def seal_receipt(receipt: Receipt) -> str:
    """The receipt as text for an address."""
    return _serializer(RECEIPT).dumps({"s": receipt.survey_id, "i": receipt.response_id})


def open_receipt(text: str, survey_id: int) -> tuple[Receipt, bool]:
    """The receipt and whether it has expired; BadTokenError unless it is ours and of this survey."""
    payload, age = _open(RECEIPT, text)
    if payload.get("s") != survey_id:
        raise BadTokenError("for another survey")
    return Receipt(survey_id, payload["i"]), age > DAY + SKEW


def seal_opened(receipt: Receipt) -> str:
    """The address of an answer that its author has opened, for an hour."""
    return _serializer(OPENED).dumps({"s": receipt.survey_id, "i": receipt.response_id})


def open_opened(text: str, survey_id: int) -> Receipt:
    """The answer that was opened; BadTokenError unless it is ours, of this survey, and not older than an hour."""
    payload, age = _open(OPENED, text)
    if payload.get("s") != survey_id or age > HOUR + SKEW:
        raise BadTokenError("for another survey, or expired")
    return Receipt(survey_id, payload["i"])


def seal_invitation(invitation_id: int, token_hash: str) -> str:
    """The address of an invitation for its mail: it names the link that was shown, and opens the same as that."""
    return _serializer(INVITE).dumps({"i": invitation_id, "h": token_hash[:MARK]})


def open_invitation(text: str) -> tuple[int, str]:
    """Which invitation it is for, and how the hash of its link begins; how long it works, its row says."""
    payload, _ = _open(INVITE, text)
    return int(payload["i"]), str(payload["h"])


def seal_reset(user_id: int, password_hash: str) -> str:
    """The address that sets a new password: it names the present one, so it ends with it."""
    return _serializer(RESET).dumps({"u": user_id, "p": _password_mark(password_hash)})


def open_reset(text: str, kept: Callable[[int], str | None]) -> int:
    """Whose new password it sets; BadTokenError if it is a day old, or the password that `kept` names is another."""
    payload, age = _open(RESET, text)
    present = kept(payload["u"])
    if age > DAY + SKEW or present is None or payload["p"] != _password_mark(present):
        raise BadTokenError("expired, or the password is another one by now")
    return int(payload["u"])


def _password_mark(password_hash: str) -> str:
    return hashlib.sha256(password_hash.encode()).hexdigest()[:MARK]


def trace(address: str) -> str:
    """A few letters that stand for an address without saying it."""
    return hashlib.sha256(address.lower().encode()).hexdigest()[:12]


def seal_mail(mail: Mail) -> str:
    """The link as text for an address."""
    return _serializer(MAIL).dumps([mail.survey_id, mail.channel_id, mail.reader, mail.kind, mail.id])


def open_mail(text: str, *kinds: Subject) -> tuple[Mail, bool]:
    """What the link is for, and whether its seven days are over; BadTokenError unless it is ours and of these kinds."""
    payload, age = _open(MAIL, text)
    try:
        mail = Mail(*payload)
    except TypeError as error:
        raise BadTokenError("payload") from error
    if mail.kind not in kinds:
        raise BadTokenError("for another page")
    return mail, mail.kind != "end" and age > WEEK + SKEW


def _open(salt: str, text: str) -> tuple[Any, float]:
    """Payload and age in seconds. Ages are judged here: `max_age` would refuse every form when a clock is set back."""
    signature = text.rpartition(".")[2]
    try:
        if base64_encode(base64_decode(signature)) != signature.encode():
            raise BadTokenError("another spelling of the signature")
        payload, made = _serializer(salt).loads(text, return_timestamp=True)
    except (BadData, ValueError) as error:
        raise BadTokenError(type(error).__name__) from error
    age = time.time() - made.timestamp()
    if age < -SKEW or not isinstance(payload, list if salt == MAIL else dict):
        raise BadTokenError("from the future")
    return payload, age


def _serializer(salt: str) -> URLSafeTimedSerializer:
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    return URLSafeTimedSerializer(
        keys, salt=salt, signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"}
    )
