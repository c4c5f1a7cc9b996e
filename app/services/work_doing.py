"""Doing the work that people asked for, in the jobs process: taken under a lease, told about, finished once.

Whoever is killed leaves a lease that runs out; then the work begins again, so each kind of it may be done twice: an
import recognises its rows, an export writes its file anew, an analysis is published whole or not at all.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.errors import Refusal
from app.extensions import db
from app.importers.rows import UnreadableFileError
from app.models import Work, now
from app.models.transaction import NotSavedError, writing
from app.models.work import CancelledError
from app.services import analyses, exports, imports, leases, shares, work_files
from app.services import work as asked

log = logging.getLogger("whyscore.work")

LEASE = timedelta(seconds=20)
ATTEMPTS = 3  # beginnings, after which a piece of work is held to be what kills
LINES = 200  # of an import that were left out, named on its page
GAVE_UP = "It was interrupted three times. Ask whoever runs this installation whether the memory or the disk is full."
BROKE = "Something went wrong on our side ({0}). Try again; if it happens again, tell whoever runs this installation."


@dataclass(slots=True)
class Doing:
    """What is being done, as one thread does it and another one tells about it."""

    id: int
    attempt: int
    step: str = ""
    step_at: datetime = field(default_factory=now)
    done: int = 0
    total: int = 0
    is_cancelled: bool = False

    def at(self, step: str, done: int, total: int) -> None:
        """Say how far it is; CancelledError if nobody wants it any more."""
        if step != self.step:
            self.step, self.step_at = step, now()
        self.done, self.total = done, total
        if self.is_cancelled:
            raise CancelledError(step)


def take() -> Doing | None:
    """The oldest work that waits, now ours; None without any."""
    if not is_waiting():
        return None
    with writing() as session:
        _recover()
        query = sa.select(Work).where(_waits()).order_by(Work.id).limit(1)
        work = session.scalar(query.with_for_update(skip_locked=True))
        if work is None:
            return None
        work.state, work.attempts, work.leased_until = "running", work.attempts + 1, now() + LEASE
        work.step, work.step_at, work.done, work.total = "", now(), 0, 0
    return Doing(work.id, work.attempts)


def is_waiting() -> bool:
    """Whether there is work for somebody."""
    return db.session.scalar(sa.select(Work.id).where(_waits() | _is_lost()).limit(1)) is not None


def _recover() -> None:
    """What was begun by somebody who is gone waits again, or is given up."""
    given_up = {"state": "failed", "message": GAVE_UP, "finished_at": now()}
    for changes, tried in ((given_up, Work.attempts >= ATTEMPTS), ({"state": "queued"}, Work.attempts < ATTEMPTS)):
        statement = sa.update(Work).where(_is_lost(), tried).values(changes)
        db.session.execute(statement, execution_options={"synchronize_session": False})


def _waits() -> sa.ColumnElement[bool]:
    return Work.state == "queued"


def _is_lost() -> sa.ColumnElement[bool]:
    return (Work.state == "running") & (Work.leased_until < now())


def tell(doing: Doing) -> None:
    """Write down how far it is and hold the lease; learn here that it was cancelled, or went to somebody else."""
    told = {"step": doing.step, "step_at": doing.step_at, "done": doing.done, "total": doing.total}
    doing.is_cancelled = not _write(doing, {**told, "leased_until": now() + LEASE})


def do(doing: Doing) -> None:
    """Do it, and say what came of it. While the database takes nothing, the lease runs out and it begins again."""
    work = db.session.get_one(Work, doing.id, populate_existing=True)
    kind, file = work.kind, work.file
    try:
        result = DO[kind](work, doing)
    except CancelledError:
        log.info("work %s was cancelled", doing.id)
    except NotSavedError:
        raise
    except (Refusal, UnreadableFileError) as error:
        _write(doing, _over("failed", message=str(error)))
    except Exception as error:
        where = "".join(traceback.format_tb(error.__traceback__))  # without its text, which may quote what people said
        log.error("work %s: %s\n%s", doing.id, type(error).__name__, where)
        _write(doing, _over("failed", message=BROKE.format(type(error).__name__)))
    else:
        kept = file if kind == "export" else None
        _write(doing, _over("done", result=result, step=doing.step, done=doing.total, total=doing.total, file=kept))
    _clear(doing.id, kind, file)


def _clear(id_: int, kind: str, file: str | None) -> None:
    """Remove a file that nobody will ask for: of a finished import, of an unfinished export, of what was cancelled."""
    state = db.session.scalar(sa.select(Work.state).where(Work.id == id_))
    unwanted = {"import": ("done", "cancelled"), "export": ("failed", "cancelled")}.get(kind, ())
    if state is None or state in unwanted:
        work_files.remove(file)


def _over(state: str, **values: Any) -> dict[str, Any]:
    return {"state": state, "finished_at": now(), "leased_until": None, **values}


def _write(doing: Doing, values: dict[str, Any]) -> bool:
    """Change the row if the work is still ours; whether it is."""
    ours = (Work.id == doing.id, Work.state == "running", Work.attempts == doing.attempt)
    with writing() as session:
        statement = sa.update(Work).where(*ours).values(values).returning(Work.id)
        return bool(session.execute(statement, execution_options={"synchronize_session": False}).all())


def _import(work: Work, doing: Doing) -> dict[str, Any]:
    source = asked.source(work.survey, work.file or "", work.options)
    total = sum(1 for _ in source.answers())
    imported = imports.bring_in(work.survey, source.answers(), progress=lambda done: doing.at("import", done, total))
    doing.at("import", imported.rows, total)
    counts = {name: imported.outcomes[name] for name in ("created", "changed", "repeated")}
    lines = [[line, reason] for line, reason in imported.rejected[:LINES]]
    return {"rows": imported.rows, **counts, "rejected": len(imported.rejected), "lines": lines}


def _analysis(work: Work, doing: Doing) -> dict[str, Any]:
    with leases.waited_for(f"learn {work.survey_id}", lambda: doing.at("", 0, 0)):
        run = analyses.run(work.survey_id, doing.at)
    doing.at("read", run.comments, run.comments)
    return {"run": run.id, "comments": run.comments}


def _export(work: Work, doing: Doing) -> dict[str, Any]:
    file, filters = work_files.path(work.file or ""), shares.read(work.options["query"])
    number = exports.save(work.survey, work.options["format"], file, filters, doing.at)
    doing.at("export", number, number)
    return {"responses": number, "bytes": file.stat().st_size}


DO: dict[str, Callable[[Work, Doing], dict[str, Any]]] = {"import": _import, "analysis": _analysis, "export": _export}
