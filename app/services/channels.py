"""Channels of a survey: made, changed, tried out, switched off. Secrets are shown once, URLs never again."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from flask import current_app

from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import Channel, Delivery, Survey, now
from app.models.transaction import writing
from app.notifiers import addresses
from app.notifiers.message import Message
from app.security import webhook_secrets
from app.services import channel_checks, outbox, readers
from app.services.channel_checks import Given

MOST = 50
OVERLAP = timedelta(hours=24)
SWITCHED_OFF = "switched off"


def of(survey: Survey) -> Sequence[Channel]:
    """The channels of a survey in the order they were made."""
    return db.session.scalars(sa.select(Channel).where(Channel.survey_id == survey.id).order_by(Channel.id)).all()


def get(survey: Survey, channel_id: int) -> Channel:
    """One channel of this survey, or NotFound."""
    channel = db.session.scalar(_one(survey, channel_id))
    if channel is None:
        raise NotFound("This survey has no such channel.")
    return channel


def shown(channel: Channel) -> str:
    """What people may see of an address: the whole of a mail address, of a URL only its host."""
    return channel.address if channel.kind == "email" else addresses.host_of(channel.address)


def create(survey: Survey, given: Given) -> Channel:
    """A new channel that is on; Invalid says what is wrong. The secret of a webhook is shown now and never again."""
    channel_checks.check(given)
    with writing() as session:
        session.scalar(sa.select(Survey.id).where(Survey.id == survey.id).with_for_update())
        if _number(survey) >= MOST:
            text = f"A survey has at most {MOST} channels: remove one first."
            raise Invalid(text, {"name": [text]})
        channel = Channel(survey_id=survey.id, kind=given.kind, secret=_secret(given.kind))
        _fill(channel, given)
        session.add(channel)
    return channel


def _number(survey: Survey) -> int:
    """How many channels were set up; those of single readers come and go without anybody's doing."""
    own = sa.select(sa.func.count()).where(Channel.survey_id == survey.id, ~readers.IS_PERSONAL)
    return db.session.scalar(own) or 0


def change(survey: Survey, channel_id: int, given: Given) -> Channel:
    """Another name, address or other answers. An address that is left empty stays as it is, and is checked anew."""
    known = get(survey, channel_id)
    given = Given(known.kind, given.name, given.address.strip() or known.address, given.types)
    channel_checks.check(given)
    with writing():
        channel = _locked(survey, channel_id)
        _fill(channel, given)
    return channel


def switch(survey: Survey, channel_id: int, *, on: bool) -> Channel:
    """On, or off: then what waits is cancelled, and nothing new is written for it. What failed before is forgotten."""
    with writing():
        channel = _locked(survey, channel_id)
        channel.state, channel.reason = "on" if on else "off", None
        channel.failing_since, channel.failures, channel.rests_until = None, 0, None
        if not on:
            _cancel(channel)
    return channel


def rotate(survey: Survey, channel_id: int) -> str:
    """The new secret, shown by this call and never again. For a day the old one signs too."""
    with writing():
        channel = _locked(survey, channel_id)
        if channel.secret is None:
            raise Invalid("Only webhooks have a secret.")
        channel.old_secret, channel.old_secret_until = channel.secret, now() + OVERLAP
        channel.secret = _secret(channel.kind)
    return channel.secret or ""


def remove(survey: Survey, channel_id: int) -> None:
    """Take a channel away with its log and whatever was still to be sent there."""
    with writing() as session:
        session.delete(_locked(survey, channel_id))


def test(survey: Survey, channel_id: int) -> None:
    """Put a message into the outbox that says that this works; Invalid if it could not be sent."""
    channel = get(survey, channel_id)
    channel_checks.check_sendable(channel)
    with writing():
        wake(channel)
        outbox.put(survey, [channel.id], _greeting(survey, channel), f"test:{secrets.token_hex(8)}")


def wake(channel: Channel) -> None:
    """End its rest, because a person wants to see now what becomes of it. Inside `writing()`."""
    db.session.execute(sa.update(Channel).where(Channel.id == channel.id).values(rests_until=None))


def tell_answers(survey: Survey) -> bool:
    """Whether a program is sent what people answer."""
    return any(channel.state == "on" and channel.types for channel in of(survey))


def signing_secrets(channel: Channel) -> list[str]:
    """What signs now, the newest first."""
    until = channel.old_secret_until
    old = [channel.old_secret] if until is not None and until > now() else []
    return [secret for secret in (channel.secret, *old) if secret]


def _one(survey: Survey, channel_id: int) -> sa.Select[Channel]:
    return sa.select(Channel).where(Channel.survey_id == survey.id, Channel.id == channel_id)


def _locked(survey: Survey, channel_id: int) -> Channel:
    channel = db.session.scalar(_one(survey, channel_id).with_for_update(key_share=True))
    if channel is None:
        raise NotFound("This survey has no such channel.")
    return channel


def _fill(channel: Channel, given: Given) -> None:
    channel.name, channel.address = given.name.strip(), given.address.strip()
    channel.types = [type_ for type_ in given.types if channel.kind == "webhook"]


def _cancel(channel: Channel) -> None:
    """What is being sent at this moment arrives or not; the rest is not sent."""
    is_idle = sa.or_(Delivery.leased_until.is_(None), Delivery.leased_until < now())
    waits = sa.update(Delivery).where(Delivery.channel_id == channel.id, Delivery.state == "due", is_idle)
    db.session.execute(waits.values(state="cancelled", last_reason=SWITCHED_OFF, leased_until=None))


def _secret(kind: str) -> str | None:
    return webhook_secrets.new() if kind == "webhook" else None


def _greeting(survey: Survey, channel: Channel) -> Message:
    address = f"{current_app.config['BASE_URL']}/surveys/{survey.key}/channels"
    return Message(
        "channel.test",
        f"A test for the channel {channel.name}",
        (f"Messages about {survey.name} arrive here.",),
        (("The channels of this survey", address),),
        {"survey": survey.key},
    )
