"""Where answers come from by themselves: a webhook of somebody else's, a URL that is asked now and then, a folder."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Id, now
from app.models.surveys import Survey

KINDS = ("webhook", "url", "folder")
SCHEMES = ("standard", "hmac", "secret")


class AnswerSource(Base):
    """One place. The secret and the address are needed to be called and to call, and are never shown again.

    `options` are what people said the fields mean. `etag` and `modified` are what the URL said of its last content.
    """

    __tablename__ = "source"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('webhook', 'url', 'folder')", name="kind"),
        sa.CheckConstraint("scheme IN ('', 'standard', 'hmac', 'secret')", name="scheme"),
        sa.UniqueConstraint("survey_id", "name"),
        sa.Index("ix_source_next", "kind", "next_at"),
    )

    id: Mapped[Id]
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    kind: Mapped[str]
    name: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    scheme: Mapped[str] = mapped_column(default="")
    header: Mapped[str] = mapped_column(default="")
    secret: Mapped[str | None]
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    every_hours: Mapped[int] = mapped_column(default=24)
    is_on: Mapped[bool] = mapped_column(default=True)
    etag: Mapped[str] = mapped_column(default="")
    modified: Mapped[str] = mapped_column(default="")
    next_at: Mapped[datetime] = mapped_column(default=now)
    last_at: Mapped[datetime | None]
    message: Mapped[str] = mapped_column(default="")
    result: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(default=now)

    survey: Mapped[Survey] = relationship()

    @property
    def origin(self) -> str:
        """What stands in `response.source`: what files bring is quiet, what a webhook brings is news."""
        return f"{'webhook' if self.kind == 'webhook' else 'import'}:{self.name}"
