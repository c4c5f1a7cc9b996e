"""Loads: how often the question was put before somebody.

A GET stores nothing. Loads are counted in the memory of the process and written by a thread of its own; a process that
is killed loses those of a second.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa
from flask import Flask, current_app

from app.extensions import db
from app.models import Survey, load_rows, now
from app.models.load_rows import Place
from app.models.transaction import writing

log = logging.getLogger("whyscore.loads")

EVERY = 1.0  # seconds between two writes
MOST = 10_000  # entries held while the database takes none; what comes beyond is not counted


@dataclass(slots=True)
class Pending:
    """What this process has not written yet."""

    loads: Counter[Place] = field(default_factory=Counter)
    turned_away: Counter[Place] = field(default_factory=Counter)
    shown: dict[tuple[int, str], datetime] = field(default_factory=dict)
    leaving: dict[tuple[int, str], datetime] = field(default_factory=dict)  # being written, not yet read by others
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self) -> Pending:
        """All of it, leaving nothing."""
        with self.lock:
            taken = Pending(self.loads, self.turned_away, self.shown)
            self.loads, self.turned_away, self.shown, self.leaving = Counter(), Counter(), {}, self.shown
        return taken

    def knows(self, survey_id: int, subject: str) -> bool:
        """Whether this load of a respondent is counted and not yet to be read in the database."""
        return (survey_id, subject) in self.shown or (survey_id, subject) in self.leaving

    def give_back(self, other: Pending) -> None:
        """What could not be written waits for the next time."""
        with self.lock:
            self.loads.update(other.loads)
            self.turned_away.update(other.turned_away)
            self.shown = {**other.shown, **self.shown}

    @property
    def is_full(self) -> bool:
        """Whether nothing more is held."""
        return len(self.loads) + len(self.turned_away) + len(self.shown) >= MOST


def count(survey_id: int, day: date, touchpoint: str | None, subject: str | None) -> None:
    """Count one load. A known respondent's is one load however often it comes before it is written."""
    pending = _pending()
    with pending.lock:
        if pending.is_full or (subject is not None and pending.knows(survey_id, subject)):
            return
        if subject is not None:
            pending.shown[survey_id, subject] = now()
        pending.loads[survey_id, day, touchpoint or ""] += 1


def turn_away(survey_id: int, day: date) -> None:
    """Count a suspicious answer that found the quarantine full."""
    pending = _pending()
    with pending.lock:
        if not pending.is_full:
            pending.turned_away[survey_id, day, ""] += 1


def flush() -> None:
    """Write what was counted. On a failure it is kept and the error raised."""
    pending = _pending()
    taken = pending.take()
    if not (taken.loads or taken.turned_away or taken.shown):
        return
    try:
        with writing():
            _forget_surveys_that_are_gone(taken)
            load_rows.add(taken.loads, taken.turned_away)
            load_rows.set_shown(taken.shown)
    except BaseException:
        pending.give_back(taken)
        raise
    finally:
        pending.leaving = {}


def _pending() -> Pending:
    held: Pending = current_app.extensions.setdefault("pending_loads", Pending())
    return held


def _forget_surveys_that_are_gone(taken: Pending) -> None:
    """Or what was counted for one would keep all others from being written, for good."""
    there = set(db.session.scalars(sa.select(Survey.id)))
    taken.loads = Counter({place: number for place, number in taken.loads.items() if place[0] in there})
    taken.turned_away = Counter({place: number for place, number in taken.turned_away.items() if place[0] in there})
    taken.shown = {who: at for who, at in taken.shown.items() if who[0] in there}


class Writer(threading.Thread):
    """Writes what its process has counted, until told to stop; then once more."""

    def __init__(self, app: Flask) -> None:
        super().__init__(name="loads", daemon=True)
        self.app = app
        self.over = threading.Event()

    def run(self) -> None:
        """A write that fails is tried again with the next; the page of health says what is wrong."""
        while not self.over.wait(EVERY):
            self.write()

    def stop(self) -> None:
        """Write what is left, and end."""
        self.over.set()
        self.join(5)
        self.write()

    def write(self) -> None:
        """Write once."""
        try:
            with self.app.app_context():
                flush()
        except Exception as error:
            log.error("loads: %s", type(error).__name__)
