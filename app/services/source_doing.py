"""Asking the URLs that are due, and bringing in the files of folders that are whole."""

from __future__ import annotations

import logging
import time

import sqlalchemy as sa

from app.errors import Invalid
from app.extensions import db
from app.models import AnswerSource, Survey, now
from app.models.transaction import writing
from app.services import source_files, source_folders, source_urls, sources
from app.services.imports import Imported

log = logging.getLogger("whyscore.sources")

ROUND = 60.0  # seconds, after which no URL is begun any more


def run_due() -> None:
    """Look into every folder, then ask the URLs whose time has come, as many as `ROUND` has time for."""
    is_due = (AnswerSource.kind == "url") & (AnswerSource.next_at <= now())
    query = sa.select(AnswerSource.id, AnswerSource.kind).where(
        AnswerSource.is_on, is_due | (AnswerSource.kind == "folder")
    )
    until = time.monotonic() + ROUND
    for source_id, kind in db.session.execute(query.order_by(AnswerSource.kind, AnswerSource.next_at)).all():
        if kind == "url" and time.monotonic() > until:
            break  # other jobs wait for this thread; the rest stays due and comes first in the next round
        try:
            run(db.session.get_one(AnswerSource, source_id))
        except Exception as error:  # one that fails keeps no other waiting
            log.error("source %s: %s", source_id, type(error).__name__, exc_info=error)
    source_files.expire()


def run(source: AnswerSource, settled: float = source_files.SETTLED) -> Imported | None:
    """Bring in what is there now; None if there is nothing new. What went wrong stands in its `message`."""
    if not source.is_on:
        raise Invalid("This source is off. Switch it on first.")
    if source.kind == "folder":
        return source_folders.bring_in(source, settled)
    return source_urls.bring_in(source) if source.kind == "url" else None


def ask(survey: Survey, id_: int) -> None:
    """Let the jobs ask a URL at once, whatever it said the last time."""
    source = sources.get(survey, id_)
    if source.kind != "url" or not source.is_on:
        raise Invalid("Only a URL that is on can be asked.")
    with writing() as session:
        values = {"next_at": now(), "etag": "", "modified": ""}
        session.execute(sa.update(AnswerSource).where(AnswerSource.id == source.id).values(values))
