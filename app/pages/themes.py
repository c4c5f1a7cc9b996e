"""The page on which a survey's colours and corners are chosen, beside the widget that has them."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import Invalid
from app.models import Survey
from app.pages import access, settings
from app.pages.typed import Typed, sent
from app.reports.translating import gettext
from app.security import headers
from app.services import themes

blueprint = Blueprint("themes", __name__, url_prefix="/surveys/<key:key>/theme")


@blueprint.get("")
def show(key: str) -> ResponseReturnValue:
    """Every field with its value, the survey's own or the shipped one."""
    return _page(access.survey(key, "admin"), Typed())


def _page(survey: Survey, typed: Typed) -> str:
    headers.show_own_frames()
    values = themes.values(survey.theme)
    return render_template(
        "theme.html",
        survey=survey,
        values=values,
        shipped=themes.SHIPPED,
        contrasts=themes.contrasts(survey.theme),
        least=themes.LEAST,
        roundest=themes.ROUNDEST,
        schemes=schemes(),
        typed=typed,
        done=settings.done(),
    )


def schemes() -> dict[str, str]:
    """Which of the two looks is shown, in words."""
    return {
        "auto": gettext("as the person’s system is set"),
        "light": gettext("always light"),
        "dark": gettext("always dark"),
    }


@blueprint.post("")
def save(key: str) -> ResponseReturnValue:
    """Keep what differs from the shipped theme."""
    survey = access.survey(key, "admin")
    try:
        themes.change(key, request.form)
    except Invalid as refused:
        return _page(survey, sent("theme", refused)), refused.status
    return redirect(url_for("themes.show", key=key, done="theme"), 303)
