"""F7 and its neighbours: a database that is not there, or that somebody else holds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

import sqlalchemy as sa

from bench.table import percentile
from faults.browser import Browser
from faults.clients import Crowd
from faults.judge import Verdict, judge
from faults.kills import told
from faults.places import KEY, Place, databases, installed
from faults.rows import Row
from faults.sizes import Sizes

SOON = 5.0  # seconds until somebody is thanked again
PROMPT = 1.0  # seconds for a page while nobody can write


def down(sizes: Sizes) -> Iterator[Row]:
    """F7: PostgreSQL stops under load and comes back."""
    if "PostgreSQL" not in databases():
        return
    with installed("PostgreSQL") as place:
        crowd, recovery, verdict, _ = _without(place, sizes, partial(_stopped, place, sizes.away))
    yield Row(
        id="F7",
        what=f"PostgreSQL down for {sizes.away:.0f} s under load",
        acknowledged=verdict.acknowledged,
        lost=verdict.lost,
        doubled=verdict.doubled,
        found=f"{verdict}; {told(crowd)}; thanked again {recovery:.1f} s after its return",
        target=f"0 false thanks; < {SOON:.0f} s",
        is_met=verdict.is_clean and not crowd.wrong and recovery < SOON and crowd.refused[503] > 0,
    )


def locked(sizes: Sizes) -> Iterator[Row]:
    """Somebody holds the lock of all writers: pages are shown, answers are kept by those who gave them."""
    for database in databases():
        with installed(database) as place:
            crowd, recovery, verdict, pages = _without(place, sizes, partial(_held, place, sizes.locked))
        p99 = percentile(sorted(pages), 0.99)
        yield Row(
            id="lock",
            what=f"write lock held by another process for {sizes.locked:.0f} s on {database}",
            acknowledged=verdict.acknowledged,
            lost=verdict.lost,
            doubled=verdict.doubled,
            found=f"{verdict}; {told(crowd)}; thanked again after {recovery:.1f} s; forms meanwhile p99 {p99:.1f} s",
            target=f"0 lost; thanked again < {SOON:.0f} s; forms p99 < {PROMPT:.0f} s",
            is_met=verdict.is_clean and not crowd.wrong and recovery < SOON and p99 < PROMPT,
        )


def _without(
    place: Place, sizes: Sizes, gone: Callable[[], AbstractContextManager[list[float]]]
) -> tuple[Crowd, float, Verdict, list[float]]:
    """A crowd, and the database taken from it for a while; how long until somebody was thanked again."""
    place.start()
    place.wait()
    with Crowd(place.port, sizes.clients) as crowd:
        crowd.wait_for_one_more()
        with gone() as pages:
            pass
        recovery = crowd.wait_for_one_more()
    place.kill()
    return crowd, recovery, judge(place, crowd.thanked), pages


@contextmanager
def _stopped(place: Place, seconds: float) -> Iterator[list[float]]:
    if place.server is not None:
        place.server.stop()
        time.sleep(seconds)
        place.server.start()
    yield []


@contextmanager
def _held(place: Place, seconds: float) -> Iterator[list[float]]:
    """Hold what every writer needs; how long forms took to come meanwhile."""
    with place.inside() as app:
        engine = sa.create_engine(app.config["SQLALCHEMY_DATABASE_URI"])
        with engine.connect() as connection:
            is_sqlite = engine.dialect.name == "sqlite"
            connection.exec_driver_sql("BEGIN IMMEDIATE" if is_sqlite else "LOCK TABLE response IN EXCLUSIVE MODE")
            pages = _look(Browser(place.port), seconds)
            connection.rollback()
        engine.dispose()
    yield pages


def _look(browser: Browser, seconds: float) -> list[float]:
    """How long a form takes, again and again."""
    until, took = time.monotonic() + seconds, []
    while time.monotonic() < until:
        began = time.monotonic()
        browser.open(KEY, 7)
        took.append(time.monotonic() - began)
        time.sleep(0.1)
    return took
