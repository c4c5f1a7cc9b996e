"""Stretches: what several hosts that read one big run share among themselves."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from app.models.types import BigId


class Stretch(Base):
    """Comments of a survey, from one answer up to another, that one host reads for a run that is being made.

    The rows are there while their run is read. `comments` is how many there were when it was cut, then how many
    were read. What is done, or no more, takes no reading.
    """

    __tablename__ = "stretch"

    run_id: Mapped[int] = mapped_column(sa.ForeignKey("analysis_run.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_id: Mapped[int] = mapped_column(BigId)  # of answers, one of which may be erased meanwhile
    last_id: Mapped[int] = mapped_column(BigId)
    comments: Mapped[int]
    done_at: Mapped[datetime | None]
