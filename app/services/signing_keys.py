"""The secrets with which a host signs who is answering: two may live at once, so that one can follow the other."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import sqlalchemy as sa

from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import SigningKey, Survey, now
from app.models.transaction import writing

AT_ONCE = 2
KINDS = ("app", "mail")


def create(survey: Survey, kind: str = "app") -> SigningKey:
    """A new key beside the one in use; Invalid while two are. Its secret is shown by this call and never again."""
    if kind not in KINDS:
        raise Invalid(f"Choose one of {', '.join(KINDS)}.", {"kind": ["There is no such kind."]})
    with writing() as session:
        session.scalar(sa.select(Survey.id).where(Survey.id == survey.id).with_for_update())
        known = of(survey)
        if sum(key.revoked_at is None for key in known) >= AT_ONCE:
            text = "Two keys are in use: revoke one first."
            raise Invalid(text, {"kid": [text]})
        key = SigningKey(
            survey_id=survey.id,
            kid=f"k{len(known) + 1}",  # revoked keys stay, so no kid ever means two secrets
            kind=kind,
            secret=f"wsk_{secrets.token_urlsafe(32)}",
        )
        session.add(key)
    return key


def of(survey: Survey) -> Sequence[SigningKey]:
    """The keys of a survey in the order they were made, the revoked ones too."""
    query = sa.select(SigningKey).where(SigningKey.survey_id == survey.id)
    return db.session.scalars(query.order_by(SigningKey.id)).all()


def revoke(survey: Survey, kid: str) -> SigningKey:
    """End a key at once; NotFound unless this survey has it. What was signed with it before is not believed either."""
    with writing() as session:
        query = sa.select(SigningKey).where(SigningKey.survey_id == survey.id, SigningKey.kid == kid)
        key = session.scalar(query)
        if key is None:
            raise NotFound("This survey has no such signing key.")
        key.revoked_at = key.revoked_at or now()
    return key
