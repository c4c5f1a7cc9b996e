"""What people said: respondents, their responses, and what a response said before it was changed."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Id, now


class Respondent(Base):
    """Somebody a host knows by an opaque id; its row is the lock that keeps two devices from answering twice."""

    __tablename__ = "respondent"
    __table_args__ = (sa.UniqueConstraint("survey_id", "subject"), sa.Index("ix_respondent_subject", "subject"))

    id: Mapped[Id]
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    subject: Mapped[str]
    shown_at: Mapped[datetime | None]  # when the question was last put before them
    created_at: Mapped[datetime] = mapped_column(default=now)


class Response(Base):
    """One answer: a score, perhaps a comment. Analysis never writes here.

    `quarantine` is why it looked suspicious, for good; `counts` whether reports count it. `has_load` says that the
    question it answers was counted as asked. An id is never given twice, so an address that names an erased answer
    opens no other. `code_hash` is what is kept of the receipt code. `claimed_as` is an id without proof: it makes no
    respondent, so that nobody answers for another.
    """

    __tablename__ = "response"
    __table_args__ = (
        sa.UniqueConstraint("survey_id", "nonce"),
        sa.UniqueConstraint("survey_id", "external_id"),
        sa.CheckConstraint("score BETWEEN 0 AND 10", name="score"),
        sa.CheckConstraint("identity IN ('anonymous', 'claimed', 'verified')", name="identity"),
        sa.Index("ix_response_survey_created", "survey_id", "created_at"),
        sa.Index("ix_response_respondent", "respondent_id", "created_at"),
        sa.Index(
            "ix_response_quarantine",
            "survey_id",
            "id",
            sqlite_where=sa.text("quarantine IS NOT NULL"),
            postgresql_where=sa.text("quarantine IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    nonce: Mapped[str]
    external_id: Mapped[str | None]
    revision: Mapped[int] = mapped_column(default=1)
    score: Mapped[int]
    comment: Mapped[str | None]
    language: Mapped[str | None]
    touchpoint: Mapped[str | None]
    respondent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("respondent.id", ondelete="SET NULL"))
    identity: Mapped[str] = mapped_column(default="anonymous")
    claimed_as: Mapped[str | None]
    mark: Mapped[str | None]
    quarantine: Mapped[str | None]
    counts: Mapped[bool] = mapped_column(default=True)
    has_load: Mapped[bool] = mapped_column(default=False)
    attributes: Mapped[dict[str, str]] = mapped_column(default=dict)
    monthly_revenue: Mapped[float | None]
    customer_since: Mapped[date | None]
    source: Mapped[str]
    host: Mapped[str | None]
    layout_version: Mapped[int | None]
    code_hash: Mapped[str | None] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    completed_at: Mapped[datetime | None]

    respondent: Mapped[Respondent | None] = relationship()
    revisions: Mapped[list[ResponseRevision]] = relationship(order_by="ResponseRevision.revision")


class ResponseRevision(Base):
    """What a response said before it was changed."""

    __tablename__ = "response_revision"
    __table_args__ = (sa.UniqueConstraint("response_id", "revision"),)

    id: Mapped[Id]
    response_id: Mapped[int] = mapped_column(sa.ForeignKey("response.id", ondelete="CASCADE"))
    revision: Mapped[int]
    score: Mapped[int]
    comment: Mapped[str | None]
    replaced_at: Mapped[datetime] = mapped_column(default=now)
