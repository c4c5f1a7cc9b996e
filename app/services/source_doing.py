"""Asking the URLs that are due, and bringing in the files of folders that are whole."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app

from app import importers
from app.errors import Invalid, Refusal
from app.extensions import db
from app.importers import jsonl
from app.importers.rows import UnreadableFileError
from app.models import AnswerSource, Survey, now
from app.models.transaction import writing
from app.notifiers import fetching
from app.notifiers.fetching import NotFetchedError, Wanted
from app.security.uploads import MEGABYTE
from app.services import carriers, imports, inbox, source_files, source_folders, source_notes, sources, work_files
from app.services.imports import Imported

log = logging.getLogger("whyscore.sources")

BY_KIND = {
    "application/json": ".json",
    "application/x-ndjson": ".jsonl",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}


def run_due() -> None:
    """Ask every URL whose time has come, and look into every folder."""
    is_due = (AnswerSource.kind == "url") & (AnswerSource.next_at <= now())
    query = sa.select(AnswerSource.id).where(AnswerSource.is_on, is_due | (AnswerSource.kind == "folder"))
    for source_id in db.session.scalars(query.order_by(AnswerSource.id)).all():
        try:
            run(db.session.get_one(AnswerSource, source_id))
        except Exception as error:  # one that fails keeps no other waiting
            log.error("source %s: %s", source_id, type(error).__name__, exc_info=error)
    source_files.expire()


def run(source: AnswerSource, settled: float = source_files.SETTLED) -> Imported | None:
    """Bring in what is there now; None if there is nothing new. What went wrong stands in its `message`."""
    if source.kind == "folder":
        return source_folders.bring_in(source, settled)
    return _url(source) if source.kind == "url" and _claim(source) else None


def ask(survey: Survey, id_: int) -> None:
    """Let the jobs ask a URL at once, whatever it said the last time."""
    source = sources.get(survey, id_)
    if source.kind != "url" or not source.is_on:
        raise Invalid("Only a URL that is on can be asked.")
    with writing() as session:
        values = {"next_at": now(), "etag": "", "modified": ""}
        session.execute(sa.update(AnswerSource).where(AnswerSource.id == source.id).values(values))


def _claim(source: AnswerSource) -> bool:
    """Take it for now: whoever else looks finds it asked already."""
    its = (AnswerSource.id == source.id, AnswerSource.next_at == source.next_at)
    values = {"next_at": now() + timedelta(hours=source.every_hours), "last_at": now()}
    with writing() as session:
        taken = sa.update(AnswerSource).where(*its).values(values).returning(AnswerSource.id)
        return bool(session.execute(taken, execution_options={"synchronize_session": False}).all())


def _url(source: AnswerSource) -> Imported | None:
    name = work_files.new_name("fetched")
    wanted = Wanted(source.address, source.etag, source.modified, current_app.config["MAX_UPLOAD_MB"] * MEGABYTE)
    try:
        with work_files.create(name) as file:
            got = fetching.fetch(wanted, carriers.policy(), file)
        if got.is_same:
            source_notes.say(source.id, "")
            return None
        path = _with_ending(source, work_files.path(name), BY_KIND.get(got.kind, ""))
        rows = importers.source(path, told=sources.told(source), metric=source.survey.measures).answers()
        own = (inbox.own_id(row, source.name) for row in rows)
        done = imports.bring_in(source.survey, own, source=source.origin, by_itself=True)
        source_notes.note(source.id, done)
        _remember(source, got.etag, got.modified)
        return done
    except NotFetchedError as error:
        source_notes.say(source.id, f"It could not be fetched: {error}.")
    except (UnreadableFileError, Refusal) as error:
        source_notes.say(source.id, str(error))
    finally:
        work_files.remove(name)
    return None


def _with_ending(source: AnswerSource, path: Path, ending: str) -> Path:
    """The file under a name that says what it is; a JSON document becomes lines of JSON."""
    named = ending or Path(source.address.partition("?")[0]).suffix.lower()
    if named != ".json" and not source.options["items"]:
        known = path.with_name(f"{path.name}{named if named in importers.ENDINGS else ''}")
        return path.rename(known)
    lines = path.with_name(f"{path.name}.jsonl")
    with lines.open("x", encoding="utf-8") as file:
        lines.chmod(0o600)
        file.writelines(json.dumps(item) + "\n" for item in _items(path, source.options["items"]))
    return lines


def _items(path: Path, items: str) -> list[Any]:
    try:
        value = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise UnreadableFileError("This is not JSON.") from error
    inside = jsonl.at(value, items) if items else value
    if not isinstance(inside, list):
        raise UnreadableFileError(f"There is no list{f' under {items}' if items else ''} in this JSON.")
    return inside


def _remember(source: AnswerSource, etag: str, modified: str) -> None:
    with writing() as session:
        values = {"etag": etag, "modified": modified}
        session.execute(sa.update(AnswerSource).where(AnswerSource.id == source.id).values(values))
