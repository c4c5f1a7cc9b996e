"""Who somebody is at the provider that signs people in."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, now


class Identity(Base):
    """The link between an account and a person at an OpenID Connect provider.

    `subject` is what the provider knows them by for ever. Once it is linked, the e-mail address decides nothing: who
    is given the address of somebody else later does not come into their account.
    """

    __tablename__ = "identity"
    __table_args__ = (sa.UniqueConstraint("issuer", "subject"), sa.UniqueConstraint("user_id", "issuer"))

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    issuer: Mapped[str]
    subject: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
