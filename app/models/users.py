"""Who may look: people with sessions, programs with keys, and what each of them may do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Id, now
from app.models.surveys import Survey

ROLES = ("viewer", "editor", "admin")


class User(Base):
    """A person who signs in. An administrator sees every survey, others those they are a member of."""

    __tablename__ = "user"
    __table_args__ = (sa.UniqueConstraint("email"),)

    id: Mapped[Id]
    email: Mapped[str]
    password_hash: Mapped[str]
    is_admin: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)

    memberships: Mapped[list[Membership]] = relationship(cascade="all, delete-orphan")


class Membership(Base):
    """What a person may do in one survey."""

    __tablename__ = "membership"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "survey_id"),
        sa.CheckConstraint("role IN ('viewer', 'editor', 'admin')", name="role"),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    role: Mapped[str]


class LoginSession(Base):
    """A signed-in browser. Only the hash of the cookie is kept, so the table opens no door."""

    __tablename__ = "login_session"

    id_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]


class ApiKey(Base):
    """A program's key to one survey, kept as a hash with a short prefix for finding it again."""

    __tablename__ = "api_key"
    __table_args__ = (sa.UniqueConstraint("key_hash"),)

    id: Mapped[Id]
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    name: Mapped[str]
    prefix: Mapped[str]
    key_hash: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(default=list)
    created_at: Mapped[datetime] = mapped_column(default=now)
    revoked_at: Mapped[datetime | None]

    survey: Mapped[Survey] = relationship()


class IdempotentAnswer(Base):
    """The answer to an API call with an Idempotency-Key, given again to a repeat within 24 hours."""

    __tablename__ = "idempotent_answer"
    __table_args__ = (sa.UniqueConstraint("survey_id", "key"),)

    id: Mapped[Id]
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    key: Mapped[str]
    body_hash: Mapped[str]
    status: Mapped[int]
    answer: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Heartbeat(Base):
    """When a part of the installation last proved, by a commit, that it works."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
