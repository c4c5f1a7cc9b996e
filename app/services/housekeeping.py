"""Rows that have had their day."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask import current_app

from app.extensions import db
from app.models import IdempotentAnswer, Invitation, LoginSession, Respondent, Response, Share, Survey, now
from app.models.transaction import writing
from app.services import alert_checks, leases, outbox, runners

KEPT = timedelta(hours=24)  # how long an idempotent answer is repeated
REMEMBERED = timedelta(days=30)  # invitations and links to shared reports that have ended
ENDS = (
    (Invitation, Invitation.expires_at, Invitation.accepted_at, Invitation.withdrawn_at),
    (Share, Share.expires_at, Share.revoked_at),
)


def tidy() -> None:
    """Remove what has expired: sessions, links, answers to repeat, people who did not answer, messages, rate keys."""
    with writing() as session:
        session.execute(sa.delete(LoginSession).where(LoginSession.expires_at < now()))
        session.execute(sa.delete(IdempotentAnswer).where(IdempotentAnswer.created_at < now() - KEPT))
        session.execute(sa.delete(Respondent).where(*_forgettable()))
        for link, *ends in ENDS:
            session.execute(sa.delete(link).where(sa.or_(*(end < now() - REMEMBERED for end in ends))))
        outbox.tidy(now())
        alert_checks.tidy(now())
        leases.forget_past()
        runners.forget_past()
    current_app.extensions["limiter"].store.forget_past_days()


def _forgettable() -> list[sa.ColumnElement[bool]]:
    """People who were shown a question longer ago than any survey looks back, and never answered."""
    columns = (Survey.window_days, Survey.rest_after_relationship, Survey.rest_after_touchpoint)
    longest = db.session.execute(sa.select(*map(sa.func.max, columns))).one()
    since = now() - timedelta(days=max(days or 0 for days in longest))
    return [Respondent.shown_at < since, ~sa.exists().where(Response.respondent_id == Respondent.id)]
