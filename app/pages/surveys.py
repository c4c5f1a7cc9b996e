"""The surveys somebody may see, and a form that makes one."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import Invalid
from app.i18n import LOCALES
from app.models import now
from app.pages import access
from app.pages.typed import Typed, sent
from app.services import origins, reports, surveys, users

blueprint = Blueprint("surveys", __name__)


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """There is one place to begin."""
    return redirect(url_for("surveys.index"))


@blueprint.get("/surveys")
def index() -> ResponseReturnValue:
    """Each survey with its latest score."""
    mine = users.surveys_of(access.signed_in())
    at = now()
    shown = [(survey, reports.score(survey, at), access.may_administer(survey)) for survey in mine]
    return render_template("surveys.html", shown=shown)


@blueprint.get("/surveys/new")
def new() -> ResponseReturnValue:
    """The form that makes a survey."""
    access.administrator()
    return _form(Typed())


def _form(typed: Typed) -> str:
    return render_template("new_survey.html", typed=typed, languages=LOCALES)


@blueprint.post("/surveys")
def create() -> ResponseReturnValue:
    """Make a survey and go on to its settings."""
    access.administrator()
    form = request.form
    texts = {name: form.get(name, "") for name in ("name", "kind", "language", "timezone")}
    texts["metric"] = form.get("metric") or "nps"
    key = form.get("key", "").strip() or surveys.key_for(texts["name"])
    try:
        surveys.create(key, allowed_origins=origins.read(form.get("allowed_origins", "")), **texts)
    except Invalid as refused:
        return _form(sent("new", refused)), refused.status
    return redirect(url_for("settings.show", key=key, done="made"), 303)
