"""Cases for programs: what is left to follow up, and writing down what was done."""

# mypy: disable-error-code=untyped-decorator
# flask-smorest has no annotations

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from flask import request

from app.api import openapi, paging
from app.api.auth import caller, needs
from app.models import Survey, now
from app.models.case_lists import Position, Sort
from app.schemas import cases as shapes
from app.services import case_changes, cases
from app.services.cases import CaseFile

blueprint = openapi.Blueprint(
    "api_cases", __name__, description="Detractors, or low scores of CSAT and CES, to be followed up."
)
FILTERS = [{"in": "query", "schema": shapes.CaseFiltersSchema(exclude=("page",))}]
CASE = [openapi.KEY, openapi.CASE]


@blueprint.route("/surveys/<key:key>/cases", methods=["GET"], parameters=[openapi.KEY])
@needs("read")
@blueprint.doc(parameters=[*FILTERS, *openapi.PAGING])
@blueprint.response(200, shapes.CasePage)
def list_cases(survey: Survey) -> dict[str, Any]:
    """List cases that are not closed, or those the filters mean; and how follow-up goes."""
    filters = shapes.parse(request.args.items(multi=True), also=paging.NAMES)
    asked = paging.asked_own("cases after", survey, filters.pairs())
    part = cases.part(survey, filters, now(), asked.limit, _position(asked.after, filters.sort))
    return {
        "cases": part.cases,
        "figures": cases.figures(survey, now()),
        "next": asked.cursor(_sealable(part.next)),
    }


def _position(after: Any, sort: Sort) -> Position | None:
    if after is None:
        return None
    *first, opened_at, id_ = after
    days = [date.fromisoformat(day) for day in first] if sort == "due" else first
    return (*days, datetime.fromisoformat(opened_at), id_)


def _sealable(position: Position | None) -> list[Any] | None:
    return None if position is None else [one if isinstance(one, int) else one.isoformat() for one in position]


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
