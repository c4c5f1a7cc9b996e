"""The form with which people say what is done about a pain point, and the press that opens a fixed one again."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from app.errors import Conflict, Invalid
from app.models import Survey
from app.pages import access, reports
from app.pages.catalogues import POINT, who
from app.pages.typed import sent
from app.services import acting

blueprint = Blueprint("acting", __name__, url_prefix="/surveys/<key:key>")
NEVER = -1  # a version that no pain point has


@blueprint.post(f"{POINT}/act")
def act(key: str, id_: str) -> ResponseReturnValue:
    """Save all that the form holds."""
    changes = {name: request.form.get(name, "") for name in acting.FIELDS}
    return _save(key, id_, "act", lambda survey: acting.change(survey, id_, who(), changes, _version()))


@blueprint.post(f"{POINT}/reopen")
def reopen(key: str, id_: str) -> ResponseReturnValue:
    """Open a fixed one again."""
    return _save(key, id_, "reopen", lambda survey: acting.reopen(survey, id_, who(), _version()))


def _save(key: str, id_: str, form: str, save: Callable[[Survey], object]) -> ResponseReturnValue:
    """Save and come back to the same view, or give back what was sent and why it was not saved."""
    survey = access.survey(key, "editor")
    try:
        save(survey)
    except (Invalid, Conflict) as refused:
        return reports.evidence_page(survey, id_, sent(form, refused)), refused.status
    view = [(name, value) for name, value in request.args.items(multi=True) if name != "done"]
    return redirect(reports.address(key, id_, [*view, ("done", form)]) + "#acting", 303)


def _version() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else NEVER
