"""Alerts: the rules of a survey, what each would tell now, and the forms that change them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import Invalid
from app.models import AlertRule, Channel, Survey, now
from app.pages import access, told
from app.pages.typed import Typed, sent
from app.reports import alerts as words
from app.reports.translating import gettext
from app.services import alert_checks, alert_rules, surveys
from app.services.alert_news import Found

FIELDS = ("kind", "threshold", "cooldown_days", "quiet_from", "quiet_to")
blueprint = Blueprint("alerts", __name__, url_prefix="/surveys/<key:key>/alerts")


@dataclass(frozen=True, slots=True)
class Listed:
    """A rule, where it tells, what it would tell now, and how many answers its filter lets through."""

    rule: AlertRule
    channels: list[Channel]
    found: Found
    matches: int


def done() -> str:
    """What a page says after a change; empty when there was none."""
    said = {
        "create": gettext("Made."),
        "change": gettext("Saved."),
        "remove": gettext("Removed."),
        "start": gettext("Made the usual alerts. Change what does not suit you."),
        "comments": gettext("Saved. It holds from the next mail on."),
    }
    return said.get(request.args.get("done", ""), "")


@blueprint.get("")
def show(key: str) -> ResponseReturnValue:
    """All rules, and what each would tell now."""
    return _list(access.survey(key, "editor"), Typed())


def _list(survey: Survey, typed: Typed) -> str:
    rules = [_listed(survey, rule) for rule in alert_rules.of(survey)]
    return render_template(
        "alerts.html",
        survey=survey,
        rules=rules,
        kinds_of_alerts=words.kinds(survey.metric),
        fields=told.fields(survey, typed, "create", "", list(alert_rules.channel_names(survey))),
        has_usual=set(alert_rules.usual(survey)) <= {one.rule.kind for one in rules},
        may_administer=access.may_administer(survey),
        typed=typed,
        done=done(),
    )


def _listed(survey: Survey, rule: AlertRule) -> Listed:
    at = now()
    found, matches = alert_checks.preview(survey, rule, at), alert_rules.matches(survey, rule.query, at)
    return Listed(rule, list(alert_rules.channels_of(rule)), found, matches)


@blueprint.post("")
def create(key: str) -> ResponseReturnValue:
    """Make a rule."""
    survey = access.survey(key, "editor")
    try:
        values, channels = told.given(*FIELDS)
        if values.get("cooldown_days") == "":
            values.pop("cooldown_days")
        alert_rules.create(survey, values, channels)
    except Invalid as refused:
        return _list(survey, sent("create", refused)), refused.status
    return redirect(url_for("alerts.show", key=key, done="create"), 303)


@blueprint.post("/start")
def start(key: str) -> ResponseReturnValue:
    """Make the usual rules, telling to all channels."""
    survey = access.survey(key, "editor")
    alert_rules.start(survey, list(alert_rules.channel_names(survey)))
    return redirect(url_for("alerts.show", key=key, done="start"), 303)


@blueprint.post("/comments")
def comments(key: str) -> ResponseReturnValue:
    """Whether mails may hold comments."""
    access.survey(key, "admin")
    surveys.let_comments_out(key, bool(request.form.get("comments_in_mail")))
    return redirect(url_for("alerts.show", key=key, done="comments"), 303)


@blueprint.get("/<number:rule_id>")
def edit(key: str, rule_id: int) -> ResponseReturnValue:
    """One rule with its form."""
    survey = access.survey(key, "editor")
    return _edit(survey, alert_rules.one(survey, rule_id), Typed())


def _edit(survey: Survey, rule: AlertRule, typed: Typed) -> str:
    chosen = [channel.id for channel in alert_rules.channels_of(rule)]
    return render_template(
        "alert.html",
        survey=survey,
        rule=rule,
        listed=_listed(survey, rule),
        name=words.kinds(survey.metric)[rule.kind],
        fields=told.fields(survey, typed, "change", rule.query, chosen, now()),
        may_administer=access.may_administer(survey),
        typed=typed,
        done=done(),
    )


@blueprint.post("/<number:rule_id>")
def change(key: str, rule_id: int) -> ResponseReturnValue:
    """Change a rule."""
    survey = access.survey(key, "editor")
    rule = alert_rules.one(survey, rule_id)
    try:
        values, channels = told.given(*FIELDS)
        is_on = bool(request.form.get("is_on"))
        alert_rules.change(survey, rule_id, values | {"is_on": is_on}, channels)
    except Invalid as refused:
        return _edit(survey, rule, sent("change", refused)), refused.status
    return redirect(url_for("alerts.edit", key=key, rule_id=rule_id, done="change"), 303)


@blueprint.post("/<number:rule_id>/remove")
def remove(key: str, rule_id: int) -> ResponseReturnValue:
    """Take a rule away."""
    alert_rules.remove(access.survey(key, "editor"), rule_id)
    return redirect(url_for("alerts.show", key=key, done="remove"), 303)
