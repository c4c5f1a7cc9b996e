"""Detractors to be followed up: a case for each of their answers, and everything that was done and said in it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Id, now
from app.models.departments import Department
from app.models.responses import Response
from app.models.users import User

STATES = ("open", "in progress", "closed")
BY_PEOPLE = ("solved", "no answer", "nothing to do")  # why people close a case
BY_ITSELF = ("score raised", "does not count")  # why a case closes by itself
REASONS = (*BY_PEOPLE, *BY_ITSELF)


class Case(Base):
    """The follow-up of one answer. It goes with its answer, notes and all.

    `due_on` is a day in the survey's time zone; `version` counts the changes, so that nobody overwrites another's.
    """

    __tablename__ = "case"
    __table_args__ = (
        sa.UniqueConstraint("response_id"),
        sa.CheckConstraint("state IN ('open', 'in progress', 'closed')", name="state"),
        sa.CheckConstraint("(state = 'closed') = (reason IS NOT NULL)", name="reason"),
        sa.Index("ix_case_survey", "survey_id", "state", "opened_at"),
        {"sqlite_autoincrement": True},  # the address of an erased case opens no other
    )

    id: Mapped[Id]
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    response_id: Mapped[int] = mapped_column(sa.ForeignKey("response.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(default="open")
    reason: Mapped[str | None]
    assignee_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"), index=True)
    department_id: Mapped[int | None] = mapped_column(sa.ForeignKey("department.id", ondelete="SET NULL"), index=True)
    due_on: Mapped[date | None]
    opened_at: Mapped[datetime] = mapped_column(default=now)
    first_contact_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    response: Mapped[Response] = relationship()
    assignee: Mapped[User | None] = relationship()
    department: Mapped[Department | None] = relationship()
    entries: Mapped[list[CaseEntry]] = relationship(order_by="CaseEntry.id")


class CaseEntry(Base):
    """One thing that somebody did or said in a case; rows are only ever added.

    `changes` holds the new value of each field that was changed, as people read it.
    """

    __tablename__ = "case_entry"
    __table_args__ = (sa.Index("ix_case_entry_case", "case_id", "id"),)

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case.id", ondelete="CASCADE"))
    made_at: Mapped[datetime] = mapped_column(default=now)
    made_by: Mapped[str]
    note: Mapped[str | None]
    is_contact: Mapped[bool] = mapped_column(default=False)
    changes: Mapped[dict[str, Any]] = mapped_column(default=dict)
