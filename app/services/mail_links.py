"""What the links in mails open: one thing of one survey, for one reader, for seven days. Looking changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.errors import LinkEnded, NotAllowed, NotFound
from app.extensions import db
from app.models import Channel, Digest, PainPoint, Survey, User
from app.reports.filters import Filters
from app.reports.report import PainPoint as Row
from app.reports.report import Report
from app.security import audit, tokens
from app.security.tokens import BadTokenError, Mail, Subject, trace
from app.services import acting, case_changes, cases, catalogues, readers, reports, users
from app.services.cases import CaseView

FORGED = "This link is not one of ours, or a part of it is missing. Open it once more from the mail, as a whole."
OVER = "This link was good for seven days, and they are over. The next mail has a new one; or sign in."
AWAY = "Mails about this survey no longer go to the address that this link was sent to."


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that is good: the survey, whoever reads by which channel, and the id of what it is about."""

    survey: Survey
    channel: Channel
    id: str

    @property
    def who(self) -> str:
        """Under whose name a change is written down."""
        return self.channel.address


def opened(token: str, kind: Subject) -> Opened:
    """What a link is for; NotFound for a forged one, LinkEnded for one that is over or whose reader is gone."""
    try:
        mail, is_over = tokens.open_mail(token, kind)
    except BadTokenError as error:
        raise NotFound(FORGED) from error
    if is_over:
        raise LinkEnded(OVER)
    survey, channel = db.session.get(Survey, mail.survey_id), _channel(mail)
    if survey is None or channel is None:
        raise LinkEnded(AWAY)
    audit.on(survey=survey.key, channel_id=channel.id)
    return Opened(survey, channel, mail.id)


def _channel(mail: Mail) -> Channel | None:
    """The channel that the link was sent to, as long as it is that of the same reader."""
    query = sa.select(Channel).filter_by(id=mail.channel_id, survey_id=mail.survey_id, kind="email", state="on")
    channel = db.session.scalar(query)
    return channel if channel is not None and trace(channel.address) == mail.reader else None


@dataclass(frozen=True, slots=True)
class Shown:
    """A pain point as its link shows it. `row` is None where nobody raises it in the last 90 days."""

    opened: Opened
    point: PainPoint
    report: Report
    row: Row | None


def pain_point(token: str, at: datetime) -> Shown:
    """The pain point of a link; a merged one leads to the one that stands for it."""
    found = opened(token, "point")
    _may_act(found)
    point = _point(found)
    report = reports.build(found.survey, Filters(), at)
    row = next((row for row in report.pain_points if row.id == point.key), None)
    return Shown(found, point, report, row)


def change(token: str, changes: Mapping[str, Any], version: int) -> None:
    """Change what is done about the pain point of a link, under the name of its reader."""
    found = opened(token, "point")
    _may_act(found)
    acting.change(found.survey, _point(found).key, found.who, changes, version)


def _point(found: Opened) -> PainPoint:
    id_ = catalogues.target(found.survey, found.id) or found.id
    point = db.session.scalar(sa.select(PainPoint).filter_by(survey_id=found.survey.id, key=id_, is_removed=False))
    if point is None:
        raise NotFound("This pain point is not in the catalogue any more.")
    return point


def _may_act(found: Opened) -> None:
    """Somebody with an account may do here what they may do there; an address of the team's what its link says."""
    user = db.session.scalar(sa.select(User).where(User.email == found.who.lower()))
    if user is None and not readers.is_personal(found.channel):
        return
    if user is None or not users.may(user, found.survey, "editor"):
        raise NotAllowed("This address has no account that may change what is done here. Ask an editor.")


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A case as its link shows it."""

    opened: Opened
    case: CaseView
    comment: str | None


def case(token: str, at: datetime) -> ShownCase:
    """The case of a link; what the person wrote only where the survey lets comments into mails."""
    found = opened(token, "case")
    _may_act(found)
    audit.on(case_id=int(found.id))
    file = cases.one(found.survey, int(found.id), at)
    return ShownCase(found, file.case, file.case.comment if found.survey.comments_in_mail else None)


def change_case(token: str, values: Mapping[str, Any], version: int) -> None:
    """Change the case of a link, under the name of its reader."""
    found = opened(token, "case")
    _may_act(found)
    audit.on(case_id=int(found.id))
    case_changes.change(found.survey, found.who, int(found.id), values, version)


def digest(token: str, kind: Subject) -> tuple[Opened, Digest | None]:
    """The digest of a link that confirms or ends it, None if it is there no more."""
    found = opened(token, kind)
    query = sa.select(Digest).filter_by(id=int(found.id), survey_id=found.survey.id)
    return found, db.session.scalar(query)
