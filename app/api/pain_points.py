"""Pain points for programs: the ranking of the report, a page at a time."""

# mypy: disable-error-code=untyped-decorator
# flask-smorest has no annotations

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from app.api import openapi, paging
from app.api.auth import needs
from app.models import Survey, now
from app.reports.report_json import to_json
from app.schemas.reports import PainPointPage
from app.services import reports

blueprint = openapi.Blueprint("pain-points", __name__, description="What to fix first.")
BESIDE = ("period", "analysis", "shared_requests", "too_few", "unassigned", "hidden")


@blueprint.route("/surveys/<key:key>/pain-points", methods=["GET"], parameters=[openapi.KEY])
@needs("read")
@blueprint.doc(parameters=[*openapi.FILTERS, *openapi.PAGING])
@blueprint.response(200, PainPointPage)
def list_pain_points(survey: Survey) -> Response:
    """List pain points in the order of the report, the one to fix first at the top."""
    asked = paging.asked("pain-points", survey)
    report = to_json(reports.build(survey, asked.filters, now()))
    return jsonify(_page(asked, report))


def _page(asked: paging.Listing, report: dict[str, Any]) -> dict[str, Any]:
    begin = asked.after or 0
    end = begin + asked.limit
    rows = report["pain_points"]
    beside = {name: report[name] for name in BESIDE}
    return {"pain_points": rows[begin:end], "next": asked.cursor(end if end < len(rows) else None), **beside}
