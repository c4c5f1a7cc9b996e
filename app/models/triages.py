"""What became of answers once somebody looked at them; an answer without a row is new."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, now

TRIAGES = ("read", "done", "archived")


class Triage(Base):
    """Where an answer stands, and whether it is a test, which no number counts (`Response.counts` says so to all)."""

    __tablename__ = "triage"
    __table_args__ = (
        sa.CheckConstraint("state IN ('new', 'read', 'done', 'archived')", name="state"),
        sa.Index("ix_triage_survey", "survey_id", "state"),
    )

    response_id: Mapped[int] = mapped_column(sa.ForeignKey("response.id", ondelete="CASCADE"), primary_key=True)
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(default="new")
    is_test: Mapped[bool] = mapped_column(default=False)
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(default=now)


def is_test(response_id: sa.ColumnExpressionArgument[int]) -> sa.ColumnElement[bool]:
    """Whether somebody marked an answer as a test, in SQL."""
    return sa.exists().where(Triage.response_id == response_id, Triage.is_test.is_(True))
