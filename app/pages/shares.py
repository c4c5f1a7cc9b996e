"""Sharing a view of the report: a link for people without an account, and the page it leads to."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.analysis import minimums
from app.errors import Invalid
from app.models import Survey, now
from app.pages import access
from app.pages.addresses import language
from app.pages.catalogues import who
from app.pages.typed import Typed, sent
from app.reports.translating import gettext
from app.schemas import filters as schema
from app.security import audit
from app.services import reports, shares
from app.services.shares import Shared

blueprint = Blueprint("shares", __name__)
OF_A_SURVEY = "/surveys/<key:key>/shares"


@blueprint.get(OF_A_SURVEY)
def show(key: str) -> ResponseReturnValue:
    """A form that shares the view which the address names, and the links that work."""
    survey = access.survey(key, "editor")
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != "done"]
    return _page(survey, schema.parse(asked).query(), Typed())


def _page(survey: Survey, query: str, typed: Typed, made: str = "") -> str:
    filters = shares.read(query)
    return render_template(
        "shares.html",
        survey=survey,
        filters=filters,
        query=query,
        report=reports.build(survey, filters, now(), language()),
        shares=shares.of(survey),
        days=shares.DAYS,
        typed=typed,
        made=made,
        done={"revoke": gettext("Revoked. The link shows nothing any more.")}.get(request.args.get("done", ""), ""),
    )


@blueprint.post(OF_A_SURVEY)
def create(key: str) -> ResponseReturnValue:
    """Make a link and show its address, this once."""
    survey, form = access.survey(key, "editor"), request.form
    query = shares.read(form.get("query", "")).query()
    try:
        made = shares.create(
            survey,
            who(),
            form.get("name", ""),
            query,
            form.get("days", ""),
            form.get("until", ""),
            with_quotes="with_quotes" in form,
        )
    except Invalid as refused:
        return _page(survey, query, sent("share", refused)), refused.status
    return _page(survey, query, Typed(), made), 201


@blueprint.post(f"{OF_A_SURVEY}/<number:number>/revoke")
def revoke(key: str, number: int) -> ResponseReturnValue:
    """End a link at once."""
    shares.revoke(access.survey(key, "editor"), number)
    return redirect(url_for("shares.show", key=key, done="revoke"), 303)


@blueprint.get("/shared/<sealed:share>")
def read(share: str) -> ResponseReturnValue:
    """The view that a link shows. Nothing else that stands in the address is looked at."""
    shared = shares.find(share)
    if shared is None:
        return _kept_out_of_search(render_template("link_over.html", kind="share"), 404)
    return _kept_out_of_search(_shared(shared), 200)


def _shared(shared: Shared) -> str:
    audit.on(survey=shared.survey.key, share=shared.id)
    report = reports.build(shared.survey, shared.filters, now(), language())
    return render_template(
        "shared.html",
        survey=shared.survey,
        report=report,
        expires_at=shared.expires_at,
        with_quotes=shared.with_quotes and not report.is_withheld,
        is_withheld=not minimums.reached(report.score.counts.n, minimums.SCORE),
    )


def _kept_out_of_search(page: str, status: int) -> Response:
    answer = make_response(page, status)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer
