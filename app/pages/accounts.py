"""One's own account: the password, the browsers that are signed in, and a new password by a link."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import Invalid
from app.models import User
from app.pages import access
from app.pages.login import ACCOUNT, PLACE
from app.pages.typed import Typed, sent
from app.reports.translating import gettext
from app.security import login, rate_limits
from app.services import accounts, identities

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/account")
def show() -> ResponseReturnValue:
    """Surveys, password, sessions."""
    return _page(access.signed_in(), Typed())


def _page(user: User, typed: Typed) -> str:
    return render_template(
        "account.html",
        user=user,
        identity=identities.of(user),
        surveys=accounts.surveys_of(user),
        sessions=accounts.sessions(user, login.own_hash()),
        typed=typed,
        done=_done(),
    )


def _done() -> str:
    words = {
        "password": gettext("Changed. Every other browser was signed out."),
        "session": gettext("Signed out there."),
    }
    return words.get(request.args.get("done", ""), "")


@blueprint.post("/account/password")
def change_password() -> ResponseReturnValue:
    """Set a new password; every other browser is signed out, and this one goes on under a new id."""
    user, form = access.signed_in(), request.form
    rate_limits.spend(PLACE, rate_limits.address_bucket())
    rate_limits.spend(ACCOUNT, user.email)
    try:
        accounts.change_password(user, *(form.get(name, "") for name in ("current", "password", "again")))
    except Invalid as refused:
        return _page(user, sent("password", refused)), refused.status
    login.begin(user.id)
    return redirect(url_for("accounts.show", done="password"), 303)


@blueprint.post("/account/sessions/end")
def end_session() -> ResponseReturnValue:
    """Sign one other browser out."""
    return _ended(lambda user: accounts.end_session(user, request.form.get("session", "")), "session")


@blueprint.post("/account/sessions/end-all")
def end_sessions() -> ResponseReturnValue:
    """Sign out everywhere, here too."""
    return _ended(accounts.end_sessions, "all")


def _ended(end: Callable[[User], None], what: str) -> ResponseReturnValue:
    end(access.signed_in())
    if what == "all":
        login.end()
        return redirect(url_for("login.form"), 303)
    return redirect(url_for("accounts.show", done=what), 303)


@blueprint.get("/reset/<sealed:reset_token>")
def reset_form(reset_token: str) -> ResponseReturnValue:
    """A form for a new password. Looking at it uses nothing up."""
    user = accounts.whose_reset(reset_token)
    return _reset_page(reset_token, user, Typed()) if user else _over()


@blueprint.post("/reset/<sealed:reset_token>")
def reset(reset_token: str) -> ResponseReturnValue:
    """Set the new password, and sign in with it."""
    rate_limits.spend(PLACE, rate_limits.address_bucket())
    user = accounts.whose_reset(reset_token)
    if user is None:
        return _over()
    try:
        accounts.reset(reset_token, request.form.get("password", ""), request.form.get("again", ""))
    except Invalid as refused:
        return _reset_page(reset_token, user, sent("reset", refused)), refused.status
    login.begin(user.id)
    return redirect(url_for("surveys.index"), 303)


def _reset_page(token: str, user: User, typed: Typed) -> str:
    return render_template("reset.html", token=token, user=user, typed=typed)


def _over() -> ResponseReturnValue:
    return render_template("link_over.html", kind="reset"), 404
