"""The log of a channel: what was sent, what became of it, and sending it once more."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import Channel, Delivery, Event, Notice, Survey, now
from app.models.transaction import writing
from app.services import channel_checks, channels

REPLAYABLE = ("parked", "done", "cancelled")


@dataclass(frozen=True, slots=True)
class Entry:
    """One delivery as people see it: never what was answered, never the address."""

    delivery: Delivery
    type: str
    webhook_id: str
    is_erased: bool

    @property
    def may_be_replayed(self) -> bool:
        """Whether it can be sent once more."""
        return self.delivery.state in REPLAYABLE and not self.is_erased


def listed(channel: Channel, limit: int, before: int | None = None, state: str | None = None) -> list[Entry]:
    """The deliveries of a channel, the newest first."""
    query = _entries().where(Delivery.channel_id == channel.id).order_by(Delivery.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Delivery.id < before)
    if state is not None:
        query = query.where(Delivery.state == state)
    return [Entry(*row) for row in db.session.execute(query)]


def counts(survey: Survey) -> dict[int, dict[str, int]]:
    """How many deliveries there are, by channel and state."""
    query = sa.select(Delivery.channel_id, Delivery.state, sa.func.count()).join(Channel)
    found: dict[int, dict[str, int]] = {}
    for id_, state, number in db.session.execute(
        query.where(Channel.survey_id == survey.id).group_by(Delivery.channel_id, Delivery.state)
    ):
        found.setdefault(id_, {})[state] = number
    return found


def replay(survey: Survey, channel_id: int, delivery_id: int) -> None:
    """Send one delivery once more, under the id it had; Invalid while that cannot be."""
    channel = channels.get(survey, channel_id)
    known = sa.select(Delivery.id).where(Delivery.channel_id == channel.id, Delivery.id == delivery_id)
    if db.session.scalar(known) is None:
        raise NotFound("This channel has no such delivery.")
    _replay(channel, Delivery.id == delivery_id, Delivery.state.in_(REPLAYABLE))


def replay_parked(survey: Survey, channel_id: int) -> int:
    """Send everything once more that was given up; how many."""
    return _replay(channels.get(survey, channel_id), Delivery.state == "parked")


def _replay(channel: Channel, *which: sa.ColumnElement[bool]) -> int:
    channel_checks.check_sendable(channel)
    is_erased = sa.exists().where(Notice.id == Delivery.notice_id, Notice.body == b"")
    again = sa.update(Delivery).where(Delivery.channel_id == channel.id, ~is_erased, *which)
    with writing() as session:
        channels.wake(channel)
        values = {"state": "due", "due_at": now(), "attempts": 0, "leased_until": None}
        number: int = session.execute(again.values(values)).rowcount  # type: ignore[attr-defined]
        if not number:
            raise Invalid("There is nothing to send again: it waits already, or its words were erased.")
    return number


def _entries() -> sa.Select[Delivery, str, str, bool]:
    type_ = sa.func.coalesce(Event.type, Notice.type)
    webhook_id = sa.func.coalesce(Event.webhook_id, Notice.webhook_id)
    is_erased = sa.and_(Delivery.event_id.is_(None), Notice.body == b"")
    query = sa.select(Delivery, type_, webhook_id, is_erased)
    return query.outerjoin(Event, Event.id == Delivery.event_id).outerjoin(Notice, Notice.id == Delivery.notice_id)
