"""What is told besides answers, and every sending of a message or an answer to a channel."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, now

DELIVERY_STATES = ("due", "done", "parked", "cancelled")


class Notice(Base):
    """A message as it was told: `body` is the exact bytes a webhook gets, empty once its words were erased.

    It stands beside `event`, whose newest row says whether answers changed. `once` lets a message be told only once.
    """

    __tablename__ = "notice"
    __table_args__ = (sa.UniqueConstraint("webhook_id"), sa.UniqueConstraint("survey_id", "once"))

    id: Mapped[Id]
    webhook_id: Mapped[str]
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    once: Mapped[str]
    type: Mapped[str]
    title: Mapped[str]
    lines: Mapped[list[str]]
    links: Mapped[list[list[str]]] = mapped_column(sa.JSON)
    html: Mapped[str | None]
    unsubscribe: Mapped[str] = mapped_column(default="")
    body: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(default=now)


class NoticeAnswer(Base):
    """An answer that a message is about or may quote, so that both are erased together."""

    __tablename__ = "notice_answer"
    __table_args__ = (sa.Index("ix_notice_answer_response", "response_id"),)

    notice_id: Mapped[int] = mapped_column(sa.ForeignKey("notice.id", ondelete="CASCADE"), primary_key=True)
    response_id: Mapped[int] = mapped_column(sa.ForeignKey("response.id", ondelete="CASCADE"), primary_key=True)


class Delivery(Base):
    """One event or one notice on its way to one channel.

    `attempts` counts up before each try, so that one that kills its sender ends too; with the lease it says whose try
    it is. `last_reason` is a short word of ours, never what a receiver answered.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "channel_id"),
        sa.UniqueConstraint("notice_id", "channel_id"),
        sa.CheckConstraint("event_id IS NOT NULL OR notice_id IS NOT NULL", name="told"),
        sa.CheckConstraint("state IN ('due', 'done', 'parked', 'cancelled')", name="state"),
        sa.Index("ix_delivery_due", "state", "due_at"),
        sa.Index("ix_delivery_channel", "channel_id", "id"),
        sa.Index("ix_delivery_channel_due", "channel_id", "state", "due_at"),
    )

    id: Mapped[Id]
    channel_id: Mapped[int] = mapped_column(sa.ForeignKey("channel.id", ondelete="CASCADE"))
    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    notice_id: Mapped[int | None] = mapped_column(sa.ForeignKey("notice.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(default="due")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(default=now)
    leased_until: Mapped[datetime | None]
    last_status: Mapped[int | None]
    last_reason: Mapped[str | None]
    last_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
