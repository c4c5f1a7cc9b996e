"""The widget as it is saved, and as it would be with what stands in a form. Nothing is stored, and nothing can be sent:
the frame is sandboxed, so its buttons are only to be looked at.

A form of another page sends what was typed into the frame, so that typing is neither lost nor saved by looking.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from flask import Blueprint, Response, g, request
from markupsafe import Markup

from app import i18n
from app.analysis.metrics import Metric
from app.errors import Invalid
from app.models import Survey
from app.pages import access
from app.pages import widget_steps as steps
from app.pages.widget_forms import Draft
from app.pages.widget_refusals import BY_NAME
from app.pages.widget_visits import Place
from app.pages.wordings import make_room
from app.security import headers
from app.services import themes, visited, wordings
from app.services.visited import Visited

blueprint = Blueprint("previews", __name__, url_prefix="/surveys/<key:key>/preview")


blueprint.url_value_preprocessor(make_room)


def _form(template: str, choose: Callable[[Metric], int] | None = None) -> Callable[[Place], Response]:
    def shown(place: Place) -> Response:
        fields = {"score": str(choose(place.metric))} if choose else {}
        return steps.form(template, place, Draft("#", fields, metric=place.metric))

    return shown


def _problem(place: Place) -> Response:
    return steps.form(
        "score", place, Draft("#", metric=place.metric), problems={"score": steps.say(place.scale.choose)}, status=200
    )


SHOWN: Mapping[str, Callable[[Place], Response]] = {
    "score": _form("score"),
    "improve": _form("comment", lambda metric: metric.lowest_group),
    "value": _form("comment", lambda metric: metric.top),
    "thanks": lambda place: steps.page("thanks", place, receipt="preview", opened="preview", code="K7QF-2M9D"),
    "chosen": _form("answer", lambda metric: metric.top),
    "problem": _problem,
    "closed": lambda place: steps.page("error", place, sentence=steps.say(BY_NAME["survey_closed"]), draft=None),
}


@blueprint.get("")
def show(key: str) -> Response:
    """As it is saved."""
    survey = _framed(key)
    return _page(visited.of(survey), request.args)


@blueprint.post("/wording")
def wording(key: str) -> Response:
    """With the sentences of a form."""
    survey, locale = _framed(key), request.form.get("lang", "")
    given = {
        source: wordings.plain(text)
        for source, text in request.form.items()
        if source in wordings.sources(survey.metric)
    }
    own = {source: text for source, text in given.items() if text}
    return _tried(
        survey, lambda asked: replace(asked, wording={locale: own}), lambda: wordings.check(locale, own, survey.metric)
    )


@blueprint.post("/theme")
def theme(key: str) -> Response:
    """In the theme of a form."""
    own = {name: request.form.get(name, "").strip() for name in themes.SHIPPED}
    return _tried(_framed(key), lambda asked: replace(asked, theme=own), lambda: themes.of(own))


def _framed(key: str) -> Survey:
    survey = access.survey(key, "admin")
    headers.stand_in_own_frame()
    return survey


def _tried(survey: Survey, changed: Callable[[Visited], Visited], check: Callable[[], object]) -> Response:
    """The page as it would be, or why it cannot be."""
    asked = visited.of(survey)
    try:
        check()
    except Invalid as refused:
        place = Place(asked, i18n.LOCALES[0])
        wrong = [f"{name.replace('_', ' ')}: {' '.join(texts)}" for name, texts in refused.errors.items()]
        return steps.page(
            "error", place, refused.status, sentence=Markup("<br>").join([refused.message, *wrong]), draft=None
        )
    return _page(changed(asked), request.form)


def _page(asked: Visited, wanted: Mapping[str, str]) -> Response:
    locale = i18n.choose(wanted.get("lang"), None, asked.language)
    i18n.speak(locale)
    g.wording = asked.wording.get(locale, {})
    look = wanted.get("look", "")
    place = Place(asked, locale, {"theme": look} if look in themes.SCHEMES else {})
    return SHOWN.get(wanted.get("step", ""), SHOWN["score"])(place)
