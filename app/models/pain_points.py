"""The catalogue of a survey: its pain points, shipped, discovered or made by people."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, now


class PainPoint(Base):
    """One category of complaints and wishes. `key` is its stable id everywhere outside the database."""

    __tablename__ = "pain_point"
    __table_args__ = (
        sa.UniqueConstraint("survey_id", "key"),
        sa.CheckConstraint("origin IN ('seed', 'discovered', 'manual')", name="origin"),
    )

    id: Mapped[Id]
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    key: Mapped[str]
    origin: Mapped[str]
    names: Mapped[dict[str, str]] = mapped_column(default=dict)
    terms: Mapped[list[str]] = mapped_column(default=list)
    department: Mapped[str] = mapped_column(default="")
    owner: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="open")
    created_at: Mapped[datetime] = mapped_column(default=now)
