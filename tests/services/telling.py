"""A survey with channels and rules, and what was told to whom: the rows of the outbox, unsent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.models import AlertRule, Channel, Delivery, Notice, Survey
from app.models.transaction import writing
from app.services import alert_checks, alert_rules, telling
from tests.rows import Said

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)  # a Monday
DAY = timedelta(days=1)


def channel(survey: Survey, address: str = "team@example.com", kind: str = "email", **more: Any) -> Channel:
    with writing() as session:
        made = Channel(survey_id=survey.id, kind=kind, name=address, address=address, **more)
        session.add(made)
    return made


def rule(survey: Survey, kind: str, *channels: Channel, **values: Any) -> AlertRule:
    made = alert_rules.create(survey, {"kind": kind, **values}, [one.id for one in channels])
    with writing():
        made.created_at = datetime(2026, 1, 1, tzinfo=UTC)
    return made


def run(now: datetime) -> int:
    """One round of the jobs: check what is to be checked, tell what is due; how many messages."""
    for survey, one in alert_checks.due(now):
        alert_checks.check(survey, one, now)
    return telling.tell(now)


def told(kind: str | None = None) -> list[tuple[str, Notice]]:
    """What was put into the outbox: the address and the message."""
    db.session.rollback()
    query = sa.select(Channel.address, Notice).join(Delivery, Delivery.channel_id == Channel.id)
    query = query.join(Notice, Notice.id == Delivery.notice_id).order_by(Delivery.id)
    rows = db.session.execute(query).all()
    return [(address, notice) for address, notice in rows if kind in (None, notice.type)]


def titles() -> list[str]:
    return [notice.title for _, notice in told()]


def answers(groups: tuple[int, int, int], day: date, **more: Any) -> Iterable[Said]:
    """So many promoters, passives and detractors, at noon of a day."""
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    for score, times in zip((10, 7, 3), groups, strict=True):
        yield from (Said(score, at=at, more=dict(more)) for _ in range(times))
