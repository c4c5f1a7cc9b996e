"""Two forms of the page of a pain point: split it by its quotes, and say what a comment is about instead."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import Invalid
from app.pages import access, reports
from app.pages.catalogues import POINT, who
from app.pages.typed import sent
from app.services import catalogue_changes as changes
from app.services import places

blueprint = Blueprint("corrections", __name__, url_prefix="/surveys/<key:key>")
NONE = "-"  # what the choice “none of them” sends; no id of a pain point begins so


@blueprint.post(f"{POINT}/split")
def split(key: str, id_: str) -> ResponseReturnValue:
    """Split off what was ticked."""
    survey = access.survey(key, "editor")
    try:
        chosen = [places.parse(text) for text in request.form.getlist("quotes")]
        made = changes.split(survey, who(), id_, chosen, request.form.get("name", ""))
    except Invalid as refused:
        return reports.evidence_page(survey, id_, sent("split", refused)), refused.status
    return redirect(url_for("catalogues.edit", key=key, id_=made.key, done="split"), 303)


@blueprint.post(f"{POINT}/correct")
def correct(key: str, id_: str) -> ResponseReturnValue:
    """Correct one mention, and come back to the same view."""
    survey, quote = access.survey(key, "editor"), request.form.get("quote", "")
    try:
        right = request.form.get("right", "")
        changes.correct(survey, who(), places.parse(quote), None if right == NONE else right)
    except Invalid as refused:
        return reports.evidence_page(survey, id_, sent(f"correct-{quote}", refused)), refused.status
    view = [(name, value) for name, value in request.args.items(multi=True) if name != "done"]
    return redirect(reports.address(key, id_, [*view, ("done", "correct")]), 303)
