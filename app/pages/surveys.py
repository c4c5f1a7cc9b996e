"""The surveys somebody may see."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.models import now
from app.pages import access
from app.services import reports, users

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
    shown = [(survey, reports.score(survey, at)) for survey in mine]
    return render_template("surveys.html", shown=shown)
