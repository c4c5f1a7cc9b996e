"""Digests: what is sent every day, week or month, to whom, and how the newest issue reads."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import Invalid
from app.models import Digest, Survey, now
from app.pages import access, told
from app.pages.typed import Typed, sent
from app.reports.translating import gettext
from app.services import alert_rules, digesting, digests

FIELDS = ("name", "cycle")
blueprint = Blueprint("digests", __name__, url_prefix="/surveys/<key:key>/digests")


def done() -> str:
    """What a page says after a change; empty when there was none."""
    said = {
        "create": gettext("Made. The first one comes when the period that runs now is over."),
        "change": gettext("Saved."),
        "remove": gettext("Removed. It is sent no more."),
        "invite": gettext("Asked by mail. Nothing is sent before they confirm."),
        "dismiss": gettext("Removed: nothing more goes there."),
        "known": gettext("They get it already, or were asked today."),
    }
    return said.get(request.args.get("done", ""), "")


def cycles() -> dict[str, str]:
    """How often, in words."""
    return {"daily": gettext("daily"), "weekly": gettext("weekly"), "monthly": gettext("monthly")}


@blueprint.get("")
def show(key: str) -> ResponseReturnValue:
    """All digests."""
    return _list(access.survey(key, "editor"), Typed())


def _list(survey: Survey, typed: Typed) -> str:
    return render_template(
        "digests.html",
        survey=survey,
        digests=[(digest, digests.readers_of(digest)) for digest in digests.of(survey)],
        cycles=cycles(),
        fields=told.fields(survey, typed, "create", "", list(alert_rules.channel_names(survey))),
        may_administer=access.may_administer(survey),
        typed=typed,
        done=done(),
    )


@blueprint.post("")
def create(key: str) -> ResponseReturnValue:
    """Make a digest."""
    survey = access.survey(key, "editor")
    try:
        digests.create(survey, *told.given(*FIELDS))
    except Invalid as refused:
        return _list(survey, sent("create", refused)), refused.status
    return redirect(url_for("digests.show", key=key, done="create"), 303)


@blueprint.get("/<number:digest_id>")
def edit(key: str, digest_id: int) -> ResponseReturnValue:
    """One digest: its form, its readers, and how its newest issue reads."""
    survey = access.survey(key, "editor")
    return _edit(survey, digests.one(survey, digest_id), Typed())


def _edit(survey: Survey, digest: Digest, typed: Typed) -> str:
    at, readers = now(), digests.readers_of(digest)
    chosen = [channel.id for channel, confirmed_at in readers if confirmed_at]
    return render_template(
        "digest.html",
        survey=survey,
        digest=digest,
        issue=digesting.build(survey, digest, at),
        readers=readers,
        cycles=cycles(),
        fields=told.fields(survey, typed, "change", digest.query, chosen, at),
        may_administer=access.may_administer(survey),
        typed=typed,
        done=done(),
    )


@blueprint.post("/<number:digest_id>")
def change(key: str, digest_id: int) -> ResponseReturnValue:
    """Change a digest."""
    survey = access.survey(key, "editor")
    digest = digests.one(survey, digest_id)
    try:
        values, channels = told.given(*FIELDS)
        digests.change(survey, digest_id, values | {"is_on": bool(request.form.get("is_on"))}, channels)
    except Invalid as refused:
        return _edit(survey, digest, sent("change", refused)), refused.status
    return redirect(url_for("digests.edit", key=key, digest_id=digest_id, done="change"), 303)


@blueprint.post("/<number:digest_id>/invite")
def invite(key: str, digest_id: int) -> ResponseReturnValue:
    """Ask somebody by mail whether they want it."""
    survey = access.survey(key, "editor")
    digest = digests.one(survey, digest_id)
    try:
        is_asked = digests.invite(survey, digest_id, request.form.get("email", ""))
    except Invalid as refused:
        return _edit(survey, digest, sent("invite", refused)), refused.status
    said = "invite" if is_asked else "known"
    return redirect(url_for("digests.edit", key=key, digest_id=digest_id, done=said), 303)


@blueprint.post("/<number:digest_id>/readers/<number:channel_id>/remove")
def dismiss(key: str, digest_id: int, channel_id: int) -> ResponseReturnValue:
    """Send it to somebody no more."""
    digests.dismiss(access.survey(key, "editor"), digest_id, channel_id)
    return redirect(url_for("digests.edit", key=key, digest_id=digest_id, done="dismiss"), 303)


@blueprint.post("/<number:digest_id>/remove")
def remove(key: str, digest_id: int) -> ResponseReturnValue:
    """Send it no more."""
    digests.remove(access.survey(key, "editor"), digest_id)
    return redirect(url_for("digests.show", key=key, done="remove"), 303)
