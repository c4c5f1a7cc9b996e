"""Views of a report that somebody gave a name."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, now


class SavedView(Base):
    """Filters under a name. It is `user_id`'s alone, or without one everybody's who may see the survey.

    `query` is the canonical query string, so that a view opens exactly as it was saved.
    """

    __tablename__ = "saved_view"
    __table_args__ = (sa.Index("ix_saved_view_survey", "survey_id", "id"),)

    id: Mapped[Id]
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    name: Mapped[str]
    query: Mapped[str]
    made_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def is_shared(self) -> bool:
        """Whether everybody sees it who may see the survey."""
        return self.user_id is None
