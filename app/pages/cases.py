"""The cases of a survey: who was to be contacted, by whom and until when; and one form for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import Conflict, Invalid
from app.models import Survey, now
from app.models.cases import BY_PEOPLE, STATES
from app.pages import access, addresses
from app.pages.catalogues import who
from app.pages.typed import Typed
from app.reports import acting_files as files
from app.reports.translating import gettext
from app.schemas import cases as schema
from app.services import case_changes, cases, departments

blueprint = Blueprint("cases", __name__, url_prefix="/surveys/<key:key>/cases")


@blueprint.get("")
def show(key: str) -> ResponseReturnValue:
    """What is left to do, the soonest due first."""
    survey = access.survey(key)
    try:
        filters = schema.parse(request.args.items(multi=True), also=("done",))
        page = cases.page(survey, filters, now())
    except Invalid as refused:
        return _list(survey, schema.CaseFilters(), None, refused), refused.status
    return _list(survey, filters, page)


def _list(survey: Survey, filters: schema.CaseFilters, page: cases.Page | None, refused: Invalid | None = None) -> str:
    return render_template(
        "cases.html",
        survey=survey,
        filters=filters,
        page=page,
        errors=refused.errors if refused else {},
        figures=cases.figures(survey, now()),
        members=[user.email for user in cases.members(survey)],
        departments=[one.name for one in departments.made(survey.id)],
        view=lambda **changes: urlencode(filters.pairs(**changes)),
        may_edit=access.may_edit(survey),
        **words(),
    )


def words() -> dict[str, Mapping[str, str]]:
    """What states and reasons are called on a page."""
    return {
        "states": {
            "open": gettext("open"),
            "in progress": gettext("in progress"),
            "closed": gettext("closed"),
        },
        "reasons": {
            "solved": gettext("solved"),
            "no answer": gettext("no answer from the person"),
            "nothing to do": gettext("nothing to do"),
            "score raised": gettext("the person raised the score before anybody was in touch"),
            "does not count": gettext("the answer does not count any more"),
        },
    }


@blueprint.get("/all.<any(csv, xlsx):kind>")
def as_table(key: str, kind: str) -> ResponseReturnValue:
    """All cases that pass the filters as a table."""
    survey = access.survey(key)
    found = cases.every(survey, schema.parse(request.args.items(multi=True), also=("done",)), now())
    return addresses.table(kind, f"{key}-cases", "Cases", files.CASE_COLUMNS, files.case_rows(found))


@blueprint.get("/<number:case_id>")
def one(key: str, case_id: int) -> ResponseReturnValue:
    """One case: the answer in the person's own words, what was done, and the form."""
    return _case(access.survey(key), case_id, Typed())


@blueprint.post("/<number:case_id>")
def change(key: str, case_id: int) -> ResponseReturnValue:
    """Save what the form says; 409 with both versions when somebody else saved in between."""
    survey = access.survey(key, "editor")
    try:
        case_changes.change(survey, who(), case_id, schema.read(_given()), _version())
    except (Invalid, Conflict) as refused:
        typed = Typed("case", request.form, refused.message, refused.errors)
        return _case(survey, case_id, typed, is_outdated=isinstance(refused, Conflict)), refused.status
    return redirect(url_for("cases.one", key=key, case_id=case_id, done="saved"), 303)


def _given() -> dict[str, str | None]:
    """The fields of the form; an empty choice means nobody, none, no day."""
    given: dict[str, str | None] = {
        name: request.form[name] or None for name in case_changes.FIELDS if name in request.form
    }
    given["note"] = request.form.get("note", "")
    return given | ({"contact": "true"} if request.form.get("contact") else {})


def _version() -> int:
    text = request.form.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Invalid("Load the page again: the form does not say which version it is of.")
    return int(text)


def _case(survey: Survey, case_id: int, typed: Typed, *, is_outdated: bool = False) -> str:
    file = cases.one(survey, case_id, now())
    values: dict[str, Any] = {
        "case": file.case,
        "response": file.response,
        "entries": file.entries,
        "members": [user.email for user in cases.members(survey)],
        "departments": [one.name for one in departments.made(survey.id)],
    }
    return render_template(
        "case.html",
        survey=survey,
        typed=typed,
        is_outdated=is_outdated,
        may_edit=access.may_edit(survey),
        given_states=STATES,
        given_reasons=BY_PEOPLE,
        **values,
        **words(),
    )
