"""Links that show one view of a report, read-only, until a day or until somebody revokes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import parse_qsl

import sqlalchemy as sa
from flask import current_app

from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import Share, Survey, now
from app.models.transaction import writing
from app.reports.filters import Filters, midnight
from app.schemas import filters as schema
from app.security import links
from app.services.periods import day_of

DAYS = (7, 30, 90)
LONGEST = 366  # days that a link may work


@dataclass(frozen=True, slots=True)
class Shared:
    """What a link shows."""

    id: int
    survey: Survey
    filters: Filters
    with_quotes: bool
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """A link as the people of its survey see it: never the address, which is kept nowhere."""

    id: int
    name: str
    filters: Filters | None
    with_quotes: bool
    made_by: str
    created_at: datetime
    expires_at: datetime


def create(survey: Survey, made_by: str, name: str, query: str, days: str, until: str, *, with_quotes: bool) -> str:
    """The address to give away, the only copy of it; Invalid says what is wrong. `days` is 7, 30, 90 or "until"."""
    at = now()
    expires = _expiry(survey, at, days, until)
    if len(name.strip()) > 100:
        raise Invalid("At most 100 characters.", {"name": ["At most 100 characters."]})
    token = links.make()
    values = {"survey_id": survey.id, "made_by": made_by, "name": name.strip(), "with_quotes": with_quotes}
    with writing() as session:
        row = Share(**values, query=read(query).query(), token_hash=links.digest(token), expires_at=expires)
        session.add(row)
    return f"{current_app.config['BASE_URL']}/shared/{token}"


def read(query: str) -> Filters:
    """The filters that a query string names."""
    return schema.parse(parse_qsl(query))


def _expiry(survey: Survey, at: datetime, days: str, until: str) -> datetime:
    if days in {str(number) for number in DAYS}:
        return at + timedelta(days=int(days))
    if days != "until":
        raise Invalid("Choose how long it works.", {"days": ["Choose how long it works."]})
    today = day_of(at, survey)
    try:
        last = date.fromisoformat(until)
    except ValueError:
        raise Invalid("Give a day.", {"until": ["Give a day that exists, written like 2026-11-22."]}) from None
    if not today <= last <= today + timedelta(days=LONGEST):
        raise Invalid("Give a nearer day.", {"until": ["Choose a day from today on, within a year."]})
    return midnight(last + timedelta(days=1), survey.timezone)


def of(survey: Survey) -> Sequence[Listed]:
    """The links of a survey that still work, the newest first."""
    query = sa.select(Share).where(Share.survey_id == survey.id, *_working())
    return [
        Listed(one.id, one.name, _filters(one), one.with_quotes, one.made_by, one.created_at, one.expires_at)
        for one in db.session.scalars(query.order_by(Share.id.desc()))
    ]


def revoke(survey: Survey, id_: int) -> None:
    """End a link at once; NotFound unless this survey has it and it still works."""
    own = (Share.survey_id == survey.id, Share.id == id_, *_working())
    with writing() as session:
        ended = session.execute(sa.update(Share).where(*own).values(revoked_at=now()).returning(Share.id)).all()
    if not ended:
        raise NotFound("This survey has no such link.")


def find(token: str) -> Shared | None:
    """What the link with this token shows; None if it has expired, was revoked, or never was."""
    one = db.session.scalar(sa.select(Share).where(Share.token_hash == links.digest(token), *_working()))
    filters = _filters(one) if one else None
    return Shared(one.id, one.survey, filters, one.with_quotes, one.expires_at) if one and filters else None


def _filters(one: Share) -> Filters | None:
    """None where the query is of a time when other filters were known: better no view than a wider one."""
    try:
        return read(one.query)
    except Invalid:
        return None


def _working() -> list[sa.ColumnElement[bool]]:
    return [Share.revoked_at.is_(None), Share.expires_at > now()]
