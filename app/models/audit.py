"""The audit log: who did what and when, each entry sealed to the one before it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from app.models.types import BigId

ACTORS = ("user", "key", "link", "respondent", "visitor", "command")


class AuditEntry(Base):
    """One act. It holds ids and keyed hashes, never words, names or addresses, so that no erasure has to touch it.

    `actor_id` is the id of the account or key, `thing` the numbers in the address of what it was done to, and `mark`
    a keyed hash of a respondent's or customer's id. `survey_id` points nowhere on purpose: the entry outlives the
    survey. `link` seals the entry and the link of the one before it; ids have no gaps.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        sa.CheckConstraint(f"actor IN ({', '.join(map(repr, ACTORS))})", name="actor"),
        sa.Index("ix_audit_entry_survey", "survey_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]
    actor_id: Mapped[int | None]
    action: Mapped[str]
    survey_id: Mapped[int | None]
    thing: Mapped[str]
    mark: Mapped[str | None]
    link: Mapped[str]


class AuditHead(Base):
    """The newest entry, sealed once more, so that a cut-off end is noticed; its one row is the lock of whoever adds."""

    __tablename__ = "audit_head"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    entry_id: Mapped[int]
    link: Mapped[str]
    seal: Mapped[str]
