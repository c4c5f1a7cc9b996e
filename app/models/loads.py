"""How often the question was put before somebody: counted by day, tied to nobody."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id


class Load(Base):
    """The loads of one day in the survey's time zone; an empty `touchpoint` is none.

    `turned_away` counts suspicious answers that came when the day's quarantine was full.
    """

    __tablename__ = "load"
    __table_args__ = (sa.UniqueConstraint("survey_id", "day", "touchpoint"),)

    id: Mapped[Id]
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    day: Mapped[date]
    touchpoint: Mapped[str] = mapped_column(default="")
    loads: Mapped[int] = mapped_column(default=0)
    turned_away: Mapped[int] = mapped_column(default=0)
