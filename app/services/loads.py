"""Loads: how often the question was put before somebody.

A GET stores nothing. Loads are counted in the memory of the process and written by a thread of its own; a process that
is killed loses those of a second.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.dialects import postgresql, sqlite

from app.extensions import db
from app.models import Load, Respondent, Survey, now
from app.models.transaction import writing
from app.models.upsert import insert_many_once

log = logging.getLogger("whyscore.loads")

EVERY = 1.0  # seconds between two writes
MOST = 10_000  # entries held while the database takes none; what comes beyond is not counted
TOUCHPOINTS = 100  # of one survey and day; a program that makes up more of them fills no table

Place = tuple[int, date, str]  # survey, day, touchpoint


@dataclass(slots=True)
class Pending:
    """What this process has not written yet."""

    loads: Counter[Place] = field(default_factory=Counter)
    turned_away: Counter[Place] = field(default_factory=Counter)
    shown: dict[tuple[int, str], datetime] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self) -> Pending:
        """All of it, leaving nothing."""
        with self.lock:
            taken = Pending(self.loads, self.turned_away, self.shown)
            self.loads, self.turned_away, self.shown = Counter(), Counter(), {}
        return taken

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
        if pending.is_full or (subject is not None and (survey_id, subject) in pending.shown):
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
            _write_loads(taken)
            _write_shown(taken.shown)
    except BaseException:
        pending.give_back(taken)
        raise


def _pending() -> Pending:
    held: Pending = current_app.extensions.setdefault("pending_loads", Pending())
    return held


def _forget_surveys_that_are_gone(taken: Pending) -> None:
    """Or what was counted for one would keep all others from being written, for good."""
    there = set(db.session.scalars(sa.select(Survey.id)))
    taken.loads = Counter({place: number for place, number in taken.loads.items() if place[0] in there})
    taken.turned_away = Counter({place: number for place, number in taken.turned_away.items() if place[0] in there})
    taken.shown = {who: at for who, at in taken.shown.items() if who[0] in there}


def _write_loads(taken: Pending) -> None:
    places = _bounded({*taken.loads, *taken.turned_away})
    rows: dict[Place, Counter[str]] = {}
    for name, counted in (("loads", taken.loads), ("turned_away", taken.turned_away)):
        for place, number in counted.items():
            rows.setdefault(places[place], Counter())[name] += number
    for (survey_id, day, touchpoint), numbers in sorted(rows.items()):
        _add({"survey_id": survey_id, "day": day, "touchpoint": touchpoint}, numbers)


def _add(key: dict[str, object], numbers: Counter[str]) -> None:
    added = {name: numbers[name] for name in ("loads", "turned_away")}
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(Load).values(**key, **added)
    more = {name: getattr(Load, name) + number for name, number in added.items()}
    db.session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=more))


def _bounded(places: Iterable[Place]) -> dict[Place, Place]:
    """Where each place is counted: itself, or without its touchpoint when the day has too many of them."""
    days = {(survey_id, day) for survey_id, day, _ in places}
    query = sa.select(Load.survey_id, Load.day, Load.touchpoint)
    pair = sa.tuple_(Load.survey_id, Load.day)
    known = {tuple(row) for row in db.session.execute(query.where(pair.in_(sorted(days))))}
    found: dict[Place, Place] = {}
    for place in sorted(places):
        of_the_day = sum(one[:2] == place[:2] for one in known)
        fits = place in known or of_the_day < TOUCHPOINTS
        found[place] = place if fits else (*place[:2], "")
        known.add(found[place])
    return found


def _write_shown(shown: dict[tuple[int, str], datetime]) -> None:
    if not shown:
        return
    rows = [{"survey_id": id_, "subject": subject, "created_at": at} for (id_, subject), at in sorted(shown.items())]
    insert_many_once(Respondent, rows)
    table = Respondent.__table__
    later = sa.or_(table.c.shown_at.is_(None), table.c.shown_at < sa.bindparam("at"))
    same = (table.c.survey_id == sa.bindparam("survey")) & (table.c.subject == sa.bindparam("who"))
    statement = sa.update(Respondent.__table__).where(same, later)  # type: ignore[arg-type]
    values = [{"survey": row["survey_id"], "who": row["subject"], "at": row["created_at"]} for row in rows]
    db.session.connection().execute(statement.values(shown_at=sa.bindparam("at")), values)


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
