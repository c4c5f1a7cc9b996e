"""What was understood: analysis runs and the mentions they found. Derived, and always rebuildable."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, now

CANCELLED = "cancelled"  # the failure of a run that somebody did not want any more
Terms = list[list[int]]  # [[start, end], …] in code points of the comment


class AnalysisRun(Base):
    """One versioned pass over a survey's comments. Readers see a run only once the survey points at it.

    `catalogue_version` is the one it was made from. A run that only followed a changed catalogue names in
    `learned_in` the run that learned; `changes` says what became different from the run before. `edition` rises
    whenever readings are added to it.
    """

    __tablename__ = "analysis_run"
    __table_args__ = (
        sa.CheckConstraint("state IN ('running', 'succeeded', 'failed')", name="state"),
        sa.Index("ix_analysis_run_survey", "survey_id", "id"),
    )

    id: Mapped[Id]
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(default="running")
    method: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]
    comments: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str | None]
    model: Mapped[bytes | None] = mapped_column(deferred=True)
    catalogue_version: Mapped[int] = mapped_column(default=0)
    learned_in: Mapped[int | None] = mapped_column(sa.ForeignKey("analysis_run.id", ondelete="SET NULL"))
    changes: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    edition: Mapped[int] = mapped_column(default=0)


class CurrentRun(Base):
    """The one pointer that readers follow; moving it is how a whole analysis becomes visible at once."""

    __tablename__ = "current_run"

    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"), primary_key=True)
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("analysis_run.id", ondelete="CASCADE"), index=True)


class Reading(Base):
    """That a run has read one revision of a response, as one of the readings that made its `edition`."""

    __tablename__ = "reading"
    __table_args__ = (sa.Index("ix_reading_edition", "run_id", "edition"),)

    run_id: Mapped[int] = mapped_column(sa.ForeignKey("analysis_run.id", ondelete="CASCADE"), primary_key=True)
    response_id: Mapped[int] = mapped_column(
        sa.ForeignKey("response.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    revision: Mapped[int]
    language: Mapped[str]
    edition: Mapped[int] = mapped_column(default=0)


class Unread(Base):
    """A revision of a comment that may still be to be read, so that nobody has to go through all comments for it.

    A mark is made with the change that needs it and taken away with the reading. One too many does no harm.
    """

    __tablename__ = "unread"
    __table_args__ = (sa.Index("ix_unread_survey", "survey_id", "response_id"),)

    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    response_id: Mapped[int] = mapped_column(sa.ForeignKey("response.id", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class MentionRow(Base):
    """One opinion inside a comment, as one run understood it."""

    __tablename__ = "mention"
    __table_args__ = (
        sa.Index("ix_mention_run_response", "run_id", "response_id"),
        sa.Index("ix_mention_run_pain_point", "run_id", "pain_point_id"),
        sa.Index("ix_mention_response", "response_id"),
        sa.CheckConstraint("stance IN ('complaint', 'wish', 'praise', 'neutral')", name="stance"),
    )

    id: Mapped[Id]
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("analysis_run.id", ondelete="CASCADE"))
    response_id: Mapped[int] = mapped_column(sa.ForeignKey("response.id", ondelete="CASCADE"))
    pain_point_id: Mapped[int | None] = mapped_column(sa.ForeignKey("pain_point.id", ondelete="CASCADE"))
    start: Mapped[int]
    end: Mapped[int]
    stance: Mapped[str]
    confidence: Mapped[float]
    terms: Mapped[Terms] = mapped_column(sa.JSON, default=list)


class Vector(Base):
    """The vector of one distinct text, kept so that no text is encoded twice."""

    __tablename__ = "vector"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    content: Mapped[bytes]
