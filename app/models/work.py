"""Long work that pages ask for and the jobs process does: imports, full analyses, exports."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Id, now
from app.models.surveys import Survey


class CancelledError(Exception):
    """Somebody has cancelled the work that is being done."""


class Work(Base):
    """One piece of work, the truth about it: a queue that is lost loses nothing.

    An import is a `draft` until somebody has seen what its columns mean. While it runs, whoever does it holds a lease
    and says how far it is; a lease that ran out means that nobody does it any more. `file` is the name of the file in
    the work folder that was sent or made, `result` what there is to say in the end.
    """

    __tablename__ = "work"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('import', 'analysis', 'export')", name="kind"),
        sa.CheckConstraint("state IN ('draft', 'queued', 'running', 'done', 'failed', 'cancelled')", name="state"),
        sa.Index("ix_work_survey", "survey_id", "id"),
        sa.Index("ix_work_state", "state", "id"),
    )

    id: Mapped[Id]
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default="queued")
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    file: Mapped[str | None]
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(default=now)
    step: Mapped[str] = mapped_column(default="")
    step_at: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    message: Mapped[str] = mapped_column(default="")
    result: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))

    survey: Mapped[Survey] = relationship()
