"""Leases: of several runners one does a piece of work, and when it is killed another takes over within seconds.

A lease spares work and is no lock: a runner that was held to be dead and wakes up goes on with what another one has
begun. So everything that is done under a lease may be done twice, and is stored once.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app

from app.extensions import db
from app.models import Lease, now
from app.models.transaction import NotSavedError, stop_reading, writing
from app.models.types import UtcDateTime
from app.models.upsert import put_if
from app.services import heartbeats

log = logging.getLogger("whyscore.leases")

LASTS = timedelta(seconds=8)  # four beats of a runner's heart, each of which renews what it holds
LOOK_EVERY = 1.0  # seconds between two looks whether a lease has become free


class TakenError(Exception):
    """Another runner is at it. It is done when the lease is free and says so, or somebody else has to do it."""


@dataclass(slots=True)
class Ours:
    """What this process holds, and until when by its own clock."""

    holder: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}")
    until: dict[str, float] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def holds(self, name: str) -> bool:
        """Whether a lease is ours for sure."""
        return self.until.get(name, 0.0) > time.monotonic()

    def reserve(self, name: str) -> bool:
        """Keep other threads of this process off a lease; False if one of them has it."""
        with self.lock:
            if self.holds(name):
                return False
            self.until[name] = _end()
            return True

    def extend(self, names: Iterable[str], end: float) -> None:
        """Hold these until then. What is not among them went to somebody else and runs out by itself."""
        with self.lock:
            self.until.update({name: end for name in names if name in self.until})

    def release(self, name: str) -> None:
        """Let other threads of this process have it."""
        with self.lock:
            self.until.pop(name, None)


def keep(name: str) -> bool:
    """Be the one who has this lease from now on, for as long as the heart beats; whether we are."""
    ours = _ours()
    if ours.holds(name):
        return True
    end = _end()
    if not _take(name):
        return False
    ours.until[name] = end
    return True


@contextmanager
def held(name: str) -> Iterator[bool]:
    """Have this lease for so long; False if somebody else has it, another thread of ours among them."""
    with _reserved(name) as is_free:
        is_ours = is_free and _take(name)
        try:
            yield is_ours
        finally:
            if is_ours:
                _give_back(name, {})


@contextmanager
def waited_for(name: str, waiting: Callable[[], None]) -> Iterator[None]:
    """Have this lease for so long, as soon as it is free; meanwhile `waiting` is called, which may raise."""
    while True:
        with held(name) as is_ours:
            if is_ours:
                yield
                return
        waiting()
        time.sleep(LOOK_EVERY)


@contextmanager
def once(name: str, moment: datetime) -> Iterator[bool]:
    """Do the work of one moment of the clock, which is done if nothing is raised; False if it is done already.

    TakenError if another runner is at it.
    """
    with _reserved(name) as is_free:
        is_ours = is_free and _take(name, moment)
        if not is_ours and not _is_done(name, moment):
            raise TakenError(name)
        try:
            yield is_ours
        except BaseException:
            _give_back(name, {})
            raise
        if is_ours:
            _give_back(name, {"done_for": moment})


def renew() -> None:
    """Hold what we hold for longer; learn here what went to somebody else meanwhile."""
    ours, end = _ours(), _end()
    if not ours.until:
        return
    with writing() as session:
        later = sa.update(Lease).where(Lease.holder == ours.holder, Lease.name.in_(list(ours.until)))
        statement = later.values(ends_at=_later()).returning(Lease.name)
        names = session.scalars(statement, execution_options={"synchronize_session": False}).all()
    ours.extend(names, end)


@contextmanager
def beating() -> Iterator[None]:
    """Hold what we hold for longer, in a process without a heart: a command."""
    over, app = threading.Event(), current_app._get_current_object()  # type: ignore[attr-defined]
    heart = threading.Thread(target=_beat, args=(app, over), name="heart", daemon=True)
    heart.start()
    try:
        yield
    finally:
        over.set()
        heart.join()


def _beat(app: Flask, over: threading.Event) -> None:
    while not over.wait(heartbeats.EVERY):
        try:
            with app.app_context():
                renew()
        except Exception as error:
            log.warning("leases: %s", type(error).__name__)


def has_any(beginning: str) -> bool:
    """Whether this process holds a lease whose name begins like this."""
    ours = _ours()
    return any(ours.holds(name) for name in list(ours.until) if name.startswith(beginning))


def is_taken(name: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether somebody has the lease of this name, as a condition."""
    return sa.exists().where(Lease.name == name, Lease.ends_at > _clock())


def let_go() -> None:
    """Give back all we hold, so that nobody has to wait for its end."""
    ours = _ours()
    ours.until.clear()
    with writing() as session:
        session.execute(sa.update(Lease).where(Lease.holder == ours.holder).values(ends_at=_clock()))


def forget_past() -> None:
    """Delete what ended long ago and says nothing more. To be called inside a transaction."""
    db.session.execute(sa.delete(Lease).where(Lease.ends_at < now() - timedelta(days=1), Lease.done_for.is_(None)))


def holder() -> str:
    """This process, as others know it: its host, its number there, and what no other process has."""
    return _ours().holder


@contextmanager
def _reserved(name: str) -> Iterator[bool]:
    is_free = _ours().reserve(name)
    try:
        yield is_free
    finally:
        if is_free:
            _ours().release(name)


def _take(name: str, moment: datetime | None = None) -> bool:
    """In one statement, so that of two who ask at once one gets it."""
    with writing():
        where = (Lease.ends_at <= _clock()) | (Lease.holder == _ours().holder)
        if moment is not None:
            where &= Lease.done_for.is_(None) | (Lease.done_for < moment)
        return put_if(Lease, {"name": name}, {"holder": _ours().holder, "ends_at": _later()}, where)


def _give_back(name: str, done: Mapping[str, datetime]) -> None:
    """While the database takes nothing the lease runs out by itself."""
    mine = sa.update(Lease).where(Lease.name == name, Lease.holder == _ours().holder)
    try:
        with writing() as session:
            statement = mine.values(ends_at=_clock(), **done)
            session.execute(statement, execution_options={"synchronize_session": False})
    except NotSavedError as error:
        log.warning("%s is given back late: %s", name, error)


def _is_done(name: str, moment: datetime) -> bool:
    found = sa.select(Lease.name).where(Lease.name == name, Lease.done_for >= moment)
    is_done = db.session.scalar(found) is not None
    stop_reading()
    return is_done


def _clock() -> sa.ColumnElement[Any]:
    """The clock of the database's machine where there is one: those of several hosts differ."""
    if db.engine.dialect.name == "postgresql":
        return sa.func.clock_timestamp(type_=sa.DateTime(timezone=True))
    return sa.literal(now(), UtcDateTime())


def _later() -> sa.ColumnElement[Any]:
    """When a lease that begins now ends."""
    if db.engine.dialect.name == "postgresql":
        return _clock() + sa.literal(LASTS, sa.Interval())
    return sa.literal(now() + LASTS, UtcDateTime())


def _end() -> float:
    return time.monotonic() + LASTS.total_seconds()


def _ours() -> Ours:
    if "leases" not in current_app.extensions:
        current_app.extensions.setdefault("leases", Ours())
    found: Ours = current_app.extensions["leases"]
    return found
