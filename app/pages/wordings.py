"""The page on which a survey's sentences are worded, one language at a time, beside the widget that says them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import i18n
from app.errors import Invalid
from app.models import Survey
from app.pages import access, settings
from app.pages.typed import Typed, sent
from app.security import headers
from app.services import wordings

ROOM = 256 * 1024  # bytes
blueprint = Blueprint("wordings", __name__, url_prefix="/surveys/<key:key>/wording")


@blueprint.url_value_preprocessor
def make_room(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """For every sentence at its longest, each letter nine characters of a form; called before the form is read."""
    request.max_content_length = request.max_form_memory_size = ROOM


@blueprint.get("")
def show(key: str) -> ResponseReturnValue:
    """Every sentence in one language: the shipped one, and the survey's own."""
    survey = access.survey(key, "admin")
    return _page(survey, i18n.choose(request.args.get("lang"), None, survey.language), Typed())


def _page(survey: Survey, locale: str, typed: Typed) -> str:
    headers.show_own_frames()
    shipped = {source: wordings.sentence({}, locale, source) for source in wordings.sources(survey.metric)}
    return render_template(
        "wording.html",
        survey=survey,
        locale=locale,
        shipped=shipped,
        main=wordings.main(survey.metric),
        own=survey.wording.get(locale, {}),
        languages=survey.languages or i18n.LOCALES,
        most=wordings.LONGEST,
        typed=typed,
        done=settings.done(),
    )


@blueprint.post("")
def save(key: str) -> ResponseReturnValue:
    """Keep what differs from the shipped sentences."""
    survey, form = access.survey(key, "admin"), request.form
    given = {source: text for source, text in form.items() if source in wordings.sources(survey.metric)}
    try:
        wordings.change(key, form.get("lang", ""), given)
    except Invalid as refused:
        locale = i18n.choose(form.get("lang"), None, survey.language)
        return _page(survey, locale, sent("wording", refused)), refused.status
    return redirect(url_for("wordings.show", key=key, lang=form["lang"], done="wording"), 303)
