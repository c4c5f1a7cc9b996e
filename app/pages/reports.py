"""The report of a survey: as a page, as CSV, as JSON; and the page of each pain point."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from markupsafe import Markup

from app.analysis import minimums
from app.errors import Invalid
from app.models import Survey, now
from app.pages import access, filter_form, snippets
from app.pages.typed import Typed
from app.reports import exports, workbooks
from app.reports.filters import Filters
from app.reports.report import Report, to_json
from app.reports.translating import gettext
from app.schemas import filters as schema
from app.schemas.pages import Listing, parse_listing
from app.schemas.under_way import OF_REPORT, parse_selection
from app.services import acting_views, analyses, catalogues, evidence, reports, views

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OWN = ("page", "order", "done")  # what the page of a pain point reads besides the filters

blueprint = Blueprint("reports", __name__, url_prefix="/surveys/<key:key>")


@blueprint.get("/report")
def show(key: str) -> ResponseReturnValue:
    """What to fix first, and why."""
    survey = access.survey(key)
    try:
        filters, listing = _address(("print",), OF_REPORT)
        selection = parse_selection(request.args.items(multi=True), OF_REPORT)
    except Invalid as refused:
        return _refused(survey, refused)
    if (elsewhere := _canonical(filters, [*selection.pairs(), *listing.pairs()])) is not None:
        return redirect(elsewhere)
    report = reports.build(survey, filters, now(), language())
    return render_template(
        "report.html",
        report=report,
        survey=survey,
        form=filter_form.fill(survey, request.args, filters),
        is_print=listing.is_print,
        selection=selection,
        snippet=snippets.iframe(survey),
        sorts=_sorts(report),
        sorted_by=partial(_sorted_by, filters),
        comments=None if report.has_ranking else evidence.latest(survey, report, language()),
        is_behind=analyses.is_behind(survey.id),
        relaxed=views.relaxed(survey, filters, now()) if _is_too_narrow(report) else [],
    )


def _sorts(report: Report) -> list[tuple[str, str]]:
    value = [("value", gettext("value at risk"))] if report.has_values else []
    return [
        ("priority", gettext("priority")),
        ("impact", gettext("impact")),
        ("frequency", gettext("frequency")),
        ("overlap", gettext("overlap")),
        ("trend", gettext("trend")),
        *value,
    ]


def _sorted_by(filters: Filters, name: str) -> Markup:
    """What a column's header says when the table is sorted by it."""
    return Markup(' aria-sort="descending"') if filters.sort == name else Markup("")


def _is_too_narrow(report: Report) -> bool:
    return report.filters.is_narrowed and not minimums.reached(report.nps.counts.n, minimums.SCORE)


def _refused(survey: Survey, refused: Invalid) -> ResponseReturnValue:
    """The form again, with what is wrong and everything that was sent."""
    form = filter_form.fill(survey, request.args, errors=refused.errors)
    return render_template("report_refused.html", survey=survey, form=form), refused.status


@blueprint.get("/report.csv")
def as_csv(key: str) -> ResponseReturnValue:
    """The pain points as a table."""
    content = exports.as_csv(_report(key))
    return _download(content, "text/csv", f"{key}-pain-points.csv")


@blueprint.get("/report.json")
def as_json(key: str) -> ResponseReturnValue:
    """The whole report for programs."""
    content = json.dumps(to_json(_report(key)), ensure_ascii=False, indent=1)
    return _download(content, "application/json", f"{key}-report.json")


@blueprint.get("/report.xlsx")
def as_xlsx(key: str) -> ResponseReturnValue:
    """Every table of the report as a workbook."""
    return _download(workbooks.as_xlsx(_report(key)), XLSX, f"{key}-report.xlsx")


def _report(key: str) -> Report:
    survey = access.survey(key)
    return reports.build(survey, schema.parse(request.args.items(multi=True)), now(), language())


def _download(content: str | bytes, kind: str, name: str) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    content_type = kind if isinstance(content, bytes) else f"{kind}; charset=utf-8"
    return Response(content, content_type=content_type, headers={"Content-Disposition": disposition})


@blueprint.get("/pain-points/<string(maxlength=200):id_>")
def pain_point(key: str, id_: str) -> ResponseReturnValue:
    """One pain point: why it stands where it stands, and everybody who says so."""
    survey = access.survey(key)
    try:
        filters, listing = _address(OWN)
    except Invalid as refused:
        return _refused(survey, refused)
    if (elsewhere := _canonical(filters, listing.pairs())) is not None:
        return redirect(elsewhere)
    if (into := catalogues.target(survey, id_)) is not None:
        return redirect(url_for("reports.pain_point", key=key, id_=into, **request.args.to_dict(flat=False)))  # type: ignore[arg-type]
    return evidence_page(survey, id_, Typed())


def evidence_page(survey: Survey, id_: str, typed: Typed) -> str:
    """The page of one pain point as its address asks for it, with a form that was sent."""
    filters, listing = _address(OWN)
    reading = evidence.Reading(listing.page, listing.order)
    shown = evidence.build(survey, id_, filters, now(), reading, language())
    return render_template(
        "pain_point.html",
        shown=shown,
        report=shown.report,
        survey=survey,
        form=filter_form.fill(survey, request.args, filters),
        listing=listing,
        typed=typed,
        acting=acting_views.build(survey, shown.point, now()),
        may_edit=access.may_edit(survey),
        is_behind=analyses.is_behind(survey.id),
        view=filters.query(*listing.on(listing.page)),
        path=address(survey.key, id_),
    )


def address(key: str, id_: str, query: Sequence[tuple[str, str]] = ()) -> str:
    """Where the page of a pain point is."""
    path = url_for("reports.pain_point", key=key, id_=id_)
    return f"{path}?{urlencode(query)}" if query else path


def language() -> str:
    """The language of the page, for the names of pain points."""
    return str(get_locale() or "en")


def _address(own: Sequence[str], besides: Sequence[str] = ()) -> tuple[Filters, Listing]:
    """The filters of the address and the parameters that belong to this page alone; those `besides` are passed over."""
    pairs = list(request.args.items(multi=True))
    return schema.parse(pairs, also=(*own, *besides)), parse_listing(pairs, own)


def _canonical(filters: Filters, more: Sequence[tuple[str, str]]) -> str | None:
    """Where the same view has its one address, if it is not the one that was asked for."""
    query = filters.query(*more)
    if query == request.query_string.decode("latin-1"):
        return None
    path = url_for(request.endpoint or "", **(request.view_args or {}))
    return f"{path}?{query}" if query else path
