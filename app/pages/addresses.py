"""What all pages of reports share: one address for each view, refusals with the form, files, and the language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from app.errors import Invalid
from app.models import Survey
from app.pages import filter_form
from app.reports import tables
from app.reports.filters import Filters


def canonical(filters: Filters, more: Sequence[tuple[str, str]]) -> str | None:
    """Where the same view has its one address, if it is not the one that was asked for."""
    query = filters.query(*more)
    if query == request.query_string.decode("latin-1"):
        return None
    path = url_for(request.endpoint or "", **(request.view_args or {}))
    return f"{path}?{query}" if query else path


def refused(survey: Survey, refusal: Invalid, own: Sequence[str] = ()) -> ResponseReturnValue:
    """The form again, with what is wrong and everything that was sent; `own` are the parameters of the page alone."""
    form = filter_form.fill(survey, request.args, errors=refusal.errors)
    kept: Mapping[str, str] = {name: request.args[name] for name in own if request.args.get(name)}
    return render_template("report_refused.html", survey=survey, form=form, own=kept), refusal.status


def download(content: str | bytes, kind: str, name: str) -> Response:
    """A file to be kept."""
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    content_type = kind if isinstance(content, bytes) else f"{kind}; charset=utf-8"
    return Response(content, content_type=content_type, headers={"Content-Disposition": disposition})


def table(kind: str, file: str, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """A table to be kept, as CSV or as a workbook."""
    return download(tables.write(kind, name, columns, rows), tables.KINDS[kind], f"{file}.{kind}")


def language() -> str:
    """The language of the page, for the names of pain points."""
    return str(get_locale() or "en")
