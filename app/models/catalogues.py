"""What people did to a catalogue: every change with what is needed to take it back, and what they corrected."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, now

ACTIONS = (
    "rename", "merge", "split", "create", "phrases", "hide", "show", "pin", "unpin", "assign", "act", "note",
    "department", "change", "correct", "undo",
)  # fmt: skip


class CatalogueChange(Base):
    """One change. `before` and `after` hold, by the id of each pain point, the columns that it changed.

    `note` is what was said with it; it stays when the change is undone.
    """

    __tablename__ = "catalogue_change"
    __table_args__ = (
        sa.CheckConstraint(f"action IN ({', '.join(map(repr, ACTIONS))})", name="action"),
        sa.Index("ix_catalogue_change_survey", "survey_id", "id"),
    )

    id: Mapped[Id]
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    made_at: Mapped[datetime] = mapped_column(default=now)
    made_by: Mapped[str]
    action: Mapped[str]
    pain_point_id: Mapped[int | None] = mapped_column(sa.ForeignKey("pain_point.id", ondelete="SET NULL"))
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    note: Mapped[str | None]
    undoes: Mapped[int | None] = mapped_column(sa.ForeignKey("catalogue_change.id", ondelete="SET NULL"))
    undone_by: Mapped[int | None] = mapped_column(sa.ForeignKey("catalogue_change.id", ondelete="SET NULL"))


class Correction(Base):
    """What a person said about one mention: it is not about `wrong`, but about `right`; None is nothing known.

    It holds for as long as its change is not undone. An erased answer takes its corrections along.
    """

    __tablename__ = "correction"
    __table_args__ = (sa.Index("ix_correction_survey", "survey_id", "id"),)

    id: Mapped[Id]
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    response_id: Mapped[int] = mapped_column(sa.ForeignKey("response.id", ondelete="CASCADE"), index=True)
    change_id: Mapped[int] = mapped_column(sa.ForeignKey("catalogue_change.id", ondelete="CASCADE"), index=True)
    language: Mapped[str]
    start: Mapped[int]
    end: Mapped[int]
    text: Mapped[str]
    wrong_id: Mapped[int | None] = mapped_column(sa.ForeignKey("pain_point.id", ondelete="CASCADE"))
    right_id: Mapped[int | None] = mapped_column(sa.ForeignKey("pain_point.id", ondelete="CASCADE"))
