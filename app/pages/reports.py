"""The report of a survey: as a page, as CSV, as JSON; and the page of each pain point."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from urllib.parse import urlencode

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.analysis import minimums
from app.errors import Invalid
from app.models import Survey, now
from app.pages import access, addresses, filter_form, snippets
from app.pages.typed import Typed
from app.reports import exports, tables, workbooks
from app.reports.filters import Filters
from app.reports.report import Report
from app.reports.report_json import to_json
from app.reports.translating import gettext
from app.schemas import filters as schema
from app.schemas.pages import Listing, parse_listing
from app.schemas.under_way import OF_REPORT, parse_selection
from app.services import acting_views, analyses, beside, catalogues, evidence, reports, saved_views, views

OWN = ("page", "order", "done", "print")  # what the page of a pain point reads besides the filters

blueprint = Blueprint("reports", __name__, url_prefix="/surveys/<key:key>")


@blueprint.get("/report")
def show(key: str) -> ResponseReturnValue:
    """What to fix first, and why."""
    survey = access.survey(key)
    try:
        filters, listing = _address(("print",), OF_REPORT)
        selection = parse_selection(request.args.items(multi=True), OF_REPORT)
    except Invalid as refused:
        return addresses.refused(survey, refused)
    if (elsewhere := addresses.canonical(filters, [*selection.pairs(), *listing.pairs()])) is not None:
        return redirect(elsewhere)
    report = reports.build(survey, filters, now(), addresses.language())
    return render_template(
        "report.html",
        report=report,
        survey=survey,
        form=filter_form.fill(survey, request.args, filters),
        is_print=listing.is_print,
        selection=selection,
        views=saved_views.listed(survey, g.visitor),
        may_edit=access.may_edit(survey),
        snippet=snippets.iframe(survey),
        sorts=_sorts(report),
        sorted_by=partial(_sorted_by, filters),
        comments=None if report.has_ranking else evidence.latest(survey, report, addresses.language()),
        is_behind=analyses.is_behind(survey.id),
        relaxed=views.relaxed(survey, filters, now()) if _is_too_narrow(report) else [],
    )


def _sorts(report: Report) -> list[tuple[str, str]]:
    value = [("value", gettext("value at risk"))] if report.has_values else []
    return [
        ("priority", gettext("priority")),
        *([("impact", gettext("impact"))] if report.metric.has_impact else []),
        ("frequency", gettext("frequency")),
        ("overlap", gettext("overlap")),
        ("trend", gettext("trend")),
        *value,
    ]


def _sorted_by(filters: Filters, name: str) -> Markup:
    """What a column's header says when the table is sorted by it."""
    return Markup(' aria-sort="descending"') if filters.sort == name else Markup("")


def _is_too_narrow(report: Report) -> bool:
    return report.filters.is_narrowed and not minimums.reached(report.score.counts.n, minimums.SCORE)


@blueprint.get("/report.csv")
def as_csv(key: str) -> ResponseReturnValue:
    """The pain points as a table."""
    content = exports.as_csv(_report(key))
    return addresses.download(content, "text/csv", f"{key}-pain-points.csv")


@blueprint.get("/report.json")
def as_json(key: str) -> ResponseReturnValue:
    """The whole report for programs."""
    content = json.dumps(to_json(_report(key)), ensure_ascii=False, indent=1)
    return addresses.download(content, "application/json", f"{key}-report.json")


@blueprint.get("/report.xlsx")
def as_xlsx(key: str) -> ResponseReturnValue:
    """Every table of the report as a workbook."""
    return addresses.download(workbooks.as_xlsx(_report(key)), tables.KINDS["xlsx"], f"{key}-report.xlsx")


def _report(key: str) -> Report:
    survey = access.survey(key)
    return reports.build(survey, schema.parse(request.args.items(multi=True)), now(), addresses.language())


@blueprint.get("/pain-points/<string:id_>")
def pain_point(key: str, id_: str) -> ResponseReturnValue:
    """One pain point: why it stands where it stands, and everybody who says so."""
    survey = access.survey(key)
    try:
        filters, listing = _address(OWN)
    except Invalid as refused:
        return addresses.refused(survey, refused)
    if (elsewhere := addresses.canonical(filters, listing.pairs())) is not None:
        return redirect(elsewhere)
    if (into := catalogues.target(survey, id_)) is not None:
        return redirect(url_for("reports.pain_point", key=key, id_=into, **request.args.to_dict(flat=False)))  # type: ignore[arg-type]
    return evidence_page(survey, id_, Typed())


def evidence_page(survey: Survey, id_: str, typed: Typed) -> str:
    """The page of one pain point as its address asks for it, with a form that was sent."""
    filters, listing = _address(OWN)
    reading = evidence.Reading(listing.page, listing.order)
    shown = evidence.build(survey, id_, filters, now(), reading, addresses.language())
    return render_template(
        "pain_point.html",
        shown=shown,
        report=shown.report,
        beside=beside.build(survey, id_, shown.report, addresses.language()),
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


def _address(own: Sequence[str], besides: Sequence[str] = ()) -> tuple[Filters, Listing]:
    """The filters of the address and the parameters that belong to this page alone; those `besides` are passed over."""
    pairs = list(request.args.items(multi=True))
    return schema.parse(pairs, also=(*own, *besides)), parse_listing(pairs, own)
