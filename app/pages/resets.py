"""The way back in for whoever forgot the password: a mail, if the address has an account. The page never says so."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from limits import RateLimitItemPerHour

from app.errors import Invalid
from app.pages import access
from app.pages.login import PLACE
from app.pages.typed import Typed, sent
from app.security import audit, rate_limits
from app.services import accounts, users
from app.services.carriers import has_mail_server

LETTERS = (RateLimitItemPerHour(3, namespace="reset"),)

blueprint = Blueprint("resets", __name__, url_prefix="/reset")


@blueprint.get("")
def form() -> ResponseReturnValue:
    """Ask for the address, or say what happens now."""
    return _page(Typed())


@blueprint.post("")
def ask() -> ResponseReturnValue:
    """Write down that somebody asked. Whose address it is, if anybody's, is looked up when the mail is sent."""
    email = request.form.get("email", "")
    rate_limits.spend(PLACE, rate_limits.address_bucket())
    rate_limits.spend(LETTERS, users.plain(email))
    audit.about(users.plain(email))
    try:
        accounts.ask_reset(email)
    except Invalid as refused:
        return _page(sent("ask", refused)), refused.status
    return redirect(url_for("resets.form", done="asked"), 303)


def _page(typed: Typed) -> str:
    access.visitor()
    is_asked = request.args.get("done") == "asked"
    return render_template("forgotten.html", typed=typed, has_mail_server=has_mail_server(), is_asked=is_asked)
