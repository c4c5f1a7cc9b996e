"""The report for programs: the same object that the page shows."""

# mypy: disable-error-code=untyped-decorator
# flask-smorest has no annotations

from __future__ import annotations

from flask import Response, jsonify

from app.api import openapi, paging
from app.api.auth import needs
from app.models import Survey, now
from app.reports.report_json import to_json
from app.schemas.reports import Report
from app.services import reports

blueprint = openapi.Blueprint("report", __name__, description="The score, and why.")


@blueprint.route("/surveys/<key:key>/report", methods=["GET"], parameters=[openapi.KEY])
@needs("read")
@blueprint.doc(parameters=openapi.FILTERS)
@blueprint.response(200, Report)
def show_report(survey: Survey) -> Response:
    """Read the report. Numbers are unrounded; null means that there is nothing to compute from."""
    return jsonify(to_json(reports.build(survey, paging.asked_filters(), now())))
