"""Which carrier takes what to a channel, with the settings of this installation."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import current_app

from app.notifiers import mail_server
from app.notifiers.addresses import Policy
from app.notifiers.email import Email
from app.notifiers.results import Carrier
from app.notifiers.slack import Slack
from app.notifiers.teams import Teams
from app.notifiers.webhook import Webhook


def policy() -> Policy:
    """Which URLs this installation calls."""
    settings = current_app.config
    return Policy(frozenset(settings["WEBHOOK_PORTS"]), settings["WEBHOOK_TO_LOOPBACK"])


def has_mail_server() -> bool:
    """Whether mails can be sent at all."""
    return bool(current_app.config["SMTP_URL"])


def carrier(kind: str) -> Carrier:
    """Who takes a parcel to a channel of this kind."""
    return CARRIERS[kind]()


def _email() -> Email:
    url = current_app.config["SMTP_URL"]
    return Email(mail_server.read(url) if url else None, current_app.config["MAIL_FROM"])


CARRIERS: Mapping[str, Callable[[], Carrier]] = {
    "email": _email,
    "webhook": lambda: Webhook(policy()),
    "slack": lambda: Slack(policy()),
    "teams": lambda: Teams(policy()),
}
