"""Signing in with a provider: the way there, and the way back, which a provider can only make a browser GET."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from limits import RateLimitItemPerMinute

from app.errors import NotAllowed, NotFound
from app.models.transaction import stop_reading
from app.pages import access
from app.pages.login import PLACE, onward
from app.security import audit, login, oidc, rate_limits
from app.security.oidc import NotSignedInError, Reason
from app.security.oidc_provider import Provider
from app.services import identities

LEAVING = (RateLimitItemPerMinute(120, 15, namespace="sign-in-oidc"),)  # each may ask a provider that is down
STATUS: dict[str, int] = {"ended": 400, "away": 503}

blueprint = Blueprint("identities", __name__, url_prefix="/login/oidc")


@blueprint.get("")
def begin() -> ResponseReturnValue:
    """Go to the provider. Nothing is stored here; the browser remembers, in a signed cookie, what it asked for."""
    if access.visitor():
        return redirect(onward(), 303)
    provider = _provider()
    rate_limits.spend(LEAVING, rate_limits.address_bucket())
    try:
        return redirect(oidc.begin(provider, onward()), 303)
    except NotSignedInError as refused:
        return _refused(refused.reason)


@blueprint.get("/callback")
def sign_in() -> ResponseReturnValue:
    """Come back from the provider, and sign in as whom it vouches for."""
    if access.visitor():
        return redirect(url_for("surveys.index"), 303)
    provider = _provider()
    rate_limits.spend(PLACE, rate_limits.address_bucket())
    try:
        nonce, verifier, wanted = oidc.take(request.args.get("state", ""))
    except NotSignedInError as refused:  # nothing was begun here, so this is no attempt that anybody has to know of
        return _refused(refused.reason)
    try:
        claims = oidc.finish(provider, request.args, nonce, verifier)
    except NotSignedInError as refused:
        return _noted(refused.reason)
    audit.about(claims.email)
    user = identities.account(claims)
    if user is None:
        return _noted("nobody", claims.email)
    audit.on(user=user.id)
    login.begin(user.id)
    return redirect(wanted or url_for("surveys.index"), 303)


def _provider() -> Provider:
    """The provider, for somebody who really comes; a browser that only looks ahead is sent away."""
    provider = oidc.provider()
    if provider is None:
        raise NotFound("Nobody signs in this way here.")
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    if request.method != "GET" or "pre" in purpose:
        raise NotAllowed("Open this page to sign in.")
    stop_reading()
    return provider


def _noted(reason: Reason | str, email: str = "") -> ResponseReturnValue:
    audit.on("identities.refused")
    audit.note()
    return _refused(reason, email)


def _refused(reason: Reason | str, email: str = "") -> ResponseReturnValue:
    provider = oidc.provider()
    page = render_template("not_signed_in.html", reason=reason, email=email, name=provider.name if provider else "")
    return page, STATUS.get(reason, 403)
