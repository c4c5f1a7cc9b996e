"""Channels: where a survey's messages and answers are sent."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, now

KINDS = ("email", "webhook", "slack", "teams")
STATES = ("on", "off", "disabled")
ANSWER_TYPES = ("response.created", "response.updated")


class Channel(Base):
    """One mail address or URL. Address and secret are needed to send, so they are kept as they are and never shown.

    `types` are the answers that a webhook gets without being asked. `reason` is why it is disabled. After a rotation
    the old secret signs too until `old_secret_until`. `failing_since` and `failures` count the tries since the last
    that arrived; until `rests_until` nothing is tried.
    """

    __tablename__ = "channel"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('email', 'webhook', 'slack', 'teams')", name="kind"),
        sa.CheckConstraint("state IN ('on', 'off', 'disabled')", name="state"),
        sa.Index("ix_channel_survey", "survey_id", "state"),
    )

    id: Mapped[Id]
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    kind: Mapped[str]
    name: Mapped[str]
    address: Mapped[str]
    types: Mapped[list[str]] = mapped_column(default=list)
    state: Mapped[str] = mapped_column(default="on")
    reason: Mapped[str | None]
    secret: Mapped[str | None]
    old_secret: Mapped[str | None]
    old_secret_until: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    rests_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
