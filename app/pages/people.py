"""The people of a survey: who may do what, who was invited, and a link for whoever is invited next."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from limits import RateLimitItemPerHour

from app.errors import Invalid
from app.models import Survey
from app.models.users import ROLES
from app.pages import access
from app.pages.catalogues import who
from app.pages.typed import Typed, sent
from app.reports.translating import gettext
from app.security import rate_limits
from app.services import invitations, letters, members
from app.services.carriers import has_mail_server

INVITES = (RateLimitItemPerHour(60, namespace="invitations"),)  # each is a mail to whomever somebody names

blueprint = Blueprint("people", __name__, url_prefix="/surveys/<key:key>/people")


def roles() -> dict[str, str]:
    """What each role may do, in words."""
    may = {
        "viewer": gettext("reads the report and every comment"),
        "editor": gettext("also changes the catalogue, imports, exports and shares"),
        "admin": gettext("also changes settings, keys and people"),
    }
    return {role: may[role] for role in ROLES}


@blueprint.get("")
def show(key: str) -> ResponseReturnValue:
    """Members, and invitations that still work."""
    return _page(access.survey(key, "admin"), Typed())


def _page(survey: Survey, typed: Typed, made: str = "") -> str:
    pending = invitations.pending(survey)
    return render_template(
        "people.html",
        survey=survey,
        typed=typed,
        members=members.of(survey),
        overseers=members.overseers(),
        invitations=pending,
        letters=letters.states(one.id for one in pending),
        has_mail_server=has_mail_server(),
        roles=roles(),
        made=made,
        done=_done(),
    )


def _done() -> str:
    words = {
        "role": gettext("Saved. It holds from their next page on."),
        "remove": gettext("Removed. Links they shared still work until you revoke them."),
        "withdraw": gettext("Withdrawn. The link does not work any more."),
    }
    return words.get(request.args.get("done", ""), "")


def _change(key: str, form: str, change: Callable[[Survey], object]) -> ResponseReturnValue:
    survey = access.survey(key, "admin")
    try:
        change(survey)
    except Invalid as refused:
        return _page(survey, sent(form, refused)), refused.status
    if not access.may_administer(survey):  # whoever gave their own role away has no business here any more
        return redirect(url_for("surveys.index"), 303)
    return redirect(url_for("people.show", key=key, done=form.partition("-")[0]), 303)


@blueprint.post("/<number:number>/role")
def role(key: str, number: int) -> ResponseReturnValue:
    """Let a member do more or less."""
    wanted = request.form.get("role", "")
    return _change(key, f"role-{number}", lambda survey: members.change_role(survey, number, wanted))


@blueprint.post("/<number:number>/remove")
def remove(key: str, number: int) -> ResponseReturnValue:
    """Let a member out."""
    return _change(key, f"remove-{number}", lambda survey: members.remove(survey, number))


@blueprint.post("/invitations")
def invite(key: str) -> ResponseReturnValue:
    """Make an invitation and show its link, this once."""
    survey, form = access.survey(key, "admin"), request.form
    rate_limits.spend(INVITES, who())
    try:
        made = invitations.invite(survey, who(), form.get("email", ""), form.get("role", ""))
    except Invalid as refused:
        return _page(survey, sent("invite", refused)), refused.status
    return _page(survey, Typed(), made), 201


@blueprint.post("/invitations/<number:number>/withdraw")
def withdraw(key: str, number: int) -> ResponseReturnValue:
    """End an invitation."""
    return _change(key, "withdraw", lambda survey: invitations.withdraw(survey, number))
