"""What is done about pain points, for programs: who sees to it, how far it is, until when, and whether it helped."""

# mypy: disable-error-code=untyped-decorator
# flask-smorest has no annotations

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, url_for
from werkzeug.wrappers import Response

from app.api import openapi
from app.api.auth import caller, needs
from app.models import Survey, now
from app.reports.effects import as_dict
from app.schemas import acting as shapes
from app.services import acting, acting_views, catalogues, departments

blueprint = openapi.Blueprint("ownership", __name__, description="Who sees to what hurts, and whether it helped.")
POINT = [openapi.KEY, openapi.ID]


@blueprint.route("/surveys/<key:key>/departments", methods=["GET"], parameters=[openapi.KEY])
@needs("read")
@blueprint.response(200, shapes.Departments)
def list_departments(survey: Survey) -> dict[str, Any]:
    """List the departments that can be chosen, with who belongs to them."""
    return {"departments": departments.listed(survey)}


@blueprint.route("/surveys/<key:key>/pain-points/<string:id_>/acting", methods=["GET"], parameters=POINT)
@needs("read")
@blueprint.response(200, shapes.Acting)
@blueprint.alt_response(303, "SEE_OTHER")
def show_acting(survey: Survey, id_: str) -> dict[str, Any] | Response:
    """Read what is done about a pain point and what became of it. One that was merged leads to its target."""
    if (into := catalogues.target(survey, id_)) is not None:
        return redirect(url_for("ownership.show_acting", key=survey.key, id_=into), 303)
    return _shown(survey, id_)


@blueprint.route("/surveys/<key:key>/pain-points/<string:id_>/acting", methods=["PATCH"], parameters=POINT)
@needs("catalogue:write")
@blueprint.arguments(shapes.ActingEdit)
@blueprint.response(200, shapes.Acting)
@blueprint.alt_response(409, "CONFLICT")
def edit_acting(survey: Survey, values: Mapping[str, Any], id_: str) -> dict[str, Any]:
    """Change what is done about a pain point."""
    changes = {name: value for name, value in values.items() if name != "version"}
    acting.change(survey, id_, caller(), changes, values.get("version"))
    return _shown(survey, id_)


def _shown(survey: Survey, id_: str) -> dict[str, Any]:
    found = acting_views.build(survey, acting_views.one(survey, id_), now())
    names = ("version", "status", "owner", "department", "due_on", "is_overdue", "ticket", "fixes", "history")
    return {**{name: getattr(found, name) for name in names}, "effect": as_dict(found.effect) if found.effect else None}
