"""Data in and out of a survey: imports, exports and full analyses, each with a page that says how far it is."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.errors import Invalid, NotFound
from app.models import Survey, Work
from app.pages import access
from app.pages.catalogues import who
from app.pages.typed import Typed, sent
from app.reports import tables
from app.reports.filters import Filters
from app.reports.translating import gettext
from app.schemas import filters as schema
from app.security import uploads
from app.services import shares, work, work_files

EVERY = 2  # seconds between two looks of a page at its work
blueprint = Blueprint("work", __name__, url_prefix="/surveys/<key:key>")
ONE = "/data/<number:number>"
PLACE = re.compile(r"column-([1-9][0-9]{0,3})")


@blueprint.url_value_preprocessor
def _make_room(endpoint: str | None, values: dict[str, str] | None) -> None:
    """Before the form is read, to look for its token: only editors of the survey may send as much as a file."""
    if endpoint == "work.send" and request.method == "POST" and values:
        access.survey(values["key"], "editor")
        uploads.allow()


@blueprint.get("/data")
def show(key: str) -> ResponseReturnValue:
    """Forms to bring answers in and to take them out, and the work of the last days."""
    survey = access.survey(key, "editor")
    return _page(survey, schema.parse(request.args.items(multi=True)), Typed())


def _page(survey: Survey, filters: Filters, typed: Typed) -> str:
    return render_template(
        "data.html", survey=survey, filters=filters, found=work.of(survey), typed=typed, states=states(), kinds=kinds()
    )


def kinds() -> dict[str, str]:
    """What work there is, in words."""
    return {"import": gettext("Import"), "analysis": gettext("Analysis"), "export": gettext("Export")}


def states() -> dict[str, str]:
    """How it stands, in words."""
    return {
        "draft": gettext("not started"),
        "queued": gettext("waiting"),
        "running": gettext("under way"),
        "done": gettext("done"),
        "failed": gettext("failed"),
        "cancelled": gettext("cancelled"),
    }


def _asked(key: str, form: str, ask: Callable[[Survey], Work]) -> ResponseReturnValue:
    """Ask for work and go to its page, or give the form back with what is wrong."""
    survey = access.survey(key, "editor")
    try:
        asked = ask(survey)
    except Invalid as refused:
        return _page(survey, Filters(), sent(form, refused)), refused.status
    return redirect(url_for("work.follow", key=key, number=asked.id), 303)


@blueprint.post("/data/import")
def send(key: str) -> ResponseReturnValue:
    """Take a file; nothing of it is stored before its columns were looked at."""
    file = request.files.get("file")
    content, name = (file.stream, file.filename or "") if file else (request.stream, "")
    return _asked(key, "import", lambda survey: work.send_file(survey, who(), name, content))


@blueprint.post("/data/export")
def export(key: str) -> ResponseReturnValue:
    """Have the responses written into a file."""
    form = request.form
    return _asked(
        key,
        "export",
        lambda survey: work.ask_export(survey, who(), form.get("format", ""), shares.read(form.get("query", ""))),
    )


@blueprint.post("/data/analysis")
def analyse(key: str) -> ResponseReturnValue:
    """Have all comments read anew."""
    return _asked(key, "analysis", lambda survey: work.ask_analysis(survey, who()))


@blueprint.get(ONE)
def follow(key: str, number: int) -> ResponseReturnValue:
    """What there is to decide, how far it is, or what came of it."""
    return _followed(access.survey(key, "editor"), number, Typed())


def _followed(survey: Survey, number: int, typed: Typed) -> str:
    one = work.one(survey, number)
    is_open = one.state in {"queued", "running"}
    return render_template(
        "work.html",
        survey=survey,
        work=one,
        is_open=is_open,
        every=EVERY if is_open and "still" not in request.args else None,
        left=work.time_left(one),
        preview=work.preview(one) if one.state == "draft" and one.file else None,
        meanings=meanings(),
        filters=shares.read(one.options["query"]) if one.kind == "export" else None,
        kind=kinds()[one.kind],
        state=states()[one.state],
        steps=_steps(),
        typed=typed,
    )


def _steps() -> dict[str, str]:
    return {
        "learn": gettext("learning what people talk about"),
        "read": gettext("reading every comment"),
        "import": gettext("bringing answers in"),
        "export": gettext("writing the file"),
    }


def meanings() -> dict[str, str]:
    """What a column of a file may be, in words."""
    return {
        "score": gettext("score"),
        "comment": gettext("comment"),
        "created_at": gettext("when it was given"),
        "respondent": gettext("respondent"),
        "external_id": gettext("your id of the answer"),
        "language": gettext("language"),
        "touchpoint": gettext("touchpoint"),
        "account": gettext("account"),
        "monthly_revenue": gettext("monthly revenue"),
        "customer_since": gettext("customer since"),
        "attribute": gettext("attribute to filter by"),
        "ignored": gettext("not taken"),
    }


@blueprint.post(f"{ONE}/columns")
def columns(key: str, number: int) -> ResponseReturnValue:
    """Say what the columns of a file mean, and look again."""
    survey = access.survey(key, "editor")
    form = request.form
    named = {place: form.get(f"column-{place}", "") for place in _places()}
    try:
        work.change_columns(survey, number, named, form.get("dates", ""), form.get("scale", ""))
    except Invalid as refused:
        return _followed(survey, number, sent("columns", refused)), refused.status
    return redirect(url_for("work.follow", key=key, number=number), 303)


def _places() -> list[int]:
    """The columns that the form names, by their places from 1."""
    return [int(found[1]) for name in request.form if (found := PLACE.fullmatch(name))]


@blueprint.post(f"{ONE}/start")
def start(key: str, number: int) -> ResponseReturnValue:
    """Begin with what was looked at, or try again."""
    survey = access.survey(key, "editor")
    try:
        work.start(survey, number)
    except Invalid as refused:
        return _followed(survey, number, sent("start", refused)), refused.status
    return redirect(url_for("work.follow", key=key, number=number), 303)


@blueprint.post(f"{ONE}/cancel")
def cancel(key: str, number: int) -> ResponseReturnValue:
    """End it."""
    work.cancel(access.survey(key, "editor"), number)
    return redirect(url_for("work.follow", key=key, number=number), 303)


@blueprint.get(f"{ONE}/file")
def download(key: str, number: int) -> ResponseReturnValue:
    """The file that an export made."""
    one = work.one(access.survey(key, "editor"), number)
    place = work_files.path(one.file) if one.file and (one.kind, one.state) == ("export", "done") else None
    if place is None or not place.is_file():
        raise NotFound("This file is not there any more: files are kept for a day. Make a new export.")
    name = f"{key}-responses-{one.made_at:%Y-%m-%d}.{one.options['format']}"
    kind = TYPES[one.options["format"]]
    return send_file(place, kind, as_attachment=True, download_name=name, conditional=False, etag=False)


TYPES = {**tables.KINDS, "jsonl": "application/x-ndjson"}
