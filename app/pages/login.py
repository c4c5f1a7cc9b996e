"""Signing in and out."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from limits import RateLimitItemPerMinute

from app.pages import access
from app.security import audit, login, rate_limits
from app.services import users

ACCOUNT = (RateLimitItemPerMinute(10, 15, namespace="sign-in"),)
PLACE = (RateLimitItemPerMinute(30, 15, namespace="sign-in-place"),)

blueprint = Blueprint("login", __name__)


@blueprint.get("/login")
def form() -> ResponseReturnValue:
    """The form; somebody who is signed in already goes on."""
    if access.visitor():
        return redirect(onward(), 303)
    return render_template("login.html", email="", onward=request.args.get("next", ""))


@blueprint.post("/login")
def sign_in() -> ResponseReturnValue:
    """Sign in, or say that e-mail address or password is wrong, not which."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    rate_limits.spend(PLACE, rate_limits.address_bucket())
    rate_limits.spend(ACCOUNT, email.strip().lower())
    audit.about(users.plain(email))
    user = users.authenticate(email, password)
    if user is None:
        audit.on("login.refused")
        audit.note()
        problem = gettext("This e-mail address and password do not belong together.")
        page = render_template("login.html", email=email, onward=request.form.get("next", ""), problem=problem)
        return page, 422
    audit.on(user=user.id)
    login.begin(user.id)
    return redirect(onward(), 303)


@blueprint.post("/logout")
def sign_out() -> ResponseReturnValue:
    """Sign out here; other browsers stay signed in."""
    login.end()
    return redirect(url_for("login.form"), 303)


def onward() -> str:
    """Where somebody wanted to go before the sign-in: a page of ours, else the surveys."""
    wanted = request.values.get("next", "")
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if ours else url_for("surveys.index")
