"""The page behind an invitation. Looking at it changes nothing, however often a mail scanner does; a press accepts."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import Invalid
from app.models import Invitation
from app.pages import access, people
from app.pages.login import PLACE
from app.pages.typed import Typed, sent
from app.security import login, rate_limits
from app.services import invitations

blueprint = Blueprint("invitations", __name__, url_prefix="/invitations/<sealed:invitation>")


@blueprint.get("")
def show(invitation: str) -> ResponseReturnValue:
    """Who invites, to what, and what there is to do."""
    found = invitations.find(invitation)
    return _page(invitation, found, Typed()) if found else _over()


@blueprint.post("")
def accept(invitation: str) -> ResponseReturnValue:
    """Join with the account that is signed in, or with a new one."""
    rate_limits.spend(PLACE, rate_limits.address_bucket())
    found, user = invitations.find(invitation), access.visitor()
    if found is None:
        return _over()
    if user is not None:
        invitations.accept(invitation, user)
    elif invitations.account_of(found):
        return redirect(url_for("login.form", next=url_for("invitations.show", invitation=invitation)), 303)
    else:
        try:
            made = invitations.accept_as_new(invitation, request.form.get("password", ""))
        except Invalid as refused:
            return _page(invitation, found, sent("accept", refused)), refused.status
        login.begin(made.id)
    return redirect(url_for("reports.show", key=found.survey.key), 303)


def _page(token: str, invitation: Invitation, typed: Typed) -> str:
    return render_template(
        "invitation.html",
        token=token,
        invitation=invitation,
        survey=invitation.survey,
        user=access.visitor(),
        has_account=invitations.account_of(invitation) is not None,
        may_do=people.roles()[invitation.role],
        typed=typed,
    )


def _over() -> ResponseReturnValue:
    access.visitor()
    return render_template("link_over.html", kind="invitation"), 404
