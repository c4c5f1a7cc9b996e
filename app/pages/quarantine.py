"""The quarantine of a survey: what waits and why, one press to count it, and who decided what."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import Invalid
from app.models import Survey
from app.pages import access
from app.pages.catalogues import before, who
from app.pages.typed import Typed, sent
from app.reports.translating import gettext
from app.services import quarantine

blueprint = Blueprint("quarantine", __name__, url_prefix="/surveys/<key:key>")
ON_A_PAGE = 50


@blueprint.get("/quarantine")
def show(key: str) -> ResponseReturnValue:
    """What waits, the newest first."""
    return _page(access.survey(key), Typed())


@blueprint.post("/quarantine/<any(include,exclude):decision>")
def decide(key: str, decision: str) -> ResponseReturnValue:
    """Count one answer or all of a reason, or take that back."""
    survey, form = access.survey(key, "editor"), request.form
    try:
        quarantine.decide(survey, who(), decision, ids=ids(form.getlist("id")), reason=form.get("reason"))
    except Invalid as refused:
        return _page(survey, sent(decision, refused)), refused.status
    return redirect(url_for("quarantine.show", key=key, done=decision), 303)


def ids(texts: list[str]) -> list[int]:
    """The numbers of answers that a form names, or Invalid."""
    if not all(text.isascii() and text.isdigit() and len(text) < 19 for text in texts):
        raise Invalid("Name answers by their numbers.", {"ids": ["Name answers by their numbers."]})
    return [int(text) for text in texts]


def _page(survey: Survey, typed: Typed) -> str:
    found = quarantine.listed(survey, ON_A_PAGE + 1, before())
    return render_template(
        "quarantine.html",
        survey=survey,
        waiting=quarantine.waiting(survey.id),
        turned_away=quarantine.turned_away(survey),
        held=found[:ON_A_PAGE],
        has_more=len(found) > ON_A_PAGE,
        decisions=quarantine.decisions(survey, ON_A_PAGE),
        may_edit=access.may_edit(survey),
        reasons=_reasons(),
        typed=typed,
    )


def _reasons() -> dict[str, str]:
    return {
        "too-fast": gettext("sent faster than anybody reads"),
        "honeypot": gettext("a field was filled that people do not see"),
        "foreign-origin": gettext("sent from a site that is not allowed"),
        "fetch-metadata": gettext("sent by a script or an image, not by a page"),
        "token-refused": gettext("its respondent token was refused"),
    }
