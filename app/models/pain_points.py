"""The catalogue of a survey: its pain points, shipped, discovered or made by people."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, now

Phrases = dict[str, list[str]]  # by ISO 639-1 language
STATUSES = ("open", "planned", "in progress", "fixed", "won't do")
DONE = ("fixed", "won't do")


class PainPoint(Base):
    """One category of complaints and wishes. `key` is its stable id everywhere outside the database.

    `named` is the name a person gave, shown as written in every language. `phrases` of a shipped one are those that
    people added; of every other one they are all it has. One that is removed exists for its history only.
    `fixes` are the days on which it was fixed, ISO 8601, the last one last. `acting_version` rises with every change of
    what is done about it.
    """

    __tablename__ = "pain_point"
    __table_args__ = (
        sa.UniqueConstraint("survey_id", "key"),
        sa.CheckConstraint("origin IN ('seed', 'discovered', 'manual')", name="origin"),
        sa.CheckConstraint("status IN ('open', 'planned', 'in progress', 'fixed', 'won''t do')", name="status"),
    )

    id: Mapped[Id]
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    key: Mapped[str]
    origin: Mapped[str]
    names: Mapped[dict[str, str]] = mapped_column(default=dict)
    named: Mapped[str | None]
    terms: Mapped[list[str]] = mapped_column(default=list)
    phrases: Mapped[Phrases] = mapped_column(sa.JSON, default=dict)
    department: Mapped[str] = mapped_column(default="")
    owner: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="open")
    due_on: Mapped[date | None]
    ticket: Mapped[str | None]
    fixes: Mapped[list[str]] = mapped_column(default=list)
    acting_version: Mapped[int] = mapped_column(default=0)
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("pain_point.id", ondelete="SET NULL"))
    is_hidden: Mapped[bool] = mapped_column(default=False)
    is_pinned: Mapped[bool] = mapped_column(default=False)
    is_removed: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def is_visible(self) -> bool:
        """Whether a report may list it under its own name."""
        return not (self.is_hidden or self.is_removed or self.merged_into_id)

    @property
    def fixed_on(self) -> date | None:
        """The day of the last fix; None if there was none."""
        return date.fromisoformat(self.fixes[-1]) if self.fixes else None

    def is_overdue(self, today: date) -> bool:
        """Whether its due date is past and it is neither fixed nor given up."""
        return is_late(self.due_on, self.status, today)

    def name(self, language: str = "en") -> str:
        """The given name, else the one in a language, else in English, else in whatever there is, else its id."""
        return name_of(self.key, self.named, self.names, language)


def is_late(due_on: date | None, status: str, today: date) -> bool:
    """The same of columns alone: whether a due date is past and what was due is neither fixed nor given up."""
    return due_on is not None and due_on < today and status not in DONE


def name_of(key: str, named: str | None, names: dict[str, str], language: str = "en") -> str:
    """The same from columns alone."""
    return named or names.get(language) or names.get("en") or next(iter(names.values()), key)
