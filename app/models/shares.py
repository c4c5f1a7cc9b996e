"""Links that show one view of a report to whoever holds them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Id, now
from app.models.surveys import Survey


class Share(Base):
    """One link: the view as its canonical query, and whether it shows what people wrote. The token is kept hashed."""

    __tablename__ = "share"
    __table_args__ = (
        sa.UniqueConstraint("token_hash"),
        sa.Index("ix_share_survey", "survey_id", "id"),
    )

    id: Mapped[Id]
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    name: Mapped[str]
    query: Mapped[str]
    with_quotes: Mapped[bool]
    token_hash: Mapped[str]
    made_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    survey: Mapped[Survey] = relationship()
