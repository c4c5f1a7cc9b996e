"""Two job runners at once, and a mail server that is down."""

from __future__ import annotations

import time
from collections.abc import Iterator

from faults.arrivals import Arrivals
from faults.deliveries import HURRIED, make_events, receiver, states, wait_for_lines
from faults.places import JOBS, KEY, databases, installed
from faults.rows import Row
from faults.sizes import Sizes
from tests.receivers import Post, free_port, post

EVENTS = 200
MAILS = 20
DOWN = 3.0  # seconds without a mail server
PATIENCE = 60.0


def two(_sizes: Sizes) -> Iterator[Row]:
    """They share the work and never make the same try: nothing arrives twice."""
    for database in databases():
        with installed(database, (JOBS, JOBS)) as place, receiver(place.folder / "got", 0.0) as hook, place.inside():
            make_events(hook.port, EVENTS)
            place.start()
            wait_for_lines(hook.log, EVENTS, 2 * PATIENCE)
            _until_done()
            found = Arrivals.read(hook.log)
        yield Row(
            id="jobs",
            what=f"{EVENTS} events and two job runners on {database}",
            acknowledged=found.arrived,
            lost=found.missing,
            doubled=found.doubled,
            found=f"unknown {found.unknown}, differing {found.differing}",
            target="0 missing, 0 doubled",
            is_met=found.is_clean and not found.doubled and found.arrived == EVENTS,
        )


def no_mail(_sizes: Sizes) -> Iterator[Row]:
    """What is told while the mail server is down arrives when it is up, each mail once."""
    port = free_port()
    mail = {"SMTP_URL": f"smtp+plain://127.0.0.1:{port}", "MAIL_FROM": "nps@nps.example"}
    with installed("SQLite", (HURRIED,), None, **mail) as place, place.inside():
        _tell()
        place.start()
        time.sleep(DOWN)
        waiting = states()
        with post(port) as office:
            _until(office)
            _until_done()
            subjects = [mail["Subject"] for mail in office.mails]
    yield Row(
        id="mail",
        what=f"{MAILS} mails while the mail server is down, on SQLite",
        acknowledged=len(set(subjects)),
        lost=MAILS - len(set(subjects)),
        doubled=len(subjects) - len(set(subjects)),
        found=f"waiting meanwhile {waiting.get('due', 0)}",
        target="all arrive, each once",
        is_met=sorted(set(subjects)) == sorted(subjects) and len(subjects) == MAILS == waiting.get("due"),
    )


def _tell() -> None:
    from app.models.transaction import writing
    from app.notifiers.message import Message
    from app.services import channels, outbox, surveys
    from app.services.channel_checks import Given

    survey = surveys.get(KEY)
    channel = channels.create(survey, Given("email", "Ann", "ann@example.com"))
    for number in range(MAILS):
        with writing():
            message = Message("nps.dropped", f"NPS fell to {number}", ("From 31.",), (), {"nps": number})
            outbox.put(survey, [channel.id], message, f"told-{number}")


def _until(office: Post) -> None:
    until = time.monotonic() + PATIENCE
    while len(office.envelopes) < MAILS and time.monotonic() < until:
        time.sleep(0.05)


def _until_done() -> None:
    """Until everything that arrived is also known to have."""
    until = time.monotonic() + PATIENCE
    while set(states()) != {"done"} and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(1.0)  # whoever would send twice does it now
