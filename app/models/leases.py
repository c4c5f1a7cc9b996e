"""Runners, and leases: which of several runners does what only one is to do."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Lease(Base):
    """A piece of work that belongs to its holder until `ends_at`; whoever is killed leaves one that runs out.

    For work that comes by the clock, `done_for` is the last moment of the clock whose work is done.
    """

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    ends_at: Mapped[datetime]
    done_for: Mapped[datetime | None]


class Runner(Base):
    """A process that does the work behind the pages, as it last showed a sign of life, and the shared folder it has."""

    __tablename__ = "runner"

    name: Mapped[str] = mapped_column(primary_key=True)
    folder: Mapped[str]
    at: Mapped[datetime]
