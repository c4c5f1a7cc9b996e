"""The turn of writers: who waits for it, how long, and who is left to read meanwhile."""

from __future__ import annotations

import fcntl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.models import write_queue
from app.models.write_queue import NotSavedError, WriteQueue

PLACES = 2
PEOPLE = 12


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "whyscore.db.queue"


def writer(waits: WriteQueue, writes: Callable[[], None]) -> Callable[[int], str]:
    """Somebody who waits for a place and the turn, and writes."""

    def write(_number: int) -> str:
        try:
            with waits.place(), waits.turn(write_queue.deadline()):
                writes()
        except NotSavedError as error:
            return str(error)
        return "written"

    return write


@contextmanager
def held(file: Path) -> Iterator[None]:
    """Another process has the turn and keeps it."""
    with file.open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        yield


def test_while_turns_come_nobody_is_sent_away_however_many_there_are(file: Path) -> None:
    waits = WriteQueue(file, PLACES)

    with ThreadPoolExecutor(PEOPLE) as people:  # together they take twice as long as nobody waits without a turn
        said = list(people.map(writer(waits, lambda: time.sleep(2 * write_queue.STUCK / PEOPLE)), range(PEOPLE)))

    assert said == ["written"] * PEOPLE


def test_while_none_comes_those_without_a_place_are_sent_away_at_once(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_queue, "WAIT", 3.0)
    waits = WriteQueue(file, PLACES)
    write, nothing = writer(waits, lambda: None), threading.Event()
    with ThreadPoolExecutor(PLACES) as people, held(file):
        waiting = people.map(write, range(PLACES))
        nothing.wait(2 * write_queue.STUCK)
        began = time.monotonic()
        sent_away = [write(number) for number in range(PEOPLE)]
        took = time.monotonic() - began

    assert sent_away == ["too many writers are waiting"] * PEOPLE
    assert took < PEOPLE * write_queue.STUCK / 2
    assert set(waiting) == {"written"}  # who had a place kept it


def test_a_rush_after_a_quiet_time_is_no_sign_of_a_jam(file: Path) -> None:
    waits = WriteQueue(file, PLACES)
    waits.moved -= 3_600

    with ThreadPoolExecutor(PEOPLE) as people:
        said = list(people.map(writer(waits, lambda: time.sleep(0.03)), range(PEOPLE)))

    assert said == ["written"] * PEOPLE
