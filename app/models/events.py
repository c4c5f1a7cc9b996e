"""The outbox: what happened, written in the transaction in which it happened."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, now


class Event(Base):
    """One thing that happened to one response; `body` is the exact bytes a receiver would get."""

    __tablename__ = "event"
    __table_args__ = (
        sa.UniqueConstraint("webhook_id"),
        sa.CheckConstraint("type IN ('response.created', 'response.updated')", name="type"),
        sa.Index("ix_event_survey", "survey_id", "id"),
        {"sqlite_autoincrement": True},  # the newest id tells a report whether anything happened since
    )

    id: Mapped[Id]
    webhook_id: Mapped[str]
    type: Mapped[str]
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    response_id: Mapped[int] = mapped_column(sa.ForeignKey("response.id", ondelete="CASCADE"))
    body: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(default=now)
