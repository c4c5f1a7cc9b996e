"""Asking one URL, and bringing in what it has. A fetch that fails is made again in an hour."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import current_app

from app import importers
from app.errors import Refusal
from app.importers.rows import Row, UnreadableFileError
from app.models import AnswerSource, now
from app.models.transaction import stop_reading, writing
from app.notifiers import fetching
from app.notifiers.fetching import Fetched, NotFetchedError, Wanted
from app.security.uploads import MEGABYTE
from app.services import carriers, imports, inbox, source_json, source_notes, sources, work_files
from app.services.imports import Imported

AGAIN = timedelta(hours=1)
BY_KIND = {
    "application/json": ".json",
    "application/x-ndjson": ".jsonl",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}


def bring_in(source: AnswerSource) -> Imported | None:
    """What came of it, also noted with the source; None if nothing new is there, or somebody else asks it now."""
    claimed = _claim(source)
    return _asked(source, claimed) if claimed else None


def _claim(source: AnswerSource) -> datetime | None:
    """Take it for an hour: whoever else looks finds it asked already, and what fails is asked again then."""
    its = (AnswerSource.id == source.id, AnswerSource.next_at == source.next_at, AnswerSource.is_on)
    values = {"next_at": now() + AGAIN, "last_at": now()}
    with writing() as session:
        taken = sa.update(AnswerSource).where(*its).values(values).returning(AnswerSource.next_at)
        return session.execute(taken, execution_options={"synchronize_session": False}).scalar()


def _asked(source: AnswerSource, claimed: datetime) -> Imported | None:
    name, done = work_files.new_name("fetched"), None
    try:
        got = _fetch(source, name)
        if got.is_same:
            source_notes.say(source.id, "")
        else:
            done = imports.bring_in(source.survey, _rows(source, name, got.kind), source=source.origin, by_itself=True)
            source_notes.note(source.id, done)
        _settle(source, claimed, got.etag, got.modified)
    except NotFetchedError as error:
        source_notes.say(source.id, f"It could not be fetched: {error}. It is asked again in an hour.")
    except (UnreadableFileError, Refusal) as error:
        source_notes.say(source.id, str(error))
        _settle(source, claimed)
    finally:
        work_files.remove(name)
    return done


def _fetch(source: AnswerSource, name: str) -> Fetched:
    wanted = Wanted(source.address, source.etag, source.modified, current_app.config["MAX_UPLOAD_MB"] * MEGABYTE)
    stop_reading()
    with work_files.create(name) as file:
        return fetching.fetch(wanted, carriers.policy(), file)


def _rows(source: AnswerSource, name: str, kind: str) -> Iterator[Row]:
    path = _with_ending(source, name, BY_KIND.get(kind, ""))
    rows = importers.source(path, told=sources.told(source), metric=source.survey.measures).answers()
    return (inbox.own_id(row, source.name) for row in rows)


def _with_ending(source: AnswerSource, name: str, ending: str) -> Path:
    """The file under a name that says what it is; a JSON document becomes lines of JSON."""
    path, items = work_files.path(name), source.options["items"]
    named = ending or Path(source.address.partition("?")[0]).suffix.lower()
    if named == ".json" or items:
        return source_json.lines(path, items, f"{name}.jsonl")
    return path.rename(path.with_name(f"{name}{named if named in importers.ENDINGS else ''}"))


def _settle(source: AnswerSource, claimed: datetime, etag: str = "", modified: str = "") -> None:
    """It rests for its time, unless somebody changed it meanwhile: then what it said answered another question."""
    its = (AnswerSource.id == source.id, AnswerSource.next_at == claimed)
    with writing() as session:
        values = {
            "etag": etag,
            "modified": modified,
            "next_at": claimed - AGAIN + timedelta(hours=source.every_hours),
        }
        session.execute(sa.update(AnswerSource).where(*its).values(values))
