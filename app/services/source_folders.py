"""Bringing in the files of a folder that are whole. One that cannot be read or moved keeps no other waiting."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from app import importers
from app.errors import Refusal
from app.importers.rows import Row, UnreadableFileError, storable
from app.models import AnswerSource
from app.services import imports, source_files, source_json, source_notes, sources, work_files
from app.services.imports import Imported
from app.services.source_files import DONE, REFUSED

log = logging.getLogger("whyscore.sources")

LINES = 1_000  # of a report
NAMED = 10  # files of which the page says what was wrong
LATER = "It could not be brought in and is tried again."


def bring_in(source: AnswerSource, settled: float) -> Imported | None:
    """What came of all files together, also noted with the source; None if there is no new one."""
    try:
        files = list(source_files.whole(source.survey.key, settled))
    except OSError:
        source_notes.say(source.id, "The folder cannot be read.")
        return None
    if not files:
        return None
    together, problems = Imported(), list[str]()
    for path in files:
        name = storable(path.name)[:100]
        done, problem = _tried(source, path)
        together.outcomes.update(done.outcomes)
        together.rejected += [(line, f"{name}: {reason}") for line, reason in done.rejected]
        problems += [f"{name}: {problem}"] if problem else []
    source_notes.note(source.id, together, _told(problems))
    return together


def _told(problems: list[str]) -> str:
    more = len(problems) - NAMED
    return " ".join([*problems[:NAMED], *([f"And {more:,} more."] if more > 0 else [])])


def _tried(source: AnswerSource, path: Path) -> tuple[Imported, str]:
    try:
        return _file(source, path)
    except Exception as error:
        log.error("source %s: %s", source.id, type(error).__name__, exc_info=error)
        return Imported(), LATER


def _file(source: AnswerSource, path: Path) -> tuple[Imported, str]:
    """Bring one file in, and put it and a report to the others that are done or refused; and what was wrong."""
    name, done, problem = work_files.new_name("dropped.jsonl"), Imported(), ""
    try:
        rows = _rows(source, path, name)
        done = imports.bring_in(source.survey, rows, source=source.origin, under="import", by_itself=True)
    except PermissionError:  # what else fails, such as a full disk, is no fault of the file: it is tried again
        problem = "It cannot be read."
    except (UnreadableFileError, Refusal) as error:
        problem = str(error)
    finally:
        work_files.remove(name)
    is_refused = bool(problem) or not done.outcomes
    try:
        source_files.put_away(path, REFUSED if is_refused else DONE, _report(done, problem))
    except OSError:
        problem = f"{problem} It cannot be moved to those that are done.".strip()
    return done, problem


def _rows(source: AnswerSource, path: Path, name: str) -> Iterator[Row]:
    is_document = path.suffix.lower() == ".json"
    readable = source_json.lines(path, source.options["items"], name) if is_document else path
    return importers.source(readable, told=sources.told(source), metric=source.survey.measures).answers()


def _report(done: Imported, problem: str) -> str:
    counts = done.outcomes
    told = [problem] if problem else []
    told += [
        f"{done.rows} rows: {counts['created']} new, {counts['changed']} changed, {counts['repeated']} already there, "
        f"{len(done.rejected)} left out."
    ]
    told += [f"Erased here, or over their time: {counts['withheld']}."] if counts["withheld"] else []
    told += [f"line {line}: {reason}" for line, reason in done.rejected[:LINES]]
    return "\n".join(told) + "\n"
