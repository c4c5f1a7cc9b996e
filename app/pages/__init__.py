"""HTML for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from flask import Flask, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import NotSignedIn, Refusal
from app.extensions import csrf
from app.pages import (
    access,
    accounts,
    acting,
    alerts,
    audits,
    cases,
    catalogues,
    channels,
    comments,
    corrections,
    customers,
    departments,
    digests,
    embeds,
    identities,
    invitations,
    login,
    mail_links,
    people,
    previews,
    quarantine,
    reasons,
    reports,
    resets,
    saved_views,
    segments,
    settings,
    shares,
    sources,
    stylesheet,
    surveys,
    themes,
    told,
    triages,
    under_way,
    values,
    ways,
    widget,
    widget_receipts,
    wordings,
    work,
)
from app.reports import (
    answers,
    changes,
    charts,
    effects,
    excerpts,
    findings,
    metric_words,
    runs,
    segment_findings,
    view_words,
    wording,
)
from app.reports.steps import places, weeks
from app.reports.translating import gettext
from app.security import oidc

OF_SURVEYS = (
    surveys,
    settings,
    wordings,
    themes,
    previews,
    embeds,
    channels,
    reports,
    saved_views,
    comments,
    segments,
    catalogues,
    corrections,
    acting,
    under_way,
    departments,
    quarantine,
    reasons,
    people,
    shares,
    sources,
    work,
    alerts,
    cases,
    customers,
    digests,
    triages,
    values,
    audits,
)


def register(app: Flask) -> None:
    """Add the pages' addresses, and what their templates speak with."""
    app.register_blueprint(widget.blueprint)
    app.register_blueprint(widget_receipts.blueprint)
    for without_cookie in (widget.blueprint, widget_receipts.blueprint):
        csrf.exempt(without_cookie)  # the sealed tokens in its forms and addresses decide
    for module in (login, identities, resets, accounts, invitations, *OF_SURVEYS, mail_links, stylesheet):
        app.register_blueprint(module.blueprint)
    app.before_request(_forget)
    app.context_processor(_words)
    _teach_templates(app)


def _teach_templates(app: Flask) -> None:
    app.jinja_env.filters["filter_words"] = told.filter_words
    app.jinja_env.filters["as_query"] = lambda query: f"?{query}" if query else ""
    app.jinja_env.filters["options"] = _options
    words = {
        "answers": answers,
        "charts": charts,
        "effects": effects,
        "excerpts": excerpts,
        "findings": findings,
        "words_of": metric_words.of,
        "wording": wording,
        "told_of": segment_findings,
        "told_view": view_words,
    }
    app.jinja_env.globals.update(
        words, weeks=weeks, places=places, told_change=changes, told_run=runs, ways_about=ways.rows
    )


def refuse(refusal: Refusal) -> ResponseReturnValue:
    """A page that says what went wrong and what to do; a visitor is asked to sign in first."""
    if isinstance(refusal, NotSignedIn):
        onward = request.full_path.rstrip("?") if request.method == "GET" else ""
        query = f"?{urlencode({'next': onward})}" if onward else ""
        return redirect(url_for("login.form") + query, 303)
    given = {"heading": _heading(refusal.status), "message": refusal.message, "errors": refusal.errors}
    return render_template("error.html", status=refusal.status, **given), refusal.status


def _heading(status: int) -> str:
    headings = {
        400: gettext("This did not work"),
        403: gettext("Not for you"),
        404: gettext("Not found"),
        413: gettext("Too large"),
        409: gettext("Somebody else was faster"),
        410: gettext("This link has ended"),
        422: gettext("This cannot be shown"),
        429: gettext("Too many attempts"),
        503: gettext("Just a moment"),
    }
    return headings.get(status) or gettext("Something went wrong")


def _options(values: Iterable[str], names: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    """Values of a choice with what they are called."""
    return [(value, (names or {}).get(value, value)) for value in values]


def _forget() -> None:
    g.visitor = None


def _words() -> dict[str, object]:
    return {
        "visitor": g.get("visitor"),
        "may": access.may,
        "role_names": {"viewer": gettext("viewer"), "editor": gettext("editor"), "admin": gettext("administrator")},
        "stylesheet": lambda: url_for("stylesheet.pages"),
        "kinds": {"relationship": gettext("Relationship survey"), "touchpoint": gettext("Touchpoint survey")},
        "metrics": metric_words.choices(),
        "statuses": wording.statuses(),
        "bases": {"revenue": gettext("revenue"), "margin": gettext("margin"), "orders": gettext("margin of orders")},
        "origins": {
            "seed": gettext("shipped"),
            "discovered": gettext("discovered"),
            "manual": gettext("made by people"),
        },
        "provider": oidc.provider(),
        "done": changes.done(request.args.get("done", "")),
        "language_name": lambda code: gettext("language unknown") if code == "und" else wording.language(code),
    }
