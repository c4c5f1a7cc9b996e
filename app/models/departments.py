"""Who sees to what hurts: the departments of a survey, as groups of people."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id


class Department(Base):
    """A group of people under a name. Pain points say by that name whose they are.

    What an analysis discovers is theirs if one of its words begins with one of `words`.
    """

    __tablename__ = "department"
    __table_args__ = (sa.UniqueConstraint("survey_id", "name"),)

    id: Mapped[Id]
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    name: Mapped[str]
    words: Mapped[list[str]] = mapped_column(default=list)


class DepartmentMember(Base):
    """Somebody of a department."""

    __tablename__ = "department_member"
    __table_args__ = (sa.Index("ix_department_member_user", "user_id"),)

    department_id: Mapped[int] = mapped_column(sa.ForeignKey("department.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
