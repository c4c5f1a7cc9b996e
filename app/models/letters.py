"""Mails to one person about their own access: invitations, and links to a new password."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, now

KINDS = ("invitation", "reset")
STATES = ("due", "done", "parked")


class Letter(Base):
    """One mail on its way. It holds no link: that is sealed when it is sent, and stands in the mail alone.

    `address` is what somebody typed who forgot the password; whether it belongs to an account is asked when it is
    sent, so that the page which takes it does the same work for everybody. An invitation knows its own address.
    """

    __tablename__ = "letter"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('invitation', 'reset')", name="kind"),
        sa.CheckConstraint("state IN ('due', 'done', 'parked')", name="state"),
        sa.CheckConstraint("(kind = 'invitation') = (invitation_id IS NOT NULL)", name="about"),
        sa.Index("ix_letter_due", "state", "due_at"),
        sa.Index("ix_letter_invitation", "invitation_id"),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    invitation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("invitation.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(default="due")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(default=now)
    leased_until: Mapped[datetime | None]
    last_reason: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
