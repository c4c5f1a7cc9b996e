"""Alerts as messages: what they say, where they lead, and in mails a link on which the status can be changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

import sqlalchemy as sa

from app.analysis import minimums
from app.extensions import db
from app.models import Alert, AlertRule, Case, Channel, Response, Survey
from app.models.base import now
from app.notifiers.message import Message
from app.reports import alerts as words
from app.reports.filters import Period, last_days
from app.reports.translating import gettext, ngettext
from app.services import alert_rules, links
from app.services.periods import day_of

MOST_LINES = 20  # of one message; the rest is a number and the link
ABOUT_POINTS = ("pain_point.new", "pain_point.rising", "pain_point.due", "fix.measured")
Link = tuple[str, str]


def compose(survey: Survey, rule: AlertRule, found: Sequence[Alert], channel: Channel | None) -> Message:
    """The message for one channel; without one, for all that are no mail."""
    facts = [alert.facts for alert in found]
    title = words.title(rule.kind, survey.name, facts, survey.metric)
    return Message(
        type=rule.kind,
        title=" ".join(title.split()),
        lines=tuple(_lines(survey, rule, found)),
        links=tuple(_links(survey, rule, found, channel)),
        data={"survey": survey.key, "alert": rule.id, "found": facts},
    )


def _lines(survey: Survey, rule: AlertRule, found: Sequence[Alert]) -> list[str]:
    comments = _comments(survey, rule, found)
    lines = []
    for alert in found[:MOST_LINES]:
        lines.append(words.line(rule.kind, alert.facts, survey.metric))
        if comment := comments.get(alert.response_id or 0):
            lines.append(gettext("“%(comment)s”", comment=comment))
    if (more := len(found) - MOST_LINES) > 0:
        lines.append(ngettext("And %(num)s more.", "And %(num)s more.", more))
    return lines


def _comments(survey: Survey, rule: AlertRule, found: Sequence[Alert]) -> dict[int, str]:
    """Comments only where the survey allows them in mails, and never those of a handful in a narrow view."""
    ids = [alert.response_id for alert in found[:MOST_LINES] if alert.response_id]
    if not ids or not survey.comments_in_mail or _is_narrow(survey, rule):
        return {}
    query = sa.select(Response.id, Response.comment).where(Response.id.in_(ids), Response.comment.is_not(None))
    return {row.id: row.comment for row in db.session.execute(query) if row.comment}


def _is_narrow(survey: Survey, rule: AlertRule) -> bool:
    if not alert_rules.filters(rule.query).is_narrowed:
        return False
    return not minimums.reached(alert_rules.matches(survey, rule.query, now()), minimums.SCORE)


def _links(survey: Survey, rule: AlertRule, found: Sequence[Alert], channel: Channel | None) -> list[Link]:
    own = [link for alert in found[:MOST_LINES] for link in _own(survey, rule, alert, channel)]
    return [*own, _whole(survey, rule, found)]


def _own(survey: Survey, rule: AlertRule, alert: Alert, channel: Channel | None) -> list[Link]:
    """Where one thing is looked at, and in a mail where its status is changed."""
    if rule.kind == "case.overdue":
        return _of_case(survey, alert.subject, channel)
    if rule.kind == "detractor.arrived":
        return _of_case(survey, _case_of(alert), channel)
    if rule.kind not in ABOUT_POINTS:
        return []
    name = alert.facts["name"]
    shown = (gettext("Open “%(name)s”", name=name), links.pain_point(survey, alert.subject))
    if channel is None:
        return [shown]
    acting = gettext("Say what is done about “%(name)s”", name=name)
    return [(acting, links.act(survey, channel, "point", alert.subject)), shown]


def _case_of(alert: Alert) -> str:
    """The number of the case that an answer opened; empty where it opened none."""
    found = db.session.scalar(sa.select(Case.id).where(Case.response_id == alert.response_id))
    return str(found or "")


def _of_case(survey: Survey, number: str, channel: Channel | None) -> list[Link]:
    if not number:
        return []
    shown = (gettext("Open case %(number)s", number=number), links.case(survey, number))
    if channel is None:
        return [shown]
    acting = gettext("Say what is done in case %(number)s", number=number)
    return [(acting, links.act(survey, channel, "case", number)), shown]


def _whole(survey: Survey, rule: AlertRule, found: Sequence[Alert]) -> Link:
    """The view that all of it is about."""
    if rule.kind == "survey.quiet":
        return gettext("Look at the tag and the sites"), links.embed(survey)
    if rule.kind == "case.overdue":
        return gettext("All overdue cases"), links.cases(survey)
    filters = alert_rules.filters(rule.query)
    if rule.kind == "detractor.arrived":
        filters = replace(filters, group="detractor")
    return gettext("Open the report"), links.report(survey, filters, _period(survey, found))


def _period(survey: Survey, found: Sequence[Alert]) -> Period:
    """The days that the facts name; of answers the days on which they came; else the last 90."""
    facts = found[-1].facts
    if "from" in facts:
        return Period(date.fromisoformat(facts["from"]), date.fromisoformat(facts["to"]))
    if "at" in facts:
        days = [day_of(datetime.fromisoformat(alert.facts["at"]), survey) for alert in found]
        return Period(min(days), max(days))
    return last_days(day_of(found[-1].found_at, survey))
