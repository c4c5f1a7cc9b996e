"""Surveys, and the keys with which hosts sign their respondents."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.analysis.metrics import METRICS, Metric
from app.models.base import Base, Id, now

KINDS = ("relationship", "touchpoint")
METRIC_KEYS = tuple(METRICS)
VALUE_BASES = ("revenue", "margin", "orders")


class Survey(Base):
    """One question asked under one key.

    `metric` is what is asked: how likely they recommend, how satisfied they are, how easy it was; it never changes.
    `catalogue_version` rises with every change that alters what comments are assigned to. `languages` are those the
    widget speaks, all when empty; `wording` holds its own sentences by locale and English sentence, `theme` its own
    colours and corners; what is not in them is as shipped. Whom it asks when: a person again after `window_days`, of
    all people `sample_rate` drawn anew every `sample_days`, at most `daily_cap` a day, and so many days after another
    survey of the same `audience` asked them. How long a customer stays is `lifetime_months`, or what `lifetimes` says
    of the value of the attribute `lifetime_attribute`. On the basis "orders" the attributes `order_value_attribute` and
    `orders_attribute` hold a customer's average order and orders a month, of which `margin` is kept. If it
    `opens_cases`, a new answer of at most `case_threshold` opens one, with `contact_days` to be in touch. `erasures`
    rises with every answer that is erased. Mails hold no comment unless `comments_in_mail`. After `comments_months` an
    answer loses its words, after `answers_months` it goes; None keeps them. `redacts` names what is taken out of
    comments before they are stored.
    """

    __tablename__ = "survey"
    __table_args__ = (
        sa.UniqueConstraint("key"),
        sa.CheckConstraint("kind IN ('relationship', 'touchpoint')", name="kind"),
        sa.CheckConstraint("metric IN ('nps', 'csat', 'ces')", name="metric"),
        sa.CheckConstraint("window_days >= 1", name="window"),
        sa.CheckConstraint("sample_rate BETWEEN 0 AND 1", name="sample_rate"),
        sa.CheckConstraint("sample_days >= 1", name="sample_days"),
        sa.CheckConstraint("daily_cap >= 1", name="daily_cap"),
        sa.CheckConstraint("rest_after_relationship >= 0 AND rest_after_touchpoint >= 0", name="rest"),
        sa.CheckConstraint("value_basis IN ('revenue', 'margin', 'orders')", name="value_basis"),
        sa.CheckConstraint("margin BETWEEN 0 AND 1", name="margin"),
        sa.CheckConstraint("comments_months >= 1 AND answers_months >= 1", name="retention"),
        sa.CheckConstraint("case_threshold BETWEEN 0 AND 10 AND contact_days >= 0", name="cases"),
    )

    id: Mapped[Id]
    key: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(default="relationship")
    metric: Mapped[str] = mapped_column(default="nps")
    language: Mapped[str] = mapped_column(default="en")
    timezone: Mapped[str] = mapped_column(default="UTC")
    languages: Mapped[list[str]] = mapped_column(default=list)
    wording: Mapped[dict[str, dict[str, str]]] = mapped_column(default=dict)
    theme: Mapped[dict[str, str]] = mapped_column(default=dict)
    allowed_origins: Mapped[list[str]] = mapped_column(default=list)
    requires_signed: Mapped[bool] = mapped_column(default=False)
    allows_claims: Mapped[bool] = mapped_column(default=False)
    window_days: Mapped[int] = mapped_column(default=90)
    sample_rate: Mapped[float] = mapped_column(default=1.0)
    sample_days: Mapped[int] = mapped_column(default=90)
    daily_cap: Mapped[int | None]
    rest_after_relationship: Mapped[int] = mapped_column(default=0)
    rest_after_touchpoint: Mapped[int] = mapped_column(default=0)
    audience: Mapped[str] = mapped_column(default="")
    catalogue_version: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(default="")
    value_basis: Mapped[str] = mapped_column(default="revenue")
    lifetime_months: Mapped[float | None]
    lifetime_attribute: Mapped[str | None]
    lifetimes: Mapped[dict[str, float]] = mapped_column(default=dict)
    erasures: Mapped[int] = mapped_column(default=0)
    comments_in_mail: Mapped[bool] = mapped_column(default=False)
    redacts: Mapped[list[str]] = mapped_column(default=list)
    comments_months: Mapped[int | None] = mapped_column(default=24)
    answers_months: Mapped[int | None]
    margin: Mapped[float | None]
    order_value_attribute: Mapped[str] = mapped_column(default="average_order_value")
    orders_attribute: Mapped[str] = mapped_column(default="orders_per_month")
    opens_cases: Mapped[bool] = mapped_column(default=True)
    case_threshold: Mapped[int] = mapped_column(default=6)
    contact_days: Mapped[int | None] = mapped_column(default=2)
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    signing_keys: Mapped[list[SigningKey]] = relationship(order_by="SigningKey.id")

    @property
    def measures(self) -> Metric:
        """The metric with its scale, its groups and its statistic."""
        return METRICS[self.metric]

    @property
    def has_lifetimes(self) -> bool:
        """Whether it is known how long customers stay, so that they can be valued."""
        return self.lifetime_months is not None or bool(self.lifetimes)

    @property
    def is_open(self) -> bool:
        """Whether answers are taken."""
        return self.closed_at is None


class SigningKey(Base):
    """A secret shared with a host, who signs respondent tokens with it."""

    __tablename__ = "signing_key"
    __table_args__ = (
        sa.UniqueConstraint("survey_id", "kid"),
        sa.CheckConstraint("kind IN ('app', 'mail')", name="kind"),
    )

    id: Mapped[Id]
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    kid: Mapped[str]
    kind: Mapped[str] = mapped_column(default="app")
    secret: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    revoked_at: Mapped[datetime | None]
