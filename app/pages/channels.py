"""The channels of a survey, and the log of each: for administrators, with plain forms."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import Invalid
from app.models import Channel, Survey
from app.models.channels import ANSWER_TYPES, KINDS
from app.models.deliveries import DELIVERY_STATES
from app.pages import access
from app.pages.catalogues import before
from app.pages.typed import Typed, sent
from app.reports.translating import gettext
from app.services import channels, delivery_log
from app.services.carriers import has_mail_server
from app.services.channel_checks import Given

ON_A_PAGE = 50
blueprint = Blueprint("channels", __name__, url_prefix="/surveys/<key:key>/channels")


@blueprint.get("")
def index(key: str) -> ResponseReturnValue:
    """All channels, and a form for another one."""
    return _index(access.survey(key, "admin"), Typed())


@blueprint.post("")
def create(key: str) -> ResponseReturnValue:
    """Make a channel. A secret is shown this once: it is in no address."""
    survey = access.survey(key, "admin")
    try:
        channel = channels.create(survey, _given(request.form.get("kind", "")))
    except Invalid as refused:
        return _index(survey, sent("new", refused)), refused.status
    if channel.secret:
        return _one(survey, channel, Typed(), channel.secret), 201
    return redirect(url_for("channels.show", key=key, number=channel.id, done="made"), 303)


@blueprint.get("/<number:number>")
def show(key: str, number: int) -> ResponseReturnValue:
    """One channel and its log, the newest first."""
    survey = access.survey(key, "admin")
    return _one(survey, channels.get(survey, number), Typed())


@blueprint.post("/<number:number>/edit")
def edit(key: str, number: int) -> ResponseReturnValue:
    """Name, address and answers."""
    return _change(key, number, "edit", lambda survey: channels.change(survey, number, _given("")))


@blueprint.post("/<number:number>/<any(on,off):state>")
def switch(key: str, number: int, state: str) -> ResponseReturnValue:
    """On or off."""
    return _change(key, number, state, lambda survey: channels.switch(survey, number, on=state == "on"))


@blueprint.post("/<number:number>/test")
def test(key: str, number: int) -> ResponseReturnValue:
    """Put a test into the outbox."""
    return _change(key, number, "test", lambda survey: channels.test(survey, number))


@blueprint.post("/<number:number>/rotate")
def rotate(key: str, number: int) -> ResponseReturnValue:
    """Make another secret and show it, this once."""
    survey = access.survey(key, "admin")
    try:
        secret = channels.rotate(survey, number)
    except Invalid as refused:
        return _one(survey, channels.get(survey, number), sent("rotate", refused)), refused.status
    return _one(survey, channels.get(survey, number), Typed(), secret), 201


@blueprint.post("/<number:number>/remove")
def remove(key: str, number: int) -> ResponseReturnValue:
    """Take it away with its log."""
    channels.remove(access.survey(key, "admin"), number)
    return redirect(url_for("channels.index", key=key, done="remove"), 303)


@blueprint.post("/<number:number>/replay")
def replay_parked(key: str, number: int) -> ResponseReturnValue:
    """Send everything again that was given up."""
    return _change(key, number, "replay", lambda survey: delivery_log.replay_parked(survey, number))


@blueprint.post("/<number:number>/deliveries/<number:delivery_id>/replay")
def replay(key: str, number: int, delivery_id: int) -> ResponseReturnValue:
    """Send one delivery again."""
    return _change(key, number, "replay", lambda survey: delivery_log.replay(survey, number, delivery_id))


def _given(kind: str) -> Given:
    form = request.form
    return Given(kind, form.get("name", ""), form.get("address", ""), form.getlist("types"))


def _change(key: str, number: int, form: str, change: Callable[[Survey], object]) -> ResponseReturnValue:
    """Make one change and come back, or give the form back with what is wrong."""
    survey = access.survey(key, "admin")
    try:
        change(survey)
    except Invalid as refused:
        return _one(survey, channels.get(survey, number), sent(form, refused)), refused.status
    return redirect(url_for("channels.show", key=key, number=number, done=form), 303)


def _index(survey: Survey, typed: Typed) -> str:
    return render_template(
        "channels.html",
        survey=survey,
        typed=typed,
        channels=channels.of(survey),
        counts=delivery_log.counts(survey),
        has_mail_server=has_mail_server(),
        **_words(),
    )


def _one(survey: Survey, channel: Channel, typed: Typed, secret: str = "") -> str:
    state = request.args.get("state")
    state = state if state in DELIVERY_STATES else None
    found = delivery_log.listed(channel, ON_A_PAGE + 1, before(), state)
    return render_template(
        "channel.html",
        survey=survey,
        typed=typed,
        channel=channel,
        secret=secret,
        log=found[:ON_A_PAGE],
        has_more=len(found) > ON_A_PAGE,
        counts=delivery_log.counts(survey).get(channel.id, {}),
        state=state,
        **_words(),
    )


def _words() -> dict[str, object]:
    return {
        "done": _done().get(request.args.get("done", ""), ""),
        "shown": channels.shown,
        "kinds_of_channels": dict(zip(KINDS, _kinds(), strict=True)),
        "types": dict(zip(ANSWER_TYPES, (gettext("New answers"), gettext("Changed answers")), strict=True)),
        "channel_states": {"on": gettext("on"), "off": gettext("off"), "disabled": gettext("disabled")},
        "delivery_states": dict(zip(DELIVERY_STATES, _states(), strict=True)),
    }


def _kinds() -> tuple[str, ...]:
    return gettext("Mail"), gettext("Webhook"), gettext("Slack"), gettext("Microsoft Teams")


def _states() -> tuple[str, ...]:
    return gettext("waiting"), gettext("arrived"), gettext("parked"), gettext("cancelled")


def _done() -> dict[str, str]:
    return {
        "made": gettext("Made. Send a test to see whether it arrives."),
        "edit": gettext("Saved."),
        "on": gettext("Switched on."),
        "off": gettext("Switched off. What waited is cancelled."),
        "test": gettext("A test is on its way. Load this page again to see what became of it."),
        "replay": gettext("It is sent again. Load this page again to see what became of it."),
        "remove": gettext("Removed."),
    }
