"""The rules of a survey: what is told, of which answers, to whom and when."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import sqlalchemy as sa

from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import (
    Alert,
    AlertRule,
    AlertRuleChannel,
    Channel,
    Department,
    PainPoint,
    Survey,
    now,
    queries,
)
from app.models.queries import Scope, group_column
from app.models.transaction import writing
from app.models.upsert import insert
from app.reports.filters import Filters, last_days
from app.schemas import alerts as schema
from app.schemas import filters as filter_schema
from app.services import readers
from app.services.periods import day_of

RESTS = {"nps.dropped": 28}  # days without another alert of the same kind and subject, unless told otherwise
USUAL = (
    "nps.dropped", "pain_point.rising", "pain_point.new", "fix.measured", "pain_point.due", "case.overdue",
    "survey.quiet",
)  # fmt: skip


def of(survey: Survey) -> Sequence[AlertRule]:
    """The rules of a survey, in the order in which they were made."""
    return db.session.scalars(sa.select(AlertRule).filter_by(survey_id=survey.id).order_by(AlertRule.id)).all()


def one(survey: Survey, rule_id: int) -> AlertRule:
    """One rule of this survey, or NotFound."""
    rule = db.session.scalar(sa.select(AlertRule).filter_by(survey_id=survey.id, id=rule_id))
    if rule is None:
        raise NotFound("There is no such alert.")
    return rule


def channels_of(rule: AlertRule) -> Sequence[Channel]:
    """Where a rule tells what it found."""
    query = sa.select(Channel).join(AlertRuleChannel, AlertRuleChannel.channel_id == Channel.id)
    return db.session.scalars(query.where(AlertRuleChannel.rule_id == rule.id).order_by(Channel.id)).all()


def create(survey: Survey, values: Mapping[str, Any], channel_ids: Collection[int]) -> AlertRule:
    """A new rule; Invalid says by name what is wrong with it."""
    given = schema.rule(values)
    if "kind" not in given:
        raise Invalid("Choose what to tell.", {"kind": ["Choose what to tell."]})
    check(survey, given, channel_ids)
    usual = {"cooldown_days": RESTS.get(given["kind"], 0), "threshold": survey.measures.lowest_group}
    with writing() as session:
        rule = AlertRule(survey_id=survey.id, **{**usual, **given})
        session.add(rule)
        session.flush()
        _join(rule, channel_ids)
    return rule


def change(survey: Survey, rule_id: int, values: Mapping[str, Any], channel_ids: Collection[int]) -> AlertRule:
    """Change a rule; what it is about stays, so that it does not tell again what it told."""
    given = schema.rule({name: value for name, value in values.items() if name != "kind"})
    check(survey, given, channel_ids)
    with writing() as session:
        rule = one(survey, rule_id)
        for name, value in given.items():
            setattr(rule, name, value)
        session.execute(sa.delete(AlertRuleChannel).filter_by(rule_id=rule.id))
        _join(rule, channel_ids)
        if not rule.is_on:  # what waits is let go, so that it is not told as news some day
            session.execute(sa.update(Alert).filter_by(rule_id=rule.id, told_at=None).values(told_at=now()))
    return rule


def remove(survey: Survey, rule_id: int) -> None:
    """Take a rule away with what it found."""
    with writing() as session:
        session.execute(sa.delete(AlertRule).where(AlertRule.id == one(survey, rule_id).id))


def usual(survey: Survey) -> list[str]:
    """The kinds of rules that most surveys with this metric have."""
    return [kind for kind in USUAL if survey.measures.is_nps or kind != "nps.dropped"]


def start(survey: Survey, channel_ids: Collection[int]) -> int:
    """Make the usual rules that a survey does not have yet; how many."""
    kinds = [kind for kind in usual(survey) if kind not in {rule.kind for rule in of(survey)}]
    for kind in kinds:
        create(survey, {"kind": kind}, channel_ids)
    return len(kinds)


def _join(rule: AlertRule, channel_ids: Collection[int]) -> None:
    insert(AlertRuleChannel, [{"rule_id": rule.id, "channel_id": id_} for id_ in sorted(set(channel_ids))])


def check(survey: Survey, given: Mapping[str, Any], channel_ids: Collection[int]) -> None:
    """Invalid unless the channels and the department are those of the survey, and the scores those of its metric."""
    errors, most = {}, survey.measures.lowest_group
    if given.get("kind") == "nps.dropped" and not survey.measures.is_nps:
        errors["kind"] = ["This survey does not ask for an NPS. Choose something else to tell."]
    if not survey.measures.low <= given.get("threshold", most) <= most:
        errors["threshold"] = [f"Give a whole number from {survey.measures.low} to {most}."]
    if unknown := set(channel_ids) - set(channel_names(survey)):
        errors["channels"] = [f"There is no channel {min(unknown)}."]
    if given.get("department") and given["department"] not in departments(survey):
        errors["department"] = ["There is no such department."]
    if errors:
        raise Invalid(" ".join(text for texts in errors.values() for text in texts), errors)


def channel_names(survey: Survey) -> dict[int, str]:
    """What the channels of a survey are called, by id; those made for one reader of mails are left out."""
    query = sa.select(Channel.id, Channel.name).where(Channel.survey_id == survey.id, ~readers.IS_PERSONAL)
    return {row.id: row.name for row in db.session.execute(query.order_by(Channel.id))}


def departments(survey: Survey) -> list[str]:
    """The departments of a survey, also those that only pain points name."""
    named = sa.select(Department.name).where(Department.survey_id == survey.id)
    used = sa.select(PainPoint.department).where(PainPoint.survey_id == survey.id)
    return sorted(filter(None, db.session.scalars(sa.union(named, used))))


def filters(query: str) -> Filters:
    """The filters that are kept with a rule or a digest."""
    return filter_schema.parse(parse_qsl(query))


def matches(survey: Survey, query: str, at: datetime) -> int:
    """How many answers of the last 90 days a filter lets through; a filter that matches nothing tells nothing."""
    kept = filters(query)
    run = queries.current_run(survey.id)
    window = last_days(day_of(at, survey)).moments(survey.timezone)
    conditions = Scope(survey.id, run.id if run else None, kept, window).conditions()
    if kept.group:
        conditions.append(group_column(survey.id) == kept.group)
    return db.session.scalar(sa.select(sa.func.count()).where(*conditions)) or 0
