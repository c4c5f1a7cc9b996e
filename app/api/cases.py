"""Cases for programs: what is left to follow up, and writing down what was done."""

# mypy: disable-error-code=untyped-decorator
# flask-smorest has no annotations

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import request

from app.api import openapi, paging
from app.api.auth import caller, needs
from app.models import Survey, now
from app.schemas import cases as shapes
from app.services import case_changes, cases
from app.services.cases import CaseFile

blueprint = openapi.Blueprint("api_cases", __name__, description="Detractors to be followed up.")
FILTERS = [{"in": "query", "schema": shapes.CaseFiltersSchema(exclude=("page",))}]
CASE = [openapi.KEY, openapi.CASE]


@blueprint.route("/surveys/<key:key>/cases", methods=["GET"], parameters=[openapi.KEY])
@needs("read")
@blueprint.doc(parameters=[*FILTERS, *openapi.PAGING])
@blueprint.response(200, shapes.CasePage)
def list_cases(survey: Survey) -> dict[str, Any]:
    """List cases that are not closed, or those the filters mean; and how follow-up goes."""
    filters = shapes.parse(request.args.items(multi=True), also=paging.NAMES)
    asked = paging.asked_own("cases", survey, filters.pairs())
    begin = asked.after or 0
    found = cases.listed(survey, filters, now(), begin, asked.limit + 1)
    onward = asked.cursor(begin + asked.limit if len(found) > asked.limit else None)
    return {"cases": found[: asked.limit], "figures": cases.figures(survey, now()), "next": onward}


@blueprint.route("/surveys/<key:key>/cases/<number:case_id>", methods=["GET"], parameters=CASE)
@needs("read")
@blueprint.response(200, shapes.OpenedCase)
def show_case(survey: Survey, case_id: int) -> dict[str, Any]:
    """Read one case with everything that was done and said in it."""
    return _shown(cases.one(survey, case_id, now()))


@blueprint.route("/surveys/<key:key>/cases/<number:case_id>", methods=["PATCH"], parameters=CASE)
@needs("responses:write")
@blueprint.arguments(shapes.CaseChange)
@blueprint.response(200, shapes.OpenedCase)
@blueprint.alt_response(409, "CONFLICT")
def change_case(survey: Survey, values: Mapping[str, Any], case_id: int) -> dict[str, Any]:
    """Assign or close a case, say that somebody was in touch, add a note: all of it or nothing."""
    given = dict(values)
    version = given.pop("version", None)
    return _shown(case_changes.change(survey, caller(), case_id, given, version))


def _shown(file: CaseFile) -> dict[str, Any]:
    return asdict(file.case) | {"age_days": file.case.age_days, "entries": file.entries}
