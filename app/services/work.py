"""Long work that people ask for on pages: what was asked, how far it is, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from app import importers
from app.errors import Invalid, NotFound
from app.extensions import db
from app.importers.rows import MEANINGS, UnreadableFileError
from app.importers.sources import Source, Told
from app.models import Survey, Work, now
from app.models.transaction import NotSavedError, writing
from app.reports.filters import Filters
from app.schemas import sources as schema
from app.services import exports, imports, work_files
from app.services.imports import Preview

MOST_OPEN = 10  # pieces of work that a survey may have waiting
SHOWN = 20
PIECE = 1 << 20


def send_file(survey: Survey, made_by: str, name: str, content: IO[bytes]) -> Work:
    """Keep a file to be imported as a draft; Invalid if it cannot be read as answers at all."""
    ending = importers.guess(Path(name)) if name else ""
    if not ending:
        raise Invalid("Choose a file.", {"file": ["Choose a file."]})
    kept = work_files.new_name(ending)
    _keep(kept, content)
    try:
        source = importers.source(work_files.path(kept), metric=survey.measures)
        imports.preview(survey, source)
        options = {"name": Path(name).name[:200], "found": source.found()}
        return _ask(survey, made_by, "import", state="draft", file=kept, options=options)
    except (UnreadableFileError, Invalid) as error:
        work_files.remove(kept)
        raise Invalid(str(error), {"file": [str(error)]}) from error


def _keep(name: str, content: IO[bytes]) -> None:
    try:
        with work_files.create(name) as file:
            while piece := content.read(PIECE):
                file.write(piece)
    except OSError as error:
        work_files.remove(name)
        raise NotSavedError("the disk takes no more") from error


def preview(work: Work) -> Preview:
    """What the beginning of a file that was sent means."""
    return imports.preview(work.survey, source(work.survey, work.file or "", work.options))


def source(survey: Survey, file: str, options: Mapping[str, Any]) -> Source:
    """A file that was sent, as it was understood when somebody looked at it last."""
    path = work_files.path(file)
    if "found" in options:
        return importers.again(path, options["found"], survey.measures)
    told = Told(options.get("columns") or {}, options.get("dates", ""))  # a draft of an earlier version
    return importers.source(path, told=told, metric=survey.measures)


def change_columns(survey: Survey, id_: int, places: Mapping[int, str], dates: str, scale: str = "") -> None:
    """Say what the columns of a draft mean, by their places from 1; Invalid if two of them cannot mean the same."""
    work = one(survey, id_)
    if any(meaning not in MEANINGS for meaning in places.values()) or dates not in {"", "dmy", "mdy"}:
        raise Invalid("Choose one of the meanings in the list.")
    if work.state != "draft" or work.file is None:
        raise Invalid("This import is no draft any more. Send the file again to change what its columns mean.")
    names = dict(enumerate(source(survey, work.file, work.options).columns, start=1))
    columns = {names[place]: meaning for place, meaning in places.items() if place in names}
    try:
        told = Told(columns, dates, schema.scale(scale, survey.measures))
        looked_at = importers.source(work_files.path(work.file), told=told, metric=survey.measures)
    except UnreadableFileError as error:
        raise Invalid(str(error)) from error
    options = {"name": work.options.get("name", ""), "dates": dates, "scale": scale, "found": looked_at.found()}
    _move(survey, id_, ("draft",), {"options": options})


def ask_export(survey: Survey, made_by: str, file_format: str, filters: Filters) -> Work:
    """Have the responses of a view written into a file."""
    if file_format not in exports.ENDINGS:
        raise Invalid("Choose a format.", {"format": [f"Choose one of {', '.join(exports.ENDINGS)}."]})
    options = {"format": file_format, "query": filters.query()}
    return _ask(survey, made_by, "export", file=work_files.new_name(file_format), options=options)


def ask_analysis(survey: Survey, made_by: str) -> Work:
    """Have all comments read anew; one that is already waiting or under way is the same one."""
    query = sa.select(Work).where(Work.survey_id == survey.id, Work.kind == "analysis", Work.state.in_(work_files.OPEN))
    return db.session.scalar(query) or _ask(survey, made_by, "analysis")


def _ask(survey: Survey, made_by: str, kind: str, **values: Any) -> Work:
    with writing() as session:
        waiting = sa.select(sa.func.count()).where(Work.survey_id == survey.id, Work.state.in_(work_files.OPEN))
        if (session.scalar(waiting) or 0) >= MOST_OPEN:
            raise Invalid("Too much is waiting already. Let some of it finish, or cancel it.")
        work = Work(survey_id=survey.id, kind=kind, made_by=made_by, **values)
        session.add(work)
        session.flush()
    return work


def of(survey: Survey) -> Sequence[Work]:
    """The newest work of a survey."""
    query = sa.select(Work).where(Work.survey_id == survey.id)
    return db.session.scalars(query.order_by(Work.id.desc()).limit(SHOWN)).all()


def one(survey: Survey, id_: int) -> Work:
    """A piece of work of this survey, or NotFound."""
    work = db.session.scalar(sa.select(Work).where(Work.survey_id == survey.id, Work.id == id_))
    if work is None:
        raise NotFound("There is no such work.")
    return work


def start(survey: Survey, id_: int) -> None:
    """Let a draft begin, or try again what failed; what is under way or over stays as it is."""
    work = one(survey, id_)
    if work.kind == "import" and work.file is None:
        raise Invalid("The file is not there any more. Send it again.")
    file = work.file or (work_files.new_name(work.options["format"]) if work.kind == "export" else None)
    waits = {"file": file, "state": "queued", "attempts": 0, "message": "", "finished_at": None, "done": 0, "total": 0}
    _move(survey, id_, ("draft", "failed"), waits)


def cancel(survey: Survey, id_: int) -> None:
    """End a piece of work; one that is over stays as it is. What an import brought in so far stays in."""
    work = one(survey, id_)
    state, file = work.state, work.file
    _move(survey, id_, work_files.OPEN, {"state": "cancelled", "finished_at": now(), "file": None})
    if state in {"draft", "queued"}:  # what is under way is removed by whoever does it
        work_files.remove(file)


def _move(survey: Survey, id_: int, states: Sequence[str], values: dict[str, Any]) -> None:
    its = (Work.survey_id == survey.id, Work.id == id_, Work.state.in_(states))
    with writing() as session:
        session.execute(sa.update(Work).where(*its).values(values), execution_options={"synchronize_session": False})


def time_left(work: Work) -> timedelta | None:
    """How long the present step will take, if it goes on as it did so far; None before there is anything to go by."""
    if work.state != "running" or work.step_at is None or not 0 < work.done < work.total:
        return None
    return (now() - work.step_at) * ((work.total - work.done) / work.done)
