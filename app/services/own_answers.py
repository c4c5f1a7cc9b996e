"""Everything that is kept of one answer, for the one who gave it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.extensions import db
from app.models import PainPoint, Response, Survey
from app.services import listings, responses


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an answer said before it was changed, in the time zone of its survey."""

    score: int
    comment: str | None
    until: datetime


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """An answer with all that came with it and all that was read out of it. Times are in the survey's zone."""

    id: int
    score: int
    comment: str | None
    given_at: datetime
    language: str | None
    host: str | None
    touchpoint: str | None
    identity: str
    respondent: str | None
    attributes: Mapping[str, str]
    monthly_revenue: float | None
    customer_since: date | None
    earlier: Sequence[Earlier]
    pain_points: Sequence[str]


def of(survey: Survey, response_id: int, language: str) -> OwnAnswer:
    """The answer, with the names of its pain points in a language where they have one; NotFound if there is none."""
    response, zone = responses.get(survey.id, response_id), ZoneInfo(survey.timezone)
    return OwnAnswer(
        **{name: getattr(response, name) for name in COPIED},
        given_at=response.created_at.astimezone(zone),
        respondent=response.respondent.subject if response.respondent else response.claimed_as,
        earlier=[Earlier(one.score, one.comment, one.replaced_at.astimezone(zone)) for one in response.revisions],
        pain_points=_pain_points(survey, response, language),
    )


COPIED = (
    "id", "score", "comment", "language", "host", "touchpoint", "identity", "attributes", "monthly_revenue",
    "customer_since",
)  # fmt: skip


def _pain_points(survey: Survey, response: Response, language: str) -> list[str]:
    keys = list(dict.fromkeys(mention.id for mention in listings.one(survey, response.id).pain_points))
    points = db.session.scalars(sa.select(PainPoint).where(PainPoint.survey_id == survey.id, PainPoint.key.in_(keys)))
    names = {point.key: point.name(language) for point in points}
    return [names[key] for key in keys if key in names]
