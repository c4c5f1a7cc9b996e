"""All answers of a survey, to be looked through: read, done, archived, or only a test."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import Invalid
from app.models import Survey, now
from app.pages import access, addresses, filter_form
from app.pages.catalogues import who
from app.pages.filter_form import FilterForm
from app.pages.quarantine import ids
from app.pages.typed import Typed, sent
from app.reports.filters import Filters, last_days
from app.reports.translating import gettext
from app.schemas import filters as filter_schema
from app.schemas import triages as schema
from app.schemas.triages import Place
from app.services import triages
from app.services.periods import day_of

ON_A_PAGE = 50
blueprint = Blueprint("triages", __name__, url_prefix="/surveys/<key:key>/responses")


@blueprint.get("")
def show(key: str) -> ResponseReturnValue:
    """The answers that pass the filters, the newest first."""
    survey = access.survey(key)
    try:
        filters, place = _address()
    except Invalid as refused:
        return addresses.refused(survey, refused)
    return _page(survey, filters, place, Typed())


@blueprint.post("")
def mark(key: str) -> ResponseReturnValue:
    """Mark what is ticked."""
    survey = access.survey(key, "editor")
    filters, place = _address()
    what = request.form.get("mark", "")
    try:
        triages.mark(survey, who(), ids(request.form.getlist("id")), what)
    except Invalid as refused:
        return _page(survey, filters, place, sent("mark", refused)), refused.status
    query = filters.query(*place.pairs(place.after), ("done", what))
    return redirect(f"{url_for('triages.show', key=key)}?{query}", 303)


def _address() -> tuple[Filters, Place]:
    pairs = list(request.args.items(multi=True))
    return filter_schema.parse(pairs, also=schema.NAMES), schema.parse(pairs, triages.states())


def _page(survey: Survey, filters: Filters, place: Place, typed: Typed) -> str:
    page = triages.page(survey, filters, place.which, ON_A_PAGE, place.after)
    return render_template(
        "responses.html",
        survey=survey,
        filters=filters,
        place=place,
        page=page,
        form=_form(survey, filters, place),
        path=url_for("triages.show", key=survey.key),
        may_edit=access.may_edit(survey),
        typed=typed,
        marks=_marks(),
        lists={None: gettext("all but archived"), **_lists()},
        said=_done().get(request.args.get("done", ""), ""),
    )


def _form(survey: Survey, filters: Filters, place: Place) -> FilterForm:
    """The filters of the report. Here no days means all answers, so the periods are others."""
    today = day_of(now(), survey)
    named = {gettext("last 30 days"): 30, gettext("last 90 days"): 90, gettext("last 12 months"): 365}
    days = {name: last_days(today, length).first for name, length in named.items()} | {gettext("everything"): None}
    presets = [(name, filters.query(*place.pairs(), from_day=first, to_day=None)) for name, first in days.items()]
    return replace(filter_form.fill(survey, request.args, filters), presets=presets)


def _lists() -> dict[str, str]:
    return {
        "new": gettext("new"),
        "read": gettext("read"),
        "done": gettext("done"),
        "archived": gettext("archived"),
        "test": gettext("tests"),
    }


def _marks() -> dict[str, str]:
    return {
        "read": gettext("read"),
        "done": gettext("done"),
        "archived": gettext("archived"),
        "new": gettext("new again"),
        "test": gettext("a test: in no number"),
        "real": gettext("no test: counted again"),
        "case": gettext("to be followed up: open a case"),
    }


def _done() -> dict[str, str]:
    return {
        "read": gettext("Marked as read."),
        "done": gettext("Marked as done."),
        "archived": gettext("Archived. They still count."),
        "new": gettext("Marked as new."),
        "test": gettext("Marked as tests. They are in no number any more."),
        "real": gettext("Counted again."),
        "case": gettext("Opened a case for each that had none."),
    }
