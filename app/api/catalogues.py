"""The catalogue for programs: reading it, changing it, and taking changes back."""

# mypy: disable-error-code=untyped-decorator
# flask-smorest has no annotations

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, url_for
from werkzeug.wrappers import Response

from app.api import openapi, paging
from app.api.auth import caller, needs
from app.models import Survey
from app.reports.changes import Change
from app.schemas import catalogues as shapes
from app.services import analyses, catalogues
from app.services import catalogue_changes as changes
from app.services.catalogue_undo import undo
from app.services.catalogues import Listed
from app.services.places import Place

blueprint = openapi.Blueprint("catalogue", __name__, description="What is known to hurt, and what people made of it.")
POINT = [openapi.KEY, openapi.ID]
Values = Mapping[str, Any]


@blueprint.route("/surveys/<key:key>/catalogue", methods=["GET"], parameters=[openapi.KEY])
@needs("read")
@blueprint.response(200, shapes.Catalogue)
def show_catalogue(survey: Survey) -> dict[str, Any]:
    """List all pain points of the catalogue by name, with those that are merged or hidden."""
    return {"pain_points": catalogues.listed(survey), "is_behind": analyses.is_behind(survey.id)}


@blueprint.route("/surveys/<key:key>/catalogue", methods=["POST"], parameters=[openapi.KEY])
@needs("catalogue:write")
@blueprint.arguments(shapes.NewPainPoint)
@blueprint.response(201, shapes.CataloguePainPoint)
def create_pain_point(survey: Survey, values: Values) -> Listed:
    """Make a pain point from a name and phrases."""
    return catalogues.one(survey, changes.create(survey, caller(), **values).key)


@blueprint.route("/surveys/<key:key>/pain-points/<string:id_>", methods=["GET"], parameters=POINT)
@needs("read")
@blueprint.response(200, shapes.CataloguePainPoint)
@blueprint.alt_response(303, "SEE_OTHER")
def show_pain_point(survey: Survey, id_: str) -> Listed | Response:
    """Read one pain point. One that was merged leads to the one that stands for it."""
    if (into := catalogues.target(survey, id_)) is not None:
        return redirect(url_for("catalogue.show_pain_point", key=survey.key, id_=into), 303)
    return catalogues.one(survey, id_)


@blueprint.route("/surveys/<key:key>/pain-points/<string:id_>", methods=["PATCH"], parameters=POINT)
@needs("catalogue:write")
@blueprint.arguments(shapes.PainPointEdit)
@blueprint.response(200, shapes.CataloguePainPoint)
def edit_pain_point(survey: Survey, values: Values, id_: str) -> Listed:
    """Rename, assign, hide, pin or rephrase a pain point."""
    return catalogues.one(survey, changes.change(survey, caller(), id_, values).key)


@blueprint.route("/surveys/<key:key>/pain-points/<string:id_>/merge", methods=["POST"], parameters=POINT)
@needs("catalogue:write")
@blueprint.arguments(shapes.Merging)
@blueprint.response(200, shapes.CataloguePainPoint)
def merge_pain_point(survey: Survey, values: Values, id_: str) -> Listed:
    """Merge a pain point into another. The answer is the one that stands for both."""
    return catalogues.one(survey, changes.merge(survey, caller(), id_, values["into"]).key)


@blueprint.route("/surveys/<key:key>/pain-points/<string:id_>/split", methods=["POST"], parameters=POINT)
@needs("catalogue:write")
@blueprint.arguments(shapes.Splitting)
@blueprint.response(201, shapes.CataloguePainPoint)
def split_pain_point(survey: Survey, values: Values, id_: str) -> Listed:
    """Split a new pain point off, from quotes that belong to it."""
    chosen = [Place(**quote) for quote in values["quotes"]]
    return catalogues.one(survey, changes.split(survey, caller(), id_, chosen, values["name"]).key)


@blueprint.route("/surveys/<key:key>/corrections", methods=["POST"], parameters=[openapi.KEY])
@needs("catalogue:write")
@blueprint.arguments(shapes.NewCorrection)
@blueprint.response(201, shapes.CatalogueChange)
def create_correction(survey: Survey, values: Values) -> Change:
    """Say what a mention is about. It holds in every later analysis, and what says nearly the same follows."""
    place = Place(values["response_id"], values["start"], values["end"])
    changes.correct(survey, caller(), place, values["pain_point"])
    return catalogues.changes(survey, 1)[0]


@blueprint.route("/surveys/<key:key>/catalogue/changes", methods=["GET"], parameters=[openapi.KEY])
@needs("read")
@blueprint.doc(parameters=openapi.PAGING)
@blueprint.response(200, shapes.CatalogueChangePage)
def list_catalogue_changes(survey: Survey) -> dict[str, Any]:
    """List what people changed, the newest first."""
    asked = paging.asked("catalogue-changes", survey)
    found = catalogues.changes(survey, asked.limit + 1, asked.after)
    shown = found[: asked.limit]
    return {"changes": shown, "next": asked.cursor(shown[-1].id if len(found) > asked.limit else None)}


@blueprint.route("/surveys/<key:key>/catalogue/changes/<number:number>/undo", methods=["POST"], parameters=[
    openapi.KEY, openapi.CHANGE,
])  # fmt: skip
@needs("catalogue:write")
@blueprint.response(200, shapes.CatalogueChange)
def undo_catalogue_change(survey: Survey, number: int) -> Change:
    """Take a change back. The answer is the change that this makes."""
    return catalogues.change(survey, undo(survey, caller(), number).id)
