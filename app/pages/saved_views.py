"""Views of a report under a name: each has an address that opens it; editors save, rename and remove them."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import Invalid
from app.models import Survey
from app.pages import access, addresses
from app.pages.typed import Typed, sent
from app.reports.filters import Filters
from app.schemas import filters as schema
from app.services import saved_views as views

blueprint = Blueprint("saved_views", __name__, url_prefix="/surveys/<key:key>/views")
OWN = ("done",)


@blueprint.get("")
def show(key: str) -> ResponseReturnValue:
    """All of them, and a form to save the view of the address."""
    survey = access.survey(key)
    try:
        filters = _filters()
    except Invalid as refused:
        return addresses.refused(survey, refused)
    return _page(survey, filters, Typed())


def _page(survey: Survey, filters: Filters, typed: Typed) -> str:
    return render_template(
        "views.html",
        survey=survey,
        filters=filters,
        views=views.listed(survey, g.visitor),
        may_edit=access.may_edit(survey),
        typed=typed,
    )


@blueprint.post("")
def save(key: str) -> ResponseReturnValue:
    """Save the view of the address under a name."""
    survey, form, filters = access.survey(key, "editor"), request.form, _filters()
    try:
        views.save(survey, g.visitor, form.get("name", ""), filters, for_all="for_all" in form)
    except Invalid as refused:
        return _page(survey, filters, sent("save", refused)), refused.status
    return redirect(url_for("reports.show", key=key) + (f"?{filters.query()}" if filters.query() else ""), 303)


@blueprint.get("/<number:number>")
def open_one(key: str, number: int) -> ResponseReturnValue:
    """The report as it was saved."""
    query = views.one(access.survey(key), g.visitor, number).query
    return redirect(url_for("reports.show", key=key) + (f"?{query}" if query else ""))


@blueprint.post("/<number:number>/rename")
def rename(key: str, number: int) -> ResponseReturnValue:
    """Give it another name."""
    name = request.form.get("name", "")
    return _change(key, f"rename-{number}", lambda survey: views.rename(survey, g.visitor, number, name))


@blueprint.post("/<number:number>/remove")
def remove(key: str, number: int) -> ResponseReturnValue:
    """Forget it."""
    return _change(key, f"remove-{number}", lambda survey: views.remove(survey, g.visitor, number))


def _change(key: str, form: str, change: Callable[[Survey], None]) -> ResponseReturnValue:
    survey = access.survey(key, "editor")
    try:
        change(survey)
    except Invalid as refused:
        return _page(survey, Filters(), sent(form, refused)), refused.status
    return redirect(url_for("saved_views.show", key=key, done=form.partition("-")[0]), 303)


def _filters() -> Filters:
    return schema.parse(request.args.items(multi=True), also=OWN)
