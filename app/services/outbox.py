"""What is to be sent, written in the transaction in which it happened: the truth that every sender reads."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import cast

import sqlalchemy as sa

from app.extensions import db
from app.models import Channel, Delivery, Notice, NoticeAnswer, Survey, now
from app.models.upsert import insert, insert_once
from app.notifiers.message import Message

KEPT = timedelta(days=90)
_channels = cast(sa.Table, Channel.__table__).c  # past the unit of work: every answer waits for this query
LISTENING = sa.select(_channels.id, _channels.types).where(
    _channels.survey_id == sa.bindparam("survey_id"), _channels.state == "on", _channels.kind == "webhook"
)


def put(
    survey: Survey,
    channel_ids: Collection[int],
    message: Message,
    once: str,
    not_before: datetime | None = None,
    *,
    about: Collection[int] = (),
) -> int:
    """Write a message and a delivery for each of these channels that is on; how many. Call it inside `writing()`.

    `once` is what the message is known by in this survey, for ever: told again, nothing is written and 0 comes back.
    `about` are the ids of all answers it is about or may quote: when one is erased, so is the message.
    """
    at = now()
    notice_id = insert_once(Notice, _notice(survey, message, once, at))
    if notice_id is None:
        return 0
    insert(NoticeAnswer, [{"notice_id": notice_id, "response_id": answer} for answer in sorted(set(about))])
    channels = _on(survey, channel_ids)
    insert(Delivery, [{"channel_id": id_, "notice_id": notice_id, "due_at": not_before or at} for id_ in channels])
    return len(channels)


def forget(response_id: int) -> None:
    """Empty every message about an answer that is being erased; what of it is not sent yet never is."""
    about = sa.select(NoticeAnswer.notice_id).where(NoticeAnswer.response_id == response_id)
    _empty(Notice.id.in_(about))
    _cancel("erased", Delivery.notice_id.in_(about))


def withdraw(channel_ids: Collection[int], *known: str) -> None:
    """Send no more to these channels what is known by these first words. Call it inside `writing()`."""
    is_known = sa.or_(*(Notice.once.startswith(words) for words in known))
    if channel_ids:
        which = sa.exists().where(Notice.id == Delivery.notice_id, is_known)
        _cancel("not wanted any more", Delivery.channel_id.in_(channel_ids), which)


def _cancel(reason: str, *which: sa.ColumnElement[bool]) -> None:
    unsent = sa.update(Delivery).where(Delivery.state.in_(("due", "parked")), *which)
    db.session.execute(unsent.values(state="cancelled", last_reason=reason, leased_until=None))


def tidy(at: datetime) -> None:
    """Remove what was sent long ago, with its words. That it was told is kept, and what is parked is."""
    long_ago = at - KEPT
    is_over = Delivery.state.in_(("done", "cancelled"))
    db.session.execute(sa.delete(Delivery).where(is_over, Delivery.created_at < long_ago, Delivery.due_at < long_ago))
    _empty(Notice.created_at < long_ago, ~sa.exists().where(Delivery.notice_id == Notice.id))


def _empty(*which: sa.ColumnElement[bool]) -> None:
    nothing: dict[str, object] = {"title": "", "lines": [], "links": [], "html": None, "unsubscribe": "", "body": b""}
    db.session.execute(sa.update(Notice).where(Notice.body != b"", *which).values(nothing))


def new_webhook_id() -> str:
    """What a message is known by to receivers, however often it is sent."""
    return f"msg_{secrets.token_urlsafe(18)}"


def body(kind: str, at: datetime, data: object) -> bytes:
    """The exact bytes that a webhook gets."""
    whole = {"type": kind, "timestamp": at.isoformat(), "data": data}
    return json.dumps(whole, separators=(",", ":")).encode()


def _notice(survey: Survey, message: Message, once: str, at: datetime) -> dict[str, object]:
    return {
        "webhook_id": new_webhook_id(),
        "survey_id": survey.id,
        "once": once,
        "type": message.type,
        "title": message.title,
        "lines": list(message.lines),
        "links": [list(link) for link in message.links],
        "html": message.html,
        "unsubscribe": message.unsubscribe,
        "body": body(message.type, at, dict(message.data)),
        "created_at": at,
    }


def _on(survey: Survey, channel_ids: Collection[int]) -> Sequence[int]:
    query = sa.select(Channel.id).where(Channel.survey_id == survey.id, Channel.state == "on")
    return db.session.scalars(query.where(Channel.id.in_(channel_ids)).order_by(Channel.id)).all()


def deliver_event(survey_id: int, event_id: int, kind: str, at: datetime) -> None:
    """A delivery of an answer's event for each webhook that gets such events."""
    found = db.session.connection().execute(LISTENING, {"survey_id": survey_id})
    wants = [id_ for id_, types in found if kind in types]
    insert(Delivery, [{"channel_id": id_, "event_id": event_id, "due_at": at} for id_ in wants])
