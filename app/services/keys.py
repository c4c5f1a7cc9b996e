"""Keys for programs: shown once, kept as a hash, each to one survey."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence

import sqlalchemy as sa

from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import ApiKey, Survey, now
from app.models.transaction import writing

SCOPES = ("responses:write", "read", "catalogue:write")
MARK = "wak_"  # what a key of ours begins with, so that a leaked one is recognised
PREFIX = len(MARK) + 8
LONGEST = 200


def create(survey: Survey, name: str, scopes: Sequence[str] = SCOPES) -> str:
    """A new key to this survey. The text is the only copy: the table holds its hash."""
    _check(name, scopes)
    text = f"{MARK}{secrets.token_hex(4)}_{secrets.token_urlsafe(32)}"
    with writing() as session:
        session.add(
            ApiKey(
                survey_id=survey.id,
                name=name.strip(),
                prefix=text[:PREFIX],
                key_hash=_digest(text),
                scopes=list(scopes),
            )
        )
    return text


def _check(name: str, scopes: Sequence[str]) -> None:
    errors: dict[str, list[str]] = {}
    if not name.strip() or len(name) > 100:
        errors["name"] = ["Give a name of 1 to 100 characters."]
    if not scopes or set(scopes) - set(SCOPES):
        errors["scopes"] = [f"Choose from {', '.join(SCOPES)}."]
    if errors:
        raise Invalid(" ".join(text for texts in errors.values() for text in texts), errors)


def of(survey: Survey) -> Sequence[ApiKey]:
    """The keys of a survey, the revoked ones too, in the order they were made."""
    return db.session.scalars(sa.select(ApiKey).where(ApiKey.survey_id == survey.id).order_by(ApiKey.id)).all()


def can_read(survey: Survey) -> bool:
    """Whether a live key lets a program read the answers."""
    return any(key.revoked_at is None and "read" in key.scopes for key in of(survey))


def revoke(survey: Survey, prefix: str) -> ApiKey:
    """End a key at once; NotFound unless this survey has one that begins so."""
    with writing() as session:
        key = session.scalar(sa.select(ApiKey).where(ApiKey.survey_id == survey.id, ApiKey.prefix == prefix))
        if key is None:
            raise NotFound("This survey has no such key.")
        key.revoked_at = key.revoked_at or now()
    return key


def authenticate(text: str) -> ApiKey | None:
    """The live key that this text is, None for anything else. Hashes are compared in constant time."""
    if not text.startswith(MARK) or len(text) > LONGEST or not text.isascii() or not text.isprintable():
        return None
    digest = _digest(text)
    query = sa.select(ApiKey).where(ApiKey.prefix == text[:PREFIX], ApiKey.revoked_at.is_(None))
    same = [key for key in db.session.scalars(query) if hmac.compare_digest(key.key_hash, digest)]
    return same[0] if same else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
