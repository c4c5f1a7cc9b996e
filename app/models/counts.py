"""Counts that an operator watches. No words, nobody's name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from app.analysis.metrics import METRICS
from app.extensions import db
from app.models import queries, triages
from app.models.channels import Channel
from app.models.deliveries import Delivery
from app.models.letters import Letter
from app.models.loads import Load
from app.models.responses import Response
from app.models.surveys import Survey
from app.models.users import Heartbeat

UNSENT = ("due", "parked")


def responses_by_group() -> Iterator[tuple[str, str, int]]:
    """Survey, group, number of responses."""
    query = sa.select(Survey.key, Survey.metric, Response.score, sa.func.count()).join(
        Response, Response.survey_id == Survey.id
    )
    query = query.where(Response.counts.is_(True))
    counted: Counter[tuple[str, str]] = Counter()
    for key, metric, score, count in db.session.execute(query.group_by(Survey.key, Survey.metric, Response.score)):
        counted[key, METRICS[metric].name_of(METRICS[metric].group_of(score))] += count
    return ((key, group, count) for (key, group), count in sorted(counted.items()))


def quarantined_by_survey() -> Iterator[tuple[str, int]]:
    """Survey, number of answers that wait in quarantine."""
    waiting = (Response.survey_id == Survey.id) & Response.quarantine.is_not(None) & Response.counts.is_(False)
    waiting &= ~triages.is_test(Response.id)
    query = sa.select(Survey.key, sa.func.count(Response.id)).outerjoin(Response, waiting).group_by(Survey.key)
    return ((key, count) for key, count in db.session.execute(query.order_by(Survey.key)))


def turned_away_by_survey() -> Iterator[tuple[str, int]]:
    """Survey, number of suspicious answers that found its quarantine full."""
    number = sa.func.coalesce(sa.func.sum(Load.turned_away), 0)
    query = sa.select(Survey.key, number).outerjoin(Load, Load.survey_id == Survey.id).group_by(Survey.key)
    return ((key, int(count)) for key, count in db.session.execute(query.order_by(Survey.key)))


def pending_by_survey() -> Iterator[tuple[str, int]]:
    """Survey, number of comments its current analysis has not read as they stand now."""
    for survey_id, key in db.session.execute(sa.select(Survey.id, Survey.key).order_by(Survey.key)).all():
        run = queries.current_run(survey_id)
        yield key, queries.pending(survey_id, run.id if run else None)


def heartbeats() -> Iterator[tuple[str, datetime]]:
    """Which part of the installation last proved when that it works."""
    rows = db.session.execute(sa.select(Heartbeat.name, Heartbeat.at).order_by(Heartbeat.name))
    return ((name, at) for name, at in rows)


def deliveries_by_state() -> Iterator[tuple[str, int]]:
    """How many deliveries wait, and how many were given up."""
    query = sa.select(Delivery.state, sa.func.count()).where(Delivery.state.in_(UNSENT)).group_by(Delivery.state)
    found = Counter(dict(iter(db.session.execute(query))))
    return ((state, found[state]) for state in UNSENT)


def due_since() -> datetime | None:
    """Since when the delivery, to a channel that takes any, or the letter is due that has been for longest."""
    waits = Delivery.state == "due", Channel.state == "on"
    query = sa.select(Delivery.due_at).join(Channel, Channel.id == Delivery.channel_id).where(*waits)
    letters = sa.select(Letter.due_at).where(Letter.state == "due").order_by(Letter.due_at).limit(1)
    oldest = (db.session.scalar(query.order_by(Delivery.due_at).limit(1)), db.session.scalar(letters))
    return min((at for at in oldest if at is not None), default=None)


def database_bytes() -> int:
    """How much room the database takes, its write-ahead log not counted."""
    if db.session.get_bind().dialect.name == "sqlite":
        pages, size = (db.session.scalar(sa.text(f"PRAGMA {name}")) for name in ("page_count", "page_size"))
        return int(pages or 0) * int(size or 0)
    return int(db.session.scalar(sa.text("SELECT pg_database_size(current_database())")) or 0)
