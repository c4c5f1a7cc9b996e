"""Who was asked to join a survey, and has not come yet."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Id, now
from app.models.surveys import Survey


class Invitation(Base):
    """Somebody invited under an e-mail address. Only the hash of the link's token is kept, and it works once."""

    __tablename__ = "invitation"
    __table_args__ = (
        sa.UniqueConstraint("token_hash"),
        sa.CheckConstraint("role IN ('viewer', 'editor', 'admin')", name="role"),
        sa.Index("ix_invitation_survey", "survey_id", "id"),
    )

    id: Mapped[Id]
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    email: Mapped[str]
    role: Mapped[str]
    token_hash: Mapped[str]
    made_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    survey: Mapped[Survey] = relationship()
