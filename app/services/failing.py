"""A channel that fails: it rests a while after each failure, and is disabled after days in which nothing arrived."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app

from app.extensions import db
from app.models import Channel, Delivery, Survey
from app.notifiers import addresses
from app.notifiers.message import Message
from app.notifiers.results import NotSent
from app.services import outbox, readers
from app.services.schedule import MOST, SHORTEST

LONGEST_REST = timedelta(minutes=5)
FIRST_REST = timedelta(seconds=5)
ONCE_MORE = timedelta(hours=1)  # after something arrived, what is parked gets another try
TOO_OLD = timedelta(days=14)  # to be tried again without being asked
DISABLED = "channel disabled"
FOR_PEOPLE = ("email", "slack", "teams")


def arrived(channel: Channel, at: datetime) -> None:
    """Something arrived: the channel is well again, and what is parked there gets one more try, oldest first.

    Only what was tried to the end or not at all: who was refused for good is asked again by a person alone.
    """
    channel.failing_since, channel.failures, channel.rests_until = None, 0, None
    is_used_up = Delivery.attempts >= MOST
    parked = sa.update(Delivery).where(Delivery.channel_id == channel.id, Delivery.state == "parked")
    young = parked.where(Delivery.created_at > at - TOO_OLD, sa.or_(is_used_up, Delivery.last_reason == DISABLED))
    tries = sa.case((is_used_up, MOST - 1), else_=Delivery.attempts)
    db.session.execute(young.values(state="due", due_at=at + ONCE_MORE, attempts=tries))


def failed(channel: Channel, outcome: NotSent, at: datetime, *, is_parked: bool) -> None:
    """Something did not: rest, so that a receiver that is down keeps nobody else waiting, or give the channel up."""
    channel.failing_since = channel.failing_since or at
    channel.failures += 1
    rest = min(FIRST_REST * 2 ** min(channel.failures - 1, 10), LONGEST_REST)
    channel.rests_until = at + (rest if outcome.wait is None else timedelta(seconds=outcome.wait))
    if outcome.is_gone:
        _disable(channel, "the receiver says that it is gone (410)", at)
    elif is_parked and at - channel.failing_since >= SHORTEST:
        _disable(channel, "nothing has arrived for days", at)


def _disable(channel: Channel, reason: str, at: datetime) -> None:
    """Nothing is sent or written for it any more. What waits is parked, and the team's channels are told."""
    channel.state, channel.reason = "disabled", reason
    waits = sa.update(Delivery).where(Delivery.channel_id == channel.id, Delivery.state == "due")
    db.session.execute(waits.values(state="parked", leased_until=None, last_at=at, last_reason=DISABLED))
    others = sa.select(Channel.id).where(Channel.survey_id == channel.survey_id, Channel.kind.in_(FOR_PEOPLE))
    told = db.session.scalars(others.where(Channel.id != channel.id, ~readers.IS_PERSONAL)).all()
    survey = db.session.get_one(Survey, channel.survey_id)
    outbox.put(survey, told, _message(survey, channel, reason), f"channel.disabled:{channel.id}:{at.isoformat()}")


def _message(survey: Survey, channel: Channel, reason: str) -> Message:
    address = f"{current_app.config['BASE_URL']}/surveys/{survey.key}/channels/{channel.id}"
    where = "mail" if channel.kind == "email" else addresses.host_of(channel.address)
    return Message(
        "channel.disabled",
        f"The channel {channel.name} of {survey.name} is disabled",
        (f"{where}: {reason}. What was not sent is kept, and can be sent again.",),
        (("The channel and its log", address),),
        {"survey": survey.key, "channel": channel.id, "reason": reason},
    )
