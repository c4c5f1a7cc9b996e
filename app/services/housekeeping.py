"""Rows that have had their day."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask import current_app

from app.models import IdempotentAnswer, LoginSession, now
from app.models.transaction import writing

KEPT = timedelta(hours=24)  # how long an idempotent answer is repeated


def tidy() -> None:
    """Remove expired sessions, answers that are no longer repeated, and yesterday's rate keys with their counters."""
    with writing() as session:
        session.execute(sa.delete(LoginSession).where(LoginSession.expires_at < now()))
        session.execute(sa.delete(IdempotentAnswer).where(IdempotentAnswer.created_at < now() - KEPT))
    current_app.extensions["limiter"].store.forget_past_days()
