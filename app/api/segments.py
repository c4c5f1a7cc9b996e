"""Segments side by side, and two of them compared, for programs."""

# mypy: disable-error-code=untyped-decorator
# flask-smorest has no annotations

from __future__ import annotations

from flask import Response, jsonify, request

from app.api import openapi, paging
from app.api.auth import needs
from app.errors import Invalid
from app.models import Survey, now
from app.reports import segment_files as files
from app.reports.segments import PERIOD, ordered, ordered_points
from app.schemas.segments import COMPARISON, SEGMENTS, parse_comparison, parse_segments
from app.schemas.segments_told import Comparison, Segments
from app.services import comparisons, segments
from app.services.comparisons import Sides

blueprint = openapi.Blueprint("segments-and-comparisons", __name__, description="Who is unhappy, and who differs.")


@blueprint.route("/surveys/<key:key>/segments", methods=["GET"], parameters=[openapi.KEY])
@needs("read")
@blueprint.doc(parameters=[*openapi.FILTERS, *openapi.SEGMENTS])
@blueprint.response(200, Segments)
def show_segments(survey: Survey) -> Response:
    """Read all values of an attribute, or all touchpoints or languages, each tested against everybody else."""
    asked, filters = parse_segments(request.args.items(multi=True)), paging.asked_filters(*SEGMENTS)
    by = segments.checked(survey, asked.by)
    if not by:
        raise Invalid("No answer says what segment it is of.", {"by": ["There are no segments."]})
    told = segments.build(survey, filters, by, now())
    return jsonify(files.segments_json(ordered(told, asked.order or "nps")))  # type: ignore[arg-type]


@blueprint.route("/surveys/<key:key>/compare", methods=["GET"], parameters=[openapi.KEY])
@needs("read")
@blueprint.doc(parameters=[*openapi.FILTERS, *openapi.SIDES])
@blueprint.response(200, Comparison)
def compare(survey: Survey) -> Response:
    """Read two values, or two periods, side by side, with what really differs."""
    asked, filters = parse_comparison(request.args.items(multi=True)), paging.asked_filters(*COMPARISON)
    sides = comparisons.chosen(survey, filters, Sides(asked.by, asked.first, asked.second, asked.days), now())
    if sides.by != PERIOD and not (sides.first and sides.second):
        raise Invalid("There are no two segments to compare.", {"by": ["There are no two of these."]})
    told = comparisons.build(survey, filters, sides, now())
    return jsonify(files.comparison_json(ordered_points(told, asked.order or "difference")))  # type: ignore[arg-type]
