"""Who decided that suspicious answers count after all, or that they do not."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, now
from app.models.types import BigId

DECISIONS = ("include", "exclude")


class QuarantineDecision(Base):
    """One decision on one answer. Rows are only ever added; they hold ids, never words, so they outlive the answer."""

    __tablename__ = "quarantine_decision"
    __table_args__ = (
        sa.CheckConstraint("decision IN ('include', 'exclude')", name="decision"),
        sa.Index("ix_quarantine_decision_survey", "survey_id", "id"),
    )

    id: Mapped[Id]
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    response_id: Mapped[int] = mapped_column(BigId)
    made_at: Mapped[datetime] = mapped_column(default=now)
    made_by: Mapped[str]
    decision: Mapped[str]
