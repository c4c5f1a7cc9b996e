"""The catalogue of a survey: its pain points, what people did to them, and a page to edit each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import Invalid
from app.i18n import LOCALES
from app.models import Survey, now
from app.pages import access, catalogue_orders
from app.pages.typed import Typed, sent
from app.reports.translating import gettext
from app.services import analyses, catalogues, runs
from app.services import catalogue_changes as changes
from app.services.catalogue_undo import undo
from app.services.periods import day_of

blueprint = Blueprint("catalogues", __name__, url_prefix="/surveys/<key:key>")
ON_A_PAGE = 25
POINT = "/pain-points/<string:id_>"
FLAGS: Mapping[str, dict[str, bool]] = {
    "hide": {"hidden": True},
    "show": {"hidden": False},
    "pin": {"pinned": True},
    "unpin": {"pinned": False},
}


def who() -> str:
    """Under whose name a change is written down."""
    email: str = g.visitor.email
    return email


@blueprint.get("/catalogue")
def show(key: str) -> ResponseReturnValue:
    """All pain points, and the history of changes."""
    return _catalogue(access.survey(key), Typed())


def _catalogue(survey: Survey, typed: Typed) -> str:
    found, order = catalogues.changes(survey, ON_A_PAGE + 1, before()), catalogue_orders.asked()
    return render_template(
        "catalogue.html",
        survey=survey,
        points=catalogue_orders.ordered(catalogues.listed(survey), order),
        order=order,
        orders=catalogue_orders.names(),
        changes=found[:ON_A_PAGE],
        has_more=len(found) > ON_A_PAGE,
        is_behind=analyses.is_behind(survey.id),
        is_read=bool(runs.newest(survey, 1)),
        may_edit=access.may_edit(survey),
        languages=LOCALES,
        today=day_of(now(), survey),
        typed=typed,
    )


def before() -> int | None:
    """Where an older page of a list begins, None for the newest."""
    text = request.args.get("before", "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Invalid("This address cannot be shown.", {"before": ["Give a number."]})
    return int(text) if text else None


@blueprint.post("/catalogue")
def create(key: str) -> ResponseReturnValue:
    """Make a pain point."""
    survey, form = access.survey(key, "editor"), request.form
    phrases = {form.get("language", ""): form.get("phrases", "").splitlines()}
    try:
        changes.create(survey, who(), form.get("name", ""), phrases, department=form.get("department", ""))
    except Invalid as refused:
        return _catalogue(survey, sent("create", refused)), refused.status
    return redirect(url_for("catalogues.show", key=key, done="create"), 303)


@blueprint.post("/catalogue/changes/<number:number>/undo")
def take_back(key: str, number: int) -> ResponseReturnValue:
    """Undo a change."""
    survey = access.survey(key, "editor")
    try:
        undo(survey, who(), number)
    except Invalid as refused:
        return _catalogue(survey, sent("undo", refused)), refused.status
    return redirect(url_for("catalogues.show", key=key, done="undo"), 303)


@blueprint.get(f"{POINT}/edit")
def edit(key: str, id_: str) -> ResponseReturnValue:
    """The forms that change one pain point; one that was merged leads to the one that stands for it."""
    survey = access.survey(key, "editor")
    if (into := catalogues.target(survey, id_)) is not None:
        return redirect(url_for("catalogues.edit", key=key, id_=into, done=request.args.get("done")))
    return _edit(survey, id_, Typed())


def _edit(survey: Survey, id_: str, typed: Typed) -> str:
    points = catalogues.listed(survey)
    return render_template(
        "edit.html",
        survey=survey,
        point=catalogues.one(survey, id_),
        merged=[point for point in points if point.merged_into == id_],
        targets=[point for point in points if point.is_visible and point.id != id_],
        is_behind=analyses.is_behind(survey.id),
        languages=LOCALES,
        typed=typed,
    )


def _change(key: str, id_: str, form: str, change: Callable[[Survey], Any]) -> ResponseReturnValue:
    """Make one change and come back, or give the form back with what is wrong."""
    survey = access.survey(key, "editor")
    try:
        change(survey)
    except Invalid as refused:
        return _edit(survey, id_, sent(form, refused)), refused.status
    return redirect(url_for("catalogues.edit", key=key, id_=id_, done=form), 303)


def _set(key: str, id_: str, form: str, values: Mapping[str, Any]) -> ResponseReturnValue:
    return _change(key, id_, form, lambda survey: changes.change(survey, who(), id_, values))


@blueprint.post(f"{POINT}/rename")
def rename(key: str, id_: str) -> ResponseReturnValue:
    """Give a name."""
    return _set(key, id_, "rename", {"name": request.form.get("name", "")})


@blueprint.post(f"{POINT}/assign")
def assign(key: str, id_: str) -> ResponseReturnValue:
    """Say whose it is."""
    return _set(key, id_, "assign", {name: request.form.get(name, "") for name in ("department", "owner")})


@blueprint.post(f"{POINT}/phrases")
def phrases(key: str, id_: str) -> ResponseReturnValue:
    """Replace its own phrases, one on a line."""
    given: dict[str, list[str]] = {}
    for name, text in request.form.items():
        if name.startswith("phrases."):
            given[name.removeprefix("phrases.")] = text.splitlines()
    if more := request.form.get("phrases", "").splitlines():
        given.setdefault(request.form.get("language", ""), []).extend(more)
    return _set(key, id_, "phrases", {"phrases": given})


@blueprint.post(f"{POINT}/merge")
def merge(key: str, id_: str) -> ResponseReturnValue:
    """Merge it into another."""
    into = request.form.get("into", "")
    return _change(key, id_, "merge", lambda survey: changes.merge(survey, who(), id_, into))


@blueprint.post(f"{POINT}/<any(hide,show,pin,unpin):flag>")
def flag(key: str, id_: str, flag: str) -> ResponseReturnValue:
    """Hide or show, pin or unpin it."""
    return _set(key, id_, flag, FLAGS[flag])


@blueprint.get("/analyses")
def history(key: str) -> ResponseReturnValue:
    """When comments were read, and what that changed."""
    survey = access.survey(key)
    found = runs.newest(survey, ON_A_PAGE + 1, before())
    return render_template(
        "analyses.html",
        survey=survey,
        runs=found[:ON_A_PAGE],
        has_more=len(found) > ON_A_PAGE,
        names=runs.names(survey),
        states={"running": gettext("under way"), "succeeded": gettext("done"), "failed": gettext("failed")},
    )
