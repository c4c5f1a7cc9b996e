"""Telling what rules found: one message for each channel, bundled, put into the outbox in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from app.analysis.sending import AN_HOUR, bundles
from app.extensions import db
from app.models import Alert, AlertRule, Case, Channel, Response, Survey
from app.models.transaction import writing
from app.services import alert_messages, alert_rules, carriers, outbox, readers

AT_ONCE = 1_000  # alerts of a rule looked at together


def tell(now: datetime) -> int:
    """Tell everything that is due; how many messages were written."""
    waiting = (Alert.told_at.is_(None), Alert.due_at <= now)
    rules = db.session.scalars(sa.select(Alert.rule_id).where(*waiting).distinct().order_by(Alert.rule_id)).all()
    return sum(_tell(rule_id, now) for rule_id in rules)


def _tell(rule_id: int, now: datetime) -> int:
    """The rule's row is the lock: a second runner waits for the first and finds nothing left."""
    with writing() as session:
        rule = session.scalar(sa.select(AlertRule).where(AlertRule.id == rule_id).with_for_update())
        if rule is None:
            return 0
        _let_go(rule, now)
        survey = session.get_one(Survey, rule.survey_id)
        return sum(_send(survey, rule, bundle, now) for bundle in _bundles(rule, _waiting(rule, now), now))


def _due(rule: AlertRule, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return Alert.rule_id == rule.id, Alert.told_at.is_(None), Alert.due_at <= now


def _let_go(rule: AlertRule, now: datetime) -> None:
    """Answers may change while their alerts are held back: what is no news any more was never found."""
    is_over: sa.ColumnElement[bool] = Response.counts.is_(False)
    if rule.kind == "detractor.arrived":
        is_over |= Response.score > rule.threshold
    if rule.kind == "case.overdue":
        is_over |= sa.exists().where(Case.response_id == Response.id, Case.state == "closed")
    over = sa.exists().where(
        Response.id == Alert.response_id, is_over
    )  # one look for each alert, not one at all answers
    db.session.execute(sa.delete(Alert).where(*_due(rule, now), over))


def _waiting(rule: AlertRule, now: datetime) -> Sequence[Alert]:
    return db.session.scalars(sa.select(Alert).where(*_due(rule, now)).order_by(Alert.id).limit(AT_ONCE)).all()


def _bundles(rule: AlertRule, waiting: Sequence[Alert], now: datetime) -> list[list[Alert]]:
    """Single answers come alone while the hour has room; all else that is due together is one message."""
    if rule.kind != "detractor.arrived":
        return [list(waiting)] if waiting else []
    sent = sa.select(sa.func.count(sa.distinct(Alert.told_in))).where(
        Alert.rule_id == rule.id, Alert.told_at > now - AN_HOUR, Alert.told_in != ""
    )
    held = [alert for alert in waiting if alert.was_held]
    fresh = [alert for alert in waiting if not alert.was_held]
    return bundles(held, fresh, db.session.scalar(sent) or 0)


def _send(survey: Survey, rule: AlertRule, found: Sequence[Alert], now: datetime) -> int:
    once = f"alert {rule.id} {found[0].id}"
    sent = _put(survey, rule, found, alert_rules.channels_of(rule), once)
    for channel, theirs in _owners(survey, rule, found):
        sent += _put(survey, rule, theirs, [channel], once)
    for alert in found:
        alert.told_at, alert.told_in = now, once if sent else ""
    return sent


def _put(survey: Survey, rule: AlertRule, found: Sequence[Alert], channels: Sequence[Channel], once: str) -> int:
    """Each mail has a message of its own, because its links are for its reader alone."""
    about = [alert.response_id for alert in found if alert.response_id is not None]
    others = [channel.id for channel in channels if channel.kind != "email"]
    sent = 0
    if others:
        message = alert_messages.compose(survey, rule, found, None)
        sent += bool(outbox.put(survey, others, message, once, about=about))
    for channel in (channel for channel in channels if channel.kind == "email"):
        message = alert_messages.compose(survey, rule, found, channel)
        sent += outbox.put(survey, [channel.id], message, f"{once} {channel.id}", about=about)
    return sent


def _owners(survey: Survey, rule: AlertRule, found: Sequence[Alert]) -> list[tuple[Channel, list[Alert]]]:
    """What is due is told to its owner, if that is somebody who may see the survey and can get mails."""
    if rule.kind not in {"pain_point.due", "case.overdue"} or not carriers.has_mail_server():
        return []
    told = {channel.id for channel in alert_rules.channels_of(rule)}
    theirs: dict[str, list[Alert]] = {}
    for alert in found:
        if (owner := readers.member(survey, alert.facts["owner"])) is not None:
            theirs.setdefault(owner.email, []).append(alert)
    owners = [(readers.channel_for(survey, email), alerts) for email, alerts in sorted(theirs.items())]
    return [(channel, alerts) for channel, alerts in owners if channel.id not in told]
