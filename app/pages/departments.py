"""The departments of a survey: who belongs to them, and which discoveries are theirs."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import Invalid
from app.models import Survey
from app.pages import access
from app.pages.catalogues import who
from app.pages.typed import Typed, sent
from app.reports.translating import gettext
from app.services import departments

blueprint = Blueprint("departments", __name__, url_prefix="/surveys/<key:key>/departments")
ONE = "/<number:number>"


@blueprint.get("")
def show(key: str) -> ResponseReturnValue:
    """All of them, made or only named by pain points."""
    return _page(access.survey(key, "admin"), Typed())


def _page(survey: Survey, typed: Typed) -> str:
    return render_template(
        "departments.html",
        survey=survey,
        departments=departments.listed(survey),
        people=departments.people(survey),
        typed=typed,
        done=_done(),
    )


def _done() -> str:
    words = {
        "make": gettext("Made."),
        "rename": gettext("Renamed. Its pain points, alerts and digests follow."),
        "members": gettext("Saved."),
        "words": gettext("Saved. It holds for what is discovered from now on."),
        "remove": gettext("Removed."),
    }
    return words.get(request.args.get("done", ""), "")


def _change(key: str, form: str, said: str, change: Callable[[Survey], object]) -> ResponseReturnValue:
    """Make one change and come back, or give the form back with what is wrong."""
    survey = access.survey(key, "admin")
    try:
        change(survey)
    except Invalid as refused:
        return _page(survey, sent(form, refused)), refused.status
    return redirect(url_for("departments.show", key=key, done=said), 303)


@blueprint.post("")
def create(key: str) -> ResponseReturnValue:
    """Make one, or take over one that pain points name."""
    name, words = request.form.get("name", ""), request.form.get("words", "").splitlines()
    return _change(key, "make", "make", lambda survey: departments.create(survey, name, words))


@blueprint.post(f"{ONE}/rename")
def rename(key: str, number: int) -> ResponseReturnValue:
    """Give it another name."""
    name = request.form.get("name", "")
    return _change(key, f"rename-{number}", "rename", lambda survey: departments.rename(survey, who(), number, name))


@blueprint.post(f"{ONE}/members")
def members(key: str, number: int) -> ResponseReturnValue:
    """Say who belongs to it."""
    chosen = request.form.getlist("members")
    return _change(key, f"members-{number}", "members", lambda survey: departments.assemble(survey, number, chosen))


@blueprint.post(f"{ONE}/words")
def words(key: str, number: int) -> ResponseReturnValue:
    """Say which discoveries are its own."""
    given = request.form.get("words", "").splitlines()
    return _change(key, f"words-{number}", "words", lambda survey: departments.describe(survey, number, given))


@blueprint.post(f"{ONE}/remove")
def remove(key: str, number: int) -> ResponseReturnValue:
    """Take it away."""
    return _change(key, f"remove-{number}", "remove", lambda survey: departments.remove(survey, who(), number))
