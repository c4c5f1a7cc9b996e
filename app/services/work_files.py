"""Files that were sent for an import or made by an export: for our own account only, and for a day."""

from __future__ import annotations

import os
import secrets
import time
from datetime import timedelta
from pathlib import Path
from typing import IO

import sqlalchemy as sa

from app.extensions import db
from app.models import Work, now
from app.models.transaction import writing
from app.services import folders, source_notes

KEPT = timedelta(days=1)  # files, and the lines that an import left out
TOLD = timedelta(days=30)  # that there was such work at all
STRAY = 3_600.0  # seconds since a file was last written, after which nobody is about to name it
OPEN = ("draft", "queued", "running")
ERASED = "An answer was erased meanwhile, so files with answers were removed. Start it again."


def folder() -> Path:
    """Where they lie."""
    place = folders.shared() / "work"
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    return place


def new_name(ending: str) -> str:
    """A name that nobody guesses and no file has."""
    return f"{secrets.token_hex(16)}.{ending}"


def create(name: str) -> IO[bytes]:
    """A new file for us alone, open for writing; what an earlier attempt left under the name is gone."""
    place = folder() / name
    place.unlink(missing_ok=True)
    return os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb")


def path(name: str) -> Path:
    """Where the file of some work is."""
    return folder() / name


def remove(name: str | None) -> None:
    """Remove the file of some work, if it is there, and what an attempt that was killed left of it."""
    for place in folder().glob(f"{name}*") if name else ():
        place.unlink(missing_ok=True)


def expire() -> None:
    """Remove a day after its end what work left: files with their words, drafts; after a month that there was any."""
    over = Work.state.not_in(OPEN)
    with writing() as session:
        session.execute(sa.delete(Work).where(Work.made_at < now() - KEPT, Work.state == "draft"))
        session.execute(sa.delete(Work).where(Work.finished_at < now() - TOLD, over))
        for work in session.scalars(sa.select(Work).where(Work.finished_at < now() - KEPT, over)):
            _empty(work)
    _sweep()


def _sweep() -> None:
    """Remove files that no work names; a young one may be about to be named."""
    named = set(db.session.scalars(sa.select(Work.file).where(Work.file.is_not(None))))
    for place in folder().iterdir():
        its = ".".join(place.name.split(".")[:2])  # an unfinished export has more behind its name
        if its not in named and time.time() - place.stat().st_mtime > STRAY:
            place.unlink(missing_ok=True)


def forget(survey_id: int) -> list[str]:
    """Let go of every file of a survey, of which one may hold what is being erased, and of rows quoted from others.

    Work on the files ends. To be called inside that transaction; returns the files, to be removed when it is over.
    Should that not happen, they are files that no work names.
    """
    found = db.session.scalars(sa.select(Work).where(Work.survey_id == survey_id, Work.kind != "analysis")).all()
    files = [work.file for work in found if work.file]
    for work in found:
        if work.state in OPEN:
            work.state, work.message, work.finished_at = "cancelled", ERASED, now()
        _empty(work)
    source_notes.forget(survey_id)
    return files


def _empty(work: Work) -> None:
    work.file = None
    work.result = {name: value for name, value in work.result.items() if name != "lines"} if work.result else None
