"""Rows that have had their day."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from app.models import IdempotentAnswer, LoginSession, now
from app.models.transaction import writing

KEPT = timedelta(hours=24)  # how long an idempotent answer is repeated


def tidy() -> None:
    """Remove sessions that have expired and answers that are no longer repeated."""
    with writing() as session:
        session.execute(sa.delete(LoginSession).where(LoginSession.expires_at < now()))
        session.execute(sa.delete(IdempotentAnswer).where(IdempotentAnswer.created_at < now() - KEPT))
