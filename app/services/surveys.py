"""Surveys: making them, finding them, saying where they may be embedded."""

from __future__ import annotations

import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa

from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import Survey, now
from app.models.surveys import KINDS
from app.models.transaction import writing

KEY = re.compile(r"[a-z0-9-]{1,64}")
HOST = r"(?:\*\.)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*"
REST = {  # days after another survey asked the same person: a survey about one moment gives way to the one about all
    "relationship": {"rest_after_relationship": 0, "rest_after_touchpoint": 0},
    "touchpoint": {"rest_after_relationship": 14, "rest_after_touchpoint": 30},
}
ORIGIN = re.compile(rf"https?://{HOST}(?::[0-9]{{1,5}})?")


def create(
    key: str,
    name: str,
    *,
    kind: str = "relationship",
    language: str = "en",
    timezone: str = "UTC",
    allowed_origins: Sequence[str] = (),
) -> Survey:
    """A new, open survey; Invalid names what is wrong with it."""
    _check(key, name, kind, timezone, allowed_origins)
    with writing() as session:
        if session.scalar(sa.select(Survey.id).where(Survey.key == key)):
            raise Invalid(f"There is already a survey with the key {key!r}.", {"key": ["Taken."]})
        survey = Survey(
            key=key,
            name=name.strip(),
            kind=kind,
            language=language,
            timezone=timezone,
            allowed_origins=list(allowed_origins),
            **REST[kind],
        )
        session.add(survey)
        session.flush()
    return survey


def _check(key: str, name: str, kind: str, timezone: str, origins: Sequence[str]) -> None:
    errors: dict[str, list[str]] = {}
    if not KEY.fullmatch(key):
        errors["key"] = ["Use 1 to 64 lower-case letters, digits and hyphens."]
    if not name.strip() or len(name) > 200:
        errors["name"] = ["Give a name of 1 to 200 characters."]
    if kind not in KINDS:
        errors["kind"] = [f"Choose one of {', '.join(KINDS)}."]
    if not _is_timezone(timezone):
        errors["timezone"] = ["Use a name such as Europe/Berlin."]
    if bad := [origin for origin in origins if not ORIGIN.fullmatch(origin)]:
        errors["allowed_origins"] = [f"Not an origin such as https://www.example.com: {origin}" for origin in bad]
    if errors:
        raise Invalid(" ".join(text for texts in errors.values() for text in texts), errors)


def _is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def get(key: str) -> Survey:
    """The survey with this key, or NotFound."""
    survey = db.session.scalar(sa.select(Survey).where(Survey.key == key))
    if survey is None:
        raise NotFound("There is no such survey.")
    return survey


def every() -> Sequence[Survey]:
    """All surveys, by key."""
    return db.session.scalars(sa.select(Survey).order_by(Survey.key)).all()


def close(key: str) -> Survey:
    """Take no more answers; what was answered stays."""
    with writing():
        survey = get(key)
        survey.closed_at = survey.closed_at or now()
    return survey


def accept_claims(key: str, accepts: bool) -> Survey:
    """Whether an id in the widget's address is kept without a signature, as a claim."""
    with writing():
        survey = get(key)
        survey.allows_claims = accepts
    return survey


def allow_origins(key: str, origins: Sequence[str]) -> Survey:
    """Replace the list of sites that may embed the widget."""
    with writing():
        survey = get(key)
        _check(survey.key, survey.name, survey.kind, survey.timezone, origins)
        survey.allowed_origins = list(origins)
    return survey
