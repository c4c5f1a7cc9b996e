"""Segments side by side, and two of them compared: as pages, as CSV, as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.errors import Invalid
from app.models import Survey, now
from app.pages import access, addresses, filter_form
from app.reports import segment_files as files
from app.reports.filters import Filters
from app.reports.segments import PERIOD, Comparison, Segments, ordered, ordered_points
from app.reports.translating import gettext
from app.schemas import filters as schema
from app.schemas.segments import COMPARISON, SEGMENTS, Asked, parse_comparison, parse_segments
from app.services import comparisons, segments
from app.services.comparisons import Sides

blueprint = Blueprint("segments", __name__, url_prefix="/surveys/<key:key>")


@blueprint.get("/segments")
def show(key: str) -> ResponseReturnValue:
    """Every value of an attribute: who is unhappy, and about what."""
    survey = access.survey(key)
    segments.require_nps(survey)
    try:
        filters, asked = _filters(SEGMENTS), parse_segments(request.args.items(multi=True))
        by = segments.checked(survey, asked.by)
    except Invalid as refused:
        return addresses.refused(survey, refused, SEGMENTS)
    if (elsewhere := addresses.canonical(filters, asked.pairs())) is not None:
        return redirect(elsewhere)
    told = _segments(survey, filters, asked, by) if by else None
    given = {"form": filter_form.fill(survey, request.args, filters), "kinds_of": segments.offered(survey)}
    return render_template("segments.html", survey=survey, filters=filters, asked=asked, told=told, **given, **_words())


@blueprint.get("/segments.<any(csv, xlsx):kind>")
def as_table(key: str, kind: str) -> ResponseReturnValue:
    """All segments as a table."""
    rows = files.segment_rows(_asked_segments(key))
    return addresses.table(kind, f"{key}-segments", "Segments", files.SEGMENT_COLUMNS, rows)


@blueprint.get("/segments.json")
def as_json(key: str) -> ResponseReturnValue:
    """All segments for programs."""
    return _json(files.segments_json(_asked_segments(key)), f"{key}-segments.json")


def _asked_segments(key: str) -> Segments:
    survey, asked = access.survey(key), parse_segments(request.args.items(multi=True))
    by = segments.checked(survey, asked.by)
    if not by:
        raise Invalid("No answer says what segment it is of.", {"by": ["There are no segments."]})
    return _segments(survey, _filters(SEGMENTS), asked, by)


def _segments(survey: Survey, filters: Filters, asked: Asked, by: str) -> Segments:
    told = segments.build(survey, filters, by, now(), addresses.language())
    return ordered(told, asked.order or "nps")  # type: ignore[arg-type]


@blueprint.get("/compare")
def compare(key: str) -> ResponseReturnValue:
    """Two values of an attribute, or two periods, side by side."""
    survey = access.survey(key)
    segments.require_nps(survey)
    try:
        filters, asked = _filters(COMPARISON), parse_comparison(request.args.items(multi=True))
        sides = _sides(survey, filters, asked)
    except Invalid as refused:
        return addresses.refused(survey, refused, COMPARISON)
    if (elsewhere := addresses.canonical(filters, asked.pairs())) is not None:
        return redirect(elsewhere)
    is_told = sides.by == PERIOD or (sides.first and sides.second)
    return render_template(
        "comparison.html",
        survey=survey,
        filters=filters,
        asked=asked,
        sides=sides,
        told=_comparison(survey, filters, asked, sides) if is_told else None,
        values=[] if sides.by == PERIOD else comparisons.values(survey, filters, sides.by, now()),
        kinds_of=comparisons.offered(survey),
        form=filter_form.fill(survey, request.args, filters),
        **_words(),
    )


@blueprint.get("/compare.<any(csv, xlsx):kind>")
def compared_as_table(key: str, kind: str) -> ResponseReturnValue:
    """The pain points of both sides as a table."""
    rows = files.comparison_rows(_asked_comparison(key))
    return addresses.table(kind, f"{key}-comparison", "Comparison", files.COMPARISON_COLUMNS, rows)


@blueprint.get("/compare.json")
def compared_as_json(key: str) -> ResponseReturnValue:
    """Both sides for programs."""
    return _json(files.comparison_json(_asked_comparison(key)), f"{key}-comparison.json")


def _asked_comparison(key: str) -> Comparison:
    survey, asked = access.survey(key), parse_comparison(request.args.items(multi=True))
    filters = _filters(COMPARISON)
    sides = _sides(survey, filters, asked)
    if sides.by != PERIOD and not (sides.first and sides.second):
        raise Invalid("There are no two segments to compare.", {"by": ["There are no two of these."]})
    return _comparison(survey, filters, asked, sides)


def _sides(survey: Survey, filters: Filters, asked: Asked) -> Sides:
    return comparisons.chosen(survey, filters, Sides(asked.by, asked.first, asked.second, asked.days), now())


def _comparison(survey: Survey, filters: Filters, asked: Asked, sides: Sides) -> Comparison:
    told = comparisons.build(survey, filters, sides, now(), addresses.language())
    return ordered_points(told, asked.order or "difference")  # type: ignore[arg-type]


def _filters(own: tuple[str, ...]) -> Filters:
    return schema.parse(request.args.items(multi=True), also=own)


def _json(content: Mapping[str, object], name: str) -> ResponseReturnValue:
    return addresses.download(json.dumps(content, ensure_ascii=False, indent=1), "application/json", name)


def _words() -> dict[str, Mapping[str, str]]:
    return {
        "segment_orders": {
            "nps": gettext("score"),
            "name": gettext("name"),
            "n": gettext("answers"),
            "detractors": gettext("detractors"),
            "value": gettext("value at risk"),
        },
        "comparison_orders": {
            "difference": gettext("how clearly they differ"),
            "first": gettext("the first"),
            "second": gettext("the second"),
            "name": gettext("name"),
        },
    }
