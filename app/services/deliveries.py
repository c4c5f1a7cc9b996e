"""Deliveries: leased to one sender at a time, tried for days, parked and never lost.

A try is counted before it is made, so that one that kills its sender ends too. Count and end of the lease say whose
try it is: what a sender tells whose lease has passed on is not believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.extensions import db
from app.models import Channel, Delivery, Event, Notice, now
from app.models.transaction import stop_reading, writing
from app.notifiers.message import Message
from app.notifiers.results import NotSent, Parcel, Sent
from app.services import channels, failing
from app.services.schedule import MOST, pause

LEASE = timedelta(seconds=60)
INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Leased:
    """One try that is ours to make until the lease ends."""

    delivery_id: int
    attempt: int
    until: datetime
    kind: str
    parcel: Parcel


def waiting(limit: int) -> Sequence[int]:
    """Channels where something is to be sent now, the longest waiting first."""
    at = now()
    query = sa.select(Channel.id).join(Delivery, Delivery.channel_id == Channel.id).where(*_sendable(at), *_due(at))
    query = query.group_by(Channel.id).order_by(sa.func.min(Delivery.due_at), Channel.id).limit(limit)
    found = db.session.scalars(query).all()
    stop_reading()
    return found


def lease(channel_id: int) -> Leased | None:
    """The next delivery of a channel, ours for a minute; None where there is none or another sender is at it."""
    with writing() as session:
        at = now()  # after the turn has come
        own = sa.select(Channel).where(Channel.id == channel_id, *_sendable(at))
        channel = session.scalar(own.with_for_update(key_share=True))
        if channel is None or _is_busy(channel_id, at):
            return None
        delivery = _next(channel_id, at)
        if delivery is None:
            return None
        delivery.attempts += 1
        delivery.leased_until = at + LEASE
        return Leased(delivery.id, delivery.attempts, at + LEASE, channel.kind, _parcel(channel, delivery))


def record(leased: Leased, outcome: Sent | NotSent) -> None:
    """Write down what became of a try."""
    with writing() as session:
        at = now()
        found = session.execute(_held(leased)).one_or_none()
        if found is None:
            return
        channel, delivery = found
        delivery.leased_until, delivery.last_at, delivery.last_status = None, at, outcome.status
        if isinstance(outcome, Sent):
            delivery.state, delivery.last_reason = "done", None
            failing.arrived(channel, at)
        else:
            delivery.last_reason = outcome.reason
            _put_off(delivery, outcome, at)
            failing.failed(channel, outcome, at, is_parked=delivery.state == "parked")


def _sendable(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return Channel.state == "on", sa.or_(Channel.rests_until.is_(None), Channel.rests_until <= at)


def _due(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    free = sa.or_(Delivery.leased_until.is_(None), Delivery.leased_until <= at)
    return Delivery.state == "due", Delivery.due_at <= at, free


def _is_busy(channel_id: int, at: datetime) -> bool:
    taken = Delivery.channel_id == channel_id, Delivery.state == "due", Delivery.leased_until > at
    return db.session.scalar(sa.select(Delivery.id).where(*taken).limit(1)) is not None


def _next(channel_id: int, at: datetime) -> Delivery | None:
    """The one that has been due for longest. One whose last try never ended is parked on the way."""
    query = sa.select(Delivery).where(Delivery.channel_id == channel_id, *_due(at))
    for delivery in db.session.scalars(query.order_by(Delivery.due_at, Delivery.id).limit(MOST)):
        if delivery.attempts < MOST:
            return delivery
        delivery.state, delivery.leased_until, delivery.last_at = "parked", None, at
        delivery.last_reason = INTERRUPTED
    return None


def _held(leased: Leased) -> sa.Select[Channel, Delivery]:
    query = sa.select(Channel, Delivery).join(Delivery, Delivery.channel_id == Channel.id)
    query = query.where(Delivery.id == leased.delivery_id, Delivery.attempts == leased.attempt)
    held = query.where(Delivery.state == "due", Delivery.leased_until == leased.until)
    return held.with_for_update(key_share=True)


def _put_off(delivery: Delivery, outcome: NotSent, at: datetime) -> None:
    if not outcome.again or outcome.is_gone or delivery.attempts >= MOST:
        delivery.state = "parked"
        return
    delivery.due_at = at + max(pause(delivery.attempts), timedelta(seconds=outcome.wait or 0))


def _parcel(channel: Channel, delivery: Delivery) -> Parcel:
    secrets = channels.signing_secrets(channel)
    if delivery.event_id is not None:
        event = db.session.get_one(Event, delivery.event_id)
        return Parcel(channel.address, event.webhook_id, event.body, secrets=secrets)
    notice = db.session.get_one(Notice, delivery.notice_id)
    return Parcel(channel.address, notice.webhook_id, notice.body, _message(notice), secrets, delivery.id)


def _message(notice: Notice) -> Message:
    return Message(
        notice.type,
        notice.title,
        tuple(notice.lines),
        tuple((text, address) for text, address in notice.links),
        html=notice.html,
        unsubscribe=notice.unsubscribe,
    )
