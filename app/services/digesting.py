"""Sending digests: the last period that is over, once to each reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import current_app

from app.analysis.sending import last_complete
from app.extensions import db
from app.models import Channel, Digest, Survey, queries
from app.models.pain_points import DONE
from app.models.transaction import writing
from app.notifiers.message import Message
from app.reports import digests as words
from app.reports import wording
from app.reports.digests import Part, UnderWay
from app.reports.filters import Period
from app.reports.report import PainPoint, Report
from app.reports.translating import gettext
from app.services import alert_rules, digests, effects, links, outbox, reports
from app.services.periods import day_of

HOUR = 7  # o'clock in the survey's time zone, from which on digests are sent
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue of a digest, and the answers whose words it holds."""

    title: str
    subtitle: str
    parts: tuple[Part, ...]
    report: Report
    about: tuple[int, ...]


def due(now: datetime) -> list[tuple[Survey, Digest]]:
    """The digests whose period is over and was not told, from seven o'clock on; only the newest period of each."""
    query = sa.select(Survey, Digest).join(Digest, Digest.survey_id == Survey.id).where(Digest.is_on.is_(True))
    rows = db.session.execute(query.order_by(Digest.id)).all()
    return [(survey, digest) for survey, digest in rows if _is_due(survey, digest, now)]


def _is_due(survey: Survey, digest: Digest, now: datetime) -> bool:
    local = now.astimezone(ZoneInfo(survey.timezone))
    return local.hour >= HOUR and period(survey, digest, now).first > digest.sent_for


def period(survey: Survey, digest: Digest, now: datetime) -> Period:
    """The last period of the digest that is over."""
    return Period(*last_complete(digest.cycle, day_of(now, survey)))  # type: ignore[arg-type]


def send(survey: Survey, digest: Digest, now: datetime) -> int:
    """Send the newest issue to all who confirmed; how many. A second runner finds it sent."""
    made, days = build(survey, digest, now), period(survey, digest, now)
    with writing() as session:
        kept = session.scalar(sa.select(Digest).where(Digest.id == digest.id).with_for_update())
        if kept is None or kept.sent_for >= days.first:
            return 0
        kept.sent_for = days.first
        wanted = [channel for channel, confirmed_at in digests.readers_of(kept) if confirmed_at is not None]
        return sum(_put(survey, kept, made, channel, days.first) for channel in wanted)


def _put(survey: Survey, digest: Digest, made: Issue, channel: Channel, first: date) -> int:
    once = f"digest {digest.id} {first} {channel.id}"
    return outbox.put(survey, [channel.id], message(survey, digest, made, channel), once, about=made.about)


def build(survey: Survey, digest: Digest, now: datetime) -> Issue:
    """What the newest issue says."""
    days, today = period(survey, digest, now), day_of(now, survey)
    filters = replace(alert_rules.filters(digest.query), from_day=days.first, to_day=days.last)
    report = reports.build(survey, filters, now)
    rows = [row for row in report.pain_points if digest.department in ("", row.department)]
    under_way = _under_way(survey, digest, rows, today)
    with_comments = survey.comments_in_mail
    made = words.parts(report, rows, under_way, with_comments=with_comments)
    shown = [row.examples[0].response_id for row in words.top(rows) if row.examples] if with_comments else []
    title = f"{survey.name}: {words.headline(report)}, {wording.days(days)}"
    return Issue(" ".join(title.split()), _subtitle(survey, digest), made, report, tuple(sorted(set(shown))))


def _subtitle(survey: Survey, digest: Digest) -> str:
    cycles = {"daily": gettext("daily"), "weekly": gettext("weekly"), "monthly": gettext("monthly")}
    whose = gettext("pain points of %(department)s", department=digest.department) if digest.department else ""
    narrowed = ", ".join(value for _, value in alert_rules.filters(digest.query).pairs())
    return " · ".join(filter(None, [digest.name, cycles[digest.cycle], narrowed, whose]))


def _under_way(survey: Survey, digest: Digest, rows: Sequence[PainPoint], today: date) -> UnderWay:
    known = [point for point in queries.catalogue(survey.id) if point.is_visible]
    theirs = [point for point in known if digest.department in ("", point.department)]
    is_open = [point for point in theirs if point.status not in DONE]
    soon = [point for point in is_open if point.due_on and today <= point.due_on < today + WEEK]
    found = effects.effects_of(survey, [point for point in theirs if point.status == "fixed"], today)
    names = {point.key: point.name() for point in theirs}
    return UnderWay(
        overdue=[point.name() for point in is_open if point.is_overdue(today)],
        due_this_week=[point.name() for point in soon],
        without_owner=[row.name for row in rows if row.numbers.place and not row.owner and row.status not in DONE],
        fixes=[f"{names[key]}: {effect.sentence}" for key, effect in found.items() if effect.is_measured],
    )


def message(survey: Survey, digest: Digest, made: Issue, channel: Channel | None) -> Message:
    """The issue as a message; for a mail with a page of HTML, and with the way out."""
    shown = (gettext("Open the report"), links.report(survey, made.report.filters, made.report.period))
    is_mail = channel is not None and channel.kind == "email"
    ending = links.unsubscribe(survey, channel, digest.id) if channel is not None and is_mail else ""
    return Message(
        type=f"digest.{digest.cycle}",
        title=made.title,
        lines=(made.subtitle, *words.as_text(made.parts)),
        links=(shown,),
        data=_data(survey, digest, made),
        html=_page(survey, made, shown, ending) if is_mail else None,
        unsubscribe=ending,
    )


def _data(survey: Survey, digest: Digest, made: Issue) -> dict[str, object]:
    """What a program gets: where to read the same numbers, and no comment."""
    days = {"from": made.report.period.first.isoformat(), "to": made.report.period.last.isoformat()}
    return {"survey": survey.key, "digest": digest.id, "period": days, "query": digest.query}


def _page(survey: Survey, made: Issue, shown: tuple[str, str], ending: str) -> str:
    return current_app.jinja_env.get_template("mail/digest.html").render(
        title=made.title,
        subtitle=made.subtitle,
        parts=made.parts,
        more=gettext("More"),
        links=[shown],
        why=gettext("You get this because this address is a reader of “%(survey)s”.", survey=survey.name),
        unsubscribe=ending,
        end=gettext("Unsubscribe"),
    )
