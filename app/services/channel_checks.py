"""What a channel may be. The check of its address is the one that every sending makes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.errors import Invalid
from app.models import Channel
from app.models.channels import ANSWER_TYPES, KINDS
from app.notifiers import addresses
from app.services import carriers

LONGEST_NAME = 100
LONGEST_MAIL_ADDRESS = 254
LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
MAIL_ADDRESS = re.compile(rf"{LOCAL}@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)*[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class Given:
    """A channel as somebody describes it."""

    kind: str
    name: str
    address: str
    types: Sequence[str] = field(default_factory=tuple)


def check(given: Given) -> None:
    """Invalid unless such a channel can be."""
    errors: dict[str, list[str]] = {}
    if given.kind not in KINDS:
        errors["kind"] = [f"Choose one of {', '.join(KINDS)}."]
    if not given.name.strip() or len(given.name) > LONGEST_NAME or not given.name.strip().isprintable():
        errors["name"] = [f"Give a name of 1 to {LONGEST_NAME} characters, on one line."]
    if set(given.types) - set(ANSWER_TYPES):
        errors["types"] = [f"Choose from {', '.join(ANSWER_TYPES)}."]
    problem = _problem(given.kind, given.address.strip())
    if problem:
        errors["address"] = [problem]
    if errors:
        raise Invalid(" ".join(text for texts in errors.values() for text in texts), errors)


def check_sendable(channel: Channel) -> None:
    """Invalid unless something can be sent there now."""
    if channel.state != "on":
        raise Invalid("Switch the channel on first.")
    problem = _problem(channel.kind, channel.address)
    if problem:
        raise Invalid(problem, {"address": [problem]})


def _problem(kind: str, address: str) -> str:
    if kind == "email":
        return mail_problem(address)
    try:
        addresses.check(address, carriers.policy())
    except addresses.RefusedAddress as refused:
        return str(refused)
    return ""


def mail_problem(address: str) -> str:
    """Why no mail can be sent to this address; empty where it can."""
    if not carriers.has_mail_server():
        return "No mail server is set up: whoever runs this installation sets SMTP_URL and MAIL_FROM."
    if len(address) > LONGEST_MAIL_ADDRESS or not MAIL_ADDRESS.fullmatch(address):
        return "Give an e-mail address."
    return ""
