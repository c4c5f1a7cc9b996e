"""Signing in: sessions kept on the server, and forms that only our own pages can send."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask, Request, Response, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import SecurityError

from app.errors import NotAllowed, Refusal
from app.extensions import csrf, db
from app.models import LoginSession, now
from app.models.transaction import writing
from app.security import browsers

WITHOUT_SESSION = ("/w/", "/api/")  # the widget has no cookie, and programs send a key
LASTS = timedelta(days=14)
ON_THE_SERVER = "s."  # before the id of a session; a cookie without it is a visitor's own few signed bytes
OUR_SITE = ("same-origin", "none", "")  # what browsers say of a change sent by one of our pages; old ones say nothing


class StaleForm(Refusal):
    """A form that does not belong to this browser's session: too old, or not ours."""

    status = 400
    name = "stale_form"


class SignedIn(SecureCookieSession):
    """The session of somebody who signed in. It was written then; no page that is only read changes it."""

    def __init__(self, row: LoginSession) -> None:
        super().__init__(row.data)
        self.user_id = row.user_id
        self.id_hash = row.id_hash


class Sessions(SecureCookieSessionInterface):
    """People who signed in have a row and a cookie with its id. Visitors have the token of their form, signed.

    So a page that is only read writes nothing: the sign-in form of a visitor needs no row.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of this browser; none at all under the widget's and the API's addresses."""
        g.pop("csrf_token", None)
        g.session_cookie = None
        if request.path.startswith(WITHOUT_SESSION):
            return None
        cookie = request.cookies.get(self.get_cookie_name(app), "")
        if not cookie.startswith(ON_THE_SERVER):
            return super().open_session(app, request)
        row = _find(cookie.removeprefix(ON_THE_SERVER))
        return SignedIn(row) if row else SecureCookieSession()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Set the cookie after a sign-in, take it back after a sign-out, else leave it as it is."""
        if g.get("session_cookie") is not None:
            return self._set(app, response, g.session_cookie)
        if not isinstance(session, SignedIn):
            super().save_session(app, session, response)
        return None

    def _set(self, app: Flask, response: Response, value: str) -> None:
        response.set_cookie(
            self.get_cookie_name(app),
            value,
            max_age=LASTS if value else 0,
            path="/",
            secure=self.get_cookie_secure(app),
            httponly=True,
            samesite="Lax",
        )


def register(app: Flask) -> None:
    """Use sessions kept on the server, and take changes only from forms of our own pages."""
    app.session_interface = Sessions()
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # checked below, by address instead of by blueprint
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # a form is good for as long as its session
    app.before_request(_refuse_foreign_forms)


def _refuse_foreign_forms() -> None:
    if request.method in {"GET", "HEAD", "OPTIONS"} or request.path.startswith(WITHOUT_SESSION):
        return
    if isinstance(request.routing_exception, SecurityError):  # for an untrusted host not even a refusal has a page
        raise request.routing_exception
    if request.headers.get("Sec-Fetch-Site", "") not in OUR_SITE:
        raise NotAllowed("Changes are only taken from pages of this site.")
    try:
        csrf.protect()
    except CSRFError as error:
        raise StaleForm("This form is no longer valid. Open the page again and send it once more.") from error


def begin(user_id: int) -> None:
    """Sign this browser in, under a new id; sessions that have run out go."""
    id_ = secrets.token_urlsafe(32)
    with writing() as database:
        database.execute(sa.delete(LoginSession).where(LoginSession.expires_at < now()))
        database.execute(sa.delete(LoginSession).where(LoginSession.id_hash == own_hash()))
        data = {"csrf_token": secrets.token_hex(20), "browser": browsers.name(request.user_agent.string)}
        row = LoginSession(id_hash=_hash(id_), user_id=user_id, data=data, expires_at=now() + LASTS)
        database.add(row)
    g.session_cookie = ON_THE_SERVER + id_


def end() -> None:
    """Sign this browser out."""
    with writing() as database:
        database.execute(sa.delete(LoginSession).where(LoginSession.id_hash == own_hash()))
    g.session_cookie = ""


def user_id() -> int | None:
    """Who sent this request; None for a visitor."""
    return getattr(session, "user_id", None)


def own_hash() -> str:
    """What the table knows this browser by; empty for a visitor."""
    return getattr(session, "id_hash", "")


def _find(id_: str) -> LoginSession | None:
    row = db.session.get(LoginSession, _hash(id_))
    return row if row and row.expires_at > now() else None


def _hash(id_: str) -> str:
    return hashlib.sha256(id_.encode()).hexdigest()
