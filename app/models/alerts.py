"""What is told and to whom: rules, what they found, and digests with their readers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, now

KINDS = (
    "nps.dropped", "detractor.arrived", "pain_point.new", "pain_point.rising", "fix.measured", "pain_point.due",
    "case.overdue", "survey.quiet",
)  # fmt: skip
CYCLES = ("daily", "weekly", "monthly")


class AlertRule(Base):
    """One rule of a survey. `query` holds the report's filters as they stand in an address.

    With a `department` only its pain points are told. Nothing is told twice about the same within `cooldown_days`,
    and nothing from `quiet_from` to `quiet_to` o'clock in the survey's time zone. `threshold` is the highest score that
    counts as a detractor.
    """

    __tablename__ = "alert_rule"
    __table_args__ = (
        sa.CheckConstraint(f"kind IN ({', '.join(repr(kind) for kind in KINDS)})", name="kind"),
        sa.CheckConstraint("threshold BETWEEN 0 AND 6", name="threshold"),
        sa.CheckConstraint("cooldown_days >= 0", name="cooldown"),
        sa.CheckConstraint("quiet_from BETWEEN 0 AND 23 AND quiet_to BETWEEN 0 AND 23", name="quiet"),
        sa.Index("ix_alert_rule_survey", "survey_id", "kind"),
        {"sqlite_autoincrement": True},  # messages are known by these ids for ever
    )

    id: Mapped[Id]
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    kind: Mapped[str]
    is_on: Mapped[bool] = mapped_column(default=True)
    query: Mapped[str] = mapped_column(default="")
    department: Mapped[str] = mapped_column(default="")
    threshold: Mapped[int] = mapped_column(default=6)
    cooldown_days: Mapped[int] = mapped_column(default=0)
    quiet_from: Mapped[int | None]
    quiet_to: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class AlertRuleChannel(Base):
    """Where a rule tells what it found."""

    __tablename__ = "alert_rule_channel"

    rule_id: Mapped[int] = mapped_column(sa.ForeignKey("alert_rule.id", ondelete="CASCADE"), primary_key=True)
    channel_id: Mapped[int] = mapped_column(
        sa.ForeignKey("channel.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Alert(Base):
    """One thing that a rule found. It is told when it is due, alone or with others.

    `once` is what it is known by to its rule; `subject` what it is about, such as the id of a pain point. `told_in` is
    the message that told it. It holds numbers and names, never a comment's words.
    """

    __tablename__ = "alert"
    __table_args__ = (
        sa.UniqueConstraint("rule_id", "once"),
        sa.Index("ix_alert_untold", "told_at", "due_at"),
        sa.Index("ix_alert_response", "response_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    rule_id: Mapped[int] = mapped_column(sa.ForeignKey("alert_rule.id", ondelete="CASCADE"))
    once: Mapped[str]
    subject: Mapped[str] = mapped_column(default="")
    response_id: Mapped[int | None] = mapped_column(sa.ForeignKey("response.id", ondelete="CASCADE"))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    found_at: Mapped[datetime]
    due_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    told_in: Mapped[str] = mapped_column(default="")

    @property
    def was_held(self) -> bool:
        """Whether it was found in quiet hours."""
        return self.due_at > self.found_at


class AlertCheck(Base):
    """That a rule was checked for a day, and the ids of what it saw then, news or not."""

    __tablename__ = "alert_check"

    rule_id: Mapped[int] = mapped_column(sa.ForeignKey("alert_rule.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    seen: Mapped[list[str]] = mapped_column(default=list)


class Digest(Base):
    """A report that is sent every day, week or month. `sent_for` is the first day of the last period it told about."""

    __tablename__ = "digest"
    __table_args__ = (
        sa.CheckConstraint("cycle IN ('daily', 'weekly', 'monthly')", name="cycle"),
        sa.Index("ix_digest_survey", "survey_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    name: Mapped[str]
    cycle: Mapped[str]
    is_on: Mapped[bool] = mapped_column(default=True)
    query: Mapped[str] = mapped_column(default="")
    department: Mapped[str] = mapped_column(default="")
    sent_for: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(default=now)


class MailReader(Base):
    """That a mail channel was made for one person, an owner or somebody who was asked: rules do not offer it."""

    __tablename__ = "mail_reader"

    channel_id: Mapped[int] = mapped_column(sa.ForeignKey("channel.id", ondelete="CASCADE"), primary_key=True)


class DigestReader(Base):
    """A channel that gets a digest: one that was asked by mail only after it has confirmed."""

    __tablename__ = "digest_reader"

    digest_id: Mapped[int] = mapped_column(sa.ForeignKey("digest.id", ondelete="CASCADE"), primary_key=True)
    channel_id: Mapped[int] = mapped_column(
        sa.ForeignKey("channel.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    asked_at: Mapped[datetime] = mapped_column(default=now)
    confirmed_at: Mapped[datetime | None]
