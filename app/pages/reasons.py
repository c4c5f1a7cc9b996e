"""The page of one comment: why each part of it is listed where it is, and a form to say that it is wrong."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import Invalid
from app.models import Survey
from app.pages import access
from app.pages.addresses import language
from app.pages.catalogues import who
from app.pages.corrections import NONE
from app.pages.typed import Typed, sent
from app.reports import reasons as told
from app.services import analyses, catalogues, places, reasons
from app.services import catalogue_changes as changes

blueprint = Blueprint("reasons", __name__, url_prefix="/surveys/<key:key>/responses/<number:response_id>/why")


@blueprint.get("")
def show(key: str, response_id: int) -> ResponseReturnValue:
    """Why the comment is listed where it is."""
    return _page(access.survey(key), response_id, Typed())


def _page(survey: Survey, response_id: int, typed: Typed) -> str:
    listed = catalogues.listed(survey, language())
    return render_template(
        "why.html",
        survey=survey,
        why=reasons.why(survey, response_id, language()),
        told=told,
        choices=[(point.id, point.name) for point in listed if point.is_visible],
        typed=typed,
        may_edit=access.may_edit(survey),
        is_behind=analyses.is_behind(survey.id),
    )


@blueprint.post("")
def correct(key: str, response_id: int) -> ResponseReturnValue:
    """Correct one mention, and come back to the comment."""
    survey, quote = access.survey(key, "editor"), request.form.get("quote", "")
    try:
        right = request.form.get("right", "")
        changes.correct(survey, who(), places.parse(quote), None if right == NONE else right)
    except Invalid as refused:
        return _page(survey, response_id, sent(f"correct-{quote}", refused)), refused.status
    return redirect(url_for("reasons.show", key=key, response_id=response_id, done="correct"), 303)
