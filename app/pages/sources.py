"""Where answers of a survey come from by themselves: for administrators, with plain forms."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import Invalid
from app.models import AnswerSource, Survey
from app.models.sources import KINDS, SCHEMES
from app.pages import access
from app.pages.typed import Typed, sent
from app.reports.translating import gettext
from app.services import source_doing, sources
from app.services.sources import Given

blueprint = Blueprint("sources", __name__, url_prefix="/surveys/<key:key>/sources")


@blueprint.get("")
def index(key: str) -> ResponseReturnValue:
    """All sources, and a form for another one."""
    return _index(access.survey(key, "admin"), Typed())


@blueprint.post("")
def create(key: str) -> ResponseReturnValue:
    """Make a source. A secret that we made is shown this once: it is in no address."""
    survey = access.survey(key, "admin")
    given = _given()
    try:
        made = sources.create(survey, given)
    except Invalid as refused:
        return _index(survey, sent("new", refused)), refused.status
    if made.secret and not given.secret:
        return _one(survey, made, Typed(), made.secret), 201
    return redirect(url_for("sources.show", key=key, number=made.id, done="made"), 303)


@blueprint.get("/<number:number>")
def show(key: str, number: int) -> ResponseReturnValue:
    """One source: what it brought last, and what its fields mean."""
    survey = access.survey(key, "admin")
    return _one(survey, sources.get(survey, number), Typed())


@blueprint.post("/<number:number>/edit")
def edit(key: str, number: int) -> ResponseReturnValue:
    """Another meaning, rhythm, address or secret."""
    return _change(key, number, "edit", lambda survey: sources.change(survey, number, _given()))


@blueprint.post("/<number:number>/<any(on,off):state>")
def switch(key: str, number: int, state: str) -> ResponseReturnValue:
    """On or off."""
    return _change(key, number, state, lambda survey: sources.switch(survey, number, on=state == "on"))


@blueprint.post("/<number:number>/run")
def run(key: str, number: int) -> ResponseReturnValue:
    """Let the jobs look at once."""
    return _change(key, number, "run", lambda survey: source_doing.ask(survey, number))


@blueprint.post("/<number:number>/rotate")
def rotate(key: str, number: int) -> ResponseReturnValue:
    """Make another secret and show it, this once."""
    survey = access.survey(key, "admin")
    try:
        secret = sources.rotate(survey, number)
    except Invalid as refused:
        return _one(survey, sources.get(survey, number), sent("rotate", refused)), refused.status
    return _one(survey, sources.get(survey, number), Typed(), secret), 201


@blueprint.post("/<number:number>/remove")
def remove(key: str, number: int) -> ResponseReturnValue:
    """Take it away; what it brought stays."""
    sources.remove(access.survey(key, "admin"), number)
    return redirect(url_for("sources.index", key=key, done="remove"), 303)


def _given() -> Given:
    return Given(**{name: request.form.get(name, "") for name in Given.__dataclass_fields__})


def _change(key: str, number: int, form: str, change: Callable[[Survey], object]) -> ResponseReturnValue:
    survey = access.survey(key, "admin")
    try:
        change(survey)
    except Invalid as refused:
        return _one(survey, sources.get(survey, number), sent(form, refused)), refused.status
    return redirect(url_for("sources.show", key=key, number=number, done=form), 303)


def _index(survey: Survey, typed: Typed) -> str:
    return render_template("sources.html", survey=survey, typed=typed, sources=sources.of(survey), **_words())


def _one(survey: Survey, source: AnswerSource, typed: Typed, secret: str = "") -> str:
    address = f"{current_app.config['BASE_URL']}{sources.shown(source)}"
    return render_template(
        "source.html", survey=survey, typed=typed, source=source, secret=secret, address=address, **_words()
    )


def _words() -> dict[str, object]:
    kinds = gettext("Webhook that somebody sends here"), gettext("URL that is asked now and then"), gettext("Folder")
    schemes = (
        gettext("Standard Webhooks"),
        gettext("HMAC-SHA256 of the body in a header"),
        gettext("the secret itself in a header"),
    )
    return {
        "done": _done().get(request.args.get("done", ""), ""),
        "shown": sources.shown,
        "kinds_of_sources": dict(zip(KINDS, kinds, strict=True)),
        "schemes": dict(zip(SCHEMES, schemes, strict=True)),
        "orders": {
            "": gettext("as written"),
            "dmy": gettext("the day comes first"),
            "mdy": gettext("the month comes first"),
        },
    }


def _done() -> dict[str, str]:
    return {
        "made": gettext("Made."),
        "edit": gettext("Saved."),
        "on": gettext("Switched on."),
        "off": gettext("Switched off."),
        "run": gettext("It is looked at within a minute. Load this page again to see what came of it."),
        "remove": gettext("Removed. What it brought stays."),
    }
