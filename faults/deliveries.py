"""F8: a receiver that fails half of its calls, and sender and receiver killed again and again."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from bench.table import percentile
from faults.arrivals import Arrivals, count_lines
from faults.places import JOBS, ROOT, Place, databases, installed
from faults.rows import Row
from faults.sizes import Sizes
from tests.receivers import free_port

HURRIED = ("-m", "faults.hurried")
CHANNELS = 4
FAILS = 0.5
LONGEST = 1_200.0  # seconds for one database
PROMPT = 5.0  # seconds, nine in a hundred


class Receiver:
    """The program of another team, in a process of its own."""

    def __init__(self, log: Path, share: float) -> None:
        self.port, self.log, self.share = free_port(), log, share
        self.start()

    def start(self) -> None:
        """Start it, on the same port."""
        command = [sys.executable, "-m", "faults.receiver", str(self.port), str(self.log), str(self.share)]
        self.process = subprocess.Popen(command, cwd=ROOT)

    def kill(self) -> None:
        """`kill -9`."""
        self.process.kill()
        self.process.wait()


@contextmanager
def receiver(log: Path, share: float) -> Iterator[Receiver]:
    """A receiver for as long as it is needed."""
    mine = Receiver(log, share)
    try:
        yield mine
    finally:
        mine.kill()


def killed(sizes: Sizes) -> Iterator[Row]:
    """Every event must arrive at least once, always with the same bytes under the same id."""
    for database in databases():
        if sizes.told:
            yield _healthy(database, sizes.told)
        events, kills = sizes.events // 2, sizes.sender_kills  # half of them on each database
        with (
            installed(database, (HURRIED,)) as place,
            receiver(place.folder / "got", FAILS) as hook,
            place.inside(),
        ):
            make_events(hook.port, events)
            made, again = _break(place, hook, events, kills)
            found = Arrivals.read(hook.log)
        kept = f"{found.doubled:,} arrived more than once; parked after ten tries and sent again by a person {again}"
        bad = f"ids with differing bodies {found.differing}, unsigned {found.unsigned}, unknown {found.unknown}"
        yield Row(
            id="F8",
            what=f"{events:,} events, a receiver that fails half, sender and receiver killed, on {database}",
            kills=made,
            acknowledged=found.arrived,
            lost=found.missing,
            found=f"{bad}; {kept}",
            target=f"{events:,} arrived, 0 missing, 0 differing; {kills} kills",
            is_met=found.is_clean and found.arrived == events and made >= kills,
        )


def make_events(port: int, number: int) -> None:
    """So many answers in a few surveys, each with a webhook of its own."""
    from app.models.transaction import writing
    from app.services import channels, responses, surveys
    from app.services.channel_checks import Given
    from app.services.responses import Answer

    for shop in range(CHANNELS):
        survey = surveys.create(f"shop-{shop}", "Shop")
        channels.create(survey, Given("webhook", "Hook", f"http://127.0.0.1:{port}/{shop}", ["response.created"]))
        mine = range(shop, number, CHANNELS)
        for start in range(0, len(mine), 500):
            with writing():
                for one in mine[start : start + 500]:
                    responses.store(survey.id, Answer(f"form-{one}", one % 11, "widget"))


def states() -> dict[str, int]:
    """How many deliveries there are in each state."""
    from app.extensions import db
    from app.models import Delivery

    db.session.rollback()
    found = db.session.execute(sa.select(Delivery.state, sa.func.count()).group_by(Delivery.state))
    return {str(state): int(number) for state, number in found}


def _break(place: Place, hook: Receiver, events: int, kills: int) -> tuple[int, int]:
    """Kill sender and receiver as the work goes on; how often, and how many had to be sent again by a person."""
    made, again, until = 0, 0, time.monotonic() + LONGEST
    place.start()
    while time.monotonic() < until:
        found = states()
        if made < kills and found.get("done", 0) > events * made / (kills + 1):
            _kill(place if made % 2 == 0 else hook)
            made += 1
        elif set(found) == {"done"}:
            break
        elif "due" not in found:
            again += _send_again()
        time.sleep(0.02)
    place.kill()
    return made, again


def _kill(one: Place | Receiver) -> None:
    one.kill()
    one.start()


def _send_again() -> int:
    """What a person does with one press: parked deliveries begin anew."""
    from app.errors import Invalid
    from app.extensions import db
    from app.models import Channel, Survey
    from app.services import delivery_log

    number = 0
    for channel in db.session.scalars(sa.select(Channel)).all():
        try:
            number += delivery_log.replay_parked(db.session.get_one(Survey, channel.survey_id), channel.id)
        except Invalid:
            continue
    return number


def _healthy(database: str, number: int) -> Row:
    """How long it takes from an answer to its arrival while nothing is broken."""
    with installed(database, (JOBS,)) as place, receiver(place.folder / "got", 0.0) as hook:
        place.start()
        with place.inside():
            make_events(hook.port, CHANNELS)
            wait_for_lines(hook.log, CHANNELS)
            tell_more(number)
            wait_for_lines(hook.log, CHANNELS + number)
            found = Arrivals.read(hook.log)
    delays = sorted(found.delays[CHANNELS:])  # the first ones waited for the jobs to start
    p99 = percentile(delays, 0.99)
    return Row(
        id="F8",
        what=f"from answer to webhook while all is well, on {database}",
        acknowledged=found.arrived,
        lost=found.missing,
        doubled=found.doubled,
        found=f"p50 {percentile(delays, 0.5):.1f} s, p99 {p99:.1f} s",
        target=f"p99 < {PROMPT:.0f} s",
        is_met=found.is_clean and p99 < PROMPT,
    )


def tell_more(number: int) -> None:
    """More answers, twenty a second."""
    from app.services import responses, surveys
    from app.services.responses import Answer

    keys: Sequence[str] = [f"shop-{shop}" for shop in range(CHANNELS)]
    for one in range(number):
        responses.record(surveys.get(keys[one % CHANNELS]).id, Answer(f"more-{one}", one % 11, "widget"))
        time.sleep(0.05)


def wait_for_lines(log: Path, number: int, seconds: float = 60.0) -> None:
    """Until so much has arrived; TimeoutError if it does not."""
    until = time.monotonic() + seconds
    while count_lines(log) < number:
        if time.monotonic() > until:
            raise TimeoutError(f"{count_lines(log)} of {number} arrived in {seconds:.0f} s")
        time.sleep(0.05)
